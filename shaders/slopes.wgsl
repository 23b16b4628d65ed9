// The map's arrows: at each place of a sparse grid the way down, on the surface while there is
// one. One instance an arrow. Twins of `render::slopes::SlopeUniform`, `render::map_figure::Slope`.

struct SlopeStyle {
    // Display-encoded: the arrow, and the line around it.
    ink: vec3f,
    opacity: f32,
    edge: vec3f,
    shaft_pt: f32,
    // The longest tip, along the arrow, in points.
    tip_pt: f32,
}

struct Slope {
    // On the landscape's plane.
    place: vec2f,
    // From tail to tip, in world units.
    step: vec2f,
}

@group(2) @binding(0) var<uniform> style: SlopeStyle;
@group(2) @binding(1) var<storage, read> slopes: array<Slope>;

const EDGE_PT: f32 = 0.8;
// The tip's half width, in its lengths; its length, in those of the arrow.
const TIP_HALF_WIDTH: f32 = 0.42;
const TIP_LENGTH: f32 = 0.5;

struct Corner {
    @builtin(position) clip: vec4f,
    // From the tip backwards and across, in pixels.
    @location(0) at: vec2f,
    // The arrow's and the tip's length, in pixels.
    @location(1) @interpolate(flat) lengths: vec2f,
}

@vertex
fn vs_main(@builtin(vertex_index) corner: u32, @builtin(instance_index) index: u32) -> Corner {
    let slope = slopes[index];
    let world = on_surface(slope.place, 0.0);
    let tail = frame.clip_from_world * vec4f(world - vec3f(0.5 * slope.step, 0.0), 1.0);
    let tip = frame.clip_from_world * vec4f(world + vec3f(0.5 * slope.step, 0.0), 1.0);
    let from_px = pixel_from_clip(tail);
    let to_px = pixel_from_clip(tip);
    let length_px = max(distance(from_px, to_px), 1e-3);
    let along = (to_px - from_px) / length_px;
    let tip_px = min(style.tip_pt * frame.px_per_point, TIP_LENGTH * length_px);
    let margin = (0.5 * style.shaft_pt + EDGE_PT) * frame.px_per_point + 1.0;
    let half_width = TIP_HALF_WIDTH * tip_px + margin;
    let back = select(-margin, length_px + margin, corner >= 2u);
    let across = select(-half_width, half_width, (corner & 1u) == 1u);
    let px = to_px - back * along + across * vec2f(-along.y, along.x);
    var out: Corner;
    out.at = vec2f(back, across);
    out.lengths = vec2f(length_px, tip_px);
    out.clip = clip_from_pixel(px, 0.0);
    return out;
}

@fragment
fn fs_main(in: Corner) -> @location(0) vec4f {
    let back = in.at.x;
    let across = abs(in.at.y);
    let half_shaft = 0.5 * style.shaft_pt * frame.px_per_point;
    // Outside the shaft, which begins within the tip, and outside the tip's triangle.
    let shaft = max(across - half_shaft, max(0.5 * in.lengths.y - back, back - in.lengths.x));
    let side = normalize(vec2f(1.0, TIP_HALF_WIDTH));
    let tip = max(dot(vec2f(across, -back), side), back - in.lengths.y);
    let off = min(shaft, tip);
    let core = clamp(0.5 - off, 0.0, 1.0);
    let whole = clamp(0.5 + EDGE_PT * frame.px_per_point - off, 0.0, 1.0);
    let edge = 0.45 * (whole - core);
    // They come with the last of the way to the map.
    return style.opacity * smoothstep(0.85, 1.0, frame.flatness) * vec4f(core * style.ink + edge * style.edge, core + edge);
}
