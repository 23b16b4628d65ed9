//! A whole frame: a pure function of scene and number, whatever was drawn before it.

mod common;

use common::gpu;
use common::picture::Picture;
use std::path::Path;
use thalweg::film::{self, FilmSettings, Hand, Writer};
use thalweg::render::overlay::px_per_point;
use thalweg::scene::Scene;
use thalweg::stage::Stage;

const SIZE: [u32; 2] = [320, 180];

/// The race of the README, small, with a stop whose patch eases the camera.
fn scene() -> Scene {
    let text = include_str!("../scenes/himmelblau-race.toml");
    let overrides = [
        ("field.size", "128"),
        ("film.size", "[320, 180]"),
        ("team.0.start", "{ uniform = 40 }"),
        ("team.4.set.lr", "\"0.1 * 0.99^t\""),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()));
    Scene::from_toml_with(text, "himmelblau-race", &overrides).expect("the gallery's scene")
}

fn stage() -> Stage {
    Stage::new(gpu(), &scene(), SIZE).expect("a stage")
}

fn frame(stage: &mut Stage, number: u64) -> Picture {
    film::draw(gpu(), stage, number).expect("the device answers");
    Picture::of(gpu(), &stage.target().colour)
}

#[test]
fn a_frame_does_not_depend_on_those_before_it() {
    let alone = frame(&mut stage(), 105);
    let mut film = stage();
    film.limit_steps_a_dispatch(3);
    for number in [0, 1, 40, 104] {
        frame(&mut film, number);
    }
    let in_order = frame(&mut film, 105);
    frame(&mut film, 250);
    let from_behind = frame(&mut film, 105);
    assert!(
        alone.rgba == in_order.rgba,
        "after other frames, three steps a dispatch"
    );
    assert!(alone.rgba == from_behind.rgba, "after a later frame");
    let next = frame(&mut film, 106);
    assert!(alone.rgba != next.rgba, "the next frame is another");
}

/// The pictures of frames 3 to 9 by so many hands, in their order; the film ends after `most`.
fn pictures_by(hands: usize, most: u64) -> Vec<(String, Vec<u8>)> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut scene = scene();
    // Rows that a copy must pad.
    scene.film.size = [102, 58];
    let settings = FilmSettings {
        width: 102,
        height: 58,
        fps: scene.film.fps,
        quality: film::DEFAULT_QUALITY,
    };
    let mut hands = Hand::each(vec![gpu().clone(); hands], &scene).expect("stages");
    let writer = Writer::create(&folder.path().join("%d.png"), settings).expect("a film");
    let summary = film::run(&mut hands, 3..10, writer, |written| written < most);
    assert_eq!(summary.expect("the device answers").frames, most);
    let names = std::fs::read_dir(folder.path()).expect("a folder");
    let mut pictures: Vec<_> = names
        .map(|entry| entry.expect("a file").path())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            (name.into_owned(), std::fs::read(&path).expect("a picture"))
        })
        .collect();
    pictures.sort();
    pictures
}

#[test]
fn a_film_is_the_same_by_one_hand_and_by_three() {
    let by_one = pictures_by(1, 7);
    let names: Vec<_> = by_one.iter().map(|(name, _)| name.as_str()).collect();
    let in_order = ["3", "4", "5", "6", "7", "8", "9"].map(|number| format!("{number}.png"));
    assert_eq!(names, in_order);
    assert!(
        by_one.windows(2).all(|two| two[0].1 != two[1].1),
        "it moves"
    );
    assert!(by_one == pictures_by(3, 7), "by three");
    assert!(by_one[..4] == pictures_by(3, 4), "ended after four frames");
}

/// A stage that has shown another scene draws as a fresh one.
#[test]
fn a_scene_leaves_nothing_behind() {
    let mut other = scene();
    other.loss.source = thalweg::scene::LossSource::Name("rastrigin".into());
    other.teams.truncate(2);
    let mut used = Stage::new(gpu(), &other, SIZE).expect("a stage");
    frame(&mut used, 30);
    used.set_scene(gpu(), &scene()).expect("a scene");
    assert!(frame(&mut used, 60).rgba == frame(&mut stage(), 60).rgba);
}

