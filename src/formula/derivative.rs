//! Derivatives: nodes in, nodes out, in reverse or in forward mode, whichever takes fewer
//! operations.
//!
//! Where a function has a kink, its slope there is a convention, the same on CPU and GPU because
//! it is part of the graph:
//!
//! | at | slope |
//! |---|---|
//! | `abs(x)`, x = 0 | 0 |
//! | `sign`, `floor`, `ceil`, `round`, comparisons | 0 everywhere |
//! | `max(a, b)`, `min(a, b)`, a = b | that of a |
//! | `relu(x)`, x = 0 | 0 |
//! | `clamp(x, low, high)` at its ends | 1 |
//! | `sqrt(x)`, `cbrt(x)`, `x^p` with 0 < p < 1, `hypot(x, y)` at 0 | 0 |
//! | `asin(x)`, `acos(x)` at ±1, `acosh(x)` at 1 | 0 |
//! | `atan2(y, x)` at (0, 0) | 0 |
//! | `mod(x, y)` at a jump | 1 by x |
//! | `x^y` by y at x = 0 | 0 |
//! | `if(c, a, b)` | that of the chosen branch |

mod branch;
mod forward;
mod reverse;
mod slope;

use super::{Graph, NodeId};

/// Nodes times inputs up to which forward mode is tried beside reverse mode: beyond, its size,
/// which grows with the inputs, would cost more time than it could save.
const MAX_TRIED: usize = 4096;

/// The partial derivatives of `value` by each of `inputs`.
pub fn gradient(graph: &mut Graph, value: NodeId, inputs: &[NodeId]) -> Vec<NodeId> {
    let depends = graph.depends(inputs);
    let on_the_way = graph.needed(&[value]).into_iter();
    let on_the_way = on_the_way.filter(|id| depends[id.index()]).count();
    let mut slopes = reverse::gradient(graph, value, inputs);
    if on_the_way * inputs.len() <= MAX_TRIED {
        let forward = forward::gradient(graph, value, inputs);
        slopes = smaller(graph, value, slopes, forward);
    }
    let shared = graph.share_factors(&slopes);
    smaller(graph, value, slopes, shared)
}

/// Which of two gradients takes fewer operations beside its value; of equals the first.
fn smaller(graph: &Graph, value: NodeId, first: Vec<NodeId>, second: Vec<NodeId>) -> Vec<NodeId> {
    let operations = |slopes: &[NodeId]| graph.operations(&[&[value], slopes].concat());
    match operations(&second) < operations(&first) {
        true => second,
        false => first,
    }
}

/// The matrix of second derivatives of `value` by `inputs`, row by row. It is symmetric to the
/// node: its lower half is its upper half.
pub fn hessian(graph: &mut Graph, value: NodeId, inputs: &[NodeId]) -> Vec<Vec<NodeId>> {
    let slopes = gradient(graph, value, inputs);
    let upper: Vec<_> = slopes
        .iter()
        .enumerate()
        .map(|(row, slope)| gradient(graph, *slope, &inputs[row..]))
        .collect();
    let at = |row: usize, column: usize| upper[row.min(column)][row.abs_diff(column)];
    let sides = 0..inputs.len();
    let row = |row: usize| sides.clone().map(|column| at(row, column)).collect();
    sides.clone().map(row).collect()
}

/// How each of `outputs` changes as `inputs` move along `direction`, in forward mode; of a
/// gradient, that is the Hessian times the direction.
pub fn along(
    graph: &mut Graph,
    outputs: &[NodeId],
    inputs: &[NodeId],
    direction: &[NodeId],
) -> Vec<NodeId> {
    forward::along(graph, outputs, inputs, direction)
}

/// The gradient by one mode alone, so that tests can hold both to the truth.
pub fn gradient_by(mode: Mode, graph: &mut Graph, value: NodeId, inputs: &[NodeId]) -> Vec<NodeId> {
    match mode {
        Mode::Forward => forward::gradient(graph, value, inputs),
        Mode::Reverse => reverse::gradient(graph, value, inputs),
    }
}

/// In which order the chain rule is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// From the inputs on, for one input after the other.
    Forward,
    /// From the value back, for all inputs together.
    Reverse,
}
