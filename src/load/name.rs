//! Whether a word that names nothing was meant as a name or as a formula.

/// Letters and words that a formula may be made of without a call: parameters
/// and constants. `w1` and so on come on top.
const FORMULA_WORDS: [&str; 8] = ["x", "y", "w", "e", "pi", "π", "tau", "τ"];

/// Whether an argument looks like the name of a scene or loss: letters, digits,
/// `_` and `-` alone, beginning with a letter, and at least one of its words is
/// no parameter. So `himelblau` and `no-such-scene` are names, while `x - y`,
/// `w1-w2`, `2*x` and `sin(x)` are formulas.
pub(super) fn is_name(argument: &str) -> bool {
    // Raised digits are numbers to Unicode, and powers here.
    let letters = |c: char| c.is_alphabetic() || c.is_ascii_digit() || c == '_' || c == '-';
    argument.starts_with(char::is_alphabetic)
        && argument.chars().all(letters)
        && argument.split('-').any(is_foreign_word)
}

/// Whether a part of a formula without spaces is a word that no formula knows.
fn is_foreign_word(part: &str) -> bool {
    let is_word = part.starts_with(char::is_alphabetic);
    let parameter = part
        .strip_prefix(['w', 'x'])
        .is_some_and(|number| number.chars().all(|c| c.is_ascii_digit()));
    is_word && !parameter && !FORMULA_WORDS.contains(&part)
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn words_are_names_and_operators_make_formulas() {
        for name in [
            "himelblau",
            "no-such-scene",
            "exp",
            "z",
            "styblinski_tang",
            "ackley-2",
        ] {
            assert!(is_name(name), "{name}");
        }
        for formula in [
            "x",
            "w",
            "w12",
            "pi",
            "tau",
            "x-y",
            "w1-w2",
            "x-2",
            "e-x",
            "2*x",
            "sin(x)",
            "foo + 1",
            "x^2 + 3*y^2",
            "-x",
            "2-abc",
            "3",
            "",
        ] {
            assert!(!is_name(formula), "{formula}");
        }
    }
}
