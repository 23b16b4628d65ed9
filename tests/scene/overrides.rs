//! Keys from the command line, defaults that depend on the loss, and keys that nothing obeys yet.

use crate::{data, gallery, read, with};
use thalweg::scene::{HeightScale, Hyper, Layout, LossSource, Method, Scene, Start, TrailStyle};

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
