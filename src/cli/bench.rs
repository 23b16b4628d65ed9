//! `thalweg bench`: descent-steps a second, the whole table or one entry of it.

use super::arguments::{LossFlags, Pair, named_optimizer, settings};
use super::failure::Failure;
use serde_json::{Value, json};
use std::time::Instant;
use thalweg::gpu::Gpu;
use thalweg::loss::Loss;
use thalweg::optimizer::{self, Optimizer, Settings, Update};
use thalweg::scene::{Start, starts};
use thalweg::simulation::{Race, RacePlan, TeamPlan};

/// Starts are drawn from this range of each parameter.
const START_RANGE: [f64; 2] = [-4.0, 4.0];

/// Timed runs, of which the median counts; one more before them lets the driver compile.
const RUNS: usize = 3;

/// Final positions that are printed.
const POSITIONS: usize = 16;

/// Arguments of `bench`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// One optimizer on one loss, without ends and trails
    Steps(Steps),
}

#[derive(Debug, clap::Args)]
struct Steps {
    /// A catalogue name, a formula, or @file
    #[arg(long, value_name = "L", allow_hyphen_values = true)]
    loss: String,
    #[command(flatten)]
    flags: LossFlags,
    /// Rows of a table that make one step's gradient [default: all]
    #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u32).range(1..))]
    batch: Option<u32>,
    /// An optimizer of the catalogue
    #[arg(long, value_name = "O")]
    optimizer: String,
    /// A hyperparameter, such as lr=0.01; may be repeated
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    set: Vec<Pair>,
    /// How many descents
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=4_194_304))]
    descents: u32,
    /// How many steps
    #[arg(long, default_value_t = 1000)]
    steps: u32,
    /// Seed of the random starts
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// Prints the figures.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.what {
        Some(What::Steps(steps)) => run_steps(steps, arguments.json || steps.json),
        None => run_table(arguments.json),
    }
}

fn run_steps(steps: &Steps, json: bool) -> Result<(), Failure> {
    let loss = steps.flags.loss(&steps.loss, steps.batch)?;
    let optimizer = named_optimizer(&steps.optimizer)?;
    let gpu = Gpu::headless()?;
    let size = [steps.descents, steps.steps];
    let figure = measure(
        &gpu,
        &loss,
        optimizer,
        &settings(&steps.set),
        size,
        steps.seed,
    )?;
    if json {
        println!("{figure}");
    } else {
        print_line(&figure);
    }
    Ok(())
}

fn run_table(json: bool) -> Result<(), Failure> {
    let gpu = Gpu::headless()?;
    let mut figures = Vec::new();
    for loss in ["rosenbrock", "himmelblau", "ackley"] {
        let loss = LossFlags::default().loss(loss, None)?;
        for optimizer in optimizer::all() {
            let figure = measure(&gpu, &loss, optimizer, &Settings::new(), [100_000, 500], 1)?;
            if !json {
                print_line(&figure);
            }
            figures.push(figure);
        }
    }
    if json {
        println!("{}", Value::Array(figures));
    }
    Ok(())
}

fn print_line(figure: &Value) {
    println!(
        "{:18} {:18} {:8.1} million steps/s  {:3} bytes a descent",
        figure["optimizer"].as_str().unwrap_or(""),
        figure["loss"].as_str().unwrap_or(""),
        figure["million_steps_per_second"].as_f64().unwrap_or(0.0),
        figure["bytes_per_descent"].as_u64().unwrap_or(0),
    );
}

fn measure(
    gpu: &Gpu,
    loss: &Loss,
    optimizer: &Optimizer,
    settings: &Settings,
    [descents, steps]: [u32; 2],
    seed: u32,
) -> Result<Value, Failure> {
    let update = Update::new(&optimizer.rule, loss, settings)
        .map_err(|error| Failure::of_update(&error, &optimizer.rule, &loss.formula))?
        .with_seed(seed);
    let domain = vec![START_RANGE; loss.parameters.len()];
    let starts = starts(&Start::Uniform { uniform: descents }, &domain, seed)
        .map_err(|error| Failure::bad_input(error.to_string()))?;
    let first_starts: Vec<_> = starts.iter().take(POSITIONS).cloned().collect();
    let plan = RacePlan {
        trail_points: 0,
        stride: 1,
        ends: None,
        steps_a_dispatch: None,
    };
    let mut race = Race::new(gpu, &[TeamPlan { update, starts }], plan)
        .map_err(|error| Failure::of_race(error, &optimizer.rule, &loss.formula))?;
    let mut seconds: Vec<_> = (0..=RUNS)
        .map(|_| timed_run(gpu, &mut race, steps))
        .collect::<Result<_, _>>()?;
    seconds.remove(0);
    seconds.sort_by(f64::total_cmp);
    let median = seconds[RUNS / 2];
    let bytes = race.request_numbers(gpu, 0).wait(gpu)?;
    let positions = race.positions_from_bytes(0, &bytes);
    let work = f64::from(descents) * f64::from(steps);
    Ok(json!({
        "loss": loss.name,
        "optimizer": optimizer.name,
        "descents": descents,
        "steps": steps,
        "seconds": median,
        "million_steps_per_second": work / median / 1e6,
        "bytes_per_descent": race.bytes_a_descent(0),
        "adapter": gpu.adapter.get_info().name,
        "starts": first_starts,
        "positions": &positions[..positions.len().min(POSITIONS)],
    }))
}

fn timed_run(gpu: &Gpu, race: &mut Race, steps: u32) -> Result<f64, Failure> {
    race.reset(gpu);
    gpu.wait(None)?;
    let begun = Instant::now();
    race.advance_to(gpu, steps);
    gpu.wait(None)?;
    Ok(begun.elapsed().as_secs_f64())
}
