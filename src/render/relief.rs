//! The relief: mesh and light of one landscape, baked once for a field and a height scale.
//!
//! The surface draws the mesh, both the surface and the contour map read the light;
//! `shaders/bake_relief.wgsl` and `shaders/bake_light.wgsl`.

use super::pipeline::PassBase;
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;

/// Cells a side of the mesh: some four pixels wide in a film of 1080 lines. Shading does not
/// depend on it, silhouettes do.
pub const MESH_CELLS: u32 = 160;

/// Texels a side of the floor's light: its shadows are wide and soft.
const GROUND_LIGHT_TEXELS: u32 = 64;

/// The side of the square of floor that [`Relief::ground_light`] covers, in world units.
pub const GROUND_SPAN: f32 = 2.4;

/// Bytes a vertex.
pub const VERTEX_BYTES: u64 = 16;

/// Mesh and light, and the kernels that bake them.
#[derive(Debug)]
pub struct Relief {
    /// `Vertex` in `shaders/bake_light.wgsl`: world position, and what it sees of the light as
    /// four bytes.
    pub vertices: wgpu::Buffer,
    /// Six `u32` a cell; a cell beside a hole has no area.
    pub indices: wgpu::Buffer,
    /// Over [`GROUND_SPAN`] around the origin: how much light reaches the floor.
    pub ground_light: wgpu::TextureView,
    /// Over the domain, a texel a vertex: how near a hole's edge is, seen from inside.
    pub hole_rims: wgpu::TextureView,
    mesh: BindGroup,
    light: BindGroup,
    bake_vertices: wgpu::ComputePipeline,
    bake_cells: wgpu::ComputePipeline,
    light_surface: wgpu::ComputePipeline,
    light_ground: wgpu::ComputePipeline,
}

impl Relief {
    /// Room for mesh and light.
    pub fn new(base: PassBase<'_>) -> Self {
        let gpu = base.gpu;
        let nodes = MESH_CELLS + 1;
        let vertices = gpu.buffer(
            "Relief::vertices",
            u64::from(nodes * nodes) * VERTEX_BYTES,
            wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::VERTEX,
        );
        let indices = gpu.buffer(
            "Relief::indices",
            u64::from(index_count()) * 4,
            wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::INDEX,
        );
        let heights = baked_texture(gpu, "Relief::heights", nodes, wgpu::TextureFormat::R32Float);
        let light_format = wgpu::TextureFormat::Rgba8Unorm;
        let ground_light = baked_texture(
            gpu,
            "Relief::ground_light",
            GROUND_LIGHT_TEXELS,
            light_format,
        );
        let hole_rims = baked_texture(gpu, "Relief::hole_rims", nodes, light_format);
        let mesh = BindGroupBuilder::new("Relief::mesh", wgpu::ShaderStages::COMPUTE)
            .write(&vertices)
            .write(&indices)
            .storage_texture(&heights, wgpu::TextureFormat::R32Float)
            .build(gpu);
        let light = BindGroupBuilder::new("Relief::light", wgpu::ShaderStages::COMPUTE)
            .texture(&heights, false)
            .write(&vertices)
            .storage_texture(&ground_light, light_format)
            .storage_texture(&hole_rims, light_format)
            .build(gpu);
        let mesh_kernel = |entry_point| {
            let text = shader::bake_relief(base.text);
            let constants = [("cells", f64::from(MESH_CELLS))];
            kernel(base, &mesh.layout, &text, entry_point, &constants)
        };
        let light_kernel = |entry_point, constants: &[_]| {
            let text = shader::bake_light(base.text);
            kernel(base, &light.layout, &text, entry_point, constants)
        };
        Self {
            bake_vertices: mesh_kernel("bake_vertices"),
            bake_cells: mesh_kernel("bake_cells"),
            light_surface: light_kernel("light_surface", &[]),
            light_ground: light_kernel("light_ground", &[("ground_span", f64::from(GROUND_SPAN))]),
            vertices,
            indices,
            ground_light,
            hole_rims,
            mesh,
            light,
        }
    }

    /// Bakes from the frame and the field that are bound as groups 0 and 1, the field for baking.
    pub fn bake(&self, pass: &mut wgpu::ComputePass<'_>) {
        let mut run = |pipeline, group: &BindGroup, invocations: u32| {
            pass.set_pipeline(pipeline);
            pass.set_bind_group(2, &group.group, &[]);
            let workgroups = invocations.div_ceil(8);
            pass.dispatch_workgroups(workgroups, workgroups, 1);
        };
        run(&self.bake_vertices, &self.mesh, MESH_CELLS + 1);
        run(&self.bake_cells, &self.mesh, MESH_CELLS);
        run(&self.light_surface, &self.light, MESH_CELLS + 1);
        run(&self.light_ground, &self.light, GROUND_LIGHT_TEXELS);
    }
}

/// Indices of the whole mesh.
pub const fn index_count() -> u32 {
    6 * MESH_CELLS * MESH_CELLS
}

/// A square texture that a kernel writes and others read.
fn baked_texture(
    gpu: &Gpu,
    label: &str,
    texels: u32,
    format: wgpu::TextureFormat,
) -> wgpu::TextureView {
    let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some(label),
        size: wgpu::Extent3d {
            width: texels,
            height: texels,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::STORAGE_BINDING | wgpu::TextureUsages::TEXTURE_BINDING,
        view_formats: &[],
    });
    texture.create_view(&Default::default())
}

fn kernel(
    base: PassBase<'_>,
    own: &wgpu::BindGroupLayout,
    text: &str,
    entry_point: &str,
    constants: &[(&str, f64)],
) -> wgpu::ComputePipeline {
    let label = format!("Relief::{entry_point}");
    let groups = [base.groups[0], base.baked, own];
    base.gpu
        .device
        .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(&label),
            layout: Some(&base.gpu.pipeline_layout(&label, &groups)),
            module: &base.gpu.shader(&label, text),
            entry_point: Some(entry_point),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants,
                ..Default::default()
            },
            cache: None,
        })
}
