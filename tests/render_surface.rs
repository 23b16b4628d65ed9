//! The surface, its contour map and the backdrop, as pictures and as numbers.

mod common;

use common::picture::Picture;
use std::path::PathBuf;
use std::time::Instant;
use thalweg::camera::{OrbitCamera, Projection};
use thalweg::gpu::Gpu;
use thalweg::render::colour::{ColourMap, Theme};
use thalweg::render::frame::HeightScale;
use thalweg::render::height::HeightStyle;
use thalweg::render::{Renderer, View};
use thalweg::simulation::descents::Descents;
use thalweg::simulation::field::{Field, Plane, nodes_from_bytes};

const HIMMELBLAU: &str = "
const PARAMETERS: u32 = 2u;
struct Evaluation { loss: f32, gradient: array<f32, 2> }
fn evaluate_loss(w: array<f32, 2>) -> Evaluation {
    let a = w[0] * w[0] + w[1] - 11.0;
    let b = w[0] + w[1] * w[1] - 7.0;
    return Evaluation(a * a + b * b, array<f32, 2>(4.0 * a * w[0] + 2.0 * b, 2.0 * a + 4.0 * b * w[1]));
}";

const RASTRIGIN: &str = "
const PARAMETERS: u32 = 2u;
struct Evaluation { loss: f32, gradient: array<f32, 2> }
fn evaluate_loss(w: array<f32, 2>) -> Evaluation {
    let t = 6.28318530718;
    let f = 20.0 + w[0] * w[0] - 10.0 * cos(t * w[0]) + w[1] * w[1] - 10.0 * cos(t * w[1]);
    return Evaluation(f, array<f32, 2>(2.0 * w[0] + 10.0 * t * sin(t * w[0]), 2.0 * w[1] + 10.0 * t * sin(t * w[1])));
}";

const ROSENBROCK: &str = "
const PARAMETERS: u32 = 2u;
struct Evaluation { loss: f32, gradient: array<f32, 2> }
fn evaluate_loss(w: array<f32, 2>) -> Evaluation {
    let a = 1.0 - w[0];
    let b = w[1] - w[0] * w[0];
    return Evaluation(a * a + 100.0 * b * b, array<f32, 2>(-2.0 * a - 400.0 * b * w[0], 200.0 * b));
}";

/// A landscape ready to be drawn.
struct Scene {
    gpu: Gpu,
    field: Field,
    descents: Descents,
    losses: Vec<f32>,
}

impl Scene {
    fn new(loss: &str, domain: [[f64; 2]; 2], cells: u32) -> Self {
        let gpu = Gpu::headless().expect("an adapter");
        let field = Field::evaluate(&gpu, loss, Plane::of_two_parameters(domain), cells)
            .expect("the loss compiles");
        let mut readback = field.request_nodes(&gpu);
        gpu.wait(None).expect("the device answers");
        let bytes = readback
            .take()
            .expect("the device answers")
            .expect("waited for");
        let losses = nodes_from_bytes(&bytes)
            .iter()
            .filter(|node| node[3] == 1.0)
            .map(|node| node[0])
            .collect();
        let descents = Descents::new(&gpu, 1, 2);
        Self {
            gpu,
            field,
            descents,
            losses,
        }
    }

    fn view(&self, style: &HeightStyle) -> View {
        View {
            camera: OrbitCamera::default(),
            height: HeightScale::choose(style, &self.losses),
            colour_map: ColourMap::Viridis,
            theme: Theme::Dark,
            px_per_point: 1.0,
            floor: true,
        }
    }

    fn renderer(&self, size_px: [u32; 2], samples: u32) -> Renderer {
        Renderer::new(&self.gpu, size_px, samples, &self.field, &self.descents)
    }

    fn draw(&self, renderer: &mut Renderer, view: &View) -> Picture {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        renderer.prepare(&self.gpu, &mut encoder, view);
        renderer.draw(&mut encoder);
        self.gpu.queue.submit([encoder.finish()]);
        Picture::of(&self.gpu, &renderer.target().colour)
    }
}

