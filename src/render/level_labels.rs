//! The numbers of the map's index lines: where along its line each one stands.
//!
//! They are placed once for a map of a size, in world units, and move with it: nothing jumps while
//! the picture turns from landscape to map.

use super::levels::Level;
use egui::Vec2 as Points;
use glam::{USizeVec2, Vec2};

/// The size of the numbers' face, in points.
pub const NUMBER_SIZE: f32 = 19.0;
/// Of a number's box, in sizes of its face: a sign's width, and a digit's height. All digits are
/// as wide; no other sign of a number is wider.
const SIGN_WIDTH: f32 = 0.58;
const DIGIT_HEIGHT: f32 = 0.84;

/// Between the samples of a line, and the side of a cell of the mask, in points.
const STEP: f32 = 4.0;
/// Clear of the number's box at its ends, in points.
const END_GAP: f32 = 7.0;
/// From the map's border, from marks, and from the next number, in points.
const BORDER: f32 = 8.0;
const MARK: f32 = 16.0;
const NEXT: f32 = 70.0;
/// From the next number of the same level, in points.
const NEXT_ALIKE: f32 = 330.0;
/// The most numbers of one level.
const MOST_ALIKE: usize = 5;
/// A line must be so many times as long as its number, or what is left of it is no line.
const LEAST_LENGTH: f32 = 2.4;
/// How far a line may bend away under its number, in heights of the number.
const MOST_BEND: f32 = 0.16;
/// What a number costs that stands upright, in heights of bend.
const UPRIGHT_COST: f32 = 0.25;

/// A line of the map: where the loss has the value of a level, in world X and Y.
#[derive(Debug, Clone, PartialEq)]
pub struct Isoline {
    /// Whose line it is.
    pub level: Level,
    /// The polyline.
    pub way: Vec<Vec2>,
}

/// A number on its line.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelLabel {
    /// The number.
    pub text: String,
    /// Its level's height on the scale.
    pub height: f64,
    /// Its middle, in world X and Y.
    pub centre: Vec2,
    /// The direction of the text, of length one, never to the left.
    pub along: Vec2,
    /// Width and height of the text in points.
    pub size: Points,
}

/// The map that the numbers stand on.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// Half its width and height in world units.
    pub half_extent: Vec2,
    /// How large it is on the image.
    pub points_per_world: f32,
    /// Places to keep clear, in world units.
    pub marks: &'a [Vec2],
}

/// Places numbers on index lines.
///
/// Lines too short or too bent stay without. No two numbers overlap, and none lies on another
/// index line.
pub fn place(lines: &[Isoline], ground: &Ground<'_>) -> Vec<LevelLabel> {
    let mut lines: Vec<_> = lines
        .iter()
        .filter(|line| line.level.is_index)
        .map(|line| Line::new(line, ground))
        .collect();
    // Those that have the least choice go first.
    lines.sort_by_key(|line| line.samples.len());
    let mask = Mask::new(&lines, ground);
    let mut placed: Vec<LevelLabel> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let mut spots = line.spots();
        spots.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        for spot in spots {
            let label = line.label(&spot, ground);
            if has_room(&label, &placed, ground) && mask.is_clear(&label, index, ground) {
                placed.push(label);
            }
        }
    }
    placed
}

/// The room of a number in points.
pub fn size_of(number: &str) -> Points {
    let signs = number.chars().count() as f32;
    NUMBER_SIZE * Points::new(SIGN_WIDTH * signs, DIGIT_HEIGHT)
}

/// A line in points, sampled evenly.
struct Line<'a> {
    level: &'a Level,
    samples: Vec<Vec2>,
    size: Points,
}

/// A stretch of a line that is straight enough for its number.
struct Spot {
    centre: Vec2,
    along: Vec2,
    cost: f32,
}

impl<'a> Line<'a> {
    fn new(line: &'a Isoline, ground: &Ground<'_>) -> Self {
        let way = line.way.iter().map(|at| *at * ground.points_per_world);
        Self {
            level: &line.level,
            samples: evenly(way, STEP),
            size: size_of(&line.level.label),
        }
    }

