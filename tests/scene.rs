//! The scene: its grammar against the reference, what wrong input gets, its
//! course over time, and its start points.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use thalweg::loss::Table;
use thalweg::scene::{
    CameraKey, CameraSettings, Color, Colormap, Compare, Converged, DataSource, Ease, EndSettings,
    FieldSettings, FilmSettings, HeightScale, HeightSettings, Hyper, Layout, LossData,
    LossSettings, LossSource, Mark, Method, Plane, Projection, Samples, Scene, ShowSettings, Sigma,
    Start, Stop, SurfaceStyle, Team, Theme, TimeSettings, Timeline, TrailStyle, normal, pcg4d,
    starts, uniform,
};

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

// --- the grammar ------------------------------------------------------------

#[test]
fn the_reference_is_the_defaults() {
    let adam = Team {
        label: Some("Adam".to_owned()),
        set: BTreeMap::from([("lr".to_owned(), Hyper::Number(0.05))]),
        ..Team::new(Method::Optimizer("adam".to_owned()))
    };
    let expected = Scene {
        title: Some("Adam and its ancestors".to_owned()),
        teams: vec![adam],
        ..Scene::default()
    };
    assert_eq!(read(&data("reference.toml")), expected);
    assert_eq!(read(""), Scene::default());
}

#[test]
fn every_key_is_read() {
    assert_eq!(read(&data("every-key.toml")), every_key());
}

#[test]
fn a_scene_written_out_reads_back_the_same() {
    for scene in [every_key(), read(&data("reference.toml")), Scene::default()] {
        assert_eq!(read(&scene.to_toml()), scene);
    }
}

fn every_key() -> Scene {
    let text = str::to_owned;
    Scene {
        title: Some(text("Every key")),
        seed: 9,
        loss: every_loss_key(),
        field: FieldSettings { size: 64 },
        height: HeightSettings {
            scale: HeightScale::Formula(text("sqrt(f)")),
            unit: Some(2.5),
            clip: 0.5,
        },
        teams: every_team_key(),
        ends: EndSettings {
            converged: Some(Converged {
                gradient: Some(1e-6),
                loss: Some(1e-9),
            }),
            far: 1e3,
        },
        time: TimeSettings {
            seconds: 5.0,
            steps_per_second: 30.5,
            hold: 1.5,
        },
        camera: every_camera_key(),
        show: every_show_key(),
        film: FilmSettings {
            size: [640, 360],
            fps: 25,
            quality: 30,
            samples: Samples::Count(4),
            looped: true,
        },
        stops: vec![
            Stop {
                caption: Some(text("The slope along a is {grad.a}")),
                seconds: 3.0,
                ease: 0.5,
                step: Some(7),
                set: "camera.azimuth = 90\nshow.marks = [\"slices\", \"tangent\"]\n\
                      team.0.set.lr = 0.1\nloss.at.w = 0.5\nheight.scale = \"log\"\n\
                      time.steps_per_second = 10"
                    .parse()
                    .expect("TOML"),
            },
            Stop::default(),
        ],
    }
}

fn every_loss_key() -> LossSettings {
    let text = str::to_owned;
    LossSettings {
        source: LossSource::Formula(text("a^2 + b^2 + w*model")),
        parameters: Some(vec![text("a"), text("b"), text("w")]),
        domain: Some(BTreeMap::from([
            (text("a"), [-1.0, 2.0]),
            (text("w"), [0.0, 0.5]),
        ])),
        plane: Some(Plane::Axes {
            axes: [text("a"), text("b")],
            at: BTreeMap::from([(text("w"), 0.5)]),
        }),
        at: Some(BTreeMap::from([(text("a"), 0.25)])),
        data: Some(LossData {
            source: Some(DataSource::Rows {
                rows: vec![vec![1.0, 2.0], vec![3.0, 4.5]],
                columns: vec![text("x"), text("y")],
            }),
            model: Some(text("sigmoid(a*x + b)")),
            batch: Some(32),
            table: Some(Arc::new(
                Table::new(
                    &[text("x"), text("y")],
                    vec![Ok(vec![1.0, 3.0]), Ok(vec![2.0, 4.5])],
                )
                .expect("a table"),
            )),
        }),
    }
}

fn every_team_key() -> Vec<Team> {
    let text = str::to_owned;
    let sgd = |start| Team {
        start,
        ..Team::new(Method::Optimizer(text("sgd")))
    };
    vec![
        Team {
            method: Method::Optimizer(text("adam")),
            label: Some(text("Adam")),
            set: BTreeMap::from([
                (text("lr"), Hyper::Formula(text("0.1 * 0.5^(t/100)"))),
                (text("beta1"), Hyper::Number(0.8)),
            ]),
            start: Start::At {
                at: vec![vec![-4.0, 4.0, 1.0], vec![0.0, 0.5, 0.0]],
            },
            color: Some(Color([0xe6, 0x9f, 0])),
            tune: Some(text("lr")),
            visible: false,
        },
        Team {
            start: Start::Uniform { uniform: 10 },
            ..Team::new(Method::Rule(text("w = w - lr*grad\n")))
        },
        sgd(Start::Normal {
            normal: 20,
            at: Some(vec![1.0, 2.0, 3.0]),
            sigma: Sigma::Each(vec![1.0, 2.0, 3.0]),
        }),
        sgd(Start::Grid {
            grid: vec![20, 10, 1],
        }),
        sgd(Start::Ring {
            ring: 64,
            radius: 4.0,
            at: Some(vec![0.0; 3]),
        }),
        sgd(Start::Line {
            line: 50,
            from: vec![0.0; 3],
            to: vec![1.0; 3],
        }),
    ]
}

