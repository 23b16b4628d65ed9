//! The trails: ribbons of constant width on the image that lie on the surface.

use super::lay_trails::{LayTrails, TrailBuffers, TrailStyle};
use super::target::{PassBase, PassPipeline};
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;
use crate::simulation::Descents;

/// The pass that draws the trails, with the compute stage that lays them.
#[derive(Debug)]
pub struct TrailsPass {
    lay: LayTrails,
    bindings: BindGroup,
    pipeline: wgpu::RenderPipeline,
}

impl TrailsPass {
    /// The pass with its stage; groups 0 and 1 must be visible to compute stages too.
    pub fn new(base: PassBase<'_>) -> Self {
        let gpu = base.gpu;
        let lay = LayTrails::new(base);
        let bindings = bind(lay.buffers()).build(gpu);
        let pipeline = PassPipeline {
            label: "TrailsPass::pipeline",
            own: &bindings.layout,
            module: &gpu.shader("TrailsPass::shader", &shader::trails(base.text)),
            entry_points: ["vs_main", "fs_main"],
            constants: &[],
            vertices: None,
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            // Draped trails share the surface's depth and need none of their own: they are drawn
            // in the order of the teams.
            writes_depth: false,
            blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
        }
        .build(base);
        Self {
            lay,
            bindings,
            pipeline,
        }
    }

    /// Makes room for the trails of `descents` and takes the style over.
    pub fn prepare(&mut self, gpu: &Gpu, descents: &Descents, style: &TrailStyle) {
        if self.lay.prepare(gpu, descents, style) {
            self.bindings = bind(self.lay.buffers()).build_on(gpu, &self.bindings.layout);
        }
    }

    /// Lays the trails out for this frame, before the render pass; groups 0 and 1 are set.
    pub fn lay(&self, pass: &mut wgpu::ComputePass) {
        self.lay.lay(pass);
    }

    /// Draws them over the surface, whose depth they are tested against; groups 0 and 1 are set.
    pub fn draw(&self, pass: &mut wgpu::RenderPass) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(2, &self.bindings.group, &[]);
        pass.draw_indirect(&self.lay.buffers().draw, 0);
    }

    /// What [`TrailsPass::lay`] writes.
    pub fn buffers(&self) -> &TrailBuffers {
        self.lay.buffers()
    }
}

fn bind(buffers: &TrailBuffers) -> BindGroupBuilder<'_> {
    BindGroupBuilder::new("TrailsPass::bindings", wgpu::ShaderStages::VERTEX_FRAGMENT)
        .uniform(&buffers.style)
        .read(&buffers.joints)
}
