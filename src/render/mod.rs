//! The renderer: passes that read the simulation and draw one display-encoded image.

pub mod arrows;
mod backdrop;
pub mod colour;
mod colour_tables;
mod contour_map;
pub mod crowd;
mod curve;
mod develop;
pub mod frame;
pub mod heads;
pub mod height;
pub mod isolines;
pub mod lay_trails;
mod lazy;
mod lettering;
pub mod level_labels;
pub mod levels;
pub mod map_figure;
pub mod marks;
mod numerals;
pub mod overlay;
pub mod palette;
pub mod panes;
mod passes;
pub mod patches;
pub mod pipeline;
mod relief;
mod ribbons;
pub mod rims;
mod silhouettes;
pub mod sketch;
pub mod slopes;
mod surface;
mod surface_seen;
pub mod target;
pub mod trails;
mod view;

pub use lettering::text_areas;
pub use relief::MESH_CELLS;
pub use view::{Text, View};

use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader::LandscapeText;
use crate::simulation::descents::Descents;
use crate::simulation::field::Field;
use colour::{ColourMapTexture, ThemeUniform};
use frame::{FrameUniform, Placement};
use lettering::{Lettering, panes_of};
use levels::LevelTable;
use panes::Pane;
use passes::{Look, Passes};
use pipeline::PassBase;
use target::{Sampling, Target};

/// Target and passes; draws what it was last prepared for.
pub struct Renderer {
    target: Target,
    look: Look,
    colour_map: ColourMapTexture,
    levels: LevelTable,
    /// Of each picture that a pixel is the mean of, one a pane.
    frames: Vec<[Frame; 2]>,
    landscape: Landscape,
    placement: Placement,
    text: LandscapeText,
    passes: Passes,
    lettering: Lettering,
    prepared: Option<Prepared>,
}

/// Group 1, where a frame is drawn and where the relief is baked.
struct Landscape {
    drawn: BindGroup,
    baked: BindGroup,
}

/// Group 0 of a pane.
struct Frame {
    buffer: wgpu::Buffer,
    bindings: BindGroup,
}

/// Where a pane is drawn: its number, and whether the backdrop lies there already.
#[derive(Clone, Copy)]
struct Slot<'a> {
    pane: &'a Pane,
    index: usize,
    lies: bool,
}

/// What will be drawn.
struct Prepared {
    view: View,
    panes: Vec<Pane>,
}

impl Renderer {
    /// A renderer for images of `size_px`, of `field` and `descents`.
    pub fn new(
        gpu: &Gpu,
        size_px: [u32; 2],
        sampling: impl Into<Sampling>,
        field: &Field,
        descents: &Descents,
    ) -> Self {
        let colour_map = ColourMapTexture::new(gpu);
        let levels = LevelTable::new(gpu);
        let look = Look {
            colours: colour_map.view.clone(),
            levels: levels.view.clone(),
            theme: gpu.uniform::<ThemeUniform>("Renderer::theme"),
        };
        let sampling = sampling.into();
        let target = Target::new(gpu, size_px, sampling, false);
        let frames = Frame::all(gpu, sampling.pictures);
        let landscape = Landscape {
            drawn: landscape_resources(field, descents, DRAWN).build(gpu),
            baked: landscape_resources(field, descents, BAKED).build(gpu),
        };
        let text = LandscapeText {
            height: None,
            loss: field.exact.clone(),
        };
        let base = pass_base(gpu, &frames, &landscape, &text, &target);
        let passes = Passes::new(base, &look);
        Self {
            lettering: Lettering::new(gpu, target.format),
            target,
            look,
            colour_map,
            levels,
            frames,
            landscape,
            placement: placement_of(field),
            text,
            passes,
            prepared: None,
        }
    }

    /// Where the landscape stands in the world.
    pub fn placement(&self) -> Placement {
        self.placement
    }

    /// The image.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Draws images of another size from now on.
    pub fn resize(&mut self, gpu: &Gpu, size_px: [u32; 2]) {
        if self.target.size_px != size_px {
            let Target {
                sampling,
                keeps_alpha,
                ..
            } = self.target;
            self.target = Target::new(gpu, size_px, sampling, keeps_alpha);
        }
    }

