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
    /// A piece of trail with its head, which may have the shape of a team of this number.
    Trail(Color32, Option<usize>),
    /// A trail that leaves the plane.
    Taper(Color32),
}

impl Swatch {
    /// Paints it from `left` on; `scale` is its size over that beside 21 points.
    pub(super) fn paint(self, painter: &Painter, left: Pos2, scale: f32, opacity: f32) {
        match self {
            Self::Nothing => {}
            Self::Trail(color, shape) => {
                trail(painter, left, scale, color.gamma_multiply(opacity), shape);
            }
            Self::Taper(color) => taper(painter, left, scale, color.gamma_multiply(opacity)),
        }
    }
}

fn trail(painter: &Painter, left: Pos2, scale: f32, color: Color32, shape: Option<usize>) {
    let head = left + Vec2::new((SWATCH_WIDTH - HEAD_RADIUS) * scale, 0.0);
    painter.line_segment([left, head], Stroke::new(TRAIL_WIDTH * scale, color));
    paint_shape(
        painter,
        head,
        HEAD_RADIUS * scale,
        color,
        shape.unwrap_or(0),
    );
}

/// The head of a team of this number: the shapes of `outside` in `shaders/heads.wgsl`.
fn paint_shape(painter: &Painter, centre: Pos2, radius: f32, color: Color32, number: usize) {
    const SHAPES: usize = 6;
    let polygon = |corners: &[[f32; 2]]| {
        let at = |corner: &[f32; 2]| centre + radius * Vec2::new(corner[0], -corner[1]);
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
            painter.circle_filled(centre, radius, color);
        }
    }
    if number % (2 * SHAPES) >= SHAPES {
        let hole = Color32::from_black_alpha(color.a());
        painter.circle_filled(centre, 0.4 * radius, hole);
    }
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
