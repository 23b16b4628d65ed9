//! The trails and heads on the image, against an independent truth on the CPU in f64.

use glam::{DMat4, DVec2, DVec3, DVec4};
use thalweg::camera::{OrbitCamera, Projection};
use thalweg::gpu::{BindGroup, BindGroupBuilder, BufferReadback, Gpu, TextureReadback};
use thalweg::render::frame::{BOX_HEIGHT, FrameUniform, HeightScale, Placement};
use thalweg::render::heads::{HeadStyle, HeadUniform, HeadsPass};
use thalweg::render::lay_trails::{Joint, Span, TeamColours, TrailStyle, TrailUniform};
use thalweg::render::trails::TrailsPass;
use thalweg::shader;
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
    range: [-1.0, 1.0],
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
        HeightScale {
            log: self.log,
            unit: 1.0,
            low: self.range[0],
            high: self.range[1],
            contour_step: 0.0,
        }
    }

    /// World z above a place, in f64 and without the frame's own functions.
    fn z(&self, place: DVec2) -> f64 {
        let f = (self.value)(place.x, place.y);
        let h = if self.log { f.ln_1p() / 10f64.ln() } else { f };
        let level = (h - self.range[0]) / (self.range[1] - self.range[0]);
        (level.clamp(0.0, 1.0) - 0.5) * f64::from(BOX_HEIGHT)
    }

    fn world(&self, place: DVec2) -> DVec3 {
        (place / 10.0).extend(self.z(place))
    }
}

/// A descent's recorded points, the last of them its head.
type Trail = Vec<[f64; 2]>;

/// Field, descents and passes of one picture.
struct Stand {
    gpu: Gpu,
    loss: &'static Loss,
    frame: wgpu::Buffer,
    frame_group: BindGroup,
    landscape: BindGroup,
    descents: Descents,
    mesh: wgpu::RenderPipeline,
    trails: TrailsPass,
    heads: HeadsPass,
    lit: bool,
}

/// What is drawn besides the surface.
#[derive(Clone, Copy)]
enum Drawn {
    Surface,
    /// Nothing; the trails are laid, yet not drawn.
    Laid,
    Trails,
    Heads,
    Both,
}

impl Stand {
    fn new(loss: &'static Loss, trails: &[Trail], teams: u32, lit: bool) -> Self {
        let gpu = Gpu::headless().expect("a Vulkan driver, were it one in software");
        let field = field(&gpu, loss);
        let descents = upload(&gpu, loss, trails, teams);
        let frame = gpu.uniform::<FrameUniform>("frame");
        let frame_group = BindGroupBuilder::new("frame", STAGES)
            .uniform(&frame)
            .build(&gpu);
        let landscape = BindGroupBuilder::new("landscape", STAGES)
            .texture(&field.view, false)
            .read(&descents.trails)
            .read(&descents.heads)
            .uniform(&descents.uniform)
            .build(&gpu);
        let layouts = (&frame_group.layout, &landscape.layout);
        Self {
            mesh: mesh_pipeline(&gpu, layouts, lit),
            trails: TrailsPass::new(&gpu, layouts.0, layouts.1, COLOUR, 1),
            heads: HeadsPass::new(&gpu, layouts.0, layouts.1, COLOUR, 1),
            gpu,
            loss,
            frame,
            frame_group,
            landscape,
            descents,
            lit,
        }
    }

    fn style(&mut self, trails: &TrailStyle, heads: &HeadStyle) {
        self.trails.prepare(&self.gpu, &self.descents, trails);
        self.heads.prepare(&self.gpu, &self.descents, heads);
    }

    /// An image of `size` pixels, rgba, top row first.
    fn picture(&self, camera: &OrbitCamera, size: [u32; 2], drawn: Drawn) -> Vec<u8> {
        let (colour, depth) = (self.target(size, COLOUR), self.target(size, DEPTH));
        self.submit(camera, size, drawn, &colour, &depth);
        let mut readback = TextureReadback::request(&self.gpu, &colour);
        self.gpu.wait(None).expect("the device answers");
        readback
            .take()
            .expect("the device answers")
            .expect("it has been waited for")
    }

    fn submit(
        &self,
        camera: &OrbitCamera,
        size: [u32; 2],
        drawn: Drawn,
        colour: &wgpu::Texture,
        depth: &wgpu::Texture,
    ) {
        let placement = Placement { domain: DOMAIN };
        let uniform = FrameUniform::new(camera, &placement, &self.loss.height(), size, 1.0);
        self.gpu.write(&self.frame, &[uniform]);
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        if matches!(drawn, Drawn::Laid | Drawn::Trails | Drawn::Both) {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_bind_group(0, &self.frame_group.group, &[]);
            pass.set_bind_group(1, &self.landscape.group, &[]);
            self.trails.lay(&mut pass);
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
            self.trails.draw(&mut pass);
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
        let mut readback = BufferReadback::request(&self.gpu, buffer, bytes);
        self.gpu.wait(None).expect("the device answers");
        let bytes = readback
            .take()
            .expect("the device answers")
            .expect("it has been waited for");
        bytes
            .chunks_exact(size_of::<T>())
            .map(bytemuck::pod_read_unaligned)
            .collect()
    }

    /// The spans and joints of the last picture.
    fn laid(&self) -> (Vec<Span>, Vec<Joint>) {
        let buffers = self.trails.buffers();
        let joints = self.read::<u32>(&buffers.draw, 4)[1] as usize;
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
            [p[0] as f32, p[1] as f32, f as f32, 1.0]
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

/// Numbers from 0 to 1 (Steele and Vigna's SplitMix64).
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
        let camera = OrbitCamera::default();
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
    let c0 = cpu_ms();
    for _ in 0..30 {
        let begun = std::time::Instant::now();
        stand.submit(camera, size, drawn, &colour, &depth);
        stand.gpu.wait(None).expect("the device answers");
        best = best.min(begun.elapsed().as_secs_f64() * 1e3);
    }
    println!("cpu {:.1}", (cpu_ms() - c0) / 30.0);
    best
}
fn cpu_ms() -> f64 {
    let s = std::fs::read_to_string("/proc/self/stat").unwrap();
    let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect();
    (f[11].parse::<f64>().unwrap() + f[12].parse::<f64>().unwrap()) * 10.0
}
