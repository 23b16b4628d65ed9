//! The field's losses, brought back once, and the height scale that suits them.

use crate::gpu::{Gpu, GpuError, TextureReadback};
use crate::loss::HeightFormula;
use crate::render::height::{FormulaLaw, HeightScale, HeightStyle, LawStyle};
use crate::scene::{self, Scene};
use crate::simulation::Field;
use crate::simulation::field::nodes_from_bytes;
use std::sync::Arc;

/// The field's finite losses, once they have come back.
pub(super) enum Losses {
    /// On their way; a cell's size in both plane coordinates.
    Coming(TextureReadback, [f32; 2]),
    /// Here.
    Here(Box<Known>),
}

/// The losses, and what was made of them.
pub(super) struct Known {
    values: Vec<f32>,
    /// By how much the loss changes over one cell at each of them.
    steps: Vec<f32>,
    /// The last scale chosen, with the style that it was chosen for.
    scale: Option<(HeightStyle, HeightScale)>,
}

impl Losses {
    /// Asks for the losses of `field`.
    pub(super) fn request(gpu: &Gpu, field: &Field) -> Self {
        let cell = |axis: usize| {
            let [low, high] = field.plane.domain[axis];
            ((high - low) / f64::from(field.cells[axis])) as f32
        };
        Self::Coming(field.request_nodes(gpu), [cell(0), cell(1)])
    }

    /// Whether they are here by now.
    ///
    /// # Errors
    /// [`GpuError::Lost`].
    pub(super) fn poll(&mut self, gpu: &Gpu) -> Result<bool, GpuError> {
        if let Self::Coming(readback, cell) = self {
            gpu.poll()?;
            let Some(bytes) = readback.take()? else {
                return Ok(false);
            };
            let (values, steps) = finite_losses(&bytes, *cell);
            *self = Self::Here(Box::new(Known {
                values,
                steps,
                scale: None,
            }));
        }
        Ok(true)
    }

    /// The height scale that `scene` wishes for these losses, chosen once for each wish; `None`
    /// until they are here.
    pub(super) fn scale(&mut self, scene: &Scene) -> Option<HeightScale> {
        let Self::Here(known) = self else {
            return None;
        };
        let style = height_style(scene);
        let chosen = match &known.scale {
            Some((wish, chosen)) if *wish == style => chosen.clone(),
            _ => HeightScale::choose(&style, &known.values, &known.steps),
        };
        known.scale = Some((style, chosen.clone()));
        Some(chosen)
    }
}

/// The finite losses, and by how much they change over one cell.
fn finite_losses(bytes: &[u8], cell: [f32; 2]) -> (Vec<f32>, Vec<f32>) {
    let nodes = nodes_from_bytes(bytes).into_iter();
    nodes
        .filter(|[_, _, _, valid]| *valid != 0.0)
        .map(|[loss, a, b, _]| (loss, (a * cell[0]).hypot(b * cell[1])))
        .unzip()
}

fn height_style(scene: &Scene) -> HeightStyle {
    let unit = scene.height.unit;
    HeightStyle {
        law: match &scene.height.scale {
            scene::HeightScale::Linear => LawStyle::Linear,
            scene::HeightScale::Log => LawStyle::Log { unit },
            // A plan was made of the scene, which has tried the formula.
            scene::HeightScale::Formula(text) => HeightFormula::parse(text)
                .map_or(LawStyle::Log { unit }, |formula| {
                    LawStyle::Formula(formula_law(formula))
                }),
        },
        clip: scene.height.clip,
        contours: scene.show.contours,
    }
}

fn formula_law(formula: HeightFormula) -> FormulaLaw {
    FormulaLaw {
        name: formula.formula.clone(),
        wgsl: formula.wgsl(),
        height: Arc::new(move |loss| formula.height(loss)),
        one_to_one: None,
    }
}
