//! Sums over the rows of a table: what is computed for each row, what before, what after.
//!
//! The nodes of a row are those that depend on a column. They stand in the graph like all others,
//! but nothing outside reads them: outside there is only [`Op::Sum`], whose operands are all that
//! its row's nodes read from outside. Factors that are the same for every row are drawn out of the
//! sum as it is made, so what is left within is what rows need.

use super::evaluate::RowTape;
use super::{Binary, Graph, NodeId, Op, Rate, Unary};
use std::collections::{HashMap, HashSet};

/// Rows summed one after the other in f32 before their sum is added to that of the blocks before:
/// what is lost to rounding grows with a block's length and with the number of blocks, not with
/// the number of rows.
pub const BLOCK: usize = 1024;

/// Which rows a sum is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rows {
    /// Every row once.
    All,
    /// The rows drawn for a descent and step; their sum is scaled up to the size of the table, so
    /// that on average it is the sum over all.
    Batch,
}

/// What is summed, taken apart. Both lists are in id order: operands first.
#[derive(Debug, Clone)]
pub struct Body {
    /// What its row's nodes read from outside.
    pub reads: Vec<NodeId>,
    /// Its row's nodes.
    pub nodes: Vec<NodeId>,
}

/// A piece of an evaluation.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// One node.
    Node(NodeId),
    /// A walk over rows, before the sums that it makes.
    Pass(Pass),
}

/// One walk over rows, which makes several sums.
#[derive(Debug, Clone, PartialEq)]
pub struct Pass {
    /// The rows it visits.
    pub rows: Rows,
    /// The sums, [`Op::Sum`] nodes.
    pub sums: Vec<NodeId>,
    /// The row's nodes that columns alone determine, operands first.
    pub fixed: Vec<NodeId>,
    /// The row's other nodes, operands first.
    pub varying: Vec<NodeId>,
}

/// What is done to a sum after it is made.
enum Outside {
    Negate,
    Times(NodeId),
    Over(NodeId),
}

impl Graph {
    /// The column of a number.
    pub fn column(&mut self, number: usize) -> NodeId {
        self.intern(Op::Column(u32::try_from(number).expect("few columns")))
    }

    /// The sum of `body` over rows of the table, which must be set.
    pub fn sum(&mut self, mut body: NodeId, rows: Rows) -> NodeId {
        let mut outside = Vec::new();
        let is_row = |graph: &Self, id: NodeId| graph.rate(id) == Rate::Row;
        let mut is_sorted = false;
        while is_row(self, body) {
            let (what, inner) = match self.op(body) {
                Op::Unary(Unary::Neg, x) => (Outside::Negate, x),
                Op::Binary(Binary::Mul, a, b) if !is_row(self, a) => (Outside::Times(a), b),
                Op::Binary(Binary::Mul, a, b) if !is_row(self, b) => (Outside::Times(b), a),
                Op::Binary(Binary::Div, a, b) if !is_row(self, b) => (Outside::Over(b), a),
                Op::Binary(Binary::Mul, ..) if !is_sorted => match self.sorted_product(body) {
                    Some((factor, rest)) => {
                        is_sorted = true;
                        (Outside::Times(factor), rest)
                    }
                    None => break,
                },
                _ => break,
            };
            outside.push(what);
            body = inner;
        }
        let mut sum = self.sum_of_rest(body, rows);
        for what in outside.into_iter().rev() {
            sum = match what {
                Outside::Negate => self.unary(Unary::Neg, sum),
                Outside::Times(factor) => self.mul(factor, sum),
                Outside::Over(divisor) => self.div(sum, divisor),
            };
        }
        sum
    }

    /// A row's product with the factors that are the same for every row in front, and the rest with
    /// those first that columns alone determine; `None` where that changes nothing.
    fn sorted_product(&mut self, product: NodeId) -> Option<(NodeId, NodeId)> {
        let (mut same, mut fixed, mut varying) = (Vec::new(), Vec::new(), Vec::new());
        let mut open = vec![product];
        while let Some(id) = open.pop() {
            match self.op(id) {
                // A square is one factor: it may be shared.
                Op::Binary(Binary::Mul, a, b) if a != b => open.extend([b, a]),
                _ if self.rate(id) != Rate::Row => same.push(id),
                _ if self.is_of_columns(id) => fixed.push(id),
                _ => varying.push(id),
            }
        }
        if same.is_empty() && (fixed.len() < 2 || varying.is_empty()) {
            return None;
        }
        // The same factors make the same product in whatever order they were found.
        let mut times = |mut factors: Vec<NodeId>| {
            factors.sort_unstable();
            let one = self.constant(1.0);
            factors
                .into_iter()
                .fold(one, |product, x| self.mul(product, x))
        };
        let (factor, columns) = (times(same), times(fixed));
        let varying = times(varying);
        let rest = self.mul(columns, varying);
        (rest != product).then_some((factor, rest))
    }

