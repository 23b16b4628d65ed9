//! The draft: the scene as the panel's controls leave it.
//!
//! A scene has two sides here. What its race needs (loss, teams, starts, pace) takes shaders to
//! change; how it looks (height's scale, camera, what is shown) changes with the next picture.

use crate::formula::FormulaError;
use crate::loss::{self, Data, Loss};
use crate::optimizer::{self, Rule};
use crate::scene::{
    DataSource, Hyper, LossData, LossSettings, LossSource, Method, Scene, ShowSettings, Team,
    TrailStyle,
};
use crate::simulation::plan::loss_of;
use std::collections::BTreeMap;

/// The hyperparameter that the panel offers.
const LEARNING_RATE: &str = "lr";

/// A scene under the user's hands.
#[derive(Debug, Clone)]
pub struct Draft {
    /// As it is now.
    pub scene: Scene,
    /// As it was opened.
    opened: Scene,
}

/// A team's learning rate, when it is a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LearningRate {
    /// As the team has it.
    pub value: f64,
    /// The range that the rule offers, `[low, high]`.
    pub range: [f64; 2],
}

impl Draft {
    /// A draft of an opened scene.
    pub fn new(opened: Scene) -> Self {
        Self {
            scene: opened.clone(),
            opened,
        }
    }

    /// Contour lines where they are shown.
    pub fn contours_when_shown(&self) -> u32 {
        match self.opened.show.contours {
            0 => ShowSettings::default().contours,
            lines => lines,
        }
    }

    /// The text of the present loss.
    pub fn formula(&self) -> String {
        let known = loss_of(&self.scene).map(|loss| loss.formula);
        known.unwrap_or_default().trim().to_owned()
    }

    /// Takes a loss of the catalogue; the opened scene's own comes back with its title and domain.
    pub fn choose_loss(&mut self, name: &str) {
        let was_curve = self.scene.loss.is_of_one_parameter();
        let source = LossSource::Name(name.to_owned());
        if self.opened.loss.source == source {
            self.scene.loss = self.opened.loss.clone();
            self.scene.title.clone_from(&self.opened.title);
            self.scene.height = self.opened.height.clone();
            self.turn_to_new_loss(was_curve);
            return;
        }
        self.scene.loss = LossSettings {
            source,
            ..LossSettings::default()
        };
        self.forget_the_old_loss();
        self.turn_to_new_loss(was_curve);
    }

    /// Takes a formula as the loss, over the domain that is shown where its parameters are the
    /// same; a wrong one changes nothing.
    ///
    /// # Errors
    /// What is wrong with the formula, and where.
    pub fn write_formula(&mut self, text: &str) -> Result<(), FormulaError> {
        let declared = self.scene.loss.parameters.clone();
        let data = loss_of(&self.scene).ok().and_then(|loss| loss.data);
        let written = match data.clone() {
            Some(data) => {
                Loss::over(text, declared.as_deref(), data).map_err(loss::LossError::in_formula)?
            }
            None => Loss::from_formula(text, declared.as_deref())?,
        };
        let domain = self.shown_domain();
        let was_curve = self.scene.loss.is_of_one_parameter();
        self.scene.loss = LossSettings {
            source: LossSource::Formula(text.to_owned()),
            parameters: declared,
            domain: written
                .parameters
                .iter()
                .all(|name| domain.contains_key(name))
                .then_some(domain)
                .filter(|domain| domain.len() == written.parameters.len()),
            data: self
                .scene
                .loss
                .data
                .clone()
                .filter(|data| data.source.is_some())
                .or(data.map(own_rows)),
            ..LossSettings::default()
        };
        self.forget_the_old_loss();
        self.turn_to_new_loss(was_curve);
        Ok(())
    }

    /// A curve is seen from the front and a surface from above: from one to the other, the view is
    /// the opened scene's where that has such a landscape, else the usual one.
    fn turn_to_new_loss(&mut self, was_curve: bool) {
        let is_curve = self.scene.loss.is_of_one_parameter();
        if is_curve == was_curve {
            return;
        }
        let usual = Scene::on(self.scene.loss.clone());
        let like = match self.opened.loss.is_of_one_parameter() == is_curve {
            true => &self.opened,
            false => &usual,
        };
        self.scene.camera = like.camera.clone();
        self.scene.height.scale = like.height.scale.clone();
        self.scene.show.trails = like.show.trails;
    }

    /// Each parameter's range as it is shown now.
    fn shown_domain(&self) -> BTreeMap<String, [f64; 2]> {
        let Ok(loss) = loss_of(&self.scene) else {
            return BTreeMap::new();
        };
        let usual = loss.parameters.into_iter().zip(loss.domain);
        let given = self.scene.loss.domain.clone().unwrap_or_default();
        usual.chain(given).collect()
    }

