//! The followed descent in f64, on the CPU: its point, slope, state and next step, for arrows and
//! the numbers beside them. A pure function of scene and step, whatever was asked before.

use super::ends::Ends;
use super::plan::{Plan, PlanError, rule_of, settings_of};
use crate::loss::Loss;
use crate::optimizer::stepper::Progress;
use crate::optimizer::{Carried, Stepper, Update};
use crate::scene::Scene;

/// Places kept on the way, so that an earlier step is not walked to from the start.
const MOST_KEPT: usize = 64;

/// A descent of the race, followed on the CPU.
#[derive(Debug, Clone)]
pub struct Followed {
    /// Its team's number.
    pub team: usize,
    /// Its number in its team.
    pub descent: u32,
    update: Update,
    /// The same rule where the ground is level; `None` where it cannot run there.
    level: Option<Update>,
    ends: Option<Ends>,
    /// Progress at the start and on the way, by growing steps.
    kept: Vec<Kept>,
    /// Steps from one kept place to the next.
    stride: u64,
}

#[derive(Debug, Clone)]
struct Kept {
    progress: Progress,
    ended: bool,
}

/// What is known of the followed descent at a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// Steps taken; fewer than asked for where the descent ended.
    pub step: u64,
    /// Whether it has converged or diverged.
    pub ended: bool,
    /// The parameters w.
    pub w: Vec<f64>,
    /// The point that is drawn: w, unless the rule shows another.
    pub shown: Vec<f64>,
    /// f at w.
    pub loss: f64,
    /// ∂f/∂w at w.
    pub gradient: Vec<f64>,
    /// The drawn point after the next step; `None` where there is none, or it is not finite.
    pub next: Option<Vec<f64>>,
    /// The part of the next step that would be taken if the slope here were zero: what the
    /// descent has kept of its steps before; `None` where the rule keeps nothing.
    pub momentum: Option<Vec<f64>>,
    /// The rule's state by name.
    pub states: Vec<(String, Vec<f64>)>,
    /// All that it carries to its next step.
    pub carried: Carried,
    /// Its number in its team.
    pub descent: u32,
}

impl Followed {
    /// The descent that a scene follows: `show.follow`, else the first team's first; `None` for a
    /// scene without descents.
    ///
    /// # Errors
    /// A team or a descent that the scene does not have.
    pub fn of_scene(scene: &Scene, plan: &Plan) -> Result<Option<Self>, PlanError> {
        let [team, descent] = match scene.show.follow {
            Some(numbers) => numbers,
            None if plan.teams.iter().all(|team| team.starts.is_empty()) => return Ok(None),
            None => [0, 0],
        };
        let starts = plan.teams.get(team as usize).map(|team| &team.starts);
        let start = starts.and_then(|starts| starts.get(descent as usize));
        let Some(start) = start else {
            return Err(PlanError(absent(team, descent, plan)));
        };
        let start: Vec<f64> = start.iter().map(|number| f64::from(*number)).collect();
        Self::new(scene, plan, team as usize, descent, &start).map(Some)
    }

    fn new(
        scene: &Scene,
        plan: &Plan,
        team: usize,
        descent: u32,
        start: &[f64],
    ) -> Result<Self, PlanError> {
        let update = plan.teams[team].update.clone();
        let rule = rule_of(team, &scene.teams[team])?;
        let level = level_ground(&plan.loss)
            .and_then(|loss| Update::new(&rule, &loss, &settings_of(&scene.teams[team])).ok())
            .map(|level| level.with_seed(update.seed));
        let progress = Stepper::of_descent(&update, start, descent).progress();
        Ok(Self {
            team,
            descent,
            update,
            level,
            ends: plan.race.ends.clone(),
            kept: vec![Kept {
                progress,
                ended: false,
            }],
            stride: 1,
        })
    }

    /// Where the descent stands after `step` steps.
    pub fn at(&mut self, step: u64) -> Position {
        self.walk_to(step);
        let last = self.kept.iter().rfind(|kept| kept.progress.steps() <= step);
        let kept = last.expect("the start is kept").clone();
        let mut stepper = self.stepper();
        stepper.go_on_from(&kept.progress);
        let mut ended = kept.ended;
        while stepper.steps() < step && !ended {
            ended = self.advance(&mut stepper);
        }
        self.position(stepper, ended)
    }

    /// Where a descent would stand that began at `point` now.
    pub fn from_point(&self, point: &[f64]) -> Position {
        let stepper = Stepper::of_descent(&self.update, point, self.descent);
        self.position(stepper, false)
    }

