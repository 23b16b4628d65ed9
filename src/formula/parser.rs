//! Tokens to instructions for a stack machine: flat, so that nothing later recurses over depth.
//!
//! Precedence, weakest first: comparison; `+ -`; `* /` and products without a sign (`2x`,
//! `2(x+1)`); the sign of a number; `^`, which groups to the right, so `-x^2` is `-(x^2)`.

use super::function;
use super::lexer::{Lexer, Token};
use super::{Binary, FormulaError, Span, Unary};

/// How deep brackets, signs and powers may nest.
const MAX_DEPTH: usize = 200;

/// What an instruction does to the stack.
#[derive(Debug, Clone, PartialEq)]
pub enum Code {
    /// Pushes a number.
    Number(f64),
    /// Pushes what a name stands for; `called` tells that a bracket follows it, so that an
    /// unknown one was meant as a function.
    Name {
        /// The word.
        name: String,
        /// Whether `(` follows.
        called: bool,
    },
    /// Replaces the top.
    Unary(Unary),
    /// Replaces the top two.
    Binary(Binary),
    /// Replaces the top `arguments` by a function of them.
    Call {
        /// A name of [`function::names`].
        name: String,
        /// How many values it takes from the stack.
        arguments: usize,
    },
}

/// An instruction and the text it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Instruction {
    /// What to do.
    pub code: Code,
    /// Where it is written.
    pub span: Span,
}

/// One value's instructions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expression {
    /// In order.
    pub instructions: Vec<Instruction>,
}

impl Expression {
    /// The names that it reads, in order of appearance, each with its place.
    pub fn names(&self) -> impl Iterator<Item = (&str, Span)> {
        self.instructions
            .iter()
            .filter_map(|instruction| match &instruction.code {
                Code::Name { name, .. } => Some((name.as_str(), instruction.span.clone())),
                _ => None,
            })
    }
}

/// One line: `name = expression`, or an expression alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The name bound, with its place.
    pub target: Option<(String, Span)>,
    /// Its value.
    pub expression: Expression,
}

/// Parses one expression that fills the whole text.
///
/// # Errors
/// The first place where the text is not a formula.
pub fn expression(text: &str) -> Result<Expression, FormulaError> {
    expression_in(text, 0..text.len())
}

/// Parses one expression that fills a range of the text; places are counted in the whole text.
///
/// # Errors
/// The first place where the range is not a formula.
pub fn expression_in(text: &str, range: Span) -> Result<Expression, FormulaError> {
    let mut statements = statements_in(text, range.clone())?;
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
                None => statement.expression.instructions[0].span.clone(),
            };
            Err(FormulaError::new(span, "one expression is wanted here"))
        }
        (None, _) => Err(empty(range)),
    }
}

/// Parses statements split by line ends or `;`.
///
/// # Errors
/// The first place where the text is not a formula.
pub fn statements(text: &str) -> Result<Vec<Statement>, FormulaError> {
    statements_in(text, 0..text.len())
}

