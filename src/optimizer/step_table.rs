//! What does not vary per descent, computed once a step in f64: the table that the kernel reads.

use super::begin::FIRST_STEP;
use super::kernel::Kernel;
use super::update::{Input, Update};
use crate::formula::evaluate::Tape;
use crate::formula::{NodeId, Rate};

/// The table's rows, made in order and kept: row i is that of step i + 1.
#[derive(Debug, Clone)]
pub struct StepTable {
    tape: Tape,
    inputs: Vec<f64>,
    meanings: Vec<Input>,
    boundary: Vec<NodeId>,
    /// For each slot at step rate, its input's index and the node that follows it.
    slots: Vec<(usize, NodeId)>,
    constants: Vec<f32>,
    row_floats: usize,
    steps: u64,
    rows: Vec<f32>,
}

impl StepTable {
    /// A table without rows.
    pub fn new(update: &Update, kernel: &Kernel) -> Self {
        let at_step_rate = || update.slots.iter().filter(|slot| slot.rate == Rate::Step);
        let mut outputs = kernel.boundary.clone();
        outputs.extend(&kernel.constants);
        outputs.extend(at_step_rate().map(|slot| slot.next));
        outputs.extend(at_step_rate().map(|slot| slot.initial));
        let mut table = Self {
            tape: Tape::new(&update.graph, &outputs),
            inputs: vec![0.0; update.inputs.len()],
            meanings: update.inputs.clone(),
            boundary: kernel.boundary.clone(),
            slots: at_step_rate()
                .map(|slot| (input_index(update, slot.now), slot.next))
                .collect(),
            constants: Vec::new(),
            row_floats: kernel.row_vec4 * 4,
            steps: 0,
            rows: Vec::new(),
        };
        table.run(FIRST_STEP);
        let constants = kernel.constants.iter();
        let constants = constants.map(|id| table.tape.value(*id) as f32);
        table.constants = constants.collect();
        table.constants.resize(kernel.constant_vec4 * 4, 0.0);
        let initial: Vec<_> = at_step_rate()
            .map(|slot| {
                (
                    input_index(update, slot.now),
                    table.tape.value(slot.initial),
                )
            })
            .collect();
        for (index, value) in initial {
            table.inputs[index] = value;
        }
        table
    }

    /// The table's beginning, in whole vec4: what is the same at every step.
    pub fn constants(&self) -> &[f32] {
        &self.constants
    }

    /// The rows of steps `from + 1 ..= to`, each of whole vec4.
    pub fn rows(&mut self, from: u64, to: u64) -> &[f32] {
        while self.steps < to {
            self.make_row();
        }
        let range = from as usize * self.row_floats..to as usize * self.row_floats;
        &self.rows[range]
    }

    fn make_row(&mut self) {
        self.steps += 1;
        self.run(self.steps as f64);
        let end = self.rows.len() + self.row_floats;
        let values = self.boundary.iter().map(|id| self.tape.value(*id) as f32);
        self.rows.extend(values);
        self.rows.resize(end, 0.0);
        for (index, next) in &self.slots {
            self.inputs[*index] = self.tape.value(*next);
        }
    }

    fn run(&mut self, t: f64) {
        for (value, meaning) in self.inputs.iter_mut().zip(&self.meanings) {
            match meaning {
                Input::Step => *value = t,
                Input::Hyper(number) => *value = *number,
                Input::Parameter(_) | Input::State(_) => {}
            }
        }
        self.tape.run(&self.inputs);
    }
}

fn input_index(update: &Update, node: NodeId) -> usize {
    let input = update.graph.as_input(node);
    input.expect("parameters and state are inputs").index()
}
