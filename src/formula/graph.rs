//! The graph: one node a value, equal values one node.
//!
//! Nodes are made in order, operands first, so their ids are a topological order. Each knows its
//! [`Rate`] and the text that it came from.

use super::rows::{Body, Rows};
use super::turns::{LoopId, Turns};
use super::{Binary, FormulaError, Span, Table, Unary};
use std::collections::HashMap;
use std::sync::Arc;

/// A node's number; operands have smaller ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    /// As an index into a slice of all nodes.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The number of an input: what it means is the affair of who declared it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InputId(u32);

impl InputId {
    /// As an index into a slice of all inputs.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How often a value changes; a node has the highest rate of its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rate {
    /// Never.
    Constant,
    /// Once a step: it depends on t and hyperparameters alone.
    Step,
    /// For each descent and step.
    Descent,
    /// For each row of a table.
    Row,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// A number, by its bits.
    Constant(u64),
    /// A value from outside.
    Input(InputId),
    /// A function of one node.
    Unary(Unary, NodeId),
    /// A function of two nodes.
    Binary(Binary, NodeId, NodeId),
    /// The second node where the first is not 0, else the third.
    Select(NodeId, NodeId, NodeId),
    /// A Gaussian of this descent and step, by its draw.
    Normal(u32),
    /// What a loop carries from turn to turn, or a place that [`Graph::substitute`] fills.
    Variable(u32),
    /// What a loop leaves of one of the values that it carries.
    After(LoopId, u32),
    /// A column of the table, at the present row.
    Column(u32),
    /// The sum of a node over rows of the table.
    Sum(NodeId, Rows),
}

impl Op {
    /// The operands that it names itself, in order; those of loops and sums are the graph's to tell.
    fn operands(self) -> impl Iterator<Item = NodeId> {
        let (a, b, c) = match self {
            Self::Constant(_)
            | Self::Input(_)
            | Self::Normal(_)
            | Self::Variable(_)
            | Self::After(..)
            | Self::Column(_)
            | Self::Sum(..) => (None, None, None),
            Self::Unary(_, a) => (Some(a), None, None),
            Self::Binary(_, a, b) => (Some(a), Some(b), None),
            Self::Select(a, b, c) => (Some(a), Some(b), Some(c)),
        };
        [a, b, c].into_iter().flatten()
    }

    fn is_operation(self) -> bool {
        !matches!(
            self,
            Self::Constant(_)
                | Self::Input(_)
                | Self::Variable(_)
                | Self::After(..)
                | Self::Column(_)
        )
    }
}

#[derive(Debug, Clone)]
struct Node {
    op: Op,
    rate: Rate,
    span: Span,
}

