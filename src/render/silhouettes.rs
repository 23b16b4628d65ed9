//! Smooth silhouettes with one sample a pixel; `shaders/find_silhouettes.wgsl` and
//! `shaders/silhouettes.wgsl`.

use super::pipeline::{PassBase, PassPipeline};
use super::relief::{MESH_CELLS, Relief};
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;

/// Bytes of a segment: two ends of three `f32` each, padded.
const SEGMENT_BYTES: u64 = 32;

/// Words of the drawing's arguments, before those of the rows.
const ARGUMENTS: u32 = 4;

/// Finds the edges at which the surface ends on the image, and smooths them.
#[derive(Debug)]
pub struct SilhouettesPass {
    face_cells: wgpu::ComputePipeline,
    count_rows: wgpu::ComputePipeline,
    place_rows: wgpu::ComputePipeline,
    write_rows: wgpu::ComputePipeline,
    draw: wgpu::RenderPipeline,
    found: BindGroup,
    segments: wgpu::Buffer,
    /// Arguments of the drawing, then a word a row.
    rows: wgpu::Buffer,
    drawn: wgpu::TextureView,
    smoothing: BindGroup,
}

impl SilhouettesPass {
    /// The pass, for the mesh of `relief` on an image whose copy is `drawn`; groups 0 and 1 must be
    /// visible to compute stages too.
    pub fn new(base: PassBase<'_>, relief: &Relief, drawn: &wgpu::TextureView) -> Self {
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
        let smoothing = bind(&segments, drawn).build(gpu);
        let module = gpu.shader(
            "SilhouettesPass::find_shader",
            &shader::find_silhouettes(base.text),
        );
        let kernel = |entry_point| kernel(base, &found.layout, &module, entry_point);
        Self {
            face_cells: kernel("face_cells"),
            count_rows: kernel("count_rows"),
            place_rows: kernel("place_rows"),
            write_rows: kernel("write_rows"),
            draw: pipeline(base, &smoothing.layout),
            found,
            segments,
            rows,
            drawn: drawn.clone(),
            smoothing,
        }
    }

    /// Takes the copy of another image.
    pub fn prepare(&mut self, gpu: &Gpu, drawn: &wgpu::TextureView) {
        if self.drawn != *drawn {
            let layout = &self.smoothing.layout;
            self.smoothing = bind(&self.segments, drawn).build_on(gpu, layout);
            self.drawn = drawn.clone();
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

    /// Smooths them, once the image was copied; groups 0 and 1 are set.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.draw);
        pass.set_bind_group(2, &self.smoothing.group, &[]);
        pass.draw_indirect(&self.rows, 0);
    }
}

fn bind<'a>(segments: &'a wgpu::Buffer, drawn: &'a wgpu::TextureView) -> BindGroupBuilder<'a> {
    let stages = wgpu::ShaderStages::VERTEX_FRAGMENT;
    BindGroupBuilder::new("SilhouettesPass::smoothing", stages)
        .read(segments)
        .texture(drawn, false)
}

fn pipeline(base: PassBase<'_>, own: &wgpu::BindGroupLayout) -> wgpu::RenderPipeline {
    let text = shader::silhouettes(base.text);
    PassPipeline {
        label: "SilhouettesPass::pipeline",
        own,
        module: &base.gpu.shader("SilhouettesPass::shader", &text),
        entry_points: ["vs_main", "fs_main"],
        constants: &[],
        vertices: None,
        topology: wgpu::PrimitiveTopology::TriangleStrip,
        writes_depth: false,
        blend: None,
    }
    .build(base)
}

fn kernel(
    base: PassBase<'_>,
    own: &wgpu::BindGroupLayout,
    module: &wgpu::ShaderModule,
    entry_point: &str,
) -> wgpu::ComputePipeline {
    let label = format!("SilhouettesPass::{entry_point}");
    base.gpu
        .device
        .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(&label),
            layout: Some(&base.layout(&label, own)),
            module,
            entry_point: Some(entry_point),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &[("cells", f64::from(MESH_CELLS))],
                ..Default::default()
            },
            cache: None,
        })
}
