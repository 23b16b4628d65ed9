//! In which branches of `if` an adjoint counts, so that what is not chosen is left out as a whole:
//! 0 times its slope would be NaN where the slope is infinite, as in `if(x > 0, x*log(x), 0)` at 0.

use crate::formula::{Binary, Graph, NodeId, Op};
use std::collections::HashMap;

/// Conditions that are told apart around one node; further ones do not count.
const MOST_CONDITIONS: usize = 32;

/// A condition, and whether it holds.
type Literal = (NodeId, bool);

/// The number of a set of conditions; [`EVERYWHERE`] is none.
pub type BranchId = usize;

/// Outside of all branches.
pub const EVERYWHERE: BranchId = 0;

/// An adjoint that counts in a branch; elsewhere it may be anything.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Its value.
    pub value: NodeId,
    /// Where it counts.
    pub branch: BranchId,
}

/// All branches, each the sorted conditions under which it is taken.
#[derive(Debug)]
pub struct Branches {
    list: Vec<Vec<Literal>>,
    known: HashMap<Vec<Literal>, BranchId>,
}

impl Branches {
    /// None but [`EVERYWHERE`].
    pub fn new() -> Self {
        Self {
            list: vec![Vec::new()],
            known: HashMap::from([(Vec::new(), EVERYWHERE)]),
        }
    }

    /// The sum of a node's `parts`, in the innermost branch that holds them all.
    pub fn sum(&mut self, graph: &mut Graph, parts: Vec<Part>) -> Option<Part> {
        let branches = parts.iter().map(|part| part.branch);
        let outer = branches.reduce(|a, b| self.common(a, b))?;
        let (value, is_whole) = self.merged(graph, parts, outer);
        if is_whole {
            return Some(Part {
                value,
                branch: outer,
            });
        }
        // Where no branch with a part in it is chosen, the sum is 0 and what follows is left out.
        let zero = graph.constant(0.0);
        let counts = graph.binary(Binary::NotEqual, value, zero);
        Some(Part {
            value,
            branch: self.within(outer, (counts, true)),
        })
    }

    /// The sum of `parts` wherever it may be asked for.
    pub fn sum_everywhere(&mut self, graph: &mut Graph, parts: Vec<Part>) -> Option<NodeId> {
        (!parts.is_empty()).then(|| self.merged(graph, parts, EVERYWHERE).0)
    }

    /// The branch in which `id`, itself in `around`, uses `operand`.
    pub fn entered(
        &mut self,
        graph: &Graph,
        around: BranchId,
        id: NodeId,
        operand: NodeId,
    ) -> BranchId {
        match graph.op(id) {
            Op::Select(condition, chosen, _) => self.within(around, (condition, operand == chosen)),
            _ => around,
        }
    }

    /// `around`, where a condition holds besides.
    fn within(&mut self, around: BranchId, condition: Literal) -> BranchId {
        let mut conditions = self.list[around].clone();
        match conditions.binary_search(&condition) {
            Err(at) if conditions.len() < MOST_CONDITIONS => conditions.insert(at, condition),
            _ => return around,
        }
        self.number(conditions)
    }

    /// The sum of `parts` in `outer`, which holds them all; and whether there is a part for each
    /// case.
    fn merged(
        &mut self,
        graph: &mut Graph,
        mut parts: Vec<Part>,
        outer: BranchId,
    ) -> (NodeId, bool) {
        let mut whole = parts.iter().any(|part| part.branch == outer);
        while let Some(at) = self.innermost(&parts, outer) {
            let part = parts.swap_remove(at);
            let place = self.innermost_condition(part.branch, outer);
            let mut conditions = self.list[part.branch].clone();
            let (condition, holds) = conditions[place];
            conditions[place].1 = !holds;
            let opposite = parts
                .iter()
                .position(|other| self.list[other.branch] == conditions);
            let other = opposite.map(|at| parts.swap_remove(at).value);
            conditions.remove(place);
            let branch = self.number(conditions);
            whole |= other.is_some() && branch == outer;
            let other = other.unwrap_or_else(|| graph.constant(0.0));
            let value = match holds {
                true => graph.select(condition, part.value, other),
                false => graph.select(condition, other, part.value),
            };
            add(graph, &mut parts, Part { value, branch });
        }
        (parts[0].value, whole)
    }

    fn innermost(&self, parts: &[Part], outer: BranchId) -> Option<usize> {
        let inner = parts
            .iter()
            .enumerate()
            .filter(|(_, part)| part.branch != outer);
        inner
            .max_by_key(|(_, part)| self.list[part.branch].len())
            .map(|(at, _)| at)
    }

    /// The place among the conditions of `inner` of the last that is not one of `outer`.
    fn innermost_condition(&self, inner: BranchId, outer: BranchId) -> usize {
        let outer = &self.list[outer];
        self.list[inner]
            .iter()
            .rposition(|condition| !outer.contains(condition))
            .expect("an inner branch has a condition more")
    }

    /// What two branches share.
    fn common(&mut self, a: BranchId, b: BranchId) -> BranchId {
        if a == b {
            return a;
        }
        let (a, b) = (&self.list[a], &self.list[b]);
        let shared = a.iter().filter(|condition| b.contains(condition));
        self.number(shared.copied().collect())
    }

    fn number(&mut self, conditions: Vec<Literal>) -> BranchId {
        if let Some(id) = self.known.get(&conditions) {
            return *id;
        }
        let id = self.list.len();
        self.list.push(conditions.clone());
        self.known.insert(conditions, id);
        id
    }
}

/// Adds `part` to what `parts` has of the same branch.
pub fn add(graph: &mut Graph, parts: &mut Vec<Part>, part: Part) {
    match parts.iter_mut().find(|known| known.branch == part.branch) {
        Some(known) => known.value = graph.add(known.value, part.value),
        None => parts.push(part),
    }
}
