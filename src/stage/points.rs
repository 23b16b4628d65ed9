//! The points of a scene that marks stand at: known minima and start points, each with its place
//! on the landscape's plane.

use crate::render::marks::{Mark, MarkKind};
use crate::scene::{self, ShowSettings, SurfaceStyle};
use crate::simulation::Plan;
use crate::simulation::plan::Landscape;
use std::collections::BTreeSet;

/// Start points beyond this many are a crowd, and not marked.
const MOST_START_MARKS: usize = 4096;

/// A mark's height is f's own within this part of the domain's reach: rounding, not distance.
const ON_PLANE: f64 = 1e-6;

/// Where the marks of a plan stand.
#[derive(Debug, Default)]
pub(super) struct Points {
    starts: Vec<Mark>,
    minima: Vec<Mark>,
}

impl Points {
    pub(super) fn of(plan: &Plan) -> Self {
        let minima = plan.loss.minima.iter();
        Self {
            starts: marks(MarkKind::Start, &start_points(plan), plan),
            minima: marks(
                MarkKind::Minimum,
                &minima.cloned().collect::<Vec<_>>(),
                plan,
            ),
        }
    }

    /// The marks that are shown.
    pub(super) fn shown(&self, show: &ShowSettings, plan: &Plan) -> Vec<Mark> {
        let is_curve = plan.landscape.plane.is_line();
        let mut marks = Vec::new();
        if show.marks.contains(&scene::Mark::Starts) {
            marks.extend(&self.starts);
        }
        if show.marks.contains(&scene::Mark::Minima) {
            if show.surface != SurfaceStyle::None {
                marks.extend(&self.minima);
            }
            if show.floor && !is_curve {
                let on_floor = self.minima.iter();
                marks.extend(on_floor.map(|mark| mark.of_kind(MarkKind::FloorMinimum)));
            }
        }
        marks
    }
}

/// The teams' start points, each once: teams that start alike share theirs. None of a crowd.
fn start_points(plan: &Plan) -> Vec<Vec<f64>> {
    let starts = plan.teams.iter().flat_map(|team| &team.starts);
    let bits = starts.map(|start| start.iter().map(|x| x.to_bits()).collect());
    let different: BTreeSet<Vec<u32>> = bits.collect();
    if different.len() > MOST_START_MARKS {
        return Vec::new();
    }
    let point = |bits: Vec<u32>| {
        let numbers = bits.into_iter().map(f32::from_bits);
        numbers.map(f64::from).collect()
    };
    different.into_iter().map(point).collect()
}

/// On the surface where the plane is all of parameter space; else each at its own loss.
fn marks(kind: MarkKind, points: &[Vec<f64>], plan: &Plan) -> Vec<Mark> {
    let Landscape { plane, reach, .. } = &plan.landscape;
    let place = |point: &Vec<f64>| plane.foot_of(point).place.map(|x| x as f32);
    if plane.is_whole() {
        let places = points.iter().map(place);
        return places.map(|place| Mark::new(kind, place)).collect();
    }
    let losses = plan.loss.values(points).unwrap_or_default();
    let beside = points.iter().zip(losses);
    beside
        .map(|(point, loss)| {
            let distance = plane.foot_of(point).distance;
            let nearness = if distance <= ON_PLANE * reach {
                1.0
            } else {
                1.0 - (distance / reach).min(1.0)
            };
            Mark::beside(kind, place(point), loss as f32, nearness as f32)
        })
        .collect()
}
