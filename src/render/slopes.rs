//! The map's arrows: the way down on a sparse grid; `shaders/slopes.wgsl`.

use super::lazy::RenderPipeline;
use super::map_figure::Slope;
use super::pipeline::{PassBase, PassPipeline};
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;
use bytemuck::{Pod, Zeroable};

/// `SlopeStyle` in `shaders/slopes.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct SlopeUniform {
    pub ink: [f32; 3],
    pub opacity: f32,
    pub edge: [f32; 3],
    pub shaft_pt: f32,
    pub tip_pt: f32,
    pub padding: [f32; 3],
}

impl Default for SlopeUniform {
    /// Dark arrows with a bright edge: seen on every band of every map.
    fn default() -> Self {
        Self {
            ink: [0.05, 0.05, 0.08],
            opacity: 0.62,
            edge: [1.0; 3],
            shaft_pt: 1.5,
            tip_pt: 9.0,
            padding: [0.0; 3],
        }
    }
}

/// The pass that draws the arrows.
#[derive(Debug)]
pub struct SlopesPass {
    style: wgpu::Buffer,
    slopes: wgpu::Buffer,
    known: Vec<Slope>,
    bindings: BindGroup,
    pipeline: RenderPipeline,
}

impl SlopesPass {
    /// The pass, without anything to draw yet.
    pub fn new(base: PassBase<'_>) -> Self {
        let gpu = base.gpu;
        let style = gpu.uniform::<SlopeUniform>("SlopesPass::style");
        let slopes = slope_buffer(gpu, 1);
        let bindings = bind(&style, &slopes).build(gpu);
        let pipeline = PassPipeline {
            label: "SlopesPass::pipeline",
            own: &bindings.layout,
            module: &base.shader("SlopesPass::shader", shader::slopes),
            entry_points: ["vs_main", "fs_main"],
            constants: &[],
            vertices: None,
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            writes_depth: false,
            blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
        }
        .build(base);
        Self {
            style,
            slopes,
            known: Vec::new(),
            bindings,
            pipeline,
        }
    }

    /// Takes arrows and style over; the arrows go to the GPU when they are new.
    pub fn prepare(&mut self, gpu: &Gpu, slopes: &[Slope], style: SlopeUniform) {
        gpu.write(&self.style, &[style]);
        if slopes == self.known {
            return;
        }
        if slopes.len() > self.known.len() {
            self.slopes = slope_buffer(gpu, slopes.len());
            self.bindings = bind(&self.style, &self.slopes).build_on(gpu, &self.bindings.layout);
        }
        gpu.write(&self.slopes, slopes);
        self.known = slopes.to_vec();
    }

    /// Draws them over all that stands there; groups 0 and 1 are set.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(2, &self.bindings.group, &[]);
        pass.draw(0..4, 0..self.known.len() as u32);
    }
}

fn slope_buffer(gpu: &Gpu, slopes: usize) -> wgpu::Buffer {
    gpu.buffer(
        "SlopesPass::slopes",
        (slopes * size_of::<Slope>()) as u64,
        wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
    )
}

fn bind<'a>(style: &'a wgpu::Buffer, slopes: &'a wgpu::Buffer) -> BindGroupBuilder<'a> {
    BindGroupBuilder::new("SlopesPass::bindings", wgpu::ShaderStages::VERTEX_FRAGMENT)
        .uniform(style)
        .read(slopes)
}
