//! The trails and heads on the image, against lines of sight in f64.

mod common;

use common::gpu;
use glam::{DMat4, DVec2, DVec3};
use thalweg::camera::{OrbitCamera, Projection};
use thalweg::gpu::{BindGroup, BindGroupBuilder, BufferReadback, Gpu, TextureReadback};
use thalweg::render::frame::{BOX_HEIGHT, FrameUniform, Placement};
use thalweg::render::heads::{HeadStyle, HeadUniform, HeadsPass};
use thalweg::render::height::{HeightLaw, HeightScale};
use thalweg::render::lay_trails::{Joint, Span, TeamColours, TrailStyle, TrailUniform};
use thalweg::render::panes::Pane;
use thalweg::render::pipeline::PassBase;
use thalweg::render::trails::{Place, TrailsPass};
use thalweg::shader::{self, LandscapeText};
use thalweg::simulation::descents::{Descents, DescentsUniform, Head};
use thalweg::simulation::field::{Field, Plane};

const STAGES: wgpu::ShaderStages = wgpu::ShaderStages::all()
    .intersection(wgpu::ShaderStages::COMPUTE.union(wgpu::ShaderStages::VERTEX_FRAGMENT));
const COLOUR: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;
const MESH_CELLS: u32 = 256;
const DOMAIN: [[f64; 2]; 2] = [[-5.0, 5.0], [-5.0, 5.0]];

/// A loss as the field's kernel and as f64 see it, and its range of heights.
struct Loss {
    wgsl: &'static str,
    value: fn(f64, f64) -> f64,
    slope: fn(f64, f64) -> [f64; 2],
    log: bool,
    range: [f64; 2],
}

const HIMMELBLAU: Loss = Loss {
    wgsl: "let a = w[0] * w[0] + w[1] - 11.0; let b = w[0] + w[1] * w[1] - 7.0;
           return Evaluation(a * a + b * b, array(4.0 * w[0] * a + 2.0 * b, 2.0 * a + 4.0 * w[1] * b));",
    value: |x, y| (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2),
    slope: |x, y| {
        let (a, b) = (x * x + y - 11.0, x + y * y - 7.0);
        [4.0 * x * a + 2.0 * b, 2.0 * a + 4.0 * y * b]
    },
    log: true,
    range: [0.0, 2.96],
};

const EGG_CRATE: Loss = Loss {
    wgsl:
        "return Evaluation(sin(1.6 * w[0]) * cos(1.3 * w[1]), array(
               1.6 * cos(1.6 * w[0]) * cos(1.3 * w[1]), -1.3 * sin(1.6 * w[0]) * sin(1.3 * w[1])));",
    value: |x, y| (1.6 * x).sin() * (1.3 * y).cos(),
    slope: |x, y| {
        [
            1.6 * (1.6 * x).cos() * (1.3 * y).cos(),
            -1.3 * (1.6 * x).sin() * (1.3 * y).sin(),
        ]
    },
    log: false,
    range: [-3.0, 3.0],
};

const STYBLINSKI: Loss = Loss {
    wgsl: "let s = vec2f(w[0] * w[0], w[1] * w[1]);
           let v = 0.5 * (s * s - 16.0 * s + 5.0 * vec2f(w[0], w[1]));
           let g = 2.0 * s * vec2f(w[0], w[1]) - 16.0 * vec2f(w[0], w[1]) + 2.5;
           return Evaluation(v.x + v.y, array(g.x, g.y));",
    value: |x, y| {
        0.5 * [x, y]
            .map(|w| w.powi(4) - 16.0 * w * w + 5.0 * w)
            .iter()
            .sum::<f64>()
    },
    slope: |x, y| [x, y].map(|w| 2.0 * w.powi(3) - 16.0 * w + 2.5),
    log: false,
    range: [-80.0, 260.0],
};

const SADDLE: Loss = Loss {
    wgsl: "return Evaluation(w[0] * w[1], array(w[1], w[0]));",
    value: |x, y| x * y,
    slope: |x, y| [y, x],
    log: false,
    range: [-30.0, 30.0],
};

const WAVES: Loss = Loss {
    wgsl: "return Evaluation(
               0.1 * (w[0] * w[0] + w[1] * w[1]) + sin(2.0 * w[0]),
               array(0.2 * w[0] + 2.0 * cos(2.0 * w[0]), 0.2 * w[1]));",
    value: |x, y| 0.1 * (x * x + y * y) + (2.0 * x).sin(),
    slope: |x, y| [0.2 * x + 2.0 * (2.0 * x).cos(), 0.2 * y],
    log: false,
    range: [-2.0, 7.0],
};

const RAMP: Loss = Loss {
    wgsl: "return Evaluation(w[1], array(0.0, 1.0));",
    value: |_, y| y,
    slope: |_, _| [0.0, 1.0],
    log: false,
    range: [-20.0, 20.0],
};

impl Loss {
    fn height(&self) -> HeightScale {
        let law = match self.log {
            true => HeightLaw::Log { unit: 1.0 },
            false => HeightLaw::Linear,
        };
        HeightScale::of(law, self.range)
    }

    /// World z above a place, in f64 and without the frame's own functions.
    fn z(&self, place: DVec2) -> f64 {
        let f = (self.value)(place.x, place.y);
        let h = if self.log { f.ln_1p() / 10f64.ln() } else { f };
        let level = (h - self.range[0]) / (self.range[1] - self.range[0]);
        (level.clamp(0.0, 1.0) - 0.5) * f64::from(BOX_HEIGHT)
    }

    /// Of length one, upwards, by differences.
    fn normal(&self, place: DVec2) -> DVec3 {
        let across = |offset: DVec2| self.world(place + offset) - self.world(place - offset);
        across(DVec2::new(1e-4, 0.0))
            .cross(across(DVec2::new(0.0, 1e-4)))
            .normalize()
    }

    fn world(&self, place: DVec2) -> DVec3 {
        (place / 10.0).extend(self.z(place))
    }
}

/// A descent's recorded points, the last of them its head.
type Trail = Vec<[f64; 2]>;

/// Field, descents and passes of one picture.
struct Stand {
    gpu: &'static Gpu,
    loss: &'static Loss,
    frame: wgpu::Buffer,
    frame_group: BindGroup,
    landscape: BindGroup,
    descents: Descents,
    mesh: wgpu::RenderPipeline,
    trails: TrailsPass,
    heads: HeadsPass,
}

/// One on the small images that pixels are counted on, so that a point is a pixel there.
fn px_per_point(size: [u32; 2]) -> f32 {
    if size[1] < 1080 { 1.0 } else { 1.5 }
}

/// What is drawn besides the surface.
#[derive(Clone, Copy)]
enum Drawn {
    Surface,
    /// Nothing; the trails are laid, yet not drawn.
    Laid,
    Trails,
    Floor,
    Heads,
    Both,
}

