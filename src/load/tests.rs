//! What an argument means, and what wrong ones get.

use std::fs;
use std::path::Path;

use super::{GALLERY, LoadError, Loaded, scene};
use crate::scene::{HeightSettings, LossSource, Scene};

const LOSSES: [&str; 3] = ["ackley", "himmelblau", "rosenbrock"];

fn load(argument: &str) -> Result<Loaded, LoadError> {
    scene(argument, &[], &LOSSES)
}

fn message(argument: &str) -> String {
    load(argument).expect_err(argument).to_string()
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().expect("UTF-8").to_owned()
}

#[test]
fn the_gallery_is_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes");
    let mut files = names_in(&folder);
    let lesson = names_in(&folder.join("lesson"));
    files.extend(lesson.iter().map(|name| format!("lesson/{name}")));
    files.retain(|name| name != "lesson");
    files.sort();
    let names = GALLERY.map(|entry| format!("{}.toml", entry.name));
    assert_eq!(names.as_slice(), files);
}

fn names_in(folder: &Path) -> Vec<String> {
    fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").file_name())
        .map(|name| name.into_string().expect("UTF-8"))
        .collect()
}

#[test]
fn every_gallery_scene_loads_in_silence() {
    for entry in &GALLERY {
        let loaded = load(entry.name).expect(entry.name);
        assert_eq!(loaded.warnings, [""; 0]);
        assert_eq!(
            loaded.scene,
            Scene::from_toml(entry.text, "").expect(entry.name)
        );
        assert!(loaded.scene.title.is_some() && loaded.folder.is_none());
    }
}

#[test]
fn the_main_race_is_five_teams_of_a_hundred() {
    let race = load("himmelblau-race").expect("the race").scene;
    assert_eq!(race.teams.len(), 5);
    for team in &race.teams {
        assert_eq!(team.start, race.teams[0].start);
        assert_eq!(team.start.count(), 100);
    }
    assert_eq!(
        (race.film.size, race.film.fps, race.seconds()),
        ([1920, 1080], 30, 10.0)
    );
}

#[test]
fn a_file_is_read_with_its_folder_and_overrides() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = path(folder.path(), "a.toml");
    fs::write(&file, "seed = 3\nfilm.loop = true").expect("written");
    let overrides = [("seed".to_owned(), "4".to_owned())];
    let loaded = scene(&file, &overrides, &LOSSES).expect("good");
    assert_eq!(
        (loaded.scene.seed, loaded.folder.as_deref()),
        (4, Some(folder.path()))
    );
    let warning = "film.loop = true is not built yet; the film ends as it does";
    assert_eq!(loaded.warnings, [format!("{file}: {warning}")]);
}

#[test]
fn a_loss_or_formula_alone_gets_the_race() {
    let race = load("himmelblau-race").expect("the race").scene;
    for (argument, source) in [
        ("ackley", LossSource::Name("ackley".to_owned())),
        ("x^2 + 3*y^2", LossSource::Formula("x^2 + 3*y^2".to_owned())),
        ("w1-w2", LossSource::Formula("w1-w2".to_owned())),
    ] {
        let loaded = load(argument).expect(argument);
        assert_eq!(loaded.scene.loss.source, source);
        assert_eq!(loaded.scene.teams, race.teams);
        assert_eq!(loaded.scene.height, HeightSettings::default());
        assert_eq!((loaded.scene.title, loaded.scene.loss.domain), (None, None));
    }
    let overrides = [("film.fps".to_owned(), "x".to_owned())];
    let error = scene("ackley", &overrides, &LOSSES)
        .expect_err("not a number")
        .to_string();
    assert!(error.starts_with("--set film.fps=x: "), "{error}");
}

#[test]
fn an_unknown_name_is_told_the_nearest() {
    let told = |name, near| {
        let lists = "(thalweg list scenes, thalweg list losses)";
        assert_eq!(
            message(name),
            format!("unknown scene or loss `{name}`; the nearest is `{near}` {lists}")
        );
    };
    told("himelblau", "himmelblau");
    told("himmelblau-rac", "himmelblau-race");
    told("no-such-scene", "wood-on-a-plane");
    told("Rosenbrock", "rosenbrock");
}

#[test]
fn a_file_that_cannot_be_a_scene_is_told_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name| path(folder.path(), name);
    let shown = folder.path().display();
    let missing = at("c.toml");
    assert_eq!(
        message(&missing),
        format!("{missing}: no such file; {shown} has no .toml file")
    );
    fs::write(at("b.toml"), "seed = x").expect("written");
    fs::write(at("a.TOML"), b"title = \"\xff\"").expect("written");
    assert_eq!(
        message(&missing),
        format!("{missing}: no such file; {shown} has a.TOML, b.toml")
    );
    assert_eq!(
        message(&at("a.TOML")),
        format!("{}: not UTF-8 text (byte 9)", at("a.TOML"))
    );
    let wrong = message(&at("b.toml"));
    assert!(
        wrong.starts_with(&format!("{}:1: ", at("b.toml"))),
        "{wrong}"
    );
    let nowhere = at("x/c.toml");
    assert_eq!(
        message(&nowhere),
        format!("{nowhere}: no such file; there is no folder {shown}/x")
    );
    fs::create_dir(at("d.toml")).expect("made");
    assert_eq!(
        message(&at("d.toml")),
        format!("{}: is a folder, not a scene file", at("d.toml"))
    );
    let large = fs::File::create(at("e.toml")).expect("made");
    large.set_len((16 << 20) + 1).expect("grown");
    let too_large = format!(
        "{}: larger than 16 MiB, too large for a scene",
        at("e.toml")
    );
    assert_eq!(message(&at("e.toml")), too_large);
    assert_eq!(
        message(&at("b")),
        format!(
            "{}: a scene file ends in .toml; the nearest is {}",
            at("b"),
            at("b.toml")
        )
    );
}
