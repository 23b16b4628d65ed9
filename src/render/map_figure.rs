//! What the map shows beyond its colours: isolines that carry numbers, and the slope on a sparse
//! grid. Worked out on the CPU, once for a field and a height scale.

use super::frame::Placement;
use super::height::HeightScale;
use super::isolines::Grid;
use super::level_labels::Isoline;
use super::levels::levels;
use bytemuck::{Pod, Zeroable};
use glam::Vec2;

/// Cells a side of the grid that isolines are taken from, at most: some three pixels of a map.
const MOST_CELLS: usize = 256;

/// The longest arrow, as a part of the distance between two.
const LONGEST: f32 = 0.86;
/// No arrow is shorter than this part of the longest: its direction must still be seen.
const SHORTEST: f32 = 0.13;

/// What the arrows show, for those who read the map.
pub const ARROWS: &str = "arrows: −∇f, length ∝ ³√|∇f|";

/// A field thinned to what the map needs of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketch {
    /// Nodes a side.
    side: usize,
    /// The field's extent in cells; the last node may lie before its end.
    cells: f32,
    /// (f, ∂f/∂a, ∂f/∂b, valid), row after row from below.
    nodes: Vec<[f32; 4]>,
}

/// The map's isolines and arrows, in world units.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MapFigure {
    /// The lines of the index levels.
    pub lines: Vec<Isoline>,
    /// The arrows.
    pub slopes: Vec<Slope>,
}

/// An arrow of the map: the way down. `Slope` in `shaders/slopes.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub struct Slope {
    /// The place that it belongs to, its middle, on the landscape's plane.
    pub place: [f32; 2],
    /// From its tail to its tip, in world units.
    pub step: [f32; 2],
}

impl MapFigure {
    /// The figure of a field on its height scale, with about `arrows` arrows along its longer
    /// side.
    pub fn new(field: &Sketch, placement: &Placement, scale: &HeightScale, arrows: u32) -> Self {
        Self {
            lines: field.isolines(placement, scale),
            slopes: field.slopes(placement, arrows),
        }
    }
}

impl Sketch {
    /// Of all `nodes` of a square field, row after row; at least four.
    pub fn new(nodes: &[[f32; 4]]) -> Self {
        let all = nodes.len().isqrt();
        let stride = (all - 1).div_ceil(MOST_CELLS).max(1);
        let side = (all - 1) / stride + 1;
        let node = |i: usize| nodes[(i / side) * stride * all + (i % side) * stride];
        Self {
            side,
            cells: (all - 1) as f32 / stride as f32,
            nodes: (0..side * side).map(node).collect(),
        }
    }

    fn isolines(&self, placement: &Placement, scale: &HeightScale) -> Vec<Isoline> {
        let height = |node: &[f32; 4]| match *node {
            [loss, _, _, valid] if valid != 0.0 => scale.height_of_loss(f64::from(loss)) as f32,
            _ => f32::NAN,
        };
        let grid = Grid {
            side: self.side,
            values: self.nodes.iter().map(height).collect(),
        };
        let half = placement.half_extent();
        let world_per_cell = 2.0 * half / self.cells;
        let levels = levels(scale).into_iter().filter(|level| level.is_index);
        let lines = levels.flat_map(|level| {
            let ways = grid.isolines(level.height as f32).into_iter();
            ways.map(move |way| Isoline {
                level: level.clone(),
                way: way
                    .into_iter()
                    .map(|at| at * world_per_cell - half)
                    .collect(),
            })
        });
        lines.collect()
    }

    fn slopes(&self, placement: &Placement, arrows: u32) -> Vec<Slope> {
        if arrows == 0 {
            return Vec::new();
        }
        let extent = 2.0 * placement.half_extent();
        let count = (extent * (arrows as f32 / extent.max_element()))
            .round()
            .max(Vec2::ONE);
        let cells = (0..count.y as u32).flat_map(|y| (0..count.x as u32).map(move |x| [x, y]));
        let parts = cells.map(|[x, y]| (Vec2::new(x as f32, y as f32) + 0.5) / count);
        let sampled: Vec<_> = parts.filter_map(|part| self.slope_at(part)).collect();
        let steepest = sampled
            .iter()
            .map(|(_, slope)| slope.length())
            .fold(0.0, f32::max);
        let longest = LONGEST * (extent / count).min_element();
        let [low, high] =
            [0, 1].map(|end| Vec2::from(placement.domain.map(|axis| axis[end] as f32)));
        // By the lengths of the plane's directions the slope becomes a way in parameter space, and
        // by the placement's scales one in the world: as any other way there, it may be stretched.
        let lengths = Vec2::from(placement.lengths.map(|length| length as f32));
        let world_per_slope = placement.world_per_parameter() / (lengths * lengths);
        let arrow = |(part, slope): (Vec2, Vec2)| {
            let down = -(slope * world_per_slope).try_normalize()?;
            let steep = (slope.length() / steepest).cbrt().max(SHORTEST);
            Some(Slope {
                place: (low + part * (high - low)).to_array(),
                step: (down * steep * longest).to_array(),
            })
        };
        sampled.into_iter().filter_map(arrow).collect()
    }

