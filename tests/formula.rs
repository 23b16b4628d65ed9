//! The formula language: meaning, derivatives by an independent hand, messages.

#[path = "formula/dual.rs"]
mod dual;
#[path = "formula/style.rs"]
mod style;
#[path = "common/tree.rs"]
mod tree;

use dual::derivatives;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::f64::consts::{LN_2, PI};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Instant;
use style::Style;
use thalweg::formula::derivative::{self, Mode};
use thalweg::formula::evaluate::Tape;
use thalweg::loss::{self, Loss};
use tree::tree;

fn value(formula: &str, at: &[f64]) -> f64 {
    let loss =
        Loss::from_formula(formula, None).unwrap_or_else(|error| panic!("{formula}: {error}"));
    loss.evaluate(at).expect("checked").value
}

#[test]
fn precedence_is_that_of_mathematics() {
    for (formula, truth) in [
        ("x + 2*3^2", 19.0),
        ("-x^2", -1.0),
        ("(-x)^2", 1.0),
        ("2^3^2*x", 512.0),
        ("8/4/2*x", 1.0),
        ("x - 2 - 3", -4.0),
        ("2x", 2.0),
        ("2(x + 1)", 4.0),
        ("(x + 1)(x + 2)", 6.0),
        ("x x", 1.0),
        ("2x^2", 2.0),
        ("x ** 3", 1.0),
        ("2^-x", 0.5),
        ("−x · 3", -3.0),
        ("x(2 + 1)", 3.0),
        ("-2^2*x", -4.0),
        ("(x < 2) + (x >= 1) + (x == 1) + (x != 1)", 3.0),
        ("if(x > 0, 5, 6)", 5.0),
        ("min(3, x, 2)", 1.0),
        ("max(x, 2, 3)", 3.0),
        ("clamp(x, 2, 3)", 2.0),
        ("relu(-x) + relu(x)", 1.0),
        ("mod(-x, 3)", 2.0),
        ("x*1e-3 + .5 + 2.", 2.501),
        ("pi*x - tau/2", 0.0),
        ("u = x + 1; v = u^2; u*v", 8.0),
        ("u = x + 1\nv = u^2  # a comment\nu*v", 8.0),
        ("norm(x - 4)", 3.0),
        ("|x - 3|", 2.0),
        ("||x - 3| - 5| |x + 1|", 6.0),
        ("2|x - 3|x", 4.0),
        ("(|x| + 1)|x|", 2.0),
        ("3x²", 3.0),
        ("(x + 1)³ - x⁻¹", 7.0),
        ("-x²", -1.0),
        ("2^x²", 2.0),
        ("(x+1)²²", 4194304.0),
        ("½x + ¾", 1.25),
        ("√(x + 3) + √4", 4.0),
        ("√4x + √[x + 3] x", 4.0),
        ("∛8 x - ∛(-x)", 3.0),
        ("2πx - τ", 0.0),
        ("cos 2πx + cos πx", 0.0),
        ("‖x - 3‖² + ‖|x| - 2‖", 5.0),
        ("sin⁻¹ x + cos^-1(x) + tan^{-1} x", 0.75 * PI),
        (
            "sinh^-1 x + cosh⁻¹ x + tanh^(-1) (x/2)",
            1.0_f64.asinh() + 0.5_f64.atanh(),
        ),
        ("sin^-2 x", 1.0_f64.sin().powi(-2)),
        ("f(x, y) = x^2 + 3", 4.0),
        ("u = x + 1; L(x) = u^2", 4.0),
        ("u = x + 1; loss = u^2", 4.0),
        ("f(a) = a^2 + 1", 2.0),
        ("[x + 1]{x + 2}", 6.0),
        ("sin x", 1.0_f64.sin()),
        ("sin 2x", 2.0_f64.sin()),
        ("sin^2 x + cos²x", 1.0),
        ("sin x cos x", 1.0_f64.sin() * 1.0_f64.cos()),
        ("ln|x - 3|", 2.0_f64.ln()),
        ("sum(i, 1, 4, i*x)", 10.0),
        ("prod(k, 1, 4, k)*x", 24.0),
        ("sum(i, 1, 3, sum(j, 1, i, x))", 6.0),
        ("sum(i, 1, 2, i^2) + sum(i, 3, 2, x)", 5.0),
        ("i = 7; sum(i, 1, 2, i) + i*x", 10.0),
        ("x + (1 +\n 2)", 4.0),
        ("x +\n 2", 3.0),
        ("ceil(x/3) + round(x/3)", 1.0),
        ("sec(0*x) + cot(pi/4)", 2.0),
        ("α = 2; α x", 2.0),
        (r"\frac{x + 1}{4}", 0.5),
        (r"\dfrac{x}{2} \cdot 4", 2.0),
        (r"\left( x + 1 \right)^{2}", 4.0),
        (r"e^{-x^2}", (-1.0_f64).exp()),
        (r"\sqrt{x + 3} + \sqrt[3]{8}", 4.0),
        (r"\sqrt4 x + \sqrt[3]{-8x}", 0.0),
        (r"\frac12 x + \frac1{4} + \frac{1}4", 1.0),
        (r"\frac x 4 + \tfrac\pi2 - \frac\tau{4}", 0.25),
        (r"\mathbf{x}_1^{2} + \boldsymbol{x}_{1}", 2.0),
        (r"\lVert x - 3 \rVert^{2} + \left\| x \right\|", 5.0),
        (r"\mathcal{L}(x) = \frac{1}{2} x^2", 0.5),
        (r"\sin\left(\pi x\right) + \cos(\pi x)", -1.0),
        (r"\sin 2\pi x", 0.0),
        (r"\mathrm{sin}(x) - \operatorname{sin} x", 0.0),
        (r"10 \times x \le 3", 0.0),
        (r"\sum_{i=1}^{4} i x", 10.0),
        (r"\prod_{k=1}^3 k x + 1", 7.0),
        (r"\exp\left|x\right|", 1.0_f64.exp()),
        (r"\lvert -x \rvert", 1.0),
        (r"\alpha = 3; \alpha \, x^{2}", 3.0),
    ] {
        let got = value(formula, &[1.0]);
        assert!(
            (got - truth).abs() < 1e-12,
            "{formula} is {got}, not {truth}"
        );
    }
}

