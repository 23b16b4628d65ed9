//! A rule joined with a loss: one graph from `w` and state to the next `w` and state.
//!
//! Numbers that change with t alone, state included, are at step rate: they are computed once a
//! step in f64 for all descents. A hyperparameter that is exactly 0 is folded away, with all that
//! it multiplies; any other value can change without a new shader.

use super::rule::{Rule, Setting, Settings};
use crate::formula::parser;
use crate::formula::syntax::Expression;
use crate::formula::{
    FormulaError, Graph, NodeId, Rate, Scope, Span, Value, derivative, lower, lower_scalar, nearest,
};
use crate::loss::Loss;
use std::collections::BTreeMap;

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
    /// What it is at the start of a step.
    pub now: NodeId,
    /// What the step makes of it.
    pub next: NodeId,
    /// What it is before the first step: an expression of parameters at the start point.
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
    /// f there.
    pub loss: NodeId,
    /// |∇f|² there.
    pub gradient_square: NodeId,
    /// The parameters after the step.
    pub next: Vec<NodeId>,
    /// The point that is drawn after the step.
    pub shown: Vec<NodeId>,
    /// State that the rule keeps; dead state is removed.
    pub slots: Vec<Slot>,
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

    /// Which slots are the same for all descents: those that depend, through whatever other
    /// slots, on t and hyperparameters alone.
    fn slot_rates(&self) -> Vec<Rate> {
        let mut rates = vec![Rate::Step; self.slots.len()];
        loop {
            let before = rates.clone();
            for (slot, rate) in self.slots.iter().zip(&mut rates) {
                let varies = |node: NodeId| {
                    self.inputs_of(node).any(|input| match input {
                        Input::Parameter(_) => true,
                        Input::State(i) => before[i] == Rate::Descent,
                        Input::Step | Input::Hyper(_) => false,
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

    fn inputs_of(&self, node: NodeId) -> impl Iterator<Item = Input> {
        let needed = self.graph.needed(&[node]).into_iter();
        needed.filter_map(|id| Some(self.inputs[self.graph.as_input(id)?.index()]))
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
    let sizes = rule
        .states
        .iter()
        .map(|state| if state.vector { parameters } else { 1 });
    sizes.sum()
}

fn check_settings(rule: &Rule, settings: &Settings) -> Result<(), UpdateError> {
    for (name, setting) in settings {
        if let Some(flag) = rule.flags.iter().find(|flag| flag.name == *name) {
            if !matches!(setting, Setting::Number(value) if *value == 0.0 || *value == 1.0) {
                return Err(UpdateError::NotAFlag(flag.name.clone()));
            }
        } else if !rule.setting_names().any(|known| known == name) {
            let advice = match nearest(name, rule.setting_names()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => {
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

/// Builds the graph of one update.
struct Builder<'a> {
    rule: &'a Rule,
    loss: &'a Loss,
    settings: &'a Settings,
    graph: Graph,
    inputs: Vec<Input>,
}

impl<'a> Builder<'a> {
    fn new(rule: &'a Rule, loss: &'a Loss, settings: &'a Settings) -> Self {
        Self {
            rule,
            loss,
            settings,
            graph: Graph::new(),
            inputs: Vec::new(),
        }
    }

    fn input(&mut self, meaning: Input, rate: Rate) -> NodeId {
        self.inputs.push(meaning);
        self.graph.input(rate)
    }

    fn build(mut self, slot_rates: &[Rate]) -> Result<Update, UpdateError> {
        let count = self.loss.parameters.len();
        let parameters: Vec<_> = (0..count)
            .map(|i| self.input(Input::Parameter(i), Rate::Descent))
            .collect();
        let mut scope = Scope::of_constants(&mut self.graph);
        let t = self.input(Input::Step, Rate::Step);
        scope.bind("t", Value::Scalar(t));
        self.bind_flags(&mut scope);
        self.bind_hypers(&mut scope)?;
        scope.bind("w", Value::Vector(parameters.clone()));
        let states = self.bind_states(&mut scope, slot_rates)?;
        let (loss, gradient_square) = self.bind_loss(&mut scope, &parameters)?;
        self.run(&mut scope)?;
        let next = self.vector(&scope, "w", count);
        let shown = match &self.rule.show {
            None => next.clone(),
            Some((name, span)) if scope.get(name).is_none() => {
                let known = self.rule.states.iter().map(|state| state.name.as_str());
                return Err(UpdateError::Rule(FormulaError::unknown(
                    span.clone(),
                    "name",
                    name,
                    known.chain(["w"]),
                )));
            }
            Some((name, _)) => self.vector(&scope, &name.clone(), count),
        };
        let slots = self.slots(&scope, states, slot_rates);
        Ok(Update {
            graph: self.graph,
            inputs: self.inputs,
            parameters,
            loss,
            gradient_square,
            next,
            shown,
            slots,
        })
    }

    fn bind_flags(&mut self, scope: &mut Scope) {
        for flag in &self.rule.flags {
            let on = match self.settings.get(&flag.name) {
                Some(Setting::Number(value)) => *value != 0.0,
                _ => flag.default,
            };
            let node = self.graph.constant(f64::from(u8::from(on)));
            scope.bind(&flag.name, Value::Scalar(node));
        }
    }

    fn bind_hypers(&mut self, scope: &mut Scope) -> Result<(), UpdateError> {
        for hyper in &self.rule.hypers {
            let node = match self.settings.get(&hyper.name) {
                Some(Setting::Number(value)) => self.hyper(*value),
                Some(Setting::Formula(text)) => self.formula(&hyper.name, text, scope)?,
                None => {
                    let node = lower_scalar(&mut self.graph, &hyper.default, scope)
                        .map_err(UpdateError::Rule)?;
                    match self.graph.as_constant(node) {
                        Some(value) => self.hyper(value),
                        None => node,
                    }
                }
            };
            scope.bind(&hyper.name, Value::Scalar(node));
        }
        Ok(())
    }

    fn hyper(&mut self, value: f64) -> NodeId {
        if value == 0.0 {
            return self.graph.constant(0.0);
        }
        self.input(Input::Hyper(value), Rate::Step)
    }

    fn formula(&mut self, name: &str, text: &str, scope: &Scope) -> Result<NodeId, UpdateError> {
        let lowered = parser::expression(text)
            .and_then(|expression| lower_scalar(&mut self.graph, &expression, scope));
        lowered.map_err(|error| UpdateError::Setting {
            name: name.to_owned(),
            text: text.to_owned(),
            error,
        })
    }

    /// Binds each state to its inputs; returns, for each slot, its input and its initial value.
    fn bind_states(
        &mut self,
        scope: &mut Scope,
        slot_rates: &[Rate],
    ) -> Result<Vec<(NodeId, NodeId)>, UpdateError> {
        let count = self.loss.parameters.len();
        let mut slots = Vec::new();
        let mut bound = Vec::new();
        for state in &self.rule.states {
            let size = if state.vector { count } else { 1 };
            let initial = self.initial(scope, state.initial.as_ref(), size, state.vector)?;
            let mut nodes = Vec::new();
            for initial in initial {
                let number = slots.len();
                let now = self.input(Input::State(number), slot_rates[number]);
                slots.push((now, initial));
                nodes.push(now);
            }
            bound.push((state, nodes));
        }
        for (state, nodes) in bound {
            let value = if state.vector {
                Value::Vector(nodes)
            } else {
                Value::Scalar(nodes[0])
            };
            scope.bind(&state.name, value);
        }
        Ok(slots)
    }

    fn initial(
        &mut self,
        scope: &Scope,
        initial: Option<&Expression>,
        size: usize,
        vector: bool,
    ) -> Result<Vec<NodeId>, UpdateError> {
        let Some(expression) = initial else {
            return Ok(vec![self.graph.constant(0.0); size]);
        };
        match lower(&mut self.graph, expression, scope).map_err(UpdateError::Rule)? {
            Value::Scalar(node) => Ok(vec![node; size]),
            Value::Vector(nodes) if vector => Ok(nodes),
            Value::Vector(_) => Err(UpdateError::Rule(FormulaError::new(
                expression.span(),
                "a scalar cannot start as a vector; declare it with `state`",
            ))),
        }
    }

    fn bind_loss(
        &mut self,
        scope: &mut Scope,
        parameters: &[NodeId],
    ) -> Result<(NodeId, NodeId), UpdateError> {
        let loss = self
            .loss
            .add_to(&mut self.graph, parameters)
            .map_err(UpdateError::Loss)?;
        let gradient = derivative::gradient(&mut self.graph, loss, parameters);
        for name in ["g", "grad", "∇w", "∇f"] {
            scope.bind(name, Value::Vector(gradient.clone()));
        }
        scope.bind("f", Value::Scalar(loss));
        let mut gradient_square = self.graph.constant(0.0);
        for slope in gradient {
            let square = self.graph.square(slope);
            gradient_square = self.graph.add(gradient_square, square);
        }
        Ok((loss, gradient_square))
    }

    fn run(&mut self, scope: &mut Scope) -> Result<(), UpdateError> {
        let sizes: BTreeMap<&str, bool> = self
            .rule
            .states
            .iter()
            .map(|state| (state.name.as_str(), state.vector))
            .chain([("w", true)])
            .collect();
        for statement in &self.rule.statements {
            let value =
                lower(&mut self.graph, &statement.expression, scope).map_err(UpdateError::Rule)?;
            let (name, span) = statement
                .target
                .as_ref()
                .expect("Rule::parse keeps assignments only");
            if let (Some(false), Value::Vector(_)) = (sizes.get(name.as_str()), &value) {
                return Err(UpdateError::Rule(scalar_overflow(name, span.clone())));
            }
            scope.bind(name, value);
        }
        Ok(())
    }

    fn vector(&self, scope: &Scope, name: &str, count: usize) -> Vec<NodeId> {
        match scope.get(name).expect("bound before the statements ran") {
            Value::Scalar(node) => vec![*node; count],
            Value::Vector(nodes) => nodes.clone(),
        }
    }

    fn slots(
        &self,
        scope: &Scope,
        states: Vec<(NodeId, NodeId)>,
        slot_rates: &[Rate],
    ) -> Vec<Slot> {
        let count = self.loss.parameters.len();
        let next = self.rule.states.iter().flat_map(|state| {
            let size = if state.vector { count } else { 1 };
            self.vector(scope, &state.name, size)
        });
        states
            .into_iter()
            .zip(next)
            .zip(slot_rates)
            .map(|(((now, initial), next), rate)| Slot {
                now,
                next,
                initial,
                rate: *rate,
            })
            .collect()
    }
}

fn scalar_overflow(name: &str, span: Span) -> FormulaError {
    FormulaError::new(
        span,
        format!("`{name}` is a scalar, but this has a value for each parameter"),
    )
}
