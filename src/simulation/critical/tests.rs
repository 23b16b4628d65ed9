//! Level places against what is known of them.

use super::*;
use crate::loss::{self, Loss};
use crate::simulation::plane::Plane;

/// A field's nodes as the GPU would make them.
fn nodes(survey: &mut Survey, cells: u32) -> Vec<[f32; 4]> {
    let domain = survey.plane().domain;
    let at = |i: u32, axis: usize| {
        let [low, high] = domain[axis];
        low + (high - low) * f64::from(i) / f64::from(cells)
    };
    let indices = (0..=cells).flat_map(|j| (0..=cells).map(move |i| [i, j]));
    indices
        .map(|[i, j]| {
            let local = survey.at([at(i, 0), at(j, 1)]);
            let numbers = [local.loss, local.gradient[0], local.gradient[1]].map(|x| x as f32);
            let valid = numbers.iter().all(|x| x.is_finite());
            [
                numbers[0],
                numbers[1],
                numbers[2],
                f32::from(u8::from(valid)),
            ]
        })
        .collect()
}

fn found(loss: &Loss, domain: [[f64; 2]; 2], cells: u32) -> Vec<Critical> {
    let plane = Plane::of_two_parameters(domain);
    let mut survey = Survey::new(loss, &plane).expect("a loss");
    let nodes = nodes(&mut survey, cells);
    let candidates = candidate_cells(&nodes, [cells; 2]);
    critical_places(&mut survey, [cells; 2], &candidates)
}

fn of_formula(formula: &str, half: f64) -> Vec<Critical> {
    let loss = Loss::from_formula(formula, None).expect("a formula");
    found(&loss, [[-half, half]; 2], 128)
}

fn of_kind(found: &[Critical], kind: Kind) -> Vec<[f64; 2]> {
    let some = found.iter().filter(|critical| critical.kind == kind);
    some.map(|critical| critical.place).collect()
}

fn holds(places: &[[f64; 2]], wanted: [f64; 2], within: f64) -> bool {
    places
        .iter()
        .any(|place| (place[0] - wanted[0]).hypot(place[1] - wanted[1]) < within)
}

/// Himmelblau's four minima, and its four saddles as Wolfram's tables give them.
#[test]
fn himmelblaus_minima_and_saddles_are_found() {
    let loss = loss::named("himmelblau").expect("in the catalogue");
    let found = found(&loss, [[-5.0, 5.0]; 2], 200);
    let (minima, saddles) = (
        of_kind(&found, Kind::Minimum),
        of_kind(&found, Kind::Saddle),
    );
    assert_eq!((minima.len(), saddles.len()), (4, 4), "{found:?}");
    for known in &loss.minima {
        assert!(holds(&minima, [known[0], known[1]], 1e-9), "{known:?}");
    }
    for known in [
        [0.08667750456, 2.88425470117],
        [3.38515418360, 0.07385187753],
        [-0.12796134673, -1.95371498027],
        [-3.07302575074, -0.08135304428],
    ] {
        assert!(holds(&saddles, known, 1e-8), "{known:?} in {saddles:?}");
    }
}

