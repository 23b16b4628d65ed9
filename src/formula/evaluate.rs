//! The graph in f64, by walking its nodes in order.

use super::{Chance, Graph, LoopId, NodeId, Op, Rate};
use std::collections::HashSet;

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
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Node(NodeId, Op),
    /// Runs a loop to its end, which leaves its values in the carried places.
    Loop(LoopId),
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
        let order = steps(graph, &graph.needed(outputs));
        let loops = graph.loops.iter().map(|turns| Loop {
            limit: turns.limit,
            carried: turns.carried.clone(),
            initial: turns.initial.clone(),
            test: steps(graph, &turns.test),
            condition: turns.condition,
            body: steps(graph, &turns.body),
            next: turns.next.clone(),
        });
        Self {
            code: Code {
                order,
                of_descent: graph
                    .ids()
                    .map(|id| graph.rate(id) == Rate::Descent)
                    .collect(),
                loops: loops.collect(),
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

fn steps(graph: &Graph, nodes: &[NodeId]) -> Vec<Step> {
    let mut seen = HashSet::new();
    let mut steps = Vec::with_capacity(nodes.len());
    for id in nodes {
        let op = graph.op(*id);
        if let Op::After(turns, _) = op
            && seen.insert(turns)
        {
            steps.push(Step::Loop(turns));
        }
        steps.push(Step::Node(*id, op));
    }
    steps
}

struct Walk<'a> {
    loops: &'a [Loop],
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
            Op::Variable(_) => value(id),
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
