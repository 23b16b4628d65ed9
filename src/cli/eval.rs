//! `thalweg eval --loss L --at X,Y`: value, gradient and Hessian in f64.

use super::arguments::{LossFlags, Point};
use super::failure::Failure;

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
    let answer = loss
        .evaluate(at)
        .map_err(|error| Failure::of_formula(&error, "loss", &loss.formula))?;
    if arguments.json {
        println!(
            "{}",
            serde_json::json!({
                "parameters": loss.parameters,
                "at": at,
                "value": answer.value,
                "gradient": answer.gradient,
                "hessian": answer.hessian,
            })
        );
        return Ok(());
    }
    println!("f = {}", answer.value);
    for (name, slope) in loss.parameters.iter().zip(&answer.gradient) {
        println!("∂f/∂{name} = {slope}");
    }
    for (row, values) in loss.parameters.iter().zip(&answer.hessian) {
        for (column, value) in loss.parameters.iter().zip(values) {
            println!("∂²f/∂{row}∂{column} = {value}");
        }
    }
    Ok(())
}
