//! The gallery of looks: every style, theme and height mode as one small picture, known and looked
//! at. `docs/gallery.md` shows them in one table, below the scenes in full size.
//!
//! A new look is a row of [`SECTIONS`]. Then `UPDATE_SNAPSHOTS=1 cargo test --test gallery` writes
//! its picture and the page, to be looked at; `SHEET=FILE.png` besides draws all of them side by
//! side into one file.

mod common;

use common::gpu;
use common::picture::Picture;
use std::fmt::Write;
use std::path::PathBuf;
use thalweg::load::{GALLERY, GalleryScene};
use thalweg::scene::{Scene, Timeline};
use thalweg::stage::{Moment, Stage};

const SIZE: [u32; 2] = [320, 180];
/// Step 30 of the race.
const FRAME: u64 = 10;

/// What every row starts from.
const BASE: &str = r#"
title = ""
seed = 7
[loss]
name = "himmelblau"
[field]
size = 128
[height]
unit = 12
clip = 1
[[team]]
optimizer = "momentum"
set = { lr = 0.001 }
start = { uniform = 12 }
[[team]]
optimizer = "adam"
set = { lr = 0.05 }
start = { uniform = 12 }
[time]
seconds = 2
steps_per_second = 30
[camera]
azimuth = 30
elevation = 36
distance = 2.3
turns = 0
[show]
trail_points = 64
axes = false
legend = false
[film]
fps = 10
size = [320, 180]
"#;

/// A heading with its rows.
type Section = (&'static str, &'static [Row]);

/// A picture's name, and what it changes of [`BASE`]: keys with their values in TOML.
type Row = (&'static str, &'static [(&'static str, &'static str)]);

const WITH_TEXT: &[(&str, &str)] = &[("show.axes", "true"), ("show.legend", "true")];

