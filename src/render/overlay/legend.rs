//! The legend: which colour is which team, in the upper right corner.

use super::text::{line_of_text, regular};
use super::{LegendEntry, MARGIN, OverlayColors};
use egui::{Align2, Color32, Galley, Painter, Pos2, Rect, Stroke, Vec2};
use std::sync::Arc;

const SIZE: f32 = 21.0;
const ROW_HEIGHT: f32 = 33.0;
const PADDING: Vec2 = Vec2::new(18.0, 12.0);
const CORNER: f32 = 10.0;
/// A piece of trail with its head.
const SWATCH_WIDTH: f32 = 38.0;
const TRAIL_WIDTH: f32 = 4.0;
const HEAD_RADIUS: f32 = 6.5;
const GAP: f32 = 14.0;
const NOTE_GAP: f32 = 26.0;
/// The widest label and the highest legend, in parts of the image.
const WIDEST_LABEL: f32 = 0.28;
const HIGHEST: f32 = 0.7;

/// A legend with its place.
pub(super) struct Legend {
    pub(super) area: Rect,
    rows: Vec<Row>,
}

struct Row {
    color: Option<Color32>,
    label: Arc<Galley>,
    note: Option<Arc<Galley>>,
}

impl Legend {
    /// Finds room for the entries on an image of `size` points; nothing for no entries.
    ///
    /// What does not fit is summed up in a last row.
    pub(super) fn lay_out(
        painter: &Painter,
        size: Vec2,
        entries: &[LegendEntry],
        colors: &OverlayColors,
    ) -> Option<Self> {
        if entries.is_empty() {
            return None;
        }
        let fitting = ((HIGHEST * size.y - 2.0 * PADDING.y) / ROW_HEIGHT).max(2.0) as usize;
        let shown = if entries.len() > fitting {
            fitting - 1
        } else {
            entries.len()
        };
        let text = |text: &str, color| {
            line_of_text(painter, text, regular(SIZE), color, WIDEST_LABEL * size.x)
        };
        let mut rows: Vec<_> = entries[..shown]
            .iter()
            .map(|entry| Row {
                color: Some(opaque(entry.color)),
                label: text(&entry.label, colors.ink()),
                note: (!entry.note.is_empty()).then(|| text(&entry.note, colors.muted())),
            })
            .collect();
        if shown < entries.len() {
            rows.push(Row {
                color: None,
                label: text(
                    &format!("and {} more", entries.len() - shown),
                    colors.muted(),
                ),
                note: None,
            });
        }
        Some(Self {
            area: area_of(size, &rows),
            rows,
        })
    }

    /// Paints the ground and the rows.
    pub(super) fn paint(&self, painter: &Painter, colors: &OverlayColors) {
        painter.rect_filled(self.area, CORNER, colors.panel());
        for (index, row) in self.rows.iter().enumerate() {
            let down = PADDING.y + ROW_HEIGHT * (index as f32 + 0.5);
            self.paint_row(painter, row, self.area.min.y + down);
        }
    }

    fn paint_row(&self, painter: &Painter, row: &Row, middle: f32) {
        let left = self.area.min.x + PADDING.x;
        if let Some(color) = row.color {
            let head = Pos2::new(left + SWATCH_WIDTH - HEAD_RADIUS, middle);
            painter.line_segment(
                [Pos2::new(left, middle), head],
                Stroke::new(TRAIL_WIDTH, color),
            );
            painter.circle_filled(head, HEAD_RADIUS, color);
        }
        let text = |x: f32, anchor: Align2, galley: &Arc<Galley>| {
            let area = anchor.anchor_size(Pos2::new(x, middle), galley.size());
            painter.galley(
                on_pixel(painter, area.min),
                Arc::clone(galley),
                Color32::PLACEHOLDER,
            );
        };
        text(left + SWATCH_WIDTH + GAP, Align2::LEFT_CENTER, &row.label);
        if let Some(note) = &row.note {
            text(self.area.max.x - PADDING.x, Align2::RIGHT_CENTER, note);
        }
    }
}

/// The upper left corner of a text that stands still, moved to the nearest pixel: crisper there.
pub(super) fn on_pixel(painter: &Painter, place: Pos2) -> Pos2 {
    let px_per_point = painter.pixels_per_point();
    (place.to_vec2() * px_per_point).round().to_pos2() / px_per_point
}

fn area_of(size: Vec2, rows: &[Row]) -> Rect {
    let widest = |width: fn(&Row) -> f32| rows.iter().map(width).fold(0.0, f32::max);
    let labels = widest(|row| row.label.size().x);
    let notes = widest(|row| {
        row.note
            .as_ref()
            .map_or(0.0, |note| NOTE_GAP + note.size().x)
    });
    let inner = Vec2::new(
        SWATCH_WIDTH + GAP + labels + notes,
        ROW_HEIGHT * rows.len() as f32,
    );
    let corner = Pos2::new(size.x - MARGIN, MARGIN);
    Align2::RIGHT_TOP.anchor_size(corner, inner + 2.0 * PADDING)
}

fn opaque([red, green, blue]: [u8; 3]) -> Color32 {
    Color32::from_rgb(red, green, blue)
}
