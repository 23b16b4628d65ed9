//! The surface, its contour map and the backdrop, as pictures and as numbers.

mod common;

use common::light;
use common::ray::{Hit, Landscape, eyes, himmelblau};
use common::stand::{HIMMELBLAU, RASTRIGIN, ROSENBROCK, Stand, by_formula};
use std::path::PathBuf;
use std::time::Instant;
use thalweg::camera::{OrbitCamera, Projection};
use thalweg::render::View;
use thalweg::render::colour::{ColourMap, Theme};
use thalweg::render::height::{HeightLaw, HeightScale, HeightStyle, LawStyle};
use thalweg::render::levels::{Level, levels};
use thalweg::render::overlay::px_per_point;
use thalweg::render::target::Sampling;

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

const FIVE: [[f64; 2]; 2] = [[-5.0, 5.0]; 2];

/// A pixel shows the surface exactly where its line of sight meets the loss in f64; pixels beside
/// a silhouette are left out, since one sample decides them. What is not surface is told from a
/// picture of nothing.
fn assert_covers_what_rays_meet<F: Fn(f64, f64) -> f64>(
    stand: &Stand,
    loss: F,
    domain: [[f64; 2]; 2],
    style: &HeightStyle,
) {
    let nothing = Stand::of_text(NOWHERE, domain, 16);
    let (mut drawn, mut bare) = (stand.renderer(SIZE, 1), nothing.renderer(SIZE, 1));
    let still = View {
        floor: false,
        ..stand.view(style)
    };
    let landscape = Landscape::new(loss, domain, still.height.clone());
    for camera in eyes() {
        let view = View {
            camera,
            ..still.clone()
        };
        let seen = stand.draw(&mut drawn, &view);
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
    let stand = Stand::new(HIMMELBLAU, FIVE, 256);
    let whole = HeightStyle {
        clip: 1.0,
        law: LawStyle::Log { unit: Some(12.0) },
        ..HeightStyle::default()
    };
    assert_covers_what_rays_meet(&stand, himmelblau, FIVE, &whole);
    let cut = HeightStyle {
        law: LawStyle::Linear,
        clip: 0.8,
        ..HeightStyle::default()
    };
    assert_covers_what_rays_meet(&stand, himmelblau, FIVE, &cut);
}

/// A loss of both signs that is zero along two lines, on the log scale; and a height by formula.
#[test]
fn every_height_law_stands_where_its_losses_do() {
    let saddle = |x: f64, y: f64| 30.0 * x * y;
    let stand = Stand::new("30*x*y", FIVE, 128);
    for law in [
        LawStyle::Log { unit: Some(0.5) },
        by_formula("cbrt(f) + f/200"),
    ] {
        let style = HeightStyle {
            law,
            clip: 1.0,
            ..HeightStyle::default()
        };
        assert_covers_what_rays_meet(&stand, saddle, FIVE, &style);
    }
}

#[test]
fn a_hole_is_seen_through_and_nothing_spikes_beside_it() {
    let domain = [[-2.0, 2.0]; 2];
    let stand = Stand::of_text(PIERCED_PLANE, domain, 256);
    let pierced = |x: f64, y: f64| if x.hypot(y) < 1.0 { f64::NAN } else { x };
    let style = HeightStyle {
        law: LawStyle::Linear,
        clip: 1.0,
        ..HeightStyle::default()
    };
    assert_covers_what_rays_meet(&stand, pierced, domain, &style);
}

/// On a slope without shadow the whole light is known: map colour, key, sky, fill and gloss, here
/// in f64 and with the exact sRGB curves. From above and from below.
/// The surface is shaded triangle by triangle, or pixel by pixel.
const WAYS: [Sampling; 2] = [way(false), way(true)];

const fn way(smooth: bool) -> Sampling {
    Sampling {
        multisamples: 1,
        smooth,
        pictures: 1,
    }
}

#[test]
fn a_slopes_pixels_have_the_colour_that_the_light_gives() {
    let stand = Stand::new("x", [[-1.0, 1.0]; 2], 64);
    let height = HeightScale::of(HeightLaw::Linear, [-2.0, 2.0]);
    for (camera, way) in eyes()
        .into_iter()
        .flat_map(|eye| WAYS.map(|way| (eye, way)))
    {
        let mut drawn = stand.renderer(SIZE, way);
        for colour_map in [ColourMap::Viridis, ColourMap::Magma] {
            let view = View {
                camera,
                height: height.clone(),
                colour_map,
                floor: false,
                ..stand.view(&HeightStyle::default())
            };
            let picture = stand.draw(&mut drawn, &view);
            let landscape = Landscape::new(|x, _| x, [[-1.0, 1.0]; 2], height.clone());
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
                "off by {largest}/255 from {camera:?} with {colour_map:?}, {way:?}"
            );
        }
    }
}

