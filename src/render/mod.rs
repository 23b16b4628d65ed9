//! The renderer: passes that read the simulation and draw one display-encoded image.

mod backdrop;
pub mod colour;
mod colour_tables;
mod contour_map;
pub mod frame;
pub mod heads;
pub mod height;
pub mod lay_trails;
pub mod levels;
pub mod marks;
mod numerals;
pub mod overlay;
pub mod palette;
mod relief;
mod surface;
pub mod target;
pub mod trails;

use crate::camera::OrbitCamera;
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::simulation::descents::Descents;
use crate::simulation::field::Field;
use backdrop::BackdropPass;
use colour::{ColourMap, ColourMapTexture, Theme, ThemeUniform};
use contour_map::ContourMapPass;
use frame::{FrameUniform, HeightScale, Placement};
use heads::{HeadStyle, HeadsPass};
use lay_trails::{TeamColours, TrailStyle};
use levels::LevelTable;
use marks::{Mark, MarkUniform, MarksPass};
use overlay::{AxesContent, LegendEntry, Overlay, OverlayColors, OverlayContent, Screen};
use relief::{MESH_CELLS, Relief};
use surface::SurfacePass;
use target::{COLOUR_FORMAT, Target};
use trails::TrailsPass;

/// What a frame looks like, beyond what the simulation holds.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Where the eye is.
    pub camera: OrbitCamera,
    /// How a loss becomes a height.
    pub height: HeightScale,
    /// The surface's and the contour map's colours.
    pub colour_map: ColourMap,
    /// The colours around them.
    pub theme: Theme,
    /// Whether the surface is drawn.
    pub surface: bool,
    /// Whether the contour map is drawn on the floor.
    pub floor: bool,
    /// Whether the trails are drawn.
    pub trails: bool,
    /// Whether the trails lie on the surface; else they are straight from step to step.
    pub draped: bool,
    /// Whether the heads are drawn.
    pub heads: bool,
    /// The marks on the surface.
    pub marks: Vec<Mark>,
    /// The teams' colours; the last part is 0 for a team that is hidden.
    pub teams: TeamColours,
    /// What is written over the picture.
    pub text: Text,
}

/// What is written over the picture; empty texts and lists show nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Above left.
    pub title: String,
    /// Below, centred.
    pub caption: String,
    /// Below left: the step that the picture shows.
    pub step: Option<u64>,
    /// Above right.
    pub legend: Vec<LegendEntry>,
    /// The names of the first parameter, the second one and the loss; `None` hides the axes.
    pub axes: Option<[String; 3]>,
    /// Size of all text over its default.
    pub scale: f32,
}

/// Target and passes; draws what it was last prepared for.
pub struct Renderer {
    target: Target,
    frame_buffer: wgpu::Buffer,
    theme_buffer: wgpu::Buffer,
    colour_map: ColourMapTexture,
    levels: LevelTable,
    frame: BindGroup,
    landscape: BindGroup,
    placement: Placement,
    relief: Relief,
    passes: Passes,
    overlay: Overlay,
    prepared: Option<View>,
}

