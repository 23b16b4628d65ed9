//! Ribbons over joints, as wide on the image everywhere: what trails and curves are drawn with;
//! `shaders/trails.wgsl`.

use super::lazy::{Module, RenderPipeline};
use super::pipeline::{PassBase, PassPipeline};
use crate::gpu::Gpu;
use crate::shader;

/// Pieces that an instance draws, as the WGSL says: many, since drivers take their time from one
/// instance to the next.
pub(super) const BATCH: u32 = 64;

/// The two triangles of every piece of a batch.
pub(super) fn indices(gpu: &Gpu) -> wgpu::Buffer {
    let corners = |piece: u32| [0, 1, 2, 2, 1, 3].map(|corner| 4 * piece + corner);
    let indices: Vec<u32> = (0..BATCH).flat_map(corners).collect();
    let usage = wgpu::BufferUsages::INDEX | wgpu::BufferUsages::COPY_DST;
    let buffer = gpu.buffer("ribbons::indices", 4 * indices.len() as u64, usage);
    gpu.write(&buffer, &indices);
    buffer
}

/// Opacity of what is seen through the surface, where it must be.
pub(super) const VEIL: f32 = 0.3;

/// What of a ribbon a pipeline draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ribbon {
    /// The ribbon. Those that lie on the surface share its depth and need none of their own: they
    /// are drawn in the order of the teams.
    Plain,
    /// The ribbon as a chord through the air, which hides others.
    Chord,
    /// The ribbon where the surface hides it.
    Hidden,
    /// The glow around it.
    Glow,
    /// The ribbon on the floor.
    OnFloor,
}

/// What all ribbons are drawn with.
pub(super) fn module(base: PassBase<'_>) -> Module {
    base.shader("ribbons::shader", shader::trails)
}

/// The pipeline of ribbons whose style and joints are bound on `own`.
pub(super) fn pipeline(
    base: PassBase<'_>,
    (own, module): (&wgpu::BindGroupLayout, &Module),
    ribbon: Ribbon,
) -> RenderPipeline {
    let entry_points = match ribbon {
        Ribbon::Plain => ["vs_main", "fs_main"],
        Ribbon::Chord => ["vs_main", "fs_chord"],
        Ribbon::Hidden => ["vs_main", "fs_hidden"],
        Ribbon::Glow => ["vs_glow", "fs_glow"],
        Ribbon::OnFloor => ["vs_main", "fs_floor"],
    };
    let pipeline = PassPipeline {
        label: "ribbons::pipeline",
        own,
        module,
        entry_points,
        constants: &[],
        vertices: None,
        topology: wgpu::PrimitiveTopology::TriangleList,
        writes_depth: ribbon == Ribbon::Chord,
        blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
    };
    let compare = match ribbon {
        Ribbon::Hidden => wgpu::CompareFunction::Greater,
        _ => wgpu::CompareFunction::LessEqual,
    };
    pipeline.build_where(base, compare)
}
