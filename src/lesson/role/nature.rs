//! What can be told of a value from its expression: its unit, whether it can be below 0, whether it
//! is made of squares, how much of the point itself is in it.

use crate::formula::syntax::{Code, Expression, Instruction};
use crate::formula::{Binary, Unary};
use std::ops::Range;

/// A unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Fits any: a plain number.
    Free,
    /// Not told yet.
    Unknown,
    /// Powers of loss and of parameter, in halves.
    Of(i32, i32),
}

impl Unit {
    /// f.
    pub const LOSS: Self = Self::Of(2, 0);
    /// w.
    pub const PARAMETER: Self = Self::Of(0, 2);
    /// ∇f.
    pub const SLOPE: Self = Self::Of(2, -2);
    /// H.
    pub const CURVATURE: Self = Self::Of(2, -4);
    /// ∇f².
    pub const SQUARED_SLOPE: Self = Self::Of(4, -4);
    /// Signs and quotients.
    const ONE: Self = Self::Of(0, 0);

    /// Of a sum. Where a hidden unit stands in a number, as in `g + weight_decay*w`, a slope
    /// prevails.
    fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Free | Self::Unknown, unit) | (unit, Self::Free | Self::Unknown) => unit,
            (a, b) if a == b => a,
            (Self::SLOPE, _) | (_, Self::SLOPE) => Self::SLOPE,
            (a, _) => a,
        }
    }

    fn times(self, other: Self, sign: i32) -> Self {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Free, Self::Free) => Self::Free,
            (unit, Self::Free) => unit,
            (Self::Free, Self::Of(f, w)) => Self::Of(sign * f, sign * w),
            (Self::Of(f, w), Self::Of(g, v)) => Self::Of(f + sign * g, w + sign * v),
        }
    }

    fn to_the(self, power: Option<f64>) -> Self {
        match (self, power) {
            (Self::Of(f, w), Some(power)) => {
                let part = |part: i32| (f64::from(part) * power).round() as i32;
                Self::Of(part(f), part(w))
            }
            (Self::Of(..), None) => Self::Unknown,
            (other, _) => other,
        }
    }
}

/// What is told of a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Nature {
    /// Its unit.
    pub unit: Unit,
    /// Whether no number of it can be below 0.
    pub is_positive: bool,
    /// Whether it is a sum of squares with positive weights.
    pub is_square: bool,
    /// How many times the point `w` is in it, where that is told: 1 for a point, 0 for a way.
    point: Option<f64>,
    /// Its value, where it is a number that is told in advance.
    known: Option<f64>,
    /// Whether its unit was given with its first value, and so stays.
    is_given: bool,
}

impl Nature {
    /// A number of which nothing is known.
    pub fn free() -> Self {
        Self {
            unit: Unit::Free,
            is_positive: false,
            is_square: false,
            point: Some(0.0),
            known: None,
            is_given: false,
        }
    }

    /// A number.
    pub fn of_number(value: f64) -> Self {
        Self {
            is_positive: value >= 0.0,
            known: Some(value),
            ..Self::free()
        }
    }

    /// Something of a unit.
    pub fn of_unit(unit: Unit) -> Self {
        Self {
            unit,
            ..Self::free()
        }
    }

    /// `w` itself.
    pub fn point() -> Self {
        Self {
            point: Some(1.0),
            ..Self::of_unit(Unit::PARAMETER)
        }
    }

    /// Whether it is a place, not a way between two.
    pub fn is_point(&self) -> bool {
        self.point.is_some_and(|weight| (weight - 1.0).abs() < 1e-9)
    }

    /// Of a state whose first value this is: hopes for all that its later values may deny.
    pub fn at_first(self) -> Self {
        Self {
            unit: match self.unit {
                Unit::Free => Unit::Unknown,
                unit => unit,
            },
            is_given: self.unit != Unit::Free,
            is_square: self.is_positive,
            known: None,
            ..self
        }
    }

