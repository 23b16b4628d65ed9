//! The lit surface triangle by triangle; `shaders/surface.wgsl`.

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
    /// All are ready when first asked for. What `surface_seen` starts from.
    light: Option<wgpu::RenderPipeline>,
    lit: Option<wgpu::RenderPipeline>,
    /// On its way to the map.
    flattening: Option<wgpu::RenderPipeline>,
    wire: Option<wgpu::RenderPipeline>,
    glass: Option<Layers>,
    contours: Option<Layers>,
    module: wgpu::ShaderModule,
    bindings: BindGroup,
    vertices: wgpu::Buffer,
    indices: wgpu::Buffer,
}

/// A surface that is seen through: its depth, what lies behind that, and what is nearest.
#[derive(Debug)]
struct Layers {
    depth: wgpu::RenderPipeline,
    far: wgpu::RenderPipeline,
    near: wgpu::RenderPipeline,
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
        let module = gpu.shader("SurfacePass::shader", &shader::surface(base.text));
        Self {
            light: None,
            lit: None,
            flattening: None,
            wire: None,
            glass: None,
            contours: None,
            module,
            bindings,
            vertices: relief.vertices.clone(),
            indices: relief.indices.clone(),
        }
    }

    /// Makes what a style needs, when it is first asked for.
    pub fn prepare(&mut self, base: PassBase<'_>, style: SurfaceStyle) {
        let shader = (&self.bindings.layout, &self.module);
        let opaque = |fragment, constants| opaque(shader, fragment, constants).build(base);
        let layers = |fragment, veil| Layers::new(base, shader, fragment, veil);
        match style {
            SurfaceStyle::Wire => {
                self.wire
                    .get_or_insert_with(|| opaque("fs_flattening", &[("wire", 1.0)]));
            }
            SurfaceStyle::Glass => {
                self.glass
                    .get_or_insert_with(|| layers("fs_glass", FAR_GLASS));
            }
            SurfaceStyle::Contours => {
                self.contours
                    .get_or_insert_with(|| layers("fs_contours", FAR_LINES));
            }
            SurfaceStyle::Solid => {
                self.lit.get_or_insert_with(|| opaque("fs_main", &[]));
                self.flattening
                    .get_or_insert_with(|| opaque("fs_flattening", &[]));
            }
            SurfaceStyle::None => {}
        }
    }

    /// Makes what [`SurfacePass::draw_light`] needs, when it is first asked for.
    pub fn prepare_light(&mut self, base: PassBase<'_>) {
        let base = PassBase {
            format: LIGHT_FORMAT,
            ..base
        };
        let shader = (&self.bindings.layout, &self.module);
        self.light
            .get_or_insert_with(|| opaque(shader, "fs_light", &[]).build(base));
    }

    /// Draws depth and light alone, with the frame and the field bound as groups 0 and 1.
    pub fn draw_light(&self, pass: &mut wgpu::RenderPass<'_>) {
        self.draw_mesh(pass, self.light.iter());
    }

    /// Draws with the frame and the field bound as groups 0 and 1, in a style that was prepared;
    /// `flatness` is the frame's.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, style: SurfaceStyle, flatness: f32) {
        let solid = match flatness > 0.0 {
            true => &self.flattening,
            false => &self.lit,
        };
        match style {
            SurfaceStyle::None => {}
            SurfaceStyle::Solid => self.draw_mesh(pass, solid.iter()),
            SurfaceStyle::Wire => self.draw_mesh(pass, self.wire.iter()),
            SurfaceStyle::Glass => self.draw_mesh(pass, layers(&self.glass)),
            SurfaceStyle::Contours => self.draw_mesh(pass, layers(&self.contours)),
        }
    }

    fn draw_mesh<'a>(
        &self,
        pass: &mut wgpu::RenderPass<'_>,
        pipelines: impl Iterator<Item = &'a wgpu::RenderPipeline>,
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

fn layers(layers: &Option<Layers>) -> impl Iterator<Item = &wgpu::RenderPipeline> {
    layers.iter().flat_map(Layers::in_order)
}

impl Layers {
    fn new(
        base: PassBase<'_>,
        shader: (&wgpu::BindGroupLayout, &wgpu::ShaderModule),
        fragment: &str,
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

    fn in_order(&self) -> [&wgpu::RenderPipeline; 3] {
        [&self.depth, &self.far, &self.near]
    }
}

/// The surface drawn opaque by one fragment shader.
fn opaque<'a>(
    (own, module): (&'a wgpu::BindGroupLayout, &'a wgpu::ShaderModule),
    fragment: &'a str,
    constants: &'a [(&'a str, f64)],
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
