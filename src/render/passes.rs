//! The passes of one target, in the order in which they draw.

use super::arrows::ArrowsPass;
use super::backdrop::BackdropPass;
use super::contour_map::ContourMapPass;
use super::crowd::{CrowdPass, CrowdStyle, LARGEST_COMPANY};
use super::curve::CurvePass;
use super::frame::Placement;
use super::heads::{HeadStyle, HeadsPass};
use super::lay_trails::TrailStyle;
use super::marks::{MarkUniform, MarksPass};
use super::panes::Pane;
use super::patches::PatchesPass;
use super::pipeline::PassBase;
use super::relief::{MESH_CELLS, Relief};
use super::ribbons::VEIL;
use super::silhouettes::SilhouettesPass;
use super::sketch::{Ground, Standing};
use super::slopes::{SlopeUniform, SlopesPass};
use super::surface::{SurfacePass, lets_through, opacity_behind};
use super::surface_seen::{self, Shade, SurfaceSeenPass};
use super::target::Target;
use super::trails::{Place, TrailsPass};
use super::view::View;
use crate::gpu::Gpu;
use crate::scene::SurfaceStyle;
use crate::simulation::descents::Descents;

/// Width of trails and radius of heads, in points, on a surface, and on a curve, where there are few.
const SURFACE_SIZES_PT: [f32; 2] = [1.6, 4.5];
const CURVE_SIZES_PT: [f32; 2] = [3.0, 8.0];

/// The passes of one target.
pub(super) struct Passes {
    relief: Relief,
    look: Look,
    backdrop: BackdropPass,
    surface: SurfacePass,
    curve: CurvePass,
    /// Both are ready when first asked for.
    surface_seen: Option<SurfaceSeenPass>,
    silhouettes: Option<SilhouettesPass>,
    contour_map: ContourMapPass,
    trails: TrailsPass,
    slopes: SlopesPass,
    patches: PatchesPass,
    marks: MarksPass,
    arrows: ArrowsPass,
    heads: HeadsPass,
    /// Ready when first asked for.
    crowd: Option<CrowdPass>,
    is_crowd: bool,
}

/// What turns heights into colours and lines, and the theme that they are seen in.
#[derive(Debug, Clone)]
pub struct Look {
    /// Of the [`ColourMapTexture`](super::colour::ColourMapTexture).
    pub colours: wgpu::TextureView,
    /// Of the [`LevelTable`](super::levels::LevelTable).
    pub levels: wgpu::TextureView,
    /// The [`ThemeUniform`](super::colour::ThemeUniform).
    pub theme: wgpu::Buffer,
}

impl Passes {
    /// All passes.
    pub(super) fn new(base: PassBase<'_>, look: &Look) -> Self {
        let relief = Relief::new(base);
        Self {
            backdrop: BackdropPass::new(base, &look.theme),
            surface: SurfacePass::new(base, &relief, look),
            surface_seen: None,
            silhouettes: None,
            curve: CurvePass::new(base, &look.colours),
            contour_map: ContourMapPass::new(base, &relief, look),
            trails: TrailsPass::new(base),
            slopes: SlopesPass::new(base),
            patches: PatchesPass::new(base),
            marks: MarksPass::new(base),
            arrows: ArrowsPass::new(base, &look.theme),
            heads: HeadsPass::new(base),
            crowd: None,
            is_crowd: false,
            relief,
            look: look.clone(),
        }
    }

    /// Brings the frame's styles to the GPU.
    pub(super) fn prepare(
        &mut self,
        base: PassBase<'_>,
        target: &Target,
        descents: &Descents,
        view: &View,
        ground: (&Placement, &[Pane]),
    ) {
        let (gpu, (placement, panes)) = (base.gpu, ground);
        let [trail_pt, head_pt] = if placement.is_curve {
            CURVE_SIZES_PT
        } else {
            SURFACE_SIZES_PT
        };
        // What leaves the plane is seen through it in any case.
        let hidden_opacity = view
            .reach
            .map_or(view.behind, |_| view.behind.max(VEIL))
            .max(opacity_behind(view.surface));
        if !placement.is_curve {
            self.prepare_surface(base, target);
            self.prepare_silhouettes(base, target);
        }
        let trails = TrailStyle {
            teams: view.teams,
            width_pt: trail_pt,
            oldest_opacity: 1.0 - view.fade,
            hidden_opacity,
            glow: view.glow,
            draped: view.draped,
            mesh_cells: MESH_CELLS,
            reach: view.reach,
            ..TrailStyle::default()
        };
        for place in panes
            .iter()
            .flat_map(|pane| trail_places(view, placement, pane))
        {
            let style = match place {
                Place::Surface | Place::Plan => trails.clone(),
                Place::Floor => on_floor(&trails),
            };
            self.trails.prepare(gpu, descents, place, &style);
        }
        let heads = HeadStyle {
            teams: view.teams,
            radius_pt: head_pt,
            shapes: view.shapes,
            mesh_cells: MESH_CELLS,
            reach: view.reach,
            hidden_opacity,
            ..HeadStyle::default()
        };
        self.heads.prepare(gpu, descents, &heads);
        self.prepare_marks(gpu, view, placement);
        self.prepare_crowd(base, target, descents, view, panes);
    }

