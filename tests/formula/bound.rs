//! How far f32 may be from f64 at each node of a graph: the error of its operands, carried over
//! the interval that they leave open, and its own rounding. Nothing is assumed of the device but
//! what WGSL and `number.wgsl` promise: it may regroup sums and products, multiply out and factor,
//! and drivers do, so that a sum's rounding is that of all its terms.

use super::number_bounds::Range::{self, Even, Integers, None as Unused, Numbers, Signed};
use super::number_bounds::{ROWS, ulp};
use std::f64::consts::{PI, TAU};
use thalweg::formula::{Binary, Graph, NodeId, Op, Unary};

/// A value in f64, and how far f32 may be from it; infinite where nothing can be said.
#[derive(Debug, Clone, Copy)]
pub struct Bounded {
    /// In f64.
    pub value: f64,
    /// At most, in f32.
    pub error: f64,
    /// What it is made of as a sum.
    sum: Sum,
}

/// A sum taken apart, since a device may add its terms in another order; of what is no sum, the one
/// term that it is.
#[derive(Debug, Clone, Copy)]
struct Sum {
    /// The sizes of its terms together.
    size: f64,
    /// Their errors together.
    error: f64,
    /// Additions.
    additions: f64,
}

impl Bounded {
    fn new(value: f64, error: f64) -> Self {
        Self {
            value,
            error: if error.is_nan() { f64::INFINITY } else { error },
            sum: Sum {
                size: value.abs() + error,
                error,
                additions: 0.0,
            },
        }
    }

    /// `a ± b`: each addition may round all that the terms come to together.
    fn added(value: f64, a: Self, b: Self) -> Self {
        let sum = Sum {
            size: a.sum.size + b.sum.size,
            error: a.sum.error + b.sum.error,
            additions: a.sum.additions + b.sum.additions + 1.0,
        };
        let rounding = HALF_ULP * sum.additions * sum.size;
        Self {
            sum,
            ..rounded(value, sum.error, rounding)
        }
    }
}

/// The rounding of a result of size 1.
const HALF_ULP: f64 = f32::EPSILON as f64 / 2.0;

/// f32 may hold anything below this in place of anything below this.
const TINY: f64 = 2.0 * f32::MIN_POSITIVE as f64;

/// Every node that `outputs` need, at a point that f32 holds; the others are 0.
pub fn bounded(graph: &Graph, outputs: &[NodeId], point: &[f32]) -> Vec<Bounded> {
    let mut nodes = vec![Bounded::new(0.0, 0.0); graph.len()];
    for id in graph.needed(outputs) {
        let of = |id: NodeId| nodes[id.index()];
        let node = match graph.op(id) {
            Op::Constant(bits) => constant(f64::from_bits(bits)),
            Op::Input(input) => constant(f64::from(point[input.index()])),
            Op::Unary(unary, x) => of_unary(unary, of(x)),
            Op::Binary(binary, a, b) => of_binary(binary, of(a), of(b)),
            Op::Select(condition, chosen, other) => select(of(condition), of(chosen), of(other)),
            Op::Normal(_) | Op::Variable(_) | Op::After(..) | Op::Column(_) | Op::Sum(..) => {
                unreachable!("a loss without a table has none")
            }
        };
        nodes[id.index()] = node;
    }
    nodes
}

fn constant(value: f64) -> Bounded {
    Bounded::new(value, (value - f64::from(value as f32)).abs())
}

/// A value with what its operands' errors make of it, and its own rounding.
fn rounded(value: f64, carried: f64, rounding: f64) -> Bounded {
    let mut error = carried + rounding;
    let is_exact = error == 0.0;
    if !is_exact && value.abs() - error < TINY {
        error += TINY;
    }
    let fits = value.abs() + error <= f64::from(f32::MAX);
    Bounded::new(value, if fits { error } else { f64::INFINITY })
}

/// Where anything may be held, a NaN included, functions of a bounded range may be NaN too.
fn unknown(value: f64) -> Bounded {
    Bounded::new(value, f64::INFINITY)
}