    /// The gradient at the node nearest to a part of the field's extent, with that node's part;
    /// `None` in a hole.
    fn slope_at(&self, part: Vec2) -> Option<(Vec2, Vec2)> {
        let node = (part * self.cells)
            .round()
            .min(Vec2::splat((self.side - 1) as f32));
        let [_, x, y, valid] = self.nodes[node.y as usize * self.side + node.x as usize];
        let slope = Vec2::new(x, y);
        (valid != 0.0 && slope.is_finite()).then_some((node / self.cells, slope))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::height::HeightLaw;

    fn bowl(side: usize, domain: [[f64; 2]; 2]) -> Vec<[f32; 4]> {
        let place = |i: usize, axis: usize| {
            let [low, high] = domain[axis];
            (low + (high - low) * i as f64 / (side - 1) as f64) as f32
        };
        let node = |i: usize| {
            let (x, y) = (place(i % side, 0), place(i / side, 1));
            [x * x + 3.0 * y * y, 2.0 * x, 6.0 * y, 1.0]
        };
        (0..side * side).map(node).collect()
    }

    const WIDE: [[f64; 2]; 2] = [[-4.0, 4.0], [-1.0, 1.0]];

    fn figure(side: usize, arrows: u32) -> MapFigure {
        let scale = HeightScale {
            contours: 20,
            ..HeightScale::of(HeightLaw::Linear, [0.0, 19.0])
        };
        let field = Sketch::new(&bowl(side, WIDE));
        MapFigure::new(&field, &Placement::of_parameters(WIDE), &scale, arrows)
    }

    #[test]
    fn isolines_lie_where_the_loss_has_their_level() {
        for side in [129, 604] {
            let figure = figure(side, 0);
            assert!(figure.lines.len() > 5 && figure.slopes.is_empty());
            for line in &figure.lines {
                for at in &line.way {
                    let place = 8.0 * *at;
                    let loss = f64::from(place.x * place.x + 3.0 * place.y * place.y);
                    assert!(
                        (loss - line.level.loss).abs() < 0.02,
                        "{loss} on {:?}",
                        line.level
                    );
                }
            }
        }
    }

    #[test]
    fn arrows_lead_down_and_are_longer_where_it_is_steeper() {
        let figure = figure(129, 16);
        assert_eq!(figure.slopes.len(), 16 * 4);
        let spacing = 1.0 / 16.0;
        let mut longest = 0.0_f32;
        for arrow in &figure.slopes {
            let [x, y] = arrow.place;
            let down = -Vec2::new(2.0 * x, 6.0 * y);
            let step = Vec2::from(arrow.step);
            assert!(step.normalize().dot(down.normalize()) > 0.9999, "{arrow:?}");
            longest = longest.max(step.length());
            // The cube of the length is the slope's, but for those that would be too short.
            let expected = (down.length() / Vec2::new(7.5, 4.5).length()).cbrt();
            let expected = expected.max(SHORTEST) * LONGEST * spacing;
            assert!((step.length() / expected - 1.0).abs() < 0.01, "{arrow:?}");
        }
        assert!(longest < spacing);
    }

    #[test]
    fn holes_and_flat_places_have_no_arrows() {
        let mut nodes = bowl(9, WIDE);
        for (i, node) in nodes.iter_mut().enumerate() {
            *node = match i % 3 {
                0 => [f32::NAN, f32::NAN, 0.0, 0.0],
                1 => [1.0, 0.0, 0.0, 1.0],
                _ => *node,
            };
        }
        let slopes = Sketch::new(&nodes).slopes(&Placement::of_parameters(WIDE), 8);
        assert!(
            slopes
                .iter()
                .all(|arrow| arrow.step.iter().all(|part| part.is_finite()))
        );
        assert!(slopes.len() < 8 * 2);
    }
}
