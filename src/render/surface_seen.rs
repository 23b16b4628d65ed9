//! The lit surface pixel by pixel, where one sample makes a pixel; `shaders/surface_seen.wgsl`.
//!
//! The mesh has left its depth and its light behind, and each pixel in which it is seen is shaded
//! once. A driver in software shades whole blocks of pixels for each triangle that touches them:
//! triangles as small as smooth silhouettes need would make it shade every pixel several times.

use super::passes::Look;
use super::pipeline::{PassBase, PassPipeline};
use super::target::Seen;
use crate::gpu::{BindGroup, BindGroupBuilder};
use crate::scene::SurfaceStyle;
use crate::shader;

/// Shades what is seen of the mesh.
#[derive(Debug)]
pub struct SurfaceSeenPass {
    /// In the order of [`Shade::index`]; each is ready when first asked for.
    pipelines: [Option<wgpu::RenderPipeline>; 5],
    module: wgpu::ShaderModule,
    look: Look,
    seen: Seen,
    bindings: BindGroup,
}

/// How the surface is shaded: a fragment does nothing for what is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shade {
    /// Whether the field's grid is drawn over it.
    pub wire: bool,
    /// Whether it is on its way to the map.
    pub flattens: bool,
    /// Whether lines are traced on it.
    pub traces: bool,
}

impl Shade {
    /// Wire is rare enough to be drawn with all the rest.
    fn index(self) -> usize {
        match self.wire {
            true => 4,
            false => usize::from(self.flattens) + 2 * usize::from(self.traces),
        }
    }
}

/// Whether surfaces of this style are drawn so: those that nothing is seen through.
pub(super) fn shades(style: SurfaceStyle) -> bool {
    matches!(style, SurfaceStyle::Solid | SurfaceStyle::Wire)
}

impl SurfaceSeenPass {
    /// The pass, for an image that keeps what is `seen`.
    pub fn new(base: PassBase<'_>, look: &Look, seen: &Seen) -> Self {
        let text = shader::surface_seen(base.text);
        Self {
            pipelines: Default::default(),
            module: base.gpu.shader("SurfaceSeenPass::shader", &text),
            bindings: bind(look, seen).build(base.gpu),
            look: look.clone(),
            seen: seen.clone(),
        }
    }

    fn pipeline(&self, base: PassBase<'_>, shade: Shade) -> wgpu::RenderPipeline {
        let flattens = shade.wire || shade.flattens;
        let number = |is: bool| f64::from(u8::from(is));
        let constants = [
            ("wire", number(shade.wire)),
            ("traces", number(shade.wire || shade.traces)),
        ];
        PassPipeline {
            label: "SurfaceSeenPass::pipeline",
            own: &self.bindings.layout,
            module: &self.module,
            entry_points: [
                "vs_main",
                if flattens { "fs_flattening" } else { "fs_main" },
            ],
            constants: &constants,
            vertices: None,
            topology: wgpu::PrimitiveTopology::TriangleList,
            writes_depth: false,
            blend: None,
        }
        .build_where(base, wgpu::CompareFunction::Greater)
    }

    /// Takes what another image keeps, and makes what `shade` needs when it is first asked for.
    pub fn prepare(&mut self, base: PassBase<'_>, seen: &Seen, shade: Shade) {
        if self.seen != *seen {
            let layout = &self.bindings.layout;
            self.bindings = bind(&self.look, seen).build_on(base.gpu, layout);
            self.seen = seen.clone();
        }
        if self.pipelines[shade.index()].is_none() {
            self.pipelines[shade.index()] = Some(self.pipeline(base, shade));
        }
    }

    /// Draws with the frame and the field bound as groups 0 and 1, once the mesh was drawn, in a
    /// way that was prepared.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, shade: Shade) {
        if let Some(pipeline) = &self.pipelines[shade.index()] {
            pass.set_pipeline(pipeline);
            pass.set_bind_group(2, &self.bindings.group, &[]);
            pass.draw(0..3, 0..1);
        }
    }
}

fn bind<'a>(look: &'a Look, seen: &'a Seen) -> BindGroupBuilder<'a> {
    BindGroupBuilder::new("SurfaceSeenPass::bindings", wgpu::ShaderStages::FRAGMENT)
        .texture(&look.colours, false)
        .texture(&look.levels, false)
        .uniform(&look.theme)
        .texture(&seen.light, false)
        .depth_texture(&seen.depth, false)
}
