//! Instructions to nodes, by running them on a stack of values.

mod calls;
mod rows;

use super::rows::Rows;
use super::syntax::{Code, Expression, Instruction};
use super::value::{Value, by_part};
use super::{FormulaError, Graph, NodeId, Span, Unary, advice, derivative, matrix};
use std::collections::BTreeMap;
use std::f64::consts::{E, PI, TAU};

pub use rows::{check_no_sums, check_summed};

/// What names stand for.
#[derive(Debug, Clone)]
pub struct Scope {
    values: BTreeMap<String, Value>,
    /// In an update rule, what `H`, `loss_at`, `grad_at` and `hvp` speak of.
    pub loss: Option<LossNodes>,
    /// In a loss, the rows that `mean(…)` and `sum(…)` go over; elsewhere they mean nothing.
    pub rows: Option<Rows>,
    /// Where all nodes are said to come from, when their text is not the one that messages show.
    pub place: Option<Span>,
}

/// A loss at a point, as nodes.
#[derive(Debug, Clone)]
pub struct LossNodes {
    /// The point: inputs, one a parameter.
    pub point: Vec<NodeId>,
    /// f there.
    pub value: NodeId,
    /// ∂f/∂wᵢ there.
    pub gradient: Vec<NodeId>,
}

impl Scope {
    /// `pi`, `e` and `tau`, with their Greek letters.
    pub fn of_constants(graph: &mut Graph) -> Self {
        let mut scope = Self {
            values: BTreeMap::new(),
            loss: None,
            rows: None,
            place: None,
        };
        for (name, value) in [("pi", PI), ("π", PI), ("e", E), ("tau", TAU), ("τ", TAU)] {
            let node = graph.constant(value);
            scope.bind(name, Value::Scalar(node));
        }
        scope
    }

    /// Lets `name` stand for `value` from now on.
    pub fn bind(&mut self, name: &str, value: Value) {
        self.values.insert(name.to_owned(), value);
    }

    /// All names that stand for something.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.values.keys().map(String::as_str)
    }

    /// What `name` stands for.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }
}

/// The value of an expression.
///
/// # Errors
/// Unknown names, wrong counts of arguments, values of the wrong shape.
pub fn lower(
    graph: &mut Graph,
    expression: &Expression,
    scope: &Scope,
) -> Result<Value, FormulaError> {
    let mut machine = Machine {
        graph,
        scope,
        indices: Vec::new(),
        stack: Vec::new(),
        steps: 0,
    };
    machine.run(expression)
}

/// The value of an expression that must be one number.
///
/// # Errors
/// As [`lower()`], and where the value is a vector or a matrix.
pub fn lower_scalar(
    graph: &mut Graph,
    expression: &Expression,
    scope: &Scope,
) -> Result<NodeId, FormulaError> {
    let span = expression.span();
    scalar(lower(graph, expression, scope)?, &span)
}

fn scalar(value: Value, span: &Span) -> Result<NodeId, FormulaError> {
    match value.nodes() {
        [only] => Ok(*only),
        _ => Err(FormulaError::new(
            span.clone(),
            format!(
                "this is {}, but one number is wanted; `norm(…)` or `dot(…, …)` make one",
                value.shape().name()
            ),
        )),
    }
}

/// Times that a loop may run: far beyond what a shader can hold.
const MAX_TURNS: f64 = 10_000.0;

/// Instructions that loops may run: they need not make nodes.
const MAX_STEPS: usize = 300_000;

/// Nodes that a graph may have: loops within loops end here.
const MAX_NODES: usize = 200_000;

struct Machine<'a> {
    graph: &'a mut Graph,
    scope: &'a Scope,
    /// Of the loops around, the inner ones last.
    indices: Vec<(String, NodeId)>,
    stack: Vec<Value>,
    /// Instructions run.
    steps: usize,
}

