//! A part of a formula while it is put together: both sides, and where brackets are needed.

use super::super::math::Math;
use super::super::number::{DIGITS, number};

/// How strongly a part holds together, weakest first.
pub const IF: u8 = 0;
/// `a < b`.
pub const COMPARISON: u8 = 1;
/// `a + b`, `−a`.
pub const SUM: u8 = 2;
/// `a b`.
pub const PRODUCT: u8 = 3;
/// One over the other.
const FRACTION: u8 = 4;
/// What needs no brackets anywhere.
pub const ATOM: u8 = 5;

/// Boxes within boxes at most; deeper ones are written in one line.
const MOST_DEPTH: usize = 6;

/// A part of a formula, with its symbols and with its numbers.
#[derive(Debug, Clone)]
pub struct Piece {
    body: Body,
    /// Its value, where the settings alone decide it.
    pub known: Option<f64>,
    /// Whether it is a number that the settings have put in the place of a name.
    pub is_folded: bool,
}

#[derive(Debug, Clone)]
enum Body {
    Whole([Math; 2], [u8; 2]),
    Product(Vec<Factor>),
}

#[derive(Debug, Clone)]
struct Factor {
    sides: [Math; 2],
    strengths: [u8; 2],
    power: u32,
}

impl Piece {
    /// A part of two sides, each as strong as said.
    pub fn new(sides: [Math; 2], strengths: [u8; 2], known: Option<f64>) -> Self {
        Self {
            body: Body::Whole(sides, strengths),
            known,
            is_folded: false,
        }
    }

    /// The same on both sides.
    pub fn of_sign(sign: Math) -> Self {
        Self::new([sign.clone(), sign], [ATOM; 2], None)
    }

    /// A number of the text, or one that the settings have put there.
    pub fn of_number(value: f64, is_folded: bool) -> Self {
        let (math, strength) = number_math(value);
        Self {
            is_folded,
            ..Self::new([math.clone(), math], [strength; 2], Some(value))
        }
    }

    /// `name(a, b, …)`.
    pub fn function(name: &str, arguments: Vec<Self>) -> Self {
        let arguments: Vec<_> = arguments.into_iter().map(Self::into_sides).collect();
        let side = |i: usize| {
            let mut row = vec![Math::text(format!("{name}("))];
            for (at, argument) in arguments.iter().enumerate() {
                if at > 0 {
                    row.push(Math::text(", "));
                }
                row.push(argument[i].clone());
            }
            row.push(Math::text(")"));
            Math::Row(row)
        };
        Self::new([side(0), side(1)], [ATOM; 2], None)
    }

    /// Symbols and numbers.
    pub fn into_sides(self) -> [Math; 2] {
        match self.body {
            Body::Whole(sides, _) => sides,
            Body::Product(factors) => [0, 1].map(|i| product(&factors, i)),
        }
    }

    fn strengths(&self) -> [u8; 2] {
        match &self.body {
            Body::Whole(_, strengths) => *strengths,
            Body::Product(_) => [PRODUCT; 2],
        }
    }

    /// Both sides, in brackets where they are weaker than `least`.
    pub fn bracketed(self, least: u8) -> [Math; 2] {
        let strengths = self.strengths();
        let [symbols, numbers] = self.into_sides();
        [(symbols, strengths[0]), (numbers, strengths[1])]
            .map(|(math, strength)| in_brackets(math, strength, least))
    }

    /// Whether it is a number, put there by the settings, of this value.
    fn is_folded_to(&self, value: f64) -> bool {
        self.is_folded && self.known == Some(value)
    }

    /// The number that two parts make, where the settings decide that.
    fn folded(&self, other: &Self, of: fn(f64, f64) -> f64) -> Option<Self> {
        let value = of(self.known?, other.known?);
        (self.is_folded || other.is_folded).then(|| Self::of_number(value, true))
    }

    /// `a sign b`.
    pub fn joined(self, sign: &str, other: Self, strength: u8) -> Self {
        let left = self.bracketed(strength + 1);
        let right = other.bracketed(strength + 1);
        let mut right = right.into_iter();
        let sides = left.map(|left| {
            let right = right.next().expect("two sides");
            Math::Row(vec![left, Math::text(sign), right])
        });
        Self::new(sides, [strength; 2], None)
    }

