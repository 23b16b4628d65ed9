//! The levels of the contour lines: nice losses, and where they stand on the height scale.
//!
//! As on a hiker's map there are index lines, which are stronger and carry their number, and
//! finer lines between them. On a linear scale all are multiples of a step; on others the index
//! lines stand at 1, 2 and 5 times the powers of ten.

use super::height::{HeightLaw, HeightScale};
use super::numerals::{Decimal, nice_multiples};
use crate::gpu::Gpu;

/// Index lines of a linear scale at most.
const MOST_INDEX_LINES: usize = 10;

/// Least distance of a level from the scale's ends, in parts of the least distance between two: no
/// ring around the lowest point itself, nor around the highest.
const LEAST_RISE: f64 = 0.3;

/// On a scale that is not linear, in the order of choice: the factors of the index lines, and of the
/// lines between them, as digits and a power of ten.
const INDEX_FACTORS: [(i64, i32); 3] = [(1, 0), (5, 0), (2, 0)];
const FINE_FACTORS: [(i64, i32); 6] = [(3, 0), (15, -1), (7, 0), (4, 0), (6, 0), (8, 0)];

/// The smallest number of a formula's lines, in parts of the largest.
const SMALLEST_SHARE: f64 = 1e-9;

/// How wide a line is that is no index line, as a part of one that is.
const FINE_WIDTH: f32 = 0.6;

/// One contour line.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// The loss on the line; its height, where a height has no one loss.
    pub loss: f64,
    /// The same as the line's number.
    pub label: String,
    /// Its height on the scale.
    pub height: f64,
    /// Whether the line is one of the stronger ones, which are numbered.
    pub is_index: bool,
}

/// The levels between the scale's bounds, lowest first: at most `scale.contours`. Over a decade or
/// more of a scale that is not linear none is nearer to the next than the scale's range divided by that.
pub fn levels(scale: &HeightScale) -> Vec<Level> {
    let range = scale.high - scale.low;
    if scale.contours == 0 || !(range > 0.0 && range.is_finite()) {
        return Vec::new();
    }
    let gap = range / f64::from(scale.contours);
    let mut levels = match is_linear(scale) {
        true => linear(scale, gap),
        false => by_decades(scale, gap),
    };
    // Less than a decade has too few powers of ten to be read.
    if levels.iter().filter(|level| level.is_index).count() < 3 {
        levels = linear(scale, gap);
    }
    levels.sort_by(|a, b| a.height.total_cmp(&b.height));
    levels
}

/// Whether every height is that of one loss.
fn has_losses(scale: &HeightScale) -> bool {
    scale.loss_at_height(scale.low).is_some()
}

/// Whether a line's number grows with its height: where that is the loss, or a height itself.
fn is_linear(scale: &HeightScale) -> bool {
    scale.law == HeightLaw::Linear || !has_losses(scale)
}

/// The numbers of the lowest and of the highest height, the smaller one first.
fn numbers_at_ends(scale: &HeightScale) -> [f64; 2] {
    let number = |height| scale.loss_at_height(height).unwrap_or(height);
    let [low, high] = [scale.low, scale.high].map(number);
    [low.min(high), low.max(high)]
}

/// Multiples of the finest nice step that leaves few enough; those at the scale's ends do not
/// count.
fn linear(scale: &HeightScale, gap: f64) -> Vec<Level> {
    let most = scale.contours as usize;
    let tries =
        [most + 2, most + 1, most].map(|multiples| multiples_of_step(scale, gap, multiples));
    let is_few = |levels: &Vec<Level>| levels.len() <= most;
    tries.into_iter().find(is_few).unwrap_or_default()
}

/// The multiples of the finest nice step that has at most `most` of them, inside the scale.
fn multiples_of_step(scale: &HeightScale, gap: f64, most: usize) -> Vec<Level> {
    let [low, high] = numbers_at_ends(scale);
    let (multiples, (factor, exponent)) = nice_multiples(low, high, most);
    let multiple = |k: i64| Decimal::new(k * factor, exponent);
    let span = (high - low) / multiple(1).value();
    let index_every = index_every(factor, span);
    multiples
        .map(|k| Level::new(scale, multiple(k), k % index_every == 0))
        .filter(|level| level.fits(scale, gap, &[]))
        .collect()
}

