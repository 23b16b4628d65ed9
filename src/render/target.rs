//! The one display-encoded image that every pass draws into, and its depth.

use super::colour::Theme;
use super::develop::Develop;
use crate::gpu::Gpu;

/// Colour of the finished image: display-encoded, so that alpha means compositing in that space.
pub const COLOUR_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// Depth, 0 near and 1 far.
pub const DEPTH_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Depth32Float;

/// What the surface's mesh leaves behind for each pixel: how much light is there, and which side is
/// seen; `fs_light` in `shaders/surface.wgsl`.
pub const LIGHT_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// How many samples make a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// Samples that the device takes at the edges of triangles: 1 or 4.
    pub multisamples: u32,
    /// Whether the surface's silhouettes are smoothed where the device takes one sample. Then the
    /// surface is shaded pixel by pixel too, not triangle by triangle.
    pub smooth: bool,
    /// Whole pictures whose mean is shown, each looking at another part of a pixel; from 1 on.
    pub pictures: u32,
}

impl From<u32> for Sampling {
    /// One picture with 1 or 4 samples at edges, as the device draws them.
    fn from(multisamples: u32) -> Self {
        Self {
            multisamples,
            smooth: false,
            pictures: 1,
        }
    }
}

impl Sampling {
    /// Where in a pixel picture number `index` looks, from its middle, in pixels: Hammersley's
    /// points, <https://www.pbr-book.org/3ed-2018/Sampling_and_Reconstruction>
    pub fn offset_px(&self, index: u32) -> [f32; 2] {
        if self.pictures == 1 {
            return [0.0; 2];
        }
        let count = self.pictures as f32;
        let mirrored = index.reverse_bits() as f32 / 2_f32.powi(32);
        [
            (index as f32 + 0.5) / count - 0.5,
            mirrored + 0.5 / count - 0.5,
        ]
    }
}

/// The image with its depth, and what is drawn on the way to it.
#[derive(Debug)]
pub struct Target {
    /// The finished image; can be copied and sampled. Opaque, or with straight colours beside its
    /// alpha.
    pub colour: wgpu::Texture,
    /// All of `colour`.
    pub view: wgpu::TextureView,
    /// Width and height in pixels.
    pub size_px: [u32; 2],
    /// How many samples make a pixel.
    pub sampling: Sampling,
    /// The format that passes draw in.
    pub format: wgpu::TextureFormat,
    /// Whether alpha counts.
    pub keeps_alpha: bool,
    /// The depth, with as many samples as the device takes; compute stages may read it.
    pub depth: wgpu::TextureView,
    /// What silhouettes are smoothed with, where they are.
    smooth: Option<Smooth>,
    /// What the surface's mesh leaves behind, where silhouettes are smoothed.
    seen: Option<Seen>,
    /// The samples that are resolved into the picture.
    many: Option<wgpu::TextureView>,
    /// What is drawn into, premultiplied, where that is not the image.
    fine: Option<Fine>,
    /// What the image began with, kept to begin others of that theme with.
    ground: Option<(Theme, wgpu::Texture)>,
}

/// What silhouettes are smoothed with: a pass cannot read the picture that it draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Smooth {
    /// What is drawn into.
    pub picture: wgpu::TextureView,
    /// What is mixed from it, to be taken over.
    pub mixed: wgpu::TextureView,
}

/// What the surface's mesh leaves behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// In [`LIGHT_FORMAT`].
    pub light: wgpu::TextureView,
    /// Of the image.
    pub depth: wgpu::TextureView,
}

/// What is drawn before it is the image.
#[derive(Debug)]
struct Fine {
    picture: wgpu::TextureView,
    /// The sum of several pictures.
    sum: Option<wgpu::TextureView>,
    develop: Develop,
}

impl Target {
    /// An image of `size_px` pixels, at least 1 by 1. With `keeps_alpha` its alpha counts.
    pub fn new(
        gpu: &Gpu,
        size_px: [u32; 2],
        sampling: impl Into<Sampling>,
        keeps_alpha: bool,
    ) -> Self {
        let attachment = wgpu::TextureUsages::RENDER_ATTACHMENT;
        let read = wgpu::TextureUsages::COPY_SRC | wgpu::TextureUsages::TEXTURE_BINDING;
        let written = wgpu::TextureUsages::COPY_DST;
        let colour = Image {
            label: "Target::colour",
            format: COLOUR_FORMAT,
            samples: 1,
            usage: attachment | read | written,
        };
        let colour = colour.create(gpu, size_px);
        Self::onto(gpu, colour, sampling.into(), keeps_alpha)
    }

    /// The target with the same image, from now on with or without alpha.
    #[must_use]
    pub fn keeping_alpha(&self, gpu: &Gpu, keeps_alpha: bool) -> Self {
        Self::onto(gpu, self.colour.clone(), self.sampling, keeps_alpha)
    }