    /// Draws another field and other descents from now on.
    pub fn set_landscape(&mut self, gpu: &Gpu, field: &Field, descents: &Descents) {
        let Landscape { drawn, baked } = &mut self.landscape;
        *drawn = landscape_resources(field, descents, DRAWN).build_on(gpu, &drawn.layout);
        *baked = landscape_resources(field, descents, BAKED).build_on(gpu, &baked.layout);
        self.placement = placement_of(field);
        self.prepared = None;
        if self.text.loss != field.exact {
            self.text.loss.clone_from(&field.exact);
            self.build_passes(gpu);
        }
    }

    /// Draws on a transparent ground from now on, or on an opaque one.
    fn keep_alpha(&mut self, gpu: &Gpu, keeps_alpha: bool) {
        if self.target.keeps_alpha == keeps_alpha {
            return;
        }
        let format = self.target.format;
        self.target = self.target.keeping_alpha(gpu, keeps_alpha);
        if self.target.format != format {
            self.lettering = Lettering::new(gpu, self.target.format);
            self.build_passes(gpu);
        }
    }

    /// Builds the passes anew, for another landscape's text.
    fn build_passes(&mut self, gpu: &Gpu) {
        let (frames, landscape) = (&self.frames, &self.landscape);
        let base = pass_base(gpu, frames, landscape, &self.text, &self.target);
        self.passes = Passes::new(base, &self.look);
        self.prepared = None;
    }

    /// The parts of the image that were drawn last; none before the first.
    pub fn panes(&self) -> &[Pane] {
        self.prepared.as_ref().map_or(&[], |last| &last.panes)
    }

    /// Brings the frame's data to the GPU; bakes the relief when field or height scale is new.
    pub fn prepare(
        &mut self,
        gpu: &Gpu,
        encoder: &mut wgpu::CommandEncoder,
        descents: &Descents,
        view: &View,
    ) {
        self.keep_alpha(gpu, view.theme.keeps_alpha());
        let formula = view.height.formula();
        if formula.is_some() && formula != self.text.height.as_deref() {
            self.text.height = formula.map(str::to_owned);
            self.build_passes(gpu);
        }
        let panes = panes_of(view, self.target.size_px, &self.placement);
        self.write_frames(gpu, view, &panes);
        let mut theme = view.theme.uniform();
        theme.shadow *= surface::shadow_of(view.surface);
        gpu.write(&self.look.theme, &[theme]);
        let (frames, landscape) = (&self.frames, &self.landscape);
        let base = pass_base(gpu, frames, landscape, &self.text, &self.target);
        let ground = (&self.placement, &panes[..]);
        self.passes
            .prepare(base, &self.target, descents, view, ground);
        let now = Prepared {
            view: view.clone(),
            panes,
        };
        if view.trails {
            descents.copy_points(encoder);
        }
        let before = self.prepared.replace(now).map(|before| before.view);
        let colours = |view: &View| (view.colour_map, view.is_reversed);
        if before.as_ref().map(colours) != Some(colours(view)) {
            self.colour_map
                .write(gpu, view.colour_map, view.is_reversed);
        }
        if before.is_none_or(|before| before.height != view.height) {
            self.levels.write(gpu, &view.height);
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_bind_group(0, &self.frames[0][0].bindings.group, &[]);
            pass.set_bind_group(1, &self.landscape.baked.group, &[]);
            self.passes.bake(&mut pass, &self.placement);
        }
    }

    fn write_frames(&self, gpu: &Gpu, view: &View, panes: &[Pane]) {
        let size_px = self.target.size_px;
        let px_per_point = overlay::px_per_point(size_px, 1.0);
        for (index, frames) in (0..).zip(&self.frames) {
            let offset_px = self.target.sampling.offset_px(index);
            for (frame, pane) in frames.iter().zip(panes) {
                let (placement, height) = (&self.placement, &view.height);
                let uniform = FrameUniform::new(pane, placement, height, size_px, px_per_point);
                let uniform = uniform.tracing(view.sketch.traced());
                gpu.write(&frame.buffer, &[uniform.looking_at(offset_px)]);
            }
        }
    }

