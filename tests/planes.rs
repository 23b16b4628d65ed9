//! Landscapes of other than two parameters: the plane that is shown of more, the curve of one.

mod common;

use common::gpu;
use common::picture::Picture;
use std::path::Path;
use thalweg::film;
use thalweg::gpu::BufferReadback;
use thalweg::loss::{self, Loss};
use thalweg::optimizer::{self, Setting, Settings, Update};
use thalweg::scene::Scene;
use thalweg::simulation::descents::heads_from_bytes;
use thalweg::simulation::field::{Field, nodes_from_bytes};
use thalweg::simulation::{Plane, Race, RacePlan, TeamPlan};
use thalweg::stage::Stage;

/// Directions that are neither square nor of one length.
const ORIGIN: [f64; 4] = [0.5, -1.0, 0.25, 1.5];
const U: [f64; 4] = [1.0, 0.5, -0.25, 0.0];
const V: [f64; 4] = [-0.5, 1.5, 0.5, -1.0];
const DOMAIN: [[f64; 2]; 2] = [[-1.0, 1.5], [-0.75, 1.0]];

fn skew_plane() -> Plane {
    let vectors = [ORIGIN, U, V].map(|vector| vector.to_vec());
    let [origin, u, v] = vectors;
    Plane::along(origin, u, v, DOMAIN).expect("a plane")
}

