//! The update rules in f64 against trajectories that torch itself wrote.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use thalweg::loss;
use thalweg::optimizer::{self, Setting, Settings, Stepper, Update};

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
        let number = match value {
            Value::Bool(on) => f64::from(u8::from(*on)),
            _ => value.as_f64().expect("a number"),
        };
        settings.insert(name.clone(), Setting::Number(number));
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

#[test]
fn catalogue_rules_follow_torch() {
    let mut worst: BTreeMap<String, f64> = BTreeMap::new();
    for line in include_str!("data/torch_trajectories.jsonl").lines() {
        let run: Value = serde_json::from_str(line).expect("a line of JSON");
        let name = run["optimizer"].as_str().expect("a name").to_lowercase();
        let loss = loss::named(run["loss"].as_str().expect("a loss"));
        let (Some(optimizer), Some(loss)) = (optimizer::named(&name), loss) else {
            // Past the test runner, which keeps a passing test's `println!` to itself.
            writeln!(
                std::io::stderr(),
                "skipped: {name} on {} is not in the catalogue",
                run["loss"]
            )
            .expect("stderr takes text");
            continue;
        };
        let update = Update::new(&optimizer.rule, &loss, &settings(&run["options"]))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut stepper = Stepper::new(&update, &numbers(&run["start"]));
        let positions = run["positions"].as_object().expect("positions");
        let mut steps: Vec<u64> = positions
            .keys()
            .map(|k| k.parse().expect("a step"))
            .collect();
        steps.sort_unstable();
        for step in steps {
            while stepper.steps() < step {
                stepper.step();
            }
            let spread = run["spread_f64"][step.to_string()].as_f64().unwrap_or(0.0);
            let expected = numbers(&positions[&step.to_string()]);
            for (got, want) in stepper.parameters().iter().zip(&expected) {
                let error = (got - want).abs() / want.abs().max(1.0);
                let bound = 1e-9 + 4.0 * spread;
                assert!(
                    error <= bound,
                    "{name} {} on {} after {step} steps: {got} instead of {want}",
                    run["options"],
                    run["loss"]
                );
                let entry = worst.entry(name.clone()).or_default();
                *entry = entry.max(error);
            }
        }
    }
    println!("{worst:#?}");
    assert!(worst.len() >= 5, "torch's optimizers were compared");
}