    fn stepper(&self) -> Stepper<'_> {
        let origin = vec![0.0; self.update.parameters.len()];
        Stepper::of_descent(&self.update, &origin, self.descent)
    }

    /// Keeps places up to the last whole stride before `step`.
    fn walk_to(&mut self, step: u64) {
        loop {
            let last = self.kept.last().expect("the start is kept").clone();
            let next = last.progress.steps() + self.stride;
            if last.ended || next > step {
                return;
            }
            let mut stepper = self.stepper();
            stepper.go_on_from(&last.progress);
            let mut ended = false;
            while stepper.steps() < next && !ended {
                ended = self.advance(&mut stepper);
            }
            let progress = stepper.progress();
            self.kept.push(Kept { progress, ended });
            if self.kept.len() > MOST_KEPT {
                self.thin_out();
            }
        }
    }

    /// Keeps every second place; the stride is twice as long from now on.
    fn thin_out(&mut self) {
        let mut number = 0;
        self.kept.retain(|kept| {
            number += 1;
            number % 2 == 1 || kept.ended
        });
        self.stride *= 2;
    }

    /// Takes a step, unless the descent ends here, as on the GPU; whether it ended.
    fn advance(&self, stepper: &mut Stepper<'_>) -> bool {
        let Some(ends) = &self.ends else {
            stepper.step();
            return false;
        };
        if ends.are_reached(stepper) {
            return true;
        }
        let before = stepper.progress();
        stepper.step();
        let is_lost = !ends.hold(&stepper.parameters());
        if is_lost {
            stepper.go_on_from(&before);
        }
        is_lost
    }

    fn position(&self, mut stepper: Stepper<'_>, ended: bool) -> Position {
        let (loss, gradient) = stepper.loss_and_gradient();
        let shown = stepper.shown().to_vec();
        let states = stepper.states().into_iter();
        let mut position = Position {
            step: stepper.steps(),
            ended,
            w: stepper.parameters(),
            loss,
            gradient,
            next: None,
            momentum: None,
            states: states
                .map(|(name, values)| (name.to_owned(), values))
                .collect(),
            shown,
            carried: stepper.carried(),
            descent: self.descent,
        };
        if ended {
            return position;
        }
        position.momentum = self.momentum(&stepper);
        stepper.step();
        let next = stepper.shown().to_vec();
        position.next = next.iter().all(|number| number.is_finite()).then_some(next);
        position
    }

    /// The step that the rule takes from here when the slope is zero.
    fn momentum(&self, stepper: &Stepper<'_>) -> Option<Vec<f64>> {
        let update = self.level.as_ref()?;
        let mut level = Stepper::of_descent(update, &stepper.parameters(), self.descent);
        level.take_over(stepper);
        level.step();
        let pairs = level.shown().iter().zip(stepper.shown());
        let step: Vec<f64> = pairs.map(|(next, now)| next - now).collect();
        let is_one =
            step.iter().all(|part| part.is_finite()) && step.iter().any(|part| *part != 0.0);
        is_one.then_some(step)
    }
}

impl Ends {
    /// Whether a descent has converged where it stands.
    fn are_reached(&self, stepper: &mut Stepper<'_>) -> bool {
        if self.converged_gradient.is_none() && self.converged_loss.is_none() {
            return false;
        }
        let (loss, gradient) = stepper.loss_and_gradient();
        let square: f64 = gradient.iter().map(|slope| slope * slope).sum();
        self.converged_gradient
            .is_some_and(|least| square.sqrt() <= least)
            || self.converged_loss.is_some_and(|least| loss <= least)
    }

    /// Whether a point is within the reach of its race.
    fn hold(&self, point: &[f64]) -> bool {
        let bounds = self.centre.iter().zip(&self.reach);
        let mut parts = point.iter().zip(bounds);
        parts.all(|(w, (centre, reach))| (w - centre).abs() <= *reach)
    }
}

/// A loss of the same parameters that is zero everywhere.
fn level_ground(loss: &Loss) -> Option<Loss> {
    Loss::from_formula("0", Some(&loss.parameters)).ok()
}

