//! The trails: ribbons of constant width on the image that lie on the surface, run through the air
//! as chords, or lie on the floor.

use super::lay_trails::{LaidTrails, LayTrails, Lie, TrailBuffers, TrailStyle};
use super::lazy::RenderPipeline;
use super::pipeline::PassBase;
use super::ribbons::{self, Ribbon};
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::simulation::Descents;

/// The pass that draws the trails, with the compute stage that lays them.
#[derive(Debug)]
pub struct TrailsPass {
    lay: LayTrails,
    surface: Ribbons,
    /// Ready when first asked for.
    floor: Option<Ribbons>,
    plan: Option<Ribbons>,
    layout: wgpu::BindGroupLayout,
    pipelines: Pipelines,
    indices: wgpu::Buffer,
}

/// How the ribbons meet the surface and each other.
#[derive(Debug)]
struct Pipelines {
    draped: RenderPipeline,
    chords: RenderPipeline,
    hidden: RenderPipeline,
    glow: RenderPipeline,
    floor: RenderPipeline,
}

/// Trails that lie somewhere, bound for drawing.
#[derive(Debug)]
struct Ribbons {
    laid: LaidTrails,
    bindings: BindGroup,
    style: TrailStyle,
}

/// Which of the trails' places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The surface.
    Surface,
    /// The floor under the surface, whose map they are part of: beneath the landscape.
    Floor,
    /// The map alone.
    Plan,
}

impl TrailsPass {
    /// The pass with its stage; groups 0 and 1 must be visible to compute stages too.
    pub fn new(base: PassBase<'_>) -> Self {
        let lay = LayTrails::new(base);
        let laid = lay.begin(base.gpu, Lie::Surface);
        let bindings = bind(laid.buffers()).build(base.gpu);
        Self {
            pipelines: Pipelines::new(base, &bindings.layout),
            layout: bindings.layout.clone(),
            surface: Ribbons {
                laid,
                bindings,
                style: TrailStyle::default(),
            },
            floor: None,
            plan: None,
            lay,
            indices: ribbons::indices(base.gpu),
        }
    }

    /// Makes room for the trails of `descents` at a place and takes their style there over.
    pub fn prepare(&mut self, gpu: &Gpu, descents: &Descents, place: Place, style: &TrailStyle) {
        let begin = || Ribbons::begin(gpu, &self.lay, &self.layout);
        let ribbons = match place {
            Place::Surface => &mut self.surface,
            Place::Floor => self.floor.get_or_insert_with(begin),
            Place::Plan => self.plan.get_or_insert_with(begin),
        };
        if self.lay.prepare(gpu, &mut ribbons.laid, descents, style) {
            ribbons.bindings = bind(ribbons.laid.buffers()).build_on(gpu, &self.layout);
        }
        ribbons.style = style.clone();
    }

    /// Lays the trails out at a place that was prepared, before the render pass; groups 0 and 1
    /// are set.
    pub fn lay(&self, pass: &mut wgpu::ComputePass, place: Place) {
        if let Some(ribbons) = self.at(place) {
            self.lay.lay(pass, &ribbons.laid);
        }
    }

    /// Draws them after the surface, whose depth they are tested against; groups 0 and 1 are set.
    pub fn draw(&self, pass: &mut wgpu::RenderPass, place: Place) {
        let Some(ribbons) = self.at(place) else {
            return;
        };
        pass.set_bind_group(2, &ribbons.bindings.group, &[]);
        pass.set_index_buffer(self.indices.slice(..), wgpu::IndexFormat::Uint32);
        for pipeline in self.pipelines.of(place, &ribbons.style) {
            pass.set_pipeline(pipeline);
            pass.draw_indexed_indirect(&ribbons.laid.buffers().draw, 0);
        }
    }

    /// What [`TrailsPass::lay`] writes for the surface.
    pub fn buffers(&self) -> &TrailBuffers {
        self.surface.laid.buffers()
    }

    fn at(&self, place: Place) -> Option<&Ribbons> {
        match place {
            Place::Surface => Some(&self.surface),
            Place::Floor => self.floor.as_ref(),
            Place::Plan => self.plan.as_ref(),
        }
    }
}

impl Ribbons {
    /// On the floor, without room yet.
    fn begin(gpu: &Gpu, lay: &LayTrails, layout: &wgpu::BindGroupLayout) -> Self {
        let laid = lay.begin(gpu, Lie::Floor);
        Self {
            bindings: bind(laid.buffers()).build_on(gpu, layout),
            laid,
            style: TrailStyle::default(),
        }
    }
}

impl Pipelines {
    fn new(base: PassBase<'_>, own: &wgpu::BindGroupLayout) -> Self {
        let module = ribbons::module(base);
        let pipeline = |ribbon| ribbons::pipeline(base, (own, &module), ribbon);
        Self {
            draped: pipeline(Ribbon::Plain),
            chords: pipeline(Ribbon::Chord),
            hidden: pipeline(Ribbon::Hidden),
            glow: pipeline(Ribbon::Glow),
            floor: pipeline(Ribbon::OnFloor),
        }
    }

    /// What is drawn at a place, first to last.
    fn of(&self, place: Place, style: &TrailStyle) -> impl Iterator<Item = &RenderPipeline> {
        let is_on_surface = place == Place::Surface;
        let ribbons = match place {
            Place::Surface if style.draped => &self.draped,
            Place::Surface => &self.chords,
            Place::Floor => &self.floor,
            Place::Plan => &self.draped,
        };
        [
            (is_on_surface && style.hidden_opacity > 0.0).then_some(&self.hidden),
            (place != Place::Floor && style.glow > 0.0).then_some(&self.glow),
            Some(ribbons),
        ]
        .into_iter()
        .flatten()
    }
}

fn bind(buffers: &TrailBuffers) -> BindGroupBuilder<'_> {
    BindGroupBuilder::new("TrailsPass::bindings", wgpu::ShaderStages::VERTEX_FRAGMENT)
        .uniform(&buffers.style)
        .read(&buffers.joints)
}
