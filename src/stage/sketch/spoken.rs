//! What is drawn of the present statement of an explained step, and of a turn of the knobs.

use super::{Chalk, LONGEST_ARROW, Stand};
use crate::render::sketch::{Ground, Ink, Patch, Sketch, Spot, Words};
use crate::stage::explained::Drawn;
use crate::stage::focus::Focus;

/// The side of the largest square of second moments, in world units.
const LARGEST_SQUARE: f64 = 0.16;

/// f of a place of the plane.
type LossAt<'a> = &'a mut dyn FnMut([f64; 2]) -> f64;

impl Chalk<'_> {
    /// The ink of what is spoken of.
    pub(in crate::stage) fn spoken_ink(&self) -> Ink {
        self.inks.level
    }

    /// What a statement draws, `opacity` opaque.
    pub(in crate::stage) fn add_statement(
        &self,
        sketch: &mut Sketch,
        focus: &Focus,
        (drawn, name, opacity): &(Drawn, String, f32),
        loss_at: LossAt<'_>,
    ) {
        let stand = Stand::new(self, focus);
        let ink = self.spoken_ink();
        let (arrows, patches) = (sketch.arrows.len(), sketch.patches.len());
        match drawn {
            Drawn::Slope(slope) => {
                let scale = stand.slope_scale(stand.uphill());
                let along = stand.along(slope).map(|part| scale * part);
                let along = stand.no_longer(along, 1.5 * LONGEST_ARROW);
                stand.add_tangent_arrow(sketch, along, ink, name.clone());
            }
            Drawn::Direction(way) => {
                let along = stand.along(way);
                let length = stand.length(along);
                if length > 0.0 {
                    let part = 0.7 * LONGEST_ARROW / length;
                    let along = along.map(|x| part * x);
                    stand.add_tangent_arrow(sketch, along, ink, name.clone());
                }
            }
            Drawn::Step(way) => {
                let end = focus.point.iter().zip(way).map(|(w, way)| w + way);
                let tip = self.spot_over(&end.collect::<Vec<f64>>(), loss_at);
                stand.add_arrow(sketch, tip, ink, format!("Δ{name}"));
            }
            Drawn::Point(point) => {
                let tip = self.spot_over(point, loss_at);
                stand.add_arrow(sketch, tip, ink, name.clone());
            }
            Drawn::Sizes(sides) => stand.add_squares(sketch, sides, ink, name),
        }
        for arrow in &mut sketch.arrows[arrows..] {
            arrow.opacity *= opacity;
        }
        for patch in &mut sketch.patches[patches..] {
            patch.opacity *= opacity;
            patch.line_opacity *= opacity;
        }
    }

    /// The way of the point when its knobs are turned by `by`.
    pub(in crate::stage) fn add_turn(
        &self,
        sketch: &mut Sketch,
        focus: &Focus,
        by: &[f64],
        loss_at: LossAt<'_>,
    ) {
        let stand = Stand::new(self, focus);
        let end: Vec<f64> = focus.point.iter().zip(by).map(|(w, by)| w + by).collect();
        let tip = self.spot_over(&end, loss_at);
        stand.add_arrow(sketch, tip, self.spoken_ink(), "the turn".to_owned());
    }

    /// The spot of the surface over a point.
    fn spot_over(&self, point: &[f64], loss_at: LossAt<'_>) -> Spot {
        let place = self.plane.foot_of(point).place;
        let scale = self.height;
        let height = scale.height_of_loss(loss_at(place));
        let height = height.clamp(scale.low, scale.high);
        [place[0] as f32, place[1] as f32, height as f32]
    }
}

impl Stand<'_> {
    /// A direction of parameter space in plane coordinates.
    fn along(&self, way: &[f64]) -> [f64; 2] {
        let plane = self.chalk.plane;
        let from = &self.focus.point;
        let to: Vec<f64> = from.iter().zip(way).map(|(w, way)| w + way).collect();
        let (from, to) = (plane.foot_of(from).place, plane.foot_of(&to).place);
        [to[0] - from[0], to[1] - from[1]]
    }

    /// A direction's length in world units.
    fn length(&self, along: [f64; 2]) -> f64 {
        (along[0] * self.world[0]).hypot(along[1] * self.world[1])
    }

    fn no_longer(&self, along: [f64; 2], longest: f64) -> [f64; 2] {
        let part = (longest / self.length(along)).min(1.0);
        along.map(|x| part * x)
    }

    /// A square on each axis, whose area is the second moment: `sides` are the roots.
    fn add_squares(&self, sketch: &mut Sketch, sides: &[f64], ink: Ink, name: &str) {
        if self.chalk.plane.is_line() || !sides.iter().any(|side| *side > 0.0) {
            return;
        }
        let largest = sides.iter().copied().fold(0.0, f64::max);
        for (axis, side) in sides.iter().enumerate() {
            let mut way = vec![0.0; sides.len()];
            way[axis] = 1.0;
            let unit = self.along(&way);
            let length = self.length(unit);
            // A parameter that the plane does not show has no square on it.
            if length < 1e-9 {
                continue;
            }
            // Only how they compare can be seen: the largest has a size that is.
            let side = (LARGEST_SQUARE * side / largest).max(0.02 * LARGEST_SQUARE);
            let along = unit.map(|part| part * side / length);
            // Half the square's side, across the axis.
            let across = [
                -0.5 * along[1] * self.world[1] / self.world[0],
                0.5 * along[0] * self.world[0] / self.world[1],
            ];
            let corner = |far: f64, beside: f64| {
                self.on_tangent([0, 1].map(|i| far * along[i] + beside * across[i]))
            };
            sketch.patches.push(Patch {
                corners: [
                    corner(0.0, -1.0),
                    corner(1.0, -1.0),
                    corner(1.0, 1.0),
                    corner(0.0, 1.0),
                ],
                ink,
                opacity: 0.35,
                line_opacity: 0.95,
                parts: 1,
                touches: true,
            });
        }
        sketch.words.push(Words {
            at: self.spot(),
            away_from: self.on_tangent([1.0, 1.0]),
            ground: Ground::Surface,
            text: name.to_owned(),
            ink,
        });
    }
}
