//! The plane through parameter space that a landscape is the loss over, and where a point of
//! parameter space falls on it.

use super::field::MAX_PARAMETERS;
use bytemuck::{Pod, Zeroable};

/// The least sine of the angle between a plane's directions: 0.06 degrees.
const LEAST_SINE: f64 = 1e-3;

/// How deep the landscape of one parameter is, in parts of its width: a curve is a surface of a
/// hair's depth, so that all that stands on a surface stands on a curve as well.
const HAIR: f64 = 1e-3;

/// A plane through parameter space: `w = origin + a·u + b·v` for plane coordinates (a, b).
///
/// With one parameter it is a line: `v` is zero, and b means nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// The parameters at (0, 0).
    pub origin: Vec<f64>,
    /// The direction of the first plane coordinate.
    pub u: Vec<f64>,
    /// The direction of the second plane coordinate.
    pub v: Vec<f64>,
    /// The range of each plane coordinate that the landscape shows.
    pub domain: [[f64; 2]; 2],
}

/// Where a point of parameter space falls on a plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Foot {
    /// The plane coordinates of the nearest point of the plane.
    pub place: [f64; 2],
    /// From there to the point, in units of the parameters.
    pub distance: f64,
}

/// Why two directions span no plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Degenerate {
    /// A direction of length zero, or with a part that is not finite.
    #[error("`{0}` has no direction: at least one of its numbers must differ from 0")]
    NoDirection(&'static str),
    /// Both directions lie on one line.
    #[error("`u` and `v` lie on one line and span no plane: turn one of them")]
    OneLine,
}

impl Plane {
    /// The plane of two parameters themselves.
    pub fn of_two_parameters(domain: [[f64; 2]; 2]) -> Self {
        Self {
            origin: vec![0.0; 2],
            u: vec![1.0, 0.0],
            v: vec![0.0, 1.0],
            domain,
        }
    }

    /// The line of a loss of one parameter, which is its whole parameter space.
    pub fn of_one_parameter([low, high]: [f64; 2]) -> Self {
        let half_depth = 0.5 * HAIR * (high - low);
        Self {
            origin: vec![0.0],
            u: vec![1.0],
            v: vec![0.0],
            domain: [[low, high], [-half_depth, half_depth]],
        }
    }

    /// The plane of the parameters number `axes`; the others are held at those of `held`, a
    /// number for each parameter.
    pub fn of_axes(axes: [usize; 2], held: &[f64], domain: [[f64; 2]; 2]) -> Self {
        let mut origin = held.to_vec();
        let along = |axis: usize| {
            let mut direction = vec![0.0; held.len()];
            direction[axis] = 1.0;
            direction
        };
        for axis in axes {
            origin[axis] = 0.0;
        }
        Self {
            origin,
            u: along(axes[0]),
            v: along(axes[1]),
            domain,
        }
    }

    /// The plane through `origin` along `u` and `v`, of as many numbers each; they need be neither
    /// square to each other nor of length one.
    ///
    /// # Errors
    /// Directions that span no plane.
    pub fn along(
        origin: Vec<f64>,
        u: Vec<f64>,
        v: Vec<f64>,
        domain: [[f64; 2]; 2],
    ) -> Result<Self, Degenerate> {
        let [uu, vv, uv] = [dot(&u, &u), dot(&v, &v), dot(&u, &v)];
        for (name, square) in [("u", uu), ("v", vv)] {
            if !(square > 0.0 && square.is_finite()) {
                return Err(Degenerate::NoDirection(name));
            }
        }
        if 1.0 - uv * uv / (uu * vv) < LEAST_SINE * LEAST_SINE {
            return Err(Degenerate::OneLine);
        }
        Ok(Self {
            origin,
            u,
            v,
            domain,
        })
    }

    /// How many parameters the space around it has.
    pub fn parameters(&self) -> usize {
        self.origin.len()
    }

    /// Whether it is a line: the landscape is a curve.
    pub fn is_line(&self) -> bool {
        self.parameters() == 1
    }

    /// Whether it holds all of parameter space, so that nothing lies beside it.
    pub fn is_whole(&self) -> bool {
        self.parameters() <= 2
    }

    /// The lengths of u and v: how far a step of one along each plane coordinate leads.
    pub fn lengths(&self) -> [f64; 2] {
        if self.is_line() {
            return [1.0; 2];
        }
        [&self.u, &self.v].map(|direction| dot(direction, direction).sqrt())
    }

