//! The scene: its grammar against the reference, what wrong input gets, its
//! course over time, and its start points.

mod course;
mod grammar;
mod mistakes;
mod overrides;
mod starts;

use std::fs;
use thalweg::scene::Scene;

fn data(name: &str) -> String {
    let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).expect("the test's data is there")
}

fn read(text: &str) -> Scene {
    Scene::from_toml(text, "a.toml").expect("a good scene")
}

fn with(text: &str, overrides: &[(&str, &str)]) -> Result<Scene, String> {
    let owned: Vec<(String, String)> = overrides
        .iter()
        .map(|(path, value)| ((*path).to_owned(), (*value).to_owned()))
        .collect();
    Scene::from_toml_with(text, "a.toml", &owned).map_err(|error| error.to_string())
}

fn gallery(name: &str) -> String {
    let path = format!("{}/scenes/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).expect("the gallery has it")
}
