//! How a descent ends, in f64, by the rules that `Ends` states.

use super::narrow::Narrow;
use super::rounded::Rounded;
use thalweg::formula::evaluate::Tape;
use thalweg::loss::{Loss, LossGraph};
use thalweg::optimizer::{Stepper, Update};
use thalweg::simulation::Ends;

pub const RUNNING: u32 = 0;
pub const CONVERGED: u32 = 1;
pub const DIVERGED: u32 = 2;

/// Where and how a descent stands after so many steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Stand {
    pub status: u32,
    pub end_step: u32,
    /// The point that is drawn.
    pub place: Vec<f64>,
    /// Whether the way led where a function has no meaning in f32.
    pub is_lost: bool,
}

/// Who takes the steps.
enum Walk<'a> {
    Exact(Box<Stepper<'a>>),
    Rounded(Box<Rounded<'a>>),
}

impl Walk<'_> {
    fn step(&mut self) {
        match self {
            Self::Exact(walk) => walk.step(),
            Self::Rounded(walk) => walk.step(),
        }
    }

    fn parameters(&self) -> Vec<f64> {
        match self {
            Self::Exact(walk) => walk.parameters(),
            Self::Rounded(walk) => walk.parameters(),
        }
    }

    fn is_lost(&self) -> bool {
        match self {
            Self::Exact(_) => false,
            Self::Rounded(walk) => walk.numbers.is_lost,
        }
    }

    fn shown(&self) -> &[f64] {
        match self {
            Self::Exact(walk) => walk.shown(),
            Self::Rounded(walk) => walk.shown(),
        }
    }
}

fn is_narrow(x: f64) -> bool {
    (x as f32).is_finite()
}

/// A rule on a loss, ready to be followed many times.
pub struct Rules<'a> {
    update: &'a Update,
    loss: LossGraph,
    tape: Tape,
    ends: &'a Ends,
}

impl<'a> Rules<'a> {
    pub fn new(update: &'a Update, loss: &Loss, ends: &'a Ends) -> Self {
        let loss = loss.graph().expect("a loss");
        let mut outputs = vec![loss.value];
        outputs.extend(&loss.gradient);
        Self {
            tape: Tape::new(&loss.graph, &outputs),
            update,
            loss,
            ends,
        }
    }

    /// f and |∇f|².
    fn evaluate(&mut self, w: &[f64]) -> [f64; 2] {
        self.tape.run(w);
        let slopes = self.loss.gradient.iter();
        let squares = slopes.map(|id| self.tape.value(*id).powi(2));
        [self.tape.value(self.loss.value), squares.sum()]
    }

    /// The same with rounding errors of f32's size, and with its range.
    fn rounded(&self, w: &[f64], like: &Narrow) -> [f64; 2] {
        let LossGraph { graph, .. } = &self.loss;
        let mut numbers = Narrow::new(graph, w.len(), like.chance, like.noise_seed);
        numbers.put(&self.loss.parameters, w);
        let outputs = [&[self.loss.value], self.loss.gradient.as_slice()].concat();
        let values = numbers.evaluate(&outputs);
        let square = values[1..].iter().map(|slope| slope.powi(2)).sum();
        [values[0], square]
    }

    fn is_within(&self, point: &[f64]) -> bool {
        let mut parts = point.iter().zip(&self.ends.centre).zip(&self.ends.reach);
        parts.all(|((x, centre), reach)| (x - centre).abs() <= *reach)
    }

    /// Follows one descent for `steps` steps, or to its end.
    pub fn stand(&mut self, descent: u32, start: &[f32], steps: u32) -> Stand {
        let start: Vec<_> = start.iter().map(|x| f64::from(*x)).collect();
        let walk = Stepper::of_descent(self.update, &start, descent);
        self.follow(&mut Walk::Exact(Box::new(walk)), start, steps)
    }

    /// The same with rounding errors of f32's size, which `seed` chooses.
    pub fn rounded_stand(&mut self, descent: u32, start: &[f32], steps: u32, seed: u32) -> Stand {
        let start: Vec<_> = start.iter().map(|x| f64::from(*x)).collect();
        let walk = Rounded::new(self.update, &start, descent, seed);
        let mut walk = Walk::Rounded(Box::new(walk));
        let mut stand = self.follow(&mut walk, start, steps);
        stand.is_lost = walk.is_lost();
        stand
    }

    fn follow(&mut self, stepper: &mut Walk, start: Vec<f64>, steps: u32) -> Stand {
        let mut before = start;
        for step in 0..=steps {
            let at = |status, end_step, place: &[f64]| Stand {
                status,
                end_step,
                place: place.to_vec(),
                is_lost: false,
            };
            let [value, square] = match stepper {
                Walk::Exact(walk) => self.evaluate(&walk.parameters()),
                Walk::Rounded(walk) => self.rounded(&walk.parameters(), &walk.numbers),
            };
            if !is_narrow(value) {
                return at(DIVERGED, step.max(1) - 1, &before);
            }
            if step == steps {
                return at(RUNNING, steps, stepper.shown());
            }
            let meets = |tolerance: Option<f64>, size| tolerance.is_some_and(|most| size <= most);
            let is_flat = meets(self.ends.converged_gradient, square.sqrt());
            if is_flat || meets(self.ends.converged_loss, value) {
                return at(CONVERGED, step, stepper.shown());
            }
            before = stepper.shown().to_vec();
            stepper.step();
            let goes_on = self.is_within(&stepper.parameters()) && self.is_within(stepper.shown());
            if !is_narrow(square) || !goes_on {
                return at(DIVERGED, step, &before);
            }
        }
        unreachable!("the last turn returns")
    }
}
