//! What `number.wgsl` promises of each of its functions, for the test that measures it and for the
//! bounds that are propagated through a graph.

use Range::{Even, Integers, None as Unused, Numbers, Signed};

/// Where a row's inputs lie.
#[derive(Clone, Copy)]
pub enum Range {
    /// Evenly in `[from, to]`, half on a grid, half at random.
    Even(f32, f32),
    /// Evenly over the f32 numbers of `[from, to]`, both positive; so over powers
    /// of ten.
    Numbers(f32, f32),
    /// The same with both signs.
    Signed(f32, f32),
    /// Integers from..=to.
    Integers(i32, i32),
    /// Not used.
    None,
}

/// One promise: over `x` and `y`, `|got - want| <= max(ulp · ulp(want), absolute)`.
/// A result below 2^-125 may be any number below 2^-125.
pub struct Row {
    /// The function's.
    pub name: &'static str,
    /// Its first operand.
    pub x: Range,
    /// Its second operand.
    pub y: Range,
    /// The error in units of the value's last place.
    pub ulp: f64,
    /// The absolute error that will do instead.
    pub absolute: f64,
}

/// A row.
pub const fn row(name: &'static str, x: Range, y: Range, ulp: f64, absolute: f64) -> Row {
    Row {
        name,
        x,
        y,
        ulp,
        absolute,
    }
}

/// The table of bounds. They leave room for a division and a square root that are
/// off by 2.5 ulp, as WGSL allows; where both round correctly, errors stay near 2.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    row("sin", Even(-3.0, 3.0), Unused, 2.0, 0.0),
    row("sin", Signed(1e-37, 1.0), Unused, 2.0, 0.0),
    row("sin", Even(-1e4, 1e4), Unused, 2.0, 1.2e-7),
    row("sin", Even(-1e5, 1e5), Unused, 2.0, 1.2e-7),
    row("cos", Even(-3.0, 3.0), Unused, 2.0, 1.2e-7),
    row("cos", Even(-1e4, 1e4), Unused, 2.0, 1.2e-7),
    row("cos", Even(-1e5, 1e5), Unused, 2.0, 1.2e-7),
    row("tan", Even(-1.5, 1.5), Unused, 6.0, 0.0),
    row("asin", Even(-1.0, 1.0), Unused, 5.0, 0.0),
    row("asin", Signed(1e-37, 1.0), Unused, 5.0, 0.0),
    row("acos", Even(-1.0, 1.0), Unused, 5.0, 0.0),
    row("acos", Numbers(0.5, 1.0), Unused, 5.0, 0.0),
    row("atan", Even(-4.0, 4.0), Unused, 6.0, 0.0),
    row("atan", Signed(1e-37, 3e38), Unused, 6.0, 0.0),
    row("atan2", Even(-2.0, 2.0), Even(-2.0, 2.0), 6.0, 0.0),
    row("atan2", Signed(1e-37, 3e38), Signed(1e-37, 3e38), 6.0, 0.0),
    row("exp", Even(-1.0, 1.0), Unused, 2.0, 0.0),
    row("exp", Even(-110.0, 100.0), Unused, 2.0, 0.0),
    row("exp", Signed(1e-37, 3e38), Unused, 2.0, 0.0),
    row("expm1", Even(-2.0, 2.0), Unused, 4.0, 0.0),
    row("expm1", Signed(1e-37, 3e38), Unused, 4.0, 0.0),
    row("exp2", Even(-155.0, 135.0), Unused, 2.0, 0.0),
    row("log", Even(0.5, 2.0), Unused, 2.0, 0.0),
    row("log", Numbers(1.2e-38, 3.4e38), Unused, 2.0, 0.0),
    row("log1p", Even(-0.99, 2.0), Unused, 4.0, 0.0),
    row("log1p", Signed(1e-37, 0.999), Unused, 4.0, 0.0),
    row("log1p", Numbers(1.0, 3.4e38), Unused, 4.0, 0.0),
    row("log2", Even(0.5, 2.0), Unused, 4.0, 0.0),
    row("log2", Numbers(1.2e-38, 3.4e38), Unused, 4.0, 0.0),
    row("log10", Even(0.5, 2.0), Unused, 4.0, 0.0),
    row("log10", Numbers(1.2e-38, 3.4e38), Unused, 4.0, 0.0),
    row("sinh", Even(-3.0, 3.0), Unused, 4.0, 0.0),
    row("sinh", Signed(1e-37, 100.0), Unused, 4.0, 0.0),
    row("cosh", Even(-95.0, 95.0), Unused, 4.0, 0.0),
    row("cosh", Signed(1e-37, 3e38), Unused, 4.0, 0.0),
    row("tanh", Even(-3.0, 3.0), Unused, 4.0, 0.0),
    row("tanh", Signed(1e-37, 3e38), Unused, 4.0, 0.0),
    row("asinh", Even(-3.0, 3.0), Unused, 4.0, 0.0),
    row("asinh", Signed(1e-37, 3e38), Unused, 4.0, 0.0),
    row("acosh", Even(1.0, 3.0), Unused, 6.0, 0.0),
    row("acosh", Numbers(1.0, 3e38), Unused, 6.0, 0.0),
    row("atanh", Even(-1.0, 1.0), Unused, 6.0, 0.0),
    row("atanh", Signed(1e-37, 0.9999), Unused, 6.0, 0.0),
    row("erf", Even(-4.5, 4.5), Unused, 4.0, 0.0),
    row("erf", Signed(1e-37, 3e38), Unused, 4.0, 0.0),
    row("cbrt", Even(-9.0, 9.0), Unused, 2.0, 0.0),
    row("cbrt", Signed(1.2e-38, 3e38), Unused, 2.0, 0.0),
    row("pow", Even(0.01, 4.0), Even(-5.0, 5.0), 8.0, 0.0),
    row("pow", Even(0.9, 1.1), Even(-900.0, 900.0), 8.0, 0.0),
    row("pow", Numbers(1.2e-38, 3e38), Signed(1e-5, 1e5), 8.0, 0.0),
    row("pow", Numbers(0.999, 1.001), Signed(1.0, 1e30), 8.0, 0.0),
    row("pow", Even(-5.0, 5.0), Integers(-40, 40), 8.0, 0.0),
    row("pow", Even(-5.0, 5.0), Integers(-40, 40), 8.0, 0.0),
    row("sigmoid", Even(-20.0, 20.0), Unused, 5.0, 0.0),
    row("sigmoid", Signed(1e-37, 3e38), Unused, 5.0, 0.0),
    row("softplus", Even(-20.0, 20.0), Unused, 4.0, 0.0),
    row("softplus", Signed(1e-37, 3e38), Unused, 4.0, 0.0),
    row("hypot", Even(-5.0, 5.0), Even(-5.0, 5.0), 4.0, 0.0),
    row("hypot", Signed(1e-37, 3e38), Signed(1e-37, 3e38), 4.0, 0.0),
    row("mod", Even(-100.0, 100.0), Signed(0.01, 9.0), 1.0, 0.0),
    row("mod", Even(-1e6, 1e6), Numbers(1.0, 100.0), 1.0, 0.0),
    row("sign", Signed(1e-37, 3e38), Unused, 0.0, 0.0),
];

/// The distance of neighbouring f32 numbers at `x`; at least 2^-149.
pub fn ulp(x: f64) -> f64 {
    let exponent = (x.abs().log2().floor() as i32).clamp(-126, 127);
    2f64.powi(exponent - 23)
}
