//! A crowd of heads as a density: what the surface hides is not counted, what is seen is, by the
//! logarithm, in the teams' own colours; the same in every run.

mod common;

use common::gpu;
use common::picture::Picture;
use common::ray::{Landscape, himmelblau};
use thalweg::camera::OrbitCamera;
use thalweg::render::crowd::LARGEST_COMPANY;
use thalweg::render::height::{HeightLaw, HeightScale};
use thalweg::render::{Renderer, View};
use thalweg::scene::Layout;
use thalweg::simulation::descents::{Descents, DescentsUniform, Head};
use thalweg::simulation::field::{Field, Plane};

const HIMMELBLAU: &str = "
const PARAMETERS: u32 = 2u;
struct Evaluation { loss: f32, gradient: array<f32, 2> }
fn evaluate_loss(w: array<f32, 2>) -> Evaluation {
    let a = w[0] * w[0] + w[1] - 11.0;
    let b = w[0] + w[1] * w[1] - 7.0;
    return Evaluation(a * a + b * b, array<f32, 2>(4.0 * a * w[0] + 2.0 * b, 2.0 * a + 4.0 * b * w[1]));
}";

const FIVE: [[f64; 2]; 2] = [[-5.0, 5.0]; 2];
const SIZE: [u32; 2] = [240, 160];

fn height() -> HeightScale {
    let law = HeightLaw::Log { unit: 12.0 };
    let range = [0.0, law.height_of_loss(890.0)];
    HeightScale::of(law, range)
}

/// A head with its place and team.
type Who = ([f64; 2], u32);

fn descents(heads: &[Who]) -> Descents {
    let count = heads.len() as u32;
    let descents = Descents::new(gpu(), count, 1);
    let heads: Vec<Head> = heads
        .iter()
        .map(|([x, y], team)| Head {
            place: [*x as f32, *y as f32],
            loss: himmelblau(*x, *y) as f32,
            status: 0,
            end_step: 0,
            team: *team,
            distance: 0.0,
            padding: 0,
        })
        .collect();
    gpu().write(&descents.heads, &heads);
    let uniform = DescentsUniform {
        count,
        trail_points: 1,
        stride: 1,
        step: 0,
        trail_every: 1,
        padding: [0; 3],
    };
    gpu().write(&descents.uniform, &[uniform]);
    descents
}

fn field() -> Field {
    let plane = Plane::of_two_parameters(FIVE);
    Field::evaluate(gpu(), HIMMELBLAU, plane, 256).expect("the loss compiles")
}

fn view(layout: Layout, camera: OrbitCamera, heads: bool) -> View {
    let mut view = View {
        layout: layout.into(),
        camera,
        height: height(),
        heads,
        floor: false,
        ..View::default()
    };
    (view.teams[0], view.teams[1]) = ([1.0, 0.2, 0.0, 1.0], [0.0, 0.4, 1.0, 1.0]);
    view
}

fn draw(renderer: &mut Renderer, descents: &Descents, view: &View) -> Picture {
    let mut encoder = gpu().device.create_command_encoder(&Default::default());
    renderer.prepare(gpu(), &mut encoder, descents, view);
    renderer.draw(gpu(), &mut encoder);
    gpu().queue.submit([encoder.finish()]);
    Picture::of(gpu(), &renderer.target().colour)
}

/// The pictures of a crowd with and without it.
fn crowd_and_bare(heads: &[Who], view: &View, samples: u32) -> [Picture; 2] {
    let (field, descents) = (field(), descents(heads));
    let mut renderer = Renderer::new(gpu(), SIZE, samples, &field, &descents);
    let bare = View {
        heads: false,
        ..view.clone()
    };
    [view, &bare].map(|view| draw(&mut renderer, &descents, view))
}

/// Where the pictures differ by more than `least` of 255 in any channel.
fn changed(pictures: &[Picture; 2], least: u8) -> Vec<(usize, usize)> {
    let [width, height] = SIZE.map(|side| side as usize);
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let differ = |(x, y): &(usize, usize)| {
        let [a, b] = [0, 1].map(|k: usize| pictures[k].rgb(*x, *y));
        a.iter().zip(b).any(|(a, b)| a.abs_diff(b) > least)
    };
    pixels.filter(differ).collect()
}

