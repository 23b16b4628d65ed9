//! What a pass is built with: the device, what all pipelines share, and how one differs.

use super::target::DEPTH_FORMAT;
use crate::gpu::Gpu;
use crate::shader::LandscapeText;

/// What the constructor of every pass is given.
#[derive(Debug, Clone, Copy)]
pub struct PassBase<'a> {
    /// The device.
    pub gpu: &'a Gpu,
    /// The layouts of group 0, the frame, and of group 1: field, trails, heads and descents.
    pub groups: [&'a wgpu::BindGroupLayout; 2],
    /// The layout of group 1 where the relief is baked.
    pub baked: &'a wgpu::BindGroupLayout,
    /// What the formula room wrote for the landscape.
    pub text: &'a LandscapeText,
    /// Samples a pixel of the target.
    pub samples: u32,
    /// The format of the target's picture.
    pub format: wgpu::TextureFormat,
}

impl PassBase<'_> {
    /// The layout of a pipeline whose group 2 is `own`.
    pub fn layout(&self, label: &str, own: &wgpu::BindGroupLayout) -> wgpu::PipelineLayout {
        let [frame, landscape] = self.groups;
        self.gpu.pipeline_layout(label, &[frame, landscape, own])
    }
}

/// How a pass's pipeline differs from the others.
#[derive(Debug, Clone)]
pub struct PassPipeline<'a> {
    /// The pipeline's Rust path.
    pub label: &'a str,
    /// The layout of group 2, the pass's own.
    pub own: &'a wgpu::BindGroupLayout,
    /// The shader.
    pub module: &'a wgpu::ShaderModule,
    /// Vertex and fragment entry point.
    pub entry_points: [&'a str; 2],
    /// Values of the shader's overrides.
    pub constants: &'a [(&'a str, f64)],
    /// The vertex buffer, if there is one.
    pub vertices: Option<wgpu::VertexBufferLayout<'a>>,
    /// Lists or strips of triangles.
    pub topology: wgpu::PrimitiveTopology,
    /// Whether what is drawn hides what is behind it.
    pub writes_depth: bool,
    /// How a fragment meets what is there; `None` replaces it.
    pub blend: Option<wgpu::BlendState>,
}

impl PassPipeline<'_> {
    /// The pipeline: drawn where nothing nearer is, both faces shown.
    pub fn build(&self, base: PassBase<'_>) -> wgpu::RenderPipeline {
        self.build_where(base, wgpu::CompareFunction::LessEqual)
    }

    /// The same pipeline, drawn where its depth compares so with what is there.
    pub fn build_where(
        &self,
        base: PassBase<'_>,
        compare: wgpu::CompareFunction,
    ) -> wgpu::RenderPipeline {
        let compilation_options = || wgpu::PipelineCompilationOptions {
            constants: self.constants,
            ..Default::default()
        };
        base.gpu
            .device
            .create_render_pipeline(&wgpu::RenderPipelineDescriptor {
                label: Some(self.label),
                layout: Some(&base.layout(self.label, self.own)),
                vertex: wgpu::VertexState {
                    module: self.module,
                    entry_point: Some(self.entry_points[0]),
                    compilation_options: compilation_options(),
                    buffers: &[self.vertices.clone()][..usize::from(self.vertices.is_some())],
                },
                primitive: wgpu::PrimitiveState {
                    topology: self.topology,
                    ..Default::default()
                },
                depth_stencil: Some(wgpu::DepthStencilState {
                    format: DEPTH_FORMAT,
                    depth_write_enabled: Some(self.writes_depth),
                    depth_compare: Some(compare),
                    stencil: wgpu::StencilState::default(),
                    bias: wgpu::DepthBiasState::default(),
                }),
                multisample: wgpu::MultisampleState {
                    count: base.samples,
                    ..Default::default()
                },
                fragment: Some(wgpu::FragmentState {
                    module: self.module,
                    entry_point: Some(self.entry_points[1]),
                    compilation_options: compilation_options(),
                    targets: &[Some(wgpu::ColorTargetState {
                        format: base.format,
                        blend: self.blend,
                        write_mask: wgpu::ColorWrites::ALL,
                    })],
                }),
                multiview_mask: None,
                cache: None,
            })
    }
}
