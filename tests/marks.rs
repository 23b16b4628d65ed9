//! What is sketched at the followed point, held against derivatives by hand and against the loss
//! itself.

mod common;

use common::gpu;
use thalweg::lesson::number::number;
use thalweg::render::sketch::{Ground, Sketch};
use thalweg::scene::Scene;
use thalweg::stage::{Ready, Stage};

type Function = fn(f64, f64) -> f64;

/// A loss by formula and by hand: f, ∂f/∂x, ∂f/∂y.
struct Known {
    formula: &'static str,
    loss: Function,
    slopes: [Function; 2],
}

const KNOWN: [Known; 5] = [
    Known {
        formula: "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        loss: |x, y| (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2),
        slopes: [
            |x, y| 4.0 * x * (x * x + y - 11.0) + 2.0 * (x + y * y - 7.0),
            |x, y| 2.0 * (x * x + y - 11.0) + 4.0 * y * (x + y * y - 7.0),
        ],
    },
    Known {
        formula: "(1 - x)^2 + 100*(y - x^2)^2",
        loss: |x, y| (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2),
        slopes: [
            |x, y| -2.0 * (1.0 - x) - 400.0 * x * (y - x * x),
            |x, y| 200.0 * (y - x * x),
        ],
    },
    Known {
        formula: "x^2 + 3*y^2",
        loss: |x, y| x * x + 3.0 * y * y,
        slopes: [|x, _| 2.0 * x, |_, y| 6.0 * y],
    },
    Known {
        formula: "sin(x)*y + 0.1*x^2",
        loss: |x, y| x.sin() * y + 0.1 * x * x,
        slopes: [|x, y| x.cos() * y + 0.2 * x, |x, _| x.sin()],
    },
    Known {
        formula: "1 - exp(-x^2 - y^2/2)",
        loss: |x, y| 1.0 - (-x * x - 0.5 * y * y).exp(),
        slopes: [
            |x, y| 2.0 * x * (-x * x - 0.5 * y * y).exp(),
            |x, y| y * (-x * x - 0.5 * y * y).exp(),
        ],
    },
];

const POINTS: [[f64; 2]; 3] = [[0.7, -0.9], [-1.3, 0.4], [0.25, 1.75]];

fn scene(known: &Known, [x, y]: [f64; 2]) -> Scene {
    let text = format!(
        "[loss]\nformula = \"{}\"\nat = {{ x = {x}, y = {y} }}\n[field]\nsize = 32\n\
         [show]\nmarks = [\"gradient\", \"components\", \"opposite\", \"slices\", \"tangent\"]\n",
        known.formula
    );
    Scene::from_toml(&text, "marks").expect("a scene")
}

/// What the first frame of each loss shows at each point.
fn all() -> Vec<(&'static Known, [f64; 2], Ready)> {
    let mut stage = None;
    let mut shown = Vec::new();
    for known in &KNOWN {
        for point in POINTS {
            let scene = scene(known, point);
            let stage =
                stage.get_or_insert_with(|| Stage::new(gpu(), &scene, [64, 36]).expect("a stage"));
            stage.set_scene(gpu(), &scene).expect("a scene");
            stage.request(gpu(), 0);
            let ready = loop {
                match stage.poll(gpu()).expect("the device answers") {
                    Some(ready) => break ready,
                    None => gpu().wait(None).expect("the device answers"),
                }
            };
            shown.push((known, point, ready));
        }
    }
    shown
}

/// Slopes, labels, arrows and tangents of five losses at three points each.
#[test]
fn what_is_sketched_is_true() {
    for (known, point, ready) in all() {
        let slopes = known.slopes.map(|slope| slope(point[0], point[1]));
        let focus = ready.focus().expect("a point is followed");
        for (shown, exact) in focus.local.gradient.iter().zip(slopes) {
            let off = (shown - exact).abs();
            assert!(
                off <= 1e-12 * (1.0 + exact.abs()),
                "{}: {shown}",
                known.formula
            );
        }
        let sketch = &ready.view().sketch;
        assert_labels(sketch, slopes);
        assert_perpendicular(known, point, sketch);
        assert_tangent(known, point, &ready);
    }
}

