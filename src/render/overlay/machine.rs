//! The machine: a box with knobs, what goes in and what comes out; its curve over the data; and
//! what a turn of a knob has done beside what the slope had promised.

mod dial;
mod plot;
mod promise;

use super::maths::Formula;
use super::text::{line_of_text, regular};
use super::{MARGIN, OverlayColors};
use crate::lesson::Math;
use egui::{Align2, Color32, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2, pos2, vec2};

const PADDING: Vec2 = vec2(22.0, 18.0);
const CORNER: f32 = 10.0;
/// The panel's width in parts of the image, and its place under the legend's row.
const WIDTH: f32 = 0.34;
const GAP: f32 = 16.0;
/// The box of the machine.
const BOX_HEIGHT: f32 = 150.0;
const BOX_SHARE: f32 = 0.52;
const PLOT_SHARE: f32 = 0.56;
pub(super) const SIZE: f32 = 24.0;

/// What the panel shows.
#[derive(Debug, Clone, PartialEq)]
pub struct MachineContent {
    /// What goes in, such as `x = 1.5`; one line each.
    pub inputs: Vec<Math>,
    /// The knobs, in order.
    pub dials: Vec<Dial>,
    /// What comes out.
    pub output: Math,
    /// The curve over the data.
    pub plot: Option<Plot>,
    /// What turns have done, and what was promised.
    pub promises: Vec<Promise>,
}

/// A knob.
#[derive(Debug, Clone, PartialEq)]
pub struct Dial {
    /// Its name.
    pub name: Math,
    /// Where it stands.
    pub value: f64,
    /// The same as text.
    pub text: String,
    /// Where it stood before it was turned.
    pub before: f64,
    /// Its two ends.
    pub range: [f64; 2],
}

/// The machine's output over one input.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// The input's and the output's names.
    pub names: [String; 2],
    /// What is shown of both, `[low, high]`.
    pub ranges: [[f64; 2]; 2],
    /// The data.
    pub points: Vec<[f64; 2]>,
    /// The output as the knobs stand.
    pub curve: Vec<[f64; 2]>,
    /// The output before they were turned; empty where none is.
    pub before: Vec<[f64; 2]>,
    /// The chosen input, with the output before and after the turn.
    pub chosen: Option<[f64; 3]>,
}

/// What a turn has changed, and what the slope had promised.
#[derive(Debug, Clone, PartialEq)]
pub struct Promise {
    /// What is multiplied: slope times turn.
    pub formula: Math,
    /// What that makes.
    pub predicted: Change,
    /// What changes, such as `Δ output`.
    pub name: Math,
    /// By how much it has changed.
    pub measured: Change,
}

/// A change as a bar and a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The bar's length and direction, -1 to 1.
    pub part: f64,
    /// The change itself.
    pub text: String,
}

/// Colours that mean the same in all parts of the panel.
pub(super) struct Inks {
    pub ink: Color32,
    pub muted: Color32,
    pub measured: Color32,
    pub predicted: Color32,
}

impl Inks {
    fn new(colors: &OverlayColors) -> Self {
        let [measured, predicted] = match colors.on_dark() {
            true => [[240, 180, 70], [110, 180, 240]],
            false => [[178, 104, 0], [0, 96, 168]],
        };
        let opaque = |[red, green, blue]: [u8; 3]| Color32::from_rgb(red, green, blue);
        Self {
            ink: colors.ink(),
            muted: colors.muted(),
            measured: opaque(measured),
            predicted: opaque(predicted),
        }
    }
}

/// The panel with its place.
pub(super) struct Machine<'a> {
    pub(super) area: Rect,
    content: &'a MachineContent,
}

