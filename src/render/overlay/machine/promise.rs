//! Two bars from one zero: what a turn has changed, and what the slope had promised.

use super::{Inks, Promise, SIZE, label};
use crate::lesson::Math;
use crate::render::overlay::maths::Formula;
use egui::{Align2, Color32, Painter, Rect, Stroke, pos2, vec2};

/// Of both bars with their words.
pub(super) const HEIGHT: f32 = 118.0;
const BAR: f32 = 15.0;
/// Between a row's words and its bar, and from one row to the next.
const ROW: f32 = 59.0;
/// The part of the width that a full bar has to each side.
const LONGEST: f32 = 0.5;

pub(super) fn paint(painter: &Painter, area: Rect, promise: &Promise, inks: &Inks) {
    let measured = Math::Row(vec![promise.name.clone(), Math::text(" measured")]);
    let predicted = Math::Row(vec![promise.formula.clone(), Math::text(" predicted")]);
    let rows = [
        (measured, &promise.measured, inks.measured),
        (predicted, &promise.predicted, inks.predicted),
    ];
    for (i, (words, change, color)) in rows.into_iter().enumerate() {
        let top = area.min.y + i as f32 * ROW;
        let row = Rect::from_min_size(pos2(area.min.x, top), vec2(area.width(), ROW));
        paint_row(painter, row, &words, change.part, [color, inks.muted]);
        let place = pos2(row.max.x, row.min.y + 0.6 * SIZE);
        label(painter, &change.text, place, Align2::RIGHT_CENTER, color);
    }
}

fn paint_row(painter: &Painter, row: Rect, words: &Math, part: f64, [color, muted]: [Color32; 2]) {
    let formula = Formula::fitting(painter, words, 0.9 * SIZE, 0.78 * row.width());
    formula.paint(painter, pos2(row.min.x, row.min.y + 0.6 * SIZE), color);
    let length = LONGEST * row.width() * part.clamp(-1.0, 1.0) as f32;
    let top = row.min.y + 1.5 * SIZE;
    let bar = Rect::from_two_pos(
        pos2(row.center().x, top),
        pos2(row.center().x + length, top + BAR),
    );
    painter.rect_filled(bar, 2.0, color);
    let middle = row.center().x;
    let zero = [pos2(middle, top - 3.0), pos2(middle, top + BAR + 3.0)];
    painter.line_segment(zero, Stroke::new(1.5, muted));
}
