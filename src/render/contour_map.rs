//! The contour map: on the floor, in the surface's shadow, and alone; `shaders/contour_map.wgsl`.

use super::lazy::RenderPipeline;
use super::passes::Look;
use super::pipeline::{PassBase, PassPipeline};
use super::relief::{GROUND_SPAN, Relief};
use crate::gpu::{BindGroup, BindGroupBuilder};
use crate::shader;

/// Draws the floor, first the shadow, then the map; or the map in its full colours.
#[derive(Debug)]
pub struct ContourMapPass {
    shadow: RenderPipeline,
    map: RenderPipeline,
    plan: RenderPipeline,
    bindings: BindGroup,
}

impl ContourMapPass {
    /// The pass, in the light of `relief`.
    pub fn new(base: PassBase<'_>, relief: &Relief, look: &Look) -> Self {
        let gpu = base.gpu;
        let smooth = gpu.device.create_sampler(&wgpu::SamplerDescriptor {
            label: Some("ContourMapPass::smooth"),
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            ..Default::default()
        });
        let bindings =
            BindGroupBuilder::new("ContourMapPass::bindings", wgpu::ShaderStages::FRAGMENT)
                .texture(&look.colours, false)
                .texture(&relief.ground_light, true)
                .sampler(&smooth)
                .uniform(&look.theme)
                .texture(&look.levels, false)
                .texture(&relief.hole_rims, true)
                .build(gpu);
        let module = base.shader("ContourMapPass::shader", shader::contour_map);
        let pipeline = |label, entry_points| {
            PassPipeline {
                label,
                own: &bindings.layout,
                module: &module,
                entry_points,
                constants: &[("ground_span", f64::from(GROUND_SPAN))],
                vertices: None,
                topology: wgpu::PrimitiveTopology::TriangleStrip,
                writes_depth: false,
                blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
            }
            .build(base)
        };
        Self {
            shadow: pipeline("ContourMapPass::shadow", ["vs_shadow", "fs_shadow"]),
            map: pipeline("ContourMapPass::map", ["vs_map", "fs_map"]),
            plan: pipeline("ContourMapPass::plan", ["vs_map", "fs_plan"]),
            bindings,
        }
    }

    /// Draws the map alone over the backdrop; groups as for [`ContourMapPass::draw_floor`].
    pub fn draw_plan(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_bind_group(2, &self.bindings.group, &[]);
        pass.set_pipeline(&self.plan);
        pass.draw(0..4, 0..1);
    }

    /// Draws the floor over the backdrop, with the frame and the field bound as groups 0 and 1.
    pub fn draw_floor(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_bind_group(2, &self.bindings.group, &[]);
        pass.set_pipeline(&self.shadow);
        pass.draw(0..4, 0..1);
        pass.set_pipeline(&self.map);
        pass.draw(0..4, 0..1);
    }
}
