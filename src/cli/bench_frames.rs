//! `thalweg bench frames SCENE`: where a film's milliseconds go, part by part.

use super::failure::Failure;
use super::scene_options::SceneOptions;
use serde_json::json;
use std::time::Instant;
use thalweg::film::{self, FilmSettings, Hand, Writer};
use thalweg::gpu::{Gpu, TextureReadback};
use thalweg::scene::{Scene, SurfaceStyle, Timeline, TrailStyle};
use thalweg::stage::Stage;

/// Arguments of `bench frames`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A .toml file, a gallery or loss name, or a formula
    #[arg(default_value = "bench-orbit")]
    scene: String,
    /// Frames that are timed, the film's last ones
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    frames: u64,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    options: SceneOptions,
}

/// A part of the picture's name, and what shows it in a scene where it is hidden.
type Part = (&'static str, fn(&mut Scene, &Scene));

/// Each is timed on top of those before it.
const PARTS: [Part; 7] = [
    ("steps and backdrop", |_, _| {}),
    ("surface", |scene, whole| {
        scene.show.surface = whole.show.surface;
    }),
    ("map on the floor", |scene, whole| {
        scene.show.floor = whole.show.floor;
    }),
    ("trails", |scene, whole| {
        scene.show.trails = whole.show.trails;
        scene.show.floor_trails = false;
    }),
    ("trails on the floor", |scene, whole| {
        scene.show.floor_trails = whole.show.floor_trails;
    }),
    ("heads and marks", |scene, whole| {
        scene.show.heads = whole.show.heads;
        scene.show.marks.clone_from(&whole.show.marks);
    }),
    ("axes, legend and title", |scene, whole| {
        *scene = whole.clone();
    }),
];

/// Prints the table.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let scene = arguments.options.load(&arguments.scene)?.scene;
    let gpu = Gpu::headless()?;
    let last = Timeline::new(&scene).frames();
    let frames = last.saturating_sub(arguments.frames)..last;
    let count = (frames.end - frames.start) as f64;
    let mut stages = Vec::new();
    for scene in pictures(&scene) {
        stages.push(Stage::new(&gpu, &scene, scene.film.size)?);
    }
    let mut seconds = vec![0.0; stages.len()];
    let mut readback = 0.0;
    // All in turns, so that what else the machine does slows each; the first time drivers compile.
    for (turn, frame) in std::iter::once(frames.start)
        .chain(frames.clone())
        .enumerate()
    {
        for (stage, seconds) in stages.iter_mut().zip(&mut seconds) {
            let begun = Instant::now();
            film::draw(&gpu, stage, frame)?;
            gpu.wait(None)?;
            *seconds += if turn == 0 {
                0.0
            } else {
                begun.elapsed().as_secs_f64()
            };
        }
        let begun = Instant::now();
        let whole = &stages[stages.len() - 1].target().colour;
        TextureReadback::request(&gpu, whole).wait(&gpu)?;
        readback += if turn == 0 {
            0.0
        } else {
            begun.elapsed().as_secs_f64()
        };
    }
    let film = whole_film(&gpu, &scene, frames)?;
    let per_frame = |seconds: f64| 1e3 * seconds / count;
    let mut rows = Vec::new();
    let mut before = 0.0;
    for ((name, _), seconds) in PARTS.iter().zip(seconds) {
        rows.push((*name, per_frame(seconds - before)));
        before = seconds;
    }
    rows.push(("readback", per_frame(readback)));
    rows.push(("all, one after the other", per_frame(before + readback)));
    rows.push(("the film, with its encoder", per_frame(film)));
    print(&rows, arguments.json);
    Ok(())
}

fn print(rows: &[(&str, f64)], json: bool) {
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(part, ms)| json!({ "part": part, "milliseconds_per_frame": ms }))
            .collect();
        println!("{}", serde_json::Value::Array(rows));
        return;
    }
    for (part, ms) in rows {
        println!("{part:28} {ms:7.1} ms a frame");
    }
}

/// The scene with one part of its picture more in each.
fn pictures(whole: &Scene) -> Vec<Scene> {
    let mut scene = whole.clone();
    scene.title = Some(String::new());
    scene.show.surface = SurfaceStyle::None;
    scene.show.floor = false;
    scene.show.trails = TrailStyle::None;
    scene.show.heads = false;
    scene.show.marks.clear();
    scene.show.axes = false;
    scene.show.legend = false;
    let shown = PARTS.iter().map(|(_, show)| {
        show(&mut scene, whole);
        scene.clone()
    });
    shown.collect()
}

/// Seconds that the same frames take as a film, in a file that is dropped.
fn whole_film(gpu: &Gpu, scene: &Scene, frames: std::ops::Range<u64>) -> Result<f64, Failure> {
    let folder = std::env::temp_dir();
    let path = folder.join(format!("thalweg-bench-{}.mp4", std::process::id()));
    let [width, height] = scene.film.size;
    let settings = FilmSettings {
        width,
        height,
        fps: scene.film.fps,
        quality: film::DEFAULT_QUALITY,
    };
    let stage = Stage::new(gpu, scene, scene.film.size)?;
    let gpu = gpu.clone();
    let mut hand = Hand { gpu, stage };
    film::draw(&hand.gpu, &mut hand.stage, frames.start)?;
    hand.gpu.wait(None)?;
    let hands = std::slice::from_mut(&mut hand);
    let begun = Instant::now();
    let made = Writer::create(&path, settings)
        .map_err(Failure::from)
        .and_then(|writer| Ok(film::run(hands, frames, writer, |_| true)?));
    let seconds = begun.elapsed().as_secs_f64();
    // It was made for its time alone.
    let _ = std::fs::remove_file(&path);
    made.map(|_| seconds)
}