fn wood() -> Loss {
    loss::named("wood").expect("a catalogue entry")
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Each node of the field over a plane of four parameters: the loss there, and its slopes along
/// both directions, by the gradient in f64.
#[test]
fn the_field_of_a_plane_is_the_loss_in_f64() {
    const CELLS: u32 = 32;
    let loss = wood();
    let text = loss.graph().expect("a graph").wgsl().expect("within f32");
    let field = Field::evaluate(gpu(), &text, skew_plane(), CELLS).expect("a small field");
    let bytes = field.request_nodes(gpu()).wait(gpu()).expect("read");
    let nodes = nodes_from_bytes(&bytes);
    let side = CELLS as usize + 1;
    assert_eq!(nodes.len(), side * side);
    let mut truths = Vec::new();
    for index in 0..nodes.len() {
        let at = |axis: usize, i: usize| {
            let [low, high] = DOMAIN[axis];
            low + (high - low) * i as f64 / f64::from(CELLS)
        };
        let (a, b) = (at(0, index % side), at(1, index / side));
        let w: Vec<_> = (0..4).map(|i| ORIGIN[i] + a * U[i] + b * V[i]).collect();
        let there = loss.evaluate(&w).expect("a catalogue entry");
        let slopes = [U, V].map(|direction| dot(&there.gradient, &direction));
        truths.push([there.value, slopes[0], slopes[1]]);
    }
    for part in 0..3 {
        let largest = truths
            .iter()
            .fold(0.0_f64, |most, t| most.max(t[part].abs()));
        for (node, truth) in nodes.iter().zip(&truths) {
            assert_eq!(node[3], 1.0);
            let error = (f64::from(node[part]) - truth[part]).abs();
            assert!(
                error < 2e-6 * largest,
                "part {part}: {node:?}, not {truth:?}"
            );
        }
    }
}

/// The foot of `w` on the skew plane, by Gram and Schmidt: another way than normal equations.
fn foot(w: &[f64]) -> ([f64; 2], f64) {
    let off: Vec<_> = w.iter().zip(ORIGIN).map(|(w, o)| w - o).collect();
    let e1: Vec<_> = U.iter().map(|u| u / dot(&U, &U).sqrt()).collect();
    let rest: Vec<_> = V
        .iter()
        .zip(&e1)
        .map(|(v, e)| v - dot(&V, &e1) * e)
        .collect();
    let e2: Vec<_> = rest.iter().map(|r| r / dot(&rest, &rest).sqrt()).collect();
    let (along, across) = (dot(&off, &e1), dot(&off, &e2));
    // v = (v·e1) e1 + (v·e2) e2 and u = |u| e1, solved from the second.
    let b = across / dot(&V, &e2);
    let a = (along - b * dot(&V, &e1)) / dot(&U, &e1);
    let square = dot(&off, &off) - along * along - across * across;
    ([a, b], square.max(0.0).sqrt())
}

fn starts() -> Vec<Vec<f32>> {
    let number = |i: usize, k: usize| ((i * 7 + k * 5) % 13) as f32 / 4.0 - 1.5;
    (0..20)
        .map(|i| (0..4).map(|k| number(i, k)).collect())
        .collect()
}

/// Heads and trail points of a race in four parameters: their feet, their distance from the plane,
/// and their own loss. Trails hold what heads were.
#[test]
fn descents_are_placed_at_their_feet_with_their_own_loss() {
    const STEPS: u32 = 12;
    let loss = wood();
    let adam = optimizer::named("adam").expect("a catalogue entry");
    let settings: Settings = [("lr".to_owned(), Setting::Number(0.05))].into();
    let update = Update::new(&adam.rule, &loss, &settings).expect("a rule");
    let plan = RacePlan {
        trail_points: STEPS,
        plane: skew_plane(),
        ..RacePlan::of_numbers(4)
    };
    let starts = starts();
    let count = starts.len();
    let team = TeamPlan { update, starts };
    let mut race = Race::new(gpu(), &[team], plan).expect("a race");
    let mut seen = Vec::new();
    for step in 0..=STEPS {
        race.advance_to(gpu(), step);
        let numbers = race.request_positions(gpu(), 0).wait(gpu()).expect("read");
        let heads = race.request_heads(gpu()).wait(gpu()).expect("read");
        let heads = heads_from_bytes(&heads);
        for (w, head) in race.positions_from_bytes(0, &numbers).iter().zip(&heads) {
            let w: Vec<_> = w.iter().map(|x| f64::from(*x)).collect();
            let (place, distance) = foot(&w);
            let value = loss.evaluate(&w).expect("a catalogue entry").value;
            for (got, want, scale) in [
                (head.place[0], place[0], 1.0),
                (head.place[1], place[1], 1.0),
                (head.distance, distance, 1.0),
                (head.loss, value, value.abs()),
            ] {
                let error = (f64::from(got) - want).abs();
                assert!(error < 1e-5 * scale.max(1.0), "{head:?}: {got}, not {want}");
            }
        }
        seen.push(heads);
    }
    let trails = &race.descents.trails;
    let bytes = BufferReadback::request(gpu(), trails, trails.size());
    let bytes = bytes.wait(gpu()).expect("read");
    let points: Vec<[f32; 4]> = nodes_from_bytes(&bytes);
    for descent in 0..count {
        for step in 0..STEPS as usize {
            let head = &seen[step][descent];
            let expected = [head.place[0], head.place[1], head.loss, head.distance];
            assert_eq!(points[descent * STEPS as usize + step], expected);
        }
    }
}

const CURVE: &str = r#"
    title = ""
    [loss]
    name = "double-well"
    [[team]]
    optimizer = "gradient-descent"
    set = { lr = 0.02 }
    start = { at = [[1.7], [-1.6], [0.1]] }
    [[team]]
    optimizer = "momentum"
    set = { lr = 0.01, momentum = 0.9 }
    start = { at = [[1.7]] }
    [time]
    seconds = 6
    steps_per_second = 10
    [film]
    size = [640, 360]
    fps = 10
    samples = 1
"#;

fn still(toml: &str, overrides: &[(&str, &str)], frame: u64) -> Picture {
    let overrides: Vec<_> = overrides
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    let scene = Scene::from_toml_with(toml, "test", &overrides).expect("a scene");
    let mut stage = Stage::new(gpu(), &scene, scene.film.size).expect("a stage");
    film::draw(gpu(), &mut stage, frame).expect("the device answers");
    Picture::of(gpu(), &stage.target().colour)
}

/// How much of the curve's line, nearly white, a pixel holds; the body under it has little blue.
fn ink(picture: &Picture, x: usize, y: usize) -> f64 {
    (f64::from(picture.rgb(x, y)[2]) - 110.0).max(0.0)
}

/// The middle of the ink around `guess` in a row or column of `count` pixels.
fn middle(guess: f64, count: usize, ink: impl Fn(usize) -> f64) -> Option<f64> {
    let around = (guess - 6.0).max(0.0) as usize..((guess + 7.0) as usize).min(count);
    let whole: f64 = around.clone().map(&ink).sum();
    let moment: f64 = around.map(|i| (i as f64 + 0.5) * ink(i)).sum();
    (whole > 100.0).then(|| moment / whole)
}

/// The middle of the line is within half a pixel of the curve in f64, over every column where it is
/// flat and every row where it is steep.
#[test]
fn the_curve_lies_where_its_loss_is() {
    let hide = ["axes", "legend", "heads"].map(|key| format!("show.{key}"));
    let mut hidden: Vec<_> = hide.iter().map(|key| (key.as_str(), "false")).collect();
    hidden.extend([("show.marks", "[]"), ("show.trails", "\"none\"")]);
    hidden.push(("film.size", "[1280, 720]"));
    let picture = still(CURVE, &hidden, 0);
    let f = |x: f64| x.powi(4) - x.powi(3) / 3.0 - 2.0 * x * x + x;
    let slope = |x: f64| 4.0 * (x + 1.0) * (x - 0.25) * (x - 1.0);
    // In front of the box: one wide and 0.55 high, the picture's height is 2 d tan(fov / 2).
    let px_per_world = 720.0 / (2.0 * 1.38 * 17.5_f64.to_radians().tan());
    let [low, high] = [f(-1.0), f(-1.75)];
    let px_x = |x: f64| 640.0 + px_per_world * x / 3.5;
    let px_y = |x: f64| {
        let z = ((f(x) - low) / (high - low) - 0.5) * 0.55;
        360.0 - px_per_world * (z + 0.04 * 0.55)
    };
    let steepness = |x: f64| slope(x) / (high - low) * 0.55 * 3.5;
    let (mut flat, mut steep, mut worst) = (0, 0, 0.0_f64);
    for i in 1..3450 {
        let x = -1.725 + f64::from(i) * 1e-3;
        let (column, row) = (px_x(x), px_y(x));
        // Where the centre of a column is nearest, or of a row.
        let is_flat = steepness(x).abs() <= 1.0;
        let off = if is_flat {
            flat += 1;
            middle(row, 720, |y| ink(&picture, column as usize, y)).map(|found| {
                let centre = column.floor() + 0.5;
                found - (row + (centre - column) * -steepness(x))
            })
        } else {
            steep += 1;
            middle(column, 1280, |x| ink(&picture, x, row as usize)).map(|found| {
                let centre = row.floor() + 0.5;
                found - (column + (centre - row) / -steepness(x))
            })
        };
        let off = off.unwrap_or_else(|| panic!("no line at {x}: pixel {column}, {row}"));
        worst = worst.max(off.abs());
        assert!(
            off.abs() < 0.5,
            "off by {off} at {x}: pixel {column}, {row}"
        );
    }
    println!("{flat} flat, {steep} steep places, worst {worst:.2} px");
    assert!(flat > 500 && steep > 500);
}

/// What towers is cut: there the curve is a trace along the lid, and nothing stands for a plateau.
#[test]
fn a_curve_that_is_cut_fades_along_the_lid() {
    let toml = "title = \"\"\n[loss]\nformula = \"exp(8*x)\"\ndomain = { x = [-1, 1] }\n\
                [height]\nclip = 0.7\n[show]\naxes = false\n[film]\nsize = [640, 360]\nsamples = 1";
    let picture = still(toml, &[], 0);
    let brightest = |columns: std::ops::Range<usize>| {
        let pixels = columns.flat_map(|x| (0..360).map(move |y| (x, y)));
        pixels.map(|(x, y)| picture.rgb(x, y)[2]).max()
    };
    assert!(brightest(120..400) > Some(200), "the line");
    assert!(brightest(450..500) < Some(150), "its trace");
}

/// The picture as it was last looked at and found good, in `tests/snapshots`: as for the race, one
/// pixel in a hundred may be off by more than 32 of 255, and the mean by half a step.
/// `UPDATE_SNAPSHOTS=1` writes it anew; then look at it.
fn assert_looks_as_it_did(name: &str, drawn: &Picture) {
    let path = format!("{}/tests/snapshots/{name}.png", env!("CARGO_MANIFEST_DIR"));
    let path = Path::new(&path);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        drawn.save(path);
        return;
    }
    let known = Picture::load(path);
    assert_eq!((drawn.width, drawn.height), (known.width, known.height));
    let differences = drawn.rgba.iter().zip(&known.rgba);
    let differences: Vec<_> = differences.map(|(a, b)| a.abs_diff(*b)).collect();
    let far = differences
        .chunks(4)
        .filter(|pixel| pixel.iter().any(|d| *d > 32));
    let far = far.count();
    let mean = differences.iter().map(|d| f64::from(*d)).sum::<f64>() / differences.len() as f64;
    println!("{name}: {far} pixels far off, mean {mean:.3}");
    assert!(
        far <= drawn.width * drawn.height / 100,
        "{far} pixels far off"
    );
    assert!(mean <= 0.5, "the mean is off by {mean}");
}

#[test]
fn a_curve_looks_as_it_did() {
    assert_looks_as_it_did("curve", &still(CURVE, &[], 30));
}

#[test]
fn a_plane_of_four_parameters_looks_as_it_did() {
    let toml = include_str!("../scenes/wood-on-a-plane.toml");
    let small = [
        ("film.size", "[320, 180]"),
        ("film.samples", "1"),
        ("field.size", "128"),
        ("team.0.start", "{ uniform = 12 }"),
        ("team.1.start", "{ uniform = 12 }"),
    ];
    assert_looks_as_it_did("plane", &still(toml, &small, 40));
}