    /// Draws the frame last prepared; nothing before the first.
    pub fn draw(&mut self, gpu: &Gpu, encoder: &mut wgpu::CommandEncoder) {
        let lies = self.lay_backdrop(gpu, encoder);
        let Some(Prepared { view, panes }) = &self.prepared else {
            return;
        };
        for (picture, frames) in self.frames.iter().enumerate() {
            for (index, (pane, frame)) in panes.iter().zip(frames).enumerate() {
                self.draw_pane(encoder, view, Slot { pane, index, lies }, frame);
            }
            self.target.add(encoder, picture == 0);
        }
        let (target, placement) = (&self.target, &self.placement);
        self.lettering
            .draw(gpu, encoder, target, view, panes, placement);
        target.finish(encoder);
    }

    /// Begins the image with the backdrop, painted once and copied from then on, where that is
    /// possible; answers whether it lies there.
    fn lay_backdrop(&mut self, gpu: &Gpu, encoder: &mut wgpu::CommandEncoder) -> bool {
        let Some(Prepared { view, .. }) = &self.prepared else {
            return false;
        };
        if !self.passes.has_backdrop(view) || !self.target.can_begin_as_copy() {
            return false;
        }
        if !self.target.take_ground(encoder, view.theme) {
            let mut pass = self.target.begin(encoder, true);
            self.bind_groups(&mut pass, &self.frames[0][0]);
            self.passes.draw_backdrop(&mut pass, view);
            drop(pass);
            self.target.keep_ground(gpu, encoder, view.theme);
        }
        true
    }

    fn draw_pane(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        view: &View,
        slot: Slot<'_>,
        frame: &Frame,
    ) {
        let Slot { pane, index, lies } = slot;
        let mut pass = encoder.begin_compute_pass(&Default::default());
        self.bind_for_compute(&mut pass, frame);
        let placement = &self.placement;
        self.passes.compute(&mut pass, view, placement, pane);
        drop(pass);
        let mut pass = self.begin_ground(encoder, view, slot, frame);
        self.bind_for_drawing(&mut pass, pane, frame);
        self.passes
            .draw_ground(&mut pass, view, placement, (pane, lies));
        let counts_heads = self.passes.counts_heads();
        let smooths = self.passes.smooths(view, placement, pane);
        let smooth = self.target.smooth().filter(|_| smooths);
        if counts_heads || smooth.is_some() {
            drop(pass);
            if counts_heads {
                let mut count = encoder.begin_compute_pass(&Default::default());
                self.bind_for_compute(&mut count, frame);
                self.passes.count_heads(&mut count, index);
            }
            if let Some(smooth) = smooth {
                let mut pass = self.target.begin_mixing(encoder, smooth);
                self.bind_for_drawing(&mut pass, pane, frame);
                self.passes.mix_silhouettes(&mut pass);
            }
            pass = self.target.go_on(encoder);
            self.bind_for_drawing(&mut pass, pane, frame);
        }
        self.passes
            .draw_figures(&mut pass, view, placement, (index, pane));
    }

