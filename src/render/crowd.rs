//! The crowd: more heads than can be told apart, as a density; `shaders/crowd.wgsl`.
//!
//! A million spheres would be a blot, and slow. Each head is counted in a small cell of the image
//! instead, unless the surface hides it; a cell's opacity grows with the logarithm of its count,
//! and its colour is that of one of its heads, drawn by lot: so teams that mingle show as a
//! mixture of their own colours, in proportion.

use super::lay_trails::TeamColours;
use super::lazy::RenderPipeline;
use super::panes::Pane;
use super::pipeline::{PassBase, PassPipeline};
use super::target::Target;
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;
use bytemuck::{Pod, Zeroable};

/// More descents than this are a crowd.
pub const LARGEST_COMPANY: u32 = 4096;

/// The side of a cell in points, for the largest crowds and for the smallest ones: a few thousand
/// specks must be larger than a million to be seen.
const CELL_PT: [f32; 2] = [1.0, 2.6];
/// The opacity of a cell with one head, likewise.
const SINGLE_OPACITY: [f32; 2] = [0.42, 0.85];
/// Descents of the largest crowd that these grow with.
const LARGEST_CROWD: f32 = 1e6;
/// A cell that holds this part of all heads is opaque.
const OPAQUE_PART: f32 = 0.002;
/// A cell that holds this part of all heads begins to glow.
const GLOWING_PART: f32 = 0.004;
const GLOW_A_DOUBLING: f32 = 0.09;

/// Bytes of a `Cell` in `shaders/crowd.wgsl`.
const CELL_BYTES: u64 = 8;
/// The most bytes of cells: WebGPU's default limit on a storage binding.
const MAX_CELL_BYTES: u64 = 128 << 20;
/// The longest side of a texture in WebGPU's default limits.
const MAX_CELLS_A_SIDE: u64 = 8192;
/// Threads a workgroup, as the WGSL says, and the most workgroups: each strides over what is left.
const LANES: u32 = 64;
const MOST_GROUPS: u32 = 1024;
/// Premultiplied and display-encoded.
const LAYER_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;
/// Panes of an image at most.
const PANES: usize = 2;

/// `CrowdStyle` in `shaders/crowd.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct CrowdUniform {
    pub teams: TeamColours,
    pub cells: [u32; 2],
    pub cell_px: f32,
    pub mesh_cells: f32,
    pub single_opacity: f32,
    pub opacity_a_doubling: f32,
    pub many: f32,
    pub glow_a_doubling: f32,
}

/// `LayerStyle` in `shaders/crowd_layer.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct LayerUniform {
    pub cells: [f32; 2],
    pub cell_px: f32,
    pub padding: f32,
}

/// The pass that counts and draws the crowd.
#[derive(Debug)]
pub struct CrowdPass {
    count_heads: wgpu::ComputePipeline,
    colour_cells: wgpu::ComputePipeline,
    draw: RenderPipeline,
    uniforms: [Uniforms; PANES],
    room: Room,
    descents: u32,
}

/// What differs from pane to pane.
#[derive(Debug)]
struct Uniforms {
    crowd: wgpu::Buffer,
    layer: wgpu::Buffer,
    /// Cells across and down.
    cells: [u32; 2],
}

/// Cells and layer for the panes of an image, with what binds them.
#[derive(Debug)]
struct Room {
    /// The layer's texels, and at least as many cells.
    size: [u32; 2],
    depth: wgpu::TextureView,
    smooth: wgpu::Sampler,
    is_multisampled: bool,
    count: [BindGroup; PANES],
    draw: [BindGroup; PANES],
}

impl CrowdPass {
    /// The pass, for the depth of `target`; groups 0 and 1 must be visible to compute stages too.
    pub fn new(base: PassBase<'_>, target: &Target) -> Self {
        let gpu = base.gpu;
        let uniforms = [(); PANES].map(|()| Uniforms {
            crowd: gpu.uniform::<CrowdUniform>("CrowdPass::crowd"),
            layer: gpu.uniform::<LayerUniform>("CrowdPass::layer"),
            cells: [1, 1],
        });
        let room = Room::new(gpu, [1, 1], target, &uniforms);
        let text = shader::crowd(base.text, room.is_multisampled);
        let module = gpu.shader("CrowdPass::shader", &text);
        let [frame, landscape] = base.groups;
        let groups = [frame, landscape, &room.count[0].layout];
        let kernel = |entry| gpu.compute_pipeline("CrowdPass::kernel", &groups, &module, entry);
        let draw = PassPipeline {
            label: "CrowdPass::draw",
            own: &room.draw[0].layout,
            module: &base.shader("CrowdPass::layer_shader", shader::crowd_layer),
            entry_points: ["vs_main", "fs_main"],
            constants: &[],
            vertices: None,
            topology: wgpu::PrimitiveTopology::TriangleList,
            writes_depth: false,
            blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
        };
        Self {
            count_heads: kernel("count_heads"),
            colour_cells: kernel("colour_cells"),
            draw: draw.build(base),
            uniforms,
            room,
            descents: 0,
        }
    }

