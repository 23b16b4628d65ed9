//! Sums over the rows of a table as loops, and the cells that they read.

use super::{Writer, literal, name};
use crate::formula::evaluate::RowTape;
use crate::formula::random::FIRST_ROW_DRAW;
use crate::formula::{BLOCK, FormulaError, Graph, NodeId, Op, Part, Pass, Rows};
use std::collections::{BTreeSet, HashSet};
use std::fmt::Write;

/// What of a table a shader reads: the values that columns alone determine, four to a vec4, row
/// after row. They are computed in f64, once.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    /// One a cell of a row, in order.
    nodes: Vec<NodeId>,
    /// How many rows there are.
    pub rows: usize,
}

impl Cells {
    /// What the sums among `nodes`, those within loops included, read of each row; `None` where
    /// there are none.
    pub fn of(graph: &Graph, nodes: &[NodeId]) -> Option<Self> {
        let mut cells = None;
        collect(graph, nodes, &mut cells);
        cells.map(|cells| Self {
            nodes: cells.into_iter().collect(),
            rows: graph.rows_of(Rows::All),
        })
    }

    /// How many vec4 a row takes; at least 1.
    pub fn vec4s(&self) -> usize {
        self.nodes.len().div_ceil(4).max(1)
    }

    /// The cells of every row, as a buffer holds them.
    ///
    /// # Errors
    /// A number outside f32, at its place in the formula, and a table too large for a binding.
    pub fn pack(&self, graph: &Graph) -> Result<Packed, FormulaError> {
        let width = 4 * self.vec4s();
        if 4 * width * self.rows > LARGEST_BYTES {
            let span = self.nodes.first().map_or(0..0, |id| graph.span(*id));
            return Err(FormulaError::new(
                span,
                format!(
                    "what {} rows are read for here takes {} MiB on the GPU, and {} are the most; \
                     `--on cpu` has no such limit",
                    self.rows,
                    (4 * width * self.rows) >> 20,
                    LARGEST_BYTES >> 20
                ),
            ));
        }
        let mut values = vec![0.0; width * self.rows];
        let columns = RowTape::columns(graph, &self.nodes);
        for (at, (id, column)) in self.nodes.iter().zip(columns).enumerate() {
            for (row, value) in column.into_iter().enumerate() {
                let rounded = value as f32;
                if !rounded.is_finite() {
                    return Err(FormulaError::new(
                        graph.span(*id),
                        format!(
                            "in row {} of the table this is {value:e}, outside what the GPU's 32 bits \
                             hold (3.4e38); `thalweg eval` and `trace --on cpu` can still answer",
                            row + 1
                        ),
                    ));
                }
                values[row * width + at] = rounded;
            }
        }
        Ok(Packed { values })
    }

    /// The text of a cell in the row whose number is `row`.
    fn text(&self, id: NodeId) -> String {
        let place = self
            .nodes
            .binary_search(&id)
            .expect("every cell was asked for");
        let (vec4s, part) = (self.vec4s(), ["x", "y", "z", "w"][place % 4]);
        format!("rows[row * {vec4s}u + {}u].{part}", place / 4)
    }
}

/// Turns of one loop over rows at most: some drivers in software end all loops of an invocation
/// after 65,535 turns together, and say nothing.
const TURNS_A_PASS: usize = 16_384;

/// How many rows one turn of a loop over `count` rows takes.
pub fn rows_a_turn(count: usize) -> usize {
    count.div_ceil(TURNS_A_PASS).next_power_of_two().min(BLOCK)
}

/// How often the loops of `nodes` turn at most, those within others included.
pub fn loop_turns(graph: &Graph, nodes: &[NodeId]) -> u64 {
    let mut seen = HashSet::new();
    let parts = graph.parts(nodes).into_iter();
    let turns = parts.map(|part| match part {
        Part::Pass(pass) => turns_of_pass(graph, &pass),
        Part::Node(id) => match graph.op(id) {
            Op::After(turns, _) if seen.insert(turns) => {
                let turns = graph.turns(turns);
                let within = loop_turns(graph, &turns.test) + loop_turns(graph, &turns.body);
                u64::from(turns.limit) * (1 + within)
            }
            _ => 0,
        },
    });
    turns.sum()
}

fn turns_of_pass(graph: &Graph, pass: &Pass) -> u64 {
    let count = graph.rows_of(pass.rows);
    let rows = match pass.rows {
        Rows::All => count / rows_a_turn(count) + rows_a_turn(count),
        Rows::Batch => count + count.div_ceil(4),
    };
    (rows + count.div_ceil(BLOCK)) as u64
}

/// The largest storage binding that every WebGPU device has room for.
const LARGEST_BYTES: usize = 128 << 20;

/// The largest uniform binding, in vec4.
const UNIFORM_VEC4: usize = 4096;

/// A table's cells for the GPU: whole vec4, row after row.
#[derive(Debug, Clone)]
pub struct Packed {
    /// Four a vec4.
    pub values: Vec<f32>,
}

impl Packed {
    /// Whether they fit a uniform, which drivers read faster than storage.
    pub fn is_uniform(&self) -> bool {
        self.values.len() <= 4 * UNIFORM_VEC4
    }

    /// The WGSL of `rows`, binding 0 of group 1.
    pub fn declaration(&self) -> String {
        let vec4s = self.values.len() / 4;
        match self.is_uniform() {
            true => format!("@group(1) @binding(0) var<uniform> rows: array<vec4f, {vec4s}>;\n"),
            false => "@group(1) @binding(0) var<storage, read> rows: array<vec4f>;\n".to_owned(),
        }
    }
}

