//! The parameters that a formula speaks of.

use super::MAX_PARAMETERS;
use crate::formula::parser;
use crate::formula::syntax::{Expression, Statement};
use crate::formula::{FormulaError, NAMES_HERE, Span, Table, plain_name, unknown_name};

/// Bytes of a name that a message repeats.
const LONGEST_NAME: usize = 20;

/// The parameters that a model, if there is one, and a formula speak of when none are declared.
/// A table's columns are none.
///
/// # Errors
/// A formula without a parameter, at what may have been meant as one.
pub(super) fn found(
    [model, statements]: [&[Statement]; 2],
    formula: &str,
    table: Option<&Table>,
) -> Result<Vec<String>, FormulaError> {
    let is_column = |name: &str| table.is_some_and(|table| table.has(name));
    let is_model = |name: &str| name == "model" && !model.is_empty();
    let free = |statements: &'_ [Statement], name: &str| {
        let binds = |statement: &Statement| matches!(&statement.target, Some((target, _)) if target == name);
        !statements.iter().any(binds) && !is_column(name) && !is_model(name)
    };
    let names = |statements| names_of(statements).filter(|(name, _)| free(statements, name));
    let used: Vec<&str> = names(model)
        .chain(names(statements))
        .map(|(name, _)| name)
        .collect();
    let numbered = |letter: &str| {
        used.iter()
            .filter_map(|name| number_behind(letter, name))
            .max()
    };
    let names = if let Some(count) = numbered("w") {
        all_numbered("w", count)
    } else if let Some(count) = numbered("x") {
        all_numbered("x", count)
    } else if used.contains(&"w") {
        vec!["w".to_owned()]
    } else if used.contains(&"y") {
        vec!["x".to_owned(), "y".to_owned()]
    } else if used.contains(&"x") {
        vec!["x".to_owned()]
    } else if let Some((name, span)) = names(statements).find(|(name, _)| !is_constant(name)) {
        let usual = ["x", "y", "w1"].into_iter().filter(|name| !is_column(name));
        let known: Vec<&str> = match table {
            None => return Err(unknown_parameter(span, name, &used)),
            Some(table) => usual
                .chain(table.names().iter().map(String::as_str))
                .collect(),
        };
        let known: Vec<&str> = known.into_iter().chain(["pi", "e", "tau"]).collect();
        return Err(unknown_name(span, name, known.into_iter()));
    } else if let Some(table) = table {
        return Err(FormulaError::new(
            0..formula.len(),
            format!(
                "the formula has no parameter: the table's columns ({}) are values; write the knobs as w1, \
                 w2, … as in mean((w1*x + w2 - y)^2)",
                table.names().join(", ")
            ),
        ));
    } else {
        return Err(FormulaError::new(
            0..formula.len(),
            "the formula has no parameter; write it in x and y, w, or w1 … wN",
        ));
    };
    Ok(names)
}

/// How many parameters a formula, and the model that stands in it, speak of when none are declared;
/// `None` where that cannot be told from them: of a wrong formula, and of one over rows whose
/// parameters are not `w` or `w1 … wN`, since other names may be columns.
pub fn count_in(formula: &str, model: Option<&str>, has_rows: bool) -> Option<usize> {
    let parser::Formula { statements, head } = parser::formula(formula).ok()?;
    let model = parser::formula(model.unwrap_or("0")).ok()?.statements;
    if let Some(head) = head {
        return Some(of_head(head, [&model, &statements]).len());
    }
    if !has_rows {
        let found = found([&[], &statements], formula, None).ok()?;
        return Some(found.len());
    }
    let names = || names_of(&model).chain(names_of(&statements));
    let numbered = names()
        .filter_map(|(name, _)| number_behind("w", name))
        .max();
    numbered.or_else(|| names().any(|(name, _)| name == "w").then_some(1))
}

/// The parameters of `f(x, y) = …`; of `f(w) = w1^2 + …` they are w1, w2, ….
pub(super) fn of_head(head: Vec<String>, [model, statements]: [&[Statement]; 2]) -> Vec<String> {
    let [vector] = head.as_slice() else {
        return head;
    };
    let names: Vec<_> = names_of(model).chain(names_of(statements)).collect();
    let numbers = names
        .iter()
        .filter_map(|(name, _)| number_behind(vector, name));
    match numbers.max() {
        Some(count) if names.iter().all(|(name, _)| name != vector) => all_numbered(vector, count),
        _ => head,
    }
}

fn all_numbered(letter: &str, count: usize) -> Vec<String> {
    (1..=count).map(|i| format!("{letter}{i}")).collect()
}

fn is_constant(name: &str) -> bool {
    matches!(name, "pi" | "e" | "tau" | "π" | "τ")
}

/// The error for a formula of names that are no parameters; `used` are all of its own.
fn unknown_parameter(span: Span, name: &str, used: &[&str]) -> FormulaError {
    let known = ["x", "y", "w", "pi", "e", "tau"];
    let error = unknown_name(span, name, known.into_iter());
    let Some((unknown, _)) = error.message.split_once(NAMES_HERE) else {
        return error;
    };
    let mut others = Vec::new();
    for name in used {
        if !is_constant(name) && name.len() <= LONGEST_NAME && !others.contains(name) {
            others.push(*name);
        }
    }
    others.truncate(MAX_PARAMETERS);
    let advice = match others.is_empty() {
        true => String::new(),
        false => format!("; others are declared: --parameters {}", others.join(",")),
    };
    let message = format!("{unknown}; parameters are x, y, or w, or w1 … w16{advice}");
    FormulaError::new(error.span, message)
}

fn names_of(statements: &[Statement]) -> impl Iterator<Item = (&str, Span)> {
    let expressions = statements.iter().map(|statement| &statement.expression);
    expressions.flat_map(Expression::names)
}

/// N of the name `wN` or `xN`, from 1; too large a one is refused later, with its count.
fn number_behind(letter: &str, name: &str) -> Option<usize> {
    let number = name.strip_prefix(letter)?;
    if number.starts_with('0') || number.len() > 4 {
        return None;
    }
    number.parse().ok()
}

/// Refuses too many parameters, and names that already stand for something.
///
/// # Errors
/// All at the whole formula.
pub(super) fn check(
    parameters: &[String],
    formula: &str,
    table: Option<&Table>,
) -> Result<(), FormulaError> {
    let whole = 0..formula.len();
    if parameters.is_empty() || parameters.len() > MAX_PARAMETERS {
        return Err(FormulaError::new(
            whole,
            format!(
                "a loss has 1 to {MAX_PARAMETERS} parameters, this one {}",
                parameters.len()
            ),
        ));
    }
    for (i, name) in parameters.iter().enumerate() {
        if !parser::is_name(&plain_name(name)) {
            return Err(FormulaError::new(
                whole,
                format!(
                    "a parameter cannot be called `{name}`: a name has letters, digits and \
                     underscores, a letter first, and is no function's"
                ),
            ));
        }
        if parameters[..i].contains(name) {
            return Err(FormulaError::new(
                whole,
                format!("the parameter `{name}` is declared twice"),
            ));
        }
        if table.is_some_and(|table| table.has(&plain_name(name))) {
            return Err(FormulaError::new(
                whole,
                format!(
                    "`{name}` is a column of the table, and stands for its value in each row; call \
                     the parameters otherwise: w1, w2, …, or names that are declared"
                ),
            ));
        }
    }
    Ok(())
}
