//! The named losses: entries of `catalogue.toml`, each its own reference.

use super::{Data, Loss, LossError, Table};
use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    loss: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    title: String,
    formula: String,
    domain: Vec<[f64; 2]>,
    #[serde(default)]
    minima: Vec<Vec<f64>>,
    source: String,
    watch: String,
    tags: Vec<String>,
    data: Option<Rows>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<f64>>,
    model: String,
}

static LOSSES: LazyLock<Vec<Loss>> = LazyLock::new(|| {
    let catalogue: Catalogue =
        toml::from_str(include_str!("catalogue.toml")).expect("the embedded catalogue is tested");
    catalogue.loss.into_iter().map(Loss::from).collect()
});

/// Every loss of the catalogue.
pub fn all() -> &'static [Loss] {
    &LOSSES
}

/// The catalogue's names, in its order.
pub fn names() -> impl Iterator<Item = &'static str> {
    all().iter().map(|loss| loss.name.as_str())
}

/// The loss called `name`.
pub fn named(name: &str) -> Option<Loss> {
    all().iter().find(|loss| loss.name == name).cloned()
}

impl From<Rows> for Data {
    fn from(given: Rows) -> Self {
        let column = |k: usize| Ok(given.rows.iter().map(|row| row[k]).collect());
        let columns = (0..given.columns.len()).map(column).collect();
        let table = Table::new(&given.columns, columns);
        Self {
            model: Some(given.model),
            ..Self::new(table.expect("the embedded catalogue is tested"))
        }
    }
}

impl From<Entry> for Loss {
    fn from(entry: Entry) -> Self {
        let formula = entry.formula.trim();
        let loss = match entry.data {
            Some(rows) => Self::over(formula, None, rows.into()),
            None => Self::from_formula(formula, None).map_err(LossError::Formula),
        };
        let loss = loss.expect("the embedded catalogue is tested");
        Self {
            name: entry.name,
            title: entry.title,
            domain: entry.domain,
            minima: entry.minima,
            source: entry.source,
            watch: entry.watch,
            tags: entry.tags,
            ..loss
        }
    }
}