impl Machine<'_> {
    fn pop(&mut self) -> Value {
        self.stack
            .pop()
            .expect("the parser leaves a value for each operand")
    }

    fn run(&mut self, expression: &Expression) -> Result<Value, FormulaError> {
        for instruction in &expression.instructions {
            let span = self.scope.place.as_ref().unwrap_or(&instruction.span);
            self.graph.span = span.clone();
            self.step(instruction)?;
        }
        Ok(self.pop())
    }

    fn step(&mut self, instruction: &Instruction) -> Result<(), FormulaError> {
        let span = &instruction.span;
        let value = match &instruction.code {
            Code::Number(value) => Value::Scalar(self.graph.constant(*value)),
            Code::Name { name, called } => self.name(name, *called, span)?,
            Code::Unary(unary) => {
                let x = self.pop();
                self.map(*unary, x)
            }
            Code::Binary(binary) => {
                let b = self.pop();
                let a = self.pop();
                self.zip(a, b, span, |graph, a, b| graph.binary(*binary, a, b))?
            }
            Code::Call { name, arguments } => {
                let at = self.stack.len() - arguments;
                let arguments = self.stack.split_off(at);
                self.call(name, arguments, span)?
            }
            Code::Loop {
                product,
                index,
                body,
            } => {
                let to = self.pop();
                let from = self.pop();
                let turns = self.turns(from, to, span)?;
                self.repeat(*product, index, body, turns, span)?
            }
        };
        self.stack.push(value);
        Ok(())
    }

    /// The whole numbers from one constant to another.
    fn turns(
        &self,
        from: Value,
        to: Value,
        span: &Span,
    ) -> Result<std::ops::RangeInclusive<i64>, FormulaError> {
        let whole = |value: Value| match value {
            Value::Scalar(id) => self.graph.as_constant(id).filter(|x| x.fract() == 0.0),
            Value::Vector(_) | Value::Matrix(_) => None,
        };
        let (Some(from), Some(to)) = (whole(from), whole(to)) else {
            return Err(FormulaError::new(
                span.clone(),
                "a loop runs from one whole number to another; both must be known in advance",
            ));
        };
        if to - from >= MAX_TURNS || from.abs() > 1e15 {
            return Err(FormulaError::new(
                span.clone(),
                format!(
                    "this loop runs {:e} times; {MAX_TURNS} is the most",
                    to - from + 1.0
                ),
            ));
        }
        Ok(from as i64..=to as i64)
    }

    fn repeat(
        &mut self,
        product: bool,
        index: &str,
        body: &Expression,
        turns: std::ops::RangeInclusive<i64>,
        span: &Span,
    ) -> Result<Value, FormulaError> {
        let start = self.graph.constant(f64::from(u8::from(product)));
        let mut result = Value::Scalar(start);
        for turn in turns {
            let number = self.graph.constant(turn as f64);
            self.indices.push((index.to_owned(), number));
            let term = self.run(body)?;
            self.indices.pop();
            result = match product {
                true => self.zip(result, term, span, Graph::mul)?,
                false => self.zip(result, term, span, Graph::add)?,
            };
            self.steps += 1 + body.instructions.len();
            if self.graph.len() > MAX_NODES || self.steps > MAX_STEPS {
                return Err(FormulaError::new(
                    span.clone(),
                    format!("this loop makes more than {MAX_NODES} operations"),
                ));
            }
        }
        Ok(result)
    }

    fn name(&mut self, name: &str, called: bool, span: &Span) -> Result<Value, FormulaError> {
        let index = self.indices.iter().rfind(|(index, _)| index == name);
        if let Some((_, number)) = index {
            return Ok(Value::Scalar(*number));
        }
        if let Some(value) = self.scope.get(name) {
            return Ok(value.clone());
        }
        match (&self.scope.loss, name) {
            (Some(loss), "H") => {
                let rows = derivative::hessian(self.graph, loss.value, &loss.point);
                return Ok(Value::Matrix(rows.concat()));
            }
            (Some(loss), "I") => {
                let identity = matrix::identity(self.graph, loss.point.len());
                return Ok(Value::Matrix(identity));
            }
            _ => {}
        }
        if called {
            return Err(advice::unknown_function(span.clone(), name));
        }
        let indices = self.indices.iter().map(|(index, _)| index.as_str());
        let names = indices.chain(self.scope.names());
        Err(advice::unknown_name(span.clone(), name, names))
    }

    fn map(&mut self, unary: Unary, x: Value) -> Value {
        let nodes = x.nodes().iter();
        let parts = nodes.map(|x| self.graph.unary(unary, *x)).collect();
        Value::of_nodes(x.shape(), parts)
    }

    fn zip(
        &mut self,
        a: Value,
        b: Value,
        span: &Span,
        mut operation: impl FnMut(&mut Graph, NodeId, NodeId) -> NodeId,
    ) -> Result<Value, FormulaError> {
        by_part(self.graph, [a, b], span, |graph, [a, b]| {
            operation(graph, a, b)
        })
    }
}
