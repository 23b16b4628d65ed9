//! The line that a message points into, as a terminal can show it.

use super::Span;
use codespan_reporting::files::{Error, Files};

/// Characters shown on either side of the place.
const AROUND: usize = 60;

/// One line of a text, or the part of it around a place.
#[derive(Debug)]
pub struct Excerpt<'a> {
    name: &'a str,
    /// What is shown.
    line: String,
    /// The place in `line`; what lies beyond the line is left out.
    pub span: Span,
    /// The line's number in the text, from 1.
    number: usize,
    /// The place's character in the text's line, from 1.
    column: usize,
}

impl<'a> Excerpt<'a> {
    /// The line of `text` where `span` begins.
    pub fn new(name: &'a str, text: &str, span: &Span) -> Self {
        let place = text.floor_char_boundary(span.start);
        let start = text[..place].rfind('\n').map_or(0, |at| at + 1);
        let (before, rest) = (&text[start..place], &text[place..]);
        let behind = rest.lines().next().unwrap_or_default();
        let length = behind.floor_char_boundary(span.end.saturating_sub(place));
        let (marked, after) = behind.split_at(length);
        let skipped = before.chars().count().saturating_sub(AROUND);
        let mut line = String::new();
        if skipped > 0 {
            line.push('…');
        }
        line.extend(before.chars().skip(skipped).map(visible));
        let from = line.len();
        let room = 2 * AROUND;
        line.extend(marked.chars().take(room).map(visible));
        let to = line.len();
        let room = AROUND.min(room.saturating_sub(marked.chars().count()));
        line.extend(after.chars().take(room).map(visible));
        if after.chars().nth(room).is_some() || marked.chars().nth(2 * AROUND).is_some() {
            line.push('…');
        }
        Self {
            name,
            line,
            span: from..to,
            number: 1 + text[..start].matches('\n').count(),
            column: 1 + before.chars().count(),
        }
    }
}

/// A terminal obeys control characters: their pictures are shown instead.
pub fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        '\0'..='\x1f' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\x7f'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ => c,
    }
}

impl<'a> Files<'a> for Excerpt<'a> {
    type FileId = ();
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, (): ()) -> Result<&'a str, Error> {
        Ok(self.name)
    }

    fn source(&'a self, (): ()) -> Result<&'a str, Error> {
        Ok(&self.line)
    }

    fn line_index(&'a self, (): (), _byte: usize) -> Result<usize, Error> {
        Ok(0)
    }

    fn line_number(&'a self, (): (), _line: usize) -> Result<usize, Error> {
        Ok(self.number)
    }

    fn column_number(&'a self, (): (), _line: usize, _byte: usize) -> Result<usize, Error> {
        Ok(self.column)
    }

    fn line_range(&'a self, (): (), _line: usize) -> Result<Span, Error> {
        Ok(0..self.line.len())
    }
}
