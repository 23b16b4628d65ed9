//! `thalweg render SCENE -o race.mp4`: a film.

use super::failure::Failure;
use super::hands;
use super::scene_options::SceneOptions;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::ops::Range;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use thalweg::film::{self, FilmSettings, Writer};
use thalweg::gpu::{Gpu, TextureReadback};
use thalweg::scene::{Scene, Theme, Timeline};
use thalweg::simulation::plan::label_of;
use thalweg::stage::Stage;

/// Arguments of `render`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A .toml file, a gallery or loss name, or a formula
    scene: String,
    /// The film; its ending picks the format: .mp4, or .png with a number as in frame-%04d.png
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Only these frames, such as 0..60 (the last one not included)
    #[arg(long, value_name = "A..B", allow_hyphen_values = true)]
    frames: Option<Frames>,
    /// A still of each of the scene's stops, as it is at the stop's end: -o stop-%02d.png
    #[arg(long, conflicts_with = "frames")]
    stops: bool,
    /// Steps of one dispatch at most; changes no pixel
    #[arg(long, value_name = "N", hide = true)]
    steps_a_dispatch: Option<u32>,
    #[command(flatten)]
    options: SceneOptions,
}

/// A range of frames.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Frames(Range<u64>);

impl FromStr for Frames {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a range of frames; one is written so: 0..60");
        let (from, to) = text.split_once("..").ok_or_else(wrong)?;
        let number = |part: &str| part.trim().parse::<u64>().map_err(|_| wrong());
        let range = number(from)?..number(to)?;
        if range.is_empty() {
            return Err(format!("the range {text} holds no frame"));
        }
        Ok(Self(range))
    }
}

/// Makes the film.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let scene = arguments.options.load(&arguments.scene)?.scene;
    if arguments.stops {
        return stills(arguments, &scene, &interrupt_flag());
    }
    // Frames and output are checked before anything is drawn.
    let frames = frames_of(arguments, Timeline::new(&scene).frames())?;
    let count = frames.end - frames.start;
    film::check_frames(&arguments.output, count)?;
    let most_hands = hands::share_cores(&scene, count);
    let interrupted = interrupt_flag();
    let writer = writer_of(arguments, &scene)?;
    let begun = Instant::now();
    let mut hands = hands::hire(&scene, most_hands)?;
    if let Some(steps) = arguments.steps_a_dispatch {
        for hand in &mut hands {
            hand.stage.limit_steps_a_dispatch(steps);
        }
    }
    let bar = progress_bar(count);
    let summary = film::run(&mut hands, frames, writer, |written| {
        bar.set_position(written);
        !interrupted.load(Ordering::Relaxed)
    })?;
    bar.finish_and_clear();
    let seconds = begun.elapsed().as_secs_f64();
    let told = format!(
        "{}: {} frames, {:.1} MB, in {seconds:.1} s ({:.1} ms a frame)",
        arguments.output.display(),
        summary.frames,
        summary.bytes as f64 / 1e6,
        1e3 * seconds / summary.frames as f64,
    );
    if interrupted.load(Ordering::Relaxed) {
        return Err(Failure::interrupted(format!(
            "interrupted; the film so far is whole: {told}"
        )));
    }
    eprintln!("{told}");
    // Who drew the last frame knows how the race ended.
    let last = (summary.frames.max(1) - 1) as usize % hands.len();
    tell_ends(&scene, &hands[last].stage);
    Ok(())
}

/// One line for each team of which something has ended, on stderr.
pub fn tell_ends(scene: &Scene, stage: &Stage) {
    for (team, standing) in scene.teams.iter().zip(stage.standings()) {
        let ended = standing.ended();
        if !ended.is_empty() {
            let count = standing.running + standing.converged + standing.diverged;
            eprintln!("{}: {ended} of {count} descents", label_of(team));
        }
    }
}

