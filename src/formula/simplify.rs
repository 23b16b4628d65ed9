//! How nodes are made: folded in f64, simplified by identities, brought into one order, so that
//! equal values meet as one node.
//!
//! The normal forms: a sum's and a product's operands in id order; a number first in a product,
//! and pulled out of nested products; signs pulled outwards (`a + -b` is `a - b`); a quotient by
//! what changes once a step is a product with its inverse.

use super::{Binary, Graph, NodeId, Op, Rate, Unary};

/// The largest integer exponent that is written as products.
const MAX_UNROLLED_POWER: f64 = 64.0;

impl Graph {
    /// `operation(x)`.
    pub fn unary(&mut self, operation: Unary, x: NodeId) -> NodeId {
        if let Some(value) = self.as_constant(x) {
            return self.constant(operation.of(value));
        }
        if let Some(safe) = self.unary_within_range(operation, x) {
            return safe;
        }
        match (operation, self.op(x)) {
            (Unary::Neg, Op::Unary(Unary::Neg, inner))
            | (Unary::Log, Op::Unary(Unary::Exp, inner)) => inner,
            (Unary::Neg, Op::Binary(Binary::Sub, a, b)) => self.sub(b, a),
            (Unary::Neg, Op::Binary(Binary::Mul, factor, rest)) if self.is_constant(factor) => {
                let factor = self.unary(Unary::Neg, factor);
                self.mul(factor, rest)
            }
            (Unary::Abs | Unary::Cos, Op::Unary(Unary::Neg, inner)) => self.unary(operation, inner),
            (Unary::Abs, Op::Unary(Unary::Abs | Unary::Sqrt | Unary::Exp, _)) => x,
            _ => self.intern(Op::Unary(operation, x)),
        }
    }

    /// `operation(a, b)`.
    pub fn binary(&mut self, operation: Binary, a: NodeId, b: NodeId) -> NodeId {
        match operation {
            Binary::Add => self.add(a, b),
            Binary::Sub => self.sub(a, b),
            Binary::Mul => self.mul(a, b),
            Binary::Div => self.div(a, b),
            Binary::Pow => self.pow(a, b),
            _ => self.folded(operation, a, b),
        }
    }

    /// `a + b`.
    pub fn add(&mut self, a: NodeId, b: NodeId) -> NodeId {
        if self.is(a, 0.0) {
            return b;
        }
        if self.is(b, 0.0) {
            return a;
        }
        if a == b {
            let two = self.constant(2.0);
            return self.mul(two, a);
        }
        if let Some(minus) = self.negated(b) {
            return self.sub(a, minus);
        }
        if let Some(minus) = self.negated(a) {
            return self.sub(b, minus);
        }
        if let Some(joined) = self.joined(a, b, 1.0).or_else(|| self.joined(b, a, 1.0)) {
            return joined;
        }
        self.folded(Binary::Add, a.min(b), a.max(b))
    }

    /// `a - b`.
    pub fn sub(&mut self, a: NodeId, b: NodeId) -> NodeId {
        if self.is(b, 0.0) {
            return a;
        }
        if a == b {
            return self.constant(0.0);
        }
        if let Some(minus) = self.negated(b) {
            return self.add(a, minus);
        }
        if self.is(a, 0.0) {
            return self.unary(Unary::Neg, b);
        }
        if let (true, Op::Unary(Unary::Sigmoid, x)) = (self.is(a, 1.0), self.op(b)) {
            let minus = self.unary(Unary::Neg, x);
            return self.unary(Unary::Sigmoid, minus);
        }
        if let Some(joined) = self.joined(a, b, -1.0) {
            return joined;
        }
        if let (Some(number), Some((own, is_minus, rest))) = (self.as_constant(a), self.offset(b)) {
            return self.with_offset(number - own, !is_minus, rest);
        }
        self.folded(Binary::Sub, a, b)
    }