    fn onto(gpu: &Gpu, colour: wgpu::Texture, sampling: Sampling, keeps_alpha: bool) -> Self {
        let size_px = [colour.width(), colour.height()];
        let attachment = wgpu::TextureUsages::RENDER_ATTACHMENT;
        let read = attachment | wgpu::TextureUsages::TEXTURE_BINDING;
        let texture = |label, format, samples, usage| {
            let image = Image {
                label,
                format,
                samples,
                usage,
            };
            image.create(gpu, size_px)
        };
        let view_of = |texture: &wgpu::Texture| texture.create_view(&Default::default());
        let view = |label, format, samples, usage| view_of(&texture(label, format, samples, usage));
        let is_fine = keeps_alpha || sampling.pictures > 1;
        let format = match is_fine {
            true => fine_format(gpu, sampling.multisamples),
            false => COLOUR_FORMAT,
        };
        let samples = sampling.multisamples;
        let fine = || {
            let picture = view("Target::picture", format, 1, read);
            let sum = (sampling.pictures > 1).then(|| view("Target::sum", format, 1, read));
            Fine {
                develop: Develop::new(gpu, &picture, sum.as_ref(), (sampling.pictures, format)),
                picture,
                sum,
            }
        };
        let depth = view("Target::depth", DEPTH_FORMAT, samples, read);
        let seen = || Seen {
            light: view("Target::light", LIGHT_FORMAT, 1, read),
            depth: depth.clone(),
        };
        let is_smooth = sampling.smooth && samples == 1;
        let image = view_of(&colour);
        let fine = is_fine.then(fine);
        let picture = fine.as_ref().map_or(&image, |fine| &fine.picture).clone();
        let smooth = || Smooth {
            picture,
            mixed: view("Target::mixed", format, 1, read),
        };
        Self {
            view: image,
            colour,
            size_px,
            sampling,
            format,
            keeps_alpha,
            smooth: is_smooth.then(smooth),
            seen: is_smooth.then(seen),
            depth,
            many: (samples > 1).then(|| view("Target::many", format, samples, attachment)),
            fine,
            ground: None,
        }
    }

    /// Whether the image itself is drawn into, a sample a pixel, so that it can begin as a copy.
    pub fn can_begin_as_copy(&self) -> bool {
        self.fine.is_none() && self.many.is_none()
    }

    /// Keeps the image, on which nothing but the ground of `theme` is yet, where it
    /// [can begin as a copy](Self::can_begin_as_copy).
    pub fn keep_ground(&mut self, gpu: &Gpu, encoder: &mut wgpu::CommandEncoder, theme: Theme) {
        let ground = Image {
            label: "Target::ground",
            format: COLOUR_FORMAT,
            samples: 1,
            usage: wgpu::TextureUsages::COPY_SRC | wgpu::TextureUsages::COPY_DST,
        };
        let ground = ground.create(gpu, self.size_px);
        copy(encoder, &self.colour, &ground);
        self.ground = Some((theme, ground));
    }

    /// Begins the image with the ground of `theme`; `false` where another or none is kept.
    pub fn take_ground(&self, encoder: &mut wgpu::CommandEncoder, theme: Theme) -> bool {
        let kept = self.ground.as_ref().filter(|(kept, _)| *kept == theme);
        if let Some((_, ground)) = kept {
            copy(encoder, ground, &self.colour);
        }
        kept.is_some()
    }

    /// What silhouettes are smoothed with, where they are.
    pub fn smooth(&self) -> Option<&Smooth> {
        self.smooth.as_ref()
    }

    /// What the surface's mesh leaves behind, where it is shaded pixel by pixel.
    pub fn seen(&self) -> Option<&Seen> {
        self.seen.as_ref()
    }

    /// Where text is written, over the picture.
    pub fn page(&self) -> &wgpu::TextureView {
        let fine = self.fine.as_ref();
        fine.map_or(&self.view, |fine| {
            fine.sum.as_ref().unwrap_or(&fine.picture)
        })
    }

    /// Adds the picture that was drawn to those before it, where the image is the mean of several.
    pub fn add(&self, encoder: &mut wgpu::CommandEncoder, is_first: bool) {
        if let Some(fine) = &self.fine
            && let Some(sum) = &fine.sum
        {
            fine.develop.add(encoder, sum, is_first);
        }
    }

    /// Makes the image of what was drawn, where that was not the image itself.
    pub fn finish(&self, encoder: &mut wgpu::CommandEncoder) {
        if let Some(fine) = &self.fine {
            fine.develop.finish(encoder, &self.view);
        }
    }