fn of_unary(unary: Unary, x: Bounded) -> Bounded {
    let value = unary.of(x.value);
    if !x.error.is_finite() {
        return unknown(value);
    }
    let carried = carried_by_unary(unary, x);
    let largest = value.abs() + carried;
    let rounding = match unary {
        Unary::Neg | Unary::Abs | Unary::Sign | Unary::Floor => 0.0,
        _ if value == 0.0 && carried == 0.0 => 0.0,
        Unary::Sqrt | Unary::InverseOrZero => 2.5 * ulp(largest),
        Unary::Tan if x.value.abs() <= 100.0 => 6.0 * ulp(largest) + 2e-11 * (1.0 + value * value),
        _ => promised(unary_name(unary), x.value, 0.0, largest),
    };
    let mut whole = rounded(value, carried, rounding);
    if unary == Unary::Neg {
        whole.sum = x.sum;
    }
    whole
}

/// How far f(x) moves, at most, as x moves by its error.
fn carried_by_unary(unary: Unary, Bounded { value, error, .. }: Bounded) -> f64 {
    if error == 0.0 {
        return 0.0;
    }
    let turns = |x: f64| (x / PI + 0.5).floor();
    match unary {
        Unary::Neg | Unary::Abs => error,
        Unary::Sin | Unary::Cos => error.min(2.0),
        Unary::Tan if turns(value - error) != turns(value + error) => f64::INFINITY,
        Unary::InverseOrZero if value.abs() <= error => f64::INFINITY,
        Unary::Sign if value.abs() <= error => 2.0,
        // The others rise or fall throughout, or are even and convex.
        _ => furthest(
            unary.of(value),
            [value - error, value + error].map(|x| unary.of(x)),
        ),
    }
}

/// The largest distance of any of `ends` from `value`; infinite where one is none.
fn furthest<const N: usize>(value: f64, ends: [f64; N]) -> f64 {
    let distances = ends.map(|end| (end - value).abs());
    let is_known = distances.iter().all(|distance| distance.is_finite());
    if is_known {
        distances.into_iter().fold(0.0, f64::max)
    } else {
        f64::INFINITY
    }
}

fn of_binary(binary: Binary, a: Bounded, b: Bounded) -> Bounded {
    let value = binary.of(a.value, b.value);
    let is_known = a.error.is_finite() && b.error.is_finite();
    // A comparison is 0 or 1, whatever it compares.
    if !is_known && !binary.is_comparison() {
        return unknown(value);
    }
    if matches!(binary, Binary::Add | Binary::Sub) {
        return Bounded::added(value, a, b);
    }
    let carried = carried_by_binary(binary, a, b);
    let largest = value.abs() + carried;
    let rounding = match binary {
        _ if value == 0.0 && carried == 0.0 => 0.0,
        // A product of sums may be multiplied out.
        Binary::Mul => HALF_ULP * largest.max(a.sum.size * b.sum.size),
        Binary::Div => 2.5 * ulp(largest),
        // The size of a power of a negative number is that of the positive one.
        Binary::Pow => promised("pow", a.value.abs(), b.value, largest),
        Binary::Mod => promised("mod", a.value, b.value, largest),
        Binary::Atan2 => promised("atan2", a.value, b.value, largest),
        Binary::Hypot => promised("hypot", a.value, b.value, largest),
        _ => 0.0,
    };
    let mut whole = rounded(value, carried, rounding);
    if binary == Binary::Mul {
        whole.sum.size = whole.sum.size.max(a.sum.size * b.sum.size);
        whole.sum.additions = a.sum.additions + b.sum.additions;
    }
    whole
}

/// How far a ∘ b moves, at most, as both move by their errors.
fn carried_by_binary(binary: Binary, a: Bounded, b: Bounded) -> f64 {
    let corners = |f: fn(f64, f64) -> f64| {
        let at = |i: f64, j: f64| f(a.value + i * a.error, b.value + j * b.error);
        let ends = [at(-1.0, -1.0), at(-1.0, 1.0), at(1.0, -1.0), at(1.0, 1.0)];
        furthest(f(a.value, b.value), ends)
    };
    let is_exact = a.error == 0.0 && b.error == 0.0;
    match binary {
        Binary::Atan2 => carried_by_angle(a, b),
        _ if is_exact => 0.0,
        Binary::Hypot => a.error + b.error,
        Binary::Mul => a.value.abs() * b.error + b.value.abs() * a.error + a.error * b.error,
        Binary::Div if b.value.abs() <= b.error => f64::INFINITY,
        Binary::Div => corners(|a, b| a / b),
        Binary::Pow => carried_by_power(a, b, corners(|a, b| Binary::Pow.of(a, b))),
        Binary::Min | Binary::Max => a.error.max(b.error),
        Binary::Mod => carried_by_modulo(a, b),
        _ if (a.value - b.value).abs() > a.error + b.error => 0.0,
        _ => 1.0,
    }
}

