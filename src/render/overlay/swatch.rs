//! What stands before an entry of the legend: a piece of trail.

use egui::{Color32, Painter, Pos2, Shape, Stroke, Vec2};

/// A piece of trail with its head, beside text of 21 points.
pub(super) const SWATCH_WIDTH: f32 = 38.0;
const TRAIL_WIDTH: f32 = 4.0;
const HEAD_RADIUS: f32 = 6.5;
/// A trail's width and opacity as far from the plane as the domain reaches, as `trails.wgsl` has
/// them.
const THINNEST: f32 = 0.45;
const FAINTEST: f32 = 0.2;
/// Pieces of the swatch that shows it.
const TAPER_PIECES: u8 = 12;

/// What stands before an entry's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Swatch {
    Nothing,
    /// A piece of trail with its head.
    Trail(Color32),
    /// A trail that leaves the plane.
    Taper(Color32),
}

impl Swatch {
    /// Paints it from `left` on; `scale` is its size over that beside 21 points.
    pub(super) fn paint(self, painter: &Painter, left: Pos2, scale: f32, opacity: f32) {
        match self {
            Self::Nothing => {}
            Self::Trail(color) => trail(painter, left, scale, color.gamma_multiply(opacity)),
            Self::Taper(color) => taper(painter, left, scale, color.gamma_multiply(opacity)),
        }
    }
}

fn trail(painter: &Painter, left: Pos2, scale: f32, color: Color32) {
    let head = left + Vec2::new((SWATCH_WIDTH - HEAD_RADIUS) * scale, 0.0);
    painter.line_segment([left, head], Stroke::new(TRAIL_WIDTH * scale, color));
    painter.circle_filled(head, HEAD_RADIUS * scale, color);
}

fn taper(painter: &Painter, left: Pos2, scale: f32, color: Color32) {
    let at = |piece: u8| f32::from(piece) / f32::from(TAPER_PIECES);
    let edge = |part: f32, side: f32| {
        let half_width = 0.5 * TRAIL_WIDTH * egui::lerp(1.0..=THINNEST, part);
        left + scale * Vec2::new(SWATCH_WIDTH * part, side * half_width)
    };
    for piece in 0..TAPER_PIECES {
        let (from, to) = (at(piece), at(piece + 1));
        let corners = vec![
            edge(from, -1.0),
            edge(to, -1.0),
            edge(to, 1.0),
            edge(from, 1.0),
        ];
        let fill = color.gamma_multiply(egui::lerp(1.0..=FAINTEST, 0.5 * (from + to)));
        painter.add(Shape::convex_polygon(corners, fill, Stroke::NONE));
    }
}

/// A positive number to two digits: `4.2`, `130`, `0.042`.
pub(super) fn two_digits(value: f64) -> String {
    let power = value.log10().floor() as i32;
    let decimals = usize::try_from(1 - power).unwrap_or(0);
    let step = 10f64.powi(power - 1);
    format!("{:.decimals$}", (value / step).round_ties_even() * step)
}