impl Stand {
    fn new(loss: &'static Loss, trails: &[Trail], teams: u32, lit: bool) -> Self {
        let gpu = gpu();
        let field = field(gpu, loss);
        let descents = upload(gpu, loss, trails, teams);
        let frame = gpu.uniform::<FrameUniform>("frame");
        let frame_group = BindGroupBuilder::new("frame", STAGES)
            .uniform(&frame)
            .build(gpu);
        let landscape = BindGroupBuilder::new("landscape", STAGES)
            .texture(&field.view, false)
            .read(&descents.trails)
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

    fn style(&mut self, trails: &TrailStyle, heads: &HeadStyle) {
        self.trails
            .prepare(self.gpu, &self.descents, Place::Surface, trails);
        self.heads.prepare(self.gpu, &self.descents, heads);
    }

    /// An image of `size` pixels, rgba, top row first.
    fn picture(&self, camera: &OrbitCamera, size: [u32; 2], drawn: Drawn) -> Vec<u8> {
        let (colour, depth) = (self.target(size, COLOUR), self.target(size, DEPTH));
        self.submit(camera, size, drawn, &colour, &depth);
        let readback = TextureReadback::request(self.gpu, &colour);
        readback.wait(self.gpu).expect("the device answers")
    }

    fn submit(
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

    fn target(&self, size: [u32; 2], format: wgpu::TextureFormat) -> wgpu::Texture {
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

    fn read<T: bytemuck::Pod>(&self, buffer: &wgpu::Buffer, count: usize) -> Vec<T> {
        let bytes = (count * size_of::<T>()) as u64;
        let readback = BufferReadback::request(self.gpu, buffer, bytes);
        let bytes = readback.wait(self.gpu).expect("the device answers");
        bytes
            .chunks_exact(size_of::<T>())
            .map(bytemuck::pod_read_unaligned)
            .collect()
    }

    /// The spans and joints of the last picture.
    fn laid(&self) -> (Vec<Span>, Vec<Joint>) {
        let buffers = self.trails.buffers();
        let joints = self.read::<u32>(&buffers.draw, 6)[5] as usize;
        (
            self.read(&buffers.spans, self.descents.count as usize),
            self.read(&buffers.joints, joints),
        )
    }
}

const DEPTH: wgpu::TextureFormat = wgpu::TextureFormat::Depth32Float;

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
    let text = [
        shader::number(),
        include_str!("../shaders/include/frame.wgsl"),
        include_str!("../shaders/include/no_formula.wgsl"),
        include_str!("../shaders/include/field.wgsl"),
        "struct Out { @builtin(position) clip: vec4f, @location(0) place: vec2f }
         @vertex fn vs_main(@builtin(vertex_index) i: u32) -> Out {
             let corners = array(vec2u(0, 0), vec2u(1, 0), vec2u(1, 1), vec2u(0, 0), vec2u(1, 1), vec2u(0, 1));
             let cell = vec2u(i / 6u % 256u, i / 6u / 256u) + corners[i % 6u];
             let place = frame.domain_min + (frame.domain_max - frame.domain_min) * vec2f(cell) / 256.0;
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

/// Gradient descent on a loss, as the stills show it.
fn descend(loss: &Loss, start: [f64; 2], lr: f64, momentum: f64, steps: usize) -> Trail {
    let (mut place, mut velocity) = (start, [0.0; 2]);
    let mut trail = vec![start];
    for _ in 0..steps {
        let slope = (loss.slope)(place[0], place[1]);
        for axis in 0..2 {
            velocity[axis] = momentum * velocity[axis] + slope[axis];
            place[axis] -= lr * velocity[axis];
        }
        trail.push(place);
    }
    trail
}

/// Numbers from 0 to 1 (`SplitMix64` by Steele, Lea and Flood).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as f64 / u64::MAX as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}

fn white() -> TeamColours {
    [[1.0; 4]; 64]
}

fn palette() -> TeamColours {
    let mut teams = white();
    let colours = [
        [0.90, 0.62, 0.0],
        [0.34, 0.71, 0.91],
        [0.95, 0.90, 0.25],
        [0.94, 0.35, 0.20],
        [0.86, 0.55, 0.75],
    ];
    for (team, [r, g, b]) in teams.iter_mut().zip(colours) {
        *team = [r, g, b, 1.0];
    }
    teams
}

fn race(count: usize, steps: usize) -> Vec<Trail> {
    let mut random = Random(7);
    (0..count)
        .map(|i| {
            let start = [random.between(-4.8, 4.8), random.between(-4.8, 4.8)];
            let team = i * 5 / count;
            let (lr, momentum) = [
                (0.004, 0.0),
                (0.0015, 0.9),
                (0.002, 0.8),
                (0.01, 0.0),
                (0.0005, 0.5),
            ][team];
            descend(&HIMMELBLAU, start, lr, momentum, steps)
        })
        .collect()
}

fn save(name: &str, size: [u32; 2], rgba: &[u8]) {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let file = std::fs::File::create(&path).expect("the target folder can be written");
    let mut encoder = png::Encoder::new(file, size[0], size[1]);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().expect("a valid header");
    writer
        .write_image_data(rgba)
        .expect("the file can be written");
    println!("{}", path.display());
}

/// A white ribbon of `width_pt` without outline or fading.
fn plain(width_pt: f32) -> TrailStyle {
    TrailStyle {
        teams: white(),
        width_pt,
        outline_pt: 0.0,
        oldest_opacity: 1.0,
        mesh_cells: MESH_CELLS,
        ..Default::default()
    }
}

/// A view in f64: what stands where on the image, and the line of sight through a pixel.
struct Sight {
    clip_from_world: DMat4,
    world_from_clip: DMat4,
    size: DVec2,
}

impl Sight {
    fn new(camera: &OrbitCamera, size: [u32; 2]) -> Self {
        let aspect = size[0] as f32 / size[1] as f32;
        let clip_from_world = camera.clip_from_world(aspect).as_dmat4();
        Self {
            clip_from_world,
            world_from_clip: clip_from_world.inverse(),
            size: DVec2::new(f64::from(size[0]), f64::from(size[1])),
        }
    }

    /// In pixels; `None` outside the image or closer to its edge than `inset` pixels.
    fn px(&self, world: DVec3, inset: f64) -> Option<DVec2> {
        let clip = self.clip_from_world * world.extend(1.0);
        let ndc = clip.truncate() / clip.w;
        let px = (DVec2::new(ndc.x, -ndc.y) * 0.5 + 0.5) * self.size;
        let inside =
            px.cmpge(DVec2::splat(inset)).all() && px.cmple(self.size - DVec2::splat(inset)).all();
        (clip.w > 0.0 && clip.z > 0.0 && inside).then_some(px)
    }

    /// Where the line of sight begins, and its direction of length one.
    fn line(&self, px: DVec2) -> (DVec3, DVec3) {
        let ndc = (px / self.size * 2.0 - 1.0) * DVec2::new(1.0, -1.0);
        let at = |depth: f64| self.world_from_clip.project_point3(ndc.extend(depth));
        (at(0.0), (at(1.0) - at(0.0)).normalize())
    }
}

/// How far a line of sight runs before it meets the surface, if it does.
fn first_hit(loss: &Loss, start: DVec3, along: DVec3) -> Option<f64> {
    const STEP: f64 = 0.003;
    let above = |t: f64| {
        let at = start + along * t;
        (at.x.abs() <= 0.5 && at.y.abs() <= 0.5).then(|| at.z - loss.z(at.truncate() * 10.0))
    };
    let half = DVec3::new(0.5, 0.5, 0.5 * f64::from(BOX_HEIGHT) + STEP);
    let (to_low, to_high) = ((-half - start) / along, (half - start) / along);
    let mut t = to_low.min(to_high).max_element().max(0.0);
    let end = to_low.max(to_high).min_element();
    let mut before = above(t);
    while t < end {
        let now = above(t + STEP);
        if let (Some(was), Some(is)) = (before, now)
            && was.signum() != is.signum()
        {
            return Some(t + STEP * was / (was - is));
        }
        (before, t) = (now, t + STEP);
    }
    None
}

/// What a line of sight says about a point of the surface.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sighting {
    Visible,
    Hidden,
    /// Within a ribbon's width of a silhouette, or hidden by a hair.
    Aside,
}

/// A point of a trail is hidden by what lies this far in front of it, in world units.
const BEHIND: f64 = 0.04;
/// A surface without a silhouette departs by less than this from the plane that touches it.
const FLAT: f64 = 0.01;

fn sighting(sight: &Sight, loss: &Loss, place: DVec2, px: DVec2, behind: f64) -> Sighting {
    let world = loss.world(place);
    let normal = loss.normal(place);
    let (mut is_visible, mut is_hidden) = (true, true);
    for (x, y) in (-1..=1).flat_map(|x| (-1..=1).map(move |y| (x, y))) {
        let (start, along) = sight.line(px + 2.0 * DVec2::new(f64::from(x), f64::from(y)));
        let hit = first_hit(loss, start, along).unwrap_or(f64::INFINITY);
        let off_plane = (start + along * hit - world).dot(normal);
        is_hidden &= world.distance(start) - hit > behind;
        is_visible &= off_plane.abs() < FLAT;
        if (x, y) == (0, 0) {
            is_visible &= (world.distance(start) - hit).abs() < FLAT;
        }
    }
    match (is_visible, is_hidden) {
        (true, false) => Sighting::Visible,
        (false, true) => Sighting::Hidden,
        _ => Sighting::Aside,
    }
}

/// A ribbon's width in pixels, as [`Tally`] sees it.
const WIDTH_PX: f64 = 2.0;

/// As [`sighting`], and nothing set aside but within `reach_px`, a multiple of `STRIDE_PX`, of a
/// silhouette.
fn strict_sighting(
    sight: &Sight,
    loss: &Loss,
    (place, px): (DVec2, DVec2),
    reach_px: f64,
) -> Sighting {
    const STRIDE_PX: f64 = 0.25;
    // Twice what a search in steps misses.
    const SLACK: f64 = 0.006;
    let hit = |px: DVec2| {
        let (start, along) = sight.line(px);
        first_hit(loss, start, along).map(|hit| start + along * hit)
    };
    let (_, along) = sight.line(px);
    let seen = hit(px);
    let in_front = seen.map_or(f64::NEG_INFINITY, |seen| {
        (loss.world(place) - seen).dot(along)
    });
    let reaches = |direction: DVec2| {
        let mut at = seen;
        (1..=(reach_px / STRIDE_PX) as u32).all(|k| {
            let next_px = px + direction * (f64::from(k) * STRIDE_PX);
            let next = hit(next_px);
            let goes_on = at
                .zip(next)
                .is_some_and(|(at, next)| goes_on(loss, at, next, sight.line(next_px)));
            at = next;
            goes_on
        })
    };
    let around = (0..8).map(|k| DVec2::from_angle(f64::from(k) * std::f64::consts::FRAC_PI_4));
    match around.into_iter().all(reaches) {
        false => Sighting::Aside,
        true if in_front > SLACK => Sighting::Hidden,
        true => Sighting::Visible,
    }
}

/// Whether the surface goes on from what one line of sight meets to what the next one does: near
/// where that meets the plane that touches the surface at the first.
fn goes_on(loss: &Loss, at: DVec3, next: DVec3, (start, along): (DVec3, DVec3)) -> bool {
    let normal = loss.normal(at.truncate() * 10.0);
    let expected = start + along * ((at - start).dot(normal) / along.dot(normal));
    let step = expected.distance(at);
    next.distance(expected) < 0.01 + 0.5 * step && step < 0.1
}

/// The places along a trail, at most `step` apart on the plane.
fn places(trail: &Trail, step: f64) -> Vec<DVec2> {
    let mut places = Vec::new();
    for pair in trail.windows(2) {
        let (a, b) = (DVec2::from(pair[0]), DVec2::from(pair[1]));
        let count = (a.distance(b) / step).ceil().max(1.0) as usize;
        places.extend((0..count).map(|i| a.lerp(b, i as f64 / count as f64)));
    }
    places
}

/// Curves over the whole landscape, of many short steps and of a few long ones.
fn curves(random: &mut Random) -> Vec<Trail> {
    [150, 9]
        .into_iter()
        .map(|points| {
            let [a, b, c, d] = [0; 4].map(|_| random.between(0.5, 3.0));
            (0..points)
                .map(|i| {
                    let t = f64::from(i) / f64::from(points - 1) * 2.5;
                    [4.7 * (a * t + b).sin(), 4.7 * (c * t + d).cos()]
                })
                .collect()
        })
        .collect()
}

fn any_camera(random: &mut Random) -> OrbitCamera {
    OrbitCamera {
        azimuth_deg: random.between(0.0, 360.0) as f32,
        elevation_deg: random.between(8.0, 65.0) as f32,
        distance: random.between(1.3, 3.0) as f32,
        target: glam::Vec3::new(
            random.between(-0.2, 0.2) as f32,
            random.between(-0.2, 0.2) as f32,
            0.0,
        ),
        projection: if random.next() < 0.25 {
            Projection::Orthographic
        } else {
            Projection::Perspective
        },
        ..Default::default()
    }
}

/// How samples of the trails fared on some images.
#[derive(Debug, Default)]
struct Tally {
    visible: usize,
    hidden: usize,
    aside: usize,
    missing: usize,
    drawn_through: usize,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.visible += other.visible;
        self.hidden += other.hidden;
        self.aside += other.aside;
        self.missing += other.missing;
        self.drawn_through += other.drawn_through;
    }

    /// Looks for each sample on an image of white trails on a black surface. Set aside are samples
    /// within half a pixel of a silhouette, and of those that are not as they should be the ones
    /// within a ribbon's width.
    fn count(&mut self, loss: &Loss, trails: &[Trail], sight: &Sight, image: &[u8]) {
        let width = sight.size.x as usize;
        let pixel = |px: DVec2| px.y as usize * width + px.x as usize;
        let value = |px: DVec2| image[4 * pixel(px)];
        let is_aside = |at, reach| strict_sighting(sight, loss, at, reach) == Sighting::Aside;
        let mut near_drawn = vec![false; image.len() / 4];
        let mut covered = Vec::new();
        for place in trails.iter().flat_map(|trail| places(trail, 0.04)) {
            let Some(px) = sight.px(loss.world(place), 6.0) else {
                continue;
            };
            let at = (place, px);
            let sighting = strict_sighting(sight, loss, at, 0.5);
            if sighting == Sighting::Hidden {
                covered.push(at);
                continue;
            }
            for (dx, dy) in (-3..=3).flat_map(|x| (-3..=3).map(move |y| (x, y))) {
                near_drawn[pixel(px + DVec2::new(f64::from(dx), f64::from(dy)))] = true;
            }
            match sighting == Sighting::Visible && value(px) < 100 {
                true if is_aside(at, WIDTH_PX) => self.aside += 1,
                true => self.missing += 1,
                false if sighting == Sighting::Aside => self.aside += 1,
                false => self.visible += 1,
            }
        }
        covered.retain(|(_, px)| !near_drawn[pixel(*px)]);
        for at in covered {
            match value(at.1) > 20 {
                true if is_aside(at, WIDTH_PX) => self.aside += 1,
                true => self.drawn_through += 1,
                false => self.hidden += 1,
            }
        }
    }
}

#[test]
fn a_trail_is_drawn_where_its_slope_is_seen_and_nowhere_else() {
    assert_trails_are_drawn_where_seen(2, 5);
}

#[test]
#[ignore = "a thousand cameras take minutes"]
fn trails_are_drawn_where_their_slopes_are_seen_from_a_thousand_cameras() {
    assert_trails_are_drawn_where_seen(10, 20);
}

/// Over five losses, each with some landscapes full of trails, seen by some cameras.
fn assert_trails_are_drawn_where_seen(landscapes: usize, cameras: usize) {
    const SIZE: [u32; 2] = [960, 720];
    let mut random = Random(11);
    let mut all = Tally::default();
    for loss in [&HIMMELBLAU, &EGG_CRATE, &STYBLINSKI, &SADDLE, &WAVES] {
        let mut tally = Tally::default();
        for _ in 0..landscapes {
            let trails = curves(&mut random);
            let mut stand = Stand::new(loss, &trails, 1, false);
            stand.style(&plain(2.0), &HeadStyle::default());
            for _ in 0..cameras {
                let camera = any_camera(&mut random);
                let image = stand.picture(&camera, SIZE, Drawn::Trails);
                tally.count(loss, &trails, &Sight::new(&camera, SIZE), &image);
            }
        }
        println!("{tally:?}");
        let looks = landscapes * cameras;
        assert!(
            tally.visible > 400 * looks && tally.hidden > 2 * looks,
            "{tally:?}"
        );
        all.add(&tally);
    }
    let judged = all.visible + all.hidden + all.aside;
    assert_eq!(all.drawn_through, 0, "{all:?}");
    assert!(20 * all.aside <= judged, "{all:?}");
    // At less than some 4 degrees to the surface, and at the tip of a needle, a mesh of 256 cells is no
    // longer the loss: there a ribbon may lie a pixel off.
    assert!(10_000 * all.missing <= all.visible, "{all:?}");
}

/// A straight trail over the ramp, and the coverage of a ribbon across it on the image.
#[test]
fn a_ribbon_is_as_wide_near_and_far_steep_and_flat() {
    const SIZE: [u32; 2] = [200, 150];
    let trail = vec![[-4.5, 0.3], [-1.0, 0.3], [4.5, 0.3]];
    let mut stand = Stand::new(&RAMP, &[trail], 1, false);
    for (width_pt, distance, elevation_deg) in [
        (1.6, 0.8, 35.0),
        (1.6, 2.6, 35.0),
        (1.6, 6.0, 35.0),
        (4.0, 2.6, 35.0),
        (0.6, 2.6, 35.0),
        (4.0, 2.6, 12.0),
        (4.0, 2.6, 90.0),
    ] {
        stand.style(&plain(width_pt), &HeadStyle::default());
        let camera = OrbitCamera {
            azimuth_deg: 0.0,
            elevation_deg,
            distance,
            ..Default::default()
        };
        let image = stand.picture(&camera, SIZE, Drawn::Trails);
        for x in [85, 100, 115] {
            let column = (0..SIZE[1]).map(|y| image[((y * SIZE[0] + x) * 4) as usize]);
            let width_px = column.map(f32::from).sum::<f32>() / 255.0;
            assert!(
                (width_px - width_pt).abs() < 0.02,
                "{width_px} px instead of {width_pt} at distance {distance}, {elevation_deg}°"
            );
        }
    }
}

/// The piece of a polyline nearest to `px`, in pixels.
fn distance_to_pieces(joints: &[Joint], px: DVec2) -> f64 {
    let point = |joint: &Joint| DVec2::from(joint.px.map(f64::from));
    joints
        .windows(2)
        .filter(|pair| pair[1].look & RUN_BEGINS == 0)
        .map(|pair| {
            let (a, b) = (point(&pair[0]), point(&pair[1]));
            let t = (px - a).dot(b - a) / (b - a).length_squared();
            px.distance(a.lerp(b, t.clamp(0.0, 1.0)))
        })
        .fold(f64::INFINITY, f64::min)
}

/// `RUN_BEGINS` of the WGSL.
const RUN_BEGINS: u32 = 0x100;

#[test]
fn pieces_follow_the_surface_within_a_pixel() {
    const SIZE: [u32; 2] = [960, 720];
    let mut random = Random(5);
    for loss in [&HIMMELBLAU, &EGG_CRATE] {
        let trails = curves(&mut random);
        let mut stand = Stand::new(loss, &trails, 1, false);
        stand.style(&plain(2.0), &HeadStyle::default());
        let camera = any_camera(&mut random);
        stand.picture(&camera, SIZE, Drawn::Trails);
        let sight = Sight::new(&camera, SIZE);
        let (spans, joints) = stand.laid();
        for (trail, span) in trails.iter().zip(spans) {
            let joints = &joints[span.first as usize..][..span.room as usize];
            let on_image = |place| sight.px(loss.world(place), 0.0);
            let truth: Vec<DVec2> = places(trail, 0.004)
                .into_iter()
                .filter_map(on_image)
                .collect();
            assert!(truth.len() > 100 && joints.len() < truth.len());
            for px in &truth {
                let off = distance_to_pieces(joints, *px);
                assert!(off < 1.0, "{px} is {off} px off the nearest piece");
            }
            for joint in joints {
                let px = DVec2::from(joint.px.map(f64::from));
                let off = truth.windows(2).map(|pair| {
                    let t = (px - pair[0]).dot(pair[1] - pair[0])
                        / (pair[1] - pair[0]).length_squared().max(1e-12);
                    px.distance(pair[0].lerp(pair[1], t.clamp(0.0, 1.0)))
                });
                let off = off.fold(f64::INFINITY, f64::min);
                let outside = px.cmplt(DVec2::ONE).any() || px.cmpgt(sight.size - 1.0).any();
                assert!(
                    off < 0.3 || outside,
                    "a joint at {px} is {off} px off the trail"
                );
            }
        }
    }
}

#[test]
fn the_same_frame_has_the_same_bits() {
    let trails = race(60, 80);
    let camera = OrbitCamera::default();
    let draw = || {
        let mut stand = Stand::new(&HIMMELBLAU, &trails, 5, true);
        stand.style(&TrailStyle::default(), &HeadStyle::default());
        let image = stand.picture(&camera, [480, 270], Drawn::Both);
        let (spans, joints) = stand.laid();
        (
            image,
            bytemuck::cast_slice::<_, u8>(&joints).to_vec(),
            spans,
        )
    };
    assert!(draw() == draw());
}

/// Zigzags across the whole domain want more joints than there is room for.
fn zigzags(count: usize, points: usize) -> Vec<Trail> {
    (0..count)
        .map(|i| {
            let point = |k: usize| {
                let side = if k.is_multiple_of(2) { -4.9 } else { 4.9 };
                [side, -4.9 + 9.8 * (k + i) as f64 / (points + count) as f64]
            };
            (0..points).map(point).collect()
        })
        .collect()
}

#[test]
fn spans_lie_one_after_the_other_and_share_what_room_there_is() {
    for (trails, is_short) in [(race(300, 20), false), (zigzags(300, 12), true)] {
        let mut stand = Stand::new(&EGG_CRATE, &trails, 2, false);
        stand.style(&plain(2.0), &HeadStyle::default());
        stand.picture(&OrbitCamera::default(), [1600, 1200], Drawn::Trails);
        let (spans, joints) = stand.laid();
        let capacity = stand.trails.buffers().capacity;
        let wanted: u32 = spans.iter().map(|span| span.candidates).sum();
        assert_eq!(wanted > capacity, is_short, "{wanted} of {capacity}");
        let mut first = 0;
        for (i, span) in spans.iter().enumerate() {
            assert_eq!(span.first, first, "trail {i}");
            let share = f64::from(span.room) / f64::from(span.candidates);
            let even = (f64::from(capacity) / f64::from(wanted)).min(1.0);
            assert!((0.98 * even..=1.0).contains(&share), "trail {i}: {span:?}");
            assert!(span.room >= span.candidates.min(2), "trail {i}: {span:?}");
            let own = &joints[first as usize..][..span.room as usize];
            let begins: Vec<_> = own
                .iter()
                .map(|joint| joint.look & RUN_BEGINS != 0)
                .collect();
            assert!(begins.first().is_none_or(|begins| *begins), "trail {i}");
            assert!(
                own.iter()
                    .all(|joint| joint.look & 63 == i as u32 * 2 / spans.len() as u32)
            );
            first += span.room;
        }
        assert_eq!(first as usize, joints.len());
        assert!(first <= capacity);
    }
}

/// A sphere of radius 6 without outline, in white.
fn ball() -> HeadStyle {
    HeadStyle {
        teams: white(),
        radius_pt: 6.0,
        outline_pt: 0.0,
        mesh_cells: MESH_CELLS,
        ..HeadStyle::default()
    }
}

/// Pixels of `image` that are not black.
fn inked(image: &[u8]) -> usize {
    image.chunks_exact(4).filter(|rgba| rgba[0] > 100).count()
}

#[test]
fn a_head_is_round_on_every_slope_that_is_seen_and_hidden_behind_a_hill() {
    const SIZE: [u32; 2] = [640, 480];
    let mut random = Random(3);
    let (mut seen, mut hidden) = (0, 0);
    for _ in 0..8 {
        let place = [random.between(-4.5, 4.5), random.between(-4.5, 4.5)];
        let mut stand = Stand::new(&EGG_CRATE, &[vec![place]], 1, false);
        stand.style(&plain(2.0), &ball());
        for _ in 0..16 {
            let camera = any_camera(&mut random);
            let sight = Sight::new(&camera, SIZE);
            let place = DVec2::from(place);
            let Some(px) = sight.px(EGG_CRATE.world(place), 10.0) else {
                continue;
            };
            // A sphere of a few pixels reaches further than a ribbon: look around it as well.
            let around = [(0, 0), (6, 0), (-6, 0), (0, 6), (0, -6)]
                .map(|(x, y)| px + DVec2::new(f64::from(x), f64::from(y)));
            let sightings = around.map(|px| sighting(&sight, &EGG_CRATE, place, px, 2.0 * BEHIND));
            let ink = || inked(&stand.picture(&camera, SIZE, Drawn::Heads)) as f64;
            let whole = 36.0 * std::f64::consts::PI;
            if sightings
                .iter()
                .all(|sighting| *sighting == Sighting::Visible)
            {
                seen += 1;
                let ink = ink();
                assert!(
                    ink > 0.9 * whole && ink < 1.15 * whole,
                    "{ink} px at {px}, {camera:?}"
                );
            } else if sightings
                .iter()
                .all(|sighting| *sighting == Sighting::Hidden)
            {
                hidden += 1;
                let ink = ink();
                assert!(ink == 0.0, "{ink} px at {px}, {camera:?}");
            }
        }
    }
    assert!(seen > 12 && hidden > 2, "{seen} seen, {hidden} hidden");
}

#[test]
fn of_two_heads_the_nearer_one_is_in_front() {
    const SIZE: [u32; 2] = [200, 150];
    let mut teams = white();
    (teams[0], teams[1]) = ([1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0]);
    let camera = OrbitCamera {
        azimuth_deg: 0.0,
        elevation_deg: 10.0,
        ..Default::default()
    };
    for (first, second, front) in [(-0.5, 0.5, 0), (0.5, -0.5, 1)] {
        let trails = [vec![[0.0, first]], vec![[0.0, second]]];
        let mut stand = Stand::new(&RAMP, &trails, 2, false);
        stand.style(&plain(2.0), &HeadStyle { teams, ..ball() });
        let image = stand.picture(&camera, SIZE, Drawn::Heads);
        let near = DVec2::new(0.0, -0.5);
        let px = Sight::new(&camera, SIZE).px(RAMP.world(near), 0.0);
        let px = px.expect("in the middle of the image");
        let pixel = (px.y as usize * SIZE[0] as usize + px.x as usize) * 4;
        assert!(image[pixel + front] > 100 && image[pixel + 1 - front] < 100);
    }
}

#[test]
fn a_head_that_diverged_is_a_cross_and_what_is_not_finite_draws_nothing() {
    const SIZE: [u32; 2] = [200, 150];
    let camera = OrbitCamera::default();
    let ink = |trail: Trail, drawn| {
        let mut stand = Stand::new(&RAMP, &[trail], 1, false);
        stand.style(&plain(2.0), &ball());
        let image = stand.picture(&camera, SIZE, drawn);
        let (_, joints) = stand.laid();
        let finite = |joint: &Joint| joint.px.iter().chain([&joint.depth]).all(|v| v.is_finite());
        assert!(joints.iter().all(finite));
        inked(&image)
    };
    let whole = ink(vec![[0.0, 0.0]], Drawn::Heads);
    let nan = [f64::NAN, 0.0];
    assert_eq!(ink(vec![nan], Drawn::Both), 0);
    assert_eq!(ink(vec![nan, [1.0, 1.0]], Drawn::Trails), 0);
    assert_eq!(ink(vec![[1e30, -1e30], [-1e30, 1e33]], Drawn::Both), 0);
    assert_eq!(ink(vec![[0.0, 5.2]], Drawn::Heads), 0);
    let before = ink(vec![[-1.0, 0.0], [1.0, 0.0]], Drawn::Trails);
    let cut = ink(
        vec![[-1.0, 0.0], [1.0, 0.0], nan, [2.0, 0.0]],
        Drawn::Trails,
    );
    assert_eq!(before, cut);

    let stand = {
        let mut stand = Stand::new(&RAMP, &[vec![[0.0, 0.0]]], 1, false);
        stand.style(&plain(2.0), &ball());
        stand
    };
    let mut head = stand.read::<Head>(&stand.descents.heads, 1)[0];
    head.status = 2;
    stand.gpu.write(&stand.descents.heads, &[head]);
    let cross = inked(&stand.picture(&camera, SIZE, Drawn::Heads));
    assert!(cross > 20 && cross < 3 * whole / 4, "{cross} px of {whole}");
}

/// From straight before, so that pixels go with the world evenly.
fn level_camera() -> OrbitCamera {
    OrbitCamera {
        azimuth_deg: 20.0,
        elevation_deg: 15.0,
        projection: Projection::Orthographic,
        ..Default::default()
    }
}

/// The world at a place and a loss of the egg crate's height scale.
fn at_loss(place: DVec2, loss: f64) -> DVec3 {
    let level = (loss - EGG_CRATE.range[0]) / (EGG_CRATE.range[1] - EGG_CRATE.range[0]);
    (place / 10.0).extend((level - 0.5) * f64::from(BOX_HEIGHT))
}

/// A trail that leaves the plane evenly: its joints lie on the straight line at its own losses, and
/// each knows how near the plane it is.
#[test]
fn beside_the_plane_a_trail_has_its_own_height_and_its_nearness() {
    const SIZE: [u32; 2] = [640, 480];
    const REACH: f32 = 2.0;
    let ends = [[-3.0, -2.0], [3.0, 1.0]];
    let losses = [2.5, -2.0];
    let mut stand = Stand::new(&EGG_CRATE, &[ends.to_vec()], 1, false);
    let point = |i: usize| {
        [
            ends[i][0] as f32,
            ends[i][1] as f32,
            losses[i] as f32,
            REACH * i as f32,
        ]
    };
    stand
        .gpu
        .write(&stand.descents.trails, &[point(0), point(1)]);
    let [x, y, loss, distance] = point(1);
    let mut head = stand.read::<Head>(&stand.descents.heads, 1)[0];
    (head.place, head.loss, head.distance) = ([x, y], loss, distance);
    stand.gpu.write(&stand.descents.heads, &[head]);
    let style = TrailStyle {
        draped: false,
        reach: Some(REACH),
        ..plain(2.0)
    };
    stand.style(&style, &ball());
    stand.picture(&level_camera(), SIZE, Drawn::Trails);
    let sight = Sight::new(&level_camera(), SIZE);
    let on_image = |i: usize| {
        let world = at_loss(DVec2::from(ends[i]), losses[i]);
        sight.px(world, 0.0).expect("within the image")
    };
    let (start, along) = (on_image(0), on_image(1) - on_image(0));
    let (_, joints) = stand.laid();
    assert!(joints.len() > 5, "{} joints", joints.len());
    for joint in &joints {
        let px = DVec2::from(joint.px.map(f64::from)) - start;
        let t = px.dot(along) / along.length_squared();
        assert!(
            (px - t * along).length() < 0.05,
            "{joint:?} is off the line"
        );
        let nearness = f64::from(joint.look >> 16) / 65535.0;
        assert!((nearness - (1.0 - t)).abs() < 1e-3, "{nearness} at {t}");
    }
}

/// Such a head stands at its own loss, small, on a stem down to the surface; on the plane it would
/// be on the surface itself.
#[test]
fn beside_the_plane_a_head_stands_on_a_stem() {
    const SIZE: [u32; 2] = [640, 480];
    // On a hilltop, which no other hill hides.
    let place = DVec2::new(1.0, 0.0);
    let mut stand = Stand::new(&EGG_CRATE, &[vec![place.into()]], 1, false);
    let mut head = stand.read::<Head>(&stand.descents.heads, 1)[0];
    (head.loss, head.distance) = (2.5, 1.0);
    stand.gpu.write(&stand.descents.heads, &[head]);
    let sight = Sight::new(&level_camera(), SIZE);
    let seen = |world| sight.px(world, 8.0).expect("within the image");
    let [top, foot] = [2.5, (EGG_CRATE.value)(1.0, 0.0)].map(|loss| seen(at_loss(place, loss)));
    let lit = |image: &[u8], px: DVec2| {
        let pixel = px.y as usize * SIZE[0] as usize + px.x as usize;
        image[4 * pixel] > 20
    };
    for (reach, own_height) in [(Some(1.0), true), (None, false)] {
        stand.style(&plain(2.0), &HeadStyle { reach, ..ball() });
        let image = stand.picture(&level_camera(), SIZE, Drawn::Heads);
        assert_eq!(lit(&image, top), own_height, "{reach:?}: the head");
        assert_eq!(
            lit(&image, top.midpoint(foot)),
            own_height,
            "{reach:?}: the stem"
        );
        assert!(lit(&image, foot - 4.0 * DVec2::Y), "{reach:?}: its foot");
    }
}

#[test]
fn a_hidden_team_is_not_drawn() {
    let mut teams = white();
    teams[0][3] = 0.0;
    let mut stand = Stand::new(&RAMP, &[vec![[-2.0, 0.0], [2.0, 0.0]]], 1, false);
    let heads = HeadStyle { teams, ..ball() };
    stand.style(
        &TrailStyle {
            teams,
            ..plain(2.0)
        },
        &heads,
    );
    let image = stand.picture(&OrbitCamera::default(), [200, 150], Drawn::Both);
    assert_eq!(inked(&image), 0);
}

/// Points along the straight line in the world between a trail's points, with where they stand.
fn chord_points(loss: &Loss, trail: &Trail, step: f64) -> Vec<DVec3> {
    let mut points = Vec::new();
    for pair in trail.windows(2) {
        let [a, b] = [pair[0], pair[1]].map(|place| loss.world(DVec2::from(place)));
        let count = (a.distance(b) / step).ceil().max(1.0) as usize;
        points.extend((0..=count).map(|i| a.lerp(b, i as f64 / count as f64)));
    }
    points
}

/// Whether lines of sight at and around a point of the air reach it, all of them or none; by more
/// than `by` before the surface or behind it.
fn sighting_in_air(sight: &Sight, loss: &Loss, world: DVec3, px: DVec2, by: f64) -> Sighting {
    let (mut is_visible, mut is_hidden) = (true, true);
    for (x, y) in (-1..=1).flat_map(|x| (-1..=1).map(move |y| (x, y))) {
        let (start, along) = sight.line(px + 2.0 * DVec2::new(f64::from(x), f64::from(y)));
        let hit = first_hit(loss, start, along).unwrap_or(f64::INFINITY);
        let before = hit - world.distance(start);
        is_visible &= before > by;
        is_hidden &= before < -by;
    }
    match (is_visible, is_hidden) {
        (true, false) => Sighting::Visible,
        (false, true) => Sighting::Hidden,
        _ => Sighting::Aside,
    }
}

/// A big jump is one straight line through the air: drawn wherever a line of sight in f64 reaches
/// that line before the surface, and nowhere where the surface stands before it.
#[test]
fn a_chord_is_straight_in_the_air_and_hidden_by_what_stands_before_it() {
    const SIZE: [u32; 2] = [480, 360];
    let mut random = Random(23);
    for loss in [&HIMMELBLAU, &EGG_CRATE] {
        let (mut visible, mut hidden, mut missing, mut through, mut bent) = (0, 0, 0, 0, 0);
        for _ in 0..3 {
            let trail: Trail = (0..7)
                .map(|_| [0; 2].map(|_| random.between(-4.8, 4.8)))
                .collect();
            let mut stand = Stand::new(loss, std::slice::from_ref(&trail), 1, false);
            let style = TrailStyle {
                draped: false,
                ..plain(2.0)
            };
            stand.style(&style, &HeadStyle::default());
            for _ in 0..4 {
                let camera = any_camera(&mut random);
                let image = stand.picture(&camera, SIZE, Drawn::Trails);
                let sight = Sight::new(&camera, SIZE);
                let pixel = |px: DVec2| 4 * (px.y as usize * SIZE[0] as usize + px.x as usize);
                let points = chord_points(loss, &trail, 0.004);
                let on_image: Vec<(DVec3, DVec2)> = points
                    .into_iter()
                    .filter_map(|world| Some((world, sight.px(world, 4.0)?)))
                    .collect();
                let seen: Vec<_> = on_image
                    .iter()
                    .map(|(world, px)| sighting_in_air(&sight, loss, *world, *px, 0.01))
                    .collect();
                let near_drawable = |px: DVec2| {
                    let pairs = on_image.iter().zip(&seen);
                    pairs
                        .filter(|(_, seen)| **seen != Sighting::Hidden)
                        .any(|((_, other), _)| other.distance(px) < 4.0)
                };
                for ((_, px), seen) in on_image.iter().zip(&seen) {
                    match seen {
                        Sighting::Visible => {
                            visible += 1;
                            missing += usize::from(image[pixel(*px)] < 100);
                        }
                        Sighting::Hidden if !near_drawable(*px) => {
                            hidden += 1;
                            through += usize::from(image[pixel(*px)] > 20);
                        }
                        _ => {}
                    }
                }
                // And no ink anywhere else: a chord does not bend.
                for (index, rgba) in image.chunks_exact(4).enumerate() {
                    let at = [index % SIZE[0] as usize, index / SIZE[0] as usize];
                    let at = DVec2::new(at[0] as f64 + 0.5, at[1] as f64 + 0.5);
                    let inside = at.cmpge(DVec2::splat(8.0)).all()
                        && at.cmple(sight.size - DVec2::splat(8.0)).all();
                    let is_near = || on_image.iter().any(|(_, px)| px.distance(at) < 3.0);
                    bent += usize::from(inside && rgba[0] > 60 && !is_near());
                }
            }
        }
        println!(
            "{visible} visible, {missing} missing; {hidden} hidden, {through} through; {bent} bent"
        );
        assert!(visible > 1500 && hidden > 100, "{visible} {hidden}");
        assert_eq!((through, bent), (0, 0));
        assert!(missing * 1000 < 3 * visible, "{missing} of {visible}");
    }
}

/// Two chords that cross on the image hide each other by their distance, not by their order.
#[test]
fn of_two_chords_the_nearer_one_is_in_front() {
    const SIZE: [u32; 2] = [300, 200];
    let mut teams = white();
    (teams[0], teams[1]) = ([1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0]);
    // Both over the middle hill, from corner to corner; the second pair of corners is higher.
    let [far, near] = [
        vec![[-4.8, -4.8], [4.8, 4.8]],
        vec![[-4.8, 4.8], [4.8, -4.8]],
    ];
    let camera = OrbitCamera {
        azimuth_deg: 0.0,
        elevation_deg: 80.0,
        ..Default::default()
    };
    let sight = Sight::new(&camera, SIZE);
    for (trails, front) in [([near.clone(), far.clone()], 0), ([far, near], 1)] {
        let mut stand = Stand::new(&HIMMELBLAU, &trails, 2, false);
        let style = TrailStyle {
            teams,
            draped: false,
            ..plain(6.0)
        };
        stand.style(&style, &HeadStyle::default());
        let image = stand.picture(&camera, SIZE, Drawn::Trails);
        let lines = trails
            .each_ref()
            .map(|trail| chord_points(&HIMMELBLAU, trail, 0.004));
        let px = |world: &DVec3| sight.px(*world, 0.0).unwrap_or(DVec2::NAN);
        let crossings = lines[0].iter().flat_map(|a| {
            lines[1]
                .iter()
                .filter(move |b| px(a).distance(px(b)) < 1.0)
                .map(move |b| (a, b))
        });
        let eye = camera.eye().as_dvec3();
        let (a, b) = crossings.last().expect("they cross on the image");
        assert!(
            a.z.min(b.z) > HIMMELBLAU.z(DVec2::ZERO) + 0.02,
            "in the air"
        );
        let nearer = usize::from(b.distance(eye) < a.distance(eye));
        assert_eq!(nearer, front, "the scene is as it is said to be");
        assert!((a.distance(eye) - b.distance(eye)).abs() > 0.008);
        let at = px(a);
        let pixel = 4 * (at.y as usize * SIZE[0] as usize + at.x as usize);
        let ink = [image[pixel], image[pixel + 1]];
        assert!(
            ink[front] > 200 && ink[1 - front] < 60,
            "{ink:?} with {front} in front"
        );
    }
}

/// What a ridge hides shows through as faintly as was asked for; what is seen stays as it is.
#[test]
fn what_is_behind_a_ridge_shows_faintly_if_asked() {
    const SIZE: [u32; 2] = [960, 720];
    let mut random = Random(31);
    let trails = curves(&mut random);
    let mut stand = Stand::new(&EGG_CRATE, &trails, 1, false);
    let camera = OrbitCamera {
        elevation_deg: 14.0,
        distance: 2.0,
        ..Default::default()
    };
    let mut draw = |hidden_opacity| {
        let style = TrailStyle {
            hidden_opacity,
            ..plain(2.0)
        };
        stand.style(&style, &HeadStyle::default());
        stand.picture(&camera, SIZE, Drawn::Trails)
    };
    let (without, with) = (draw(0.0), draw(0.3));
    let sight = Sight::new(&camera, SIZE);
    let (mut hidden, mut seen, mut wrong) = (0, 0, 0);
    for place in trails.iter().flat_map(|trail| places(trail, 0.04)) {
        let Some(px) = sight.px(EGG_CRATE.world(place), 6.0) else {
            continue;
        };
        let pixel = 4 * (px.y as usize * SIZE[0] as usize + px.x as usize);
        match sighting(&sight, &EGG_CRATE, place, px, BEHIND) {
            Sighting::Hidden if without[pixel] == 0 => {
                hidden += 1;
                // Where trails cross behind the ridge, more than one shows through.
                wrong += usize::from(!(30..140).contains(&with[pixel]));
            }
            Sighting::Visible if without[pixel] == 255 => {
                seen += 1;
                wrong += usize::from(with[pixel] != 255);
            }
            _ => {}
        }
    }
    assert!(hidden > 100 && seen > 300, "{hidden} hidden, {seen} seen");
    assert!(
        wrong * 100 < hidden + seen,
        "{wrong} wrong of {hidden} and {seen}"
    );
}

/// On the floor a trail runs straight between the places under its points, and the surface above
/// hides it.
#[test]
fn the_floor_shows_the_trails_from_above() {
    const SIZE: [u32; 2] = [640, 480];
    let mut random = Random(41);
    let trails = curves(&mut random);
    let mut stand = Stand::new(&EGG_CRATE, &trails, 1, false);
    let (mut seen, mut hidden, mut missing, mut through) = (0, 0, 0, 0);
    for _ in 0..6 {
        let camera = any_camera(&mut random);
        stand
            .trails
            .prepare(stand.gpu, &stand.descents, Place::Floor, &plain(2.0));
        let image = stand.picture(&camera, SIZE, Drawn::Floor);
        let sight = Sight::new(&camera, SIZE);
        let pixel = |px: DVec2| 4 * (px.y as usize * SIZE[0] as usize + px.x as usize);
        let floor = |place: DVec2| {
            (place / 10.0).extend(f64::from(Placement::of_parameters(DOMAIN).floor_z()))
        };
        let mut near_seen = vec![false; (SIZE[0] * SIZE[1]) as usize];
        let mut covered = Vec::new();
        for place in trails.iter().flat_map(|trail| places(trail, 0.04)) {
            let Some(px) = sight.px(floor(place), 6.0) else {
                continue;
            };
            let sighting = sighting_in_air(&sight, &EGG_CRATE, floor(place), px, 0.0);
            if sighting == Sighting::Hidden {
                covered.push(px);
                continue;
            }
            for (dx, dy) in (-3..=3).flat_map(|x| (-3..=3).map(move |y| (x, y))) {
                near_seen[pixel(px + DVec2::new(f64::from(dx), f64::from(dy))) / 4] = true;
            }
            if sighting == Sighting::Visible {
                seen += 1;
                missing += usize::from(image[pixel(px)] < 100);
            }
        }
        covered.retain(|px| !near_seen[pixel(*px) / 4]);
        hidden += covered.len();
        through += covered.iter().filter(|px| image[pixel(**px)] > 20).count();
    }
    assert!(seen > 2000 && hidden > 500, "{seen} seen, {hidden} hidden");
    assert!(
        missing * 500 < seen && through == 0,
        "{missing} missing, {through} through"
    );
}

/// The glow falls off from the centre line to nothing, alike at every joint of a trail, and lies
/// under the ribbon.
#[test]
fn a_glow_falls_off_evenly_around_its_trail() {
    const SIZE: [u32; 2] = [200, 150];
    let trail: Trail = (0..=12)
        .map(|k| [-4.5 + 0.75 * f64::from(k), 0.3])
        .collect();
    let mut stand = Stand::new(&RAMP, &[trail], 1, false);
    let camera = OrbitCamera {
        azimuth_deg: 0.0,
        ..Default::default()
    };
    let mut draw = |glow| {
        let style = TrailStyle { glow, ..plain(1.6) };
        stand.style(&style, &HeadStyle::default());
        stand.picture(&camera, SIZE, Drawn::Trails)
    };
    let (glowing, half, bare) = (draw(1.0), draw(0.5), draw(0.0));
    let column = |image: &[u8], x: u32| -> Vec<u8> {
        (0..SIZE[1])
            .map(|y| image[((y * SIZE[0] + x) * 4) as usize])
            .collect()
    };
    let middle = |column: &[u8]| {
        let brightest = column.iter().max().expect("a column");
        column
            .iter()
            .position(|value| value == brightest)
            .expect("there it is")
    };
    for x in 60..140 {
        let (glow, half, bare) = (column(&glowing, x), column(&half, x), column(&bare, x));
        let y = middle(&bare);
        for side in [-1_i32, 1] {
            let at = |column: &[u8], off: i32| column[(y as i32 + side * off) as usize];
            for off in 3..9 {
                assert!(
                    at(&glow, off) >= at(&glow, off + 1),
                    "column {x}, {off} px off"
                );
                assert_eq!(at(&bare, off), 0);
            }
            assert!(
                at(&glow, 3) > 30 && at(&glow, 9) == 0,
                "{} {}",
                at(&glow, 3),
                at(&glow, 9)
            );
            let ratio = f64::from(at(&half, 3)) / f64::from(at(&glow, 3));
            assert!((0.4..0.6).contains(&ratio), "{ratio}");
        }
        assert_eq!(glow[y].max(bare[y]), glow[y], "the ribbon lies on its glow");
    }
}

#[test]
fn the_structs_are_those_of_the_shaders() {
    let text = LandscapeText::default();
    let (lay, trails, heads) = (
        shader::lay_trails(&text),
        shader::trails(&text),
        shader::heads(&text),
    );
    for text in [&lay, &trails] {
        assert_same_layout!(
            text,
            "TrailStyle",
            TrailUniform,
            [
                teams,
                width_pt,
                outline_pt,
                oldest_opacity,
                outline_opacity,
                mesh_cells,
                draped,
                capacity,
                fade,
                opacity,
                hidden_opacity,
                glow,
            ]
        );
        assert_same_layout!(
            text,
            "Joint",
            Joint,
            [px, depth_per_px, depth, greatest_tilt, look, freshness,]
        );
    }
    assert_same_layout!(&lay, "Span", Span, [first, room, candidates, trail_length]);
    assert_same_layout!(
        &heads,
        "HeadStyle",
        HeadUniform,
        [
            teams,
            radius_pt,
            outline_pt,
            mesh_cells,
            draped,
            fade,
            hidden_opacity,
            shapes,
        ]
    );
}

/// Large stills to look at, and how long the passes take: `cargo test -- --ignored --nocapture`.
#[test]
#[ignore = "for the eye and the stopwatch"]
fn stills() {
    let styles = (
        TrailStyle {
            teams: palette(),
            ..Default::default()
        },
        HeadStyle {
            teams: palette(),
            ..Default::default()
        },
    );
    for (name, count, steps) in [("race", 300, 300), ("crowd", 500, 511), ("few", 15, 200)] {
        let mut stand = Stand::new(&HIMMELBLAU, &race(count, steps), 5, true);
        stand.style(&styles.0, &styles.1);
        let camera = OrbitCamera {
            distance: 1.7,
            elevation_deg: 45.0,
            ..Default::default()
        };
        let size = [1920, 1080];
        save(
            &format!("{name}.png"),
            size,
            &stand.picture(&camera, size, Drawn::Both),
        );
        let (_, joints) = stand.laid();
        println!("{name}: {} joints", joints.len());
        for (what, drawn) in [
            ("surface", Drawn::Surface),
            ("laying alone", Drawn::Laid),
            ("trails", Drawn::Trails),
            ("heads", Drawn::Heads),
            ("both", Drawn::Both),
        ] {
            println!(
                "  {what}: {:.1} ms",
                milliseconds(&stand, &camera, size, drawn)
            );
        }
    }
}

fn milliseconds(stand: &Stand, camera: &OrbitCamera, size: [u32; 2], drawn: Drawn) -> f64 {
    let (colour, depth) = (stand.target(size, COLOUR), stand.target(size, DEPTH));
    let mut best = f64::INFINITY;
    for _ in 0..30 {
        let begun = std::time::Instant::now();
        stand.submit(camera, size, drawn, &colour, &depth);
        stand.gpu.wait(None).expect("the device answers");
        best = best.min(begun.elapsed().as_secs_f64() * 1e3);
    }
    best
}
