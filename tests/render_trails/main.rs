//! The trails and heads on the image, against lines of sight in f64.

#[path = "../common/mod.rs"]
mod common;

mod chords;
mod heads;
mod looks;
mod losses;
mod off_plane;
mod ribbons;
mod seen;
mod sight;
mod stand;
mod stills;
