//! What a pass is built with: the device, what all pipelines share, and how one differs.

use super::lazy::{Lazy, Module, RenderPipeline};
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

    /// The shader that `text` assembles for the landscape.
    pub fn shader(&self, label: &'static str, text: fn(&LandscapeText) -> String) -> Module {
        let (gpu, landscape) = (self.gpu.clone(), self.text.clone());
        Lazy::new(move || gpu.shader(label, &text(&landscape)))
    }

    /// A kernel of `module` whose group 2 is `own`, with values of the shader's overrides.
    pub fn kernel(
        &self,
        label: &'static str,
        (own, module): (&wgpu::BindGroupLayout, &Module),
        entry_point: &'static str,
        constants: &[(&'static str, f64)],
    ) -> Lazy<wgpu::ComputePipeline> {
        let (gpu, layout) = (self.gpu.clone(), self.layout(label, own));
        let (module, constants) = (module.clone(), constants.to_vec());
        Lazy::new(move || {
            gpu.device
                .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                    label: Some(label),
                    layout: Some(&layout),
                    module: &module,
                    entry_point: Some(entry_point),
                    compilation_options: wgpu::PipelineCompilationOptions {
                        constants: &constants,
                        ..Default::default()
                    },
                    cache: None,
                })
        })
    }
}

/// How a pass's pipeline differs from the others.
#[derive(Debug, Clone)]
pub struct PassPipeline<'a> {
    /// The pipeline's Rust path.
    pub label: &'static str,
    /// The layout of group 2, the pass's own.
    pub own: &'a wgpu::BindGroupLayout,
    /// The shader.
    pub module: &'a Module,
    /// Vertex and fragment entry point.
    pub entry_points: [&'static str; 2],
    /// Values of the shader's overrides.
    pub constants: &'a [(&'static str, f64)],
    /// The vertex buffer, if there is one.
    pub vertices: Option<wgpu::VertexBufferLayout<'static>>,
    /// Lists or strips of triangles.
    pub topology: wgpu::PrimitiveTopology,
    /// Whether what is drawn hides what is behind it.
    pub writes_depth: bool,
    /// How a fragment meets what is there; `None` replaces it.
    pub blend: Option<wgpu::BlendState>,
}

impl PassPipeline<'_> {
    /// The pipeline: drawn where nothing nearer is, both faces shown.
    pub fn build(&self, base: PassBase<'_>) -> RenderPipeline {
        self.build_where(base, wgpu::CompareFunction::LessEqual)
    }

    /// The same pipeline, drawn where its depth compares so with what is there.
    pub fn build_where(
        &self,
        base: PassBase<'_>,
        compare: wgpu::CompareFunction,
    ) -> RenderPipeline {
        let made = Made {
            device: base.gpu.device.clone(),
            label: self.label,
            layout: base.layout(self.label, self.own),
            module: self.module.clone(),
            entry_points: self.entry_points,
            constants: self.constants.to_vec(),
            vertices: self.vertices.clone(),
            topology: self.topology,
            depth: wgpu::DepthStencilState {
                format: DEPTH_FORMAT,
                depth_write_enabled: Some(self.writes_depth),
                depth_compare: Some(compare),
                stencil: wgpu::StencilState::default(),
                bias: wgpu::DepthBiasState::default(),
            },
            samples: base.samples,
            target: wgpu::ColorTargetState {
                format: base.format,
                blend: self.blend,
                write_mask: wgpu::ColorWrites::ALL,
            },
        };
        Lazy::new(move || made.make())
    }
}

/// All that a pipeline is made of.
struct Made {
    device: wgpu::Device,
    label: &'static str,
    layout: wgpu::PipelineLayout,
    module: Module,
    entry_points: [&'static str; 2],
    constants: Vec<(&'static str, f64)>,
    vertices: Option<wgpu::VertexBufferLayout<'static>>,
    topology: wgpu::PrimitiveTopology,
    depth: wgpu::DepthStencilState,
    samples: u32,
    target: wgpu::ColorTargetState,
}

impl Made {
    fn make(self) -> wgpu::RenderPipeline {
        let compilation_options = || wgpu::PipelineCompilationOptions {
            constants: &self.constants,
            ..Default::default()
        };
        let descriptor = wgpu::RenderPipelineDescriptor {
            label: Some(self.label),
            layout: Some(&self.layout),
            vertex: wgpu::VertexState {
                module: &self.module,
                entry_point: Some(self.entry_points[0]),
                compilation_options: compilation_options(),
                buffers: &[self.vertices.clone()][..usize::from(self.vertices.is_some())],
            },
            primitive: wgpu::PrimitiveState {
                topology: self.topology,
                ..Default::default()
            },
            depth_stencil: Some(self.depth.clone()),
            multisample: wgpu::MultisampleState {
                count: self.samples,
                ..Default::default()
            },
            fragment: Some(wgpu::FragmentState {
                module: &self.module,
                entry_point: Some(self.entry_points[1]),
                compilation_options: compilation_options(),
                targets: &[Some(self.target.clone())],
            }),
            multiview_mask: None,
            cache: None,
        };
        self.device.create_render_pipeline(&descriptor)
    }
}