    /// Makes room for the panes of `target`, and takes the teams' colours over.
    pub fn prepare(
        &mut self,
        gpu: &Gpu,
        target: &Target,
        panes: &[Pane],
        descents: u32,
        style: CrowdStyle,
    ) {
        self.descents = descents;
        let cell_px = cell_px(descents, style.px_per_point, target.size_px);
        for (uniforms, pane) in self.uniforms.iter_mut().zip(panes) {
            let cells = pane.size_px.map(|side| side.div_ceil(cell_px));
            uniforms.cells = cells;
            gpu.write(&uniforms.crowd, &[style.uniform(descents, cells, cell_px)]);
            let layer = LayerUniform {
                cells: cells.map(|side| side as f32),
                cell_px: cell_px as f32,
                padding: 0.0,
            };
            gpu.write(&uniforms.layer, &[layer]);
        }
        let most = |axis: usize| self.uniforms.iter().map(|pane| pane.cells[axis]).max();
        let needed = [0, 1].map(|axis| most(axis).unwrap_or(1));
        let is_enough = (0..2).all(|axis| needed[axis] <= self.room.size[axis]);
        if !is_enough || self.room.depth != target.depth {
            self.room = self.room.for_panes(gpu, needed, target, &self.uniforms);
        }
    }

    /// Counts and colours, once the surface's depth is there; groups 0 and 1 are set.
    pub fn compute(&self, pass: &mut wgpu::ComputePass<'_>, pane: usize) {
        let [across, down] = self.uniforms[pane].cells;
        pass.set_bind_group(2, &self.room.count[pane].group, &[]);
        pass.set_pipeline(&self.count_heads);
        pass.dispatch_workgroups(self.descents.div_ceil(LANES).min(MOST_GROUPS), 1, 1);
        pass.set_pipeline(&self.colour_cells);
        pass.dispatch_workgroups(across.div_ceil(LANES), down, 1);
    }

    /// Draws what was counted for a pane; groups 0 and 1 are set.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, pane: usize) {
        pass.set_pipeline(&self.draw);
        pass.set_bind_group(2, &self.room.draw[pane].group, &[]);
        pass.draw(0..3, 0..1);
    }
}

impl Room {
    fn new(gpu: &Gpu, size: [u32; 2], target: &Target, uniforms: &[Uniforms; PANES]) -> Self {
        let cells = cell_buffer(gpu, size);
        let layer = layer_texture(gpu, size);
        let smooth = gpu.device.create_sampler(&wgpu::SamplerDescriptor {
            label: Some("CrowdPass::smooth"),
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            ..Default::default()
        });
        let is_multisampled = target.sampling.multisamples > 1;
        let count = uniforms
            .each_ref()
            .map(|pane| counting(pane, &cells, &layer, &target.depth, is_multisampled).build(gpu));
        let draw = uniforms
            .each_ref()
            .map(|pane| drawing(pane, &layer, &smooth).build(gpu));
        Self {
            size,
            depth: target.depth.clone(),
            smooth,
            is_multisampled,
            count,
            draw,
        }
    }

    /// Another room on the same layouts.
    fn for_panes(
        &self,
        gpu: &Gpu,
        needed: [u32; 2],
        target: &Target,
        uniforms: &[Uniforms; PANES],
    ) -> Self {
        // Never smaller, so that a pane that slides in does not order a new room in every frame.
        let size = [0, 1].map(|axis| needed[axis].max(self.size[axis]));
        let (cells, layer) = (cell_buffer(gpu, size), layer_texture(gpu, size));
        let (count, draw) = (&self.count[0].layout, &self.draw[0].layout);
        let samples = self.is_multisampled;
        Self {
            size,
            depth: target.depth.clone(),
            smooth: self.smooth.clone(),
            is_multisampled: samples,
            count: uniforms.each_ref().map(|pane| {
                counting(pane, &cells, &layer, &target.depth, samples).build_on(gpu, count)
            }),
            draw: uniforms
                .each_ref()
                .map(|pane| drawing(pane, &layer, &self.smooth).build_on(gpu, draw)),
        }
    }
}

fn counting<'a>(
    pane: &'a Uniforms,
    cells: &'a wgpu::Buffer,
    layer: &'a wgpu::TextureView,
    depth: &'a wgpu::TextureView,
    is_multisampled: bool,
) -> BindGroupBuilder<'a> {
    BindGroupBuilder::new("CrowdPass::count", wgpu::ShaderStages::COMPUTE)
        .uniform(&pane.crowd)
        .write(cells)
        .storage_texture(layer, LAYER_FORMAT)
        .depth_texture(depth, is_multisampled)
}

