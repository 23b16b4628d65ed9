//! A landscape ready to be drawn, without a race.

use super::picture::Picture;
use std::sync::Arc;
use thalweg::gpu::Gpu;
use thalweg::loss::{HeightFormula, Loss};
use thalweg::render::height::{FormulaLaw, HeightScale, HeightStyle, LawStyle};
use thalweg::render::target::Sampling;
use thalweg::render::{Renderer, View};
use thalweg::simulation::descents::Descents;
use thalweg::simulation::field::{Field, Plane, nodes_from_bytes};

pub const HIMMELBLAU: &str = "(x^2 + y - 11)^2 + (x + y^2 - 7)^2";
pub const ROSENBROCK: &str = "(1 - x)^2 + 100*(y - x^2)^2";
pub const RASTRIGIN: &str = "20 + x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)";

pub struct Stand {
    pub gpu: &'static Gpu,
    pub field: Field,
    pub descents: Descents,
    pub losses: Vec<f32>,
}

impl Stand {
    /// A formula of x and y, evaluated for every pixel as a stage does with short ones.
    pub fn new(formula: &str, domain: [[f64; 2]; 2], cells: u32) -> Self {
        let parameters = ["x", "y"].map(str::to_owned);
        let loss = Loss::from_formula(formula, Some(&parameters)).expect("a formula");
        let graph = loss.graph().expect("a formula");
        let text = graph.wgsl().expect("numbers within f32");
        let mut stand = Self::of_text(&text, domain, cells);
        stand.field.exact = Some(text);
        stand
    }

    /// A loss as WGSL, of which pictures show what lies between the field's nodes.
    pub fn of_text(loss: &str, domain: [[f64; 2]; 2], cells: u32) -> Self {
        let gpu = super::gpu();
        let plane = Plane::of_two_parameters(domain);
        let field = Field::evaluate(gpu, loss, plane, cells).expect("the loss compiles");
        let bytes = field
            .request_nodes(gpu)
            .wait(gpu)
            .expect("the device answers");
        let nodes = nodes_from_bytes(&bytes).into_iter();
        Self {
            gpu,
            field,
            descents: Descents::new(gpu, 1, 2),
            losses: nodes
                .filter(|node| node[3] == 1.0)
                .map(|node| node[0])
                .collect(),
        }
    }

    /// The same landscape as the field's nodes have it.
    pub fn between_nodes(mut self) -> Self {
        self.field.exact = None;
        self
    }

    pub fn view(&self, style: &HeightStyle) -> View {
        View {
            height: HeightScale::choose(style, &self.losses, &[]),
            ..View::default()
        }
    }

    pub fn renderer(&self, size_px: [u32; 2], sampling: impl Into<Sampling>) -> Renderer {
        Renderer::new(self.gpu, size_px, sampling, &self.field, &self.descents)
    }

    pub fn draw(&self, renderer: &mut Renderer, view: &View) -> Picture {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        renderer.prepare(self.gpu, &mut encoder, &self.descents, view);
        renderer.draw(self.gpu, &mut encoder);
        self.gpu.queue.submit([encoder.finish()]);
        Picture::of(self.gpu, &renderer.target().colour)
    }
}

/// A height by formula, as the stage makes it of a scene's.
pub fn by_formula(formula: &str) -> LawStyle {
    let formula = HeightFormula::parse(formula).expect("a formula of f");
    let slope = formula.clone();
    LawStyle::Formula(FormulaLaw {
        name: formula.formula.clone(),
        wgsl: formula.wgsl(),
        height: Arc::new(move |loss| formula.height(loss)),
        slope: Arc::new(move |loss| slope.slope(loss)),
        one_to_one: None,
    })
}