    /// `a + b`.
    pub fn plus(self, other: Self, sign: &str) -> Self {
        let known = self.known.zip(other.known).map(|(a, b)| a + b);
        if let Some(number) = self.folded(&other, |a, b| a + b) {
            return number;
        }
        if self.is_folded_to(0.0) {
            return other;
        }
        if other.is_folded_to(0.0) {
            return self;
        }
        self.summed(other, sign, known)
    }

    /// `a − b`.
    pub fn minus(self, other: Self) -> Self {
        let known = self.known.zip(other.known).map(|(a, b)| a - b);
        if let Some(number) = self.folded(&other, |a, b| a - b) {
            return number;
        }
        if self.is_folded_to(0.0) {
            return other.negated();
        }
        if other.is_folded_to(0.0) {
            return self;
        }
        self.summed(other, " − ", known)
    }

    /// The opposite of a comparison, `a > b` of `a ≤ b`; `None` of anything else.
    pub fn opposite(&self) -> Option<Self> {
        const OPPOSITES: [(&str, &str); 6] = [
            (" < ", " ≥ "),
            (" ≤ ", " > "),
            (" > ", " ≤ "),
            (" ≥ ", " < "),
            (" = ", " ≠ "),
            (" ≠ ", " = "),
        ];
        let turned = |side: &Math| {
            let Math::Row(parts) = side else { return None };
            let [left, Math::Text(sign), right] = parts.as_slice() else {
                return None;
            };
            let (_, opposite) = OPPOSITES.iter().find(|(known, _)| known == sign)?;
            let sign = Math::text(*opposite);
            Some(Math::Row(vec![left.clone(), sign, right.clone()]))
        };
        match &self.body {
            Body::Whole([symbols, numbers], [COMPARISON, COMPARISON]) => {
                let sides = [turned(symbols)?, turned(numbers)?];
                let known = self.known.map(|holds| 1.0 - holds);
                Some(Self::new(sides, [COMPARISON; 2], known))
            }
            _ => None,
        }
    }

    /// Long sums stay one row, so that nothing nests deeply.
    fn summed(self, other: Self, sign: &str, known: Option<f64>) -> Self {
        let strengths = self.strengths();
        let left = self.bracketed(SUM);
        let mut right = other.bracketed(SUM + 1).into_iter();
        let mut side = 0;
        let sides = left.map(|left| {
            let is_sum = strengths[side] == SUM;
            side += 1;
            let mut row = match left {
                Math::Row(row) if is_sum => row,
                other => vec![other],
            };
            row.push(Math::text(sign));
            row.push(right.next().expect("two sides"));
            Math::Row(row)
        });
        Self::new(sides, [SUM; 2], known)
    }

    /// `−a`.
    pub fn negated(self) -> Self {
        if let (true, Some(value)) = (self.is_folded, self.known) {
            return Self::of_number(-value, true);
        }
        let known = self.known.map(|value| -value);
        let sides = self.bracketed(PRODUCT);
        let sides = sides.map(|side| Math::Row(vec![Math::text("−"), side]));
        Self::new(sides, [SUM; 2], known)
    }

    /// `a b`; a factor beside itself becomes its square.
    pub fn times(self, other: Self) -> Self {
        let known = self.known.zip(other.known).map(|(a, b)| a * b);
        if let Some(number) = self.folded(&other, |a, b| a * b) {
            return number;
        }
        if self.is_folded_to(0.0) || other.is_folded_to(0.0) {
            return Self::of_number(0.0, true);
        }
        if self.is_folded_to(1.0) {
            return other;
        }
        if other.is_folded_to(1.0) {
            return self;
        }
        let mut factors = self.into_factors();
        for factor in other.into_factors() {
            match factors.last_mut() {
                Some(last) if last.sides[0] == factor.sides[0] => last.power += factor.power,
                _ => factors.push(factor),
            }
        }
        Self {
            body: Body::Product(factors),
            known,
            is_folded: false,
        }
    }

    fn into_factors(self) -> Vec<Factor> {
        match self.body {
            Body::Product(factors) => factors,
            Body::Whole(sides, strengths) => vec![Factor {
                sides,
                strengths,
                power: 1,
            }],
        }
    }

