// Lays each trail out on the image for one frame: joints, between which `trails.wgsl` draws
// ribbon pieces. Two walks along every trail: one counts its joints, one writes them to the place
// that the sum over the trails before it gives. So the order is that of the descents, and the
// bits are the same in every run. Twin of `render::lay_trails`.

struct TrailStyle {
    // Display-encoded colour; a is 1 where the team is shown.
    teams: array<vec4f, 64>,
    width_pt: f32,
    outline_pt: f32,
    // Opacity at a trail's start; 1 at its head.
    oldest_opacity: f32,
    outline_opacity: f32,
    mesh_cells: f32,
    // 1 follows the surface, 0 draws straight chords from point to point.
    draped: u32,
    // Room for joints.
    capacity: u32,
}

struct Span {
    first: u32,
    // Joints written, at most `candidates`: fewer where the room is short.
    room: u32,
    candidates: u32,
    // Along the whole trail, in world units on the plane.
    trail_length: f32,
}

struct Joint {
    px: vec2f,
    depth_per_px: vec2f,
    depth: f32,
    // What the depth may change by within a piece's end cap.
    greatest_tilt: f32,
    // Bits 0 to 5 the team, bit 8 whether a run begins here.
    look: u32,
    // 0 at the trail's start, 1 at its head.
    freshness: f32,
}

struct DrawIndirect {
    vertex_count: u32,
    instance_count: u32,
    first_vertex: u32,
    first_instance: u32,
}

@group(1) @binding(1) var<storage, read> trails: array<vec4f>;
@group(1) @binding(2) var<storage, read> heads: array<Head>;
@group(1) @binding(3) var<uniform> descents: Descents;
@group(2) @binding(0) var<uniform> style: TrailStyle;
@group(2) @binding(1) var<storage, read_write> spans: array<Span>;
@group(2) @binding(2) var<storage, read_write> joints: array<Joint>;
@group(2) @binding(3) var<storage, read_write> draw: DrawIndirect;

const RUN_BEGINS: u32 = 0x100u;
const NO_JOINT: Joint = Joint(vec2f(0.0), vec2f(0.0), 0.0, 0.0, RUN_BEGINS, 0.0);
// A joint nearer than this to the one before it is left out.
const NEAREST_PX: f32 = 0.75;
// A piece is about this long at most, and spans at most so many cells of the drawn mesh, as long
// as that is more than the shortest worth cutting.
const LONGEST_PX: f32 = 12.0;
const LONGEST_CELLS: f32 = 1.5;
const SHORTEST_PX: f32 = 1.5;
const MOST_PIECES: f32 = 256.0;
// Joints this far outside the image still matter for the pieces that reach into it.
const MARGIN_PX: f32 = 32.0;
// Trembling by less than this, in world units, adds nothing to a trail's length.
const TREMBLE: f32 = 0.004;
const SLACK_PX: f32 = 1.0;

struct Spot {
    place: vec2f,
    world: vec3f,
    clip: vec4f,
    px: vec2f,
    freshness: f32,
    // In front of the near plane; and also on the image or near it.
    is_before_eye: bool,
    is_seen: bool,
}

// The walk along one trail.
var<private> is_writing: bool;
var<private> span: Span;
var<private> team: u32;
var<private> candidates: u32;
var<private> written: u32;
// Thinning: a candidate is written each time that this runs over `span.candidates`.
var<private> due: u32;
var<private> begins: bool;
var<private> is_running: bool;
var<private> has_before: bool;
var<private> before: Spot;
var<private> kept_px: vec2f;

@compute @workgroup_size(64)
fn count_joints(@builtin(global_invocation_id) id: vec3u) {
    if id.x >= descents.count {
        return;
    }
    is_writing = false;
    let travelled = walk(id.x);
    spans[id.x] = Span(0u, 0u, candidates, travelled);
}

@compute @workgroup_size(64)
fn write_joints(@builtin(global_invocation_id) id: vec3u) {
    if id.x >= descents.count {
        return;
    }
    is_writing = true;
    span = spans[id.x];
    walk(id.x);
    // The same walk finds the same joints; were it not so, no stale one would be drawn.
    for (; written < span.room; written++) {
        joints[span.first + written] = NO_JOINT;
    }
}