/// The lines' ink, told from the same picture without lines, against each pixel's distance from
/// the nearest level in f64: rays through the pixel's neighbours give the rise a pixel.
fn assert_lines_lie_at_their_levels(
    stand: &Stand,
    loss: fn(f64, f64) -> f64,
    style: &HeightStyle,
    lines: usize,
) {
    // Larger than elsewhere: lines need some pixels between them.
    let size = [480, 320];
    let width_px = 1.1 * f64::from(px_per_point(size, 1.0));
    let mut drawn = stand.renderer(size, 1);
    for camera in eyes() {
        let view = View {
            camera,
            floor: false,
            ..stand.view(style)
        };
        let mut plain = view.clone();
        plain.height.contours = 0;
        let lined = stand.draw(&mut drawn, &view);
        let plain = stand.draw(&mut drawn, &plain);
        let landscape = Landscape::new(loss, FIVE, view.height.clone());
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
            judged > 20 * lines && inked > lines,
            "{judged} judged, {inked} inked from {camera:?}"
        );
        // A ridge between two neighbours spoils the finite difference of a few.
        assert!(wrong * 100 < judged, "{wrong} of {judged} from {camera:?}");
    }
}

#[test]
fn contour_lines_lie_where_the_loss_has_their_level() {
    let style = HeightStyle {
        clip: 1.0,
        law: LawStyle::Log { unit: Some(12.0) },
        contours: 10,
    };
    let exact = Stand::new(HIMMELBLAU, FIVE, 256);
    assert_lines_lie_at_their_levels(&exact, himmelblau, &style, 100);
    assert_lines_lie_at_their_levels(&exact.between_nodes(), himmelblau, &style, 100);
}

