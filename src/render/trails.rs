//! The trails: ribbons of constant width on the image that lie on the surface.

use super::lay_trails::{LayTrails, TrailBuffers, TrailStyle};
use super::target::PassPipeline;
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;
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

/// Opacity of what is seen through the surface.
pub(super) const VEIL: f64 = 0.3;

impl TrailsPass {
    /// The pass for targets of `samples` samples, on the layouts of group 0 (the frame) and group
    /// 1 (field, trails, heads, descents).
    pub fn new(gpu: &Gpu, groups: [&wgpu::BindGroupLayout; 2], samples: u32) -> Self {
        let lay = LayTrails::new(gpu, groups[0], groups[1]);
        let bindings = bind(lay.buffers()).build(gpu);
        Self {
            pipeline: ribbon_pipeline(gpu, groups, &bindings, samples),
            behind: hidden_ribbon_pipeline(gpu, groups, &bindings, samples),
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

/// The pipeline that draws ribbons over joints, whose style and joints are `bindings`.
pub(super) fn ribbon_pipeline(
    gpu: &Gpu,
    groups: [&wgpu::BindGroupLayout; 2],
    bindings: &BindGroup,
    samples: u32,
) -> wgpu::RenderPipeline {
    ribbons(
        gpu,
        groups,
        bindings,
        samples,
        1.0,
        wgpu::CompareFunction::LessEqual,
    )
}

/// The same for what the surface hides, as a veil lets it through.
fn hidden_ribbon_pipeline(
    gpu: &Gpu,
    groups: [&wgpu::BindGroupLayout; 2],
    bindings: &BindGroup,
    samples: u32,
) -> wgpu::RenderPipeline {
    ribbons(
        gpu,
        groups,
        bindings,
        samples,
        VEIL,
        wgpu::CompareFunction::Greater,
    )
}

fn ribbons(
    gpu: &Gpu,
    groups: [&wgpu::BindGroupLayout; 2],
    bindings: &BindGroup,
    samples: u32,
    veil: f64,
    compare: wgpu::CompareFunction,
) -> wgpu::RenderPipeline {
    let pipeline = PassPipeline {
        label: "TrailsPass::pipeline",
        groups: &[groups[0], groups[1], &bindings.layout],
        module: &gpu.shader("TrailsPass::shader", &shader::trails()),
        entry_points: ["vs_main", "fs_main"],
        constants: &[("veil", veil)],
        vertices: None,
        topology: wgpu::PrimitiveTopology::TriangleStrip,
        // Draped trails share the surface's depth and need none of their own: they are drawn in the
        // order of the teams.
        writes_depth: false,
        blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
        samples,
    };
    pipeline.build_where(gpu, compare)
}

fn bind(buffers: &TrailBuffers) -> BindGroupBuilder<'_> {
    BindGroupBuilder::new("TrailsPass::bindings", wgpu::ShaderStages::VERTEX_FRAGMENT)
        .uniform(&buffers.style)
        .read(&buffers.joints)
}