/// The numbers beside the slices' tangents are the partial derivatives.
fn assert_labels(sketch: &Sketch, slopes: [f64; 2]) {
    for (name, slope) in ["x", "y"].iter().zip(slopes) {
        let label = format!("∂f/∂{name} = {}", number(slope, 3));
        let count = sketch.arrows.iter().filter(|arrow| arrow.label == label);
        assert_eq!(count.count(), 1, "{label}");
    }
}

/// On the map the gradient and its opposite are square to the contour line through the point, to a
/// tenth of a degree. The line's direction is that between the two places of a small circle where
/// the loss is the same as in its middle.
fn assert_perpendicular(known: &Known, [x, y]: [f64; 2], sketch: &Sketch) {
    const RADIUS: f64 = 1e-5;
    let above = |angle: f64| {
        let (sin, cos) = angle.sin_cos();
        (known.loss)(x + RADIUS * cos, y + RADIUS * sin) > (known.loss)(x, y)
    };
    let crossing = |mut low: f64, mut high: f64| {
        let side = above(low);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if above(middle) == side {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    };
    let steps: Vec<f64> = (0..=64)
        .map(|k| 0.05 + f64::from(k) * std::f64::consts::TAU / 64.0)
        .collect();
    let crossings: Vec<f64> = steps
        .windows(2)
        .filter(|pair| above(pair[0]) != above(pair[1]))
        .map(|pair| crossing(pair[0], pair[1]))
        .collect();
    let [a, b] = crossings[..] else {
        panic!("{} crossings", crossings.len())
    };
    let chord = [a.cos() - b.cos(), a.sin() - b.sin()];
    let on_floor = sketch
        .arrows
        .iter()
        .filter(|arrow| arrow.ground == Ground::Floor);
    let [.., opposite, gradient] = &on_floor.collect::<Vec<_>>()[..] else {
        panic!("arrows on the map")
    };
    for (arrow, way) in [(gradient, 1.0), (opposite, -1.0)] {
        let along = [0, 1].map(|i| f64::from(arrow.tip[i] - arrow.tail[i]));
        let lengths = along[0].hypot(along[1]) * chord[0].hypot(chord[1]);
        let cosine = (along[0] * chord[0] + along[1] * chord[1]) / lengths;
        let off_deg = cosine.abs().asin().to_degrees();
        assert!(off_deg < 0.1, "{}: {off_deg} degrees off", known.formula);
        let ahead = [0, 1].map(|i| 1e-4 * along[i] / along[0].hypot(along[1]));
        let rise = (known.loss)(x + ahead[0], y + ahead[1]) - (known.loss)(x, y);
        assert!(rise * way > 0.0, "{}: the wrong way", known.formula);
    }
}

/// The tangent plane's corners lie where the differences of h(f) say.
fn assert_tangent(known: &Known, [x, y]: [f64; 2], ready: &Ready) {
    const STEP: f64 = 1e-5;
    let view = ready.view();
    let height = |x: f64, y: f64| view.height.height_of_loss((known.loss)(x, y));
    let middle = height(x, y);
    let slopes = [
        (height(x + STEP, y) - height(x - STEP, y)) / (2.0 * STEP),
        (height(x, y + STEP) - height(x, y - STEP)) / (2.0 * STEP),
    ];
    let mut tangents = view.sketch.patches.iter().filter(|patch| patch.touches);
    let patch = tangents.next().expect("a tangent plane");
    for [a, b, shown] in patch.corners.map(|corner| corner.map(f64::from)) {
        let expected = match middle >= view.height.high {
            true => view.height.high,
            false => middle + slopes[0] * (a - x) + slopes[1] * (b - y),
        };
        let box_height = view.height.high - view.height.low;
        let off = (shown - expected).abs() / box_height;
        assert!(
            off < 1e-5,
            "{}: {off} of the box's height off",
            known.formula
        );
    }
}