fn carried_by_power(base: Bounded, exponent: Bounded, corners: f64) -> f64 {
    let is_whole = exponent.error == 0.0 && exponent.value.fract() == 0.0;
    if base.value > base.error || (is_whole && base.value.abs() > base.error) {
        return corners;
    }
    if !is_whole || exponent.value < 0.0 {
        return f64::INFINITY;
    }
    let of = |base: f64| Binary::Pow.of(base, exponent.value);
    furthest(of(base.value), [of(0.0)]).max(corners)
}

fn carried_by_modulo(a: Bounded, b: Bounded) -> f64 {
    if b.value.abs() <= b.error {
        return f64::INFINITY;
    }
    let whole = |i: f64, j: f64| ((a.value + i * a.error) / (b.value + j * b.error)).floor();
    let first = whole(-1.0, -1.0);
    let others = [whole(-1.0, 1.0), whole(1.0, -1.0), whole(1.0, 1.0)];
    if others.iter().all(|other| *other == first) {
        a.error + first.abs() * b.error
    } else {
        b.value.abs() + b.error
    }
}

/// Of `atan2(a, b)`: no more than the angle under which the errors are seen from the origin.
fn carried_by_angle(a: Bounded, b: Bounded) -> f64 {
    let (distance, error) = (a.value.hypot(b.value), a.error.hypot(b.error));
    // The cut; on it the sign of a zero decides, which f32 may have otherwise.
    if distance <= error || (a.value.abs() <= a.error && b.value <= b.error) {
        return TAU;
    }
    (error / distance).asin()
}

fn select(condition: Bounded, chosen: Bounded, other: Bounded) -> Bounded {
    let (taken, left) = match condition.value != 0.0 {
        true => (chosen, other),
        false => (other, chosen),
    };
    let is_certain = condition.value.abs() > condition.error
        || (condition.value == 0.0 && condition.error == 0.0);
    if is_certain {
        return taken;
    }
    // This sum is rounded too, and f32 may hold the other value's very bound.
    let of_left = ((taken.value - left.value).abs() + left.error) * (1.0 + 2.0 * f64::EPSILON);
    if of_left.is_nan() {
        return unknown(taken.value);
    }
    Bounded::new(taken.value, taken.error.max(of_left))
}

/// The error that the table promises of a function at (x, y), where its value is `want`; infinite
/// where it promises nothing.
fn promised(name: &str, x: f64, y: f64, want: f64) -> f64 {
    let rows = ROWS.iter().filter(|row| row.name == name);
    let promises = rows
        .filter(|row| holds(row.x, x) && holds(row.y, y))
        .map(|row| row.absolute.max(row.ulp * ulp(want)));
    promises.fold(f64::INFINITY, f64::min)
}

/// Whether `x` lies in a range of the table; zero lies beside all small numbers.
fn holds(range: Range, x: f64) -> bool {
    let within = |from: f32, to: f32, x: f64| (f64::from(from)..=f64::from(to)).contains(&x);
    match range {
        Even(from, to) | Numbers(from, to) => within(from, to, x),
        Signed(from, to) => x == 0.0 || within(from, to, x.abs()),
        Integers(from, to) => x.fract() == 0.0 && within(from as f32, to as f32, x),
        Unused => true,
    }
}

/// The table's name of a function.
fn unary_name(unary: Unary) -> &'static str {
    let call = unary.wgsl("x");
    let names = ROWS.iter().map(|row| row.name);
    let mut found = names.filter(|name| call == format!("n_{name}(x)"));
    found.next().unwrap_or_else(|| panic!("{call} has no row"))
}
