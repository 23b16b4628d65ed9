//! The axes as lines and labels on the image: a pure function of the camera and the scales.
//!
//! Nothing here remembers the last frame. What has no room fades with the room it has, so that a
//! turning picture does not flicker; an axis changes its edge only where two edges change places.

use super::cover::Cover;
use super::edges::{self, Edge, SeenEdge, View};
use super::ticks::{self, Tick};
use crate::render::frame::Placement;
use crate::render::height::HeightScale;
use crate::render::rims::{Rim, Rims};
use egui::{Pos2, Rect, Vec2};
use glam::Mat4;
use std::borrow::Cow;

/// The height of numbers, in points.
pub const NUMBER_SIZE: f32 = 21.0;
/// The height of axis names, in points.
pub const NAME_SIZE: f32 = 25.0;

const MOST_PARAMETER_TICKS: usize = 7;
const MOST_HEIGHT_TICKS: usize = 7;
const TICK_LENGTH: f32 = 9.0;
/// From a tick to its number, and from the numbers to the axis' name.
const GAP: f32 = 6.0;
const NAME_GAP: f32 = 10.0;
/// The longest name beside an upright axis that is not turned with it, in points.
const LONGEST_LEVEL_NAME: f32 = 48.0;
/// Where the box cuts the field off: the axis goes on by the first of these, in points, broken
/// between the other two.
const BREAK: [f32; 3] = [30.0, 7.0, 13.0];
/// Half of each of the two strokes across the break, in points.
const STROKE: f32 = 6.0;
/// Labels nearer than the first of these are not shown, from the second on wholly.
const CLEARANCE: [f32; 2] = [5.0, 10.0];
/// Likewise between two numbers of one axis.
const NUMBER_CLEARANCE: [f32; 2] = [8.0, 11.0];
/// Likewise for the distance from the image's border.
const BORDER: [f32; 2] = [4.0, 14.0];
/// Likewise for the length of an axis, in points.
const AXIS_LENGTH: [f32; 2] = [45.0, 110.0];
/// Likewise for how far a line or a number is outwards of the surface that hangs over the axis.
const UNCOVERED: [f32; 2] = [-3.0, 3.0];
/// Pieces of an axis of which each may be covered.
const PIECES: usize = 32;
/// The flatness up to which a landscape's axes fade, and from which on the map's appear.
const FADED: [f32; 2] = [0.15, 0.0];
const APPEARING: [f32; 2] = [0.85, 1.0];

/// What the axes show.
#[derive(Debug, Clone, Copy)]
pub struct AxesContent<'a> {
    /// The pane's matrix.
    pub clip_from_world: Mat4,
    /// How far the landscape has become its map, whose axes are others: while it is neither,
    /// there are none.
    pub flatness: f32,
    /// The parameters' ranges.
    pub placement: Placement,
    /// How a loss becomes a height.
    pub height: &'a HeightScale,
    /// The first plane coordinate's name, the second one's (a curve has none) and the loss'.
    pub names: [&'a str; 3],
    /// The surface's rims, which may hang over the parameters' axes.
    pub rims: Option<&'a Rims>,
}

/// A straight line with an opacity from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// In points.
    pub ends: [Pos2; 2],
    /// 1 is opaque.
    pub opacity: f32,
}

/// A text with its box.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// What it says.
    pub text: String,
    /// The height of its face, in points.
    pub size: f32,
    /// Whether it names an axis; otherwise it is a number.
    pub is_name: bool,
    /// Whether it is read from below upwards.
    pub is_upright: bool,
    /// The box in which the text stands centred, in points.
    pub area: Rect,
    /// 1 is opaque; never 0.
    pub opacity: f32,
}

/// The axes on the image.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AxesFigure {
    /// Axes and tick marks.
    pub lines: Vec<Line>,
    /// Numbers and names; no two of them overlap.
    pub labels: Vec<Label>,
}

/// One axis before its labels have found their room.
struct Axis<'a> {
    seen: SeenEdge,
    name: Cow<'a, str>,
    /// Ticks in front of the camera: where each stands on the image, and its number's box.
    marks: Vec<(Tick, Pos2, Rect)>,
    /// Lines of the breaks at its ends.
    breaks: Vec<[Pos2; 2]>,
    opacity: f32,
    /// What the surface covers of it.
    cover: Cover,
    /// Whether it may have its name written along it, upwards.
    is_upright: bool,
}

