//! The ground behind everything; `shaders/backdrop.wgsl`.

use super::pipeline::{PassBase, PassPipeline};
use crate::gpu::{BindGroup, BindGroupBuilder};
use crate::shader;

/// Fills what the other passes left free.
#[derive(Debug)]
pub struct BackdropPass {
    pipeline: wgpu::RenderPipeline,
    theme: BindGroup,
}

impl BackdropPass {
    /// The pass; `theme` holds the [`ThemeUniform`](super::colour::ThemeUniform).
    pub fn new(base: PassBase<'_>, theme: &wgpu::Buffer) -> Self {
        let gpu = base.gpu;
        let theme = BindGroupBuilder::new("BackdropPass::theme", wgpu::ShaderStages::FRAGMENT)
            .uniform(theme)
            .build(gpu);
        let pipeline = PassPipeline {
            label: "BackdropPass::pipeline",
            own: &theme.layout,
            module: &gpu.shader("BackdropPass::shader", &shader::backdrop(base.text)),
            entry_points: ["vs_main", "fs_main"],
            constants: &[],
            vertices: None,
            topology: wgpu::PrimitiveTopology::TriangleList,
            writes_depth: false,
            blend: None,
        }
        .build(base);
        Self { pipeline, theme }
    }

    /// Draws behind all that has written depth.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(2, &self.theme.group, &[]);
        pass.draw(0..3, 0..1);
    }
}
