//! The simulation: it owns the GPU resources that the passes read.
//!
//! [`Field`] is the dense grid of one loss; [`Race`] steps the teams' descents and keeps what is
//! drawn of them in [`Descents`]; [`Standings`] counts how they stand. On the CPU, in f64: a
//! [`Survey`] of the landscape at any place, its level places ([`critical`]), and one [`Followed`]
//! descent.

pub mod critical;
pub mod descents;
mod ends;
pub mod field;
pub mod followed;

pub mod plan;
pub mod plane;
pub mod points;
mod race;
pub mod refine_field;
mod rows;
mod standings;
mod survey;
mod team;

pub use descents::Descents;
pub use ends::Ends;
pub use field::Field;
pub use followed::Followed;
pub use plan::{Plan, PlanError};
pub use plane::Plane;
pub use race::{Grouping, Race, RacePlan, TeamPlan};
pub use refine_field::{ReachUniform, Refined};
pub use standings::{Standing, Standings, standings_from_bytes};
pub use survey::{Local, Survey};
pub use team::JobUniform;

use rows::rows_bindings;

use crate::formula::FormulaError;
use crate::gpu::GpuError;
use crate::optimizer::UpdateError;

/// Why a simulation cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// A formula holds a number that the GPU's 32 bits cannot.
    #[error("{0}")]
    Formula(#[from] FormulaError),
    /// A rule on its loss is too long for a shader, or holds such a number.
    #[error("{0}")]
    Update(#[from] UpdateError),
    /// The device refused.
    #[error(transparent)]
    Gpu(#[from] GpuError),
}
