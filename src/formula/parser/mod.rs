//! Tokens to instructions, as people write mathematics.
//!
//! Precedence, weakest first: comparison; `+ -`; `* /` and products without a sign (`2x`,
//! `2(x+1)`); the sign of a number; `^` and raised digits, which group to the right, so `-x^2` is
//! `-(x^2)`. A function takes a bracket (`sin(x)`), or the factors up to the next sign
//! (`sin x`, `\sin 2\pi x`); its power may stand before its argument (`sin^2 x`), and is -1 for the
//! inverse function (`sin^-1 x`). A root sign takes a bracket or what stands next to it: `√2x` is
//! `(√2)x`.

mod brackets;
mod calls;
mod formula;

pub use formula::{Formula, formula};

use super::lexer::{Lexer, Token};
use super::syntax::{Code, Expression, Instruction, Statement};
use super::{Binary, FormulaError, Span, Unary, advice, function};

/// How deep brackets, signs and powers may nest.
const MAX_DEPTH: usize = 200;

/// Bytes that a formula may have: far beyond what a shader can hold.
const MAX_LENGTH: usize = 65_536;

/// The strength of comparisons, of products, and of what binds tighter.
const COMPARISON: u8 = 1;
const PRODUCT: u8 = 3;
const SIGN: u8 = 4;
const POWER: u8 = 5;

/// Parses one expression that fills the whole text.
///
/// # Errors
/// The first place where the text is not a formula.
pub fn expression(text: &str) -> Result<Expression, FormulaError> {
    let mut statements = statements_in(text, 0..text.len())?;
    match (statements.pop(), statements.is_empty()) {
        (
            Some(Statement {
                target: None,
                expression,
            }),
            true,
        ) => Ok(expression),
        (Some(statement), _) => {
            let span = match statement.target {
                Some((_, span)) => span,
                None => statement.expression.span(),
            };
            Err(FormulaError::new(span, "one expression is wanted here"))
        }
        (None, _) => Err(empty(0..text.len())),
    }
}

/// Parses the statements in a range of the text; places are counted in the whole text.
///
/// # Errors
/// The first place where the range is not a formula.
pub fn statements_in(text: &str, range: Span) -> Result<Vec<Statement>, FormulaError> {
    check_length(text, &range)?;
    let mut parser = Parser::new(text, range)?;
    let mut statements = Vec::new();
    while parser.next_statement()? {
        statements.push(parser.statement()?);
        parser.end_of_statement()?;
    }
    Ok(statements)
}

fn check_length(text: &str, range: &Span) -> Result<(), FormulaError> {
    if range.len() <= MAX_LENGTH {
        return Ok(());
    }
    let end = text.floor_char_boundary(range.start + MAX_LENGTH);
    Err(FormulaError::new(
        end..end,
        format!(
            "this text has {} bytes; {MAX_LENGTH} are the most",
            range.len()
        ),
    ))
}

/// Whether a text is one name that may be given to a value: no function, no word that formulas have
/// no use for.
pub fn is_name(text: &str) -> bool {
    let mut lexer = Lexer::new(text, 0..text.len());
    let is_whole = matches!(
        lexer.next(),
        Ok((Token::Name(name), span)) if name == text && span == (0..text.len())
    );
    let is_taken = function::is_known(text) || advice::of_keyword(&(0..0), text).is_some();
    is_whole && !is_taken && !advice::LOOPS.contains(&text)
}

