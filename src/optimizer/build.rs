//! Builds the graph of one update: names are bound one after the other, then the lines run.

mod blame;

use super::lines::{Assigned, LineNodes, reads, sides};
use super::rule::{Assignment, Line, Repeat, Rule, Setting, Settings};
use super::update::{Input, Slot, Update, UpdateError};
use crate::formula::parser;
use crate::formula::syntax::Expression;
use crate::formula::{
    FormulaError, Graph, LossNodes, NodeId, Op, Rate, Rows, Scope, Shape, Span, Value, derivative,
    lower, lower_scalar, nearest,
};
use crate::loss::Loss;
use blame::{advised, check_begun, check_schedule, setting_error, wrong_shape, wrong_shape_of};
use std::ops::Range;

/// The graph so far, and what each of its inputs means.
pub struct Builder<'a> {
    rule: &'a Rule,
    loss: &'a Loss,
    settings: &'a Settings,
    graph: Graph,
    inputs: Vec<Input>,
    /// What the lines run so far became.
    lines: Vec<LineNodes>,
}

/// A state's input and its value before the first step.
type Begun = (NodeId, NodeId);

impl<'a> Builder<'a> {
    pub fn new(rule: &'a Rule, loss: &'a Loss, settings: &'a Settings) -> Self {
        Self {
            rule,
            loss,
            settings,
            graph: Graph::new(),
            inputs: Vec::new(),
            lines: Vec::new(),
        }
    }

    fn input(&mut self, meaning: Input, rate: Rate) -> NodeId {
        self.inputs.push(meaning);
        self.graph.input(rate)
    }

    fn count(&self) -> usize {
        self.loss.parameters.len()
    }

    /// The update, where state changes at `slot_rates`.
    ///
    /// # Errors
    /// Whatever is wrong in one of the texts.
    pub fn build(mut self, slot_rates: &[Rate]) -> Result<Update, UpdateError> {
        let parameters: Vec<_> = (0..self.count())
            .map(|i| self.input(Input::Parameter(i), Rate::Descent))
            .collect();
        let mut scope = Scope::of_constants(&mut self.graph);
        let t = self.input(Input::Step, Rate::Step);
        scope.bind("t", Value::Scalar(t));
        self.bind_smallest_loss(&mut scope)?;
        self.bind_flags(&mut scope);
        self.bind_hypers(&mut scope)?;
        let settings = self.settings(&scope);
        scope.bind("w", Value::Vector(parameters.clone()));
        let (loss, whole, of_loss) = self.bind_loss(&mut scope, &parameters)?;
        let states = self.bind_states(&mut scope, slot_rates)?;
        let longest_line = self
            .run(&mut scope)
            .map_err(|error| UpdateError::Rule(advised(error)))?;
        let next = self.numbers(&scope, "w", Shape::Vector);
        let shown = match &self.rule.show {
            None => next.clone(),
            Some((name, span)) => self.shown(&scope, name, span)?,
        };
        let gradient_square = self.gradient_square(&loss.gradient);
        let slots = self.slots(&scope, states, slot_rates);
        let names = self.rule.states.iter().map(|state| state.name.clone());
        Ok(Update {
            states: names.collect(),
            gradient: loss.gradient,
            graph: self.graph,
            inputs: self.inputs,
            parameters,
            loss: whole,
            step_loss: loss.value,
            gradient_square,
            next,
            shown,
            slots,
            lines: self.lines,
            settings,
            seed: 1,
            of_loss,
            longest_line,
        })
    }

