//! formula.

pub mod number;
