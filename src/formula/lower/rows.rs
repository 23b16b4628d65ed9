//! `mean(…)` and `sum(…)` over the rows of a table, and what has a value for each row.

use super::calls::Call;
use super::{FormulaError, Machine, Value};
use crate::formula::syntax::{Code, Expression};
use crate::formula::{Graph, NodeId, Rate, Span};

impl Machine<'_> {
    pub(super) fn over_rows(&mut self, mut call: Call) -> Result<Value, FormulaError> {
        let name = call.name;
        let Some(rows) = self.scope.rows else {
            return Err(call.error(format!(
                "`{name}(…)` goes over a table's rows, in a loss; here `norm(w)` and `dot(v, w)` go \
                 over the parameters"
            )));
        };
        let table = self.graph.table().cloned();
        let table = table.ok_or_else(|| no_table(name, call.span.clone()))?;
        let [value] = call.take()?;
        let [body] = value.nodes() else {
            return Err(call.error(format!("`{name}` takes one number of each row")));
        };
        if !matches!(self.graph.rate(*body), Rate::Row | Rate::Constant) {
            return Err(call.error(format!(
                "what `{name}` goes over reads no column, so that it is the same in every row: leave \
                 out `{name}`, or name a column ({})",
                table.names().join(", ")
            )));
        }
        let sum = self.graph.sum(*body, rows);
        if name == "sum" {
            return Ok(Value::Scalar(sum));
        }
        let count = self.graph.constant(table.rows() as f64);
        Ok(Value::Scalar(self.graph.div(sum, count)))
    }
}

/// Refuses `mean(…)` and `sum(…)` where there is no table: its columns are not known then, and
/// would be said to be unknown.
///
/// # Errors
/// The place of the first of them.
pub fn check_no_sums(expression: &Expression) -> Result<(), FormulaError> {
    for instruction in &expression.instructions {
        match &instruction.code {
            Code::Call { name, .. } if name == "mean" || name == "sum" => {
                return Err(no_table(name, instruction.span.clone()));
            }
            Code::Loop { body, .. } => check_no_sums(body)?,
            _ => {}
        }
    }
    Ok(())
}

fn no_table(name: &str, span: Span) -> FormulaError {
    let advice = match name {
        "sum" => "; a loop is written so: sum(i, 1, 5, i*x)",
        _ => "",
    };
    FormulaError::new(
        span,
        format!(
            "`{name}(…)` goes over the rows of a table, and this loss has none: give one with --data \
             points.csv, or in a scene with [loss.data]{advice}"
        ),
    )
}

/// Refuses a loss that has a value for each row: a column is read outside of all sums.
///
/// # Errors
/// The place of the first such name in `expression`, which `node` is made from; `value` tells what
/// a name stands for.
pub fn check_summed<'a>(
    graph: &Graph,
    node: NodeId,
    expression: &Expression,
    value: impl Fn(&str) -> Option<&'a Value>,
) -> Result<(), FormulaError> {
    if graph.rate(node) != Rate::Row {
        return Ok(());
    }
    let is_row = |name: &str| {
        let nodes = value(name).map_or(&[][..], Value::nodes);
        nodes.iter().any(|node| graph.rate(*node) == Rate::Row)
    };
    let (name, span) = row_name(expression, &is_row).unwrap_or(("this", expression.span()));
    Err(FormulaError::new(
        span,
        format!(
            "`{name}` has a value for each row of the table, and the loss is one number: put what \
             reads it into mean(…) or sum(…)"
        ),
    ))
}

/// The first name in `expression` that has a value for each row and stands outside of all sums.
fn row_name<'a>(
    expression: &'a Expression,
    is_row: &dyn Fn(&str) -> bool,
) -> Option<(&'a str, Span)> {
    let mut stack: Vec<Option<(&'a str, Span)>> = Vec::new();
    for instruction in &expression.instructions {
        let found = match &instruction.code {
            Code::Number(_) => None,
            Code::Name { name, .. } => {
                is_row(name).then(|| (name.as_str(), instruction.span.clone()))
            }
            Code::Unary(_) => stack.pop().flatten(),
            Code::Binary(_) => first_of(&mut stack, 2),
            Code::Call { name, arguments } => {
                let found = first_of(&mut stack, *arguments);
                found.filter(|_| name != "mean" && name != "sum")
            }
            Code::Loop { body, .. } => {
                first_of(&mut stack, 2);
                row_name(body, is_row)
            }
        };
        stack.push(found);
    }
    stack.pop().flatten()
}

/// The first that is found among the top values, which are taken from the stack.
fn first_of<T>(stack: &mut Vec<Option<T>>, count: usize) -> Option<T> {
    let top = stack.split_off(stack.len().saturating_sub(count));
    top.into_iter().flatten().next()
}
