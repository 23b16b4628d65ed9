//! The legend: which colour is which team, and what distance from the landscape's plane looks
//! like. A block of columns in the upper right corner, or rows under the title where the picture
//! has no corner to spare.

use super::swatch::{SWATCH_WIDTH, Swatch, two_digits};
use super::text::{line_of_text, regular};
use super::{LegendEntry, MARGIN, OverlayColors, OverlayContent};
use egui::{Align2, Color32, Galley, Painter, Pos2, Rect, Vec2};
use std::sync::Arc;

const PADDING: Vec2 = Vec2::new(18.0, 12.0);
const CORNER: f32 = 10.0;
const GAP: f32 = 14.0;
const NOTE_GAP: f32 = 26.0;
/// Between two columns, and between two entries of a row.
const COLUMN_GAP: f32 = 30.0;
/// The height of a row over that of its text.
const ROW_HEIGHT: f32 = 33.0 / 21.0;
/// The highest block, as a part of the image.
const HIGHEST: f32 = 0.7;
/// The widest label, as a part of the image.
const WIDEST_LABEL: f32 = 0.28;
/// The narrowest label beside a note, in sizes of its face.
const LEAST_LABEL: f32 = 3.0;

/// Sizes of text with the columns of a block, the best first; the last is taken when none fits.
const BLOCKS: [(f32, usize); 6] = [
    (21.0, 1),
    (17.0, 1),
    (17.0, 2),
    (14.0, 2),
    (14.0, 3),
    (14.0, 4),
];
/// Sizes of text of the rows, with how many rows of it fit.
const ROWS: [(f32, usize); 3] = [(21.0, 2), (17.0, 2), (14.0, 3)];

/// Where a legend stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shape {
    /// In the upper right corner, at most so many points wide.
    Block(f32),
    /// From the left margin to the right one, beginning at this height.
    Rows(f32),
}

/// A legend with its place.
pub(super) struct Legend {
    pub(super) area: Rect,
    items: Vec<Item>,
    /// Of this legend beside 21 points.
    scale: f32,
}

/// An entry, or what sums up those that found no room.
struct Item {
    swatch: Swatch,
    label: Arc<Galley>,
    note: Option<Arc<Galley>>,
    /// From the area's upper left corner to the middle of the item's left side.
    at: Vec2,
    /// Where the note ends, from the area's left side.
    end: f32,
}

impl Legend {
    /// Finds room for the entries on an image of `size` points; nothing for no entries.
    ///
    /// What does not fit is summed up in a last item.
    pub(super) fn lay_out(
        painter: &Painter,
        size: Vec2,
        shape: Shape,
        content: &OverlayContent<'_>,
    ) -> Option<Self> {
        if content.legend.is_empty() {
            return None;
        }
        let scribe = Scribe {
            painter,
            colors: &content.colors,
            entries: content.legend,
            reach: content.reach,
            image: size,
        };
        Some(match shape {
            Shape::Block(widest) => scribe.block(widest),
            Shape::Rows(top) => scribe.rows(top),
        })
    }

    /// Paints the ground and the items.
    pub(super) fn paint(&self, painter: &Painter, colors: &OverlayColors, opacity: f32) {
        let ground = colors.panel().gamma_multiply(opacity);
        painter.rect_filled(self.area, CORNER, ground);
        for item in &self.items {
            self.paint_item(painter, item, opacity);
        }
    }

    fn paint_item(&self, painter: &Painter, item: &Item, opacity: f32) {
        let left = self.area.min + item.at;
        item.swatch.paint(painter, left, self.scale, opacity);
        let text = |at: Pos2, anchor: Align2, galley: &Arc<Galley>| {
            let area = anchor.anchor_size(at, galley.size());
            let shape = egui::epaint::TextShape::new(
                on_pixel(painter, area.min),
                Arc::clone(galley),
                Color32::PLACEHOLDER,
            );
            painter.add(shape.with_opacity_factor(opacity));
        };
        let label = Vec2::new(label_offset(self.scale, item.swatch), 0.0);
        text(left + label, Align2::LEFT_CENTER, &item.label);
        if let Some(note) = &item.note {
            let end = Pos2::new(self.area.min.x + item.end, left.y);
            text(end, Align2::RIGHT_CENTER, note);
        }
    }
}

/// From an item's left side to its label.
fn label_offset(scale: f32, swatch: Swatch) -> f32 {
    match swatch {
        Swatch::Nothing => 0.0,
        Swatch::Trail(..) | Swatch::Taper(_) => (SWATCH_WIDTH + GAP) * scale,
    }
}

/// Writes items and finds their places.
struct Scribe<'a> {
    painter: &'a Painter,
    colors: &'a OverlayColors,
    entries: &'a [LegendEntry],
    /// What the last item explains, where descents leave the landscape's plane.
    reach: Option<f64>,
    image: Vec2,
}

