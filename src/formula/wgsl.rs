//! The graph as WGSL: a flat list of `let`s, one a node, each a constant depth of text.

use super::{FormulaError, Graph, InputId, NodeId, Op, Unary};
use std::collections::HashSet;
use std::fmt::Write;

/// Operations of one kernel at most: a software driver takes a second to compile a thousand, and
/// half a minute for five thousand.
pub const MAX_OPERATIONS: usize = 1024;

/// Writes the `let`s of `nodes` (operands first, as [`Graph::needed`] gives them); `input` names
/// what stands for an input. Afterwards [`name`] of each node is in scope.
///
/// # Errors
/// A number outside f32, at its place in the formula.
pub fn lets(
    graph: &Graph,
    nodes: &[NodeId],
    input: impl Fn(InputId) -> String,
) -> Result<String, FormulaError> {
    graph.check_f32(nodes)?;
    let joint = joint_angles(graph, nodes);
    let mut text = String::new();
    for id in nodes {
        let value = match graph.op(*id) {
            Op::Constant(_) => continue,
            Op::Input(id) => input(id),
            Op::Unary(unary @ (Unary::Sin | Unary::Cos), x) if joint.contains(&x) => {
                let twin = if unary == Unary::Sin {
                    Unary::Cos
                } else {
                    Unary::Sin
                };
                write_joint(&mut text, graph, *id, x, twin, nodes);
                let part = if unary == Unary::Sin { "x" } else { "y" };
                format!("sc{}.{part}", x.index())
            }
            Op::Unary(unary, x) => unary.wgsl(&name(graph, x)),
            Op::Binary(binary, a, b) => binary.wgsl(&name(graph, a), &name(graph, b)),
            Op::Select(condition, chosen, other) => format!(
                "select({}, {}, {} != 0.0)",
                name(graph, other),
                name(graph, chosen),
                name(graph, condition)
            ),
        };
        writeln!(text, "    let n{} = {value};", id.index()).expect("a String takes all text");
    }
    Ok(text)
}

/// The text that stands for a node: its `let`, or the number that it is.
pub fn name(graph: &Graph, id: NodeId) -> String {
    match graph.as_constant(id) {
        Some(value) => literal(value as f32),
        None => format!("n{}", id.index()),
    }
}

/// A finite f32 as WGSL writes it, exact, safe beside any operator.
pub fn literal(value: f32) -> String {
    if value < 0.0 {
        format!("({value:e}f)")
    } else {
        format!("{value:e}f")
    }
}

/// The angles of which both sine and cosine are wanted: one call gives both.
fn joint_angles(graph: &Graph, nodes: &[NodeId]) -> HashSet<NodeId> {
    let angles = |wanted: Unary| -> HashSet<NodeId> {
        nodes
            .iter()
            .filter_map(|id| match graph.op(*id) {
                Op::Unary(unary, x) if unary == wanted => Some(x),
                _ => None,
            })
            .collect()
    };
    angles(Unary::Sin)
        .intersection(&angles(Unary::Cos))
        .copied()
        .collect()
}

/// Writes the joint call before the first of the two that use it.
fn write_joint(
    text: &mut String,
    graph: &Graph,
    id: NodeId,
    angle: NodeId,
    twin: Unary,
    nodes: &[NodeId],
) {
    let twin_came_first = nodes
        .iter()
        .take_while(|earlier| **earlier != id)
        .any(|earlier| graph.op(*earlier) == Op::Unary(twin, angle));
    if !twin_came_first {
        let argument = name(graph, angle);
        writeln!(text, "    let sc{} = n_sincos({argument});", angle.index())
            .expect("a String takes all text");
    }
}