    /// A title and a height scale that were made for one loss are wrong for another.
    fn forget_the_old_loss(&mut self) {
        self.scene.title = None;
        self.scene.height.unit = None;
        self.scene.height.clip = crate::scene::HeightSettings::default().clip;
    }

    /// Gives a team an optimizer of the catalogue, at that optimizer's own hyperparameters; the
    /// opened scene's own comes back with its setting.
    pub fn choose_optimizer(&mut self, team: usize, name: &str) {
        let method = Method::Optimizer(name.to_owned());
        let opened = self.opened.teams.get(team);
        let Some(team) = self.scene.teams.get_mut(team) else {
            return;
        };
        let own = opened.filter(|opened| opened.method == method);
        team.label = own.and_then(|own| own.label.clone());
        team.set = own.map(|own| own.set.clone()).unwrap_or_default();
        team.method = method;
    }

    /// Goes back to the race of `race`, keeping the look.
    pub fn give_up_race(&mut self, race: &Scene) {
        let was_curve = self.scene.loss.is_of_one_parameter();
        self.scene = with_look_of(race, &self.scene);
        self.turn_to_new_loss(was_curve);
    }
}

/// The rows of a catalogue's loss as a scene's own, for a formula that goes over them.
fn own_rows(data: Data) -> LossData {
    let table = &data.table;
    LossData {
        source: Some(DataSource::Rows {
            rows: (0..table.rows()).map(|row| table.row(row)).collect(),
            columns: table.names().to_vec(),
        }),
        model: data.model,
        batch: data.batch,
        table: Some(data.table),
    }
}

/// The race of one scene with the look of another.
pub fn with_look_of(race: &Scene, look: &Scene) -> Scene {
    let mut scene = race.clone();
    // Unit and clip are made for the loss.
    scene.height.scale = look.height.scale.clone();
    scene.camera = look.camera.clone();
    scene.show = ShowSettings {
        // A race without trails has kept none.
        trails: match race.show.trails {
            TrailStyle::None => TrailStyle::None,
            _ => look.show.trails,
        },
        trail_points: race.show.trail_points,
        ..look.show.clone()
    };
    for (team, look) in scene.teams.iter_mut().zip(&look.teams) {
        (team.visible, team.color) = (look.visible, look.color);
    }
    // The followed point moves over the landscape that is there.
    let at = look.loss.at.clone();
    let with_point = LossSettings {
        at,
        ..race.loss.clone()
    };
    if with_point == look.loss {
        scene.loss = with_point;
    }
    scene
}

/// A team's learning rate; `None` where its rule has none, or it is a formula of t.
pub fn learning_rate(team: &Team) -> Option<LearningRate> {
    let rule = rule_of(team)?;
    let hyper = rule
        .hypers
        .iter()
        .find(|hyper| hyper.name == LEARNING_RATE)?;
    let value = match team.set.get(LEARNING_RATE) {
        Some(Hyper::Number(value)) => *value,
        Some(Hyper::Formula(_)) => return None,
        None => hyper.default_text.trim().parse().ok()?,
    };
    Some(LearningRate {
        value,
        range: hyper.range.unwrap_or([1e-6, 1.0]),
    })
}

/// Sets a team's learning rate.
pub fn set_learning_rate(team: &mut Team, value: f64) {
    let name = LEARNING_RATE.to_owned();
    team.set.insert(name, Hyper::Number(value));
}

fn rule_of(team: &Team) -> Option<Rule> {
    match &team.method {
        Method::Optimizer(name) => optimizer::named(name).map(|known| known.rule.clone()),
        Method::Rule(text) => Rule::parse(text).ok(),
    }
}

