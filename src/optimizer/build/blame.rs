//! What is said of a rule that cannot become a graph.

use super::super::rule::{Assignment, Hyper};
use super::super::update::UpdateError;
use crate::formula::syntax::Expression;
use crate::formula::{FormulaError, Scope, Shape, Span, Value};

pub(super) fn setting_error(hyper: &Hyper, text: &str, error: FormulaError) -> UpdateError {
    UpdateError::Setting {
        name: hyper.name.clone(),
        text: text.to_owned(),
        error,
    }
}

/// Refuses a hyperparameter that speaks of the descent.
pub(super) fn check_schedule(expression: &Expression, scope: &Scope) -> Result<(), FormulaError> {
    for (name, span) in expression.names() {
        let of_descent = ["w", "g", "grad", "∇w", "∇f", "f", "H"].contains(&name);
        if of_descent && scope.get(name).is_none() {
            return Err(FormulaError::new(
                span,
                format!(
                    "a hyperparameter is a number or a formula of `t`, the same for all descents; \
                     `{name}` is not known to it"
                ),
            ));
        }
    }
    Ok(())
}

/// Refuses a first value that is made from itself.
pub(super) fn check_begun(scope: &Scope, assignment: &Assignment) -> Result<(), FormulaError> {
    let (name, _) = &assignment.target;
    let mut names = assignment.value.names().into_iter();
    match names.find(|(read, _)| read == name) {
        Some((_, span)) if scope.get(name).is_none() => Err(FormulaError::new(
            span,
            format!(
                "`{name}` has no value yet; to keep it from step to step, declare it: state {name}"
            ),
        )),
        _ => Ok(()),
    }
}

/// Adds to an unknown name that is near to none what would declare it.
pub(super) fn advised(error: FormulaError) -> FormulaError {
    let unknown = error.message.strip_prefix("unknown name `");
    match unknown.and_then(|rest| rest.split_once("`; the names here are ")) {
        None => error,
        Some((name, _)) => FormulaError::new(
            error.span.clone(),
            format!(
                "unknown name `{name}`; a rule knows w, g, f, t, H and what it declares: \
                 hyper {name} = 0.01, or state {name}"
            ),
        ),
    }
}

pub(super) fn wrong_shape(span: Span, wanted: Shape, got: &Value) -> FormulaError {
    FormulaError::new(
        span,
        format!(
            "this is {}, but {} is wanted; `{}` declares one",
            got.shape().name(),
            wanted.name(),
            keyword(got.shape())
        ),
    )
}

pub(super) fn wrong_shape_of(name: &str, span: Span, wanted: Shape, got: &Value) -> FormulaError {
    FormulaError::new(
        span,
        format!(
            "`{name}` is {}, but this gives it {}",
            wanted.name(),
            got.shape().name()
        ),
    )
}

/// What declares a state of a shape.
fn keyword(shape: Shape) -> &'static str {
    match shape {
        Shape::Scalar => "scalar",
        Shape::Vector => "state",
        Shape::Matrix => "matrix",
    }
}
