// Marks: a ring at each minimum and a diamond at each saddle, on the surface and on the floor's map,
// a small dot on the surface at each start point, and a ball at the followed point. One instance a
// mark. Twin of `render::marks::{Mark, MarkUniform}`.

struct MarkStyle {
    // Display-encoded, of rings and dots, and of the line around them.
    ink: vec3f,
    ring_radius_pt: f32,
    edge: vec3f,
    dot_radius_pt: f32,
    mesh_cells: f32,
}

struct Mark {
    // On the landscape's plane.
    place: vec2f,
    // The number of a `render::marks::MarkKind`.
    kind: u32,
    // 1 on the landscape's plane, 0 as far from it as the domain reaches.
    nearness: f32,
    // 1 at its own loss, 0 on the surface.
    floats: u32,
    loss: f32,
}

@group(2) @binding(0) var<uniform> style: MarkStyle;
@group(2) @binding(1) var<storage, read> marks: array<Mark>;

const START: u32 = 1u;
const FLOOR_MINIMUM: u32 = 2u;
const SADDLE: u32 = 3u;
const FLOOR_SADDLE: u32 = 4u;
const POINT: u32 = 5u;
const FLOOR_POINT: u32 = 6u;
const HIGH_MINIMUM: u32 = 7u;
const FLOOR_HIGH_MINIMUM: u32 = 8u;
// In parts of the ring's radius.
const POINT_SIZE: f32 = 0.85;
const HIGH_MINIMUM_SIZE: f32 = 0.62;
const DIAMOND_SIZE: f32 = 1.15;
const RING_WIDTH_PT: f32 = 1.6;
const EDGE_PT: f32 = 0.7;
const START_OPACITY: f32 = 0.55;
const FLOOR_LIFT: f32 = 0.01;
// Opacity of a mark as far from the landscape's plane as the domain reaches.
const FAINTEST: f32 = 0.2;

struct Corner {
    @builtin(position) clip: vec4f,
    // From the centre, in pixels.
    @location(0) offset_px: vec2f,
    @location(1) @interpolate(flat) kind: u32,
    @location(2) @interpolate(flat) opacity: f32,
}

fn is_on_floor(kind: u32) -> bool {
    return kind == FLOOR_MINIMUM || kind == FLOOR_SADDLE || kind == FLOOR_POINT
        || kind == FLOOR_HIGH_MINIMUM;
}

fn radius_px(kind: u32) -> f32 {
    var radius_pt = style.ring_radius_pt;
    switch kind {
        case START: { radius_pt = style.dot_radius_pt; }
        case SADDLE, FLOOR_SADDLE: { radius_pt *= DIAMOND_SIZE; }
        case POINT, FLOOR_POINT: { radius_pt *= POINT_SIZE; }
        case HIGH_MINIMUM, FLOOR_HIGH_MINIMUM: { radius_pt *= HIGH_MINIMUM_SIZE; }
        default: {}
    }
    return radius_pt * frame.px_per_point;
}

@vertex
fn vs_main(@builtin(vertex_index) corner: u32, @builtin(instance_index) index: u32) -> Corner {
    let mark = marks[index];
    var out: Corner;
    out.clip = vec4f(2.0, 2.0, 2.0, 1.0);
    if !is_in_domain(mark.place) {
        return out;
    }
    let on_floor = vec3f(world_xy(mark.place), frame.ground_z);
    let is_floor = is_on_floor(mark.kind);
    let own = world_from_place(mark.place, mark.loss);
    let standing = select(on_surface(mark.place, 0.0), own, mark.floats == 1u);
    let world = select(standing, on_floor, is_floor);
    let clip = frame.clip_from_world * vec4f(world, 1.0);
    if clip.w <= 0.0 || clip.z <= 0.0 {
        return out;
    }
    let radius = radius_px(mark.kind);
    let at = footing(mark.place, clip, style.mesh_cells, 0.5);
    // Pulled towards the eye until the slope under the mark does not cut it, yet not through a hill.
    let tilt = length(at.depth_per_px) * radius;
    let on_slope = min(at.lift + tilt, 2.0 * GREATEST_LIFT * at.depth_per_world);
    let lift = select(on_slope, FLOOR_LIFT * at.depth_per_world, is_floor);
    let reach = radius + (RING_WIDTH_PT + EDGE_PT) * frame.px_per_point + 1.0;
    out.offset_px = (vec2f(f32(corner & 1u), f32(corner >> 1u)) * 2.0 - 1.0) * reach;
    out.kind = mark.kind;
    out.opacity = select(1.0, START_OPACITY, mark.kind == START) * mix(FAINTEST, 1.0, mark.nearness);
    out.clip = clip_from_pixel(at.px + out.offset_px, at.depth - lift);
    return out;
}

@fragment
fn fs_main(in: Corner) -> @location(0) vec4f {
    let r = length(in.offset_px);
    let half_ring = 0.5 * RING_WIDTH_PT * frame.px_per_point;
    let radius = radius_px(in.kind);
    let is_disc = in.kind == START || in.kind == POINT || in.kind == FLOOR_POINT;
    let is_diamond = in.kind == SADDLE || in.kind == FLOOR_SADDLE;
    // How far outside the shape's outline.
    let from_diamond = (abs(in.offset_px.x) + abs(in.offset_px.y) - radius) * 0.7071;
    let outside = select(r - radius, from_diamond, is_diamond);
    let off_px = select(abs(outside) - half_ring, outside, is_disc);
    let core = clamp(0.5 - off_px, 0.0, 1.0);
    let whole = clamp(0.5 + EDGE_PT * frame.px_per_point - off_px, 0.0, 1.0);
    let line = 0.7 * (whole - core);
    return in.opacity * vec4f(core * style.ink + line * style.edge, core + line);
}