/// The passes of one target.
struct Passes {
    backdrop: BackdropPass,
    surface: SurfacePass,
    contour_map: ContourMapPass,
    trails: TrailsPass,
    marks: MarksPass,
    heads: HeadsPass,
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
        let colour_map = ColourMapTexture::new(gpu);
        let levels = LevelTable::new(gpu);
        let frame = BindGroupBuilder::new("Renderer::frame", EVERY_STAGE)
            .uniform(&frame_buffer)
            .build(gpu);
        let landscape = landscape_resources(field, descents).build(gpu);
        let relief = Relief::new(gpu, [&frame.layout, &landscape.layout]);
        let passes = Passes::new(
            gpu,
            [&frame.layout, &landscape.layout],
            &relief,
            [&colour_map.view, &levels.view],
            &theme_buffer,
            samples,
        );
        Self {
            target: Target::new(gpu, size_px, samples),
            frame_buffer,
            theme_buffer,
            colour_map,
            levels,
            frame,
            landscape,
            placement: placement_of(field),
            relief,
            passes,
            overlay: Overlay::new(gpu, COLOUR_FORMAT),
            prepared: None,
        }
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
        let before = self.prepared.replace(view.clone());
        if before.as_ref().map(|before| before.colour_map) != Some(view.colour_map) {
            self.colour_map.write(gpu, view.colour_map);
        }
        self.passes.prepare(gpu, descents, view);
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_bind_group(0, &self.frame.group, &[]);
        pass.set_bind_group(1, &self.landscape.group, &[]);
        if before.map(|before| before.height) != Some(view.height) {
            self.levels.write(gpu, &view.height);
            self.relief.bake(&mut pass);
        }
        if view.trails {
            self.passes.trails.lay(&mut pass);
        }
    }

    /// Draws the frame last prepared; nothing before the first.
    pub fn draw(&mut self, gpu: &Gpu, encoder: &mut wgpu::CommandEncoder) {
        let Some(view) = &self.prepared else { return };
        let mut pass = self.target.begin(encoder);
        pass.set_bind_group(0, &self.frame.group, &[]);
        pass.set_bind_group(1, &self.landscape.group, &[]);
        // What hides comes first, then what is seen through: no pixel is shaded for nothing.
        if view.surface {
            self.passes.surface.draw(&mut pass);
        }
        self.passes.backdrop.draw(&mut pass);
        if view.floor {
            self.passes.contour_map.draw(&mut pass);
        }
        if view.trails {
            self.passes.trails.draw(&mut pass);
        }
        self.passes.marks.draw(&mut pass);
        if view.heads {
            self.passes.heads.draw(&mut pass);
        }
        drop(pass);
        self.draw_text(gpu, encoder);
    }

    fn draw_text(&mut self, gpu: &Gpu, encoder: &mut wgpu::CommandEncoder) {
        let Some(view) = &self.prepared else { return };
        let size_px = self.target.size_px;
        let aspect = size_px[0] as f32 / size_px[1] as f32;
        let text = &view.text;
        let content = OverlayContent {
            title: &text.title,
            caption: &text.caption,
            step: text.step,
            legend: &text.legend,
            axes: text.axes.as_ref().map(|names| AxesContent {
                clip_from_world: view.camera.clip_from_world(aspect),
                placement: self.placement,
                height: view.height,
                names: names.each_ref().map(String::as_str),
            }),
            colors: match view.theme {
                Theme::Dark => OverlayColors::DARK,
                Theme::Light => OverlayColors::LIGHT,
            },
        };
        let screen = Screen {
            size_px,
            px_per_point: overlay::px_per_point(size_px, text.scale),
        };
        self.overlay
            .draw(gpu, encoder, &self.target.view, screen, &content);
    }
}

impl Passes {
    fn new(
        gpu: &Gpu,
        groups: [&wgpu::BindGroupLayout; 2],
        relief: &Relief,
        tables: [&wgpu::TextureView; 2],
        theme: &wgpu::Buffer,
        samples: u32,
    ) -> Self {
        let smooth = gpu.device.create_sampler(&wgpu::SamplerDescriptor {
            label: Some("Passes::smooth"),
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            ..Default::default()
        });
        Self {
            backdrop: BackdropPass::new(gpu, groups, theme, samples),
            surface: SurfacePass::new(gpu, groups, relief, tables, samples),
            contour_map: ContourMapPass::new(
                gpu, groups, relief, tables, &smooth, theme, samples,
            ),
            trails: TrailsPass::new(gpu, groups, samples),
            marks: MarksPass::new(gpu, groups, samples),
            heads: HeadsPass::new(gpu, groups, samples),
        }
    }

    fn prepare(&mut self, gpu: &Gpu, descents: &Descents, view: &View) {
        let trails = TrailStyle {
            teams: view.teams,
            draped: view.draped,
            mesh_cells: MESH_CELLS,
            ..TrailStyle::default()
        };
        self.trails.prepare(gpu, descents, &trails);
        let heads = HeadStyle {
            teams: view.teams,
            mesh_cells: MESH_CELLS,
            ..HeadStyle::default()
        };
        self.heads.prepare(gpu, descents, &heads);
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
    }
}

const EVERY_STAGE: wgpu::ShaderStages =
    wgpu::ShaderStages::VERTEX_FRAGMENT.union(wgpu::ShaderStages::COMPUTE);

/// Group 1 of every pass: `shaders/include/field.wgsl` and `descent.wgsl`.
fn landscape_resources<'a>(field: &'a Field, descents: &'a Descents) -> BindGroupBuilder<'a> {
    BindGroupBuilder::new("Renderer::landscape", EVERY_STAGE)
        .texture(&field.view, false)
        .read(&descents.trails)
        .read(&descents.heads)
        .uniform(&descents.uniform)
}

fn placement_of(field: &Field) -> Placement {
    Placement {
        domain: field.plane.domain,
    }
}