    /// Begins the pass of a pane's ground, after that of the mesh where it is shaded from one.
    fn begin_ground<'encoder>(
        &self,
        encoder: &'encoder mut wgpu::CommandEncoder,
        view: &View,
        Slot { pane, index, lies }: Slot<'_>,
        frame: &Frame,
    ) -> wgpu::RenderPass<'encoder> {
        let shades_mesh = self.passes.shades_mesh(view, &self.placement, pane);
        let clears = index == 0 && !lies;
        let Some(seen) = self.target.seen().filter(|_| shades_mesh) else {
            return self.target.begin(encoder, clears);
        };
        let mut pass = self.target.begin_mesh(encoder, seen);
        self.bind_for_drawing(&mut pass, pane, frame);
        self.passes.draw_mesh(&mut pass);
        drop(pass);
        self.target.begin_on_mesh(encoder, clears)
    }

    fn bind_for_compute(&self, pass: &mut wgpu::ComputePass<'_>, frame: &Frame) {
        pass.set_bind_group(0, &frame.bindings.group, &[]);
        pass.set_bind_group(1, &self.landscape.drawn.group, &[]);
    }

    fn bind_for_drawing(&self, pass: &mut wgpu::RenderPass<'_>, pane: &Pane, frame: &Frame) {
        let [x, y] = pane.corner_px;
        let [width, height] = pane.size_px;
        let [left, top, across, down] = [x, y, width, height].map(|pixels| pixels as f32);
        pass.set_viewport(left, top, across, down, 0.0, 1.0);
        pass.set_scissor_rect(x, y, width, height);
        self.bind_groups(pass, frame);
    }

    fn bind_groups(&self, pass: &mut wgpu::RenderPass<'_>, frame: &Frame) {
        pass.set_bind_group(0, &frame.bindings.group, &[]);
        pass.set_bind_group(1, &self.landscape.drawn.group, &[]);
    }
}

fn pass_base<'a>(
    gpu: &'a Gpu,
    frames: &'a [[Frame; 2]],
    landscape: &'a Landscape,
    text: &'a LandscapeText,
    target: &Target,
) -> PassBase<'a> {
    PassBase {
        gpu,
        groups: [&frames[0][0].bindings.layout, &landscape.drawn.layout],
        baked: &landscape.baked.layout,
        text,
        samples: target.sampling.multisamples,
        format: target.format,
    }
}

impl Frame {
    /// For two panes of each of some pictures, on one layout.
    fn all(gpu: &Gpu, pictures: u32) -> Vec<[Self; 2]> {
        let mut layout: Option<wgpu::BindGroupLayout> = None;
        let mut frame = || {
            let buffer = gpu.uniform::<FrameUniform>("Renderer::frames");
            let bindings = BindGroupBuilder::new("Renderer::frames", EVERY_STAGE).uniform(&buffer);
            let bindings = match &layout {
                Some(layout) => bindings.build_on(gpu, layout),
                None => bindings.build(gpu),
            };
            layout = Some(bindings.layout.clone());
            Self { buffer, bindings }
        };
        (0..pictures).map(|_| [frame(), frame()]).collect()
    }
}

const EVERY_STAGE: wgpu::ShaderStages =
    wgpu::ShaderStages::VERTEX_FRAGMENT.union(wgpu::ShaderStages::COMPUTE);

/// Who sees the uniforms of group 1: first that of the descents, then that of the field.
type Seers = [wgpu::ShaderStages; 2];

/// Where a frame is computed and drawn, and where the relief is baked: nobody is shown what it does
/// not read, since three uniform buffers a stage are the most ([`BindGroupBuilder::uniform`]).
const DRAWN: Seers = [
    wgpu::ShaderStages::VERTEX.union(wgpu::ShaderStages::COMPUTE),
    wgpu::ShaderStages::FRAGMENT,
];
const BAKED: Seers = [wgpu::ShaderStages::NONE, wgpu::ShaderStages::COMPUTE];

/// Group 1 of every pass: `field.wgsl`, `descent.wgsl` and `plane.wgsl` in `shaders/include/`.
fn landscape_resources<'a>(
    field: &'a Field,
    descents: &'a Descents,
    [descents_seers, field_seers]: Seers,
) -> BindGroupBuilder<'a> {
    BindGroupBuilder::new("Renderer::landscape", EVERY_STAGE)
        .texture(&field.view, false)
        .texture(&descents.points, false)
        .read(&descents.heads)
        .seen_by(descents_seers)
        .uniform(&descents.uniform)
        .seen_by(field_seers)
        .uniform(&field.uniform)
}

fn placement_of(field: &Field) -> Placement {
    Placement {
        domain: field.plane.domain,
        lengths: field.plane.lengths(),
        is_curve: field.plane.is_line(),
    }
}
