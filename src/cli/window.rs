//! `thalweg [SCENE]`: the window.

use super::failure::Failure;
use super::scene_options::SceneOptions;

/// The scene that opens when none is named.
const FIRST_SCENE: &str = "himmelblau-race";

/// Opens the window.
pub fn run(scene: Option<&str>, options: &SceneOptions) -> Result<(), Failure> {
    let loaded = options.load(scene.unwrap_or(FIRST_SCENE))?;
    let _ = loaded;
    Err(Failure::failed("the window"))
}
