//! An expression as a formula: once with its symbols, once with the numbers that they stand for.
//!
//! What the settings have decided is left out, as the graph leaves it out: a flag's other branch,
//! and what a hyperparameter of 0 multiplies.

mod calls;
mod piece;

use super::math::Math;
use super::number::{DIGITS, number};
use super::symbol::symbol;
use crate::formula::syntax::{Code, Expression};
use crate::formula::{Binary, Shape, Unary};
use std::collections::BTreeSet;

use piece::{ATOM, COMPARISON, IF, PRODUCT, Piece, number_math};

/// What a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// One number, one a parameter, or one a pair of them.
    pub shape: Shape,
    /// Its numbers, row by row.
    pub numbers: Vec<f64>,
    /// Whether the settings alone decide it, whatever the step and the descent.
    pub is_set: bool,
    /// Whether it is folded away, as flags and hyperparameters of 0 are.
    pub is_folded: bool,
}

/// A formula with its symbols and with its numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    /// The names in it.
    pub names: BTreeSet<String>,
    /// `β₁ m + (1 − β₁) ∇f`.
    pub symbols: Math,
    /// The same with numbers in the places of names.
    pub numbers: Math,
}

impl Formula {
    /// A comparison, with what its two sides come to in the place of the numbers.
    pub fn with_sides(self, left: f64, right: f64) -> Self {
        let sign = match &self.symbols {
            Math::Row(parts) => parts.get(1).cloned(),
            _ => None,
        };
        let Some(sign) = sign else {
            return self;
        };
        let side = |value| Math::Text(number(value, DIGITS));
        Self {
            numbers: Math::Row(vec![side(left), sign, side(right)]),
            ..self
        }
    }
}

/// The formula of an expression; `read` tells what each of its names stands for.
pub fn typeset(expression: &Expression, read: &dyn Fn(&str) -> Option<Reading>) -> Formula {
    let whole = part_of(expression, read);
    let [symbols, numbers] = whole.piece.into_sides();
    Formula {
        names: whole.names,
        symbols,
        numbers,
    }
}

/// A piece, and the names that are left in it.
struct Part {
    piece: Piece,
    names: BTreeSet<String>,
}

fn part_of(expression: &Expression, read: &dyn Fn(&str) -> Option<Reading>) -> Part {
    let mut stack: Vec<Part> = Vec::new();
    for instruction in &expression.instructions {
        let at = stack.len().saturating_sub(instruction.code.takes());
        let operands = stack.split_off(at);
        stack.push(step(&instruction.code, operands, read));
    }
    stack.pop().unwrap_or_else(|| Part {
        piece: Piece::of_sign(Math::text("")),
        names: BTreeSet::new(),
    })
}

fn step(code: &Code, operands: Vec<Part>, read: &dyn Fn(&str) -> Option<Reading>) -> Part {
    let mut names = names_left(code, &operands);
    let mut operands = operands.into_iter().map(|part| part.piece);
    let mut next = || {
        operands
            .next()
            .unwrap_or_else(|| Piece::of_sign(Math::text("")))
    };
    let piece = match code {
        Code::Number(value) => Piece::of_number(*value, false),
        Code::Name { name, .. } => {
            names.insert(name.clone());
            name_piece(name, read(name))
        }
        Code::Unary(unary) => {
            let x = next();
            match unary {
                Unary::Neg => x.negated(),
                _ => x,
            }
        }
        Code::Binary(binary) => {
            let (a, b) = (next(), next());
            binary_piece(*binary, a, b)
        }
        Code::Call { name, .. } => calls::call(name, operands.collect(), read),
        Code::Loop {
            product,
            index,
            body,
        } => {
            let ends = [next(), next()];
            let body = part_of(body, &|name| match name == index {
                true => None,
                false => read(name),
            });
            names.extend(body.names.into_iter().filter(|name| name != index));
            sum_piece(*product, index, ends, body.piece)
        }
    };
    if piece.is_folded {
        names.clear();
    }
    Part { piece, names }
}

/// The names of the operands; of an `if` whose condition is settled those of its branch alone.
fn names_left(code: &Code, operands: &[Part]) -> BTreeSet<String> {
    let of_all = || {
        operands
            .iter()
            .flat_map(|part| part.names.clone())
            .collect()
    };
    match (code, operands) {
        (Code::Call { name, .. }, [condition, chosen, other]) if name == "if" => {
            match condition.piece.known {
                Some(0.0) => other.names.clone(),
                Some(_) => chosen.names.clone(),
                None => of_all(),
            }
        }
        _ => of_all(),
    }
}