/// Every loss of the catalogue: a known minimum of the inside that stands alone is found, and all
/// that is found is level to what f64 can say.
#[test]
#[ignore = "searches every loss of the catalogue: make test-long runs it"]
fn the_catalogues_own_minima_are_found_and_nothing_steep_is() {
    // Whole curves of minima, and ripples finer than the field's cells.
    const OTHERS: [&str; 7] = [
        "crossed-valleys",
        "bukin-6",
        "drop-wave",
        "rank-1",
        "dead-relu",
        "schaffer-2",
        "schaffer-4",
    ];
    let mut missed = Vec::new();
    for loss in loss::all().iter().filter(|loss| loss.parameters.len() == 2) {
        let domain = [loss.domain[0], loss.domain[1]];
        let found = found(loss, domain, 160);
        let minima = of_kind(&found, Kind::Minimum);
        let size = domain.map(|[low, high]| (high - low) / 160.0);
        for known in loss
            .minima
            .iter()
            .filter(|_| !OTHERS.contains(&loss.name.as_str()))
        {
            let inside = (0..2)
                .all(|i| (domain[i][0] + size[i]..=domain[i][1] - size[i]).contains(&known[i]));
            if inside && !holds(&minima, [known[0], known[1]], 1e-3 * size[0].max(size[1])) {
                missed.push(format!("{}: {known:?}", loss.name));
            }
        }
        let plane = Plane::of_two_parameters(domain);
        let mut survey = Survey::new(loss, &plane).expect("a loss");
        for saddle in of_kind(&found, Kind::Saddle) {
            let local = survey.at(saddle);
            let slope = local.gradient[0].hypot(local.gradient[1]);
            let bend = local
                .hessian
                .iter()
                .flatten()
                .fold(0.0_f64, |most, x| most.max(x.abs()));
            let tolerance = 1e-6 * bend * size[0].max(size[1]);
            assert!(slope <= tolerance, "{} at {saddle:?}: {slope}", loss.name);
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn rastrigin_has_its_hundred_and_twenty_one_minima_and_the_saddles_between() {
    let loss = loss::named("rastrigin").expect("in the catalogue");
    let found = found(&loss, [[-5.12, 5.12]; 2], 256);
    assert_eq!(of_kind(&found, Kind::Minimum).len(), 121);
    // Along each axis 11 minima and 10 maxima of one variable: a saddle is one of each.
    assert_eq!(of_kind(&found, Kind::Saddle).len(), 2 * 11 * 10);
}

/// Where second derivatives are zero, or there are none at all.
#[test]
fn flat_and_cornered_places_are_told_by_their_surroundings() {
    let only = |formula: &str, kind: Kind| {
        let found = of_formula(formula, 2.0);
        assert_eq!(found.len(), 1, "{formula}: {found:?}");
        assert_eq!(found[0].kind, kind, "{formula}");
        let [x, y] = found[0].place;
        assert!((x - 0.3).hypot(y + 0.7) < 1e-3, "{formula}: {x}, {y}");
    };
    only("(x - 0.3)^4 + (y + 0.7)^4", Kind::Minimum);
    only("abs(x - 0.3) + abs(y + 0.7)", Kind::Minimum);
    only("sqrt((x - 0.3)^2 + 3*(y + 0.7)^2)", Kind::Minimum);
    only("(x - 0.3)^3 - 3*(x - 0.3)*(y + 0.7)^2", Kind::Saddle);
    only("(x - 0.3)^2 - (y + 0.7)^4", Kind::Saddle);
}

/// x⁴ - 3x² + x: its derivative's roots by Cardano, the outer two of them minima.
#[test]
fn the_minima_of_a_curve_are_found() {
    let loss = Loss::from_formula("x^4 - 3*x^2 + x", None).expect("a formula");
    let mut survey = Survey::new(&loss, &Plane::of_one_parameter([-2.0, 2.0])).expect("a loss");
    let node = |i: u32, survey: &mut Survey| {
        let local = survey.at([-2.0 + 4.0 * f64::from(i) / 512.0, 0.0]);
        [local.loss as f32, local.gradient[0] as f32, 0.0, 1.0]
    };
    let row: Vec<_> = (0..=512).map(|i| node(i, &mut survey)).collect();
    let nodes = [row.clone(), row].concat();
    let candidates = candidate_cells(&nodes, [512, 1]);
    let found = critical_places(&mut survey, [512, 1], &candidates);
    let minima = of_kind(&found, Kind::Minimum);
    assert_eq!((found.len(), minima.len()), (2, 2), "{found:?}");
    for x in [-1.300_839_566, 1.130_901_122] {
        assert!(holds(&minima, [x, 0.0], 1e-8), "{x} in {minima:?}");
    }
}

#[test]
fn slopes_summits_valleys_and_plains_are_neither() {
    for formula in [
        "x + 2*y",
        "-x^2 - y^2",
        "(x - y)^2",
        "x^2*y^2",
        "3 + 0*x*y",
        "x^3 + 0.1*y",
        "log(x - 5) + y",
    ] {
        let found = of_formula(formula, 2.0).len();
        assert_eq!(found, 0, "{formula}");
    }
    // A whole curve of minima, and the one saddle that parts its two branches.
    let found = of_formula("(x*y - 0.5)^2", 2.0);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind, Kind::Saddle);
    assert!(found[0].place[0].hypot(found[0].place[1]) < 1e-9);
}
