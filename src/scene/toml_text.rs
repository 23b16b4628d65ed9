//! A scene from TOML text and back, with `--set` on the way, and the check of
//! its stops.

use toml::{Table, Value};

use super::error::{Place, SceneError};
use super::grammar::read_scene;
use super::nearest::nearest;
use super::patch::{assign, leave_loss, leaves, leaves_at};
use super::places::Places;
use super::{Scene, caption};

/// Keys that belong to the film as a whole: no stop can move them.
const FIXED: [&str; 7] = [
    "seed",
    "field",
    "time.seconds",
    "time.hold",
    "camera.key",
    "film",
    "stop",
];

impl Scene {
    /// Reads a scene file's text. `file` is its name for messages.
    ///
    /// # Errors
    /// The first key that is unknown, of a wrong type or outside its range, or a
    /// stop whose patch does not fit: one line with the file's line.
    pub fn from_toml(text: &str, file: &str) -> Result<Self, SceneError> {
        Self::from_toml_with(text, file, &[])
    }

    /// Reads a scene file's text, then lays `(dotted path, value)` over it, one
    /// after the other. A value is TOML, or else a bare string: `0.1`, `[0, 1]`
    /// and `map` alike. Entries of lists go by number: `team.0.set.lr`.
    ///
    /// # Errors
    /// As [`Scene::from_toml`]; for what an override sets, the override is named
    /// in place of the line.
    pub fn from_toml_with(
        text: &str,
        file: &str,
        overrides: &[(String, String)],
    ) -> Result<Self, SceneError> {
        let mut places = Places::of_file(text, file)?;
        let table: Table = text
            .parse()
            .map_err(|error: toml::de::Error| SceneError::new(error.message().to_owned()))?;
        let mut scene = read_scene(&table, &places)?;
        if !overrides.is_empty() {
            let mut table = scene.to_table();
            for (path, value) in overrides {
                set(&mut table, path, value, &mut places)?;
            }
            scene = read_scene(&table, &places)?;
        }
        check_turn(&scene, &places)?;
        check_stops(&scene, &places)?;
        Ok(scene)
    }

    /// The scene as a scene file's text, every default written out.
    pub fn to_toml(&self) -> String {
        self.to_table().to_string()
    }

    /// The scene in the grammar of its file, every default written out.
    pub(super) fn to_table(&self) -> Table {
        Table::try_from(self).expect("every part of a scene has its form in TOML")
    }
}

/// Lays one override over a scene's table.
fn set(table: &mut Table, path: &str, text: &str, places: &mut Places) -> Result<(), SceneError> {
    let place = Place::Set {
        path: path.to_owned(),
        value: text.to_owned(),
    };
    let value = text
        .parse::<Value>()
        .unwrap_or_else(|_| Value::String(text.to_owned()));
    lay(table, path, &value, &place, places)
}

/// Lays `value` at `path`, key by key where it is a table.
fn lay(
    table: &mut Table,
    path: &str,
    value: &Value,
    place: &Place,
    places: &mut Places,
) -> Result<(), SceneError> {
    for (path, value) in leaves_at(path, value) {
        assign(table, &path, &value).map_err(|error| SceneError {
            place: place.clone(),
            ..error
        })?;
        places.insert(path, place.clone());
    }
    Ok(())
}

/// `show.turn` speaks of the loss's own parameters.
fn check_turn(scene: &Scene, places: &Places) -> Result<(), SceneError> {
    let Some(parameters) = scene.parameter_names() else {
        return Ok(());
    };
    match scene
        .show
        .turn
        .keys()
        .find(|name| !parameters.contains(name))
    {
        None => Ok(()),
        Some(name) => {
            let near = nearest(name, parameters.iter().map(String::as_str)).unwrap_or_default();
            Err(SceneError {
                place: places.of(&format!("show.turn.{name}")),
                message: format!(
                    "`show.turn.{name}` is no parameter; the nearest is `show.turn.{near}`"
                ),
            })
        }
    }
}

/// Tries the patches of the stops, each on top of those before.
fn check_stops(scene: &Scene, places: &Places) -> Result<(), SceneError> {
    if scene.stops.is_empty() {
        return Ok(());
    }
    let mut table = scene.to_table();
    let mut places = places.clone();
    for (index, stop) in scene.stops.iter().enumerate() {
        let values = leaves(&stop.set);
        leave_loss(&mut table, &values);
        for (path, value) in values {
            let place = places.of(&format!("stop.{index}.set.{path}"));
            if is_fixed(&path) {
                let message = format!("`{path}` cannot be set by a stop");
                return Err(SceneError { place, message });
            }
            lay(&mut table, &path, &value, &place, &mut places)?;
        }
        let patched = read_scene(&table, &places)?;
        check_turn(&patched, &places)?;
        if let Some(caption) = &stop.caption {
            let path = format!("stop.{index}.caption");
            caption::check(caption, &patched).map_err(|what| SceneError {
                place: places.of(&path),
                message: format!("`{path}` {what}"),
            })?;
        }
    }
    Ok(())
}

fn is_fixed(path: &str) -> bool {
    FIXED.iter().any(|key| {
        path == *key
            || path
                .strip_prefix(key)
                .is_some_and(|rest| rest.starts_with('.'))
    })
}