/// Lays the axes out on an image of `size` points, within the part `free` of it and clear of the
/// boxes `taken`.
///
/// `measure` says how wide and high a text of a given size in points is.
pub fn place(
    content: &AxesContent<'_>,
    size: Vec2,
    free: Rect,
    taken: &[Rect],
    measure: &mut dyn FnMut(&str, f32) -> Vec2,
) -> AxesFigure {
    let view = View::new(content.clip_from_world, size);
    let opacity = match is_map(content) {
        true => ramp(content.flatness, APPEARING),
        false => ramp(content.flatness, FADED),
    };
    if opacity == 0.0 {
        return AxesFigure::default();
    }
    let mut axes: Vec<_> = scales(content, &view)
        .into_iter()
        .filter_map(|scale| Axis::new(&view, scale, measure))
        .collect();
    for axis in &mut axes {
        axis.opacity *= opacity;
        axis.is_upright = is_map(content) && axis.seen.outward.x < -0.9;
    }
    let mut room = Room {
        free,
        taken: taken.to_vec(),
        labels: Vec::new(),
    };
    for axis in &axes {
        room.add_name(axis, measure);
    }
    for axis in &axes {
        room.add_numbers(axis);
    }
    AxesFigure {
        lines: axes.iter().flat_map(Axis::lines).collect(),
        labels: room.labels,
    }
}

/// What an axis shows before it is seen.
struct Scale<'a> {
    edge: Edge,
    /// The surface's lines over it.
    rims: &'a [Rim],
    ticks: Vec<Tick>,
    /// What is cut off at its low and at its high end.
    beyond: [Option<Tick>; 2],
    name: Cow<'a, str>,
}

/// A coordinate's name; one that is drawn longer than the other's scale would have it says so.
fn name_of<'a>(content: &AxesContent<'a>, axis: usize) -> Cow<'a, str> {
    let name = content.names[axis];
    match content.placement.stretch() {
        Some(stretch) if stretch.axis == axis => {
            let factor = match stretch.factor {
                factor if factor < 10.0 => format!("{factor:.1}"),
                factor => format!("{factor:.0}"),
            };
            Cow::Owned(format!("{name} (stretched {factor}×)"))
        }
        _ => Cow::Borrowed(name),
    }
}

fn scales<'a>(content: &AxesContent<'a>, view: &View) -> Vec<Scale<'a>> {
    let placement = &content.placement;
    let parameter = |axis: usize, edge: Edge| {
        let [low, high] = placement.domain[axis];
        Scale {
            edge,
            rims: rims_over(content, axis, &edge),
            ticks: ticks::linear(low, high, MOST_PARAMETER_TICKS),
            beyond: [None, None],
            name: name_of(content, axis),
        }
    };
    if is_map(content) {
        let [first, second] = edges::of_map(placement.half_extent());
        return vec![parameter(0, first), parameter(1, second)];
    }
    let [first, second] = view.parameter_edges(placement);
    let second = (!placement.is_curve).then(|| parameter(1, second));
    let height = view.height_edge(placement).map(|edge| Scale {
        edge,
        rims: &[],
        ticks: ticks::of_height(content.height, MOST_HEIGHT_TICKS),
        beyond: ticks::beyond(content.height),
        name: Cow::Borrowed(content.names[2]),
    });
    let first = std::iter::once(parameter(0, first));
    first.chain(second).chain(height).collect()
}

/// The surface's lines over an axis at the landscape's floor.
fn rims_over<'a>(content: &AxesContent<'a>, axis: usize, edge: &Edge) -> &'a [Rim] {
    match content.rims {
        Some(rims) if !is_map(content) => rims.along(axis, edge.low[1 - axis] > 0.0),
        _ => &[],
    }
}

fn is_map(content: &AxesContent<'_>) -> bool {
    content.flatness > 0.5
}

impl<'a> Axis<'a> {
    fn new(
        view: &View,
        scale: Scale<'a>,
        measure: &mut dyn FnMut(&str, f32) -> Vec2,
    ) -> Option<Self> {
        let seen = view.see(&scale.edge)?;
        let opacity = ramp(seen.ends[0].distance(seen.ends[1]), AXIS_LENGTH);
        if opacity == 0.0 {
            return None;
        }
        let mut mark = |tick: Tick, foot: Pos2| {
            let size = number_box(measure(&tick.label, NUMBER_SIZE));
            let centre = foot + beside(seen.outward, TICK_LENGTH + GAP, size);
            (tick, foot, Rect::from_center_size(centre, size))
        };
        let ticks = scale.ticks.into_iter();
        let mut marks: Vec<_> = ticks
            .filter_map(|tick| {
                let foot = view.project(scale.edge.at(tick.fraction))?;
                Some(mark(tick, foot))
            })
            .collect();
        let mut breaks = Vec::new();
        for (end, tick) in scale.beyond.into_iter().enumerate() {
            if let Some(tick) = tick {
                let end = seen.ends[end];
                let along = (end - seen.middle()).normalized();
                breaks.extend(lines_of_break(end, along));
                marks.push(mark(tick, end + along * BREAK[0]));
            }
        }
        let seen_line = |line: &Rim| -> Vec<_> {
            let places = line.iter().map(|place| view.project((*place)?));
            places.collect()
        };
        let lines: Vec<_> = scale.rims.iter().map(seen_line).collect();
        let along = (seen.ends[1] - seen.ends[0]).normalized();
        Some(Self {
            cover: Cover::new(&lines, seen.ends[0], along, seen.outward),
            seen,
            name: scale.name,
            marks,
            breaks,
            opacity,
            is_upright: false,
        })
    }