fn every_camera_key() -> CameraSettings {
    let key = CameraKey {
        at_seconds: 1.0,
        ease: Ease::Smooth,
        azimuth_deg: None,
        elevation_deg: None,
        distance: Some(4.0),
        target: None,
        fov_deg: None,
        projection: None,
        turns: None,
    };
    CameraSettings {
        azimuth_deg: 10.0,
        elevation_deg: -20.0,
        distance: 3.0,
        target: [0.1, 0.2, -0.3],
        fov_deg: 50.0,
        projection: Projection::Orthographic,
        turns: -0.5,
        // In the order of their times, not of the file.
        keys: vec![
            key.clone(),
            CameraKey {
                at_seconds: 2.0,
                ease: Ease::Linear,
                azimuth_deg: Some(90.0),
                elevation_deg: Some(10.0),
                distance: Some(2.0),
                target: Some([0.0, 0.0, 1.0]),
                fov_deg: Some(20.0),
                projection: Some(Projection::Perspective),
                turns: Some(0.0),
            },
        ],
    }
}

fn every_show_key() -> ShowSettings {
    ShowSettings {
        layout: Layout::SideBySide,
        surface: SurfaceStyle::Glass,
        contours: 0,
        arrows: 5,
        floor: false,
        floor_trails: false,
        trails: TrailStyle::Chords,
        trail_points: 2,
        fade: 0.5,
        glow: 0.25,
        behind: 0.2,
        heads: false,
        shapes: true,
        marks: vec![
            Mark::Minima,
            Mark::Starts,
            Mark::Saddles,
            Mark::Gradient,
            Mark::Components,
            Mark::Opposite,
            Mark::Step,
            Mark::Momentum,
            Mark::Tangent,
            Mark::Slices,
        ],
        follow: Some([0, 1]),
        level: Some(0.5),
        gradient_scale: Some(2.0),
        axes: false,
        legend: false,
        standings: true,
        curves: true,
        colormap: Colormap::Batlow,
        theme: Theme::Print,
        text_scale: 1.5,
        explain: 2.5,
        machine: true,
        input: BTreeMap::from([("x".to_owned(), 1.5)]),
        compare: Compare::Loss,
        turn: BTreeMap::from([("a".to_owned(), 0.25)]),
    }
}

#[test]
fn the_other_forms_of_loss_are_read() {
    let loss = |text| read(text).loss;
    assert_eq!(
        loss("[loss]\nname = \"sphere\"").source,
        LossSource::Name("sphere".to_owned())
    );
    assert_eq!(
        loss("loss.plane = { origin = [0, 0, 0], u = [1, 0, 0], v = [0, 1, 0] }").plane,
        Some(Plane::Directions {
            origin: vec![0.0; 3],
            u: vec![1.0, 0.0, 0.0],
            v: vec![0.0, 1.0, 0.0],
        })
    );
    let file = loss("loss.data.file = \"points.csv\"").data.expect("data");
    assert_eq!(
        file.source,
        Some(DataSource::File {
            file: "points.csv".to_owned()
        })
    );
}

