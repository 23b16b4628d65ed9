//! The focus: the one point of a moment that arrows, tangents, slices and numbers belong to.

use crate::formula::FormulaError;
use crate::render::frame::Placement;
use crate::scene::{Mark, Scene, ShowSettings};
use crate::simulation::critical::{Critical, candidate_cells, critical_places};
use crate::simulation::followed::Position;
use crate::simulation::{Followed, Local, Plan, PlanError, Survey};

/// Marks that stand at the focus.
const AT_FOCUS: [Mark; 7] = [
    Mark::Gradient,
    Mark::Components,
    Mark::Opposite,
    Mark::Step,
    Mark::Momentum,
    Mark::Tangent,
    Mark::Slices,
];

/// Level places beyond this many are a crowd, and not marked.
const MOST_LEVEL_PLACES: usize = 1024;

/// Nodes that the usual slope is taken from, at most.
const MOST_SLOPES: usize = 1 << 14;

/// A followed point with its numbers, all in f64.
#[derive(Debug, Clone, PartialEq)]
pub struct Focus {
    /// Whether it is the head of a descent; else the scene's own point, `loss.at`.
    pub is_head: bool,
    /// The parameters w.
    pub point: Vec<f64>,
    /// Where it falls on the landscape, and the landscape around that place.
    pub local: Local,
    /// f at the point itself, which may lie beside the landscape's plane.
    pub loss: f64,
    /// The team whose step is shown.
    pub team: Option<usize>,
    /// The descent's state and its next step: of one that begins here, where the point is the
    /// scene's own.
    pub position: Option<Position>,
}

/// What is asked for the focus of a moment.
#[derive(Debug)]
pub(super) struct Watch {
    /// The landscape in f64.
    pub(super) survey: Survey,
    /// The scene's descent in focus, if there is one.
    followed: Option<Followed>,
    /// `show.follow` that `followed` was chosen by.
    follow: Option<[u32; 2]>,
    /// Minima and saddles, once they have been searched for; none where they are a crowd.
    pub(super) level_places: Vec<Critical>,
    has_searched: bool,
    /// The middle one of the field's slopes, in f per world unit; 0 before the field is here.
    pub(super) usual_slope: f64,
}

impl Watch {
    /// Looks at the landscape and the descents of `scene`, whose plan is `plan`.
    ///
    /// # Errors
    /// A descent that the scene follows and does not have.
    pub(super) fn new(scene: &Scene, plan: &Plan) -> Result<Self, PlanError> {
        let of_loss = |error: FormulaError| PlanError(error.render("loss", &plan.loss.formula));
        Ok(Self {
            survey: Survey::new(&plan.loss, &plan.plane).map_err(of_loss)?,
            followed: Followed::of_scene(scene, plan)?,
            follow: scene.show.follow,
            level_places: Vec::new(),
            has_searched: false,
            usual_slope: 0.0,
        })
    }

    /// Looks over the field's nodes for what is shown of them, once.
    pub(super) fn look(
        &mut self,
        show: &ShowSettings,
        plan: &Plan,
        nodes: &[[f32; 4]],
        cells: [u32; 2],
    ) {
        if self.usual_slope == 0.0 {
            self.usual_slope = usual_slope(nodes, plan);
        }
        let searches = show.marks.contains(&Mark::Saddles)
            || show.marks.contains(&Mark::Minima) && plan.loss.minima.is_empty();
        if searches && !self.has_searched {
            let candidates = candidate_cells(nodes, cells);
            self.level_places = critical_places(&mut self.survey, cells, &candidates);
            if self.level_places.len() > MOST_LEVEL_PLACES {
                self.level_places.clear();
            }
            self.has_searched = true;
        }
    }

    /// The focus of a moment after `step` steps, where the scene looks at one.
    pub(super) fn focus(&mut self, scene: &Scene, plan: &Plan, step: u32) -> Option<Focus> {
        if !is_looked_at(scene) {
            return None;
        }
        if self.follow != scene.show.follow {
            // A stop follows a descent that is not there: nobody is followed.
            self.followed = Followed::of_scene(scene, plan).ok().flatten();
            self.follow = scene.show.follow;
        }
        let team = self.followed.as_ref().map(|followed| followed.team);
        if let Some(point) = plan.point_of(scene) {
            let position = self.followed.as_ref();
            let position = position.map(|followed| followed.from_point(&point));
            return Some(self.at(point, None, team, position));
        }
        let position = self.followed.as_mut()?.at(step.into());
        let (point, loss) = (position.shown.clone(), position.loss);
        Some(self.at(point, Some(loss), team, Some(position)))
    }

    fn at(
        &mut self,
        point: Vec<f64>,
        loss: Option<f64>,
        team: Option<usize>,
        position: Option<Position>,
    ) -> Focus {
        let plane = self.survey.plane();
        let place = plane.place_of(&point);
        let is_on_plane = plane.point_at(place) == point;
        let local = self.survey.at(place);
        Focus {
            is_head: loss.is_some(),
            loss: loss.filter(|_| !is_on_plane).unwrap_or(local.loss),
            point,
            local,
            team,
            position,
        }
    }
}

/// Whether a scene shows anything at its focus.
fn is_looked_at(scene: &Scene) -> bool {
    scene.loss.at.is_some()
        || scene.show.follow.is_some()
        || scene.show.marks.iter().any(|mark| AT_FOCUS.contains(mark))
}

/// The median of |∇f| by world units over the field.
fn usual_slope(nodes: &[[f32; 4]], plan: &Plan) -> f64 {
    let placement = Placement {
        domain: plan.plane.domain,
    };
    let [a, b] = placement.world_per_parameter().to_array();
    let stride = nodes.len().div_ceil(MOST_SLOPES).max(1);
    let some = nodes.iter().step_by(stride).filter(|node| node[3] != 0.0);
    let mut slopes: Vec<f32> = some.map(|node| (node[1] / a).hypot(node[2] / b)).collect();
    let middle = slopes.len() / 2;
    if slopes.is_empty() {
        return 0.0;
    }
    let (_, median, _) = slopes.select_nth_unstable_by(middle, f32::total_cmp);
    f64::from(*median)
}