/// Hash-consed nodes; simplified as they are made (see `simplify.rs`).
#[derive(Debug, Clone, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    known: HashMap<Op, NodeId>,
    inputs: Vec<Rate>,
    variables: u32,
    pub(super) loops: Vec<Turns>,
    /// What is summed over rows, by its node.
    pub(super) bodies: HashMap<NodeId, Body>,
    table: Option<Arc<Table>>,
    batch: Option<u32>,
    /// The text that nodes made from now on come from.
    pub(super) span: Span,
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets columns and sums speak of `table` from now on, and a batch be so many of its rows.
    pub fn set_table(&mut self, table: Arc<Table>, batch: Option<u32>) {
        self.table = Some(table);
        self.batch = batch;
    }

    /// What columns and sums speak of.
    pub fn table(&self) -> Option<&Arc<Table>> {
        self.table.as_ref()
    }

    /// How many rows a pass over `rows` visits; none without a table.
    pub fn rows_of(&self, rows: Rows) -> usize {
        let all = self.table.as_ref().map_or(0, |table| table.rows());
        match (rows, self.batch) {
            (Rows::Batch, Some(batch)) => batch as usize,
            _ => all,
        }
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// How many inputs were declared.
    pub fn input_count(&self) -> usize {
        self.inputs.len()
    }

    /// A new input that changes at `rate`.
    pub fn input(&mut self, rate: Rate) -> NodeId {
        let id = InputId(u32::try_from(self.inputs.len()).expect("few inputs"));
        self.inputs.push(rate);
        self.intern(Op::Input(id))
    }

    /// A new place for a value, which a loop or [`Graph::substitute`] fills.
    pub fn variable(&mut self) -> NodeId {
        self.variables += 1;
        self.intern(Op::Variable(self.variables))
    }

    /// What a node reads: its operands, or all that its loop or its sum reads from outside.
    pub fn operands(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.operands_of(self.op(id))
    }

    fn operands_of(&self, op: Op) -> impl Iterator<Item = NodeId> {
        let reads = match op {
            Op::After(id, _) => self.turns(id).reads.as_slice(),
            Op::Sum(body, _) => self.bodies[&body].reads.as_slice(),
            _ => &[],
        };
        op.operands().chain(reads.iter().copied())
    }

    /// What a node is.
    pub fn op(&self, id: NodeId) -> Op {
        self.nodes[id.index()].op
    }

    /// How often a node changes.
    pub fn rate(&self, id: NodeId) -> Rate {
        self.nodes[id.index()].rate
    }

    /// The text that a node came from.
    pub fn span(&self, id: NodeId) -> Span {
        self.nodes[id.index()].span.clone()
    }

    /// The input that a node is, if it is one.
    pub fn as_input(&self, id: NodeId) -> Option<InputId> {
        match self.op(id) {
            Op::Input(input) => Some(input),
            _ => None,
        }
    }

    /// The number that a node is, if it is one.
    pub fn as_constant(&self, id: NodeId) -> Option<f64> {
        match self.op(id) {
            Op::Constant(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    /// A number; both zeros are one node.
    pub fn constant(&mut self, value: f64) -> NodeId {
        let value = if value == 0.0 { 0.0 } else { value };
        self.intern(Op::Constant(value.to_bits()))
    }

    /// The node for `op`, made if it is new.
    pub(super) fn intern(&mut self, op: Op) -> NodeId {
        if let Some(id) = self.known.get(&op) {
            return *id;
        }
        let rate = match op {
            Op::Input(input) => self.inputs[input.index()],
            Op::Normal(_) | Op::Variable(_) | Op::After(..) | Op::Sum(_, Rows::Batch) => {
                Rate::Descent
            }
            Op::Column(_) => Rate::Row,
            _ => self
                .operands_of(op)
                .map(|operand| self.rate(operand))
                .max()
                .unwrap_or(Rate::Constant),
        };
        let id = NodeId(u32::try_from(self.nodes.len()).expect("the budget bounds the nodes"));
        let span = self.span.clone();
        self.nodes.push(Node { op, rate, span });
        self.known.insert(op, id);
        id
    }

    /// The nodes that `outputs` need, operands first.
    pub fn needed(&self, outputs: &[NodeId]) -> Vec<NodeId> {
        let mut wanted = vec![false; self.nodes.len()];
        for output in outputs {
            wanted[output.index()] = true;
        }
        for index in (0..self.nodes.len()).rev() {
            if wanted[index] {
                for operand in self.operands_of(self.nodes[index].op) {
                    wanted[operand.index()] = true;
                }
            }
        }
        self.ids().filter(|id| wanted[id.index()]).collect()
    }

    /// Every node, operands first.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).expect("the budget bounds the nodes")).map(NodeId)
    }

    /// How many operations `outputs` take, those within loops and sums once: nodes that are neither
    /// numbers nor inputs.
    pub fn operations(&self, outputs: &[NodeId]) -> usize {
        let needed = self.needed(outputs);
        self.with_inner(&needed)
            .into_iter()
            .filter(|(id, _)| self.op(*id).is_operation())
            .count()
    }

    /// What a node itself costs on the GPU, in additions.
    pub fn cost(&self, id: NodeId) -> u64 {
        match self.op(id) {
            Op::Constant(_) | Op::Input(_) | Op::Variable(_) | Op::After(..) => 0,
            Op::Unary(unary, _) => unary.cost(),
            Op::Binary(binary, ..) => binary.cost(),
            Op::Select(..) | Op::Column(_) | Op::Sum(..) => 1,
            // A hash, a logarithm, a root and a turn, for two together.
            Op::Normal(_) => 60,
        }
    }

    /// The first of `nodes` that is a number outside f32, as an error at its text: too large, so
    /// small that it would count as 0, or no number.
    ///
    /// # Errors
    /// Names the number; `eval` can still answer in f64.
    pub fn check_f32(&self, nodes: &[NodeId]) -> Result<(), FormulaError> {
        for id in nodes {
            let outside = self.as_constant(*id).and_then(outside_f32);
            if let Some(reason) = outside {
                let message =
                    format!("{reason}; `thalweg eval` and `trace --on cpu` can still answer");
                return Err(FormulaError::new(self.span(*id), message));
            }
        }
        Ok(())
    }
}

/// Why the GPU cannot hold a number, if it cannot.
fn outside_f32(value: f64) -> Option<String> {
    let size = value.abs();
    if value.is_nan() {
        return Some("this is no number, as sqrt(-1) and 0/0 are none".to_owned());
    }
    if size > f64::from(f32::MAX) {
        return Some(format!(
            "this is {value:e} as a number, outside what the GPU's 32 bits hold (3.4e38)"
        ));
    }
    (value != 0.0 && size < f64::from(f32::MIN_POSITIVE)).then(|| {
        format!(
            "this is {value:e} as a number, which is 0 in the GPU's 32 bits (1.2e-38 is the least)"
        )
    })
}