    fn prepare_surface(&mut self, base: PassBase<'_>, target: &Target) {
        match (&mut self.surface_seen, target.seen()) {
            (surface_seen, None) => *surface_seen = None,
            (Some(pass), Some(seen)) => pass.prepare(base.gpu, seen),
            (pass, Some(seen)) => *pass = Some(SurfaceSeenPass::new(base, &self.look, seen)),
        }
    }

    /// What shades the surface of a pane pixel by pixel, where it is shaded so.
    fn surface_seen(
        &self,
        view: &View,
        placement: &Placement,
        pane: &Pane,
    ) -> Option<&SurfaceSeenPass> {
        let is_shaded = surface_seen::shades(view.surface) && !placement.is_curve && !pane.is_map();
        self.surface_seen.as_ref().filter(|_| is_shaded)
    }

    fn prepare_silhouettes(&mut self, base: PassBase<'_>, target: &Target) {
        match (&mut self.silhouettes, target.smooth()) {
            (silhouettes, None) => *silhouettes = None,
            (Some(silhouettes), Some(smooth)) => silhouettes.prepare(base.gpu, smooth),
            (silhouettes, Some(smooth)) => {
                *silhouettes = Some(SilhouettesPass::new(base, &self.relief, smooth));
            }
        }
    }

    /// What smooths the silhouettes of a pane, where they are smoothed.
    fn silhouettes(
        &self,
        view: &View,
        placement: &Placement,
        pane: &Pane,
    ) -> Option<&SilhouettesPass> {
        let has_any = view.surface != SurfaceStyle::None && !placement.is_curve && !pane.is_map();
        self.silhouettes.as_ref().filter(|_| has_any)
    }

    fn prepare_marks(&mut self, gpu: &Gpu, view: &View, placement: &Placement) {
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
        let slopes = view.map.as_ref().map_or(&[][..], |map| &map.slopes);
        self.slopes.prepare(gpu, slopes, SlopeUniform::default());
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

    fn prepare_crowd(
        &mut self,
        base: PassBase<'_>,
        target: &Target,
        descents: &Descents,
        view: &View,
        panes: &[Pane],
    ) {
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
            crowd.prepare(base.gpu, target, panes, descents.count, style);
        }
    }

    /// What a landscape computes once for each height scale; groups 0 and 1 are set, for baking.
    pub(super) fn bake(&self, pass: &mut wgpu::ComputePass<'_>, placement: &Placement) {
        if !placement.is_curve {
            self.relief.bake(pass);
        }
    }

    /// What a frame computes before a pane is drawn; groups 0 and 1 are set.
    pub(super) fn compute(
        &self,
        pass: &mut wgpu::ComputePass<'_>,
        view: &View,
        placement: &Placement,
        pane: &Pane,
    ) {
        if placement.is_curve {
            self.curve.lay(pass);
        }
        if let Some(silhouettes) = self.silhouettes(view, placement, pane) {
            silhouettes.find(pass);
        }
        for place in trail_places(view, placement, pane) {
            self.trails.lay(pass, place);
        }
    }

    /// Whether the surface of a pane is shaded pixel by pixel, from its mesh.
    pub(super) fn shades_mesh(&self, view: &View, placement: &Placement, pane: &Pane) -> bool {
        self.surface_seen(view, placement, pane).is_some()
    }

    /// Draws the surface's mesh for what shades it; groups 0 and 1 are set.
    pub(super) fn draw_mesh(&self, pass: &mut wgpu::RenderPass<'_>) {
        self.surface.draw_light(pass);
    }

