//! What the stage plays, by value: a landscape for each loss and domain, a race for each loss with
//! its teams. A stop that changes one of them has another one built; those last played stay at
//! hand, so that going back and forth between stops is quick.

use super::StageError;
use super::count::Count;
use super::focus::Watch;
use super::losses::Losses;
use super::points::Points;
use crate::gpu::Gpu;
use crate::scene::{EndSettings, LossSettings, Plane, Scene, Team, TrailStyle};
use crate::simulation::plan::loss_message;
use crate::simulation::{Field, Plan, PlanError, Race, SimulationError};

/// Landscapes and races kept of each; a race may hold 128 MiB of trails.
const KEPT: usize = 4;

/// Operations up to which a loss is evaluated for every pixel anew: so many cost less than to read
/// the field.
const MOST_EXACT_OPERATIONS: usize = 128;

/// A landscape with its height range.
pub(super) struct Terrain {
    /// The dense grid.
    pub(super) field: Field,
    /// Its losses, once they have come back.
    pub(super) losses: Losses,
}

/// A race with what it was made from.
pub(super) struct Cast {
    /// What runs.
    pub(super) plan: Plan,
    /// The descents.
    pub(super) race: Race,
    /// What of it is marked.
    pub(super) points: Points,
    /// What is asked for the followed point.
    pub(super) watch: Watch,
    /// How the teams stand.
    pub(super) count: Count,
}

/// What a landscape depends on.
#[derive(Debug, Clone, PartialEq)]
struct TerrainKey {
    loss: LossSettings,
    cells: u32,
}

/// What a race depends on.
#[derive(Debug, Clone, PartialEq)]
struct CastKey {
    loss: LossSettings,
    teams: Vec<Team>,
    ends: EndSettings,
    seed: u32,
    has_trails: bool,
    trail_points: u32,
}

/// What something on a shelf is found by.
trait Key {
    /// Whether what was made for this key serves for `wanted` too.
    fn fits(&self, wanted: &Self) -> bool;
}

/// Those last played, the present one first.
struct Shelf<K, T>(Vec<(K, T)>);

/// All that is at hand.
pub(super) struct Acts {
    terrains: Shelf<TerrainKey, Terrain>,
    casts: Shelf<CastKey, Cast>,
    total_steps: u64,
    /// Bounds the steps of one dispatch.
    steps_a_dispatch: Option<u32>,
}

impl Acts {
    /// With what `scene` plays; its film takes up to `total_steps` steps.
    ///
    /// # Errors
    /// A scene that cannot run, or a device that refuses.
    pub(super) fn new(gpu: &Gpu, scene: &Scene, total_steps: u64) -> Result<Self, StageError> {
        let mut acts = Self {
            terrains: Shelf(Vec::new()),
            casts: Shelf(Vec::new()),
            total_steps,
            steps_a_dispatch: None,
        };
        acts.play(gpu, scene)?;
        Ok(acts)
    }

    /// Goes over to what `scene` plays; whether it is another landscape or another race than
    /// before.
    ///
    /// # Errors
    /// As [`Acts::new`]; what was played before then goes on.
    pub(super) fn play(&mut self, gpu: &Gpu, scene: &Scene) -> Result<bool, StageError> {
        let (terrain, cast) = (TerrainKey::of(scene), CastKey::of(scene));
        if self.terrains.is_first(&terrain) && self.casts.is_first(&cast) {
            return Ok(false);
        }
        let total_steps = self.total_steps;
        let steps_a_dispatch = self.steps_a_dispatch;
        self.casts.bring(cast, || {
            let mut cast = Cast::new(gpu, scene, total_steps)?;
            if let Some(steps) = steps_a_dispatch {
                cast.race.limit_steps_a_dispatch(steps);
            }
            Ok(cast)
        })?;
        let plan = &self.casts.first().plan;
        self.terrains
            .bring(terrain, || Terrain::new(gpu, scene, plan))?;
        Ok(true)
    }

    /// The present landscape.
    pub(super) fn terrain(&self) -> &Terrain {
        self.terrains.first()
    }

    /// The present landscape.
    pub(super) fn terrain_mut(&mut self) -> &mut Terrain {
        self.terrains.first_mut()
    }

    /// The present race.
    pub(super) fn cast(&self) -> &Cast {
        self.casts.first()
    }

    /// The present race.
    pub(super) fn cast_mut(&mut self) -> &mut Cast {
        self.casts.first_mut()
    }

    /// The present landscape and the present race.
    pub(super) fn both_mut(&mut self) -> (&mut Terrain, &mut Cast) {
        (self.terrains.first_mut(), self.casts.first_mut())
    }

