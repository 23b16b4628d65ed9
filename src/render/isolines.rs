//! The lines of one value over a grid: marching squares, linked to polylines.

use glam::Vec2;

/// A square grid of values, row after row from below; NaN where there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Nodes a side, at least 2.
    pub side: usize,
    /// `side · side` values.
    pub values: Vec<f32>,
}

/// No line goes on from here.
const END: u32 = u32::MAX;

impl Grid {
    /// The polylines where the grid, linear between neighbours, has the value `level`: in units of
    /// its cells, first node at the origin. A closed one ends at its first point. Higher values
    /// lie to the left of the way.
    pub fn isolines(&self, level: f32) -> Vec<Vec<Vec2>> {
        let links = self.links(level);
        let mut is_seen = vec![false; links.len()];
        let has_before = self.targets(&links);
        let edges = || (0..links.len()).filter(|edge| links[*edge] != END);
        // Open lines from their first edge; what is left then is closed.
        let starts = edges().filter(|edge| !has_before[*edge]).chain(edges());
        let mut lines = Vec::new();
        for start in starts {
            if is_seen[start] {
                continue;
            }
            let mut line = Vec::new();
            let mut edge = start;
            while !std::mem::replace(&mut is_seen[edge], true) {
                line.push(self.crossing(edge, level));
                match links[edge] {
                    END => break,
                    next => edge = next as usize,
                }
            }
            if edge == start {
                line.push(line[0]);
            }
            lines.push(line);
        }
        lines
    }

    /// For each edge of the grid that the line crosses, the edge where it leaves the cell that it
    /// enters there. Edge `2·node` leads from its node to the right, `2·node + 1` upwards.
    fn links(&self, level: f32) -> Vec<u32> {
        let mut links = vec![END; 2 * self.values.len()];
        for row in 0..self.side - 1 {
            for column in 0..self.side - 1 {
                let node = row * self.side + column;
                // Counterclockwise from below left; the edge after each corner likewise.
                let corners = [node, node + 1, node + self.side + 1, node + self.side];
                let edges = [2 * node, 2 * node + 3, 2 * (node + self.side), 2 * node + 1];
                let values = corners.map(|corner| self.values[corner]);
                if values.iter().any(|value| value.is_nan()) {
                    continue;
                }
                for (from, to) in segments(values, level).into_iter().flatten() {
                    links[edges[from]] = edges[to] as u32;
                }
            }
        }
        links
    }

    fn targets(&self, links: &[u32]) -> Vec<bool> {
        let mut is_target = vec![false; links.len()];
        for link in links.iter().filter(|link| **link != END) {
            is_target[*link as usize] = true;
        }
        is_target
    }

    fn crossing(&self, edge: usize, level: f32) -> Vec2 {
        let node = edge / 2;
        let place = Vec2::new((node % self.side) as f32, (node / self.side) as f32);
        let (step, along) = match edge % 2 {
            0 => (1, Vec2::X),
            _ => (self.side, Vec2::Y),
        };
        let [low, high] = [self.values[node], self.values[node + step]];
        place + along * ((level - low) / (high - low)).clamp(0.0, 1.0)
    }
}

/// The ways through a cell from edge to edge; `values` are its corners', and edge k leads from
/// corner k to the next. What is above the level stays on the left.
fn segments(values: [f32; 4], level: f32) -> [Option<(usize, usize)>; 2] {
    let above = values.map(|value| value > level);
    // Going around the cell, the line comes in where the level is passed downwards.
    let enters: Vec<usize> = (0..4)
        .filter(|&k| above[k] && !above[(k + 1) % 4])
        .collect();
    let leaves: Vec<usize> = (0..4)
        .filter(|&k| !above[k] && above[(k + 1) % 4])
        .collect();
    match enters[..] {
        [enter] => [Some((enter, leaves[0])), None],
        [first, second] => {
            // A saddle: its middle says which corners hang together.
            let is_middle_above = values.iter().sum::<f32>() > 4.0 * level;
            let to = |from: usize| {
                let turn = if is_middle_above { 1 } else { 3 };
                Some((from, (from + turn) % 4))
            };
            [to(first), to(second)]
        }
        _ => [None, None],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(side: usize, value: impl Fn(f32, f32) -> f32) -> Grid {
        let node = |i: usize| value((i % side) as f32, (i / side) as f32);
        Grid {
            side,
            values: (0..side * side).map(node).collect(),
        }
    }

    fn length(line: &[Vec2]) -> f32 {
        line.windows(2).map(|pair| pair[0].distance(pair[1])).sum()
    }

    /// Twice the area to the left of a closed way (Gauss' formula).
    fn double_area(line: &[Vec2]) -> f32 {
        line.windows(2).map(|pair| pair[0].perp_dot(pair[1])).sum()
    }

    #[test]
    fn a_bowls_line_is_one_circle_with_the_higher_side_on_the_left() {
        let middle = Vec2::new(20.3, 19.6);
        for sign in [1.0, -1.0] {
            let bowl = grid(41, |x, y| sign * Vec2::new(x, y).distance(middle));
            let lines = bowl.isolines(sign * 12.5);
            assert_eq!(lines.len(), 1);
            let line = &lines[0];
            assert_eq!(line.first(), line.last());
            assert!(
                line.iter()
                    .all(|p| (p.distance(middle) - 12.5).abs() < 0.02)
            );
            assert!((length(line) - std::f32::consts::TAU * 12.5).abs() < 0.1);
            let area = 0.5 * double_area(line);
            let expected = -sign * std::f32::consts::PI * 12.5 * 12.5;
            assert!((area / expected - 1.0).abs() < 0.01, "{area}");
        }
    }

    #[test]
    fn lines_end_at_the_border_and_at_holes() {
        let ramp = grid(11, |x, _| x);
        let lines = ramp.isolines(4.25);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().all(|p| p.x == 4.25));
        assert_eq!(length(&lines[0]), 10.0);
        let mut pierced = ramp;
        pierced.values[5 * 11 + 4] = f32::NAN;
        let lengths: Vec<_> = pierced.isolines(4.25).iter().map(|l| length(l)).collect();
        assert_eq!(lengths, [4.0, 4.0]);
    }

    #[test]
    fn a_saddle_has_two_branches_that_do_not_cross() {
        let saddle = |offset: f32| grid(10, move |x, y| (x - 4.5) * (y - 4.5) + offset);
        for offset in [-0.1, 0.1] {
            let lines = saddle(offset).isolines(0.0);
            assert_eq!(lines.len(), 2, "{offset}");
            for line in lines {
                assert_ne!(line.first(), line.last());
                let side = |p: &Vec2| (p.x - 4.5 > 0.0, p.y - 4.5 > 0.0);
                let first = side(&line[0]);
                assert!(line.iter().all(|p| side(p) == first || offset.abs() < 0.3));
            }
        }
    }

    #[test]
    fn many_circles_are_many_lines() {
        let crate_of_eggs = grid(101, |x, y| (x * 0.2).sin() * (y * 0.2).sin());
        let lines = crate_of_eggs.isolines(0.5);
        let closed = lines.iter().filter(|line| line.first() == line.last());
        assert!(closed.count() >= 16, "{} lines", lines.len());
        assert!(crate_of_eggs.isolines(2.0).is_empty());
    }
}
