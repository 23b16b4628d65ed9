//! From a scene's plain data to what the simulation runs: loss, plane, teams, ends.

mod landscape;

pub use landscape::Landscape;

use super::ends::Ends;
use super::race::{RacePlan, TeamPlan};
use crate::formula::{FormulaError, nearest};
use crate::loss::{self, DEFAULT_RANGE, Data, HeightFormula, Loss, LossError};
use crate::optimizer::{self, Kernel, Rule, Setting, Settings, Update, UpdateError};
use crate::scene::{
    HeightScale, Hyper, LossSource, Method, Scene, SceneError, Team, TrailStyle, starts_on,
};
use landscape::is_coordinate;
use std::sync::Arc;

/// Descents of all teams together at most, so that their heads fit into one binding.
const MAX_DESCENTS: usize = 1 << 22;

/// Teams at most: the passes hold a colour for each.
pub const MAX_TEAMS: usize = 64;

/// Why a scene cannot be simulated. All are bad input: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PlanError(pub String);

/// What the simulation runs.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The loss.
    pub loss: Loss,
    /// The plane that is shown of it.
    pub landscape: Landscape,
    /// One for each of the scene's teams, in order.
    pub teams: Vec<TeamPlan>,
    /// What holds for all teams.
    pub race: RacePlan,
}

