//! The lit surface; `shaders/surface.wgsl`.

use super::passes::Tables;
use super::relief::{self, Relief};
use super::target::{PassBase, PassPipeline};
use crate::gpu::{BindGroup, BindGroupBuilder};
use crate::shader;

/// Draws the relief, shaded from the field itself.
#[derive(Debug)]
pub struct SurfacePass {
    lit: wgpu::RenderPipeline,
    /// On its way to the map.
    flattening: wgpu::RenderPipeline,
    colours: BindGroup,
    vertices: wgpu::Buffer,
    indices: wgpu::Buffer,
}

impl SurfacePass {
    /// The pass, for the mesh of `relief`.
    pub fn new(base: PassBase<'_>, relief: &Relief, tables: Tables<'_>) -> Self {
        let gpu = base.gpu;
        let colours = BindGroupBuilder::new("SurfacePass::colours", wgpu::ShaderStages::FRAGMENT)
            .texture(tables.colours, false)
            .texture(tables.levels, false)
            .build(gpu);
        let module = gpu.shader("SurfacePass::shader", &shader::surface(base.text));
        let pipeline = |fragment| {
            PassPipeline {
                label: "SurfacePass::pipeline",
                own: &colours.layout,
                module: &module,
                entry_points: ["vs_main", fragment],
                constants: &[],
                vertices: Some(wgpu::VertexBufferLayout {
                    array_stride: relief::VERTEX_BYTES,
                    step_mode: wgpu::VertexStepMode::Vertex,
                    attributes: &wgpu::vertex_attr_array![0 => Float32x3, 1 => Unorm8x4],
                }),
                topology: wgpu::PrimitiveTopology::TriangleList,
                writes_depth: true,
                blend: None,
            }
            .build(base)
        };
        Self {
            lit: pipeline("fs_main"),
            flattening: pipeline("fs_flattening"),
            colours,
            vertices: relief.vertices.clone(),
            indices: relief.indices.clone(),
        }
    }

    /// Draws with the frame and the field bound as groups 0 and 1; `flatness` is the frame's.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, flatness: f32) {
        pass.set_pipeline(match flatness > 0.0 {
            true => &self.flattening,
            false => &self.lit,
        });
        pass.set_bind_group(2, &self.colours.group, &[]);
        pass.set_vertex_buffer(0, self.vertices.slice(..));
        pass.set_index_buffer(self.indices.slice(..), wgpu::IndexFormat::Uint32);
        pass.draw_indexed(0..relief::index_count(), 0, 0..1);
    }
}
