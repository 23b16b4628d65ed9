//! The catalogue of losses against the literature, against differences and against itself.

use thalweg::formula::evaluate::Tape;
use thalweg::formula::{NodeId, Op, derivative};
use thalweg::loss::{self, Loss};
use thalweg::scene::pcg4d;

/// The values at the global minima, from elsewhere than the catalogue: the digits that the source
/// prints. "Exact": follows from the formula. "40 digits": mpmath, on a formula typed for it.
const KNOWN: [(&str, f64, f64, &str); 61] = [
    ("sphere", 0.0, 0.0, "exact"),
    ("booth", 0.0, 0.0, "exact"),
    ("matyas", 0.0, 0.0, "exact"),
    ("ill-conditioned-bowl", 0.0, 0.0, "exact"),
    ("rotated-bowl", 0.0, 0.0, "exact"),
    ("quartic-bowl", 0.0, 0.0, "exact"),
    ("zakharov", 0.0, 0.0, "exact"),
    ("log-loss", 1.8543451314154752, 1e-15, "40 digits"),
    ("lasso", 0.79, 1e-15, "exact: 1/4 + 1/25 + 1/2"),
    ("rosenbrock", 0.0, 0.0, "exact"),
    ("dixon-price", 0.0, 1e-30, "exact"),
    ("mccormick", -1.9132, 5e-5, "SFU"),
    ("beale", 0.0, 0.0, "exact"),
    ("crossed-valleys", 0.0, 0.0, "exact"),
    ("bukin-6", 0.0, 0.0, "exact"),
    ("saddle-point", -1.0, 0.0, "exact"),
    ("local-minimum", -5.032339968658435, 1e-14, "40 digits"),
    ("ecliptic-bowl", -1.0, 0.0, "exact"),
    ("hills", -0.1588086100344146, 1e-14, "40 digits"),
    ("plateau", -0.9999823334166665, 1e-15, "40 digits"),
    ("easom", -1.0, 0.0, "SFU"),
    ("cliff", 1.528780769194158e-6, 1e-20, "40 digits"),
    ("rank-1", 0.0, 0.0, "exact"),
    ("tanh-neuron", 0.0, 0.0, "exact"),
    ("saturated-neuron", 0.0, 1e-30, "exact: ln 6, ln 1.5"),
    ("dead-relu", 0.0, 0.0, "exact"),
    ("line-fit", 0.07316666666666667, 1e-16, "exact: fractions"),
    (
        "logistic-regression",
        0.5311079780045322,
        1e-15,
        "40 digits",
    ),
    ("sigmoid-fit", 0.1794515296928132, 1e-16, "40 digits"),
    ("himmelblau", 0.0, 1e-25, "exact"),
    ("styblinski-tang", -78.33233140754283, 1e-12, "40 digits"),
    ("three-hump-camel", 0.0, 0.0, "exact"),
    ("six-hump-camel", -1.0316, 5e-5, "SFU"),
    ("branin", 0.397887, 5e-7, "SFU"),
    ("goldstein-price", 3.0, 0.0, "exact"),
    ("peaks", -6.5511, 5e-5, "MATLAB's documentation"),
    ("bohachevsky-1", 0.0, 1e-15, "exact"),
    ("griewank", 0.0, 0.0, "exact"),
    ("rastrigin", 0.0, 0.0, "exact"),
    ("ackley", 0.0, 1e-15, "exact"),
    ("levy-13", 0.0, 1e-30, "exact"),
    ("michalewicz", -1.8013, 5e-5, "SFU"),
    ("drop-wave", -1.0, 0.0, "exact"),
    ("schaffer-2", 0.0, 0.0, "exact"),
    ("schaffer-4", 0.292579, 5e-7, "SFU"),
    (
        "schwefel",
        0.0,
        1e-12,
        "SFU, with all digits of its constant",
    ),
    ("holder-table", -19.2085, 5e-5, "SFU"),
    ("cross-in-tray", -2.06261, 5e-6, "SFU"),
    ("eggholder", -959.6407, 5e-5, "SFU"),
    (
        "trefethen",
        -3.306868647475237,
        1e-14,
        "Bornemann et al., The SIAM 100-Digit Challenge",
    ),
    ("rippled-bowl", -0.1887355850257141, 1e-15, "40 digits"),
    ("parabola", 0.0, 0.0, "exact"),
    ("absolute-value", 0.0, 0.0, "exact"),
    ("double-well", -5.0 / 3.0, 1e-15, "exact"),
    ("gramacy-lee", -0.8690111349894997, 1e-15, "40 digits"),
    ("forrester", -6.020740055767083, 1e-14, "40 digits"),
    ("deep-linear-chain", 0.0, 0.0, "exact"),
    ("hartmann-3", -3.86278, 5e-6, "SFU"),
    ("rosenbrock-4", 0.0, 0.0, "exact"),
    ("wood", 0.0, 0.0, "exact"),
    ("powell-singular", 0.0, 0.0, "exact"),
];

