//! How high the landscape stands by the sides of its box: what the axes at their feet must know of the
//! surface, which may hang over them.

use super::frame::Placement;
use super::height::HeightScale;
use glam::Vec3;

/// Parts of a line between two of its places.
const PARTS: usize = 64;

/// Lines by each side, from the side inwards, and how many of them would lie across the whole.
const LINES: usize = 6;
const LINES_ACROSS: usize = 16;

/// A line on the surface; `None` where the loss has no value.
pub type Rim = Vec<Option<Vec3>>;

/// The surface's rims over the four sides of the box, each with lines behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rims {
    /// World places along each plane coordinate, by the low and by the high side of the other.
    lines: [[Vec<Rim>; 2]; 2],
}

impl Rims {
    /// The rims of a field of so many cells, its nodes (f, ∂f/∂a, ∂f/∂b, valid) in rows along the
    /// first coordinate.
    pub fn new(
        nodes: &[[f32; 4]],
        cells: [u32; 2],
        placement: &Placement,
        height: &HeightScale,
    ) -> Self {
        let cells = cells.map(|cells| cells as usize);
        let half = placement.half_extent();
        let place = |node: [usize; 2]| {
            let [f, _, _, valid] = nodes[node[1] * (cells[0] + 1) + node[0]];
            let part = [0, 1].map(|axis| 2.0 * node[axis] as f32 / cells[axis] as f32 - 1.0);
            let z = height.z_of_loss(f.into());
            (valid != 0.0).then(|| Vec3::new(part[0] * half.x, part[1] * half.y, z))
        };
        let line = |axis: usize, other: usize| -> Rim {
            let places = (0..=PARTS).map(|k| {
                let along = (k * cells[axis] + PARTS / 2) / PARTS;
                place(if axis == 0 {
                    [along, other]
                } else {
                    [other, along]
                })
            });
            places.collect()
        };
        let by_side = |axis: usize, is_high: bool| {
            let across = cells[1 - axis];
            let inwards = (0..LINES).map(|k| k * across / LINES_ACROSS);
            let lines = inwards.map(|k| line(axis, if is_high { across - k } else { k }));
            lines.collect()
        };
        Self {
            lines: [0, 1].map(|axis| [by_side(axis, false), by_side(axis, true)]),
        }
    }

    /// The lines along a plane coordinate by the low or by the high side of the other, the rim first.
    pub fn along(&self, axis: usize, is_high: bool) -> &[Rim] {
        &self.lines[axis][usize::from(is_high)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::height::HeightLaw;

    /// A slope up along the first coordinate with a hole at one corner.
    #[test]
    fn rims_stand_over_the_sides() {
        let cells = [8, 4];
        let nodes: Vec<_> = (0..5 * 9)
            .map(|i| {
                let valid = if i == 8 { 0.0 } else { 1.0 };
                [(i % 9) as f32, 1.0, 0.0, valid]
            })
            .collect();
        let placement = Placement::of_parameters([[0.0, 8.0], [0.0, 4.0]]);
        let height = HeightScale::of(HeightLaw::Linear, [0.0, 8.0]);
        let rims = Rims::new(&nodes, cells, &placement, &height);
        let half = placement.half_extent();
        let ends = |axis, is_high| {
            let rim = &rims.along(axis, is_high)[0];
            [rim[0], rim[PARTS]]
        };
        let [low, high] = [0.0, 8.0].map(|f| height.z_of_loss(f));
        let corner = |x: f32, y: f32, z| Some(Vec3::new(x * half.x, y * half.y, z));
        assert_eq!(ends(0, false), [corner(-1.0, -1.0, low), None]);
        assert_eq!(
            ends(0, true),
            [corner(-1.0, 1.0, low), corner(1.0, 1.0, high)]
        );
        assert_eq!(
            ends(1, false),
            [corner(-1.0, -1.0, low), corner(-1.0, 1.0, low)]
        );
        assert_eq!(ends(1, true), [None, corner(1.0, 1.0, high)]);
    }
}
