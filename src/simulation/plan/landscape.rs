//! Which plane a scene's landscape lies on, what its coordinates are called, and what the picture
//! says of the parameters that are held.

use super::{PlanError, unknown};
use crate::loss::Loss;
use crate::scene::{LossSettings, Plane as Wanted, Scene, Sheet};
use crate::simulation::plane::{Degenerate, Plane};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The plane coordinates of directions, where the scene gives no range.
const DIRECTION_RANGE: [f64; 2] = [-1.0, 1.0];

/// The names of a plane's coordinates along directions, in `loss.domain` and on the axes.
const DIRECTION_NAMES: [&str; 2] = ["u", "v"];

/// Held values that a note lists at most.
const MOST_HELD: usize = 4;

/// Directions farther from square than this, in degrees, are told.
const SQUARE_WITHIN_DEG: f64 = 0.5;

/// The plane of the landscape, in words as well.
#[derive(Debug, Clone, PartialEq)]
pub struct Landscape {
    /// The plane, with the range that is shown.
    pub plane: Plane,
    /// What its coordinates are called; a curve has only the first.
    pub names: [String; 2],
    /// Where the plane lies and how it is drawn, a line each; nothing where it is the parameters'
    /// own.
    pub notes: Vec<String>,
    /// The farthest that a point of the parameters' domain is from the plane.
    pub reach: f64,
}

impl Landscape {
    /// The landscape that `scene` asks for, of a loss whose parameters have `domain`.
    ///
    /// Without `loss.plane` it is that of the first two parameters. A parameter that is held and
    /// that the plane does not name has its value in `loss.at`; else in the loss's first known
    /// minimum, so that the landscape shows where descents should end; else in the middle of its
    /// domain.
    ///
    /// # Errors
    /// A plane that this loss has not, with its key.
    pub(super) fn of_scene(
        scene: &Scene,
        loss: &Loss,
        domain: &[[f64; 2]],
    ) -> Result<Self, PlanError> {
        check_names(scene.loss.at.as_ref(), "loss.at", loss)?;
        match (&scene.loss.plane, loss.parameters.len()) {
            (None, 1) => Ok(Self::curve(loss, domain[0])),
            (Some(_), 1) => Err(PlanError(format!(
                "loss.plane: this loss has one parameter, {}, and its landscape is a curve; leave \
                 `plane` out",
                loss.parameters[0]
            ))),
            (None, _) => {
                let axes = [loss.parameters[0].clone(), loss.parameters[1].clone()];
                Self::of_axes(&axes, &BTreeMap::new(), &scene.loss, loss, domain)
            }
            (Some(Wanted::Axes { axes, at }), _) => {
                Self::of_axes(axes, at, &scene.loss, loss, domain)
            }
            (Some(Wanted::Directions { origin, u, v }), _) => {
                Self::along([origin, u, v], &scene.loss, loss, domain)
            }
        }
    }

    fn curve(loss: &Loss, range: [f64; 2]) -> Self {
        Self {
            plane: Plane::of_one_parameter(range),
            names: [loss.parameters[0].clone(), String::new()],
            notes: Vec::new(),
            reach: 0.0,
        }
    }

    fn of_axes(
        names: &[String; 2],
        at: &BTreeMap<String, f64>,
        settings: &LossSettings,
        loss: &Loss,
        domain: &[[f64; 2]],
    ) -> Result<Self, PlanError> {
        check_names(Some(at), "loss.plane.at", loss)?;
        let axes = axes_of(names, loss)?;
        if let Some(name) = names.iter().find(|name| at.contains_key(*name)) {
            return Err(PlanError(format!(
                "loss.plane.at.{name}: `{name}` is an axis of the plane and takes every value; `at` \
                 holds the others"
            )));
        }
        let mut held = held_by(settings, loss, domain);
        for (name, value) in at {
            let index = loss.parameters.iter().position(|known| known == name);
            held[index.expect("checked above")] = *value;
        }
        let plane = Plane::of_axes(axes, &held, axes.map(|axis| domain[axis]));
        let others = (0..held.len()).filter(|index| !axes.contains(index));
        let others = others.map(|index| (loss.parameters[index].as_str(), held[index]));
        Ok(Self {
            reach: reach_of(&plane, domain),
            plane,
            names: names.clone(),
            notes: held_in_words(&others.collect::<Vec<_>>())
                .into_iter()
                .collect(),
        })
    }

    fn along(
        vectors: [&Vec<f64>; 3],
        settings: &LossSettings,
        loss: &Loss,
        domain: &[[f64; 2]],
    ) -> Result<Self, PlanError> {
        let parameters = &loss.parameters;
        for (key, vector) in ["origin", "u", "v"].iter().zip(vectors) {
            if vector.len() != parameters.len() {
                return Err(PlanError(format!(
                    "loss.plane.{key} has {} numbers; the loss has {} parameters, {}",
                    vector.len(),
                    parameters.len(),
                    parameters.join(", ")
                )));
            }
        }
        let range = |name: &str| {
            let given = settings.domain.as_ref();
            let given = given.and_then(|domain| domain.get(name)).copied();
            let is_parameter = parameters.iter().any(|known| known == name);
            given.filter(|_| !is_parameter).unwrap_or(DIRECTION_RANGE)
        };
        let [origin, u, v] = vectors.map(Vec::clone);
        let plane = Plane::along(origin, u, v, DIRECTION_NAMES.map(range))
            .map_err(|error: Degenerate| PlanError(format!("loss.plane: {error}")))?;
        let mut notes = vec![format!(
            "through ({}), along u and v",
            numbers(&plane.origin)
        )];
        let angle = plane.angle_deg();
        if (angle - 90.0).abs() > SQUARE_WITHIN_DEG {
            notes.push(format!("u and v meet at {angle:.0}°, though drawn square"));
        }
        Ok(Self {
            reach: reach_of(&plane, domain),
            plane,
            names: DIRECTION_NAMES.map(str::to_owned),
            notes,
        })
    }