#[test]
fn wrong_input_is_named_in_one_line() {
    let cases = [
        // Unknown keys.
        (
            "tilte = \"a\"",
            "a.toml:1: unknown key `tilte`; the nearest is `title`",
        ),
        (
            "\n[show]\nlayuot = \"3d\"",
            "a.toml:3: unknown key `show.layuot`; the nearest is `show.layout`",
        ),
        (
            "contours = 3",
            "a.toml:1: unknown key `contours`; the nearest is `show.contours`",
        ),
        (
            "[[team]]\noptimizer = \"adam\"\nlabl = \"A\"",
            "a.toml:3: unknown key `team.0.labl`; the nearest is `team.0.label`",
        ),
        (
            "[camera]\n[[camera.key]]\nat = 1\nazimut = 3",
            "a.toml:4: unknown key `camera.key.0.azimut`; the nearest is `camera.key.0.azimuth`",
        ),
        // Wrong words.
        (
            "[show]\nlayout = \"mapp\"",
            "a.toml:2: `show.layout` = \"mapp\": expected 3d, map or side-by-side; the nearest is \"map\"",
        ),
        (
            "show.marks = [\n\"minima\",\n\"sadles\"]",
            "a.toml:3: `show.marks.1` = \"sadles\": expected minima, starts, saddles, gradient, components, opposite, step, momentum, tangent, slices or level; the nearest is \"saddles\"",
        ),
        (
            "height.scale = \"logg\"",
            "a.toml:1: `height.scale` = \"logg\": expected linear, log or a formula of f; the nearest is \"log\"",
        ),
        (
            "film.samples = 65",
            "a.toml:1: `film.samples` = 65: expected \"auto\" or a whole number from 1 to 64",
        ),
        // Wrong types.
        (
            "seed = \"one\"",
            "a.toml:1: `seed` = \"one\": expected a whole number from 0 to 4294967295",
        ),
        (
            "title = 3",
            "a.toml:1: `title` = 3: expected text in quotes",
        ),
        (
            "show.floor = 1",
            "a.toml:1: `show.floor` = 1: expected true or false",
        ),
        ("show = 1", "a.toml:1: `show` = 1: expected a table, [show]"),
        (
            "team = 1",
            "a.toml:1: `team` = 1: expected a list of tables, [[team]]",
        ),
        (
            "team = [1]",
            "a.toml:1: `team.0` = 1: expected a list of tables, [[team]]",
        ),
        (
            "camera.target = [0, 1]",
            "a.toml:1: `camera.target` = [0, 1]: expected a list of 3",
        ),
        (
            "camera.target = [0, 1, \"a\"]",
            "a.toml:1: `camera.target.2` = \"a\": expected a number",
        ),
        (
            "[[stop]]\nset = 1",
            "a.toml:2: `stop.0.set` = 1: expected a table in braces",
        ),
        (
            "[[team]]\noptimizer = \"adam\"\nset = { lr = true }",
            "a.toml:3: `team.0.set.lr` = true: expected a number, or a formula of t in quotes",
        ),
        (
            "[[team]]\noptimizer = \"adam\"\ncolor = \"red\"",
            "a.toml:3: `team.0.color` = \"red\": expected a colour such as \"#e69f00\"",
        ),
        // Ranges.
        (
            "field.size = 1",
            "a.toml:1: `field.size` = 1: expected a whole number from 2 to 4096",
        ),
        (
            "field.size = 2.5",
            "a.toml:1: `field.size` = 2.5: expected a whole number from 2 to 4096",
        ),
        (
            "film.size = [0, 9]",
            "a.toml:1: `film.size.0` = 0: expected a whole number from 1 to 16384",
        ),
        (
            "film.fps = 0",
            "a.toml:1: `film.fps` = 0: expected a whole number from 1 to 240",
        ),
        (
            "seed = -1",
            "a.toml:1: `seed` = -1: expected a whole number from 0 to 4294967295",
        ),
        (
            "show.trail_points = 1",
            "a.toml:1: `show.trail_points` = 1: expected a whole number from 2 to 65536",
        ),
        (
            "height.clip = 0",
            "a.toml:1: `height.clip` = 0: expected a number above 0 and at most 1",
        ),
        (
            "height.unit = 0",
            "a.toml:1: `height.unit` = 0: expected a number above 0",
        ),
        (
            "camera.azimuth = nan",
            "a.toml:1: `camera.azimuth` = nan: expected a number",
        ),
        (
            "camera.turns = inf",
            "a.toml:1: `camera.turns` = inf: expected a number",
        ),
        (
            "time.hold = -1",
            "a.toml:1: `time.hold` = -1: expected a number, 0 or more",
        ),
        (
            "time.hold = 13",
            "a.toml:1: `time.hold` = 13: expected at most the film's 12 seconds",
        ),
        (
            "time.seconds = 1e9",
            "a.toml:1: `time.seconds` = 1000000000.0: expected a number above 0 and at most 36000",
        ),
        (
            "[[stop]]\nseconds = 36000\n[[stop]]",
            "a.toml:1: the stops last 36004 seconds; at most 36000 fit",
        ),
        // Parameters and domains.
        (
            "loss.domain = { x = [1, 1] }",
            "a.toml:1: `loss.domain.x` = [1, 1]: expected [low, high] with low < high",
        ),
        (
            "loss.domain = { x = [1, 1.00000001] }",
            "a.toml:1: `loss.domain.x` = [1, 1.00000001]: expected [low, high] with low < high",
        ),
        (
            "[loss]\nparameters = [\"alpha\", \"beta\"]\ndomain = { alhpa = [0, 1] }",
            "a.toml:3: `loss.domain.alhpa` is no parameter; the nearest is `loss.domain.alpha`",
        ),
        (
            "loss.parameters = []",
            "a.toml:1: `loss.parameters` has 0 names: expected 1 to 16",
        ),
        (
            "loss.parameters = [\"2a\"]",
            "a.toml:1: `loss.parameters` has \"2a\": expected a letter, then letters, digits or _",
        ),
        (
            "loss.parameters = [\"a\", \"a\"]",
            "a.toml:1: `loss.parameters` has \"a\" twice",
        ),
        // Keys that need or exclude each other.
        (
            "[loss]\nname = \"a\"\nformula = \"x\"",
            "a.toml:1: `loss` takes `name` or `formula`, not both",
        ),
        (
            "[[team]]\nset = {}",
            "a.toml:1: `team.0` takes `optimizer` or `rule`, one of them",
        ),
        (
            "loss.data.rows = [[1]]",
            "a.toml:1: `loss.data` needs `columns`",
        ),
        (
            "loss.data.model = \"x\"",
            "a.toml:1: `loss.data` takes `file`, or `rows` with `columns`",
        ),
        (
            "[loss.data]\ncolumns = [\"x\"]\nrows = [[1],\n[1, 2]]",
            "a.toml:4: `loss.data.rows.1` has 2 numbers: expected one for each of 1 columns",
        ),
        (
            "loss.plane = { origin = [0], u = [1] }",
            "a.toml:1: `loss.plane` needs `v`",
        ),
        (
            "loss.plane = { origin = [0], u = [1], v = [1, 2] }",
            "a.toml:1: `loss.plane` needs `origin`, `u` and `v` of one length",
        ),
        (
            "camera.key = [{ azimuth = 1 }]",
            "a.toml:1: `camera.key.0` needs `at`",
        ),
        // Starts.
        (
            "[[team]]\nrule = \"w\"\nstart = { unifrom = 3 }",
            "a.toml:3: `team.0.start` takes one pattern: at, uniform, normal, grid, ring or line; the nearest is `uniform`",
        ),
        (
            "[[team]]\nrule = \"w\"\nstart = { uniform = 3, grid = [1, 2] }",
            "a.toml:3: `team.0.start` takes one pattern: at, uniform, normal, grid, ring or line",
        ),
        (
            "[[team]]\nrule = \"w\"\nstart = { ring = 3 }",
            "a.toml:3: `team.0.start` needs `radius`",
        ),
        (
            "[[team]]\nrule = \"w\"\nstart = { at = [] }",
            "a.toml:3: `team.0.start.at` has no point",
        ),
        (
            "[[team]]\nrule = \"w\"\nstart = { at = [-4, 4] }",
            "a.toml:3: `team.0.start.at.0` = -4: expected a list in brackets",
        ),
        (
            "[[team]]\nrule = \"w\"\nstart = { grid = [4000, 4000] }",
            "a.toml:3: `team.0.start.grid` = [4000, 4000]: expected one count a parameter, 4194304 points at most",
        ),
        (
            "[[team]]\nrule = \"w\"\nstart = { normal = 3, sigma = -1 }",
            "a.toml:3: `team.0.start.sigma` = -1: expected a number, 0 or more, or a list of them",
        ),
        // Stops.
        (
            "[[stop]]\nset = { show.layout = \"mapp\" }",
            "a.toml:2: `show.layout` = \"mapp\": expected 3d, map or side-by-side; the nearest is \"map\"",
        ),
        (
            "[[stop]]\n[[stop]]\nset.camera.azimut = 3",
            "a.toml:3: unknown key `camera.azimut`; the nearest is `camera.azimuth`",
        ),
        (
            "[[stop]]\nset.film.fps = 3",
            "a.toml:2: `film.fps` cannot be set by a stop",
        ),
        (
            "[[stop]]\ncaption = \"the slope is {grad.z}\"",
            "a.toml:2: `stop.0.caption` has an unknown name `{grad.z}`; the nearest is `{grad.x}`",
        ),
        (
            "[[stop]]\n[[stop]]\ncaption = \"{lr\"",
            "a.toml:3: `stop.1.caption` has a `{` alone; a name is written so: {f}, and a brace itself twice: {{",
        ),
        (
            "[[stop]]\ncaption = \"{f:0}\"",
            "a.toml:2: `stop.0.caption` has `{f:0}`: behind the colon a number of digits is wanted, 1 to 15",
        ),
        (
            "loss.formula = \"w1 + w2\"\nshow.turn = { w3 = 1 }",
            "a.toml:2: `show.turn.w3` is no parameter; the nearest is `show.turn.w1`",
        ),
        (
            "[[stop]]\nset.team.0.visible = true",
            "a.toml:2: `team.0`: `team` has no entries",
        ),
    ];
    for (text, message) in cases {
        let error = Scene::from_toml(text, "a.toml")
            .expect_err(text)
            .to_string();
        assert_eq!(error, message);
    }
}