/// A spiral over the whole landscape, so dense that every seen place has its head.
fn everywhere(count: usize) -> Vec<Who> {
    let golden = std::f64::consts::PI * (3.0 - 5f64.sqrt());
    let place = |k: usize| {
        let radius = 6.6 * ((k as f64 + 0.5) / count as f64).sqrt();
        let angle = golden * k as f64;
        [radius * angle.cos(), radius * angle.sin()]
    };
    let inside = |place: &[f64; 2]| place.iter().all(|part| part.abs() < 4.99);
    (0..count)
        .map(place)
        .filter(inside)
        .map(|place| (place, 0))
        .collect()
}

/// Heads on one half of the landscape, seen from a low eye: drawn where a line of sight in f64
/// first meets that half, and nowhere else.
#[test]
fn a_crowd_is_seen_where_its_ground_is_seen() {
    let heads: Vec<Who> = everywhere(110_000)
        .into_iter()
        .filter(|([x, _], _)| *x > 0.0)
        .collect();
    for (samples, azimuth_deg) in [(1, 30.0), (1, 250.0), (4, 120.0)] {
        let camera = OrbitCamera {
            azimuth_deg,
            elevation_deg: 22.0,
            distance: 2.2,
            ..OrbitCamera::default()
        };
        let pictures = crowd_and_bare(&heads, &view(Layout::ThreeD, camera, true), samples);
        let changed = changed(&pictures, 6);
        let hits = Landscape::new(himmelblau, FIVE, height()).hits(&camera, SIZE);
        let is_drawn = |x: usize, y: usize| {
            changed
                .binary_search_by(|p| (p.1, p.0).cmp(&(y, x)))
                .is_ok()
        };
        let (mut seen, mut missing, mut empty, mut through) = (0, 0, 0, 0);
        for (x, y) in hits.inner_pixels() {
            // World X is a tenth of the parameter: the half with heads begins at zero.
            let has_heads =
                |hit: Option<&common::ray::Hit>| hit.is_some_and(|hit| hit.world[0] > 0.0);
            let here = has_heads(hits.at(x, y));
            let clear = |x: usize, y: usize| {
                (x.max(3) - 3..=x + 3).all(|x| {
                    (y.max(3) - 3..=y + 3).all(|y| {
                        let inside = x < SIZE[0] as usize && y < SIZE[1] as usize;
                        inside && has_heads(hits.at(x, y)) == here
                    })
                })
            };
            if !clear(x, y) {
                continue;
            }
            if here {
                seen += 1;
                missing += usize::from(!is_drawn(x, y));
            } else {
                empty += 1;
                through += usize::from(is_drawn(x, y));
            }
        }
        println!("{seen} seen, {missing} missing; {empty} empty, {through} drawn through");
        assert!(seen > 1_000 && empty > 20_000, "{seen} {empty}");
        assert!(missing * 100 < seen, "{missing} of {seen} missing");
        // A head hidden by less than the drawn mesh is off the loss may be seen.
        assert!(
            through * 200 < empty,
            "{through} of {empty} seen through the surface"
        );
    }
}

/// On the map, where nothing hides: heads at one place, more and more of them.
#[test]
fn opacity_grows_with_the_logarithm_of_the_heads() {
    let background: Vec<Who> = vec![([-4.9, -4.9], 0); 20_000];
    let opacity = |count: usize| {
        let mut heads = background.clone();
        heads.truncate(20_000 - count);
        heads.extend(vec![([0.1, 0.1], 0); count]);
        let view = view(Layout::Map, OrbitCamera::default(), true);
        let [crowd, bare] = crowd_and_bare(&heads, &view, 1);
        // The most changed pixel near the middle; red goes from the map's to the team's.
        let red = |picture: &Picture, x, y| f64::from(picture.rgb(x, y)[0]);
        let middle = (60..180).flat_map(|x| (30..130).map(move |y| (x, y)));
        let opacities = middle.map(|(x, y)| {
            let under = red(&bare, x, y);
            (red(&crowd, x, y) - under) / (255.0 - under)
        });
        opacities.fold(0.0, f64::max)
    };
    let [one, four, sixteen] = [1, 4, 16].map(opacity);
    println!("{one} {four} {sixteen}");
    assert!(one > 0.2, "a head alone is seen: {one}");
    let steps = [four - one, sixteen - four];
    assert!(
        steps[0] > 0.02 && (steps[0] - steps[1]).abs() < 0.35 * steps[0],
        "{steps:?}"
    );
    assert!(opacity(4000) > 0.9);
}