/// The error for a text without a formula in it.
pub fn empty(range: Span) -> FormulaError {
    FormulaError::new(range, "the formula is empty; write one such as x^2 + 3*y^2")
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    token: Token,
    span: Span,
    depth: usize,
    /// Brackets that are open: a line's end within them is a blank.
    brackets: usize,
    /// Bars that are open in the present bracket: the next of the last one's kind closes.
    bars: Vec<&'static str>,
    out: Vec<Instruction>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operator {
    Binary(Binary),
    /// Two values beside each other: a product.
    Adjacent,
    /// Raised digits.
    Superscript(i32),
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, range: Span) -> Result<Self, FormulaError> {
        let mut lexer = Lexer::new(text, range);
        let (token, span) = lexer.next()?;
        Ok(Self {
            lexer,
            token,
            span,
            depth: 0,
            brackets: 0,
            bars: Vec::new(),
            out: Vec::new(),
        })
    }

    fn advance(&mut self) -> Result<(Token, Span), FormulaError> {
        let mut next = self.lexer.next()?;
        while self.brackets > 0 && next.0 == Token::NewLine {
            next = self.lexer.next()?;
        }
        Ok((
            std::mem::replace(&mut self.token, next.0),
            std::mem::replace(&mut self.span, next.1),
        ))
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.token, Token::Sign(found) if found == sign)
    }

    /// Whether the token here is a bar of a kind that is open.
    fn is_open_bar(&self) -> bool {
        self.bars.iter().any(|bar| self.is(bar))
    }

    fn is_separator(&self) -> bool {
        matches!(self.token, Token::NewLine | Token::Semicolon)
    }

    fn emit(&mut self, code: Code, span: Span) {
        self.out.push(Instruction { code, span });
    }

    fn take(&mut self) -> Expression {
        Expression {
            instructions: std::mem::take(&mut self.out),
        }
    }

    /// Whether a statement ends here.
    fn end_of_statement(&self) -> Result<(), FormulaError> {
        if self.is_separator() || self.token == Token::End {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn statement(&mut self) -> Result<Statement, FormulaError> {
        let start = self.span.clone();
        if let Some((_, span)) = self.head() {
            return Err(FormulaError::new(
                span,
                "leave this out: a value stands alone here, such as x^2 + 3*y^2",
            ));
        }
        self.expression(0)?;
        if !self.is("=") {
            return Ok(Statement {
                target: None,
                expression: self.take(),
            });
        }
        let target = match self.take().instructions.as_slice() {
            [
                Instruction {
                    code: Code::Name { name, .. },
                    span,
                },
            ] => (name.clone(), span.clone()),
            _ => {
                let left = self.lexer.between(start.start..self.span.start).trim_end();
                return Err(FormulaError::new(
                    start.start..start.start + left.len(),
                    "only a name can stand left of `=`, as in `u = x + 1`; where an equation is \
                     meant, write the square of the difference of its sides",
                ));
            }
        };
        self.advance()?;
        self.expression(0)?;
        Ok(Statement {
            target: Some(target),
            expression: self.take(),
        })
    }

    /// An expression whose operators bind at least as strongly as `weakest`.
    fn expression(&mut self, weakest: u8) -> Result<(), FormulaError> {
        self.deeper()?;
        self.operand()?;
        while let Some((strength, operator)) = self.operator() {
            if strength < weakest {
                break;
            }
            let span = self.span.clone();
            match operator {
                Operator::Superscript(power) => {
                    self.advance()?;
                    self.emit(Code::Number(f64::from(power)), span.clone());
                    self.emit(Code::Binary(Binary::Pow), span);
                }
                Operator::Adjacent => {
                    self.two_numbers()?;
                    self.index_behind_name()?;
                    self.expression(strength + 1)?;
                    self.emit(Code::Binary(Binary::Mul), span);
                }
                Operator::Binary(binary) => {
                    self.advance()?;
                    // `^` groups to the right, all others to the left.
                    let right = strength + u8::from(binary != Binary::Pow);
                    self.expression(right)?;
                    self.emit(Code::Binary(binary), span);
                    self.chained(strength)?;
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// `1 000` is no product.
    fn two_numbers(&self) -> Result<(), FormulaError> {
        let number = |code: &Code| matches!(code, Code::Number(_));
        if matches!(self.token, Token::Number(_))
            && self.out.last().is_some_and(|i| number(&i.code))
        {
            return Err(FormulaError::new(
                self.span.clone(),
                "two numbers stand beside each other; a product wants its `*`, and a number no \
                 blanks",
            ));
        }
        Ok(())
    }

    /// Refuses `w[1]`, which would be w·1.
    fn index_behind_name(&self) -> Result<(), FormulaError> {
        match self.out.last() {
            Some(Instruction {
                code: Code::Name { name, .. },
                span,
            }) if self.is("[") && span.end == self.span.start => {
                Err(advice::indexed(span.clone(), name))
            }
            _ => Ok(()),
        }
    }

    /// Refuses `0 < x < 1`, which would compare the answer of the first comparison.
    fn chained(&self, strength: u8) -> Result<(), FormulaError> {
        match self.operator() {
            Some((COMPARISON, _)) if strength == COMPARISON => Err(FormulaError::new(
                self.span.clone(),
                "comparisons do not chain; write (0 < x)*(x < 1) for 0 < x < 1",
            )),
            _ => Ok(()),
        }
    }

    fn deeper(&mut self) -> Result<(), FormulaError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(FormulaError::new(
                self.span.clone(),
                format!("nested deeper than {MAX_DEPTH}; name a part on a line of its own"),
            ));
        }
        Ok(())
    }

    /// The operator at the present token and how strongly it binds.
    fn operator(&self) -> Option<(u8, Operator)> {
        let (strength, binary) = match &self.token {
            Token::Sign(sign) => match *sign {
                "<" => (COMPARISON, Binary::Less),
                "<=" => (COMPARISON, Binary::LessEqual),
                ">" => (COMPARISON, Binary::Greater),
                ">=" => (COMPARISON, Binary::GreaterEqual),
                "==" => (COMPARISON, Binary::Equal),
                "!=" => (COMPARISON, Binary::NotEqual),
                "+" => (2, Binary::Add),
                "-" => (2, Binary::Sub),
                "*" => (PRODUCT, Binary::Mul),
                "/" => (PRODUCT, Binary::Div),
                "^" => (POWER, Binary::Pow),
                "(" | "[" | "{" => return Some((PRODUCT, Operator::Adjacent)),
                "|" | "‖" if !self.is_open_bar() => {
                    return Some((PRODUCT, Operator::Adjacent));
                }
                _ => return None,
            },
            Token::Superscript(power) => return Some((POWER, Operator::Superscript(*power))),
            Token::Number(_) | Token::Name(_) | Token::Fraction | Token::Root(_) => {
                return Some((PRODUCT, Operator::Adjacent));
            }
            Token::NewLine | Token::Semicolon | Token::End => return None,
        };
        Some((strength, Operator::Binary(binary)))
    }

    fn operand(&mut self) -> Result<(), FormulaError> {
        // A line that ends with an operator goes on in the next one.
        while self.token == Token::NewLine {
            self.advance()?;
        }
        match &self.token {
            Token::Number(value) => {
                let value = *value;
                let (_, span) = self.advance()?;
                self.emit(Code::Number(value), span);
                Ok(())
            }
            Token::Name(name) => {
                let name = name.clone();
                let (_, span) = self.advance()?;
                self.name(name, span)
            }
            Token::Fraction => {
                let (_, span) = self.advance()?;
                self.braced()?;
                self.braced()?;
                self.emit(Code::Binary(Binary::Div), span);
                Ok(())
            }
            Token::Sign("(" | "[" | "{") => self.bracket(),
            Token::Sign(bar @ ("|" | "‖")) => self.absolute(bar),
            Token::Root(sign) => self.root(sign),
            Token::Sign("-") => {
                let (_, span) = self.advance()?;
                self.expression(SIGN)?;
                self.emit(Code::Unary(Unary::Neg), span);
                Ok(())
            }
            Token::Sign("+") => {
                self.advance()?;
                self.expression(SIGN)
            }
            _ => Err(self.missing()),
        }
    }

    /// The error where a value is wanted.
    fn missing(&self) -> FormulaError {
        let message = match &self.token {
            Token::End => "the formula ends here, but a value is missing".to_owned(),
            Token::Semicolon => "the line ends here, but a value is missing".to_owned(),
            Token::Superscript(_) => "there is nothing to raise to this power".to_owned(),
            Token::Sign(close @ (")" | "]" | "}")) if self.brackets == 0 => {
                format!("this `{close}` closes nothing")
            }
            Token::Sign("=") => {
                "a value is missing before this `=`; `<=`, `>=`, `==` and `!=` are \
                                 written without blanks"
                    .to_owned()
            }
            Token::Sign(sign) => format!("a value is missing before this `{sign}`"),
            _ => "a value is missing before this".to_owned(),
        };
        FormulaError::new(self.span.clone(), message)
    }

    /// The error behind a whole value.
    fn unexpected(&self) -> FormulaError {
        let message = match &self.token {
            Token::Sign(close @ (")" | "]" | "}")) => format!("this `{close}` closes nothing"),
            Token::Sign("=") => "`=` is not expected here; compare with `==`".to_owned(),
            Token::Sign(",") => "a comma stands only between the values of a function; a decimal \
                                 number is written with a point, as in 1.5"
                .to_owned(),
            Token::Sign("_") => "`_` stands only within a name, as in x_1 or lr_decay".to_owned(),
            Token::Sign(sign) => format!("`{sign}` is not expected here"),
            _ => "an operator is missing before this".to_owned(),
        };
        FormulaError::new(self.span.clone(), message)
    }
}
