//! The rule in f64: what `trace` runs, what the GPU is compared with, and what the followed
//! descent's arrows and numbers are taken from.

use super::begin::FIRST_STEP;
use super::update::{Input, Slot, Update};
use crate::formula::evaluate::Tape;
use crate::formula::{NodeId, Rate};

/// All that a descent carries from one step to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// Steps taken.
    pub steps: u64,
    /// The parameters.
    pub parameters: Vec<f64>,
    /// A number for each of the update's slots.
    pub slots: Vec<f64>,
}

impl Carried {
    /// From the numbers that a kernel keeps of a descent (parameters, then the slots at descent
    /// rate) after `steps` steps; slots at step rate are computed anew.
    pub fn of_numbers(update: &Update, numbers: &[f64], steps: u64) -> Self {
        let (parameters, rest) = numbers.split_at(update.parameters.len());
        let mut rest = rest.iter();
        let mut shared = slots_at_step_rate(update, steps).into_iter();
        let slots = update.slots.iter().map(|slot| match slot.rate {
            Rate::Descent => rest.next().copied(),
            _ => shared.next(),
        });
        Self {
            steps,
            slots: slots.map(|slot| slot.unwrap_or(f64::NAN)).collect(),
            parameters: parameters.to_vec(),
        }
    }
}

/// What slots that are the same for all descents hold after `steps` steps.
fn slots_at_step_rate(update: &Update, steps: u64) -> Vec<f64> {
    let slots = update.slots.iter().filter(|slot| slot.rate == Rate::Step);
    let slots: Vec<_> = slots.collect();
    if slots.is_empty() {
        return Vec::new();
    }
    let mut inputs = vec![0.0; update.inputs.len()];
    let outputs = slots.iter().flat_map(|slot| [slot.initial, slot.next]);
    let mut tape = Tape::new(&update.graph, &outputs.collect::<Vec<_>>());
    for step in 0..=steps {
        let t = if step == 0 { FIRST_STEP } else { step as f64 };
        set_constants(update, t, &mut inputs);
        tape.run(&inputs);
        for slot in &slots {
            let value = if step == 0 { slot.initial } else { slot.next };
            inputs[index(update, slot.now)] = tape.value(value);
        }
    }
    let value = |slot: &&Slot| inputs[index(update, slot.now)];
    slots.iter().map(value).collect()
}

/// An input's place among the graph's inputs.
fn index(update: &Update, node: NodeId) -> usize {
    let input = update.graph.as_input(node);
    input.expect("parameters and state are inputs").index()
}

/// t and the hyperparameters.
fn set_constants(update: &Update, t: f64, inputs: &mut [f64]) {
    for (value, meaning) in inputs.iter_mut().zip(&update.inputs) {
        match meaning {
            Input::Step => *value = t,
            Input::Hyper(number) => *value = *number,
            Input::Parameter(_) | Input::State(_) => {}
        }
    }
}

/// One descent in f64.
#[derive(Debug, Clone)]
pub struct Stepper<'a> {
    update: &'a Update,
    tape: Tape,
    /// Of f alone: a table's rows are gone over no oftener than needed.
    loss_tape: Tape,
    /// A value for each input of the graph.
    inputs: Vec<f64>,
    steps: u64,
    shown: Vec<f64>,
}

/// How far a descent has come: all that a [`Stepper`] needs to go on from there.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    inputs: Vec<f64>,
    steps: u64,
    shown: Vec<f64>,
}

impl Progress {
    /// How many steps were taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }
}

impl<'a> Stepper<'a> {
    /// The first descent of its team, at `start`.
    pub fn new(update: &'a Update, start: &[f64]) -> Self {
        Self::of_descent(update, start, 0)
    }

    /// A descent at `start`; its number in its team chooses what `normal` draws.
    pub fn of_descent(update: &'a Update, start: &[f64], descent: u32) -> Self {
        let mut outputs = update.next.clone();
        outputs.extend(&update.gradient);
        outputs.extend(&update.shown);
        outputs.extend(update.slots.iter().map(|slot| slot.next));
        let mut stepper = Self {
            update,
            tape: Tape::new(&update.graph, &outputs),
            loss_tape: Tape::new(&update.graph, &[update.loss]),
            inputs: vec![0.0; update.inputs.len()],
            steps: 0,
            shown: start.to_vec(),
        };
        stepper.tape.chance.seed = update.seed;
        stepper.tape.chance.descent = descent;
        stepper.set_parameters(start);
        stepper.start_state();
        stepper
    }

    /// The parameters.
    pub fn parameters(&self) -> Vec<f64> {
        let nodes = &self.update.parameters;
        nodes
            .iter()
            .map(|id| self.inputs[self.index(*id)])
            .collect()
    }

