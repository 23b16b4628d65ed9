//! Numbers as a person reads them: few digits, a real minus, powers of ten raised.

/// Digits of a number within a sentence or a formula.
pub const DIGITS: usize = 4;

/// Sizes that are written out; smaller and larger ones get a power of ten.
const WRITTEN_OUT: std::ops::Range<f64> = 1e-3..1e5;

/// `value` to `digits` significant digits, 1 or more, without zeros at the end: `−1.2`, `0.05`,
/// `3.4×10⁻⁸`, `∞`.
pub fn number(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "undefined".to_owned();
    }
    let sign = if value < 0.0 { "−" } else { "" };
    if value.is_infinite() {
        return format!("{sign}∞");
    }
    let digits = digits.max(1);
    // Rounding may carry into another power of ten: Rust's own e-notation knows.
    let rounded = format!("{:.*e}", digits - 1, value.abs());
    let (mantissa, power) = rounded.split_once('e').expect("e-notation");
    let power: i32 = power.parse().expect("a whole power");
    let size: f64 = rounded.parse().expect("its own notation");
    if size == 0.0 {
        return "0".to_owned();
    }
    if !WRITTEN_OUT.contains(&size) {
        let raised = raised(power);
        return match trimmed(mantissa) {
            "1" => format!("{sign}10{raised}"),
            mantissa => format!("{sign}{mantissa}×10{raised}"),
        };
    }
    let places = usize::try_from(digits as i32 - 1 - power).unwrap_or(0);
    let text = format!("{size:.places$}");
    format!("{sign}{}", trimmed(&text))
}

/// Without zeros behind the point.
fn trimmed(text: &str) -> &str {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text,
    }
}

/// A whole number as raised digits.
pub fn raised(number: i32) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |sign: char| match sign {
        '-' => '⁻',
        digit => RAISED[digit as usize - '0' as usize],
    };
    number.to_string().chars().map(digit).collect()
}

/// Several numbers in brackets: `(−1.2, 3)`.
pub fn tuple(values: &[f64], digits: usize) -> String {
    let numbers: Vec<_> = values.iter().map(|value| number(*value, digits)).collect();
    format!("({})", numbers.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_few_digits_and_real_signs() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-1.25, "−1.25"),
            (123.456, "123.5"),
            (0.1 + 0.2, "0.3"),
            (99_999.0, "10⁵"),
            (99_994.0, "99990"),
            (12_346.0, "12350"),
            (0.001, "0.001"),
            (0.000_999_96, "0.001"),
            (-0.000_5, "−5×10⁻⁴"),
            (1e-8, "10⁻⁸"),
            (-3.456_78e12, "−3.457×10¹²"),
            (f64::NEG_INFINITY, "−∞"),
            (f64::NAN, "undefined"),
        ] {
            assert_eq!(number(value, 4), text);
        }
        assert_eq!(number(2.0 / 3.0, 2), "0.67");
        assert_eq!(number(1234.0, 2), "1200");
        assert_eq!(tuple(&[-1.0, 0.5], 4), "(−1, 0.5)");
    }
}
