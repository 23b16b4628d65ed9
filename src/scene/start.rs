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
    /// The centres of equal cells over the domain, the first parameter fastest; with two counts for
    /// more than two parameters, over what is shown of the landscape's plane.
    Grid {
        /// Count of cells along each parameter, or along the plane's two coordinates.
        grid: Vec<u32>,
    },
    /// Evenly on a circle parallel to the landscape's plane, from the first coordinate's direction
    /// towards the second's.
    Ring {
        /// Count of points.
        ring: u32,
        /// In the parameters' units, above 0.
        radius: f64,
        /// The centre; absent: the middle of the landscape.
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

/// The part of the landscape's plane that is shown, a parallelogram in parameter space, as far as
/// start patterns need it. All vectors have a number for each parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Where both plane coordinates are lowest.
    pub corner: Vec<f64>,
    /// From the corner along each plane coordinate to its highest.
    pub sides: [Vec<f64>; 2],
    /// Two directions of length one, square to each other, that span the plane.
    pub frame: [Vec<f64>; 2],
}

impl Sheet {
    /// The sheet of the first two parameters over `domain`, in the middle of the others; of one
    /// parameter its second side is zero.
    fn of_first_two(domain: &[[f64; 2]]) -> Self {
        let along = |axis: usize, length: f64| -> Vec<f64> {
            let numbers = (0..domain.len()).map(|i| if i == axis { length } else { 0.0 });
            numbers.collect()
        };
        let extent = |axis: usize| domain.get(axis).map_or(0.0, |[low, high]| high - low);
        let corner = domain.iter().enumerate();
        Self {
            corner: corner
                .map(|(i, [low, high])| if i < 2 { *low } else { 0.5 * (low + high) })
                .collect(),
            sides: [0, 1].map(|axis| along(axis, extent(axis))),
            frame: [0, 1].map(|axis| along(axis, 1.0)),
        }
    }

    /// The point at parts of the two sides, 0 to 1 each.
    fn at(&self, parts: [f64; 2]) -> Vec<f64> {
        let sides = self.sides[0].iter().zip(&self.sides[1]);
        let numbers = self.corner.iter().zip(sides);
        numbers
            .map(|(corner, (a, b))| corner + a * parts[0] + b * parts[1])
            .collect()
    }
}

/// As [`starts_on`], on a landscape of the first two parameters.
///
/// # Errors
/// As [`starts_on`].
pub fn starts(start: &Start, domain: &[[f64; 2]], seed: u32) -> Result<Vec<Vec<f32>>, SceneError> {
    starts_on(&Sheet::of_first_two(domain), start, domain, seed)
}

/// The start points of a pattern for a loss whose parameters have `domain`
/// (`[low, high]` each), on a landscape over `sheet`: one inner vector a descent, one number a
/// parameter.
///
/// Random patterns take `pcg4d([seed, descent, 0, parameter])`: descent i of
/// every team with the same pattern starts at the same point. Computed in f64,
/// rounded to f32 once.
///
/// # Errors
/// When a point of the pattern has not one number a parameter, or a ring is
/// asked of a single parameter.
pub fn starts_on(
    sheet: &Sheet,
    start: &Start,
    domain: &[[f64; 2]],
    seed: u32,
) -> Result<Vec<Vec<f32>>, SceneError> {
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
            Start::Grid { grid } if grid.len() == domain.len() => {
                cell_centre(descent, grid, domain)
            }
            Start::Grid { grid } => {
                let parts = cell_centre(descent, grid, &[[0.0, 1.0]; 2]);
                sheet.at([parts[0], parts[1]])
            }
            Start::Ring { ring, radius, at } => {
                let turn = descent as f64 / f64::from(*ring);
                let centre = at.clone().unwrap_or_else(|| sheet.at([0.5; 2]));
                ring_point(turn, *radius, centre, &sheet.frame)
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

fn ring_point(turn: f64, radius: f64, mut point: Vec<f64>, frame: &[Vec<f64>; 2]) -> Vec<f64> {
    let (sin, cos) = (TAU * turn).sin_cos();
    for (number, (a, b)) in point.iter_mut().zip(frame[0].iter().zip(&frame[1])) {
        *number += radius * (cos * a + sin * b);
    }
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
        Start::Grid { grid } if grid.len() == 2 && parameters > 2 => Vec::new(),
        Start::Grid { grid } => vec![("grid", grid.len())],
        Start::Ring { at, .. } => at.iter().map(|at| ("at", at.len())).collect(),
        Start::Line { from, to, .. } => vec![("from", from.len()), ("to", to.len())],
    };
    if let Some((key, length)) = lengths.iter().find(|(_, length)| *length != parameters) {
        let plane = match key {
            &"grid" if parameters > 2 => ", and its landscape two coordinates",
            _ => "",
        };
        let numbers = if *length == 1 { "number" } else { "numbers" };
        let have = if parameters == 1 {
            "parameter"
        } else {
            "parameters"
        };
        return Err(SceneError::new(format!(
            "`start.{key}` has {length} {numbers} a point; the loss has {parameters} {have}{plane}"
        )));
    }
    if matches!(start, Start::Ring { .. }) && parameters < 2 {
        return Err(SceneError::new(
            "`start.ring` needs a loss of two or more parameters; `start.line` or `start.grid` \
             spreads points over one"
                .to_owned(),
        ));
    }
    Ok(())
}