const SECTIONS: &[Section] = &[
    (
        "Surface",
        &[
            ("surface-solid", &[]),
            ("surface-wire", &[("show.surface", "\"wire\"")]),
            ("surface-glass", &[("show.surface", "\"glass\"")]),
            ("surface-contours", &[("show.surface", "\"contours\"")]),
            ("surface-none", &[("show.surface", "\"none\"")]),
        ],
    ),
    (
        "Layout",
        &[
            ("layout-3d", WITH_TEXT),
            (
                "layout-map",
                &[
                    ("show.layout", "\"map\""),
                    ("show.axes", "true"),
                    ("show.legend", "true"),
                ],
            ),
            (
                "layout-side-by-side",
                &[
                    ("show.layout", "\"side-by-side\""),
                    ("show.axes", "true"),
                    ("show.legend", "true"),
                ],
            ),
            (
                "layout-3d-to-map",
                &[(
                    "stop",
                    "[{ seconds = 2, ease = 2, set = { show.layout = \"map\" } }]",
                )],
            ),
            (
                "layout-3d-to-side-by-side",
                &[(
                    "stop",
                    "[{ seconds = 2, ease = 2, set = { show.layout = \"side-by-side\" } }]",
                )],
            ),
            (
                "layout-map-upright",
                &[("show.layout", "\"map\""), ("loss.domain.x", "[0, 5]")],
            ),
        ],
    ),
    (
        "Trails and heads",
        &[
            ("trails-draped", &[]),
            (
                "trails-chords",
                &[
                    ("show.trails", "\"chords\""),
                    ("team.0.set.lr", "0.006"),
                    ("show.marks", "[]"),
                ],
            ),
            ("trails-glow", &[("show.glow", "1")]),
            ("trails-fade", &[("show.fade", "1")]),
            (
                "trails-behind",
                &[("show.behind", "0.35"), ("camera.elevation", "12")],
            ),
            ("trails-not-on-floor", &[("show.floor_trails", "false")]),
            (
                "crowd",
                &[
                    ("team.0.start.uniform", "20000"),
                    ("team.1.start.uniform", "20000"),
                    ("show.trails", "\"none\""),
                ],
            ),
            (
                "crowd-on-map",
                &[
                    ("team.0.start.uniform", "20000"),
                    ("team.1.start.uniform", "20000"),
                    ("show.trails", "\"none\""),
                    ("show.layout", "\"map\""),
                ],
            ),
        ],
    ),
    (
        "Height",
        &[
            ("height-log", &[("show.axes", "true")]),
            (
                "height-linear",
                &[("height.scale", "\"linear\""), ("show.axes", "true")],
            ),
            (
                "height-clipped",
                &[
                    ("height.scale", "\"linear\""),
                    ("height.clip", "0.8"),
                    ("show.axes", "true"),
                ],
            ),
        ],
    ),
    (
        "Height by formula, and losses of both signs",
        &[
            (
                "height-formula",
                &[("height.scale", "\"sqrt(f)\""), ("show.axes", "true")],
            ),
            (
                "height-both-signs",
                &[
                    ("loss", "{ formula = \"30*x*y\" }"),
                    ("height.unit", "5"),
                    ("show.axes", "true"),
                ],
            ),
            (
                "height-holes",
                &[
                    (
                        "loss",
                        "{ formula = \"log(x^2 + y^2 - 2) + sqrt(9 - x)\", domain = { x = [-4, 4], y = [-4, 4] } }",
                    ),
                    ("height", "{ scale = \"linear\", clip = 1 }"),
                    ("show.axes", "true"),
                ],
            ),
            (
                "height-holes-on-map",
                &[
                    (
                        "loss",
                        "{ formula = \"log(x^2 + y^2 - 2) + sqrt(9 - x)\", domain = { x = [-4, 4], y = [-4, 4] } }",
                    ),
                    ("height", "{ scale = \"linear\", clip = 1 }"),
                    ("show.layout", "\"map\""),
                    ("show.axes", "true"),
                ],
            ),
            (
                "height-pole",
                &[
                    ("loss", "{ formula = \"1/(x - 0.01) + y\" }"),
                    ("height", "{ scale = \"linear\", clip = 0.9 }"),
                    ("show.axes", "true"),
                ],
            ),
        ],
    ),
    (
        "Theme",
        &[
            ("theme-dark", WITH_TEXT),
            (
                "theme-light",
                &[
                    ("show.theme", "\"light\""),
                    ("show.axes", "true"),
                    ("show.legend", "true"),
                ],
            ),
        ],
    ),
    (
        "Marks",
        &[
            (
                "marks-saddles",
                &[
                    (
                        "loss.formula",
                        "\"(x^2 + y - 11)^2 + (x + y^2 - 7)^2 + 4*x\"",
                    ),
                    ("show.marks", "[\"minima\", \"saddles\"]"),
                    ("show.trails", "\"none\""),
                    ("show.heads", "false"),
                ],
            ),
            (
                "marks-gradient",
                &[
                    ("loss.at", "{ x = -1, y = 0.5 }"),
                    ("show.marks", "[\"gradient\", \"components\", \"opposite\"]"),
                    ("show.trails", "\"none\""),
                    ("show.heads", "false"),
                ],
            ),
            (
                "marks-slices",
                &[
                    ("loss.at", "{ x = -1, y = 0.5 }"),
                    ("show.marks", "[\"slices\", \"tangent\"]"),
                    ("show.trails", "\"none\""),
                    ("show.heads", "false"),
                ],
            ),
            (
                "marks-steps",
                &[
                    ("team.0.set.lr", "0.004"),
                    ("show.follow", "[0, 1]"),
                    ("show.marks", "[\"gradient\", \"momentum\", \"step\"]"),
                ],
            ),
            (
                "marks-level",
                &[
                    ("show.level", "60"),
                    ("show.trails", "\"none\""),
                    ("show.heads", "false"),
                ],
            ),
            (
                "marks-light",
                &[
                    ("loss.at", "{ x = -1, y = 0.5 }"),
                    ("show.marks", "[\"gradient\", \"components\", \"slices\"]"),
                    ("show.theme", "\"light\""),
                    ("show.trails", "\"none\""),
                    ("show.heads", "false"),
                ],
            ),
        ],
    ),
    (
        "Theme, for paper and for slides",
        &[
            (
                "theme-print",
                &[
                    ("show.theme", "\"print\""),
                    ("show.axes", "true"),
                    ("show.legend", "true"),
                ],
            ),
            (
                "theme-transparent",
                &[
                    ("show.theme", "\"transparent\""),
                    ("show.axes", "true"),
                    ("show.legend", "true"),
                ],
            ),
            (
                "heads-shapes",
                &[("show.shapes", "true"), ("show.legend", "true")],
            ),
        ],
    ),
    (
        "Colour map",
        &[
            ("colormap-viridis", &[("show.colormap", "\"viridis\"")]),
            ("colormap-cividis", &[("show.colormap", "\"cividis\"")]),
            ("colormap-magma", &[("show.colormap", "\"magma\"")]),
            ("colormap-batlow", &[("show.colormap", "\"batlow\"")]),
            ("colormap-turbo", &[("show.colormap", "\"turbo\"")]),
            ("colormap-grey", &[("show.colormap", "\"grey\"")]),
            ("colormap-reversed", &[("show.colormap", "\"magma_r\"")]),
        ],
    ),
];

fn rows() -> impl Iterator<Item = &'static Row> {
    SECTIONS.iter().flat_map(|(_, rows)| *rows)
}

