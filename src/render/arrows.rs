//! Arrows and lines over the landscape: as wide on the image everywhere, in front of the surface
//! that they touch, faint where a ridge hides them; `shaders/arrows.wgsl`.

use super::lazy::RenderPipeline;
use super::pipeline::{PassBase, PassPipeline};
use super::relief::MESH_CELLS;
use super::sketch::{Arrow, Ground};
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;
use bytemuck::{Pod, Zeroable};

/// Pieces that an arrow's strip is cut into: it follows the surface's depth along its way.
const PIECES: u32 = 32;

/// A head's length in widths of the shaft.
const HEAD_WIDTHS: f32 = 4.6;

const ON_FLOOR: u32 = 1;
const DASHED: u32 = 2;

/// `Arrow` in `shaders/arrows.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct ArrowInstance {
    pub tail: [f32; 3],
    pub width_pt: f32,
    pub tip: [f32; 3],
    pub head_pt: f32,
    pub colour: [f32; 4],
    pub kind: u32,
    pub padding: [u32; 3],
}

impl From<&Arrow> for ArrowInstance {
    fn from(arrow: &Arrow) -> Self {
        let [red, green, blue] = arrow.ink;
        let bit = |on: bool, bit: u32| if on { bit } else { 0 };
        Self {
            tail: arrow.tail,
            width_pt: arrow.width_pt,
            tip: arrow.tip,
            head_pt: if arrow.head {
                HEAD_WIDTHS * arrow.width_pt
            } else {
                0.0
            },
            colour: [red, green, blue, arrow.opacity],
            kind: bit(arrow.ground == Ground::Floor, ON_FLOOR) | bit(arrow.dashed, DASHED),
            padding: [0; 3],
        }
    }
}

/// The pass that draws the arrows.
#[derive(Debug)]
pub struct ArrowsPass {
    theme: wgpu::Buffer,
    arrows: wgpu::Buffer,
    count: u32,
    known: Vec<ArrowInstance>,
    bindings: BindGroup,
    hidden: RenderPipeline,
    seen: RenderPipeline,
}

impl ArrowsPass {
    /// The pass, without anything to draw yet; `theme` holds the
    /// [`ThemeUniform`](super::colour::ThemeUniform).
    pub fn new(base: PassBase<'_>, theme: &wgpu::Buffer) -> Self {
        let gpu = base.gpu;
        let arrows = arrow_buffer(gpu, 1);
        let bindings = bind(&arrows, theme).build(gpu);
        let module = base.shader("ArrowsPass::shader", shader::arrows);
        let pipeline = |label, hidden: f64| {
            PassPipeline {
                label,
                own: &bindings.layout,
                module: &module,
                entry_points: ["vs_main", "fs_main"],
                constants: &[
                    ("mesh_cells", f64::from(MESH_CELLS)),
                    ("pieces", f64::from(PIECES)),
                    ("hidden", hidden),
                ],
                vertices: None,
                topology: wgpu::PrimitiveTopology::TriangleStrip,
                writes_depth: false,
                blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
            }
            .build(base)
        };
        Self {
            hidden: pipeline("ArrowsPass::hidden", 1.0),
            seen: pipeline("ArrowsPass::seen", 0.0),
            theme: theme.clone(),
            arrows,
            count: 0,
            known: vec![ArrowInstance::zeroed()],
            bindings,
        }
    }

    /// Takes the arrows over; they go to the GPU when they are new.
    pub fn prepare(&mut self, gpu: &Gpu, arrows: &[Arrow]) {
        self.count = arrows.len() as u32;
        let arrows: Vec<ArrowInstance> = arrows.iter().map(ArrowInstance::from).collect();
        if arrows.is_empty() || self.known == arrows {
            return;
        }
        if arrows.len() as u64 * size_of::<ArrowInstance>() as u64 > self.arrows.size() {
            self.arrows = arrow_buffer(gpu, arrows.len());
            self.bindings = bind(&self.arrows, &self.theme).build_on(gpu, &self.bindings.layout);
        }
        gpu.write(&self.arrows, &arrows);
        self.known = arrows;
    }

    /// Draws them against the surface's depth; groups 0 and 1 are set.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        if self.count == 0 {
            return;
        }
        pass.set_bind_group(2, &self.bindings.group, &[]);
        for pipeline in [&self.hidden, &self.seen] {
            pass.set_pipeline(pipeline);
            pass.draw(0..2 * (PIECES + 1), 0..self.count);
        }
    }
}

fn arrow_buffer(gpu: &Gpu, arrows: usize) -> wgpu::Buffer {
    gpu.buffer(
        "ArrowsPass::arrows",
        (arrows * size_of::<ArrowInstance>()) as u64,
        wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
    )
}

fn bind<'a>(arrows: &'a wgpu::Buffer, theme: &'a wgpu::Buffer) -> BindGroupBuilder<'a> {
    BindGroupBuilder::new("ArrowsPass::bindings", wgpu::ShaderStages::VERTEX_FRAGMENT)
        .read(arrows)
        .uniform(theme)
}
