//! The lesson's scenes: known pictures, one story told twice, and the numbers that are shown.

mod common;

use common::gpu;
use common::picture::Picture;
use std::collections::BTreeMap;
use std::path::Path;
use thalweg::film;
use thalweg::load::GALLERY;
use thalweg::scene::{Scene, Timeline};
use thalweg::stage::{Moment, Ready, Stage};

const SIZE: [u32; 2] = [320, 180];

/// The lecture's pictures, in order, each with the stops that have a known picture.
const SCENES: [(&str, &[usize]); 6] = [
    ("1-slope", &[2, 4, 6, 7]),
    ("2-knobs", &[2, 4]),
    ("3-landscape", &[1]),
    ("4-contours", &[2]),
    ("5-fixed-point", &[2, 4, 5]),
    ("6-update-rule", &[1, 4, 5]),
];

fn scene(name: &str) -> Scene {
    let name = format!("lesson/{name}");
    let entry = GALLERY.iter().find(|entry| entry.name == name);
    Scene::from_toml(entry.expect(&name).text, &name).unwrap_or_else(|error| panic!("{error}"))
}

/// The stage's answer to a moment, waited for.
fn ready(stage: &mut Stage, moment: Moment) -> Ready {
    stage.request_moment(gpu(), moment);
    loop {
        match stage.poll(gpu()).expect("the device answers") {
            Some(ready) => return ready,
            None => gpu().wait(None).expect("the device answers"),
        }
    }
}

#[test]
fn every_picture_of_the_lecture_is_as_it_was_found_good() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let whole = scene("kitani");
    let timeline = Timeline::new(&whole);
    let mut stage = Stage::new(gpu(), &whole, SIZE).expect("a stage");
    let (mut first, mut changed) = (0, Vec::new());
    for (name, stops) in SCENES {
        for stop in stops {
            let frame = timeline.last_frame_of_stop(first + stop);
            film::draw(gpu(), &mut stage, frame).expect("the device answers");
            let picture = Picture::of(gpu(), &stage.target().colour);
            let file = format!("tests/snapshots/lesson/{name}-{}.png", stop + 1);
            changed.extend(picture.changed_from(&root.join(file)));
        }
        first += Timeline::new(&scene(name)).stop_count();
    }
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

/// A scene where its stop has come to rest, and what is said there.
fn settled(timeline: &Timeline, stop: usize) -> (String, Scene) {
    let time = timeline.time_of_frame(timeline.last_frame_of_stop(stop));
    let caption = timeline.caption_at(time).unwrap_or_default().to_owned();
    let mut scene = timeline.scene_at(time);
    scene.stops.clear();
    (caption, scene)
}

/// The six scenes one after the other are the whole lesson, stop for stop.
#[test]
fn the_whole_lesson_is_its_pictures_in_order() {
    let whole = scene("kitani");
    let whole = Timeline::new(&whole);
    let mut number = 0;
    for (name, _) in SCENES {
        let part = Timeline::new(&scene(name));
        for stop in 0..part.stop_count() {
            let (caption, mut alone) = settled(&part, stop);
            let (said, mut told) = settled(&whole, number);
            assert_eq!(said, caption, "stop {} of {name}", stop + 1);
            let seconds = |timeline: &Timeline, stop| {
                let range = timeline.stop_seconds(stop);
                range.end - range.start
            };
            assert_eq!(seconds(&whole, number), seconds(&part, stop), "{caption}");
            for scene in [&mut alone, &mut told] {
                scene.time.seconds = 0.0;
                // Without a machine nothing is put in or turned.
                if !scene.show.machine {
                    scene.show.turn = BTreeMap::new();
                    scene.show.input = BTreeMap::new();
                    scene.show.compare = Scene::default().show.compare;
                }
                // Below and above all losses there is no plane.
                scene.show.level = scene.show.level.filter(|level| *level > 0.0);
                // Nobody runs, and a point of the scene's own is followed.
                if scene.teams.is_empty() {
                    scene.show.trails = Scene::default().show.trails;
                }
            }
            assert_eq!(told.to_toml(), alone.to_toml(), "{caption}");
            number += 1;
        }
    }
    assert_eq!(whole.stop_count(), number);
}

/// `docs/lesson.md` shows each stop of each picture, and leads to its film and to the whole
/// lesson's; nothing else lies beside it.
#[test]
fn the_page_shows_every_stop() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let page = std::fs::read_to_string(docs.join("lesson.md")).expect("the page is there");
    let mut shown = 0;
    let mut shows = |file: String| {
        assert!(page.contains(&format!("({file})")), "{file} is not shown");
        assert!(docs.join(&file).is_file(), "{file} is not there");
        shown += 1;
    };
    shows("lesson/kitani.mp4".to_owned());
    for (name, _) in SCENES {
        shows(format!("lesson/{name}.mp4"));
        for stop in 1..=Timeline::new(&scene(name)).stop_count() {
            shows(format!("lesson/{name}-{stop}.png"));
        }
    }
    let files = std::fs::read_dir(docs.join("lesson")).expect("the folder is there");
    assert_eq!(files.count(), shown);
}

