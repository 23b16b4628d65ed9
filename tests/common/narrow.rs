//! A graph's values in numbers as narrow as f32's: an error of its rounding at every operation,
//! drawn by a seed from the value, then the nearest f32. What is the same for every descent is
//! exact, and narrowed where it is used. A walk of its own over the graph.

use std::collections::HashSet;
use thalweg::formula::{Binary, Graph, NodeId, Op, Part, Pass, Rows, Turns, Unary};
use thalweg::optimizer::random::Chance;
use thalweg::scene::pcg4d;

/// Half a unit in the last place of f32.
const ROUNDING: f64 = 6e-8;
/// Of WGSL's quotients and roots, and of the functions of number.wgsl.
const OF_QUOTIENTS: f64 = 5.0 * ROUNDING;
const OF_FUNCTIONS: f64 = 12.0 * ROUNDING;
/// Seeds below this draw no errors: each value is the nearest f32.
const PLAIN: u32 = 4;
/// Up to here number.wgsl reduces an angle as well as f32 holds it.
const SURE_ANGLE: f64 = 1e5;
/// From here on an angle has no meaning in f32.
const NO_ANGLE: f64 = 1e7;

pub struct Narrow<'a> {
    graph: &'a Graph,
    inputs: Vec<f64>,
    values: Vec<f64>,
    /// Products before their rounding.
    products: Vec<f64>,
    /// Which inputs and which values are the same for every descent.
    shared_inputs: Vec<bool>,
    shared: Vec<bool>,
    /// Of the table, while a walk over its rows is there.
    row: usize,
    pub chance: Chance,
    /// Odd ones take a number below f32's normal range for 0, as some drivers do.
    pub noise_seed: u32,
    /// Whether a value without meaning was among them.
    pub is_lost: bool,
}

impl<'a> Narrow<'a> {
    pub fn new(graph: &'a Graph, inputs: usize, chance: Chance, noise_seed: u32) -> Self {
        Self {
            graph,
            inputs: vec![0.0; inputs],
            values: vec![0.0; graph.len()],
            products: vec![0.0; graph.len()],
            shared_inputs: vec![false; inputs],
            shared: vec![false; graph.len()],
            row: 0,
            chance,
            noise_seed,
            is_lost: false,
        }
    }

    /// An input that is the same for every descent.
    pub fn share(&mut self, index: usize, value: f64) {
        self.inputs[index] = value;
        self.shared_inputs[index] = true;
    }

    pub fn inputs_at(&self, ids: &[NodeId]) -> Vec<f64> {
        ids.iter().map(|id| self.inputs[self.index(*id)]).collect()
    }

    fn index(&self, id: NodeId) -> usize {
        self.graph.as_input(id).expect("an input").index()
    }

    pub fn put(&mut self, inputs: &[NodeId], values: &[f64]) {
        for (id, value) in inputs.iter().zip(values) {
            let index = self.index(*id);
            self.inputs[index] = narrowed(*value);
        }
    }

    pub fn evaluate(&mut self, outputs: &[NodeId]) -> Vec<f64> {
        self.along(&self.graph.needed(outputs));
        outputs.iter().map(|id| self.values[id.index()]).collect()
    }

    fn along(&mut self, ids: &[NodeId]) {
        let mut run = HashSet::new();
        for part in self.graph.parts(ids) {
            let id = &match part {
                Part::Node(id) => id,
                Part::Pass(pass) => {
                    self.pass(&pass);
                    continue;
                }
            };
            if let Op::After(turns, _) = self.graph.op(*id)
                && run.insert(turns)
            {
                self.turn(self.graph.turns(turns));
            }
            self.shared[id.index()] = self.is_shared(*id);
            self.values[id.index()] = self.value(*id);
        }
    }

    /// Sums over all rows of the table.
    fn pass(&mut self, pass: &Pass) {
        assert_eq!(pass.rows, Rows::All, "no batches");
        let table = self.graph.table().expect("rows come with their table");
        let mut totals = vec![0.0; pass.sums.len()];
        for row in 0..table.rows() {
            self.row = row;
            for id in pass.fixed.iter().chain(&pass.varying) {
                self.shared[id.index()] = self.is_shared(*id);
                self.values[id.index()] = self.value(*id);
            }
            for (id, total) in pass.sums.iter().zip(&mut totals) {
                let Op::Sum(body, _) = self.graph.op(*id) else {
                    unreachable!("a pass makes sums")
                };
                self.shared[id.index()] = false;
                *total = self.rounded(*id, *total + narrowed(self.values[body.index()]), ROUNDING);
            }
        }
        for (id, total) in pass.sums.iter().zip(totals) {
            self.values[id.index()] = total;
        }
    }

    fn turn(&mut self, turns: &Turns) {
        self.carry(&turns.initial, &turns.carried);
        for _ in 0..turns.limit {
            self.along(&turns.test);
            if self.values[turns.condition.index()] == 0.0 {
                return;
            }
            self.along(&turns.body);
            self.carry(&turns.next, &turns.carried);
        }
    }