const LANES: u32 = 256u;
var<workgroup> sums: array<u32, LANES>;

// Where each trail's joints begin: one workgroup, each lane sums a stretch of the trails.
@compute @workgroup_size(LANES)
fn place_spans(@builtin(local_invocation_index) lane: u32) {
    let stretch = (descents.count + LANES - 1u) / LANES;
    let start = min(lane * stretch, descents.count);
    let end = min(start + stretch, descents.count);
    var sum = 0u;
    for (var i = start; i < end; i++) {
        sum += spans[i].candidates;
    }
    let wanted = sum_over_lanes(lane, sum).y;
    sum = 0u;
    for (var i = start; i < end; i++) {
        spans[i].room = room_for(spans[i].candidates, wanted);
        sum += spans[i].room;
    }
    let place = sum_over_lanes(lane, sum);
    var first = place.x;
    for (var i = start; i < end; i++) {
        spans[i].first = first;
        first += spans[i].room;
    }
    if lane == 0u {
        draw = DrawIndirect(4u, place.y, 0u, 0u);
        joints[place.y] = NO_JOINT;
        joints[place.y + 1u] = NO_JOINT;
    }
}

// The sum over the lanes before this one, and over all.
fn sum_over_lanes(lane: u32, value: u32) -> vec2u {
    workgroupBarrier();
    sums[lane] = value;
    workgroupBarrier();
    var result = vec2u(0u);
    for (var i = 0u; i < LANES; i++) {
        result += vec2u(select(0u, sums[i], i < lane), sums[i]);
    }
    return result;
}

// All candidates where they fit; else the same share of every trail, and two joints in any case.
fn room_for(candidates: u32, wanted: u32) -> u32 {
    if wanted <= style.capacity {
        return candidates;
    }
    let spare = f32(style.capacity - min(2u * descents.count, style.capacity));
    let share = 0.999 * spare / f32(wanted);
    return min(candidates, 2u + u32(f32(candidates) * share));
}

// Walks along the trail; returns its length on the plane in world units.
fn walk(descent: u32) -> f32 {
    let head = heads[descent];
    team = min(head.team, 63u);
    candidates = 0u;
    written = 0u;
    due = 0u;
    begins = false;
    is_running = false;
    has_before = false;
    if style.teams[team].a == 0.0 {
        return 0.0;
    }
    let points = trail_length(head.end_step, descents.stride, descents.trail_points);
    var start: vec3f;
    var steady: vec2f;
    var travelled = 0.0;
    for (var i = 0u; i <= points; i++) {
        var end = vec3f(head.place, head.loss);
        if i < points {
            end = trails[descent * descents.trail_points + i].xyz;
        }
        if !is_finite_point(end) {
            break;
        }
        if i == 0u {
            steady = end.xy;
        } else {
            let moved = length((end.xy - steady) * frame.world_per_parameter);
            let is_move = moved > TREMBLE;
            let arrived = travelled + select(0.0, moved, is_move);
            lay_segment(start, end, vec2f(travelled, arrived) / max(span.trail_length, 1e-9));
            travelled = arrived;
            steady = select(steady, end.xy, is_move);
        }
        start = end;
    }
    return travelled;
}

// `ages` is the freshness at both ends.
fn lay_segment(start: vec3f, end: vec3f, ages: vec2f) {
    let inside = part_in_domain(start.xy, end.xy);
    if inside.x > inside.y {
        leave();
        return;
    }
    if inside.x > 0.0 {
        leave();
    }
    if !has_before {
        before = spot_at(start, end, ages, inside.x);
        has_before = true;
    }
    let last = spot_at(start, end, ages, inside.y);
    let pieces = pieces_between(before, last);
    for (var k = 1u; k < pieces; k++) {
        go_to(spot_at(start, end, ages, mix(inside.x, inside.y, f32(k) / f32(pieces))));
    }
    go_to(last);
    if inside.y < 1.0 {
        leave();
    }
}

