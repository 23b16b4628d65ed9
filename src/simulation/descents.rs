//! The descents: state, trails and heads on the GPU.

use super::plane::Plane;
use crate::gpu::Gpu;
use bytemuck::{Pod, Zeroable};

/// Trails at most; of more descents, an even sample has one.
pub const MAX_TRAILS: u32 = 65_536;

/// Texels in a row of [`Descents::points`], as `shaders/include/trail_steps.wgsl` has them.
const POINTS_ACROSS: u32 = 4096;

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
    /// A copy of `trails` for who reads many of them, point i in texel i % 4096 of row i / 4096: a
    /// driver in software reads eight texels at a time, but the numbers of a buffer one by one.
    pub points: wgpu::TextureView,
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
        let trail_count = count.div_ceil(trail_every);
        let points = trail_count.max(1) * trail_points.max(1);
        Self {
            count,
            trail_points,
            trail_every,
            trails: gpu.buffer("Descents::trails", u64::from(points) * POINT_BYTES, storage),
            points: points_texture(gpu, points).create_view(&Default::default()),
            heads: gpu.buffer("Descents::heads", room * size_of::<Head>() as u64, storage),
            uniform: gpu.uniform::<DescentsUniform>("Descents::uniform"),
        }
    }

    /// How many descents have a trail.
    pub fn trail_count(&self) -> u32 {
        self.count.div_ceil(self.trail_every)
    }

    /// Copies `trails` to `points`.
    pub fn copy_points(&self, encoder: &mut wgpu::CommandEncoder) {
        let points = (self.trails.size() / POINT_BYTES) as u32;
        let (rows, rest) = (points / POINTS_ACROSS, points % POINTS_ACROSS);
        for (first_row, width, height) in [(0, POINTS_ACROSS, rows), (rows, rest, 1)] {
            if width * height > 0 {
                self.copy_rows(encoder, first_row, [width, height]);
            }
        }
    }

    fn copy_rows(&self, encoder: &mut wgpu::CommandEncoder, first_row: u32, size: [u32; 2]) {
        let row_bytes = POINTS_ACROSS * POINT_BYTES as u32;
        encoder.copy_buffer_to_texture(
            wgpu::TexelCopyBufferInfo {
                buffer: &self.trails,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: u64::from(first_row) * u64::from(row_bytes),
                    bytes_per_row: Some(row_bytes),
                    rows_per_image: None,
                },
            },
            wgpu::TexelCopyTextureInfo {
                origin: wgpu::Origin3d {
                    x: 0,
                    y: first_row,
                    z: 0,
                },
                ..self.points.texture().as_image_copy()
            },
            extent(size),
        );
    }
}

/// Bytes of a trail's point.
const POINT_BYTES: u64 = 16;

fn points_texture(gpu: &Gpu, points: u32) -> wgpu::Texture {
    let size = [points.min(POINTS_ACROSS), points.div_ceil(POINTS_ACROSS)];
    gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("Descents::points"),
        size: extent(size),
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba32Float,
        usage: wgpu::TextureUsages::COPY_DST | wgpu::TextureUsages::TEXTURE_BINDING,
        view_formats: &[],
    })
}

fn extent([width, height]: [u32; 2]) -> wgpu::Extent3d {
    wgpu::Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    }
}

/// The heads of a readback, descent after descent.
pub fn heads_from_bytes(bytes: &[u8]) -> Vec<Head> {
    let heads = bytes.chunks_exact(size_of::<Head>());
    heads.map(bytemuck::pod_read_unaligned).collect()
}