    fn spots(&self) -> Vec<Spot> {
        let reach = ((0.5 * self.size.x + END_GAP) / STEP).ceil() as usize;
        if (self.samples.len() as f32) < LEAST_LENGTH * 2.0 * reach as f32 {
            return Vec::new();
        }
        let stretches = self.samples.windows(2 * reach + 1).step_by(2);
        stretches.filter_map(|stretch| self.spot(stretch)).collect()
    }

    fn spot(&self, stretch: &[Vec2]) -> Option<Spot> {
        let (first, last) = (stretch[0], stretch[stretch.len() - 1]);
        let chord = (last - first).try_normalize()?;
        let off = |at: &Vec2| chord.perp_dot(*at - first);
        let offs = || stretch.iter().map(off);
        let (low, high) = (offs().fold(0.0, f32::min), offs().fold(0.0, f32::max));
        let bend = (high - low) / self.size.y;
        let is_short = first.distance(last) < 0.9 * STEP * (stretch.len() - 1) as f32;
        if bend > MOST_BEND || is_short {
            return None;
        }
        // Never to the left, and upright numbers are read from the right.
        let is_left = chord.x < -1e-3 || (chord.x < 1e-3 && chord.y < 0.0);
        Some(Spot {
            centre: 0.5 * (first + last) + chord.perp() * (0.5 * (low + high)),
            along: if is_left { -chord } else { chord },
            cost: bend + UPRIGHT_COST * chord.y.abs(),
        })
    }

    fn label(&self, spot: &Spot, ground: &Ground<'_>) -> LevelLabel {
        LevelLabel {
            text: self.level.label.clone(),
            height: self.level.height,
            centre: spot.centre / ground.points_per_world,
            along: spot.along,
            size: self.size,
        }
    }
}

/// Points along a polyline, `step` apart.
fn evenly(way: impl Iterator<Item = Vec2>, step: f32) -> Vec<Vec2> {
    let mut samples = Vec::new();
    let mut before: Option<Vec2> = None;
    // How far behind `before` the last sample lies.
    let mut since = 0.0;
    for at in way {
        let Some(from) = before.replace(at) else {
            samples.push(at);
            continue;
        };
        let length = from.distance(at);
        let mut next = step - since;
        while next <= length {
            samples.push(from.lerp(at, next / length));
            next += step;
        }
        since = length + step - next;
    }
    samples
}

impl LevelLabel {
    /// Discs that cover the text, in points from the map's middle: centres and radius.
    fn discs(&self, ground: &Ground<'_>) -> (Vec<Vec2>, f32) {
        let radius = 0.6 * self.size.y;
        let reach = (0.5 * self.size.x - 0.5 * radius).max(0.0);
        let count = (reach / radius).ceil().max(1.0) as i32;
        let centre = self.centre * ground.points_per_world;
        let at = |k: i32| centre + self.along * (reach * k as f32 / count as f32);
        ((-count..=count).map(at).collect(), radius)
    }
}

fn has_room(label: &LevelLabel, placed: &[LevelLabel], ground: &Ground<'_>) -> bool {
    let alike = || placed.iter().filter(|other| other.text == label.text);
    let is_far = |other: &LevelLabel, far: f32| {
        other.centre.distance(label.centre) * ground.points_per_world > far
    };
    let next = |other: &LevelLabel| NEXT + 0.5 * (label.size.x + other.size.x);
    let (discs, radius) = label.discs(ground);
    let inside = ground.half_extent * ground.points_per_world - (radius + BORDER);
    let is_clear = |mark: &Vec2| {
        let mark = *mark * ground.points_per_world;
        discs.iter().all(|disc| disc.distance(mark) > radius + MARK)
    };
    alike().count() < MOST_ALIKE
        && alike().all(|other| is_far(other, NEXT_ALIKE))
        && placed.iter().all(|other| is_far(other, next(other)))
        && discs.iter().all(|disc| disc.abs().cmple(inside).all())
        && ground.marks.iter().all(is_clear)
}

