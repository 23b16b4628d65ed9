//! `thalweg list losses|optimizers|scenes`: what is in the catalogues.

use super::failure::Failure;
use serde_json::{Value, json};
use thalweg::load::GALLERY;
use thalweg::{loss, optimizer};

/// Arguments of `list`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Which catalogue
    #[arg(value_enum)]
    catalogue: Catalogue,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Catalogue {
    Losses,
    Optimizers,
    Scenes,
}

/// Prints the catalogue.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let entries = match arguments.catalogue {
        Catalogue::Losses => losses(),
        Catalogue::Optimizers => optimizers(),
        Catalogue::Scenes => scenes(),
    };
    if arguments.json {
        println!("{}", Value::Array(entries));
        return Ok(());
    }
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or("").to_owned();
    let widest = entries
        .iter()
        .map(|entry| text(entry, "name").chars().count())
        .max();
    for entry in &entries {
        let (name, line) = (text(entry, "name"), text(entry, "watch"));
        println!("{name:width$}  {line}", width = widest.unwrap_or(0));
    }
    Ok(())
}

fn losses() -> Vec<Value> {
    let losses = loss::all().iter();
    losses
        .map(|loss| {
            json!({
                "name": loss.name,
                "title": loss.title,
                "formula": loss.formula,
                "parameters": loss.parameters,
                "domain": loss.domain,
                "minima": loss.minima,
                "source": loss.source,
                "watch": loss.watch,
                "tags": loss.tags,
            })
        })
        .collect()
}

fn optimizers() -> Vec<Value> {
    let optimizers = optimizer::all().iter();
    optimizers.map(super::explain::as_json).collect()
}

fn scenes() -> Vec<Value> {
    let scenes = GALLERY.iter();
    scenes
        .map(|scene| {
            // A scene's first line is its comment: what it shows.
            let first = scene.text.lines().next().unwrap_or("");
            let watch = first.strip_prefix("# ").unwrap_or(first);
            json!({ "name": scene.name, "watch": watch })
        })
        .collect()
}
