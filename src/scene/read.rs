//! Reading TOML values with messages that a person can act on: the key, its
//! value, what is allowed, and the nearest that is.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::{Bound, RangeBounds};

use toml::{Table, Value};

use super::error::SceneError;
use super::nearest::nearest;
use super::places::{Places, join};
use super::words::Word;

/// A key's path, for messages about its value.
#[derive(Clone)]
pub(super) struct Spot<'a> {
    path: String,
    places: &'a Places,
}

impl<'a> Spot<'a> {
    /// A mistake about the key itself.
    pub fn error(&self, message: impl Into<String>) -> SceneError {
        SceneError {
            place: self.places.of(&self.path),
            message: message.into(),
        }
    }

    /// A mistake about the key's value.
    pub fn wrong(&self, value: &Value, expected: impl Display) -> SceneError {
        let path = &self.path;
        let value = one_line(value);
        self.error(format!("`{path}` = {value}: expected {expected}"))
    }

    fn below(&self, key: &str) -> Spot<'a> {
        Spot {
            path: join(&self.path, key),
            places: self.places,
        }
    }
}

/// A value in one line of at most some sixty characters.
fn one_line(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string().replace('\n', " ");
    if text.chars().count() <= LONGEST {
        return text;
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start}…")
}

/// A type that a key's value can have.
pub(super) trait Read: Sized {
    /// Reads it, or says what was expected.
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError>;
}

/// One table of a scene. A key that was never asked for is unknown, which
/// [`Reader::finish`] reports.
pub(super) struct Reader<'a> {
    table: Option<&'a Table>,
    spot: Spot<'a>,
    known: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    /// The scene itself.
    pub fn root(table: &'a Table, places: &'a Places) -> Self {
        let path = String::new();
        Self::new(Some(table), Spot { path, places })
    }

    fn new(table: Option<&'a Table>, spot: Spot<'a>) -> Self {
        Self {
            table,
            spot,
            known: Vec::new(),
        }
    }

    /// Whether the key is given.
    pub fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.contains_key(key))
    }

    /// The first key given, in the alphabet's order.
    pub fn first_key(&self) -> Option<&'a str> {
        self.table?.keys().next().map(String::as_str)
    }

    /// The key's place, for messages.
    pub fn spot(&self, key: &str) -> Spot<'a> {
        self.spot.below(key)
    }

    /// A mistake about this table as a whole.
    pub fn error(&self, message: impl Into<String>) -> SceneError {
        self.spot.error(message)
    }

    /// The table's dotted path.
    pub fn path(&self) -> &str {
        &self.spot.path
    }

    fn value(&mut self, key: &'static str) -> Option<&'a Value> {
        self.known.push(key);
        self.table?.get(key)
    }

    /// The key's value, if it is given.
    pub fn get<T: Read>(&mut self, key: &'static str) -> Result<Option<T>, SceneError> {
        let spot = self.spot(key);
        self.value(key)
            .map(|value| T::read(value, &spot))
            .transpose()
    }

    /// The key's value, which must be given.
    pub fn need<T: Read>(&mut self, key: &'static str) -> Result<T, SceneError> {
        match self.get(key)? {
            Some(value) => Ok(value),
            None => Err(self.missing(key)),
        }
    }

    /// That `key` is missing.
    pub fn missing(&self, key: &str) -> SceneError {
        self.error(format!("`{}` needs `{key}`", self.spot.path))
    }

    /// A finite number within `range`.
    pub fn number(
        &mut self,
        key: &'static str,
        range: impl RangeBounds<f64>,
    ) -> Result<Option<f64>, SceneError> {
        let spot = self.spot(key);
        self.value(key)
            .map(|value| number_in(value, &range, &spot))
            .transpose()
    }

    /// A whole number within `range`.
    pub fn integer(
        &mut self,
        key: &'static str,
        range: impl RangeBounds<u32>,
    ) -> Result<Option<u32>, SceneError> {
        let spot = self.spot(key);
        self.value(key)
            .map(|value| integer_in(value, &range, &spot))
            .transpose()
    }

    /// A table below, which may be absent: then it is empty.
    pub fn table(&mut self, key: &'static str) -> Result<Reader<'a>, SceneError> {
        let spot = self.spot(key);
        let table = match self.value(key) {
            None => None,
            Some(Value::Table(table)) => Some(table),
            Some(value) => return Err(spot.wrong(value, format!("a table, [{}]", spot.path))),
        };
        Ok(Reader::new(table, spot))
    }

    /// A table below, if it is given.
    pub fn optional_table(&mut self, key: &'static str) -> Result<Option<Reader<'a>>, SceneError> {
        let reader = self.table(key)?;
        Ok(reader.table.is_some().then_some(reader))
    }

    /// The entries of a list of tables, none when it is absent.
    pub fn tables(&mut self, key: &'static str) -> Result<Vec<Reader<'a>>, SceneError> {
        let spot = self.spot(key);
        let expected = format!("a list of tables, [[{}]]", spot.path);
        let Some(value) = self.value(key) else {
            return Ok(Vec::new());
        };
        let Value::Array(entries) = value else {
            return Err(spot.wrong(value, expected));
        };
        let reader = |(index, entry): (usize, &'a Value)| {
            let spot = spot.below(&index.to_string());
            match entry {
                Value::Table(table) => Ok(Reader::new(Some(table), spot)),
                _ => Err(spot.wrong(entry, &expected)),
            }
        };
        entries.iter().enumerate().map(reader).collect()
    }

    /// Reports the first key that nothing asked for.
    pub fn finish(self) -> Result<(), SceneError> {
        let unknown = self
            .table
            .and_then(|table| table.keys().find(|key| !self.known.contains(&key.as_str())));
        let Some(key) = unknown else { return Ok(()) };
        let spot = self.spot.below(key);
        let known = nearest(key, self.known.iter().copied()).map(|near| self.spot.below(near).path);
        let near = super::grammar::path_of_key(key)
            .or(known)
            .map_or_else(String::new, |near| format!("; the nearest is `{near}`"));
        Err(spot.error(format!("unknown key `{}`{near}", spot.path)))
    }
}

/// Every number above 0.
pub(super) const POSITIVE: (Bound<f64>, Bound<f64>) = (Bound::Excluded(0.0), Bound::Unbounded);

/// Every number above 0, up to `most`.
pub(super) fn above_zero_to(most: f64) -> (Bound<f64>, Bound<f64>) {
    (Bound::Excluded(0.0), Bound::Included(most))
}

/// A finite number within a range.
pub(super) fn number_in(
    value: &Value,
    range: &impl RangeBounds<f64>,
    spot: &Spot<'_>,
) -> Result<f64, SceneError> {
    number(value)
        .filter(|number| range.contains(number))
        .ok_or_else(|| spot.wrong(value, format!("a number{}", within(range))))
}

/// A whole number within a range.
pub(super) fn integer_in(
    value: &Value,
    range: &impl RangeBounds<u32>,
    spot: &Spot<'_>,
) -> Result<u32, SceneError> {
    value
        .as_integer()
        .and_then(|number| u32::try_from(number).ok())
        .filter(|number| range.contains(number))
        .ok_or_else(|| spot.wrong(value, format!("a whole number{}", within(range))))
}

/// A finite number.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        Value::Integer(number) => Some(*number as f64),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

/// " from 2 to 4096", " above 0 and at most 1", …; nothing without bounds.
fn within<T: Display>(range: &impl RangeBounds<T>) -> String {
    use Bound::{Excluded, Included, Unbounded};
    match (range.start_bound(), range.end_bound()) {
        (Included(low), Included(high)) => format!(" from {low} to {high}"),
        (Excluded(low), Included(high)) => format!(" above {low} and at most {high}"),
        (Included(low), Unbounded) => format!(", {low} or more"),
        (Excluded(low), Unbounded) => format!(" above {low}"),
        (Unbounded, Unbounded) => String::new(),
        (_, Excluded(high)) => format!(" below {high}"),
        (Unbounded, Included(high)) => format!(", at most {high}"),
    }
}

/// "3d, map or side-by-side".
pub(super) fn one_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [word] => (*word).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

impl Read for f64 {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        number_in(value, &.., spot)
    }
}

impl Read for bool {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        value
            .as_bool()
            .ok_or_else(|| spot.wrong(value, "true or false"))
    }
}

impl Read for String {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        value
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| spot.wrong(value, "text in quotes"))
    }
}

