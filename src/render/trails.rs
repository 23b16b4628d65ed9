//! The trails: ribbons of constant width on the image that lie on the surface.

use super::lay_trails::{LayTrails, TrailBuffers, TrailStyle};
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
    /// The pass for targets of `format` beside a `Depth32Float` depth, both of `samples` samples,
    /// on the layouts of group 0 (the frame) and group 1 (field, trails, heads, descents).
    pub fn new(
        gpu: &Gpu,
        frame: &wgpu::BindGroupLayout,
        landscape: &wgpu::BindGroupLayout,
        format: wgpu::TextureFormat,
        samples: u32,
    ) -> Self {
        let lay = LayTrails::new(gpu, frame, landscape);
        let bindings = bind(lay.buffers()).build(gpu);
        let layout =
            gpu.pipeline_layout("TrailsPass::layout", &[frame, landscape, &bindings.layout]);
        Self {
            pipeline: pipeline(gpu, &layout, format, samples),
            lay,
            bindings,
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

/// Draped trails share the surface's depth, so that they need none of their own: drawn in the
/// order of the teams, blended, not written.
fn pipeline(
    gpu: &Gpu,
    layout: &wgpu::PipelineLayout,
    format: wgpu::TextureFormat,
    samples: u32,
) -> wgpu::RenderPipeline {
    let module = gpu.shader("TrailsPass::shader", &shader::trails());
    gpu.device
        .create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("TrailsPass::pipeline"),
            layout: Some(layout),
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: Some("vs_main"),
                compilation_options: Default::default(),
                buffers: &[],
            },
            primitive: wgpu::PrimitiveState {
                topology: wgpu::PrimitiveTopology::TriangleStrip,
                ..Default::default()
            },
            depth_stencil: Some(wgpu::DepthStencilState {
                format: wgpu::TextureFormat::Depth32Float,
                depth_write_enabled: Some(false),
                depth_compare: Some(wgpu::CompareFunction::LessEqual),
                stencil: Default::default(),
                bias: Default::default(),
            }),
            multisample: wgpu::MultisampleState {
                count: samples,
                ..Default::default()
            },
            fragment: Some(wgpu::FragmentState {
                module: &module,
                entry_point: Some("fs_main"),
                compilation_options: Default::default(),
                targets: &[Some(wgpu::ColorTargetState {
                    format,
                    blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                    write_mask: wgpu::ColorWrites::ALL,
                })],
            }),
            multiview_mask: None,
            cache: None,
        })
}
