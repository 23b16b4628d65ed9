//! A formula set in boxes: fractions over one another, roots, raised and lowered signs, columns in
//! brackets. All boxes of a row share one axis, at half the height of their signs.

use super::text::regular;
use crate::lesson::Math;
use egui::{Color32, Galley, Painter, Pos2, Stroke, Vec2, vec2};
use std::sync::Arc;

/// Sizes of parts over that of the whole.
const FRACTION_PART: f32 = 0.86;
const INDEX: f32 = 0.66;
/// Distances and lines over the size.
const FRACTION_GAP: f32 = 0.06;
const FRACTION_SIDE: f32 = 0.14;
const RAISED: f32 = 0.36;
const LOWERED: f32 = 0.3;
const ROOT_HOOK: f32 = 0.5;
const ROOT_GAP: f32 = 0.1;
const CELL_GAP: f32 = 0.6;
const BRACKET: f32 = 0.2;
const BRACKET_GAP: f32 = 0.14;
const LINE: f32 = 0.055;
/// Signs are this high over their size: rows of a line of text leave room around them.
const HEIGHT: f32 = 1.2;

/// A formula with its size; drawn where its left end on the axis is put.
pub(super) struct Formula {
    /// Width, in points.
    pub width: f32,
    /// What stands above and below the axis, in points.
    pub above: f32,
    /// See `above`.
    pub below: f32,
    parts: Vec<(Vec2, Part)>,
}

enum Part {
    Signs(Arc<Galley>),
    Line(Vec2, f32),
}

impl Formula {
    /// Sets a formula in signs of `size` points.
    pub fn set(painter: &Painter, math: &Math, size: f32) -> Self {
        let smaller = |math: &Math, factor: f32| Self::set(painter, math, factor * size);
        match math {
            Math::Text(text) => Self::signs(painter, text, size),
            Math::Row(parts) => {
                let mut row = Self::empty();
                for part in parts {
                    row.append(Self::set(painter, part, size), 0.0);
                }
                row
            }
            Math::Fraction(parts) => Self::fraction(
                smaller(&parts[0], FRACTION_PART),
                smaller(&parts[1], FRACTION_PART),
                size,
            ),
            Math::Root(inner) => Self::root(Self::set(painter, inner, size), size),
            Math::Raised(parts) => {
                let mut base = Self::set(painter, &parts[0], size);
                let lift = (base.above - 0.5 * HEIGHT * size).max(0.0) + RAISED * size;
                base.append(smaller(&parts[1], INDEX), -lift);
                base
            }
            Math::Lowered(parts) => {
                let mut base = Self::set(painter, &parts[0], size);
                base.append(smaller(&parts[1], INDEX), LOWERED * size);
                base
            }
            Math::Grid(rows) => Self::grid(painter, rows, size),
        }
    }

    /// The same, with smaller signs where it would be wider than `widest`.
    pub fn fitting(painter: &Painter, math: &Math, size: f32, widest: f32) -> Self {
        let formula = Self::set(painter, math, size);
        match formula.width > widest {
            true => Self::set(painter, math, size * widest / formula.width),
            false => formula,
        }
    }

    /// Draws it in one colour.
    pub fn paint(&self, painter: &Painter, place: Pos2, color: Color32) {
        for (offset, part) in &self.parts {
            let corner = place + *offset;
            match part {
                Part::Signs(galley) => {
                    painter.galley_with_override_text_color(corner, Arc::clone(galley), color);
                }
                Part::Line(along, width) => {
                    painter.line_segment([corner, corner + *along], Stroke::new(*width, color));
                }
            }
        }
    }

    fn empty() -> Self {
        Self {
            width: 0.0,
            above: 0.0,
            below: 0.0,
            parts: Vec::new(),
        }
    }

    fn signs(painter: &Painter, text: &str, size: f32) -> Self {
        let galley = painter.layout_no_wrap(text.to_owned(), regular(size), Color32::PLACEHOLDER);
        let [width, height] = galley.size().into();
        let half = 0.5 * HEIGHT * size;
        Self {
            width,
            above: half,
            below: half,
            parts: vec![(vec2(0.0, -0.5 * height), Part::Signs(galley))],
        }
    }