/// Makes a still of each stop, for a handout; the first is number 1.
fn stills(arguments: &Arguments, scene: &Scene, interrupted: &AtomicBool) -> Result<(), Failure> {
    let timeline = Timeline::new(scene);
    let stops = timeline.stop_count();
    if stops == 0 {
        return Err(Failure::bad_input(
            "--stops: the scene has no [[stop]]; `thalweg still` makes a picture of any moment",
        ));
    }
    let ending = arguments.output.extension();
    if ending.is_none_or(|ending| !ending.eq_ignore_ascii_case("png")) {
        return Err(Failure::bad_input(
            "--stops makes a picture of each stop: -o stop-%02d.png",
        ));
    }
    film::check_frames(&arguments.output, stops as u64)?;
    let mut writer = writer_of(arguments, scene)?;
    let gpu = Gpu::headless()?;
    let mut stage = Stage::new(&gpu, scene, scene.film.size)?;
    let bar = progress_bar(stops as u64);
    for stop in 0..stops {
        film::draw(&gpu, &mut stage, timeline.last_frame_of_stop(stop))?;
        let rgba = TextureReadback::request(&gpu, &stage.target().colour).wait(&gpu)?;
        writer.push(stop as u64 + 1, rgba)?;
        bar.set_position(stop as u64 + 1);
        if interrupted.load(Ordering::Relaxed) {
            return Err(Failure::interrupted(format!(
                "interrupted after {} of {stops} stops",
                stop + 1
            )));
        }
    }
    bar.finish_and_clear();
    let summary = writer.finish()?;
    eprintln!(
        "{}: {stops} stops, {:.1} MB",
        arguments.output.display(),
        summary.bytes as f64 / 1e6
    );
    Ok(())
}

/// The film's writer; it keeps the alpha of a scene that is ever transparent, or says that it
/// cannot.
fn writer_of(arguments: &Arguments, scene: &Scene) -> Result<Writer, Failure> {
    let mut writer = Writer::create(&arguments.output, film_settings(scene))?;
    let timeline = Timeline::new(scene);
    let settled = |stop| timeline.time_of_frame(timeline.last_frame_of_stop(stop));
    let themes = (0..timeline.stop_count()).map(|stop| timeline.scene_at(settled(stop)).show.theme);
    if std::iter::once(scene.show.theme)
        .chain(themes)
        .any(|theme| theme == Theme::Transparent)
    {
        writer.keep_alpha();
        if !writer.has_alpha() {
            eprintln!(
                "note: {}: this format has no transparency, so the film has a white ground; PNG \
                 pictures keep it: -o frame-%05d.png",
                arguments.output.display()
            );
        }
    }
    Ok(writer)
}

fn film_settings(scene: &Scene) -> FilmSettings {
    let [width, height] = scene.film.size;
    FilmSettings {
        width,
        height,
        fps: scene.film.fps,
        quality: u8::try_from(scene.film.quality).unwrap_or(u8::MAX),
    }
}

fn frames_of(arguments: &Arguments, count: u64) -> Result<Range<u64>, Failure> {
    match &arguments.frames {
        None => Ok(0..count),
        Some(Frames(range)) if range.end <= count => Ok(range.clone()),
        Some(Frames(range)) => Err(Failure::bad_input(format!(
            "--frames {}..{}: the film has {count} frames, 0..{count}",
            range.start, range.end
        ))),
    }
}

/// A flag that Ctrl-C raises.
fn interrupt_flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    // Where no handler can be set, Ctrl-C ends the program at once; the film's closed groups play.
    let _ = ctrlc::set_handler(move || raised.store(true, Ordering::Relaxed));
    flag
}

fn progress_bar(frames: u64) -> ProgressBar {
    let target = match std::io::stderr().is_terminal() {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    };
    let bar = ProgressBar::with_draw_target(Some(frames), target);
    let style = ProgressStyle::with_template(
        "{wide_bar:.cyan/black} {pos}/{len} frames  {per_sec}  {eta} left",
    );
    bar.set_style(style.expect("a constant template"));
    bar
}
