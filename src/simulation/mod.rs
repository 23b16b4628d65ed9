//! The simulation: it owns the GPU resources that the passes read.

pub mod descents;
pub mod field;

pub use descents::Descents;
pub use field::Field;
