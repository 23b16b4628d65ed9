//! The legend: which colour is which team, and what distance from the landscape's plane looks
//! like, in the upper right corner.

use super::text::{line_of_text, regular};
use super::{MARGIN, OverlayColors, OverlayContent};
use egui::{Align2, Color32, Galley, Painter, Pos2, Rect, Shape, Stroke, Vec2};
use std::sync::Arc;

const SIZE: f32 = 21.0;
const ROW_HEIGHT: f32 = 33.0;
const PADDING: Vec2 = Vec2::new(18.0, 12.0);
const CORNER: f32 = 10.0;
/// A piece of trail with its head.
const SWATCH_WIDTH: f32 = 38.0;
const TRAIL_WIDTH: f32 = 4.0;
const HEAD_RADIUS: f32 = 6.5;
/// A trail's width and opacity as far from the plane as the domain reaches, as `trails.wgsl` has
/// them.
const THINNEST: f32 = 0.45;
const FAINTEST: f32 = 0.2;
/// Pieces of the swatch that shows it.
const TAPER_PIECES: u8 = 12;
const GAP: f32 = 14.0;
const NOTE_GAP: f32 = 26.0;
/// The widest label and the highest legend, in parts of the image.
const WIDEST_LABEL: f32 = 0.28;
const HIGHEST: f32 = 0.7;

/// What stands before a row's text.
#[derive(Debug, Clone, Copy)]
enum Swatch {
    Nothing,
    /// A piece of trail with its head, which has the shape of a team of this number.
    Trail(Color32, Option<usize>),
    /// A trail that leaves the plane.
    Taper(Color32),
}

/// A legend with its place.
pub(super) struct Legend {
    pub(super) area: Rect,
    rows: Vec<Row>,
}

struct Row {
    swatch: Swatch,
    label: Arc<Galley>,
    note: Option<Arc<Galley>>,
}

impl Legend {
    /// Finds room for the content's entries on an image of `size` points; nothing for no entries.
    ///
    /// What does not fit is summed up in a last row.
    pub(super) fn lay_out(
        painter: &Painter,
        size: Vec2,
        content: &OverlayContent<'_>,
    ) -> Option<Self> {
        let (entries, colors) = (content.legend, &content.colors);
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
                swatch: Swatch::Trail(opaque(entry.color), entry.shape),
                label: text(&entry.label, colors.ink()),
                note: (!entry.note.is_empty()).then(|| text(&entry.note, colors.muted())),
            })
            .collect();
        if shown < entries.len() {
            rows.push(Row {
                swatch: Swatch::Nothing,
                label: text(
                    &format!("and {} more", entries.len() - shown),
                    colors.muted(),
                ),
                note: None,
            });
        }
        if let Some(reach) = content.reach {
            let label = format!("0 to {} off the plane", two_digits(reach));
            rows.push(Row {
                swatch: Swatch::Taper(colors.ink()),
                label: text(&label, colors.ink()),
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
        match row.swatch {
            Swatch::Nothing => {}
            Swatch::Trail(color, shape) => {
                paint_trail(painter, Pos2::new(left, middle), color, shape);
            }
            Swatch::Taper(color) => paint_taper(painter, Pos2::new(left, middle), color),
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

fn paint_trail(painter: &Painter, left: Pos2, color: Color32, shape: Option<usize>) {
    let head = left + Vec2::new(SWATCH_WIDTH - HEAD_RADIUS, 0.0);
    painter.line_segment([left, head], Stroke::new(TRAIL_WIDTH, color));
    match shape {
        None => {
            painter.circle_filled(head, HEAD_RADIUS, color);
        }
        Some(number) => paint_shape(painter, head, color, number),
    }
}

/// The head of a team of this number: the shapes of `outside` in `shaders/heads.wgsl`.
fn paint_shape(painter: &Painter, centre: Pos2, color: Color32, number: usize) {
    const SHAPES: usize = 6;
    let polygon = |corners: &[[f32; 2]]| {
        let at = |corner: &[f32; 2]| centre + HEAD_RADIUS * Vec2::new(corner[0], -corner[1]);
        let corners = corners.iter().map(at).collect();
        painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
    };
    let triangle = |up: f32| polygon(&[[-1.07, -0.62 * up], [1.07, -0.62 * up], [0.0, 1.24 * up]]);
    let bar = |x: f32, y: f32| polygon(&[[-x, -y], [x, -y], [x, y], [-x, y]]);
    match number % SHAPES {
        1 => bar(0.87, 0.87),
        2 => triangle(1.0),
        3 => polygon(&[[-1.23, 0.0], [0.0, -1.23], [1.23, 0.0], [0.0, 1.23]]),
        4 => triangle(-1.0),
        5 => {
            bar(1.05, 0.4);
            bar(0.4, 1.05);
        }
        _ => {
            painter.circle_filled(centre, HEAD_RADIUS, color);
        }
    }
    if number % (2 * SHAPES) >= SHAPES {
        painter.circle_filled(centre, 0.4 * HEAD_RADIUS, Color32::from_gray(10));
    }
}

fn paint_taper(painter: &Painter, left: Pos2, color: Color32) {
    let at = |piece: u8| f32::from(piece) / f32::from(TAPER_PIECES);
    let edge = |part: f32, side: f32| {
        let half_width = 0.5 * TRAIL_WIDTH * egui::lerp(1.0..=THINNEST, part);
        left + Vec2::new(SWATCH_WIDTH * part, side * half_width)
    };
    for piece in 0..TAPER_PIECES {
        let (from, to) = (at(piece), at(piece + 1));
        let corners = vec![
            edge(from, -1.0),
            edge(to, -1.0),
            edge(to, 1.0),
            edge(from, 1.0),
        ];
        let opacity = egui::lerp(1.0..=FAINTEST, 0.5 * (from + to));
        let fill = color.gamma_multiply(opacity);
        painter.add(Shape::convex_polygon(corners, fill, Stroke::NONE));
    }
}

/// A positive number to two digits: `4.2`, `130`, `0.042`.
fn two_digits(value: f64) -> String {
    let power = value.log10().floor() as i32;
    let decimals = usize::try_from(1 - power).unwrap_or(0);
    let step = 10f64.powi(power - 1);
    format!("{:.decimals$}", (value / step).round_ties_even() * step)
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
