//! The followed descent's next step, taken apart: for the panel at the left, and what the present
//! statement draws on the surface.

use super::focus::Focus;
use crate::formula::evaluate::Precision;
use crate::lesson::typeset::grid;
use crate::lesson::{Explainer, Explanation, Math, Outcome, Role, Statement};
use crate::optimizer::Rule;
use crate::render::overlay::{ExplanationContent, StatementContent};
use crate::render::sketch::Ink;
use crate::scene::{ALL_STATEMENTS, Scene};
use crate::simulation::Plan;
use crate::simulation::plan::{label_of, rule_of};

/// Takes the steps of the followed descent apart; remembers its rule.
#[derive(Debug, Default)]
pub(super) struct Explaining {
    known: Option<(usize, Explainer)>,
}

/// A step as far as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Explained {
    heading: String,
    statements: Vec<Statement>,
    /// How far the last one has appeared, 0 to 1.
    appeared: f32,
    /// How many statements the whole step has.
    pub(super) count: usize,
}

/// What a statement draws on the surface, in parameters; from the focus unless it is a point.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Drawn {
    /// A slope: as long as the gradient's scale makes it.
    Slope(Vec<f64>),
    /// What has no length of its own.
    Direction(Vec<f64>),
    /// A way, at its true length.
    Step(Vec<f64>),
    /// A place to go to.
    Point(Vec<f64>),
    /// Lengths along the axes.
    Sizes(Vec<f64>),
}

impl Explaining {
    /// The step of `focus` that follows, as far as `scene` shows it.
    pub(super) fn explain(
        &mut self,
        scene: &Scene,
        plan: &Plan,
        focus: Option<&Focus>,
    ) -> Option<Explained> {
        let shown = scene.show.explain;
        let focus = focus.filter(|_| shown > 0.0)?;
        let (team, position) = (focus.team?, focus.position.as_ref()?);
        if position.ended {
            return None;
        }
        let explainer = self.explainer(team, scene, plan)?;
        let Explanation {
            step,
            mut statements,
            ..
        } = explainer.explain(&position.carried, position.descent, Precision::Double);
        let count = statements.len();
        let all = shown >= ALL_STATEMENTS || shown >= count as f64;
        let appeared = match all {
            true => 1.0,
            false => shown - (shown.ceil() - 1.0),
        };
        if !all {
            statements.truncate(shown.ceil() as usize);
        }
        Some(Explained {
            heading: format!("{}, step {step}", label_of(&scene.teams[team])),
            statements,
            appeared: appeared as f32,
            count,
        })
    }

    fn explainer(&mut self, team: usize, scene: &Scene, plan: &Plan) -> Option<&mut Explainer> {
        if self.known.as_ref().is_none_or(|(known, _)| *known != team) {
            // The plan was made from this rule: it parses.
            let rule: Rule = rule_of(team, scene.teams.get(team)?).ok()?;
            let update = &plan.teams.get(team)?.update;
            self.known = Some((team, Explainer::new(&rule, update)));
        }
        self.known.as_mut().map(|(_, explainer)| explainer)
    }
}

impl Explained {
    /// What the panel shows; `ink` is that of the present statement's arrow.
    pub(super) fn content(&self, ink: Ink) -> ExplanationContent {
        let last = self.statements.len().saturating_sub(1);
        let statements = self.statements.iter().enumerate();
        ExplanationContent {
            heading: self.heading.clone(),
            statements: statements
                .map(|(at, statement)| {
                    let is_drawn = at == last && drawn(statement).is_some();
                    content(statement, is_drawn.then_some(ink))
                })
                .collect(),
            appeared: self.appeared,
        }
    }

    /// What the present statement draws, its name, and how opaque.
    pub(super) fn drawn(&self) -> Option<(Drawn, String, f32)> {
        let statement = self.statements.last()?;
        let name = match &statement.outcome {
            Outcome::Assigned { symbol, .. } => symbol.to_string(),
            Outcome::Tested(_) => String::new(),
        };
        Some((drawn(statement)?, name, self.appeared))
    }
}

fn drawn(statement: &Statement) -> Option<Drawn> {
    let Outcome::Assigned {
        value,
        before,
        role,
        name,
        ..
    } = &statement.outcome
    else {
        return None;
    };
    let roots = || value.iter().map(|part| part.abs().sqrt()).collect();
    match role {
        // From where `w` was before the statement: decay and step are two ways.
        Role::Point if name == "w" => Some(match before {
            Some(before) => {
                let ways = value.iter().zip(before).map(|(to, from)| to - from);
                Drawn::Step(ways.collect())
            }
            None => Drawn::Point(value.clone()),
        }),
        Role::Point => Some(Drawn::Point(value.clone())),
        Role::Step => Some(Drawn::Step(value.clone())),
        Role::Slope => Some(Drawn::Slope(value.clone())),
        Role::Direction => Some(Drawn::Direction(value.clone())),
        Role::Squares => Some(Drawn::Sizes(roots())),
        Role::Sizes => Some(Drawn::Sizes(value.clone())),
        Role::Numbers => None,
    }
}

fn content(statement: &Statement, ink: Option<Ink>) -> StatementContent {
    let formula = &statement.formula;
    let (target, value) = match &statement.outcome {
        Outcome::Assigned {
            symbol,
            shape,
            value,
            ..
        } => (Some(symbol.clone()), grid(*shape, value)),
        Outcome::Tested(true) => (None, Math::text("yes, once more")),
        Outcome::Tested(false) => (None, Math::text("no, on")),
    };
    // `d = ∇f` has its value at once.
    let says_more = formula.numbers != value && formula.numbers != formula.symbols;
    StatementContent {
        target,
        symbols: formula.symbols.clone(),
        numbers: says_more.then(|| formula.numbers.clone()),
        value,
        color: ink.map(|ink| ink.map(|part| (255.0 * part).round() as u8)),
    }
}
