//! A step taken apart: the numbers that the statements show are those of the step that runs.

mod common;

use common::gpu;
use std::sync::{Mutex, PoisonError};
use thalweg::formula::evaluate::Precision;
use thalweg::lesson::{Explainer, Explanation, Outcome, Role};
use thalweg::loss::{self, Loss};
use thalweg::optimizer::{self, Carried, Rule, Setting, Settings, Stepper, Update};
use thalweg::simulation::{Race, RacePlan, TeamPlan};

/// One test at a time on the shared device: a readback is told by who waits for it.
static TURN: Mutex<()> = Mutex::new(());

fn update_of(rule: &Rule, loss: &Loss, settings: &Settings) -> Update {
    Update::new(rule, loss, settings).unwrap_or_else(|error| panic!("{}: {error}", rule.text))
}

fn loss_named(name: &str) -> Loss {
    loss::named(name).unwrap_or_else(|| panic!("{name} is in the catalogue"))
}

/// The value that the last statement about `w` gives.
fn last_w(explanation: &Explanation) -> &[f64] {
    let values = explanation.statements.iter().rev();
    let mut values = values.filter_map(|statement| match &statement.outcome {
        Outcome::Assigned { name, value, .. } if name == "w" => Some(value.as_slice()),
        _ => None,
    });
    values.next().expect("a rule assigns w")
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Settings that wake what the defaults leave asleep.
fn wakened(rule: &Rule) -> Settings {
    let mut settings = Settings::new();
    for flag in &rule.flags {
        settings.insert(flag.name.clone(), Setting::Number(1.0));
    }
    for hyper in rule.hypers.iter().filter(|hyper| hyper.default_text == "0") {
        let [low, high] = hyper.range.unwrap_or([0.0, 1.0]);
        let value = low + 0.3 * (high - low);
        settings.insert(hyper.name.clone(), Setting::Number(value));
    }
    settings
}

#[test]
fn the_last_statement_is_the_next_position_bit_for_bit() {
    for optimizer in optimizer::all() {
        for (loss, start) in [("rosenbrock", [-1.2, 1.0]), ("ackley", [1.3, -0.7])] {
            for settings in [Settings::new(), wakened(&optimizer.rule)] {
                let update = update_of(&optimizer.rule, &loss_named(loss), &settings).with_seed(5);
                let mut explainer = Explainer::new(&optimizer.rule, &update);
                let mut stepper = Stepper::of_descent(&update, &start, 3);
                for step in 1..=12 {
                    let explained = explainer.explain(&stepper.carried(), 3, Precision::Double);
                    stepper.step();
                    let next = stepper.parameters();
                    let what = format!("{} on {loss}, step {step}", optimizer.name);
                    assert_eq!(explained.step, step);
                    assert_eq!(bits(last_w(&explained)), bits(&next), "{what}");
                    assert_eq!(bits(&explained.to), bits(&next), "{what}");
                }
            }
        }
    }
}

/// The value of the first statement about a name.
fn value_of<'a>(explanation: &'a Explanation, wanted: &str) -> &'a [f64] {
    let mut statements = explanation.statements.iter();
    let found = statements.find_map(|statement| match &statement.outcome {
        Outcome::Assigned { name, value, .. } if name == wanted => Some(value.as_slice()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no statement about {wanted}"))
}

/// Adam as the paper writes it, apart from rule, graph and tape.
#[test]
fn adams_statements_have_the_values_of_the_paper() {
    let adam = optimizer::named("adam").expect("Adam");
    let loss = Loss::from_formula("x^2 + 3*y^2", None).expect("a loss");
    let set = [("lr".to_owned(), Setting::Number(0.05))];
    let update = update_of(&adam.rule, &loss, &Settings::from(set));
    let mut explainer = Explainer::new(&adam.rule, &update);
    let mut stepper = Stepper::new(&update, &[1.5, -0.5]);
    let (mut w, mut m, mut v) = ([1.5, -0.5], [0.0; 2], [0.0; 2]);
    for t in 1..=20 {
        let explained = explainer.explain(&stepper.carried(), 0, Precision::Double);
        stepper.step();
        let g = [2.0 * w[0], 6.0 * w[1]];
        for i in 0..2 {
            m[i] = 0.9 * m[i] + 0.1 * g[i];
            v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
            let m_hat = m[i] / (1.0 - 0.9_f64.powi(t));
            let v_hat = v[i] / (1.0 - 0.999_f64.powi(t));
            w[i] -= 0.05 * m_hat / (v_hat.sqrt() + 1e-8);
        }
        let what = format!("step {t}");
        // 1 - 0.9 and 1 - 0.999 are not 0.1 and 0.001 to the last bit.
        let near = |got: &[f64], expected: [f64; 2]| {
            let off = (0..2).map(|i| (got[i] - expected[i]).abs() / expected[i].abs());
            assert!(
                off.fold(0.0, f64::max) < 1e-11,
                "{what}: {got:?}, {expected:?}"
            );
        };
        near(value_of(&explained, "d"), g);
        near(value_of(&explained, "m"), m);
        near(value_of(&explained, "v"), v);
        near(value_of(&explained, "w"), w);
    }
}

/// The symbols and numbers of each statement, with its value, as lines of text.
fn text(explanation: &Explanation) -> Vec<[String; 3]> {
    let statements = explanation.statements.iter();
    let lines = statements.map(|statement| {
        let formula = &statement.formula;
        let value = match &statement.outcome {
            Outcome::Assigned { symbol, .. } => symbol.to_string(),
            Outcome::Tested(holds) => holds.to_string(),
        };
        [
            value,
            formula.symbols.to_string(),
            formula.numbers.to_string(),
        ]
    });
    lines.collect()
}

fn explained(name: &str, formula: &str, set: &[(&str, f64)], start: &[f64]) -> Explanation {
    let optimizer = optimizer::named(name).expect("an optimizer");
    let loss = Loss::from_formula(formula, None).expect("a loss");
    let set = set
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Setting::Number(*value)));
    let update = update_of(&optimizer.rule, &loss, &set.collect());
    let stepper = Stepper::new(&update, start);
    Explainer::new(&optimizer.rule, &update).explain(&stepper.carried(), 0, Precision::Double)
}

