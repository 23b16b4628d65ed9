//! The optimizer: an update rule as text, with what is known of it.
//!
//! A rule ([`rule`]) is parsed once; [`update`] joins it with a loss into one graph, so that the
//! rule on screen is the rule that runs; [`stepper`] runs it in f64.

mod begin;
mod build;
mod catalogue;
pub mod kernel;
mod layout;
pub mod lines;
pub mod rule;
mod step_table;
pub mod stepper;
mod text;
pub mod update;

pub use crate::formula::random;
pub use begin::Beginning;
pub use catalogue::{Optimizer, all, named, names};
pub use kernel::Kernel;
pub use lines::LineNodes;
pub use rule::{Line, Rule, Setting, Settings};
pub use step_table::StepTable;
pub use stepper::{Carried, Stepper};
pub use update::{Update, UpdateError};
