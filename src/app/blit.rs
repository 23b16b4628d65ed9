//! The picture onto the window's surface; `shaders/blit.wgsl`.

use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;

/// Copies the display-encoded picture onto a surface.
#[derive(Debug)]
pub struct BlitPass {
    pipeline: wgpu::RenderPipeline,
    picture: BindGroup,
}

impl BlitPass {
    /// The pass for surfaces of `format`, showing `picture`, a display-encoded image.
    pub fn new(gpu: &Gpu, format: wgpu::TextureFormat, picture: &wgpu::TextureView) -> Self {
        let picture = resources(picture).build(gpu);
        Self {
            pipeline: pipeline(gpu, format, &picture.layout),
            picture,
        }
    }

    /// Shows another image from now on.
    pub fn set_picture(&mut self, gpu: &Gpu, picture: &wgpu::TextureView) {
        self.picture = resources(picture).build_on(gpu, &self.picture.layout);
    }

    /// Draws the picture of `size_px` into the upper left corner, which must have room for it.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, size_px: [u32; 2]) {
        let [width, height] = size_px.map(|pixels| pixels as f32);
        pass.set_viewport(0.0, 0.0, width, height, 0.0, 1.0);
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.picture.group, &[]);
        pass.draw(0..3, 0..1);
    }
}

fn resources(picture: &wgpu::TextureView) -> BindGroupBuilder<'_> {
    BindGroupBuilder::new("BlitPass::picture", wgpu::ShaderStages::FRAGMENT).texture(picture, true)
}

fn pipeline(
    gpu: &Gpu,
    format: wgpu::TextureFormat,
    picture: &wgpu::BindGroupLayout,
) -> wgpu::RenderPipeline {
    let label = "BlitPass::pipeline";
    let module = gpu.shader("BlitPass::shader", &shader::blit());
    gpu.device
        .create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some(label),
            layout: Some(&gpu.pipeline_layout(label, &[picture])),
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: Some("vs_main"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                buffers: &[],
            },
            primitive: wgpu::PrimitiveState::default(),
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &module,
                entry_point: Some("fs_main"),
                compilation_options: wgpu::PipelineCompilationOptions {
                    constants: &[("decode", f64::from(u8::from(format.is_srgb())))],
                    ..Default::default()
                },
                targets: &[Some(format.into())],
            }),
            multiview_mask: None,
            cache: None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gpu::TextureReadback;
    use wgpu::TextureFormat::{Rgba8Unorm, Rgba8UnormSrgb};

    const SIZE_PX: [u32; 2] = [64, 5];

    fn image(gpu: &Gpu, format: wgpu::TextureFormat) -> wgpu::Texture {
        gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: None,
            size: wgpu::Extent3d {
                width: SIZE_PX[0],
                height: SIZE_PX[1],
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT
                | wgpu::TextureUsages::TEXTURE_BINDING
                | wgpu::TextureUsages::COPY_SRC
                | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        })
    }

    /// The bytes that a surface of `format` shows for a picture of `bytes`.
    fn shown(gpu: &Gpu, format: wgpu::TextureFormat, bytes: &[u8]) -> Vec<u8> {
        let picture = image(gpu, Rgba8Unorm);
        let row = wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(4 * SIZE_PX[0]),
            rows_per_image: None,
        };
        let size = picture.size();
        gpu.queue
            .write_texture(picture.as_image_copy(), bytes, row, size);
        let surface = image(gpu, format);
        let blit = BlitPass::new(gpu, format, &picture.create_view(&Default::default()));
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        let view = surface.create_view(&Default::default());
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations::default(),
            })],
            ..Default::default()
        });
        blit.draw(&mut pass, SIZE_PX);
        drop(pass);
        gpu.queue.submit([encoder.finish()]);
        let readback = TextureReadback::request(gpu, &surface);
        readback.wait(gpu).expect("the device answers")
    }

    #[test]
    fn every_value_is_shown_as_it_is_on_surfaces_that_encode_and_on_others() {
        let gpu = Gpu::headless().expect("an adapter");
        let count = SIZE_PX[0] * SIZE_PX[1];
        let pixels = (0..count).flat_map(|i| [i as u8, (255 - i % 256) as u8, (i * 7) as u8, 255]);
        let bytes: Vec<u8> = pixels.collect();
        assert_eq!(shown(&gpu, Rgba8Unorm, &bytes), bytes);
        assert_eq!(shown(&gpu, Rgba8UnormSrgb, &bytes), bytes);
    }
}