/// Which index line passes each cell of the map.
struct Mask {
    size: USizeVec2,
    lines: Vec<Option<usize>>,
}

impl Mask {
    fn new(lines: &[Line<'_>], ground: &Ground<'_>) -> Self {
        let extent = 2.0 * ground.half_extent * ground.points_per_world / STEP;
        let size = extent.ceil().as_usizevec2() + 1;
        let mut mask = Self {
            size,
            lines: vec![None; size.element_product()],
        };
        for (index, line) in lines.iter().enumerate() {
            for at in &line.samples {
                if let Some(cell) = mask.cell(*at, ground) {
                    mask.lines[cell] = Some(index);
                }
            }
        }
        mask
    }

    fn cell(&self, at: Vec2, ground: &Ground<'_>) -> Option<usize> {
        let from_corner = at / ground.points_per_world + ground.half_extent;
        let cell = (from_corner * ground.points_per_world / STEP).floor();
        let is_inside = cell.cmpge(Vec2::ZERO).all() && cell.cmplt(self.size.as_vec2()).all();
        is_inside.then(|| cell.y as usize * self.size.x + cell.x as usize)
    }

    /// Whether no other index line runs through the number.
    fn is_clear(&self, label: &LevelLabel, own: usize, ground: &Ground<'_>) -> bool {
        let half = 0.5 * Vec2::new(label.size.x, label.size.y) + STEP;
        let centre = label.centre * ground.points_per_world;
        let (across, down) = ((half.x / STEP).ceil() as i32, (half.y / STEP).ceil() as i32);
        let mut cells = (-across..=across).flat_map(|x| (-down..=down).map(move |y| [x, y]));
        cells.all(|[x, y]| {
            let off = label.along * x as f32 + label.along.perp() * y as f32;
            let cell = self.cell(centre + STEP * off, ground);
            let line = cell.and_then(|cell| self.lines[cell]);
            line.is_none_or(|line| line == own)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::height::{HeightLaw, HeightScale};
    use crate::render::isolines::Grid;
    use crate::render::levels::levels;

    const SIDE: usize = 257;
    const HALF: Vec2 = Vec2::splat(0.5);

    fn himmelblau(at: Vec2) -> f32 {
        let [x, y] = (10.0 * at).to_array();
        (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2)
    }

    fn rastrigin(at: Vec2) -> f32 {
        let wave = |x: f32| x * x - 10.0 * (std::f32::consts::TAU * x).cos();
        20.0 + wave(10.0 * at.x) + wave(10.0 * at.y)
    }

    fn scale(log: bool, high: f64) -> HeightScale {
        let law = match log {
            true => HeightLaw::Log { unit: 12.0 },
            false => HeightLaw::Linear,
        };
        let range = [0.0, law.height_of_loss(high)];
        HeightScale {
            contours: 24,
            ..HeightScale::of(law, range)
        }
    }

    fn lines(loss: fn(Vec2) -> f32, scale: &HeightScale) -> Vec<Isoline> {
        let place = |i: usize| Vec2::new((i % SIDE) as f32, (i / SIDE) as f32) / 256.0 - HALF;
        let height = |at| scale.height_of_loss(f64::from(loss(at))) as f32;
        let grid = Grid {
            side: SIDE,
            values: (0..SIDE * SIDE).map(|i| height(place(i))).collect(),
        };
        let lines = levels(scale).into_iter().flat_map(|level| {
            let ways = grid.isolines(level.height as f32);
            ways.into_iter().map(move |way| Isoline {
                level: level.clone(),
                way: way.into_iter().map(|at| at / 256.0 - HALF).collect(),
            })
        });
        lines.collect()
    }

    fn ground(points: f32) -> Ground<'static> {
        Ground {
            half_extent: HALF,
            points_per_world: points,
            marks: &[],
        }
    }

    /// The four corners of a text in world units.
    fn corners(label: &LevelLabel, points: f32) -> [Vec2; 4] {
        let across = label.along * (0.5 * label.size.x / points);
        let up = label.along.perp() * (0.5 * label.size.y / points);
        [-across - up, across - up, across + up, up - across].map(|off| label.centre + off)
    }

    /// Whether a line parts two boxes: one along a side of either (the separating axis theorem).
    fn are_apart(a: [Vec2; 4], b: [Vec2; 4]) -> bool {
        let axes = [a[1] - a[0], a[3] - a[0], b[1] - b[0], b[3] - b[0]];
        axes.iter().any(|axis| {
            let range = |corners: [Vec2; 4]| {
                let along = corners.map(|corner| corner.dot(*axis));
                along.iter().fold((f32::MAX, f32::MIN), |(low, high), v| {
                    (low.min(*v), high.max(*v))
                })
            };
            let (a, b) = (range(a), range(b));
            a.1 < b.0 || b.1 < a.0
        })
    }

    #[test]
    fn numbers_stand_on_their_lines_inside_the_map_and_apart() {
        for (loss, scale, points, least) in [
            (himmelblau as fn(Vec2) -> f32, scale(true, 890.0), 850.0, 12),
            (himmelblau, scale(true, 890.0), 420.0, 4),
            (himmelblau, scale(false, 890.0), 850.0, 7),
            // Rings too small for numbers stay without.
            (rastrigin, scale(false, 80.0), 850.0, 0),
            (rastrigin, scale(false, 80.0), 4000.0, 20),
        ] {
            let labels = place(&lines(loss, &scale), &ground(points));
            let count = labels.len();
            assert!(
                count >= least,
                "{count} numbers of {least} at {points}, {scale:?}"
            );
            for (index, label) in labels.iter().enumerate() {
                let corners = corners(label, points);
                assert!(corners.iter().all(|corner| corner.abs().cmplt(HALF).all()));
                assert!(label.along.x >= -1e-3, "{label:?} hangs upside down");
                let off = off_line(loss, &scale, label) * points;
                assert!(off < 2.5, "{label:?} is off its line by {off} points");
                for other in &labels[..index] {
                    assert!(are_apart(corners, self::corners(other, points)));
                }
            }
        }
    }

    /// How far from its line a number's middle is, by the loss itself.
    fn off_line(loss: fn(Vec2) -> f32, scale: &HeightScale, label: &LevelLabel) -> f32 {
        let height = |at| scale.height_of_loss(f64::from(loss(at))) as f32;
        let step = 1e-3;
        let rise = |along: Vec2| {
            (height(label.centre + along * step) - height(label.centre - along * step))
                / (2.0 * step)
        };
        let slope = Vec2::new(rise(Vec2::X), rise(Vec2::Y));
        let tilt = slope.normalize().dot(label.along).abs();
        assert!(tilt < 0.25, "{label:?} leans away from its line: {tilt}");
        (height(label.centre) - label.height as f32).abs() / slope.length()
    }

    #[test]
    fn no_number_lies_on_another_index_line() {
        let scale = scale(true, 890.0);
        let index: Vec<_> = levels(&scale).into_iter().filter(|l| l.is_index).collect();
        let labels = place(&lines(himmelblau, &scale), &ground(850.0));
        for label in &labels {
            let others = index.iter().filter(|level| level.label != label.text);
            let heights = corners(label, 850.0)
                .map(|corner| scale.height_of_loss(f64::from(himmelblau(corner))));
            for level in others {
                let is_above = heights.map(|height| height > level.height);
                assert!(
                    is_above.iter().all(|above| *above == is_above[0]),
                    "{label:?}"
                );
            }
        }
    }

    #[test]
    fn marks_are_kept_clear() {
        let lines = lines(himmelblau, &scale(true, 890.0));
        let free = place(&lines, &ground(850.0));
        let marks: Vec<_> = free.iter().map(|label| label.centre).collect();
        let beside = Ground {
            marks: &marks,
            ..ground(850.0)
        };
        for label in place(&lines, &beside) {
            let nearest = marks.iter().map(|mark| mark.distance(label.centre));
            let nearest = nearest.fold(f32::MAX, f32::min) * 850.0;
            assert!(nearest > MARK + 0.5 * label.size.y, "{nearest}");
        }
    }
}
