//! Bounded loops: values that are carried from turn to turn while a condition holds.
//!
//! The nodes of a turn are those that depend on what is carried. They stand in the graph like all
//! others, but nothing outside reads them: outside there is only what the loop leaves,
//! [`Op::After`], whose operands are all that the loop reads.

use super::rows::Part;
use super::{Graph, NodeId, Op};
use std::collections::{HashMap, HashSet};

/// A loop's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LoopId(u32);

impl LoopId {
    /// As an index into a slice of all loops.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A loop: at most `limit` times, while `condition` is not 0, what is carried becomes `next`.
#[derive(Debug, Clone)]
pub struct Turns {
    /// Turns at most.
    pub limit: u32,
    /// What stands for each carried value within a turn.
    pub carried: Vec<NodeId>,
    /// Each carried value before the first turn.
    pub initial: Vec<NodeId>,
    /// Tested before each turn.
    pub condition: NodeId,
    /// Each carried value after a turn.
    pub next: Vec<NodeId>,
    /// The nodes of a turn that the condition needs, operands first.
    pub test: Vec<NodeId>,
    /// The other nodes of a turn, operands first.
    pub body: Vec<NodeId>,
    /// What it reads from outside.
    pub(super) reads: Vec<NodeId>,
}

impl Graph {
    /// What is left of `carried` (places made by [`Graph::variable`]) when `condition` fails or
    /// `limit` turns are over.
    pub fn repeat(
        &mut self,
        limit: u32,
        [carried, initial, next]: [Vec<NodeId>; 3],
        condition: NodeId,
    ) -> Vec<NodeId> {
        let inner = self.depends(&carried);
        let of_turn = |outputs: &[NodeId]| -> Vec<NodeId> {
            let needed = self.needed(outputs).into_iter();
            needed.filter(|id| inner[id.index()]).collect()
        };
        let test = of_turn(&[condition]);
        let mut body = of_turn(&next);
        body.retain(|id| test.binary_search(id).is_err());
        let mut reads: Vec<_> = test
            .iter()
            .chain(&body)
            .flat_map(|id| self.operands(*id))
            .chain(next.iter().copied())
            .chain([condition])
            .filter(|id| !inner[id.index()])
            .chain(initial.iter().copied())
            .collect();
        reads.sort_unstable();
        reads.dedup();
        let id = LoopId(u32::try_from(self.loops.len()).expect("a rule bounds its loops"));
        let places = 0..u32::try_from(carried.len()).expect("few values");
        self.loops.push(Turns {
            limit,
            carried,
            initial,
            condition,
            next,
            test,
            body,
            reads,
        });
        places
            .map(|place| self.intern(Op::After(id, place)))
            .collect()
    }

    /// A loop.
    pub fn turns(&self, id: LoopId) -> &Turns {
        &self.loops[id.index()]
    }

    /// `nodes` and the nodes of their loops and sums, each with how often it may run a time. Of a
    /// sum's nodes those that columns alone determine are left out: they are made beforehand.
    pub fn with_inner(&self, nodes: &[NodeId]) -> Vec<(NodeId, u64)> {
        let mut all = Vec::new();
        self.add_with_inner(nodes, 1, &mut all);
        all
    }

    fn add_with_inner(&self, nodes: &[NodeId], times: u64, all: &mut Vec<(NodeId, u64)>) {
        let mut seen = HashSet::new();
        for part in self.parts(nodes) {
            let id = match part {
                Part::Node(id) => id,
                Part::Pass(pass) => {
                    let times = times * self.rows_of(pass.rows) as u64;
                    all.extend(pass.varying.iter().map(|id| (*id, times)));
                    continue;
                }
            };
            all.push((id, times));
            if let Op::After(turns, _) = self.op(id)
                && seen.insert(turns)
            {
                let turns = self.turns(turns);
                let times = times * u64::from(turns.limit);
                self.add_with_inner(&turns.test, times, all);
                self.add_with_inner(&turns.body, times, all);
            }
        }
    }

    /// `outputs` with `to` in the places of `from`.
    ///
    /// What depends on `from` must be without loops, as a loss is.
    pub fn substitute(
        &mut self,
        outputs: &[NodeId],
        from: &[NodeId],
        to: &[NodeId],
    ) -> Vec<NodeId> {
        let depends = self.depends(from);
        let mut new: HashMap<NodeId, NodeId> =
            from.iter().copied().zip(to.iter().copied()).collect();
        for id in self.needed_with_bodies(outputs) {
            if !depends[id.index()] || new.contains_key(&id) {
                continue;
            }
            let of = |id: NodeId| new.get(&id).copied().unwrap_or(id);
            let node = match self.op(id) {
                Op::Unary(unary, x) => {
                    let x = of(x);
                    self.unary(unary, x)
                }
                Op::Binary(binary, a, b) => {
                    let (a, b) = (of(a), of(b));
                    self.binary(binary, a, b)
                }
                Op::Select(condition, chosen, other) => {
                    let (condition, chosen, other) = (of(condition), of(chosen), of(other));
                    self.select(condition, chosen, other)
                }
                Op::Sum(body, rows) => {
                    let body = of(body);
                    self.sum(body, rows)
                }
                Op::Constant(_)
                | Op::Input(_)
                | Op::Normal(_)
                | Op::Variable(_)
                | Op::After(..)
                | Op::Column(_) => id,
            };
            new.insert(id, node);
        }
        let of = |id: &NodeId| new.get(id).copied().unwrap_or(*id);
        outputs.iter().map(of).collect()
    }

    /// Which nodes depend on one of `places`.
    pub(super) fn depends(&self, places: &[NodeId]) -> Vec<bool> {
        let mut depends = vec![false; self.len()];
        for id in self.ids() {
            depends[id.index()] =
                places.contains(&id) || self.operands(id).any(|operand| depends[operand.index()]);
        }
        depends
    }
}
