//! The focus: the one point of a moment that arrows, tangents, slices and numbers belong to.

use super::Moment;
use super::explained::Explaining;
use crate::formula::FormulaError;
use crate::render::frame::Placement;
use crate::render::marks::{Mark as MarkOnPlane, MarkKind};
use crate::scene::{Mark, Scene, ShowSettings, SurfaceStyle};
use crate::simulation::critical::{Critical, Kind, candidate_cells, critical_places};
use crate::simulation::followed::Position;
use crate::simulation::{Followed, Local, Plan, PlanError, Survey};

/// Marks that stand at the focus.
const AT_FOCUS: [Mark; 8] = [
    Mark::Gradient,
    Mark::Components,
    Mark::Opposite,
    Mark::Step,
    Mark::Momentum,
    Mark::Tangent,
    Mark::Slices,
    Mark::Level,
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
    /// How many times the nodes had come that were looked over last.
    arrivals: u32,
    /// The middle one of the field's slopes, in f per world unit; 0 before the field is here.
    pub(super) usual_slope: f64,
    /// Takes the followed descent's steps apart.
    pub(super) explaining: Explaining,
}

impl Watch {
    /// Looks at the landscape and the descents of `scene`, whose plan is `plan`.
    ///
    /// # Errors
    /// A descent that the scene follows and does not have.
    pub(super) fn new(scene: &Scene, plan: &Plan) -> Result<Self, PlanError> {
        let of_loss = |error: FormulaError| PlanError(error.render("loss", &plan.loss.formula));
        Ok(Self {
            survey: Survey::new(&plan.loss, &plan.landscape.plane).map_err(of_loss)?,
            followed: Followed::of_scene(scene, plan)?,
            follow: scene.show.follow,
            level_places: Vec::new(),
            has_searched: false,
            arrivals: 0,
            usual_slope: 0.0,
            explaining: Explaining::default(),
        })
    }

    /// Looks over the field's nodes for what is shown of them, once.
    pub(super) fn look(
        &mut self,
        show: &ShowSettings,
        plan: &Plan,
        (nodes, arrivals): (&[[f32; 4]], u32),
        cells: [u32; 2],
        placement: &Placement,
    ) {
        if self.arrivals != arrivals {
            (self.arrivals, self.usual_slope, self.has_searched) = (arrivals, 0.0, false);
        }
        if self.usual_slope == 0.0 {
            let scale = placement.world_per_parameter().to_array();
            self.usual_slope = usual_slope(nodes, scale);
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

    /// Adds the marks of what was found, and of the followed point.
    pub(super) fn add_marks(
        &self,
        marks: &mut Vec<MarkOnPlane>,
        show: &ShowSettings,
        plan: &Plan,
        focus: Option<&Focus>,
    ) {
        let has_map = show.floor && !plan.landscape.plane.is_line();
        let mut add = |kinds: [MarkKind; 2], place: [f64; 2]| {
            let shown = [show.surface != SurfaceStyle::None, has_map];
            let kinds = kinds.into_iter().zip(shown).filter(|(_, shown)| *shown);
            let place = place.map(|part| part as f32);
            marks.extend(kinds.map(|(kind, _)| MarkOnPlane::new(kind, place)));
        };
        let found = |kind: Kind| self.level_places.iter().filter(move |it| it.kind == kind);
        if show.marks.contains(&Mark::Saddles) {
            let kinds = [MarkKind::Saddle, MarkKind::FloorSaddle];
            found(Kind::Saddle).for_each(|saddle| add(kinds, saddle.place));
        }
        if show.marks.contains(&Mark::Minima) && plan.loss.minima.is_empty() {
            // The lowest ones apart from the others.
            let losses = found(Kind::Minimum).map(|minimum| minimum.loss);
            let lowest = losses.clone().fold(f64::INFINITY, f64::min);
            let highest = losses.fold(lowest, f64::max);
            let as_low = lowest + 1e-9 * (highest - lowest).max(lowest.abs());
            for minimum in found(Kind::Minimum) {
                let kinds = match minimum.loss <= as_low {
                    true => [MarkKind::Minimum, MarkKind::FloorMinimum],
                    false => [MarkKind::HighMinimum, MarkKind::FloorHighMinimum],
                };
                add(kinds, minimum.place);
            }
        }
        if let Some(focus) = focus {
            add([MarkKind::Point, MarkKind::FloorPoint], focus.local.place);
        }
    }

    /// The focus of a moment, where its scene or its caption looks at one.
    pub(super) fn focus(&mut self, moment: &Moment, plan: &Plan) -> Option<Focus> {
        let (scene, step) = (&moment.scene, moment.step);
        if !is_looked_at(scene) && !moment.caption.contains('{') {
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
        let foot = plane.foot_of(&point);
        let (place, is_on_plane) = (foot.place, foot.distance == 0.0);
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
        || scene.show.explain > 0.0
        || scene.show.machine
        || !scene.show.turn.is_empty()
        || scene.show.marks.iter().any(|mark| AT_FOCUS.contains(mark))
}

/// The median of |∇f| by world units over the field.
fn usual_slope(nodes: &[[f32; 4]], scale: [f32; 2]) -> f64 {
    let [a, b] = scale;
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
