//! Instructions to nodes, by running them on a stack of values.

use super::syntax::{Code, Expression, Instruction};
use super::{Binary, FormulaError, Graph, NodeId, Span, Unary, advice, function};
use std::collections::BTreeMap;
use std::f64::consts::{E, PI, TAU};

/// What an expression is: one number, or one for each parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// One number.
    Scalar(NodeId),
    /// One for each parameter, in order.
    Vector(Vec<NodeId>),
}

/// What names stand for.
#[derive(Debug, Clone)]
pub struct Scope {
    values: BTreeMap<String, Value>,
}

impl Scope {
    /// `pi`, `e` and `tau`, with their Greek letters.
    pub fn of_constants(graph: &mut Graph) -> Self {
        let mut scope = Self {
            values: BTreeMap::new(),
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

    /// What `name` stands for.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }
}

/// The value of an expression.
///
/// # Errors
/// Unknown names, wrong counts of arguments, vectors where a number is wanted.
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
/// As [`lower()`], and where the value is a vector.
pub fn lower_scalar(
    graph: &mut Graph,
    expression: &Expression,
    scope: &Scope,
) -> Result<NodeId, FormulaError> {
    let span = expression.span();
    scalar(lower(graph, expression, scope)?, &span)
}

fn scalar(value: Value, span: &Span) -> Result<NodeId, FormulaError> {
    match value {
        Value::Scalar(id) => Ok(id),
        Value::Vector(parts) => match parts.as_slice() {
            [only] => Ok(*only),
            _ => Err(FormulaError::new(
                span.clone(),
                "this has a value for each parameter, but one number is wanted; \
                 `norm(…)` or `dot(…, …)` make one",
            )),
        },
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
            self.graph.span = instruction.span.clone();
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
                self.zip(a, b, |graph, a, b| graph.binary(*binary, a, b))
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
            Value::Vector(_) => None,
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
                true => self.zip(result, term, Graph::mul),
                false => self.zip(result, term, Graph::add),
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

    fn name(&self, name: &str, called: bool, span: &Span) -> Result<Value, FormulaError> {
        let index = self.indices.iter().rfind(|(index, _)| index == name);
        if let Some((_, number)) = index {
            return Ok(Value::Scalar(*number));
        }
        if let Some(value) = self.scope.get(name) {
            return Ok(value.clone());
        }
        if called {
            return Err(advice::unknown_function(span.clone(), name));
        }
        let indices = self.indices.iter().map(|(index, _)| index.as_str());
        let names = indices.chain(self.scope.values.keys().map(String::as_str));
        Err(advice::unknown_name(span.clone(), name, names))
    }

    fn map(&mut self, unary: Unary, x: Value) -> Value {
        match x {
            Value::Scalar(x) => Value::Scalar(self.graph.unary(unary, x)),
            Value::Vector(parts) => Value::Vector(
                parts
                    .into_iter()
                    .map(|x| self.graph.unary(unary, x))
                    .collect(),
            ),
        }
    }

    fn zip(
        &mut self,
        a: Value,
        b: Value,
        mut operation: impl FnMut(&mut Graph, NodeId, NodeId) -> NodeId,
    ) -> Value {
        let length = match (&a, &b) {
            (Value::Scalar(a), Value::Scalar(b)) => {
                return Value::Scalar(operation(self.graph, *a, *b));
            }
            (Value::Vector(parts), _) | (_, Value::Vector(parts)) => parts.len(),
        };
        Value::Vector(
            (0..length)
                .map(|i| operation(self.graph, part(&a, i), part(&b, i)))
                .collect(),
        )
    }

    fn call(
        &mut self,
        name: &str,
        arguments: Vec<Value>,
        span: &Span,
    ) -> Result<Value, FormulaError> {
        let given = arguments.len();
        let mut arguments = arguments.into_iter();
        let mut next = || arguments.next().expect("counted below");
        let count = |wanted: usize| expect_count(name, given, wanted, span);
        if let Some(unary) = function::unary(name) {
            count(1)?;
            return Ok(self.map(unary, next()));
        }
        if let Some(binary) = function::binary(name) {
            count(2)?;
            let (a, b) = (next(), next());
            return Ok(self.zip(a, b, |graph, a, b| graph.binary(binary, a, b)));
        }
        match name {
            "relu" => {
                count(1)?;
                let zero = Value::Scalar(self.graph.constant(0.0));
                // At 0 the slope is that of the first: 0, as in torch.
                Ok(self.extreme(Binary::Max, zero, next()))
            }
            "ceil" => {
                count(1)?;
                let below = self.map(Unary::Neg, next());
                let floor = self.map(Unary::Floor, below);
                Ok(self.map(Unary::Neg, floor))
            }
            "round" => {
                count(1)?;
                let half = Value::Scalar(self.graph.constant(0.5));
                let above = self.zip(next(), half, Graph::add);
                Ok(self.map(Unary::Floor, above))
            }
            "sec" | "csc" | "cot" => {
                count(1)?;
                let inverse = match name {
                    "sec" => Unary::Cos,
                    "csc" => Unary::Sin,
                    _ => Unary::Tan,
                };
                let one = Value::Scalar(self.graph.constant(1.0));
                let below = self.map(inverse, next());
                Ok(self.zip(one, below, Graph::div))
            }
            "min" | "max" => {
                if given < 2 {
                    return Err(FormulaError::new(
                        span.clone(),
                        format!("`{name}` takes at least 2 values, {given} was given"),
                    ));
                }
                let extreme = if name == "min" {
                    Binary::Min
                } else {
                    Binary::Max
                };
                let first = next();
                Ok(arguments.fold(first, |a, b| self.extreme(extreme, a, b)))
            }
            "clamp" => {
                count(3)?;
                let (x, low, high) = (next(), next(), next());
                let above = self.extreme(Binary::Max, x, low);
                Ok(self.extreme(Binary::Min, above, high))
            }
            "if" => {
                count(3)?;
                let (condition, chosen, other) = (next(), next(), next());
                Ok(self.choose(condition, chosen, other))
            }
            "dot" => {
                count(2)?;
                let (a, b) = (next(), next());
                Ok(Value::Scalar(self.dot(a, b)))
            }
            "norm" => {
                count(1)?;
                let x = next();
                let square = self.dot(x.clone(), x);
                Ok(Value::Scalar(self.graph.unary(Unary::Sqrt, square)))
            }
            _ => unreachable!("every name of function::names is lowered"),
        }
    }

    fn extreme(&mut self, which: Binary, a: Value, b: Value) -> Value {
        self.zip(a, b, |graph, a, b| graph.binary(which, a, b))
    }

    fn choose(&mut self, condition: Value, chosen: Value, other: Value) -> Value {
        let length = [&condition, &chosen, &other]
            .into_iter()
            .find_map(|value| match value {
                Value::Vector(parts) => Some(parts.len()),
                Value::Scalar(_) => None,
            });
        let mut select = |i: usize| {
            self.graph
                .select(part(&condition, i), part(&chosen, i), part(&other, i))
        };
        match length {
            None => Value::Scalar(select(0)),
            Some(length) => Value::Vector((0..length).map(select).collect()),
        }
    }

    fn dot(&mut self, a: Value, b: Value) -> NodeId {
        match self.zip(a, b, Graph::mul) {
            Value::Scalar(product) => product,
            Value::Vector(products) => {
                let zero = self.graph.constant(0.0);
                products
                    .into_iter()
                    .fold(zero, |sum, product| self.graph.add(sum, product))
            }
        }
    }
}

/// The i-th part of a vector; a number is the same in every part.
fn part(value: &Value, i: usize) -> NodeId {
    match value {
        Value::Scalar(id) => *id,
        Value::Vector(parts) => parts[i],
    }
}

fn expect_count(name: &str, given: usize, wanted: usize, span: &Span) -> Result<(), FormulaError> {
    if given == wanted {
        return Ok(());
    }
    let (values, were) = (
        if wanted == 1 { "value" } else { "values" },
        if given == 1 { "was" } else { "were" },
    );
    let advice = if wanted == 2 {
        format!("; write {name}(a, b)")
    } else {
        String::new()
    };
    Err(FormulaError::new(
        span.clone(),
        format!("`{name}` takes {wanted} {values}, {given} {were} given{advice}"),
    ))
}
