//! Formulas on the GPU: random expressions and the whole catalogue, value and derivatives, held to
//! f64 within a bound that is carried through the graph; a fixed count of last places would mean
//! nothing where terms cancel.

#[path = "formula/bound.rs"]
mod bound;
mod common;
#[path = "common/number_bounds.rs"]
mod number_bounds;
#[path = "common/tree.rs"]
mod tree;

use bound::{Bounded, bounded};
use common::gpu;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};
use std::fmt::Write;
use thalweg::formula::{Graph, NodeId, derivative, wgsl};
use thalweg::loss::{self, Loss, PointKernel};
use thalweg::scene::pcg4d;
use thalweg::simulation::points::evaluate_points;
use tree::{Tree, tree};

/// Expressions of one shader: one alone takes six times as long for each.
const PACK: usize = 32;

/// What is compared of an expression: value and gradient.
const PARTS: usize = 3;

/// Where many functions have their kinks, besides random places.
const SPECIAL: [[f32; 2]; 6] = [
    [0.0, 0.0],
    [1.0, 1.0],
    [-1.0, 1.0],
    [0.5, -2.0],
    [0.0, 1.5],
    [2.0, 0.0],
];

/// Points in ±2, of so many parameters.
fn points(count: u32, seed: u32, parameters: usize) -> Vec<Vec<f32>> {
    let random = (0..count).map(|i| {
        let place = |axis: usize| {
            let word = pcg4d([seed, i, axis as u32, 4008])[0];
            (f64::from(word) / 2.0_f64.powi(30) - 2.0) as f32
        };
        (0..parameters).map(place).collect()
    });
    let special = SPECIAL.iter().map(|point| {
        let parts = point.iter().copied().cycle();
        parts.take(parameters).collect()
    });
    special.chain(random).collect()
}

/// An expression with its gradient as nodes, and the WGSL function that gives them.
struct Written {
    text: String,
    graph: Graph,
    outputs: Vec<NodeId>,
    /// The `let`s and the answer.
    body: String,
}

/// `None` for what a shader cannot hold, such as numbers outside f32.
fn written(tree: &Tree) -> Option<Written> {
    let names = ["x".to_owned(), "y".to_owned()];
    let text = tree.text();
    let loss = Loss::from_formula(&text, Some(&names));
    let loss = loss.unwrap_or_else(|error| panic!("{text}: {error}"));
    let whole = loss.graph().expect("a well-formed tree");
    let outputs = [&[whole.value], whole.gradient.as_slice()].concat();
    let nodes = whole.graph.needed(&outputs);
    let lets = wgsl::lets(&whole.graph, &nodes, |input| {
        format!("w[{}]", input.index())
    })
    .ok()?;
    let names = outputs.iter().map(|id| wgsl::name(&whole.graph, *id));
    let answer: Vec<_> = names.collect();
    Some(Written {
        body: format!("{lets}    return vec3f({});\n", answer.join(", ")),
        text,
        graph: whole.graph,
        outputs,
    })
}

