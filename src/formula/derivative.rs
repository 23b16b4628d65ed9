//! Derivatives: nodes in, nodes out, in reverse mode.
//!
//! Where a function has a kink, its slope there is a convention, the same on CPU and GPU because
//! it is part of the graph:
//!
//! | at | slope |
//! |---|---|
//! | `abs(x)`, x = 0 | 0 |
//! | `sign`, `floor`, comparisons | 0 everywhere |
//! | `max(a, b)`, `min(a, b)`, a = b | that of a |
//! | `sqrt(x)`, `cbrt(x)`, `hypot(x, y)` at 0 | 0 |
//! | `mod(x, y)` at a jump | 1 by x |
//! | `if(c, a, b)` | that of the chosen branch |

use super::branch::{self, Branches, EVERYWHERE, Part};
use super::rows::Rows;
use super::{Binary, Graph, NodeId, Op, Unary};
use std::collections::HashMap;
use std::f64::consts::{LN_2, LN_10, PI};

/// The partial derivatives of `value` by each of `inputs`.
pub fn gradient(graph: &mut Graph, value: NodeId, inputs: &[NodeId]) -> Vec<NodeId> {
    let depends = dependents(graph, value, inputs);
    let mut branches = Branches::new();
    let mut adjoints = vec![Vec::new(); value.index() + 1];
    adjoints[value.index()].push(Part {
        value: graph.constant(1.0),
        branch: EVERYWHERE,
    });
    let mut slopes = HashMap::new();
    for id in graph
        .needed(&[value])
        .into_iter()
        .rev()
        .filter(|id| depends[id.index()])
    {
        graph.span = graph.span(id);
        let sums = std::mem::take(&mut adjoints[id.index()]);
        if inputs.contains(&id) {
            slopes.extend(
                branches
                    .sum_everywhere(graph, sums)
                    .map(|slope| (id, slope)),
            );
            continue;
        }
        let Some(adjoint) = branches.sum(graph, sums) else {
            continue;
        };
        for (operand, value) in parts(graph, id, adjoint.value, &depends) {
            let branch = branches.entered(graph, adjoint.branch, id, operand);
            branch::add(
                graph,
                &mut adjoints[operand.index()],
                Part { value, branch },
            );
        }
    }
    let zero = graph.constant(0.0);
    inputs
        .iter()
        .map(|input| slopes.get(input).copied().unwrap_or(zero))
        .collect()
}

/// The matrix of second derivatives of `value` by `inputs`, row by row.
pub fn hessian(graph: &mut Graph, value: NodeId, inputs: &[NodeId]) -> Vec<Vec<NodeId>> {
    gradient(graph, value, inputs)
        .into_iter()
        .map(|slope| gradient(graph, slope, inputs))
        .collect()
}

/// Which nodes up to `value` depend on one of `inputs`.
fn dependents(graph: &Graph, value: NodeId, inputs: &[NodeId]) -> Vec<bool> {
    let mut depends = vec![false; value.index() + 1];
    for id in graph.ids().take(value.index() + 1) {
        depends[id.index()] =
            inputs.contains(&id) || graph.operands(id).any(|operand| depends[operand.index()]);
    }
    depends
}

/// What the adjoint of `id` adds to the adjoints of its operands.
fn parts(
    graph: &mut Graph,
    id: NodeId,
    adjoint: NodeId,
    depends: &[bool],
) -> Vec<(NodeId, NodeId)> {
    let wanted = |operand: NodeId| depends[operand.index()];
    match graph.op(id) {
        // Losses have no loops, and only losses are differentiated.
        Op::Constant(_)
        | Op::Input(_)
        | Op::Normal(_)
        | Op::Variable(_)
        | Op::After(..)
        | Op::Column(_) => Vec::new(),
        Op::Sum(body, rows) => sum_parts(graph, body, rows, adjoint, depends),
        Op::Unary(unary, x) => {
            let part = unary_part(graph, unary, x, id, adjoint);
            vec![(x, part)]
        }
        Op::Binary(binary, a, b) => {
            let mut parts = Vec::new();
            if wanted(a) {
                parts.push((a, left_part(graph, binary, [a, b, id], adjoint)));
            }
            if wanted(b) {
                parts.push((b, right_part(graph, binary, [a, b, id], adjoint)));
            }
            parts
        }
        // Whether a branch counts is asked where its adjoint leaves it: see `branch.rs`.
        Op::Select(_, chosen, other) => [chosen, other]
            .into_iter()
            .filter(|branch| wanted(*branch))
            .map(|branch| (branch, adjoint))
            .collect(),
    }
}

