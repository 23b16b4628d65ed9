//! The choice of a height scale: from what the scene wishes and what the field holds.

use super::frame::HeightScale;

/// Which quantile of |f| over the field becomes the log scale's unit where the scene names none:
/// low enough to open up the funnels, high enough not to turn them into wells.
const UNIT_QUANTILE: f64 = 0.1;

/// What rises above the `clip` quantile is cut only where it towers: where it would take more than
/// this share of what lies below. A hill keeps its top.
const TOWER: f64 = 0.3;

/// What a scene wishes of the height scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeightStyle {
    /// `sign(f)·log10(1 + |f|/unit)` instead of f.
    pub log: bool,
    /// The log scale's unit, in units of the loss; `None` takes a low quantile of the field.
    pub unit: Option<f64>,
    /// The quantile of the field that is shown at least, 0 to 1; towers above it are cut.
    pub clip: f64,
    /// About how many contour lines; 0 draws none.
    pub contours: u32,
}

impl Default for HeightStyle {
    fn default() -> Self {
        Self {
            log: true,
            unit: None,
            clip: 0.98,
            contours: 24,
        }
    }
}

impl HeightScale {
    /// The scale for a field whose finite losses are `losses`, in any order.
    ///
    /// The box's floor is the lowest loss, its lid the `clip` quantile, or the highest loss where
    /// that is not far above. The unit, where the style
    /// names none, is the 10 % quantile of |f| rounded to 1, 2 or 5 times a power of ten, so that
    /// it can be quoted. A field that is constant lies in the middle of its box, without contour
    /// lines; one without a finite loss gets a box of unit height.
    pub fn choose(style: &HeightStyle, losses: &[f32]) -> Self {
        let mut scale = Self {
            log: style.log,
            unit: style.unit.unwrap_or_else(|| quiet_unit(losses)),
            low: 0.0,
            high: 1.0,
            contours: 0,
        };
        let Some([lowest, lid, highest]) = range(losses, style.clip) else {
            return scale;
        };
        let [low, lid, top] = [lowest, lid, highest].map(|loss| scale.height_of_loss(loss));
        // A field that is flat but for a few towers: nothing is left below the lid, so show all.
        let towers = lid > low && top - lid > TOWER * (lid - low);
        let high = if towers { lid } else { top };
        // Heights are drawn in f32: less than a few of its steps is no relief.
        let least = low.abs().max(high.abs()).max(1e-20) * 1e-6;
        let half_missing = 0.5 * (least - (high - low)).max(0.0);
        scale.low = low - half_missing;
        scale.high = high + half_missing;
        if half_missing == 0.0 {
            scale.contours = style.contours;
        }
        scale
    }
}

/// Lowest, `clip` quantile and highest.
fn range(losses: &[f32], clip: f64) -> Option<[f64; 3]> {
    let lowest = losses.iter().copied().reduce(f32::min)?;
    let highest = losses.iter().copied().reduce(f32::max)?;
    let lid = quantile(losses.to_vec(), clip)?;
    Some([lowest, lid, highest].map(f64::from))
}

fn quiet_unit(losses: &[f32]) -> f64 {
    let sizes: Vec<f32> = losses.iter().map(|loss| loss.abs()).collect();
    let largest = sizes.iter().copied().fold(0.0, f32::max);
    match quantile(sizes, UNIT_QUANTILE) {
        Some(low) if low > 0.0 => nice_near(f64::from(low)),
        // Zero over more than a tenth of the field: a thousandth of its largest.
        _ if largest > 0.0 => nice_near(f64::from(largest) * 1e-3),
        _ => 1.0,
    }
}

/// The value below which the share `q` of `values` lies; `None` of nothing.
fn quantile(mut values: Vec<f32>, q: f64) -> Option<f32> {
    let last = values.len().checked_sub(1)?;
    let rank = (q.clamp(0.0, 1.0) * last as f64).round() as usize;
    let (_, value, _) = values.select_nth_unstable_by(rank, f32::total_cmp);
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

    fn linear() -> HeightStyle {
        HeightStyle {
            log: false,
            clip: 1.0,
            ..HeightStyle::default()
        }
    }

    #[test]
    fn a_linear_scale_spans_the_field() {
        let scale = HeightScale::choose(&linear(), &ramp(-3.0, 7.0));
        assert_eq!((scale.low, scale.high, scale.contours), (-3.0, 7.0, 24));
    }

    #[test]
    fn the_lid_stands_at_the_quantile_asked_for_where_more_would_tower() {
        let with_clip = |clip| HeightStyle { clip, ..linear() };
        let scale = HeightScale::choose(&with_clip(0.7), &ramp(0.0, 1000.0));
        assert!((scale.high - 700.0).abs() < 1.0, "{}", scale.high);
        let hill = HeightScale::choose(&with_clip(0.9), &ramp(0.0, 1000.0));
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
        let scale = HeightScale::choose(&style, &losses);
        assert_eq!((scale.low, scale.high), (2.0, 5.0));
    }

    #[test]
    fn the_unit_is_a_quotable_low_quantile_and_the_scene_may_name_it() {
        let losses = ramp(0.0, 180.0);
        let style = HeightStyle {
            clip: 1.0,
            ..HeightStyle::default()
        };
        let scale = HeightScale::choose(&style, &losses);
        assert_eq!(scale.unit, 20.0);
        assert!((scale.high - 10f64.log10()).abs() < 1e-12);
        let named = HeightStyle {
            unit: Some(1.5),
            ..style
        };
        assert_eq!(HeightScale::choose(&named, &losses).unit, 1.5);
    }

    #[test]
    fn negative_losses_keep_their_order_on_the_log_scale() {
        let scale = HeightScale::choose(&HeightStyle::default(), &ramp(-100.0, 100.0));
        assert!(scale.low < 0.0 && scale.high > 0.0, "{scale:?}");
        for loss in [-100.0, -1.0, 0.0, 0.3, 90.0] {
            let back = scale.loss_at_height(scale.height_of_loss(loss));
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
        assert_eq!(
            HeightScale::choose(&HeightStyle::default(), &losses).unit,
            2.0
        );
    }

    #[test]
    fn a_constant_field_lies_in_the_middle_without_lines() {
        for (value, log) in [(0.0, true), (0.0, false), (-7.0, true), (1e6, false)] {
            let style = HeightStyle { log, ..linear() };
            let scale = HeightScale::choose(&style, &[value; 9]);
            assert!(scale.high > scale.low, "{scale:?}");
            assert_eq!(scale.contours, 0);
            assert!(scale.z_of_loss(f64::from(value)).abs() < 1e-3, "{scale:?}");
        }
    }

    #[test]
    fn a_field_of_holes_has_a_scale_too() {
        let scale = HeightScale::choose(&HeightStyle::default(), &[]);
        assert_eq!((scale.low, scale.high, scale.unit), (0.0, 1.0, 1.0));
    }
}