#[test]
fn statements_read_as_in_the_literature() {
    let adam = explained("adam", "x^2 + 3*y^2", &[("lr", 0.1)], &[1.0, -0.5]);
    let expected = [
        ["d", "∇f", "(2, −3)"],
        [
            "m",
            "β₁ m + (1 − β₁) d",
            "0.9 · (0, 0) + (1 − 0.9) · (2, −3)",
        ],
        [
            "v",
            "β₂ v + (1 − β₂) d²",
            "0.999 · (0, 0) + (1 − 0.999) · (2, −3)²",
        ],
        [
            "w",
            "w − ((lr / (1 − β₁ᵗ)) m) / (√v / √(1 − β₂ᵗ) + ε)",
            "(1, −0.5) − ((0.1 / (1 − 0.9¹)) · (0.2, −0.3)) / (√(0.004, 0.009) / √(1 − 0.999¹) + 10⁻⁸)",
        ],
    ];
    assert_eq!(text(&adam), expected);
    let plain = explained("gradient-descent", "x^2", &[], &[-2.0]);
    assert_eq!(text(&plain), [["w", "w − lr · ∇f", "(−2) − 0.01 · (−4)"]]);
    let newton = explained("newton", "x^2 + 3*y^2", &[], &[1.0, 1.0]);
    assert_eq!(
        text(&newton),
        [[
            "w",
            "w − lr · (H⁻¹ ∇f if ‖∇f‖ > 0, else 0)",
            "(1, 1) − 1 · ((2, 0; 0, 6)⁻¹ · (2, 6) if ‖(2, 6)‖ > 0, else 0)"
        ]]
    );
    let rprop = explained("rprop", "x^2 + 3*y^2", &[], &[1.0, 1.0]);
    let length = &text(&rprop)[2];
    assert_eq!(
        length[1],
        "clamp(length · (η_+ if same > 0, else η_− if same < 0, else 1), step_min, step_max)"
    );
    let unsquared = explained("adamax", "x^2 + 3*y^2", &[], &[1.0, 1.0]);
    assert_eq!(text(&unsquared)[2][1], "max(β₂ u, |d| + ε)");
}

#[test]
fn a_loops_turns_are_told_one_by_one() {
    // f = x², from 1 with length 1: to -1, where f has not fallen; with 1/2 to 0.
    let armijo = explained("armijo", "x^2", &[], &[1.0]);
    let expected = [
        ["a", "lr", "1"],
        ["true", "f(w − a ∇f) > f − c a ‖∇f‖²", "1 > 0.9996"],
        ["a", "a · shrink", "1 · 0.5"],
        ["false", "f(w − a ∇f) > f − c a ‖∇f‖²", "0 > 0.9998"],
        ["w", "w − a ∇f", "(1) − 0.5 · (2)"],
    ];
    assert_eq!(text(&armijo), expected);
    let turns: Vec<_> = armijo
        .statements
        .iter()
        .map(|statement| statement.turn)
        .collect();
    assert_eq!(turns, [None, Some(1), Some(1), Some(2), None]);
    assert_eq!(last_w(&armijo), [0.0]);
}

