//! Where a landscape is level: its minima and saddles, found by a search of the field and by
//! Newton's method in f64. For any formula; nothing of it is known beforehand.

use super::survey::{Local, Survey};

/// What a level place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Everything around it is higher.
    Minimum,
    /// Up one way, down another.
    Saddle,
}

/// A level place of the survey.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Critical {
    /// What it is.
    pub kind: Kind,
    /// Its plane coordinates.
    pub place: [f64; 2],
    /// f there.
    pub loss: f64,
}

/// Steps of Newton's method at most: enough for a quartic's slow ones.
const NEWTON_STEPS: u32 = 80;
/// How far, in cells, Newton may leave the cell that it was begun for.
const LONGEST_WAY: f64 = 3.0;
/// The longest step of Newton, in cells.
const LONGEST_STEP: f64 = 1.0;
/// A bend below this share of the other one is none: rounding decides its sign.
const LEAST_BEND: f64 = 1e-7;
/// Cells that are searched at most, and those that are searched in the smallest field.
const MOST_CELLS: usize = 1 << 13;
const FEW_CELLS: usize = 64;
/// Points on the circle that tells what a place is where the second derivatives do not.
const AROUND: usize = 64;

/// A cell of a field in or near which the landscape may be level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Its lower corner's node.
    pub cell: [u32; 2],
    /// Whether that node is lower than those around it.
    pub is_low: bool,
}

/// The cells of a field in which the landscape may be level.
///
/// `nodes` are those of a field's readback, one more than `cells` each way, each
/// (f, ∂f/∂a, ∂f/∂b, valid). Where more than `MOST_CELLS` may be level, or a fifth of all, the
/// loss ripples faster than its field can tell, and none is named.
pub fn candidate_cells(nodes: &[[f32; 4]], cells: [u32; 2]) -> Vec<Candidate> {
    let [across, along] = cells.map(|cells| cells as usize);
    let node = |i: usize, j: usize| nodes[j * (across + 1) + i];
    let mut found = Vec::new();
    for j in 0..along {
        for i in 0..across {
            let corners = [
                node(i, j),
                node(i + 1, j),
                node(i, j + 1),
                node(i + 1, j + 1),
            ];
            let is_low = i > 0 && j > 0 && is_low(i, j, &node);
            if is_low || may_be_level(&corners) {
                let cell = [i as u32, j as u32];
                found.push(Candidate { cell, is_low });
            }
        }
    }
    let most = MOST_CELLS.min((across * along / 5).max(FEW_CELLS));
    if found.len() > most {
        found.clear();
    }
    found
}

/// Whether both slopes change their sign between four nodes; a plain has none.
fn may_be_level(corners: &[[f32; 4]; 4]) -> bool {
    let valid = corners.iter().all(|node| node[3] != 0.0);
    let changes = |axis: usize| {
        let slopes = || corners.iter().map(|node| node[axis]);
        slopes().any(|slope| slope <= 0.0) && slopes().any(|slope| slope >= 0.0)
    };
    let is_plain = corners.iter().all(|node| node[1] == 0.0 && node[2] == 0.0);
    valid && !is_plain && changes(1) && changes(2)
}

/// Whether a node within the field is lower than the eight around it, of which some may be as low:
/// a minimum may be a corner, where no slope says so.
fn is_low(i: usize, j: usize, node: &impl Fn(usize, usize) -> [f32; 4]) -> bool {
    let here = node(i, j);
    let around = (0..9).filter(|k| *k != 4);
    let around: Vec<_> = around.map(|k| node(i + k % 3 - 1, j + k / 3 - 1)).collect();
    let is_lowest = |other: &[f32; 4]| other[3] != 0.0 && other[0] >= here[0];
    let higher = around.iter().filter(|other| other[0] > here[0]).count();
    here[3] != 0.0 && around.iter().all(is_lowest) && higher >= 5
}

/// The level places in or near the candidate cells of a field of `cells`, lowest first; places that are not alone, such as a valley's level floor, are left out.
pub fn critical_places(
    survey: &mut Survey,
    cells: [u32; 2],
    candidates: &[Candidate],
) -> Vec<Critical> {
    let domain = survey.plane().domain;
    let size = [0, 1].map(|i| (domain[i][1] - domain[i][0]) / f64::from(cells[i]));
    let mut search = Search { survey, size };
    let mut found: Vec<Critical> = Vec::new();
    for Candidate { cell, is_low } in candidates {
        let centre = [0, 1].map(|i| domain[i][0] + (f64::from(cell[i]) + 0.5) * size[i]);
        let Some(critical) = search.near(centre, *is_low) else {
            continue;
        };
        let inside = (0..2).all(|i| (domain[i][0]..=domain[i][1]).contains(&critical.place[i]));
        let known = found
            .iter()
            .any(|known| search.distance(known.place, critical.place) < 0.1);
        if inside && !known {
            found.push(critical);
        }
    }
    found.sort_by(|a, b| a.loss.total_cmp(&b.loss).then(a.kind.cmp(&b.kind)));
    found
}

