//! `thalweg bench`: descent-steps a second, the whole table or one entry of it.

use super::arguments::{LossFlags, Pair, named_optimizer, settings};
use super::bench_frames;
use super::failure::Failure;
use serde_json::{Value, json};
use std::time::Instant;
use thalweg::gpu::Gpu;
use thalweg::loss::Loss;
use thalweg::optimizer::{self, Kernel, Optimizer, Settings, Update};
use thalweg::scene::{EndSettings, ShowSettings, Start, starts};
use thalweg::simulation::{Ends, Race, RacePlan, TeamPlan};

/// Starts are drawn from this range of each parameter.
const START_RANGE: [f64; 2] = [-4.0, 4.0];

/// Timed runs, of which the fastest counts; one more before them lets the driver compile.
const RUNS: usize = 3;

/// The table's losses, descents and steps; rules of much work take fewer steps.
const LOSSES: [&str; 3] = ["rosenbrock", "himmelblau", "ackley"];
const TABLE: [u32; 2] = [100_000, 500];
const FEWEST_STEPS: u32 = 20;

/// What an elementwise optimizer may take of Adam's time.
const MOST_OF_ADAM: f64 = 1.5;

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
    /// As in a race: with ends and trails
    #[arg(long)]
    race: bool,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// One optimizer on one loss, without ends and trails unless --race
    Steps(Steps),
    /// Where a film's milliseconds go, part by part
    Frames(bench_frames::Arguments),
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
    /// As in a race: with ends and trails
    #[arg(long)]
    race: bool,
}

/// Prints the figures.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.what {
        Some(What::Steps(steps)) => run_steps(
            steps,
            arguments.json || steps.json,
            arguments.race || steps.race,
        ),
        Some(What::Frames(frames)) => bench_frames::run(frames),
        None => run_table(arguments.json, arguments.race),
    }
}

fn run_steps(steps: &Steps, json: bool, race: bool) -> Result<(), Failure> {
    let gpu = Gpu::headless()?;
    let mut entry = Entry::new(
        &gpu,
        steps.flags.loss(&steps.loss, steps.batch)?,
        named_optimizer(&steps.optimizer)?,
        &settings(&steps.set),
        Size {
            descents: steps.descents,
            steps: steps.steps,
            seed: steps.seed,
            race,
        },
    )?;
    for _ in 0..RUNS {
        entry.time(&gpu)?;
    }
    let figure = entry.figure(&gpu)?;
    if json {
        println!("{figure}");
    } else {
        print_line(&figure);
    }
    Ok(())
}

fn run_table(json: bool, race: bool) -> Result<(), Failure> {
    let gpu = Gpu::headless()?;
    let mut figures = Vec::new();
    for loss in LOSSES {
        let loss = LossFlags::default().loss(loss, None)?;
        for optimizer in optimizer::all() {
            let figure = table_figure(&gpu, &loss, optimizer, race)?;
            if !json {
                print_line(&figure);
            }
            figures.push(figure);
        }
    }
    tell_slowest(&figures);
    if json {
        println!("{}", Value::Array(figures));
    }
    Ok(())
}

/// An optimizer's figure with its time beside Adam's: both run in turns, so that what else the
/// machine does slows both.
fn table_figure(
    gpu: &Gpu,
    loss: &Loss,
    optimizer: &'static Optimizer,
    race: bool,
) -> Result<Value, Failure> {
    let [descents, steps] = TABLE;
    let entry = |optimizer: &'static Optimizer, steps: u32| {
        let size = Size {
            descents,
            steps,
            seed: 1,
            race,
        };
        Entry::new(gpu, loss.clone(), optimizer, &Settings::new(), size)
    };
    let mut adam = entry(named_optimizer("adam")?, steps)?;
    let mut entry = entry(optimizer, steps)?;
    let share = adam.work as f64 / entry.work as f64;
    entry.size.steps = ((f64::from(4 * steps) * share) as u32).clamp(FEWEST_STEPS, steps);
    for _ in 0..RUNS {
        entry.time(gpu)?;
        adam.time(gpu)?;
    }
    let mut figure = entry.figure(gpu)?;
    figure["times_adam"] = json!(entry.seconds_a_step() / adam.seconds_a_step());
    Ok(figure)
}

fn print_line(figure: &Value) {
    let number = |key: &str| figure[key].as_f64().unwrap_or(0.0);
    print!(
        "{:18} {:18} {:8.1} million steps/s  {:3} bytes a descent",
        figure["optimizer"].as_str().unwrap_or(""),
        figure["loss"].as_str().unwrap_or(""),
        number("million_steps_per_second"),
        number("bytes_per_descent"),
    );
    match figure["times_adam"].as_f64() {
        Some(times) => println!("  {times:6.2} of Adam's time"),
        None => println!(),
    }
}

