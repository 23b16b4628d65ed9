//! The machine's output over its input, with the data.

use super::{Inks, Plot, label};
use egui::{Align2, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

const POINT_RADIUS: f32 = 4.5;
/// Room for the names at the left and below.
const ROOM: f32 = 26.0;

pub(super) fn paint(painter: &Painter, area: Rect, plot: &Plot, inks: &Inks) {
    let frame = Rect::from_min_max(area.min + vec2(ROOM, 0.0), area.max - vec2(0.0, ROOM));
    let place = |[x, y]: [f64; 2]| -> Pos2 {
        let along = |value: f64, [low, high]: [f64; 2]| ((value - low) / (high - low)) as f32;
        let (right, up) = (along(x, plot.ranges[0]), along(y, plot.ranges[1]));
        pos2(
            frame.min.x + right * frame.width(),
            frame.max.y - up * frame.height(),
        )
    };
    let axis = Stroke::new(1.5, inks.muted);
    painter.line_segment([frame.left_top(), frame.left_bottom()], axis);
    painter.line_segment([frame.left_bottom(), frame.right_bottom()], axis);
    let [input, output] = &plot.names;
    label(
        painter,
        input,
        frame.right_bottom() + vec2(0.0, 4.0),
        Align2::RIGHT_TOP,
        inks.muted,
    );
    label(
        painter,
        output,
        frame.left_top() - vec2(6.0, 0.0),
        Align2::RIGHT_TOP,
        inks.muted,
    );
    let painter = painter.with_clip_rect(frame.expand(POINT_RADIUS + 2.0));
    for point in &plot.points {
        painter.circle_filled(place(*point), POINT_RADIUS, inks.muted);
    }
    let line = |curve: &[[f64; 2]]| curve.iter().map(|point| place(*point)).collect::<Vec<_>>();
    if !plot.before.is_empty() {
        let dashes =
            Shape::dashed_line(&line(&plot.before), Stroke::new(2.0, inks.muted), 8.0, 6.0);
        painter.extend(dashes);
    }
    painter.add(Shape::line(line(&plot.curve), Stroke::new(3.0, inks.ink)));
    if let Some([x, before, after]) = plot.chosen {
        let (from, to) = (place([x, before]), place([x, after]));
        let foot = pos2(from.x, frame.max.y);
        let dashes = Shape::dashed_line(&[foot, from], Stroke::new(1.5, inks.muted), 5.0, 5.0);
        painter.extend(dashes);
        painter.line_segment([from, to], Stroke::new(5.0, inks.measured));
        painter.circle_stroke(from, POINT_RADIUS + 2.0, Stroke::new(2.5, inks.ink));
        painter.circle_filled(to, POINT_RADIUS + 3.0, inks.measured);
    }
}
