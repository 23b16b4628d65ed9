//! Any text as an update rule on a loss of two parameters: to nodes, to f64 steps, and to WGSL that
//! naga takes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use thalweg_fuzz::loss::{self, Loss};
use thalweg_fuzz::optimizer::{Kernel, Rule, Settings, Stepper, Update, UpdateError};
use thalweg_fuzz::{check_error, check_wgsl};

fuzz_target!(|text: &str| {
    static LOSS: LazyLock<Loss> = LazyLock::new(|| loss::named("rosenbrock").expect("known"));
    let rule = match Rule::parse(text) {
        Ok(rule) => rule,
        Err(error) => return check_error(&error, text),
    };
    match run(&rule) {
        Err(UpdateError::Rule(error)) => check_error(&error, text),
        Err(UpdateError::Loss(error)) => check_error(&error, &LOSS.formula),
        Err(_) | Ok(()) => {}
    }
    fn run(rule: &Rule) -> Result<(), UpdateError> {
        let update = Update::new(rule, &LOSS, &Settings::new())?;
        if update.graph.len() < 2_000 {
            let mut stepper = Stepper::new(&update, &[-1.2, 1.0]);
            stepper.step();
            stepper.step();
            assert_eq!(stepper.parameters().len(), 2);
        }
        let kernel = Kernel::new(&update)?;
        check_wgsl(&step_descents(&kernel.wgsl));
        Ok(())
    }
});

/// The whole kernel, as `src/shader.rs` joins it; `number.wgsl` comes with the check.
fn step_descents(rule: &str) -> String {
    [
        include_str!("../../shaders/include/chance.wgsl"),
        include_str!("../../shaders/include/descent.wgsl"),
        rule,
        include_str!("../../shaders/include/plane.wgsl"),
        include_str!("../../shaders/step_descents.wgsl"),
    ]
    .join("\n")
}
