//! The keys that the grammar has and the program cannot follow yet. One row a
//! key: the room that is built takes its row away.

use toml::{Table, Value};

use super::Scene;
use super::places::join;

/// What of a key works already.
enum Built {
    /// Nothing: the key may not be given.
    Nothing,
    /// `false` alone.
    False,
}

/// (key, what of it is built, what happens instead). `*` stands for every
/// entry of a list.
const KEYS: [(&str, Built, &str); 4] = [
    ("team.*.tune", Built::Nothing, "the team runs as it is set"),
    ("show.standings", Built::False, "they are not shown"),
    ("show.curves", Built::False, "they are not shown"),
    ("film.loop", Built::False, "the film ends as it does"),
];

impl Scene {
    /// One line for each key that asks for what the program cannot do yet, each
    /// beginning with `file: `. For the person at the terminal, on stderr.
    pub fn not_built(&self, file: &str) -> Vec<String> {
        let mut lines = in_table(&self.to_table(), &format!("{file}: "));
        for (index, stop) in self.stops.iter().enumerate() {
            let before = format!("{file}: stop.{index}.set.");
            lines.extend(in_table(&stop.set, &before));
        }
        lines
    }
}

/// The lines of the keys of a scene, or of a part of one.
fn in_table(table: &Table, before: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for (key, built, instead) in &KEYS {
        for (path, value) in matches(table, key) {
            if !built.allows(value) {
                let given = match value {
                    Value::Table(_) | Value::Array(_) => path,
                    _ => format!("{path} = {value}"),
                };
                lines.push(format!("{before}{given} is not built yet; {instead}"));
            }
        }
    }
    lines
}

impl Built {
    fn allows(&self, value: &Value) -> bool {
        match self {
            Self::Nothing => false,
            Self::False => value.as_bool() == Some(false),
        }
    }
}

/// Every value of `table` whose path fits the pattern `key`, with its path.
fn matches<'a>(table: &'a Table, key: &str) -> Vec<(String, &'a Value)> {
    let mut keys = key.split('.');
    let root = keys
        .next()
        .and_then(|root| Some((root.to_owned(), table.get(root)?)));
    keys.fold(root.into_iter().collect(), |found, key| {
        let below = found
            .into_iter()
            .flat_map(|(path, value)| children(&path, value, key));
        below.collect()
    })
}

/// The values right below `value` that `key`, a name or `*`, stands for.
fn children<'a>(path: &str, value: &'a Value, key: &str) -> Vec<(String, &'a Value)> {
    let fits = |name: &str| key == "*" || key == name;
    match value {
        Value::Table(table) => table
            .iter()
            .filter(|(name, _)| fits(name))
            .map(|(name, value)| (join(path, name), value))
            .collect(),
        Value::Array(entries) if key == "*" => entries
            .iter()
            .enumerate()
            .map(|(index, value)| (join(path, &index.to_string()), value))
            .collect(),
        _ => Vec::new(),
    }
}