/// Which elementwise optimizer takes longest beside Adam, on stderr.
fn tell_slowest(figures: &[Value]) {
    let elementwise = figures
        .iter()
        .filter(|figure| figure["elementwise"] == true);
    let times = |figure: &&Value| figure["times_adam"].as_f64().unwrap_or(0.0);
    let slowest = elementwise.max_by(|a, b| times(a).total_cmp(&times(b)));
    if let Some(slowest) = slowest {
        let times = times(&slowest);
        eprintln!(
            "the slowest elementwise optimizer, {} on {}, takes {times:.2} of Adam's time{}",
            slowest["optimizer"].as_str().unwrap_or(""),
            slowest["loss"].as_str().unwrap_or(""),
            if times > MOST_OF_ADAM {
                ": too long"
            } else {
                ""
            },
        );
    }
}

/// How much is run.
#[derive(Debug, Clone, Copy)]
struct Size {
    descents: u32,
    steps: u32,
    seed: u32,
    /// With ends and trails.
    race: bool,
}

/// One optimizer on one loss, ready to be timed.
struct Entry {
    loss: Loss,
    optimizer: &'static Optimizer,
    size: Size,
    starts: Vec<Vec<f32>>,
    race: Race,
    /// Of one step of one descent.
    work: u64,
    /// The fastest run.
    seconds: f64,
}

impl Entry {
    fn new(
        gpu: &Gpu,
        loss: Loss,
        optimizer: &'static Optimizer,
        settings: &Settings,
        size: Size,
    ) -> Result<Self, Failure> {
        let told = |error| Failure::of_update(&error, &optimizer.rule, &loss.formula);
        let update = Update::new(&optimizer.rule, &loss, settings).map_err(told)?;
        let update = update.with_seed(size.seed);
        let work = Kernel::new(&update).map_err(told)?.work;
        let domain = vec![START_RANGE; loss.parameters.len()];
        let uniform = Start::Uniform {
            uniform: size.descents,
        };
        let starts = starts(&uniform, &domain, size.seed)
            .map_err(|error| Failure::bad_input(error.to_string()))?;
        let first_starts = starts.iter().take(POSITIONS).cloned().collect();
        let mut plan = RacePlan::of_numbers(domain.len());
        if size.race {
            let points = ShowSettings::default().trail_points;
            plan = plan.with_trails(starts.len(), points, size.steps.into());
            plan.ends = Some(Ends::far(&domain, EndSettings::default().far));
        }
        let race = Race::new(gpu, &[TeamPlan { update, starts }], plan)
            .map_err(|error| Failure::of_race(error, &optimizer.rule, &loss.formula))?;
        let mut entry = Self {
            loss,
            optimizer,
            size,
            starts: first_starts,
            race,
            work,
            seconds: f64::INFINITY,
        };
        // The first run is compiled.
        entry.run(gpu, size.steps.min(1))?;
        Ok(entry)
    }

    /// Runs it once more.
    fn time(&mut self, gpu: &Gpu) -> Result<(), Failure> {
        let seconds = self.run(gpu, self.size.steps)?;
        self.seconds = self.seconds.min(seconds);
        Ok(())
    }

    fn run(&mut self, gpu: &Gpu, steps: u32) -> Result<f64, Failure> {
        self.race.reset(gpu);
        gpu.wait(None)?;
        let begun = Instant::now();
        self.race.advance_to(gpu, steps);
        gpu.wait(None)?;
        Ok(begun.elapsed().as_secs_f64())
    }

    fn seconds_a_step(&self) -> f64 {
        self.seconds / f64::from(self.size.steps)
    }

    fn figure(&self, gpu: &Gpu) -> Result<Value, Failure> {
        let Size {
            descents, steps, ..
        } = self.size;
        let bytes = self.race.request_positions(gpu, 0).wait(gpu)?;
        let positions = self.race.positions_from_bytes(0, &bytes);
        let work = f64::from(descents) * f64::from(steps);
        Ok(json!({
            "loss": self.loss.name,
            "optimizer": self.optimizer.name,
            "descents": descents,
            "steps": steps,
            "race": self.size.race,
            "seconds": self.seconds,
            "million_steps_per_second": work / self.seconds / 1e6,
            "bytes_per_descent": self.race.bytes_a_descent(0),
            "elementwise": self.optimizer.rule.is_elementwise(),
            "adapter": gpu.adapter.get_info().name,
            "starts": self.starts,
            "positions": &positions[..positions.len().min(POSITIONS)],
        }))
    }
}
