//! The passes of one target, in the order in which they draw.

use super::backdrop::BackdropPass;
use super::contour_map::ContourMapPass;
use super::crowd::{CrowdPass, CrowdStyle, LARGEST_COMPANY};
use super::heads::{HeadStyle, HeadsPass};
use super::lay_trails::TrailStyle;
use super::marks::{MarkUniform, MarksPass};
use super::panes::Pane;
use super::relief::{MESH_CELLS, Relief};
use super::slopes::{SlopeUniform, SlopesPass};
use super::surface::SurfacePass;
use super::target::{PassBase, Target};
use super::trails::{Place, TrailsPass};
use super::view::View;
use crate::gpu::Gpu;
use crate::simulation::descents::Descents;

/// The passes of one target.
pub(super) struct Passes {
    backdrop: BackdropPass,
    surface: SurfacePass,
    contour_map: ContourMapPass,
    trails: TrailsPass,
    slopes: SlopesPass,
    marks: MarksPass,
    heads: HeadsPass,
    /// Ready when first asked for.
    crowd: Option<CrowdPass>,
    is_crowd: bool,
}

/// The tables that turn heights into colours and lines.
#[derive(Debug, Clone, Copy)]
pub struct Tables<'a> {
    /// Of the [`ColourMapTexture`](super::colour::ColourMapTexture).
    pub colours: &'a wgpu::TextureView,
    /// Of the [`LevelTable`](super::levels::LevelTable).
    pub levels: &'a wgpu::TextureView,
}

impl Passes {
    /// All passes; `theme` holds the [`ThemeUniform`](super::colour::ThemeUniform).
    pub(super) fn new(
        base: PassBase<'_>,
        relief: &Relief,
        tables: Tables<'_>,
        theme: &wgpu::Buffer,
    ) -> Self {
        Self {
            backdrop: BackdropPass::new(base, theme),
            surface: SurfacePass::new(base, relief, tables),
            contour_map: ContourMapPass::new(base, relief, tables, theme),
            trails: TrailsPass::new(base),
            slopes: SlopesPass::new(base),
            marks: MarksPass::new(base),
            heads: HeadsPass::new(base),
            crowd: None,
            is_crowd: false,
        }
    }

    /// Brings the frame's styles to the GPU.
    pub(super) fn prepare(
        &mut self,
        base: PassBase<'_>,
        target: &Target,
        descents: &Descents,
        view: &View,
        panes: &[Pane],
    ) {
        let gpu = base.gpu;
        self.prepare_trails(gpu, descents, view, panes);
        let heads = HeadStyle {
            teams: view.teams,
            mesh_cells: MESH_CELLS,
            hidden_opacity: view.behind,
            ..HeadStyle::default()
        };
        self.heads.prepare(gpu, descents, &heads);
        self.prepare_marks(gpu, view);
        self.is_crowd = view.heads && descents.count > LARGEST_COMPANY;
        if self.is_crowd {
            let crowd = self
                .crowd
                .get_or_insert_with(|| CrowdPass::new(base, target));
            let style = CrowdStyle {
                teams: view.teams,
                mesh_cells: MESH_CELLS,
                px_per_point: super::overlay::px_per_point(target.size_px, 1.0),
            };
            crowd.prepare(gpu, target, panes, descents.count, style);
        }
    }

    fn prepare_trails(&mut self, gpu: &Gpu, descents: &Descents, view: &View, panes: &[Pane]) {
        if !view.trails {
            return;
        }
        let ribbons = TrailStyle {
            teams: view.teams,
            oldest_opacity: 1.0 - view.fade,
            hidden_opacity: view.behind,
            glow: view.glow,
            draped: view.draped,
            mesh_cells: MESH_CELLS,
            ..TrailStyle::default()
        };
        for place in panes.iter().flat_map(|pane| trail_places(view, pane)) {
            let style = match place {
                Place::Surface | Place::Plan => ribbons.clone(),
                Place::Floor => on_floor(&ribbons),
            };
            self.trails.prepare(gpu, descents, place, &style);
        }
    }

    fn prepare_marks(&mut self, gpu: &Gpu, view: &View) {
        let theme = view.theme.uniform();
        let marks = MarkUniform {
            ink: theme.ink,
            ring_radius_pt: 7.0,
            edge: theme.ground_edge,
            dot_radius_pt: 2.0,
            mesh_cells: MESH_CELLS as f32,
            padding: [0.0; 3],
        };
        self.marks.prepare(gpu, &view.marks, marks);
        let slopes = view.map.as_ref().map_or(&[][..], |map| &map.slopes);
        self.slopes.prepare(gpu, slopes, SlopeUniform::default());
    }

    /// What a frame computes before a pane is drawn; groups 0 and 1 are set.
    pub(super) fn compute(&self, pass: &mut wgpu::ComputePass<'_>, view: &View, pane: &Pane) {
        for place in trail_places(view, pane) {
            self.trails.lay(pass, place);
        }
    }

    /// Draws the ground of a pane, which hides what stands behind it; groups 0 and 1 are set.
    pub(super) fn draw_ground(&self, pass: &mut wgpu::RenderPass<'_>, view: &View, pane: &Pane) {
        if pane.is_map() {
            self.backdrop.draw(pass);
            self.contour_map.draw_plan(pass);
            return;
        }
        // What hides comes first, then what is seen through: no pixel is shaded for nothing.
        if view.surface {
            self.surface.draw(pass, pane.flatness);
        }
        self.backdrop.draw(pass);
        if view.floor {
            self.contour_map.draw_floor(pass);
        }
    }

    /// Whether the heads are to be counted between ground and figures.
    pub(super) fn counts_heads(&self) -> bool {
        self.is_crowd
    }

    /// Counts the heads of a crowd over the ground of pane number `index`.
    pub(super) fn count_heads(&self, pass: &mut wgpu::ComputePass<'_>, index: usize) {
        if let Some(crowd) = &self.crowd {
            crowd.compute(pass, index);
        }
    }

    /// Draws what stands on the ground of pane number `index`; groups 0 and 1 are set.
    pub(super) fn draw_figures(
        &self,
        pass: &mut wgpu::RenderPass<'_>,
        view: &View,
        pane: &Pane,
        index: usize,
    ) {
        if pane.flatness > 0.5 {
            self.slopes.draw(pass);
        }
        for place in trail_places(view, pane) {
            self.trails.draw(pass, place);
        }
        self.marks.draw(pass);
        match &self.crowd {
            Some(crowd) if self.is_crowd => crowd.draw(pass, index),
            _ if view.heads => self.heads.draw(pass),
            _ => {}
        }
    }
}

/// Where a pane shows trails, undermost first.
fn trail_places(view: &View, pane: &Pane) -> impl Iterator<Item = Place> {
    let shown = |is_shown: bool, place| (view.trails && is_shown).then_some(place);
    [
        shown(
            !pane.is_map() && view.floor && view.floor_trails,
            Place::Floor,
        ),
        shown(!pane.is_map(), Place::Surface),
        shown(pane.is_map(), Place::Plan),
    ]
    .into_iter()
    .flatten()
}

/// Subdued: the floor is a second look at what happens above.
fn on_floor(ribbons: &TrailStyle) -> TrailStyle {
    TrailStyle {
        width_pt: 1.2,
        outline_pt: 0.0,
        opacity: 0.42,
        ..ribbons.clone()
    }
}
