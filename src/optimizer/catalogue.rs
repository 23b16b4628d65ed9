//! The named optimizers: entries of `catalogue.toml` and `beyond_torch.toml`, each its own
//! reference.

use super::rule::Rule;
use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    optimizer: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    title: String,
    source: String,
    watch: String,
    rule: String,
}

/// An optimizer of the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimizer {
    /// As commands and scenes call it: torch's name in lower case where torch has it.
    pub name: String,
    /// As the legend shows it.
    pub title: String,
    /// The paper, or torch's class.
    pub source: String,
    /// One line on what it does differently.
    pub watch: String,
    /// What runs.
    pub rule: Rule,
}

static OPTIMIZERS: LazyLock<Vec<Optimizer>> = LazyLock::new(|| {
    [
        include_str!("catalogue.toml"),
        include_str!("beyond_torch.toml"),
    ]
    .into_iter()
    .flat_map(|text| {
        let catalogue: Catalogue = toml::from_str(text).expect("the embedded catalogue is tested");
        catalogue.optimizer.into_iter().map(Optimizer::from)
    })
    .collect()
});

/// Every optimizer of the catalogue.
pub fn all() -> &'static [Optimizer] {
    &OPTIMIZERS
}

/// The catalogue's names, in its order.
pub fn names() -> impl Iterator<Item = &'static str> {
    all().iter().map(|optimizer| optimizer.name.as_str())
}

/// The optimizer called `name`.
pub fn named(name: &str) -> Option<&'static Optimizer> {
    all().iter().find(|optimizer| optimizer.name == name)
}

impl From<Entry> for Optimizer {
    fn from(entry: Entry) -> Self {
        let rule = Rule::parse(entry.rule.trim()).expect("the embedded catalogue is tested");
        Self {
            name: entry.name,
            title: entry.title,
            source: entry.source,
            watch: entry.watch,
            rule,
        }
    }
}
