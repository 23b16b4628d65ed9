//! A knob: a dial with a needle, and the arc by which it has been turned.

use super::{Dial, Inks, SIZE, centred, label};
use egui::{Align2, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};
use std::f32::consts::TAU;

/// The dial's own ends, in turns clockwise from its top.
const ENDS: [f32; 2] = [-0.375, 0.375];
/// Points of the longest arc.
const ARC_POINTS: usize = 64;

pub(super) fn paint(painter: &Painter, area: Rect, dial: &Dial, inks: &Inks) {
    let radius = (0.27 * area.height()).min(0.34 * area.width());
    let centre = pos2(area.center().x, area.center().y + 0.05 * area.height());
    let arc = |turns: [f32; 2], radius: f32, stroke: Stroke| {
        let points = (0..=ARC_POINTS).map(|i| {
            let along = i as f32 / ARC_POINTS as f32;
            centre + radius * direction(turns[0] + along * (turns[1] - turns[0]))
        });
        painter.add(Shape::line(points.collect(), stroke));
    };
    arc(ENDS, radius, Stroke::new(2.5, inks.muted));
    let [before, now] = [dial.before, dial.value].map(|value| turns_of(value, dial.range));
    if before != now {
        arc([before, now], radius, Stroke::new(6.0, inks.measured));
        needle(
            painter,
            centre,
            radius,
            before,
            Stroke::new(2.0, inks.muted),
        );
    }
    needle(painter, centre, radius, now, Stroke::new(4.0, inks.ink));
    painter.circle_filled(centre, 5.0, inks.ink);
    let above = pos2(area.center().x, centre.y - radius - 0.9 * SIZE);
    centred(painter, &dial.name, above, area.width(), inks.ink);
    let below = pos2(area.center().x, centre.y + 0.72 * radius);
    label(painter, &dial.text, below, Align2::CENTER_TOP, inks.ink);
}

fn needle(painter: &Painter, centre: Pos2, radius: f32, turns: f32, stroke: Stroke) {
    let along = direction(turns);
    painter.line_segment([centre, centre + 0.92 * radius * along], stroke);
}

fn direction(turns: f32) -> Vec2 {
    let angle = TAU * turns;
    vec2(angle.sin(), -angle.cos())
}

/// A value beyond the range stands at its end.
fn turns_of(value: f64, [low, high]: [f64; 2]) -> f32 {
    let along = ((value - low) / (high - low)).clamp(0.0, 1.0) as f32;
    ENDS[0] + along * (ENDS[1] - ENDS[0])
}

#[cfg(test)]
mod tests {
    use super::turns_of;

    #[test]
    fn a_knob_turns_from_one_end_to_the_other() {
        let range = [-2.0, 6.0];
        let turns = [-9.0, -2.0, 2.0, 4.0, 6.0].map(|value| turns_of(value, range));
        assert_eq!(turns, [-0.375, -0.375, 0.0, 0.1875, 0.375]);
    }
}
