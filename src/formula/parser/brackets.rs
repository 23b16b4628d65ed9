//! Brackets of every kind: `( … )`, `[ … ]`, `{ … }`, `| … |`.

use super::Parser;
use crate::formula::lexer::Token;
use crate::formula::syntax::{Code, Instruction};
use crate::formula::{FormulaError, Span, Unary, advice, function};

impl Parser<'_> {
    /// `( … )`, `[ … ]` or `{ … }`, with one value.
    pub(super) fn bracket(&mut self) -> Result<(), FormulaError> {
        let name = self.out.last().cloned();
        let open = self.open()?;
        self.expression(0)?;
        match name {
            Some(Instruction {
                code: Code::Name { name, called: true },
                span,
            }) if self.is(",") && span.end <= open.span.start => {
                Err(advice::unknown_function(span, &name))
            }
            _ => self.close(open),
        }
    }

    /// An argument of `\frac`: in braces, or one digit, letter or command.
    pub(super) fn braced(&mut self) -> Result<(), FormulaError> {
        match &self.token {
            Token::Sign("{") => return self.bracket(),
            Token::Fraction | Token::Root(_) => return self.operand(),
            Token::Number(_) | Token::Name(_) => {
                if let Some((token, span)) = self.lexer.first_of(self.span.start) {
                    (self.token, self.span) = (token, span);
                }
            }
            _ => {
                return Err(FormulaError::new(
                    self.span.clone(),
                    "a fraction is written so: \\frac{a}{b}",
                ));
            }
        }
        let (token, span) = self.advance()?;
        let code = match token {
            Token::Number(value) => Code::Number(value),
            Token::Name(name) if function::is_known(&name) => {
                return Err(FormulaError::new(
                    span,
                    format!("`{name}` is a function; write `{{{name}(…)}}` in braces here"),
                ));
            }
            Token::Name(name) => Code::Name {
                name,
                called: false,
            },
            _ => unreachable!("one of the two above"),
        };
        self.emit(code, span);
        Ok(())
    }

    /// `| … |`, or `‖ … ‖` for a norm.
    pub(super) fn absolute(&mut self, bar: &'static str) -> Result<(), FormulaError> {
        let (_, span) = self.advance()?;
        let doubled = bar == "|" && self.is("|") && self.span.start == span.end;
        self.bars.push(bar);
        if self.token != Token::End {
            self.expression(0)?;
        }
        self.bars.pop();
        if !self.is(bar) {
            let advice = if doubled {
                advice::ANY
            } else {
                "a bar stands on both sides of a value"
            };
            return Err(FormulaError::new(
                span,
                format!("this `{bar}` is not closed; {advice}"),
            ));
        }
        self.advance()?;
        let code = match bar {
            "|" => Code::Unary(Unary::Abs),
            _ => Code::Call {
                name: "norm".to_owned(),
                arguments: 1,
            },
        };
        self.emit(code, span);
        Ok(())
    }

    /// Steps into the bracket here.
    pub(super) fn open(&mut self) -> Result<Open, FormulaError> {
        self.brackets += 1;
        let bars = std::mem::take(&mut self.bars);
        let (token, span) = self.advance()?;
        let (sign, close) = match token {
            Token::Sign("[") => ("[", "]"),
            Token::Sign("{") => ("{", "}"),
            _ => ("(", ")"),
        };
        if self.token == Token::End {
            return Err(unclosed(sign, span, ""));
        }
        Ok(Open {
            sign,
            close,
            span,
            bars,
        })
    }

    /// Steps out of a bracket.
    pub(super) fn close(&mut self, open: Open) -> Result<(), FormulaError> {
        if !self.is(open.close) {
            return Err(match &self.token {
                Token::Semicolon => unclosed(open.sign, open.span, " before the `;`"),
                Token::End | Token::NewLine => unclosed(open.sign, open.span, ""),
                Token::Sign(close @ (")" | "]" | "}")) => FormulaError::new(
                    self.span.clone(),
                    format!(
                        "this `{close}` does not close the `{}` before it; write `{}`",
                        open.sign, open.close
                    ),
                ),
                _ => self.unexpected(),
            });
        }
        self.brackets -= 1;
        self.bars = open.bars;
        self.advance()?;
        Ok(())
    }
}

fn unclosed(sign: &str, span: Span, place: &str) -> FormulaError {
    FormulaError::new(span, format!("this `{sign}` is not closed{place}"))
}

/// A bracket that is open.
pub(super) struct Open {
    pub(super) sign: &'static str,
    pub(super) close: &'static str,
    pub(super) span: Span,
    /// The bars that were open around it.
    pub(super) bars: Vec<&'static str>,
}
