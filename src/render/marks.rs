//! The marks: rings at minima and diamonds at saddles, on the surface and on the floor, dots at
//! start points, and the followed point; of constant size on the image.

use super::lazy::RenderPipeline;
use super::pipeline::{PassBase, PassPipeline};
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;
use bytemuck::{Pod, Zeroable};

/// What a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// A known minimum of the loss.
    Minimum = 0,
    /// Where descents start.
    Start = 1,
    /// A known minimum, on the floor's contour map.
    FloorMinimum = 2,
    /// A saddle of the landscape.
    Saddle = 3,
    /// A saddle, on the floor's contour map.
    FloorSaddle = 4,
    /// The point that is followed.
    Point = 5,
    /// The point that is followed, on the floor's contour map.
    FloorPoint = 6,
    /// A minimum that is not the lowest of those found.
    HighMinimum = 7,
    /// Such a minimum, on the floor's contour map.
    FloorHighMinimum = 8,
}

/// `Mark` in `shaders/marks.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct Mark {
    pub place: [f32; 2],
    pub kind: u32,
    pub nearness: f32,
    pub floats: u32,
    pub loss: f32,
}

impl Mark {
    /// A mark on the surface, at a place of the landscape's plane.
    pub fn new(kind: MarkKind, place: [f32; 2]) -> Self {
        Self {
            place,
            kind: kind as u32,
            nearness: 1.0,
            floats: 0,
            loss: 0.0,
        }
    }

    /// The same point under another mark.
    pub fn of_kind(self, kind: MarkKind) -> Self {
        Self {
            kind: kind as u32,
            ..self
        }
    }

    /// A mark of a point beside the plane: over its foot, at its own loss, and the fainter the less
    /// its `nearness` (1 on the plane, 0 as far from it as the domain reaches).
    pub fn beside(kind: MarkKind, place: [f32; 2], loss: f32, nearness: f32) -> Self {
        Self {
            nearness,
            floats: 1,
            loss,
            ..Self::new(kind, place)
        }
    }
}

/// `MarkStyle` in `shaders/marks.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct MarkUniform {
    pub ink: [f32; 3],
    pub ring_radius_pt: f32,
    pub edge: [f32; 3],
    pub dot_radius_pt: f32,
    pub mesh_cells: f32,
    pub padding: [f32; 3],
}

/// The pass that draws the marks.
#[derive(Debug)]
pub struct MarksPass {
    style: wgpu::Buffer,
    marks: wgpu::Buffer,
    known: Vec<Mark>,
    bindings: BindGroup,
    pipeline: RenderPipeline,
}

impl MarksPass {
    /// The pass, without anything to draw yet.
    pub fn new(base: PassBase<'_>) -> Self {
        let gpu = base.gpu;
        let style = gpu.uniform::<MarkUniform>("MarksPass::style");
        let marks = mark_buffer(gpu, 1);
        let bindings = bind(&style, &marks).build(gpu);
        let pipeline = PassPipeline {
            label: "MarksPass::pipeline",
            own: &bindings.layout,
            module: &base.shader("MarksPass::shader", shader::marks),
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
            marks,
            known: Vec::new(),
            bindings,
            pipeline,
        }
    }

    /// Takes marks and style over; the marks go to the GPU when they are new.
    pub fn prepare(&mut self, gpu: &Gpu, marks: &[Mark], style: MarkUniform) {
        gpu.write(&self.style, &[style]);
        if marks == self.known {
            return;
        }
        if marks.len() > self.known.len() {
            self.marks = mark_buffer(gpu, marks.len());
            self.bindings = bind(&self.style, &self.marks).build_on(gpu, &self.bindings.layout);
        }
        gpu.write(&self.marks, marks);
        self.known = marks.to_vec();
    }

    /// Draws them against the surface's depth; groups 0 and 1 are set.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(2, &self.bindings.group, &[]);
        pass.draw(0..4, 0..self.known.len() as u32);
    }
}

fn mark_buffer(gpu: &Gpu, marks: usize) -> wgpu::Buffer {
    gpu.buffer(
        "MarksPass::marks",
        (marks * size_of::<Mark>()) as u64,
        wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
    )
}

fn bind<'a>(style: &'a wgpu::Buffer, marks: &'a wgpu::Buffer) -> BindGroupBuilder<'a> {
    BindGroupBuilder::new("MarksPass::bindings", wgpu::ShaderStages::VERTEX_FRAGMENT)
        .uniform(style)
        .read(marks)
}
