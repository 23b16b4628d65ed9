//! The ground behind everything; `shaders/backdrop.wgsl`.

use super::colour::Theme;
use super::lazy::RenderPipeline;
use super::pipeline::{PassBase, PassPipeline};
use crate::gpu::{BindGroup, BindGroupBuilder};
use crate::shader;

/// What is there, over what is drawn.
const UNDER: wgpu::BlendComponent = wgpu::BlendComponent {
    src_factor: wgpu::BlendFactor::OneMinusDstAlpha,
    dst_factor: wgpu::BlendFactor::One,
    operation: wgpu::BlendOperation::Add,
};

/// Fills what the other passes left free.
#[derive(Debug)]
pub struct BackdropPass {
    ground: RenderPipeline,
    checks: RenderPipeline,
    checks_under: RenderPipeline,
    theme: BindGroup,
}

impl BackdropPass {
    /// The pass; `theme` holds the [`ThemeUniform`](super::colour::ThemeUniform).
    pub fn new(base: PassBase<'_>, theme: &wgpu::Buffer) -> Self {
        let gpu = base.gpu;
        let theme = BindGroupBuilder::new("BackdropPass::theme", wgpu::ShaderStages::FRAGMENT)
            .uniform(theme)
            .build(gpu);
        let behind = PassPipeline {
            label: "BackdropPass::pipeline",
            own: &theme.layout,
            module: &base.shader("BackdropPass::shader", shader::backdrop),
            entry_points: ["vs_main", "fs_main"],
            constants: &[],
            vertices: None,
            topology: wgpu::PrimitiveTopology::TriangleList,
            writes_depth: false,
            blend: None,
        };
        let checks = PassPipeline {
            entry_points: ["vs_main", "fs_checks"],
            ..behind.clone()
        };
        let under = PassPipeline {
            blend: Some(wgpu::BlendState {
                color: UNDER,
                alpha: UNDER,
            }),
            ..checks.clone()
        };
        Self {
            ground: behind.build(base),
            checks: checks.build(base),
            checks_under: under.build_where(base, wgpu::CompareFunction::Always),
            theme,
        }
    }

    /// Draws behind all that has written depth.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, theme: Theme) {
        let pipeline = match theme {
            Theme::Checks => &self.checks,
            _ => &self.ground,
        };
        self.draw_with(pass, pipeline);
    }

    /// Draws the checks under all that was drawn on nothing so far, as much as its alpha lets
    /// through.
    pub fn draw_under(&self, pass: &mut wgpu::RenderPass<'_>) {
        self.draw_with(pass, &self.checks_under);
    }

    fn draw_with(&self, pass: &mut wgpu::RenderPass<'_>, pipeline: &RenderPipeline) {
        pass.set_pipeline(pipeline);
        pass.set_bind_group(2, &self.theme.group, &[]);
        pass.draw(0..3, 0..1);
    }
}
