//! The lesson: what a stop says beside the picture.
//!
//! Stops are patches of the scene and live in [`crate::scene`]; what explains an update, statement
//! by statement, finds its place here.