    /// Puts `other` behind, `down` below the axis.
    fn append(&mut self, other: Self, down: f32) {
        let at = vec2(self.width, down);
        self.width += other.width;
        self.put(other, at);
    }

    /// Puts `other` at a place of its own; the width stays.
    fn put(&mut self, other: Self, at: Vec2) {
        self.above = self.above.max(other.above - at.y);
        self.below = self.below.max(other.below + at.y);
        let parts = other.parts.into_iter();
        self.parts
            .extend(parts.map(|(place, part)| (at + place, part)));
    }

    fn line(&mut self, from: Vec2, to: Vec2, size: f32) {
        self.parts.push((from, Part::Line(to - from, LINE * size)));
    }

    fn fraction(top: Self, bottom: Self, size: f32) -> Self {
        let side = FRACTION_SIDE * size;
        let inner = top.width.max(bottom.width);
        let mut fraction = Self {
            width: inner + 4.0 * side,
            ..Self::empty()
        };
        let gap = FRACTION_GAP * size;
        let left = |part: &Self| 2.0 * side + 0.5 * (inner - part.width);
        let (top_at, bottom_at) = (
            vec2(left(&top), -gap - top.below),
            vec2(left(&bottom), gap + bottom.above),
        );
        fraction.put(top, top_at);
        fraction.put(bottom, bottom_at);
        let right = fraction.width - side;
        fraction.line(vec2(side, 0.0), vec2(right, 0.0), size);
        fraction
    }

    fn root(inner: Self, size: f32) -> Self {
        let (hook, gap) = (ROOT_HOOK * size, ROOT_GAP * size);
        // Letters without a height above them need no room for one.
        let roof = -(inner.above - 0.5 * gap);
        let foot = inner.below - 1.5 * gap;
        let mut root = Self {
            width: hook + inner.width + gap,
            ..Self::empty()
        };
        root.put(inner, vec2(hook, 0.0));
        let middle = 0.35 * (foot - roof);
        root.line(vec2(0.0, foot - middle), vec2(0.4 * hook, foot), size);
        root.line(vec2(0.4 * hook, foot), vec2(0.9 * hook, roof), size);
        root.line(vec2(0.9 * hook, roof), vec2(root.width, roof), size);
        root.above += gap;
        root
    }

    fn grid(painter: &Painter, rows: &[Vec<String>], size: f32) -> Self {
        let size = match rows.len() {
            0 | 1 => size,
            _ => FRACTION_PART * size,
        };
        let cells: Vec<Vec<Self>> = rows
            .iter()
            .map(|row| {
                row.iter()
                    .map(|cell| Self::signs(painter, cell, size))
                    .collect()
            })
            .collect();
        let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
        let width_of = |column: usize| {
            let column = cells.iter().filter_map(|row| row.get(column));
            column.map(|cell| cell.width).fold(0.0, f32::max)
        };
        let widths: Vec<f32> = (0..columns).map(width_of).collect();
        let edge = BRACKET * size + BRACKET_GAP * size;
        let gaps = CELL_GAP * size * columns.saturating_sub(1) as f32;
        let row_height = HEIGHT * size;
        let half = 0.5 * row_height * cells.len() as f32;
        let mut grid = Self {
            width: 2.0 * edge + widths.iter().sum::<f32>() + gaps,
            above: half,
            below: half,
            parts: Vec::new(),
        };
        for (number, row) in cells.into_iter().enumerate() {
            let down = (number as f32 + 0.5) * row_height - half;
            let mut left = edge;
            for (cell, width) in row.into_iter().zip(&widths) {
                let at = vec2(left + width - cell.width, down);
                grid.put(cell, at);
                left += width + CELL_GAP * size;
            }
        }
        let arm = BRACKET * size;
        for (x, inward) in [
            (0.5 * LINE * size, arm),
            (grid.width - 0.5 * LINE * size, -arm),
        ] {
            let (top, foot) = (vec2(x, -half), vec2(x, half));
            grid.line(top, foot, size);
            grid.line(top, top + vec2(inward, 0.0), size);
            grid.line(foot, foot + vec2(inward, 0.0), size);
        }
        grid
    }
}
