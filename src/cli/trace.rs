//! `thalweg trace`: descents followed step by step, as rows.

use super::arguments::{LossFlags, On, Pair, Point, rule, settings};
use super::failure::Failure;
use super::table::{Output, Row};
use std::path::PathBuf;
use thalweg::gpu::Gpu;
use thalweg::optimizer::{Stepper, Update};
use thalweg::simulation::descents::heads_from_bytes;
use thalweg::simulation::{Race, RacePlan, SimulationError, TeamPlan};

/// Arguments of `trace`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A catalogue name, a formula, or @file
    #[arg(long, value_name = "L", allow_hyphen_values = true)]
    loss: String,
    #[command(flatten)]
    flags: LossFlags,
    /// An optimizer of the catalogue
    #[arg(long, value_name = "O", conflicts_with = "rule")]
    optimizer: Option<String>,
    /// An update rule of your own, or @file
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    rule: Option<String>,
    /// A hyperparameter, such as lr=0.01; may be repeated
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    set: Vec<Pair>,
    /// Where a descent starts, such as -1.2,1; may be repeated
    #[arg(long, value_name = "X,Y", allow_hyphen_values = true, required = true)]
    start: Vec<Point>,
    /// How many steps
    #[arg(long, value_name = "N")]
    steps: u32,
    /// Write every K-th step
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    every: u32,
    /// Rows of a table that make one step's gradient [default: all]
    #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u32).range(1..))]
    batch: Option<u32>,
    /// Seed of random numbers
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// In f64 on the CPU, or by the shaders
    #[arg(long, value_enum, default_value_t = On::Cpu)]
    on: On,
    /// A .csv, .json or .npz file; absent: CSV to stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Follows the descents and writes their rows.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let loss = arguments.flags.loss(&arguments.loss, arguments.batch)?;
    let rule = rule(arguments.optimizer.as_deref(), arguments.rule.as_deref())?;
    let update = Update::new(&rule, &loss, &settings(&arguments.set))
        .map_err(|error| Failure::of_update(&error, &rule, &loss.formula))?
        .with_seed(arguments.seed);
    for start in &arguments.start {
        if start.0.len() != loss.parameters.len() {
            return Err(Failure::bad_input(format!(
                "--start has {} numbers; the loss has the parameters {}",
                start.0.len(),
                loss.parameters.join(", ")
            )));
        }
    }
    let output = Output::create(arguments.output.as_deref())?;
    let rows = match arguments.on {
        On::Cpu => on_cpu(arguments, &update),
        On::Gpu => {
            let gpu = Gpu::headless()?;
            let race = race(&gpu, arguments, &update)
                .map_err(|error| Failure::of_race(error, &rule, &loss.formula))?;
            on_gpu(arguments, &gpu, race)?
        }
    };
    output.write(&loss, &rows)
}

/// The steps that are written: 0, K, 2K … and the last one.
fn recorded_steps(arguments: &Arguments) -> Vec<u32> {
    let mut steps: Vec<_> = (0..=arguments.steps)
        .step_by(arguments.every as usize)
        .collect();
    if steps.last() != Some(&arguments.steps) {
        steps.push(arguments.steps);
    }
    steps
}

fn on_cpu(arguments: &Arguments, update: &Update) -> Vec<Row> {
    let mut rows = Vec::new();
    for (descent, start) in arguments.start.iter().enumerate() {
        let mut stepper = Stepper::of_descent(update, &start.0, descent as u32);
        for step in recorded_steps(arguments) {
            while stepper.steps() < u64::from(step) {
                stepper.step();
            }
            rows.push(Row {
                descent,
                step,
                position: stepper.shown().to_vec(),
                loss: stepper.shown_loss(),
            });
        }
    }
    rows
}

fn race(gpu: &Gpu, arguments: &Arguments, update: &Update) -> Result<Race, SimulationError> {
    let starts = arguments.start.iter();
    let team = TeamPlan {
        update: update.clone(),
        starts: starts
            .map(|start| start.0.iter().map(|x| *x as f32).collect())
            .collect(),
    };
    let plan = RacePlan::of_numbers(update.parameters.len());
    Race::new(gpu, &[team], plan)
}

fn on_gpu(arguments: &Arguments, gpu: &Gpu, mut race: Race) -> Result<Vec<Row>, Failure> {
    let mut readbacks = Vec::new();
    for step in recorded_steps(arguments) {
        race.advance_to(gpu, step);
        readbacks.push((
            step,
            race.request_positions(gpu, 0),
            race.request_heads(gpu),
        ));
    }
    let mut rows = Vec::new();
    for (step, numbers, heads) in readbacks {
        let positions = race.positions_from_bytes(0, &numbers.wait(gpu)?);
        let heads = heads_from_bytes(&heads.wait(gpu)?);
        for (descent, (position, head)) in positions.into_iter().zip(heads).enumerate() {
            rows.push(Row {
                descent,
                step,
                position: position.into_iter().map(f64::from).collect(),
                loss: f64::from(head.loss),
            });
        }
    }
    rows.sort_by_key(|row| row.descent);
    Ok(rows)
}
