//! What is said of a wrong formula: the place, the reason, and what to write instead.

use super::excerpt::{Excerpt, visible};
use codespan_reporting::diagnostic::{Diagnostic, Label};
use codespan_reporting::term;
use std::ops::Range;

/// A range of bytes in the text.
pub type Span = Range<usize>;

/// A formula or an update rule that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FormulaError {
    /// The reason, with a suggestion where one exists; no full stop at the end.
    pub message: String,
    /// The place in the text that was parsed.
    pub span: Span,
}

impl FormulaError {
    /// An error at a place; what of its text a terminal would obey is shown by signs.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            message: message.into().chars().map(visible).collect(),
            span,
        }
    }

    /// An unknown word, with the nearest of those that would be known.
    pub fn unknown<'a>(
        span: Span,
        kind: &str,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let advice = match nearest(word, known) {
            Some(known) => format!("; did you mean `{known}`?"),
            None => String::new(),
        };
        Self::new(span, format!("unknown {kind} `{}`{advice}", shown(word)))
    }

    /// The message with the line and a caret under the place; `name` says where the text is from.
    /// Of a long line it shows the part around the place.
    pub fn render(&self, name: &str, text: &str) -> String {
        let excerpt = Excerpt::new(name, text, &self.span);
        let diagnostic = Diagnostic::error()
            .with_message(&self.message)
            .with_label(Label::primary((), excerpt.span.clone()));
        let config = term::Config::default();
        term::emit_into_string(&config, &excerpt, &diagnostic)
            .unwrap_or_else(|_| self.message.clone())
            .trim_end()
            .to_owned()
    }
}

/// Letters of a word that a message shows, and that a suggestion is looked for.
const LONGEST_WORD: usize = 40;

/// A word as a message shows it: cut where it is long.
pub fn shown(word: &str) -> String {
    match word.char_indices().nth(LONGEST_WORD) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word.to_owned(),
    }
}

/// The known word nearest to `word`, when it is near enough to be what was meant: about one slip
/// in four letters; of equals the one that shares the larger part.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = |text: &str| text.chars().count();
    if length(word) > LONGEST_WORD {
        return None;
    }
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(slips, candidate)| *slips <= (length(candidate).max(length(word)) + 2) / 4)
        .min_by_key(|(slips, candidate)| (*slips, std::cmp::Reverse(length(candidate))))
        .map(|(_, candidate)| candidate)
}