    /// What is shown of the plane, for start patterns.
    pub(super) fn sheet(&self) -> Sheet {
        let [[a, a_high], [b, b_high]] = self.plane.domain;
        let scaled = |direction: &[f64], by: f64| direction.iter().map(|x| x * by).collect();
        Sheet {
            corner: self.plane.point_at([a, b]),
            sides: [
                scaled(&self.plane.u, a_high - a),
                scaled(&self.plane.v, b_high - b),
            ],
            frame: self.plane.frame(),
        }
    }
}

/// Whether `loss.domain` may name `name` though it is no parameter: a coordinate along a direction.
pub(super) fn is_coordinate(settings: &LossSettings, name: &str) -> bool {
    matches!(settings.plane, Some(Wanted::Directions { .. })) && DIRECTION_NAMES.contains(&name)
}

fn check_names(
    given: Option<&BTreeMap<String, f64>>,
    key: &str,
    loss: &Loss,
) -> Result<(), PlanError> {
    let names = given.into_iter().flat_map(BTreeMap::keys);
    for name in names {
        if !loss.parameters.contains(name) {
            let known = loss.parameters.iter().map(String::as_str);
            return Err(PlanError(unknown(key, "parameter", name, known)));
        }
    }
    Ok(())
}

fn axes_of(names: &[String; 2], loss: &Loss) -> Result<[usize; 2], PlanError> {
    let index = |name: &String| {
        let known = loss.parameters.iter();
        known
            .clone()
            .position(|known| known == name)
            .ok_or_else(|| {
                let known = known.map(String::as_str);
                PlanError(unknown("loss.plane.axes", "parameter", name, known))
            })
    };
    let axes = [index(&names[0])?, index(&names[1])?];
    if axes[0] == axes[1] {
        return Err(PlanError(format!(
            "loss.plane.axes names `{}` twice; a plane has two different axes",
            names[0]
        )));
    }
    Ok(axes)
}

/// A value for each parameter where the scene's plane names none.
fn held_by(settings: &LossSettings, loss: &Loss, domain: &[[f64; 2]]) -> Vec<f64> {
    let followed = |name: &str| settings.at.as_ref()?.get(name).copied();
    let minimum = |index: usize| Some(loss.minima.first()?[index]);
    let names = loss.parameters.iter().enumerate();
    names
        .map(|(index, name)| {
            let [low, high] = domain[index];
            let middle = 0.5 * (low + high);
            followed(name).or(minimum(index)).unwrap_or(middle)
        })
        .collect()
}

/// The farthest corner: the distance from a plane is convex, so no inner point is farther.
fn reach_of(plane: &Plane, domain: &[[f64; 2]]) -> f64 {
    if plane.is_whole() {
        return 0.0;
    }
    let corner = |bits: u32| -> Vec<f64> {
        let sides = domain.iter().enumerate();
        sides
            .map(|(index, range)| range[(bits >> index & 1) as usize])
            .collect()
    };
    (0..1_u32 << domain.len())
        .map(|bits| plane.foot_of(&corner(bits)).distance)
        .fold(0.0, f64::max)
}

/// `w3 = w4 = 1, w5 = 0`: those of one value together; nothing where nothing is held.
fn held_in_words(held: &[(&str, f64)]) -> Option<String> {
    let mut groups: Vec<(f64, Vec<&str>)> = Vec::new();
    for (name, value) in held {
        match groups.iter_mut().find(|(known, _)| known == value) {
            Some((_, names)) => names.push(name),
            None => groups.push((*value, vec![name])),
        }
    }
    let group = |(value, names): &(f64, Vec<&str>)| {
        let names = match names[..] {
            [first, .., last] if names.len() > MOST_HELD => format!("{first} … {last}"),
            _ => names.join(" = "),
        };
        format!("{names} = {}", number(*value))
    };
    let shown: Vec<_> = groups.iter().take(MOST_HELD).map(group).collect();
    let rest = if groups.len() > MOST_HELD {
        ", …"
    } else {
        ""
    };
    (!held.is_empty()).then(|| format!("on the plane {}{rest}", shown.join(", ")))
}

/// Up to four of them.
fn numbers(values: &[f64]) -> String {
    let mut text = String::new();
    for (index, value) in values.iter().take(MOST_HELD).enumerate() {
        let gap = if index > 0 { ", " } else { "" };
        write!(text, "{gap}{}", number(*value)).expect("a String takes all text");
    }
    if values.len() > MOST_HELD {
        text += ", …";
    }
    text
}

/// Up to four digits, with a true minus.
fn number(value: f64) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    let size = rounded.abs();
    let text = if size != 0.0 && !(1e-4..1e6).contains(&size) {
        format!("{size:e}")
    } else {
        format!("{size}")
    };
    if rounded < 0.0 {
        format!("\u{2212}{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests;
