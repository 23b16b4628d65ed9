//! A rule's text as ranges of bytes: lines, code, comments.

use crate::formula::{FormulaError, Span};

/// The lines of a text as ranges: from one end of line or `;` to the next. A loop takes the rest of
/// its line.
pub(super) fn lines(text: &str) -> Vec<Span> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end_matches('\n').len();
        let mut at = start;
        while let Some(semicolon) = text[code_of(text, at..end)].find(';')
            && !text[at..end].trim_start().starts_with("repeat")
        {
            let semicolon = code_of(text, at..end).start + semicolon;
            lines.push(at..semicolon);
            at = semicolon + 1;
        }
        lines.push(at..end);
        start += line.len();
    }
    lines
}

/// A line without its comment and without blanks around.
pub(super) fn code_of(text: &str, line: Span) -> Span {
    let end = text[line.clone()]
        .find('#')
        .map_or(line.end, |at| line.start + at);
    trimmed(text, line.start..end)
}

/// What stands behind `#`.
pub(super) fn comment_of(text: &str, line: Span) -> String {
    let comment = text[line]
        .split_once('#')
        .map(|(_, comment)| comment.trim());
    comment.unwrap_or("").to_owned()
}

/// A range without blanks around.
pub(super) fn trimmed(text: &str, range: Span) -> Span {
    let inner = &text[range.clone()];
    let start = range.start + (inner.len() - inner.trim_start().len());
    let end = range.end - (inner.len() - inner.trim_end().len());
    start..end.max(start)
}

/// `1e-6..1`.
pub(super) fn parse_range(text: &str, range: Span) -> Result<[f64; 2], FormulaError> {
    let place = trimmed(text, range);
    let parsed = text[place.clone()]
        .split_once("..")
        .and_then(|(low, high)| -> Option<[f64; 2]> {
            Some([low.trim().parse().ok()?, high.trim().parse().ok()?])
        });
    match parsed {
        Some([low, high]) if low < high => Ok([low, high]),
        Some(_) => Err(FormulaError::new(
            place,
            "a range goes from the smaller number to the larger: 1e-6..1",
        )),
        None => Err(FormulaError::new(place, "a range is written so: 1e-6..1")),
    }
}
