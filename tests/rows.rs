//! Losses over the rows of a table: their values against sums written by hand, their derivatives
//! against those of each row's own loss, and what is said of wrong ones.

#[path = "common/tree.rs"]
mod tree;

use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use thalweg::formula::evaluate::Tape;
use thalweg::formula::{Chance, Graph, Op, Rate, Rows, Table};
use thalweg::loss::{Data, Evaluation, Loss, LossError};
use thalweg::optimizer::random::{FIRST_ROW_DRAW, pcg4d};
use thalweg::optimizer::{self, Settings, Stepper, Update};
use tree::tree;

fn table(columns: &[(&str, &[f64])]) -> Table {
    let headers: Vec<_> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let columns = columns.iter().map(|(_, column)| Ok(column.to_vec()));
    Table::new(&headers, columns.collect()).expect("a table")
}

const X: [f64; 7] = [-2.0, -1.5, -0.25, 0.0, 0.5, 1.75, 3.0];
const Y: [f64; 7] = [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0];

fn points() -> Data {
    Data::new(table(&[("x", &X), ("y", &Y)]))
}

fn over(formula: &str) -> Loss {
    Loss::over(formula, None, points()).unwrap_or_else(|error| panic!("{formula}: {error}"))
}

fn value(formula: &str, w: &[f64]) -> f64 {
    over(formula).evaluate(w).expect("checked").value
}

fn mean(of: impl Fn(f64, f64) -> f64) -> f64 {
    X.iter().zip(&Y).map(|(x, y)| of(*x, *y)).sum::<f64>() / X.len() as f64
}

#[track_caller]
fn near(got: f64, truth: f64) {
    assert!(
        (got - truth).abs() <= 1e-12 * truth.abs().max(1.0),
        "{got}, not {truth}"
    );
}

#[test]
fn sums_and_means_go_over_the_rows() {
    let w = [0.7, -0.4];
    let line = |x: f64| 0.7 * x - 0.4;
    let square = mean(|x, y| (line(x) - y).powi(2));
    near(value("mean((w1*x + w2 - y)^2)", &w), square);
    near(value("sum((w1*x + w2 - y)^2)", &w), 7.0 * square);
    near(value("r = w1*x + w2 - y; mean(r^2)", &w), square);
    near(
        value("sqrt(mean((w1 x + w2 - y)²)) + w1^2", &w),
        square.sqrt() + 0.49,
    );
    near(
        value(r"\sum(\left(w_1 x + w_2 - y\right)^{2})/7", &w),
        square,
    );
    // The columns alone: what a program would call the variance.
    let centre = mean(|x, _| x);
    let variance = mean(|x, _| (x - centre).powi(2));
    near(
        value("w1*mean((x - mean(x))^2) + w2", &w),
        0.7 * variance - 0.4,
    );
    // A sum within a sum, and one that waits for another.
    let output = mean(|x, _| line(x).tanh());
    let spread = mean(|x, _| (line(x).tanh() - output).powi(2));
    near(
        value("p = tanh(w1*x + w2); mean((p - mean(p))^2)", &w),
        spread,
    );
    near(value("w1 + w2 + sum(1)", &w), 7.3);
    near(value("sum(i, 1, 3, mean(w1*x^i)) + w2", &w), {
        0.7 * mean(|x, _| x + x * x + x * x * x) - 0.4
    });
    let cross = mean(|x, y| -(y * line(x)) + (1.0 + line(x).exp()).ln());
    near(
        value(
            "p = sigmoid(w1*x + w2); -mean(y*log(p) + (1 - y)*log(1 - p))",
            &w,
        ),
        cross,
    );
    near(
        value("mean(softplus(w1*x + w2) - y*(w1*x + w2))", &w),
        cross,
    );
}

