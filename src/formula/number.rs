//! The house's elementary functions in f64, for folding, evaluation and the CPU
//! stepper; `shaders/include/number.wgsl` has the f32 twin of each.
//!
//! A function that is not here is `f64`'s own method (`sin`, `exp`, `ln_1p`, …),
//! accurate to about 1e-15. Conventions of both twins: NaN in, NaN out;
//! `sign(0) = 0`; `modulo` takes the sign of its divisor; `pow(x, 0) = 1`; a
//! negative base takes integral exponents alone.

/// -1, 0 or 1 by the sign of `x`; 0 for both zeros.
pub fn sign(x: f64) -> f64 {
    if x == 0.0 || x.is_nan() {
        x.abs()
    } else {
        x.signum()
    }
}

/// `x - y floor(x / y)`: from 0 to `y`, with the sign of `y`, rounded once. NaN for `y = 0` and where `x` or `y` is infinite.
pub fn modulo(x: f64, y: f64) -> f64 {
    if y.is_infinite() {
        return f64::NAN;
    }
    let remainder = x % y;
    if remainder * y.signum() < 0.0 {
        remainder + y
    } else {
        remainder
    }
}

/// `x^y`. 1 for `y = 0` and every `x` but NaN; NaN for a negative finite `x` with
/// a `y` that is not integral, and for NaN on either side (where IEEE 754 has 1
/// for `pow(NaN, 0)` and `pow(1, NaN)`).
pub fn pow(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        f64::NAN
    } else {
        x.powf(y)
    }
}

/// `sqrt(x² + y²)` without overflow on the way.
pub fn hypot(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        f64::NAN
    } else {
        x.hypot(y)
    }
}

/// `1 / (1 + e^-x)`.
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `ln(1 + e^x)` without overflow.
pub fn softplus(x: f64) -> f64 {
    let above = if x > 0.0 { x } else { 0.0 };
    above + (-x.abs()).exp().ln_1p()
}

/// The inverse of `cosh` on `[0, ∞)`; NaN below 1. `f64::acosh` loses all but 8
/// digits near 1.
pub fn acosh(x: f64) -> f64 {
    let t = x - 1.0;
    if x > 1e8 {
        // 1 / (4 x²) is below one ulp.
        x.ln() + std::f64::consts::LN_2
    } else {
        (t + (t * (t + 2.0)).sqrt()).ln_1p()
    }
}

/// The error function, to about 1e-15 relative.
pub fn erf(x: f64) -> f64 {
    let a = x.abs();
    if a.is_nan() {
        a
    } else if a < 2.0 {
        erf_series(a).copysign(x)
    } else {
        (1.0 - erfc_fraction(a)).copysign(x)
    }
}

/// `2/√π e^(-x²) Σ 2^n x^(2n+1) / (2n+1)!!`: all terms positive, so nothing
/// cancels (DLMF 7.6.2).
fn erf_series(x: f64) -> f64 {
    let z = 2.0 * x * x;
    let mut term = x;
    let mut sum = x;
    let mut odd = 1.0;
    while term > 1e-17 * sum {
        odd += 2.0;
        term *= z / odd;
        sum += term;
    }
    std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp() * sum
}

/// `1 - erf(x)` for `x >= 2` by the continued fraction
/// `e^(-x²)/√π · 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …))))` (DLMF 7.9.1), whose
/// first 60 levels give 1e-14 at 2, hence 1e-16 of `erf`.
fn erfc_fraction(x: f64) -> f64 {
    let tail = (1..=60)
        .rev()
        .fold(x, |below, n| x + 0.5 * f64::from(n) / below);
    0.5 * std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp() / tail
}