#[test]
fn parameters_are_found() {
    for (formula, names) in [
        ("x^2", vec!["x"]),
        ("y^2", vec!["x", "y"]),
        ("w^2", vec!["w"]),
        ("w1 + w3", vec!["w1", "w2", "w3"]),
        ("u = x; u*y", vec!["x", "y"]),
        ("sum(i, 1, 3, i*x)", vec!["x"]),
        ("x_1^2 + x_{2}^2", vec!["x1", "x2"]),
        ("w₁ - w2", vec!["w1", "w2"]),
        ("f(x, y) = x^2", vec!["x", "y"]),
        ("f(a, b) = (a - 1)^2 + b", vec!["a", "b"]),
        ("f(y, x) = x + 2y", vec!["y", "x"]),
        ("f(w) = w1^2 + w_3^2", vec!["w1", "w2", "w3"]),
        (
            r"L(\boldsymbol{\theta}) = \theta_1^2 + \theta_2^2",
            vec!["θ1", "θ2"],
        ),
        ("u = x - 1; f(x, y) = u^2 + y", vec!["x", "y"]),
    ] {
        let loss = Loss::from_formula(formula, None).expect(formula);
        assert_eq!(loss.parameters, names, "{formula}");
    }
    let names = ["slope".to_owned(), "offset".to_owned()];
    let loss = Loss::from_formula("(slope - 1)^2 + offset", Some(&names)).expect("declared");
    assert_eq!(loss.evaluate(&[3.0, 5.0]).expect("checked").value, 9.0);
}

const WRONG: &str = "tests/data/wrong-formulas.toml";

const WRONG_HEAD: &str = "\
# Wrong formulas by kind, each with what is said of it: the message as it stands in a terminal.
# `UPDATE_SNAPSHOTS=1 cargo test --test formula wrong` writes the messages anew; then read them.
";

/// What is said of a wrong formula: by the loss, or by the shader where the loss stands.
fn rendered(formula: &str) -> String {
    let made = Loss::from_formula(formula, None);
    let wgsl = made
        .and_then(|loss| loss.graph())
        .and_then(|graph| graph.wgsl());
    let Err(error) = wgsl else {
        return "nothing is wrong".to_owned();
    };
    error.render("formula", formula)
}

