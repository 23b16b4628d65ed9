//! The named losses: entries of `catalogue.toml`, each its own reference.

use super::Loss;
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

impl From<Entry> for Loss {
    fn from(entry: Entry) -> Self {
        let loss = Self::from_formula(entry.formula.trim(), None)
            .expect("the embedded catalogue is tested");
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