fn drawing<'a>(
    pane: &'a Uniforms,
    layer: &'a wgpu::TextureView,
    smooth: &'a wgpu::Sampler,
) -> BindGroupBuilder<'a> {
    BindGroupBuilder::new("CrowdPass::draw", wgpu::ShaderStages::FRAGMENT)
        .uniform(&pane.layer)
        .texture(layer, true)
        .sampler(smooth)
}

fn cell_buffer(gpu: &Gpu, [across, down]: [u32; 2]) -> wgpu::Buffer {
    let bytes = u64::from(across) * u64::from(down) * CELL_BYTES;
    gpu.buffer("CrowdPass::cells", bytes, wgpu::BufferUsages::STORAGE)
}

fn layer_texture(gpu: &Gpu, [width, height]: [u32; 2]) -> wgpu::TextureView {
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("CrowdPass::layer"),
        size: wgpu::Extent3d {
            width,
            height,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: LAYER_FORMAT,
        usage: wgpu::TextureUsages::STORAGE_BINDING | wgpu::TextureUsages::TEXTURE_BINDING,
        view_formats: &[],
    });
    texture.create_view(&Default::default())
}

/// How the crowd is drawn.
#[derive(Debug, Clone, Copy)]
pub struct CrowdStyle {
    /// The teams' colours.
    pub teams: TeamColours,
    /// Cells a side of the surface's drawn mesh, which must not swallow a head.
    pub mesh_cells: u32,
    /// Pixels per point.
    pub px_per_point: f32,
}

impl CrowdStyle {
    fn uniform(&self, descents: u32, cells: [u32; 2], cell_px: u32) -> CrowdUniform {
        let single_opacity = by_size(descents, SINGLE_OPACITY);
        let opaque = (OPAQUE_PART * descents as f32).max(2.0);
        CrowdUniform {
            teams: self.teams,
            cells,
            cell_px: cell_px as f32,
            mesh_cells: self.mesh_cells as f32,
            single_opacity,
            opacity_a_doubling: (1.0 - single_opacity) / opaque.log2(),
            many: (GLOWING_PART * descents as f32).max(4.0),
            glow_a_doubling: GLOW_A_DOUBLING,
        }
    }
}

/// Between the value for the largest crowd and the one for the smallest, by the logarithm.
fn by_size(descents: u32, [largest, smallest]: [f32; 2]) -> f32 {
    let part = (LARGEST_CROWD / descents.max(1) as f32).ln()
        / (LARGEST_CROWD / LARGEST_COMPANY as f32).ln();
    largest + (smallest - largest) * part.clamp(0.0, 1.0)
}

/// The side of a cell in pixels: at least one, and as many as keep an image of `size_px` within
/// the limits.
fn cell_px(descents: u32, px_per_point: f32, size_px: [u32; 2]) -> u32 {
    let wished = (by_size(descents, CELL_PT) * px_per_point).round().max(1.0) as u32;
    let fits = |cell_px: &u32| {
        let cells = size_px.map(|side| u64::from(side.div_ceil(*cell_px)));
        cells[0] * cells[1] * CELL_BYTES <= MAX_CELL_BYTES
            && cells.iter().all(|side| *side <= MAX_CELLS_A_SIDE)
    };
    (wished..)
        .find(fits)
        .expect("an image has fewer cells the larger they are")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_keep_their_size_on_the_image_and_within_the_limits() {
        assert_eq!(cell_px(1_000_000, 1.0, [1920, 1080]), 1);
        assert_eq!(cell_px(1_000_000, 2.0, [3840, 2160]), 2);
        assert_eq!(cell_px(5_000, 1.0, [1920, 1080]), 3);
        assert_eq!(cell_px(4_000_000, 0.33, [640, 360]), 1);
        let huge = cell_px(1_000_000, 1.0, [16_384, 16_384]);
        assert!(u64::from(16_384_u32.div_ceil(huge)).pow(2) * CELL_BYTES <= MAX_CELL_BYTES);
        assert!(u64::from(16_384_u32.div_ceil(huge)) <= MAX_CELLS_A_SIDE);
    }

    #[test]
    fn a_larger_crowd_has_fainter_heads_and_the_same_way_to_opaque() {
        let style = CrowdStyle {
            teams: [[1.0; 4]; super::super::lay_trails::MAX_TEAMS],
            mesh_cells: 160,
            px_per_point: 1.0,
        };
        let mut before = 1.0;
        for descents in [LARGEST_COMPANY + 1, 50_000, 1_000_000, 4_000_000] {
            let uniform = style.uniform(descents, [1, 1], 1);
            assert!(uniform.single_opacity <= before && uniform.single_opacity > 0.3);
            let opaque = (OPAQUE_PART * descents as f32).log2();
            let opacity = uniform.single_opacity + uniform.opacity_a_doubling * opaque;
            assert!((opacity - 1.0).abs() < 1e-3, "{opacity}");
            before = uniform.single_opacity;
        }
    }
}
