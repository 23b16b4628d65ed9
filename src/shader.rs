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
const LOSS_OF_FIELD: &str = include_str!("../shaders/include/loss_of_field.wgsl");
const LOSS_OF_FORMULA: &str = include_str!("../shaders/include/loss_of_formula.wgsl");
const LOSS_ON_PLANE: &str = include_str!("../shaders/include/loss_on_plane.wgsl");
const NO_FORMULA: &str = include_str!("../shaders/include/no_formula.wgsl");
const NUMBER: &str = include_str!("../shaders/include/number.wgsl");
const PLANE: &str = include_str!("../shaders/include/plane.wgsl");
const SEGMENT: &str = include_str!("../shaders/include/segment.wgsl");
const SURFACE_LOOK: &str = include_str!("../shaders/include/surface_look.wgsl");
const TRACED: &str = include_str!("../shaders/include/traced.wgsl");
const TRAIL: &str = include_str!("../shaders/include/trail.wgsl");
const TRAIL_STEPS: &str = include_str!("../shaders/include/trail_steps.wgsl");

/// The house's own mathematics, which generated text calls.
pub fn number() -> &'static str {
    NUMBER
}

/// The kernel that the adapter's pace is measured with.
pub fn measure_pace() -> String {
    include_str!("../shaders/measure_pace.wgsl").to_owned()
}

/// What the formula room wrote for one landscape, joined to the stages that ask for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LandscapeText {
    /// Defines `formula_height`, where the height is a formula.
    pub height: Option<String>,
    /// Defines `PARAMETERS`, `Evaluation` and `evaluate_loss`, where the loss is short enough to be
    /// evaluated for every pixel.
    pub loss: Option<String>,
}

impl LandscapeText {
    fn height(&self) -> &str {
        self.height.as_deref().unwrap_or(NO_FORMULA)
    }

    /// Defines `loss_at`.
    fn loss(&self) -> String {
        match &self.loss {
            Some(loss) => [PLANE, loss, LOSS_ON_PLANE, LOSS_OF_FORMULA].join("\n"),
            None => LOSS_OF_FIELD.to_owned(),
        }
    }
}