/// The losses that fall without end, or without reaching an end.
const WITHOUT_MINIMUM: [&str; 3] = ["separable-log-loss", "saddle", "monkey-saddle"];

/// The partial derivatives that are not zero at a minimum, and why.
const SLOPED: [(&str, &[bool], &str); 2] = [
    (
        "eggholder",
        &[true, false],
        "the minimum is cut by the edge x = 512",
    ),
    (
        "lasso",
        &[false, true],
        "|w2| has slope 0 at 0 by the house's table, the rest -0.4",
    ),
];

const TAGS: [&str; 10] = [
    "valley",
    "plateau",
    "saddle",
    "multimodal",
    "ill-conditioned",
    "noisy",
    "data",
    "convex",
    "non-smooth",
    "f32",
];

/// Value, gradient and Hessian, made once and evaluated often.
struct Evaluator {
    outputs: Vec<NodeId>,
    tape: Tape,
}

struct At {
    value: f64,
    gradient: Vec<f64>,
    hessian: Vec<Vec<f64>>,
}

impl Evaluator {
    fn new(loss: &Loss) -> Self {
        let mut whole = loss.graph().expect("a catalogue entry");
        let hessian = derivative::hessian(&mut whole.graph, whole.value, &whole.parameters);
        let mut outputs = vec![whole.value];
        outputs.extend(&whole.gradient);
        outputs.extend(hessian.iter().flatten());
        Self {
            tape: Tape::new(&whole.graph, &outputs),
            outputs,
        }
    }

    fn at(&mut self, w: &[f64]) -> At {
        self.tape.run(w);
        let count = w.len();
        let values = self.outputs.iter().map(|output| self.tape.value(*output));
        let values: Vec<_> = values.collect();
        At {
            value: values[0],
            gradient: values[1..=count].to_vec(),
            hessian: values[1 + count..]
                .chunks(count)
                .map(<[f64]>::to_vec)
                .collect(),
        }
    }
}

fn width(loss: &Loss) -> f64 {
    let widths = loss.domain.iter().map(|[low, high]| high - low);
    widths.fold(0.0, f64::max)
}

/// The points of a grid over the loss's domain, its edges among them: `side` × `side` for two
/// parameters, about as many in all for others.
fn grid(loss: &Loss, side: usize) -> impl Iterator<Item = Vec<f64>> {
    let domain = loss.domain.clone();
    let count = i32::try_from(domain.len()).expect("few parameters");
    let all = (side * side) as f64;
    let side = all.powf(1.0 / f64::from(count)).round() as usize;
    let along =
        move |[low, high]: [f64; 2], i: usize| low + (high - low) * (i as f64 / (side - 1) as f64);
    (0..side.pow(count.unsigned_abs())).map(move |index| {
        let mut rest = index;
        let coordinate = |range: &[f64; 2]| {
            let i = rest % side;
            rest /= side;
            along(*range, i)
        };
        domain.iter().map(coordinate).collect()
    })
}

