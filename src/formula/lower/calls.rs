//! Functions that are built from operations, or that take vectors, matrices and the loss.

use super::{
    FormulaError, Machine, NodeId, Scope, Span, Value, by_part, derivative, lower, matrix, scalar,
};
use crate::formula::schedule::{self, Schedule};
use crate::formula::value::Shape;
use crate::formula::{Binary, Graph, Op, Unary, function, parser};

/// Draws of `normal(k)` from one k to the next: one for each parameter.
const DRAWS: u32 = 16;

/// The largest k of `normal(k)`.
const MAX_NORMAL: f64 = 1e6;

/// A call's arguments, and what its errors say.
pub(super) struct Call<'a> {
    pub(super) name: &'a str,
    given: usize,
    pub(super) span: &'a Span,
    rest: std::vec::IntoIter<Value>,
}

impl Call<'_> {
    /// The arguments, which must be so many.
    pub(super) fn take<const N: usize>(&mut self) -> Result<[Value; N], FormulaError> {
        if self.given != N {
            let (values, were) = (
                if N == 1 { "value" } else { "values" },
                if self.given == 1 { "was" } else { "were" },
            );
            let (name, given) = (self.name, self.given);
            let advice = if N == 2 {
                format!("; write {name}(a, b)")
            } else {
                String::new()
            };
            return Err(self.error(format!(
                "`{name}` takes {N} {values}, {given} {were} given{advice}"
            )));
        }
        Ok(std::array::from_fn(|_| self.rest.next().expect("counted")))
    }

    pub(super) fn error(&self, message: impl Into<String>) -> FormulaError {
        FormulaError::new(self.span.clone(), message)
    }

    fn wrong_shape(&self, wanted: Shape, got: &Value) -> FormulaError {
        self.error(format!(
            "`{}` takes {} here, but this is {}",
            self.name,
            wanted.name(),
            got.shape().name()
        ))
    }
}

