//! Walks over rows in f64: each operation on a block of rows at once.

use crate::formula::rows::{Pass, Rows};
use crate::formula::{Binary, Chance, Graph, NodeId, Op, Table, Unary};
use std::collections::HashMap;
use std::sync::Arc;

/// Rows of one block: their values of a few dozen nodes stay in the processor's cache.
const BLOCK: usize = 256;

/// The row's nodes of a pass, ready to be walked.
#[derive(Debug, Clone)]
pub struct RowTape {
    table: Arc<Table>,
    rows: Rows,
    /// How many rows a batch has.
    batch: usize,
    code: Vec<RowOp>,
    /// The places of what is summed or asked for, in `code`.
    outputs: Vec<usize>,
    /// A block of values for each of `code`.
    values: Vec<f64>,
    /// The batch's rows.
    drawn: Vec<usize>,
}

/// Where a row's operation takes a value from.
#[derive(Debug, Clone, Copy)]
enum Source {
    /// An earlier operation of the row.
    Row(usize),
    /// A node that is the same for all rows.
    Same(NodeId),
}

#[derive(Debug, Clone, Copy)]
enum RowOp {
    Column(usize),
    Unary(Unary, Source),
    Binary(Binary, Source, Source),
    Select(Source, Source, Source),
}

impl RowTape {
    /// The sums of `pass`.
    pub fn of_pass(graph: &Graph, pass: &Pass) -> Self {
        let mut nodes = [pass.fixed.as_slice(), &pass.varying].concat();
        nodes.sort_unstable();
        let bodies = pass.sums.iter().map(|id| match graph.op(*id) {
            Op::Sum(body, _) => body,
            _ => unreachable!("a pass makes sums"),
        });
        Self::new(graph, pass.rows, &nodes, bodies)
    }

    /// The sum of `body` over all rows, where columns alone determine it.
    pub fn total(graph: &Graph, body: NodeId) -> f64 {
        let (nodes, _) = graph.row_nodes(std::iter::once(body));
        let mut tape = Self::new(graph, Rows::All, &nodes, std::iter::once(body));
        let same = constants(graph);
        tape.sums(&same, Chance::default())[0]
    }

    /// The values of `wanted` in every row, where columns alone determine them; one list a node.
    pub fn columns(graph: &Graph, wanted: &[NodeId]) -> Vec<Vec<f64>> {
        let nodes = graph.row_nodes_of(wanted);
        let mut tape = Self::new(graph, Rows::All, &nodes, wanted.iter().copied());
        let same = constants(graph);
        let mut columns = vec![Vec::with_capacity(tape.table.rows()); wanted.len()];
        tape.walk(&same, |output, values| {
            columns[output].extend_from_slice(values);
        });
        columns
    }

    fn new(
        graph: &Graph,
        rows: Rows,
        nodes: &[NodeId],
        outputs: impl Iterator<Item = NodeId>,
    ) -> Self {
        let places: HashMap<NodeId, usize> =
            nodes.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let source = |id: NodeId| match places.get(&id) {
            Some(place) => Source::Row(*place),
            None => Source::Same(id),
        };
        let code: Vec<_> = nodes
            .iter()
            .map(|id| match graph.op(*id) {
                Op::Column(number) => RowOp::Column(number as usize),
                Op::Unary(unary, x) => RowOp::Unary(unary, source(x)),
                Op::Binary(binary, a, b) => RowOp::Binary(binary, source(a), source(b)),
                Op::Select(condition, chosen, other) => {
                    RowOp::Select(source(condition), source(chosen), source(other))
                }
                _ => unreachable!("no other node depends on a column"),
            })
            .collect();
        let table = graph.table().expect("columns come with their table");
        Self {
            table: Arc::clone(table),
            rows,
            batch: graph.rows_of(Rows::Batch),
            values: vec![0.0; code.len() * BLOCK],
            code,
            outputs: outputs.map(|id| places[&id]).collect(),
            drawn: Vec::new(),
        }
    }

