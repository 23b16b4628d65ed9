//! The surface, its contour map and the backdrop, as pictures and as numbers.

mod common;

use common::light;
use common::picture::Picture;
use common::ray::{Landscape, himmelblau};
use std::path::PathBuf;
use std::time::Instant;
use thalweg::camera::{OrbitCamera, Projection};
use thalweg::gpu::Gpu;
use thalweg::render::colour::{ColourMap, Theme};
use thalweg::render::frame::HeightScale;
use thalweg::render::height::HeightStyle;
use thalweg::render::levels::levels;
use thalweg::render::overlay::px_per_point;
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
    gpu: &'static Gpu,
    field: Field,
    descents: Descents,
    losses: Vec<f32>,
}

impl Scene {
    fn new(loss: &str, domain: [[f64; 2]; 2], cells: u32) -> Self {
        let gpu = common::gpu();
        let field = Field::evaluate(gpu, loss, Plane::of_two_parameters(domain), cells)
            .expect("the loss compiles");
        let bytes = field
            .request_nodes(gpu)
            .wait(gpu)
            .expect("the device answers");
        let losses = nodes_from_bytes(&bytes)
            .iter()
            .filter(|node| node[3] == 1.0)
            .map(|node| node[0])
            .collect();
        let descents = Descents::new(gpu, 1, 2);
        Self {
            gpu,
            field,
            descents,
            losses,
        }
    }

    fn view(&self, style: &HeightStyle) -> View {
        View {
            height: HeightScale::choose(style, &self.losses),
            ..View::default()
        }
    }

    fn renderer(&self, size_px: [u32; 2], samples: u32) -> Renderer {
        Renderer::new(self.gpu, size_px, samples, &self.field, &self.descents)
    }

    fn draw(&self, renderer: &mut Renderer, view: &View) -> Picture {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        renderer.prepare(self.gpu, &mut encoder, &self.descents, view);
        renderer.draw(self.gpu, &mut encoder);
        self.gpu.queue.submit([encoder.finish()]);
        Picture::of(self.gpu, &renderer.target().colour)
    }
}

const SIZE: [u32; 2] = [192, 128];

/// No loss is finite: a landscape of one hole.
const NOWHERE: &str = "
const PARAMETERS: u32 = 2u;
struct Evaluation { loss: f32, gradient: array<f32, 2> }
fn evaluate_loss(w: array<f32, 2>) -> Evaluation {
    let infinite = 1.0 / (w[0] - w[0]);
    return Evaluation(infinite, array<f32, 2>(0.0, 0.0));
}";

/// Rises to the right by its own coordinate; within a circle of radius 1 there is nothing.
const PIERCED_PLANE: &str = "
const PARAMETERS: u32 = 2u;
struct Evaluation { loss: f32, gradient: array<f32, 2> }
fn evaluate_loss(w: array<f32, 2>) -> Evaluation {
    let inside = w[0] * w[0] + w[1] * w[1] < 1.0;
    return Evaluation(w[0] / select(1.0, w[0] - w[0], inside), array<f32, 2>(1.0, 0.0));
}";

const PLANE: &str = "
const PARAMETERS: u32 = 2u;
struct Evaluation { loss: f32, gradient: array<f32, 2> }
fn evaluate_loss(w: array<f32, 2>) -> Evaluation {
    return Evaluation(w[0], array<f32, 2>(1.0, 0.0));
}";

const FIVE: [[f64; 2]; 2] = [[-5.0, 5.0]; 2];

fn eyes() -> Vec<OrbitCamera> {
    let eye = |azimuth_deg, elevation_deg, projection| OrbitCamera {
        azimuth_deg,
        elevation_deg,
        projection,
        distance: 2.2,
        ..OrbitCamera::default()
    };
    vec![
        eye(30.0, 35.0, Projection::Perspective),
        eye(200.0, 10.0, Projection::Perspective),
        eye(-70.0, -30.0, Projection::Perspective),
        eye(0.0, 90.0, Projection::Orthographic),
        eye(130.0, 25.0, Projection::Orthographic),
    ]
}

