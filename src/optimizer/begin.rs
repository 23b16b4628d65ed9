//! A descent's numbers before its first step.

use super::update::{Input, Update};
use crate::formula::evaluate::Tape;
use crate::formula::{NodeId, Rate};

/// Makes the numbers that the kernel keeps of a descent from its start point.
#[derive(Debug, Clone)]
pub struct Beginning {
    tape: Tape,
    /// A value for each input of the graph.
    inputs: Vec<f64>,
    /// Each parameter's input.
    parameters: Vec<usize>,
    /// What each state at descent rate begins as.
    states: Vec<NodeId>,
    /// Whether the drawn point has numbers of its own.
    shows_another: bool,
    numbers: Vec<f32>,
}

impl Beginning {
    /// For the descents of `update`.
    pub fn new(update: &Update) -> Self {
        let of_descent = update.slots.iter().filter(|s| s.rate == Rate::Descent);
        let states: Vec<_> = of_descent.map(|slot| slot.initial).collect();
        let inputs = update.inputs.iter().map(|input| match input {
            Input::Hyper(value) => *value,
            Input::Step => FIRST_STEP,
            Input::Parameter(_) | Input::State(_) => 0.0,
        });
        let index = |id: &NodeId| {
            let input = update.graph.as_input(*id);
            input.expect("parameters are inputs").index()
        };
        Self {
            tape: Tape::new(&update.graph, &states),
            inputs: inputs.collect(),
            parameters: update.parameters.iter().map(index).collect(),
            states,
            shows_another: update.shown != update.next,
            numbers: Vec::new(),
        }
    }

    /// The numbers of a descent that begins at `start`: its parameters, its state, and the drawn
    /// point where that has numbers of its own.
    pub fn at(&mut self, start: &[f32]) -> &[f32] {
        for (index, x) in self.parameters.iter().zip(start) {
            self.inputs[*index] = f64::from(*x);
        }
        self.tape.run(&self.inputs);
        self.numbers.clear();
        self.numbers.extend(start);
        let states = self.states.iter().map(|id| self.tape.value(*id) as f32);
        self.numbers.extend(states);
        if self.shows_another {
            self.numbers.extend(start);
        }
        &self.numbers
    }
}

/// t where a state is given its first value: that of the step which reads it first.
pub(super) const FIRST_STEP: f64 = 1.0;
