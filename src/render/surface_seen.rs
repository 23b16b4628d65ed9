//! The lit surface pixel by pixel, where one sample makes a pixel; `shaders/surface_seen.wgsl`.
//!
//! The mesh has left its depth and its light behind, and each pixel in which it is seen is shaded
//! once. A driver in software shades whole blocks of pixels for each triangle that touches them:
//! triangles as small as smooth silhouettes need would make it shade every pixel several times.

use super::lazy::{Module, RenderPipeline};
use super::passes::Look;
use super::pipeline::{PassBase, PassPipeline};
use super::target::Seen;
use crate::gpu::{BindGroup, BindGroupBuilder, Gpu};
use crate::scene::SurfaceStyle;
use crate::shader;

/// Shades what is seen of the mesh.
#[derive(Debug)]
pub struct SurfaceSeenPass {
    /// In the order of [`Shade::ALL`].
    pipelines: [RenderPipeline; 5],
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
    const ALL: [Self; 5] = [
        Self::new(false, false, false),
        Self::new(false, true, false),
        Self::new(false, false, true),
        Self::new(false, true, true),
        Self::new(true, true, true),
    ];

    const fn new(wire: bool, flattens: bool, traces: bool) -> Self {
        Self {
            wire,
            flattens,
            traces,
        }
    }

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
        let bindings = bind(look, seen).build(base.gpu);
        let module = base.shader("SurfaceSeenPass::shader", shader::surface_seen);
        Self {
            pipelines: Shade::ALL.map(|shade| pipeline(base, (&bindings.layout, &module), shade)),
            bindings,
            look: look.clone(),
            seen: seen.clone(),
        }
    }

    /// Takes what another image keeps.
    pub fn prepare(&mut self, gpu: &Gpu, seen: &Seen) {
        if self.seen != *seen {
            let layout = &self.bindings.layout;
            self.bindings = bind(&self.look, seen).build_on(gpu, layout);
            self.seen = seen.clone();
        }
    }

    /// Draws with the frame and the field bound as groups 0 and 1, once the mesh was drawn.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, shade: Shade) {
        pass.set_pipeline(&self.pipelines[shade.index()]);
        pass.set_bind_group(2, &self.bindings.group, &[]);
        pass.draw(0..3, 0..1);
    }
}

fn pipeline(
    base: PassBase<'_>,
    (own, module): (&wgpu::BindGroupLayout, &Module),
    shade: Shade,
) -> RenderPipeline {
    let number = |is: bool| f64::from(u8::from(is));
    let fragment = if shade.flattens {
        "fs_flattening"
    } else {
        "fs_main"
    };
    PassPipeline {
        label: "SurfaceSeenPass::pipeline",
        own,
        module,
        entry_points: ["vs_main", fragment],
        constants: &[
            ("wire", number(shade.wire)),
            ("traces", number(shade.traces)),
        ],
        vertices: None,
        topology: wgpu::PrimitiveTopology::TriangleList,
        writes_depth: false,
        blend: None,
    }
    .build_where(base, wgpu::CompareFunction::Greater)
}

fn bind<'a>(look: &'a Look, seen: &'a Seen) -> BindGroupBuilder<'a> {
    BindGroupBuilder::new("SurfaceSeenPass::bindings", wgpu::ShaderStages::FRAGMENT)
        .texture(&look.colours, false)
        .texture(&look.levels, false)
        .uniform(&look.theme)
        .texture(&seen.light, false)
        .depth_texture(&seen.depth, false)
}