/// A pixel shows the surface exactly where its line of sight meets the loss in f64; pixels beside
/// a silhouette are left out, since one sample decides them. What is not surface is told from a
/// picture of nothing.
fn assert_covers_what_rays_meet<F: Fn(f64, f64) -> f64>(
    scene: &Scene,
    loss: F,
    domain: [[f64; 2]; 2],
    style: &HeightStyle,
) {
    let nothing = Scene::new(NOWHERE, domain, 16);
    let (mut drawn, mut bare) = (scene.renderer(SIZE, 1), nothing.renderer(SIZE, 1));
    let still = View {
        floor: false,
        ..scene.view(style)
    };
    let landscape = Landscape::new(loss, domain, still.height);
    for camera in eyes() {
        let view = View {
            camera,
            ..still.clone()
        };
        let seen = scene.draw(&mut drawn, &view);
        let empty = nothing.draw(&mut bare, &view);
        let hits = landscape.hits(&camera, SIZE);
        let (mut wrong, mut judged) = (0, 0);
        for (x, y) in hits.inner_pixels() {
            let expected = hits.at(x, y).is_some();
            if hits.around(x, y).any(|hit| hit.is_some() != expected) {
                continue;
            }
            judged += 1;
            wrong += usize::from((seen.rgb(x, y) != empty.rgb(x, y)) != expected);
        }
        assert!(judged > 20_000, "{judged} pixels judged from {camera:?}");
        assert_eq!(
            wrong, 0,
            "of {judged} pixels from {camera:?} with {style:?}"
        );
    }
}

#[test]
fn the_surface_covers_the_pixels_whose_rays_meet_the_loss() {
    let scene = Scene::new(HIMMELBLAU, FIVE, 256);
    let whole = HeightStyle {
        clip: 1.0,
        unit: Some(12.0),
        ..HeightStyle::default()
    };
    assert_covers_what_rays_meet(&scene, himmelblau, FIVE, &whole);
    let cut = HeightStyle {
        log: false,
        clip: 0.8,
        ..HeightStyle::default()
    };
    assert_covers_what_rays_meet(&scene, himmelblau, FIVE, &cut);
}

#[test]
fn a_hole_is_seen_through_and_nothing_spikes_beside_it() {
    let domain = [[-2.0, 2.0]; 2];
    let scene = Scene::new(PIERCED_PLANE, domain, 256);
    let pierced = |x: f64, y: f64| if x.hypot(y) < 1.0 { f64::NAN } else { x };
    let style = HeightStyle {
        log: false,
        clip: 1.0,
        ..HeightStyle::default()
    };
    assert_covers_what_rays_meet(&scene, pierced, domain, &style);
}

/// On a slope without shadow the whole light is known: map colour, key, sky, fill and gloss, here
/// in f64 and with the exact sRGB curves. From above and from below.
#[test]
fn a_slopes_pixels_have_the_colour_that_the_light_gives() {
    let scene = Scene::new(PLANE, [[-1.0, 1.0]; 2], 64);
    let height = HeightScale {
        log: false,
        unit: 1.0,
        low: -2.0,
        high: 2.0,
        contours: 0,
    };
    let mut drawn = scene.renderer(SIZE, 1);
    for camera in eyes() {
        for colour_map in [ColourMap::Viridis, ColourMap::Magma] {
            let view = View {
                camera,
                height,
                colour_map,
                floor: false,
                ..scene.view(&HeightStyle::default())
            };
            let picture = scene.draw(&mut drawn, &view);
            let landscape = Landscape::new(|x, _| x, [[-1.0, 1.0]; 2], height);
            let hits = landscape.hits(&camera, SIZE);
            let (mut judged, mut largest) = (0, 0.0_f64);
            for (x, y) in hits.inner_pixels() {
                let Some(hit) = hits.at(x, y) else { continue };
                // Near the border less rises around a place: its sky is not the slope's.
                if hits.around(x, y).any(|hit| hit.is_none())
                    || hit.world[0].abs().max(hit.world[1].abs()) > 0.4
                {
                    continue;
                }
                judged += 1;
                let expected = light::shaded(colour_map, hit, [1.0, 0.0], &landscape, &camera);
                for (channel, &value) in picture.rgb(x, y).iter().enumerate() {
                    largest = largest.max((f64::from(value) - 255.0 * expected[channel]).abs());
                }
            }
            assert!(judged > 1000, "{judged} pixels judged from {camera:?}");
            assert!(
                largest < 3.0,
                "off by {largest}/255 from {camera:?} with {colour_map:?}"
            );
        }
    }
}

