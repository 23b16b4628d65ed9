//! The choice of a height scale: from what the scene wishes and what the field holds.

use super::{FormulaLaw, HeightLaw, HeightScale};
use std::cmp::Ordering;

/// Which quantile of |f| over the field becomes the log scale's unit where the scene names none:
/// low enough to open up the funnels, high enough not to turn them into wells.
const UNIT_QUANTILE: f64 = 0.1;

/// What rises above the `clip` quantile is cut only where it towers: where it would take more than
/// this share of what lies below. A hill keeps its top.
const TOWER: f64 = 0.3;

/// A field is bottomless where it falls on, within a cell, by this share of what would be cut.
const STILL_FALLING: f64 = 0.5;

/// Losses that a formula's course is judged by.
const PROBES: usize = 1024;

/// What a scene wishes of the height scale.
#[derive(Debug, Clone, PartialEq)]
pub struct HeightStyle {
    /// From a loss to a height.
    pub law: LawStyle,
    /// The quantile of the field that is shown at least, 0 to 1; towers above it are cut.
    pub clip: f64,
    /// About how many contour lines; 0 draws none.
    pub contours: u32,
}

/// What a scene wishes of the law.
#[derive(Debug, Clone, PartialEq)]
pub enum LawStyle {
    /// h = f.
    Linear,
    /// h = sign(f)·log10(1 + |f|/unit).
    Log {
        /// In units of the loss; `None` takes a low quantile of the field.
        unit: Option<f64>,
    },
    /// A formula of f; [`HeightScale::choose`] finds out where it is one to one.
    Formula(FormulaLaw),
}

impl Default for HeightStyle {
    fn default() -> Self {
        Self {
            law: LawStyle::Log { unit: None },
            clip: 0.98,
            contours: 24,
        }
    }
}

impl HeightScale {
    /// The scale for a field whose finite losses are `losses`, in any order; `steps` says for each
    /// by how much the loss changes over one cell there (an empty slice: not known).
    ///
    /// The box's floor is the lowest height, its lid the `clip` quantile, or the highest height
    /// where that is not far above. Where the field falls without end, as to a pole, the floor is
    /// the mirrored quantile by the same rule. The log scale's unit, where the style
    /// names none, is the 10 % quantile of |f| rounded to 1, 2 or 5 times a power of ten, so that
    /// it can be quoted. A field that is constant lies in the middle of its box; one
    /// without a finite height gets a box of unit height.
    pub fn choose(style: &HeightStyle, losses: &[f32], steps: &[f32]) -> Self {
        let law = style.law.on(losses);
        let heights = losses
            .iter()
            .map(|loss| law.height_of_loss(f64::from(*loss)));
        let mut finite: Vec<_> = heights.filter(|height| height.is_finite()).collect();
        let Some(quantiles) = Quantiles::of(&mut finite, style.clip) else {
            return Self::of(law, [0.0, 1.0]);
        };
        let is_bottomless = is_bottomless(&law, losses, steps, &quantiles);
        let [low, high] = quantiles.shown(is_bottomless);
        // Heights are drawn in f32: less than a few of its steps is no relief.
        let least = low.abs().max(high.abs()).max(1e-20) * 1e-6;
        let half_missing = 0.5 * (least - (high - low)).max(0.0);
        let mut scale = Self::of(law, [low - half_missing, high + half_missing]);
        scale.reach = [
            quantiles.bottom.min(scale.low),
            quantiles.top.max(scale.high),
        ];
        if half_missing == 0.0 {
            scale.contours = style.contours;
        }
        scale
    }
}

impl LawStyle {
    /// The law for a field of these losses.
    fn on(&self, losses: &[f32]) -> HeightLaw {
        match self {
            Self::Linear => HeightLaw::Linear,
            Self::Log { unit } => HeightLaw::Log {
                unit: unit.unwrap_or_else(|| quiet_unit(losses)),
            },
            Self::Formula(formula) => HeightLaw::Formula(FormulaLaw {
                one_to_one: one_to_one(formula, losses),
                ..formula.clone()
            }),
        }
    }
}