#[test]
fn every_entry_is_whole() {
    let names: Vec<_> = loss::names().collect();
    assert!(names.len() >= 40, "{} losses", names.len());
    for (index, loss) in loss::all().iter().enumerate() {
        let name = &loss.name;
        assert!(!names[..index].contains(&name.as_str()), "{name} twice");
        let in_style = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(name.chars().all(in_style), "{name}");
        for text in [&loss.title, &loss.source, &loss.watch] {
            assert!(!text.is_empty() && !text.contains('\n'), "{name}: {text}");
            assert!(!text.ends_with('.'), "{name}: {text}");
        }
        assert!(!loss.tags.is_empty(), "{name}");
        for tag in &loss.tags {
            assert!(TAGS.contains(&tag.as_str()), "{name}: {tag}");
        }
        let count = loss.parameters.len();
        assert_eq!(loss.domain.len(), count, "{name}");
        for minimum in &loss.minima {
            assert_eq!(minimum.len(), count, "{name}");
            for (w, [low, high]) in minimum.iter().zip(&loss.domain) {
                assert!(low <= w && w <= high, "{name}: {minimum:?}");
            }
        }
    }
}

#[test]
fn minima_have_the_values_of_the_literature() {
    for loss in loss::all() {
        let name = loss.name.as_str();
        if WITHOUT_MINIMUM.contains(&name) {
            assert!(loss.minima.is_empty(), "{name}");
            continue;
        }
        let (_, truth, tolerance, source) = *KNOWN
            .iter()
            .find(|known| known.0 == name)
            .unwrap_or_else(|| panic!("{name}: no value from elsewhere"));
        assert!(!loss.minima.is_empty(), "{name}");
        let mut evaluator = Evaluator::new(loss);
        let first = evaluator.at(&loss.minima[0]).value;
        for minimum in &loss.minima {
            let value = evaluator.at(minimum).value;
            assert!(
                (value - truth).abs() <= tolerance,
                "{name} at {minimum:?}: {value:e}, not {truth:e} ({source})"
            );
            assert!(
                (value - first).abs() <= 1e-9 * first.abs().max(1.0),
                "{name}: minima differ"
            );
        }
    }
    let all_known = KNOWN.iter().all(|known| loss::named(known.0).is_some());
    assert!(all_known, "a value for a loss that is not there");
}

/// To what the rounding of the place makes of the slope: 4e-15 of the place, times the Hessian's
/// largest entry.
#[test]
fn minima_have_no_slope() {
    for loss in loss::all() {
        let sloped = SLOPED.iter().find(|(name, ..)| *name == loss.name);
        let level = vec![false; loss.parameters.len()];
        let sloped = sloped.map_or(&level[..], |(_, axes, _)| axes);
        let mut evaluator = Evaluator::new(loss);
        for minimum in &loss.minima {
            let at = evaluator.at(minimum);
            let curvature = at.hessian.iter().flatten();
            let curvature = curvature.fold(1.0_f64, |most, x| most.max(x.abs()));
            let reach = minimum.iter().fold(1.0_f64, |most, w| most.max(w.abs()));
            for (slope, sloped) in at.gradient.iter().zip(sloped) {
                let flat = slope.abs() <= 4e-15 * curvature * reach;
                assert_eq!(flat, !*sloped, "{} at {minimum:?}: {slope:e}", loss.name);
            }
        }
    }
}

/// No point of a grid of 401 × 401 is lower than the minima.
#[test]
fn nothing_is_lower_than_the_minima() {
    for loss in loss::all() {
        let Some(minimum) = loss.minima.first() else {
            continue;
        };
        let graph = loss.graph().expect("a catalogue entry");
        let mut tape = Tape::new(&graph.graph, &[graph.value]);
        tape.run(minimum);
        let lowest = tape.value(graph.value);
        // A loss over rows takes as many times longer.
        let side = if loss.data.is_some() { 101 } else { 401 };
        for w in grid(loss, side) {
            tape.run(&w);
            let value = tape.value(graph.value);
            assert!(
                value >= lowest - 1e-9,
                "{} at {w:?}: {value:e} < {lowest:e}",
                loss.name
            );
        }
    }
}

