//! `thalweg [SCENE]`: the window.

use super::failure::Failure;
use super::scene_options::SceneOptions;
use thalweg::app::{self, AppError};
use thalweg::scene::Timeline;
use thalweg::simulation::Plan;
use thalweg::stage::StageError;

/// The scene that opens when none is named.
const FIRST_SCENE: &str = "himmelblau-race";

/// Opens the window; a scene that cannot run is refused before that.
pub fn run(scene: Option<&str>, options: &SceneOptions) -> Result<(), Failure> {
    let name = scene.unwrap_or(FIRST_SCENE);
    let loaded = options.load(name)?;
    let steps = Timeline::new(&loaded.scene).total_steps();
    Plan::of_scene(&loaded.scene, steps).map_err(StageError::Plan)?;
    app::run(loaded).map_err(|error| failure(error, name))
}

fn failure(error: AppError, scene: &str) -> Failure {
    match error {
        AppError::Gpu(error) => error.into(),
        AppError::Stage(error) => error.into(),
        AppError::NoDisplay(_) => {
            let scene = quoted(scene);
            Failure::failed(format!(
                "{error}; without one, `thalweg render {scene} -o film.mp4` makes a film and \
                 `thalweg still {scene} -o picture.png` a picture"
            ))
        }
        AppError::NoWindow(_) | AppError::NoThread(_) => Failure::failed(error.to_string()),
    }
}

/// As a shell wants it.
fn quoted(scene: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./".contains(letter);
    match scene.chars().all(plain) {
        true => scene.to_owned(),
        false => format!("\"{scene}\""),
    }
}