/// Of `span` lines with a step of 1, 2 or 5, one in how many is an index line: the fewest that
/// leave no more than [`MOST_INDEX_LINES`] and make a nice step as well.
fn index_every(factor: i64, span: f64) -> i64 {
    let nice: &[i64] = match factor {
        1 => &[1, 2, 5, 10, 20],
        2 => &[1, 5, 10, 25],
        _ => &[1, 2, 4, 10, 20],
    };
    let few = |every: &&i64| span / **every as f64 <= MOST_INDEX_LINES as f64;
    *nice.iter().find(few).unwrap_or(&50)
}

/// First the index lines, then what finds room between them.
fn by_decades(scale: &HeightScale, gap: f64) -> Vec<Level> {
    let mut levels = Vec::new();
    let zero = Level::new(scale, Decimal::new(0, 0), true);
    if zero.fits(scale, gap, &levels) {
        levels.push(zero);
    }
    for (factors, is_index) in [(&INDEX_FACTORS[..], true), (&FINE_FACTORS[..], false)] {
        for &(digits, power) in factors {
            for exponent in decades(scale, gap).rev() {
                for digits in [digits, -digits] {
                    let number = Decimal::new(digits, exponent + power);
                    let level = Level::new(scale, number, is_index);
                    if level.fits(scale, gap, &levels) {
                        levels.push(level);
                    }
                }
            }
        }
    }
    levels
}

/// The powers of ten that lines may stand at.
fn decades(scale: &HeightScale, gap: f64) -> std::ops::RangeInclusive<i32> {
    let [low, high] = numbers_at_ends(scale);
    let largest = low.abs().max(high.abs());
    let smallest = match scale.law {
        // What is smaller than this lies within half a gap of zero.
        HeightLaw::Log { .. } => scale.loss_at_height(0.5 * LEAST_RISE * gap),
        HeightLaw::Linear | HeightLaw::Formula(_) => None,
    };
    let smallest = smallest.map_or(SMALLEST_SHARE * largest, |loss| {
        loss.abs().max(f64::MIN_POSITIVE)
    });
    smallest.log10().floor() as i32..=largest.log10().ceil() as i32
}

impl Level {
    fn new(scale: &HeightScale, number: Decimal, is_index: bool) -> Self {
        Self {
            loss: number.value(),
            label: number.short(),
            height: match has_losses(scale) {
                true => scale.height_of_loss(number.value()),
                false => number.value(),
            },
            is_index,
        }
    }

    /// Whether it lies within the scale and has room among the others.
    fn fits(&self, scale: &HeightScale, gap: f64, others: &[Self]) -> bool {
        self.height > scale.low + LEAST_RISE * gap
            && self.height < scale.high - LEAST_RISE * gap
            && others
                .iter()
                .all(|other| (other.height - self.height).abs() >= gap)
    }
}

/// A table over the scale's heights, for shaders: `nearest_line` in
/// `shaders/include/landscape.wgsl` reads it.
#[derive(Debug)]
pub struct LevelTable {
    texture: wgpu::Texture,
    /// All of it: `rgba32float`, not filterable.
    pub view: wgpu::TextureView,
}

impl LevelTable {
    const TEXELS: u32 = 2048;

    const SIZE: wgpu::Extent3d = wgpu::Extent3d {
        width: Self::TEXELS,
        height: 1,
        depth_or_array_layers: 1,
    };

    /// A table still to be written.
    pub fn new(gpu: &Gpu) -> Self {
        let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("LevelTable::texture"),
            size: Self::SIZE,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rgba32Float,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        Self {
            view: texture.create_view(&Default::default()),
            texture,
        }
    }

    /// Writes the lines of a scale.
    pub fn write(&self, gpu: &Gpu, scale: &HeightScale) {
        let texels = texels(scale, &levels(scale), Self::TEXELS);
        gpu.queue.write_texture(
            self.texture.as_image_copy(),
            bytemuck::cast_slice(&texels),
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(16 * Self::TEXELS),
                rows_per_image: None,
            },
            Self::SIZE,
        );
    }
}