#[test]
fn columns_are_no_parameters_and_the_model_has_a_name() {
    assert_eq!(over("mean((w1*x + w2 - y)^2)").parameters, ["w1", "w2"]);
    assert_eq!(over("mean((w*x - y)^2)").parameters, ["w"]);
    let names = ["slope", "offset"].map(str::to_owned);
    let declared = Loss::over("mean((slope*x + offset - y)^2)", Some(&names), points());
    assert_eq!(declared.expect("declared").parameters, names);
    // Where the columns leave x and y free, these are parameters.
    let other = Data::new(table(&[("t", &X), ("v", &Y)]));
    let loss = Loss::over("mean((x*t + y - v)^2)", None, other).expect("a loss");
    assert_eq!(loss.parameters, ["x", "y"]);
    let model = Data {
        model: Some("h = tanh(w1*x)\nw2*h".to_owned()),
        ..points()
    };
    let loss = Loss::over("mean((model - y)^2) + 0.1*w1^2", None, model).expect("a loss");
    assert_eq!(loss.parameters, ["w1", "w2"]);
    let there = loss.evaluate(&[0.5, 2.0]).expect("checked").value;
    near(
        there,
        mean(|x, y| (2.0 * (0.5 * x).tanh() - y).powi(2)) + 0.025,
    );
}

/// Output and slopes of the machine for a row that the table does not have.
#[test]
fn the_machine_answers_for_any_row() {
    let model = Data {
        model: Some("w2*tanh(w1*(x - mean(x)))".to_owned()),
        ..points()
    };
    let loss = Loss::over("mean((model - y)^2)", None, model).expect("a loss");
    let mut machine = loss.machine().expect("checked").expect("it has a model");
    let centre = mean(|x, _| x);
    for x in [-7.0, 0.3, 1.75] {
        let output = machine.output(&[0.5, 2.0], &[x, f64::NAN]);
        let (from, tanh) = (x - centre, (0.5 * (x - centre)).tanh());
        near(output.value, 2.0 * tanh);
        near(output.gradient[0], 2.0 * from * (1.0 - tanh * tanh));
        near(output.gradient[1], tanh);
    }
    assert!(
        over("mean((w1*x - y)^2)")
            .machine()
            .expect("checked")
            .is_none()
    );
}

/// Gradient and Hessian written out: for the line they are means of products.
#[test]
fn a_line_has_the_slopes_of_the_textbook() {
    let at = over("mean((w1*x + w2 - y)^2)")
        .evaluate(&[0.7, -0.4])
        .expect("checked");
    let residual = |x: f64, y: f64| 0.7 * x - 0.4 - y;
    near(at.gradient[0], 2.0 * mean(|x, y| residual(x, y) * x));
    near(at.gradient[1], 2.0 * mean(residual));
    let truth = [
        [2.0 * mean(|x, _| x * x), 2.0 * mean(|x, _| x)],
        [2.0 * mean(|x, _| x), 2.0],
    ];
    for (row, truth) in at.hessian.iter().zip(truth) {
        for (got, truth) in row.iter().zip(truth) {
            near(*got, truth);
        }
    }
}

