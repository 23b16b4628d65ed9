//! The update rules, in f64 and on the GPU, against trajectories that torch itself wrote.

mod common;

use common::gpu;
use serde_json::Value;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use thalweg::loss::{self, Loss};
use thalweg::optimizer::{self, Setting, Settings, Stepper, Update};
use thalweg::simulation::{Race, RacePlan, TeamPlan};

/// One test at a time on the shared device: a readback is told by who waits for it.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Torch's option names as settings of a rule: `betas` and `etas` are pairs, booleans 0 or 1.
fn settings(options: &Value) -> Settings {
    let mut settings = Settings::new();
    for (name, value) in options.as_object().expect("options") {
        let pair = match name.as_str() {
            "betas" => Some(["beta1", "beta2"]),
            "etas" => Some(["eta_minus", "eta_plus"]),
            "step_sizes" => Some(["step_min", "step_max"]),
            _ => None,
        };
        if let Some(names) = pair {
            for (name, value) in names.iter().zip(value.as_array().expect("a pair")) {
                let number = value.as_f64().expect("a number");
                settings.insert((*name).to_owned(), Setting::Number(number));
            }
            continue;
        }
        let setting = match value {
            Value::Bool(on) => Setting::Number(f64::from(u8::from(*on))),
            // A learning rate under `LambdaLR`.
            Value::String(formula) => Setting::Formula(formula.clone()),
            _ => Setting::Number(value.as_f64().expect("a number")),
        };
        settings.insert(name.clone(), setting);
    }
    settings
}

fn numbers(value: &Value) -> Vec<f64> {
    let array = value.as_array().expect("an array");
    array
        .iter()
        .map(|x| x.as_f64().expect("a number"))
        .collect()
}

/// A line of the oracle: torch's positions by step, with the spread that rounding alone may cause.
struct Run {
    /// Optimizer, options and loss, as the table shows them.
    title: String,
    update: Update,
    start: Vec<f64>,
    /// Step, position, spread in f64 and in f32; by step.
    records: Vec<(u64, Vec<f64>, [f64; 2])>,
}

fn oracle(text: &str) -> Vec<Run> {
    text.lines().map(run).collect()
}

fn run(line: &str) -> Run {
    let run: Value = serde_json::from_str(line).expect("a line of JSON");
    let name = run["optimizer"].as_str().expect("a name").to_lowercase();
    let loss = run["loss"].as_str().expect("a loss");
    let title = format!("{name} {} on {loss}", run["options"]);
    let optimizer = optimizer::named(&name).unwrap_or_else(|| panic!("{name} is in the catalogue"));
    let loss = loss::named(loss)
        .unwrap_or_else(|| Loss::from_formula(loss, None).expect("a name or a formula"));
    let update = Update::new(&optimizer.rule, &loss, &settings(&run["options"]))
        .unwrap_or_else(|error| panic!("{title}: {error}"));
    let positions = run["positions"].as_object().expect("positions");
    let mut records: Vec<_> = positions
        .iter()
        .map(|(step, position)| {
            let spread = |of: &str| run[of][step].as_f64().unwrap_or(0.0);
            let spreads = [spread("spread_f64"), spread("spread_f32")];
            (step.parse().expect("a step"), numbers(position), spreads)
        })
        .collect();
    records.sort_by_key(|(step, ..)| *step);
    Run {
        title,
        update,
        start: numbers(&run["start"]),
        records,
    }
}

impl Run {
    fn on_cpu(&self) -> Vec<Vec<f64>> {
        let mut stepper = Stepper::new(&self.update, &self.start);
        let steps = self.records.iter().map(|(step, ..)| *step);
        steps
            .map(|step| {
                while stepper.steps() < step {
                    stepper.step();
                }
                stepper.parameters()
            })
            .collect()
    }

    fn on_gpu(&self) -> Vec<Vec<f64>> {
        let start = self.start.iter().map(|x| *x as f32).collect();
        let team = TeamPlan {
            update: self.update.clone(),
            starts: vec![start],
        };
        let plan = RacePlan::of_numbers(self.start.len());
        let mut race = Race::new(gpu(), &[team], plan).expect("a race");
        let steps = self.records.iter().map(|(step, ..)| *step);
        steps
            .map(|step| {
                race.advance_to(gpu(), step as u32);
                let bytes = race.request_positions(gpu(), 0).wait(gpu()).expect("read");
                let positions = race.positions_from_bytes(0, &bytes);
                positions[0].iter().map(|x| f64::from(*x)).collect()
            })
            .collect()
    }

