//! From what was drawn, with more than eight bits, to the image; `shaders/develop.wgsl`.

use super::target::COLOUR_FORMAT;
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;

/// Adds pictures up, and makes the image of the last one or of the sum.
#[derive(Debug)]
pub(super) struct Develop {
    add: wgpu::RenderPipeline,
    finish: wgpu::RenderPipeline,
    picture: BindGroup,
    /// What the image is made of.
    page: BindGroup,
}

impl Develop {
    /// For `picture`, and where several of them are added up, for their `sum`, both of `format`.
    pub(super) fn new(
        gpu: &Gpu,
        picture: &wgpu::TextureView,
        sum: Option<&wgpu::TextureView>,
        (pictures, format): (u32, wgpu::TextureFormat),
    ) -> Self {
        let bind = |view| {
            BindGroupBuilder::new("Develop::picture", wgpu::ShaderStages::FRAGMENT)
                .texture(view, false)
        };
        let first = bind(picture).build(gpu);
        let page = bind(sum.unwrap_or(picture)).build_on(gpu, &first.layout);
        let part = 1.0 / f64::from(pictures);
        let adding = wgpu::BlendComponent {
            src_factor: wgpu::BlendFactor::One,
            dst_factor: wgpu::BlendFactor::One,
            operation: wgpu::BlendOperation::Add,
        };
        let adding = wgpu::BlendState {
            color: adding,
            alpha: adding,
        };
        let build = |stage: Stage<'_>| stage.build(gpu, &first.layout);
        Self {
            add: build(Stage {
                fragment: "fs_add",
                constants: &[("part", part)],
                format,
                blend: Some(adding),
            }),
            finish: build(Stage {
                fragment: "fs_finish",
                constants: &[],
                format: COLOUR_FORMAT,
                blend: None,
            }),
            picture: first,
            page,
        }
    }

    /// Adds the picture to `sum`, or begins with it.
    pub(super) fn add(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        sum: &wgpu::TextureView,
        is_first: bool,
    ) {
        let load = match is_first {
            true => wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
            false => wgpu::LoadOp::Load,
        };
        draw(encoder, sum, load, &self.add, &self.picture);
    }

    /// Makes the image.
    pub(super) fn finish(&self, encoder: &mut wgpu::CommandEncoder, image: &wgpu::TextureView) {
        let load = wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT);
        draw(encoder, image, load, &self.finish, &self.page);
    }
}

fn draw(
    encoder: &mut wgpu::CommandEncoder,
    onto: &wgpu::TextureView,
    load: wgpu::LoadOp<wgpu::Color>,
    pipeline: &wgpu::RenderPipeline,
    source: &BindGroup,
) {
    let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some("Develop::pass"),
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view: onto,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations {
                load,
                store: wgpu::StoreOp::Store,
            },
        })],
        ..Default::default()
    });
    pass.set_pipeline(pipeline);
    pass.set_bind_group(0, &source.group, &[]);
    pass.draw(0..3, 0..1);
}

/// How the two pipelines differ.
struct Stage<'a> {
    fragment: &'a str,
    constants: &'a [(&'a str, f64)],
    format: wgpu::TextureFormat,
    blend: Option<wgpu::BlendState>,
}

impl Stage<'_> {
    fn build(&self, gpu: &Gpu, own: &wgpu::BindGroupLayout) -> wgpu::RenderPipeline {
        let module = gpu.shader("Develop::shader", &shader::develop());
        let layout = gpu.pipeline_layout("Develop::pipeline", &[own]);
        gpu.device
            .create_render_pipeline(&wgpu::RenderPipelineDescriptor {
                label: Some("Develop::pipeline"),
                layout: Some(&layout),
                vertex: wgpu::VertexState {
                    module: &module,
                    entry_point: Some("vs_main"),
                    compilation_options: Default::default(),
                    buffers: &[],
                },
                primitive: Default::default(),
                depth_stencil: None,
                multisample: Default::default(),
                fragment: Some(wgpu::FragmentState {
                    module: &module,
                    entry_point: Some(self.fragment),
                    compilation_options: wgpu::PipelineCompilationOptions {
                        constants: self.constants,
                        ..Default::default()
                    },
                    targets: &[Some(wgpu::ColorTargetState {
                        format: self.format,
                        blend: self.blend,
                        write_mask: wgpu::ColorWrites::ALL,
                    })],
                }),
                multiview_mask: None,
                cache: None,
            })
    }
}