/// The picture as it was last looked at and found good: `tests/snapshots/race.png`.
#[test]
fn the_race_looks_as_it_did() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/race.png");
    let changed = frame(&mut stage(), 105).changed_from(&path);
    assert!(changed.is_none(), "{}", changed.unwrap_or_default());
}

/// The text, the teams and the surface are all in the frame: the legend's swatches have the
/// teams' own colours, and hiding a part changes pixels where it stood and nowhere else.
#[test]
fn each_part_of_the_frame_can_be_hidden() {
    let whole = frame(&mut stage(), 105);
    for (key, value) in [
        ("show.surface", "none"),
        ("show.floor", "false"),
        ("show.trails", "none"),
        ("show.heads", "false"),
        ("show.marks", "[\"starts\"]"),
        ("show.marks", "[\"minima\"]"),
        ("show.trails", "chords"),
        ("show.colormap", "batlow"),
        ("show.axes", "false"),
        ("show.legend", "false"),
        ("title", "\"\""),
    ] {
        let text = scene().to_toml();
        let overrides = [(key.to_owned(), value.to_owned())];
        let scene = Scene::from_toml_with(&text, "part", &overrides).expect("a scene");
        let mut stage = Stage::new(gpu(), &scene, SIZE).expect("a stage");
        let without = frame(&mut stage, 105);
        let changed = whole
            .rgba
            .chunks_exact(4)
            .zip(without.rgba.chunks_exact(4))
            .filter(|(a, b)| a != b)
            .count();
        let pixels = whole.rgba.len() / 4;
        assert!(changed > 30, "{key} = {value} changed {changed} pixels");
        assert!(
            changed < pixels / 2 || key == "show.colormap",
            "{key} = {value} changed {changed} of {pixels}"
        );
    }
}

/// f = x²·y + y³: ∂f/∂x = 2xy and ∂f/∂y = x² + 3y², by hand.
#[test]
fn a_caption_shows_the_numbers_of_its_moment() {
    let text = r#"
        loss.formula = "x^2*y + y^3"
        loss.at = { x = 1.5, y = 0.25 }
        field.size = 16
        film.fps = 10
        time.steps_per_second = 10
        [[team]]
        optimizer = "adam"
        set.lr = "0.1 * 0.5^t"
        [[team]]
        optimizer = "sgd"
        set.lr = 0.3
        [[stop]]
        seconds = 2
        caption = "f({x}, {y}) = {f:7}, slope ({grad.x:7}, {grad.y:7}); {step}: {lr:7} and {team.1.lr}"
    "#;
    let scene = Scene::from_toml(text, "test").expect("a scene");
    let mut stage = Stage::new(gpu(), &scene, SIZE).expect("a stage");
    stage.request(gpu(), 3);
    let ready = loop {
        match stage.poll(gpu()).expect("the device answers") {
            Some(ready) => break ready,
            None => gpu().wait(None).expect("the device answers"),
        }
    };
    assert_eq!(
        ready.view().text.caption,
        "f(1.5, 0.25) = 0.578125, slope (0.75, 2.4375); 3: 0.0125 and 0.3"
    );
}

/// A lesson: another loss, another domain and another learning rate, which eases in.
const LESSON: &str = r#"
    loss.formula = "x^2 + 3*y^2"
    field.size = 32
    film.fps = 10
    time.steps_per_second = 10
    camera.turns = 0
    [[team]]
    optimizer = "gradient-descent"
    set.lr = 0.02
    start = { at = [[2, 1], [-2, 1.5]] }
    [[stop]]
    seconds = 1
    [[stop]]
    seconds = 2
    step = 0
    ease = 1
    set = { loss.formula = "(x - 1)^2 + y^2 + x*y", loss.domain = { x = [-2, 3] }, team.0.set.lr = 0.2 }
    [[stop]]
    seconds = 1
    set = { team.0.start = { at = [[1, -2]] }, team.0.optimizer = "momentum" }
"#;