    /// Whether there is a backdrop wherever nothing stands.
    pub(super) fn has_backdrop(&self, view: &View) -> bool {
        view.theme.has_ground() && !view.theme.keeps_alpha()
    }

    /// Draws the backdrop, behind everything; groups 0 and 1 are set.
    pub(super) fn draw_backdrop(&self, pass: &mut wgpu::RenderPass<'_>, view: &View) {
        self.backdrop.draw(pass, view.theme);
    }

    /// Draws the ground of a pane, which hides what stands behind it, and the backdrop unless it
    /// `lies` there; groups 0 and 1 are set.
    pub(super) fn draw_ground(
        &self,
        pass: &mut wgpu::RenderPass<'_>,
        view: &View,
        placement: &Placement,
        (pane, lies): (&Pane, bool),
    ) {
        let is_curve = placement.is_curve;
        if pane.is_map() {
            if !lies {
                self.backdrop.draw(pass, view.theme);
            }
            self.contour_map.draw_plan(pass);
            return;
        }
        // What hides comes first, then what is seen through: no pixel is shaded for nothing.
        if let Some(seen) = self.surface_seen(view, placement, pane) {
            seen.draw(pass, shade_of(view, pane));
        } else if !lets_through(view.surface) && !is_curve {
            self.surface.draw(pass, view.surface, pane.flatness);
        }
        if self.has_backdrop(view) && !lies {
            self.backdrop.draw(pass, view.theme);
        }
        if view.floor && !is_curve {
            self.contour_map.draw_floor(pass);
        }
        if is_curve {
            if view.surface != SurfaceStyle::None {
                self.curve.draw(pass);
            }
        } else if lets_through(view.surface) {
            if shows_floor_trails(view) {
                self.trails.draw(pass, Place::Floor);
            }
            self.surface.draw(pass, view.surface, pane.flatness);
        }
    }

    /// Whether the silhouettes of a pane are smoothed, between its ground and its figures.
    pub(super) fn smooths(&self, view: &View, placement: &Placement, pane: &Pane) -> bool {
        self.silhouettes(view, placement, pane).is_some()
    }

    /// Mixes the colours that smooth silhouettes; groups 0 and 1 are set.
    pub(super) fn mix_silhouettes(&self, pass: &mut wgpu::RenderPass<'_>) {
        if let Some(silhouettes) = &self.silhouettes {
            silhouettes.mix(pass);
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
        placement: &Placement,
        (index, pane): (usize, &Pane),
    ) {
        if let Some(silhouettes) = self.silhouettes(view, placement, pane) {
            silhouettes.take(pass);
        }
        // Not before: a silhouette must not take the neighbour's ground.
        if view.theme.has_ground() && view.theme.keeps_alpha() && !pane.is_map() {
            self.backdrop.draw_under(pass);
        }
        if pane.flatness > 0.5 {
            self.slopes.draw(pass);
        }
        for place in trail_places(view, placement, pane) {
            // Under a surface that is seen through they are drawn before it.
            if place != Place::Floor || !lets_through(view.surface) {
                self.trails.draw(pass, place);
            }
        }
        self.patches.draw(pass);
        self.arrows.draw(pass);
        self.marks.draw(pass);
        match &self.crowd {
            Some(crowd) if self.is_crowd => crowd.draw(pass, index),
            _ if view.heads => self.heads.draw(pass),
            _ => {}
        }
    }
}

/// How a pane's surface is shaded pixel by pixel.
fn shade_of(view: &View, pane: &Pane) -> Shade {
    Shade {
        wire: view.surface == SurfaceStyle::Wire,
        flattens: pane.flatness > 0.0,
        traces: view.sketch.traces(),
    }
}

/// Where a pane shows trails, undermost first.
fn trail_places(view: &View, placement: &Placement, pane: &Pane) -> impl Iterator<Item = Place> {
    let shown = |is_shown: bool, place| (view.trails && is_shown).then_some(place);
    let has_floor = shows_floor_trails(view) && !placement.is_curve;
    [
        shown(!pane.is_map() && has_floor, Place::Floor),
        shown(!pane.is_map(), Place::Surface),
        shown(pane.is_map(), Place::Plan),
    ]
    .into_iter()
    .flatten()
}

/// Whether trails lie on the floor of a surface.
fn shows_floor_trails(view: &View) -> bool {
    view.trails && view.floor && view.floor_trails
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