/// A name: its symbol, and its numbers.
fn name_piece(name: &str, reading: Option<Reading>) -> Piece {
    let Some(reading) = reading else {
        return Piece::of_sign(symbol(name));
    };
    let value = reading.numbers.first().copied().unwrap_or(f64::NAN);
    if reading.is_folded {
        return Piece::of_number(value, true);
    }
    let (math, strength) = match reading.shape {
        Shape::Scalar => number_math(value),
        shape => (grid(shape, &reading.numbers), ATOM),
    };
    let known = (reading.is_set && reading.shape == Shape::Scalar).then_some(value);
    Piece::new([symbol(name), math], [ATOM, strength], known)
}

/// The most rows and columns that a vector or matrix shows.
const MOST_CELLS: usize = 4;

/// A vector as a column, a matrix as rows; of large ones the beginning.
pub fn grid(shape: Shape, numbers: &[f64]) -> Math {
    let width = match shape {
        Shape::Scalar => {
            return Math::Text(number(numbers.first().copied().unwrap_or(f64::NAN), DIGITS));
        }
        Shape::Vector => 1,
        Shape::Matrix => numbers.len().isqrt(),
    };
    let cells = |row: &[f64]| {
        let mut cells: Vec<_> = row
            .iter()
            .take(MOST_CELLS)
            .map(|value| number(*value, DIGITS))
            .collect();
        if row.len() > MOST_CELLS {
            cells.push("…".to_owned());
        }
        cells
    };
    let mut rows: Vec<_> = numbers.chunks(width.max(1)).map(cells).collect();
    if rows.len() > MOST_CELLS {
        rows.truncate(MOST_CELLS);
        rows.push(vec!["…".to_owned(); rows[0].len()]);
    }
    Math::Grid(rows)
}

fn binary_piece(binary: Binary, a: Piece, b: Piece) -> Piece {
    let sign = match binary {
        Binary::Add => return a.plus(b, " + "),
        // Rules say `1 - (a <= b)` for the opposite of a comparison.
        Binary::Sub => {
            return match b.opposite() {
                Some(opposite) if a.known == Some(1.0) && !b.is_folded => opposite,
                _ => a.minus(b),
            };
        }
        Binary::Mul => return a.times(b),
        Binary::Div => return a.over(b),
        Binary::Pow => return a.power(b),
        Binary::Less => " < ",
        Binary::LessEqual => " ≤ ",
        Binary::Greater => " > ",
        Binary::GreaterEqual => " ≥ ",
        Binary::Equal => " = ",
        Binary::NotEqual => " ≠ ",
        Binary::Min => return Piece::function("min", vec![a, b]),
        Binary::Max => return Piece::function("max", vec![a, b]),
        Binary::Mod => return Piece::function("mod", vec![a, b]),
        Binary::Atan2 => return Piece::function("atan2", vec![a, b]),
        Binary::Hypot => return Piece::function("hypot", vec![a, b]),
    };
    if let (Some(left), Some(right)) = (a.known, b.known) {
        let both = binary.of(left, right);
        if a.is_folded || b.is_folded {
            return Piece::of_number(both, true);
        }
        let mut piece = a.joined(sign, b, COMPARISON);
        piece.known = Some(both);
        return piece;
    }
    a.joined(sign, b, COMPARISON)
}

/// `Σ` or `Π` over an index.
fn sum_piece(product: bool, index: &str, [from, to]: [Piece; 2], body: Piece) -> Piece {
    let sign = if product { "∏" } else { "∑" };
    let (from, to) = (from.into_sides()[0].to_string(), to.into_sides());
    let head = Math::lowered(
        Math::raised(Math::text(sign), to[0].clone()),
        &format!("{index}={from}"),
    );
    let [symbols, numbers] = body.bracketed(PRODUCT);
    let row = |inner| Math::Row(vec![head.clone(), Math::text(" "), inner]);
    Piece::new([row(symbols), row(numbers)], [PRODUCT; 2], None)
}

/// `chosen if condition, else other`.
fn branches(condition: Piece, chosen: Piece, other: Piece) -> Piece {
    match condition.known {
        Some(0.0) => return other,
        Some(_) => return chosen,
        None => {}
    }
    if chosen.clone().into_sides()[0] == other.clone().into_sides()[0] {
        return chosen;
    }
    let condition = condition.into_sides();
    let chosen = chosen.bracketed(COMPARISON);
    // A further `if` behind `else` reads well as it is.
    let other = other.bracketed(IF);
    let side = |i: usize| {
        Math::Row(vec![
            chosen[i].clone(),
            Math::text(" if "),
            condition[i].clone(),
            Math::text(", else "),
            other[i].clone(),
        ])
    };
    Piece::new([side(0), side(1)], [IF; 2], None)
}