/// For each node that the rows of a sum read from outside: adjoint · the sum of the body's slope by
/// it. The adjoint is the same for every row and stays outside.
fn sum_parts(
    graph: &mut Graph,
    body: NodeId,
    rows: Rows,
    adjoint: NodeId,
    depends: &[bool],
) -> Vec<(NodeId, NodeId)> {
    let mut reads = graph.bodies[&body].reads.clone();
    reads.retain(|read| depends[read.index()]);
    let span = graph.span.clone();
    let slopes = gradient(graph, body, &reads);
    graph.span = span;
    let parts = reads.into_iter().zip(slopes);
    parts
        .map(|(read, slope)| {
            let sum = graph.sum(slope, rows);
            (read, graph.mul(adjoint, sum))
        })
        .collect()
}

/// adjoint · d(unary(x))/dx, where `y` is the node of unary(x).
fn unary_part(graph: &mut Graph, unary: Unary, x: NodeId, y: NodeId, adjoint: NodeId) -> NodeId {
    match unary {
        Unary::Neg => graph.unary(Unary::Neg, adjoint),
        Unary::Sign | Unary::Floor => graph.constant(0.0),
        // Quotients where the slope is 1/something: one division instead of two operations.
        Unary::Log => graph.div(adjoint, x),
        Unary::Log1p => {
            let denominator = offset(graph, 1.0, x);
            graph.div(adjoint, denominator)
        }
        Unary::Atan => {
            let square = graph.square(x);
            let denominator = offset(graph, 1.0, square);
            graph.div(adjoint, denominator)
        }
        _ => {
            let slope = slope(graph, unary, x, y);
            graph.mul(adjoint, slope)
        }
    }
}

/// d(unary(x))/dx, where `y` is the node of unary(x).
fn slope(graph: &mut Graph, unary: Unary, x: NodeId, y: NodeId) -> NodeId {
    match unary {
        Unary::Neg | Unary::Sign | Unary::Floor | Unary::Log | Unary::Log1p | Unary::Atan => {
            let one = graph.constant(1.0);
            unary_part(graph, unary, x, y, one)
        }
        Unary::Abs => graph.unary(Unary::Sign, x),
        Unary::Sqrt => {
            let inverse = graph.unary(Unary::InverseOrZero, y);
            scaled(graph, 0.5, inverse)
        }
        Unary::Cbrt => {
            let square = graph.square(y);
            let inverse = graph.unary(Unary::InverseOrZero, square);
            scaled(graph, 1.0 / 3.0, inverse)
        }
        Unary::Exp => y,
        Unary::Expm1 => offset(graph, 1.0, y),
        Unary::Exp2 => scaled(graph, LN_2, y),
        Unary::Log2 => scaled_inverse(graph, 1.0 / LN_2, x),
        Unary::Log10 => scaled_inverse(graph, 1.0 / LN_10, x),
        Unary::Sin => graph.unary(Unary::Cos, x),
        Unary::Cos => {
            let sin = graph.unary(Unary::Sin, x);
            graph.unary(Unary::Neg, sin)
        }
        Unary::Tan => {
            let square = graph.square(y);
            offset(graph, 1.0, square)
        }
        Unary::Asin => inverse_root(graph, x, 1.0, Binary::Sub),
        Unary::Acos => {
            let slope = inverse_root(graph, x, 1.0, Binary::Sub);
            graph.unary(Unary::Neg, slope)
        }
        Unary::Asinh => inverse_root(graph, x, 1.0, Binary::Add),
        Unary::Acosh => {
            let square = graph.square(x);
            let under = offset(graph, -1.0, square);
            let root = graph.unary(Unary::Sqrt, under);
            graph.unary(Unary::InverseOrZero, root)
        }
        Unary::Atanh => {
            let rest = one_minus_square(graph, x);
            let one = graph.constant(1.0);
            graph.div(one, rest)
        }
        Unary::Sinh => graph.unary(Unary::Cosh, x),
        Unary::Cosh => graph.unary(Unary::Sinh, x),
        Unary::Tanh => one_minus_square(graph, y),
        Unary::Erf => {
            let square = graph.square(x);
            let minus = graph.unary(Unary::Neg, square);
            let bell = graph.unary(Unary::Exp, minus);
            scaled(graph, 2.0 / PI.sqrt(), bell)
        }
        Unary::Sigmoid => {
            let one = graph.constant(1.0);
            let rest = graph.sub(one, y);
            graph.mul(y, rest)
        }
        Unary::Softplus => graph.unary(Unary::Sigmoid, x),
        Unary::InverseOrZero => {
            let square = graph.square(y);
            graph.unary(Unary::Neg, square)
        }
    }
}