impl Scribe<'_> {
    /// Columns one beside the other, each filled from above.
    fn block(&self, widest: f32) -> Legend {
        let room = Vec2::new(widest, HIGHEST * self.image.y) - 2.0 * PADDING;
        let mut best = None;
        for (text_size, columns) in BLOCKS {
            let rows = ((room.y / (ROW_HEIGHT * text_size)) as usize).max(1);
            let others = usize::from(self.reach.is_some());
            let is_enough = rows * columns >= self.entries.len() + others;
            let shown = if is_enough {
                self.entries.len()
            } else {
                (rows * columns).saturating_sub(1 + others)
            };
            let label = room.x / columns as f32 - (SWATCH_WIDTH + GAP + NOTE_GAP);
            let items = self.items(shown, text_size, label);
            let block = self.stand_in_columns(items, columns, text_size);
            let is_in_room = block.area.width() <= widest;
            if is_enough && is_in_room {
                return block;
            }
            if is_in_room || best.is_none() {
                best = Some(block);
            }
        }
        best.expect("there are sizes to try")
    }

    fn stand_in_columns(&self, mut items: Vec<Item>, columns: usize, text_size: f32) -> Legend {
        let scale = text_size / 21.0;
        let row_height = ROW_HEIGHT * text_size;
        let rows = items.len().div_ceil(columns);
        let mut left = PADDING.x;
        for column in items.chunks_mut(rows) {
            let width = column
                .iter()
                .map(|item| width(item, scale))
                .fold(0.0, f32::max);
            for (row, item) in column.iter_mut().enumerate() {
                item.at = Vec2::new(left, PADDING.y + row_height * (row as f32 + 0.5));
                item.end = left + width;
            }
            left += width + COLUMN_GAP;
        }
        let inner = Vec2::new(left - COLUMN_GAP - PADDING.x, row_height * rows as f32);
        let corner = Pos2::new(self.image.x - MARGIN, MARGIN);
        Legend {
            area: Align2::RIGHT_TOP.anchor_size(corner, inner + 2.0 * PADDING),
            items,
            scale,
        }
    }

    /// Rows from left to right, as few as possible.
    fn rows(&self, top: f32) -> Legend {
        let room = self.image.x - 2.0 * MARGIN - 2.0 * PADDING.x;
        let label = WIDEST_LABEL * self.image.x;
        for (text_size, most) in ROWS {
            let items = self.items(self.entries.len(), text_size, label);
            if let Some(legend) = self.stand_in_rows(items, text_size, most, room, top) {
                return legend;
            }
        }
        let (text_size, most) = ROWS[ROWS.len() - 1];
        let fewer = (0..self.entries.len()).rev().find_map(|shown| {
            let items = self.items(shown, text_size, label);
            self.stand_in_rows(items, text_size, most, room, top)
        });
        fewer.expect("the sum alone fits into a row")
    }

    fn stand_in_rows(
        &self,
        mut items: Vec<Item>,
        text_size: f32,
        most: usize,
        room: f32,
        top: f32,
    ) -> Option<Legend> {
        let scale = text_size / 21.0;
        let (mut left, mut row, mut widest) = (0.0, 0, 0.0_f32);
        for item in &mut items {
            let width = width(item, scale);
            if left > 0.0 && left + width > room {
                (left, row) = (0.0, row + 1);
            }
            let down = ROW_HEIGHT * text_size * (row as f32 + 0.5);
            item.at = PADDING + Vec2::new(left, down);
            item.end = item.at.x + width;
            widest = widest.max(left + width);
            left += width + COLUMN_GAP;
        }
        let size = Vec2::new(widest, ROW_HEIGHT * text_size * (row + 1) as f32) + 2.0 * PADDING;
        (row < most).then(|| Legend {
            area: Rect::from_min_size(Pos2::new(MARGIN, top), size),
            items,
            scale,
        })
    }

    /// The first `shown` entries, a sum of the others if there are any, and what distance from the
    /// plane looks like where there is some.
    fn items(&self, shown: usize, size: f32, widest: f32) -> Vec<Item> {
        let within = |text: &str, color, widest: f32| {
            let widest = widest.max(2.0 * size);
            line_of_text(self.painter, text, regular(size), color, widest)
        };
        let text = |text: &str, color| within(text, color, widest);
        let (ink, muted) = (self.colors.ink(), self.colors.muted());
        let item = |swatch, label, note: Option<Arc<Galley>>| Item {
            swatch,
            label,
            note,
            at: Vec2::ZERO,
            end: 0.0,
        };
        let mut items: Vec<_> = self.entries[..shown]
            .iter()
            .map(|entry| {
                // A note takes its room from the label, as long as one is left to be read.
                let note = (!entry.note.is_empty()).then(|| text(&entry.note, muted));
                let rest = |note: &Arc<Galley>| widest - note.size().x;
                let note = note.filter(|note| rest(note) >= LEAST_LABEL * size);
                let label = within(&entry.label, ink, note.as_ref().map_or(widest, rest));
                let swatch = Swatch::Trail(opaque(entry.color), entry.shape);
                item(swatch, label, note)
            })
            .collect();
        if shown < self.entries.len() {
            let sum = format!("and {} more", self.entries.len() - shown);
            items.push(item(Swatch::Nothing, text(&sum, muted), None));
        }
        if let Some(reach) = self.reach {
            let label = format!("0 to {} off the plane", two_digits(reach));
            items.push(item(Swatch::Taper(ink), text(&label, ink), None));
        }
        items
    }
}

fn width(item: &Item, scale: f32) -> f32 {
    let note = item.note.as_ref();
    let note = note.map_or(0.0, |note| NOTE_GAP * scale + note.size().x);
    label_offset(scale, item.swatch) + item.label.size().x + note
}

/// The upper left corner of a text that stands still, moved to the nearest pixel: crisper there.
pub(super) fn on_pixel(painter: &Painter, place: Pos2) -> Pos2 {
    let px_per_point = painter.pixels_per_point();
    (place.to_vec2() * px_per_point).round().to_pos2() / px_per_point
}

fn opaque([red, green, blue]: [u8; 3]) -> Color32 {
    Color32::from_rgb(red, green, blue)
}
