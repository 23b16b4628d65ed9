//! `thalweg still SCENE -o frame.png --at 3.5`: one picture.

use super::failure::Failure;
use super::render::tell_ends;
use super::scene_options::SceneOptions;
use std::path::PathBuf;
use thalweg::film;
use thalweg::gpu::{Gpu, TextureReadback};
use thalweg::scene::Theme;
use thalweg::stage::Stage;

/// Arguments of `still`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A .toml file, a gallery or loss name, or a formula
    scene: String,
    /// The picture, a .png
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The moment in seconds; the frame nearest to it is drawn [default: the film's end]
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    at: Option<f64>,
    #[command(flatten)]
    options: SceneOptions,
}

/// Makes the picture.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let scene = arguments.options.load(&arguments.scene)?.scene;
    film::check_still(&arguments.output)?;
    let gpu = Gpu::headless()?;
    let mut stage = Stage::new(&gpu, &scene, scene.film.size)?;
    let timeline = stage.timeline();
    let frame = match arguments.at {
        None => timeline.frames() - 1,
        Some(at) if (0.0..=timeline.seconds()).contains(&at) => {
            timeline.frame_at(at).min(timeline.frames() - 1)
        }
        Some(at) => {
            return Err(Failure::bad_input(format!(
                "--at {at}: the scene lasts from 0 to {} s",
                timeline.seconds()
            )));
        }
    };
    film::draw(&gpu, &mut stage, frame)?;
    let rgba = TextureReadback::request(&gpu, &stage.target().colour).wait(&gpu)?;
    let [width, height] = stage.target().size_px;
    let write = match stage.moment(frame).scene.show.theme {
        Theme::Transparent => film::write_png_with_alpha,
        Theme::Dark | Theme::Light | Theme::Print => film::write_png,
    };
    write(&arguments.output, width, height, &rgba)?;
    tell_ends(&scene, &stage);
    Ok(())
}
