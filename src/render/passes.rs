//! The passes of one target, in the order in which they draw.

use super::arrows::ArrowsPass;
use super::backdrop::BackdropPass;
use super::contour_map::ContourMapPass;
use super::curve::CurvePass;
use super::frame::Placement;
use super::heads::{HeadStyle, HeadsPass};
use super::lay_trails::TrailStyle;
use super::marks::{MarkUniform, MarksPass};
use super::patches::PatchesPass;
use super::relief::{MESH_CELLS, Relief};
use super::sketch::{Ground, Standing};
use super::surface::SurfacePass;
use super::target::PassBase;
use super::trails::TrailsPass;
use super::view::View;
use crate::gpu::Gpu;
use crate::simulation::descents::Descents;

/// Width of trails and radius of heads, in points, on a surface, and on a curve, where there are few.
const SURFACE_SIZES_PT: [f32; 2] = [1.6, 4.5];
const CURVE_SIZES_PT: [f32; 2] = [3.0, 8.0];

/// The passes of one target.
pub(super) struct Passes {
    relief: Relief,
    backdrop: BackdropPass,
    surface: SurfacePass,
    curve: CurvePass,
    contour_map: ContourMapPass,
    trails: TrailsPass,
    patches: PatchesPass,
    marks: MarksPass,
    arrows: ArrowsPass,
    heads: HeadsPass,
}

impl Passes {
    /// All passes; `theme` holds the [`ThemeUniform`](super::colour::ThemeUniform).
    pub(super) fn new(
        base: PassBase<'_>,
        colour_map: &wgpu::TextureView,
        theme: &wgpu::Buffer,
    ) -> Self {
        let relief = Relief::new(base);
        Self {
            backdrop: BackdropPass::new(base, theme),
            surface: SurfacePass::new(base, &relief, colour_map),
            curve: CurvePass::new(base, colour_map),
            contour_map: ContourMapPass::new(base, &relief, colour_map, theme),
            trails: TrailsPass::new(base),
            patches: PatchesPass::new(base),
            marks: MarksPass::new(base),
            arrows: ArrowsPass::new(base, theme),
            heads: HeadsPass::new(base),
            relief,
        }
    }

    /// Brings the frame's styles to the GPU.
    pub(super) fn prepare(
        &mut self,
        gpu: &Gpu,
        descents: &Descents,
        view: &View,
        placement: &Placement,
    ) {
        let [trail_pt, head_pt] = if placement.is_curve {
            CURVE_SIZES_PT
        } else {
            SURFACE_SIZES_PT
        };
        let trails = TrailStyle {
            teams: view.teams,
            width_pt: trail_pt,
            draped: view.draped,
            mesh_cells: MESH_CELLS,
            reach: view.reach,
            ..TrailStyle::default()
        };
        self.trails.prepare(gpu, descents, &trails);
        let heads = HeadStyle {
            teams: view.teams,
            radius_pt: head_pt,
            shapes: view.shapes,
            mesh_cells: MESH_CELLS,
            reach: view.reach,
            ..HeadStyle::default()
        };
        self.heads.prepare(gpu, descents, &heads);
        let theme = view.theme.uniform();
        self.curve.prepare(gpu, theme.ink);
        let marks = MarkUniform {
            ink: theme.ink,
            ring_radius_pt: 7.0,
            edge: theme.ground_edge,
            dot_radius_pt: 2.0,
            mesh_cells: MESH_CELLS as f32,
            padding: [0.0; 3],
        };
        self.marks.prepare(gpu, &view.marks, marks);
        let (standing, eye) = (
            Standing {
                placement,
                height: &view.height,
            },
            view.camera.eye(),
        );
        self.patches.prepare(gpu, &view.sketch.patches, |spot| {
            standing.world_of(spot, Ground::Surface).distance(eye)
        });
        self.arrows.prepare(gpu, &view.sketch.arrows);
    }

    /// What a frame computes before it is drawn; `is_new` is the landscape of the first frame and
    /// of each with another height scale. Groups 0 and 1 are set.
    pub(super) fn compute(
        &self,
        pass: &mut wgpu::ComputePass<'_>,
        view: &View,
        is_curve: bool,
        is_new: bool,
    ) {
        if is_curve {
            self.curve.lay(pass);
        } else if is_new {
            self.relief.bake(pass);
        }
        if view.trails {
            self.trails.lay(pass);
        }
    }

    /// Draws what `view` shows; groups 0 and 1 are set.
    pub(super) fn draw(&self, pass: &mut wgpu::RenderPass<'_>, view: &View, is_curve: bool) {
        // What hides comes first, then what is seen through: no pixel is shaded for nothing.
        if view.surface && !is_curve {
            self.surface.draw(pass);
        }
        if view.theme.has_ground() {
            self.backdrop.draw(pass);
        }
        if view.floor && !is_curve {
            self.contour_map.draw(pass);
        }
        if view.surface && is_curve {
            self.curve.draw(pass);
        }
        if view.trails {
            self.trails.draw(pass);
        }
        self.patches.draw(pass);
        self.arrows.draw(pass);
        self.marks.draw(pass);
        if view.heads {
            self.heads.draw(pass);
        }
    }
}
