//! A stop's caption: text with names in braces, which the running scene fills in.
//!
//! | name | what stands there |
//! |---|---|
//! | `{x}`, `{w1}`, … | a parameter of the followed point |
//! | `{f}` | the loss there |
//! | `{grad.x}`, `{grad}` | one of its partial derivatives; all of them |
//! | `{slope}` | the gradient's length |
//! | `{step}`, `{t}` | steps taken |
//! | `{lr}`, `{team.1.lr}` | a hyperparameter of the followed descent's team; of any team |
//! | `{model}`, `{model.w1}` | the machine's output at the chosen input; its partial derivative |
//! | `{turn.w1}` | by how much a knob is turned |
//! | `{model.measured}`, `{model.predicted}` | the output's change by that turn, and what its slope promised |
//! | `{f.measured}`, `{f.predicted}` | the same of the loss |
//!
//! `{f:2}` shows two digits; a brace itself is written twice.

use super::Scene;
use super::nearest::nearest;
use super::parts::{LossSource, Method, Team};
use crate::loss::{self, Loss};
use crate::optimizer::{self, Rule};

/// A part of a caption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaptionPart {
    /// Stands as it is.
    Text(String),
    /// Filled in.
    Value {
        /// The name in braces.
        name: String,
        /// Significant digits, where the caption says how many.
        digits: Option<usize>,
    },
}

/// Digits that a caption may ask for.
const MOST_DIGITS: usize = 15;

/// Takes a caption apart.
///
/// # Errors
/// What is wrong with its braces, for people.
pub fn caption_parts(text: &str) -> Result<Vec<CaptionPart>, String> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        plain.push_str(&rest[..at]);
        let (brace, behind) = rest[at..].split_at(1);
        if behind.starts_with(brace) {
            plain.push_str(brace);
            rest = &behind[1..];
            continue;
        }
        let end = behind
            .find(['{', '}'])
            .filter(|end| behind[*end..].starts_with('}'));
        let (true, Some(end)) = (brace == "{", end) else {
            return Err(format!(
                "has a `{brace}` alone; a name is written so: {{f}}, and a brace itself twice: {brace}{brace}"
            ));
        };
        if !plain.is_empty() {
            parts.push(CaptionPart::Text(std::mem::take(&mut plain)));
        }
        parts.push(value(&behind[..end])?);
        rest = &behind[end + 1..];
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(CaptionPart::Text(plain));
    }
    Ok(parts)
}

/// What stands between braces.
fn value(inner: &str) -> Result<CaptionPart, String> {
    let (name, digits) = match inner.split_once(':') {
        None => (inner, None),
        Some((name, digits)) => match digits.trim().parse() {
            Ok(digits @ 1..=MOST_DIGITS) => (name, Some(digits)),
            _ => {
                return Err(format!(
                    "has `{{{inner}}}`: behind the colon a number of digits is wanted, 1 to {MOST_DIGITS}"
                ));
            }
        },
    };
    Ok(CaptionPart::Value {
        name: name.trim().to_owned(),
        digits,
    })
}

/// Checks a caption of `scene`, whose stops before it are laid over it.
///
/// # Errors
/// What is wrong, for people: braces, or a name that the scene does not have.
pub(super) fn check(text: &str, scene: &Scene) -> Result<(), String> {
    let parts = caption_parts(text)?;
    // A loss that cannot be told has its own error later.
    let Some(known) = names(scene) else {
        return Ok(());
    };
    for part in parts {
        if let CaptionPart::Value { name, .. } = part
            && !known.contains(&name)
        {
            let near = nearest(&name, known.iter().map(String::as_str));
            let near =
                near.map_or_else(String::new, |near| format!("; the nearest is `{{{near}}}`"));
            return Err(format!("has an unknown name `{{{name}}}`{near}"));
        }
    }
    Ok(())
}

/// All names that a caption of `scene` may have.
fn names(scene: &Scene) -> Option<Vec<String>> {
    let parameters = scene.parameter_names()?;
    let fixed = ["f", "grad", "slope", "step", "t"];
    let mut names: Vec<String> = fixed.map(str::to_owned).to_vec();
    for name in &parameters {
        names.push(name.clone());
        names.push(format!("grad.{name}"));
        names.push(format!("turn.{name}"));
    }
    names.extend(["f.measured", "f.predicted"].map(str::to_owned));
    if scene
        .loss
        .data
        .as_ref()
        .is_some_and(|data| data.model.is_some())
    {
        names.extend(["model", "model.measured", "model.predicted"].map(str::to_owned));
        names.extend(parameters.iter().map(|name| format!("model.{name}")));
    }
    for (number, team) in scene.teams.iter().enumerate() {
        for name in settings_of(team) {
            names.push(format!("team.{number}.{name}"));
            names.push(name);
        }
    }
    Some(names)
}

impl Scene {
    /// The names of the loss's parameters, in order; `None` where the loss cannot be told.
    pub fn parameter_names(&self) -> Option<Vec<String>> {
        if let Some(names) = &self.loss.parameters {
            return Some(names.clone());
        }
        let loss = match &self.loss.source {
            LossSource::Name(name) => loss::named(name)?,
            // Which names are parameters and which are columns, only the table itself can tell.
            LossSource::Formula(_) if self.loss.data.is_some() => return None,
            LossSource::Formula(formula) => Loss::from_formula(formula, None).ok()?,
        };
        Some(loss.parameters)
    }
}

fn settings_of(team: &Team) -> Vec<String> {
    let names = |rule: &Rule| rule.setting_names().map(str::to_owned).collect();
    match &team.method {
        Method::Optimizer(name) => optimizer::named(name).map(|known| names(&known.rule)),
        Method::Rule(text) => Rule::parse(text).ok().map(|rule| names(&rule)),
    }
    .unwrap_or_default()
}
