//! The graph as WGSL: a flat list of `let`s, one a node, each a constant depth of text.

mod rows;

use super::{Binary, FormulaError, Graph, InputId, LoopId, NodeId, Op, Part, Turns, Unary};
use rows::line;
use std::collections::{BTreeSet, HashSet};

pub use rows::{Cells, Packed, loop_turns, rows_a_turn};

/// Operations of one kernel at most: a software driver takes a second to compile a thousand, and
/// half a minute for five thousand.
pub const MAX_OPERATIONS: usize = 1024;

/// What stands for values that a text does not make itself.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// For an input.
    pub input: &'a dyn Fn(InputId) -> String,
    /// For the cells of a table, where there is one.
    pub cells: Option<&'a Cells>,
}

/// Writes the `let`s of `nodes` (operands first, as [`Graph::needed`] gives them); `input` names
/// what stands for an input. Afterwards [`name`] of each node is in scope. Where a node is a
/// Gaussian, `draws` must be, with a field `h…` for each of [`hashes`].
///
/// # Errors
/// A number outside f32, at its place in the formula.
pub fn lets(
    graph: &Graph,
    nodes: &[NodeId],
    input: impl Fn(InputId) -> String,
) -> Result<String, FormulaError> {
    let names = Names {
        input: &input,
        cells: None,
    };
    lets_named(graph, nodes, names)
}

/// The same where sums over rows are among `nodes`: `rows: array<vec4f>`, which holds the cells,
/// must be in scope, and for a batch `chance`.
///
/// # Errors
/// A number outside f32, at its place in the formula.
pub fn lets_named(graph: &Graph, nodes: &[NodeId], names: Names) -> Result<String, FormulaError> {
    graph.check_f32(nodes)?;
    let mut text = String::new();
    Writer { graph, names }.lets(&mut text, nodes);
    Ok(text)
}

/// The hashes of chance that the Gaussians among `nodes` come from, two from each.
pub fn hashes(graph: &Graph, nodes: impl IntoIterator<Item = NodeId>) -> BTreeSet<u32> {
    let hash = |id| match graph.op(id) {
        Op::Normal(draw) => Some(draw / 2),
        _ => None,
    };
    nodes.into_iter().filter_map(hash).collect()
}

struct Writer<'a> {
    graph: &'a Graph,
    names: Names<'a>,
}

impl Writer<'_> {
    fn lets(&self, text: &mut String, nodes: &[NodeId]) {
        let mut order = Vec::with_capacity(nodes.len());
        for part in self.graph.parts(nodes) {
            match part {
                Part::Node(id) => order.push(id),
                Part::Pass(pass) => {
                    self.nodes(text, &std::mem::take(&mut order));
                    self.sums(text, &pass);
                }
            }
        }
        self.nodes(text, &order);
    }

    /// The `let`s of nodes between which there is no walk over rows.
    fn nodes(&self, text: &mut String, nodes: &[NodeId]) {
        let joint = joint_angles(self.graph, nodes);
        let mut run: HashSet<LoopId> = HashSet::new();
        let mut turned: HashSet<NodeId> = HashSet::new();
        for id in nodes {
            match self.graph.op(*id) {
                Op::Constant(_) => continue,
                Op::Unary(Unary::Sin | Unary::Cos, angle)
                    if joint.contains(&angle) && turned.insert(angle) =>
                {
                    let argument = name(self.graph, angle);
                    line(
                        text,
                        format!("let sc{} = n_sincos({argument});", angle.index()),
                    );
                }
                Op::After(turns, _) if run.insert(turns) => {
                    self.turns(text, self.graph.turns(turns));
                }
                _ => {}
            }
            let value = self.value(*id, &joint);
            line(text, format!("let n{} = {value};", id.index()));
        }
    }

    /// A node's own expression, of the names of its operands.
    fn value(&self, id: NodeId, joint: &HashSet<NodeId>) -> String {
        let name = |id: NodeId| name(self.graph, id);
        match self.graph.op(id) {
            Op::Constant(_) => name(id),
            Op::Input(input) => (self.names.input)(input),
            Op::Unary(unary @ (Unary::Sin | Unary::Cos), x) if joint.contains(&x) => {
                let part = if unary == Unary::Sin { "x" } else { "y" };
                format!("sc{}.{part}", x.index())
            }
            Op::Unary(unary, x) => unary.wgsl(&name(x)),
            Op::Binary(Binary::Div, a, b) if self.is_zero(b) => format!("n_over_zero({})", name(a)),
            Op::Binary(Binary::Mod, _, b) if self.is_zero(b) => "n_nan()".to_owned(),
            Op::Binary(binary, a, b) => binary.wgsl(&name(a), &name(b)),
            Op::Select(condition, chosen, other) => format!(
                "select({}, {}, {} != 0.0)",
                name(other),
                name(chosen),
                name(condition)
            ),
            Op::Normal(draw) => {
                let part = ["x", "y"][draw as usize % 2];
                format!("draws.h{}.{part}", draw / 2)
            }
            Op::Variable(_) => variable(id),
            Op::After(turns, place) => variable(self.graph.turns(turns).carried[place as usize]),
            Op::Sum(_, rows) => self.total(id, rows),
            Op::Column(_) => unreachable!("columns are cells of the table"),
        }
    }

    /// Whether a node is a 0 that would stand in the text.
    fn is_zero(&self, id: NodeId) -> bool {
        let value = self.graph.as_constant(id);
        value.is_some_and(|value| value as f32 == 0.0)
    }

    /// A loop, which leaves its values in the variables that it carries.
    fn turns(&self, text: &mut String, turns: &Turns) {
        let name = |id: NodeId| name(self.graph, id);
        for (place, initial) in turns.carried.iter().zip(&turns.initial) {
            let initial = name(*initial);
            line(text, format!("var {} = {initial};", variable(*place)));
        }
        let limit = turns.limit;
        line(
            text,
            format!("for (var turn = 0u; turn < {limit}u; turn++) {{"),
        );
        self.lets(text, &turns.test);
        let condition = name(turns.condition);
        line(text, format!("if {condition} == 0.0 {{ break; }}"));
        self.lets(text, &turns.body);
        for (place, next) in turns.carried.iter().zip(&turns.next) {
            line(text, format!("{} = {};", variable(*place), name(*next)));
        }
        line(text, "}".to_owned());
    }
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