    fn carry(&mut self, from: &[NodeId], to: &[NodeId]) {
        let values: Vec<_> = from.iter().map(|id| self.values[id.index()]).collect();
        for (place, value) in to.iter().zip(values) {
            self.values[place.index()] = value;
        }
    }

    fn is_shared(&self, id: NodeId) -> bool {
        let is = |id: NodeId| self.shared[id.index()];
        match self.graph.op(id) {
            // What columns alone determine reaches a shader as it is in f64.
            Op::Constant(_) | Op::Column(_) => true,
            Op::Input(input) => self.shared_inputs[input.index()],
            Op::Unary(_, x) => is(x),
            Op::Binary(_, a, b) => is(a) && is(b),
            Op::Select(condition, chosen, other) => is(condition) && is(chosen) && is(other),
            _ => false,
        }
    }

    fn value(&mut self, id: NodeId) -> f64 {
        let graph = self.graph;
        let exact = self.shared[id.index()];
        let of = |id: NodeId| match exact {
            true => self.values[id.index()],
            false => narrowed(self.values[id.index()]),
        };
        match graph.op(id) {
            Op::Constant(bits) => f64::from_bits(bits),
            Op::Input(input) => self.inputs[input.index()],
            Op::Select(condition, chosen, other) => match of(condition) != 0.0 {
                true => of(chosen),
                false => of(other),
            },
            Op::Variable(_) => of(id),
            Op::After(turns, place) => of(graph.turns(turns).carried[place as usize]),
            Op::Normal(draw) => narrowed(self.chance.normal(draw)),
            Op::Column(number) => {
                let table = graph.table().expect("columns come with their table");
                table.column(number as usize)[self.row]
            }
            Op::Sum(..) => self.values[id.index()],
            Op::Unary(unary @ (Unary::Neg | Unary::Abs | Unary::Sign | Unary::Floor), x) => {
                unary.of(of(x))
            }
            Op::Unary(unary @ (Unary::Sin | Unary::Cos), x) => {
                let exact = self.sine(unary, of(x));
                self.rounded(id, exact, ROUNDING)
            }
            Op::Unary(unary, x) => {
                let size = match unary {
                    Unary::Sqrt => OF_QUOTIENTS,
                    _ => OF_FUNCTIONS,
                };
                let exact = unary.of(of(x));
                self.rounded(id, exact, size)
            }
            Op::Binary(binary @ (Binary::Add | Binary::Sub), a, b) if self.fuses() && !exact => {
                let [a, b] = [a, b].map(|id| match graph.op(id) {
                    Op::Binary(Binary::Mul, ..) => self.products[id.index()],
                    _ => of(id),
                });
                self.rounded(id, binary.of(a, b), ROUNDING)
            }
            Op::Binary(binary, a, b) => {
                let exact = binary.of(of(a), of(b));
                self.products[id.index()] = exact;
                match binary {
                    Binary::Add | Binary::Sub | Binary::Mul => self.rounded(id, exact, ROUNDING),
                    Binary::Div | Binary::Mod => self.rounded(id, exact, OF_QUOTIENTS),
                    Binary::Pow | Binary::Hypot | Binary::Atan2 => {
                        self.rounded(id, exact, OF_FUNCTIONS)
                    }
                    _ => exact,
                }
            }
        }
    }

    /// Whether a sum takes products as they are, as where a driver fuses both; every other pair of
    /// seeds.
    fn fuses(&self) -> bool {
        self.noise_seed % 4 >= 2
    }

    /// As number.wgsl promises: to two roundings of 1; farther out that of an angle moved by one
    /// unit in its last place; then no more than a number within [-1, 1].
    fn sine(&mut self, unary: Unary, angle: f64) -> f64 {
        if angle.abs() <= SURE_ANGLE {
            return unary.of(angle) + 2.0 * ROUNDING * self.drawn(angle);
        }
        if angle.abs() <= NO_ANGLE {
            return unary.of(angle * (1.0 + 2.0 * ROUNDING * self.drawn(angle)));
        }
        self.is_lost = true;
        self.drawn(angle)
    }

    /// A number within [-1, 1], the same whenever the same is computed; 0 for a plain seed.
    fn drawn(&self, of: f64) -> f64 {
        if self.noise_seed < PLAIN {
            return 0.0;
        }
        let bits = of.to_bits();
        let words = pcg4d([self.noise_seed, bits as u32, (bits >> 32) as u32, 0]);
        f64::from(words[0]) / 2.0_f64.powi(31) - 1.0
    }

    fn rounded(&self, id: NodeId, exact: f64, size: f64) -> f64 {
        if self.shared[id.index()] {
            return exact;
        }
        let error = size * self.drawn(exact);
        let narrow = (exact * (1.0 + error)) as f32;
        match narrow.is_subnormal() && self.noise_seed % 2 == 1 {
            true => 0.0,
            false => f64::from(narrow),
        }
    }
}

fn narrowed(exact: f64) -> f64 {
    f64::from(exact as f32)
}
