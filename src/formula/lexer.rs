//! Text to tokens, one at a time, so that a hostile text is given up where it goes wrong.

use super::latex::{self, Command};
use super::{FormulaError, Span, nearest};

/// One token.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// `1`, `.5`, `1e-3`, `½`.
    Number(f64),
    /// Letters, digits and underscores, a letter or ∇ first; `x_1`, `x_{1}` and `x₁` are `x1`.
    Name(String),
    /// An operator or a bracket.
    Sign(&'static str),
    /// Raised digits, as in `x²`.
    Superscript(i32),
    /// LaTeX's `\frac`.
    Fraction,
    /// A line's end.
    NewLine,
    /// `;`.
    Semicolon,
    /// The end of the text.
    End,
}

/// Signs, longer ones first; each with what it means.
const SIGNS: [(&str, &str); 32] = [
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
    ("∗", "*"),
    ("/", "/"),
    ("÷", "/"),
    ("^", "^"),
    ("(", "("),
    (")", ")"),
    ("[", "["),
    ("]", "]"),
    ("{", "{"),
    ("}", "}"),
    ("|", "|"),
    (",", ","),
    ("_", "_"),
    ("<", "<"),
    (">", ">"),
    ("=", "="),
];

/// Numbers of one sign.
const FRACTIONS: [(char, f64); 3] = [('½', 0.5), ('¼', 0.25), ('¾', 0.75)];

