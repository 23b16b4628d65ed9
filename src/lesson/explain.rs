//! A step taken apart: the rule's statements one after the other, each with its symbols, its
//! numbers and its value. Made from the rule's text and the graph that runs, for every rule alike.

mod live;

use super::math::Math;
use super::role::{Role, roles};
use super::symbol::symbol;
use super::typeset::{Formula, Reading, typeset};
use crate::formula::evaluate::{Precision, Tape};
use crate::formula::syntax::Expression;
use crate::formula::{LoopId, NodeId, Op, Shape, Value};
use crate::optimizer::lines::{Assigned, LineNodes};
use crate::optimizer::rule::{Assignment, Repeat};
use crate::optimizer::update::Input;
use crate::optimizer::{Carried, Line, Rule, Update};
use std::collections::HashMap;

/// Takes the steps of one rule on one loss apart.
#[derive(Debug, Clone)]
pub struct Explainer {
    rule: Rule,
    update: Update,
    tape: Tape,
    /// Of each assignment, in the order of the rule's text.
    roles: Vec<Role>,
    /// Of each assignment likewise, whether the step or a later one depends on it.
    matters: Vec<bool>,
}

/// A step, statement by statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The step's number, 1 for the first.
    pub step: u64,
    /// Where it begins, a number a parameter.
    pub from: Vec<f64>,
    /// In the order in which they run.
    pub statements: Vec<Statement>,
    /// Where it ends.
    pub to: Vec<f64>,
}

/// What runs at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The right side, or the condition.
    pub formula: Formula,
    /// In a loop: which of its turns, from 1.
    pub turn: Option<u32>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What comes of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A name has a value.
    Assigned {
        /// As the rule writes it.
        name: String,
        /// As a formula shows it.
        symbol: Math,
        /// The value's shape.
        shape: Shape,
        /// Its numbers.
        value: Vec<f64>,
        /// What the name stood for before, in the same shape.
        before: Option<Vec<f64>>,
        /// How it is drawn.
        role: Role,
    },
    /// A loop's condition holds, and the loop turns once more; or it ends.
    Tested(bool),
}

/// What nodes are at one moment of a step.
type Values<'a> = &'a dyn Fn(NodeId) -> f64;

/// One loop's turn as it was.
struct SeenTurn {
    of: LoopId,
    is_done: bool,
    values: HashMap<NodeId, f64>,
}

impl Explainer {
    /// For a rule and the update that was made from it.
    pub fn new(rule: &Rule, update: &Update) -> Self {
        let mut outputs: Vec<_> = update.next.iter().chain(&update.shown).copied().collect();
        outputs.extend(update.slots.iter().map(|slot| slot.next));
        outputs.extend(update.lines.iter().flat_map(nodes_of_line));
        let mut explainer = Self {
            tape: Tape::new(&update.graph, &outputs),
            roles: roles(rule, &shapes(update), &|name| known(update, name)),
            rule: rule.clone(),
            update: update.clone(),
            matters: Vec::new(),
        };
        explainer.matters = live::assignments(rule, &explainer.formulas());
        explainer
    }

    /// Every expression of the rule's lines as a formula, whatever its numbers.
    fn formulas(&self) -> Vec<Formula> {
        let lines = self.rule.lines.iter().zip(&self.update.lines);
        let of_line = lines.flat_map(|(line, nodes)| {
            let reads = reads_of_line(nodes);
            let formulas = line.expressions().zip(reads);
            formulas.map(|(expression, reads)| self.formula(expression, reads, &|_| f64::NAN))
        });
        of_line.collect()
    }

    /// The rule on its loss.
    pub fn update(&self) -> &Update {
        &self.update
    }

