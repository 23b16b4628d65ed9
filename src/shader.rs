//! shader.