fn collect(graph: &Graph, nodes: &[NodeId], cells: &mut Option<BTreeSet<NodeId>>) {
    for part in graph.parts(nodes) {
        match part {
            Part::Pass(pass) => cells.get_or_insert_default().extend(read(graph, &pass)),
            Part::Node(id) => {
                if let Op::After(turns, _) = graph.op(id) {
                    let turns = graph.turns(turns);
                    collect(graph, &turns.test, cells);
                    collect(graph, &turns.body, cells);
                }
            }
        }
    }
}

/// The row's nodes that columns alone determine and that the pass reads.
fn read(graph: &Graph, pass: &Pass) -> BTreeSet<NodeId> {
    let of_varying = pass.varying.iter().flat_map(|id| graph.operands(*id));
    let bodies = pass.sums.iter().map(|id| body(graph, *id));
    let read = of_varying.chain(bodies);
    read.filter(|id| pass.fixed.binary_search(id).is_ok())
        .collect()
}

/// What a sum is over.
fn body(graph: &Graph, sum: NodeId) -> NodeId {
    match graph.op(sum) {
        Op::Sum(body, _) => body,
        _ => unreachable!("a pass makes sums"),
    }
}

impl Writer<'_> {
    /// The sums of `pass` as variables `s…`, block by block; `rows` is in scope, and for a batch
    /// `chance: Chance`.
    pub(super) fn sums(&self, text: &mut String, pass: &Pass) {
        self.variables(text, "s", pass);
        let count = self.graph.rows_of(pass.rows);
        let counter = match pass.rows {
            Rows::All => "first",
            Rows::Batch => "draw",
        };
        line(
            text,
            format!("for (var {counter} = 0u; {counter} < {count}u; {counter} += {BLOCK}u) {{"),
        );
        self.variables(text, "b", pass);
        line(
            text,
            format!("let end = min({counter} + {BLOCK}u, {count}u);"),
        );
        match pass.rows {
            Rows::All => self.rows(text, pass),
            Rows::Batch => self.draws(text, pass),
        }
        for sum in &pass.sums {
            let at = sum.index();
            line(text, format!("s{at} += b{at};"));
        }
        line(text, "}".to_owned());
    }

    /// Adds what the rows from `first` to `end` (not included) make to the variables `b…`.
    fn rows(&self, text: &mut String, pass: &Pass) {
        let many = rows_a_turn(self.graph.rows_of(Rows::All));
        let mut rest = "first";
        if many > 1 {
            rest = "rest";
            line(
                text,
                format!("let rest = first + (end - first) / {many}u * {many}u;"),
            );
            line(
                text,
                format!("for (var some = first; some < rest; some += {many}u) {{"),
            );
            for k in 0..many {
                line(text, format!("{{ let row = some + {k}u;"));
                self.row(text, pass);
                line(text, "}".to_owned());
            }
            line(text, "}".to_owned());
        }
        line(text, format!("for (var row = {rest}; row < end; row++) {{"));
        self.row(text, pass);
        line(text, "}".to_owned());
    }

    /// The same for the rows drawn from `draw` to `end`, of which each hash gives four.
    fn draws(&self, text: &mut String, pass: &Pass) {
        let rows = self.graph.rows_of(Rows::All);
        line(
            text,
            "for (var four = draw; four < end; four += 4u) {".to_owned(),
        );
        line(
            text,
            format!("var words = words_of(chance, {FIRST_ROW_DRAW}u + four / 4u);"),
        );
        line(
            text,
            "for (var k = four; k < min(four + 4u, end); k++) {".to_owned(),
        );
        line(text, format!("let row = words.x % {rows}u;"));
        line(text, "words = words.yzwx;".to_owned());
        self.row(text, pass);
        line(text, "}".to_owned());
        line(text, "}".to_owned());
    }

    /// What one row adds.
    fn row(&self, text: &mut String, pass: &Pass) {
        let cells = self
            .names
            .cells
            .expect("a table's sums come with its cells");
        for id in read(self.graph, pass) {
            line(text, format!("let n{} = {};", id.index(), cells.text(id)));
        }
        self.nodes(text, &pass.varying);
        for sum in &pass.sums {
            let body = name(self.graph, body(self.graph, *sum));
            line(text, format!("b{} += {body};", sum.index()));
        }
    }

    fn variables(&self, text: &mut String, letter: &str, pass: &Pass) {
        for sum in &pass.sums {
            line(text, format!("var {letter}{} = 0.0;", sum.index()));
        }
    }

    /// What stands for a sum made here: that of a batch is scaled up to the whole table.
    pub(super) fn total(&self, sum: NodeId, rows: Rows) -> String {
        let variable = format!("s{}", sum.index());
        match self.scale(rows) {
            None => variable,
            Some(scale) => format!("{variable} * {}", literal(scale)),
        }
    }

    fn scale(&self, rows: Rows) -> Option<f32> {
        let size = |rows| self.graph.rows_of(rows) as f64;
        let scale = size(Rows::All) / size(Rows::Batch);
        (rows == Rows::Batch).then_some(scale as f32)
    }
}

pub(super) fn line(text: &mut String, line: String) {
    writeln!(text, "    {line}").expect("a String takes all text");
}
