//! formula.
