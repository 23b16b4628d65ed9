//! Where the numbers of an axis stand: nice values, a level for thinning, their text.

use crate::render::height::{HeightLaw, HeightScale};
use crate::render::numerals::{Decimal, alike, nice_multiples};

/// A number on an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// In the axis' own units.
    pub value: f64,
    /// 0 at the axis' low end, 1 at its high end.
    pub fraction: f64,
    /// The number as text.
    pub label: String,
    /// How long it stays when an axis has no room for all: higher levels stay longer.
    pub level: u32,
}

/// The level of zero, above that of every other tick.
const LEVEL_OF_ZERO: u32 = 12;

/// Least distances, in parts of the axis, of the ticks of a logarithmic height, coarse to fine.
const LOG_GAPS: [f64; 3] = [0.32, 0.16, 0.07];

/// The smallest number on a formula's height axis, in parts of the largest.
const SMALLEST_SHARE: f64 = 1e-9;

/// Where the number of what is cut off stands at least, in parts of the axis beyond its end.
const BEYOND: f64 = 1e-6;

/// With fewer powers of ten than this, zero included, their twos and fives are shown as well.
const ENOUGH_POWERS: usize = 4;

/// Numbers that stand in linear order on `low ..= high`, at most `most` of them, at multiples of
/// 1, 2 or 5 times a power of ten. Each level keeps every second tick of the level below it,
/// counted from zero.
///
/// Empty when the range is empty, not finite, or finer than `f64` can tell apart.
pub fn linear(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let span = high - low;
    // Written so that NaN is refused as well.
    if !(span > 0.0 && span.is_finite() && span > 1e-14 * low.abs().max(high.abs())) {
        return Vec::new();
    }
    let (multiples, (factor, exponent)) = nice_multiples(low, high, most);
    let numbers: Vec<_> = multiples
        .clone()
        .map(|k| Decimal::new(k * factor, exponent))
        .collect();
    multiples
        .zip(numbers.iter().zip(alike(&numbers)))
        .map(|(k, (number, label))| Tick {
            value: number.value(),
            fraction: ((number.value() - low) / span).clamp(0.0, 1.0),
            label,
            level: k.trailing_zeros().min(LEVEL_OF_ZERO),
        })
        .collect()
}

/// The losses that are written on the height axis between the heights `low` and `high` of `scale`.
///
/// A scale that is not linear shows zero and powers of ten of both signs as far as they stand
/// apart; where these are few, twice and five times those as well; a range with fewer than three of
/// all these shows nice multiples. Where a formula's height has no one loss, the heights themselves
/// are written.
pub fn of_height(scale: &HeightScale, most: usize) -> Vec<Tick> {
    let ends = [scale.low, scale.high].map(|height| scale.loss_at_height(height));
    let (HeightLaw::Log { .. } | HeightLaw::Formula(_), [Some(low), Some(high)]) =
        (&scale.law, ends)
    else {
        return linear(scale.low, scale.high, most);
    };
    let powers = spread(scale, &[1]);
    if powers.len() >= ENOUGH_POWERS {
        return powers;
    }
    let between = spread(scale, &[1, 5, 2]);
    if between.len() >= 3 {
        return between;
    }
    linear(low.min(high), low.max(high), most)
        .into_iter()
        .map(|tick| Tick {
            fraction: fraction_of(scale, tick.value).clamp(0.0, 1.0),
            ..tick
        })
        .collect()
}

/// What the box cuts off a field below and above: the numbers of its lowest and highest height.
pub fn beyond(scale: &HeightScale) -> [Option<Tick>; 2] {
    let [bottom, top] = scale.reach;
    let tick = |word: &str, height: f64, fraction| {
        let value = scale.loss_at_height(height).unwrap_or(height);
        Tick {
            value,
            fraction,
            label: format!("{word} {}", Decimal::about(value).short()),
            level: LEVEL_OF_ZERO + 1,
        }
    };
    // A height that falls with the loss has its highest loss below.
    let is_turned = scale.loss_at_height(scale.low) > scale.loss_at_height(scale.high);
    let [lower, upper] = if is_turned {
        ["max", "min"]
    } else {
        ["min", "max"]
    };
    [
        (bottom < scale.low).then(|| tick(lower, bottom, -BEYOND)),
        (top > scale.high).then(|| tick(upper, top, 1.0 + BEYOND)),
    ]
}

fn fraction_of(scale: &HeightScale, loss: f64) -> f64 {
    (scale.height_of_loss(loss) - scale.low) / (scale.high - scale.low)
}