    /// Begins a pass on a clear depth, and on a clear image too where that `clears`.
    pub fn begin<'encoder>(
        &self,
        encoder: &'encoder mut wgpu::CommandEncoder,
        clears: bool,
    ) -> wgpu::RenderPass<'encoder> {
        self.pass(encoder, load(clears), Some(wgpu::LoadOp::Clear(1.0)))
    }

    /// Goes on where the last pass ended, with its depth.
    pub fn go_on<'encoder>(
        &self,
        encoder: &'encoder mut wgpu::CommandEncoder,
    ) -> wgpu::RenderPass<'encoder> {
        self.pass(encoder, wgpu::LoadOp::Load, Some(wgpu::LoadOp::Load))
    }

    /// Begins the pass, on a clear depth, in which the surface's mesh leaves behind what is `seen`:
    /// nothing where it is not.
    pub fn begin_mesh<'encoder>(
        &self,
        encoder: &'encoder mut wgpu::CommandEncoder,
        seen: &Seen,
    ) -> wgpu::RenderPass<'encoder> {
        let light = attachment(&seen.light, wgpu::LoadOp::Load);
        self.pass_onto(encoder, light, Some(wgpu::LoadOp::Clear(1.0)))
    }

    /// Begins the pass after it, in which the depth is read and stays as it is, on a clear image
    /// where that `clears`.
    pub fn begin_on_mesh<'encoder>(
        &self,
        encoder: &'encoder mut wgpu::CommandEncoder,
        clears: bool,
    ) -> wgpu::RenderPass<'encoder> {
        self.pass(encoder, load(clears), None)
    }

    /// Begins the pass, after the ground's, in which silhouettes are mixed; the depth is only read.
    pub fn begin_mixing<'encoder>(
        &self,
        encoder: &'encoder mut wgpu::CommandEncoder,
        smooth: &Smooth,
    ) -> wgpu::RenderPass<'encoder> {
        let mixed = attachment(&smooth.mixed, wgpu::LoadOp::Load);
        self.pass_onto(encoder, mixed, None)
    }

    fn pass<'encoder>(
        &self,
        encoder: &'encoder mut wgpu::CommandEncoder,
        colour: wgpu::LoadOp<wgpu::Color>,
        depth: Option<wgpu::LoadOp<f32>>,
    ) -> wgpu::RenderPass<'encoder> {
        let picture = self.fine.as_ref().map_or(&self.view, |fine| &fine.picture);
        let picture = wgpu::RenderPassColorAttachment {
            resolve_target: self.many.as_ref().map(|_| picture),
            ..attachment(self.many.as_ref().unwrap_or(picture), colour)
        };
        self.pass_onto(encoder, picture, depth)
    }

    /// A pass onto an attachment; without a way to load it the depth is only read.
    fn pass_onto<'encoder>(
        &self,
        encoder: &'encoder mut wgpu::CommandEncoder,
        attachment: wgpu::RenderPassColorAttachment<'_>,
        depth: Option<wgpu::LoadOp<f32>>,
    ) -> wgpu::RenderPass<'encoder> {
        encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("Target::pass"),
            color_attachments: &[Some(attachment)],
            depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                view: &self.depth,
                depth_ops: depth.map(|load| wgpu::Operations {
                    load,
                    store: wgpu::StoreOp::Store,
                }),
                stencil_ops: None,
            }),
            ..Default::default()
        })
    }
}

fn attachment(
    view: &wgpu::TextureView,
    load: wgpu::LoadOp<wgpu::Color>,
) -> wgpu::RenderPassColorAttachment<'_> {
    wgpu::RenderPassColorAttachment {
        view,
        depth_slice: None,
        resolve_target: None,
        ops: wgpu::Operations {
            load,
            store: wgpu::StoreOp::Store,
        },
    }
}

/// Copies an image onto another of its size.
fn copy(encoder: &mut wgpu::CommandEncoder, from: &wgpu::Texture, to: &wgpu::Texture) {
    encoder.copy_texture_to_texture(from.as_image_copy(), to.as_image_copy(), from.size());
}

/// A pass that `clears` begins on a clear image, another one where the one before it ended.
fn load(clears: bool) -> wgpu::LoadOp<wgpu::Color> {
    match clears {
        true => wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
        false => wgpu::LoadOp::Load,
    }
}

/// Colour while much is laid over another, each time rounded: where alpha is kept, and where
/// pictures are added up. Half floats are rounded towards zero by some drivers, each time by as much
/// as a tenth of a step of 255; full ones cannot have several samples.
fn fine_format(gpu: &Gpu, multisamples: u32) -> wgpu::TextureFormat {
    let features = gpu.device.features();
    let blends = features.contains(wgpu::Features::FLOAT32_BLENDABLE);
    match blends && multisamples == 1 {
        true => wgpu::TextureFormat::Rgba32Float,
        false => wgpu::TextureFormat::Rgba16Float,
    }
}

/// What a texture of the target is made for.
struct Image {
    label: &'static str,
    format: wgpu::TextureFormat,
    samples: u32,
    usage: wgpu::TextureUsages,
}

impl Image {
    fn create(&self, gpu: &Gpu, [width, height]: [u32; 2]) -> wgpu::Texture {
        gpu.device.create_texture(&wgpu::TextureDescriptor {
            label: Some(self.label),
            size: wgpu::Extent3d {
                width,
                height,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: self.samples,
            dimension: wgpu::TextureDimension::D2,
            format: self.format,
            usage: self.usage,
            view_formats: &[],
        })
    }
}