#[test]
fn text_that_is_no_toml_names_its_line() {
    for (text, line) in [
        ("seed = 1\ntitle = \"a", 2),
        ("a = 1\na = 2", 2),
        ("\n\n[show\n", 3),
    ] {
        let error = Scene::from_toml(text, "a.toml")
            .expect_err(text)
            .to_string();
        assert!(error.starts_with(&format!("a.toml:{line}: ")), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

// --- overrides --------------------------------------------------------------

#[test]
fn an_override_reaches_any_key() {
    let text = data("every-key.toml");
    let scene = with(
        &text,
        &[
            ("title", "2 words"),
            ("team.0.set.lr", "0.25"),
            ("team.1.optimizer", "adam"),
            ("team.2.start.uniform", "7"),
            ("team.3.start", "{ ring = 5, radius = 2 }"),
            (
                "team.4",
                "{ label = \"L\", start = { line = 2, from = [0], to = [1] } }",
            ),
            ("film.size.0", "1280"),
            ("loss.name", "sphere"),
            ("height", "{ clip = 1 }"),
            ("show.layout", "map"),
            ("camera.key.0.distance", "9"),
        ],
    )
    .expect("good overrides");
    assert_eq!(scene.title.as_deref(), Some("2 words"));
    assert_eq!(scene.teams[0].set["lr"], Hyper::Number(0.25));
    assert_eq!(scene.teams[1].method, Method::Optimizer("adam".to_owned()));
    assert_eq!(scene.teams[2].start, Start::Uniform { uniform: 7 });
    let ring = Start::Ring {
        ring: 5,
        radius: 2.0,
        at: None,
    };
    assert_eq!(scene.teams[3].start, ring);
    let line = Start::Line {
        line: 2,
        from: vec![0.0],
        to: vec![1.0],
    };
    assert_eq!(scene.teams[4].start, line);
    assert_eq!(scene.film.size, [1280, 360]);
    assert_eq!(scene.loss.source, LossSource::Name("sphere".to_owned()));
    assert_eq!((scene.height.clip, scene.height.unit), (1.0, Some(2.5)));
    assert_eq!(scene.show.layout, Layout::Map);
    assert_eq!(scene.camera.keys[0].distance, Some(9.0));
}

#[test]
fn overrides_go_one_after_the_other_over_defaults_too() {
    let scene = with("", &[("film.size.1", "720"), ("seed", "3"), ("seed", "4")]);
    let scene = scene.expect("good overrides");
    assert_eq!((scene.film.size, scene.seed), ([1920, 720], 4));
}

#[test]
fn a_wrong_override_is_named() {
    let team = "[[team]]\noptimizer = \"adam\"";
    let cases = [
        (
            "",
            "show.layout",
            "mapp",
            "--set show.layout=mapp: `show.layout` = \"mapp\": expected 3d, map or side-by-side; the nearest is \"map\"",
        ),
        (
            "",
            "shwo.layout",
            "map",
            "--set shwo.layout=map: unknown key `shwo`; the nearest is `show`",
        ),
        (
            "",
            "team.0.label",
            "A",
            "--set team.0.label=A: `team.0`: `team` has no entries",
        ),
        (
            team,
            "team.1.label",
            "A",
            "--set team.1.label=A: `team.1`: expected a number from 0 to 0",
        ),
        (
            team,
            "team.x.label",
            "A",
            "--set team.x.label=A: `team.x`: expected a number from 0 to 0",
        ),
        (
            "",
            "seed.a",
            "1",
            "--set seed.a=1: `seed` has no keys below it",
        ),
        (
            "",
            "show..layout",
            "1",
            "--set show..layout=1: `show..layout` is no path of keys",
        ),
        ("", "", "1", "--set =1: `` is no path of keys"),
        (
            "",
            "time.seconds",
            "0",
            "--set time.seconds=0: `time.seconds` = 0: expected a number above 0 and at most 36000",
        ),
    ];
    for (text, path, value, message) in cases {
        assert_eq!(with(text, &[(path, value)]).expect_err(path), message);
    }
}

// --- defaults that depend on the loss ---------------------------------------

/// A curve is seen from the front, at rest, on a linear height, its descents from step to step; what
/// the scene gives still counts, and so does what it leaves out when it is written down.
#[test]
fn a_loss_of_one_parameter_has_the_view_of_a_curve() {
    for loss in [
        "formula = \"x^2\"",
        "name = \"double-well\"",
        "formula = \"a\"\nparameters = [\"a\"]",
    ] {
        let scene = read(&format!("[loss]\n{loss}\n[camera]\nazimuth = 20"));
        let camera = &scene.camera;
        assert_eq!(
            (camera.azimuth_deg, camera.elevation_deg, camera.turns),
            (20.0, 0.0, 0.0)
        );
        assert_eq!(scene.height.scale, HeightScale::Linear);
        assert_eq!(scene.show.trails, TrailStyle::Chords);
        assert_eq!(read(&scene.to_toml()), scene);
    }
    let given = read("loss.formula = \"x^2\"\nheight.scale = \"log\"\nshow.trails = \"draped\"");
    assert_eq!(given.height.scale, HeightScale::Log);
    assert_eq!(given.show.trails, TrailStyle::Draped);
    for loss in [
        "formula = \"x^2 + y^2\"",
        "formula = \"w3\"",
        "formula = \"x^\"",
        "name = \"nothing\"",
    ] {
        let scene = read(&format!("[loss]\n{loss}"));
        assert_eq!(scene.camera, Scene::default().camera);
        assert_eq!(scene.height.scale, HeightScale::Log);
    }
}

// --- what is not built ------------------------------------------------------

#[test]
fn keys_that_are_not_built_say_so() {
    let scene = read(&data("every-key.toml"));
    let expected = [
        "a.toml: team.0.tune = \"lr\" is not built yet; the team runs as it is set",
        "a.toml: show.standings = true is not built yet; they are not shown",
        "a.toml: show.curves = true is not built yet; they are not shown",
        "a.toml: film.loop = true is not built yet; the film ends as it does",
    ];
    assert_eq!(scene.not_built("a.toml"), expected);
}

#[test]
fn what_is_built_is_silent() {
    let scene = read(
        "loss.formula = \"x^2\"\nheight.scale = \"linear\"\nends.converged.gradient = 1e-6\n\
         show = { layout = \"map\", surface = \"none\", trails = \"none\", marks = [], colormap = \"grey\", theme = \"light\" }\n\
         camera.key = [{ at = 1, projection = \"orthographic\" }]\n\
         [[team]]\nrule = \"w = w - lr*grad\"\nset.lr = \"1/t\"\nstart.ring = 3\nstart.radius = 1\n\
         [[stop]]\nset = { title = \"b\", camera.turns = 0, show.contours = 0, time.steps_per_second = 0 }",
    );
    assert_eq!(scene.not_built("a.toml"), [""; 0]);
    for text in [
        data("reference.toml"),
        gallery("bench-orbit"),
        gallery("himmelblau-race"),
    ] {
        assert_eq!(read(&text).not_built("a.toml"), [""; 0]);
    }
}

fn gallery(name: &str) -> String {
    let path = format!("{}/scenes/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).expect("the gallery has it")
}

// --- the timeline -----------------------------------------------------------

#[test]
fn a_layout_eases_from_the_one_before_it() {
    let scene = read(
        "show.layout = \"side-by-side\"\n\
         [[stop]]\nseconds = 2\nease = 1\nset = { show.layout = \"map\" }\n\
         [[stop]]\nseconds = 2\nease = 0\nset = { camera.azimuth = 3 }\n\
         [[stop]]\nseconds = 2\nease = 4\nset.show = { layout = \"3d\", fade = 0.5 }",
    );
    let timeline = Timeline::new(&scene);
    let at = |seconds| {
        let mix = timeline.layout_at(seconds);
        assert!((mix.landscape + mix.map + mix.side_by_side - 1.0).abs() < 1e-12);
        [mix.landscape, mix.map, mix.side_by_side]
    };
    // Smoothstep: 3t² - 2t³.
    for (seconds, expected) in [
        (0.0, [0.0, 0.0, 1.0]),
        (0.25, [0.0, 0.15625, 0.84375]),
        (0.5, [0.0, 0.5, 0.5]),
        (1.0, [0.0, 1.0, 0.0]),
        (3.9, [0.0, 1.0, 0.0]),
        (5.0, [0.15625, 0.84375, 0.0]),
        (7.0, [0.84375, 0.15625, 0.0]),
        (9.0, [1.0, 0.0, 0.0]),
    ] {
        let mix = at(seconds);
        for part in 0..3 {
            assert!(
                (mix[part] - expected[part]).abs() < 1e-12,
                "{mix:?} at {seconds}"
            );
        }
    }
    assert_eq!(
        timeline.scene_at(0.5).show.layout,
        Layout::Map,
        "the word switches at once"
    );
}

#[test]
fn steps_at_frames_do_not_drift() {
    // (fps, steps a second as a fraction), against exact integers.
    for (fps, numerator, denominator) in [
        (30, 60, 1),
        (60, 60, 1),
        (60, 25, 1),
        (24, 1000, 1),
        (25, 61, 2),
        (240, 1, 8),
        (7, 3, 1),
    ] {
        let mut scene = Scene::default();
        scene.film.fps = fps;
        scene.time.seconds = 36_000.0;
        scene.time.steps_per_second = f64::from(numerator) / f64::from(denominator);
        let timeline = Timeline::new(&scene);
        for frame in (0..2000).chain(timeline.frames() - 2000..=timeline.frames()) {
            let exact = frame * numerator as u64 / (denominator as u64 * u64::from(fps));
            let seconds = timeline.time_of_frame(frame);
            assert_eq!(
                timeline.steps_at(seconds),
                exact,
                "frame {frame} at {fps} fps"
            );
            assert_eq!(timeline.frame_at(seconds), frame);
        }
    }
}

#[test]
fn the_film_is_as_long_as_its_seconds_or_its_stops() {
    let bench = Timeline::new(&read(&gallery("bench-orbit")));
    assert_eq!((bench.frames(), bench.total_steps()), (60, 300));
    let race = Timeline::new(&read(&gallery("himmelblau-race")));
    assert_eq!(
        (race.frames(), race.total_steps(), race.steps_at(9.5)),
        (300, 225, 225)
    );
    assert_eq!(race.steps_at(4.0), 100);
    let lesson = Timeline::new(&read(
        "film.fps = 30\n[[stop]]\nseconds = 1.5\n[[stop]]\nseconds = 2",
    ));
    assert_eq!(
        (lesson.seconds(), lesson.frames(), lesson.frame_at(0.51)),
        (3.5, 105, 15)
    );
    let short = Timeline::new(&read("time.seconds = 0.001"));
    assert_eq!(short.frames(), 1);
}

const LESSON: &str = r#"
title = "one"
time = { seconds = 99, steps_per_second = 10, hold = 1 }
camera = { azimuth = 0, turns = 0, target = [0, 0, 0] }
[[stop]]
seconds = 2
[[stop]]
caption = "second"
seconds = 4
ease = 2
set = { camera.azimuth = 100, camera.target = [1, 2, 0], title = "two", show.contours = 4, time.steps_per_second = 20 }
[[stop]]
caption = "third"
seconds = 4
ease = 0
set = { camera.azimuth = 50, show.marks = ["starts"], time.steps_per_second = 0.5 }
"#;

#[test]
fn stops_add_up_and_ease() {
    let timeline = Timeline::new(&read(LESSON));
    let camera = |seconds| {
        let camera = timeline.scene_at(seconds).camera;
        (camera.azimuth_deg, camera.target)
    };
    assert_eq!(camera(1.999), (0.0, [0.0; 3]));
    assert_eq!(camera(2.0), (0.0, [0.0; 3]));
    // Smoothstep at a quarter: 3/16 - 2/64 = 5/32.
    assert_eq!(camera(2.5), (15.625, [0.15625, 0.3125, 0.0]));
    assert_eq!(camera(3.0), (50.0, [0.5, 1.0, 0.0]));
    assert_eq!(camera(4.0), (100.0, [1.0, 2.0, 0.0]));
    assert_eq!(camera(6.0), (50.0, [1.0, 2.0, 0.0]));
    let scene = timeline.scene_at(2.5);
    assert_eq!(scene.title.as_deref(), Some("two"));
    // 24 - 20 x 5/32 = 20.875, a whole number of lines.
    assert_eq!(scene.show.contours, 21);
    assert_eq!(scene.time.steps_per_second, 20.0);
    assert_eq!(timeline.scene_at(1.0), read(LESSON));
    let last = timeline.scene_at(7.0).show;
    assert_eq!((last.marks, last.contours), (vec![Mark::Starts], 4));
}

#[test]
fn a_patch_that_eases_on_is_the_next_ones_beginning() {
    let timeline = Timeline::new(&read(
        "camera.azimuth = 0\n\
         [[stop]]\nseconds = 1\nease = 2\nset.camera.azimuth = 100\n\
         [[stop]]\nseconds = 9\nease = 2\nset.camera.azimuth = 0",
    ));
    let azimuth = |seconds| timeline.scene_at(seconds).camera.azimuth_deg;
    assert!((azimuth(0.999) - azimuth(1.001)).abs() < 0.2);
    assert_eq!((azimuth(1.0), azimuth(3.0)), (50.0, 0.0));
}

#[test]
fn stops_change_the_pace_from_their_beginning() {
    let timeline = Timeline::new(&read(LESSON));
    for (seconds, steps) in [
        (0.0, 0),
        (1.0, 10),
        (2.0, 20),
        (2.5, 30),
        (6.0, 100),
        (8.0, 101),
        (9.0, 101),
        (10.0, 101),
    ] {
        assert_eq!(timeline.steps_at(seconds), steps, "at {seconds} s");
    }
    assert_eq!(timeline.total_steps(), 101);
    let unheld = LESSON.replace("hold = 1", "hold = 0");
    assert_eq!(Timeline::new(&read(&unheld)).total_steps(), 102);
}

#[test]
fn a_stop_may_begin_at_a_step_of_its_own() {
    let timeline = Timeline::new(&read(
        "film.fps = 10\ntime.steps_per_second = 10\n\
         [[stop]]\nseconds = 2\n\
         [[stop]]\nseconds = 2\nstep = 5\nset.time.steps_per_second = 0\n\
         [[stop]]\nseconds = 2\nstep = 0\nset.time.steps_per_second = 4",
    ));
    let steps = [1.9, 2.0, 3.9, 4.0, 5.0, 6.0].map(|seconds| timeline.steps_at(seconds));
    assert_eq!(steps, [19, 5, 5, 0, 4, 8]);
    assert_eq!(timeline.total_steps(), 20, "the most, not the last");
    let stops = [0.0, 1.999, 2.0, 5.0, 99.0].map(|seconds| timeline.stop_at(seconds));
    assert_eq!(stops, [Some(0), Some(0), Some(1), Some(2), Some(2)]);
    let last = [0, 1, 2].map(|stop| timeline.last_frame_of_stop(stop));
    assert_eq!(last, [19, 39, 59]);
    assert_eq!(
        (timeline.stop_count(), timeline.stop_seconds(1)),
        (3, 2.0..4.0)
    );
}

#[test]
fn captions_last_their_stop() {
    let timeline = Timeline::new(&read(LESSON));
    let captions = [0.0, 1.9, 2.0, 5.9, 6.0, 11.0].map(|seconds| timeline.caption_at(seconds));
    let (second, third) = (Some("second"), Some("third"));
    assert_eq!(captions, [None, None, second, second, third, third]);
    assert_eq!(Timeline::new(&Scene::default()).caption_at(1.0), None);
}

#[test]
fn a_patch_of_a_team_that_is_gone_is_left_out() {
    let mut scene = read(
        "[[team]]\noptimizer = \"adam\"\n[[stop]]\nset.team.0.set.lr = 0.5\n[[stop]]\nset.title = \"b\"",
    );
    let lr = |scene: &Scene| Timeline::new(scene).scene_at(2.0).teams[0].set["lr"].clone();
    assert_eq!(lr(&scene), Hyper::Number(0.5));
    scene.teams.clear();
    assert_eq!(
        Timeline::new(&scene).scene_at(5.0).title.as_deref(),
        Some("b")
    );
}

// --- the camera's path ------------------------------------------------------

#[test]
fn the_camera_turns_over_the_film() {
    let camera = CameraSettings::default();
    let azimuths = [0.0, 3.0, 12.0].map(|seconds| camera.at(seconds, 12.0).azimuth_deg);
    assert_eq!(azimuths, [30.0, 120.0, 390.0]);
}

#[test]
fn camera_keys_interpolate_each_property_alone() {
    let camera = read(
        "[camera]\nazimuth = 0\nturns = 0\ndistance = 2\n\
         [[camera.key]]\nat = 4\nazimuth = 40\nease = \"linear\"\n\
         [[camera.key]]\nat = 6\ndistance = 4\nprojection = \"orthographic\"\n\
         [[camera.key]]\nat = 8\nazimuth = 0\n",
    )
    .camera;
    let view = |seconds| camera.at(seconds, 10.0);
    assert_eq!(view(1.0).azimuth_deg, 10.0);
    assert_eq!(view(4.0).azimuth_deg, 40.0);
    // Smoothstep at a quarter of the way down.
    assert_eq!(view(5.0).azimuth_deg, 40.0 * (1.0 - 0.15625));
    assert_eq!(view(9.0).azimuth_deg, 0.0);
    assert_eq!(
        (view(0.0).distance, view(3.0).distance, view(7.0).distance),
        (2.0, 3.0, 4.0)
    );
    assert_eq!(view(5.99).projection, Projection::Perspective);
    assert_eq!(view(6.0).projection, Projection::Orthographic);
    assert_eq!(view(7.0).elevation_deg, 35.0);
}

// --- chance and starts ------------------------------------------------------

/// pcg4d written apart: wide integers, reduced after every operation.
fn pcg4d_wide(input: [u64; 4]) -> [u64; 4] {
    const M: u64 = 1 << 32;
    let [mut x, mut y, mut z, mut w] = input.map(|v| (v * 1_664_525 + 1_013_904_223) % M);
    for round in 0..2 {
        x = (x + y * w % M) % M;
        y = (y + z * x % M) % M;
        z = (z + x * y % M) % M;
        w = (w + y * z % M) % M;
        if round == 0 {
            [x, y, z, w] = [x, y, z, w].map(|v| v ^ (v / 65_536));
        }
    }
    [x, y, z, w]
}

#[test]
fn pcg4d_is_the_papers() {
    for i in 0..1000_u32 {
        let input = [i, i.wrapping_mul(2_654_435_761), u32::MAX - i, i * i];
        assert_eq!(
            pcg4d(input).map(u64::from),
            pcg4d_wide(input.map(u64::from))
        );
    }
}

const SQUARE: [[f64; 2]; 2] = [[-5.0, 5.0], [0.0, 1.0]];

fn points(start: &Start, domain: &[[f64; 2]]) -> Vec<Vec<f32>> {
    starts(start, domain, 7).expect("a good pattern")
}

#[test]
fn uniform_starts_are_the_hash_scaled_to_the_domain() {
    let points = points(&Start::Uniform { uniform: 100 }, &SQUARE);
    assert_eq!(points.len(), 100);
    for (descent, point) in points.iter().enumerate() {
        let unit = |parameter| {
            (pcg4d_wide([7, descent as u64, 0, parameter])[0] / 256) as f64 / 16_777_216.0
        };
        assert_eq!(
            point[0].to_bits(),
            ((-5.0 + 10.0 * unit(0)) as f32).to_bits()
        );
        assert_eq!(point[1].to_bits(), (unit(1) as f32).to_bits());
    }
}

#[test]
fn uniform_starts_fill_the_domain_evenly() {
    let points = points(&Start::Uniform { uniform: 16_000 }, &SQUARE);
    let mut cells = [0_u32; 16];
    for point in &points {
        let column = ((point[0] + 5.0) / 2.5) as usize;
        let row = (point[1] * 4.0) as usize;
        cells[row * 4 + column] += 1;
    }
    // Chi squared, 15 degrees of freedom: 37.7 is passed once in a thousand.
    let chi_squared: f64 = cells
        .iter()
        .map(|n| (f64::from(*n) - 1000.0).powi(2) / 1000.0)
        .sum();
    assert!(chi_squared < 37.7, "{chi_squared}");
}

#[test]
fn normal_starts_have_their_mean_and_spread() {
    let start = Start::Normal {
        normal: 20_000,
        at: Some(vec![1.0, -2.0]),
        sigma: Sigma::Each(vec![2.0, 0.5]),
    };
    let points = points(&start, &SQUARE);
    for (axis, mean, sigma) in [(0, 1.0, 2.0), (1, -2.0, 0.5)] {
        let scaled = points
            .iter()
            .map(|point| (f64::from(point[axis]) - mean) / sigma);
        let moment = |power| scaled.clone().map(|z: f64| z.powi(power)).sum::<f64>() / 20_000.0;
        // Moments 0, 1, 0, 3, each within four standard errors.
        for (power, expected, error) in [
            (1, 0.0, 1.0_f64),
            (2, 1.0, 2.0),
            (3, 0.0, 15.0),
            (4, 3.0, 96.0),
        ] {
            let off = (moment(power) - expected).abs();
            assert!(
                off < 4.0 * (error / 20_000.0).sqrt(),
                "axis {axis}, moment {power}: {off}"
            );
        }
        let within: f64 = scaled.filter(|z| z.abs() < 1.0).count() as f64 / 20_000.0;
        assert!((within - 0.682_69).abs() < 0.015, "{within}");
    }
    let product: f64 = points
        .iter()
        .map(|point| (f64::from(point[0]) - 1.0) * (f64::from(point[1]) + 2.0))
        .sum();
    assert!(
        (product / 20_000.0).abs() < 4.0 / 20_000_f64.sqrt(),
        "correlated"
    );
}

#[test]
fn normal_starts_are_box_and_mullers() {
    let start = Start::Normal {
        normal: 10,
        at: None,
        sigma: Sigma::All(3.0),
    };
    for (descent, point) in points(&start, &SQUARE).iter().enumerate() {
        let [a, b, ..] =
            pcg4d_wide([7, descent as u64, 0, 1]).map(|word| (word / 256) as f64 / 16_777_216.0);
        let z = (-2.0 * (1.0 - a).ln()).sqrt() * (2.0 * std::f64::consts::PI * b).cos();
        assert_eq!(point[1], (0.5 + 3.0 * z) as f32);
    }
    // The words' ends are finite.
    assert!(normal(u32::MAX, 0).is_finite() && normal(0, u32::MAX) == 0.0);
    assert!(uniform(u32::MAX) < 1.0 && uniform(255) == 0.0);
}

#[test]
fn the_same_pattern_gives_every_team_the_same_starts() {
    let few = points(&Start::Uniform { uniform: 5 }, &SQUARE);
    let many = points(&Start::Uniform { uniform: 50 }, &SQUARE);
    assert_eq!(few[..], many[..5]);
    let other = starts(&Start::Uniform { uniform: 5 }, &SQUARE, 8).expect("good");
    assert_ne!(few, other);
}

#[test]
fn patterns_lie_where_they_should() {
    let at = Start::At {
        at: vec![vec![1.5, -2.0]],
    };
    assert_eq!(points(&at, &SQUARE), [[1.5, -2.0]]);
    let grid = Start::Grid { grid: vec![2, 4] };
    assert_eq!(
        points(&grid, &SQUARE),
        [
            [-2.5, 0.125],
            [2.5, 0.125],
            [-2.5, 0.375],
            [2.5, 0.375],
            [-2.5, 0.625],
            [2.5, 0.625],
            [-2.5, 0.875],
            [2.5, 0.875],
        ]
    );
    let line = Start::Line {
        line: 3,
        from: vec![0.0, 0.1],
        to: vec![1.0, 0.7],
    };
    assert_eq!(points(&line, &SQUARE), [[0.0, 0.1], [0.5, 0.4], [1.0, 0.7]]);
    let one = Start::Line {
        line: 1,
        from: vec![2.0],
        to: vec![1.0],
    };
    assert_eq!(points(&one, &[[0.0, 1.0]]), [[2.0]]);
    let cube = [[-1.0, 1.0], [0.0, 2.0], [4.0, 6.0]];
    let ring = Start::Ring {
        ring: 4,
        radius: 2.0,
        at: None,
    };
    let expected: [[f32; 3]; 4] = [
        [2.0, 1.0, 5.0],
        [0.0, 3.0, 5.0],
        [-2.0, 1.0, 5.0],
        [0.0, -1.0, 5.0],
    ];
    for (point, expected) in points(&ring, &cube)
        .iter()
        .flatten()
        .zip(expected.as_flattened())
    {
        assert!((point - expected).abs() < 1e-6, "{point} {expected}");
    }
}

#[test]
fn a_pattern_of_another_dimension_is_refused() {
    let cases = [
        (
            Start::At {
                at: vec![vec![0.0; 2], vec![0.0; 3]],
            },
            2,
            "`start.at` has 3 numbers a point; the loss has 2 parameters",
        ),
        (
            Start::Grid { grid: vec![2] },
            2,
            "`start.grid` has 1 number a point; the loss has 2 parameters",
        ),
        (
            Start::Normal {
                normal: 1,
                at: None,
                sigma: Sigma::Each(vec![1.0]),
            },
            2,
            "`start.sigma` has 1 number a point; the loss has 2 parameters",
        ),
        (
            Start::Ring {
                ring: 3,
                radius: 1.0,
                at: None,
            },
            1,
            "`start.ring` needs a loss of two or more parameters; `start.line` or `start.grid` \
             spreads points over one",
        ),
        (
            Start::Line {
                line: 2,
                from: vec![0.0],
                to: vec![1.0, 2.0],
            },
            1,
            "`start.to` has 2 numbers a point; the loss has 1 parameter",
        ),
    ];
    for (start, parameters, message) in cases {
        let domain = vec![[0.0, 1.0]; parameters];
        let error = starts(&start, &domain, 1).expect_err(message).to_string();
        assert_eq!(error, message);
    }
}
