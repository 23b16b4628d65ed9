//! Field, descents and passes of one picture, on a mesh of the field as plain as can be.

use crate::common::gpu;
use crate::losses::{DOMAIN, Loss, Trail};
use thalweg::camera::OrbitCamera;
use thalweg::gpu::{BindGroup, BindGroupBuilder, BufferReadback, Gpu, TextureReadback};
use thalweg::render::MESH_CELLS;
use thalweg::render::frame::{FrameUniform, Placement};
use thalweg::render::heads::{HeadStyle, HeadsPass};
use thalweg::render::lay_trails::{Joint, Span, TeamColours, TrailStyle};
use thalweg::render::panes::Pane;
use thalweg::render::pipeline::PassBase;
use thalweg::render::trails::{Place, TrailsPass};
use thalweg::shader::{self, LandscapeText};
use thalweg::simulation::descents::{Descents, DescentsUniform, Head};
use thalweg::simulation::field::{Field, Plane};

const STAGES: wgpu::ShaderStages = wgpu::ShaderStages::all()
    .intersection(wgpu::ShaderStages::COMPUTE.union(wgpu::ShaderStages::VERTEX_FRAGMENT));

pub const COLOUR: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// Field, descents and passes of one picture.
pub struct Stand {
    pub gpu: &'static Gpu,
    pub loss: &'static Loss,
    pub frame: wgpu::Buffer,
    pub frame_group: BindGroup,
    pub landscape: BindGroup,
    pub descents: Descents,
    pub mesh: wgpu::RenderPipeline,
    pub trails: TrailsPass,
    pub heads: HeadsPass,
}

/// One on the small images that pixels are counted on, so that a point is a pixel there.
fn px_per_point(size: [u32; 2]) -> f32 {
    if size[1] < 1080 { 1.0 } else { 1.5 }
}

/// What is drawn besides the surface.
#[derive(Clone, Copy)]
pub enum Drawn {
    Surface,
    /// Nothing; the trails are laid, yet not drawn.
    Laid,
    Trails,
    Floor,
    Heads,
    Both,
}

impl Stand {
    pub fn new(loss: &'static Loss, trails: &[Trail], teams: u32, lit: bool) -> Self {
        let gpu = gpu();
        let field = field(gpu, loss);
        let descents = upload(gpu, loss, trails, teams);
        let frame = gpu.uniform::<FrameUniform>("frame");
        let frame_group = BindGroupBuilder::new("frame", STAGES)
            .uniform(&frame)
            .build(gpu);
        let landscape = BindGroupBuilder::new("landscape", STAGES)
            .texture(&field.view, false)
            .texture(&descents.points, false)
            .read(&descents.heads)
            .seen_by(wgpu::ShaderStages::VERTEX | wgpu::ShaderStages::COMPUTE)
            .uniform(&descents.uniform)
            .seen_by(wgpu::ShaderStages::FRAGMENT)
            .uniform(&field.uniform)
            .build(gpu);
        let layouts = (&frame_group.layout, &landscape.layout);
        let base = PassBase {
            format: COLOUR,
            gpu,
            groups: [layouts.0, layouts.1],
            baked: layouts.1,
            text: &LandscapeText::default(),
            samples: 1,
        };
        Self {
            mesh: mesh_pipeline(gpu, layouts, lit),
            trails: TrailsPass::new(base),
            heads: HeadsPass::new(base),
            gpu,
            loss,
            frame,
            frame_group,
            landscape,
            descents,
        }
    }

    pub fn style(&mut self, trails: &TrailStyle, heads: &HeadStyle) {
        self.trails
            .prepare(self.gpu, &self.descents, Place::Surface, trails);
        self.heads.prepare(self.gpu, &self.descents, heads);
    }

    /// An image of `size` pixels, rgba, top row first.
    pub fn picture(&self, camera: &OrbitCamera, size: [u32; 2], drawn: Drawn) -> Vec<u8> {
        let (colour, depth) = (self.target(size, COLOUR), self.target(size, DEPTH));
        self.submit(camera, size, drawn, &colour, &depth);
        let readback = TextureReadback::request(self.gpu, &colour);
        readback.wait(self.gpu).expect("the device answers")
    }

