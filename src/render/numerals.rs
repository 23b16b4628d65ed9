//! Decimal numbers on the picture: which ones are nice, and their signs: exact digits, a true
//! minus, powers of ten raised.

use std::ops::RangeInclusive;

/// `digits · 10^exponent`, exactly; what a tick's value is before it becomes an `f64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    digits: i64,
    exponent: i32,
}

impl Decimal {
    /// `digits · 10^exponent`, kept without trailing zeros.
    pub fn new(mut digits: i64, mut exponent: i32) -> Self {
        while digits != 0 && digits % 10 == 0 {
            digits /= 10;
            exponent += 1;
        }
        Self { digits, exponent }
    }

    /// A finite `value` to three digits.
    pub fn about(value: f64) -> Self {
        let text = format!("{value:.2e}");
        let (digits, exponent) = text.split_once('e').expect("the form just asked for");
        let parsed = "an integer by that form";
        Self::new(
            digits.replace('.', "").parse().expect(parsed),
            exponent.parse::<i32>().expect(parsed) - 2,
        )
    }

    /// The nearest `f64`.
    pub fn value(self) -> f64 {
        format!("{}e{}", self.digits, self.exponent)
            .parse()
            .expect("an integer with an exponent is a number")
    }

    /// All digits written out: `−0.25`, `12000`.
    pub fn plain(self) -> String {
        let digits = self.digits.unsigned_abs().to_string();
        let text = if self.digits == 0 {
            "0".to_owned()
        } else if self.exponent >= 0 {
            digits + &"0".repeat(self.exponent.unsigned_abs() as usize)
        } else {
            with_point(&digits, self.exponent.unsigned_abs() as usize)
        };
        self.sign().to_owned() + &text
    }

    /// With a raised power of ten: `2×10⁵`, `10⁻⁴`; zero stays `0`.
    pub fn scientific(self) -> String {
        if self.digits == 0 {
            return "0".to_owned();
        }
        let digits = self.digits.unsigned_abs().to_string();
        let power = "10".to_owned() + &superscript(self.leading_power());
        let text = match digits.as_str() {
            "1" => power,
            _ => with_point(&digits, digits.len() - 1) + "×" + &power,
        };
        self.sign().to_owned() + &text
    }

    /// The shorter of both forms; plain from a thousandth to ten thousand.
    pub fn short(self) -> String {
        let (plain, scientific) = (self.plain(), self.scientific());
        let everyday = self.digits == 0 || (-3..=3).contains(&self.leading_power());
        if everyday || plain.chars().count() <= scientific.chars().count() {
            plain
        } else {
            scientific
        }
    }

    /// The power of ten of the first digit.
    fn leading_power(self) -> i32 {
        let more_digits = self.digits.unsigned_abs().checked_ilog10().unwrap_or(0);
        self.exponent + more_digits.cast_signed()
    }

    fn sign(self) -> &'static str {
        if self.digits < 0 { "\u{2212}" } else { "" }
    }
}

/// All numbers of one axis in one form: plain, unless that is long and the other is shorter.
pub fn alike(numbers: &[Decimal]) -> Vec<String> {
    let written = |form: fn(Decimal) -> String| -> Vec<String> {
        numbers.iter().map(|&number| form(number)).collect()
    };
    let longest = |texts: &[String]| texts.iter().map(|text| text.chars().count()).max();
    let (plain, scientific) = (written(Decimal::plain), written(Decimal::scientific));
    if longest(&plain) >= Some(6) && longest(&scientific) < longest(&plain) {
        scientific
    } else {
        plain
    }
}

/// The finest step of 1, 2 or 5 times a power of ten that has at most `most` multiples from `low`
/// to `high`, which is above `low`: those multiples, and the step as `factor · 10^exponent`.
pub fn nice_multiples(low: f64, high: f64, most: usize) -> (RangeInclusive<i64>, (i64, i32)) {
    let span = high - low;
    let first = (span / most.max(1) as f64).log10().floor() as i32;
    (first..)
        .flat_map(|exponent| [1, 2, 5].map(|factor| (factor, exponent)))
        .map(|(factor, exponent)| {
            let step = Decimal::new(factor, exponent).value();
            // An end that is a multiple counts, though its quotient may miss it by rounding.
            let slack = 1e-9 * span / step;
            let multiples =
                (low / step - slack).ceil() as i64..=(high / step + slack).floor() as i64;
            (multiples, (factor, exponent))
        })
        .find(|(multiples, _)| multiples.end() - multiples.start() < most.max(1) as i64)
        .expect("a step wider than the range has at most two multiples")
}

/// `digits` with a point before the last `decimals` of them.
fn with_point(digits: &str, decimals: usize) -> String {
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }
}

fn superscript(power: i32) -> String {
    power
        .to_string()
        .chars()
        .map(|sign| match sign.to_digit(10) {
            Some(digit) => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][digit as usize],
            None => '⁻',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_exactly_and_short() {
        for (digits, exponent, plain, short) in [
            (3, -1, "0.3", "0.3"),
            (-25, -2, "−0.25", "−0.25"),
            (0, -7, "0", "0"),
            (1000, 0, "1000", "1000"),
            (1, 4, "10000", "10⁴"),
            (12, 3, "12000", "12000"),
            (2, 11, "200000000000", "2×10¹¹"),
            (-1, 6, "−1000000", "−10⁶"),
            (1, -3, "0.001", "0.001"),
            (25, -11, "0.00000000025", "2.5×10⁻¹⁰"),
            (10_000_000_002, -10, "1.0000000002", "1.0000000002"),
        ] {
            let number = Decimal::new(digits, exponent);
            assert_eq!(number.plain(), plain);
            assert_eq!(number.short(), short);
        }
    }

    #[test]
    fn a_number_that_is_not_nice_has_three_digits() {
        let texts = [178_062.4, -85.333, 0.012_345, 7.0].map(|value| Decimal::about(value).short());
        assert_eq!(texts, ["178000", "−85.3", "0.0123", "7"]);
    }

    #[test]
    fn one_axis_uses_one_form() {
        let axis = |step: i64, exponent| -> Vec<String> {
            let numbers: Vec<_> = (0..3).map(|k| Decimal::new(k * step, exponent)).collect();
            alike(&numbers)
        };
        assert_eq!(axis(5, 3), ["0", "5000", "10000"]);
        assert_eq!(axis(1, 5), ["0", "10⁵", "2×10⁵"]);
        assert_eq!(axis(2, -6), ["0", "2×10⁻⁶", "4×10⁻⁶"]);
        assert_eq!(axis(5, -1), ["0", "0.5", "1"]);
    }

    #[test]
    fn the_value_is_the_nearest_number() {
        assert_eq!(Decimal::new(3, -1).value(), 0.3);
        assert_eq!(Decimal::new(-7, 12).value(), -7e12);
    }
}