/// Weights of the central difference of order 8, at distances 1 to 4.
const WEIGHTS: [f64; 4] = [4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0];

/// A derivative by differences, with a bound of its error.
#[derive(Clone, Copy)]
struct Difference {
    slope: f64,
    bound: f64,
}

/// The derivative of `f` along a line at 0, by differences of order 8.
///
/// The steps go down by halves from `reach`; the error of each is estimated by its distance from
/// the next (truncation, kinks within the step) and by the rounding of the values, and the step
/// with the least counts. Two neighbours that agree by chance to the digits of a converged pair
/// do not occur in the few thousand that are asked for.
fn difference(mut f: impl FnMut(f64) -> f64, reach: f64) -> Difference {
    let mut at_step = |h: f64| {
        let (mut sum, mut most) = (0.0, 0.0_f64);
        for (i, weight) in WEIGHTS.iter().enumerate() {
            let (ahead, behind) = (f(h * (i + 1) as f64), f(-h * (i + 1) as f64));
            sum += weight * (ahead - behind);
            most = most.max(ahead.abs()).max(behind.abs());
        }
        (sum / h, 1e-15 * most / h)
    };
    let steps: Vec<_> = (0..16).map(|k| at_step(reach / 2.0_f64.powi(k))).collect();
    let pairs = steps.windows(2).map(|pair| Difference {
        slope: pair[0].0,
        bound: (pair[0].0 - pair[1].0).abs() + pair[0].1,
    });
    let best = pairs.min_by(|a, b| a.bound.total_cmp(&b.bound));
    best.expect("15 pairs")
}

/// 50 points over the domain, the same ones every time.
fn points(loss: &Loss) -> impl Iterator<Item = Vec<f64>> {
    assert!(loss.domain.len() <= 4, "a hash has four words");
    (0..50).map(|i| {
        let words = pcg4d([i, 3, 1308, 4008]);
        let coordinates = loss.domain.iter().zip(words);
        coordinates
            .map(|([low, high], word)| {
                low + (high - low) * (f64::from(word) + 0.5) / 2.0_f64.powi(32)
            })
            .collect()
    })
}

/// Gradient and Hessian within 10 times the bound that the differences give themselves, and 1e-10 of
/// their own size for the rounding on their own way; and that bound is within a millionth of what a
/// value of this size could have as slope.
#[test]
fn derivatives_are_those_of_differences() {
    for loss in loss::all() {
        let mut evaluator = Evaluator::new(loss);
        let width = width(loss);
        let mut loosest = 0.0_f64;
        for w in points(loss) {
            let at = evaluator.at(&w);
            let size = [vec![at.value], at.gradient.clone()].concat();
            for axis in 0..w.len() {
                let mut moved = |part: usize, by: f64| {
                    let mut w = w.clone();
                    w[axis] += by;
                    let at = evaluator.at(&w);
                    if part == 0 {
                        at.value
                    } else {
                        at.gradient[part - 1]
                    }
                };
                let mixed = at.hessian.iter().map(|row| row[axis]);
                let exact: Vec<_> = [at.gradient[axis]].into_iter().chain(mixed).collect();
                for part in 0..=w.len() {
                    let found = difference(|by| moved(part, by), 0.02 * width);
                    let error = (found.slope - exact[part]).abs();
                    assert!(
                        error <= 10.0 * found.bound + 1e-10 * exact[part].abs(),
                        "{} at {w:?}, part {part} along {axis}: {}, differences {} ± {:e}",
                        loss.name,
                        exact[part],
                        found.slope,
                        found.bound
                    );
                    let could = exact[part].abs().max(size[part].abs() / width);
                    loosest = loosest.max(found.bound / could.max(f64::MIN_POSITIVE));
                }
            }
        }
        println!("{}: differences known to {loosest:.1e}", loss.name);
        assert!(
            loosest < 1e-6,
            "{}: the test says little: {loosest:e}",
            loss.name
        );
    }
}

