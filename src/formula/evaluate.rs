//! The graph in f64, by walking its nodes in order.

mod rows;

use super::rows::Part;
use super::{Chance, Graph, LoopId, NodeId, Op, Rate};
use std::collections::HashSet;

pub use rows::RowTape;

/// A fixed set of outputs of a graph, ready to be evaluated many times.
#[derive(Debug, Clone)]
pub struct Tape {
    code: Code,
    values: Vec<f64>,
    /// What Gaussians are drawn from.
    pub chance: Chance,
    /// How values are rounded.
    pub precision: Precision,
}

/// How values are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// To f64.
    #[default]
    Double,
    /// As on the GPU: what changes per descent to f32 at each node, the rest when it is read from
    /// there. Functions are rounded from f64, where a shader has bounds of its own.
    Single,
}

/// What a loop has come to.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'a> {
    /// The loop.
    pub of: LoopId,
    /// Counted from 0.
    pub number: u32,
    /// Whether the turn's values are there; otherwise only its condition has been tested.
    pub is_done: bool,
    values: &'a [f64],
}

impl Turn<'_> {
    /// What a node is in this turn.
    pub fn value(&self, id: NodeId) -> f64 {
        self.values[id.index()]
    }
}

#[derive(Debug, Clone)]
struct Code {
    order: Vec<Step>,
    /// For each node of the graph, whether it changes per descent.
    of_descent: Vec<bool>,
    /// The graph's loops, in their order.
    loops: Vec<Loop>,
    /// Walks over a table's rows, each with the sums that it makes.
    passes: Vec<(RowTape, Vec<NodeId>)>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Node(NodeId, Op),
    /// Runs a loop to its end, which leaves its values in the carried places.
    Loop(LoopId),
    /// Walks over the rows, by the number of the pass.
    Rows(usize),
}

#[derive(Debug, Clone)]
struct Loop {
    limit: u32,
    carried: Vec<NodeId>,
    initial: Vec<NodeId>,
    test: Vec<Step>,
    condition: NodeId,
    body: Vec<Step>,
    next: Vec<NodeId>,
}

impl Tape {
    /// The nodes that `outputs` need.
    pub fn new(graph: &Graph, outputs: &[NodeId]) -> Self {
        let mut passes = Vec::new();
        let order = steps(graph, &graph.needed(outputs), &mut passes);
        let loops = graph.loops.iter().map(|turns| Loop {
            limit: turns.limit,
            carried: turns.carried.clone(),
            initial: turns.initial.clone(),
            test: steps(graph, &turns.test, &mut passes),
            condition: turns.condition,
            body: steps(graph, &turns.body, &mut passes),
            next: turns.next.clone(),
        });
        Self {
            code: Code {
                of_descent: graph
                    .ids()
                    .map(|id| graph.rate(id) == Rate::Descent)
                    .collect(),
                loops: loops.collect(),
                order,
                passes,
            },
            values: vec![0.0; graph.len()],
            chance: Chance::default(),
            precision: Precision::default(),
        }
    }

    /// Evaluates every node; `inputs` holds a value for each of the graph's inputs.
    pub fn run(&mut self, inputs: &[f64]) {
        self.run_watched(inputs, |_| {});
    }