/// adjoint · ∂(a ∘ b)/∂a; `y` is the node of a ∘ b.
fn left_part(graph: &mut Graph, binary: Binary, [a, b, y]: [NodeId; 3], adjoint: NodeId) -> NodeId {
    match binary {
        Binary::Add | Binary::Sub | Binary::Mod => adjoint,
        Binary::Mul => graph.mul(adjoint, b),
        Binary::Div => graph.div(adjoint, b),
        Binary::Pow => {
            let one = graph.constant(1.0);
            let less = graph.sub(b, one);
            let power = graph.pow(a, less);
            let slope = graph.mul(b, power);
            graph.mul(adjoint, slope)
        }
        Binary::Min => where_first(graph, Binary::LessEqual, [a, b], adjoint),
        Binary::Max => where_first(graph, Binary::GreaterEqual, [a, b], adjoint),
        Binary::Atan2 => {
            let radius = square_sum(graph, a, b);
            let weighted = graph.mul(adjoint, b);
            graph.div(weighted, radius)
        }
        Binary::Hypot => share_of_root(graph, a, y, adjoint),
        _ => graph.constant(0.0),
    }
}

/// adjoint · ∂(a ∘ b)/∂b; `y` is the node of a ∘ b.
fn right_part(
    graph: &mut Graph,
    binary: Binary,
    [a, b, y]: [NodeId; 3],
    adjoint: NodeId,
) -> NodeId {
    match binary {
        Binary::Add => adjoint,
        Binary::Sub => graph.unary(Unary::Neg, adjoint),
        Binary::Mul => graph.mul(adjoint, a),
        Binary::Div => {
            let quotient = graph.div(y, b);
            let weighted = graph.mul(adjoint, quotient);
            graph.unary(Unary::Neg, weighted)
        }
        Binary::Pow => {
            let log = graph.unary(Unary::Log, a);
            let slope = graph.mul(y, log);
            graph.mul(adjoint, slope)
        }
        Binary::Min => where_first(graph, Binary::Greater, [a, b], adjoint),
        Binary::Max => where_first(graph, Binary::Less, [a, b], adjoint),
        Binary::Mod => {
            let quotient = graph.div(a, b);
            let floor = graph.unary(Unary::Floor, quotient);
            let weighted = graph.mul(adjoint, floor);
            graph.unary(Unary::Neg, weighted)
        }
        Binary::Atan2 => {
            let radius = square_sum(graph, a, b);
            let weighted = graph.mul(adjoint, a);
            let share = graph.div(weighted, radius);
            graph.unary(Unary::Neg, share)
        }
        Binary::Hypot => share_of_root(graph, b, y, adjoint),
        _ => graph.constant(0.0),
    }
}

fn scaled(graph: &mut Graph, factor: f64, x: NodeId) -> NodeId {
    let factor = graph.constant(factor);
    graph.mul(factor, x)
}

fn offset(graph: &mut Graph, by: f64, x: NodeId) -> NodeId {
    let by = graph.constant(by);
    graph.add(by, x)
}

fn scaled_inverse(graph: &mut Graph, factor: f64, x: NodeId) -> NodeId {
    let factor = graph.constant(factor);
    graph.div(factor, x)
}

fn one_minus_square(graph: &mut Graph, x: NodeId) -> NodeId {
    let one = graph.constant(1.0);
    let square = graph.square(x);
    graph.sub(one, square)
}

/// 1/√(one ± x²).
fn inverse_root(graph: &mut Graph, x: NodeId, one: f64, sign: Binary) -> NodeId {
    let one = graph.constant(one);
    let square = graph.square(x);
    let under = graph.binary(sign, one, square);
    let root = graph.unary(Unary::Sqrt, under);
    graph.unary(Unary::InverseOrZero, root)
}

fn square_sum(graph: &mut Graph, a: NodeId, b: NodeId) -> NodeId {
    let (a, b) = (graph.square(a), graph.square(b));
    graph.add(a, b)
}

fn where_first(
    graph: &mut Graph,
    comparison: Binary,
    [a, b]: [NodeId; 2],
    adjoint: NodeId,
) -> NodeId {
    let first = graph.binary(comparison, a, b);
    let zero = graph.constant(0.0);
    graph.select(first, adjoint, zero)
}

fn share_of_root(graph: &mut Graph, x: NodeId, root: NodeId, adjoint: NodeId) -> NodeId {
    let inverse = graph.unary(Unary::InverseOrZero, root);
    let share = graph.mul(x, inverse);
    graph.mul(adjoint, share)
}
