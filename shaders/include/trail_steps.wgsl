// What the steps of all descents are on the image: measured before lay_trails.wgsl walks along them.
// Needs trail.wgsl, descent.wgsl and drape.wgsl.

// The projection on the floor instead of what lies on the surface or above it.
override on_floor: bool = false;

// What one step of a descent, from one recorded point to the next, is on the image.
struct Step {
    // Where it arrives, in pixels.
    px_x: f32,
    px_y: f32,
    // How many pieces it is cut into, 0 where nothing of it is seen; ENDS, CLIPPED; and above them
    // the level of the height where it arrives.
    look: u32,
}

// Point i of all trails in texel i % POINTS_ACROSS of row i / POINTS_ACROSS.
@group(1) @binding(1) var trails: texture_2d<f32>;
@group(1) @binding(2) var<storage, read> heads: array<Head>;
@group(1) @binding(3) var<uniform> descents: Descents;
@group(2) @binding(0) var<uniform> style: TrailStyle;
@group(2) @binding(1) var<storage, read_write> steps: array<Step>;

// Of a step: its pieces; the descent has no point here; a part lies outside the domain.
const PIECES: u32 = 0x1ffu;
const ENDS: u32 = 0x200u;
const CLIPPED: u32 = 0x400u;
const LEVEL_SHIFT: u32 = 11u;
const MOST_LEVEL: f32 = 2097151.0;

// A piece is about this long at most; on the surface it spans a cell of the drawn mesh at most, so that
// it follows what the mesh follows.
const LONGEST_PX: f32 = 12.0;
const LONGEST_FLAT_PX: f32 = 96.0;
const MOST_PIECES: f32 = 256.0;
// What lies this far outside the image may still reach into it.
const MARGIN_PX: f32 = 32.0;

const POINTS_ACROSS: u32 = 4096u;

// The point that was recorded, or the head after the last one: place, loss and distance from the
// plane.
fn recorded(trail: u32, index: u32, points: Points, head: Head) -> vec4f {
    let slot = slot_of(points, min(index, points.count - 1u), descents);
    let at = trail * descents.trail_points + slot;
    let point = textureLoad(trails, vec2u(at % POINTS_ACROSS, at / POINTS_ACROSS), 0);
    return select(point, vec4f(head.place, head.loss, head.distance), index >= points.count);
}

fn head_of(trail: u32) -> Head {
    return heads[trail * descents.trail_every];
}

// Threads a workgroup of the kernels that stride over all stretches or all joints.
const STRIDERS: u32 = 64u;

// Steps that one thread measures, each beginning where the one before ended.
const STRETCH: u32 = 16u;

@compute @workgroup_size(STRIDERS)
fn measure_steps(
    @builtin(global_invocation_id) id: vec3u,
    @builtin(num_workgroups) groups: vec3u,
) {
    let a_trail = descents.trail_points + 1u;
    let stretches = (a_trail + STRETCH - 1u) / STRETCH;
    for (var i = id.x; i < trail_count_of(descents) * stretches; i += groups.x * STRIDERS) {
        let trail = i / stretches;
        let head = head_of(trail);
        let points = points_of(head, descents);
        let first = i % stretches * STRETCH;
        let end = min(first + STRETCH, points.count + 1u);
        var start = standing_point(recorded(trail, max(first, 1u) - 1u, points, head));
        for (var index = first; index < end; index++) {
            let next = standing_point(recorded(trail, index, points, head));
            steps[trail * a_trail + index] = step_to(start, next, index);
            start = next;
        }
    }
}

// A recorded point and where it stands.
struct Standing {
    point: vec4f,
    world: vec3f,
    // Of its height.
    level: f32,
}

fn standing_point(point: vec4f) -> Standing {
    if on_floor {
        return Standing(point, vec3f(world_xy(point.xy), frame.ground_z), 0.0);
    }
    let level = level_of_height(height_of_loss(point.z));
    // As the walks will know it.
    let kept = f32(u32(level * MOST_LEVEL)) / MOST_LEVEL;
    return Standing(point, vec3f(world_xy(point.xy), z_of_level(kept)), kept);
}

