//! The values of expressions on hyper-dual numbers: value, slopes and curvature by an independent
//! hand, with the kinks where the formula language's table has them.

use super::tree::Tree;
use num_dual::{DualNum, HyperDual64};
use std::cell::Cell;
use std::f64::consts::PI;
use thalweg::formula::number;

/// Value, ∂x, ∂y, ∂xx, ∂xy, ∂yy. With a `seed`, every result on the way is moved by up to 1e-14 of
/// itself: how far the answers move then tells how ill they are conditioned.
pub fn derivatives(tree: &Tree, x: f64, y: f64, seed: Option<u64>) -> [f64; 6] {
    let noise = Noise(seed.map(Cell::new));
    let one = |re, first: bool, second: bool| {
        HyperDual64::new(
            re,
            f64::from(u8::from(first)),
            f64::from(u8::from(second)),
            0.0,
        )
    };
    let at = |x, y| of(tree, [x, y], 2.0, &noise);
    let mixed = at(one(x, true, false), one(y, false, true));
    let by_x = at(one(x, true, true), one(y, false, false));
    let by_y = at(one(x, false, false), one(y, true, true));
    [
        mixed.re,
        mixed.eps1,
        mixed.eps2,
        by_x.eps1eps2,
        mixed.eps1eps2,
        by_y.eps1eps2,
    ]
}

type Dual = HyperDual64;

/// The value of what has none.
const NOWHERE: Dual = Dual {
    re: f64::NAN,
    eps1: f64::NAN,
    eps2: f64::NAN,
    eps1eps2: f64::NAN,
};

/// The value; [`NOWHERE`] where a part of it is too large for its powers, be it that its weight
/// is 0.
fn of(tree: &Tree, at: [Dual; 2], index: f64, noise: &Noise) -> Dual {
    let value = noise.moved(unguarded(tree, at, index, noise));
    let parts = [value.re, value.eps1, value.eps2, value.eps1eps2];
    if parts.iter().all(|part| part.abs() < 1e60) {
        value
    } else {
        NOWHERE
    }
}

/// A stream of random factors near 1; of none, 1 itself.
struct Noise(Option<Cell<u64>>);

impl Noise {
    fn factor(&self) -> f64 {
        let Some(state) = &self.0 else {
            return 1.0;
        };
        // xorshift64 (Marsaglia 2003).
        let mut bits = state.get();
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        state.set(bits);
        1.0 + 1e-14 * (bits as f64 / u64::MAX as f64 * 2.0 - 1.0)
    }

    fn moved(&self, a: Dual) -> Dual {
        let [re, eps1, eps2, eps1eps2] =
            [a.re, a.eps1, a.eps2, a.eps1eps2].map(|part| part * self.factor());
        Dual::new(re, eps1, eps2, eps1eps2)
    }
}

fn unguarded(tree: &Tree, at: [Dual; 2], index: f64, noise: &Noise) -> Dual {
    let value = |tree: &Tree| of(tree, at, index, noise);
    match tree {
        Tree::X => at[0],
        Tree::Y => at[1],
        Tree::Index => Dual::from_re(index),
        Tree::Number(value) => Dual::from_re(*value),
        Tree::Unary(name, a) => unary(name, value(a)),
        Tree::Binary(sign, a, b) => {
            let (a, b) = (value(a), value(b));
            match *sign {
                "+" => a + b,
                "-" => a - b,
                "*" => a * b,
                _ if vanishes(b) => NOWHERE,
                _ => {
                    // num-dual multiplies by a reciprocal, so that its y/y is not quite 1.
                    let mut quotient = a / b;
                    quotient.re = a.re / b.re;
                    quotient
                }
            }
        }
        // The slope by an exponent is a logarithm, which a base of 0 or less has not; where the
        // exponent merely happens to be flat, the two hands may differ.
        Tree::Call("pow", a, b) if value(a).re <= 0.0 && !b.is_constant() => NOWHERE,
        Tree::Call(name, a, b) => call(name, value(a), value(b)),
        Tree::Power(a, power) if *power < 0 && vanishes(value(a)) => NOWHERE,
        Tree::Power(a, power) => value(a).powi(*power),
        Tree::Clamp(a, low, high) => {
            let above = call("max", value(a), Dual::from_re(*low));
            call("min", above, Dual::from_re(*high))
        }
        Tree::If(sign, [a, b, c, d]) => {
            let (left, right) = (value(a), value(b));
            if left.re.is_nan() || right.re.is_nan() || is_tie(left, right) {
                return NOWHERE;
            }
            value(if holds(sign, left.re, right.re) { c } else { d })
        }
        Tree::Loop(name, to, body) => {
            let terms = (1..=*to).map(|k| of(body, at, f64::from(k), noise));
            match *name {
                "sum" => terms.fold(Dual::from_re(0.0), |sum, term| sum + term),
                _ => terms.fold(Dual::from_re(1.0), |product, term| product * term),
            }
        }
    }
}

