//! The ground behind everything; `shaders/backdrop.wgsl`.

use super::target::PassPipeline;
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;

/// Fills what the other passes left free.
#[derive(Debug)]
pub struct BackdropPass {
    pipeline: wgpu::RenderPipeline,
    theme: BindGroup,
}

impl BackdropPass {
    /// The pass for targets of `samples` a pixel; `groups` are the layouts of groups 0 and 1,
    /// `theme` holds the
    /// [`ThemeUniform`](super::colour::ThemeUniform).
    pub fn new(
        gpu: &Gpu,
        groups: [&wgpu::BindGroupLayout; 2],
        theme: &wgpu::Buffer,
        samples: u32,
    ) -> Self {
        let theme = BindGroupBuilder::new("BackdropPass::theme", wgpu::ShaderStages::FRAGMENT)
            .uniform(theme)
            .build(gpu);
        let pipeline = PassPipeline {
            label: "BackdropPass::pipeline",
            groups: &[groups[0], groups[1], &theme.layout],
            module: &gpu.shader("BackdropPass::shader", &shader::backdrop()),
            entry_points: ["vs_main", "fs_main"],
            constants: &[],
            vertices: None,
            topology: wgpu::PrimitiveTopology::TriangleList,
            writes_depth: false,
            blend: None,
            samples,
        }
        .build(gpu);
        Self { pipeline, theme }
    }

    /// Draws behind all that has written depth.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(2, &self.theme.group, &[]);
        pass.draw(0..3, 0..1);
    }
}
