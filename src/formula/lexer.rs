//! Text to tokens, one at a time, so that a hostile text is given up where it goes wrong.

use super::error::shown;
use super::latex::{self, Command};
use super::{FormulaError, Span, advice, lookalike};

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
    /// `√`, `∛` or LaTeX's `\sqrt`, by its sign: the root of what stands next to it.
    Root(&'static str),
    /// A line's end.
    NewLine,
    /// `;`.
    Semicolon,
    /// The end of the text.
    End,
}

/// Signs, longer ones first; each with what it means.
const SIGNS: [(&str, &str); 40] = [
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
    ("—", "-"),
    ("‐", "-"),
    ("‑", "-"),
    ("*", "*"),
    ("·", "*"),
    ("⋅", "*"),
    ("×", "*"),
    ("∗", "*"),
    ("/", "/"),
    ("÷", "/"),
    ("∕", "/"),
    ("⁄", "/"),
    ("^", "^"),
    ("(", "("),
    (")", ")"),
    ("[", "["),
    ("]", "]"),
    ("{", "{"),
    ("}", "}"),
    ("|", "|"),
    ("∣", "|"),
    ("‖", "‖"),
    ("∥", "‖"),
    (",", ","),
    ("_", "_"),
    ("<", "<"),
    (">", ">"),
    ("=", "="),
];

/// The one Greek letter that is always a number.
const PI: char = 'π';

/// Numbers of one sign.
const FRACTIONS: [(char, f64); 3] = [('½', 0.5), ('¼', 0.25), ('¾', 0.75)];

/// Roots of one sign.
const ROOTS: [&str; 2] = ["√", "∛"];

const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// Walks over a text.
#[derive(Debug, Clone)]
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

    /// The first character of a number or word that was read at `start`, as a token of its own:
    /// `\frac12` is a half. Reading goes on behind it.
    pub fn first_of(&mut self, start: usize) -> Option<(Token, Span)> {
        let first = self.text[start..].chars().next()?;
        let token = match first.to_digit(10) {
            Some(digit) => Token::Number(f64::from(digit)),
            None if is_name_start(first) => Token::Name(plain_name(&first.to_string())),
            None => return None,
        };
        self.at = start + first.len_utf8();
        Some((token, start..self.at))
    }

    /// The text of a place.
    pub fn between(&self, span: Span) -> &'a str {
        &self.text[span]
    }

    /// The token here; `None` for a command that stands for nothing.
    fn token(&mut self) -> Result<Option<Token>, FormulaError> {
        let start = self.at;
        let rest = &self.text[start..];
        let Some(first) = rest.chars().next() else {
            return Ok(Some(Token::End));
        };
        if let Some(error) = advice::of_operator(start, rest) {
            return Err(error);
        }
        let token = if first == '\n' {
            self.at += 1;
            Token::NewLine
        } else if first == ';' {
            self.at += 1;
            Token::Semicolon
        } else if first == '\\' {
            return self.command();
        } else if first == '.' && self.is_behind_name() {
            return Err(self.stray_dot(start));
        } else if first.is_ascii_digit() || first == '.' {
            self.number()?
        } else if is_superscript(first) {
            self.superscript()?
        } else if let Some(root) = ROOTS.iter().find(|root| rest.starts_with(*root)) {
            self.at += root.len();
            Token::Root(root)
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
            return Err(advice::of_character(start, rest));
        };
        Ok(Some(token))
    }

    /// Blanks, and comments from `#` to the line's end.
    fn skip_blanks(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let blank = rest
                .find(|c: char| c == '\n' || !(c.is_whitespace() || lookalike::is_invisible(c)))
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
                // What stands below a sum is its index, not a part of its name.
                let subscript = match name {
                    "sum" | "prod" => String::new(),
                    _ => self.subscript(),
                };
                Ok(Some(Token::Name(plain_name(&format!("{name}{subscript}")))))
            }
            Some(Command::Fraction) => Ok(Some(Token::Fraction)),
            Some(Command::Root) => Ok(Some(Token::Root(r"\sqrt"))),
            Some(Command::Upright) => self.upright(start).map(Some),
            None => {
                let word = &self.text[start + 1..self.at];
                Err(latex::unknown(start..self.at, word))
            }
        }
    }

    /// The name in the braces behind `\mathrm`.
    fn upright(&mut self, start: usize) -> Result<Token, FormulaError> {
        let rest = self.text[self.at..].trim_start();
        let braced = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let Some((name, after)) =
            braced.and_then(|(inner, after)| Some((inner_name(inner)?, after)))
        else {
            return Err(FormulaError::new(
                start..self.at,
                "a name in braces is wanted behind this, as in \\mathrm{sin}",
            ));
        };
        self.at = self.text.len() - after.len();
        let subscript = self.subscript();
        Ok(Token::Name(plain_name(&format!("{name}{subscript}"))))
    }

    fn name(&mut self) -> Token {
        let start = self.at;
        let rest = &self.text[start..];
        let goes_on = |(at, c): (usize, char)| {
            // π is a name of its own, so that 2πx is a product.
            let is_alone = at > 0 && (c == PI || rest.starts_with(PI));
            !is_alone && (is_name_start(c) || is_name_digit(c) || is_inner_bar(&rest[at..]))
        };
        let length = rest
            .char_indices()
            .find(|next| !goes_on(*next))
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
            Err(_) => Err(self.stray_dot(start)),
        }
    }

    fn is_behind_name(&self) -> bool {
        let before = self.text[..self.at].chars().next_back();
        before.is_some_and(|c| is_name_start(c) || c == '_')
    }

    /// A dot that is no part of a number: `np.sin`, `x.^2`.
    fn stray_dot(&self, at: usize) -> FormulaError {
        let is_path = |c: char| is_name_start(c) || is_name_digit(c) || c == '_' || c == '.';
        let before = &self.text[..at];
        let start = before.trim_end_matches(is_path).len();
        let after = &self.text[at + 1..];
        let end = self.text.len() - after.trim_start_matches(is_path).len();
        let path = &self.text[start..end];
        let (span, advice) = match (path.rsplit_once('.'), after.chars().next()) {
            (_, Some(sign @ ('*' | '/' | '^'))) => (at..at + 2, format!("; write `{sign}`")),
            (Some((owner, member)), _)
                if start < at && member.starts_with(|c: char| !c.is_ascii_digit()) =>
            {
                let advice = format!("; write `{}` without `{}.`", shown(member), shown(owner));
                (start..end, advice)
            }
            _ => (at..at + 1, String::new()),
        };
        FormulaError::new(span, format!("a dot stands only within a number{advice}"))
    }
}

/// The name within the braces of `\mathrm{sin}` or `\boldsymbol{\theta}`.
fn inner_name(inner: &str) -> Option<String> {
    let inner = inner.trim();
    if let Some(word) = inner.strip_prefix('\\') {
        return match latex::command(word) {
            (Some(Command::Name(name)), length) if length == word.len() => Some(name.to_owned()),
            _ => None,
        };
    }
    let is_name = inner.chars().all(|c| is_name_start(c) || is_name_digit(c));
    (is_name && !inner.is_empty()).then(|| inner.to_owned())
}

/// Whether a name may begin so.
pub fn is_name_start(c: char) -> bool {
    (c.is_alphabetic() || c == '∇') && !matches!(c, 'ª' | 'º' | 'ˆ' | 'ⁱ' | 'ⁿ')
}

/// A name as it is known: lowered digits are digits, letters in a mathematical style are plain, and an underscore before a number at the end
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
    lookalike::plain_letter(c)
}

pub fn is_name_digit(c: char) -> bool {
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