/// Pictures to look at, and where the time goes: `cargo test --test render_surface stills -- --ignored`.
#[test]
#[ignore = "writes pictures and prints milliseconds"]
fn stills() {
    let folder = PathBuf::from(std::env::var("STILLS").unwrap_or_else(|_| "/tmp/stills".into()));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let only = std::env::var("ONLY").unwrap_or_default();
    let log = HeightStyle {
        clip: 1.0,
        unit: Some(12.0),
        ..HeightStyle::default()
    };
    let cut = HeightStyle::default();
    let linear = HeightStyle { log: false, ..cut };
    let camera = |azimuth_deg, elevation_deg| OrbitCamera {
        azimuth_deg,
        elevation_deg,
        ..OrbitCamera::default()
    };
    let flat = OrbitCamera {
        projection: Projection::Orthographic,
        ..camera(0.0, 90.0)
    };
    let five = [[-5.0, 5.0]; 2];
    let table = [
        (
            "himmelblau",
            HIMMELBLAU,
            five,
            log,
            camera(30.0, 35.0),
            Theme::Dark,
            1,
        ),
        (
            "himmelblau4",
            HIMMELBLAU,
            five,
            log,
            camera(30.0, 35.0),
            Theme::Dark,
            4,
        ),
        (
            "above",
            HIMMELBLAU,
            five,
            log,
            camera(200.0, 60.0),
            Theme::Dark,
            4,
        ),
        (
            "below",
            HIMMELBLAU,
            five,
            log,
            camera(30.0, -20.0),
            Theme::Dark,
            4,
        ),
        (
            "low",
            HIMMELBLAU,
            five,
            log,
            camera(120.0, 8.0),
            Theme::Dark,
            4,
        ),
        ("map", HIMMELBLAU, five, log, flat, Theme::Dark, 1),
        (
            "light",
            HIMMELBLAU,
            five,
            log,
            camera(30.0, 35.0),
            Theme::Light,
            4,
        ),
        (
            "cut",
            HIMMELBLAU,
            five,
            linear,
            camera(30.0, 35.0),
            Theme::Dark,
            4,
        ),
        (
            "rastrigin",
            RASTRIGIN,
            five,
            linear,
            camera(30.0, 45.0),
            Theme::Dark,
            4,
        ),
        (
            "rosenbrock",
            ROSENBROCK,
            [[-2.0, 2.0], [-1.0, 3.0]],
            cut,
            camera(30.0, 35.0),
            Theme::Dark,
            4,
        ),
    ];
    for (name, loss, domain, style, camera, theme, samples) in table {
        if !name.contains(&only) {
            continue;
        }
        let scene = Scene::new(loss, domain, 512);
        let mut renderer = scene.renderer([1920, 1080], samples);
        let view = View {
            camera,
            theme,
            ..scene.view(&style)
        };
        let began = Instant::now();
        scene
            .draw(&mut renderer, &view)
            .save(&folder.join(format!("{name}.png")));
        let first = began.elapsed();
        let times = (0..8).map(|i| {
            let began = Instant::now();
            let camera = OrbitCamera {
                azimuth_deg: view.camera.azimuth_deg + i as f32,
                ..view.camera
            };
            let mut encoder = scene.gpu.device.create_command_encoder(&Default::default());
            renderer.prepare(
                &scene.gpu,
                &mut encoder,
                &View {
                    camera,
                    ..view.clone()
                },
            );
            renderer.draw(&mut encoder);
            scene.gpu.queue.submit([encoder.finish()]);
            scene.gpu.wait(None).expect("the device answers");
            began.elapsed().as_secs_f64() * 1e3
        });
        let best = times.fold(f64::MAX, f64::min);
        println!(
            "{name}: first {first:.0?}, then {best:.1} ms; {:?}",
            view.height
        );
    }
}