    /// `a` over `b`.
    pub fn over(self, other: Self) -> Self {
        let known = self.known.zip(other.known).map(|(a, b)| a / b);
        if let Some(number) = self.folded(&other, |a, b| a / b) {
            return number;
        }
        if self.is_folded_to(0.0) {
            return self;
        }
        if other.is_folded_to(1.0) {
            return self;
        }
        let depth = self.depth().max(other.depth());
        if depth >= MOST_DEPTH {
            return Self {
                known,
                ..self.joined(" / ", other, PRODUCT)
            };
        }
        let [top, top_numbers] = self.into_sides();
        let [bottom, bottom_numbers] = other.into_sides();
        let sides = [
            Math::fraction(top, bottom),
            Math::fraction(top_numbers, bottom_numbers),
        ];
        Self::new(sides, [FRACTION; 2], known)
    }

    /// `a` to the power `b`.
    pub fn power(self, other: Self) -> Self {
        let known = self.known.zip(other.known).map(|(a, b)| a.powf(b));
        if let Some(number) = self.folded(&other, f64::powf) {
            return number;
        }
        if self.depth().max(other.depth()) >= MOST_DEPTH {
            return Self {
                known,
                ..self.joined("^", other, PRODUCT)
            };
        }
        let base = self.bracketed(ATOM);
        let mut power = other.into_sides().into_iter();
        let sides = base.map(|base| Math::raised(base, power.next().expect("two sides")));
        Self::new(sides, [ATOM; 2], known)
    }

    /// Under a root.
    pub fn root(self) -> Self {
        if self.depth() >= MOST_DEPTH {
            return Self::function("sqrt", vec![self]);
        }
        let sides = self.into_sides();
        Self::new(
            sides.map(|side| Math::Root(Box::new(side))),
            [ATOM; 2],
            None,
        )
    }

    /// Between two signs.
    pub fn between(open: &str, inner: Self, close: &str) -> Self {
        let sides = inner.into_sides();
        Self::new(
            sides.map(|side| Math::within(open, side, close)),
            [ATOM; 2],
            None,
        )
    }

    fn depth(&self) -> usize {
        let of = |sides: &[Math; 2]| sides[0].depth().max(sides[1].depth());
        match &self.body {
            Body::Whole(sides, _) => of(sides),
            Body::Product(factors) => {
                let depths = factors.iter().map(|factor| 1 + of(&factor.sides));
                depths.max().unwrap_or(0)
            }
        }
    }
}

/// A number, and how strongly it holds together.
pub fn number_math(value: f64) -> (Math, u8) {
    let text = number(value, DIGITS);
    let strength = match (text.starts_with('−'), text.contains('×')) {
        (true, _) => SUM,
        (_, true) => PRODUCT,
        _ => ATOM,
    };
    (Math::Text(text), strength)
}

fn in_brackets(math: Math, strength: u8, least: u8) -> Math {
    match strength < least {
        true => Math::within("(", math, ")"),
        false => math,
    }
}

/// The factors in a row: beside each other where symbols are single signs, else with a dot.
fn product(factors: &[Factor], side: usize) -> Math {
    let mut row: Vec<Math> = Vec::new();
    for factor in factors {
        let (math, strength) = (factor.sides[side].clone(), factor.strengths[side]);
        let math = match factor.power {
            1 => in_brackets(math, strength, PRODUCT),
            power => Math::raised(
                in_brackets(math, strength, ATOM),
                Math::text(power.to_string()),
            ),
        };
        if let Some(last) = row.last() {
            let close = side == 0 && is_short(last) && is_short(&math) && !begins_with_digit(&math);
            row.push(Math::text(if close { " " } else { " · " }));
        }
        row.push(math);
    }
    match row.len() {
        1 => row.remove(0),
        _ => Math::Row(row),
    }
}

/// Whether it is no word of several letters, which would run together with its neighbour.
fn is_short(math: &Math) -> bool {
    match math {
        Math::Text(text) => {
            let letters = text.chars().filter(|c| c.is_alphabetic()).count();
            letters <= 1 || text.starts_with('∇')
        }
        Math::Lowered(parts) | Math::Raised(parts) => is_short(&parts[0]),
        Math::Row(parts) => {
            matches!(parts.first(), Some(Math::Text(open)) if open == "(" || open == "‖" || open == "⟨")
        }
        Math::Fraction(_) | Math::Root(_) | Math::Grid(_) => true,
    }
}

fn begins_with_digit(math: &Math) -> bool {
    match math {
        Math::Text(text) => text.starts_with(|c: char| c.is_ascii_digit()),
        Math::Lowered(parts) | Math::Raised(parts) => begins_with_digit(&parts[0]),
        Math::Row(parts) => parts.first().is_some_and(begins_with_digit),
        Math::Fraction(_) | Math::Root(_) | Math::Grid(_) => false,
    }
}