/// Greedy in the order of the candidates: first those that stand far apart, then between them
/// those that stand half as far, and so on; each round is one level.
fn spread(scale: &HeightScale, factors: &[i64]) -> Vec<Tick> {
    let mut ticks: Vec<Tick> = Vec::new();
    for (round, gap) in LOG_GAPS.into_iter().enumerate() {
        for number in candidates(scale, factors) {
            let (value, fraction) = (number.value(), fraction_of(scale, number.value()));
            let fits = (-1e-9..=1.0 + 1e-9).contains(&fraction)
                && ticks
                    .iter()
                    .all(|tick| (tick.fraction - fraction).abs() >= gap);
            if fits {
                ticks.push(Tick {
                    value,
                    fraction: fraction.clamp(0.0, 1.0),
                    label: number.short(),
                    level: (LOG_GAPS.len() - round) as u32,
                });
            }
        }
    }
    ticks.sort_by(|a, b| a.value.total_cmp(&b.value));
    ticks
}

/// Zero, then for each factor its products with powers of ten, from the largest down.
fn candidates(scale: &HeightScale, factors: &[i64]) -> Vec<Decimal> {
    let largest = [scale.low, scale.high]
        .into_iter()
        .filter_map(|height| scale.loss_at_height(height))
        .fold(0.0, |largest: f64, loss| largest.max(loss.abs()));
    let smallest = match scale.law {
        HeightLaw::Log { unit } => unit,
        HeightLaw::Linear | HeightLaw::Formula(_) => largest * SMALLEST_SHARE,
    };
    let largest = largest.max(smallest);
    if !(smallest > 0.0 && largest.is_finite()) {
        return Vec::new();
    }
    let powers = smallest.log10().floor() as i32 - 1..=largest.log10().ceil() as i32;
    let signed = factors.iter().flat_map(|&factor| {
        powers.clone().rev().flat_map(move |exponent| {
            [factor, -factor].map(|digits| Decimal::new(digits, exponent))
        })
    });
    std::iter::once(Decimal::new(0, 0)).chain(signed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::height::FormulaLaw;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn everyday_ranges_read_as_a_person_would_write_them() {
        assert_eq!(labels(&linear(-5.0, 5.0, 7)), ["−4", "−2", "0", "2", "4"]);
        assert_eq!(
            labels(&linear(-3.0, 3.0, 7)),
            ["−3", "−2", "−1", "0", "1", "2", "3"]
        );
        assert_eq!(
            labels(&linear(-0.3, 0.3, 7)),
            ["−0.3", "−0.2", "−0.1", "0", "0.1", "0.2", "0.3"]
        );
        assert_eq!(
            labels(&linear(0.0, 1.0, 6)),
            ["0", "0.2", "0.4", "0.6", "0.8", "1"]
        );
        assert_eq!(
            labels(&linear(-1.0, 2.0, 7)),
            ["−1", "−0.5", "0", "0.5", "1", "1.5", "2"]
        );
    }

    #[test]
    fn weird_ranges_give_a_few_distinct_ticks_inside() {
        let ranges = [
            (0.0, 1e-9),
            (1.0, 1.0 + 1e-9),
            (1e12, 3e12),
            (-7e-5, -6e-5),
            (1e6, 1e6 + 1e-3),
            (-1e300, 1e300),
            (1e-300, 2e-300),
            (-0.1, 0.2),
            (99.999, 100.001),
        ];
        for (low, high) in ranges {
            let ticks = linear(low, high, 7);
            assert!(
                (2..=7).contains(&ticks.len()),
                "{low} to {high}: {}",
                ticks.len()
            );
            let span = high - low;
            for pair in ticks.windows(2) {
                assert!(pair[0].value < pair[1].value, "{low} to {high}");
                assert_ne!(pair[0].label, pair[1].label, "{low} to {high}");
            }
            for tick in &ticks {
                assert!(tick.value >= low - 1e-8 * span && tick.value <= high + 1e-8 * span);
                assert!(
                    (low + tick.fraction * span - tick.value).abs()
                        <= 1e-8 * span + 1e-15 * low.abs()
                );
                assert!(tick.label.chars().count() <= 14, "{}", tick.label);
                assert_ne!(tick.label, "−0");
            }
        }
    }

    #[test]
    fn no_range_means_no_ticks() {
        for (low, high) in [
            (1.0, 1.0),
            (2.0, 1.0),
            (f64::NAN, 1.0),
            (0.0, f64::INFINITY),
            (1e16, 1e16 + 2.0),
        ] {
            assert_eq!(linear(low, high, 7), []);
        }
    }

    #[test]
    fn a_plain_label_is_the_value_to_the_last_bit() {
        let mut low = -1.0;
        for step in 1..400 {
            low += 0.37 * f64::from(step % 7);
            for tick in linear(low, low + 0.013 * f64::from(step), 7) {
                let parsed: f64 = tick.label.replace('−', "-").parse().expect("plain digits");
                assert_eq!(parsed, tick.value);
            }
        }
    }

    #[test]
    fn levels_keep_every_second_tick() {
        let levels: Vec<_> = linear(-5.0, 5.0, 11)
            .iter()
            .map(|tick| tick.level)
            .collect();
        assert_eq!(levels, [0, 2, 0, 1, 0, LEVEL_OF_ZERO, 0, 1, 0, 2, 0]);
    }

    #[test]
    fn what_is_cut_off_has_its_number() {
        let mut scale = HeightScale::of(HeightLaw::Linear, [-10.0, 200.0]);
        assert_eq!(beyond(&scale), [None, None]);
        scale.reach = [-85.333, 178_062.0];
        let words = beyond(&scale).map(|tick| tick.expect("it is cut").label);
        assert_eq!(words, ["min −85.3", "max 178000"]);
    }

    #[test]
    fn a_height_by_formula_shows_losses_where_it_can() {
        let formula = |name: &str, height: fn(f64) -> f64, one_to_one| {
            HeightLaw::Formula(FormulaLaw {
                name: name.to_owned(),
                wgsl: String::new(),
                height: std::sync::Arc::new(height),
                slope: std::sync::Arc::new(|_| f64::NAN),
                one_to_one,
            })
        };
        let root = formula("sqrt(f)", f64::sqrt, Some([0.0, 890.0]));
        let ticks = of_height(&HeightScale::of(root, [0.0, 890f64.sqrt()]), 7);
        assert_eq!(labels(&ticks), ["0", "10", "50", "100", "200", "500"]);
        for tick in &ticks {
            assert!((tick.fraction - (tick.value / 890.0).sqrt()).abs() < 1e-9);
        }
        let wave = formula("sin(f)", f64::sin, None);
        let ticks = of_height(&HeightScale::of(wave, [-1.0, 1.0]), 7);
        assert_eq!(labels(&ticks), ["−1", "−0.5", "0", "0.5", "1"]);
    }

    fn log_scale(unit: f64, losses: [f64; 2]) -> HeightScale {
        let law = HeightLaw::Log { unit };
        let range = losses.map(|loss| law.height_of_loss(loss));
        HeightScale::of(law, range)
    }

    #[test]
    fn a_logarithmic_height_shows_powers_of_ten() {
        let ticks = of_height(&log_scale(1.0, [0.0, 1e4]), 7);
        assert_eq!(labels(&ticks), ["0", "1", "10", "100", "1000", "10⁴"]);
        let himmelblau = of_height(&log_scale(12.0, [0.0, 890.0]), 7);
        assert_eq!(
            labels(&himmelblau),
            ["0", "10", "20", "50", "100", "200", "500"]
        );
        let both_signs = of_height(&log_scale(1.0, [-100.0, 100.0]), 7);
        assert_eq!(
            labels(&both_signs),
            ["−100", "−10", "−1", "0", "1", "10", "100"]
        );
    }

    #[test]
    fn a_narrow_logarithmic_height_shows_nice_multiples() {
        let ticks = of_height(&log_scale(1.0, [6.1, 8.3]), 6);
        assert_eq!(labels(&ticks), ["6.5", "7", "7.5", "8"]);
    }

    #[test]
    fn height_ticks_stand_at_their_own_heights_and_apart() {
        for unit in [1e-6, 0.1, 12.0, 1e5] {
            for losses in [
                [0.0, 1.0],
                [-3.0, 4e6],
                [50.0, 300.0],
                [-1e9, -1.0],
                [1e-9, 1e9],
            ] {
                let scale = log_scale(unit, losses);
                let ticks = of_height(&scale, 7);
                assert!(ticks.len() >= 2, "{unit} {losses:?}");
                for tick in &ticks {
                    let height = scale.low + tick.fraction * (scale.high - scale.low);
                    let loss = scale.loss_at_height(height).expect("an inverse");
                    let tolerance = 1e-6 * tick.value.abs().max(unit);
                    assert!(
                        (loss - tick.value).abs() <= tolerance,
                        "{loss} {}",
                        tick.value
                    );
                }
            }
        }
    }
}
