//! The only place that joins shader text: a stage's file with the includes it names, and with
//! what the formula room generated.

use crate::gpu::Gpu;

const CHANCE: &str = include_str!("../shaders/include/chance.wgsl");
const COLOUR: &str = include_str!("../shaders/include/colour.wgsl");
const DESCENT: &str = include_str!("../shaders/include/descent.wgsl");
const DRAPE: &str = include_str!("../shaders/include/drape.wgsl");
const FIELD: &str = include_str!("../shaders/include/field.wgsl");
const FRAME: &str = include_str!("../shaders/include/frame.wgsl");
const LANDSCAPE: &str = include_str!("../shaders/include/landscape.wgsl");
const NUMBER: &str = include_str!("../shaders/include/number.wgsl");
const PLANE: &str = include_str!("../shaders/include/plane.wgsl");
const TRACED: &str = include_str!("../shaders/include/traced.wgsl");
const TRAIL: &str = include_str!("../shaders/include/trail.wgsl");

/// The house's own mathematics, which generated text calls.
pub fn number() -> &'static str {
    NUMBER
}

/// The kernel that fills the field; `loss` defines `evaluate_loss`.
pub fn evaluate_field(loss: &str) -> String {
    [
        NUMBER,
        loss,
        PLANE,
        include_str!("../shaders/evaluate_field.wgsl"),
    ]
    .join("\n")
}

/// The kernel that evaluates single points; `loss` defines `evaluate_point`.
pub fn evaluate_points(loss: &str) -> String {
    [
        NUMBER,
        loss,
        include_str!("../shaders/evaluate_points.wgsl"),
    ]
    .join("\n")
}

/// The kernels that fill a field over a table's rows; `loss` defines `evaluate_loss` and `rows`.
pub fn refine_field(loss: &str) -> String {
    [
        NUMBER,
        loss,
        PLANE,
        include_str!("../shaders/refine_field.wgsl"),
    ]
    .join("\n")
}

/// The kernel that steps descents; `rule` defines `Walker` and what is done with it.
pub fn step_descents(rule: &str) -> String {
    [
        NUMBER,
        CHANCE,
        DESCENT,
        rule,
        PLANE,
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
    landscape(&[TRACED, include_str!("../shaders/surface.wgsl")].join("\n"))
}

/// The curve of one parameter, and the body under it.
pub fn curve() -> String {
    let stage = include_str!("../shaders/curve.wgsl");
    landscape(&[TRAIL, stage].join("\n"))
}

/// The contour map on the floor.
pub fn contour_map() -> String {
    landscape(&[TRACED, include_str!("../shaders/contour_map.wgsl")].join("\n"))
}

/// The kernel that lays each trail out as ribbon pieces for one frame.
pub fn lay_trails() -> String {
    let stage = include_str!("../shaders/lay_trails.wgsl");
    descents(&[TRAIL, stage].join("\n"))
}

/// The trails' ribbons.
pub fn trails() -> String {
    let stage = include_str!("../shaders/trails.wgsl");
    descents(&[TRAIL, stage].join("\n"))
}

/// The descents' heads.
pub fn heads() -> String {
    descents(include_str!("../shaders/heads.wgsl"))
}

/// The marks at minima, saddles, start points and the followed point.
pub fn marks() -> String {
    draped(include_str!("../shaders/marks.wgsl"))
}

/// Arrows and lines over the landscape.
pub fn arrows() -> String {
    draped(&[COLOUR, include_str!("../shaders/arrows.wgsl")].join("\n"))
}

/// Translucent planes over the landscape.
pub fn patches() -> String {
    draped(include_str!("../shaders/patches.wgsl"))
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

fn draped(stage: &str) -> String {
    [NUMBER, FRAME, FIELD, LANDSCAPE, DRAPE, stage].join("\n")
}

fn descents(stage: &str) -> String {
    [NUMBER, FRAME, FIELD, LANDSCAPE, DRAPE, DESCENT, stage].join("\n")
}
