//! Values of arguments that several commands share.

use super::failure::Failure;
use std::str::FromStr;
use thalweg::load::{self, LossArguments};
use thalweg::loss::Loss;
use thalweg::optimizer::{self, Rule, Setting, Settings};

/// A point: numbers split by commas.
#[derive(Debug, Clone, PartialEq)]
pub struct Point(pub Vec<f64>);

impl FromStr for Point {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |part: &str| match part.trim().parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(format!(
                "`{}` is not a finite number; a point is written so: -1.2,1",
                part.trim()
            )),
        };
        text.split(',')
            .map(number)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// Which path computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum On {
    /// f64 on the CPU.
    Cpu,
    /// The shaders.
    Gpu,
}

/// `key=value`, split at the first `=`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Before the `=`.
    pub key: String,
    /// After it.
    pub value: String,
}

impl FromStr for Pair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => Ok(Self {
                key: key.trim().to_owned(),
                value: value.trim().to_owned(),
            }),
            _ => Err("a setting is written so: lr=0.01".to_owned()),
        }
    }
}

/// Hyperparameters from `--set`: numbers, or formulas of t; `true` and `false` are 1 and 0.
pub fn settings(pairs: &[Pair]) -> Settings {
    let setting = |value: &str| match (value, value.parse::<f64>()) {
        ("true", _) => Setting::Number(1.0),
        ("false", _) => Setting::Number(0.0),
        (_, Ok(number)) => Setting::Number(number),
        (formula, Err(_)) => Setting::Formula(formula.to_owned()),
    };
    let pairs = pairs.iter();
    pairs
        .map(|pair| (pair.key.clone(), setting(&pair.value)))
        .collect()
}

/// The rule of `--optimizer` or `--rule`, of which exactly one is given.
pub fn rule(optimizer: Option<&str>, rule: Option<&str>) -> Result<Rule, Failure> {
    match (optimizer, rule) {
        (Some(name), _) => Ok(named_optimizer(name)?.rule.clone()),
        (None, Some(text)) => {
            let text = load::text(text)?;
            Rule::parse(&text).map_err(|error| Failure::of_formula(&error, "rule", &text))
        }
        (None, None) => Err(Failure::bad_input(
            "an optimizer is missing: --optimizer adam, or --rule \"w = w - 0.01*g\"",
        )),
    }
}

/// The optimizer called `name`.
pub fn named_optimizer(name: &str) -> Result<&'static optimizer::Optimizer, Failure> {
    optimizer::named(name).ok_or_else(|| {
        let near = thalweg::scene::nearest(name, optimizer::names()).unwrap_or("adam");
        Failure::bad_input(format!(
            "unknown optimizer `{name}`; the nearest is `{near}` (thalweg list optimizers)"
        ))
    })
}

/// What of a loss stands in flags of its own.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct LossFlags {
    /// The parameters' names in order, such as a,b
    #[arg(long, value_name = "NAMES")]
    parameters: Option<String>,
    /// A table whose rows the loss sums over: .csv, .npz or .npy
    #[arg(long, value_name = "FILE")]
    data: Option<String>,
    /// The output of the machine that the rows teach, known to the loss as `model`
    #[arg(long, value_name = "FORMULA", allow_hyphen_values = true)]
    model: Option<String>,
}

impl LossFlags {
    /// The loss that `argument` means; `batch` rows make a step's gradient.
    pub fn loss(&self, argument: &str, batch: Option<u32>) -> Result<Loss, Failure> {
        let parameters = names(self.parameters.as_deref());
        let about = LossArguments {
            parameters: parameters.as_deref(),
            data: self.data.as_deref(),
            model: self.model.as_deref(),
            batch,
        };
        Ok(load::loss(argument, about)?)
    }
}

/// Names split by commas, for `--parameters`.
fn names(text: Option<&str>) -> Option<Vec<String>> {
    text.map(|text| text.split(',').map(|name| name.trim().to_owned()).collect())
}