struct Search<'a> {
    survey: &'a mut Survey,
    /// Of a cell.
    size: [f64; 2],
}

impl Search<'_> {
    /// The level place near a cell's centre.
    fn near(&mut self, centre: [f64; 2], is_low: bool) -> Option<Critical> {
        if let Some(level) = self.newton(centre) {
            return self.kind_of(&level).map(|kind| Critical {
                kind,
                place: level.place,
                loss: level.loss,
            });
        }
        if !is_low {
            return None;
        }
        let place = self.lowest_near(centre);
        (self.kind_on_circles(place) == Some(Kind::Minimum)).then(|| Critical {
            kind: Kind::Minimum,
            place,
            loss: self.survey.loss_at(place),
        })
    }

    /// In cells.
    fn distance(&self, a: [f64; 2], b: [f64; 2]) -> f64 {
        let [x, y] = [0, 1].map(|i| (a[i] - b[i]) / self.size[i]);
        x.hypot(y)
    }

    /// Where Newton's method comes to rest, if it does so near by.
    fn newton(&mut self, centre: [f64; 2]) -> Option<Local> {
        let mut here = self.survey.at(centre);
        for _ in 0..NEWTON_STEPS {
            let step = self.newton_step(&here)?;
            let place = [here.place[0] + step[0], here.place[1] + step[1]];
            if self.distance(place, centre) > LONGEST_WAY {
                return None;
            }
            let length = self.distance(place, here.place);
            here = self.survey.at(place);
            if length < 1e-9 {
                return Some(here);
            }
        }
        None
    }

    /// Newton's step in units of cells, cut to its longest; where the landscape is bent one way
    /// only, along that way.
    fn newton_step(&self, here: &Local) -> Option<[f64; 2]> {
        let [gx, gy] = self.slopes(here);
        let [a, b, c] = self.bends(here);
        let (mean, half) = (0.5 * (a + c), 0.5 * (a - c));
        let spread = half.hypot(b);
        let angle = 0.5 * b.atan2(half);
        let (sin, cos) = angle.sin_cos();
        let largest = (mean + spread).abs().max((mean - spread).abs());
        // A way that is not bent must be level: nothing else tells how far to go along it.
        let along = |bend: f64, slope: f64| match bend.abs() > 1e-12 * largest {
            true => Some(-slope / bend),
            false => (slope.abs() <= 1e-9 * largest).then_some(0.0),
        };
        let first = along(mean + spread, gx * cos + gy * sin)?;
        let second = along(mean - spread, gy * cos - gx * sin)?;
        let length = first.hypot(second);
        if !length.is_finite() {
            return None;
        }
        let cut = (LONGEST_STEP / length).min(1.0);
        let [x, y] = [first * cos - second * sin, first * sin + second * cos];
        Some([x * cut * self.size[0], y * cut * self.size[1]])
    }

    /// ∇f by cells.
    fn slopes(&self, here: &Local) -> [f64; 2] {
        [0, 1].map(|i| here.gradient[i] * self.size[i])
    }

    /// ∂²f by cells: along the first axis, mixed, along the second.
    fn bends(&self, here: &Local) -> [f64; 3] {
        let [[a, b], [_, c]] = here.hessian;
        let [x, y] = self.size;
        [a * x * x, b * x * y, c * y * y]
    }

    /// What a level place is; `None` for a summit, and for one of many side by side.
    fn kind_of(&mut self, level: &Local) -> Option<Kind> {
        let [a, b, c] = self.bends(level);
        if self.survey.plane().is_line() {
            return self.is_valley_of_curve(level).then_some(Kind::Minimum);
        }
        let (mean, spread) = (0.5 * (a + c), (0.5 * (a - c)).hypot(b));
        let [high, low] = [mean + spread, mean - spread];
        let largest = high.abs().max(low.abs());
        // Bent by less than what lies around it tells: a quartic's place, reached but nearly.
        let rise = self.rises_around(level.place, 0.3).into_iter();
        let rise = rise.fold(0.0_f64, |most, rise| most.max(rise.abs()));
        let is_flat = largest * (0.5 * 0.3 * 0.3) < 1e-3 * rise;
        if is_flat || high.abs().min(low.abs()) <= LEAST_BEND * largest {
            return self.kind_on_circles(level.place);
        }
        match (low > 0.0, high > 0.0) {
            (true, _) => Some(Kind::Minimum),
            (false, true) => Some(Kind::Saddle),
            (false, false) => None,
        }
    }

    /// Whether a curve is higher on both sides of a level place.
    fn is_valley_of_curve(&mut self, level: &Local) -> bool {
        let [a, b] = level.place;
        let mut sides = [-0.3, 0.3, -0.03, 0.03].into_iter();
        sides.all(|cells| self.survey.loss_at([a + cells * self.size[0], b]) > level.loss)
    }

    /// What a place is by the losses on small circles around it, which must agree.
    fn kind_on_circles(&mut self, place: [f64; 2]) -> Option<Kind> {
        let kinds = [0.3, 0.1, 0.03].map(|radius| self.kind_on_circle(place, radius));
        kinds[0].filter(|_| kinds.iter().all(|kind| *kind == kinds[0]))
    }

    /// How much higher than at `place` the loss is at points of a circle around it.
    fn rises_around(&mut self, place: [f64; 2], radius: f64) -> Vec<f64> {
        let angles = (0..AROUND).map(angle);
        angles
            .map(|angle| self.rise(place, radius, angle))
            .collect()
    }

    fn rise(&mut self, place: [f64; 2], radius: f64, angle: f64) -> f64 {
        let (sin, cos) = angle.sin_cos();
        let x = place[0] + radius * cos * self.size[0];
        let y = place[1] + radius * sin * self.size[1];
        self.survey.loss_at([x, y]) - self.survey.loss_at(place)
    }

    fn kind_on_circle(&mut self, place: [f64; 2], radius: f64) -> Option<Kind> {
        let here = self.survey.loss_at(place);
        let rises = self.rises_around(place, radius);
        let most = rises
            .iter()
            .fold(0.0_f64, |most, rise| most.max(rise.abs()));
        let level = 1e-12 * most + 8.0 * f64::EPSILON * here.abs();
        if rises.iter().all(|rise| *rise > level) {
            // Between two points of the circle a valley may lead out of it.
            let dips = (0..AROUND).filter(|k| {
                let beside = [k + 1, k + AROUND - 1].map(|k| rises[k % AROUND]);
                beside.iter().all(|rise| *rise >= rises[*k])
            });
            let mut rise_at = |angle: f64| self.rise(place, radius, angle);
            let mut lowest = dips.map(|k| {
                let [before, after] = [-1.0, 1.0].map(|way| angle(k) + way * angle(1));
                lowest_between(before, after, &mut rise_at)
            });
            return lowest.all(|rise| rise > level).then_some(Kind::Minimum);
        }
        // A slope goes up on one side and down on the other; a saddle changes more than twice.
        let clear: Vec<bool> = rises
            .iter()
            .filter(|rise| rise.abs() > level)
            .map(|rise| *rise > 0.0)
            .collect();
        let next = clear.iter().cycle().skip(1);
        let changes = clear.iter().zip(next).filter(|(a, b)| a != b).count();
        (changes >= 4).then_some(Kind::Saddle)
    }

    /// The lowest place near a cell's centre, by a compass search: it needs no slopes.
    fn lowest_near(&mut self, centre: [f64; 2]) -> [f64; 2] {
        let mut best = (self.survey.loss_at(centre), centre);
        let mut step = 0.5;
        while step > 1e-10 {
            let tries = [
                [1.0, 0.0],
                [-1.0, 0.0],
                [0.0, 1.0],
                [0.0, -1.0],
                [1.0, 1.0],
                [-1.0, -1.0],
                [1.0, -1.0],
                [-1.0, 1.0],
            ];
            let lower = tries.into_iter().find_map(|way: [f64; 2]| {
                let place = [0, 1].map(|i| best.1[i] + step * way[i] * self.size[i]);
                let loss = self.survey.loss_at(place);
                let near = self.distance(place, centre) <= LONGEST_WAY;
                (loss < best.0 && near).then_some((loss, place))
            });
            match lower {
                Some(lower) => best = lower,
                None => step *= 0.5,
            }
        }
        best.1
    }
}

/// The direction of point `k` of a circle.
fn angle(k: usize) -> f64 {
    std::f64::consts::TAU * k as f64 / AROUND as f64
}

/// The least value of `f` between two bounds with one dip between them, by golden sections.
fn lowest_between(mut low: f64, mut high: f64, f: &mut impl FnMut(f64) -> f64) -> f64 {
    const SECTION: f64 = 0.618_033_988_749_894_9;
    let mut inner = [high - SECTION * (high - low), low + SECTION * (high - low)];
    let mut values = inner.map(&mut *f);
    for _ in 0..60 {
        if values[0] < values[1] {
            (high, inner[1], values[1]) = (inner[1], inner[0], values[0]);
            inner[0] = high - SECTION * (high - low);
            values[0] = f(inner[0]);
        } else {
            (low, inner[0], values[0]) = (inner[0], inner[1], values[1]);
            inner[1] = low + SECTION * (high - low);
            values[1] = f(inner[1]);
        }
    }
    values[0].min(values[1])
}

#[cfg(test)]
mod tests;