/// The catalogue's entry that a scene's loss is, if it is one.
pub fn catalogue_loss(scene: &Scene) -> Option<&'static Loss> {
    match &scene.loss.source {
        LossSource::Name(name) => loss::all().iter().find(|loss| loss.name == *name),
        LossSource::Formula(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::HeightScale;

    fn draft() -> Draft {
        let text = r#"
            title = "Ours"
            [loss]
            name = "himmelblau"
            domain = { x = [-5, 4] }
            [height]
            unit = 12
            [[team]]
            optimizer = "adam"
            label = "Adam, quick"
            set = { lr = 0.05 }
            [[team]]
            rule = "hyper lr = 0.1 in 0.01..2\nw = w - lr*g"
        "#;
        Draft::new(Scene::from_toml(text, "test").expect("a scene"))
    }

    #[test]
    fn another_loss_forgets_what_was_made_for_the_first_and_the_first_comes_back_whole() {
        let mut draft = draft();
        draft.choose_loss("rastrigin");
        assert_eq!(
            catalogue_loss(&draft.scene).map(|loss| loss.name.as_str()),
            Some("rastrigin")
        );
        assert_eq!((&draft.scene.title, draft.scene.height.unit), (&None, None));
        assert_eq!(draft.scene.loss.domain, None);
        draft.choose_loss("himmelblau");
        assert_eq!(draft.scene, draft.opened);
    }

    #[test]
    fn a_formula_keeps_the_domain_that_is_shown_and_a_wrong_one_changes_nothing() {
        let mut draft = draft();
        let error = draft
            .write_formula("x^2 + y^")
            .expect_err("an operand is missing");
        assert!(error.span.start >= 7, "{error:?}");
        assert_eq!(draft.scene, draft.opened);
        draft.write_formula("x^2 + y^2").expect("a formula");
        let domain = draft.scene.loss.domain.clone().expect("kept");
        assert_eq!(domain["x"], [-5.0, 4.0], "the scene's");
        let known = loss::named("himmelblau").expect("in the catalogue").domain;
        assert_eq!(domain["y"], known[1], "the loss's");
        assert_eq!(draft.formula(), "x^2 + y^2");
        draft.write_formula("w1^2 + w2^4").expect("a formula");
        assert_eq!(draft.scene.loss.domain, None, "other parameters");
    }

    #[test]
    fn an_optimizer_comes_with_its_own_setting_and_the_opened_one_with_the_scenes() {
        let mut draft = draft();
        draft.choose_optimizer(0, "rmsprop");
        let team = &draft.scene.teams[0];
        assert!(team.set.is_empty() && team.label.is_none());
        assert_eq!(learning_rate(team).map(|rate| rate.value), Some(0.01));
        draft.choose_optimizer(0, "adam");
        assert_eq!(draft.scene, draft.opened);
    }

    #[test]
    fn learning_rates_are_the_teams_over_the_rules_range() {
        let mut draft = draft();
        let rates: Vec<_> = draft.scene.teams.iter().map(learning_rate).collect();
        let expected = [(0.05, [1e-6, 1.0]), (0.1, [0.01, 2.0])];
        assert_eq!(
            rates,
            expected.map(|(value, range)| Some(LearningRate { value, range }))
        );
        set_learning_rate(&mut draft.scene.teams[1], 0.5);
        assert_eq!(
            learning_rate(&draft.scene.teams[1]).map(|rate| rate.value),
            Some(0.5)
        );
        let schedule = Hyper::Formula("0.1/t".to_owned());
        draft.scene.teams[0].set.insert("lr".to_owned(), schedule);
        assert_eq!(learning_rate(&draft.scene.teams[0]), None);
    }

    #[test]
    fn a_look_needs_no_other_race_and_a_race_keeps_the_look() {
        let opened = draft().scene;
        let mut look = opened.clone();
        look.height.scale = HeightScale::Linear;
        look.show.floor = false;
        look.show.trails = TrailStyle::None;
        look.teams[0].visible = false;
        look.loss.at = Some(BTreeMap::from([("x".to_owned(), 1.0)]));
        assert_eq!(with_look_of(&opened, &look), look);
        let mut race = opened.clone();
        set_learning_rate(&mut race.teams[0], 0.3);
        let both = with_look_of(&race, &look);
        assert_ne!(both, look);
        assert_eq!(both.teams[0].set, race.teams[0].set);
        assert!(!both.show.floor && !both.teams[0].visible);
        let mut draft = Draft::new(opened.clone());
        draft.write_formula("x^2").expect("a formula");
        draft.give_up_race(&opened);
        assert_eq!(
            draft.scene, opened,
            "height and title are those of the loss"
        );
    }
    #[test]
    fn a_curve_is_seen_from_the_front_and_the_surface_as_before() {
        let mut draft = draft();
        let opened = draft.scene.clone();
        draft.choose_loss("double-well");
        let camera = &draft.scene.camera;
        assert_eq!(
            (camera.azimuth_deg, camera.elevation_deg, camera.turns),
            (0.0, 0.0, 0.0)
        );
        assert_eq!(draft.scene.height.scale, HeightScale::Linear);
        draft.scene.camera.azimuth_deg = 15.0;
        draft.choose_loss("parabola");
        assert_eq!(draft.scene.camera.azimuth_deg, 15.0, "from curve to curve");
        draft.choose_loss("himmelblau");
        assert_eq!(draft.scene, opened);
    }
}
