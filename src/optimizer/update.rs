//! A rule joined with a loss: one graph from `w` and state to the next `w` and state.
//!
//! Numbers that change with t alone, state included, are at step rate: they are computed once a
//! step in f64 for all descents. A hyperparameter that is exactly 0 is folded away, with all that
//! it multiplies; any other value can change without a new shader.

use super::build::Builder;
use super::lines::LineNodes;
use super::rule::{Rule, Setting, Settings};
use crate::formula::{FormulaError, Graph, NodeId, Op, Rate, Rows, Span, magnitude, nearest};
use crate::loss::Loss;
use std::ops::Range;

/// What an input of the update's graph means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Input {
    /// Parameter i.
    Parameter(usize),
    /// State slot i.
    State(usize),
    /// t, 1 at the first step.
    Step,
    /// A hyperparameter's number.
    Hyper(f64),
}

/// One number of a rule's state.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// Which of [`Update::states`] it belongs to.
    pub state: usize,
    /// Which of that state's numbers it is.
    pub part: usize,
    /// What it is at the start of a step.
    pub now: NodeId,
    /// What the step makes of it.
    pub next: NodeId,
    /// What it is before the first step: an expression of parameters at the start point; t is 1
    /// there.
    pub initial: NodeId,
    /// Step where it is the same for all descents, else descent.
    pub rate: Rate,
}

/// A rule joined with a loss.
#[derive(Debug, Clone)]
pub struct Update {
    /// The graph of everything below.
    pub graph: Graph,
    /// What each input means.
    pub inputs: Vec<Input>,
    /// The parameters at the start of a step.
    pub parameters: Vec<NodeId>,
    /// f there, over all rows where it sums over a table: what is drawn and told.
    pub loss: NodeId,
    /// f there as the step sees it: over its batch where the data has one.
    pub step_loss: NodeId,
    /// ∂f/∂w there, as the step sees it.
    pub gradient: Vec<NodeId>,
    /// |∇f|² there, as the step sees it.
    pub gradient_square: NodeId,
    /// The parameters after the step.
    pub next: Vec<NodeId>,
    /// The point that is drawn after the step.
    pub shown: Vec<NodeId>,
    /// The names of the rule's states, in the order of their declaration.
    pub states: Vec<String>,
    /// State that the rule keeps; dead state is removed.
    pub slots: Vec<Slot>,
    /// What each of the rule's lines became.
    pub lines: Vec<LineNodes>,
    /// The node of each hyperparameter and flag, by name.
    pub settings: Vec<(String, NodeId)>,
    /// The scene's seed, for `normal`.
    pub seed: u32,
    /// The nodes that come from the loss's text; all others come from the rule.
    pub(super) of_loss: Range<usize>,
    /// The line of the rule that makes the most nodes.
    pub(super) longest_line: Span,
}

/// Why a rule cannot run on a loss with these settings.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UpdateError {
    /// The rule's text.
    #[error("{0}")]
    Rule(FormulaError),
    /// The loss's text.
    #[error("{0}")]
    Loss(FormulaError),
    /// A hyperparameter's formula.
    #[error("{name} = \"{text}\": {error}")]
    Setting {
        /// The hyperparameter.
        name: String,
        /// Its formula.
        text: String,
        /// What is wrong with it.
        error: FormulaError,
    },
    /// A name that the rule does not have.
    #[error("unknown hyperparameter `{name}`; {advice}")]
    UnknownSetting {
        /// The name.
        name: String,
        /// What there is instead.
        advice: String,
    },
    /// A flag that is neither 0 nor 1.
    #[error("the flag `{0}` is 0 or 1")]
    NotAFlag(String),
}

impl Update {
    /// Joins `rule` with `loss` under `settings`; what is not set has the rule's default.
    ///
    /// # Errors
    /// Unknown settings, and whatever is wrong in one of the texts.
    pub fn new(rule: &Rule, loss: &Loss, settings: &Settings) -> Result<Self, UpdateError> {
        check_settings(rule, settings)?;
        let all_per_descent = vec![Rate::Descent; slot_count(rule, loss.parameters.len())];
        let draft = Builder::new(rule, loss, settings).build(&all_per_descent)?;
        let rates = draft.slot_rates();
        let update = Builder::new(rule, loss, settings).build(&rates)?;
        Ok(update.without_dead_slots())
    }

    /// The same with another seed; 1 is the default.
    pub fn with_seed(self, seed: u32) -> Self {
        Self { seed, ..self }
    }

