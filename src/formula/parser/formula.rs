//! A whole formula: parts, then the value, which may be written as papers do: `f(x, y) = …`.

use super::{Parser, Statement, check_length};
use crate::formula::lexer::Token;
use crate::formula::{FormulaError, Span, function};

/// What papers call the function itself; the last line may carry such a name.
const NAMES: [&str; 10] = ["f", "F", "L", "J", "E", "C", "z", "loss", "cost", "ℒ"];

/// A formula's lines and what its last one says of its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    /// The parts by name, then the value.
    pub statements: Vec<Statement>,
    /// The names in the head of the last line: `x, y` of `f(x, y) = …`.
    pub head: Option<Vec<String>>,
}

/// Parses a formula.
///
/// # Errors
/// The first place where the text is not a formula.
pub fn formula(text: &str) -> Result<Formula, FormulaError> {
    check_length(text, &(0..text.len()))?;
    let mut parser = Parser::new(text, 0..text.len())?;
    let mut formula = Formula {
        statements: Vec::new(),
        head: None,
    };
    while parser.next_statement()? {
        let head = parser.head();
        if head.is_some() {
            parser.skip_head()?;
        }
        let mut statement = parser.statement()?;
        parser.end_of_statement()?;
        let is_last = !parser.next_statement()?;
        match (head, is_last) {
            (Some((names, _)), true) => formula.head = Some(names),
            (Some((_, span)), false) => return Err(not_last(span)),
            (None, true) => without_name(&mut statement),
            (None, false) => {}
        }
        formula.statements.push(statement);
    }
    Ok(formula)
}

/// `f = …` on the last line is the value itself.
fn without_name(statement: &mut Statement) {
    let target = statement.target.as_ref();
    if target.is_some_and(|(name, _)| NAMES.contains(&name.as_str())) {
        statement.target = None;
    }
}

fn not_last(span: Span) -> FormulaError {
    FormulaError::new(
        span,
        "only the last line can have its parameters on the left; a part is named without them: \
         u = x + 1",
    )
}

impl Parser<'_> {
    /// Steps over blank lines; whether there is a statement behind them.
    pub(super) fn next_statement(&mut self) -> Result<bool, FormulaError> {
        while self.is_separator() {
            self.advance()?;
        }
        Ok(self.token != Token::End)
    }

    /// The head of a definition, `f(x, y) =`, if one is here: its parameters and its place.
    pub(super) fn head(&self) -> Option<(Vec<String>, Span)> {
        let mut rest = self.lexer.clone();
        let mut next = || rest.next().ok();
        match &self.token {
            Token::Name(name) if !function::is_known(name) => {}
            _ => return None,
        }
        if next()?.0 != Token::Sign("(") {
            return None;
        }
        let mut names = Vec::new();
        loop {
            match next()?.0 {
                Token::Name(name) => names.push(name),
                _ => return None,
            }
            match next()?.0 {
                Token::Sign(",") => {}
                Token::Sign(")") => break,
                _ => return None,
            }
        }
        match next()? {
            (Token::Sign("="), span) => Some((names, self.span.start..span.end)),
            _ => None,
        }
    }

    fn skip_head(&mut self) -> Result<(), FormulaError> {
        while !self.is("=") {
            self.advance()?;
        }
        self.advance()?;
        Ok(())
    }
}
