//! Translucent planes over the landscape: tangent planes, the planes of slices and of levels;
//! `shaders/patches.wgsl`.

use super::lazy::RenderPipeline;
use super::pipeline::{PassBase, PassPipeline};
use super::relief::MESH_CELLS;
use super::sketch::{Patch, Spot};
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;
use bytemuck::{Pod, Zeroable};

/// Cells a side of a patch: one that touches the surface follows its depth.
const CELLS: u32 = 24;

/// `Patch` in `shaders/patches.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct PatchInstance {
    pub corners: [[f32; 4]; 4],
    pub colour: [f32; 4],
    pub line_opacity: f32,
    pub parts: f32,
    pub touches: f32,
    pub padding: f32,
}

impl From<&Patch> for PatchInstance {
    fn from(patch: &Patch) -> Self {
        let [red, green, blue] = patch.ink;
        Self {
            corners: patch.corners.map(|[a, b, height]| [a, b, height, 0.0]),
            colour: [red, green, blue, patch.opacity],
            line_opacity: patch.line_opacity,
            parts: patch.parts.max(1) as f32,
            touches: f32::from(u8::from(patch.touches)),
            padding: 0.0,
        }
    }
}

/// The pass that draws the patches.
#[derive(Debug)]
pub struct PatchesPass {
    patches: wgpu::Buffer,
    count: u32,
    known: Vec<PatchInstance>,
    bindings: BindGroup,
    pipeline: RenderPipeline,
}

impl PatchesPass {
    /// The pass, without anything to draw yet.
    pub fn new(base: PassBase<'_>) -> Self {
        let gpu = base.gpu;
        let patches = patch_buffer(gpu, 1);
        let bindings = bind(&patches).build(gpu);
        let pipeline = PassPipeline {
            label: "PatchesPass::pipeline",
            own: &bindings.layout,
            module: &base.shader("PatchesPass::shader", shader::patches),
            entry_points: ["vs_main", "fs_main"],
            constants: &[
                ("mesh_cells", f64::from(MESH_CELLS)),
                ("cells", f64::from(CELLS)),
            ],
            vertices: None,
            topology: wgpu::PrimitiveTopology::TriangleList,
            writes_depth: false,
            blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
        }
        .build(base);
        Self {
            patches,
            count: 0,
            known: vec![PatchInstance::zeroed()],
            bindings,
            pipeline,
        }
    }

    /// Takes the patches over, to be drawn from the deepest to the nearest: `depth` says how deep
    /// a spot lies.
    pub fn prepare(&mut self, gpu: &Gpu, patches: &[Patch], depth: impl Fn(Spot) -> f32) {
        self.count = patches.len() as u32;
        let mut deepest_first: Vec<&Patch> = patches.iter().collect();
        deepest_first.sort_by(|a, b| depth(centre(b)).total_cmp(&depth(centre(a))));
        let patches: Vec<_> = deepest_first.into_iter().map(PatchInstance::from).collect();
        if patches.is_empty() || self.known == patches {
            return;
        }
        if patches.len() as u64 * size_of::<PatchInstance>() as u64 > self.patches.size() {
            self.patches = patch_buffer(gpu, patches.len());
            self.bindings = bind(&self.patches).build_on(gpu, &self.bindings.layout);
        }
        gpu.write(&self.patches, &patches);
        self.known = patches;
    }

    /// Draws them against the surface's depth; groups 0 and 1 are set.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        if self.count == 0 {
            return;
        }
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(2, &self.bindings.group, &[]);
        pass.draw(0..6 * CELLS * CELLS, 0..self.count);
    }
}

fn centre(patch: &Patch) -> Spot {
    std::array::from_fn(|i| 0.25 * patch.corners.iter().map(|corner| corner[i]).sum::<f32>())
}

fn patch_buffer(gpu: &Gpu, patches: usize) -> wgpu::Buffer {
    gpu.buffer(
        "PatchesPass::patches",
        (patches * size_of::<PatchInstance>()) as u64,
        wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
    )
}

fn bind(patches: &wgpu::Buffer) -> BindGroupBuilder<'_> {
    BindGroupBuilder::new("PatchesPass::bindings", wgpu::ShaderStages::VERTEX_FRAGMENT)
        .read(patches)
}
