//! A rule in f64 with a rounding error of f32's size at every operation, for those who want to
//! know what rounding alone may make of a path. A walk of its own over the graph.

use std::collections::HashSet;
use thalweg::formula::{Binary, NodeId, Op, Turns, Unary};
use thalweg::optimizer::Update;
use thalweg::optimizer::random::Chance;
use thalweg::optimizer::update::Input;
use thalweg::scene::pcg4d;

/// Half a unit in the last place of f32.
const ROUNDING: f64 = 6e-8;

pub struct Rounded<'a> {
    update: &'a Update,
    inputs: Vec<f64>,
    values: Vec<f64>,
    chance: Chance,
    noise_seed: u32,
    operations: u32,
    shown: Vec<f64>,
}

impl<'a> Rounded<'a> {
    pub fn new(update: &'a Update, start: &[f64], descent: u32, noise_seed: u32) -> Self {
        let chance = Chance {
            seed: update.seed,
            descent,
            step: 0,
        };
        let mut walk = Self {
            update,
            inputs: vec![0.0; update.inputs.len()],
            values: vec![0.0; update.graph.len()],
            chance,
            noise_seed,
            operations: 0,
            shown: start.to_vec(),
        };
        walk.put(&update.parameters, start);
        walk.set_step(1.0);
        let initial: Vec<_> = update.slots.iter().map(|slot| slot.initial).collect();
        let states: Vec<_> = update.slots.iter().map(|slot| slot.now).collect();
        let begun = walk.evaluate(&initial);
        walk.put(&states, &begun);
        walk
    }

    pub fn step(&mut self) {
        self.chance.step += 1;
        self.set_step(f64::from(self.chance.step));
        let update = self.update;
        let states: Vec<_> = update.slots.iter().map(|slot| slot.now).collect();
        let mut outputs = update.next.clone();
        outputs.extend(&update.shown);
        outputs.extend(update.slots.iter().map(|slot| slot.next));
        let values = self.evaluate(&outputs);
        let (next, rest) = values.split_at(update.next.len());
        let (shown, state) = rest.split_at(update.shown.len());
        self.put(&update.parameters, next);
        self.put(&states, state);
        self.shown = shown.to_vec();
    }

    pub fn parameters(&self) -> Vec<f64> {
        let parameters = self.update.parameters.iter();
        parameters.map(|id| self.inputs[self.index(*id)]).collect()
    }

    pub fn shown(&self) -> &[f64] {
        &self.shown
    }

    fn index(&self, id: NodeId) -> usize {
        self.update.graph.as_input(id).expect("an input").index()
    }

    fn put(&mut self, inputs: &[NodeId], values: &[f64]) {
        for (id, value) in inputs.iter().zip(values) {
            let index = self.index(*id);
            self.inputs[index] = *value;
        }
    }

    fn set_step(&mut self, t: f64) {
        for (value, meaning) in self.inputs.iter_mut().zip(&self.update.inputs) {
            match meaning {
                Input::Step => *value = t,
                Input::Hyper(number) => *value = *number,
                Input::Parameter(_) | Input::State(_) => {}
            }
        }
    }

    fn evaluate(&mut self, outputs: &[NodeId]) -> Vec<f64> {
        self.along(&self.update.graph.needed(outputs));
        outputs.iter().map(|id| self.values[id.index()]).collect()
    }

    fn along(&mut self, ids: &[NodeId]) {
        let mut run = HashSet::new();
        for id in ids {
            if let Op::After(turns, _) = self.update.graph.op(*id)
                && run.insert(turns)
            {
                self.turn(self.update.graph.turns(turns));
            }
            self.values[id.index()] = self.value(*id);
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

    fn value(&mut self, id: NodeId) -> f64 {
        let graph = &self.update.graph;
        let of = |id: NodeId| self.values[id.index()];
        match graph.op(id) {
            Op::Constant(bits) => f64::from_bits(bits),
            Op::Input(input) => self.inputs[input.index()],
            Op::Select(condition, chosen, other) => match of(condition) != 0.0 {
                true => of(chosen),
                false => of(other),
            },
            Op::Variable(_) => of(id),
            Op::After(turns, place) => of(graph.turns(turns).carried[place as usize]),
            Op::Normal(draw) => self.chance.normal(draw),
            Op::Column(_) | Op::Sum(..) => unreachable!("a loss without a table"),
            Op::Unary(unary @ (Unary::Neg | Unary::Abs | Unary::Sign | Unary::Floor), x) => {
                unary.of(of(x))
            }
            Op::Unary(unary, x) => {
                let exact = unary.of(of(x));
                self.rounded(exact)
            }
            Op::Binary(binary, a, b) => {
                let exact = binary.of(of(a), of(b));
                match binary {
                    Binary::Add | Binary::Sub | Binary::Mul | Binary::Div | Binary::Pow => {
                        self.rounded(exact)
                    }
                    _ => exact,
                }
            }
        }
    }

    fn rounded(&mut self, exact: f64) -> f64 {
        self.operations += 1;
        let words = pcg4d([
            self.noise_seed,
            self.chance.descent,
            self.chance.step,
            self.operations,
        ]);
        exact * (1.0 + ROUNDING * (f64::from(words[0]) / 2.0_f64.powi(31) - 1.0))
    }
}