fn leave() {
    is_running = false;
    has_before = false;
}

// The part of a segment inside the domain, of 0 to 1; none where the first is the greater.
fn part_in_domain(start: vec2f, end: vec2f) -> vec2f {
    if is_in_domain(start) && is_in_domain(end) {
        return vec2f(0.0, 1.0);
    }
    var part = vec2f(0.0, 1.0);
    for (var axis = 0u; axis < 2u; axis++) {
        let low = frame.domain_min[axis] - start[axis];
        let high = frame.domain_max[axis] - start[axis];
        let along = end[axis] - start[axis];
        if along == 0.0 {
            if low > 0.0 || high < 0.0 {
                return vec2f(1.0, 0.0);
            }
            continue;
        }
        let t = vec2f(low, high) / along;
        part = vec2f(max(part.x, min(t.x, t.y)), min(part.y, max(t.x, t.y)));
    }
    return part;
}

fn spot_at(start: vec3f, end: vec3f, ages: vec2f, t: f32) -> Spot {
    let at = mix(start, end, t);
    var spot: Spot;
    spot.place = at.xy;
    if style.draped == 1u {
        spot.world = on_surface(at.xy, at.z);
    } else {
        spot.world = mix(world_from_place(start.xy, start.z), world_from_place(end.xy, end.z), t);
    }
    spot.clip = frame.clip_from_world * vec4f(spot.world, 1.0);
    spot.freshness = mix(ages.x, ages.y, t);
    spot.is_before_eye = spot.clip.w > 0.0 && spot.clip.z > 0.0;
    if spot.is_before_eye {
        spot.px = pixel_from_clip(spot.clip);
        spot.is_seen = all(spot.px > vec2f(-MARGIN_PX)) && all(spot.px < frame.size_px + MARGIN_PX);
    }
    return spot;
}

fn pieces_between(start: Spot, end: Spot) -> u32 {
    let apart = end.world - start.world;
    let nearest_w = max(min(start.clip.w, end.clip.w), 0.01);
    let px = length(apart) * px_per_world_at(nearest_w);
    let extent = (frame.domain_max - frame.domain_min) * frame.world_per_parameter;
    let cells = length(apart.xy / extent) * style.mesh_cells;
    let pieces = max(px / LONGEST_PX, min(cells / LONGEST_CELLS, px / SHORTEST_PX));
    return u32(clamp(ceil(pieces), 1.0, MOST_PIECES));
}

fn go_to(spot: Spot) {
    let is_drawn = before.is_before_eye && spot.is_before_eye && (before.is_seen || spot.is_seen);
    if is_drawn {
        if !is_running {
            begins = true;
            keep(before);
        }
        if distance(spot.px, kept_px) >= NEAREST_PX {
            keep(spot);
        }
    }
    is_running = is_drawn;
    before = spot;
}

fn keep(spot: Spot) {
    kept_px = spot.px;
    candidates++;
    if !is_writing {
        return;
    }
    due += span.room;
    if due < span.candidates || written == span.room {
        return;
    }
    due -= span.candidates;
    joints[span.first + written] = joint_at(spot);
    written++;
    begins = false;
}

fn joint_at(spot: Spot) -> Joint {
    let look = team | select(0u, RUN_BEGINS, begins || written == 0u);
    let at = footing(spot.world, spot.place, spot.clip, style.mesh_cells, SLACK_PX);
    if style.draped == 0u {
        return Joint(spot.px, vec2f(0.0), at.depth, 0.0, look, spot.freshness);
    }
    let reach_px = (0.5 * style.width_pt + style.outline_pt) * frame.px_per_point + 0.5;
    let tilt = GREATEST_TILT * at.depth_per_world;
    let steepest = tilt / reach_px;
    let depth_per_px = at.depth_per_px * min(1.0, steepest / max(length(at.depth_per_px), 1e-30));
    return Joint(spot.px, depth_per_px, at.depth - at.lift, tilt, look, spot.freshness);
}
