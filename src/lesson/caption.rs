//! A stop's caption with the running scene's numbers filled in.

use super::number::{DIGITS, number, tuple};
use crate::scene::{CaptionPart, caption_parts};
use std::collections::BTreeMap;

/// What the names of captions stand for at one moment.
pub type Facts = BTreeMap<String, Fact>;

/// A number, or several.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// One.
    Number(f64),
    /// As `(1, 2)`.
    Vector(Vec<f64>),
}

/// The caption with its names filled in. A name that the moment has nothing for, such as a point
/// where none is followed, is a dash; so is what a scene edited since it was read no longer has.
pub fn fill(caption: &str, facts: &Facts) -> String {
    // Braces that do not match were refused when the scene was read.
    let Ok(parts) = caption_parts(caption) else {
        return caption.to_owned();
    };
    let filled = parts.into_iter().map(|part| match part {
        CaptionPart::Text(text) => text,
        CaptionPart::Value { name, digits } => {
            let digits = digits.unwrap_or(DIGITS);
            match facts.get(&name) {
                Some(Fact::Number(value)) => number(*value, digits),
                Some(Fact::Vector(values)) => tuple(values, digits),
                None => "–".to_owned(),
            }
        }
    });
    filled.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in_and_doubled_braces_are_braces() {
        let facts = Facts::from([
            ("f".to_owned(), Fact::Number(-12.345_67)),
            ("grad".to_owned(), Fact::Vector(vec![1e-9, -2.0])),
        ]);
        for (caption, text) in [
            ("the loss is {f}", "the loss is −12.35"),
            ("{ f :2}{f:6}", "−12−12.3457"),
            ("∇f = {grad}, {{f}} }}{{", "∇f = (10⁻⁹, −2), {f} }{"),
            ("{nothing}", "–"),
            ("", ""),
        ] {
            assert_eq!(fill(caption, &facts), text);
        }
    }
}
