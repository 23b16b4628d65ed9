//! The descents: state, trails and heads on the GPU.

use crate::gpu::Gpu;
use bytemuck::{Pod, Zeroable};

/// Trails at most; of more descents, an even sample has one.
pub const MAX_TRAILS: u32 = 65_536;

/// `Descents` in `shaders/include/descent.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct DescentsUniform {
    pub count: u32,
    pub trail_points: u32,
    pub stride: u32,
    pub step: u32,
    pub trail_every: u32,
    pub padding: [u32; 3],
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
}

impl Head {
    /// A descent of a team at its start point.
    pub fn at(start: &[f32], team: u32) -> Self {
        Self {
            place: [start[0], start.get(1).copied().unwrap_or(0.0)],
            loss: 0.0,
            status: 0,
            end_step: 0,
            team,
        }
    }
}

/// One descent of so many has a trail, where there are `count` of all teams together.
pub fn trail_every(count: u32) -> u32 {
    count.div_ceil(MAX_TRAILS).max(1)
}

/// What the passes read of the descents.
#[derive(Debug)]
pub struct Descents {
    /// Descents of all teams together, team after team.
    pub count: u32,
    /// Room for points in each trail.
    pub trail_points: u32,
    /// Descents 0, `trail_every`, 2 · `trail_every` … have a trail: each one while there are no
    /// more than [`MAX_TRAILS`].
    pub trail_every: u32,
    /// `vec4f(a, b, f, 1)` on the landscape's plane; the trail of descent i · `trail_every` begins
    /// at i · `trail_points`. The point of step k · stride lies at k modulo `trail_points`.
    pub trails: wgpu::Buffer,
    /// A [`Head`] a descent.
    pub heads: wgpu::Buffer,
    /// The [`DescentsUniform`] of the present step.
    pub uniform: wgpu::Buffer,
}

impl Descents {
    /// Room for `count` descents with trails of `trail_points` points.
    pub fn new(gpu: &Gpu, count: u32, trail_points: u32) -> Self {
        let storage = wgpu::BufferUsages::STORAGE
            | wgpu::BufferUsages::COPY_DST
            | wgpu::BufferUsages::COPY_SRC;
        let trail_every = trail_every(count);
        let trail_count = u64::from(count.div_ceil(trail_every));
        Self {
            count,
            trail_points,
            trail_every,
            trails: gpu.buffer(
                "Descents::trails",
                trail_count * u64::from(trail_points) * 16,
                storage,
            ),
            heads: gpu.buffer(
                "Descents::heads",
                u64::from(count) * size_of::<Head>() as u64,
                storage,
            ),
            uniform: gpu.uniform::<DescentsUniform>("Descents::uniform"),
        }
    }

    /// How many descents have a trail.
    pub fn trail_count(&self) -> u32 {
        self.count.div_ceil(self.trail_every)
    }
}

/// The heads of a readback, descent after descent.
pub fn heads_from_bytes(bytes: &[u8]) -> Vec<Head> {
    let heads = bytes.chunks_exact(size_of::<Head>());
    heads.map(bytemuck::pod_read_unaligned).collect()
}