/// Minima, saddles and maxima inside the domain. Ackley's cusp counts as a minimum: its slope is 0
/// by the house's table.
const CRITICAL: [(&str, [i32; 3]); 29] = [
    ("sphere", [1, 0, 0]),
    ("booth", [1, 0, 0]),
    ("matyas", [1, 0, 0]),
    ("ill-conditioned-bowl", [1, 0, 0]),
    ("rotated-bowl", [1, 0, 0]),
    ("zakharov", [1, 0, 0]),
    ("log-loss", [1, 0, 0]),
    ("separable-log-loss", [0, 0, 0]),
    ("rosenbrock", [1, 0, 0]),
    ("dixon-price", [2, 1, 0]),
    ("mccormick", [2, 1, 0]),
    ("beale", [1, 2, 0]),
    ("saddle", [0, 1, 0]),
    ("saddle-point", [1, 1, 0]),
    ("local-minimum", [2, 1, 0]),
    ("ecliptic-bowl", [1, 0, 0]),
    ("hills", [2, 3, 2]),
    ("tanh-neuron", [2, 1, 0]),
    ("himmelblau", [4, 4, 1]),
    ("styblinski-tang", [4, 4, 1]),
    ("three-hump-camel", [3, 2, 0]),
    ("six-hump-camel", [6, 7, 2]),
    ("branin", [3, 2, 0]),
    ("goldstein-price", [4, 4, 1]),
    ("peaks", [3, 3, 3]),
    ("bohachevsky-1", [25, 40, 16]),
    ("griewank", [5, 8, 4]),
    ("rastrigin", [121, 220, 100]),
    ("ackley", [121, 220, 100]),
];

fn hessian_of_two(at: &At) -> [[f64; 2]; 2] {
    [0, 1].map(|row| [at.hessian[row][0], at.hessian[row][1]])
}

/// Where Newton's method, each step halved until the slope shrinks, comes to rest from `w`.
fn critical_point(evaluator: &mut Evaluator, mut w: [f64; 2]) -> Option<[f64; 2]> {
    let mut at = evaluator.at(&w);
    for _ in 0..200 {
        let [[a, b], [c, d]] = hessian_of_two(&at);
        let [g, h] = [at.gradient[0], at.gradient[1]];
        let determinant = a * d - b * c;
        let step = [(b * h - d * g) / determinant, (c * g - a * h) / determinant];
        if !step.iter().all(|part| part.is_finite()) {
            return None;
        }
        let slope = g.hypot(h);
        let taken = (0..30).find_map(|halvings| {
            let share = 0.5_f64.powi(halvings);
            let moved = [w[0] + share * step[0], w[1] + share * step[1]];
            let there = evaluator.at(&moved);
            let shrinks = there.gradient[0].hypot(there.gradient[1]) < slope;
            shrinks.then_some((moved, there))
        });
        // No step shrinks the slope: it is zero to rounding, or least without being zero.
        let Some((moved, there)) = taken else {
            return (step[0].hypot(step[1]) < 1e-9).then_some(w);
        };
        (w, at) = (moved, there);
    }
    None
}

/// The critical points inside the domain, from a 41 × 41 grid of starts.
fn critical_points(loss: &Loss, evaluator: &mut Evaluator) -> Vec<[f64; 2]> {
    let mut found: Vec<[f64; 2]> = Vec::new();
    for start in grid(loss, 41) {
        let Some(w) = critical_point(evaluator, [start[0], start[1]]) else {
            continue;
        };
        let inside = (w.iter().zip(&loss.domain)).all(|(w, [low, high])| low <= w && w <= high);
        let new = |other: &[f64; 2]| (other[0] - w[0]).hypot(other[1] - w[1]) > 1e-6;
        if inside && found.iter().all(new) {
            found.push(w);
        }
    }
    found
}

