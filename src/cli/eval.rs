//! `thalweg eval --loss L --at X,Y`: value, gradient and Hessian, in f64 or by the shader.

use super::arguments::{LossFlags, On, Point};
use super::failure::Failure;
use thalweg::formula::FormulaError;
use thalweg::gpu::Gpu;
use thalweg::loss::{Evaluation, Loss, MAX_HESSIAN_PARAMETERS, PointKernel};
use thalweg::simulation::points::evaluate_points;

/// Arguments of `eval`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A catalogue name, a formula, or @file
    #[arg(long, value_name = "L", allow_hyphen_values = true)]
    loss: String,
    /// The point, a number a parameter, such as -1.2,1
    #[arg(long, value_name = "X,Y", allow_hyphen_values = true)]
    at: Point,
    #[command(flatten)]
    flags: LossFlags,
    /// In f64 on the CPU, or by the shader in f32
    #[arg(long, value_enum, default_value_t = On::Cpu)]
    on: On,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// Prints the answer.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let loss = arguments.flags.loss(&arguments.loss, None)?;
    let at = &arguments.at.0;
    if at.len() != loss.parameters.len() {
        return Err(Failure::bad_input(format!(
            "--at has {} numbers; the loss has the parameters {}",
            at.len(),
            loss.parameters.join(", ")
        )));
    }
    let answer = match arguments.on {
        On::Cpu => loss
            .evaluate(at)
            .map_err(|error| of_formula(&error, &loss))?,
        On::Gpu => on_gpu(&loss, at)?,
    };
    if arguments.json {
        print_json(&loss, at, &answer);
    } else {
        print_text(&loss, &answer);
    }
    Ok(())
}

/// By the shader, at the point's nearest f32.
fn on_gpu(loss: &Loss, at: &[f64]) -> Result<Evaluation, Failure> {
    let graph = loss.graph().map_err(|error| of_formula(&error, loss))?;
    let kernel = PointKernel::new(&graph).map_err(|error| of_formula(&error, loss))?;
    let point = at.iter().map(|x| *x as f32).collect();
    let answers = evaluate_points(&Gpu::headless()?, &kernel.wgsl, kernel.outputs, &[point])?;
    Ok(kernel.evaluation(&answers[0]))
}

fn of_formula(error: &FormulaError, loss: &Loss) -> Failure {
    Failure::of_formula(error, "loss", &loss.formula)
}

fn print_json(loss: &Loss, at: &[f64], answer: &Evaluation) {
    let hessian = (!answer.hessian.is_empty()).then_some(&answer.hessian);
    println!(
        "{}",
        serde_json::json!({
            "parameters": loss.parameters,
            "at": at,
            "value": answer.value,
            "gradient": answer.gradient,
            "hessian": hessian,
        })
    );
}

fn print_text(loss: &Loss, answer: &Evaluation) {
    println!("f = {}", answer.value);
    for (name, slope) in loss.parameters.iter().zip(&answer.gradient) {
        println!("∂f/∂{name} = {slope}");
    }
    for (row, values) in loss.parameters.iter().zip(&answer.hessian) {
        for (column, value) in loss.parameters.iter().zip(values) {
            println!("∂²f/∂{row}∂{column} = {value}");
        }
    }
    if answer.hessian.is_empty() {
        eprintln!(
            "the GPU makes the Hessian of up to {MAX_HESSIAN_PARAMETERS} parameters; \
             `--on cpu` makes it of any number"
        );
    }
}
