//! The landscape in f64, on the CPU: loss, slope and curvature at any place of its plane. What is
//! written beside arrows and tangents is taken from here, not from the field's f32.

use super::plane::Plane;
use crate::formula::evaluate::Tape;
use crate::formula::{FormulaError, Graph, NodeId, Rate, Rows, derivative};
use crate::loss::Loss;

/// The loss over a landscape's plane.
#[derive(Debug, Clone)]
pub struct Survey {
    plane: Plane,
    value: NodeId,
    gradient: [NodeId; 2],
    hessian: [[NodeId; 2]; 2],
    /// The value alone: what a search asks for most.
    short: Tape,
    tape: Tape,
}

/// The loss around a place of the plane, by its coordinates there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Local {
    /// Plane coordinates.
    pub place: [f64; 2],
    /// f.
    pub loss: f64,
    /// ∂f/∂a and ∂f/∂b.
    pub gradient: [f64; 2],
    /// ∂²f by a and b, row by row.
    pub hessian: [[f64; 2]; 2],
}

impl Survey {
    /// The landscape of `loss` over `plane`.
    ///
    /// # Errors
    /// As [`Loss::add_to`].
    pub fn new(loss: &Loss, plane: &Plane) -> Result<Self, FormulaError> {
        let mut graph = Graph::new();
        let place = [graph.input(Rate::Descent), graph.input(Rate::Descent)];
        let point = point_nodes(&mut graph, plane, place);
        let value = loss.add_to(&mut graph, &point, Rows::All)?;
        let gradient = derivative::gradient(&mut graph, value, &place);
        let hessian = derivative::hessian(&mut graph, value, &place);
        let pair = |nodes: &[NodeId]| [nodes[0], nodes[1]];
        let mut outputs = vec![value];
        outputs.extend(&gradient);
        outputs.extend(hessian.iter().flatten());
        Ok(Self {
            plane: plane.clone(),
            short: Tape::new(&graph, &[value]),
            tape: Tape::new(&graph, &outputs),
            value,
            gradient: pair(&gradient),
            hessian: [pair(&hessian[0]), pair(&hessian[1])],
        })
    }

    /// Where the landscape lies.
    pub fn plane(&self) -> &Plane {
        &self.plane
    }

    /// f at a place.
    pub fn loss_at(&mut self, place: [f64; 2]) -> f64 {
        self.short.run(&place);
        self.short.value(self.value)
    }

    /// f and its first two derivatives at a place.
    pub fn at(&mut self, place: [f64; 2]) -> Local {
        self.tape.run(&place);
        let value = |id: NodeId| self.tape.value(id);
        Local {
            place,
            loss: value(self.value),
            gradient: self.gradient.map(value),
            hessian: self.hessian.map(|row| row.map(value)),
        }
    }
}

impl Plane {
    /// The direction of the plane along which f grows fastest, in plane coordinates, from ∂f/∂a
    /// and ∂f/∂b; as long, in parameter space, as the gradient within the plane.
    pub fn uphill(&self, [slope_a, slope_b]: [f64; 2]) -> [f64; 2] {
        let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let [uu, uv, vv] = [
            dot(&self.u, &self.u),
            dot(&self.u, &self.v),
            dot(&self.v, &self.v),
        ];
        if uv == 0.0 {
            let part = |slope: f64, square: f64| if square > 0.0 { slope / square } else { 0.0 };
            return [part(slope_a, uu), part(slope_b, vv)];
        }
        let area = uu * vv - uv * uv;
        [
            (slope_a * vv - slope_b * uv) / area,
            (slope_b * uu - slope_a * uv) / area,
        ]
    }
}

/// `origin + a·u + b·v` as nodes.
fn point_nodes(graph: &mut Graph, plane: &Plane, place: [NodeId; 2]) -> Vec<NodeId> {
    let directions = plane.origin.iter().zip(plane.u.iter().zip(&plane.v));
    let mut points = Vec::with_capacity(plane.origin.len());
    for (origin, (u, v)) in directions {
        let mut sum = graph.constant(*origin);
        for (coordinate, direction) in place.into_iter().zip([u, v]) {
            let direction = graph.constant(*direction);
            let part = graph.mul(coordinate, direction);
            sum = graph.add(sum, part);
        }
        points.push(sum);
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss;

    /// The catalogue's losses of two parameters, each at a few places of its domain.
    #[test]
    fn on_two_parameters_it_is_the_loss_itself() {
        for loss in loss::all().iter().filter(|loss| loss.parameters.len() == 2) {
            let domain = [loss.domain[0], loss.domain[1]];
            let plane = Plane::of_two_parameters(domain);
            let mut survey = Survey::new(loss, &plane).expect("a catalogue entry");
            for parts in [[0.21, 0.64], [0.77, 0.35]] {
                let place = [0, 1].map(|i| {
                    let [low, high] = domain[i];
                    low + parts[i] * (high - low)
                });
                let expected = loss.evaluate(&place).expect("a catalogue entry");
                let local = survey.at(place);
                assert_eq!(
                    local.loss.to_bits(),
                    expected.value.to_bits(),
                    "{}",
                    loss.name
                );
                assert_eq!(local.gradient.to_vec(), expected.gradient, "{}", loss.name);
                assert_eq!(survey.loss_at(place).to_bits(), expected.value.to_bits());
            }
        }
    }

    /// On a slanted plane in three dimensions, against the chain rule by hand.
    #[test]
    fn on_a_slanted_plane_derivatives_follow_the_chain_rule() {
        let names = ["p", "q", "r"].map(str::to_owned);
        let loss = Loss::from_formula("p^2*q + 3*r^2 - p*r", Some(&names)).expect("a formula");
        let plane = Plane {
            origin: vec![1.0, -2.0, 0.5],
            u: vec![1.0, 0.5, 0.0],
            v: vec![0.0, 1.0, 2.0],
            domain: [[-1.0, 1.0]; 2],
        };
        let place = [0.3, -0.7];
        let w = plane.point_at(place);
        let back = plane.foot_of(&w).place;
        assert!((back[0] - place[0]).abs() < 1e-12 && (back[1] - place[1]).abs() < 1e-12);
        let local = Survey::new(&loss, &plane).expect("a loss").at(place);
        let known = loss.evaluate(&w).expect("a loss");
        let along = |d: &[f64]| -> f64 { known.gradient.iter().zip(d).map(|(g, d)| g * d).sum() };
        let bend = |a: &[f64], b: &[f64]| -> f64 {
            let rows = known.hessian.iter().zip(a);
            rows.map(|(row, a)| a * row.iter().zip(b).map(|(h, b)| h * b).sum::<f64>())
                .sum()
        };
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} and {b}");
        close(local.loss, known.value);
        close(local.gradient[0], along(&plane.u));
        close(local.gradient[1], along(&plane.v));
        close(local.hessian[0][1], bend(&plane.u, &plane.v));
        close(local.hessian[1][1], bend(&plane.v, &plane.v));
    }
}
