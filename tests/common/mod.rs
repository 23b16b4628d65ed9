//! What several test files share.

pub mod picture;
pub mod wgsl_layout;
