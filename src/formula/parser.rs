//! Tokens to instructions, as people write mathematics.
//!
//! Precedence, weakest first: comparison; `+ -`; `* /` and products without a sign (`2x`,
//! `2(x+1)`); the sign of a number; `^` and raised digits, which group to the right, so `-x^2` is
//! `-(x^2)`. A function takes a bracket (`sin(x)`), or the factors up to the next sign
//! (`sin x`, `\sin 2\pi x`); its power may stand before its argument (`sin^2 x`).

use super::function;
use super::lexer::{Lexer, Token};
use super::syntax::{Code, Expression, Instruction, Statement};
use super::{Binary, FormulaError, Span, Unary};

/// How deep brackets, signs and powers may nest.
const MAX_DEPTH: usize = 200;

/// The strength of products, and of what binds tighter.
const PRODUCT: u8 = 3;
const SIGN: u8 = 4;
const POWER: u8 = 5;

/// Parses one expression that fills the whole text.
///
/// # Errors
/// The first place where the text is not a formula.
pub fn expression(text: &str) -> Result<Expression, FormulaError> {
    let mut statements = statements(text)?;
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
        while parser.is_separator() {
            parser.advance()?;
        }
        if parser.token == Token::End {
            return Ok(statements);
        }
        statements.push(parser.statement()?);
        if !parser.is_separator() && parser.token != Token::End {
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
    /// Brackets that are open: a line's end within them is a blank.
    brackets: usize,
    /// `|` that are open in the present bracket: the next one closes.
    bars: usize,
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
            bars: 0,
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
                    self.expression(strength + 1)?;
                    self.emit(Code::Binary(Binary::Mul), span);
                }
                Operator::Binary(binary) => {
                    self.advance()?;
                    // `^` groups to the right, all others to the left.
                    let right = strength + u8::from(binary != Binary::Pow);
                    self.expression(right)?;
                    self.emit(Code::Binary(binary), span);
                }
            }
        }
        self.depth -= 1;
        Ok(())
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
                "<" => (1, Binary::Less),
                "<=" => (1, Binary::LessEqual),
                ">" => (1, Binary::Greater),
                ">=" => (1, Binary::GreaterEqual),
                "==" => (1, Binary::Equal),
                "!=" => (1, Binary::NotEqual),
                "+" => (2, Binary::Add),
                "-" => (2, Binary::Sub),
                "*" => (PRODUCT, Binary::Mul),
                "/" => (PRODUCT, Binary::Div),
                "^" => (POWER, Binary::Pow),
                "(" | "[" | "{" => return Some((PRODUCT, Operator::Adjacent)),
                "|" if self.bars == 0 => return Some((PRODUCT, Operator::Adjacent)),
                _ => return None,
            },
            Token::Superscript(power) => return Some((POWER, Operator::Superscript(*power))),
            Token::Number(_) | Token::Name(_) | Token::Fraction => {
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
            Token::Sign("|") => self.absolute(),
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
            _ => Err(self.unexpected()),
        }
    }

    /// `( … )`, `[ … ]` or `{ … }`, with one value.
    fn bracket(&mut self) -> Result<(), FormulaError> {
        let open = self.open()?;
        self.expression(0)?;
        self.close(open)
    }

    /// An argument of `\frac`.
    fn braced(&mut self) -> Result<(), FormulaError> {
        if !self.is("{") {
            return Err(FormulaError::new(
                self.span.clone(),
                "a fraction is written so: \\frac{a}{b}",
            ));
        }
        self.bracket()
    }

    fn absolute(&mut self) -> Result<(), FormulaError> {
        let (_, span) = self.advance()?;
        self.bars += 1;
        self.expression(0)?;
        self.bars -= 1;
        if !self.is("|") {
            return Err(FormulaError::new(span, "this `|` is not closed"));
        }
        self.advance()?;
        self.emit(Code::Unary(Unary::Abs), span);
        Ok(())
    }

    /// Steps into the bracket here.
    fn open(&mut self) -> Result<Open, FormulaError> {
        self.brackets += 1;
        let bars = std::mem::take(&mut self.bars);
        let (token, span) = self.advance()?;
        let (sign, close) = match token {
            Token::Sign("[") => ("[", "]"),
            Token::Sign("{") => ("{", "}"),
            _ => ("(", ")"),
        };
        Ok(Open {
            sign,
            close,
            span,
            bars,
        })
    }

    /// Steps out of a bracket.
    fn close(&mut self, open: Open) -> Result<(), FormulaError> {
        if !self.is(open.close) {
            return Err(match self.token {
                Token::End | Token::Semicolon | Token::NewLine => {
                    FormulaError::new(open.span, format!("this `{}` is not closed", open.sign))
                }
                _ => self.unexpected(),
            });
        }
        self.brackets -= 1;
        self.bars = open.bars;
        self.advance()?;
        Ok(())
    }

    fn name(&mut self, name: String, span: Span) -> Result<(), FormulaError> {
        if name == "sum" || name == "prod" {
            return self.loop_over_index(name == "prod", span);
        }
        if function::is_known(&name) {
            return self.function(name, span);
        }
        let called = self.is("(");
        self.emit(Code::Name { name, called }, span);
        Ok(())
    }

    /// A function with its argument, and with a power between them as in `sin^2 x`.
    fn function(&mut self, name: String, span: Span) -> Result<(), FormulaError> {
        let power = self.power_of_function()?;
        let root = if name == "sqrt" && self.is("[") {
            Some(self.captured(Self::bracket)?)
        } else {
            None
        };
        let arguments = if self.is("(") || self.is("{") {
            self.arguments()?
        } else {
            self.factors(&name, &span)?;
            1
        };
        match root {
            None => self.emit(Code::Call { name, arguments }, span.clone()),
            Some(degree) => {
                self.emit(Code::Number(1.0), span.clone());
                self.out.extend(degree.instructions);
                self.emit(Code::Binary(Binary::Div), span.clone());
                self.emit(Code::Binary(Binary::Pow), span.clone());
            }
        }
        if let Some(power) = power {
            self.out.extend(power.instructions);
            self.emit(Code::Binary(Binary::Pow), span);
        }
        Ok(())
    }

    fn power_of_function(&mut self) -> Result<Option<Expression>, FormulaError> {
        if let Token::Superscript(power) = self.token {
            let (_, span) = self.advance()?;
            let code = Code::Number(f64::from(power));
            let instructions = vec![Instruction { code, span }];
            return Ok(Some(Expression { instructions }));
        }
        if !self.is("^") {
            return Ok(None);
        }
        self.advance()?;
        self.captured(Self::operand).map(Some)
    }

    /// What `parse` emits, kept apart.
    fn captured(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<(), FormulaError>,
    ) -> Result<Expression, FormulaError> {
        let before = std::mem::take(&mut self.out);
        parse(self)?;
        let captured = self.take();
        self.out = before;
        Ok(captured)
    }

    /// Values in a bracket, split by commas; how many they are.
    fn arguments(&mut self) -> Result<usize, FormulaError> {
        let open = self.open()?;
        let mut count = 0;
        if !self.is(open.close) {
            loop {
                self.expression(0)?;
                count += 1;
                if !self.is(",") {
                    break;
                }
                self.advance()?;
            }
        }
        self.close(open)?;
        Ok(count)
    }

    /// A function's argument without a bracket: factors beside each other, up to the next sign or
    /// function.
    fn factors(&mut self, name: &str, span: &Span) -> Result<(), FormulaError> {
        let begins = matches!(
            self.token,
            Token::Number(_) | Token::Name(_) | Token::Fraction | Token::Sign("|" | "-" | "[")
        );
        if !begins || (self.is("|") && self.bars > 0) {
            return Err(FormulaError::new(
                span.clone(),
                format!("`{name}` is a function; write `{name}(…)`"),
            ));
        }
        self.expression(POWER)?;
        loop {
            let goes_on = match &self.token {
                Token::Number(_) => true,
                Token::Name(name) => !function::is_known(name) && name != "sum" && name != "prod",
                _ => false,
            };
            if !goes_on {
                return Ok(());
            }
            let span = self.span.clone();
            self.expression(POWER)?;
            self.emit(Code::Binary(Binary::Mul), span);
        }
    }

    /// `sum(i, 1, 5, …)`, or LaTeX's `\sum_{i=1}^{5} …`.
    fn loop_over_index(&mut self, product: bool, span: Span) -> Result<(), FormulaError> {
        if self.is("_") {
            return self.latex_loop(product, span);
        }
        let example = if product { "prod" } else { "sum" };
        let wrong = FormulaError::new(
            span.clone(),
            format!(
                "a loop is written so: {example}(i, 1, 5, i*x); over a table's rows it is not built yet"
            ),
        );
        if !self.is("(") {
            return Err(wrong);
        }
        let open = self.open()?;
        let index = self.index(&wrong)?;
        for _ in 0..2 {
            self.comma(&wrong)?;
            self.expression(0)?;
        }
        self.comma(&wrong)?;
        let body = self.captured(|parser| parser.expression(0))?;
        self.close(open)?;
        self.emit(
            Code::Loop {
                product,
                index,
                body,
            },
            span,
        );
        Ok(())
    }

    fn latex_loop(&mut self, product: bool, span: Span) -> Result<(), FormulaError> {
        let wrong = FormulaError::new(
            span.clone(),
            "a loop is written so: \\sum_{i=1}^{5} i x, or sum(i, 1, 5, i*x)",
        );
        self.advance()?;
        if !self.is("{") {
            return Err(wrong);
        }
        let open = self.open()?;
        let index = self.index(&wrong)?;
        if !self.is("=") {
            return Err(wrong);
        }
        self.advance()?;
        self.expression(0)?;
        self.close(open)?;
        if !self.is("^") {
            return Err(wrong);
        }
        self.advance()?;
        self.operand()?;
        let body = self.captured(|parser| parser.expression(PRODUCT))?;
        self.emit(
            Code::Loop {
                product,
                index,
                body,
            },
            span,
        );
        Ok(())
    }

    fn index(&mut self, wrong: &FormulaError) -> Result<String, FormulaError> {
        match self.advance()?.0 {
            Token::Name(name) if !function::is_known(&name) => Ok(name),
            _ => Err(wrong.clone()),
        }
    }

    fn comma(&mut self, wrong: &FormulaError) -> Result<(), FormulaError> {
        if !self.is(",") {
            return Err(wrong.clone());
        }
        self.advance()?;
        Ok(())
    }

    fn unexpected(&self) -> FormulaError {
        let message = match &self.token {
            Token::End => "the formula ends here, but a value is missing".to_owned(),
            Token::NewLine | Token::Semicolon => {
                "the line ends here, but a value is missing".to_owned()
            }
            Token::Number(_) | Token::Name(_) | Token::Fraction => {
                "an operator is missing before this".to_owned()
            }
            Token::Superscript(_) => "there is nothing to raise to this power".to_owned(),
            Token::Sign(close @ (")" | "]" | "}")) => {
                format!("this `{close}` closes nothing, or a value is missing before it")
            }
            Token::Sign("=") => "`=` is not expected here; compare with `==`".to_owned(),
            Token::Sign(sign) => format!("`{sign}` is not expected here"),
        };
        FormulaError::new(self.span.clone(), message)
    }
}

/// A bracket that is open.
struct Open {
    sign: &'static str,
    close: &'static str,
    span: Span,
    /// The `|` that were open around it.
    bars: usize,
}
