//! `thalweg explain OPTIMIZER`: its rule, source and hyperparameters.

use super::arguments::named_optimizer;
use super::failure::Failure;
use serde_json::{Value, json};
use thalweg::optimizer::Optimizer;

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The optimizer's name
    optimizer: String,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// Prints what is known of the optimizer.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let optimizer = named_optimizer(&arguments.optimizer)?;
    if arguments.json {
        println!("{}", as_json(optimizer));
        return Ok(());
    }
    println!(
        "{}\n{}\n{}\n",
        optimizer.title, optimizer.source, optimizer.watch
    );
    for line in optimizer.rule.text.lines() {
        println!("    {line}");
    }
    println!();
    for hyper in &optimizer.rule.hypers {
        let range = match hyper.range {
            Some([low, high]) => format!("{low} to {high}"),
            None => "any number".to_owned(),
        };
        let (name, default) = (&hyper.name, &hyper.default_text);
        println!("{name:26} default {default:8} {range:18} {}", hyper.meaning);
    }
    for flag in &optimizer.rule.flags {
        let default = u8::from(flag.default);
        println!(
            "{:26} default {default:<8} {:18} {}",
            flag.name, "0 or 1", flag.meaning
        );
    }
    Ok(())
}

/// An optimizer as JSON, for `list` too.
pub fn as_json(optimizer: &Optimizer) -> Value {
    let hypers = optimizer.rule.hypers.iter().map(|hyper| {
        json!({
            "name": hyper.name,
            "default": hyper.default_text,
            "range": hyper.range,
            "meaning": hyper.meaning,
        })
    });
    let flags = optimizer.rule.flags.iter().map(|flag| {
        json!({
            "name": flag.name,
            "default": u8::from(flag.default),
            "meaning": flag.meaning,
        })
    });
    json!({
        "name": optimizer.name,
        "title": optimizer.title,
        "source": optimizer.source,
        "watch": optimizer.watch,
        "rule": optimizer.rule.text,
        "hyperparameters": hypers.collect::<Vec<_>>(),
        "flags": flags.collect::<Vec<_>>(),
    })
}
