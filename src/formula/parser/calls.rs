//! Names, functions and loops: what a word and its argument may look like.

use super::{POWER, PRODUCT, Parser};
use crate::formula::lexer::Token;
use crate::formula::syntax::{Code, Expression, Instruction};
use crate::formula::{Binary, FormulaError, Span, Unary, advice, function};

impl Parser<'_> {
    pub(super) fn name(&mut self, name: String, span: Span) -> Result<(), FormulaError> {
        if name == "sum" || name == "prod" {
            return self.sum_or_product(name == "prod", span);
        }
        if name == "mean" && self.is("(") {
            return self.mean(span);
        }
        if function::is_known(&name) {
            return self.function(name, span);
        }
        if let Some(error) = advice::of_keyword(&span, &name) {
            return Err(error);
        }
        let called = self.is("(");
        self.emit(Code::Name { name, called }, span);
        Ok(())
    }

    /// A function with its argument, and with a power between them as in `sin^2 x`.
    fn function(&mut self, name: String, span: Span) -> Result<(), FormulaError> {
        let mut power = self.power_of_function()?;
        let name = match power.take_if(|power| is_minus_one(power)) {
            None => name,
            Some(power) => inverse(&name, &power)?,
        };
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
            Some(degree) => self.degree(degree, span.clone()),
        }
        if let Some(power) = power {
            self.out.extend(power.instructions);
            self.emit(Code::Binary(Binary::Pow), span);
        }
        Ok(())
    }

    /// `√x`, `√(x + 1)`, `\sqrt[3]{x}`: the root of a bracket or of what stands next to it.
    pub(super) fn root(&mut self, sign: &str) -> Result<(), FormulaError> {
        let (_, span) = self.advance()?;
        let mut degree = None;
        if self.is("[") {
            let bracket = self.captured(Self::bracket)?;
            // Without LaTeX a square bracket is a bracket like others.
            if sign == r"\sqrt" || self.is("(") || self.is("{") {
                degree = Some(bracket);
            } else {
                self.out.extend(bracket.instructions);
                self.root_of_top(sign, span);
                return Ok(());
            }
        }
        self.deeper()?;
        self.operand()?;
        self.depth -= 1;
        match degree {
            Some(degree) => self.degree(degree, span),
            None => self.root_of_top(sign, span),
        }
        Ok(())
    }

    fn root_of_top(&mut self, sign: &str, span: Span) {
        let name = if sign == "∛" { "cbrt" } else { "sqrt" };
        let (name, arguments) = (name.to_owned(), 1);
        self.emit(Code::Call { name, arguments }, span);
    }

    /// The root of a degree of the value on top; the cube root takes negative values too.
    fn degree(&mut self, degree: Expression, span: Span) {
        if let [
            Instruction {
                code: Code::Number(3.0),
                ..
            },
        ] = degree.instructions[..]
        {
            return self.root_of_top("∛", span);
        }
        self.emit(Code::Number(1.0), span.clone());
        self.out.extend(degree.instructions);
        self.emit(Code::Binary(Binary::Div), span.clone());
        self.emit(Code::Binary(Binary::Pow), span);
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
            Token::Number(_)
                | Token::Name(_)
                | Token::Fraction
                | Token::Root(_)
                | Token::Sign("|" | "‖" | "-" | "[")
        );
        if !begins || self.is_open_bar() {
            return Err(FormulaError::new(
                span.clone(),
                format!("`{name}` is a function; write `{name}(…)`"),
            ));
        }
        self.expression(POWER)?;
        loop {
            let goes_on = match &self.token {
                Token::Name(name) => !function::is_known(name) && name != "sum" && name != "prod",
                Token::Number(_) | Token::Root(_) => true,
                _ => false,
            };
            if !goes_on {
                return Ok(());
            }
            let span = self.span.clone();
            self.two_numbers()?;
            self.expression(POWER)?;
            self.emit(Code::Binary(Binary::Mul), span);
        }
    }

    /// `sum(i, 1, 5, …)`, LaTeX's `\sum_{i=1}^{5} …`, or `sum(…)` over the rows of a table.
    fn sum_or_product(&mut self, product: bool, span: Span) -> Result<(), FormulaError> {
        if self.is("_") {
            return self.latex_loop(product, span);
        }
        let advice = match product {
            true => {
                "prod(i, 1, 5, i*x); over a table's rows a product is exp(sum(log(…))), or \
                     better the sum of the logarithms itself"
            }
            false => {
                "sum(i, 1, 5, i*x); over a table's rows a sum is written so: sum((w1*x - y)^2)"
            }
        };
        let wrong = FormulaError::new(span.clone(), format!("a loop is written so: {advice}"));
        if !self.is("(") {
            return Err(wrong);
        }
        let open = self.open()?;
        if self.is(")") {
            return Err(wrong);
        }
        let first = self.captured(|parser| parser.expression(0))?;
        if self.is(")") && !product {
            self.close(open)?;
            self.out.extend(first.instructions);
            self.over_rows("sum", span);
            return Ok(());
        }
        let index = match first.instructions.as_slice() {
            [
                Instruction {
                    code: Code::Name { name, .. },
                    ..
                },
            ] => name.clone(),
            _ => return Err(wrong),
        };
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

    /// `mean(…)`, over the rows of a table.
    fn mean(&mut self, span: Span) -> Result<(), FormulaError> {
        let given = self.arguments()?;
        if given != 1 {
            let advice = match given {
                0 => "write mean((w1*x - y)^2)",
                _ => "write (a + b)/2 for the mean of two",
            };
            return Err(FormulaError::new(
                span,
                format!(
                    "`mean` takes one value, and goes over the rows of a table; {given} were given: {advice}"
                ),
            ));
        }
        self.over_rows("mean", span);
        Ok(())
    }

    /// A sum or mean over rows of what was emitted last.
    fn over_rows(&mut self, name: &str, span: Span) {
        let name = name.to_owned();
        self.emit(Code::Call { name, arguments: 1 }, span);
    }

    fn latex_loop(&mut self, product: bool, span: Span) -> Result<(), FormulaError> {
        let example = if product { "prod" } else { "sum" };
        let wrong = FormulaError::new(
            span.clone(),
            format!(
                "a loop is written so: \\{example}_{{i=1}}^{{5}} i x, or {example}(i, 1, 5, i*x)"
            ),
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
}

/// Whether a function's power is -1.
fn is_minus_one(power: &Expression) -> bool {
    let codes: Vec<_> = power.instructions.iter().map(|i| &i.code).collect();
    match codes[..] {
        [Code::Number(value)] => *value == -1.0,
        [Code::Number(value), Code::Unary(Unary::Neg)] => *value == 1.0,
        _ => false,
    }
}

/// What `name^-1` means.
fn inverse(name: &str, power: &Expression) -> Result<String, FormulaError> {
    let known = function::inverse(name).map(str::to_owned);
    known.ok_or_else(|| {
        FormulaError::new(
            power.span(),
            format!("`{name}^-1` may be an inverse function or a quotient; write 1/{name}(…)"),
        )
    })
}
