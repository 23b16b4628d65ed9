//! The rows that a loss goes over, on the GPU.

use crate::formula::wgsl::Packed;
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};

/// Group 1 of a kernel over rows: `rows`, as [`Packed::declaration`] names it.
pub(super) fn rows_bindings(gpu: &Gpu, packed: &Packed) -> BindGroup {
    let usage = match packed.is_uniform() {
        true => wgpu::BufferUsages::UNIFORM,
        false => wgpu::BufferUsages::STORAGE,
    };
    let size = size_of_val(packed.values.as_slice()) as u64;
    let buffer = gpu.buffer(
        "simulation::rows",
        size,
        usage | wgpu::BufferUsages::COPY_DST,
    );
    gpu.write(&buffer, &packed.values);
    let group = BindGroupBuilder::new("simulation::rows", wgpu::ShaderStages::COMPUTE);
    match packed.is_uniform() {
        true => group.uniform(&buffer),
        false => group.read(&buffer),
    }
    .build(gpu)
}