/// The kernel that fills the field; `loss` defines `evaluate_loss`.
pub fn evaluate_field(loss: &str) -> String {
    let stage = include_str!("../shaders/evaluate_field.wgsl");
    [NUMBER, loss, PLANE, LOSS_ON_PLANE, stage].join("\n")
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

/// The kernel that counts how each team stands.
pub fn count_standings() -> String {
    [
        NUMBER,
        DESCENT,
        include_str!("../shaders/count_standings.wgsl"),
    ]
    .join("\n")
}

/// The ground behind everything.
pub fn backdrop(text: &LandscapeText) -> String {
    let stage = include_str!("../shaders/backdrop.wgsl");
    [NUMBER, FRAME, text.height(), COLOUR, stage].join("\n")
}

/// The kernels that lay the surface out as a mesh.
pub fn bake_relief(text: &LandscapeText) -> String {
    landscape(text, include_str!("../shaders/bake_relief.wgsl"))
}

/// The kernels that gather soft shadow and ambient occlusion.
pub fn bake_light(text: &LandscapeText) -> String {
    landscape(text, include_str!("../shaders/bake_light.wgsl"))
}

/// The lit surface, triangle by triangle.
pub fn surface(text: &LandscapeText) -> String {
    let stage = include_str!("../shaders/surface.wgsl");
    shaded(text, stage)
}

/// The lit surface, pixel by pixel.
pub fn surface_seen(text: &LandscapeText) -> String {
    let stage = include_str!("../shaders/surface_seen.wgsl");
    shaded(text, stage)
}

/// The curve of one parameter, and the body under it.
pub fn curve(text: &LandscapeText) -> String {
    let stage = include_str!("../shaders/curve.wgsl");
    landscape(text, &[TRAIL, stage].join("\n"))
}

/// The contour map, on the floor and alone.
pub fn contour_map(text: &LandscapeText) -> String {
    let stage = include_str!("../shaders/contour_map.wgsl");
    landscape(text, &[TRACED, BANDS, stage].join("\n"))
}

/// The kernel that lays each trail out as ribbon pieces for one frame.
pub fn lay_trails(text: &LandscapeText) -> String {
    let stage = include_str!("../shaders/lay_trails.wgsl");
    descents(text, &[TRAIL, TRAIL_STEPS, stage].join("\n"))
}

/// The trails' ribbons.
pub fn trails(text: &LandscapeText) -> String {
    let stage = include_str!("../shaders/trails.wgsl");
    descents(text, &[TRAIL, stage].join("\n"))
}

/// The descents' heads.
pub fn heads(text: &LandscapeText) -> String {
    descents(text, include_str!("../shaders/heads.wgsl"))
}

/// The kernels that count a crowd of heads and colour its cells; the surface's depth may have
/// several samples a pixel.
pub fn crowd(text: &LandscapeText, is_multisampled: bool) -> String {
    let kind = match is_multisampled {
        true => "texture_depth_multisampled_2d",
        false => "texture_depth_2d",
    };
    let depth = format!("@group(2) @binding(3) var surface_depth: {kind};\n");
    descents(text, &(depth + include_str!("../shaders/crowd.wgsl")))
}

/// The crowd's layer over the picture.
pub fn crowd_layer(text: &LandscapeText) -> String {
    let stage = include_str!("../shaders/crowd_layer.wgsl");
    [NUMBER, FRAME, text.height(), stage].join("\n")
}

/// The map's arrows.
pub fn slopes(text: &LandscapeText) -> String {
    draped(text, include_str!("../shaders/slopes.wgsl"))
}

/// The marks at minima, saddles, start points and the followed point.
pub fn marks(text: &LandscapeText) -> String {
    draped(text, include_str!("../shaders/marks.wgsl"))
}

/// Arrows and lines over the landscape.
pub fn arrows(text: &LandscapeText) -> String {
    let stage = include_str!("../shaders/arrows.wgsl");
    draped(text, &[COLOUR, stage].join("\n"))
}

/// Translucent planes over the landscape.
pub fn patches(text: &LandscapeText) -> String {
    draped(text, include_str!("../shaders/patches.wgsl"))
}

/// The kernels that find where the surface ends on the image.
pub fn find_silhouettes(text: &LandscapeText) -> String {
    let stage = include_str!("../shaders/find_silhouettes.wgsl");
    [NUMBER, FRAME, text.height(), SEGMENT, stage].join("\n")
}

/// Smooth edges there.
pub fn silhouettes(text: &LandscapeText) -> String {
    let stage = include_str!("../shaders/silhouettes.wgsl");
    draped(text, &[SEGMENT, stage].join("\n"))
}

/// From what was drawn to the image.
pub fn develop() -> String {
    include_str!("../shaders/develop.wgsl").to_owned()
}

/// The picture onto the window's surface.
pub fn blit() -> String {
    include_str!("../shaders/blit.wgsl").to_owned()
}

/// A module of assembled text, labelled with its Rust path.
pub fn module(gpu: &Gpu, label: &str, text: &str) -> wgpu::ShaderModule {
    gpu.shader(label, text)
}

fn landscape(text: &LandscapeText, stage: &str) -> String {
    [
        NUMBER,
        FRAME,
        text.height(),
        FIELD,
        COLOUR,
        LANDSCAPE,
        &text.loss(),
        stage,
    ]
    .join("\n")
}

fn shaded(text: &LandscapeText, stage: &str) -> String {
    let parts = [DRAPE, TRACED, BANDS, SURFACE_LOOK, stage];
    landscape(text, &parts.join("\n"))
}

fn draped(text: &LandscapeText, stage: &str) -> String {
    [NUMBER, FRAME, text.height(), FIELD, LANDSCAPE, DRAPE, stage].join("\n")
}

fn descents(text: &LandscapeText, stage: &str) -> String {
    draped(text, &[DESCENT, stage].join("\n"))
}
