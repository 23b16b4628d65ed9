//! Where each key of a scene was given, so that a mistake can name its line.

use std::collections::HashMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Place, SceneError};

/// From a key's dotted path to where it was given.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    file: Option<String>,
    by_path: HashMap<String, Place>,
}

impl Places {
    /// The lines of all keys and list entries of a scene file.
    pub fn of_file(text: &str, file: &str) -> Result<Self, SceneError> {
        let lines = Lines::new(text, file);
        let root = DeTable::parse(text).map_err(|error| syntax_error(&error, &lines))?;
        let mut places = Self {
            file: Some(file.to_owned()),
            by_path: HashMap::new(),
        };
        places.add_table("", root.get_ref(), &lines);
        Ok(places)
    }

    /// Where `path` was given; else what contains it; else the file.
    pub fn of(&self, path: &str) -> Place {
        let mut path = path;
        loop {
            if let Some(place) = self.by_path.get(path) {
                return place.clone();
            }
            match path.rfind('.') {
                Some(end) => path = &path[..end],
                None => break,
            }
        }
        match &self.file {
            Some(file) => Place::File(file.clone()),
            None => Place::Unknown,
        }
    }

    /// Says that `path` is given at `place` from now on, and with it the tables
    /// on its way that nothing gave before.
    pub fn insert(&mut self, path: String, place: Place) {
        for (end, _) in path.match_indices('.') {
            self.by_path
                .entry(path[..end].to_owned())
                .or_insert_with(|| place.clone());
        }
        self.by_path.insert(path, place);
    }

    fn add_table(&mut self, path: &str, table: &DeTable<'_>, lines: &Lines<'_>) {
        for (key, value) in table {
            self.add(join(path, key.get_ref()), key.span(), value, lines);
        }
    }

    fn add(
        &mut self,
        path: String,
        span: Range<usize>,
        value: &Spanned<DeValue<'_>>,
        lines: &Lines<'_>,
    ) {
        match value.get_ref() {
            DeValue::Table(table) => self.add_table(&path, table, lines),
            DeValue::Array(entries) => {
                for (index, entry) in entries.iter().enumerate() {
                    self.add(join(&path, &index.to_string()), entry.span(), entry, lines);
                }
            }
            _ => {}
        }
        self.by_path.insert(path, lines.place(span.start));
    }
}

/// `key` under `path`.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn syntax_error(error: &toml::de::Error, lines: &Lines<'_>) -> SceneError {
    let place = error.span().map_or_else(
        || Place::File(lines.file.to_owned()),
        |span| lines.place(span.start),
    );
    let message = error.message().replace('\n', ", ");
    SceneError { place, message }
}

/// From a byte of a text to its line.
struct Lines<'a> {
    file: &'a str,
    ends: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &str, file: &'a str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at).collect();
        Self { file, ends }
    }

    fn place(&self, byte: usize) -> Place {
        let line = self.ends.partition_point(|end| *end < byte) + 1;
        Place::Line(self.file.to_owned(), line)
    }
}