    pub fn submit(
        &self,
        camera: &OrbitCamera,
        size: [u32; 2],
        drawn: Drawn,
        colour: &wgpu::Texture,
        depth: &wgpu::Texture,
    ) {
        let placement = Placement::of_parameters(DOMAIN);
        let uniform = FrameUniform::new(
            &Pane::whole(*camera, size),
            &placement,
            &self.loss.height(),
            size,
            px_per_point(size),
        );
        self.gpu.write(&self.frame, &[uniform]);
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        self.descents.copy_points(&mut encoder);
        if matches!(drawn, Drawn::Laid | Drawn::Trails | Drawn::Both) {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_bind_group(0, &self.frame_group.group, &[]);
            pass.set_bind_group(1, &self.landscape.group, &[]);
            self.trails.lay(&mut pass, Place::Surface);
        }
        if matches!(drawn, Drawn::Floor) {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_bind_group(0, &self.frame_group.group, &[]);
            pass.set_bind_group(1, &self.landscape.group, &[]);
            self.trails.lay(&mut pass, Place::Floor);
        }
        if matches!(drawn, Drawn::Laid) {
            self.gpu.queue.submit([encoder.finish()]);
            return;
        }
        let (colour, depth) = (
            colour.create_view(&Default::default()),
            depth.create_view(&Default::default()),
        );
        let mut pass = begin(&mut encoder, &colour, &depth);
        pass.set_bind_group(0, &self.frame_group.group, &[]);
        pass.set_bind_group(1, &self.landscape.group, &[]);
        pass.set_pipeline(&self.mesh);
        pass.draw(0..6 * MESH_CELLS * MESH_CELLS, 0..1);
        if matches!(drawn, Drawn::Trails | Drawn::Both) {
            self.trails.draw(&mut pass, Place::Surface);
        }
        if matches!(drawn, Drawn::Floor) {
            self.trails.draw(&mut pass, Place::Floor);
        }
        if matches!(drawn, Drawn::Heads | Drawn::Both) {
            self.heads.draw(&mut pass);
        }
        drop(pass);
        self.gpu.queue.submit([encoder.finish()]);
    }

    pub fn target(&self, size: [u32; 2], format: wgpu::TextureFormat) -> wgpu::Texture {
        self.gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: None,
            size: wgpu::Extent3d {
                width: size[0],
                height: size[1],
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        })
    }

    pub fn read<T: bytemuck::Pod>(&self, buffer: &wgpu::Buffer, count: usize) -> Vec<T> {
        let bytes = (count * size_of::<T>()) as u64;
        let readback = BufferReadback::request(self.gpu, buffer, bytes);
        let bytes = readback.wait(self.gpu).expect("the device answers");
        bytes
            .chunks_exact(size_of::<T>())
            .map(bytemuck::pod_read_unaligned)
            .collect()
    }

    /// The spans and joints of the last picture.
    pub fn laid(&self) -> (Vec<Span>, Vec<Joint>) {
        let buffers = self.trails.buffers();
        let joints = self.read::<u32>(&buffers.draw, 6)[5] as usize;
        (
            self.read(&buffers.spans, self.descents.count as usize),
            self.read(&buffers.joints, joints),
        )
    }
}

pub const DEPTH: wgpu::TextureFormat = wgpu::TextureFormat::Depth32Float;

fn begin<'a>(
    encoder: &'a mut wgpu::CommandEncoder,
    colour: &wgpu::TextureView,
    depth: &wgpu::TextureView,
) -> wgpu::RenderPass<'a> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view: colour,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations {
                load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                store: wgpu::StoreOp::Store,
            },
        })],
        depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
            view: depth,
            depth_ops: Some(wgpu::Operations {
                load: wgpu::LoadOp::Clear(1.0),
                store: wgpu::StoreOp::Store,
            }),
            stencil_ops: None,
        }),
        ..Default::default()
    })
}

fn field(gpu: &Gpu, loss: &Loss) -> Field {
    let text = format!(
        "const PARAMETERS: u32 = 2u;
         struct Evaluation {{ loss: f32, gradient: array<f32, 2> }}
         fn evaluate_loss(w: array<f32, 2>) -> Evaluation {{ {} }}",
        loss.wgsl
    );
    Field::evaluate(gpu, &text, Plane::of_two_parameters(DOMAIN), 512).expect("a valid loss")
}

/// Trails of any lengths; a head of f64 NaN comes through as it is.
fn upload(gpu: &Gpu, loss: &Loss, trails: &[Trail], teams: u32) -> Descents {
    let count = trails.len() as u32;
    let room = trails.iter().map(Vec::len).max().unwrap_or(1) as u32;
    let descents = Descents::new(gpu, count, room);
    let mut points = vec![[0f32; 4]; (count * room) as usize];
    let mut heads = Vec::new();
    for (i, trail) in trails.iter().enumerate() {
        let point = |p: &[f64; 2]| {
            let f = (loss.value)(p[0], p[1]);
            [p[0] as f32, p[1] as f32, f as f32, 0.0]
        };
        for (slot, p) in points[i * room as usize..].iter_mut().zip(trail) {
            *slot = point(p);
        }
        let head = point(trail.last().expect("a trail has a head"));
        let running = head.iter().all(|v| v.is_finite());
        heads.push(Head {
            place: [head[0], head[1]],
            loss: head[2],
            status: if running { 0 } else { 2 },
            end_step: trail.len() as u32 - 1,
            team: i as u32 * teams / count,
            distance: 0.0,
            padding: 0,
        });
    }
    gpu.write(&descents.trails, &points);
    gpu.write(&descents.heads, &heads);
    gpu.write(
        &descents.uniform,
        &[DescentsUniform {
            count,
            trail_points: room,
            stride: 1,
            step: room - 1,
            trail_every: 1,
            padding: [0; 3],
        }],
    );
    descents
}

