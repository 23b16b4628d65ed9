//! What several test files share: one device a process, pictures, rays, the sources as words,
//! the layouts of structs.
#![allow(dead_code, unused_imports, reason = "no test program uses all of it")]

pub mod ends;
pub mod light;
pub mod narrow;
pub mod picture;
pub mod ray;
pub mod rounded;
pub mod shaders;
pub mod source;
pub mod stand;
pub mod wgsl_layout;

use std::sync::LazyLock;
use thalweg::gpu::Gpu;

/// The device of this test program; the machine must have an adapter (the README says which).
pub fn gpu() -> &'static Gpu {
    static GPU: LazyLock<Gpu> = LazyLock::new(|| Gpu::headless().expect("an adapter for tests"));
    &GPU
}