/// For `count` even steps from the scale's low to its high: the height of the nearest line, how
/// far below and above it the next one or the scale's end lies, and its width, 1 for an index
/// line. Without lines, a line out of reach.
fn texels(scale: &HeightScale, levels: &[Level], count: u32) -> Vec<[f32; 4]> {
    let nothing = [1e30, 1e30, 1e30, 0.0];
    let texel = |nearest: usize| {
        let height = levels[nearest].height;
        let below = nearest
            .checked_sub(1)
            .map_or(scale.low, |k| levels[k].height);
        let above = levels.get(nearest + 1).map_or(scale.high, |l| l.height);
        let width = if levels[nearest].is_index {
            1.0
        } else {
            FINE_WIDTH
        };
        [
            height as f32,
            (height - below) as f32,
            (above - height) as f32,
            width,
        ]
    };
    let mut nearest = 0;
    (0..count)
        .map(|i| {
            let height = scale.low + (scale.high - scale.low) * f64::from(i) / f64::from(count - 1);
            let off = |k: usize| {
                levels
                    .get(k)
                    .map_or(f64::INFINITY, |l| (l.height - height).abs())
            };
            while off(nearest + 1) <= off(nearest) && nearest + 1 < levels.len() {
                nearest += 1;
            }
            if levels.is_empty() {
                nothing
            } else {
                texel(nearest)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::height::FormulaLaw;
    use std::sync::Arc;

    fn scale(log: bool, unit: f64, losses: [f64; 2], contours: u32) -> HeightScale {
        let law = match log {
            true => HeightLaw::Log { unit },
            false => HeightLaw::Linear,
        };
        let range = losses.map(|loss| law.height_of_loss(loss));
        HeightScale {
            contours,
            ..HeightScale::of(law, range)
        }
    }

    fn labels(scale: &HeightScale, is_index: bool) -> Vec<String> {
        let levels = levels(scale).into_iter();
        let kind = levels.filter(|level| level.is_index == is_index);
        kind.map(|level| level.label).collect()
    }

    #[test]
    fn a_linear_scale_has_multiples_of_a_nice_step() {
        let field = scale(false, 1.0, [-3.0, 7.0], 24);
        let all: Vec<_> = levels(&field).iter().map(|level| level.loss).collect();
        let expected: Vec<_> = (-5..14).map(|k| 0.5 * f64::from(k)).collect();
        assert_eq!(all, expected);
        let index = labels(&field, true);
        assert_eq!(index, ["−2", "−1", "0", "1", "2", "3", "4", "5", "6"]);
        assert_eq!(labels(&scale(false, 1.0, [0.0, 80.0], 24), true).len(), 7);
    }

    #[test]
    fn index_lines_of_a_log_scale_are_one_two_five_a_decade() {
        let himmelblau = scale(true, 12.0, [0.0, 890.0], 24);
        let index = labels(&himmelblau, true);
        assert_eq!(index, ["1", "5", "10", "20", "50", "100", "200", "500"]);
        let fine = labels(&himmelblau, false);
        assert_eq!(fine, ["30", "70", "150", "300", "400", "700"]);
        let wide = labels(&scale(true, 1e-6, [0.0, 1e6], 16), true);
        let powers = [
            "10⁻⁵", "10⁻⁴", "0.001", "0.01", "0.1", "1", "10", "100", "1000",
        ];
        assert_eq!(wide[..9], powers);
        let signed = labels(&scale(true, 1.0, [-100.0, 100.0], 30), true);
        for number in ["−50", "−1", "0", "1", "2", "5", "50"] {
            assert!(
                signed.iter().any(|label| label == number),
                "{number} in {signed:?}"
            );
        }
    }

    #[test]
    fn a_narrow_log_scale_has_a_nice_step() {
        assert_eq!(
            labels(&scale(true, 1.0, [6.1, 8.3], 10), true),
            ["6.5", "7", "7.5", "8"]
        );
    }

    /// Whatever the scale: within its bounds, apart, few enough, at their own heights, and not so
    /// few that the form is lost.
    #[test]
    fn levels_stand_apart_within_the_scale() {
        for log in [false, true] {
            for unit in [1e-6, 0.1, 12.0, 1e5] {
                for losses in [
                    [0.0, 1.0],
                    [-3.0, 4e6],
                    [50.0, 300.0],
                    [-1e9, -1.0],
                    [1e-9, 1e9],
                ] {
                    for contours in [1, 5, 24, 256] {
                        let scale = scale(log, unit, losses, contours);
                        let levels = levels(&scale);
                        let gap = (scale.high - scale.low) / f64::from(contours);
                        assert!(levels.len() <= contours as usize, "{scale:?}");
                        // Nice numbers are not so many as may be asked for.
                        let few = 3 * levels.len() < contours.min(24) as usize;
                        assert!(!few || contours < 5, "{} of {scale:?}", levels.len());
                        for pair in levels.windows(2) {
                            let apart = pair[1].height - pair[0].height;
                            // Less than a decade has even steps of the loss, not of the height.
                            let least = if log { 0.45 * gap } else { 0.0 };
                            assert!(apart > least, "{pair:?} of {scale:?}");
                        }
                        for level in &levels {
                            assert!(level.height > scale.low && level.height < scale.high);
                            let back = scale.loss_at_height(level.height).expect("one loss");
                            assert!((back - level.loss).abs() <= 1e-6 * level.loss.abs().max(unit));
                        }
                    }
                }
            }
        }
    }

    /// √f has one loss for each height, cos f has not: its lines are those of its heights.
    #[test]
    fn a_formulas_lines_are_losses_where_it_has_them() {
        let formula = |height: fn(f64) -> f64, one_to_one| {
            let range = [height(0.0).min(height(3.0)), height(0.0).max(height(3.0))];
            let law = HeightLaw::Formula(FormulaLaw {
                name: String::new(),
                wgsl: String::new(),
                height: Arc::new(height),
                slope: Arc::new(|_| 1.0),
                one_to_one,
            });
            HeightScale {
                contours: 12,
                ..HeightScale::of(law, range)
            }
        };
        let root = levels(&formula(f64::sqrt, Some([0.0, 3.0])));
        assert!(root.len() >= 4);
        for level in &root {
            assert!(
                (level.height - level.loss.sqrt()).abs() < 1e-12,
                "{level:?}"
            );
        }
        let falling = levels(&formula(|f| -f, Some([0.0, 3.0])));
        assert!(falling.len() >= 4 && falling.is_sorted_by(|a, b| a.loss > b.loss));
        let cosine = levels(&formula(f64::cos, None));
        assert!(cosine.len() >= 4);
        assert!(cosine.iter().all(|level| level.height == level.loss));
    }

    #[test]
    fn no_lines_are_asked_for_and_none_are_there() {
        assert_eq!(levels(&scale(true, 1.0, [0.0, 100.0], 0)), []);
        let texels = texels(&scale(true, 1.0, [0.0, 100.0], 0), &[], 4);
        assert!(
            texels
                .iter()
                .all(|texel| texel[0] > 1e20 && texel[3] == 0.0)
        );
    }

    /// Against a search over all lines.
    #[test]
    fn the_table_names_the_nearest_line_and_its_neighbours() {
        for scale in [
            scale(true, 12.0, [0.0, 890.0], 24),
            scale(false, 1.0, [-3.0, 7.0], 60),
        ] {
            let levels = levels(&scale);
            let texels = texels(&scale, &levels, 512);
            for (i, texel) in texels.iter().enumerate() {
                let height = scale.low + (scale.high - scale.low) * i as f64 / 511.0;
                let off = |level: &&Level| (level.height - height).abs();
                let nearest = levels.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
                let nearest = nearest.expect("there are lines");
                let below = levels.iter().rfind(|l| l.height < nearest.height);
                let below = below.map_or(scale.low, |level| level.height);
                assert!((f64::from(texel[0]) - nearest.height).abs() < 1e-6);
                assert!((f64::from(texel[1]) - (nearest.height - below)).abs() < 1e-6);
                assert_eq!(texel[3] == 1.0, nearest.is_index);
            }
        }
    }
}
