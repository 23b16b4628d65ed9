//! Brackets of every kind: `( … )`, `[ … ]`, `{ … }`, `| … |`.

use super::Parser;
use crate::formula::lexer::Token;
use crate::formula::syntax::{Code, Instruction};
use crate::formula::{FormulaError, Span, Unary, advice};

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

    /// An argument of `\frac`.
    pub(super) fn braced(&mut self) -> Result<(), FormulaError> {
        if !self.is("{") {
            return Err(FormulaError::new(
                self.span.clone(),
                "a fraction is written so: \\frac{a}{b}",
            ));
        }
        self.bracket()
    }

    pub(super) fn absolute(&mut self) -> Result<(), FormulaError> {
        let (_, span) = self.advance()?;
        let doubled = self.is("|") && self.span.start == span.end;
        self.bars += 1;
        if self.token != Token::End {
            self.expression(0)?;
        }
        self.bars -= 1;
        if !self.is("|") {
            let advice = if doubled {
                advice::ANY
            } else {
                "a bar stands on both sides of a value"
            };
            return Err(FormulaError::new(
                span,
                format!("this `|` is not closed; {advice}"),
            ));
        }
        self.advance()?;
        self.emit(Code::Unary(Unary::Abs), span);
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
    /// The `|` that were open around it.
    pub(super) bars: usize,
}
