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
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Instant;
use style::Style;
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

/// Operations of value and gradient together, as the shader does them.
#[test]
fn operations_are_few() {
    for (name, most) in [("rosenbrock", 12), ("himmelblau", 18), ("sphere", 5)] {
        let graph = loss::named(name).expect("known").graph().expect("a graph");
        let outputs = [vec![graph.value], graph.gradient.clone()].concat();
        let operations = graph.graph.operations(&outputs);
        println!("{name}: {operations} operations");
        assert!(operations <= most, "{name}: {operations} operations");
    }
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
    let cases: [(&str, [f64; 2], [f64; 2]); 32] = [
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
        let loss = Loss::from_formula(formula, None).expect(formula);
        let got = loss.evaluate(&at).expect("checked").gradient;
        assert_eq!(got, slopes, "{formula} at {at:?}");
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