fn scene((name, patch): &Row) -> Scene {
    let overrides: Vec<_> = patch
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    Scene::from_toml_with(BASE, name, &overrides).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_look_is_as_it_was_found_good() {
    let base = scene(&("base", &[]));
    let mut stage = Stage::new(gpu(), &base, SIZE).expect("a stage");
    let mut staged = base.clone();
    let mut pictures = Vec::new();
    let mut changed = Vec::new();
    for row in rows() {
        let scene = scene(row);
        assert_eq!(scene.not_built(row.0), [""; 0], "a look that is built");
        // A look alone needs no new race.
        if (&scene.loss, &scene.teams) != (&staged.loss, &staged.teams) {
            stage.set_scene(gpu(), &scene).expect("a scene");
            staged = scene.clone();
        }
        draw(&mut stage, &scene);
        let picture = Picture::of(gpu(), &stage.target().colour);
        let path = root().join(format!("tests/snapshots/gallery/{}.png", row.0));
        changed.extend(picture.changed_from(&path));
        // Thin lines may be lost within the tolerance of the known picture.
        let plain: &Picture = pictures.first().unwrap_or(&picture);
        if scene != base && picture.rgba == plain.rgba {
            changed.push(format!("{} changes no bit of the plain look", row.0));
        }
        pictures.push(picture);
    }
    if let Some(path) = std::env::var_os("SHEET") {
        sheet(&pictures).save(path.as_ref());
    }
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

/// Draws the frame as a film of `scene` would show it.
fn draw(stage: &mut Stage, scene: &Scene) {
    let timeline = Timeline::new(scene);
    stage.request_moment(gpu(), Moment::at(&timeline, timeline.time_of_frame(FRAME)));
    loop {
        if let Some(ready) = stage.poll(gpu()).expect("the device answers") {
            return stage.draw(gpu(), &ready).expect("the device draws");
        }
        gpu().wait(None).expect("the device answers");
    }
}

/// All pictures side by side, four in a row.
fn sheet(pictures: &[Picture]) -> Picture {
    let [width, height] = SIZE.map(|side| side as usize);
    let lines = pictures.len().div_ceil(4);
    let mut sheet = Picture {
        width: 4 * width,
        height: lines * height,
        rgba: vec![128; 16 * width * lines * height],
    };
    for (number, picture) in pictures.iter().enumerate() {
        for (y, row) in picture.rgba.chunks_exact(4 * width).enumerate() {
            let pixel = (number / 4 * height + y) * 4 * width + number % 4 * width;
            sheet.rgba[4 * pixel..][..row.len()].copy_from_slice(row);
        }
    }
    sheet
}

#[test]
fn the_page_shows_every_look() {
    let path = root().join("docs/gallery.md");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, page()).expect("the page can be written");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == page(),
        "docs/gallery.md lags behind; UPDATE_SNAPSHOTS=1 cargo test --test gallery writes it"
    );
}

fn page() -> String {
    let mut page = "# The gallery\n\n\
        First the scenes that the program carries with it, in full size; then every look. The lesson's\n\
        scenes have [a page of their own](lesson.md).\n"
        .to_owned();
    for scene in scenes() {
        let (name, text) = (scene.name, what_it_shows(scene.text));
        page.push_str(&format!(
            "\n## {name}\n\n{text}\n\n```sh\nthalweg still {name} -o {name}.png\n```\n\n\
            ![{name}]({})\n",
            still_of(scene.name)
        ));
    }
    page.push_str(
        "\n# The looks\n\n\
        Each look on one small landscape, as `cargo test --test gallery` draws and compares it. Under\n\
        each picture: what its scene sets.\n",
    );
    for (heading, rows) in SECTIONS {
        page.push_str(&format!("\n## {heading}\n"));
        for line in rows.chunks(3) {
            let cells = |cell: &dyn Fn(&Row) -> String| {
                let cells: Vec<_> = line.iter().map(cell).collect();
                format!("| {} |\n", cells.join(" | "))
            };
            page.push('\n');
            page.push_str(&cells(&|(name, _)| (*name).to_owned()));
            page.push_str(&cells(&|_| "---".to_owned()));
            page.push_str(&cells(&|(name, _)| {
                format!("![{name}](../tests/snapshots/gallery/{name}.png)")
            }));
            page.push_str(&cells(&|(_, patch)| keys(patch)));
        }
    }
    page
}

/// The gallery's scenes but for the lesson's and the bench's.
fn scenes() -> impl Iterator<Item = &'static GalleryScene> {
    let is_shown = |name: &str| !name.starts_with("lesson/") && !name.starts_with("bench-");
    GALLERY.iter().filter(move |scene| is_shown(scene.name))
}

/// A scene's first comment.
fn what_it_shows(text: &str) -> &str {
    let first = text.lines().next().unwrap_or_default();
    first.trim_start_matches(['#', ' '])
}

/// Beside the page.
fn still_of(name: &str) -> String {
    format!("gallery/{name}.png")
}

/// A still of each scene lies beside the page, as large as the scene's film.
#[test]
fn every_scene_is_shown_in_full_size() {
    let folder = root().join("docs");
    for scene in scenes() {
        let path = folder.join(still_of(scene.name));
        let file = std::fs::File::open(&path).unwrap_or_else(|_| panic!("{}", path.display()));
        let reader = png::Decoder::new(std::io::BufReader::new(file)).read_info();
        let header = reader.expect("a picture").info().size();
        let [width, height] = Scene::from_toml(scene.text, scene.name)
            .expect("a scene")
            .film
            .size;
        assert_eq!(header, (width, height), "{}", scene.name);
    }
    let files = std::fs::read_dir(folder.join("gallery")).expect("a folder");
    assert_eq!(files.count(), scenes().count());
}

fn keys(patch: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (key, value) in patch {
        let gap = if text.is_empty() { "" } else { "<br>" };
        write!(text, "{gap}`{key} = {value}`").expect("a string takes all");
    }
    text
}