    /// The same, where `watch` hears of every loop's turns: when the condition has been tested, and
    /// when the turn is done.
    pub fn run_watched(&mut self, inputs: &[f64], mut watch: impl FnMut(Turn<'_>)) {
        let mut walk = Walk {
            loops: &self.code.loops,
            passes: &mut self.code.passes,
            of_descent: &self.code.of_descent,
            inputs,
            chance: self.chance,
            precision: self.precision,
            values: &mut self.values,
            watch: &mut watch,
        };
        walk.along(&self.code.order);
    }

    /// What the last run made of a node.
    pub fn value(&self, id: NodeId) -> f64 {
        self.values[id.index()]
    }
}

fn steps(graph: &Graph, nodes: &[NodeId], passes: &mut Vec<(RowTape, Vec<NodeId>)>) -> Vec<Step> {
    let mut seen = HashSet::new();
    let mut steps = Vec::with_capacity(nodes.len());
    for part in graph.parts(nodes) {
        let id = match part {
            Part::Node(id) => id,
            Part::Pass(pass) => {
                steps.push(Step::Rows(passes.len()));
                passes.push((RowTape::of_pass(graph, &pass), pass.sums));
                continue;
            }
        };
        let op = graph.op(id);
        if let Op::After(turns, _) = op
            && seen.insert(turns)
        {
            steps.push(Step::Loop(turns));
        }
        steps.push(Step::Node(id, op));
    }
    steps
}

struct Walk<'a> {
    loops: &'a [Loop],
    passes: &'a mut [(RowTape, Vec<NodeId>)],
    of_descent: &'a [bool],
    inputs: &'a [f64],
    chance: Chance,
    precision: Precision,
    values: &'a mut [f64],
    watch: &'a mut dyn FnMut(Turn<'_>),
}

impl Walk<'_> {
    fn along(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Node(id, op) => {
                    let value = match self.precision {
                        Precision::Double => self.value(*id, *op, |value| value),
                        Precision::Single if !self.of_descent[id.index()] => {
                            self.value(*id, *op, |value| value)
                        }
                        Precision::Single => single(self.value(*id, *op, single)),
                    };
                    self.values[id.index()] = value;
                }
                Step::Loop(turns) => self.turn(*turns),
                Step::Rows(pass) => {
                    let (tape, sums) = &mut self.passes[*pass];
                    let totals = tape.sums(self.values, self.chance);
                    for (sum, total) in sums.iter().zip(totals) {
                        self.values[sum.index()] = total;
                    }
                }
            }
        }
    }

    /// The value of a node whose operands are read through `rounded`.
    fn value(&self, id: NodeId, op: Op, rounded: impl Fn(f64) -> f64) -> f64 {
        let value = |id: NodeId| rounded(self.values[id.index()]);
        match op {
            Op::Constant(bits) => f64::from_bits(bits),
            Op::Input(input) => self.inputs[input.index()],
            Op::Unary(unary, x) => unary.of(value(x)),
            Op::Binary(binary, a, b) => binary.of(value(a), value(b)),
            Op::Select(condition, chosen, other) => {
                if value(condition) != 0.0 {
                    value(chosen)
                } else {
                    value(other)
                }
            }
            Op::Normal(draw) => self.chance.normal(draw),
            // Filled where a loop or a walk over rows has ended.
            Op::Variable(_) | Op::Sum(..) => value(id),
            Op::Column(_) => unreachable!("a column has a value in a row alone"),
            Op::After(turns, place) => value(self.loops[turns.index()].carried[place as usize]),
        }
    }

    fn turn(&mut self, id: LoopId) {
        let loops = self.loops;
        let turns = &loops[id.index()];
        self.carry(&turns.initial, &turns.carried);
        for number in 0..turns.limit {
            self.along(&turns.test);
            self.tell(id, number, false);
            if self.values[turns.condition.index()] == 0.0 {
                return;
            }
            self.along(&turns.body);
            self.tell(id, number, true);
            self.carry(&turns.next, &turns.carried);
        }
    }

    fn tell(&mut self, of: LoopId, number: u32, is_done: bool) {
        (self.watch)(Turn {
            of,
            number,
            is_done,
            values: self.values,
        });
    }

    fn carry(&mut self, from: &[NodeId], to: &[NodeId]) {
        let values: Vec<_> = from.iter().map(|id| self.values[id.index()]).collect();
        for (place, value) in to.iter().zip(values) {
            self.values[place.index()] = value;
        }
    }
}

fn single(value: f64) -> f64 {
    f64::from(value as f32)
}