/// The lines' ink, told from the same picture without lines, against each pixel's distance from
/// the nearest level in f64: rays through the pixel's neighbours give the rise a pixel.
#[test]
fn contour_lines_lie_where_the_loss_has_their_level() {
    let scene = Scene::new(HIMMELBLAU, FIVE, 256);
    // Larger than elsewhere: lines need some pixels between them.
    let size = [480, 320];
    let width_px = 1.1 * f64::from(px_per_point(size, 1.0));
    let mut drawn = scene.renderer(size, 1);
    for camera in eyes() {
        let style = HeightStyle {
            clip: 1.0,
            unit: Some(12.0),
            contours: 10,
            ..HeightStyle::default()
        };
        let view = View {
            camera,
            floor: false,
            ..scene.view(&style)
        };
        let mut plain = view.clone();
        plain.height.contours = 0;
        let lined = scene.draw(&mut drawn, &view);
        let plain = scene.draw(&mut drawn, &plain);
        let landscape = Landscape::new(himmelblau, FIVE, view.height);
        let hits = landscape.hits(&camera, size);
        let levels = levels(&view.height);
        let (mut judged, mut wrong, mut inked) = (0, 0, 0);
        for (x, y) in hits.inner_pixels() {
            let Some([height, rise_px]) = hits.height_and_rise(x, y) else {
                continue;
            };
            let line = levels
                .iter()
                .min_by_key(|level| ((level.height - height).abs() * 1e12) as u64)
                .expect("there are levels");
            let off_px = (height - line.height).abs() / rise_px;
            // Where lines crowd or the ground is level, the shader fades them on purpose.
            let next = levels.iter().filter(|level| *level != line);
            let room = next.map(|level| (level.height - line.height).abs());
            let ends = (line.height - view.height.low).min(view.height.high - line.height);
            let room_px = room.fold(ends, f64::min) / rise_px;
            if !(8.0..100.0).contains(&room_px) {
                continue;
            }
            let own_px = width_px * if line.is_index { 1.0 } else { 0.6 };
            let expected = (0.5 * own_px + 0.5 - off_px).clamp(0.0, 1.0);
            let ink = light::ink(lined.rgb(x, y), plain.rgb(x, y));
            judged += 1;
            inked += usize::from(expected > 0.5);
            wrong += usize::from((ink - expected).abs() > 0.2);
        }
        assert!(
            judged > 2000 && inked > 100,
            "{judged} judged, {inked} inked from {camera:?}"
        );
        // A ridge between two neighbours spoils the finite difference of a few.
        assert!(wrong * 100 < judged, "{wrong} of {judged} from {camera:?}");
    }
}

#[test]
fn a_renderer_that_was_used_before_draws_what_a_new_one_draws() {
    let scene = Scene::new(HIMMELBLAU, FIVE, 64);
    let other = Scene {
        field: Field::evaluate(
            scene.gpu,
            ROSENBROCK,
            Plane::of_two_parameters([[-2.0, 2.0]; 2]),
            32,
        )
        .expect("the loss compiles"),
        ..Scene::new(HIMMELBLAU, FIVE, 16)
    };
    let view = scene.view(&HeightStyle::default());
    let fresh = scene.draw(&mut scene.renderer(SIZE, 1), &view);
    let mut used = scene.renderer([40, 30], 1);
    used.set_landscape(scene.gpu, &other.field, &scene.descents);
    let elsewhere = View {
        colour_map: ColourMap::Magma,
        theme: Theme::Light,
        ..view.clone()
    };
    scene.draw(&mut used, &elsewhere);
    used.set_landscape(scene.gpu, &scene.field, &scene.descents);
    used.resize(scene.gpu, SIZE);
    assert!(scene.draw(&mut used, &view).rgba == fresh.rgba);
    assert!(
        scene.draw(&mut used, &view).rgba == fresh.rgba,
        "the second frame differs"
    );
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
        if !only.is_empty() && name != only {
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
        let times = (0..30).map(|i| {
            let began = Instant::now();
            let camera = OrbitCamera {
                azimuth_deg: view.camera.azimuth_deg + i as f32,
                ..view.camera
            };
            let mut encoder = scene.gpu.device.create_command_encoder(&Default::default());
            renderer.prepare(
                scene.gpu,
                &mut encoder,
                &scene.descents,
                &View {
                    camera,
                    ..view.clone()
                },
            );
            renderer.draw(scene.gpu, &mut encoder);
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
