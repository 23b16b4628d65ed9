//! The lit surface triangle by triangle; `shaders/surface.wgsl`.

use super::lazy::{Module, RenderPipeline};
use super::passes::Look;
use super::pipeline::{PassBase, PassPipeline};
use super::relief::{self, Relief};
use super::target::LIGHT_FORMAT;
use crate::gpu::{BindGroup, BindGroupBuilder};
use crate::scene::SurfaceStyle;
use crate::shader;

/// Opacity of glass and of lines that lie behind a nearer part of the surface.
const FAR_GLASS: f64 = 0.7;
const FAR_LINES: f64 = 0.28;

/// Of a vertex of the relief: where it is, and what it sees of the light.
const ATTRIBUTES: [wgpu::VertexAttribute; 2] =
    wgpu::vertex_attr_array![0 => Float32x3, 1 => Unorm8x4];

/// Draws the relief, shaded from the field itself.
#[derive(Debug)]
pub struct SurfacePass {
    /// What `surface_seen` starts from.
    light: RenderPipeline,
    lit: RenderPipeline,
    /// On its way to the map.
    flattening: RenderPipeline,
    wire: RenderPipeline,
    glass: Layers,
    contours: Layers,
    bindings: BindGroup,
    vertices: wgpu::Buffer,
    indices: wgpu::Buffer,
}

/// A surface that is seen through: its depth, what lies behind that, and what is nearest.
#[derive(Debug)]
struct Layers {
    depth: RenderPipeline,
    far: RenderPipeline,
    near: RenderPipeline,
}

/// Whether what stands behind a surface of this style is seen.
pub(super) fn lets_through(style: SurfaceStyle) -> bool {
    matches!(style, SurfaceStyle::Glass | SurfaceStyle::Contours)
}

/// How much of its opacity a trail or a head keeps behind a surface of this style.
pub(super) fn opacity_behind(style: SurfaceStyle) -> f32 {
    match style {
        SurfaceStyle::Glass => 0.55,
        SurfaceStyle::Contours => 0.4,
        SurfaceStyle::Solid | SurfaceStyle::Wire | SurfaceStyle::None => 0.0,
    }
}

/// How much of its shadow a surface of this style throws.
pub(super) fn shadow_of(style: SurfaceStyle) -> f32 {
    match style {
        SurfaceStyle::Solid | SurfaceStyle::Wire => 1.0,
        SurfaceStyle::Glass => 0.4,
        SurfaceStyle::Contours | SurfaceStyle::None => 0.0,
    }
}

impl SurfacePass {
    /// The pass, for the mesh of `relief`.
    pub fn new(base: PassBase<'_>, relief: &Relief, look: &Look) -> Self {
        let gpu = base.gpu;
        let bindings = BindGroupBuilder::new("SurfacePass::bindings", wgpu::ShaderStages::FRAGMENT)
            .texture(&look.colours, false)
            .texture(&look.levels, false)
            .uniform(&look.theme)
            .build(gpu);
        let module = base.shader("SurfacePass::shader", shader::surface);
        let shader = (&bindings.layout, &module);
        let opaque = |fragment, constants| opaque(shader, fragment, constants);
        let layers = |fragment, veil| Layers::new(base, shader, fragment, veil);
        let to_light = PassBase {
            format: LIGHT_FORMAT,
            ..base
        };
        Self {
            light: opaque("fs_light", &[]).build(to_light),
            lit: opaque("fs_main", &[]).build(base),
            flattening: opaque("fs_flattening", &[]).build(base),
            wire: opaque("fs_flattening", &[("wire", 1.0)]).build(base),
            glass: layers("fs_glass", FAR_GLASS),
            contours: layers("fs_contours", FAR_LINES),
            bindings,
            vertices: relief.vertices.clone(),
            indices: relief.indices.clone(),
        }
    }

    /// Draws depth and light alone, with the frame and the field bound as groups 0 and 1.
    pub fn draw_light(&self, pass: &mut wgpu::RenderPass<'_>) {
        self.draw_mesh(pass, [&self.light]);
    }

    /// Draws with the frame and the field bound as groups 0 and 1, `flatness` is the
    /// frame's.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, style: SurfaceStyle, flatness: f32) {
        let solid = match flatness > 0.0 {
            true => &self.flattening,
            false => &self.lit,
        };
        match style {
            SurfaceStyle::None => {}
            SurfaceStyle::Solid => self.draw_mesh(pass, [solid]),
            SurfaceStyle::Wire => self.draw_mesh(pass, [&self.wire]),
            SurfaceStyle::Glass => self.draw_mesh(pass, self.glass.in_order()),
            SurfaceStyle::Contours => self.draw_mesh(pass, self.contours.in_order()),
        }
    }

    fn draw_mesh<'a>(
        &self,
        pass: &mut wgpu::RenderPass<'_>,
        pipelines: impl IntoIterator<Item = &'a RenderPipeline>,
    ) {
        pass.set_bind_group(2, &self.bindings.group, &[]);
        pass.set_vertex_buffer(0, self.vertices.slice(..));
        pass.set_index_buffer(self.indices.slice(..), wgpu::IndexFormat::Uint32);
        for pipeline in pipelines {
            pass.set_pipeline(pipeline);
            pass.draw_indexed(0..relief::index_count(), 0, 0..1);
        }
    }
}

impl Layers {
    fn new(
        base: PassBase<'_>,
        shader: (&wgpu::BindGroupLayout, &Module),
        fragment: &'static str,
        veil: f64,
    ) -> Self {
        let blended = |fragment, constants| PassPipeline {
            blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
            ..opaque(shader, fragment, constants)
        };
        let unwritten = |pipeline| PassPipeline {
            writes_depth: false,
            ..pipeline
        };
        let far = [("veil", veil)];
        Self {
            depth: blended("fs_depth", &[]).build(base),
            far: unwritten(blended(fragment, &far))
                .build_where(base, wgpu::CompareFunction::Greater),
            near: unwritten(blended(fragment, &[])).build(base),
        }
    }

    fn in_order(&self) -> [&RenderPipeline; 3] {
        [&self.depth, &self.far, &self.near]
    }
}

/// The surface drawn opaque by one fragment shader.
fn opaque<'a>(
    (own, module): (&'a wgpu::BindGroupLayout, &'a Module),
    fragment: &'static str,
    constants: &'a [(&'static str, f64)],
) -> PassPipeline<'a> {
    PassPipeline {
        label: "SurfacePass::pipeline",
        own,
        module,
        entry_points: ["vs_main", fragment],
        constants,
        vertices: Some(wgpu::VertexBufferLayout {
            array_stride: relief::VERTEX_BYTES,
            step_mode: wgpu::VertexStepMode::Vertex,
            attributes: &ATTRIBUTES,
        }),
        topology: wgpu::PrimitiveTopology::TriangleList,
        writes_depth: true,
        blend: None,
    }
}