/// Parses the statements in a range of the text; places are counted in the whole text.
///
/// # Errors
/// The first place where the range is not a formula.
pub fn statements_in(text: &str, range: Span) -> Result<Vec<Statement>, FormulaError> {
    let mut parser = Parser::new(text, range)?;
    let mut statements = Vec::new();
    loop {
        while parser.token == Token::Separator {
            parser.advance()?;
        }
        if parser.token == Token::End {
            return Ok(statements);
        }
        statements.push(parser.statement()?);
        if !matches!(parser.token, Token::Separator | Token::End) {
            return Err(parser.unexpected());
        }
    }
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
    out: Vec<Instruction>,
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
            out: Vec::new(),
        })
    }

    fn advance(&mut self) -> Result<(Token, Span), FormulaError> {
        let (token, span) = self.lexer.next()?;
        Ok((
            std::mem::replace(&mut self.token, token),
            std::mem::replace(&mut self.span, span),
        ))
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.token, Token::Sign(found) if found == sign)
    }

    fn emit(&mut self, code: Code, span: Span) {
        self.out.push(Instruction { code, span });
    }

    fn statement(&mut self) -> Result<Statement, FormulaError> {
        let start = self.span.clone();
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
                return Err(FormulaError::new(
                    start.start..self.span.start,
                    "only a name can stand left of `=`",
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

    fn take(&mut self) -> Expression {
        Expression {
            instructions: std::mem::take(&mut self.out),
        }
    }

    /// An expression whose operators bind at least as strongly as `weakest`.
    fn expression(&mut self, weakest: u8) -> Result<(), FormulaError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(FormulaError::new(
                self.span.clone(),
                format!("nested deeper than {MAX_DEPTH}; name a part on a line of its own"),
            ));
        }
        self.operand()?;
        while let Some((strength, operator)) = self.operator() {
            if strength < weakest {
                break;
            }
            let span = self.span.clone();
            if !matches!(operator, Operator::Adjacent) {
                self.advance()?;
            }
            // `^` groups to the right, all others to the left.
            let right = if operator == Operator::Binary(Binary::Pow) {
                strength
            } else {
                strength + 1
            };
            self.expression(right)?;
            let code = match operator {
                Operator::Binary(binary) => Code::Binary(binary),
                Operator::Adjacent => Code::Binary(Binary::Mul),
            };
            self.emit(code, span);
        }
        self.depth -= 1;
        Ok(())
    }

    /// The operator at the present token and how strongly it binds.
    fn operator(&self) -> Option<(u8, Operator)> {
        let (strength, binary) = match &self.token {
            Token::Sign(sign) => match *sign {
                "<" => (1, Binary::Less),
                "<=" => (1, Binary::LessEqual),
                ">" => (1, Binary::Greater),
                ">=" => (1, Binary::GreaterEqual),
                "==" => (1, Binary::Equal),
                "!=" => (1, Binary::NotEqual),
                "+" => (2, Binary::Add),
                "-" => (2, Binary::Sub),
                "*" => (3, Binary::Mul),
                "/" => (3, Binary::Div),
                "^" => (5, Binary::Pow),
                "(" => return Some((3, Operator::Adjacent)),
                _ => return None,
            },
            Token::Number(_) | Token::Name(_) => return Some((3, Operator::Adjacent)),
            Token::Separator | Token::End => return None,
        };
        Some((strength, Operator::Binary(binary)))
    }

    fn operand(&mut self) -> Result<(), FormulaError> {
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
            Token::Sign("(") => {
                let open = self.advance()?.1;
                self.expression(0)?;
                self.close(&open)
            }
            Token::Sign("-") => {
                let (_, span) = self.advance()?;
                self.expression(4)?;
                self.emit(Code::Unary(Unary::Neg), span);
                Ok(())
            }
            Token::Sign("+") => {
                self.advance()?;
                self.expression(4)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn name(&mut self, name: String, span: Span) -> Result<(), FormulaError> {
        let called = self.is("(");
        if !function::is_known(&name) {
            self.emit(Code::Name { name, called }, span);
            return Ok(());
        }
        if !called {
            return Err(FormulaError::new(
                span,
                format!("`{name}` is a function; write `{name}(…)`"),
            ));
        }
        let open = self.advance()?.1;
        let mut arguments = 0;
        if !self.is(")") {
            loop {
                self.expression(0)?;
                arguments += 1;
                if !self.is(",") {
                    break;
                }
                self.advance()?;
            }
        }
        self.close(&open)?;
        self.emit(Code::Call { name, arguments }, span);
        Ok(())
    }

    fn close(&mut self, open: &Span) -> Result<(), FormulaError> {
        if self.is(")") {
            self.advance()?;
            return Ok(());
        }
        match self.token {
            Token::End | Token::Separator => {
                Err(FormulaError::new(open.clone(), "this `(` is not closed"))
            }
            _ => Err(self.unexpected()),
        }
    }

    fn unexpected(&self) -> FormulaError {
        let message = match &self.token {
            Token::End => "the formula ends here, but a value is missing".to_owned(),
            Token::Separator => "the line ends here, but a value is missing".to_owned(),
            Token::Number(_) | Token::Name(_) => "an operator is missing before this".to_owned(),
            Token::Sign(")") => "this `)` has no `(`, or a value is missing before it".to_owned(),
            Token::Sign("=") => "`=` is not expected here; compare with `==`".to_owned(),
            Token::Sign(sign) => format!("`{sign}` is not expected here"),
        };
        FormulaError::new(self.span.clone(), message)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operator {
    Binary(Binary),
    /// Two values beside each other: a product.
    Adjacent,
}
