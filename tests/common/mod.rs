//! What several tests share: one device a process.

use std::sync::LazyLock;
use thalweg::gpu::Gpu;

/// The device of this test program; the machine must have an adapter (the README says which).
pub fn gpu() -> &'static Gpu {
    static GPU: LazyLock<Gpu> = LazyLock::new(|| Gpu::headless().expect("an adapter for tests"));
    &GPU
}