/// (optimizer, statement, how it is drawn).
#[test]
fn what_a_vector_is_is_told_from_the_rule() {
    let roles = [
        ("gradient-descent", "w", Role::Point),
        ("adam", "d", Role::Slope),
        ("adam", "m", Role::Slope),
        ("adam", "v", Role::Squares),
        ("adam", "w", Role::Point),
        ("momentum", "b", Role::Slope),
        ("heavy-ball", "s", Role::Step),
        ("heavy-ball", "before", Role::Point),
        ("rmsprop", "v", Role::Squares),
        ("rmsprop", "s", Role::Direction),
        ("adagrad", "h", Role::Squares),
        ("adadelta", "v", Role::Squares),
        ("adadelta", "u", Role::Squares),
        ("adamax", "u", Role::Sizes),
        ("adabelief", "s", Role::Squares),
        ("yogi", "v", Role::Squares),
        ("adan", "n", Role::Squares),
        ("adan", "change", Role::Slope),
        ("nadam", "size", Role::Sizes),
        ("nadam", "mu", Role::Numbers),
        ("rprop", "length", Role::Sizes),
        ("rprop", "same", Role::Numbers),
        ("schedule-free-sgd", "z", Role::Point),
        ("schedule-free-sgd", "x", Role::Point),
        ("bfgs", "d", Role::Slope),
        ("bfgs", "B", Role::Numbers),
        ("bfgs", "s", Role::Step),
        ("lion", "c", Role::Slope),
        ("sam", "away", Role::Direction),
        ("qhadam", "step", Role::Slope),
    ];
    for (name, statement, role) in roles {
        let explained = explained(name, "x^2 + 3*y^2 + x*y", &[], &[1.0, -0.5]);
        let got = explained
            .statements
            .iter()
            .rev()
            .find_map(|told| match &told.outcome {
                Outcome::Assigned { name, role, .. } if name == statement => Some(*role),
                _ => None,
            });
        assert_eq!(got, Some(role), "{name}: {statement}");
    }
}

/// How far apart two positions are, in units of the last place of the larger of them and of the
/// position that the step came from: a step to near 0 has the rounding of where it began.
fn ulps(told: f64, held: f32, from: f64) -> f64 {
    // Some default learning rates are too large here: then both must have left the numbers.
    if told == f64::from(held) || told.is_nan() && held.is_nan() {
        return 0.0;
    }
    let size = told.abs().max(from.abs()) as f32;
    let unit = f64::from(f32::from_bits(size.to_bits() + 1)) - f64::from(size);
    (told - f64::from(held)).abs() / unit
}

/// From the numbers that the GPU holds of a descent, the explained step leads to those that it
/// holds next.
#[test]
fn on_the_gpus_path_it_is_the_next_position_to_four_units_in_the_last_place() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let gpu = gpu();
    // Transcendental functions, whose last bits are the shader's own, with some rules of each kind.
    let some = [
        "adam",
        "nadam",
        "polyak-step",
        "newton",
        "bfgs",
        "sam",
        "langevin",
    ];
    // Their sum cancels nothing: a value that is the small difference of large ones has lost digits
    // on the GPU before the rule begins.
    let functions = "exp(0.5*x - y) + sin(x)^2 + log(1 + y^2) + 0.1*x^2";
    let functions = Loss::from_formula(functions, None).expect("a loss");
    for (loss, start) in [
        (loss_named("rosenbrock"), [-1.2_f32, 1.0]),
        (functions, [1.3, -0.7]),
    ] {
        let all = optimizer::all().iter();
        let is_short = loss.name == "rosenbrock";
        let all = all.filter(|known| is_short || some.contains(&known.name.as_str()));
        let all: Vec<_> = all.collect();
        let updates: Vec<_> = all
            .iter()
            .map(|known| update_of(&known.rule, &loss, &Settings::new()))
            .collect();
        let teams: Vec<_> = updates
            .iter()
            .map(|update| TeamPlan {
                update: update.clone(),
                starts: vec![start.to_vec()],
            })
            .collect();
        let plan = RacePlan::of_numbers(start.len());
        let mut race = Race::new(gpu, &teams, plan).expect("a race");
        let numbers = |race: &Race, team: usize| -> Vec<f32> {
            let bytes = race.request_numbers(gpu, team).wait(gpu).expect("numbers");
            bytes
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect()
        };
        let mut before: Vec<_> = (0..teams.len()).map(|team| numbers(&race, team)).collect();
        for step in 0..6 {
            race.advance_to(gpu, step + 1);
            for (team, known) in all.iter().enumerate() {
                let held: Vec<_> = before[team].iter().map(|x| f64::from(*x)).collect();
                let carried = Carried::of_numbers(&updates[team], &held, step.into());
                let mut explainer = Explainer::new(&known.rule, &updates[team]);
                let explained = explainer.explain(&carried, 0, Precision::Single);
                let after = numbers(&race, team);
                let told = last_w(&explained).iter().zip(&explained.from);
                for ((told, from), held) in told.zip(&after) {
                    let off = ulps(*told, *held, *from);
                    let name = &known.name;
                    assert!(
                        off <= 4.0,
                        "{name} on {}, step {step}: {told}, GPU {held}, {off} units",
                        loss.name
                    );
                }
                before[team] = after;
            }
        }
    }
}
