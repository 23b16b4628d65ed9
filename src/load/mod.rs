//! The only reader of files: from what a person types to a scene.

mod error;
mod file;
mod gallery;
mod loss;
mod name;
mod table;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::scene::{DataSource, LossSettings, LossSource, Scene, ShowSettings, Start, nearest};

pub use error::LoadError;
pub use gallery::{GALLERY, GalleryScene};
pub use loss::{LossArguments, loss, text};
pub use table::table;

/// The gallery's scene whose teams race on a loss or formula given alone.
const DEFAULT_RACE: &str = "himmelblau-race";

/// A scene, and where it came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The scene, overrides included.
    pub scene: Scene,
    /// What to call its source in messages: a path, or what was typed.
    pub source: String,
    /// The folder that the scene's own paths are relative to; `None` when it is
    /// not from a file.
    pub folder: Option<PathBuf>,
    /// Lines for stderr: keys that ask for what is not built yet.
    pub warnings: Vec<String>,
}

/// The scene that `argument` means: the path of a `.toml` file, else the exact
/// name of a gallery scene, else of a loss (one of `known_losses`), else a
/// formula, which is not parsed here. A loss or formula alone gets the teams of
/// the default race. `overrides` are laid over it, as in
/// [`Scene::from_toml_with`].
///
/// # Errors
/// A file that cannot be read, a scene with a mistake, or a word that is no
/// known name: all are bad arguments, exit code 2.
pub fn scene(
    argument: &str,
    overrides: &[(String, String)],
    known_losses: &[&str],
) -> Result<Loaded, LoadError> {
    if file::is_scene_path(argument) {
        let text = file::read_text(Path::new(argument))?;
        let folder = Path::new(argument).parent().map(Path::to_owned);
        return loaded(&text, argument, folder, overrides);
    }
    if let Some(entry) = GALLERY.iter().find(|entry| entry.name == argument) {
        return loaded(entry.text, entry.name, None, overrides);
    }
    if known_losses.contains(&argument) {
        return race_on(LossSource::Name(argument.to_owned()), argument, overrides);
    }
    if let Some(path) = file::with_ending(argument) {
        return Err(LoadError::Ending {
            argument: argument.to_owned(),
            path,
        });
    }
    if name::is_name(argument) {
        return Err(unknown_name(argument, known_losses));
    }
    race_on(
        LossSource::Formula(argument.to_owned()),
        argument,
        overrides,
    )
}

fn loaded(
    text: &str,
    source: &str,
    folder: Option<PathBuf>,
    overrides: &[(String, String)],
) -> Result<Loaded, LoadError> {
    let mut scene = Scene::from_toml_with(text, source, overrides)?;
    read_table(&mut scene, folder.as_deref())?;
    Ok(Loaded {
        warnings: scene.not_built(source),
        source: source.to_owned(),
        scene,
        folder,
    })
}

/// Reads the table that a scene names, from beside the scene's own file.
fn read_table(scene: &mut Scene, folder: Option<&Path>) -> Result<(), LoadError> {
    if let Some(data) = &mut scene.loss.data
        && let Some(DataSource::File { file }) = &data.source
    {
        let path = folder.unwrap_or(Path::new("")).join(file);
        data.table = Some(Arc::new(table(&path)?));
    }
    Ok(())
}

/// Start points of each team in the default race on a curve, which a crowd would hide.
const STARTS_ON_A_CURVE: u32 = 8;

/// The default race on another loss.
fn race_on(
    source: LossSource,
    argument: &str,
    overrides: &[(String, String)],
) -> Result<Loaded, LoadError> {
    let race = GALLERY
        .iter()
        .find(|entry| entry.name == DEFAULT_RACE)
        .expect("the gallery has the default race");
    let race = Scene::from_toml(race.text, race.name)?;
    let alone = Scene::on(LossSettings {
        source,
        ..LossSettings::default()
    });
    let is_curve = alone.loss.is_of_one_parameter();
    let (camera, trails) = match is_curve {
        true => (alone.camera, alone.show.trails),
        false => (race.camera, race.show.trails),
    };
    let mut teams = race.teams;
    if is_curve {
        for team in &mut teams {
            team.start = Start::Uniform {
                uniform: STARTS_ON_A_CURVE,
            };
        }
    }
    let scene = Scene {
        title: None,
        teams,
        loss: alone.loss,
        height: alone.height,
        camera,
        show: ShowSettings {
            trails,
            ..race.show
        },
        ..race
    };
    loaded(&scene.to_toml(), argument, None, overrides)
}

fn unknown_name(argument: &str, known_losses: &[&str]) -> LoadError {
    let scenes = GALLERY.iter().map(|entry| entry.name);
    let known = scenes.chain(known_losses.iter().copied());
    LoadError::UnknownName {
        name: argument.to_owned(),
        nearest: nearest(argument, known)
            .expect("the gallery is not empty")
            .to_owned(),
    }
}
