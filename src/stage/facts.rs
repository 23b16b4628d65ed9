//! What the names in a caption stand for at one moment.

use super::{Focus, Moment};
use crate::formula::evaluate::Tape;
use crate::lesson::{Fact, Facts};
use crate::optimizer::Update;
use crate::optimizer::update::Input;
use crate::simulation::Plan;

/// The facts of a moment; none where its caption has no names.
pub(super) fn facts(plan: &Plan, moment: &Moment, focus: Option<&Focus>) -> Facts {
    let mut facts = Facts::new();
    if !moment.caption.contains('{') {
        return facts;
    }
    let step = f64::from(moment.step);
    let followed = focus.and_then(|focus| focus.team).unwrap_or(0);
    for name in ["step", "t"] {
        facts.insert(name.to_owned(), Fact::Number(step));
    }
    for (number, team) in plan.teams.iter().enumerate() {
        for (name, value) in settings(&team.update, step) {
            if number == followed {
                facts.insert(name.clone(), Fact::Number(value));
            }
            facts.insert(format!("team.{number}.{name}"), Fact::Number(value));
        }
    }
    if let Some(focus) = focus {
        add_point(&mut facts, plan, &focus.point);
    }
    facts
}

/// A team's hyperparameters and flags at a step.
fn settings(update: &Update, step: f64) -> Vec<(String, f64)> {
    let nodes: Vec<_> = update.settings.iter().map(|(_, node)| *node).collect();
    let mut tape = Tape::new(&update.graph, &nodes);
    let inputs = update.inputs.iter().map(|input| match input {
        Input::Hyper(value) => *value,
        Input::Step => step,
        Input::Parameter(_) | Input::State(_) => 0.0,
    });
    tape.run(&inputs.collect::<Vec<_>>());
    let named = update.settings.iter();
    named
        .map(|(name, node)| (name.clone(), tape.value(*node)))
        .collect()
}

fn add_point(facts: &mut Facts, plan: &Plan, point: &[f64]) {
    // A loss that runs evaluates: its formula was lowered when it was planned.
    let Ok(there) = plan.loss.evaluate(point) else {
        return;
    };
    let mut add = |name: &str, fact: Fact| facts.insert(name.to_owned(), fact);
    add("f", Fact::Number(there.value));
    let square: f64 = there.gradient.iter().map(|slope| slope * slope).sum();
    add("slope", Fact::Number(square.sqrt()));
    for ((name, value), slope) in plan.loss.parameters.iter().zip(point).zip(&there.gradient) {
        add(name, Fact::Number(*value));
        add(&format!("grad.{name}"), Fact::Number(*slope));
    }
    add("grad", Fact::Vector(there.gradient));
}