/// Pixels on the flanks of lines at 3840x2160: how far the line's middle is by their ink, and by a line
/// of sight that meets the loss in f64, within half a pixel and what f32's rounding of f makes of it.
fn assert_lines_are_sharp(cameras: &[OrbitCamera], sampling: Sampling, pixels: usize) {
    const SIZE: [u32; 2] = [3840, 2160];
    let style = HeightStyle {
        clip: 1.0,
        law: LawStyle::Log { unit: Some(12.0) },
        contours: 24,
    };
    let width_px = 1.1 * f64::from(px_per_point(SIZE, 1.0));
    let stand = Stand::new(HIMMELBLAU, FIVE, 256);
    let mut drawn = stand.renderer(SIZE, sampling);
    for camera in cameras {
        let view = View {
            camera: *camera,
            floor: false,
            ..stand.view(&style)
        };
        let mut plain = view.clone();
        plain.height.contours = 0;
        let lined = stand.draw(&mut drawn, &view);
        let plain = stand.draw(&mut drawn, &plain);
        let ink = |x: usize, y: usize| light::ink(lined.rgb(x, y), plain.rgb(x, y));
        let landscape = Landscape::new(himmelblau, FIVE, view.height.clone());
        let levels = levels(&view.height);
        let (mut sampled, mut far, mut farthest) = (0, 0, 0.0_f64);
        // Rows and columns in an order that spreads over the image.
        let [width, height] = SIZE.map(|side| side as usize);
        let spread = (0..width * height).map(|i| i * 1_000_003 % (width * height));
        for (x, y) in spread.map(|i| (i % width, i / width)) {
            let inner = (5..width - 5).contains(&x) && (5..height - 5).contains(&y);
            // On a line's flank, where its ink tells how far its middle is.
            if !inner || !(0.15..0.85).contains(&ink(x, y)) {
                continue;
            }
            let hit = |x: usize, y: usize| landscape.hit(camera, SIZE, [x as u32, y as u32]);
            let around =
                [(x, y), (x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)].map(|(x, y)| hit(x, y));
            let [Some(at), Some(left), Some(right), Some(up), Some(down)] = around else {
                continue;
            };
            // Beside a silhouette the mesh may show another hill than the line of sight meets.
            let near = [(x - 5, y), (x + 5, y), (x, y - 5), (x, y + 5)].map(|(x, y)| hit(x, y));
            let is_there =
                |near: &Option<Hit>| near.is_some_and(|near| distance(near.world, at.world) < 0.1);
            if !near.iter().all(is_there) {
                continue;
            }
            let rise_px =
                (0.5 * (right.height - left.height)).hypot(0.5 * (down.height - up.height));
            let bend = (left.height + right.height - 2.0 * at.height)
                .hypot(up.height + down.height - 2.0 * at.height);
            // Beside a silhouette, and where the slope changes within the width of a line, so that its
            // flanks are not as far from its middle as on a plane. The underside is too dark for eight
            // bits to tell a line's ink.
            if bend > 0.15 * rise_px || !at.from_above {
                continue;
            }
            let gap = |level: &&Level| ((level.height - at.height).abs() * 1e12) as u64;
            let line = levels.iter().min_by_key(gap).expect("there are levels");
            // f is a sum of two squares in f32, each of a sum of three terms below 32.
            let rounding = 8.0 * f64::from(f32::EPSILON) * (at.loss + 32.0) / (at.loss + 12.0);
            let exact_px = (line.height - at.height).abs() / rise_px;
            let own_px = width_px * if line.is_index { 1.0 } else { 0.6 };
            // Lines that crowd and level ground fade on purpose.
            let others = levels.iter().filter(|level| *level != line);
            let room = others.map(|level| (level.height - line.height).abs());
            let room_px = room.fold(f64::INFINITY, f64::min) / rise_px;
            if !(10.0..400.0).contains(&room_px) {
                continue;
            }
            let drawn_px = 0.5 * own_px + 0.5 - ink(x, y);
            let off_px = ((drawn_px - exact_px).abs() - rounding / rise_px).max(0.0);
            far += usize::from(off_px > 0.5);
            farthest = farthest.max(off_px);
            sampled += 1;
            if sampled == pixels {
                break;
            }
        }
        println!("{sampled} pixels of lines, at most {farthest:.3} px off, from {camera:?}");
        assert_eq!(sampled, pixels, "from {camera:?}");
        assert_eq!(far, 0, "up to {farthest} px");
    }
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1]).hypot(a[2] - b[2])
}

#[test]
fn a_sample_of_contour_lines_is_sharp_in_4k() {
    for sampling in WAYS {
        assert_lines_are_sharp(&[eyes()[0], eyes()[3]], sampling, 1000);
    }
}

#[test]
#[ignore = "ten thousand pixels from each of three eyes"]
fn contour_lines_are_sharp_in_4k() {
    let eyes = eyes();
    for sampling in WAYS {
        assert_lines_are_sharp(&[eyes[0], eyes[3], eyes[4]], sampling, 10_000);
    }
}

/// Across zero, too, where the log scale changes its sign.
#[test]
fn contour_lines_keep_their_levels_on_every_height_law() {
    let saddle = Stand::new("30*x*y", FIVE, 128);
    for law in [
        LawStyle::Log { unit: Some(40.0) },
        by_formula("f/(100 + abs(f))"),
    ] {
        let style = HeightStyle {
            law,
            clip: 1.0,
            contours: 12,
        };
        assert_lines_lie_at_their_levels(&saddle, |x, y| 30.0 * x * y, &style, 50);
    }
}

