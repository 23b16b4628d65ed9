//! The renderer: passes that read the simulation and draw one display-encoded image.

pub mod frame;
pub mod overlay;
