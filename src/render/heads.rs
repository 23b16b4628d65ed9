//! The descents' heads: lit spheres of constant size on the image, sitting on the surface; a
//! cross where a descent diverged.

use super::lay_trails::TeamColours;
use super::target::{Meets, PassBase, PassPipeline};
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::shader;
use crate::simulation::Descents;
use bytemuck::{Pod, Zeroable};

/// How the heads are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadStyle {
    /// The teams' colours.
    pub teams: TeamColours,
    /// The sphere's radius in points.
    pub radius_pt: f32,
    /// The dark rim's width in points.
    pub outline_pt: f32,
    /// Opacity of heads that the surface hides, 0 to 1; 0 does not draw them.
    pub hidden_opacity: f32,
    /// Cells a side of the surface's drawn mesh, which must not swallow a head.
    pub mesh_cells: u32,
}

impl Default for HeadStyle {
    fn default() -> Self {
        Self {
            teams: [[1.0; 4]; super::lay_trails::MAX_TEAMS],
            radius_pt: 4.5,
            outline_pt: 0.8,
            hidden_opacity: 0.0,
            mesh_cells: 256,
        }
    }
}

/// `HeadStyle` in `shaders/heads.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[expect(
    missing_docs,
    reason = "`HeadStyle` and the WGSL twin document each field"
)]
pub struct HeadUniform {
    pub teams: TeamColours,
    pub radius_pt: f32,
    pub outline_pt: f32,
    pub mesh_cells: f32,
    pub hidden_opacity: f32,
}

/// The pass that draws the heads.
#[derive(Debug)]
pub struct HeadsPass {
    style: wgpu::Buffer,
    bindings: BindGroup,
    seen: wgpu::RenderPipeline,
    hidden: wgpu::RenderPipeline,
    shows_hidden: bool,
    count: u32,
}

impl HeadsPass {
    /// The pass, without anything to draw yet.
    pub fn new(base: PassBase<'_>) -> Self {
        let gpu = base.gpu;
        let style = gpu.uniform::<HeadUniform>("HeadsPass::style");
        let bindings =
            BindGroupBuilder::new("HeadsPass::bindings", wgpu::ShaderStages::VERTEX_FRAGMENT)
                .uniform(&style)
                .build(gpu);
        let module = gpu.shader("HeadsPass::shader", &shader::heads());
        let pipeline = |fragment, meets| {
            PassPipeline {
                label: "HeadsPass::pipeline",
                own: &bindings.layout,
                module: &module,
                entry_points: ["vs_main", fragment],
                constants: &[],
                vertices: None,
                topology: wgpu::PrimitiveTopology::TriangleStrip,
                // So that of two heads the nearer one is in front whatever their order.
                writes_depth: meets == Meets::Seen,
                blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
            }
            .build_for(base, meets)
        };
        Self {
            seen: pipeline("fs_main", Meets::Seen),
            hidden: pipeline("fs_hidden", Meets::Hidden),
            shows_hidden: false,
            style,
            bindings,
            count: 0,
        }
    }

    /// Takes the style over, for the heads of `descents`.
    pub fn prepare(&mut self, gpu: &Gpu, descents: &Descents, style: &HeadStyle) {
        self.count = descents.count;
        self.shows_hidden = style.hidden_opacity > 0.0;
        let uniform = HeadUniform {
            teams: style.teams,
            radius_pt: style.radius_pt,
            outline_pt: style.outline_pt,
            mesh_cells: style.mesh_cells as f32,
            hidden_opacity: style.hidden_opacity,
        };
        gpu.write(&self.style, &[uniform]);
    }

    /// Draws them after the trails, against the surface's depth; groups 0 and 1 are set.
    pub fn draw(&self, pass: &mut wgpu::RenderPass) {
        pass.set_bind_group(2, &self.bindings.group, &[]);
        if self.shows_hidden {
            pass.set_pipeline(&self.hidden);
            pass.draw(0..4, 0..self.count);
        }
        pass.set_pipeline(&self.seen);
        pass.draw(0..4, 0..self.count);
    }
}
