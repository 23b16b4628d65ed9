// Arrows and lines over the landscape, as wide on the image everywhere: one instance an arrow, a
// strip along it that follows the depth of the surface. Twin of `render::arrows::ArrowInstance`.

struct Arrow {
    // Plane coordinates and a height h(f).
    tail: vec3f,
    width_pt: f32,
    tip: vec3f,
    // The head's length; 0 for a line.
    head_pt: f32,
    // Display-encoded, with the opacity.
    colour: vec4f,
    // Bits: 1 flat on the floor, 2 dashed.
    kind: u32,
}

@group(2) @binding(0) var<storage, read> arrows: array<Arrow>;
@group(2) @binding(1) var<uniform> theme: Theme;

override mesh_cells: f32;
// Pieces that the strip is cut into.
override pieces: f32;
// Whether what is hidden is drawn, faintly, instead of what is seen.
override hidden: bool;

const ON_FLOOR: u32 = 1u;
const DASHED: u32 = 2u;
// Half the head's width, and how far the shaft reaches into it, in parts of its length.
const HEAD_HALF_WIDTH: f32 = 0.42;
const HEAD_NOTCH: f32 = 0.8;
// The head's length at most, in parts of the arrow's.
const LONGEST_HEAD: f32 = 0.6;
const SHORTEST_PX: f32 = 0.5;
const EDGE_PT: f32 = 1.1;
const EDGE_OPACITY: f32 = 0.75;
const HIDDEN_OPACITY: f32 = 0.3;
const DASH_PT: f32 = 9.0;
const FLOOR_LIFT: f32 = 0.01;

struct Stroke {
    @builtin(position) clip: vec4f,
    // In pixels from the tail, along and across.
    @location(0) at: vec2f,
    @location(1) @interpolate(flat) colour: vec4f,
    // In pixels: length, half the width, the head's length; and 1 where dashed.
    @location(2) @interpolate(flat) shape: vec4f,
}

fn world_of(spot: vec3f, on_floor: bool) -> vec3f {
    let level = (spot.z - frame.height_low) / (frame.height_high - frame.height_low);
    return vec3f(world_xy(spot.xy), select(z_of_level(level), frame.ground_z, on_floor));
}

@vertex
fn vs_main(@builtin(vertex_index) vertex: u32, @builtin(instance_index) index: u32) -> Stroke {
    let arrow = arrows[index];
    let on_floor = (arrow.kind & ON_FLOOR) != 0u;
    var out: Stroke;
    out.clip = vec4f(2.0, 2.0, 2.0, 1.0);
    var a = world_of(arrow.tail, on_floor);
    var b = world_of(arrow.tip, on_floor);
    var clip_a = frame.clip_from_world * vec4f(a, 1.0);
    var clip_b = frame.clip_from_world * vec4f(b, 1.0);
    if (clip_a.z <= 0.0 && clip_b.z <= 0.0) || (hidden && on_floor) {
        return out;
    }
    // What is behind the eye is cut off.
    if clip_a.z < 0.0 {
        a = mix(a, b, -1.001 * clip_a.z / (clip_b.z - clip_a.z));
        clip_a = frame.clip_from_world * vec4f(a, 1.0);
    }
    if clip_b.z < 0.0 {
        b = mix(b, a, -1.001 * clip_b.z / (clip_a.z - clip_b.z));
        clip_b = frame.clip_from_world * vec4f(b, 1.0);
    }
    let px_a = pixel_from_clip(clip_a);
    let px_b = pixel_from_clip(clip_b);
    let length_px = distance(px_a, px_b);
    if !(length_px > SHORTEST_PX) {
        return out;
    }
    let along = (px_b - px_a) / length_px;
    let head_px = min(arrow.head_pt * frame.px_per_point, LONGEST_HEAD * length_px);
    // A short arrow has a small head, and a shaft that is thinner than it.
    let half_width = min(
        0.5 * arrow.width_pt * frame.px_per_point,
        select(1e9, 0.6 * HEAD_HALF_WIDTH * head_px, arrow.head_pt > 0.0),
    );
    let reach = max(half_width, HEAD_HALF_WIDTH * head_px) + EDGE_PT * frame.px_per_point + 1.0;
    let part = f32(vertex / 2u) / pieces;
    let at = vec2f(
        mix(-reach, length_px + reach, part),
        select(-reach, reach, (vertex & 1u) == 1u),
    );
    // Depth is linear along the image; the point of the world is not.
    let t = clamp(at.x / length_px, 0.0, 1.0);
    let u = t * clip_a.w / mix(clip_b.w, clip_a.w, t);
    let world = mix(a, b, u);
    let clip = frame.clip_from_world * vec4f(world, 1.0);
    let depth = clip.z / clip.w;
    var lift = FLOOR_LIFT * length(depth_gradient(clip));
    if !on_floor {
        lift = lift_before_surface(world, clip, mesh_cells, reach);
    }
    out.at = at;
    out.colour = arrow.colour * vec4f(1.0, 1.0, 1.0, select(1.0, HIDDEN_OPACITY, hidden));
    out.shape = vec4f(length_px, half_width, head_px, f32((arrow.kind & DASHED) / DASHED));
    let px = px_a + at.x * along + at.y * vec2f(-along.y, along.x);
    out.clip = clip_from_pixel(px, select(depth - lift, 0.0, hidden));
    return out;
}

// How far a pixel is outside the arrow.
fn outside_px(at: vec2f, shape: vec4f) -> f32 {
    let across = abs(at.y);
    let shaft_end = shape.x - HEAD_NOTCH * shape.z;
    var shaft = max(max(-at.x, at.x - shaft_end), across - shape.y);
    if shape.w > 0.0 {
        let period = DASH_PT * frame.px_per_point;
        let in_dash = abs(fract(at.x / period - 0.3) - 0.5) * period;
        shaft = max(shaft, in_dash - 0.3 * period);
    }
    if shape.z == 0.0 {
        return shaft;
    }
    let slant = normalize(vec2f(HEAD_HALF_WIDTH, 1.0));
    let head = max(shape.x - shape.z - at.x, dot(vec2f(at.x - shape.x, across), slant));
    return min(shaft, head);
}

@fragment
fn fs_main(in: Stroke) -> @location(0) vec4f {
    let off = outside_px(in.at, in.shape);
    let core = clamp(0.5 - off, 0.0, 1.0);
    let whole = clamp(0.5 + EDGE_PT * frame.px_per_point - off, 0.0, 1.0);
    let edge = (whole - core) * EDGE_OPACITY;
    return vec4f(core * in.colour.rgb + edge * theme.ground_edge, core + edge) * in.colour.a;
}
