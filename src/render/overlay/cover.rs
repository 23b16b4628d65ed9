//! What the surface covers of an axis at its foot.

use egui::{Pos2, Vec2};

/// A part of a line on the surface, on the image, by an axis: along it from its low end, and outwards.
type Part = [Vec2; 2];

/// The surface over an axis, as it is seen: what lies inwards of its lines is covered.
#[derive(Debug, Clone, Default)]
pub(super) struct Cover {
    lines: Vec<Line>,
}

#[derive(Debug, Clone)]
struct Line {
    parts: Vec<Part>,
    /// From where to where it goes along the axis.
    extent: [f32; 2],
}

impl Cover {
    /// That of these lines on the surface, `None` where there is none, over an axis that begins at
    /// `start` and goes `along` with the box on the other side of `outward`.
    pub(super) fn new(
        lines: &[Vec<Option<Pos2>>],
        start: Pos2,
        along: Vec2,
        outward: Vec2,
    ) -> Self {
        let by_axis = |place: Pos2| {
            let from_start = place - start;
            Vec2::new(from_start.dot(along), from_start.dot(outward))
        };
        let lines = lines.iter().map(|line| {
            let pairs = line.windows(2);
            let pairs = pairs.filter_map(|pair| Some([pair[0]?, pair[1]?]));
            Line::new(pairs.map(|pair| pair.map(by_axis)).collect())
        });
        Self {
            lines: lines.collect(),
        }
    }

    /// How far what lies between two places along the axis, from so far outwards on, is from the
    /// surface; negative where that covers it, infinite where there is none.
    pub(super) fn clearance(&self, span: [f32; 2], inner: f32) -> f32 {
        let lines = self.lines.iter();
        lines
            .map(|line| line.clearance(span, inner))
            .fold(f32::INFINITY, f32::min)
    }
}

impl Line {
    fn new(parts: Vec<Part>) -> Self {
        let along = || parts.iter().flatten().map(|place| place.x);
        let low = along().fold(f32::INFINITY, f32::min);
        let high = along().fold(f32::NEG_INFINITY, f32::max);
        Self {
            extent: [low, high],
            parts,
        }
    }

    /// That from this line and what lies inwards of it.
    fn clearance(&self, [from, to]: [f32; 2], inner: f32) -> f32 {
        let [low, high] = self.extent;
        if low > high {
            return f32::INFINITY;
        }
        let beyond = (low - to).max(from - high);
        let reach = self.reach([from, to].map(|at| at.clamp(low, high)));
        beyond.max(inner - reach)
    }

    /// How far outwards it reaches between two places along the axis.
    fn reach(&self, [from, to]: [f32; 2]) -> f32 {
        let reaches = self.parts.iter().filter_map(|[a, b]| {
            let (low, high) = if a.x < b.x { (a, b) } else { (b, a) };
            if high.x < from || low.x > to {
                return None;
            }
            let at = |x: f32| {
                let part = (x - low.x) / (high.x - low.x).max(1e-6);
                low.y + part.clamp(0.0, 1.0) * (high.y - low.y)
            };
            Some(at(from.max(low.x)).max(at(to.min(high.x))))
        });
        reaches.fold(f32::NEG_INFINITY, f32::max)
    }
}