/// The loss of one row: the same expression with the row's numbers in place of the columns. None
/// where something on the way is infinite: what a kink hides of that has a slope of 0 times
/// infinity, a number or none as the derivative is taken forwards or in reverse.
fn of_row(text: &str, p: f64, q: f64) -> Option<Evaluation> {
    let names = ["w1", "w2"].map(str::to_owned);
    let formula = format!("x = w1*({p:?}) + 0.5*({q:?}); y = w2 - ({p:?}); {text}");
    let loss = Loss::from_formula(&formula, Some(&names));
    let loss = loss.unwrap_or_else(|error| panic!("{formula}: {error}"));
    let graph = loss.graph().expect("checked");
    let mut tape = Tape::new(&graph.graph, &[graph.value]);
    tape.run(&[0.75, -1.25]);
    let needed = graph.graph.needed(&[graph.value]);
    let is_tame = needed.iter().all(|id| tape.value(*id).is_finite());
    is_tame.then(|| loss.evaluate(&[0.75, -1.25]).expect("checked"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// A mean over rows and its derivatives are the means of those of each row's own loss.
    #[test]
    fn random_means_are_those_of_their_rows(tree in tree()) {
        const P: [f64; 4] = [-1.5, 0.25, 1.0, 2.5];
        const Q: [f64; 4] = [0.5, -2.0, 3.0, 1.0];
        let text = tree.text();
        let names = ["w1", "w2"].map(str::to_owned);
        let formula = format!("x = w1*p + 0.5*q; y = w2 - p; mean({text})");
        let data = Data::new(table(&[("p", &P), ("q", &Q)]));
        // What reads no column has no mean.
        let whole = match Loss::over(&formula, Some(&names), data) {
            Ok(loss) => loss.evaluate(&[0.75, -1.25]).expect("checked"),
            Err(error) => {
                prop_assert!(error.to_string().contains("reads no column"), "{formula}: {error}");
                return Ok(());
            }
        };
        let rows: Option<Vec<_>> = P.iter().zip(Q).map(|(p, q)| of_row(&text, *p, q)).collect();
        let Some(rows) = rows else {
            return Ok(());
        };
        let parts = |at: &Evaluation| {
            let mut parts = vec![at.value];
            parts.extend(&at.gradient);
            parts.extend(at.hessian.iter().flatten());
            parts
        };
        let rows: Vec<_> = rows.iter().map(parts).collect();
        for (k, got) in parts(&whole).into_iter().enumerate() {
            let truth = rows.iter().map(|row| row[k]).sum::<f64>() / 4.0;
            let all = rows.iter().flatten();
            if all.clone().any(|x| !x.is_finite() || x.abs() > 1e12) {
                continue;
            }
            let size = all.map(|x| x.abs()).fold(1.0, f64::max);
            prop_assert!((got - truth).abs() <= 1e-9 * size, "{formula}: part {k}: {got}, not {truth}");
        }
    }
}

/// A product of columns and of what depends on parameters has many orders: drawing factors out of
/// its sum comes to an end.
#[test]
fn products_of_many_factors_are_sorted_once() {
    let (p, q) = ([-1.5, 0.25, 1.0, 2.5], [0.5, -2.0, 3.0, 1.0]);
    let data = Data::new(table(&[("p", &p), ("q", &q)]));
    let loss = Loss::over("mean(asinh(3*(w1*p + w2*q)))", None, data).expect("a loss");
    let at = loss.evaluate(&[0.75, -1.25]).expect("checked");
    let mut mixed = 0.0;
    for (p, q) in p.into_iter().zip(q) {
        let x: f64 = 3.0 * (0.75 * p - 1.25 * q);
        mixed += -9.0 * p * q * x / (1.0 + x * x).powf(1.5) / 4.0;
    }
    assert!((at.hessian[0][1] - mixed).abs() < 1e-14, "{at:?}, {mixed}");
}

/// A million rows whose sum is known: Σ k = n(n+1)/2, in f64 to the last places.
#[test]
fn long_sums_do_not_drift() {
    let count = 1_000_000;
    let column: Vec<f64> = (1..=count).map(f64::from).collect();
    let tenths: Vec<f64> = column.iter().map(|_| 0.1).collect();
    let data = Data::new(table(&[("k", &column), ("t", &tenths)]));
    let loss = Loss::over("w1*sum(k) + w2^2*mean(t) + mean(w1*t)", None, data).expect("a loss");
    let n = f64::from(count);
    let at = loss.evaluate(&[1.0, 1.0]).expect("checked");
    let truth = n * (n + 1.0) / 2.0 + 0.2;
    assert!((at.value - truth).abs() <= 1e-15 * truth, "{}", at.value);
    let mean = loss.evaluate(&[0.0, 1.0]).expect("checked").value;
    // A block of 256 loses up to 256 · 2⁻⁵³ of itself, their sum nothing; one sum of a million
    // loses 1e-11.
    assert!(
        (mean - 0.1).abs() <= 0.1 * 256.0 / 2.0_f64.powi(53),
        "{mean:e}"
    );
}

/// What columns alone determine is a number before any descent begins; what parameters alone
/// determine stands outside of the rows.
#[test]
fn nodes_stand_at_their_lowest_rate() {
    let loss = over("a = exp(w1); mean(a*sin(w2)*log(x + 5)*(tanh(w1*x) - y^2))");
    let LossNodes { graph, value } = nodes(&loss);
    let needed = graph.needed(&[value]);
    assert!(needed.iter().all(|id| graph.rate(*id) != Rate::Row));
    let sums: Vec<_> = needed
        .iter()
        .filter_map(|id| match graph.op(*id) {
            Op::Sum(..) => Some(*id),
            _ => None,
        })
        .collect();
    assert_eq!(sums.len(), 1, "one walk over the rows");
    let passes = graph.parts(&needed);
    let pass = passes.iter().find_map(|part| match part {
        thalweg::formula::Part::Pass(pass) => Some(pass),
        thalweg::formula::Part::Node(_) => None,
    });
    let pass = pass.expect("there is a sum");
    // tanh(w1 x): two; minus y², times log(x + 5): two more. exp, sin and their product are outside,
    // x + 5, log and y² are made beforehand.
    assert_eq!(pass.varying.len(), 4, "{pass:?}");
    let fixed = over("w1*mean(log(x + 5)) + w1*sum(x*y)");
    let LossNodes { graph, value } = nodes(&fixed);
    assert!(
        graph
            .parts(&graph.needed(&[value]))
            .iter()
            .all(|part| { matches!(part, thalweg::formula::Part::Node(_)) })
    );
}

struct LossNodes {
    graph: Graph,
    value: thalweg::formula::NodeId,
}

fn nodes(loss: &Loss) -> LossNodes {
    let graph = loss.graph().expect("checked");
    LossNodes {
        value: graph.value,
        graph: graph.graph,
    }
}

/// The rule of design: pcg4d alone draws a batch, from seed, descent and step.
#[test]
fn a_batch_is_drawn_by_the_rule() {
    let chance = Chance {
        seed: 5,
        descent: 3,
        step: 17,
    };
    for draw in 0..40 {
        let words = pcg4d([5, 3, 17, FIRST_ROW_DRAW + draw / 4]);
        assert_eq!(chance.row(draw, 1000), words[draw as usize % 4] % 1000);
    }
    // With replacement: of 1,000 draws from 1,000 rows about 632 differ.
    let mut rows: Vec<_> = (0..1000).map(|draw| chance.row(draw, 1000)).collect();
    rows.sort_unstable();
    rows.dedup();
    assert!((580..690).contains(&rows.len()), "{} rows", rows.len());
}

/// A step of gradient descent over a batch is that of the rows drawn, and of no others; the loss
/// that is told is that of all rows.
#[test]
fn a_step_takes_its_batch_and_tells_the_whole() {
    let data = Data {
        batch: Some(3),
        ..points()
    };
    let loss = Loss::over("sum((w1*x + w2 - y)^2)/7", None, data).expect("a loss");
    let sgd = &optimizer::named("sgd").expect("known").rule;
    let lr = Settings::from([("lr".to_owned(), optimizer::Setting::Number(0.125))]);
    let update = Update::new(sgd, &loss, &lr)
        .expect("an update")
        .with_seed(9);
    let mut stepper = Stepper::of_descent(&update, &[0.5, 0.25], 2);
    let mut w = [0.5, 0.25];
    for step in 1..=20 {
        stepper.step();
        let chance = Chance {
            seed: 9,
            descent: 2,
            step,
        };
        let mut gradient = [0.0; 2];
        for draw in 0..3 {
            let row = chance.row(draw, 7) as usize;
            let residual = w[0] * X[row] + w[1] - Y[row];
            gradient[0] += 2.0 * residual * X[row] / 3.0;
            gradient[1] += 2.0 * residual / 3.0;
        }
        w = [w[0] - 0.125 * gradient[0], w[1] - 0.125 * gradient[1]];
        near(stepper.parameters()[0], w[0]);
        near(stepper.parameters()[1], w[1]);
    }
    near(stepper.loss(), mean(|x, y| (w[0] * x + w[1] - y).powi(2)));
}

/// All evaluations within a step see one batch: `grad_at(w)` is the gradient.
#[test]
fn evaluations_of_one_step_share_their_batch() {
    let data = Data {
        batch: Some(2),
        ..points()
    };
    let loss = Loss::over("mean((tanh(w1*x) + w2 - y)^2)", None, data).expect("a loss");
    let rule = optimizer::Rule::parse("w = w - 0.1*(g + grad_at(w + 0*g) - 2*g) - 0.1*g");
    let rule = rule.expect("a rule");
    let plain = optimizer::Rule::parse("w = w - 0.1*g").expect("a rule");
    let settings = Settings::new();
    let (a, b) = (
        Update::new(&rule, &loss, &settings).expect("an update"),
        Update::new(&plain, &loss, &settings).expect("an update"),
    );
    let (mut a, mut b) = (Stepper::new(&a, &[0.5, 0.1]), Stepper::new(&b, &[0.5, 0.1]));
    for _ in 0..50 {
        a.step();
        b.step();
        for (a, b) in a.parameters().iter().zip(b.parameters()) {
            near(*a, b);
        }
    }
}

/// A batch of as many draws as there are steps to draw them in has the whole's gradient on average.
#[test]
fn batches_are_fair() {
    let data = Data {
        batch: Some(5),
        ..points()
    };
    let loss = Loss::over("sum((w1*x + w2 - y)^2)", None, data).expect("a loss");
    let mut graph = Graph::new();
    let at = [graph.input(Rate::Descent), graph.input(Rate::Descent)];
    let all = loss.add_to(&mut graph, &at, Rows::All).expect("checked");
    let batch = loss.add_to(&mut graph, &at, Rows::Batch).expect("checked");
    let mut tape = Tape::new(&graph, &[all, batch]);
    let mut sum = 0.0;
    const STEPS: u32 = 20_000;
    for step in 0..STEPS {
        tape.chance = Chance {
            seed: 1,
            descent: 0,
            step,
        };
        tape.run(&[0.7, -0.4]);
        sum += tape.value(batch);
    }
    let (got, truth) = (sum / f64::from(STEPS), tape.value(all));
    // A draw's term spreads about as much as its mean; of 100,000 draws the mean by 1/300.
    assert!((got / truth - 1.0).abs() < 0.015, "{got}, not {truth}");
}

const WRONG: &str = "tests/data/wrong-rows.toml";

const WRONG_HEAD: &str = "\
# Wrong formulas over a table with the columns x and y, and one of words called kind, each with what
# is said of it. `none = true`: there is no table. `model` and `parameters` are given where they are.
# `UPDATE_SNAPSHOTS=1 cargo test --test rows wrong` writes the messages anew; then read them.
";

#[derive(serde::Deserialize)]
struct Wrong {
    input: String,
    model: Option<String>,
    parameters: Option<Vec<String>>,
    #[serde(default)]
    none: bool,
    message: String,
}

fn said_of(wrong: &Wrong) -> String {
    let words =
        "points.csv:2: column `kind`: `setosa` is not a number; correct it or leave the row out";
    let headers = ["x", "y", "kind"].map(str::to_owned);
    let columns = vec![Ok(X.to_vec()), Ok(Y.to_vec()), Err(words.to_owned())];
    let data = Data {
        model: wrong.model.clone(),
        ..Data::new(Table::new(&headers, columns).expect("a table"))
    };
    let parameters = wrong.parameters.as_deref();
    let made = match wrong.none {
        true => Loss::from_formula(&wrong.input, parameters).map_err(LossError::Formula),
        false => Loss::over(&wrong.input, parameters, data),
    };
    match made {
        Ok(_) => "nothing is wrong".to_owned(),
        Err(error) => error.render(["formula", "model"], &wrong.input, wrong.model.as_deref()),
    }
}

#[test]
fn wrong_losses_over_rows_say_what_where_and_what_instead() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(WRONG);
    let text = fs::read_to_string(&path).expect("the fixture");
    let kinds: BTreeMap<String, Vec<Wrong>> = toml::from_str(&text).expect("kinds of inputs");
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut anew = WRONG_HEAD.to_owned();
    let mut faults = Vec::new();
    for (kind, cases) in &kinds {
        for case in cases {
            let said = said_of(case);
            let mut head = format!("input = {}\n", quoted(&case.input));
            if let Some(model) = &case.model {
                head += &format!("model = {}\n", quoted(model));
            }
            if let Some(names) = &case.parameters {
                head += &format!("parameters = {names:?}\n");
            }
            if case.none {
                head += "none = true\n";
            }
            write!(anew, "\n[[{kind}]]\n{head}message = '''\n{said}'''\n").expect("a String");
            if said != case.message || said == "nothing is wrong" {
                faults.push(format!(
                    "{}\nsays:\n{said}\nnot:\n{}\n",
                    case.input, case.message
                ));
            }
        }
    }
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, anew).expect("the fixture can be written");
        return;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(kinds.values().map(Vec::len).sum::<usize>() >= 25);
}

/// One table is shared, not copied, however many losses go over it.
#[test]
fn losses_share_their_table() {
    let data = points();
    let first = Loss::over("mean((w1*x - y)^2)", None, data.clone()).expect("a loss");
    let second = first.with_data(data.clone()).expect("the same");
    assert_eq!(first.data, second.data);
    assert_eq!(Arc::strong_count(&data.table), 3);
}
