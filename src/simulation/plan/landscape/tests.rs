//! From the words of a scene to its plane.

use crate::scene::Scene;
use crate::simulation::Plan;
use crate::simulation::plan::Landscape;

fn plan(toml: &str) -> Result<Plan, String> {
    let scene = Scene::from_toml(toml, "t").map_err(|error| error.to_string())?;
    Plan::of_scene(&scene, 10).map_err(|error| error.to_string())
}

fn landscape(toml: &str) -> Landscape {
    plan(toml).expect("a good scene").landscape
}

fn refusal(toml: &str) -> String {
    plan(toml).expect_err("a wrong scene")
}

const FOUR: &str = "[loss]\nformula = \"w1^2 + w2^2 + w3^2 + w4^2\"\n";

#[test]
fn without_a_plane_it_is_that_of_the_first_two_parameters() {
    let shown = landscape(&format!("{FOUR}domain = {{ w2 = [-1, 5], w4 = [0, 3] }}"));
    assert_eq!(shown.names, ["w1", "w2"]);
    assert_eq!(shown.plane.domain, [[-3.0, 3.0], [-1.0, 5.0]]);
    assert_eq!(shown.plane.point_at([1.0, 2.0]), [1.0, 2.0, 0.0, 1.5]);
    assert_eq!(shown.notes, ["on the plane w3 = 0, w4 = 1.5"]);
    // The farthest corner: 3 along w3 and 1.5 along w4.
    assert!((shown.reach - 11.25_f64.sqrt()).abs() < 1e-12);
    let two = landscape("[loss]\nformula = \"x^2 + y^2\"");
    assert_eq!((two.notes.len(), two.reach), (0, 0.0));
}

/// What holds a parameter: the plane itself, else the followed point, else a known minimum.
#[test]
fn the_others_are_held_where_the_scene_says() {
    let plane = "plane = { axes = [\"w4\", \"w2\"], at = { w3 = 0.5 } }\nat = { w1 = 2, w3 = 9 }";
    let shown = landscape(&format!("{FOUR}{plane}"));
    assert_eq!(shown.plane.point_at([-1.0, 1.0]), [2.0, 1.0, 0.5, -1.0]);
    assert_eq!(shown.names, ["w4", "w2"]);
    let known = landscape("[loss]\nname = \"rosenbrock-4\"");
    assert_eq!(known.plane.point_at([0.0, 0.0]), [0.0, 0.0, 1.0, 1.0]);
    assert_eq!(known.notes, ["on the plane w3 = w4 = 1"]);
}

#[test]
fn directions_have_their_own_coordinates() {
    let plane = "plane = { origin = [1, 0, 0, -1], u = [0, 2, 0, 0], v = [0, 1, 1, 0] }";
    let shown = landscape(&format!("{FOUR}{plane}\ndomain = {{ v = [-2, 3] }}"));
    assert_eq!(shown.names, ["u", "v"]);
    assert_eq!(shown.plane.domain, [[-1.0, 1.0], [-2.0, 3.0]]);
    assert_eq!(shown.plane.point_at([1.0, 2.0]), [1.0, 4.0, 2.0, -1.0]);
    let notes = [
        "through (1, 0, 0, −1), along u and v",
        "u and v meet at 45°, though drawn square",
    ];
    assert_eq!(shown.notes, notes);
}

#[test]
fn the_followed_point_has_a_number_for_each_parameter() {
    let scene = format!("{FOUR}plane = {{ axes = [\"w1\", \"w2\"], at = {{ w4 = 7 }} }}");
    let with_point = format!("{scene}\nat = {{ w2 = 0.5, w3 = -2 }}");
    let followed = |text: &str| {
        let scene = Scene::from_toml(text, "t").expect("a scene");
        let plan = Plan::of_scene(&scene, 1).expect("a plan");
        plan.point_of(&scene)
    };
    assert_eq!(followed(&with_point), Some(vec![0.0, 0.5, -2.0, 7.0]));
    assert_eq!(followed(&scene), None);
}

