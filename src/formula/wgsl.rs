//! The graph as WGSL: a flat list of `let`s, one a node, each a constant depth of text.

use super::{FormulaError, Graph, InputId, LoopId, NodeId, Op, Turns, Unary};
use std::collections::HashSet;
use std::fmt::Write;

/// Operations of one kernel at most: a software driver takes a second to compile a thousand, and
/// half a minute for five thousand.
pub const MAX_OPERATIONS: usize = 1024;

/// Writes the `let`s of `nodes` (operands first, as [`Graph::needed`] gives them); `input` names
/// what stands for an input. Afterwards [`name`] of each node is in scope. Where a node is a
/// Gaussian, a `chance: vec3u` must be: seed, descent and step.
///
/// # Errors
/// A number outside f32, at its place in the formula.
pub fn lets(
    graph: &Graph,
    nodes: &[NodeId],
    input: impl Fn(InputId) -> String,
) -> Result<String, FormulaError> {
    graph.check_f32(nodes)?;
    if let Some(id) = nodes
        .iter()
        .find(|id| matches!(graph.op(**id), Op::Sum(..)))
    {
        let message =
            "sums over a table's rows are not on the GPU yet; `--on cpu` can go over them";
        return Err(FormulaError::new(graph.span(*id), message));
    }
    let mut text = String::new();
    write_lets(&mut text, graph, nodes, &input);
    Ok(text)
}

fn write_lets(
    text: &mut String,
    graph: &Graph,
    nodes: &[NodeId],
    input: &impl Fn(InputId) -> String,
) {
    let joint = joint_angles(graph, nodes);
    let mut run: HashSet<LoopId> = HashSet::new();
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
                write_joint(text, graph, *id, x, twin, nodes);
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
            Op::Normal(draw) => format!("normal_of(chance, {draw}u)"),
            Op::Variable(_) => variable(*id),
            Op::Column(_) | Op::Sum(..) => unreachable!("refused before"),
            Op::After(turns, place) => {
                if run.insert(turns) {
                    write_loop(text, graph, graph.turns(turns), input);
                }
                variable(graph.turns(turns).carried[place as usize])
            }
        };
        writeln!(text, "    let n{} = {value};", id.index()).expect("a String takes all text");
    }
}

/// Writes a loop, which leaves its values in the variables that it carries.
fn write_loop(text: &mut String, graph: &Graph, turns: &Turns, input: &impl Fn(InputId) -> String) {
    let line = |text: &mut String, line: String| {
        writeln!(text, "    {line}").expect("a String takes all text");
    };
    for (place, initial) in turns.carried.iter().zip(&turns.initial) {
        let initial = name(graph, *initial);
        line(text, format!("var {} = {initial};", variable(*place)));
    }
    let limit = turns.limit;
    line(
        text,
        format!("for (var turn = 0u; turn < {limit}u; turn++) {{"),
    );
    write_lets(text, graph, &turns.test, input);
    let condition = name(graph, turns.condition);
    line(text, format!("if {condition} == 0.0 {{ break; }}"));
    write_lets(text, graph, &turns.body, input);
    for (place, next) in turns.carried.iter().zip(&turns.next) {
        line(
            text,
            format!("{} = {};", variable(*place), name(graph, *next)),
        );
    }
    line(text, "}".to_owned());
}

/// The WGSL variable behind a place that a loop fills.
fn variable(place: NodeId) -> String {
    format!("v{}", place.index())
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