fn absent(team: u32, descent: u32, plan: &Plan) -> String {
    let teams = plan.teams.len();
    let has = match plan.teams.get(team as usize) {
        None => format!("the scene has {teams} teams, counted from 0"),
        Some(found) => format!(
            "team {team} has {} descents, counted from 0",
            found.starts.len()
        ),
    };
    format!("show.follow = [{team}, {descent}]: there is no such descent; {has}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Timeline;

    fn followed(text: &str) -> Result<Option<Followed>, PlanError> {
        let scene = Scene::from_toml(text, "test").expect("a scene");
        let plan = Plan::of_scene(&scene, Timeline::new(&scene).total_steps())?;
        Followed::of_scene(&scene, &plan)
    }

    fn one(text: &str) -> Followed {
        followed(text)
            .expect("a scene that runs")
            .expect("a descent")
    }

    fn bowl(team: &str) -> String {
        format!("loss.formula = \"x^2 + 3*y^2\"\n[[team]]\n{team}")
    }

    /// Gradient descent on x² + 3y² by hand: w ← w - lr·(2x, 6y).
    #[test]
    fn point_slope_and_next_step_are_those_of_the_rule() {
        let mut followed = one(&bowl(
            "optimizer = \"gradient-descent\"\nset.lr = 0.1\nstart.at = [[9, 9], [2, -1]]\n\
             [show]\nfollow = [0, 1]",
        ));
        let start = followed.at(0);
        assert_eq!((start.w, start.loss), (vec![2.0, -1.0], 7.0));
        assert_eq!(start.gradient, [4.0, -6.0]);
        let after = followed.at(3);
        let expected = [2.0 * 0.8_f64.powi(3), -(0.4_f64.powi(3))];
        let close = |a: &[f64], b: &[f64]| {
            let far = a.iter().zip(b).any(|(a, b)| (a - b).abs() > 1e-12);
            assert!(!far, "{a:?} and {b:?}");
        };
        close(&after.w, &expected);
        close(
            &after.next.expect("it goes on"),
            &[expected[0] * 0.8, expected[1] * 0.4],
        );
        assert_eq!(after.momentum, None, "it keeps nothing");
    }

    /// Whatever was asked before, far ahead and back again.
    #[test]
    fn a_step_is_the_same_from_wherever_it_is_reached() {
        let text = bowl("optimizer = \"adam\"\nset.lr = 0.01\nstart.at = [[2, -1]]");
        let far = one(&text).at(1237);
        let mut followed = one(&text);
        for step in [3, 700, 20, 5000, 0, 1236, 1238] {
            followed.at(step);
        }
        assert_eq!(followed.at(1237), far);
        assert!(followed.kept.len() <= MOST_KEPT);
    }

    /// What a rule would do on level ground: momentum's own share of the step.
    #[test]
    fn momentum_is_the_step_that_the_past_would_take_alone() {
        let mut polyak = one(&bowl(
            "optimizer = \"momentum\"\nset = { lr = 0.05, momentum = 0.5 }\nstart.at = [[2, -1]]",
        ));
        assert_eq!(polyak.at(0).momentum, None, "nothing lies behind it");
        let position = polyak.at(4);
        let (name, buffer) = &position.states[0];
        assert_eq!(name, "b");
        let expected = buffer.iter().map(|b| -0.05 * 0.5 * b);
        for (part, expected) in position.momentum.expect("it rolls").iter().zip(expected) {
            assert!((part - expected).abs() < 1e-15, "{part} and {expected}");
        }
        let mut ball = one(&bowl(
            "optimizer = \"heavy-ball\"\nset = { lr = 0.05, momentum = 0.5 }\nstart.at = [[2, -1]]",
        ));
        let [before, now] = [3, 4].map(|step| ball.at(step).w);
        let momentum = ball.at(4).momentum.expect("it rolls");
        for i in 0..2 {
            assert!((momentum[i] - 0.5 * (now[i] - before[i])).abs() < 1e-15);
        }
    }

    /// Every optimizer of the catalogue is followed without being known by name.
    #[test]
    fn every_optimizer_can_be_followed() {
        for known in crate::optimizer::all() {
            let mut followed = one(&format!(
                "loss.formula = \"x^2 + 3*y^2\"\n[[team]]\noptimizer = \"{}\"\nstart.at = [[2, -1]]",
                known.name
            ));
            let position = followed.at(5);
            assert!(position.loss.is_finite(), "{}", known.name);
            assert!(position.next.is_some(), "{}", known.name);
        }
    }

    #[test]
    fn a_descent_that_ends_stays_where_it_ended() {
        let mut lost = one(&bowl(
            "optimizer = \"gradient-descent\"\nset.lr = 1\nstart.at = [[2, -1]]\n[ends]\nfar = 10",
        ));
        let (early, late) = (lost.at(50), lost.at(5000));
        assert_eq!(early, late);
        assert!(late.ended && late.next.is_none());
        assert!(late.w.iter().all(|w| w.abs() <= 60.0), "{late:?}");
        let mut converged = one(&bowl(
            "optimizer = \"gradient-descent\"\nset.lr = 0.1\nstart.at = [[2, -1]]\n\
             [ends]\nconverged.gradient = 1e-2",
        ));
        let end = converged.at(1000);
        assert!(end.ended && end.step < 100, "{end:?}");
        let slope = end.gradient[0].hypot(end.gradient[1]);
        assert!(slope <= 1e-2 && slope > 1e-3, "{slope}");
    }

    #[test]
    fn a_descent_that_is_not_there_is_named() {
        let error = |show: &str| {
            let text = bowl(&format!(
                "optimizer = \"adam\"\nstart.uniform = 4\n[show]\nfollow = {show}"
            ));
            followed(&text).expect_err("none there").to_string()
        };
        assert_eq!(
            error("[0, 4]"),
            "show.follow = [0, 4]: there is no such descent; team 0 has 4 descents, counted from 0"
        );
        assert!(
            error("[1, 0]").contains("has 1 teams"),
            "{}",
            error("[1, 0]")
        );
        assert!(
            followed("loss.name = \"sphere\"")
                .expect("a scene")
                .is_none()
        );
    }
}