    /// Hears what a step makes of the state.
    pub fn carry(&mut self, after: &Self) {
        if !self.is_given && after.unit != Unit::Unknown {
            self.unit = after.unit;
        }
        self.is_positive &= after.is_positive;
        self.is_square &= after.is_square;
        if self.point != after.point {
            self.point = None;
        }
    }

    fn plus(&self, other: &Self, sign: f64) -> Self {
        let is_sum = sign > 0.0;
        let fits = |nature: &Self| nature.is_square || nature.is_positive && nature.known.is_some();
        Self {
            unit: self.unit.plus(other.unit),
            is_positive: is_sum && self.is_positive && other.is_positive,
            is_square: is_sum && (self.is_square || other.is_square) && fits(self) && fits(other),
            point: self.point.zip(other.point).map(|(a, b)| a + sign * b),
            known: self.known.zip(other.known).map(|(a, b)| a + sign * b),
            is_given: false,
        }
        .with_sign_of_known()
    }

    fn with_sign_of_known(self) -> Self {
        Self {
            is_positive: self.known.map_or(self.is_positive, |value| value >= 0.0),
            ..self
        }
    }

    /// One of two, whichever it will be.
    fn either(&self, other: &Self) -> Self {
        Self {
            unit: self.unit.plus(other.unit),
            is_positive: self.is_positive && other.is_positive,
            is_square: self.is_square && other.is_square,
            point: self.point.filter(|_| self.point == other.point),
            known: self.known.filter(|_| self.known == other.known),
            is_given: false,
        }
    }

    fn product(&self, other: &Self, sign: i32) -> Self {
        let scaled = |number: Option<f64>, point: Option<f64>| match (number, point) {
            (_, Some(0.0)) => Some(0.0),
            (Some(number), Some(weight)) if sign > 0 => Some(number * weight),
            (Some(number), Some(weight)) => Some(weight / number),
            _ => None,
        };
        let point = match (self.point, other.point) {
            (Some(0.0), point) if sign > 0 => scaled(self.known, point),
            (point, Some(0.0)) => scaled(other.known, point),
            _ => None,
        };
        let of = |a: f64, b: f64| if sign > 0 { a * b } else { a / b };
        Self {
            unit: self.unit.times(other.unit, sign),
            is_positive: self.is_positive && other.is_positive,
            is_square: self.is_positive
                && other.is_positive
                && (self.is_square || sign > 0 && other.is_square),
            point,
            known: self.known.zip(other.known).map(|(a, b)| of(a, b)),
            is_given: false,
        }
        .with_sign_of_known()
    }

    fn root(&self) -> Self {
        Self {
            is_positive: true,
            ..Self::of_unit(self.unit.to_the(Some(0.5)))
        }
    }
}

/// A value on the stack: its nature, its instructions, and its factors where it is a product.
struct Part {
    nature: Nature,
    code: Range<usize>,
    factors: Vec<Range<usize>>,
}

/// The nature of an expression whose names have those that `read` tells.
pub fn of(expression: &Expression, read: &dyn Fn(&str) -> Nature) -> Nature {
    let all = &expression.instructions;
    let mut stack: Vec<Part> = Vec::new();
    for (at, instruction) in all.iter().enumerate() {
        let operands = stack.split_off(stack.len().saturating_sub(instruction.code.takes()));
        let start = operands.first().map_or(at, |first| first.code.start);
        let code = start..at + 1;
        let mut factors = vec![code.clone()];
        let mut nature = match &instruction.code {
            Code::Number(value) => Nature::of_number(*value),
            Code::Name { name, .. } => read(name),
            Code::Unary(Unary::Neg) => negated(&operands[0].nature),
            Code::Unary(_) => Nature::free(),
            Code::Binary(binary) => binary_nature(*binary, &operands),
            Code::Call { name, .. } => call(name, &operands),
            Code::Loop { body, .. } => of(body, read),
        };
        if let Code::Binary(Binary::Mul) = instruction.code {
            factors = operands
                .iter()
                .flat_map(|part| part.factors.clone())
                .collect();
            if is_square_of_factors(all, &factors, read) {
                (nature.is_positive, nature.is_square) = (true, true);
            }
        }
        stack.push(Part {
            nature,
            code,
            factors,
        });
    }
    stack.pop().map_or_else(Nature::free, |part| part.nature)
}