    /// The angle between u and v in degrees, above 0 and below 180.
    pub fn angle_deg(&self) -> f64 {
        if self.is_line() {
            return 90.0;
        }
        let [along_u, along_v] = self.lengths();
        (dot(&self.u, &self.v) / (along_u * along_v))
            .clamp(-1.0, 1.0)
            .acos()
            .to_degrees()
    }

    /// The parameters at a place.
    pub fn point_at(&self, [a, b]: [f64; 2]) -> Vec<f64> {
        let parts = self.origin.iter().zip(self.u.iter().zip(&self.v));
        parts
            .map(|(origin, (u, v))| origin + a * u + b * v)
            .collect()
    }

    /// The parameters in the middle of what is shown.
    pub fn centre(&self) -> Vec<f64> {
        self.point_at(self.domain.map(|[low, high]| 0.5 * (low + high)))
    }

    /// Two directions of length one and square to each other that span it, the first along u.
    pub fn frame(&self) -> [Vec<f64>; 2] {
        let scaled = |direction: &[f64], by: f64| direction.iter().map(|x| x * by).collect();
        let first: Vec<f64> = scaled(&self.u, 1.0 / dot(&self.u, &self.u).sqrt());
        let along = dot(&first, &self.v);
        let across = self
            .v
            .iter()
            .zip(&first)
            .map(|(v, first)| v - along * first);
        let across: Vec<f64> = across.collect();
        let length = dot(&across, &across).sqrt();
        let second = if length > 0.0 {
            scaled(&across, 1.0 / length)
        } else {
            across
        };
        [first, second]
    }

    /// Where `w` falls on it: the nearest point, by least squares.
    pub fn foot_of(&self, w: &[f64]) -> Foot {
        let off: Vec<f64> = w.iter().zip(&self.origin).map(|(w, o)| w - o).collect();
        let [to_a, to_b] = self.duals();
        let place = [dot(&to_a, &off), dot(&to_b, &off)];
        let rest = off.iter().zip(self.u.iter().zip(&self.v));
        let square: f64 = rest
            .map(|(off, (u, v))| (off - place[0] * u - place[1] * v).powi(2))
            .sum();
        Foot {
            place,
            distance: square.sqrt(),
        }
    }

    /// What `w - origin` is multiplied with to give a and b: the rows of the pseudo-inverse of the
    /// matrix whose columns are u and v.
    fn duals(&self) -> [Vec<f64>; 2] {
        if self.is_line() {
            return [vec![1.0], vec![0.0]];
        }
        let [uu, vv, uv] = [
            dot(&self.u, &self.u),
            dot(&self.v, &self.v),
            dot(&self.u, &self.v),
        ];
        let area = uu * vv - uv * uv;
        let mixed = |mine: &[f64], own: f64, other: &[f64]| -> Vec<f64> {
            let parts = mine.iter().zip(other);
            parts.map(|(m, o)| (own * m - uv * o) / area).collect()
        };
        [mixed(&self.u, vv, &self.v), mixed(&self.v, uu, &self.u)]
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `Plane` in `shaders/include/plane.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct PlaneUniform {
    pub origin: [f32; MAX_PARAMETERS],
    pub u: [f32; MAX_PARAMETERS],
    pub v: [f32; MAX_PARAMETERS],
    pub to_a: [f32; MAX_PARAMETERS],
    pub to_b: [f32; MAX_PARAMETERS],
    pub domain_min: [f32; 2],
    pub domain_max: [f32; 2],
}

impl PlaneUniform {
    /// The uniform of `plane`.
    pub fn new(plane: &Plane) -> Self {
        let vector = |values: &[f64]| {
            let mut padded = [0.0; MAX_PARAMETERS];
            for (slot, value) in padded.iter_mut().zip(values) {
                *slot = *value as f32;
            }
            padded
        };
        let corner = |side: usize| plane.domain.map(|range| range[side] as f32);
        let [to_a, to_b] = plane.duals();
        Self {
            origin: vector(&plane.origin),
            u: vector(&plane.u),
            v: vector(&plane.v),
            to_a: vector(&to_a),
            to_b: vector(&to_b),
            domain_min: corner(0),
            domain_max: corner(1),
        }
    }
}

#[cfg(test)]
mod tests;