    /// The largest error, relative to max(1, |position|), and the largest share of its bound.
    fn compare(&self, got: &[Vec<f64>], bound: impl Fn([f64; 2]) -> f64) -> [f64; 2] {
        let mut worst = [0.0_f64; 2];
        for ((_, want, spreads), got) in self.records.iter().zip(got) {
            for (got, want) in got.iter().zip(want) {
                let error = (got - want).abs() / want.abs().max(1.0);
                let error = if error.is_nan() { f64::INFINITY } else { error };
                worst[0] = worst[0].max(error);
                worst[1] = worst[1].max(error / bound(*spreads));
            }
        }
        worst
    }
}

/// Every position that torch wrote: within 1e-9 + 4 spreads of f64 on the CPU, and within
/// 1e-4 + 4 spreads of f32 on the GPU.
fn follow_torch(runs: &[Run]) {
    let _turn = turn();
    // Past the test runner, which keeps a passing test's `println!` to itself.
    let mut table = std::io::stderr();
    let mut wrong = Vec::new();
    writeln!(table, "error and share of its bound: cpu, gpu").expect("stderr takes text");
    for run in runs {
        let [cpu, cpu_share] =
            run.compare(&run.on_cpu(), |[f64_spread, _]| 1e-9 + 4.0 * f64_spread);
        let [gpu, gpu_share] =
            run.compare(&run.on_gpu(), |[_, f32_spread]| 1e-4 + 4.0 * f32_spread);
        writeln!(
            table,
            "{cpu:.1e} {cpu_share:.3}   {gpu:.1e} {gpu_share:.3}   {}",
            run.title
        )
        .expect("stderr takes text");
        if !(cpu_share <= 1.0 && gpu_share <= 1.0) {
            wrong.push(&run.title);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Torch's own trajectories at the usual options.
#[test]
fn catalogue_rules_follow_torch() {
    let runs = oracle(include_str!("data/torch_trajectories.jsonl"));
    assert_eq!(runs.len(), 45, "lines of the oracle");
    follow_torch(&runs);
}

/// Torch's own trajectories at options drawn at random, twelve sets for each optimizer, some of
/// them under a schedule of the learning rate (`LambdaLR`).
#[test]
fn torchs_other_options_follow_torch() {
    let runs = oracle(include_str!("data/torch_options.jsonl"));
    assert_eq!(runs.len(), 132, "lines of the oracle");
    follow_torch(&runs);
}

/// The options of torch's constructors beyond `params`, `foreach` and their like, as `--set` takes
/// them.
#[test]
fn torchs_options_are_settings() {
    let adamw = "lr beta1 beta2 eps weight_decay amsgrad maximize";
    let adam = format!("{adamw} decoupled_weight_decay");
    let options = [
        (
            "sgd",
            "lr momentum dampening weight_decay nesterov maximize",
        ),
        (
            "adagrad",
            "lr lr_decay weight_decay initial_accumulator_value eps maximize",
        ),
        ("adadelta", "lr rho eps weight_decay maximize"),
        (
            "rmsprop",
            "lr alpha eps weight_decay momentum centered maximize",
        ),
        ("adam", &adam),
        ("adamw", adamw),
        ("adamax", "lr beta1 beta2 eps weight_decay maximize"),
        (
            "nadam",
            "lr beta1 beta2 eps weight_decay momentum_decay decoupled_weight_decay maximize",
        ),
        (
            "radam",
            "lr beta1 beta2 eps weight_decay decoupled_weight_decay maximize",
        ),
        ("rprop", "lr eta_minus eta_plus step_min step_max maximize"),
        ("asgd", "lr lambd alpha t0 weight_decay maximize"),
    ];
    for (name, options) in options {
        let rule = &optimizer::named(name).expect("in the catalogue").rule;
        let known: Vec<_> = rule.setting_names().collect();
        for option in options.split(' ') {
            assert!(known.contains(&option), "{name} has no {option}: {known:?}");
        }
    }
}

/// Torch's options that are no hyperparameters here are refused with what to write instead.
#[test]
fn torchs_other_words_are_explained() {
    let rule = &optimizer::named("adam").expect("in the catalogue").rule;
    let loss = loss::named("booth").expect("in the catalogue");
    for (option, advice) in [
        ("betas", "beta1 and beta2"),
        ("foreach", "leave it out"),
        ("fused", "leave it out"),
        ("capturable", "leave it out"),
        ("differentiable", "leave it out"),
        ("weightdecay", "did you mean `weight_decay`?"),
    ] {
        let settings = [(option.to_owned(), Setting::Number(1.0))].into();
        let error = Update::new(rule, &loss, &settings).expect_err(option);
        let message = error.to_string();
        assert!(
            message.contains(option) && message.contains(advice),
            "{message}"
        );
    }
}
