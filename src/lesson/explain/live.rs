//! Which assignments a step depends on: with `amsgrad` at 0, Adam's `vmax` is kept for nothing.

use super::super::symbol::symbol;
use super::super::typeset::Formula;
use crate::optimizer::{Line, Rule};
use std::collections::BTreeSet;

/// For each assignment of a rule, in the order of its text, whether the next point or what is
/// carried to later steps depends on it. `formulas` are those of the lines' expressions.
pub fn assignments(rule: &Rule, formulas: &[Formula]) -> Vec<bool> {
    let mut carried = BTreeSet::from(["w".to_owned()]);
    carried.extend(rule.show.iter().map(|(name, _)| name.clone()));
    loop {
        let (live, read_at_start) = pass(rule, formulas, &carried);
        let states = rule.states.iter().map(|state| &state.name);
        let mut more = carried.clone();
        more.extend(states.filter(|name| read_at_start.contains(*name)).cloned());
        if more == carried {
            return live;
        }
        carried = more;
    }
}

/// From the last line to the first: which assignments are live, and the names that the step reads
/// before it gives them a value.
fn pass(
    rule: &Rule,
    formulas: &[Formula],
    carried: &BTreeSet<String>,
) -> (Vec<bool>, BTreeSet<String>) {
    let mut wanted = carried.clone();
    let mut live = Vec::new();
    let mut rest = formulas;
    for line in rule.lines.iter().rev() {
        let (before, own) = rest.split_at(rest.len() - line.expressions().count());
        rest = before;
        match line {
            Line::Assign(assignment) => {
                let is_live = assign(&assignment.target.0, &own[0], &mut wanted);
                live.push(is_live);
            }
            // A turn reads what the turn before has made: all of it counts.
            Line::Repeat(repeat) => {
                wanted.extend(own.iter().flat_map(|formula| formula.names.clone()));
                live.extend(repeat.body.iter().map(|_| true));
            }
        }
    }
    live.reverse();
    (live, wanted)
}

/// Whether an assignment is wanted; if so, what it reads is wanted before it.
fn assign(name: &str, formula: &Formula, wanted: &mut BTreeSet<String>) -> bool {
    if !wanted.contains(name) || formula.symbols == symbol(name) {
        return false;
    }
    wanted.remove(name);
    wanted.extend(formula.names.iter().cloned());
    true
}