/// The messages are read by people, so they are kept whole, place and all.
#[test]
fn wrong_formulas_say_what_where_and_what_instead() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(WRONG);
    let text = fs::read_to_string(&path).expect("the fixture");
    let kinds: BTreeMap<String, Vec<BTreeMap<String, String>>> =
        toml::from_str(&text).expect("kinds with inputs and messages");
    let mut anew = WRONG_HEAD.to_owned();
    let mut faults = Vec::new();
    let mut count = 0;
    for (kind, cases) in &kinds {
        for case in cases {
            let input = &case["input"];
            let said = rendered(input);
            let shown = toml::Value::String(input.clone());
            write!(
                anew,
                "\n[[{kind}]]\ninput = {shown}\nmessage = '''\n{said}'''\n"
            )
            .expect("a String takes all text");
            if said != case["message"] {
                faults.push(format!(
                    "{input}\nsays:\n{said}\nnot:\n{}\n",
                    case["message"]
                ));
            }
            count += usize::from(said != "nothing is wrong");
        }
    }
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, anew).expect("the fixture can be written");
        return;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let all: usize = kinds.values().map(Vec::len).sum();
    assert!(count >= 150 && count == all, "{count} of {all} are wrong");
}

/// Texts that are made to be slow, by name. What guards them is counted, not timed: where the
/// reader gave up, and how much it says.
fn hostile_texts() -> Vec<(&'static str, String)> {
    let calls = format!("{}x{}", "sin(".repeat(10_000), ")".repeat(10_000));
    let loops = format!("{}x{}", "sum(i, 1, 9999, ".repeat(50), ")".repeat(50));
    vec![
        ("a million brackets", "(".repeat(1_000_000)),
        ("brackets", "(".repeat(60_000)),
        ("calls", calls),
        ("signs", "-".repeat(60_000)),
        ("powers", format!("x{}", "^2".repeat(10_000))),
        ("bars", "|".repeat(60_000)),
        ("a line of 1 MB", format!("x{}", " + x".repeat(250_000))),
        ("a name of 60 kB", "y".repeat(60_000)),
        ("a command of 60 kB", format!("\\{}", "y".repeat(60_000))),
        ("a number of 60 kB", format!("{}x", "9".repeat(60_000))),
        ("raised digits of 60 kB", format!("x{}", "²".repeat(30_000))),
        ("NUL", "x^2 + \0".to_owned()),
        ("loops in loops", loops),
        (
            "a sum that never ends",
            "sum(i, 1, 9999, sum(j, 1, 9999, 0)) + x".to_owned(),
        ),
    ]
}

#[test]
fn hostile_texts_are_refused_at_once() {
    for (name, text) in hostile_texts() {
        let Err(error) = Loss::from_formula(&text, None) else {
            panic!("{name} is taken");
        };
        let message = error.render("formula", &text);
        let length = message.chars().count();
        assert!(length < 1_000, "{name}: {length} characters of message");
        assert!(
            !message.contains(|c: char| c.is_control() && c != '\n'),
            "{name}"
        );
        if error.message.contains("nested deeper") {
            assert!(
                error.span.end < 2_000,
                "{name}: read up to {}",
                error.span.end
            );
        }
    }
}

#[test]
#[ignore = "prints times"]
fn times_of_hostile_texts() {
    for (name, text) in hostile_texts() {
        let start = Instant::now();
        let error = Loss::from_formula(&text, None).expect_err(name);
        let message = error.render("formula", &text);
        let reason = message.lines().next().unwrap_or_default();
        println!(
            "{:>9.3} ms  {name}: {reason}",
            start.elapsed().as_secs_f64() * 1e3
        );
    }
}

/// Operations of value and gradient together, as the shader does them. Ackley's are counted by hand:
///
/// | part | operations |
/// |---|---|
/// | r = sqrt(0.5(x² + y²)): x·x, y·y, +, 0.5·, sqrt | 5 |
/// | a = -20exp(-0.2r): -0.2·, exp, 20· | 3 |
/// | 2πx, 2πy, their cosines, +, 0.5·, exp | 7 |
/// | -a - b + (20 + e): -, - | 2 |
/// | ∂a: 1/r or 0, its product with a's exponential and a number (2) | 3 |
/// | ∂b: the sines (2), b times a number | 3 |
/// | each slope: x·∂a, sin·∂b, + | 6 |
#[test]
fn operations_are_few() {
    for (name, most) in [
        ("sphere", 5),
        ("rosenbrock", 12),
        ("himmelblau", 18),
        ("ackley", 29),
    ] {
        let graph = loss::named(name).expect("known").graph().expect("a graph");
        let outputs = [vec![graph.value], graph.gradient.clone()].concat();
        let operations = graph.graph.operations(&outputs);
        let of_value = graph.graph.operations(&outputs[..1]);
        println!("{name}: {operations} operations, {of_value} for the value");
        assert!(operations <= most, "{name}: {operations} operations");
    }
}