    /// How large the loss, |∇f|² and all that leads to them become at most where no parameter is
    /// farther from 0 than its own of `sizes`; infinite where that is not known.
    pub fn magnitude(&self, sizes: &[f64]) -> f64 {
        let values = [self.step_loss, self.gradient_square];
        magnitude(&self.graph, &values, |input| {
            match self.inputs[input.index()] {
                Input::Parameter(i) => sizes[i],
                Input::State(_) | Input::Step | Input::Hyper(_) => f64::INFINITY,
            }
        })
    }

    /// An error at a place in the rule, or in the loss where `node` comes from that.
    pub(super) fn error_at(&self, node: NodeId, error: FormulaError) -> UpdateError {
        if self.of_loss.contains(&node.index()) {
            UpdateError::Loss(error)
        } else {
            UpdateError::Rule(error)
        }
    }

    /// Which slots are the same for all descents: those that depend, through whatever other
    /// slots, on t and hyperparameters alone.
    fn slot_rates(&self) -> Vec<Rate> {
        let mut rates = vec![Rate::Step; self.slots.len()];
        loop {
            let before = rates.clone();
            for (slot, rate) in self.slots.iter().zip(&mut rates) {
                let varies = |node: NodeId| {
                    let needed = self.graph.needed(&[node]).into_iter();
                    needed.map(|id| self.graph.op(id)).any(|op| match op {
                        Op::Input(input) => match self.inputs[input.index()] {
                            Input::Parameter(_) => true,
                            Input::State(i) => before[i] == Rate::Descent,
                            Input::Step | Input::Hyper(_) => false,
                        },
                        Op::Normal(_) | Op::After(..) | Op::Sum(_, Rows::Batch) => true,
                        _ => false,
                    })
                };
                if varies(slot.next) || varies(slot.initial) {
                    *rate = Rate::Descent;
                }
            }
            if rates == before {
                return rates;
            }
        }
    }

    /// Drops the slots that neither the next point nor a kept slot reads.
    fn without_dead_slots(mut self) -> Self {
        let mut live = vec![false; self.slots.len()];
        loop {
            let mut outputs: Vec<_> = self.next.iter().chain(&self.shown).copied().collect();
            for (slot, live) in self.slots.iter().zip(&live) {
                if *live {
                    outputs.push(slot.next);
                }
            }
            let needed = self.graph.needed(&outputs);
            let now: Vec<_> = self
                .slots
                .iter()
                .map(|slot| needed.binary_search(&slot.now).is_ok())
                .collect();
            if now == live {
                break;
            }
            live = now;
        }
        let mut number = 0;
        let mut renumbered = vec![None; self.slots.len()];
        for (i, live) in live.iter().enumerate() {
            if *live {
                renumbered[i] = Some(number);
                number += 1;
            }
        }
        for input in &mut self.inputs {
            if let Input::State(i) = input {
                *i = renumbered[*i].unwrap_or(usize::MAX);
            }
        }
        let mut live = live.into_iter();
        self.slots.retain(|_| live.next().unwrap_or(false));
        self
    }
}

/// How many slots a rule has on a loss of `parameters` parameters, dead ones included.
fn slot_count(rule: &Rule, parameters: usize) -> usize {
    let sizes = rule.states.iter().map(|state| state.shape.size(parameters));
    sizes.sum()
}

fn check_settings(rule: &Rule, settings: &Settings) -> Result<(), UpdateError> {
    for (name, setting) in settings {
        if let Some(flag) = rule.flags.iter().find(|flag| flag.name == *name) {
            if !matches!(setting, Setting::Number(value) if *value == 0.0 || *value == 1.0) {
                return Err(UpdateError::NotAFlag(flag.name.clone()));
            }
        } else if !rule.setting_names().any(|known| known == name) {
            let near = nearest(name, rule.setting_names());
            let advice = match (of_torch(name), near) {
                (Some(advice), _) => advice.to_owned(),
                (None, Some(known)) => format!("did you mean `{known}`?"),
                (None, None) => {
                    let known: Vec<_> = rule.setting_names().collect();
                    match known.is_empty() {
                        true => "this rule has none".to_owned(),
                        false => format!("this rule has {}", known.join(", ")),
                    }
                }
            };
            return Err(UpdateError::UnknownSetting {
                name: name.clone(),
                advice,
            });
        }
    }
    Ok(())
}

/// What is to be said of torch's options that no rule has.
fn of_torch(name: &str) -> Option<&'static str> {
    Some(match name {
        "betas" => "torch's pair is two numbers here, beta1 and beta2",
        "etas" => "torch's pair is two numbers here, eta_minus and eta_plus",
        "step_sizes" => "torch's pair is two numbers here, step_min and step_max",
        "foreach" | "fused" | "capturable" | "differentiable" => {
            "it chooses how torch computes, not what: leave it out"
        }
        _ => return None,
    })
}