    /// The point that is drawn: the parameters, unless the rule shows another.
    pub fn shown(&self) -> &[f64] {
        &self.shown
    }

    /// All that it carries to its next step.
    pub fn carried(&self) -> Carried {
        let slots = self.update.slots.iter();
        Carried {
            steps: self.steps,
            parameters: self.parameters(),
            slots: slots
                .map(|slot| self.inputs[self.index(slot.now)])
                .collect(),
        }
    }

    /// How many steps were taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// What [`Stepper::go_on_from`] goes on from.
    pub fn progress(&self) -> Progress {
        Progress {
            inputs: self.inputs.clone(),
            steps: self.steps,
            shown: self.shown.clone(),
        }
    }

    /// Goes on from where a descent of the same update had come.
    pub fn go_on_from(&mut self, progress: &Progress) {
        self.inputs.clone_from(&progress.inputs);
        self.steps = progress.steps;
        self.shown.clone_from(&progress.shown);
    }

    /// The rule's state by name, each with its numbers in order; those that nothing reads are
    /// left out.
    pub fn states(&self) -> Vec<(&'a str, Vec<f64>)> {
        let mut states: Vec<(&str, Vec<f64>)> = Vec::new();
        for slot in &self.update.slots {
            let name = self.update.states[slot.state].as_str();
            let value = self.inputs[self.index(slot.now)];
            match states.last_mut() {
                Some((known, values)) if *known == name => values.push(value),
                _ => states.push((name, vec![value])),
            }
        }
        states
    }

    /// Stands where `other`, a descent of the same rule on another loss, stands, with its state.
    pub fn take_over(&mut self, other: &Stepper<'_>) {
        self.set_parameters(&other.parameters());
        self.steps = other.steps;
        self.shown.clone_from(&other.shown);
        for slot in &self.update.slots {
            let same = other
                .update
                .slots
                .iter()
                .find(|theirs| (theirs.state, theirs.part) == (slot.state, slot.part));
            if let Some(theirs) = same {
                let index = self.index(slot.now);
                self.inputs[index] = other.inputs[other.index(theirs.now)];
            }
        }
    }

    /// f at the present point, and ∂f/∂w there as the next step sees it.
    pub fn loss_and_gradient(&mut self) -> (f64, Vec<f64>) {
        let loss = self.loss();
        self.tape.chance.step = self.steps as u32 + 1;
        self.tape.run(&self.inputs);
        let gradient = self.update.gradient.iter();
        (loss, gradient.map(|id| self.tape.value(*id)).collect())
    }

    /// Puts the descent at another point; its state stays.
    pub fn move_to(&mut self, point: &[f64]) {
        self.set_parameters(point);
        self.shown = point.to_vec();
    }

    /// Takes one step.
    pub fn step(&mut self) {
        self.steps += 1;
        self.tape.chance.step = self.steps as u32;
        self.set_constants(self.steps as f64);
        self.tape.run(&self.inputs);
        let read =
            |ids: &[NodeId]| -> Vec<f64> { ids.iter().map(|id| self.tape.value(*id)).collect() };
        let next = read(&self.update.next);
        let shown = read(&self.update.shown);
        for slot in &self.update.slots {
            let index = self.index(slot.now);
            self.inputs[index] = self.tape.value(slot.next);
        }
        self.set_parameters(&next);
        self.shown = shown;
    }

    /// f at the present point.
    pub fn loss(&mut self) -> f64 {
        self.set_constants(self.steps as f64);
        self.loss_tape.run(&self.inputs);
        self.loss_tape.value(self.update.loss)
    }

    /// f at the point that is drawn.
    pub fn shown_loss(&mut self) -> f64 {
        let parameters = self.parameters();
        let shown = self.shown.clone();
        self.set_parameters(&shown);
        let loss = self.loss();
        self.set_parameters(&parameters);
        loss
    }

    fn index(&self, node: NodeId) -> usize {
        index(self.update, node)
    }

    fn set_parameters(&mut self, parameters: &[f64]) {
        for (node, value) in self.update.parameters.iter().zip(parameters) {
            let index = self.index(*node);
            self.inputs[index] = *value;
        }
    }

    fn set_constants(&mut self, t: f64) {
        set_constants(self.update, t, &mut self.inputs);
    }

    fn start_state(&mut self) {
        let initial: Vec<_> = self.update.slots.iter().map(|slot| slot.initial).collect();
        let mut tape = Tape::new(&self.update.graph, &initial);
        self.set_constants(FIRST_STEP);
        tape.run(&self.inputs);
        for slot in &self.update.slots {
            let index = self.index(slot.now);
            self.inputs[index] = tape.value(slot.initial);
        }
    }
}