/// A mesh of the field as plain as can be: black, or lit for the eye.
fn mesh_pipeline(
    gpu: &Gpu,
    layouts: (&wgpu::BindGroupLayout, &wgpu::BindGroupLayout),
    lit: bool,
) -> wgpu::RenderPipeline {
    let cells = format!("const CELLS: u32 = {MESH_CELLS}u;");
    let text = [
        shader::number(),
        &cells,
        include_str!("../../shaders/include/frame.wgsl"),
        include_str!("../../shaders/include/no_formula.wgsl"),
        include_str!("../../shaders/include/field.wgsl"),
        "struct Out { @builtin(position) clip: vec4f, @location(0) place: vec2f }
         @vertex fn vs_main(@builtin(vertex_index) i: u32) -> Out {
             let corners = array(vec2u(0, 0), vec2u(1, 0), vec2u(1, 1), vec2u(0, 0), vec2u(1, 1), vec2u(0, 1));
             let cell = vec2u(i / 6u % CELLS, i / 6u / CELLS) + corners[i % 6u];
             let place = frame.domain_min + (frame.domain_max - frame.domain_min) * vec2f(cell) / f32(CELLS);
             let f = field_bilinear(place, frame.domain_min, frame.domain_max).x;
             return Out(frame.clip_from_world * vec4f(world_from_place(place, f), 1.0), place);
         }
         @fragment fn fs_black() -> @location(0) vec4f { return vec4f(0.0, 0.0, 0.0, 1.0); }
         @fragment fn fs_lit(in: Out) -> @location(0) vec4f {
             let s = field_bilinear(in.place, frame.domain_min, frame.domain_max);
             let k = height_slope(s.x) * frame.box_height / (frame.height_high - frame.height_low);
             let n = normalize(vec3f(-k * s.yz / frame.world_per_parameter, 1.0));
             let light = 0.35 + 0.65 * max(dot(n, normalize(vec3f(-0.5, -0.4, 0.8))), 0.0);
             let level = level_of_height(height_of_loss(s.x));
             let a = mix(vec3f(0.27, 0.0, 0.33), vec3f(0.13, 0.57, 0.55), clamp(level * 2.0, 0.0, 1.0));
             return vec4f(light * mix(a, vec3f(0.99, 0.91, 0.14), clamp(level * 2.0 - 1.0, 0.0, 1.0)), 1.0);
         }",
    ]
    .join("\n");
    let module = gpu.shader("mesh", &text);
    let layout = gpu.pipeline_layout("mesh", &[layouts.0, layouts.1]);
    gpu.device
        .create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("mesh"),
            layout: Some(&layout),
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: Some("vs_main"),
                compilation_options: Default::default(),
                buffers: &[],
            },
            primitive: Default::default(),
            depth_stencil: Some(wgpu::DepthStencilState {
                format: DEPTH,
                depth_write_enabled: Some(true),
                depth_compare: Some(wgpu::CompareFunction::Less),
                stencil: Default::default(),
                bias: Default::default(),
            }),
            multisample: Default::default(),
            fragment: Some(wgpu::FragmentState {
                module: &module,
                entry_point: Some(if lit { "fs_lit" } else { "fs_black" }),
                compilation_options: Default::default(),
                targets: &[Some(COLOUR.into())],
            }),
            multiview_mask: None,
            cache: None,
        })
}

pub fn white() -> TeamColours {
    [[1.0; 4]; 64]
}

/// A white ribbon of `width_pt` without outline or fading.
pub fn plain(width_pt: f32) -> TrailStyle {
    TrailStyle {
        teams: white(),
        width_pt,
        outline_pt: 0.0,
        oldest_opacity: 1.0,
        mesh_cells: MESH_CELLS,
        ..Default::default()
    }
}

/// A sphere of radius 6 without outline, in white.
pub fn ball() -> HeadStyle {
    HeadStyle {
        teams: white(),
        radius_pt: 6.0,
        outline_pt: 0.0,
        mesh_cells: MESH_CELLS,
        ..HeadStyle::default()
    }
}

/// Pixels of `image` that are not black.
pub fn inked(image: &[u8]) -> usize {
    image.chunks_exact(4).filter(|rgba| rgba[0] > 100).count()
}
