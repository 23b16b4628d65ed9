//! The formula language: text → graph → derivative → WGSL and f64.
//!
//! One language serves losses and update rules. Text becomes a flat list of instructions
//! ([`parser`]), those become nodes of a [`Graph`] ([`lower()`]), and everything else works on nodes:
//! [`derivative`] adds the gradient's nodes, [`evaluate`] walks them in f64, [`wgsl`] writes them
//! as `let`s. User text never reaches a shader; only nodes do.

mod advice;
pub mod derivative;
mod error;
pub mod evaluate;
mod excerpt;
mod function;
mod graph;
mod latex;
mod lexer;
mod lookalike;
mod lower;
mod magnitude;
mod matrix;
pub mod number;
pub mod parser;
pub mod random;
mod range;
mod rows;
mod schedule;
mod share;
mod simplify;
pub mod syntax;
mod table;
mod turns;
mod value;
pub mod wgsl;

pub use advice::{NAMES_HERE, unknown_name};
pub use error::{FormulaError, Span, nearest};
pub use function::{Binary, Unary};
pub use graph::{Graph, InputId, NodeId, Op, Rate};
pub use lexer::plain_name;
pub use lower::{LossNodes, Scope, check_no_sums, check_summed, lower, lower_scalar};
pub use magnitude::magnitude;
pub use random::Chance;
pub use rows::{BLOCK, Part, Pass, Rows};
pub use table::{MAX_CELLS, MAX_ROWS, Table, TableError, column_names};
pub use turns::{LoopId, Turns};
pub use value::{Shape, Value};