impl Plan {
    /// The plan of a scene whose race takes `total_steps` steps.
    ///
    /// # Errors
    /// Unknown names, wrong formulas, wrong hyperparameters, each with its key in the scene.
    pub fn of_scene(scene: &Scene, total_steps: u64) -> Result<Self, PlanError> {
        let loss = loss_of(scene)?;
        check_height(scene)?;
        let domain = domain_of(scene, &loss)?;
        let landscape = Landscape::of_scene(scene, &loss, &domain)?;
        let sheet = landscape.sheet();
        if scene.teams.len() > MAX_TEAMS {
            return Err(PlanError(format!(
                "{} teams; a race has up to {MAX_TEAMS}",
                scene.teams.len()
            )));
        }
        let teams = scene
            .teams
            .iter()
            .enumerate()
            .map(|(number, team)| {
                let starts = starts_on(&sheet, &team.start, &domain, scene.seed).map_err(
                    |error: SceneError| PlanError(format!("team.{number}.start: {error}")),
                )?;
                team_plan(number, team, &loss, starts, scene.seed)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let descents = teams.iter().map(|team| team.starts.len()).sum();
        if descents > MAX_DESCENTS {
            return Err(PlanError(format!(
                "{descents} descents; a race has up to {MAX_DESCENTS}"
            )));
        }
        let race = race_plan(scene, &domain, &landscape, descents, total_steps);
        Ok(Self {
            landscape,
            loss,
            teams,
            race,
        })
    }
}

impl Plan {
    /// The point that a lesson follows, `loss.at`, a number for each parameter; those that the scene
    /// leaves out are in the middle of what the landscape shows. `None` where nothing is followed.
    /// `scene` may be another moment of the planned one.
    pub fn point_of(&self, scene: &Scene) -> Option<Vec<f64>> {
        let at = scene.loss.at.as_ref()?;
        let named = self
            .loss
            .parameters
            .iter()
            .zip(self.landscape.plane.centre());
        let point = named.map(|(name, middle)| at.get(name).copied().unwrap_or(middle));
        Some(point.collect())
    }
}

/// The loss that a scene names or writes.
///
/// # Errors
/// An unknown name, or a formula with its caret.
pub fn loss_of(scene: &Scene) -> Result<Loss, PlanError> {
    let told = |error: &LossError, key: &str, formula: &str, data: Option<&Data>| {
        let model = data.and_then(|data| data.model.as_deref());
        PlanError(error.render([key, "loss.data.model"], formula, model))
    };
    match &scene.loss.source {
        LossSource::Name(name) => {
            let named = loss::named(name)
                .ok_or_else(|| PlanError(unknown("loss.name", "loss", name, loss::names())))?;
            let Some(data) = data_of(scene, named.data.as_ref())? else {
                return Ok(named);
            };
            named
                .with_data(data.clone())
                .map_err(|error| told(&error, "loss", &named.formula, Some(&data)))
        }
        LossSource::Formula(formula) => {
            let parameters = scene.loss.parameters.as_deref();
            let data = data_of(scene, None)?;
            let made = match data.clone() {
                Some(data) => Loss::over(formula, parameters, data),
                None => Loss::from_formula(formula, parameters).map_err(LossError::Formula),
            };
            made.map_err(|error| told(&error, "loss.formula", formula, data.as_ref()))
        }
    }
}

/// Tries the height's formula, where there is one.
fn check_height(scene: &Scene) -> Result<(), PlanError> {
    let HeightScale::Formula(formula) = &scene.height.scale else {
        return Ok(());
    };
    let tried = HeightFormula::parse(formula).map(|_| ());
    tried.map_err(|error| PlanError(error.render("height.scale", formula)))
}

/// The data of a scene; what it leaves out is the loss's `own`.
fn data_of(scene: &Scene, own: Option<&Data>) -> Result<Option<Data>, PlanError> {
    let Some(given) = &scene.loss.data else {
        return Ok(None);
    };
    let table = given.table.as_ref().or(own.map(|own| &own.table));
    let table = table.ok_or_else(|| {
        PlanError(
            "loss.data: this loss has no rows of its own; give `file`, or `rows` with `columns`"
                .into(),
        )
    })?;
    let model = given.model.clone();
    Ok(Some(Data {
        table: Arc::clone(table),
        model: model.or_else(|| own?.model.clone()),
        batch: given.batch.or(own.and_then(|own| own.batch)),
    }))
}

/// Each parameter's range: the scene's, else the loss's.
///
/// # Errors
/// A range of a parameter that the loss does not have.
pub fn domain_of(scene: &Scene, loss: &Loss) -> Result<Vec<[f64; 2]>, PlanError> {
    let given = scene.loss.domain.as_ref();
    if let Some(name) = given
        .into_iter()
        .flat_map(|domain| domain.keys())
        .find(|name| !loss.parameters.contains(name) && !is_coordinate(&scene.loss, name))
    {
        let known = loss.parameters.iter().map(String::as_str);
        return Err(PlanError(unknown("loss.domain", "parameter", name, known)));
    }
    let ranges = loss.parameters.iter().enumerate().map(|(i, name)| {
        let usual = loss.domain.get(i).copied().unwrap_or(DEFAULT_RANGE);
        given
            .and_then(|domain| domain.get(name).copied())
            .unwrap_or(usual)
    });
    Ok(ranges.collect())
}

fn team_plan(
    number: usize,
    team: &Team,
    loss: &Loss,
    starts: Vec<Vec<f32>>,
    seed: u32,
) -> Result<TeamPlan, PlanError> {
    let key = |rest: &str| format!("team.{number}.{rest}");
    let rule = rule_of(number, team)?;
    let settings = settings_of(team);
    let told = |error: UpdateError| PlanError(update_message(&error, &key, &rule, loss));
    let update = Update::new(&rule, loss, &settings)
        .map_err(told)?
        .with_seed(seed);
    // That a shader can hold it is known here, where there is a text for the caret.
    Kernel::new(&update).map_err(told)?;
    Ok(TeamPlan { update, starts })
}

/// The rule of a team, by its number in the scene.
///
/// # Errors
/// An unknown optimizer, or a rule that does not parse, with its key.
pub fn rule_of(number: usize, team: &Team) -> Result<Rule, PlanError> {
    match &team.method {
        Method::Optimizer(name) => match optimizer::named(name) {
            Some(optimizer) => Ok(optimizer.rule.clone()),
            None => {
                let key = format!("team.{number}.optimizer");
                let known = optimizer::names();
                Err(PlanError(unknown(&key, "optimizer", name, known)))
            }
        },
        Method::Rule(text) => Rule::parse(text)
            .map_err(|error| PlanError(error.render(&format!("team.{number}.rule"), text))),
    }
}

/// What the legend calls a team.
pub fn label_of(team: &Team) -> String {
    match (&team.label, &team.method) {
        (Some(label), _) => label.clone(),
        (None, Method::Optimizer(name)) => {
            optimizer::named(name).map_or_else(|| name.clone(), |known| known.title.clone())
        }
        (None, Method::Rule(_)) => "own rule".to_owned(),
    }
}

pub(super) fn settings_of(team: &Team) -> Settings {
    let setting = |hyper: &Hyper| match hyper {
        Hyper::Number(value) => Setting::Number(*value),
        Hyper::Formula(text) => Setting::Formula(text.clone()),
    };
    let pairs = team.set.iter();
    pairs
        .map(|(name, hyper)| (name.clone(), setting(hyper)))
        .collect()
}

/// What is wrong with a rule on a loss, with the scene's key and a caret where there is a text.
fn update_message(
    error: &UpdateError,
    key: &dyn Fn(&str) -> String,
    rule: &Rule,
    loss: &Loss,
) -> String {
    match error {
        UpdateError::Rule(error) => error.render(&key("rule"), &rule.text),
        UpdateError::Loss(error) => error.render("loss", &loss.formula),
        UpdateError::Setting { name, text, error } => {
            error.render(&key(&format!("set.{name}")), text)
        }
        UpdateError::UnknownSetting { .. } | UpdateError::NotAFlag(_) => {
            format!("{}: {error}", key("set"))
        }
    }
}

fn race_plan(
    scene: &Scene,
    domain: &[[f64; 2]],
    landscape: &Landscape,
    descents: usize,
    total_steps: u64,
) -> RacePlan {
    let wanted = match scene.show.trails {
        TrailStyle::None => 0,
        _ => scene.show.trail_points,
    };
    let converged = scene.ends.converged.as_ref();
    let ends = Ends {
        converged_gradient: converged.and_then(|ends| ends.gradient),
        converged_loss: converged.and_then(|ends| ends.loss),
        ..Ends::far(domain, scene.ends.far)
    };
    RacePlan {
        plane: landscape.plane.clone(),
        ends: Some(ends),
        ..RacePlan::of_numbers(domain.len())
    }
    .with_trails(descents, wanted, total_steps)
}

fn unknown<'a>(
    key: &str,
    kind: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> String {
    let known: Vec<_> = known.into_iter().collect();
    let advice = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", known.join(", ")),
    };
    format!("{key}: unknown {kind} `{name}`; {advice}")
}

/// A number that the GPU cannot hold, at its place in the loss.
pub fn loss_message(error: &FormulaError, loss: &Loss) -> String {
    error.render("loss", &loss.formula)
}
