// Lays each trail out on the image for one frame: joints, between which `trails.wgsl` draws
// ribbon pieces. Every step of every descent is measured; then two walks along each trail merge
// the steps that the image cannot show apart: one counts the joints, one writes them to the place
// that the sum over the trails before it gives; then each joint is set on the surface. So the
// order is that of the descents, and the bits are the same in every run.
// Twin of `render::lay_trails`.

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
    // Until `stand_joints` has run: the place on the landscape's plane.
    px: vec2f,
    depth_per_px: vec2f,
    // Until `stand_joints` has run: the chord's world z.
    depth: f32,
    // What the depth may change by within a piece's end cap.
    greatest_tilt: f32,
    // Bits 0 to 5 the team, and RUN_BEGINS, HIDDEN.
    look: u32,
    // 0 at the trail's start, 1 at its head.
    freshness: f32,
}

// What one step of a descent, from one recorded point to the next, is on the image.
struct Step {
    // Where it arrives, in pixels.
    px_x: f32,
    px_y: f32,
    // How many pieces it is cut into, 0 where nothing of it is seen; and ENDS, CLIPPED.
    look: u32,
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
@group(2) @binding(1) var<storage, read_write> steps: array<Step>;
@group(2) @binding(2) var<storage, read_write> spans: array<Span>;
@group(2) @binding(3) var<storage, read_write> joints: array<Joint>;
@group(2) @binding(4) var<storage, read_write> draw: DrawIndirect;

const RUN_BEGINS: u32 = 0x100u;
// Behind the eye: no piece begins or ends here.
const HIDDEN: u32 = 0x200u;
const NO_JOINT: Joint = Joint(vec2f(0.0), vec2f(0.0), 0.0, 0.0, RUN_BEGINS, 0.0);

// Of a step: its pieces; the descent has no point here; a part lies outside the domain.
const PIECES: u32 = 0xffffu;
const ENDS: u32 = 0x10000u;
const CLIPPED: u32 = 0x20000u;

// A joint nearer than this to the one before it is left out, and so is one that lies on the line
// of its neighbours.
const NEAREST_PX: f32 = 0.75;
const STRAIGHT_PX: f32 = 0.2;
// A piece is about this long at most; where the surface curves it is shorter, until it leaves the
// surface by less than FLAT_PX or spans a cell and a half of the drawn mesh.
const LONGEST_PX: f32 = 12.0;
const FLAT_PX: f32 = 0.25;
const SHORTEST_CELLS: f32 = 1.5;
const MOST_PIECES: f32 = 256.0;
// What lies this far outside the image may still reach into it.
const MARGIN_PX: f32 = 32.0;
// Trembling by less than this, in world units, adds nothing to a trail's length.
const TREMBLE: f32 = 0.004;
const SLACK_PX: f32 = 1.0;

// The point that a descent recorded, or its head after the last one.
fn recorded(descent: u32, index: u32, points: u32) -> vec3f {
    let head = heads[descent];
    if index >= points {
        return vec3f(head.place, head.loss);
    }
    return trails[descent * descents.trail_points + index].xyz;
}

fn points_of(descent: u32) -> u32 {
    return trail_length(heads[descent].end_step, descents.stride, descents.trail_points);
}

fn spot_in_world(point: vec3f) -> vec3f {
    if style.draped == 1u {
        return on_surface(point.xy, point.z);
    }
    return world_from_place(point.xy, point.z);
}

@compute @workgroup_size(64)
fn measure_steps(
    @builtin(global_invocation_id) id: vec3u,
    @builtin(num_workgroups) groups: vec3u,
) {
    let a_trail = descents.trail_points + 1u;
    for (var i = id.x; i < descents.count * a_trail; i += groups.x * 64u) {
        let points = points_of(i / a_trail);
        if i % a_trail <= points {
            steps[i] = step_to(i / a_trail, i % a_trail, points);
        }
    }
}

fn step_to(descent: u32, index: u32, points: u32) -> Step {
    let end = recorded(descent, index, points);
    if !is_finite_point(end) {
        return Step(0.0, 0.0, ENDS);
    }
    let world = spot_in_world(end);
    let clip = frame.clip_from_world * vec4f(world, 1.0);
    let px = select(vec2f(-1e6), pixel_from_clip(clip), clip.w > 0.0);
    if index == 0u {
        return Step(px.x, px.y, 0u);
    }
    let start = recorded(descent, index - 1u, points);
    let part = part_in_domain(start.xy, end.xy);
    if part.x > part.y {
        return Step(px.x, px.y, 0u);
    }
    if part.x > 0.0 || part.y < 1.0 {
        let pieces = pieces_between(mix(start, end, part.x), mix(start, end, part.y));
        return Step(px.x, px.y, pieces | CLIPPED);
    }
    return Step(px.x, px.y, pieces_between(start, end));
}

// How many pieces the way between two points inside the domain takes on the image.
fn pieces_between(start: vec3f, end: vec3f) -> u32 {
    let a = spot_in_world(start);
    let b = spot_in_world(end);
    var bend = 0.0;
    if style.draped == 1u {
        let middle = on_surface(mix(start.xy, end.xy, 0.5), mix(start.z, end.z, 0.5));
        bend = abs(middle.z - 0.5 * (a.z + b.z));
    }
    if is_out_of_view(a, b, bend + 0.005) {
        return 0u;
    }
    let m = frame.clip_from_world;
    let w = vec2f((m * vec4f(a, 1.0)).w, (m * vec4f(b, 1.0)).w);
    let px_per_world = px_per_world_at(max(min(w.x, w.y), 0.01));
    let extent = (frame.domain_max - frame.domain_min) * frame.world_per_parameter;
    let cells = length((b.xy - a.xy) / extent) * style.mesh_cells;
    let curved = min(sqrt(bend * px_per_world / FLAT_PX), cells / SHORTEST_CELLS);
    let straight = length(b - a) * px_per_world / LONGEST_PX;
    return u32(clamp(ceil(max(straight, curved)), 1.0, MOST_PIECES));
}

// Whether what lies between a and b, give or take `pad` in height, is on one side of the image.
fn is_out_of_view(a: vec3f, b: vec3f, pad: f32) -> bool {
    let low = min(a.z, b.z) - pad;
    let high = max(a.z, b.z) + pad;
    var corners = array<vec3f, 4>(
        vec3f(a.xy, low), vec3f(a.xy, high), vec3f(b.xy, low), vec3f(b.xy, high),
    );
    let edge = 1.0 + 2.0 * MARGIN_PX / frame.size_px;
    var beyond_high = vec3<bool>(true);
    var beyond_low = vec3<bool>(true);
    for (var i = 0u; i < 4u; i++) {
        let clip = frame.clip_from_world * vec4f(corners[i], 1.0);
        beyond_high &= clip.xyz > vec3f(edge, 1.0) * clip.w;
        beyond_low &= clip.xyz < vec3f(-edge, 0.0) * clip.w;
    }
    return any(beyond_high) || any(beyond_low);
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

struct Spot {
    px: vec2f,
    place: vec2f,
    z: f32,
    freshness: f32,
}

// The joint kept last, and the point that becomes the next one unless a later point lies on the
// same line: within the cone from `kept_px` between the directions `left` and `right`.
var<private> kept_px: vec2f;
var<private> is_pending: bool;
var<private> pending: Spot;
var<private> left: vec2f;
var<private> right: vec2f;

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

// Walks along the trail; returns its length on the plane in world units.
fn walk(descent: u32) -> f32 {
    team = min(heads[descent].team, 63u);
    candidates = 0u;
    written = 0u;
    due = 0u;
    begins = false;
    is_running = false;
    is_pending = false;
    if style.teams[team].a == 0.0 {
        return 0.0;
    }
    let points = points_of(descent);
    let first = descent * (descents.trail_points + 1u);
    var start = recorded(descent, 0u, points);
    var start_step = steps[first];
    var steady = start.xy;
    var travelled = 0.0;
    if start_step.look == ENDS {
        return 0.0;
    }
    for (var i = 1u; i <= points; i++) {
        let step = steps[first + i];
        if (step.look & ENDS) != 0u {
            break;
        }
        let end = recorded(descent, i, points);
        let moved = length((end.xy - steady) * frame.world_per_parameter);
        let is_move = moved > TREMBLE;
        let arrived = travelled + select(0.0, moved, is_move);
        let ages = vec2f(travelled, arrived) / max(span.trail_length, 1e-9);
        lay_step(start_step, step, start, end, ages);
        travelled = arrived;
        steady = select(steady, end.xy, is_move);
        start = end;
        start_step = step;
    }
    keep_pending();
    return travelled;
}

// `ages` is the freshness at both ends.
fn lay_step(start_step: Step, step: Step, start: vec3f, end: vec3f, ages: vec2f) {
    let pieces = step.look & PIECES;
    if pieces == 0u {
        keep_pending();
        is_running = false;
        return;
    }
    let is_clipped = (step.look & CLIPPED) != 0u;
    var part = vec2f(0.0, 1.0);
    if is_clipped {
        part = part_in_domain(start.xy, end.xy);
    }
    if !is_running || part.x > 0.0 {
        keep_pending();
        begins = true;
        keep(spot_between(start, end, ages, part.x, vec2f(start_step.px_x, start_step.px_y)));
    }
    let px = vec2f(step.px_x, step.px_y);
    if pieces == 1u && !is_clipped {
        go_to(spot_between(start, end, ages, 1.0, px));
    } else {
        keep_pending();
        for (var k = 1u; k <= pieces; k++) {
            keep(spot_between(start, end, ages, mix(part.x, part.y, f32(k) / f32(pieces)), px));
        }
    }
    is_running = part.y == 1.0;
}

fn spot_between(start: vec3f, end: vec3f, ages: vec2f, t: f32, px: vec2f) -> Spot {
    var spot = Spot(px, mix(start.xy, end.xy, t), 0.0, mix(ages.x, ages.y, t));
    if is_writing {
        let z = vec2f(world_from_place(start.xy, start.z).z, world_from_place(end.xy, end.z).z);
        spot.z = mix(z.x, z.y, t);
    }
    return spot;
}

fn go_to(spot: Spot) {
    let along = spot.px - kept_px;
    let far = length(along);
    if is_pending {
        let is_onward = far <= LONGEST_PX && far >= distance(pending.px, kept_px)
            && cross_of(left, along) >= 0.0 && cross_of(along, right) >= 0.0;
        if !is_onward {
            keep_pending();
            go_to_first(spot);
            return;
        }
        let aside = vec2f(-along.y, along.x) * (STRAIGHT_PX / far);
        left = select(left, along - aside, cross_of(left, along - aside) > 0.0);
        right = select(right, along + aside, cross_of(along + aside, right) > 0.0);
        pending = spot;
        return;
    }
    go_to_first(spot);
}

fn go_to_first(spot: Spot) {
    let along = spot.px - kept_px;
    let far = length(along);
    if far >= NEAREST_PX {
        let aside = vec2f(-along.y, along.x) * (STRAIGHT_PX / far);
        left = along - aside;
        right = along + aside;
        pending = spot;
        is_pending = true;
    }
}

fn cross_of(a: vec2f, b: vec2f) -> f32 {
    return a.x * b.y - a.y * b.x;
}

fn keep_pending() {
    if is_pending {
        keep(pending);
    }
}

fn keep(spot: Spot) {
    is_pending = false;
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
    let look = team | select(0u, RUN_BEGINS, begins || written == 0u);
    joints[span.first + written] =
        Joint(spot.place, vec2f(0.0), spot.z, 0.0, look, spot.freshness);
    written++;
    begins = false;
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

// Sets every joint on the surface and on the image.
@compute @workgroup_size(64)
fn stand_joints(
    @builtin(global_invocation_id) id: vec3u,
    @builtin(num_workgroups) groups: vec3u,
) {
    for (var i = id.x; i < draw.instance_count; i += groups.x * 64u) {
        joints[i] = standing(joints[i]);
    }
}

fn standing(draft: Joint) -> Joint {
    var joint = draft;
    var world = vec3f(world_xy(draft.px), draft.depth);
    if style.draped == 1u {
        let sample = field_bilinear(draft.px, frame.domain_min, frame.domain_max);
        world.z = select(world.z, world_from_place(draft.px, sample.x).z, sample.w == 1.0);
    }
    let clip = frame.clip_from_world * vec4f(world, 1.0);
    if clip.w <= 0.0 || clip.z <= 0.0 {
        joint.look |= HIDDEN;
        return joint;
    }
    joint.px = pixel_from_clip(clip);
    joint.depth = clip.z / clip.w;
    if style.draped == 1u {
        drape(&joint, footing(world, draft.px, clip, style.mesh_cells, SLACK_PX));
    }
    return joint;
}

fn drape(joint: ptr<function, Joint>, at: Footing) {
    let reach_px = (0.5 * style.width_pt + style.outline_pt) * frame.px_per_point + 0.5;
    let tilt = GREATEST_TILT * at.depth_per_world;
    let steepest = tilt / reach_px;
    (*joint).greatest_tilt = tilt;
    (*joint).depth -= at.lift;
    (*joint).depth_per_px =
        at.depth_per_px * min(1.0, steepest / max(length(at.depth_per_px), 1e-30));
}
