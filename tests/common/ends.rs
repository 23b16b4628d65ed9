//! How a descent ends, in f64, by the rules that `Ends` states.

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
}

/// Who takes the steps.
enum Walk<'a> {
    Exact(Box<Stepper<'a>>),
    Rounded(Rounded<'a>),
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

    fn is_within(&self, point: &[f64]) -> bool {
        let mut parts = point.iter().zip(&self.ends.centre).zip(&self.ends.reach);
        parts.all(|((x, centre), reach)| (x - centre).abs() <= *reach)
    }

    /// Follows one descent for `steps` steps, or to its end.
    pub fn stand(&mut self, descent: u32, start: &[f32], steps: u32) -> Stand {
        let start: Vec<_> = start.iter().map(|x| f64::from(*x)).collect();
        let walk = Stepper::of_descent(self.update, &start, descent);
        self.follow(Walk::Exact(Box::new(walk)), start, steps)
    }

    /// The same with rounding errors of f32's size, which `seed` chooses.
    pub fn rounded_stand(&mut self, descent: u32, start: &[f32], steps: u32, seed: u32) -> Stand {
        let start: Vec<_> = start.iter().map(|x| f64::from(*x)).collect();
        let walk = Rounded::new(self.update, &start, descent, seed);
        self.follow(Walk::Rounded(walk), start, steps)
    }

    fn follow(&mut self, mut stepper: Walk, start: Vec<f64>, steps: u32) -> Stand {
        let mut before = start;
        for step in 0..=steps {
            let at = |status, end_step, place: &[f64]| Stand {
                status,
                end_step,
                place: place.to_vec(),
            };
            let [value, square] = self.evaluate(&stepper.parameters());
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
