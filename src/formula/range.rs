//! Formulas that leave the numbers' range on the way to a value that does not: `log(1 + exp(x))`
//! and its kin as people write them, made of functions that stay within.
//!
//! | written | made | written naively it fails |
//! |---|---|---|
//! | `log(c + a*exp(u) + exp(v) + …)` | `softplus`, nested | above u = 88 in f32 |
//! | `log1p(exp(u))` | `softplus(u)` | the same |
//! | `log(sigmoid(u))` | `-softplus(-u)` | below u = -88 |
//! | `1 - sigmoid(u)` | `sigmoid(-u)` | above u = 17 it is 0, and its logarithm infinite |
//! | `a/(1 + exp(u))` | `a*sigmoid(-u)` | its slope above u = 88 |
//! | `exp(u)/(1 + exp(u))` | `sigmoid(u)` | above u = 88 |

use super::{Binary, Graph, NodeId, Op, Unary};

/// Terms of a sum of exponentials at most: longer ones stay as they are written.
const MOST_TERMS: usize = 8;

impl Graph {
    /// What stands for `operation(x)` where that would leave the range on the way.
    pub(super) fn unary_within_range(&mut self, operation: Unary, x: NodeId) -> Option<NodeId> {
        match (operation, self.op(x)) {
            (Unary::Log1p, Op::Unary(Unary::Exp, u)) => Some(self.unary(Unary::Softplus, u)),
            (Unary::Log, Op::Unary(Unary::Sigmoid, u)) => {
                let minus = self.unary(Unary::Neg, u);
                let soft = self.unary(Unary::Softplus, minus);
                Some(self.unary(Unary::Neg, soft))
            }
            (Unary::Log, Op::Binary(Binary::Add, ..)) => self.log_of_exponentials(x),
            _ => None,
        }
    }

    /// What stands for `a / b` where that would leave the range on the way.
    pub(super) fn quotient_within_range(&mut self, a: NodeId, b: NodeId) -> Option<NodeId> {
        let u = self.one_plus_exponential(b)?;
        if self.op(a) == Op::Unary(Unary::Exp, u) {
            return Some(self.unary(Unary::Sigmoid, u));
        }
        let minus = self.unary(Unary::Neg, u);
        let part = self.unary(Unary::Sigmoid, minus);
        Some(self.mul(a, part))
    }

    /// u where `id` is `1 + exp(u)`.
    fn one_plus_exponential(&self, id: NodeId) -> Option<NodeId> {
        let Op::Binary(Binary::Add, a, b) = self.op(id) else {
            return None;
        };
        let exponential = match (self.is(a, 1.0), self.is(b, 1.0)) {
            (true, _) => b,
            (_, true) => a,
            _ => return None,
        };
        match self.op(exponential) {
            Op::Unary(Unary::Exp, u) => Some(u),
            _ => None,
        }
    }

    /// The logarithm of a sum of positive numbers and multiples of exponentials:
    /// log(eᵃ + eᵇ) = a + softplus(b - a), term after term.
    fn log_of_exponentials(&mut self, sum: NodeId) -> Option<NodeId> {
        let mut terms = Vec::new();
        let mut rest = vec![sum];
        while let Some(id) = rest.pop() {
            match self.op(id) {
                Op::Binary(Binary::Add, a, b) => rest.extend([b, a]),
                _ => terms.push(id),
            }
            if terms.len() + rest.len() > MOST_TERMS {
                return None;
            }
        }
        let is_constant = |id: &NodeId| self.as_constant(*id).is_some();
        if terms.iter().all(is_constant) || !terms.iter().all(|id| self.has_logarithm(*id)) {
            return None;
        }
        // So that log(1 + eᵘ) is softplus(u), exact where u is far below 0.
        terms.sort_by_key(|id| !is_constant(id));
        let logarithms: Vec<_> = terms.iter().map(|id| self.logarithm(*id)).collect();
        logarithms.into_iter().reduce(|a, b| {
            let apart = self.sub(b, a);
            let more = self.unary(Unary::Softplus, apart);
            self.add(a, more)
        })
    }

    /// Whether `id` is a positive number, an exponential, or a positive multiple of one.
    fn has_logarithm(&self, id: NodeId) -> bool {
        let is_positive = |id: NodeId| self.as_constant(id).is_some_and(|value| value > 0.0);
        match self.op(id) {
            Op::Constant(_) => is_positive(id),
            Op::Unary(Unary::Exp, _) => true,
            Op::Binary(Binary::Mul, factor, rest) => {
                is_positive(factor) && matches!(self.op(rest), Op::Unary(Unary::Exp, _))
            }
            _ => false,
        }
    }

    /// The logarithm of what [`Graph::has_logarithm`] holds for.
    fn logarithm(&mut self, id: NodeId) -> NodeId {
        match self.op(id) {
            Op::Unary(Unary::Exp, u) => u,
            Op::Binary(Binary::Mul, factor, rest) => {
                let factor = self.unary(Unary::Log, factor);
                let rest = self.logarithm(rest);
                self.add(factor, rest)
            }
            _ => self.unary(Unary::Log, id),
        }
    }
}
