//! What each line of a rule became in the update's graph, for those who take a step apart.

use crate::formula::syntax::{Code, Expression, Instruction};
use crate::formula::{Graph, NodeId, Scope, Value, lower};

/// What a line became; in the order of the rule's own lines.
#[derive(Debug, Clone)]
pub enum LineNodes {
    /// Of `name = expression`.
    Assign(Assigned),
    /// Of `repeat N while condition: …`.
    Repeat {
        /// What the loop leaves of each value that it carries; at least one.
        after: Vec<NodeId>,
        /// Tested before each turn; a node of the loop.
        condition: NodeId,
        /// What each name in the condition stood for.
        reads: Vec<(String, Value)>,
        /// What the condition compares, where it is a comparison of two numbers.
        sides: Option<[NodeId; 2]>,
        /// Its assignments; their nodes are the loop's, so they differ from turn to turn.
        body: Vec<Assigned>,
    },
}

/// What `name = expression` became.
#[derive(Debug, Clone)]
pub struct Assigned {
    /// What the name stood for before, if for anything.
    pub before: Option<Value>,
    /// What the name stands for from then on, in the shape that it was declared with.
    pub value: Value,
    /// What each name in the expression stood for; a draw, `normal(0)`, counts as a name.
    pub reads: Vec<(String, Value)>,
}

/// What the names of an expression that has just been lowered stand for. Makes no node: all that
/// it asks for is there.
pub(super) fn reads(
    graph: &mut Graph,
    scope: &Scope,
    expression: &Expression,
) -> Vec<(String, Value)> {
    let mut reads: Vec<(String, Value)> = Vec::new();
    for (name, part) in named_parts(&expression.instructions) {
        let is_new = reads.iter().all(|(known, _)| *known != name);
        if is_new && let Ok(value) = lower(graph, &part, scope) {
            reads.push((name, value));
        }
    }
    reads
}

/// Each name and each draw in a list of instructions, with the instructions that give its value.
fn named_parts(instructions: &[Instruction]) -> Vec<(String, Expression)> {
    let mut parts = Vec::new();
    for (at, instruction) in instructions.iter().enumerate() {
        let (name, from) = match &instruction.code {
            Code::Name { name, .. } => (name.clone(), at),
            Code::Call { name, arguments: 1 } if name == "normal" => {
                match at.checked_sub(1).map(|before| &instructions[before].code) {
                    Some(Code::Number(k)) => (draw(*k), at - 1),
                    _ => continue,
                }
            }
            Code::Loop { index, body, .. } => {
                let inner = named_parts(&body.instructions).into_iter();
                parts.extend(inner.filter(|(name, _)| name != index));
                continue;
            }
            _ => continue,
        };
        let instructions = instructions[from..=at].to_vec();
        parts.push((name, Expression { instructions }));
    }
    parts
}

/// What a draw is called among the names that an expression reads.
pub fn draw(k: f64) -> String {
    format!("normal({k})")
}

/// The nodes on both sides of a comparison that has just been lowered.
pub(super) fn sides(
    graph: &mut Graph,
    scope: &Scope,
    condition: &Expression,
) -> Option<[NodeId; 2]> {
    let [left, right] = condition.comparison()?;
    let mut node = |side: Expression| match lower(graph, &side, scope).ok()? {
        Value::Scalar(node) => Some(node),
        Value::Vector(_) | Value::Matrix(_) => None,
    };
    Some([node(left)?, node(right)?])
}
