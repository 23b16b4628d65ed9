//! What several test files share.

#![expect(dead_code, reason = "each test file uses a part of it")]

pub mod light;
pub mod picture;
pub mod ray;
pub mod wgsl_layout;
