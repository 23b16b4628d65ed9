//! The descents' heads: lit spheres of constant size on the image, sitting on the surface; a
//! cross where a descent diverged. Those that leave the landscape's plane stand at their own loss,
//! on a stem.

use super::lay_trails::{TeamColours, fade_of};
use super::lazy::RenderPipeline;
use super::pipeline::{PassBase, PassPipeline};
use super::relief::MESH_CELLS;
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
    /// Whether each team has a shape of its own; else all are spheres.
    pub shapes: bool,
    /// Cells a side of the surface's drawn mesh, which must not swallow a head.
    pub mesh_cells: u32,
    /// Where descents leave the landscape's plane, the farthest that the domain reaches from it, in
    /// units of the parameters: heads then stand at their own loss, with a stem to the surface, and
    /// get fainter and smaller up to there.
    pub reach: Option<f32>,
    /// Opacity of what the surface hides, 0 to 1; 0 does not draw it.
    pub hidden_opacity: f32,
}

impl Default for HeadStyle {
    fn default() -> Self {
        Self {
            teams: [[1.0; 4]; super::lay_trails::MAX_TEAMS],
            radius_pt: 4.5,
            outline_pt: 0.8,
            shapes: false,
            mesh_cells: MESH_CELLS,
            reach: None,
            hidden_opacity: 0.0,
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
    pub draped: u32,
    pub fade: f32,
    pub hidden_opacity: f32,
    pub shapes: u32,
    pub padding: u32,
}

/// The pass that draws the heads.
#[derive(Debug)]
pub struct HeadsPass {
    style: wgpu::Buffer,
    bindings: BindGroup,
    heads: RenderPipeline,
    /// What heads that leave the plane have besides; in the order in which they are drawn.
    off_plane: OffPlane,
    leaves_plane: bool,
    shows_hidden: bool,
    count: u32,
}

/// Pipelines for heads that are seen through the surface, or need not stand on it.
#[derive(Debug)]
struct OffPlane {
    stems_behind: RenderPipeline,
    heads_behind: RenderPipeline,
    stems: RenderPipeline,
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
        let module = base.shader("HeadsPass::shader", shader::heads);
        let pipeline = |entry_points, is_behind: bool, writes_depth| {
            let pipeline = PassPipeline {
                label: "HeadsPass::pipeline",
                own: &bindings.layout,
                module: &module,
                entry_points,
                constants: &[("behind", f64::from(u8::from(is_behind)))],
                vertices: None,
                topology: wgpu::PrimitiveTopology::TriangleStrip,
                writes_depth,
                blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
            };
            pipeline.build_where(
                base,
                match is_behind {
                    true => wgpu::CompareFunction::Greater,
                    false => wgpu::CompareFunction::LessEqual,
                },
            )
        };
        let (head, stem) = (["vs_main", "fs_main"], ["vs_stem", "fs_stem"]);
        Self {
            // Of two heads the nearer one is in front whatever their order.
            heads: pipeline(head, false, true),
            off_plane: OffPlane {
                stems_behind: pipeline(stem, true, false),
                heads_behind: pipeline(head, true, false),
                stems: pipeline(stem, false, false),
            },
            style,
            bindings,
            leaves_plane: false,
            shows_hidden: false,
            count: 0,
        }
    }

    /// Takes the style over, for the heads of `descents`.
    pub fn prepare(&mut self, gpu: &Gpu, descents: &Descents, style: &HeadStyle) {
        self.count = descents.count;
        self.leaves_plane = style.reach.is_some();
        self.shows_hidden = style.hidden_opacity > 0.0;
        let uniform = HeadUniform {
            teams: style.teams,
            radius_pt: style.radius_pt,
            outline_pt: style.outline_pt,
            mesh_cells: style.mesh_cells as f32,
            draped: u32::from(!self.leaves_plane),
            fade: fade_of(style.reach),
            hidden_opacity: style.hidden_opacity,
            shapes: u32::from(style.shapes),
            padding: 0,
        };
        gpu.write(&self.style, &[uniform]);
    }

    /// Draws them after the trails, against the surface's depth; groups 0 and 1 are set.
    pub fn draw(&self, pass: &mut wgpu::RenderPass) {
        pass.set_bind_group(2, &self.bindings.group, &[]);
        let mut draw = |pipeline| {
            pass.set_pipeline(pipeline);
            pass.draw(0..4, 0..self.count);
        };
        if self.leaves_plane && self.shows_hidden {
            draw(&self.off_plane.stems_behind);
        }
        if self.shows_hidden {
            draw(&self.off_plane.heads_behind);
        }
        if self.leaves_plane {
            draw(&self.off_plane.stems);
        }
        draw(&self.heads);
    }
}
