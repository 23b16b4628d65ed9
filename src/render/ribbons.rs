//! Ribbons over joints, as wide on the image everywhere: what trails and curves are drawn with;
//! `shaders/trails.wgsl`.

use super::target::{PassBase, PassPipeline};
use crate::gpu::BindGroup;
use crate::shader;

/// Opacity of what is seen through the surface.
pub(super) const VEIL: f64 = 0.3;

/// The pipeline of ribbons whose style and joints are `bindings`.
pub(super) fn pipeline(base: PassBase<'_>, bindings: &BindGroup) -> wgpu::RenderPipeline {
    build(base, bindings, 1.0, wgpu::CompareFunction::LessEqual)
}

/// The same for what the surface hides, as a veil lets it through.
pub(super) fn pipeline_behind(base: PassBase<'_>, bindings: &BindGroup) -> wgpu::RenderPipeline {
    build(base, bindings, VEIL, wgpu::CompareFunction::Greater)
}

fn build(
    base: PassBase<'_>,
    bindings: &BindGroup,
    veil: f64,
    compare: wgpu::CompareFunction,
) -> wgpu::RenderPipeline {
    let pipeline = PassPipeline {
        label: "ribbons::pipeline",
        own: &bindings.layout,
        module: &base
            .gpu
            .shader("ribbons::shader", &shader::trails(base.text)),
        entry_points: ["vs_main", "fs_main"],
        constants: &[("veil", veil)],
        vertices: None,
        topology: wgpu::PrimitiveTopology::TriangleStrip,
        // Ribbons that lie on the surface share its depth and need none of their own: they are drawn
        // in the order of the teams.
        writes_depth: false,
        blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
    };
    pipeline.build_where(base, compare)
}
