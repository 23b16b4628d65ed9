//! The command line: a contract, since other programs call it.
//!
//! stdout carries data, stderr talk. Exit codes: 0 ok, 1 failed, 2 bad arguments, scene or
//! formula, 3 no usable adapter, 4 output could not be written, 130 interrupted.

mod arguments;
mod bench;
mod bench_frames;
mod doctor;
mod eval;
mod explain;
mod failure;
mod hands;
mod list;
mod render;
mod scene_options;
mod still;
mod table;
mod trace;
mod window;

use clap::Parser;
use clap::error::ErrorKind;
use failure::Failure;
use scene_options::SceneOptions;
use std::process::ExitCode;

/// Type a loss, watch hundreds of optimizers race down it in lit 3D, walk out with the film.
#[derive(Debug, Parser)]
#[command(name = "thalweg", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    window: WindowArguments,
}

#[derive(Debug, clap::Args)]
struct WindowArguments {
    /// What the window opens: a .toml file, then a gallery or loss name, then a formula such as
    /// "x^2 + 3*y^2"
    scene: Option<String>,
    #[command(flatten)]
    options: SceneOptions,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a film
    Render(render::Arguments),
    /// Make one picture
    Still(still::Arguments),
    /// Follow descents and write their paths
    Trace(trace::Arguments),
    /// Value, gradient and Hessian of a loss at a point, in f64
    Eval(eval::Arguments),
    /// What is in the catalogues
    List(list::Arguments),
    /// An optimizer's rule, source and hyperparameters
    Explain(explain::Arguments),
    /// What this machine has, and what to install
    Doctor(doctor::Arguments),
    /// Descent-steps a second
    Bench(bench::Arguments),
}

/// Parses the arguments, runs the command, prints what went wrong once.
pub fn main() -> ExitCode {
    let quiet = "warn,wgpu_hal=off,wgpu_core=off,naga=error,egui_wgpu=error,winit=error";
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or(quiet)).init();
    let outcome = match Cli::try_parse() {
        Ok(cli) => run(cli),
        Err(error) => usage(&error),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            ExitCode::from(failure.code)
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        None => window::run(cli.window.scene.as_deref(), &cli.window.options),
        Some(Command::Render(arguments)) => render::run(&arguments),
        Some(Command::Still(arguments)) => still::run(&arguments),
        Some(Command::Trace(arguments)) => trace::run(&arguments),
        Some(Command::Eval(arguments)) => eval::run(&arguments),
        Some(Command::List(arguments)) => list::run(&arguments),
        Some(Command::Explain(arguments)) => explain::run(&arguments),
        Some(Command::Doctor(arguments)) => doctor::run(&arguments),
        Some(Command::Bench(arguments)) => bench::run(&arguments),
    }
}

/// Help and version are printed as they are; a mistake becomes one line.
fn usage(error: &clap::Error) -> Result<(), Failure> {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        let printed = error.print();
        return printed.map_err(|error| Failure::failed(error.to_string()));
    }
    let text = error.to_string();
    let wanted = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:"))
        .filter(|line| !line.is_empty() && !line.starts_with("For more information"));
    let message: Vec<_> = wanted
        .map(|line| line.trim_start_matches("error: "))
        .collect();
    // clap ends a line with a colon where a list follows.
    let message = message.join("; ").replace(":; ", ": ");
    Err(Failure::bad_input(message))
}
