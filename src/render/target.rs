//! The one display-encoded image that every pass draws into, and its depth.

use crate::gpu::Gpu;
use crate::shader::LandscapeText;

/// Colour of the image: display-encoded, so that alpha means compositing in that space.
pub const COLOUR_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// Depth, 0 near and 1 far.
pub const DEPTH_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Depth32Float;

/// The image with its depth; with 4 samples a pixel also the samples that are resolved into it.
#[derive(Debug)]
pub struct Target {
    /// The finished image; can be copied and sampled.
    pub colour: wgpu::Texture,
    /// All of `colour`.
    pub view: wgpu::TextureView,
    /// Width and height in pixels.
    pub size_px: [u32; 2],
    /// Samples a pixel: 1 or 4.
    pub samples: u32,
    /// The depth, with as many samples; compute stages may read it.
    pub depth: wgpu::TextureView,
    many: Option<wgpu::TextureView>,
}

impl Target {
    /// An image of `size_px` pixels, at least 1 by 1, with 1 or 4 samples a pixel.
    pub fn new(gpu: &Gpu, size_px: [u32; 2], samples: u32) -> Self {
        let attachment = wgpu::TextureUsages::RENDER_ATTACHMENT;
        let readable =
            attachment | wgpu::TextureUsages::COPY_SRC | wgpu::TextureUsages::TEXTURE_BINDING;
        let create = |label, format, samples, usage| {
            gpu.device.create_texture(&wgpu::TextureDescriptor {
                label: Some(label),
                size: wgpu::Extent3d {
                    width: size_px[0],
                    height: size_px[1],
                    depth_or_array_layers: 1,
                },
                mip_level_count: 1,
                sample_count: samples,
                dimension: wgpu::TextureDimension::D2,
                format,
                usage,
                view_formats: &[],
            })
        };
        let all_of = |texture: wgpu::Texture| texture.create_view(&Default::default());
        let colour = create("Target::colour", COLOUR_FORMAT, 1, readable);
        Self {
            view: colour.create_view(&Default::default()),
            colour,
            size_px,
            samples,
            depth: all_of(create(
                "Target::depth",
                DEPTH_FORMAT,
                samples,
                attachment | wgpu::TextureUsages::TEXTURE_BINDING,
            )),
            many: (samples > 1)
                .then(|| all_of(create("Target::many", COLOUR_FORMAT, samples, attachment))),
        }
    }

    /// Begins a pass on a clear depth: the first of a picture on a clear image too.
    pub fn begin<'encoder>(
        &self,
        encoder: &'encoder mut wgpu::CommandEncoder,
        is_first: bool,
    ) -> wgpu::RenderPass<'encoder> {
        let colour = match is_first {
            true => wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
            false => wgpu::LoadOp::Load,
        };
        self.pass(encoder, colour, wgpu::LoadOp::Clear(1.0))
    }

    /// Goes on where the last pass ended, with its depth.
    pub fn go_on<'encoder>(
        &self,
        encoder: &'encoder mut wgpu::CommandEncoder,
    ) -> wgpu::RenderPass<'encoder> {
        self.pass(encoder, wgpu::LoadOp::Load, wgpu::LoadOp::Load)
    }

    fn pass<'encoder>(
        &self,
        encoder: &'encoder mut wgpu::CommandEncoder,
        colour: wgpu::LoadOp<wgpu::Color>,
        depth: wgpu::LoadOp<f32>,
    ) -> wgpu::RenderPass<'encoder> {
        encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("Target::pass"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: self.many.as_ref().unwrap_or(&self.view),
                depth_slice: None,
                resolve_target: self.many.as_ref().map(|_| &self.view),
                ops: wgpu::Operations {
                    load: colour,
                    store: wgpu::StoreOp::Store,
                },
            })],
            depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                view: &self.depth,
                depth_ops: Some(wgpu::Operations {
                    load: depth,
                    store: wgpu::StoreOp::Store,
                }),
                stencil_ops: None,
            }),
            ..Default::default()
        })
    }
}

/// What the constructor of every pass is given.
#[derive(Debug, Clone, Copy)]
pub struct PassBase<'a> {
    /// The device.
    pub gpu: &'a Gpu,
    /// The layouts of group 0, the frame, and of group 1: field, trails, heads and descents.
    pub groups: [&'a wgpu::BindGroupLayout; 2],
    /// What the formula room wrote for the landscape.
    pub text: &'a LandscapeText,
    /// Samples a pixel of the target.
    pub samples: u32,
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
                        format: COLOUR_FORMAT,
                        blend: self.blend,
                        write_mask: wgpu::ColorWrites::ALL,
                    })],
                }),
                multiview_mask: None,
                cache: None,
            })
    }
}
