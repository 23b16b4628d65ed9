//! The rule language: hyperparameters, flags, state, assignments.
//!
//! ```text
//! hyper lr = 0.01 in 1e-6..1   # default and range; the default may be a formula of t
//! flag  amsgrad = 0            # 0 or 1, decided before the rule runs
//! state m                      # one number a parameter, 0 at the start
//! state z = w                  # … or the start point
//! scalar mu = 1                # one number for all parameters
//! matrix B = I                 # one number for each pair of them
//! m = beta1*m + (1-beta1)*g    # names: w; g, grad, ∇w, ∇f; f; t (1 at the first step); H
//! repeat 30 while loss_at(w - a*g) > f: a = a/2
//! w = w - lr*m
//! show z                       # the point that is drawn; w where this line is missing
//! ```
//!
//! A `;` ends a line too, but the body of a loop goes to the end of its own. Lines run from the
//! first to the last; `g`, `f` and `H` are those of the point at which the step began, whatever `w`
//! has become since. In a state's first value t is 1. `f_min` is the smallest loss that the
//! catalogue knows of, else 0; `I` is the matrix with ones on its diagonal.
//!
//! | function | value |
//! |---|---|
//! | `dot(a, b)`, `norm(a)` | a number |
//! | `outer(a, b)` | the matrix of all products |
//! | `matvec(M, v)`, `diag(M)` | a vector |
//! | `solve(M, v)`, `solve(M, v, d)` | x of `M x = v`, of `(M + d I) x = v` |
//! | `eigmin(M)` | the smallest eigenvalue of a symmetric matrix |
//! | `loss_at(v)`, `grad_at(v)` | f and ∇f at another point |
//! | `hvp(v)` | H times a vector |
//! | `normal(k)` | a vector of standard normal numbers, new each step; another for each k |
//!
//! The common schedules have names: `lr = "cosine(0.1, 0, 500)"`.
//!
//! | schedule | from the first step on |
//! |---|---|
//! | `cosine(first, last, steps)` | half a wave from one to the other, then `last` |
//! | `linear(first, last, steps)` | a line from one to the other, then `last` |
//! | `step_decay(first, factor, every)` | times `factor` after each `every` steps |
//! | `warmup(last, steps)` | a line that reaches `last` at step `steps`, then `last` |
//! | `invsqrt(first, steps)` | `first` up to step `steps`, then falling as 1/√t |

use super::text::{code_of, comment_of, lines, parse_range, trimmed};
use crate::formula::parser;
use crate::formula::syntax::{Expression, Statement};
use crate::formula::{FormulaError, Shape, Span, nearest, plain_name};
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
    /// One number for all parameters, one a parameter, or one a pair of them.
    pub shape: Shape,
    /// Its value before the first step, at the start point; absent: 0.
    pub initial: Option<Expression>,
}

/// What a step does, line by line.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// `name = expression`.
    Assign(Assignment),
    /// `repeat N while condition: …`.
    Repeat(Repeat),
}

/// `name = expression`.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The name, with its place.
    pub target: (String, Span),
    /// Its value.
    pub value: Expression,
}

/// At most `limit` times, while the condition is not 0, the assignments.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeat {
    /// From 1 to 1000.
    pub limit: u32,
    /// Tested before each turn.
    pub condition: Expression,
    /// At least one.
    pub body: Vec<Assignment>,
}

impl Line {
    /// Its assignments.
    pub fn assignments(&self) -> &[Assignment] {
        match self {
            Self::Assign(assignment) => std::slice::from_ref(assignment),
            Self::Repeat(repeat) => &repeat.body,
        }
    }

    /// Its expressions.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let condition = match self {
            Self::Assign(_) => None,
            Self::Repeat(repeat) => Some(&repeat.condition),
        };
        let values = self
            .assignments()
            .iter()
            .map(|assignment| &assignment.value);
        condition.into_iter().chain(values)
    }
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
    /// What a step does.
    pub lines: Vec<Line>,
    /// What is drawn, where it is not `w`.
    pub show: Option<(String, Span)>,
}

/// Names that a rule reads and never writes.
const GIVEN: [&str; 8] = ["g", "grad", "∇w", "∇f", "f", "t", "H", "I"];

/// The words that begin a line other than an assignment.
const KEYWORDS: [&str; 7] = [
    "hyper", "flag", "state", "scalar", "matrix", "repeat", "show",
];