/// Two teams that mingle, three heads of one to each of the other.
#[test]
fn mingled_teams_show_in_proportion() {
    let mut heads = everywhere(60_000);
    for (k, (_, team)) in heads.iter_mut().enumerate() {
        *team = u32::from(k % 4 == 0);
    }
    let view = view(Layout::Map, OrbitCamera::default(), true);
    let [crowd, bare] = crowd_and_bare(&heads, &view, 1);
    let (mut red, mut blue) = (0, 0);
    for (x, y) in changed(&[Picture { ..copy(&crowd) }, bare], 20) {
        let [r, _, b] = crowd.rgb(x, y);
        red += usize::from(r > b);
        blue += usize::from(b > r);
    }
    let share = blue as f64 / (red + blue) as f64;
    assert!(
        red + blue > 3_000 && (0.18..0.36).contains(&share),
        "{share} of {}",
        red + blue
    );
}

fn copy(picture: &Picture) -> Picture {
    Picture {
        width: picture.width,
        height: picture.height,
        rgba: picture.rgba.clone(),
    }
}

#[test]
fn a_crowd_has_the_same_bits_in_every_run_and_leaves_nothing_behind() {
    let heads = everywhere(20_000);
    let view = view(Layout::SideBySide, OrbitCamera::default(), true);
    let first = crowd_and_bare(&heads, &view, 1);
    let (field, descents) = (field(), descents(&heads));
    let mut renderer = Renderer::new(gpu(), [300, 500], 1, &field, &descents);
    let turned = View {
        camera: OrbitCamera {
            azimuth_deg: 200.0,
            ..OrbitCamera::default()
        },
        ..view.clone()
    };
    draw(&mut renderer, &descents, &turned);
    renderer.resize(gpu(), SIZE);
    draw(&mut renderer, &descents, &turned);
    assert!(draw(&mut renderer, &descents, &view).rgba == first[0].rgba);
}

/// One head more than a company is a crowd: spheres of nine pixels become specks.
#[test]
fn a_company_has_spheres_and_a_crowd_has_specks() {
    let ink = |count: u32| {
        let heads: Vec<Who> = vec![([0.1, 0.1], 0); count as usize];
        let view = view(Layout::Map, OrbitCamera::default(), true);
        changed(&crowd_and_bare(&heads, &view, 1), 6).len()
    };
    let (company, crowd) = (ink(LARGEST_COMPANY), ink(LARGEST_COMPANY + 1));
    assert!(
        company > 4 && (1..=2).contains(&crowd),
        "{company} and {crowd} pixels"
    );
}

/// How long a frame of a million heads takes beside the same without them:
/// `cargo test --release --test crowd milliseconds -- --ignored --nocapture`.
#[test]
#[ignore = "prints milliseconds"]
fn milliseconds() {
    let heads = everywhere(1_560_000);
    let (field, descents) = (field(), descents(&heads));
    let mut renderer = Renderer::new(gpu(), [1920, 1080], 1, &field, &descents);
    println!("{} heads", heads.len());
    for (what, shown) in [
        ("without heads", false),
        ("with heads", true),
        ("without heads", false),
        ("with heads", true),
    ] {
        let mut times: Vec<f64> = (0..12)
            .map(|k| {
                let camera = OrbitCamera {
                    azimuth_deg: 30.0 + k as f32,
                    ..OrbitCamera::default()
                };
                let view = View {
                    floor: true,
                    ..view(Layout::ThreeD, camera, shown)
                };
                let began = std::time::Instant::now();
                draw(&mut renderer, &descents, &view);
                began.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("{what}: best {:.1} ms, median {:.1} ms", times[0], times[6]);
    }
}