/// Every stop of a lesson is drawn as a scene of its own would be, in whatever order.
#[test]
fn a_stop_is_the_scene_with_its_patch() {
    let scene = Scene::from_toml(LESSON, "test").expect("a scene");
    let mut lesson = Stage::new(gpu(), &scene, SIZE).expect("a stage");
    // In a stop, while the next one eases in, settled, in the last one, and back again.
    let numbers = [7, 14, 25, 37, 25, 14, 7];
    let drawn: Vec<_> = numbers
        .map(|number| (number, frame(&mut lesson, number)))
        .into();
    for (number, picture) in &drawn {
        let moment = lesson.moment(*number);
        let alone = Scene {
            stops: Vec::new(),
            ..moment.scene.clone()
        };
        let mut stage = Stage::new(gpu(), &alone, SIZE).expect("a stage");
        stage.request_moment(gpu(), moment);
        let ready = loop {
            match stage.poll(gpu()).expect("the device answers") {
                Some(ready) => break ready,
                None => gpu().wait(None).expect("the device answers"),
            }
        };
        stage.draw(gpu(), &ready).expect("the device draws");
        let expected = Picture::of(gpu(), &stage.target().colour);
        assert!(picture.rgba == expected.rgba, "frame {number}");
    }
    assert!(
        drawn[1].1.rgba != drawn[2].1.rgba,
        "the learning rate eases"
    );
    assert!(
        drawn[2].1.rgba != drawn[3].1.rgba,
        "another optimizer, another start"
    );
}

#[test]
fn a_stop_that_cannot_run_is_named_before_anything_is_drawn() {
    let text = LESSON.replace("\"momentum\"", "\"momentun\"");
    let scene = Scene::from_toml(&text, "test").expect("a scene");
    let error = Stage::new(gpu(), &scene, SIZE)
        .err()
        .expect("no such optimizer");
    assert_eq!(
        error.to_string(),
        "stop.2: team.0.optimizer: unknown optimizer `momentun`; did you mean `momentum`?"
    );
}

/// Alpha means compositing in the image's own display-encoded space: laid over a checkerboard, the
/// picture without a ground is the one that was drawn on that checkerboard.
#[test]
fn the_transparent_picture_lies_on_any_ground_as_if_drawn_there() {
    let overrides = [
        ("show.theme".to_owned(), "\"transparent\"".to_owned()),
        ("show.surface".to_owned(), "\"glass\"".to_owned()),
        ("show.glow".to_owned(), "0.6".to_owned()),
    ];
    let scene = Scene::from_toml_with(&scene().to_toml(), "clear", &overrides).expect("a scene");
    let mut stage = Stage::new(gpu(), &scene, SIZE).expect("a stage");
    let clear = frame(&mut stage, 105);
    stage.show_checks();
    let direct = frame(&mut stage, 105);
    let square_px = 16.0 * px_per_point(SIZE, 1.0);
    let (mut largest, mut partly) = (0, 0);
    for (index, (clear, direct)) in clear.pixels().zip(direct.pixels()).enumerate() {
        let [x, y] = [index % SIZE[0] as usize, index / SIZE[0] as usize];
        let square = |at: usize| ((at as f32 + 0.5) / square_px) as usize;
        let is_odd = (square(x) + square(y)) % 2 == 1;
        let ground = if is_odd { 0xcc } else { 0xff };
        let alpha = f64::from(clear[3]) / 255.0;
        partly += usize::from(clear[3] > 0 && clear[3] < 255);
        for channel in 0..3 {
            let laid = alpha * f64::from(clear[channel]) + (1.0 - alpha) * f64::from(ground);
            let off = (laid.round() as u8).abs_diff(direct[channel]);
            if off > 1 {
                println!("at {x}, {y}: {clear:?} on {ground} is {laid:.2}, not {direct:?}");
            }
            largest = largest.max(off);
        }
        assert_eq!(direct[3], 255);
    }
    println!("{partly} pixels of both, at most {largest} of 255 off");
    assert!(partly > 3000, "{partly} pixels are partly covered");
    assert!(largest <= 1, "off by {largest} of 255");
}