    /// Bounds the steps of one dispatch from now on.
    pub(super) fn limit_steps_a_dispatch(&mut self, steps: u32) {
        self.steps_a_dispatch = Some(steps);
        for (_, cast) in &mut self.casts.0 {
            cast.race.limit_steps_a_dispatch(steps);
        }
    }
}

impl Terrain {
    fn new(gpu: &Gpu, scene: &Scene, plan: &Plan) -> Result<Self, StageError> {
        let of_loss = |error| PlanError(loss_message(&error, &plan.loss));
        let graph = plan.loss.graph().map_err(of_loss)?;
        let over_rows = graph.over_rows().map_err(of_loss)?;
        let (plane, cells) = (plan.landscape.plane.clone(), scene.field.size);
        let field = match over_rows {
            Some(text) => Field::over_rows(gpu, &text, plane, cells)?,
            None => {
                let text = graph.wgsl().map_err(of_loss)?;
                let mut field = Field::evaluate(gpu, &text, plane, cells)?;
                field.exact = (graph.operations() <= MOST_EXACT_OPERATIONS).then_some(text);
                field
            }
        };
        Ok(Self {
            losses: Losses::new(gpu, &field),
            field,
        })
    }
}

impl Cast {
    fn new(gpu: &Gpu, scene: &Scene, total_steps: u64) -> Result<Self, StageError> {
        let plan = Plan::of_scene(scene, total_steps)?;
        let of_rule = |error: String| StageError::Plan(PlanError(format!("a rule: {error}")));
        let race = Race::new(gpu, &plan.teams, plan.race.clone());
        let race = race.map_err(|error| match error {
            SimulationError::Formula(error) => of_rule(error.to_string()),
            SimulationError::Update(error) => of_rule(error.to_string()),
            SimulationError::Gpu(error) => StageError::Gpu(error),
        })?;
        Ok(Self {
            points: Points::of(&plan),
            watch: Watch::new(scene, &plan)?,
            count: Count::new(gpu, &race, plan.teams.len())?,
            plan,
            race,
        })
    }
}

/// The loss without the numbers of the followed point that neither field nor race knows: those of
/// the landscape's axes. Others say where the plane lies.
fn without_point(scene: &Scene) -> LossSettings {
    let axes = match (&scene.loss.at, &scene.loss.plane) {
        (Some(_), Some(Plane::Axes { axes, .. })) => axes.to_vec(),
        (Some(_), None) => {
            let mut names = scene.parameter_names().unwrap_or_default();
            names.truncate(2);
            names
        }
        _ => Vec::new(),
    };
    let mut loss = scene.loss.clone();
    if let Some(at) = &mut loss.at {
        at.retain(|name, _| !axes.contains(name));
    }
    loss.at = loss.at.filter(|at| !at.is_empty());
    loss
}

impl TerrainKey {
    fn of(scene: &Scene) -> Self {
        Self {
            loss: without_point(scene),
            cells: scene.field.size,
        }
    }
}

impl CastKey {
    fn of(scene: &Scene) -> Self {
        let run = |team: &Team| Team {
            // How a team looks is no affair of its race.
            label: None,
            color: None,
            visible: true,
            ..team.clone()
        };
        Self {
            loss: without_point(scene),
            teams: scene.teams.iter().map(run).collect(),
            ends: scene.ends.clone(),
            seed: scene.seed,
            has_trails: scene.show.trails != TrailStyle::None,
            trail_points: scene.show.trail_points,
        }
    }
}

impl Key for TerrainKey {
    fn fits(&self, wanted: &Self) -> bool {
        self == wanted
    }
}

impl Key for CastKey {
    /// Trails that were recorded can be hidden.
    fn fits(&self, wanted: &Self) -> bool {
        let hidden = Self {
            has_trails: self.has_trails || wanted.has_trails,
            ..wanted.clone()
        };
        *self == hidden
    }
}

impl<K: Key, T> Shelf<K, T> {
    fn is_first(&self, key: &K) -> bool {
        self.0.first().is_some_and(|(first, _)| first.fits(key))
    }

    /// Puts the thing of `key` in front, made where it is not at hand.
    fn bring(
        &mut self,
        key: K,
        make: impl FnOnce() -> Result<T, StageError>,
    ) -> Result<(), StageError> {
        let entry = match self.0.iter().position(|(known, _)| known.fits(&key)) {
            Some(at) => self.0.remove(at),
            None => (key, make()?),
        };
        self.0.insert(0, entry);
        self.0.truncate(KEPT);
        Ok(())
    }

    fn first(&self) -> &T {
        &self.0.first().expect("something is played").1
    }

    fn first_mut(&mut self) -> &mut T {
        &mut self.0.first_mut().expect("something is played").1
    }
}