/// Reverse mode where the parameters are many, forward mode where it is smaller.
#[test]
fn the_smaller_mode_is_taken() {
    let operations = |formula: &str, mode: Option<Mode>| {
        let loss = Loss::from_formula(formula, None).expect(formula);
        let mut whole = loss.graph().expect("a graph");
        if let Some(mode) = mode {
            let (graph, inputs) = (&mut whole.graph, &whole.parameters);
            whole.gradient = derivative::gradient_by(mode, graph, whole.value, inputs);
        }
        let outputs = [&[whole.value], whole.gradient.as_slice()].concat();
        whole.graph.operations(&outputs)
    };
    let mut taken = Vec::new();
    for formula in [
        "max(x^2, exp(x))",
        "u = w1 w2 w3 w4 w5 w6 w7 w8; sin(u) + exp(u)",
        "log(1 + x^2) sin(y) + x y",
    ] {
        let [forward, reverse] =
            [Mode::Forward, Mode::Reverse].map(|mode| operations(formula, Some(mode)));
        let chosen = operations(formula, None);
        println!("{formula}: forward {forward}, reverse {reverse}, taken {chosen}");
        assert!(chosen <= forward.min(reverse), "{formula}: {chosen}");
        taken.push(forward.cmp(&reverse));
    }
    use std::cmp::Ordering::{Greater, Less};
    assert!(
        taken.contains(&Less) && taken.contains(&Greater),
        "{taken:?}"
    );
}

/// What a shader cannot hold is refused before the driver sees it; f64 still answers.
#[test]
fn the_budget_of_a_shader_is_kept() {
    let long = Loss::from_formula("sum(i, 1, 400, sin(i*x + y)/i)", None).expect("a formula");
    assert!(
        long.evaluate(&[0.5, 1.0])
            .expect("in f64")
            .value
            .is_finite()
    );
    let error = long.graph().expect("a graph").wgsl().expect_err("too long");
    assert!(
        error.message.contains("a shader holds 1024"),
        "{}",
        error.message
    );
    let constant = Loss::from_formula("1e60*x^2", None).expect("a formula");
    assert_eq!(constant.evaluate(&[2.0]).expect("in f64").value, 4e60);
    let error = constant
        .graph()
        .expect("a graph")
        .wgsl()
        .expect_err("too large");
    assert!(error.message.contains("32 bits"), "{}", error.message);
    assert_eq!(&constant.formula[error.span], "1e60");
}