    /// The sums, in the order of the pass; `same` holds the values of all nodes outside.
    pub fn sums(&mut self, same: &[f64], chance: Chance) -> Vec<f64> {
        if self.rows == Rows::Batch {
            let rows = self.table.rows() as u32;
            self.drawn.clear();
            let draws = 0..self.batch as u32;
            self.drawn
                .extend(draws.map(|draw| chance.row(draw, rows) as usize));
        }
        let mut totals = vec![Total::default(); self.outputs.len()];
        self.walk(same, |output, values| {
            totals[output].add(values.iter().sum());
        });
        let scale = match self.rows {
            Rows::All => 1.0,
            Rows::Batch => self.table.rows() as f64 / self.batch as f64,
        };
        totals.iter().map(|total| scale * total.value()).collect()
    }

    /// Visits the rows block by block, and tells each output's values.
    fn walk(&mut self, same: &[f64], mut visit: impl FnMut(usize, &[f64])) {
        let rows = match self.rows {
            Rows::All => self.table.rows(),
            Rows::Batch => self.drawn.len(),
        };
        for first in (0..rows).step_by(BLOCK) {
            let count = BLOCK.min(rows - first);
            for at in 0..self.code.len() {
                self.operate(at, first, count, same);
            }
            for (output, place) in self.outputs.iter().enumerate() {
                let from = place * BLOCK;
                visit(output, &self.values[from..from + count]);
            }
        }
    }

    fn operate(&mut self, at: usize, first: usize, count: usize, same: &[f64]) {
        let (before, here) = self.values.split_at_mut(at * BLOCK);
        let out = &mut here[..count];
        let of = |source: Source| match source {
            Source::Row(place) => Values {
                values: &before[place * BLOCK..place * BLOCK + count],
                stride: 1,
            },
            Source::Same(id) => Values {
                values: &same[id.index()..=id.index()],
                stride: 0,
            },
        };
        match self.code[at] {
            RowOp::Column(number) => {
                let column = self.table.column(number);
                match self.rows {
                    Rows::All => out.copy_from_slice(&column[first..first + count]),
                    Rows::Batch => {
                        let drawn = &self.drawn[first..first + count];
                        for (out, row) in out.iter_mut().zip(drawn) {
                            *out = column[*row];
                        }
                    }
                }
            }
            RowOp::Unary(unary, x) => {
                let x = of(x);
                each(out, |k| unary.of(x.at(k)));
            }
            RowOp::Binary(binary, a, b) => {
                let (a, b) = (of(a), of(b));
                match binary {
                    Binary::Add => each(out, |k| a.at(k) + b.at(k)),
                    Binary::Sub => each(out, |k| a.at(k) - b.at(k)),
                    Binary::Mul => each(out, |k| a.at(k) * b.at(k)),
                    _ => each(out, |k| binary.of(a.at(k), b.at(k))),
                }
            }
            RowOp::Select(condition, chosen, other) => {
                let (condition, chosen, other) = (of(condition), of(chosen), of(other));
                each(out, |k| match condition.at(k) == 0.0 {
                    true => other.at(k),
                    false => chosen.at(k),
                });
            }
        }
    }
}

/// The values of all nodes, of which only the constants are told.
fn constants(graph: &Graph) -> Vec<f64> {
    let of = |id| graph.as_constant(id).unwrap_or(f64::NAN);
    graph.ids().map(of).collect()
}

/// A block of values, or one for all.
#[derive(Clone, Copy)]
struct Values<'a> {
    values: &'a [f64],
    stride: usize,
}

impl Values<'_> {
    fn at(self, k: usize) -> f64 {
        self.values[k * self.stride]
    }
}

fn each(out: &mut [f64], of: impl Fn(usize) -> f64) {
    for (k, out) in out.iter_mut().enumerate() {
        *out = of(k);
    }
}

/// A sum that keeps what rounding takes (Neumaier, 1974).
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    sum: f64,
    lost: f64,
}

impl Total {
    fn add(&mut self, x: f64) {
        let sum = self.sum + x;
        self.lost += if self.sum.abs() >= x.abs() {
            (self.sum - sum) + x
        } else {
            (x - sum) + self.sum
        };
        self.sum = sum;
    }

    fn value(self) -> f64 {
        match self.sum.is_finite() {
            true => self.sum + self.lost,
            false => self.sum,
        }
    }
}