/// The field's range of losses, where the formula only rises or only falls over it.
fn one_to_one(formula: &FormulaLaw, losses: &[f32]) -> Option<[f64; 2]> {
    let lowest = f64::from(losses.iter().copied().reduce(f32::min)?);
    let highest = f64::from(losses.iter().copied().reduce(f32::max)?);
    let even = (0..=PROBES).map(|i| lowest + (highest - lowest) * i as f64 / PROBES as f64);
    // Even steps pass over what happens near the lowest losses; the field's own do not.
    let own = losses.iter().step_by(losses.len().div_ceil(PROBES));
    let mut probes: Vec<_> = even.chain(own.map(|loss| f64::from(*loss))).collect();
    probes.sort_by(f64::total_cmp);
    probes.dedup();
    let heights: Vec<_> = probes.iter().map(|loss| (formula.height)(*loss)).collect();
    // NaN is neither below nor above.
    let rises = heights.windows(2).all(|pair| pair[0] < pair[1]);
    let falls = heights.windows(2).all(|pair| pair[0] > pair[1]);
    let is_range = heights.len() > 1 && heights.iter().all(|height| height.is_finite());
    (is_range && (rises || falls)).then_some([lowest, highest])
}

/// What is known of a field's heights.
struct Quantiles {
    bottom: f64,
    /// The `1 - clip` quantile.
    foot: f64,
    /// The `clip` quantile.
    lid: f64,
    top: f64,
}

impl Quantiles {
    /// `None` of nothing.
    fn of(heights: &mut [f64], clip: f64) -> Option<Self> {
        Some(Self {
            bottom: heights.iter().copied().reduce(f64::min)?,
            top: heights.iter().copied().reduce(f64::max)?,
            foot: quantile(heights, 1.0 - clip, f64::total_cmp)?,
            lid: quantile(heights, clip, f64::total_cmp)?,
        })
    }

    /// The range that is shown. Where a field is flat but for a few towers, nothing is left below
    /// the lid, and all is shown; likewise for wells.
    fn shown(&self, is_bottomless: bool) -> [f64; 2] {
        let wells = is_bottomless
            && self.foot < self.lid
            && self.foot - self.bottom > TOWER * (self.lid - self.foot);
        let low = if wells { self.foot } else { self.bottom };
        let towers = self.lid > low && self.top - self.lid > TOWER * (self.lid - low);
        [low, if towers { self.lid } else { self.top }]
    }
}

/// Whether the field falls without end: whether at its lowest height it still falls, within one
/// cell, by much of the depth that the mirrored quantile would cut. A minimum, however narrow, is
/// level at its bottom.
fn is_bottomless(law: &HeightLaw, losses: &[f32], steps: &[f32], heights: &Quantiles) -> bool {
    let height = |loss: f32| law.height_of_loss(f64::from(loss));
    let mut lowest = losses
        .iter()
        .zip(steps)
        .filter(|(loss, _)| height(**loss) == heights.bottom);
    let still_falls = lowest
        .next()
        .map(|(loss, step)| height(*loss) - height(loss - step.abs()));
    // Beyond the law's own domain there is no height: that is without end, too.
    still_falls.is_some_and(|fall| {
        !fall.is_finite() || fall.abs() > STILL_FALLING * (heights.foot - heights.bottom)
    })
}

fn quiet_unit(losses: &[f32]) -> f64 {
    let mut sizes: Vec<f32> = losses.iter().map(|loss| loss.abs()).collect();
    let largest = sizes.iter().copied().fold(0.0, f32::max);
    match quantile(&mut sizes, UNIT_QUANTILE, f32::total_cmp) {
        Some(low) if low > 0.0 => nice_near(f64::from(low)),
        // Zero over more than a tenth of the field: a thousandth of its largest.
        _ if largest > 0.0 => nice_near(f64::from(largest) * 1e-3),
        _ => 1.0,
    }
}

/// The value below which the share `q` of `values` lies; `None` of nothing.
fn quantile<T: Copy>(values: &mut [T], q: f64, order: fn(&T, &T) -> Ordering) -> Option<T> {
    let last = values.len().checked_sub(1)?;
    let rank = (q.clamp(0.0, 1.0) * last as f64).round() as usize;
    let (_, value, _) = values.select_nth_unstable_by(rank, order);
    Some(*value)
}