/// The table of `src/formula/derivative.rs`: formula, point, slopes there.
#[test]
fn kinks_have_the_slopes_of_the_table() {
    let cases: [(&str, [f64; 2], [f64; 2]); 42] = [
        ("|x| + 0*y", [0.0, 0.0], [0.0, 0.0]),
        ("sign(x) + y", [0.0, 0.0], [0.0, 1.0]),
        ("floor(x) + ceil(y)", [1.0, 1.0], [0.0, 0.0]),
        ("round(x) + y", [0.5, 0.0], [0.0, 1.0]),
        ("(x < y) + (x <= y) + (x == y)", [1.0, 1.0], [0.0, 0.0]),
        ("max(x, y)", [1.0, 1.0], [1.0, 0.0]),
        ("max(y, x)", [1.0, 1.0], [0.0, 1.0]),
        ("min(x, y)", [1.0, 1.0], [1.0, 0.0]),
        ("min(y, x)", [1.0, 1.0], [0.0, 1.0]),
        ("max(2x, 3y, x + y)", [0.0, 0.0], [2.0, 0.0]),
        ("relu(x) + relu(-y)", [0.0, 0.0], [0.0, 0.0]),
        ("clamp(x, 0, 1) + clamp(y, 0, 1)", [0.0, 1.0], [1.0, 1.0]),
        ("sqrt(x) + y", [0.0, 0.0], [0.0, 1.0]),
        ("x^0.5 + y", [0.0, 0.0], [0.0, 1.0]),
        ("cbrt(x) + y", [0.0, 0.0], [0.0, 1.0]),
        ("|x|^0.7 + (y^2)^(1/3)", [0.0, 0.0], [0.0, 0.0]),
        ("x^1.5 + y^0.3", [0.0, 0.0], [0.0, 0.0]),
        ("asin(x) + acos(y)", [1.0, -1.0], [0.0, 0.0]),
        ("acosh(x) + y", [1.0, 0.0], [0.0, 1.0]),
        ("atan2(x, y)", [0.0, 0.0], [0.0, 0.0]),
        ("x^y", [0.0, 2.0], [0.0, 0.0]),
        ("x^y", [0.0, 1.0], [1.0, 0.0]),
        ("2^y + 0*x", [0.0, 1.0], [0.0, 2.0 * LN_2]),
        ("ceil(x) + round(y)", [0.0, -0.5], [0.0, 0.0]),
        ("clamp(x, -1, 1) + clamp(y, -1, 1)", [-1.0, 1.5], [1.0, 0.0]),
        ("hypot(x, y)", [0.0, 0.0], [0.0, 0.0]),
        ("sqrt(x^2 + y^2)", [0.0, 0.0], [0.0, 0.0]),
        ("norm(x) + y", [0.0, 0.0], [0.0, 1.0]),
        ("mod(x, 2) + y", [4.0, 0.0], [1.0, 1.0]),
        ("mod(x, y)", [6.0, 2.0], [1.0, -3.0]),
        ("if(x > 0, 2x, 3x) + y", [0.0, 0.0], [3.0, 1.0]),
        ("if(x >= 0, 2x, 3x) + y", [0.0, 0.0], [2.0, 1.0]),
        ("if(x == y, x y, x + y)", [2.0, 2.0], [2.0, 2.0]),
        // What the other branch would be, were it chosen, is nobody's affair.
        ("if(x > 0, x log(x), 0) + y", [0.0, 0.0], [0.0, 1.0]),
        ("if(x > 0, sqrt(x), -x) + y", [-4.0, 0.0], [-1.0, 1.0]),
        ("if(x > 0, if(y > 0, x/y, x), y^x)", [2.0, 0.0], [1.0, 0.0]),
        (
            "u = log(x); if(x > 0, u^2, y) + 2u^0",
            [0.0, 0.0],
            [0.0, 1.0],
        ),
        (
            "u = 1/x; if(x == 0, y, u) + if(x == 0, 3y, u y)",
            [0.0, 5.0],
            [0.0, 4.0],
        ),
        (
            "u = log(x); if(x > 0, u^2, y) + if(x > -1, y, u)",
            [0.0, 0.0],
            [0.0, 2.0],
        ),
        ("|x|^3 + y", [0.0, 0.0], [0.0, 1.0]),
        ("||x| - 1| + y", [1.0, 0.0], [0.0, 1.0]),
        ("x |x| + y", [0.0, 0.0], [0.0, 1.0]),
    ];
    for (formula, at, slopes) in cases {
        let loss = loss_of(formula);
        let got = loss.evaluate(&at).expect("checked").gradient;
        assert_eq!(got, slopes, "{formula} at {at:?}");
        for mode in [Mode::Forward, Mode::Reverse] {
            assert_eq!(
                slopes_by(mode, &loss, &at),
                slopes,
                "{formula} at {at:?}, {mode:?}"
            );
        }
    }
}

/// The gradient by one mode alone.
fn slopes_by(mode: Mode, loss: &Loss, at: &[f64]) -> Vec<f64> {
    let mut whole = loss.graph().expect("a graph");
    let slopes = derivative::gradient_by(mode, &mut whole.graph, whole.value, &whole.parameters);
    let mut tape = Tape::new(&whole.graph, &slopes);
    tape.run(at);
    slopes
        .iter()
        .map(|slope| tape.value(*slope) + 0.0)
        .collect()
}

