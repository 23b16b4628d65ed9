//! What a statement's vector is, and so how it is drawn: told from the rule's text by the units of
//! what it is made of, the same for every rule.
//!
//! A slope has the unit of loss over parameter, a step that of a parameter, a mean of squared
//! slopes the square of the first. Numbers and hyperparameters fit any unit, as a learning rate
//! does.

mod nature;

use crate::formula::Shape;
use crate::formula::syntax::Expression;
use crate::optimizer::{Line, Rule};
use nature::{Nature, Unit};
use std::collections::BTreeMap;

/// How a statement's value is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A place in parameter space.
    Point,
    /// A way in parameter space, at its true length.
    Step,
    /// A slope, or a mean of slopes: an arrow.
    Slope,
    /// A direction without a length of its own: a scaled slope, signs.
    Direction,
    /// Squares along the axes: second moments.
    Squares,
    /// Lengths along the axes, none below 0.
    Sizes,
    /// Numbers that are not drawn.
    Numbers,
}

/// The nature of each name after each assignment of a rule, in the order of its text.
pub fn roles(rule: &Rule, shapes: &[Shape], known: &dyn Fn(&str) -> Option<f64>) -> Vec<Role> {
    let mut states = initial_states(rule, known);
    // What is said of a state changes each time, or never again.
    for _ in 0..2 * rule.states.len() + 2 {
        let before = states.clone();
        let (_, names) = pass(rule, &states, known);
        for (name, nature) in &mut states {
            if let Some(after) = names.get(name) {
                nature.carry(after);
            }
        }
        if states == before {
            break;
        }
    }
    let (natures, _) = pass(rule, &states, known);
    let named = natures.into_iter().zip(shapes);
    named
        .map(|((name, nature), shape)| role(rule, &name, &nature, *shape))
        .collect()
}

type Names = BTreeMap<String, Nature>;

fn initial_states(rule: &Rule, known: &dyn Fn(&str) -> Option<f64>) -> Names {
    let nothing = Names::new();
    let states = rule.states.iter().map(|state| {
        let nature = match &state.initial {
            None => Nature::of_number(0.0),
            Some(expression) => nature_of(expression, &nothing, known),
        };
        (state.name.clone(), nature.at_first())
    });
    states.collect()
}

/// Runs the lines once; the nature of each assigned value, and of every name at the end.
fn pass(
    rule: &Rule,
    states: &Names,
    known: &dyn Fn(&str) -> Option<f64>,
) -> (Vec<(String, Nature)>, Names) {
    let mut names = states.clone();
    let mut assigned = Vec::new();
    for assignment in rule.lines.iter().flat_map(Line::assignments) {
        let (name, _) = &assignment.target;
        let nature = nature_of(&assignment.value, &names, known);
        names.insert(name.clone(), nature.clone());
        assigned.push((name.clone(), nature));
    }
    (assigned, names)
}

fn nature_of(
    expression: &Expression,
    names: &Names,
    known: &dyn Fn(&str) -> Option<f64>,
) -> Nature {
    nature::of(expression, &|name| {
        if let Some(nature) = names.get(name) {
            return nature.clone();
        }
        match name {
            "w" => Nature::point(),
            "g" | "grad" | "∇w" | "∇f" => Nature::of_unit(Unit::SLOPE),
            "f" => Nature::of_unit(Unit::LOSS),
            "H" => Nature::of_unit(Unit::CURVATURE),
            _ => match known(name) {
                Some(value) => Nature::of_number(value),
                None => Nature::free(),
            },
        }
    })
}

fn role(rule: &Rule, name: &str, nature: &Nature, shape: Shape) -> Role {
    let is_state = rule.states.iter().any(|state| state.name == name);
    if shape != Shape::Vector {
        return Role::Numbers;
    }
    match nature.unit {
        _ if name == "w" => Role::Point,
        _ if nature.is_square => Role::Squares,
        Unit::SQUARED_SLOPE if is_state => Role::Squares,
        Unit::SQUARED_SLOPE | Unit::CURVATURE => Role::Numbers,
        Unit::PARAMETER if nature.is_point() => Role::Point,
        Unit::PARAMETER => Role::Step,
        _ if nature.is_positive => Role::Sizes,
        _ if nature.is_point() => Role::Point,
        Unit::SLOPE => Role::Slope,
        _ => Role::Direction,
    }
}
