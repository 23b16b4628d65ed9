//! The landscape of one parameter: a curve in the plane of the picture, as wide on the image
//! everywhere, with a body under it; `shaders/curve.wgsl`.

use super::lay_trails::{Joint, TrailStyle, TrailUniform};
use super::lazy::{Lazy, Module, RenderPipeline};
use super::pipeline::{PassBase, PassPipeline};
use super::ribbons::{self, Ribbon};
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;

/// Pieces of the curve: shorter than two pixels in a film of 1080 lines.
const PIECES: u32 = 1024;

/// Threads a workgroup of `lay_curve`.
const WORKGROUP: u32 = 64;

/// The curve's width in points.
const WIDTH_PT: f32 = 3.4;

/// Opacity of the line along the lid where the curve is cut.
const CUT_OPACITY: f32 = 0.2;

/// Lays the curve out for a frame, and draws it.
#[derive(Debug)]
pub struct CurvePass {
    lay: Lazy<wgpu::ComputePipeline>,
    laid: BindGroup,
    body: RenderPipeline,
    colours: BindGroup,
    line: RenderPipeline,
    style: wgpu::Buffer,
    ribbon: BindGroup,
    indices: wgpu::Buffer,
}

impl CurvePass {
    /// The pass, laid out for no frame yet.
    pub fn new(base: PassBase<'_>, colour_map: &wgpu::TextureView) -> Self {
        let gpu = base.gpu;
        let joints = gpu.buffer(
            "CurvePass::joints",
            u64::from(PIECES + 3) * size_of::<Joint>() as u64,
            wgpu::BufferUsages::STORAGE,
        );
        let style = gpu.uniform::<TrailUniform>("CurvePass::style");
        let laid = BindGroupBuilder::new("CurvePass::laid", wgpu::ShaderStages::COMPUTE)
            .write(&joints)
            .build(gpu);
        let colours = BindGroupBuilder::new("CurvePass::colours", wgpu::ShaderStages::FRAGMENT)
            .texture(colour_map, false)
            .build(gpu);
        let ribbon =
            BindGroupBuilder::new("CurvePass::ribbon", wgpu::ShaderStages::VERTEX_FRAGMENT)
                .uniform(&style)
                .read(&joints)
                .build(gpu);
        let module = base.shader("CurvePass::shader", shader::curve);
        Self {
            lay: lay_pipeline(base, &laid, &module),
            body: body_pipeline(base, &colours, &module),
            line: ribbons::pipeline(
                base,
                (&ribbon.layout, &ribbons::module(base)),
                Ribbon::Plain,
            ),
            laid,
            colours,
            style,
            ribbon,
            indices: ribbons::indices(gpu),
        }
    }

    /// Takes the line's colour over, display-encoded.
    pub fn prepare(&self, gpu: &Gpu, ink: [f32; 3]) {
        let mut style = TrailStyle {
            width_pt: WIDTH_PT,
            outline_opacity: 0.0,
            oldest_opacity: CUT_OPACITY,
            ..TrailStyle::default()
        };
        style.teams[0] = [ink[0], ink[1], ink[2], 1.0];
        gpu.write(&self.style, &[TrailUniform::new(&style, PIECES)]);
    }

    /// Lays the curve out for this frame, before the render pass; groups 0 and 1 are set.
    pub fn lay(&self, pass: &mut wgpu::ComputePass<'_>) {
        pass.set_pipeline(&self.lay);
        pass.set_bind_group(2, &self.laid.group, &[]);
        pass.dispatch_workgroups((PIECES + 3).div_ceil(WORKGROUP), 1, 1);
    }

    /// Draws it over the backdrop; groups 0 and 1 are set.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.body);
        pass.set_bind_group(2, &self.colours.group, &[]);
        pass.draw(0..4, 0..PIECES);
        pass.set_pipeline(&self.line);
        pass.set_bind_group(2, &self.ribbon.group, &[]);
        pass.set_index_buffer(self.indices.slice(..), wgpu::IndexFormat::Uint32);
        pass.draw_indexed(0..6 * ribbons::BATCH, 0, 0..PIECES / ribbons::BATCH);
    }
}

fn lay_pipeline(
    base: PassBase<'_>,
    laid: &BindGroup,
    module: &Module,
) -> Lazy<wgpu::ComputePipeline> {
    let pieces = [("pieces", f64::from(PIECES))];
    base.kernel(
        "CurvePass::lay",
        (&laid.layout, module),
        "lay_curve",
        &pieces,
    )
}

fn body_pipeline(base: PassBase<'_>, colours: &BindGroup, module: &Module) -> RenderPipeline {
    PassPipeline {
        label: "CurvePass::body",
        own: &colours.layout,
        module,
        entry_points: ["vs_body", "fs_body"],
        constants: &[("pieces", f64::from(PIECES))],
        vertices: None,
        topology: wgpu::PrimitiveTopology::TriangleStrip,
        // All that stands on the curve is in its plane: the order of drawing is their depth.
        writes_depth: false,
        blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
    }
    .build(base)
}