    /// Whether columns alone determine a row's node.
    fn is_of_columns(&self, id: NodeId) -> bool {
        match self.bodies.get(&id) {
            Some(body) => body.reads.iter().all(|id| self.rate(*id) == Rate::Constant),
            None => {
                let reads = self.taken_apart(id).reads;
                reads.iter().all(|id| self.rate(*id) == Rate::Constant)
            }
        }
    }

    fn sum_of_rest(&mut self, body: NodeId, rows: Rows) -> NodeId {
        if self.rate(body) != Rate::Row {
            let count = self.constant(self.rows_of(Rows::All) as f64);
            return self.mul(count, body);
        }
        if !self.bodies.contains_key(&body) {
            let apart = self.taken_apart(body);
            self.bodies.insert(body, apart);
        }
        if rows == Rows::All && self.is_of_columns(body) {
            let total = RowTape::total(self, body);
            return self.constant(total);
        }
        self.intern(Op::Sum(body, rows))
    }

    fn taken_apart(&self, body: NodeId) -> Body {
        let mut seen = HashSet::from([body]);
        let mut open = vec![body];
        let (mut reads, mut nodes) = (Vec::new(), Vec::new());
        while let Some(id) = open.pop() {
            if self.rate(id) != Rate::Row {
                reads.push(id);
                continue;
            }
            nodes.push(id);
            open.extend(self.operands(id).filter(|operand| seen.insert(*operand)));
        }
        reads.sort_unstable();
        nodes.sort_unstable();
        Body { reads, nodes }
    }

    /// The row's nodes that `wanted` need, operands first.
    pub(super) fn row_nodes_of(&self, wanted: &[NodeId]) -> Vec<NodeId> {
        let mut nodes: Vec<_> = wanted
            .iter()
            .flat_map(|id| self.taken_apart(*id).nodes)
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// The nodes that `outputs` need, those of sums included, operands first.
    pub(super) fn needed_with_bodies(&self, outputs: &[NodeId]) -> Vec<NodeId> {
        let mut wanted = vec![false; self.len()];
        for output in outputs {
            wanted[output.index()] = true;
        }
        for id in self.ids().rev() {
            if !wanted[id.index()] {
                continue;
            }
            if let Op::Sum(body, _) = self.op(id) {
                wanted[body.index()] = true;
            }
            for operand in self.operands(id) {
                wanted[operand.index()] = true;
            }
        }
        self.ids().filter(|id| wanted[id.index()]).collect()
    }

    /// `nodes` (operands first, as [`Graph::needed`] gives them) in an order in which each walk over
    /// the rows makes as many sums as it can.
    pub fn parts(&self, nodes: &[NodeId]) -> Vec<Part> {
        let is_sum = |id: &NodeId| matches!(self.op(*id), Op::Sum(..));
        if !nodes.iter().any(is_sum) {
            return nodes.iter().copied().map(Part::Node).collect();
        }
        // A node's stage is the number of walks, one after the other, that it waits for.
        let mut stages: HashMap<NodeId, usize> = HashMap::new();
        for id in nodes {
            let known = self.operands(*id).filter_map(|id| stages.get(&id).copied());
            let stage = known.max().unwrap_or(0) + usize::from(is_sum(id));
            stages.insert(*id, stage);
        }
        let last = stages.values().copied().max().unwrap_or(0);
        let mut parts = Vec::with_capacity(nodes.len());
        for stage in 0..=last {
            let of_stage = || nodes.iter().copied().filter(|id| stages[id] == stage);
            for rows in [Rows::All, Rows::Batch] {
                let sums = of_stage()
                    .filter(|id| matches!(self.op(*id), Op::Sum(_, over) if over == rows))
                    .collect();
                parts.extend(self.pass(rows, sums).map(Part::Pass));
            }
            parts.extend(of_stage().map(Part::Node));
        }
        parts
    }

    fn pass(&self, rows: Rows, sums: Vec<NodeId>) -> Option<Pass> {
        if sums.is_empty() {
            return None;
        }
        let bodies = sums.iter().map(|id| match self.op(*id) {
            Op::Sum(body, _) => body,
            _ => unreachable!("sums alone are given"),
        });
        let (fixed, varying) = self.row_nodes(bodies);
        Some(Pass {
            rows,
            sums,
            fixed,
            varying,
        })
    }

    /// The row's nodes of several bodies: those that columns alone determine, and the others.
    pub(super) fn row_nodes(
        &self,
        bodies: impl Iterator<Item = NodeId>,
    ) -> (Vec<NodeId>, Vec<NodeId>) {
        let mut nodes: Vec<NodeId> = bodies
            .flat_map(|body| self.bodies[&body].nodes.iter().copied())
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        let mut fixed: HashSet<NodeId> = HashSet::new();
        nodes.into_iter().partition(|id| {
            let same = self
                .operands(*id)
                .all(|operand| fixed.contains(&operand) || self.rate(operand) == Rate::Constant);
            same && fixed.insert(*id)
        })
    }
}
