//! Where a team's descents begin: the patterns of `team.start` and the points
//! that they mean.

use std::f64::consts::TAU;

use serde::Serialize;

use super::error::SceneError;
use crate::optimizer::random::{normal, pcg4d, uniform};

/// `team.start`: a pattern of start points.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Start {
    /// The points themselves, one number a parameter.
    At {
        /// At least one point.
        at: Vec<Vec<f64>>,
    },
    /// Drawn uniformly from the domain.
    Uniform {
        /// Count of points.
        uniform: u32,
    },
    /// Drawn from a normal distribution with independent parameters.
    Normal {
        /// Count of points.
        normal: u32,
        /// The mean; absent: the domain's centre.
        #[serde(skip_serializing_if = "Option::is_none")]
        at: Option<Vec<f64>>,
        /// The standard deviation.
        sigma: Sigma,
    },
    /// The centres of equal cells over the domain, the first parameter fastest.
    Grid {
        /// Count of cells along each parameter.
        grid: Vec<u32>,
    },
    /// Evenly on a circle in the first two parameters, from the first
    /// parameter's direction towards the second's; the others stay at the centre.
    Ring {
        /// Count of points.
        ring: u32,
        /// In the parameters' units, above 0.
        radius: f64,
        /// The centre; absent: the domain's.
        #[serde(skip_serializing_if = "Option::is_none")]
        at: Option<Vec<f64>>,
    },
    /// Evenly from one point to another, both included.
    Line {
        /// Count of points; one alone lies at `from`.
        line: u32,
        /// The first point.
        from: Vec<f64>,
        /// The last point.
        to: Vec<f64>,
    },
}

impl Default for Start {
    fn default() -> Self {
        Self::Uniform { uniform: 200 }
    }
}

/// A standard deviation: one for all parameters, or one for each.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Sigma {
    /// The same along every parameter; 0 or more.
    All(f64),
    /// One number a parameter, each 0 or more.
    Each(Vec<f64>),
}

impl Start {
    /// Count of start points.
    pub fn count(&self) -> usize {
        match self {
            Self::At { at } => at.len(),
            Self::Uniform { uniform: count }
            | Self::Normal { normal: count, .. }
            | Self::Ring { ring: count, .. }
            | Self::Line { line: count, .. } => *count as usize,
            Self::Grid { grid } => grid.iter().map(|cells| *cells as usize).product(),
        }
    }
}

/// The start points of a pattern for a loss whose parameters have `domain`
/// (`[low, high]` each): one inner vector a descent, one number a parameter.
///
/// Random patterns take `pcg4d([seed, descent, 0, parameter])`: descent i of
/// every team with the same pattern starts at the same point. Computed in f64,
/// rounded to f32 once.
///
/// # Errors
/// When a point of the pattern has not one number a parameter, or a ring is
/// asked of a single parameter.
pub fn starts(start: &Start, domain: &[[f64; 2]], seed: u32) -> Result<Vec<Vec<f32>>, SceneError> {
    check(start, domain.len())?;
    let centre: Vec<f64> = domain
        .iter()
        .map(|[low, high]| 0.5 * (low + high))
        .collect();
    let point = |descent: usize| -> Vec<f64> {
        match start {
            Start::At { at } => at[descent].clone(),
            Start::Uniform { .. } => uniform_point(descent, domain, seed),
            Start::Normal { at, sigma, .. } => {
                normal_point(descent, at.as_ref().unwrap_or(&centre), sigma, seed)
            }
            Start::Grid { grid } => cell_centre(descent, grid, domain),
            Start::Ring { ring, radius, at } => {
                let turn = descent as f64 / f64::from(*ring);
                ring_point(turn, *radius, at.as_ref().unwrap_or(&centre))
            }
            Start::Line { line, from, to } => {
                let along = descent as f64 / f64::from((*line - 1).max(1));
                line_point(along, from, to)
            }
        }
    };
    let narrow = |point: Vec<f64>| point.into_iter().map(|value| value as f32).collect();
    Ok((0..start.count())
        .map(|descent| narrow(point(descent)))
        .collect())
}

fn uniform_point(descent: usize, domain: &[[f64; 2]], seed: u32) -> Vec<f64> {
    let draw = |(parameter, [low, high]): (usize, &[f64; 2])| {
        let [word, ..] = pcg4d([seed, descent as u32, 0, parameter as u32]);
        low + (high - low) * uniform(word)
    };
    domain.iter().enumerate().map(draw).collect()
}

fn normal_point(descent: usize, mean: &[f64], sigma: &Sigma, seed: u32) -> Vec<f64> {
    let draw = |(parameter, mean): (usize, &f64)| {
        let [radius, angle, ..] = pcg4d([seed, descent as u32, 0, parameter as u32]);
        let sigma = match sigma {
            Sigma::All(sigma) => *sigma,
            Sigma::Each(sigmas) => sigmas[parameter],
        };
        mean + sigma * normal(radius, angle)
    };
    mean.iter().enumerate().map(draw).collect()
}

fn cell_centre(descent: usize, grid: &[u32], domain: &[[f64; 2]]) -> Vec<f64> {
    let mut rest = descent;
    let coordinate = |(cells, [low, high]): (&u32, &[f64; 2])| {
        let cell = rest % *cells as usize;
        rest /= *cells as usize;
        low + (high - low) * (cell as f64 + 0.5) / f64::from(*cells)
    };
    grid.iter().zip(domain).map(coordinate).collect()
}

fn ring_point(turn: f64, radius: f64, centre: &[f64]) -> Vec<f64> {
    let mut point = centre.to_vec();
    point[0] += radius * (TAU * turn).cos();
    point[1] += radius * (TAU * turn).sin();
    point
}

fn line_point(along: f64, from: &[f64], to: &[f64]) -> Vec<f64> {
    // Not `from + along * (to - from)`, which may miss `to` by a rounding.
    let between = |(from, to): (&f64, &f64)| from * (1.0 - along) + to * along;
    from.iter().zip(to).map(between).collect()
}

fn check(start: &Start, parameters: usize) -> Result<(), SceneError> {
    let lengths: Vec<(&str, usize)> = match start {
        Start::At { at } => at.iter().map(|point| ("at", point.len())).collect(),
        Start::Uniform { .. } => Vec::new(),
        Start::Normal { at, sigma, .. } => {
            let sigmas = match sigma {
                Sigma::All(_) => None,
                Sigma::Each(sigmas) => Some(("sigma", sigmas.len())),
            };
            at.iter().map(|at| ("at", at.len())).chain(sigmas).collect()
        }
        Start::Grid { grid } => vec![("grid", grid.len())],
        Start::Ring { at, .. } => at.iter().map(|at| ("at", at.len())).collect(),
        Start::Line { from, to, .. } => vec![("from", from.len()), ("to", to.len())],
    };
    if let Some((key, length)) = lengths.iter().find(|(_, length)| *length != parameters) {
        return Err(SceneError::new(format!(
            "`start.{key}` has {length} numbers a point; the loss has {parameters} parameters"
        )));
    }
    if matches!(start, Start::Ring { .. }) && parameters < 2 {
        return Err(SceneError::new(
            "`start.ring` needs a loss of two or more parameters".to_owned(),
        ));
    }
    Ok(())
}