impl<'a> Machine<'a> {
    /// At the right of an image of `size` points, below `above`.
    pub(super) fn lay_out(size: Vec2, above: f32, content: &'a MachineContent) -> Self {
        let width = WIDTH * size.x;
        let inner = width - 2.0 * PADDING.x;
        let mut height = 2.0 * PADDING.y + BOX_HEIGHT;
        if content.plot.is_some() {
            height += GAP + PLOT_SHARE * inner;
        }
        height += content.promises.len() as f32 * (GAP + promise::HEIGHT);
        let corner = pos2(size.x - MARGIN - width, MARGIN + above);
        Self {
            area: Rect::from_min_size(corner, vec2(width, height)),
            content,
        }
    }

    /// Paints the ground and what stands on it.
    pub(super) fn paint(&self, painter: &Painter, colors: &OverlayColors) {
        let inks = Inks::new(colors);
        painter.rect_filled(self.area, CORNER, colors.panel());
        let inner = self.area.shrink2(PADDING);
        let mut top = inner.min.y;
        let mut row = |height: f32| {
            let area = Rect::from_min_size(pos2(inner.min.x, top), vec2(inner.width(), height));
            top += height + GAP;
            area
        };
        self.paint_box(painter, row(BOX_HEIGHT), &inks);
        if let Some(plot) = &self.content.plot {
            plot::paint(painter, row(PLOT_SHARE * inner.width()), plot, &inks);
        }
        for promise in &self.content.promises {
            promise::paint(painter, row(promise::HEIGHT), promise, &inks);
        }
    }

    /// What goes in, the knobs, what comes out.
    fn paint_box(&self, painter: &Painter, area: Rect, inks: &Inks) {
        let case =
            Rect::from_center_size(area.center(), vec2(BOX_SHARE * area.width(), area.height()));
        painter.rect_stroke(
            case,
            CORNER,
            Stroke::new(2.0, inks.muted),
            StrokeKind::Inside,
        );
        let count = self.content.dials.len().max(1);
        let wide = case.width() / count as f32;
        for (number, dial) in self.content.dials.iter().enumerate() {
            let left = case.min.x + number as f32 * wide;
            let place = Rect::from_min_size(pos2(left, case.min.y), vec2(wide, case.height()));
            dial::paint(painter, place, dial, inks);
        }
        let middle = case.center().y;
        for ends in [
            [area.min.x, case.min.x - 4.0],
            [case.max.x + 4.0, area.max.x],
        ] {
            arrow(painter, ends.map(|x| pos2(x, middle)), inks.muted);
        }
        let side = 0.5 * (1.0 - BOX_SHARE) * area.width();
        let lines = self.content.inputs.len() as f32;
        for (number, input) in self.content.inputs.iter().enumerate() {
            let up = (lines - number as f32) * 1.3 * SIZE;
            let place = pos2(area.min.x + 0.5 * side - 4.0, middle - up);
            centred(painter, input, place, side - 12.0, inks.ink);
        }
        let place = pos2(area.max.x - 0.5 * side + 4.0, middle - 1.3 * SIZE);
        centred(
            painter,
            &self.content.output,
            place,
            side - 12.0,
            inks.measured,
        );
    }
}

/// A formula around a place.
pub(super) fn centred(painter: &Painter, math: &Math, place: Pos2, widest: f32, color: Color32) {
    let formula = Formula::fitting(painter, math, SIZE, widest);
    let left = place.x - 0.5 * formula.width;
    formula.paint(painter, pos2(left, place.y), color);
}

/// A line of text around a place.
pub(super) fn label(painter: &Painter, text: &str, place: Pos2, anchor: Align2, color: Color32) {
    let galley = line_of_text(painter, text, regular(0.8 * SIZE), color, f32::INFINITY);
    let area = anchor.anchor_size(place, galley.size());
    painter.galley(area.min, galley, color);
}

fn arrow(painter: &Painter, [from, to]: [Pos2; 2], color: Color32) {
    const HEAD: f32 = 9.0;
    let stroke = Stroke::new(2.0, color);
    painter.line_segment([from, to], stroke);
    for side in [-0.5, 0.5] {
        painter.line_segment([to, to + vec2(-HEAD, side * HEAD)], stroke);
    }
}