/// Of 1, 2, 5 times a power of ten the nearest by ratio to `value`, which is positive.
fn nice_near(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let nice = match value / power {
        ratio if ratio < 2f64.sqrt() => 1.0,
        ratio if ratio < 10f64.sqrt() => 2.0,
        ratio if ratio < 50f64.sqrt() => 5.0,
        _ => 10.0,
    };
    nice * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(low: f32, high: f32) -> Vec<f32> {
        (0..=1000)
            .map(|i| low + (high - low) * i as f32 / 1000.0)
            .collect()
    }

    fn choose(style: &HeightStyle, losses: &[f32]) -> HeightScale {
        HeightScale::choose(style, losses, &[])
    }

    fn linear() -> HeightStyle {
        HeightStyle {
            law: LawStyle::Linear,
            clip: 1.0,
            ..HeightStyle::default()
        }
    }

    #[test]
    fn a_linear_scale_spans_the_field() {
        let scale = choose(&linear(), &ramp(-3.0, 7.0));
        assert_eq!((scale.low, scale.high, scale.contours), (-3.0, 7.0, 24));
    }

    #[test]
    fn the_lid_stands_at_the_quantile_asked_for_where_more_would_tower() {
        let with_clip = |clip| HeightStyle { clip, ..linear() };
        let scale = choose(&with_clip(0.7), &ramp(0.0, 1000.0));
        assert!((scale.high - 700.0).abs() < 1.0, "{}", scale.high);
        let hill = choose(&with_clip(0.9), &ramp(0.0, 1000.0));
        assert_eq!(hill.high, 1000.0);
    }

    #[test]
    fn one_tower_on_a_plain_is_shown_though_the_quantile_would_cut_it() {
        let mut losses = vec![2.0; 999];
        losses.push(5.0);
        let style = HeightStyle {
            clip: 0.9,
            ..linear()
        };
        let scale = choose(&style, &losses);
        assert_eq!((scale.low, scale.high), (2.0, 5.0));
    }

    #[test]
    fn the_unit_is_a_quotable_low_quantile_and_the_scene_may_name_it() {
        let losses = ramp(0.0, 180.0);
        let style = HeightStyle {
            clip: 1.0,
            ..HeightStyle::default()
        };
        let scale = choose(&style, &losses);
        assert_eq!(scale.law, HeightLaw::Log { unit: 20.0 });
        assert!((scale.high - 10f64.log10()).abs() < 1e-12);
        let named = HeightStyle {
            law: LawStyle::Log { unit: Some(1.5) },
            ..style
        };
        let named = choose(&named, &losses);
        assert_eq!(named.law, HeightLaw::Log { unit: 1.5 });
    }

    #[test]
    fn negative_losses_keep_their_order_on_the_log_scale() {
        let scale = choose(&HeightStyle::default(), &ramp(-100.0, 100.0));
        assert!(scale.low < 0.0 && scale.high > 0.0, "{scale:?}");
        for loss in [-100.0, -1.0, 0.0, 0.3, 90.0] {
            let back = scale.loss_at_height(scale.height_of_loss(loss));
            let back = back.expect("the log scale has an inverse");
            assert!((back - loss).abs() < 1e-9, "{loss} came back as {back}");
        }
        let z: Vec<_> = [-100.0, -1.0, 0.0, 1.0, 90.0]
            .map(|loss| scale.z_of_loss(loss))
            .to_vec();
        assert!(z.is_sorted_by(|a, b| a < b), "{z:?}");
    }

    #[test]
    fn zero_over_most_of_the_field_still_gives_a_positive_unit() {
        let mut losses = vec![0.0; 500];
        losses.push(3000.0);
        let scale = choose(&HeightStyle::default(), &losses);
        assert_eq!(scale.law, HeightLaw::Log { unit: 2.0 });
    }

    #[test]
    fn a_constant_field_lies_in_the_middle_without_lines() {
        let log = HeightStyle::default;
        for (value, style) in [
            (0.0, log()),
            (0.0, linear()),
            (-7.0, log()),
            (1e6, linear()),
        ] {
            let scale = choose(&style, &[value; 9]);
            assert!(scale.high > scale.low, "{scale:?}");
            assert_eq!(scale.contours, 0);
            assert!(scale.z_of_loss(f64::from(value)).abs() < 1e-3, "{scale:?}");
        }
    }

    #[test]
    fn a_field_of_holes_has_a_scale_too() {
        let scale = choose(&HeightStyle::default(), &[]);
        assert_eq!((scale.low, scale.high), (0.0, 1.0));
        assert_eq!(scale.law, HeightLaw::Log { unit: 1.0 });
    }

    fn formula(name: &str, height: impl Fn(f64) -> f64 + Send + Sync + 'static) -> HeightStyle {
        HeightStyle {
            law: LawStyle::Formula(FormulaLaw {
                name: name.to_owned(),
                wgsl: name.to_owned(),
                height: std::sync::Arc::new(height),
                slope: std::sync::Arc::new(|_| f64::NAN),
                one_to_one: None,
            }),
            clip: 1.0,
            contours: 10,
        }
    }

    #[test]
    fn a_formula_that_rises_or_falls_has_an_inverse() {
        let root = choose(&formula("sqrt(f)", f64::sqrt), &ramp(0.0, 400.0));
        assert_eq!((root.low, root.high), (0.0, 20.0));
        let loss = root.loss_at_height(5.0).expect("it rises");
        assert!((loss - 25.0).abs() < 1e-9, "{loss}");
        let turned = choose(&formula("-f", |f| -f), &ramp(0.0, 8.0));
        assert_eq!((turned.low, turned.high), (-8.0, 0.0));
        assert!((turned.loss_at_height(-3.0).expect("it falls") - 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_formula_that_turns_or_has_gaps_has_no_inverse() {
        let wave = choose(&formula("sin(f)", f64::sin), &ramp(0.0, 40.0));
        assert!(wave.low >= -1.0 && wave.high <= 1.0);
        assert_eq!(wave.loss_at_height(0.5), None);
        // A narrow turn near the lowest losses, where most of a field lies.
        let turn = |f: f64| (f - 0.01).abs();
        let mut losses = ramp(0.0, 0.02);
        losses.push(1000.0);
        let scale = choose(&formula("abs(f - 0.01)", turn), &losses);
        assert_eq!(scale.loss_at_height(0.5), None);
        let log = choose(&formula("log(f)", f64::ln), &ramp(-1.0, 1.0));
        assert!(log.low.is_finite() && log.high == 0.0, "{log:?}");
        assert_eq!(log.loss_at_height(-1.0), None);
    }

    /// The field of `loss` of x over -3 to 3, with its steps.
    fn slice(loss: impl Fn(f64) -> f64, slope: impl Fn(f64) -> f64) -> (Vec<f32>, Vec<f32>) {
        let cell = 6.0 / 511.0;
        let places = (0..512).map(|i| -3.0 + cell * f64::from(i));
        let node = |x: f64| (loss(x) as f32, (cell * slope(x).abs()) as f32);
        places.map(node).unzip()
    }

    #[test]
    fn a_pole_is_cut_below_and_a_narrow_minimum_is_not() {
        let wish = HeightStyle {
            clip: 0.9,
            ..linear()
        };
        let (losses, steps) = slice(|x| 1.0 / x, |x| -1.0 / (x * x));
        let pole = HeightScale::choose(&wish, &losses, &steps);
        assert!(pole.low > -10.0 && pole.high < 10.0, "{pole:?}");
        assert!(pole.reach[0] < -100.0 && pole.reach[1] > 100.0, "{pole:?}");
        let well = |x: f64| -(-(x - 1.0).powi(2) * 400.0).exp();
        let (losses, steps) = slice(well, |x| 800.0 * (x - 1.0) * -well(x));
        let narrow = HeightScale::choose(&wish, &losses, &steps);
        assert!(narrow.low < -0.98, "{narrow:?}");
        assert_eq!(narrow.reach, [narrow.low, narrow.high]);
    }
}
