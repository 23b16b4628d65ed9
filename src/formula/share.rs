//! Factors that products have in common. A number is taken out of products, so that equal ones meet
//! as one node; where `c·(p·x)` and `c·(p·y)` come of that, `c·p` is multiplied once.

use super::{Binary, Graph, NodeId, Op, Unary};
use std::collections::{HashMap, HashSet};

/// A number, or the sign of `-(p·x)`, with one factor of the product behind it.
type Shared = (Factor, NodeId);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Factor {
    Minus,
    Number(NodeId),
}

impl Graph {
    /// `outputs` with common factors multiplied once.
    pub(super) fn share_factors(&mut self, outputs: &[NodeId]) -> Vec<NodeId> {
        let needed = self.needed(outputs);
        let shared = self.shared_factors(&needed);
        if shared.is_empty() {
            return outputs.to_vec();
        }
        let mut new: HashMap<NodeId, NodeId> = HashMap::new();
        for id in needed {
            let op = match self.in_parts(id).and_then(|parts| taken(parts, &shared)) {
                Some(((factor, p), x)) => {
                    let of = |id: NodeId| new.get(&id).copied().unwrap_or(id);
                    let (p, x) = (of(p), of(x));
                    let common = match factor {
                        Factor::Minus => self.intern(Op::Unary(Unary::Neg, p)),
                        Factor::Number(c) => self.intern(Op::Binary(Binary::Mul, c, p)),
                    };
                    Op::Binary(Binary::Mul, common.min(x), common.max(x))
                }
                None => self.moved(self.op(id), &new),
            };
            let made = self.intern(op);
            if made != id {
                new.insert(id, made);
            }
        }
        let of = |id: &NodeId| new.get(id).copied().unwrap_or(*id);
        outputs.iter().map(of).collect()
    }

    /// What two nodes or more have in common.
    fn shared_factors(&self, needed: &[NodeId]) -> HashSet<Shared> {
        let mut counts: HashMap<Shared, u32> = HashMap::new();
        for (factor, a, b) in needed.iter().filter_map(|id| self.in_parts(*id)) {
            *counts.entry((factor, a)).or_default() += 1;
            if a != b {
                *counts.entry((factor, b)).or_default() += 1;
            }
        }
        let often = counts.into_iter().filter(|(_, count)| *count > 1);
        often.map(|(shared, _)| shared).collect()
    }

    /// The parts of `c·(a·b)` or `-(a·b)`.
    fn in_parts(&self, id: NodeId) -> Option<(Factor, NodeId, NodeId)> {
        let (factor, product) = match self.op(id) {
            Op::Unary(Unary::Neg, product) => (Factor::Minus, product),
            Op::Binary(Binary::Mul, c, product) => {
                self.as_constant(c)?;
                (Factor::Number(c), product)
            }
            _ => return None,
        };
        match self.op(product) {
            Op::Binary(Binary::Mul, a, b) if self.as_constant(a).is_none() => Some((factor, a, b)),
            _ => None,
        }
    }

    /// `op` on what its operands have become.
    fn moved(&self, op: Op, new: &HashMap<NodeId, NodeId>) -> Op {
        let of = |id: NodeId| new.get(&id).copied().unwrap_or(id);
        match op {
            Op::Unary(unary, x) => Op::Unary(unary, of(x)),
            Op::Binary(binary @ (Binary::Add | Binary::Mul), a, b) => {
                let (a, b) = (of(a), of(b));
                let is_first = self.as_constant(a).is_some();
                match is_first || a < b {
                    true => Op::Binary(binary, a, b),
                    false => Op::Binary(binary, b, a),
                }
            }
            Op::Binary(binary, a, b) => Op::Binary(binary, of(a), of(b)),
            Op::Select(condition, chosen, other) => {
                Op::Select(of(condition), of(chosen), of(other))
            }
            Op::Constant(_)
            | Op::Input(_)
            | Op::Normal(_)
            | Op::Variable(_)
            | Op::After(..)
            | Op::Column(_)
            | Op::Sum(..) => op,
        }
    }
}

/// Which factor of a product is shared, and the other one.
fn taken(
    (factor, a, b): (Factor, NodeId, NodeId),
    shared: &HashSet<Shared>,
) -> Option<(Shared, NodeId)> {
    let is_shared = |p: NodeId| shared.contains(&(factor, p));
    if is_shared(a) {
        Some(((factor, a), b))
    } else {
        is_shared(b).then_some(((factor, b), a))
    }
}
