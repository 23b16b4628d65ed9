//! The lesson: what a stop says beside the picture, as plain data.
//!
//! Stops are patches of the scene and live in [`crate::scene`]. Here a step is taken apart,
//! statement by statement, and numbers become text.

pub mod caption;
pub mod explain;
pub mod math;
pub mod number;
pub mod role;
pub mod symbol;
pub mod turn;
pub mod typeset;

pub use caption::{Fact, Facts, fill};
pub use explain::{Explainer, Explanation, Outcome, Statement};
pub use math::Math;
pub use role::Role;
pub use turn::Turn;
