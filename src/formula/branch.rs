//! Which branches of `if` a node stands in, so that the adjoint of a branch that is not chosen
//! is left out as a whole: 0 times its slope would be NaN where the slope is infinite, as in
//! `if(x > 0, x*log(x), 0)` at 0.

use super::{Graph, NodeId, Op};
use std::collections::HashMap;

/// Branches within branches that are told apart; deeper ones count as their surroundings.
const MAX_DEPTH: usize = 32;

/// A branch's number; [`EVERYWHERE`] is none.
pub type BranchId = usize;

/// Outside of all branches.
pub const EVERYWHERE: BranchId = 0;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Branch {
    /// The branch around it.
    parent: BranchId,
    condition: NodeId,
    /// Taken where the condition holds; else where it does not.
    holds: bool,
}

/// The branches of a value.
#[derive(Debug)]
pub struct Branches {
    /// All but [`EVERYWHERE`], from 1.
    list: Vec<Branch>,
    depths: Vec<usize>,
    known: HashMap<Branch, BranchId>,
    /// For each node the innermost branch that holds all its uses.
    of_node: Vec<Option<BranchId>>,
}

impl Branches {
    /// Of the nodes `needed`, operands first; those of `outside` are held to be used everywhere.
    pub fn new(graph: &Graph, needed: &[NodeId], outside: &[NodeId]) -> Self {
        let mut branches = Self {
            list: Vec::new(),
            depths: vec![0],
            known: HashMap::new(),
            of_node: vec![None; graph.len()],
        };
        for id in outside {
            branches.of_node[id.index()] = Some(EVERYWHERE);
        }
        for id in needed.iter().rev() {
            let op = graph.op(*id);
            for operand in graph.operands(*id) {
                // A condition has no slope, so that its uses do not count.
                if matches!(op, Op::Select(condition, _, _) if condition == operand) {
                    continue;
                }
                let Some(branch) = branches.entered(graph, *id, operand) else {
                    continue;
                };
                let before = branches.of_node[operand.index()];
                let common = before.map_or(branch, |before| branches.common(before, branch));
                branches.of_node[operand.index()] = Some(common);
            }
        }
        branches
    }

    /// The innermost branch around a node.
    pub fn around(&self, id: NodeId) -> BranchId {
        self.of_node[id.index()].unwrap_or(EVERYWHERE)
    }

    /// The branch in which `id` uses `operand`; `None` where nothing uses `id`.
    pub fn entered(&mut self, graph: &Graph, id: NodeId, operand: NodeId) -> Option<BranchId> {
        let parent = self.of_node[id.index()]?;
        let Op::Select(condition, chosen, _) = graph.op(id) else {
            return Some(parent);
        };
        if self.depths[parent] == MAX_DEPTH {
            return Some(parent);
        }
        let branch = Branch {
            parent,
            condition,
            holds: operand == chosen,
        };
        Some(*self.known.entry(branch).or_insert_with(|| {
            self.list.push(branch);
            self.depths.push(self.depths[parent] + 1);
            self.list.len()
        }))
    }

    /// The sum of `parts`, each of a branch, as it counts in `outer`, which is around them all.
    pub fn merged(
        &self,
        graph: &mut Graph,
        mut parts: Vec<(BranchId, NodeId)>,
        outer: BranchId,
    ) -> Option<NodeId> {
        while let Some(at) = self.deepest(&parts, outer) {
            let (inner, part) = parts.swap_remove(at);
            let branch = self.list[inner - 1];
            let opposite = Branch {
                holds: !branch.holds,
                ..branch
            };
            let sibling = parts
                .iter()
                .position(|(id, _)| *id > 0 && self.list[id - 1] == opposite);
            let other = match sibling {
                Some(at) => parts.swap_remove(at).1,
                None => graph.constant(0.0),
            };
            let (chosen, other) = if branch.holds {
                (part, other)
            } else {
                (other, part)
            };
            let part = graph.select(branch.condition, chosen, other);
            add(graph, &mut parts, branch.parent, part);
        }
        parts.into_iter().map(|(_, part)| part).next()
    }

    fn deepest(&self, parts: &[(BranchId, NodeId)], outer: BranchId) -> Option<usize> {
        let inner = parts.iter().enumerate().filter(|(_, (id, _))| *id != outer);
        inner
            .max_by_key(|(_, (id, _))| self.depths[*id])
            .map(|(at, _)| at)
    }

    fn common(&self, mut a: BranchId, mut b: BranchId) -> BranchId {
        while a != b {
            let deeper = if self.depths[a] >= self.depths[b] {
                &mut a
            } else {
                &mut b
            };
            *deeper = self.list[*deeper - 1].parent;
        }
        a
    }
}

/// Adds `part` to what `parts` has of the same branch.
pub fn add(graph: &mut Graph, parts: &mut Vec<(BranchId, NodeId)>, branch: BranchId, part: NodeId) {
    match parts.iter_mut().find(|(id, _)| *id == branch) {
        Some((_, sum)) => *sum = graph.add(*sum, part),
        None => parts.push((branch, part)),
    }
}
