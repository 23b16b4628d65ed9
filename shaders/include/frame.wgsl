// The frame: camera, landscape box and height scale, bound as group 0 of every pass.
// Twin of `render::frame::FrameUniform`.

// Lines traced on the surface and on the map. Twin of `render::sketch::TracedUniform`.
struct Traced {
    // Display-encoded colours with the opacity: the slice along which the first coordinate varies,
    // that of the second, and the level's line.
    first: vec4f,
    second: vec4f,
    level: vec4f,
    place: vec2f,
    // The level, as h(f).
    height: f32,
    width_pt: f32,
}

struct Frame {
    clip_from_world: mat4x4f,
    world_from_clip: mat4x4f,
    // The whole image, in pixels, and the upper left corner of the pane that is drawn.
    image_px: vec2f,
    corner_px: vec2f,
    domain_min: vec2f,
    domain_max: vec2f,
    // World units per unit of each parameter.
    world_per_parameter: vec2f,
    // The pane, in pixels.
    size_px: vec2f,
    // The height scale: h(f) between low and high fills the box.
    height_low: f32,
    height_high: f32,
    height_unit: f32,
    // 0 linear, 1 log, 2 by formula.
    height_law: u32,
    box_height: f32,
    // Pixels per point: line widths and heads are given in points.
    px_per_point: f32,
    // The floor's height in the world.
    ground_z: f32,
    // How far the landscape has become its map: 0 lit and high, 1 flat and plain.
    flatness: f32,
    // (eye, 1), or (direction towards the eye, 0) where the lines of sight are parallel.
    eye: vec4f,
    // Towards the light that stands behind the landscape as the eye sees it, of length one.
    rim_direction: vec3f,
    // Beside all else, since Mesa's software driver miscounts a stage's fourth uniform buffer and
    // those after it.
    traced: Traced,
}

@group(0) @binding(0) var<uniform> frame: Frame;

const LOG10_E: f32 = 0.4342944819;
const LINEAR: u32 = 0u;
const BY_FORMULA: u32 = 2u;

// `formula_height` gives h, h′ and h″ of a loss; it is generated, or
// include/no_formula.wgsl.

// h(f): what the surface's height, its colour and its contour lines show.
fn height_of_loss(loss: f32) -> f32 {
    let log = sign(loss) * n_log1p(abs(loss) / frame.height_unit) * LOG10_E;
    return by_law(loss, log, formula_height(loss).x);
}

// dh/df.
fn height_slope(loss: f32) -> f32 {
    return by_law(1.0, log_slope(loss), formula_height(loss).y);
}

// d²h/df².
fn height_bend(loss: f32) -> f32 {
    let log = -sign(loss) * log_slope(loss) * log_slope(loss) / LOG10_E;
    return by_law(0.0, log, formula_height(loss).z);
}

fn log_slope(loss: f32) -> f32 {
    return LOG10_E / (frame.height_unit + abs(loss));
}

// Chosen without a branch: Mesa's software driver compiles a shader that branches on a uniform anew
// in every frame.
fn by_law(linear: f32, log: f32, formula: f32) -> f32 {
    let by_formula = select(log, formula, frame.height_law == BY_FORMULA);
    return select(by_formula, linear, frame.height_law == LINEAR);
}

// h scaled so that the box's floor is 0 and its lid 1; towers are cut at the lid.
fn level_of_height(height: f32) -> f32 {
    return clamp((height - frame.height_low) / (frame.height_high - frame.height_low), 0.0, 1.0);
}

fn z_of_level(level: f32) -> f32 {
    return (level - 0.5) * frame.box_height;
}

// World X and Y of a place on the landscape's plane.
fn world_xy(place: vec2f) -> vec2f {
    return (place - 0.5 * (frame.domain_min + frame.domain_max)) * frame.world_per_parameter;
}

// The place on the landscape's plane under world X and Y.
fn place_from_world(xy: vec2f) -> vec2f {
    return xy / frame.world_per_parameter + 0.5 * (frame.domain_min + frame.domain_max);
}

fn world_from_place(place: vec2f, loss: f32) -> vec3f {
    return vec3f(world_xy(place), z_of_level(level_of_height(height_of_loss(loss))));
}

fn pixel_from_clip(clip: vec4f) -> vec2f {
    return (clip.xy / clip.w * vec2f(0.5, -0.5) + 0.5) * frame.size_px;
}

// From a point of the world towards the eye, of length one.
fn direction_to_eye(world: vec3f) -> vec3f {
    return normalize(frame.eye.xyz - world * frame.eye.w);
}
