//! What wrong input gets: one line that names it.

use thalweg::scene::Scene;

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