    /// `f_min`: the loss at the catalogue's first minimum, or 0.
    fn bind_smallest_loss(&mut self, scope: &mut Scope) -> Result<(), UpdateError> {
        if !self.rule.reads("f_min") {
            return Ok(());
        }
        let value = match self.loss.minima.first() {
            Some(point) => {
                let there = self.loss.evaluate(point).map_err(UpdateError::Loss)?;
                there.value
            }
            None => 0.0,
        };
        let node = self.graph.constant(value);
        scope.bind("f_min", Value::Scalar(node));
        Ok(())
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
                Some(Setting::Formula(text)) => self
                    .formula(text, scope)
                    .map_err(|error| setting_error(hyper, text, error))?,
                None => self
                    .default(&hyper.default, scope)
                    .map_err(UpdateError::Rule)?,
            };
            scope.bind(&hyper.name, Value::Scalar(node));
        }
        Ok(())
    }

    /// The node of each hyperparameter and flag.
    fn settings(&self, scope: &Scope) -> Vec<(String, NodeId)> {
        let bound = |name: &str| {
            scope
                .get(name)
                .map(|value| (name.to_owned(), value.nodes()[0]))
        };
        self.rule.setting_names().filter_map(bound).collect()
    }

    fn hyper(&mut self, value: f64) -> NodeId {
        if value == 0.0 {
            return self.graph.constant(0.0);
        }
        self.input(Input::Hyper(value), Rate::Step)
    }

    fn formula(&mut self, text: &str, scope: &Scope) -> Result<NodeId, FormulaError> {
        let expression = parser::expression(text)?;
        check_schedule(&expression, scope)?;
        lower_scalar(&mut self.graph, &expression, scope)
    }

    fn default(&mut self, expression: &Expression, scope: &Scope) -> Result<NodeId, FormulaError> {
        check_schedule(expression, scope)?;
        let node = lower_scalar(&mut self.graph, expression, scope)?;
        Ok(match self.graph.as_constant(node) {
            Some(value) => self.hyper(value),
            None => node,
        })
    }

    /// Also tells f over all rows, where a step sees a batch of them, and which nodes come from the
    /// loss's text.
    fn bind_loss(
        &mut self,
        scope: &mut Scope,
        parameters: &[NodeId],
    ) -> Result<(LossNodes, NodeId, Range<usize>), UpdateError> {
        let start = self.graph.len();
        let add = |graph: &mut Graph, rows: Rows| {
            let value = self.loss.add_to(graph, parameters, rows);
            value.map_err(UpdateError::Loss)
        };
        let whole = add(&mut self.graph, Rows::All)?;
        let batch = self.loss.data.as_ref().and_then(|data| data.batch);
        let value = match batch {
            Some(_) => add(&mut self.graph, Rows::Batch)?,
            None => whole,
        };
        let gradient = derivative::gradient(&mut self.graph, value, parameters);
        for name in ["g", "grad", "∇w", "∇f"] {
            scope.bind(name, Value::Vector(gradient.clone()));
        }
        scope.bind("f", Value::Scalar(value));
        let nodes = LossNodes {
            point: parameters.to_vec(),
            value,
            gradient,
        };
        scope.loss = Some(nodes.clone());
        Ok((nodes, whole, start..self.graph.len()))
    }

    fn gradient_square(&mut self, gradient: &[NodeId]) -> NodeId {
        let zero = self.graph.constant(0.0);
        gradient.iter().fold(zero, |sum, slope| {
            let square = self.graph.square(*slope);
            self.graph.add(sum, square)
        })
    }

    /// Binds each state to its inputs; the slots come in the order of declaration.
    fn bind_states(
        &mut self,
        scope: &mut Scope,
        slot_rates: &[Rate],
    ) -> Result<Vec<Begun>, UpdateError> {
        let mut slots = Vec::new();
        let mut bound = Vec::new();
        for state in &self.rule.states {
            let initial = match &state.initial {
                None => {
                    let zero = self.graph.constant(0.0);
                    vec![zero; state.shape.size(self.count())]
                }
                Some(expression) => self
                    .initial(scope, expression, state.shape)
                    .map_err(UpdateError::Rule)?,
            };
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
            scope.bind(&state.name, Value::of_nodes(state.shape, nodes));
        }
        Ok(slots)
    }

    fn initial(
        &mut self,
        scope: &Scope,
        expression: &Expression,
        shape: Shape,
    ) -> Result<Vec<NodeId>, FormulaError> {
        let value = lower(&mut self.graph, expression, scope)?;
        let needed = self.graph.needed(value.nodes());
        if needed
            .iter()
            .any(|id| matches!(self.graph.op(*id), Op::Normal(_)))
        {
            return Err(FormulaError::new(
                expression.span(),
                "`normal` is drawn in a step; a state begins without it",
            ));
        }
        self.shaped(&value, shape)
            .ok_or_else(|| wrong_shape(expression.span(), shape, &value))
    }

    /// The numbers of a value in a shape; a single number fills any.
    fn shaped(&self, value: &Value, shape: Shape) -> Option<Vec<NodeId>> {
        match value {
            Value::Scalar(node) => Some(vec![*node; shape.size(self.count())]),
            _ if value.shape() == shape => Some(value.nodes().to_vec()),
            _ => None,
        }
    }

    /// The shape that a name must keep from step to step, if it must.
    fn declared_shape(&self, name: &str) -> Option<Shape> {
        if name == "w" {
            return Some(Shape::Vector);
        }
        let state = self.rule.states.iter().find(|state| state.name == name)?;
        Some(state.shape)
    }

    /// Runs the lines; gives the place of the one that made the most nodes.
    fn run(&mut self, scope: &mut Scope) -> Result<Span, FormulaError> {
        let mut longest = (0, 0..0);
        for line in &self.rule.lines {
            let before = self.graph.len();
            match line {
                Line::Assign(assignment) => {
                    let assigned = self.assign(scope, assignment)?;
                    self.lines.push(LineNodes::Assign(assigned));
                }
                Line::Repeat(repeat) => self.repeat(scope, repeat)?,
            }
            let made = self.graph.len() - before;
            if made > longest.0 {
                let spans = line.expressions().map(Expression::span);
                let whole = spans.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end));
                longest = (made, whole.unwrap_or_default());
            }
        }
        Ok(longest.1)
    }

    fn assign(
        &mut self,
        scope: &mut Scope,
        assignment: &Assignment,
    ) -> Result<Assigned, FormulaError> {
        let (name, span) = &assignment.target;
        check_begun(scope, assignment)?;
        let value = lower(&mut self.graph, &assignment.value, scope)?;
        let mut whole = value.clone();
        if let Some(shape) = self.declared_shape(name) {
            let Some(nodes) = self.shaped(&value, shape) else {
                return Err(wrong_shape_of(name, span.clone(), shape, &value));
            };
            whole = Value::of_nodes(shape, nodes);
        }
        let before = scope.get(name).cloned();
        let reads = reads(&mut self.graph, scope, &assignment.value);
        scope.bind(name, value);
        Ok(Assigned {
            before,
            value: whole,
            reads,
        })
    }

    /// What is assigned within the loop is carried from turn to turn.
    fn repeat(&mut self, scope: &mut Scope, repeat: &Repeat) -> Result<(), FormulaError> {
        let mut names: Vec<&str> = Vec::new();
        let mut shapes = Vec::new();
        let mut initial = Vec::new();
        for assignment in &repeat.body {
            let (name, span) = &assignment.target;
            if names.contains(&name.as_str()) {
                continue;
            }
            let Some(value) = scope.get(name) else {
                return Err(FormulaError::new(
                    span.clone(),
                    format!("`{name}` needs a value before the loop"),
                ));
            };
            let shape = self.declared_shape(name).unwrap_or(value.shape());
            initial.extend(self.shaped(value, shape).expect("held to its shape"));
            names.push(name);
            shapes.push(shape);
        }
        let carried: Vec<_> = initial.iter().map(|_| self.graph.variable()).collect();
        self.bind_carried(scope, &names, &shapes, &carried);
        let condition = lower_scalar(&mut self.graph, &repeat.condition, scope)?;
        let reads = reads(&mut self.graph, scope, &repeat.condition);
        let sides = sides(&mut self.graph, scope, &repeat.condition);
        let body = repeat.body.iter();
        let body: Vec<_> = body
            .map(|assignment| self.assign(scope, assignment))
            .collect::<Result<_, _>>()?;
        let mut next = Vec::new();
        for (name, shape) in names.iter().zip(&shapes) {
            let value = scope.get(name).expect("bound above");
            let numbers = self.shaped(value, *shape).ok_or_else(|| {
                let body = repeat.body.iter();
                let mut targets = body.map(|assignment| &assignment.target);
                let place = targets.rfind(|(target, _)| target == name);
                let span = place.map(|(_, span)| span.clone()).unwrap_or_default();
                wrong_shape_of(name, span, *shape, value)
            })?;
            next.extend(numbers);
        }
        let after = self
            .graph
            .repeat(repeat.limit, [carried, initial, next], condition);
        self.bind_carried(scope, &names, &shapes, &after);
        self.lines.push(LineNodes::Repeat {
            after,
            condition,
            reads,
            sides,
            body,
        });
        Ok(())
    }

    fn bind_carried(&self, scope: &mut Scope, names: &[&str], shapes: &[Shape], nodes: &[NodeId]) {
        let mut rest = nodes;
        for (name, shape) in names.iter().zip(shapes) {
            let (own, others) = rest.split_at(shape.size(self.count()));
            scope.bind(name, Value::of_nodes(*shape, own.to_vec()));
            rest = others;
        }
    }

    fn shown(&self, scope: &Scope, name: &str, span: &Span) -> Result<Vec<NodeId>, UpdateError> {
        let Some(value) = scope.get(name) else {
            let known = self.rule.lines.iter().flat_map(Line::assignments);
            let known: Vec<_> = known.map(|known| known.target.0.as_str()).collect();
            let message = match nearest(name, known.iter().copied()) {
                Some(near) => format!("unknown name `{name}`; did you mean `{near}`?"),
                None => format!(
                    "unknown name `{name}`; this rule can show {}",
                    known.join(", ")
                ),
            };
            return Err(UpdateError::Rule(FormulaError::new(span.clone(), message)));
        };
        match self.shaped(value, Shape::Vector) {
            Some(nodes) if value.shape() == Shape::Vector => Ok(nodes),
            _ => {
                let error = wrong_shape_of(name, span.clone(), Shape::Vector, value);
                Err(UpdateError::Rule(error))
            }
        }
    }

    fn numbers(&self, scope: &Scope, name: &str, shape: Shape) -> Vec<NodeId> {
        let value = scope.get(name).expect("bound before the lines ran");
        self.shaped(value, shape).expect("held to its shape")
    }

    fn slots(&self, scope: &Scope, states: Vec<Begun>, slot_rates: &[Rate]) -> Vec<Slot> {
        let declared = self.rule.states.iter().enumerate();
        let numbers = declared.flat_map(|(state, declared)| {
            let next = self.numbers(scope, &declared.name, declared.shape);
            let parts = next.into_iter().enumerate();
            parts.map(move |(part, next)| (state, part, next))
        });
        states
            .into_iter()
            .zip(numbers)
            .zip(slot_rates)
            .map(|(((now, initial), (state, part, next)), rate)| Slot {
                state,
                part,
                now,
                next,
                initial,
                rate: *rate,
            })
            .collect()
    }
}