/// A loss by formula, and by hand.
struct Known {
    text: &'static str,
    loss: fn(f64, f64) -> f64,
    names: [&'static str; 2],
}

const ROWS: [[f64; 2]; 3] = [[-1.0, 0.1], [0.5, 0.7], [2.0, 0.9]];

fn model(w1: f64, w2: f64, x: f64) -> f64 {
    1.0 / (1.0 + (-(w1 * x + w2)).exp())
}

const KNOWN: [Known; 5] = [
    Known {
        text: "formula = \"(x^2 + y - 11)^2 + (x + y^2 - 7)^2\"",
        loss: |x, y| (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2),
        names: ["x", "y"],
    },
    Known {
        text: "formula = \"(1 - x)^2 + 100*(y - x^2)^2\"",
        loss: |x, y| (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2),
        names: ["x", "y"],
    },
    Known {
        text: "formula = \"sin(x)*y + 0.1*x^2\"",
        loss: |x, y| x.sin() * y + 0.1 * x * x,
        names: ["x", "y"],
    },
    Known {
        text: "formula = \"1 - exp(-x^2 - y^2/2)\"",
        loss: |x, y| 1.0 - (-x * x - 0.5 * y * y).exp(),
        names: ["x", "y"],
    },
    Known {
        text: "formula = \"mean((model - y)^2)\"\nparameters = [\"w1\", \"w2\"]\n\
               data = { columns = [\"x\", \"y\"], rows = [[-1, 0.1], [0.5, 0.7], [2, 0.9]], \
               model = \"sigmoid(w1*x + w2)\" }",
        loss: |w1, w2| {
            let squares = ROWS.map(|[x, y]| (model(w1, w2, x) - y).powi(2));
            squares.iter().sum::<f64>() / 3.0
        },
        names: ["w1", "w2"],
    },
];

const POINT: [f64; 2] = [0.7, -0.9];
/// The knobs are turned along this direction, by these parts of it.
const WAY: [f64; 2] = [1.0, -0.5];
const TURNS: [f64; 4] = [0.1, 0.03, 0.01, 0.003];

/// The caption of a turn, and of one that a machine has made.
const SAYS: &str = "[[stop]]\ncaption = \"{f.measured:15} {f.predicted:15}";
const SAYS_MORE: &str = " {model.measured:15} {model.predicted:15}";

/// A number as a caption writes it.
fn read(text: &str) -> f64 {
    let (mantissa, power) = text.split_once("×10").unwrap_or((text, "⁰"));
    let power = power.chars().map(|sign| {
        match "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|raised| raised == sign) {
            Some(digit) => digit.to_string(),
            None => "-".to_owned(),
        }
    });
    let text = format!(
        "{}e{}",
        mantissa.replace('−', "-"),
        power.collect::<String>()
    );
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

/// What a caption says about the turn by `part` of [`WAY`]: the numbers in it.
fn said(stage: &mut Stage, known: &Known, part: f64) -> Vec<f64> {
    let mut moment = stage.moment(0);
    let turn = known.names.iter().zip(WAY);
    moment.scene.show.turn = turn
        .map(|(name, way)| ((*name).to_owned(), part * way))
        .collect();
    let caption = ready(stage, moment).view().text.caption.clone();
    caption.split(' ').map(read).collect()
}

/// What a turn changes, less what the slope had promised, over the turn's square settles at half
/// the second derivative: the slope is the true one, and the change is that of the true loss.
fn assert_second_order(what: &str, turns: &[(f64, f64, f64)], along: &dyn Fn(f64) -> f64) {
    const STEP: f64 = 1e-4;
    let limit = (along(STEP) + along(-STEP) - 2.0 * along(0.0)) / (2.0 * STEP * STEP);
    let mut before = f64::INFINITY;
    for (part, measured, predicted) in turns {
        let change = along(*part) - along(0.0);
        assert!(
            (measured - change).abs() < 1e-12 * (1.0 + change.abs()),
            "{what}: {measured}"
        );
        let ratio = (measured - predicted) / (part * part);
        let off = (ratio - limit).abs();
        assert!(
            off < 0.5 * before,
            "{what}: turned by {part}, {ratio} of {limit}"
        );
        before = off;
    }
    assert!(
        before < 0.02 * (1.0 + limit.abs()),
        "{what}: {before} off {limit}"
    );
}

#[test]
fn what_the_slope_promises_is_missed_by_the_turns_square() {
    let mut stage = None;
    for known in &KNOWN {
        let [first, second] = known.names;
        let text = format!(
            "field.size = 16\n[loss]\n{}\nat = {{ {first} = {}, {second} = {} }}\n[show]\n\
             {}",
            known.text,
            POINT[0],
            POINT[1],
            match first {
                "w1" => format!("input = {{ x = 2 }}\n{SAYS}{SAYS_MORE}\"\n"),
                _ => format!("{SAYS}\"\n"),
            },
        );
        let scene = Scene::from_toml(&text, "turn").expect("a scene");
        let stage = stage.get_or_insert_with(|| Stage::new(gpu(), &scene, SIZE).expect("a stage"));
        stage.set_scene(gpu(), &scene).expect("a scene");
        let all: Vec<_> = TURNS
            .iter()
            .map(|part| (*part, said(stage, known, *part)))
            .collect();
        let pair = |at: usize| -> Vec<_> {
            let said = all.iter().filter(|(_, numbers)| numbers.len() > at);
            said.map(|(part, numbers)| (*part, numbers[at], numbers[at + 1]))
                .collect()
        };
        let at = |part: f64| [0, 1].map(|i| POINT[i] + part * WAY[i]);
        assert_second_order(known.text, &pair(0), &|part| {
            let [a, b] = at(part);
            (known.loss)(a, b)
        });
        if first == "w1" {
            assert_second_order("output", &pair(2), &|part| {
                let [w1, w2] = at(part);
                model(w1, w2, 2.0)
            });
        }
    }
}