/// Whether roundings decide which of two is larger: the table of kinks holds true ties.
fn is_tie(a: Dual, b: Dual) -> bool {
    (a.re - b.re).abs() <= 1e-12 * a.re.abs().max(b.re.abs())
}

/// Whether roundings may be all there is of a divisor.
fn vanishes(a: Dual) -> bool {
    a.re.abs() < 1e-12
}

impl Tree {
    /// Whether neither x nor y stands in it.
    fn is_constant(&self) -> bool {
        match self {
            Self::X | Self::Y => false,
            Self::Index | Self::Number(_) => true,
            Self::Unary(_, a) | Self::Power(a, _) | Self::Clamp(a, _, _) | Self::Loop(_, _, a) => {
                a.is_constant()
            }
            Self::Binary(_, a, b) | Self::Call(_, a, b) => a.is_constant() && b.is_constant(),
            Self::If(_, parts) => parts.iter().all(|part| part.is_constant()),
        }
    }
}

fn holds(sign: &str, left: f64, right: f64) -> bool {
    match sign {
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        ">=" => left >= right,
        "==" => left == right,
        _ => left != right,
    }
}

/// A function of `a` by its value and its first two derivatives there.
fn chain(a: Dual, f: f64, slope: f64, curvature: f64) -> Dual {
    let bent = a.eps1 * a.eps2 * curvature;
    Dual::new(f, a.eps1 * slope, a.eps2 * slope, a.eps1eps2 * slope + bent)
}

fn unary(name: &str, a: Dual) -> Dual {
    let x = a.re;
    let flat = |value| chain(a, value, 0.0, 0.0);
    let logistic = 1.0 / (1.0 + (-x).exp());
    let bell = logistic * (1.0 - logistic);
    match name {
        "-" => -a,
        "abs" => chain(a, x.abs(), number::sign(x), 0.0),
        "sign" => flat(number::sign(x)),
        "floor" => flat(x.floor()),
        "ceil" => flat(x.ceil()),
        "round" => flat((x + 0.5).floor()),
        "sqrt" => a.sqrt(),
        "cbrt" => a.cbrt(),
        "exp" => a.exp(),
        "expm1" => a.exp_m1(),
        "log" => a.ln(),
        "log1p" => a.ln_1p(),
        "log2" => a.log2(),
        "log10" => a.log10(),
        "sin" => a.sin(),
        "cos" => a.cos(),
        "tan" => a.tan(),
        "asin" => a.asin(),
        "acos" => a.acos(),
        "atan" => a.atan(),
        "sinh" => a.sinh(),
        "cosh" => a.cosh(),
        // num-dual's own loses all digits of the slope where it is flat.
        "tanh" => {
            let slope = x.cosh().powi(-2);
            chain(a, x.tanh(), slope, -2.0 * x.tanh() * slope)
        }
        "asinh" => a.asinh(),
        "acosh" => a.acosh(),
        "atanh" => a.atanh(),
        "erf" => {
            let slope = 2.0 / PI.sqrt() * (-x * x).exp();
            chain(a, number::erf(x), slope, -2.0 * x * slope)
        }
        "sigmoid" => chain(a, logistic, bell, bell * (1.0 - 2.0 * logistic)),
        "softplus" => chain(a, x.max(0.0) + (-x.abs()).exp().ln_1p(), logistic, bell),
        "relu" => call("max", Dual::from_re(0.0), a),
        "sec" => a.cos().recip(),
        "csc" => a.sin().recip(),
        "cot" => a.tan().recip(),
        _ => unreachable!("the names of UNARY"),
    }
}

fn call(name: &str, a: Dual, b: Dual) -> Dual {
    // f64's own min and max drop a NaN, and so do those of the language.
    if a.re.is_nan() || b.re.is_nan() {
        return NOWHERE;
    }
    match name {
        "min" | "max" if is_tie(a, b) => NOWHERE,
        "min" if a.re <= b.re => a,
        "max" if a.re >= b.re => a,
        "min" | "max" => b,
        "mod" => {
            let whole = Dual::from_re((a.re / b.re).floor());
            let mut rest = a - b * whole;
            rest.re = number::modulo(a.re, b.re);
            rest
        }
        "pow" if [b.eps1, b.eps2, b.eps1eps2] == [0.0; 3] && b.re.fract() == 0.0 => {
            a.powi(b.re as i32)
        }
        "pow" => (a.ln() * b).exp(),
        "hypot" => (a * a + b * b).sqrt(),
        // The sign of a zero decides on the cut, and a graph has one zero.
        "atan2" if a.re == 0.0 && b.re <= 0.0 => NOWHERE,
        "atan2" => {
            let mut angle = if a.re.abs() < b.re.abs() {
                (a / b).atan()
            } else {
                -(b / a).atan()
            };
            angle.re = a.re.atan2(b.re);
            angle
        }
        _ => unreachable!("the names of CALLS"),
    }
}