    /// `sum` + sign·`number` where both are what their names say: one number in a sum of two.
    fn joined(&mut self, sum: NodeId, number: NodeId, sign: f64) -> Option<NodeId> {
        let number = self.as_constant(number)?;
        let (own, is_minus, rest) = self.offset(sum)?;
        Some(self.with_offset(own + sign * number, is_minus, rest))
    }

    /// The number in a sum or difference, whether the rest is subtracted from it, and the rest.
    fn offset(&self, id: NodeId) -> Option<(f64, bool, NodeId)> {
        let Op::Binary(sum @ (Binary::Add | Binary::Sub), a, b) = self.op(id) else {
            return None;
        };
        match (sum, self.as_constant(a), self.as_constant(b)) {
            (Binary::Add, Some(number), _) => Some((number, false, b)),
            (Binary::Add, _, Some(number)) => Some((number, false, a)),
            (_, Some(number), _) => Some((number, true, b)),
            (_, _, Some(number)) => Some((-number, false, a)),
            _ => None,
        }
    }

    /// `number + rest`, or `number - rest`.
    fn with_offset(&mut self, number: f64, is_minus: bool, rest: NodeId) -> NodeId {
        let number = self.constant(number);
        match is_minus {
            true => self.sub(number, rest),
            false => self.add(number, rest),
        }
    }

    /// `a · b`.
    pub fn mul(&mut self, a: NodeId, b: NodeId) -> NodeId {
        if self.is(a, 0.0) || self.is(b, 0.0) {
            return self.constant(0.0);
        }
        if self.is(a, 1.0) {
            return b;
        }
        if self.is(b, 1.0) {
            return a;
        }
        if self.is(a, -1.0) {
            return self.unary(Unary::Neg, b);
        }
        if self.is(b, -1.0) {
            return self.unary(Unary::Neg, a);
        }
        let ((factor_a, a), (factor_b, b)) = (self.factored(a), self.factored(b));
        let factor = factor_a * factor_b;
        let product = match (a, b) {
            (None, None) => return self.constant(factor),
            (Some(only), None) | (None, Some(only)) => only,
            (Some(a), Some(b)) => self.product(a, b),
        };
        match factor {
            1.0 => product,
            -1.0 => self.intern(Op::Unary(Unary::Neg, product)),
            _ => {
                let factor = self.constant(factor);
                self.intern(Op::Binary(Binary::Mul, factor, product))
            }
        }
    }

    /// The product of two that have no number in front; of what changes once a step, at most one
    /// factor is left beside the rest.
    fn product(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let (mut a, mut b) = (a.min(b), a.max(b));
        for (once, rest) in [(a, b), (b, a)] {
            if self.rate(once) != Rate::Step || self.rate(rest) <= Rate::Step {
                continue;
            }
            if let Op::Binary(Binary::Mul, x, y) = self.op(rest)
                && let Some((factor, rest)) = [(x, y), (y, x)]
                    .into_iter()
                    .find(|(factor, _)| self.rate(*factor) == Rate::Step)
            {
                (a, b) = (self.mul(once, factor), rest);
            }
        }
        self.intern(Op::Binary(Binary::Mul, a.min(b), a.max(b)))
    }

    /// `a / b`.
    pub fn div(&mut self, a: NodeId, b: NodeId) -> NodeId {
        if self.is(b, 1.0) || (self.is(a, 0.0) && !self.is(b, 0.0)) {
            return a;
        }
        if let Some(divisor) = self.as_constant(b)
            && divisor != 0.0
            && (1.0 / divisor).is_finite()
            && is_power_of_two(divisor)
        {
            let factor = self.constant(1.0 / divisor);
            return self.mul(factor, a);
        }
        if let Op::Unary(Unary::Neg, inner) = self.op(a) {
            let quotient = self.div(inner, b);
            return self.unary(Unary::Neg, quotient);
        }
        if let Some(safe) = self.quotient_within_range(a, b) {
            return safe;
        }
        if self.rate(b) == Rate::Step && self.rate(a) > Rate::Step {
            // One quotient a step in place of one a descent.
            let one = self.constant(1.0);
            let inverse = self.folded(Binary::Div, one, b);
            return self.mul(inverse, a);
        }
        self.folded(Binary::Div, a, b)
    }