#[test]
fn one_parameter_makes_a_curve() {
    let shown = landscape("[loss]\nformula = \"x^4 - x\"\ndomain = { x = [-1, 2] }");
    assert!(shown.plane.is_line());
    assert_eq!((shown.names[0].as_str(), shown.notes.len()), ("x", 0));
    assert_eq!(shown.plane.domain[0], [-1.0, 2.0]);
}

#[test]
fn a_wrong_plane_is_refused_with_its_key() {
    let plane = |plane: &str| refusal(&format!("{FOUR}plane = {{ {plane} }}"));
    let cases = [
        (
            plane("axes = [\"w1\", \"w5\"]"),
            "loss.plane.axes: unknown parameter `w5`; did you mean `w1`?",
        ),
        (
            plane("axes = [\"w2\", \"w2\"]"),
            "loss.plane.axes names `w2` twice; a plane has two different axes",
        ),
        (
            plane("axes = [\"w1\", \"w2\"], at = { w2 = 1 }"),
            "loss.plane.at.w2: `w2` is an axis of the plane and takes every value; `at` holds the \
             others",
        ),
        (
            plane("axes = [\"w1\", \"w2\"], at = { w7 = 1 }"),
            "loss.plane.at: unknown parameter `w7`; did you mean `w1`?",
        ),
        (
            plane("origin = [0, 0], u = [1, 0], v = [0, 1]"),
            "loss.plane.origin has 2 numbers; the loss has 4 parameters, w1, w2, w3, w4",
        ),
        (
            plane("origin = [0, 0, 0, 0], u = [1, 1, 0, 0], v = [2, 2, 0, 0]"),
            "loss.plane: `u` and `v` lie on one line and span no plane: turn one of them",
        ),
        (
            plane("origin = [0, 0, 0, 0], u = [0, 0, 0, 0], v = [2, 2, 0, 0]"),
            "loss.plane: `u` has no direction: at least one of its numbers must differ from 0",
        ),
        (
            refusal("[loss]\nformula = \"x^2\"\nplane = { axes = [\"x\", \"y\"] }"),
            "loss.plane: this loss has one parameter, x, and its landscape is a curve; leave \
             `plane` out",
        ),
        (
            refusal(&format!("{FOUR}at = {{ w0 = 1 }}")),
            "loss.at: unknown parameter `w0`; did you mean `w1`?",
        ),
    ];
    for (found, message) in cases {
        assert_eq!(found, message);
    }
}

/// Patterns that mean the landscape mean its plane.
#[test]
fn rings_and_grids_of_two_counts_lie_on_the_plane() {
    let starts = |start: &str| {
        let plane = "plane = { axes = [\"w3\", \"w2\"], at = { w1 = 5, w4 = -5 } }";
        let team = format!("[[team]]\noptimizer = \"adam\"\nstart = {start}");
        let plan = plan(&format!("{FOUR}{plane}\n{team}")).expect("a good scene");
        plan.teams[0].starts.clone()
    };
    let grid = starts("{ grid = [2, 3] }");
    assert_eq!(grid.len(), 6);
    assert_eq!(grid[0], [5.0, -2.0, -1.5, -5.0]);
    assert_eq!(grid[1], [5.0, -2.0, 1.5, -5.0]);
    let ring = starts("{ ring = 4, radius = 2 }");
    assert_eq!(ring[0], [5.0, 0.0, 2.0, -5.0]);
    assert!((ring[1][1] - 2.0).abs() < 1e-6 && ring[1][2].abs() < 1e-6);
    let whole = starts("{ grid = [1, 1, 1, 2] }");
    assert_eq!(whole[1], [0.0, 0.0, 0.0, 1.5]);
    let wrong = format!("{FOUR}[[team]]\noptimizer = \"adam\"\nstart = {{ grid = [3] }}");
    let message = "team.0.start: `start.grid` has 1 number a point; the loss has 4 parameters, and \
                   its landscape two coordinates";
    assert_eq!(refusal(&wrong), message);
}
