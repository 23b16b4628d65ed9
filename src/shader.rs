//! The only place that joins shader text: a stage's file with the includes it names, and with
//! what the formula room generated.

use crate::gpu::Gpu;

const BANDS: &str = include_str!("../shaders/include/bands.wgsl");
const CHANCE: &str = include_str!("../shaders/include/chance.wgsl");
const COLOUR: &str = include_str!("../shaders/include/colour.wgsl");
const DESCENT: &str = include_str!("../shaders/include/descent.wgsl");
const DRAPE: &str = include_str!("../shaders/include/drape.wgsl");
const FIELD: &str = include_str!("../shaders/include/field.wgsl");
const FRAME: &str = include_str!("../shaders/include/frame.wgsl");
const LANDSCAPE: &str = include_str!("../shaders/include/landscape.wgsl");
const NUMBER: &str = include_str!("../shaders/include/number.wgsl");
const TRAIL: &str = include_str!("../shaders/include/trail.wgsl");

/// The house's own mathematics, which generated text calls.
pub fn number() -> &'static str {
    NUMBER
}

/// The kernel that fills the field; `loss` defines `evaluate_loss`.
pub fn evaluate_field(loss: &str) -> String {
    [NUMBER, loss, include_str!("../shaders/evaluate_field.wgsl")].join("\n")
}

/// The kernel that steps descents; `rule` defines `Walker` and what is done with it.
pub fn step_descents(rule: &str) -> String {
    [
        NUMBER,
        CHANCE,
        DESCENT,
        rule,
        include_str!("../shaders/step_descents.wgsl"),
    ]
    .join("\n")
}

/// The ground behind everything.
pub fn backdrop() -> String {
    [
        NUMBER,
        FRAME,
        COLOUR,
        include_str!("../shaders/backdrop.wgsl"),
    ]
    .join("\n")
}

/// The kernels that lay the surface out as a mesh.
pub fn bake_relief() -> String {
    landscape(include_str!("../shaders/bake_relief.wgsl"))
}

/// The kernels that gather soft shadow and ambient occlusion.
pub fn bake_light() -> String {
    landscape(include_str!("../shaders/bake_light.wgsl"))
}

/// The lit surface.
pub fn surface() -> String {
    coloured(include_str!("../shaders/surface.wgsl"))
}

/// The contour map, on the floor and alone.
pub fn contour_map() -> String {
    coloured(include_str!("../shaders/contour_map.wgsl"))
}

/// The kernel that lays each trail out as ribbon pieces for one frame.
pub fn lay_trails() -> String {
    trail(include_str!("../shaders/lay_trails.wgsl"))
}

/// The trails' ribbons.
pub fn trails() -> String {
    trail(include_str!("../shaders/trails.wgsl"))
}

/// The descents' heads.
pub fn heads() -> String {
    descents(include_str!("../shaders/heads.wgsl"))
}

/// The kernels that count a crowd of heads and colour its cells; the surface's depth may have
/// several samples a pixel.
pub fn crowd(is_multisampled: bool) -> String {
    let kind = match is_multisampled {
        true => "texture_depth_multisampled_2d",
        false => "texture_depth_2d",
    };
    let depth = format!("@group(2) @binding(3) var surface_depth: {kind};\n");
    descents(&(depth + include_str!("../shaders/crowd.wgsl")))
}

/// The crowd's layer over the picture.
pub fn crowd_layer() -> String {
    [NUMBER, FRAME, include_str!("../shaders/crowd_layer.wgsl")].join("\n")
}

/// The map's arrows.
pub fn slopes() -> String {
    on_surface(include_str!("../shaders/slopes.wgsl"))
}

/// The marks at minima and start points.
pub fn marks() -> String {
    on_surface(include_str!("../shaders/marks.wgsl"))
}

/// The picture onto the window's surface.
pub fn blit() -> String {
    include_str!("../shaders/blit.wgsl").to_owned()
}

/// A module of assembled text, labelled with its Rust path.
pub fn module(gpu: &Gpu, label: &str, text: &str) -> wgpu::ShaderModule {
    gpu.shader(label, text)
}

fn landscape(stage: &str) -> String {
    [NUMBER, FRAME, FIELD, COLOUR, LANDSCAPE, stage].join("\n")
}

fn coloured(stage: &str) -> String {
    landscape(&[BANDS, stage].join("\n"))
}

fn on_surface(stage: &str) -> String {
    [NUMBER, FRAME, FIELD, LANDSCAPE, DRAPE, stage].join("\n")
}

fn descents(stage: &str) -> String {
    on_surface(&[DESCENT, stage].join("\n"))
}

fn trail(stage: &str) -> String {
    descents(&[TRAIL, stage].join("\n"))
}