    /// `base ^ exponent`; integer powers up to 64 become products, halves roots.
    pub fn pow(&mut self, base: NodeId, exponent: NodeId) -> NodeId {
        if self.is(base, std::f64::consts::E) {
            return self.unary(Unary::Exp, exponent);
        }
        let Some(power) = self.as_constant(exponent) else {
            return match self.as_constant(base) {
                Some(2.0) => self.unary(Unary::Exp2, exponent),
                _ => self.folded(Binary::Pow, base, exponent),
            };
        };
        if power == 0.0 {
            return self.constant(1.0);
        }
        if self.is_constant(base) {
            return self.folded(Binary::Pow, base, exponent);
        }
        if power == 0.5 {
            return self.unary(Unary::Sqrt, base);
        }
        if power.fract() != 0.0 || power.abs() > MAX_UNROLLED_POWER {
            return self.folded(Binary::Pow, base, exponent);
        }
        let product = self.integer_power(base, power.abs() as u32);
        if power < 0.0 {
            let one = self.constant(1.0);
            return self.div(one, product);
        }
        product
    }

    /// `chosen` where `condition` is not 0, else `other`.
    pub fn select(&mut self, condition: NodeId, chosen: NodeId, other: NodeId) -> NodeId {
        if chosen == other {
            return chosen;
        }
        match self.as_constant(condition) {
            Some(0.0) => other,
            Some(_) => chosen,
            None => self.intern(Op::Select(condition, chosen, other)),
        }
    }

    /// `x²`.
    pub fn square(&mut self, x: NodeId) -> NodeId {
        self.mul(x, x)
    }

    fn integer_power(&mut self, base: NodeId, power: u32) -> NodeId {
        let mut result = self.constant(1.0);
        let mut square = base;
        let mut rest = power;
        while rest > 0 {
            if rest & 1 == 1 {
                result = self.mul(result, square);
            }
            rest >>= 1;
            if rest > 0 {
                square = self.mul(square, square);
            }
        }
        result
    }

    fn folded(&mut self, operation: Binary, a: NodeId, b: NodeId) -> NodeId {
        match (self.as_constant(a), self.as_constant(b)) {
            (Some(left), Some(right)) => self.constant(operation.of(left, right)),
            _ => self.intern(Op::Binary(operation, a, b)),
        }
    }

    pub(super) fn is(&self, id: NodeId, value: f64) -> bool {
        self.as_constant(id) == Some(value)
    }

    fn is_constant(&self, id: NodeId) -> bool {
        self.as_constant(id).is_some()
    }

    /// `x` where `id` is `-x`, a negative number, or `c·y` with a negative `c`.
    fn negated(&mut self, id: NodeId) -> Option<NodeId> {
        match self.op(id) {
            Op::Unary(Unary::Neg, inner) => Some(inner),
            Op::Constant(bits) if f64::from_bits(bits) < 0.0 => {
                Some(self.constant(-f64::from_bits(bits)))
            }
            Op::Binary(Binary::Mul, factor, rest) => {
                let value = self.as_constant(factor).filter(|value| *value < 0.0)?;
                let factor = self.constant(-value);
                Some(self.mul(factor, rest))
            }
            _ => None,
        }
    }

    /// A node as a number times a rest without a number in front; no rest: a number alone.
    fn factored(&mut self, id: NodeId) -> (f64, Option<NodeId>) {
        if let Some(value) = self.as_constant(id) {
            return (value, None);
        }
        match self.op(id) {
            Op::Unary(Unary::Neg, inner) => (-1.0, Some(inner)),
            Op::Binary(Binary::Mul, factor, rest) => match self.as_constant(factor) {
                Some(value) => (value, Some(rest)),
                None => (1.0, Some(id)),
            },
            _ => (1.0, Some(id)),
        }
    }
}

fn is_power_of_two(value: f64) -> bool {
    value.abs().log2().fract() == 0.0
}
