//! Patches: parts of a scene's grammar laid over a scene, by `--set` and by
//! stops alike.

use toml::{Table, Value};

use super::error::SceneError;
use super::places::join;

/// Words that each choose a pattern of `team.start`: setting one replaces the
/// pattern that was there.
const START_PATTERNS: [&str; 5] = ["uniform", "normal", "grid", "ring", "line"];

/// Keys that exclude each other: (the table's name, one, the other).
const ALTERNATIVES: [(&str, &str, &str); 4] = [
    ("loss", "name", "formula"),
    ("team", "optimizer", "rule"),
    ("data", "file", "rows"),
    ("data", "file", "columns"),
];

/// The values that a patch sets, each with its dotted path.
pub(super) fn leaves(patch: &Table) -> Vec<(String, Value)> {
    patch
        .iter()
        .flat_map(|(key, value)| leaves_at(key, value))
        .collect()
}

/// The values that `value`, set at `path`, consists of, each with its dotted
/// path. A `start` is one value: its keys mean nothing alone.
pub(super) fn leaves_at(path: &str, value: &Value) -> Vec<(String, Value)> {
    let is_start = path.rsplit('.').next() == Some("start");
    match value {
        Value::Table(table) if !is_start => table
            .iter()
            .flat_map(|(key, value)| leaves_at(&join(path, key), value))
            .collect(),
        _ => vec![(path.to_owned(), value.clone())],
    }
}

/// Empties a scene's `[loss]` where a stop's `values` choose another one: the old one's parameters,
/// domain, plane, data and point would mean nothing to it.
pub(super) fn leave_loss(scene: &mut Table, values: &[(String, Value)]) {
    let mut chosen = values
        .iter()
        .filter(|(path, _)| path == "loss.name" || path == "loss.formula");
    if chosen.any(|(path, value)| value_at(scene, path) != Some(value)) {
        scene.insert("loss".to_owned(), Value::Table(Table::new()));
    }
}

/// Lays `value` over what `path` holds; tables are made where there are none,
/// entries of lists must exist.
pub(super) fn assign(scene: &mut Table, path: &str, value: &Value) -> Result<(), SceneError> {
    let mut keys: Vec<&str> = path.split('.').collect();
    if keys.iter().any(|key| key.is_empty()) {
        return Err(SceneError::new(format!("`{path}` is no path of keys")));
    }
    let last = keys.pop().expect("a text splits into one part or more");
    let mut way = String::new();
    let mut name = "";
    let mut first = Value::Table(std::mem::take(scene));
    let mut found = Ok(&mut first);
    for key in &keys {
        found = found.and_then(|at| step(at, key, &way));
        way = join(&way, key);
        if key.parse::<usize>().is_err() {
            name = key;
        }
    }
    let result = found.and_then(|at| set(at, name, last, value, &way));
    if let Value::Table(table) = first {
        *scene = table;
    }
    result
}

/// The value that `path` holds.
pub(super) fn value_at<'a>(scene: &'a Table, path: &str) -> Option<&'a Value> {
    let mut keys = path.split('.');
    let first = scene.get(keys.next()?)?;
    keys.try_fold(first, |at, key| match at {
        Value::Table(table) => table.get(key),
        Value::Array(entries) => entries.get(key.parse::<usize>().ok()?),
        _ => None,
    })
}

fn step<'a>(at: &'a mut Value, key: &str, way: &str) -> Result<&'a mut Value, SceneError> {
    match at {
        Value::Array(entries) => entry(entries, key, way),
        Value::Table(table) => Ok(table
            .entry(key)
            .or_insert_with(|| Value::Table(Table::new()))),
        _ => Err(SceneError::new(format!("`{way}` has no keys below it"))),
    }
}

fn entry<'a>(entries: &'a mut [Value], key: &str, way: &str) -> Result<&'a mut Value, SceneError> {
    let count = entries.len();
    let index = key.parse::<usize>().ok().filter(|index| *index < count);
    let Some(index) = index else {
        return Err(SceneError::new(match count {
            0 => format!("`{way}.{key}`: `{way}` has no entries"),
            _ => format!("`{way}.{key}`: expected a number from 0 to {}", count - 1),
        }));
    };
    Ok(&mut entries[index])
}

fn set(at: &mut Value, name: &str, key: &str, value: &Value, way: &str) -> Result<(), SceneError> {
    match at {
        Value::Array(entries) => *entry(entries, key, way)? = value.clone(),
        Value::Table(table) => {
            remove_excluded(table, name, key);
            table.insert(key.to_owned(), value.clone());
        }
        _ => return Err(SceneError::new(format!("`{way}` has no keys below it"))),
    }
    Ok(())
}

/// Removes what `key` takes the place of in the table called `name`.
fn remove_excluded(table: &mut Table, name: &str, key: &str) {
    for (of, one, other) in ALTERNATIVES {
        if of == name && key == one {
            table.remove(other);
        } else if of == name && key == other {
            table.remove(one);
        }
    }
    let chooses = START_PATTERNS.contains(&key)
        || key == "at" && !table.contains_key("normal") && !table.contains_key("ring");
    if name == "start" && chooses && !table.contains_key(key) {
        table.clear();
    }
}