impl<W: Word> Read for W {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        let words: Vec<&str> = W::WORDS.iter().map(|(word, _)| *word).collect();
        let given = value.as_str();
        let found = W::WORDS.iter().find(|(word, _)| given == Some(*word));
        found.map(|(_, value)| *value).ok_or_else(|| {
            let near = given
                .and_then(|word| nearest(word, words.iter().copied()))
                .map_or_else(String::new, |near| format!("; the nearest is \"{near}\""));
            spot.wrong(value, format!("{}{near}", one_of(&words)))
        })
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        let entries = value
            .as_array()
            .ok_or_else(|| spot.wrong(value, "a list in brackets"))?;
        let read =
            |(index, entry): (usize, &Value)| T::read(entry, &spot.below(&index.to_string()));
        entries.iter().enumerate().map(read).collect()
    }
}

impl<T: Read, const N: usize> Read for [T; N] {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        if value.as_array().is_none_or(|entries| entries.len() != N) {
            return Err(spot.wrong(value, format!("a list of {N}")));
        }
        let entries = Vec::<T>::read(value, spot)?;
        Ok(entries
            .try_into()
            .unwrap_or_else(|_| unreachable!("its length was just checked")))
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        let entries = value
            .as_table()
            .ok_or_else(|| spot.wrong(value, "a table in braces"))?;
        let read = |(name, entry): (&String, &Value)| {
            Ok((name.clone(), T::read(entry, &spot.below(name))?))
        };
        entries.iter().map(read).collect()
    }
}

impl Read for Table {
    fn read(value: &Value, spot: &Spot<'_>) -> Result<Self, SceneError> {
        value
            .as_table()
            .cloned()
            .ok_or_else(|| spot.wrong(value, "a table in braces"))
    }
}
