//! The descents: state, trails and heads on the GPU.

use crate::gpu::Gpu;
use bytemuck::{Pod, Zeroable};

/// `Descents` in `shaders/include/descent.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct DescentsUniform {
    pub count: u32,
    pub trail_points: u32,
    pub stride: u32,
    pub step: u32,
}

/// `Head` in `shaders/include/descent.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct Head {
    pub place: [f32; 2],
    pub loss: f32,
    pub status: u32,
    pub end_step: u32,
    pub team: u32,
    pub distance: f32,
    pub padding: u32,
}

/// What the passes read of the descents.
#[derive(Debug)]
pub struct Descents {
    /// Descents of all teams together, team after team.
    pub count: u32,
    /// Room for points in each trail.
    pub trail_points: u32,
    /// `vec4f(a, b, f, distance)`: where each point falls on the landscape's plane, its own loss,
    /// and how far it is from the plane; trail i begins at i · `trail_points`.
    pub trails: wgpu::Buffer,
    /// A [`Head`] a descent.
    pub heads: wgpu::Buffer,
    /// The [`DescentsUniform`] of the present step.
    pub uniform: wgpu::Buffer,
}

impl Descents {
    /// Room for `count` descents with trails of `trail_points` points.
    pub fn new(gpu: &Gpu, count: u32, trail_points: u32) -> Self {
        // A binding may not be smaller than one entry, even where nothing is in it.
        let room = u64::from(count.max(1));
        let storage = wgpu::BufferUsages::STORAGE
            | wgpu::BufferUsages::COPY_DST
            | wgpu::BufferUsages::COPY_SRC;
        Self {
            count,
            trail_points,
            trails: gpu.buffer(
                "Descents::trails",
                room * u64::from(trail_points.max(1)) * 16,
                storage,
            ),
            heads: gpu.buffer("Descents::heads", room * size_of::<Head>() as u64, storage),
            uniform: gpu.uniform::<DescentsUniform>("Descents::uniform"),
        }
    }
}

/// The heads of a readback, descent after descent.
pub fn heads_from_bytes(bytes: &[u8]) -> Vec<Head> {
    let heads = bytes.chunks_exact(size_of::<Head>());
    heads.map(bytemuck::pod_read_unaligned).collect()
}
