//! Reverse mode: what each node's change would do to the value, from the value back to the inputs.

use super::branch::{self, Branches, EVERYWHERE, Part};
use super::slope;
use crate::formula::rows::Rows;
use crate::formula::{Binary, Graph, NodeId, Op};
use std::collections::HashMap;

/// The partial derivatives of `value` by each of `inputs`.
pub fn gradient(graph: &mut Graph, value: NodeId, inputs: &[NodeId]) -> Vec<NodeId> {
    let depends = graph.depends(inputs);
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
            let part = slope::unary_part(graph, unary, x, id, adjoint);
            vec![(x, part)]
        }
        // One part for both operands, so that its number is multiplied once.
        Op::Binary(Binary::Mul, a, b) if a == b => {
            let two = graph.constant(2.0);
            let twice = graph.mul(two, adjoint);
            vec![(a, graph.mul(twice, a))]
        }
        Op::Binary(binary, a, b) => {
            let mut parts = Vec::new();
            if wanted(a) {
                parts.push((a, slope::left_part(graph, binary, [a, b, id], adjoint)));
            }
            if wanted(b) {
                parts.push((b, slope::right_part(graph, binary, [a, b, id], adjoint)));
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
    let slopes = super::gradient(graph, body, &reads);
    graph.span = span;
    let parts = reads.into_iter().zip(slopes);
    parts
        .map(|(read, slope)| {
            let sum = graph.sum(slope, rows);
            (read, graph.mul(adjoint, sum))
        })
        .collect()
}