/// How often the gradient turns on the way around the domain: minima - saddles + maxima within,
/// by the theorem of Poincaré and Hopf.
fn turns_of_the_gradient(loss: &Loss, evaluator: &mut Evaluator) -> i32 {
    let [[left, right], [low, high]] = [loss.domain[0], loss.domain[1]];
    let corners = [
        [left, low],
        [right, low],
        [right, high],
        [left, high],
        [left, low],
    ];
    let mut angles = Vec::new();
    for side in corners.windows(2) {
        for i in 0..4000 {
            let t = f64::from(i) / 4000.0;
            let w = [0, 1].map(|axis| side[0][axis] + t * (side[1][axis] - side[0][axis]));
            let gradient = evaluator.at(&w).gradient;
            angles.push(gradient[1].atan2(gradient[0]));
        }
    }
    angles.push(angles[0]);
    let turned = angles.windows(2).map(|pair| {
        let by = (pair[1] - pair[0]) / std::f64::consts::TAU;
        by - by.round()
    });
    turned.sum::<f64>().round() as i32
}

/// The count of critical points is the literature's, and agrees with the gradient's turns around
/// the domain, which know nothing of the search.
#[test]
fn critical_points_are_counted() {
    for (name, known) in CRITICAL {
        let loss = loss::named(name).expect("a catalogue entry");
        let mut evaluator = Evaluator::new(&loss);
        let mut counts = [0; 3];
        for w in critical_points(&loss, &mut evaluator) {
            let [[a, b], [c, d]] = hessian_of_two(&evaluator.at(&w));
            let kind = match (a * d < b * c, a + d > 0.0) {
                (true, _) => 1,
                (false, true) => 0,
                (false, false) => 2,
            };
            counts[kind] += 1;
        }
        assert_eq!(counts, known, "{name}: minima, saddles, maxima");
        let turns = turns_of_the_gradient(&loss, &mut evaluator);
        let balance = counts[0] - counts[1] + counts[2] == turns;
        assert!(
            balance,
            "{name}: {counts:?}, but the gradient turns {turns} times"
        );
    }
}

/// What f32 keeps of a number; numbers below its range are flushed to 0, as GPUs may.
fn in_f32(x: f64) -> f64 {
    let rounded = x as f32;
    if rounded.is_subnormal() {
        0.0
    } else {
        f64::from(rounded)
    }
}

/// Every part of value and gradient stays within f32 over a 101 × 101 grid, with each operation
/// rounded to f32 and without its subnormal numbers.
#[test]
fn every_loss_is_finite_in_f32() {
    for loss in loss::all().iter().filter(|loss| loss.data.is_none()) {
        let whole = loss.graph().expect("a catalogue entry");
        let outputs = [vec![whole.value], whole.gradient.clone()].concat();
        let order = whole.graph.needed(&outputs);
        let mut values = vec![0.0; whole.graph.len()];
        for w in grid(loss, 101) {
            for id in &order {
                let value = |id: NodeId| values[id.index()];
                let exact = match whole.graph.op(*id) {
                    Op::Constant(bits) => f64::from_bits(bits),
                    Op::Input(input) => w[input.index()],
                    Op::Unary(unary, a) => unary.of(value(a)),
                    Op::Binary(binary, a, b) => binary.of(value(a), value(b)),
                    Op::Select(condition, a, _) if value(condition) != 0.0 => value(a),
                    Op::Select(_, _, b) => value(b),
                    Op::Normal(_) | Op::Variable(_) | Op::After(..) => {
                        unreachable!("no loss has chance or loops that wait")
                    }
                    Op::Column(_) | Op::Sum(..) => unreachable!("left out above"),
                };
                values[id.index()] = in_f32(exact);
            }
            for output in &outputs {
                let value = values[output.index()];
                assert!(value.is_finite(), "{} at {w:?}: {value}", loss.name);
            }
        }
    }
}