/// What the device makes of several expressions at each point: for each point, the parts of the
/// first, of the second, ….
fn on_gpu(pack: &[Written], points: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let outputs = PARTS * pack.len();
    let mut text = format!("const PARAMETERS: u32 = 2u;\nconst OUTPUTS: u32 = {outputs}u;\n");
    let mut calls = String::new();
    for (k, written) in pack.iter().enumerate() {
        let body = &written.body;
        write!(
            text,
            "fn expression{k}(w: array<f32, 2>) -> vec3f {{\n{body}}}\n"
        )
        .expect("a String takes all text");
        write!(
            calls,
            "    let e{k} = expression{k}(w);\n    values[{0}] = e{k}.x;\n    values[{1}] = e{k}.y;\n    \
             values[{2}] = e{k}.z;\n",
            PARTS * k,
            PARTS * k + 1,
            PARTS * k + 2
        )
        .expect("a String takes all text");
    }
    write!(
        text,
        "fn evaluate_point(w: array<f32, 2>) -> array<f32, {outputs}> {{\n    \
         var values: array<f32, {outputs}>;\n{calls}    return values;\n}}\n"
    )
    .expect("a String takes all text");
    evaluate_points(gpu(), &text, outputs, points).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// How much was compared.
#[derive(Debug, Default)]
struct Tally {
    /// Parts of expressions at points where f64 has a value.
    all: usize,
    /// Those that the bound says something of: within a thousandth of the larger of 1 and the value.
    known: usize,
    /// The largest share of its bound that a known one took.
    largest_share: f64,
}

/// The first part of `written` that is out of its bound at some point.
fn fault(
    written: &Written,
    points: &[Vec<f32>],
    got: impl Fn(usize, usize) -> f32,
    tally: &mut Tally,
) -> Option<String> {
    for (place, point) in points.iter().enumerate() {
        let nodes = bounded(&written.graph, &written.outputs, point);
        for (part, output) in written.outputs.iter().enumerate() {
            let Bounded { value, error, .. } = nodes[output.index()];
            tally.all += usize::from(value.is_finite());
            if !value.is_finite() || !error.is_finite() {
                continue;
            }
            let got = got(place, part);
            let off = (f64::from(got) - value).abs();
            if off.is_nan() || off > error {
                return Some(format!(
                    "{} at {point:?}: part {part} is {got:e}, not {value:e} ± {error:.2e}",
                    written.text
                ));
            }
            if error <= 1e-3 * value.abs().max(1.0) {
                tally.known += 1;
                if error > 0.0 {
                    tally.largest_share = tally.largest_share.max(off / error);
                }
            }
        }
    }
    None
}

/// What is wrong with one expression alone.
fn fault_alone(tree: &Tree, points: &[Vec<f32>]) -> Option<String> {
    let pack = [written(tree)?];
    let got = on_gpu(&pack, points);
    fault(
        &pack[0],
        points,
        |place, part| got[place][part],
        &mut Tally::default(),
    )
}

/// The message of the smallest expression on the way down from a wrong one that is wrong too.
fn smallest_fault(mut tree: impl ValueTree<Value = Tree>, points: &[Vec<f32>]) -> String {
    let mut message = fault_alone(&tree.current(), points)
        .unwrap_or_else(|| "it is right alone, wrong among others".to_owned());
    for _ in 0..300 {
        if !tree.simplify() {
            break;
        }
        while let Some(smaller) = fault_alone(&tree.current(), points) {
            message = smaller;
            if !tree.simplify() {
                return message;
            }
        }
        if !tree.complicate() {
            break;
        }
    }
    message
}

/// As many random expressions as `PROPTEST_CASES` says, each at some kinks and some random points.
#[test]
fn random_expressions_keep_their_propagated_bound() {
    let config = Config::default();
    let cases = config.cases as usize;
    let mut runner = TestRunner::new(config);
    let mut tally = Tally::default();
    let mut left_out = 0;
    for first in (0..cases).step_by(PACK) {
        let points = points(10, first as u32, 2);
        let trees: Vec<_> = (first..cases.min(first + PACK))
            .map(|_| tree().new_tree(&mut runner).expect("a tree"))
            .collect();
        let all: Vec<_> = trees.iter().map(|tree| written(&tree.current())).collect();
        let trees: Vec<_> = trees
            .into_iter()
            .zip(&all)
            .filter_map(|(tree, written)| written.is_some().then_some(tree))
            .collect();
        left_out += all.len() - trees.len();
        let pack: Vec<_> = all.into_iter().flatten().collect();
        let got = on_gpu(&pack, &points);
        for ((k, written), tree) in pack.iter().enumerate().zip(trees) {
            let parts = |place: usize, part: usize| got[place][PARTS * k + part];
            if let Some(message) = fault(written, &points, parts, &mut tally) {
                panic!("{message}\nsmallest: {}", smallest_fault(tree, &points));
            }
        }
    }
    println!("{cases} expressions, {left_out} of them not for f32: {tally:?}");
    assert!(left_out * 4 <= cases, "{left_out} of {cases} left out");
    assert!(
        tally.known * 2 >= tally.all,
        "the bounds say little: {tally:?}"
    );
}

/// Value, gradient and Hessian of every catalogue entry without a table, over its domain.
#[test]
fn the_catalogue_keeps_its_propagated_bound() {
    for loss in loss::all().iter().filter(|loss| loss.data.is_none()) {
        let mut whole = loss.graph().expect("a catalogue entry");
        let kernel = PointKernel::new(&whole).expect("within f32");
        let hessian = derivative::hessian(&mut whole.graph, whole.value, &whole.parameters);
        let outputs: Vec<_> = [whole.value]
            .into_iter()
            .chain(whole.gradient)
            .chain(hessian.into_iter().flatten())
            .collect();
        let points: Vec<Vec<f32>> = points(94, 1, loss.parameters.len())
            .iter()
            .map(|point| {
                let axes = point.iter().zip(&loss.domain);
                let along = |(t, [low, high]): (&f32, &[f64; 2])| {
                    (low + (high - low) * (f64::from(*t) + 2.0) / 4.0) as f32
                };
                axes.map(along).collect()
            })
            .collect();
        let got = evaluate_points(gpu(), &kernel.wgsl, kernel.outputs, &points)
            .unwrap_or_else(|error| panic!("{}: {error}", loss.name));
        let written = Written {
            text: loss.name.clone(),
            graph: whole.graph,
            outputs,
            body: String::new(),
        };
        let mut tally = Tally::default();
        let parts = |place: usize, part: usize| got[place][part];
        if let Some(message) = fault(&written, &points, parts, &mut tally) {
            panic!("{message}");
        }
        println!("{}: {tally:?}", loss.name);
    }
}