    /// The step that follows on what a descent carries; its number in its team chooses what
    /// `normal` draws. [`Precision::Single`] rounds as the GPU does.
    pub fn explain(&mut self, at: &Carried, descent: u32, precision: Precision) -> Explanation {
        let step = at.steps + 1;
        self.tape.precision = precision;
        self.tape.chance.seed = self.update.seed;
        self.tape.chance.descent = descent;
        self.tape.chance.step = step as u32;
        let turns = self.run(&self.inputs(at, step));
        let values: Values<'_> = &|id| self.tape.value(id);
        let mut statements = Vec::new();
        let mut told = self.roles.iter().copied().zip(self.matters.iter().copied());
        let mut turns = turns.into_iter().peekable();
        for (line, nodes) in self.rule.lines.iter().zip(&self.update.lines) {
            match (line, nodes) {
                (Line::Assign(assignment), LineNodes::Assign(assigned)) => {
                    let (role, matters) = told.next().unwrap_or((Role::Numbers, true));
                    if matters {
                        statements.push(self.assigned(assignment, assigned, role, None, values));
                    }
                }
                (Line::Repeat(repeat), LineNodes::Repeat { after, .. }) => {
                    let id = loop_of(&self.update, after);
                    let roles: Vec<_> = told.by_ref().take(repeat.body.len()).collect();
                    let mut number = 0;
                    while let Some(turn) = turns.next_if(|turn| Some(turn.of) == id) {
                        number += u32::from(!turn.is_done);
                        self.turn(repeat, nodes, &roles, &turn, number, &mut statements);
                    }
                }
                _ => {}
            }
        }
        Explanation {
            step,
            from: at.parameters.clone(),
            statements,
            to: self.update.next.iter().map(|id| values(*id)).collect(),
        }
    }

    fn inputs(&self, at: &Carried, step: u64) -> Vec<f64> {
        let inputs = self.update.inputs.iter().map(|input| match input {
            Input::Parameter(i) => at.parameters[*i],
            Input::State(i) => at.slots.get(*i).copied().unwrap_or(0.0),
            Input::Step => step as f64,
            Input::Hyper(value) => *value,
        });
        inputs.collect()
    }

    /// Runs the step; tells what its loops came to, turn by turn.
    fn run(&mut self, inputs: &[f64]) -> Vec<SeenTurn> {
        let mut watched: HashMap<LoopId, Vec<NodeId>> = HashMap::new();
        for line in &self.update.lines {
            if let LineNodes::Repeat { after, .. } = line
                && let Some(id) = loop_of(&self.update, after)
            {
                watched.insert(id, nodes_of_line(line).collect());
            }
        }
        let mut turns = Vec::new();
        self.tape.run_watched(inputs, |turn| {
            let Some(nodes) = watched.get(&turn.of) else {
                return;
            };
            let values = nodes.iter().map(|id| (*id, turn.value(*id)));
            turns.push(SeenTurn {
                of: turn.of,
                is_done: turn.is_done,
                values: values.collect(),
            });
        });
        turns
    }

    fn turn(
        &self,
        repeat: &Repeat,
        nodes: &LineNodes,
        told: &[(Role, bool)],
        turn: &SeenTurn,
        number: u32,
        statements: &mut Vec<Statement>,
    ) {
        let LineNodes::Repeat {
            condition,
            reads,
            sides,
            body,
            ..
        } = nodes
        else {
            return;
        };
        // What a turn does not change was computed before the loop.
        let values: Values<'_> = &|id| turn.values.get(&id).copied().unwrap_or(f64::NAN);
        if !turn.is_done {
            let mut formula = self.formula(&repeat.condition, reads, values);
            if let Some([left, right]) = sides {
                formula = formula.with_sides(values(*left), values(*right));
            }
            statements.push(Statement {
                formula,
                turn: Some(number),
                outcome: Outcome::Tested(values(*condition) != 0.0),
            });
            return;
        }
        let assigned = repeat.body.iter().zip(body).zip(told);
        let assigned = assigned.filter(|(_, (_, matters))| *matters);
        statements.extend(assigned.map(|((assignment, assigned), (role, _))| {
            self.assigned(assignment, assigned, *role, Some(number), values)
        }));
    }

