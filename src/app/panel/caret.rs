//! The place of a mistake, as a line of the text with carets under it.

use crate::formula::Span;

/// The part of a formula around `span`, at most `columns` wide, and the line of carets under it,
/// both for letters of one width.
pub fn lines(text: &str, span: &Span, columns: usize) -> [String; 2] {
    let start = span.start.min(text.len());
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[line_start..].lines().next().unwrap_or("");
    let column = text[line_start..start].chars().count();
    let marked = text[start..span.end.clamp(start, text.len())]
        .lines()
        .next();
    let marked = marked.map_or(0, |marked| marked.chars().count()).max(1);
    // A mistake far to the right is brought into sight, with a little of what is before it.
    let first = match column + marked <= columns {
        true => 0,
        false => column.saturating_sub(columns / 2),
    };
    let shown = line.chars().skip(first).take(columns).collect();
    let carets = marked.min(columns.saturating_sub(column - first)).max(1);
    [shown, " ".repeat(column - first) + &"^".repeat(carets)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_carets_stand_under_the_place() {
        assert_eq!(lines("x^2 + yy^2", &(6..8), 30), ["x^2 + yy^2", "      ^^"]);
        assert_eq!(lines("x +", &(3..3), 30), ["x +", "   ^"], "at the end");
        assert_eq!(lines("", &(0..0), 30), ["", "^"]);
    }

    #[test]
    fn of_several_lines_only_the_wrong_one_is_shown() {
        assert_eq!(
            lines("u = x^2\nu + π*z", &(15..16), 30),
            ["u + π*z", "      ^"]
        );
    }

    #[test]
    fn a_place_far_to_the_right_is_brought_into_sight() {
        let text = format!("{}q", "x + ".repeat(20));
        let [shown, carets] = lines(&text, &(80..81), 20);
        assert_eq!(shown.chars().nth(carets.len() - 1), Some('q'));
        assert!(shown.chars().count() <= 20 && carets.len() <= 20);
    }
}
