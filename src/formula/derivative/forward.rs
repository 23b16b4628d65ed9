//! Forward mode: how each node changes as the inputs move along a direction.

use super::slope;
use crate::formula::rows::Rows;
use crate::formula::{Binary, Graph, NodeId, Op};

/// The partial derivatives of `value` by each of `inputs`, one after the other.
pub fn gradient(graph: &mut Graph, value: NodeId, inputs: &[NodeId]) -> Vec<NodeId> {
    let (zero, one) = (graph.constant(0.0), graph.constant(1.0));
    let mut direction = vec![zero; inputs.len()];
    let mut slopes = Vec::with_capacity(inputs.len());
    for axis in 0..inputs.len() {
        direction[axis] = one;
        slopes.extend(along(graph, &[value], inputs, &direction));
        direction[axis] = zero;
    }
    slopes
}

/// How each of `outputs` changes as `inputs` move along `direction`.
pub fn along(
    graph: &mut Graph,
    outputs: &[NodeId],
    inputs: &[NodeId],
    direction: &[NodeId],
) -> Vec<NodeId> {
    let mut changes = vec![None; graph.len()];
    for (input, change) in inputs.iter().zip(direction) {
        changes[input.index()] = not_zero(graph, *change);
    }
    for id in graph.needed(outputs) {
        graph.span = graph.span(id);
        if !inputs.contains(&id) {
            changes[id.index()] = change(graph, id, &changes);
        }
    }
    let zero = graph.constant(0.0);
    let change_of = |id: &NodeId| changes[id.index()].unwrap_or(zero);
    outputs.iter().map(change_of).collect()
}

/// How `id` changes, from the changes of its operands; none where it does not.
fn change(graph: &mut Graph, id: NodeId, changes: &[Option<NodeId>]) -> Option<NodeId> {
    let of = |operand: NodeId| changes[operand.index()];
    let whole = match graph.op(id) {
        // Losses have no loops, and only losses are differentiated.
        Op::Constant(_)
        | Op::Input(_)
        | Op::Normal(_)
        | Op::Variable(_)
        | Op::After(..)
        | Op::Column(_) => None,
        Op::Sum(body, rows) => change_of_sum(graph, body, rows, changes),
        Op::Unary(unary, x) => of(x).map(|change| slope::unary_part(graph, unary, x, id, change)),
        Op::Binary(binary, a, b) => match (binary, of(a), of(b)) {
            (_, None, None) => None,
            (Binary::Min | Binary::Max, left, right) => {
                let zero = graph.constant(0.0);
                let first = slope::takes_first(graph, binary, a, b);
                Some(graph.select(first, left.unwrap_or(zero), right.unwrap_or(zero)))
            }
            (_, left, right) => {
                let operands = [a, b, id];
                let left = left.map(|part| slope::left_part(graph, binary, operands, part));
                let right = right.map(|part| slope::right_part(graph, binary, operands, part));
                sum(graph, left, right)
            }
        },
        Op::Select(condition, chosen, other) => match (of(chosen), of(other)) {
            (None, None) => None,
            (chosen, other) => {
                let zero = graph.constant(0.0);
                Some(graph.select(condition, chosen.unwrap_or(zero), other.unwrap_or(zero)))
            }
        },
    };
    whole.and_then(|whole| not_zero(graph, whole))
}

/// The sum of the changes of its rows: what they read from outside changes alike for all.
fn change_of_sum(
    graph: &mut Graph,
    body: NodeId,
    rows: Rows,
    changes: &[Option<NodeId>],
) -> Option<NodeId> {
    let reads = graph.bodies[&body].reads.clone();
    let changed = reads
        .iter()
        .filter_map(|read| Some((*read, changes[read.index()]?)));
    let (inputs, direction): (Vec<_>, Vec<_>) = changed.unzip();
    if inputs.is_empty() {
        return None;
    }
    let span = graph.span.clone();
    let change = along(graph, &[body], &inputs, &direction)[0];
    graph.span = span;
    Some(graph.sum(change, rows))
}

fn sum(graph: &mut Graph, left: Option<NodeId>, right: Option<NodeId>) -> Option<NodeId> {
    match (left, right) {
        (Some(left), Some(right)) => Some(graph.add(left, right)),
        (left, right) => left.or(right),
    }
}

/// A change that is 0 is none.
fn not_zero(graph: &Graph, change: NodeId) -> Option<NodeId> {
    (graph.as_constant(change) != Some(0.0)).then_some(change)
}