#[test]
fn a_renderer_that_was_used_before_draws_what_a_new_one_draws() {
    let stand = Stand::new(HIMMELBLAU, FIVE, 64);
    let other = Stand::new(ROSENBROCK, [[-2.0, 2.0]; 2], 32);
    let view = stand.view(&HeightStyle::default());
    let fresh = stand.draw(&mut stand.renderer(SIZE, 1), &view);
    let mut used = stand.renderer([40, 30], 1);
    used.set_landscape(stand.gpu, &other.field, &stand.descents);
    let elsewhere = View {
        colour_map: ColourMap::Magma,
        theme: Theme::Light,
        ..view.clone()
    };
    stand.draw(&mut used, &elsewhere);
    used.set_landscape(stand.gpu, &stand.field, &stand.descents);
    used.resize(stand.gpu, SIZE);
    assert!(stand.draw(&mut used, &view).rgba == fresh.rgba);
    assert!(
        stand.draw(&mut used, &view).rgba == fresh.rgba,
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
        law: LawStyle::Log { unit: Some(12.0) },
        ..HeightStyle::default()
    };
    let cut = HeightStyle::default();
    let linear = HeightStyle {
        law: LawStyle::Linear,
        ..HeightStyle::default()
    };
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
            &log,
            camera(30.0, 35.0),
            Theme::Dark,
            1,
        ),
        (
            "himmelblau4",
            HIMMELBLAU,
            five,
            &log,
            camera(30.0, 35.0),
            Theme::Dark,
            4,
        ),
        (
            "above",
            HIMMELBLAU,
            five,
            &log,
            camera(200.0, 60.0),
            Theme::Dark,
            4,
        ),
        (
            "below",
            HIMMELBLAU,
            five,
            &log,
            camera(30.0, -20.0),
            Theme::Dark,
            4,
        ),
        (
            "low",
            HIMMELBLAU,
            five,
            &log,
            camera(120.0, 8.0),
            Theme::Dark,
            4,
        ),
        ("map", HIMMELBLAU, five, &log, flat, Theme::Dark, 1),
        (
            "light",
            HIMMELBLAU,
            five,
            &log,
            camera(30.0, 35.0),
            Theme::Light,
            4,
        ),
        (
            "cut",
            HIMMELBLAU,
            five,
            &linear,
            camera(30.0, 35.0),
            Theme::Dark,
            4,
        ),
        (
            "rastrigin",
            RASTRIGIN,
            five,
            &linear,
            camera(30.0, 45.0),
            Theme::Dark,
            4,
        ),
        (
            "rosenbrock",
            ROSENBROCK,
            [[-2.0, 2.0], [-1.0, 3.0]],
            &cut,
            camera(30.0, 35.0),
            Theme::Dark,
            4,
        ),
    ];
    for (name, loss, domain, style, camera, theme, samples) in table {
        if !only.is_empty() && name != only {
            continue;
        }
        let stand = Stand::new(loss, domain, 512);
        let mut renderer = stand.renderer([1920, 1080], samples);
        let view = View {
            camera,
            theme,
            ..stand.view(style)
        };
        let began = Instant::now();
        stand
            .draw(&mut renderer, &view)
            .save(&folder.join(format!("{name}.png")));
        let first = began.elapsed();
        let times = (0..30).map(|i| {
            let began = Instant::now();
            let camera = OrbitCamera {
                azimuth_deg: view.camera.azimuth_deg + i as f32,
                ..view.camera
            };
            let mut encoder = stand.gpu.device.create_command_encoder(&Default::default());
            renderer.prepare(
                stand.gpu,
                &mut encoder,
                &stand.descents,
                &View {
                    camera,
                    ..view.clone()
                },
            );
            renderer.draw(stand.gpu, &mut encoder);
            stand.gpu.queue.submit([encoder.finish()]);
            stand.gpu.wait(None).expect("the device answers");
            began.elapsed().as_secs_f64() * 1e3
        });
        let best = times.fold(f64::MAX, f64::min);
        println!(
            "{name}: first {first:.0?}, then {best:.1} ms; {:?}",
            view.height
        );
    }
}