/// Turns of a `repeat` at most.
const MAX_TURNS: u32 = 1000;

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
            lines: Vec::new(),
            show: None,
        };
        for line in lines(text) {
            rule.line(line)?;
        }
        let targets = rule.lines.iter().flat_map(Line::assignments);
        let mut targets: Vec<_> = targets.map(|assignment| &assignment.target).collect();
        if !targets.iter().any(|(name, _)| name == "w") {
            let place = targets.pop().map(|(_, span)| span.clone());
            return Err(FormulaError::new(
                place.unwrap_or(0..text.trim_end().len()),
                "the rule never assigns the parameters, `w`; the plainest rule is `w = w - g`",
            ));
        }
        Ok(rule)
    }

    /// The names that `Settings` may hold.
    pub fn setting_names(&self) -> impl Iterator<Item = &str> {
        let hypers = self.hypers.iter().map(|hyper| hyper.name.as_str());
        hypers.chain(self.flags.iter().map(|flag| flag.name.as_str()))
    }

    /// Whether some expression of the rule reads `name`.
    pub fn reads(&self, name: &str) -> bool {
        let defaults = self.hypers.iter().map(|hyper| &hyper.default);
        let initials = self
            .states
            .iter()
            .filter_map(|state| state.initial.as_ref());
        let values = self.lines.iter().flat_map(Line::expressions);
        let reads =
            |expression: &Expression| expression.names().iter().any(|(read, _)| *read == name);
        defaults.chain(initials).chain(values).any(reads)
    }

    /// Whether each parameter goes its own way: no line looks at the whole vector, at the Hessian
    /// or at another point.
    pub fn is_elementwise(&self) -> bool {
        const COUPLING: [&str; 10] = [
            "dot", "norm", "loss_at", "grad_at", "hvp", "outer", "matvec", "solve", "diag",
            "eigmin",
        ];
        let mut calls = self.lines.iter().flat_map(Line::expressions);
        !self.reads("H") && !calls.any(|e| e.calls().iter().any(|call| COUPLING.contains(call)))
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
            "state" => self.state(rest, Shape::Vector)?,
            "scalar" => self.state(rest, Shape::Scalar)?,
            "matrix" => self.state(rest, Shape::Matrix)?,
            "repeat" => self.repeat(rest)?,
            "show" => self.show(rest, code)?,
            _ => {
                check_word(&text, word, code.clone())?;
                let assignments = self.assignments(code)?;
                self.lines.extend(assignments.into_iter().map(Line::Assign));
            }
        }
        Ok(())
    }

    fn show(&mut self, rest: Span, code: Span) -> Result<(), FormulaError> {
        let place = trimmed(&self.text, rest);
        if place.is_empty() {
            return Err(FormulaError::new(
                code,
                "a state is wanted behind this: show x",
            ));
        }
        if let Some((before, _)) = &self.show {
            return Err(FormulaError::new(
                code,
                format!("the rule shows `{before}` already; one point is drawn"),
            ));
        }
        self.show = Some((plain_name(&self.text[place.clone()]), place));
        Ok(())
    }

    /// `30 while condition: a = …`.
    fn repeat(&mut self, code: Span) -> Result<(), FormulaError> {
        let text = self.text.clone();
        let place = trimmed(&text, code.clone());
        let wrong = || {
            FormulaError::new(
                place.clone(),
                "a loop is written so: repeat 30 while loss_at(w - a*g) > f: a = a/2",
            )
        };
        let inner = &text[code.clone()];
        let (Some(word), Some(colon)) = (inner.find(" while "), inner.find(':')) else {
            return Err(wrong());
        };
        let turns = trimmed(&text, code.start..code.start + word.min(colon));
        if colon < word || turns.is_empty() {
            return Err(wrong());
        }
        let limit = match text[turns.clone()].parse() {
            Ok(limit) if (1..=MAX_TURNS).contains(&limit) => limit,
            _ => {
                return Err(FormulaError::new(
                    turns,
                    format!("a loop turns a whole number of times, from 1 to {MAX_TURNS} at most"),
                ));
            }
        };
        let condition = code.start + word + " while ".len()..code.start + colon;
        let mut conditions = parser::statements_in(&text, condition)?;
        let (
            Some(Statement {
                target: None,
                expression,
            }),
            true,
        ) = (conditions.pop(), conditions.is_empty())
        else {
            return Err(wrong());
        };
        let body = self.assignments(code.start + colon + 1..code.end)?;
        if body.is_empty() {
            return Err(wrong());
        }
        self.lines.push(Line::Repeat(Repeat {
            limit,
            condition: expression,
            body,
        }));
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

    fn state(&mut self, code: Span, shape: Shape) -> Result<(), FormulaError> {
        let example = match shape {
            Shape::Scalar => "scalar mu = 1",
            Shape::Vector => "state m",
            Shape::Matrix => "matrix B = I",
        };
        let (name, initial, _) = self.declaration(code, example)?;
        self.states.push(State {
            name,
            shape,
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

    fn assignments(&self, code: Span) -> Result<Vec<Assignment>, FormulaError> {
        let statements = parser::statements_in(&self.text, code)?;
        statements
            .into_iter()
            .map(|statement| self.assignment(statement))
            .collect()
    }

    fn assignment(&self, statement: Statement) -> Result<Assignment, FormulaError> {
        let Some((name, span)) = statement.target else {
            let span = statement.expression.span();
            return Err(FormulaError::new(
                span,
                "a line of a rule assigns: write `name = …`",
            ));
        };
        if GIVEN.contains(&name.as_str()) || self.setting_names().any(|known| known == name) {
            return Err(FormulaError::new(
                span,
                format!("`{name}` is given and cannot be assigned; choose another name"),
            ));
        }
        Ok(Assignment {
            target: (name, span),
            value: statement.expression,
        })
    }
}

/// Refuses what looks like a misspelt keyword, and `w -= …`.
fn check_word(text: &str, word: &str, code: Span) -> Result<(), FormulaError> {
    let place = code.start..code.start + word.len();
    let rest = text[place.end..code.end].trim_start();
    if rest.starts_with(char::is_alphabetic)
        && let Some(known) = nearest(word, KEYWORDS)
    {
        return Err(FormulaError::new(
            place,
            format!("no line begins with `{word}`; did you mean `{known}`?"),
        ));
    }
    for sign in ["+", "-", "*", "/"] {
        if let Some(value) = rest.strip_prefix(&format!("{sign}=")) {
            let start = code.end - rest.len();
            return Err(FormulaError::new(
                start..start + 2,
                format!(
                    "write `{word} = {word} {sign} …` instead of `{word} {sign}= {}`",
                    value.trim()
                ),
            ));
        }
    }
    Ok(())
}