// Written without early returns: a driver in software runs every branch anyway.
fn step_to(start: Standing, end: Standing, index: u32) -> Step {
    let part = part_in_domain(start.point.xy, end.point.xy);
    let is_clipped = part.x > 0.0 || part.y < 1.0;
    let a = mix(start.world, end.world, part.x);
    let b = mix(start.world, end.world, part.y);
    let clip_a = frame.clip_from_world * vec4f(a, 1.0);
    let clip_b = frame.clip_from_world * vec4f(b, 1.0);
    let is_seen = index > 0u && part.x <= part.y
        && !is_out_of_view(clip_a, clip_b, bend_between(a, b));
    let pieces = pieces_between(a, b, min(clip_a.w, clip_b.w));
    let look = select(0u, pieces, is_seen) | select(0u, CLIPPED, is_clipped)
        | select(ENDS, 0u, is_finite_point(end.point.xyz))
        | (u32(end.level * MOST_LEVEL) << LEVEL_SHIFT);
    let px = select(vec2f(-1e6), pixel_from_clip(clip_b), clip_b.w > 0.0);
    return Step(px.x, px.y, look);
}

// How far what is drawn is from the chord, at most, up or down: anywhere in the box, where a long step
// follows the surface.
fn bend_between(a: vec3f, b: vec3f) -> f32 {
    return select(0.01, frame.box_height, cells_along(a, b) > 1.0);
}

// How many cells of the drawn mesh a step goes along; none where it does not follow the surface.
fn cells_along(a: vec3f, b: vec3f) -> f32 {
    let extent = (frame.domain_max - frame.domain_min) * frame.world_per_parameter;
    let cells = length((b.xy - a.xy) / extent) * style.mesh_cells * f32(style.draped);
    return select(cells, 0.0, on_floor);
}

fn pieces_between(a: vec3f, b: vec3f, nearest_w: f32) -> u32 {
    let px_per_world = px_per_world_at(max(nearest_w, 0.01));
    let straight = length(b - a) * px_per_world / select(LONGEST_PX, LONGEST_FLAT_PX, on_floor);
    return u32(clamp(ceil(max(straight, cells_along(a, b))), 1.0, MOST_PIECES));
}

// Whether what lies between a and b, give or take `pad` in height, is on one side of the image.
fn is_out_of_view(a: vec4f, b: vec4f, pad: f32) -> bool {
    let rise = pad * frame.clip_from_world[2];
    let high = vec4f(1.0 + 2.0 * MARGIN_PX / frame.size_px, 1.0, 0.0);
    let beyond = is_beyond(a - rise, high) & is_beyond(a + rise, high)
        & is_beyond(b - rise, high) & is_beyond(b + rise, high);
    return beyond != 0u;
}

// A bit for each side of the image that `clip` is beyond: left, right, below, above, near, far.
fn is_beyond(clip: vec4f, edge: vec4f) -> u32 {
    let low = clip.xyz < -edge.xyw * clip.w;
    let high = clip.xyz > edge.xyz * clip.w;
    return dot(vec3u(low), vec3u(1u, 2u, 4u)) | dot(vec3u(high), vec3u(8u, 16u, 32u));
}

// The part of a step inside the domain, of 0 to 1; none where the first is the greater.
fn part_in_domain(start: vec2f, end: vec2f) -> vec2f {
    let along = select(end - start, vec2f(1e-30), end == start);
    let low = (frame.domain_min - start) / along;
    let high = (frame.domain_max - start) / along;
    let enters = min(low, high);
    let leaves = max(low, high);
    let part = vec2f(max(max(enters.x, enters.y), 0.0), min(min(leaves.x, leaves.y), 1.0));
    return select(part, vec2f(0.0, 1.0), is_in_domain(start) && is_in_domain(end));
}