impl Machine<'_> {
    pub(super) fn call(
        &mut self,
        name: &str,
        arguments: Vec<Value>,
        span: &Span,
    ) -> Result<Value, FormulaError> {
        let mut call = Call {
            name,
            given: arguments.len(),
            span,
            rest: arguments.into_iter(),
        };
        if let Some(unary) = function::unary(name) {
            let [x] = call.take()?;
            return Ok(self.map(unary, x));
        }
        if let Some(binary) = function::binary(name) {
            let [a, b] = call.take()?;
            return self.zip(a, b, span, |graph, a, b| graph.binary(binary, a, b));
        }
        if let "mean" | "sum" = name {
            return self.over_rows(call);
        }
        if let Some(schedule) = schedule::named(name) {
            return self.schedule(schedule, call);
        }
        if function::is_of_rules(name) {
            return self.rule_call(call);
        }
        self.composed(call)
    }

    fn composed(&mut self, mut call: Call) -> Result<Value, FormulaError> {
        let span = call.span;
        match call.name {
            "relu" => {
                let [x] = call.take()?;
                let zero = Value::Scalar(self.graph.constant(0.0));
                // At 0 the slope is that of the first: 0, as in torch.
                self.extreme(Binary::Max, zero, x, span)
            }
            "ceil" => {
                let [x] = call.take()?;
                let below = self.map(Unary::Neg, x);
                let floor = self.map(Unary::Floor, below);
                Ok(self.map(Unary::Neg, floor))
            }
            "round" => {
                let [x] = call.take()?;
                let half = Value::Scalar(self.graph.constant(0.5));
                let above = self.zip(x, half, span, Graph::add)?;
                Ok(self.map(Unary::Floor, above))
            }
            "sec" | "csc" | "cot" => {
                let inverse = match call.name {
                    "sec" => Unary::Cos,
                    "csc" => Unary::Sin,
                    _ => Unary::Tan,
                };
                let [x] = call.take()?;
                let one = Value::Scalar(self.graph.constant(1.0));
                let below = self.map(inverse, x);
                self.zip(one, below, span, Graph::div)
            }
            "min" | "max" => self.smallest_or_largest(call),
            "clamp" => {
                let [x, low, high] = call.take()?;
                let above = self.extreme(Binary::Max, x, low, span)?;
                self.extreme(Binary::Min, above, high, span)
            }
            "if" => {
                let values = call.take::<3>()?;
                by_part(
                    self.graph,
                    values,
                    span,
                    |graph, [condition, chosen, other]| graph.select(condition, chosen, other),
                )
            }
            "dot" => {
                let [a, b] = call.take()?;
                self.dot(a, b, span)
            }
            "norm" => {
                let [x] = call.take()?;
                let square = self.dot(x.clone(), x, span)?;
                Ok(self.map(Unary::Sqrt, square))
            }
            _ => unreachable!("every name of function::names is lowered"),
        }
    }

    fn smallest_or_largest(&mut self, mut call: Call) -> Result<Value, FormulaError> {
        let (name, given) = (call.name, call.given);
        let Some(first) = call.rest.next().filter(|_| given >= 2) else {
            return Err(call.error(format!(
                "`{name}` takes at least 2 values, {given} was given"
            )));
        };
        let extreme = if name == "min" {
            Binary::Min
        } else {
            Binary::Max
        };
        let span = call.span;
        call.rest
            .try_fold(first, |a, b| self.extreme(extreme, a, b, span))
    }

    fn extreme(
        &mut self,
        which: Binary,
        a: Value,
        b: Value,
        span: &Span,
    ) -> Result<Value, FormulaError> {
        self.zip(a, b, span, |graph, a, b| graph.binary(which, a, b))
    }

    fn dot(&mut self, a: Value, b: Value, span: &Span) -> Result<Value, FormulaError> {
        let products = self.zip(a, b, span, Graph::mul)?;
        let zero = self.graph.constant(0.0);
        let products = products.nodes().iter();
        let sum = products.fold(zero, |sum, product| self.graph.add(sum, *product));
        Ok(Value::Scalar(sum))
    }

    /// A named schedule: its own formula, with the arguments bound.
    fn schedule(&mut self, schedule: &Schedule, mut call: Call) -> Result<Value, FormulaError> {
        let example = || format!("{}({})", schedule.name, schedule.arguments.join(", "));
        if call.given != schedule.arguments.len() {
            return Err(call.error(format!("this schedule is written so: {}", example())));
        }
        let Some(t) = self.scope.get("t") else {
            return Err(call.error(format!(
                "`{}` is a schedule of `t`, for update rules and hyperparameters",
                schedule.name
            )));
        };
        let mut scope = Scope::of_constants(self.graph);
        scope.bind("t", t.clone());
        for name in schedule.arguments {
            let value = call.rest.next().expect("counted");
            scope.bind(name, Value::Scalar(scalar(value, call.span)?));
        }
        let formula = parser::expression(schedule.formula).expect("the table is tested");
        let place = self.scope.place.as_ref().unwrap_or(call.span);
        scope.place = Some(place.clone());
        lower(self.graph, &formula, &scope)
    }

    /// The functions that only an update rule has: they need the loss, or know N.
    fn rule_call(&mut self, mut call: Call) -> Result<Value, FormulaError> {
        let Some(loss) = self.scope.loss.clone() else {
            return Err(call.error(format!(
                "`{}` is for update rules; it is not known here",
                call.name
            )));
        };
        let count = loss.point.len();
        match call.name {
            "loss_at" => {
                let [at] = call.take()?;
                let at = vector(at, count, &call)?;
                let value = self.graph.substitute(&[loss.value], &loss.point, &at);
                Ok(Value::Scalar(value[0]))
            }
            "grad_at" => {
                let [at] = call.take()?;
                let at = vector(at, count, &call)?;
                let gradient = self.graph.substitute(&loss.gradient, &loss.point, &at);
                Ok(Value::Vector(gradient))
            }
            "hvp" => {
                let [direction] = call.take()?;
                let direction = vector(direction, count, &call)?;
                let (slopes, point) = (&loss.gradient, &loss.point);
                let product = derivative::along(self.graph, slopes, point, &direction);
                Ok(Value::Vector(product))
            }
            "normal" => {
                let [k] = call.take()?;
                let draw = self.draw(&k).ok_or_else(|| {
                    call.error("`normal(k)` takes a whole number from 0 that is known in advance: normal(0), normal(1), …")
                })?;
                let draws = draw..draw + count as u32;
                let normals = draws.map(|draw| self.graph.intern(Op::Normal(draw)));
                Ok(Value::Vector(normals.collect()))
            }
            _ => self.linear_algebra(count, call),
        }
    }

    /// The first draw of `normal(k)`.
    fn draw(&self, k: &Value) -> Option<u32> {
        let [k] = k.nodes() else { return None };
        let k = self.graph.as_constant(*k)?;
        let is_known = k.fract() == 0.0 && (0.0..=MAX_NORMAL).contains(&k);
        is_known.then_some(k as u32 * DRAWS)
    }

    fn linear_algebra(&mut self, count: usize, mut call: Call) -> Result<Value, FormulaError> {
        match call.name {
            "outer" => {
                let [a, b] = call.take()?;
                let (a, b) = (vector(a, count, &call)?, vector(b, count, &call)?);
                Ok(Value::Matrix(matrix::outer(self.graph, &a, &b)))
            }
            "matvec" => {
                let [m, v] = call.take()?;
                let (m, v) = (square(m, &call)?, vector(v, count, &call)?);
                Ok(Value::Vector(matrix::product(self.graph, &m, &v)))
            }
            "diag" => {
                let [m] = call.take()?;
                let m = square(m, &call)?;
                Ok(Value::Vector(m.into_iter().step_by(count + 1).collect()))
            }
            "eigmin" => {
                let [m] = call.take()?;
                let m = square(m, &call)?;
                Ok(Value::Scalar(matrix::smallest_eigenvalue(self.graph, &m)))
            }
            _ => {
                let damping = match call.given {
                    3 => call.rest.next_back(),
                    _ => None,
                };
                call.given = call.rest.len();
                let [m, v] = call.take()?;
                let (mut m, v) = (square(m, &call)?, vector(v, count, &call)?);
                if let Some(damping) = damping {
                    let damping = scalar(damping, call.span)?;
                    for number in m.iter_mut().step_by(count + 1) {
                        *number = self.graph.add(*number, damping);
                    }
                }
                Ok(Value::Vector(matrix::solve(self.graph, &m, &v)))
            }
        }
    }
}

/// A vector's numbers; a single number stands for all of them.
fn vector(value: Value, count: usize, call: &Call) -> Result<Vec<NodeId>, FormulaError> {
    match value {
        Value::Scalar(node) => Ok(vec![node; count]),
        Value::Vector(nodes) => Ok(nodes),
        Value::Matrix(_) => Err(call.wrong_shape(Shape::Vector, &value)),
    }
}

/// A matrix's numbers, row by row.
fn square(value: Value, call: &Call) -> Result<Vec<NodeId>, FormulaError> {
    match value {
        Value::Matrix(nodes) => Ok(nodes),
        Value::Scalar(_) | Value::Vector(_) => Err(call.wrong_shape(Shape::Matrix, &value)),
    }
}