/// Whether factors come in equal pairs, and what is left over is positive.
fn is_square_of_factors(
    all: &[Instruction],
    factors: &[Range<usize>],
    read: &dyn Fn(&str) -> Nature,
) -> bool {
    let same = |a: &Range<usize>, b: &Range<usize>| {
        let codes = |range: &Range<usize>| {
            all[range.clone()]
                .iter()
                .map(|i| &i.code)
                .collect::<Vec<_>>()
        };
        codes(a) == codes(b)
    };
    let mut single: Vec<Range<usize>> = Vec::new();
    let mut has_pair = false;
    for factor in factors {
        match single.iter().position(|other| same(other, factor)) {
            Some(at) => {
                single.swap_remove(at);
                has_pair = true;
            }
            None => single.push(factor.clone()),
        }
    }
    has_pair
        && single.into_iter().all(|range| {
            let instructions = all[range].to_vec();
            of(&Expression { instructions }, read).is_positive
        })
}

fn negated(nature: &Nature) -> Nature {
    Nature::of_number(0.0).plus(nature, -1.0)
}

fn binary_nature(binary: Binary, operands: &[Part]) -> Nature {
    let [a, b] = [&operands[0].nature, &operands[1].nature];
    match binary {
        Binary::Add => a.plus(b, 1.0),
        Binary::Sub => a.plus(b, -1.0),
        Binary::Mul => a.product(b, 1),
        Binary::Div => a.product(b, -1),
        Binary::Pow => {
            let is_even = b
                .known
                .is_some_and(|power| power % 2.0 == 0.0 && power > 0.0);
            Nature {
                is_positive: is_even || a.is_positive,
                is_square: is_even,
                known: a.known.zip(b.known).map(|(a, b)| a.powf(b)),
                ..Nature::of_unit(a.unit.to_the(b.known))
            }
        }
        Binary::Mod => Nature::of_unit(a.unit),
        Binary::Min | Binary::Max | Binary::Atan2 | Binary::Hypot => a.either(b),
        _ => Nature {
            is_positive: true,
            known: a.known.zip(b.known).map(|(a, b)| binary.of(a, b)),
            ..Nature::of_unit(Unit::ONE)
        },
    }
}

fn call(name: &str, operands: &[Part]) -> Nature {
    let nature = |i: usize| {
        operands
            .get(i)
            .map_or_else(Nature::free, |part| part.nature.clone())
    };
    let (a, b) = (nature(0), nature(1));
    let unit = |unit: Unit| Nature::of_unit(unit);
    match name {
        "sqrt" => a.root(),
        "abs" | "norm" => Nature {
            is_positive: true,
            ..unit(a.unit)
        },
        "sign" => unit(Unit::ONE),
        "max" => {
            let both = a.either(&b);
            Nature {
                is_positive: a.is_positive || b.is_positive,
                ..both
            }
        }
        "min" => a.either(&b),
        "clamp" => Nature {
            is_positive: b.is_positive,
            ..unit(a.unit.plus(b.unit))
        },
        "if" => match a.known {
            Some(0.0) => nature(2),
            Some(_) => b,
            None => b.either(&nature(2)),
        },
        "dot" | "outer" | "matvec" => unit(a.unit.times(b.unit, 1)),
        "solve" => unit(b.unit.times(a.unit, -1)),
        "diag" | "eigmin" | "relu" | "floor" | "ceil" | "round" => unit(a.unit),
        "loss_at" => unit(Unit::LOSS),
        "grad_at" => unit(Unit::SLOPE),
        "hvp" => unit(Unit::CURVATURE.times(a.unit, 1)),
        _ => Nature::free(),
    }
}
