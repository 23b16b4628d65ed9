//! The renderer: passes that read the simulation and draw one display-encoded image.

pub mod arrows;
mod backdrop;
pub mod colour;
mod colour_tables;
mod contour_map;
mod curve;
pub mod frame;
pub mod heads;
pub mod height;
pub mod lay_trails;
pub mod marks;
pub mod overlay;
pub mod palette;
mod passes;
pub mod patches;
mod relief;
mod ribbons;
pub mod sketch;
mod surface;
pub mod target;
pub mod trails;
mod view;

pub use view::{Text, View};

use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader::LandscapeText;
use crate::simulation::descents::Descents;
use crate::simulation::field::Field;
use colour::{ColourMapTexture, Theme, ThemeUniform};
use frame::{FrameUniform, Placement};
use overlay::{AxesContent, Overlay, OverlayColors, OverlayContent, Screen};
use passes::Passes;
use sketch::TracedUniform;
use target::{COLOUR_FORMAT, PassBase, Target};

/// Target and passes; draws what it was last prepared for.
pub struct Renderer {
    target: Target,
    frame_buffer: wgpu::Buffer,
    theme_buffer: wgpu::Buffer,
    traced_buffer: wgpu::Buffer,
    colour_map: ColourMapTexture,
    frame: BindGroup,
    landscape: BindGroup,
    placement: Placement,
    text: LandscapeText,
    passes: Passes,
    overlay: Overlay,
    prepared: Option<View>,
}

impl Renderer {
    /// A renderer for images of `size_px` with 1 or 4 samples a pixel, of `field` and `descents`.
    pub fn new(
        gpu: &Gpu,
        size_px: [u32; 2],
        samples: u32,
        field: &Field,
        descents: &Descents,
    ) -> Self {
        let frame_buffer = gpu.uniform::<FrameUniform>("Renderer::frame_buffer");
        let theme_buffer = gpu.uniform::<ThemeUniform>("Renderer::theme_buffer");
        let traced_buffer = gpu.uniform::<TracedUniform>("Renderer::traced_buffer");
        let colour_map = ColourMapTexture::new(gpu);
        let frame = BindGroupBuilder::new("Renderer::frame", EVERY_STAGE)
            .uniform(&frame_buffer)
            .uniform(&traced_buffer)
            .build(gpu);
        let landscape = landscape_resources(field, descents).build(gpu);
        let text = LandscapeText {
            height: None,
            loss: field.exact.clone(),
        };
        let base = PassBase {
            gpu,
            groups: [&frame.layout, &landscape.layout],
            text: &text,
            samples,
        };
        let passes = Passes::new(base, &colour_map.view, &theme_buffer);
        Self {
            target: Target::new(gpu, size_px, samples),
            frame_buffer,
            theme_buffer,
            traced_buffer,
            colour_map,
            frame,
            landscape,
            placement: placement_of(field),
            text,
            passes,
            overlay: Overlay::new(gpu, COLOUR_FORMAT),
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
            self.target = Target::new(gpu, size_px, self.target.samples);
        }
    }

    /// Draws another field and other descents from now on.
    pub fn set_landscape(&mut self, gpu: &Gpu, field: &Field, descents: &Descents) {
        self.landscape = landscape_resources(field, descents).build_on(gpu, &self.landscape.layout);
        self.placement = placement_of(field);
        self.prepared = None;
        if self.text.loss != field.exact {
            self.text.loss.clone_from(&field.exact);
            self.build_passes(gpu);
        }
    }

    /// Builds the passes anew, for another landscape's text.
    fn build_passes(&mut self, gpu: &Gpu) {
        let base = PassBase {
            gpu,
            groups: [&self.frame.layout, &self.landscape.layout],
            text: &self.text,
            samples: self.target.samples,
        };
        self.passes = Passes::new(base, &self.colour_map.view, &self.theme_buffer);
        self.prepared = None;
    }

