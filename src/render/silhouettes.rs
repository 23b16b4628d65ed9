//! Smooth silhouettes with one sample a pixel; `shaders/find_silhouettes.wgsl` and
//! `shaders/silhouettes.wgsl`.

use super::lazy::{Lazy, RenderPipeline};
use super::pipeline::{PassBase, PassPipeline};
use super::relief::{MESH_CELLS, Relief};
use super::target::Smooth;
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;

/// Bytes of a segment: two ends of three `f32` each, padded.
const SEGMENT_BYTES: u64 = 32;

/// Words of the drawing's arguments, before those of the rows.
const ARGUMENTS: u32 = 4;

/// Finds the edges at which the surface ends on the image, and smooths them.
#[derive(Debug)]
pub struct SilhouettesPass {
    face_cells: Lazy<wgpu::ComputePipeline>,
    count_rows: Lazy<wgpu::ComputePipeline>,
    place_rows: Lazy<wgpu::ComputePipeline>,
    write_rows: Lazy<wgpu::ComputePipeline>,
    mix: RenderPipeline,
    take: RenderPipeline,
    found: BindGroup,
    segments: wgpu::Buffer,
    /// Arguments of the drawing, then a word a row.
    rows: wgpu::Buffer,
    smooth: Smooth,
    /// Of the picture, and of what is mixed from it.
    sources: [BindGroup; 2],
}

impl SilhouettesPass {
    /// The pass, for the mesh of `relief` on an image that is smoothed with `smooth`; groups 0 and 1
    /// must be visible to compute stages too.
    pub fn new(base: PassBase<'_>, relief: &Relief, smooth: &Smooth) -> Self {
        let gpu = base.gpu;
        let nodes = u64::from(MESH_CELLS + 1);
        let storage = wgpu::BufferUsages::STORAGE;
        let buffer = |label, words, usage| gpu.buffer(label, 4 * words, usage);
        let faces = buffer("SilhouettesPass::faces", nodes * nodes, storage);
        let rows = buffer(
            "SilhouettesPass::rows",
            u64::from(ARGUMENTS) + nodes,
            storage | wgpu::BufferUsages::INDIRECT,
        );
        // Every edge may be one.
        let words = 3 * nodes * nodes * SEGMENT_BYTES / 4;
        let segments = buffer("SilhouettesPass::segments", words, storage);
        let found = BindGroupBuilder::new("SilhouettesPass::found", wgpu::ShaderStages::COMPUTE)
            .read(&relief.vertices)
            .read(&relief.indices)
            .write(&faces)
            .write(&rows)
            .write(&segments)
            .build(gpu);
        let picture = bind(&segments, &smooth.picture).build(gpu);
        let mixed = bind(&segments, &smooth.mixed).build_on(gpu, &picture.layout);
        let module = base.shader("SilhouettesPass::find_shader", shader::find_silhouettes);
        let kernel = |entry_point| {
            let cells = [("cells", f64::from(MESH_CELLS))];
            base.kernel(
                "SilhouettesPass::find",
                (&found.layout, &module),
                entry_point,
                &cells,
            )
        };
        Self {
            face_cells: kernel("face_cells"),
            count_rows: kernel("count_rows"),
            place_rows: kernel("place_rows"),
            write_rows: kernel("write_rows"),
            mix: pipeline(base, &picture.layout, "fs_mix"),
            take: pipeline(base, &picture.layout, "fs_take"),
            found,
            segments,
            rows,
            smooth: smooth.clone(),
            sources: [picture, mixed],
        }
    }

    /// Smooths another image from now on.
    pub fn prepare(&mut self, gpu: &Gpu, smooth: &Smooth) {
        if self.smooth != *smooth {
            let layout = self.sources[0].layout.clone();
            self.sources = [&smooth.picture, &smooth.mixed]
                .map(|source| bind(&self.segments, source).build_on(gpu, &layout));
            self.smooth = smooth.clone();
        }
    }

    /// Finds the edges; groups 0 and 1 are set.
    pub fn find(&self, pass: &mut wgpu::ComputePass<'_>) {
        pass.set_bind_group(2, &self.found.group, &[]);
        let rows = (MESH_CELLS + 1).div_ceil(32);
        let squares = MESH_CELLS.div_ceil(8);
        for (pipeline, [across, down]) in [
            (&self.face_cells, [squares, squares]),
            (&self.count_rows, [rows, 1]),
            (&self.place_rows, [1, 1]),
            (&self.write_rows, [rows, 1]),
        ] {
            pass.set_pipeline(pipeline);
            pass.dispatch_workgroups(across, down, 1);
        }
    }

    /// Mixes their pixels' colours from the picture, onto the other image; groups 0 and 1 are set.
    pub fn mix(&self, pass: &mut wgpu::RenderPass<'_>) {
        self.draw(pass, &self.mix, &self.sources[0]);
    }

    /// Takes the colours that were mixed over into the picture; groups 0 and 1 are set.
    pub fn take(&self, pass: &mut wgpu::RenderPass<'_>) {
        self.draw(pass, &self.take, &self.sources[1]);
    }

    fn draw(&self, pass: &mut wgpu::RenderPass<'_>, pipeline: &RenderPipeline, source: &BindGroup) {
        pass.set_pipeline(pipeline);
        pass.set_bind_group(2, &source.group, &[]);
        pass.draw_indirect(&self.rows, 0);
    }
}

fn bind<'a>(segments: &'a wgpu::Buffer, source: &'a wgpu::TextureView) -> BindGroupBuilder<'a> {
    let stages = wgpu::ShaderStages::VERTEX_FRAGMENT;
    BindGroupBuilder::new("SilhouettesPass::smoothing", stages)
        .read(segments)
        .texture(source, false)
}

fn pipeline(
    base: PassBase<'_>,
    own: &wgpu::BindGroupLayout,
    fragment: &'static str,
) -> RenderPipeline {
    PassPipeline {
        label: "SilhouettesPass::pipeline",
        own,
        module: &base.shader("SilhouettesPass::shader", shader::silhouettes),
        entry_points: ["vs_main", fragment],
        constants: &[],
        vertices: None,
        topology: wgpu::PrimitiveTopology::TriangleStrip,
        writes_depth: false,
        blend: None,
    }
    .build(base)
}