const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

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
        loop {
            self.skip_blanks();
            let start = self.at;
            if let Some(token) = self.token()? {
                return Ok((token, start..self.at));
            }
        }
    }

    /// The token here; `None` for a command that stands for nothing.
    fn token(&mut self) -> Result<Option<Token>, FormulaError> {
        let start = self.at;
        let rest = &self.text[start..];
        let Some(first) = rest.chars().next() else {
            return Ok(Some(Token::End));
        };
        let token = if first == '\n' {
            self.at += 1;
            Token::NewLine
        } else if first == ';' {
            self.at += 1;
            Token::Semicolon
        } else if first == '\\' {
            return self.command();
        } else if first.is_ascii_digit() || first == '.' {
            self.number()?
        } else if is_superscript(first) {
            self.superscript()?
        } else if first == '√' {
            self.at += first.len_utf8();
            Token::Name("sqrt".to_owned())
        } else if is_name_start(first) {
            self.name()
        } else if let Some((_, value)) = FRACTIONS.iter().find(|(sign, _)| *sign == first) {
            self.at += first.len_utf8();
            Token::Number(*value)
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
        Ok(Some(token))
    }

    /// Blanks, and comments from `#` to the line's end.
    fn skip_blanks(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let blank = rest
                .find(|c: char| c == '\n' || !(c.is_whitespace() || c == '\u{feff}'))
                .unwrap_or(rest.len());
            self.at += blank;
            let rest = &self.text[self.at..];
            if !rest.starts_with('#') {
                return;
            }
            self.at += rest.find('\n').unwrap_or(rest.len());
        }
    }

    fn command(&mut self) -> Result<Option<Token>, FormulaError> {
        let start = self.at;
        let (command, length) = latex::command(&self.text[start + 1..]);
        self.at = start + 1 + length;
        match command {
            Some(Command::Blank) => Ok(None),
            Some(Command::Sign(sign)) => Ok(Some(Token::Sign(sign))),
            Some(Command::Name(name)) => {
                let subscript = self.subscript();
                Ok(Some(Token::Name(plain_name(&format!("{name}{subscript}")))))
            }
            Some(Command::Fraction) => Ok(Some(Token::Fraction)),
            Some(Command::Upright) => self.upright(start).map(Some),
            None => {
                let word = &self.text[start + 1..self.at];
                let advice = match nearest(word, latex::words()) {
                    Some(known) => format!("; did you mean `\\{known}`?"),
                    None => String::new(),
                };
                Err(FormulaError::new(
                    start..self.at,
                    format!("unknown command `\\{word}`{advice}"),
                ))
            }
        }
    }

    /// The name in the braces behind `\mathrm`.
    fn upright(&mut self, start: usize) -> Result<Token, FormulaError> {
        let rest = self.text[self.at..].trim_start();
        let braced = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        match braced {
            Some((name, after))
                if name
                    .trim()
                    .chars()
                    .all(|c| is_name_start(c) || is_name_digit(c)) =>
            {
                self.at = self.text.len() - after.len();
                Ok(Token::Name(plain_name(name.trim())))
            }
            _ => Err(FormulaError::new(
                start..self.at,
                "a name in braces is wanted behind this, as in \\mathrm{sin}",
            )),
        }
    }

    fn name(&mut self) -> Token {
        let start = self.at;
        let rest = &self.text[start..];
        let length = rest
            .char_indices()
            .find(|(at, c)| !(is_name_start(*c) || is_name_digit(*c) || is_inner_bar(&rest[*at..])))
            .map_or(rest.len(), |(at, _)| at);
        self.at += length;
        let subscript = self.subscript();
        Token::Name(plain_name(&format!("{}{subscript}", &rest[..length])))
    }

    /// `_{…}` or `_1` behind a name, as part of it.
    fn subscript(&mut self) -> String {
        let rest = &self.text[self.at..];
        let inner = rest
            .strip_prefix("_{")
            .and_then(|rest| rest.split_once('}'));
        if let Some((inner, after)) = inner
            && !inner.is_empty()
            && inner.chars().all(|c| is_name_start(c) || is_name_digit(c))
        {
            self.at = self.text.len() - after.len();
            return format!("_{inner}");
        }
        let digits = rest.strip_prefix('_').map_or(0, |rest| {
            rest.find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len())
        });
        if digits == 0 {
            return String::new();
        }
        self.at += 1 + digits;
        rest[..=digits].to_owned()
    }

    fn superscript(&mut self) -> Result<Token, FormulaError> {
        let start = self.at;
        let rest = &self.text[start..];
        let (sign, digits) = match rest.strip_prefix('⁻') {
            Some(digits) => (-1, digits),
            None => (1, rest.strip_prefix('⁺').unwrap_or(rest)),
        };
        let value = |c: char| SUPERSCRIPTS.iter().position(|digit| *digit == c);
        let count = digits.chars().take_while(|c| value(*c).is_some()).count();
        let length: usize = digits.chars().take(count).map(char::len_utf8).sum();
        self.at = start + (rest.len() - digits.len()) + length;
        let power = digits.chars().take(count).try_fold(0_i32, |power, c| {
            power.checked_mul(10)?.checked_add(value(c)? as i32)
        });
        match power {
            Some(power) if count > 0 => Ok(Token::Superscript(sign * power)),
            _ => Err(FormulaError::new(start..self.at, "this is not a power")),
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
    (c.is_alphabetic() || c == '∇') && !matches!(c, 'ª' | 'º' | 'ⁱ' | 'ⁿ')
}

/// A name as it is known: lowered digits are digits, and an underscore before a number at the end
/// is left out, so that `x_1`, `x_{1}`, `x₁` and `x1` are one.
pub fn plain_name(name: &str) -> String {
    let plain: String = name.chars().map(plain_digit).collect();
    match plain.rsplit_once('_') {
        Some((letters, number))
            if !letters.is_empty()
                && !number.is_empty()
                && number.chars().all(|c| c.is_ascii_digit()) =>
        {
            format!("{letters}{number}")
        }
        _ => plain,
    }
}

fn plain_digit(c: char) -> char {
    if ('₀'..='₉').contains(&c) {
        return char::from(b'0' + (c as u32 - '₀' as u32) as u8);
    }
    c
}

fn is_name_digit(c: char) -> bool {
    c.is_ascii_digit() || ('₀'..='₉').contains(&c)
}

/// An underscore between letters or digits: part of a name, as in `lr_decay`.
fn is_inner_bar(text: &str) -> bool {
    let mut signs = text.chars();
    signs.next() == Some('_')
        && signs
            .next()
            .is_some_and(|c| is_name_start(c) || is_name_digit(c))
}

fn is_superscript(c: char) -> bool {
    matches!(c, '⁺' | '⁻') || SUPERSCRIPTS.contains(&c)
}