    fn assigned(
        &self,
        assignment: &Assignment,
        assigned: &Assigned,
        role: Role,
        turn: Option<u32>,
        values: Values<'_>,
    ) -> Statement {
        let (name, _) = &assignment.target;
        let numbers = |value: &Value| value.nodes().iter().map(|id| values(*id)).collect();
        let before = assigned.before.as_ref();
        Statement {
            formula: self.formula(&assignment.value, &assigned.reads, values),
            turn,
            outcome: Outcome::Assigned {
                name: name.clone(),
                symbol: symbol(name),
                shape: assigned.value.shape(),
                value: numbers(&assigned.value),
                before: before
                    .filter(|before| before.shape() == assigned.value.shape())
                    .map(numbers),
                role,
            },
        }
    }

    fn formula(
        &self,
        expression: &Expression,
        reads: &[(String, Value)],
        values: Values<'_>,
    ) -> Formula {
        typeset(expression, &|name| {
            let (_, value) = reads.iter().find(|(known, _)| known == name)?;
            Some(self.reading(name, value, values))
        })
    }

    fn reading(&self, name: &str, value: &Value, values: Values<'_>) -> Reading {
        let nodes = value.nodes();
        let graph = &self.update.graph;
        let is_setting = self.rule.setting_names().any(|setting| setting == name);
        let is_constant = graph.as_constant(nodes[0]).is_some();
        // What the settings decide is known before anything has run.
        let number = |id: &NodeId| known_node(&self.update, *id).unwrap_or_else(|| values(*id));
        Reading {
            shape: value.shape(),
            numbers: nodes.iter().map(number).collect(),
            is_set: is_setting && known_node(&self.update, nodes[0]).is_some(),
            is_folded: is_setting && is_constant,
        }
    }
}

/// What a node is whatever the step and the descent.
fn known_node(update: &Update, node: NodeId) -> Option<f64> {
    match update.graph.op(node) {
        Op::Constant(bits) => Some(f64::from_bits(bits)),
        Op::Input(input) => match update.inputs[input.index()] {
            Input::Hyper(value) => Some(value),
            Input::Parameter(_) | Input::State(_) | Input::Step => None,
        },
        _ => None,
    }
}

/// A hyperparameter's or a flag's value.
fn known(update: &Update, name: &str) -> Option<f64> {
    let (_, node) = update.settings.iter().find(|(known, _)| known == name)?;
    known_node(update, *node)
}

fn assigned_of_line(line: &LineNodes) -> &[Assigned] {
    match line {
        LineNodes::Assign(assigned) => std::slice::from_ref(assigned),
        LineNodes::Repeat { body, .. } => body,
    }
}

/// What the expressions of a line read, in the order of [`Line::expressions`].
fn reads_of_line(line: &LineNodes) -> impl Iterator<Item = &[(String, Value)]> {
    let tested = match line {
        LineNodes::Assign(_) => None,
        LineNodes::Repeat { reads, .. } => Some(reads.as_slice()),
    };
    let assigned = assigned_of_line(line).iter();
    tested
        .into_iter()
        .chain(assigned.map(|assigned| assigned.reads.as_slice()))
}

fn shapes(update: &Update) -> Vec<Shape> {
    let assigned = update.lines.iter().flat_map(assigned_of_line);
    assigned.map(|assigned| assigned.value.shape()).collect()
}

/// All nodes whose values a line's statements show.
fn nodes_of_line(line: &LineNodes) -> impl Iterator<Item = NodeId> {
    let tested = match line {
        LineNodes::Assign(_) => Vec::new(),
        LineNodes::Repeat {
            condition,
            reads,
            sides,
            ..
        } => {
            let reads = reads.iter().flat_map(|(_, value)| value.nodes());
            let sides = sides.iter().flatten();
            std::iter::once(condition)
                .chain(reads)
                .chain(sides)
                .copied()
                .collect()
        }
    };
    let assigned = assigned_of_line(line).iter().flat_map(|assigned| {
        let reads = assigned.reads.iter().map(|(_, value)| value);
        let all = reads.chain(&assigned.before).chain([&assigned.value]);
        all.flat_map(|value| value.nodes().iter().copied())
    });
    tested.into_iter().chain(assigned)
}

fn loop_of(update: &Update, after: &[NodeId]) -> Option<LoopId> {
    match update.graph.op(*after.first()?) {
        Op::After(id, _) => Some(id),
        _ => None,
    }
}