    /// The axis and its tick marks; those without a number are shorter.
    fn lines(&self) -> impl Iterator<Item = Line> {
        let marks = self.marks.iter().map(|(tick, foot, _)| {
            let length = TICK_LENGTH * (0.5 + 0.5 * self.level_opacity(tick.level));
            [*foot, *foot + self.seen.outward * length]
        });
        let marks = marks.map(|ends| (ends, self.uncovered(Rect::from_two_pos(ends[0], ends[1]))));
        let breaks = self.breaks.iter().map(|ends| (*ends, 1.0));
        let lines = self.stretches().into_iter().chain(breaks).chain(marks);
        lines
            .map(|(ends, uncovered)| Line {
                ends,
                opacity: self.opacity * uncovered,
            })
            .filter(|line| line.opacity > 0.0)
    }

    /// A place on the axis, of so many pieces from its low end.
    fn after(&self, pieces: f32) -> Pos2 {
        self.seen.ends[0].lerp(self.seen.ends[1], pieces / PIECES as f32)
    }

    /// The axis itself, in as few lines as there are changes in how far the surface covers it.
    fn stretches(&self) -> Vec<([Pos2; 2], f32)> {
        let ends: Vec<_> = (0..=PIECES).map(|k| self.after(k as f32)).collect();
        let pieces = ends.windows(2);
        let clear: Vec<_> = pieces
            .map(|ends| self.uncovered(Rect::from_two_pos(ends[0], ends[1])))
            .collect();
        let mut from = 0;
        let alike = clear.chunk_by(|a, b| a == b);
        let stretches = alike.map(|pieces| {
            let ends = [from, from + pieces.len()].map(|k| self.after(k as f32));
            from += pieces.len();
            (ends, pieces[0])
        });
        stretches.collect()
    }

    /// How little the surface covers a box beside the axis: 0 where it does, 1 where it is clear.
    fn uncovered(&self, area: Rect) -> f32 {
        ramp(self.outside(area), UNCOVERED)
    }

    /// How far a box beside the axis is outwards of the surface.
    fn outside(&self, area: Rect) -> f32 {
        let along = (self.seen.ends[1] - self.seen.ends[0]).normalized();
        let from_start = area.center() - self.seen.ends[0];
        let middle = from_start.dot(along);
        let half = 0.5 * reach(along, area.size());
        let inner = from_start.dot(self.seen.outward) - 0.5 * reach(self.seen.outward, area.size());
        self.cover.clearance([middle - half, middle + half], inner)
    }

    /// How far the numbers reach outwards, shown or not: so that the name stands still.
    fn reach(&self) -> f32 {
        let reach_of = |area: &Rect| reach(self.seen.outward, area.size());
        // The numbers beyond the ends stand clear of the name.
        let between = |tick: &Tick| (0.0..=1.0).contains(&tick.fraction);
        let widest = self
            .marks
            .iter()
            .filter(|(tick, _, _)| between(tick))
            .map(|(_, _, area)| reach_of(area))
            .fold(0.0, f32::max);
        TICK_LENGTH + GAP + widest
    }

    /// The opacity of the ticks of a level: by the room between all ticks that stay as long.
    fn level_opacity(&self, level: u32) -> f32 {
        let staying: Vec<_> = self
            .marks
            .iter()
            .filter(|(tick, _, _)| tick.level >= level)
            .map(|&(_, _, area)| area)
            .collect();
        let room = staying
            .iter()
            .enumerate()
            .flat_map(|(index, a)| staying[..index].iter().map(|b| clearance(*a, *b)))
            .fold(f32::INFINITY, f32::min);
        ramp(room, NUMBER_CLEARANCE)
    }
}

/// The free part of the image with what stands on it so far.
struct Room {
    free: Rect,
    taken: Vec<Rect>,
    labels: Vec<Label>,
}

