//! Text to tokens, one at a time, so that a hostile text is given up where it goes wrong.

use super::{FormulaError, Span};

/// One token.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// `1`, `.5`, `1e-3`.
    Number(f64),
    /// Letters, digits and underscores, a letter or ∇ first.
    Name(String),
    /// An operator or a bracket.
    Sign(&'static str),
    /// A line's end or `;`.
    Separator,
    /// The end of the text.
    End,
}

/// Signs, longer ones first; each with what it means.
const SIGNS: [(&str, &str); 24] = [
    ("**", "^"),
    ("<=", "<="),
    (">=", ">="),
    ("==", "=="),
    ("!=", "!="),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
    ("+", "+"),
    ("-", "-"),
    ("−", "-"),
    ("–", "-"),
    ("*", "*"),
    ("·", "*"),
    ("⋅", "*"),
    ("×", "*"),
    ("/", "/"),
    ("^", "^"),
    ("(", "("),
    (")", ")"),
    (",", ","),
    ("<", "<"),
    (">", ">"),
    ("=", "="),
];

/// Walks over a text.
#[derive(Debug)]
pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    /// At the start of `range` of `text`; places are counted in the whole text.
    pub fn new(text: &'a str, range: Span) -> Self {
        Self {
            text: &text[..range.end],
            at: range.start,
        }
    }

    /// The next token and its place.
    pub fn next(&mut self) -> Result<(Token, Span), FormulaError> {
        self.skip_blanks();
        let start = self.at;
        let rest = &self.text[start..];
        let Some(first) = rest.chars().next() else {
            return Ok((Token::End, start..start));
        };
        let token = if matches!(first, '\n' | ';') {
            self.at += 1;
            Token::Separator
        } else if first.is_ascii_digit() || first == '.' {
            self.number()?
        } else if is_name_start(first) {
            self.at += name_length(rest);
            Token::Name(self.text[start..self.at].to_owned())
        } else if let Some((sign, meaning)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign))
        {
            self.at += sign.len();
            Token::Sign(meaning)
        } else {
            return Err(FormulaError::new(
                start..start + first.len_utf8(),
                format!("`{}` means nothing here", first.escape_debug()),
            ));
        };
        Ok((token, start..self.at))
    }

    /// Blanks, and comments from `#` to the line's end.
    fn skip_blanks(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let blank = rest
                .find(|c: char| c == '\n' || !c.is_whitespace())
                .unwrap_or(rest.len());
            self.at += blank;
            let rest = &self.text[self.at..];
            if !rest.starts_with('#') {
                return;
            }
            self.at += rest.find('\n').unwrap_or(rest.len());
        }
    }

    fn number(&mut self) -> Result<Token, FormulaError> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let digits = |mut at: usize| {
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let mut end = digits(start);
        // `1..2` is a range of a hyperparameter, not the number `1.`.
        if bytes.get(end) == Some(&b'.') && bytes.get(end + 1) != Some(&b'.') {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent > end + 1 + sign {
                end = exponent;
            }
        }
        self.at = end.max(start + 1);
        let text = &self.text[start..self.at];
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Token::Number(value)),
            Ok(_) => Err(FormulaError::new(
                start..self.at,
                "this number is too large; the largest is about 1.8e308",
            )),
            Err(_) => Err(FormulaError::new(
                start..self.at,
                format!("`{text}` is not a number"),
            )),
        }
    }
}

/// Whether a name may begin so.
pub fn is_name_start(c: char) -> bool {
    (c.is_alphabetic() || c == '∇' || c == '_') && !is_superscript(c)
}

fn name_length(text: &str) -> usize {
    text.find(|c: char| !(is_name_start(c) || is_name_digit(c)))
        .unwrap_or(text.len())
}

fn is_name_digit(c: char) -> bool {
    c.is_ascii_digit() || ('₀'..='₉').contains(&c)
}

fn is_superscript(c: char) -> bool {
    matches!(c, 'ª' | 'º' | 'ⁱ' | 'ⁿ')
}