    /// Brings the frame's data to the GPU; bakes the relief when field or height scale is new, and
    /// lays the trails out for this camera.
    pub fn prepare(
        &mut self,
        gpu: &Gpu,
        encoder: &mut wgpu::CommandEncoder,
        descents: &Descents,
        view: &View,
    ) {
        let formula = view.height.formula();
        if formula.is_some() && formula != self.text.height.as_deref() {
            self.text.height = formula.map(str::to_owned);
            self.build_passes(gpu);
        }
        let px_per_point = overlay::px_per_point(self.target.size_px, 1.0);
        let frame = FrameUniform::new(
            &view.camera,
            &self.placement,
            &view.height,
            self.target.size_px,
            px_per_point,
        );
        gpu.write(&self.frame_buffer, &[frame]);
        gpu.write(&self.theme_buffer, &[view.theme.uniform()]);
        gpu.write(&self.traced_buffer, &[view.sketch.traced()]);
        let before = self.prepared.replace(view.clone());
        let colours = |view: &View| (view.colour_map, view.is_reversed);
        if before.as_ref().map(colours) != Some(colours(view)) {
            self.colour_map
                .write(gpu, view.colour_map, view.is_reversed);
        }
        self.passes.prepare(gpu, descents, view, &self.placement);
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_bind_group(0, &self.frame.group, &[]);
        pass.set_bind_group(1, &self.landscape.group, &[]);
        let is_new = before.is_none_or(|before| before.height != view.height);
        self.passes
            .compute(&mut pass, view, self.placement.is_curve, is_new);
    }

    /// Draws the frame last prepared; nothing before the first.
    pub fn draw(&mut self, gpu: &Gpu, encoder: &mut wgpu::CommandEncoder) {
        let Some(view) = &self.prepared else { return };
        let mut pass = self.target.begin(encoder);
        pass.set_bind_group(0, &self.frame.group, &[]);
        pass.set_bind_group(1, &self.landscape.group, &[]);
        self.passes.draw(&mut pass, view, self.placement.is_curve);
        drop(pass);
        self.draw_text(gpu, encoder);
    }

    fn draw_text(&mut self, gpu: &Gpu, encoder: &mut wgpu::CommandEncoder) {
        let Some(view) = &self.prepared else { return };
        let size_px = self.target.size_px;
        let aspect = size_px[0] as f32 / size_px[1] as f32;
        let text = &view.text;
        let screen = Screen {
            size_px,
            px_per_point: overlay::px_per_point(size_px, text.scale),
        };
        let clip_from_world = view.camera.clip_from_world(aspect);
        let standing = sketch::Standing {
            placement: &self.placement,
            height: &view.height,
        };
        let words = standing.pointers(&view.sketch, clip_from_world, screen.size_points());
        let content = OverlayContent {
            title: &text.title,
            notes: &text.notes,
            reach: view.reach.map(f64::from),
            caption: &text.caption,
            step: text.step,
            legend: &text.legend,
            words: &words,
            axes: text.axes.as_ref().map(|names| AxesContent {
                clip_from_world,
                placement: self.placement,
                height: &view.height,
                names: names.each_ref().map(String::as_str),
            }),
            colors: match view.theme {
                Theme::Dark => OverlayColors::DARK,
                Theme::Light => OverlayColors::LIGHT,
                Theme::Print => OverlayColors::PRINT,
                Theme::Transparent | Theme::Checks => OverlayColors::TRANSPARENT,
            },
        };
        self.overlay
            .draw(gpu, encoder, &self.target.view, screen, &content);
    }
}

const EVERY_STAGE: wgpu::ShaderStages =
    wgpu::ShaderStages::VERTEX_FRAGMENT.union(wgpu::ShaderStages::COMPUTE);

/// Group 1 of every pass: `field.wgsl`, `descent.wgsl` and `plane.wgsl` in `shaders/include/`.
fn landscape_resources<'a>(field: &'a Field, descents: &'a Descents) -> BindGroupBuilder<'a> {
    BindGroupBuilder::new("Renderer::landscape", EVERY_STAGE)
        .texture(&field.view, false)
        .read(&descents.trails)
        .read(&descents.heads)
        .uniform(&descents.uniform)
        .uniform(&field.uniform)
}

fn placement_of(field: &Field) -> Placement {
    Placement {
        domain: field.plane.domain,
        lengths: field.plane.lengths(),
        is_curve: field.plane.is_line(),
    }
}