/// Formula, point, value and slope: what leaves the range of the numbers only on the way. The
/// slopes are checked in f32's range too, by `formula_on_gpu.rs`.
#[test]
fn values_within_range_are_reached() {
    let soft = 1.313_261_687_518_222_8;
    let part = 0.731_058_578_630_004_9;
    for (formula, x, value, slope) in [
        ("log(1 + exp(x))", 1.0, soft, part),
        ("log(1 + exp(x))", 800.0, 800.0, 1.0),
        ("log(exp(x) + 1)", -800.0, 0.0, 0.0),
        ("ln(1 + e^(-x))", -800.0, 800.0, -1.0),
        ("log1p(exp(x))", 800.0, 800.0, 1.0),
        ("log(3 + 2exp(x))", 800.0, 800.0 + LN_2, 1.0),
        ("log(exp(x) + exp(2x))", 500.0, 1000.0, 2.0),
        ("log(exp(x) + exp(-x) + 1)", -800.0, 800.0, -1.0),
        ("1/(1 + exp(-x))", 1.0, part, part * (1.0 - part)),
        ("1/(1 + exp(-x))", -800.0, 0.0, 0.0),
        ("1/(1 + exp(-x))", 800.0, 1.0, 0.0),
        ("2/(exp(x) + 1)", 800.0, 0.0, 0.0),
        ("exp(x)/(1 + exp(x))", 800.0, 1.0, 0.0),
        ("log(sigmoid(x))", -800.0, -800.0, 1.0),
        ("log(1 - sigmoid(x))", 800.0, -800.0, -1.0),
        ("log(1 - 1/(1 + exp(-x)))", 800.0, -800.0, -1.0),
        (
            "-(0.25log(sigmoid(x)) + 0.75log(1 - sigmoid(x)))",
            -900.0,
            225.0,
            -0.25,
        ),
        ("softplus(x) - relu(x)", 800.0, 0.0, 0.0),
        ("sigmoid(x)", -800.0, 0.0, 0.0),
        ("x^65", -1.0, -1.0, 65.0),
        ("x^3", -2.0, -8.0, 12.0),
        ("pow(x, 4)", -2.0, 16.0, -32.0),
        ("x^-3", -2.0, -0.125, -0.1875),
        ("|x|^0.5", -4.0, 2.0, -0.25),
        ("hypot(x, 3e200)", 4e200, 5e200, 0.8),
        ("tanh(x)", 800.0, 1.0, 0.0),
    ] {
        let at = loss_of(formula).evaluate(&[x, 0.0]).expect("checked");
        for (got, want) in [(at.value, value), (at.gradient[0], slope)] {
            let error = (got - want).abs() / want.abs().max(1.0);
            assert!(error < 1e-14, "{formula} at {x}: {got}, not {want}");
        }
    }
}

fn loss_of(text: &str) -> Loss {
    let names = ["x".to_owned(), "y".to_owned()];
    Loss::from_formula(text, Some(&names)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Value, gradient and Hessian against hyper-dual numbers, where they are
    /// finite: to 1e-9 of the larger of 1 and the value, scaled by how ill the point
    /// is conditioned (how far the answer moves when every step is off by 1e-14).
    #[test]
    fn derivatives_are_those_of_dual_numbers(tree in tree(), x in -2.0..2.0_f64, y in -2.0..2.0_f64) {
        let text = tree.text();
        let truth = derivatives(&tree, x, y, None);
        let moved = [1, 2, 3, 4].map(|seed| derivatives(&tree, x, y, Some(seed << 32 | 77)));
        let at = loss_of(&text).evaluate(&[x, y]).expect("a well-formed tree");
        let got = [&[at.value][..], &at.gradient, &at.hessian.concat()].concat();
        // The two mixed derivatives are one.
        for (got, part) in got.into_iter().zip([0, 1, 2, 3, 4, 4, 5]) {
            if !truth[0].is_finite() || !truth[part].is_finite() {
                continue;
            }
            let spreads = moved.iter().map(|other| (other[part] - truth[part]).abs());
            // On an edge of where the formula has a value, either side may be met.
            let Some(spread) = spreads.reduce(|a, b| if b > a || b.is_nan() { b } else { a })
                .filter(|spread| spread.is_finite()) else {
                continue;
            };
            let bound = 1e-9 * truth[part].abs().max(1.0) + 100.0 * spread;
            prop_assert!(
                (got - truth[part]).abs() <= bound,
                "{text} at ({x}, {y}): part {part} is {got}, not {}", truth[part]
            );
            // Both modes, whichever was smaller.
            if let 1 | 2 = part {
                for mode in [Mode::Forward, Mode::Reverse] {
                    let got = slopes_by(mode, &loss_of(&text), &[x, y])[part - 1];
                    prop_assert!(
                        (got - truth[part]).abs() <= bound,
                        "{text} at ({x}, {y}): part {part} is {got} by {mode:?}, not {}", truth[part]
                    );
                }
            }
        }
    }

    /// However an expression is written, it is the same graph: equal to the last bit.
    #[test]
    fn every_style_means_the_same(tree in tree(), x in -2.0..2.0_f64, y in -2.0..2.0_f64) {
        let plain = loss_of(&tree.text()).evaluate(&[x, y]).expect("a well-formed tree");
        for style in [Style::Bare, Style::Raised, Style::Latex] {
            let text = style::text(&tree, style);
            let styled = loss_of(&text).evaluate(&[x, y]).expect("a well-formed tree");
            prop_assert_eq!(format!("{styled:?}"), format!("{plain:?}"), "{}", text);
        }
    }
}