impl Room {
    /// Names an axis beside the middle of that part of it which leaves the name inside.
    fn add_name(&mut self, axis: &Axis<'_>, measure: &mut dyn FnMut(&str, f32) -> Vec2) {
        let across = measure(&axis.name, NAME_SIZE);
        // Beside a map's upright axis there is no room for a long word.
        let is_upright = axis.is_upright && across.x > LONGEST_LEVEL_NAME;
        let size = if is_upright { across.yx() } else { across };
        let offset = beside(axis.seen.outward, axis.reach() + NAME_GAP, size);
        let centres = self.free.shrink2(0.5 * size + Vec2::splat(BORDER[1]));
        let Some([a, b]) = clip_to(centres, axis.seen.ends.map(|end| end + offset)) else {
            return;
        };
        self.add(Label {
            text: axis.name.clone().into_owned(),
            size: NAME_SIZE,
            is_name: true,
            is_upright,
            area: Rect::from_center_size(a.lerp(b, 0.5), size),
            opacity: axis.opacity,
        });
    }

    fn add_numbers(&mut self, axis: &Axis<'_>) {
        let mut by_level: Vec<_> = axis.marks.iter().collect();
        by_level.sort_by_key(|(tick, _, _)| std::cmp::Reverse(tick.level));
        for (tick, _, area) in by_level {
            self.add(Label {
                text: tick.label.clone(),
                size: NUMBER_SIZE,
                is_name: false,
                is_upright: false,
                area: *area,
                opacity: axis.opacity * axis.level_opacity(tick.level) * axis.uncovered(*area),
            });
        }
    }

    /// Adds a label as far as there is room for it.
    fn add(&mut self, mut label: Label) {
        let labels = self.labels.iter().map(|label| label.area);
        let nearest = labels
            .chain(self.taken.iter().copied())
            .map(|area| clearance(area, label.area))
            .fold(f32::INFINITY, f32::min);
        // Numbers of one axis have had their distances judged already, and more strictly.
        label.opacity *= ramp(nearest, CLEARANCE) * ramp(inset(self.free, label.area), BORDER);
        if label.opacity > 0.0 && !label.text.is_empty() {
            self.labels.push(label);
        }
    }
}

/// The axis beyond its `end`, in the direction `along`, with a break.
fn lines_of_break(end: Pos2, along: Vec2) -> [[Pos2; 2]; 4] {
    let [length, first, second] = BREAK;
    let stroke = |at: f32| {
        let half = STROKE * (along.rot90() + 0.6 * along);
        [end + along * at - half, end + along * at + half]
    };
    [
        [end, end + along * first],
        [end + along * second, end + along * length],
        stroke(first),
        stroke(second),
    ]
}

/// From a point on an axis to the centre of a box that stands `gap` outwards of it.
fn beside(outward: Vec2, gap: f32, size: Vec2) -> Vec2 {
    outward * (gap + 0.5 * reach(outward, size))
}

/// How far a box of this size reaches along a direction of length one.
fn reach(direction: Vec2, size: Vec2) -> f32 {
    direction.x.abs() * size.x + direction.y.abs() * size.y
}

/// The box of a number within its row of text: digits have no descenders.
fn number_box(row: Vec2) -> Vec2 {
    Vec2::new(row.x, row.y.min(0.95 * NUMBER_SIZE))
}

/// The distance between two boxes along the axis that separates them best; negative if they
/// overlap.
fn clearance(a: Rect, b: Rect) -> f32 {
    let apart = (a.center() - b.center()).abs() - 0.5 * (a.size() + b.size());
    apart.max_elem()
}

/// How far inside `free` a box lies; negative if it reaches out.
fn inset(free: Rect, area: Rect) -> f32 {
    let low = area.min - free.min;
    let high = free.max - area.max;
    low.min_elem().min(high.min_elem())
}

/// 0 up to the first bound, 1 from the second one on, smooth between; bounds may fall.
pub(super) fn ramp(value: f32, [none, all]: [f32; 2]) -> f32 {
    let part = ((value - none) / (all - none)).clamp(0.0, 1.0);
    part * part * (3.0 - 2.0 * part)
}

/// The part of a line inside a rectangle.
fn clip_to(area: Rect, [a, b]: [Pos2; 2]) -> Option<[Pos2; 2]> {
    let along = b - a;
    let (mut from, mut to) = (0.0_f32, 1.0_f32);
    for (start, step, low, high) in [
        (a.x, along.x, area.min.x, area.max.x),
        (a.y, along.y, area.min.y, area.max.y),
    ] {
        if step.abs() < 1e-6 {
            if !(low..=high).contains(&start) {
                return None;
            }
            continue;
        }
        let (first, last) = ((low - start) / step, (high - start) / step);
        from = from.max(first.min(last));
        to = to.min(first.max(last));
    }
    (from < to).then(|| [a + along * from, a + along * to])
}

#[cfg(test)]
mod tests;
