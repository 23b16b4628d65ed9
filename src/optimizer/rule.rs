//! The rule language: hyperparameters, flags, state, assignments.
//!
//! ```text
//! hyper lr = 0.01 in 1e-6..1   # default and range; the default may be a formula of t
//! flag  amsgrad = 0            # 0 or 1, decided before the rule runs
//! state m                      # one number a parameter, 0 at the start
//! state z = w                  # … or the start point
//! scalar mu = 1                # one number for all parameters
//! m = beta1*m + (1-beta1)*g    # names: w; g, grad, ∇w, ∇f; f; t (1 at the first step)
//! w = w - lr*m
//! show z                       # the point that is drawn; w where this line is missing
//! ```
//!
//! Lines run from the first to the last; `g` and `f` are those of the point at which the step
//! began, whatever `w` has become since.

use crate::formula::parser;
use crate::formula::syntax::{Expression, Statement};
use crate::formula::{FormulaError, Span, plain_name};
use std::collections::BTreeMap;

/// A hyperparameter's value: a number, or a formula of `t` (and of other hyperparameters).
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// A number.
    Number(f64),
    /// The text of a formula.
    Formula(String),
}

/// Values for hyperparameters and flags, by name.
pub type Settings = BTreeMap<String, Setting>;

/// A hyperparameter's declaration.
#[derive(Debug, Clone, PartialEq)]
pub struct Hyper {
    /// Torch's name where torch has it.
    pub name: String,
    /// The default.
    pub default: Expression,
    /// The text of the default.
    pub default_text: String,
    /// The range that controls offer, `[low, high]`; values outside are allowed.
    pub range: Option<[f64; 2]>,
    /// The comment behind the declaration.
    pub meaning: String,
}

/// A switch that is decided before the rule runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Flag {
    /// Its name.
    pub name: String,
    /// On or off when nobody says otherwise.
    pub default: bool,
    /// The comment behind the declaration.
    pub meaning: String,
}

/// What a state begins as and how many numbers it has.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Its name.
    pub name: String,
    /// One number a parameter, or one for all.
    pub vector: bool,
    /// Its value before the first step: an expression of `w` and hyperparameters; absent: 0.
    pub initial: Option<Expression>,
}

/// A parsed update rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The text.
    pub text: String,
    /// In order of declaration.
    pub hypers: Vec<Hyper>,
    /// In order of declaration.
    pub flags: Vec<Flag>,
    /// In order of declaration.
    pub states: Vec<State>,
    /// The assignments, each with a target.
    pub statements: Vec<Statement>,
    /// What is drawn, where it is not `w`.
    pub show: Option<(String, Span)>,
}

/// Names that a rule reads and never writes.
const GIVEN: [&str; 6] = ["g", "grad", "∇w", "∇f", "f", "t"];

