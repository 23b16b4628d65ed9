//! The trails: ribbons of constant width on the image that lie on the surface.

use super::lay_trails::{LayTrails, TrailBuffers, TrailStyle};
use super::ribbons;
use super::target::PassBase;
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::simulation::Descents;

/// The pass that draws the trails, with the compute stage that lays them.
#[derive(Debug)]
pub struct TrailsPass {
    lay: LayTrails,
    bindings: BindGroup,
    pipeline: wgpu::RenderPipeline,
    /// For what the surface hides, where that is to be seen through it.
    behind: wgpu::RenderPipeline,
    leaves_plane: bool,
}

impl TrailsPass {
    /// The pass with its stage; groups 0 and 1 must be visible to compute stages too.
    pub fn new(base: PassBase<'_>) -> Self {
        let gpu = base.gpu;
        let lay = LayTrails::new(base);
        let bindings = bind(lay.buffers()).build(gpu);
        Self {
            pipeline: ribbons::pipeline(base, &bindings),
            behind: ribbons::pipeline_behind(base, &bindings),
            lay,
            bindings,
            leaves_plane: false,
        }
    }

    /// Makes room for the trails of `descents` and takes the style over.
    pub fn prepare(&mut self, gpu: &Gpu, descents: &Descents, style: &TrailStyle) {
        self.leaves_plane = style.reach.is_some();
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
        pass.set_bind_group(2, &self.bindings.group, &[]);
        if self.leaves_plane {
            pass.set_pipeline(&self.behind);
            pass.draw_indirect(&self.lay.buffers().draw, 0);
        }
        pass.set_pipeline(&self.pipeline);
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
