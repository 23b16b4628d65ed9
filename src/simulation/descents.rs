//! The descents: state, trails and heads on the GPU.

use super::plane::Plane;
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
    pub distance: f32,
    pub padding: u32,
}

impl Head {
    /// A descent of a team at its start point, before its loss is known.
    pub fn at(start: &[f32], team: u32, plane: &Plane) -> Self {
        let start: Vec<_> = start.iter().map(|x| f64::from(*x)).collect();
        let foot = plane.foot_of(&start);
        Self {
            place: foot.place.map(|coordinate| coordinate as f32),
            loss: 0.0,
            status: 0,
            end_step: 0,
            team,
            distance: foot.distance as f32,
            padding: 0,
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
    /// `vec4f(a, b, f, distance)`: where each point falls on the landscape's plane, its own loss,
    /// and how far it is from the plane. The trail of descent i · `trail_every` begins at
    /// i · `trail_points`; the point of step k · stride lies at k modulo `trail_points`.
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
        let trail_every = trail_every(count);
        let trail_count = u64::from(count.div_ceil(trail_every));
        Self {
            count,
            trail_points,
            trail_every,
            trails: gpu.buffer(
                "Descents::trails",
                trail_count.max(1) * u64::from(trail_points.max(1)) * 16,
                storage,
            ),
            heads: gpu.buffer("Descents::heads", room * size_of::<Head>() as u64, storage),
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
