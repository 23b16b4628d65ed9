//! The slope of each operation, as nodes: the one place that knows calculus.

use crate::formula::{Binary, Graph, NodeId, Unary};
use std::f64::consts::{LN_2, LN_10, PI};

/// adjoint · d(unary(x))/dx, where `y` is the node of unary(x).
pub fn unary_part(
    graph: &mut Graph,
    unary: Unary,
    x: NodeId,
    y: NodeId,
    adjoint: NodeId,
) -> NodeId {
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
            let square = graph.square(y);
            graph.sub(y, square)
        }
        Unary::Softplus => graph.unary(Unary::Sigmoid, x),
        Unary::InverseOrZero => {
            let square = graph.square(y);
            graph.unary(Unary::Neg, square)
        }
    }
}

/// adjoint · ∂(a ∘ b)/∂a; `y` is the node of a ∘ b.
pub fn left_part(
    graph: &mut Graph,
    binary: Binary,
    [a, b, y]: [NodeId; 3],
    adjoint: NodeId,
) -> NodeId {
    match binary {
        Binary::Add | Binary::Sub | Binary::Mod => adjoint,
        Binary::Mul => graph.mul(adjoint, b),
        Binary::Div => graph.div(adjoint, b),
        Binary::Pow => {
            let slope = power_slope(graph, [a, b, y]);
            graph.mul(adjoint, slope)
        }
        Binary::Min | Binary::Max => {
            let first = takes_first(graph, binary, a, b);
            let zero = graph.constant(0.0);
            graph.select(first, adjoint, zero)
        }
        Binary::Atan2 => share_of_square(graph, b, [a, b], adjoint),
        Binary::Hypot => share_of_root(graph, a, y, adjoint),
        _ => graph.constant(0.0),
    }
}

/// adjoint · ∂(a ∘ b)/∂b; `y` is the node of a ∘ b.
pub fn right_part(
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
            let slope = exponent_slope(graph, a, y);
            graph.mul(adjoint, slope)
        }
        Binary::Min | Binary::Max => {
            let first = takes_first(graph, binary, a, b);
            let zero = graph.constant(0.0);
            graph.select(first, zero, adjoint)
        }
        Binary::Mod => {
            let quotient = graph.div(a, b);
            let floor = graph.unary(Unary::Floor, quotient);
            let weighted = graph.mul(adjoint, floor);
            graph.unary(Unary::Neg, weighted)
        }
        Binary::Atan2 => {
            let share = share_of_square(graph, a, [a, b], adjoint);
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

/// Whether `min` or `max` is its first operand.
pub fn takes_first(graph: &mut Graph, extreme: Binary, a: NodeId, b: NodeId) -> NodeId {
    let comparison = match extreme {
        Binary::Min => Binary::LessEqual,
        _ => Binary::GreaterEqual,
    };
    graph.binary(comparison, a, b)
}

/// ∂(a^b)/∂a. A root's exponent, between 0 and 1, makes b·a^b/a of it, which has an end at 0.
fn power_slope(graph: &mut Graph, [a, b, y]: [NodeId; 3]) -> NodeId {
    let power = match graph.as_constant(b) {
        Some(exponent) if 0.0 < exponent && exponent < 1.0 => {
            let inverse = graph.unary(Unary::InverseOrZero, a);
            graph.mul(y, inverse)
        }
        _ => {
            let one = graph.constant(1.0);
            let less = graph.sub(b, one);
            graph.pow(a, less)
        }
    };
    graph.mul(b, power)
}

/// ∂y/∂b of y = a^b.
fn exponent_slope(graph: &mut Graph, a: NodeId, y: NodeId) -> NodeId {
    let log = graph.unary(Unary::Log, a);
    let slope = graph.mul(y, log);
    if graph.as_constant(a).is_some_and(|base| base != 0.0) {
        return slope;
    }
    let zero = graph.constant(0.0);
    let is_zero = graph.binary(Binary::Equal, a, zero);
    graph.select(is_zero, zero, slope)
}

/// adjoint · x / (a² + b²), and 0 where both are 0.
fn share_of_square(graph: &mut Graph, x: NodeId, [a, b]: [NodeId; 2], adjoint: NodeId) -> NodeId {
    let (a, b) = (graph.square(a), graph.square(b));
    let sum = graph.add(a, b);
    let inverse = graph.unary(Unary::InverseOrZero, sum);
    let weighted = graph.mul(adjoint, x);
    graph.mul(weighted, inverse)
}

fn share_of_root(graph: &mut Graph, x: NodeId, root: NodeId, adjoint: NodeId) -> NodeId {
    let inverse = graph.unary(Unary::InverseOrZero, root);
    let share = graph.mul(x, inverse);
    graph.mul(adjoint, share)
}