impl Rule {
    /// Parses a rule.
    ///
    /// # Errors
    /// The first line that is not one of the rule language, a name declared twice, and a rule
    /// that never assigns `w`.
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        let mut rule = Self {
            text: text.to_owned(),
            hypers: Vec::new(),
            flags: Vec::new(),
            states: Vec::new(),
            statements: Vec::new(),
            show: None,
        };
        for line in lines(text) {
            rule.line(line)?;
        }
        if !rule
            .statements
            .iter()
            .any(|statement| writes(statement, "w"))
        {
            return Err(FormulaError::new(
                0..text.trim_end().len(),
                "the rule never assigns `w`; the plainest rule is `w = w - g`",
            ));
        }
        Ok(rule)
    }

    /// The names that `Settings` may hold.
    pub fn setting_names(&self) -> impl Iterator<Item = &str> {
        let hypers = self.hypers.iter().map(|hyper| hyper.name.as_str());
        hypers.chain(self.flags.iter().map(|flag| flag.name.as_str()))
    }

    fn line(&mut self, line: Span) -> Result<(), FormulaError> {
        let text = self.text.clone();
        let code = code_of(&text, line.clone());
        let word = text[code.clone()].split_whitespace().next().unwrap_or("");
        let rest = code.start + word.len()..code.end;
        match word {
            "" => {}
            "hyper" => self.hyper(rest, comment_of(&text, line))?,
            "flag" => self.flag(rest, comment_of(&text, line))?,
            "state" => self.state(rest, true)?,
            "scalar" => self.state(rest, false)?,
            "show" => {
                let name = text[rest.clone()].trim();
                self.show = Some((plain_name(name), trimmed(&text, rest)));
            }
            _ => self.assignment(code)?,
        }
        Ok(())
    }

    fn hyper(&mut self, code: Span, meaning: String) -> Result<(), FormulaError> {
        let text = self.text.clone();
        let (value, range) = match text[code.clone()].rfind(" in ") {
            None => (code, None),
            Some(at) => (
                code.start..code.start + at,
                Some(parse_range(&text, code.start + at + 4..code.end)?),
            ),
        };
        let (name, default, span) = self.declaration(value, "hyper lr = 0.01 in 1e-6..1")?;
        let Some(default) = default else {
            return Err(FormulaError::new(
                span,
                format!("the hyperparameter `{name}` needs a default: hyper {name} = 0.01"),
            ));
        };
        let default_text = text[default.span()].to_owned();
        self.hypers.push(Hyper {
            name,
            default,
            default_text,
            range,
            meaning,
        });
        Ok(())
    }

    fn flag(&mut self, code: Span, meaning: String) -> Result<(), FormulaError> {
        let text = self.text.clone();
        let (name, _, span) = self.declaration(code.clone(), "flag nesterov = 0")?;
        let default = match text[code].split('=').nth(1).map(str::trim) {
            Some("0") => false,
            Some("1") => true,
            _ => {
                return Err(FormulaError::new(
                    span,
                    format!("the flag `{name}` is 0 or 1: flag {name} = 0"),
                ));
            }
        };
        self.flags.push(Flag {
            name,
            default,
            meaning,
        });
        Ok(())
    }

    fn state(&mut self, code: Span, vector: bool) -> Result<(), FormulaError> {
        let (name, initial, _) = self.declaration(code, "state m")?;
        self.states.push(State {
            name,
            vector,
            initial,
        });
        Ok(())
    }

    /// `name` or `name = expression`, with a name that is not taken.
    fn declaration(
        &self,
        code: Span,
        example: &str,
    ) -> Result<(String, Option<Expression>, Span), FormulaError> {
        let place = trimmed(&self.text, code.clone());
        let bad = |place: Span| {
            FormulaError::new(place, format!("a declaration is written so: {example}"))
        };
        let mut statements = parser::statements_in(&self.text, code)?;
        let (Some(statement), true) = (statements.pop(), statements.is_empty()) else {
            return Err(bad(place));
        };
        let (name, span, value) = match statement.target {
            Some((name, span)) => (name, span, Some(statement.expression)),
            None => match (
                statement.expression.names().into_iter().next(),
                statement.expression.instructions.len(),
            ) {
                (Some((name, span)), 1) => (name.to_owned(), span, None),
                _ => return Err(bad(place)),
            },
        };
        self.check_free(&name, &span)?;
        Ok((name, value, span))
    }

    fn check_free(&self, name: &str, span: &Span) -> Result<(), FormulaError> {
        let taken = self.setting_names().any(|taken| taken == name)
            || self.states.iter().any(|state| state.name == name);
        if taken || name == "w" || GIVEN.contains(&name) {
            return Err(FormulaError::new(
                span.clone(),
                format!("the name `{name}` is taken already"),
            ));
        }
        Ok(())
    }

    fn assignment(&mut self, code: Span) -> Result<(), FormulaError> {
        for statement in parser::statements_in(&self.text, code)? {
            let Some((name, span)) = &statement.target else {
                let span = statement.expression.span();
                return Err(FormulaError::new(
                    span,
                    "a line of a rule assigns: write `name = …`",
                ));
            };
            if GIVEN.contains(&name.as_str()) || self.setting_names().any(|known| known == name) {
                return Err(FormulaError::new(
                    span.clone(),
                    format!("`{name}` is given and cannot be assigned; choose another name"),
                ));
            }
            self.statements.push(statement);
        }
        Ok(())
    }
}

/// Whether a statement assigns `name`.
fn writes(statement: &Statement, name: &str) -> bool {
    matches!(&statement.target, Some((target, _)) if target == name)
}

/// The lines of a text as ranges.
fn lines(text: &str) -> Vec<Span> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let range = start..start + line.trim_end_matches('\n').len();
            start += line.len();
            range
        })
        .collect()
}

/// A line without its comment and without blanks around.
fn code_of(text: &str, line: Span) -> Span {
    let end = text[line.clone()]
        .find('#')
        .map_or(line.end, |at| line.start + at);
    trimmed(text, line.start..end)
}

fn comment_of(text: &str, line: Span) -> String {
    let comment = text[line]
        .split_once('#')
        .map(|(_, comment)| comment.trim());
    comment.unwrap_or("").to_owned()
}

fn trimmed(text: &str, range: Span) -> Span {
    let inner = &text[range.clone()];
    let start = range.start + (inner.len() - inner.trim_start().len());
    let end = range.end - (inner.len() - inner.trim_end().len());
    start..end.max(start)
}

fn parse_range(text: &str, range: Span) -> Result<[f64; 2], FormulaError> {
    let place = trimmed(text, range);
    let parsed = text[place.clone()]
        .split_once("..")
        .and_then(|(low, high)| Some([low.trim().parse().ok()?, high.trim().parse().ok()?]));
    parsed.ok_or_else(|| FormulaError::new(place, "a range is written so: 1e-6..1"))
}
