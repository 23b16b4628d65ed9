// Lays each trail out on the image for one frame: joints, between which `trails.wgsl` draws
// ribbon pieces. Every step of every descent is measured; then two walks along each trail merge
// the steps that the image cannot show apart: one counts the joints, one writes them to the place
// that the sum over the trails before it gives; then each joint is set on the surface. So the
// order is that of the descents, the bits are the same in every run. Needs trail_steps.wgsl. Twin of
// `render::lay_trails`.

struct Span {
    first: u32,
    // Joints written, at most `candidates`: fewer where the room is short.
    room: u32,
    candidates: u32,
    // Along the whole trail, in world units on the plane.
    trail_length: f32,
}

// The arguments of the drawing, and how many joints there are.
struct Draw {
    index_count: u32,
    instance_count: u32,
    first_index: u32,
    base_vertex: u32,
    first_instance: u32,
    joints: u32,
}

@group(2) @binding(2) var<storage, read_write> spans: array<Span>;
@group(2) @binding(3) var<storage, read_write> joints: array<Joint>;
@group(2) @binding(4) var<storage, read_write> draw: Draw;

// A joint nearer than this to the one before it is left out, and so is one that lies on the line
// of its neighbours.
const NEAREST_PX: f32 = 0.75;
const STRAIGHT_PX: f32 = 0.2;
// Trembling by less than this, in world units, adds nothing to a trail's length.
const TREMBLE: f32 = 0.004;
const SLACK_PX: f32 = 1.0;
// A chord farther than this from the surface, in world units, does not touch it.
const CONTACT: f32 = 0.02;

// Few to a workgroup, so that even a few hundred trails spread over all cores.
const WALKERS: u32 = 16u;

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
    // On the plane, the level of the chord's height, and the nearness.
    place: vec4f,
    freshness: f32,
}

// The joint kept last, and the point that becomes the next one unless a later point lies on the
// same line: within the cone from `kept_px` between the directions `left` and `right`, and as
// steep as `rises` says, in levels a pixel.
var<private> kept_px: vec2f;
var<private> kept_level: f32;
var<private> is_pending: bool;
var<private> pending: Spot;
var<private> left: vec2f;
var<private> right: vec2f;
var<private> rises: vec2f;
// STRAIGHT_PX at the world's origin, in levels.
var<private> straight_level: f32;

@compute @workgroup_size(WALKERS)
fn count_joints(
    @builtin(global_invocation_id) id: vec3u,
    @builtin(num_workgroups) groups: vec3u,
) {
    is_writing = false;
    for (var i = id.x; i < trail_count_of(descents); i += groups.x * WALKERS) {
        let travelled = walk(i);
        spans[i] = Span(0u, 0u, candidates, travelled);
    }
}

@compute @workgroup_size(WALKERS)
fn write_joints(
    @builtin(global_invocation_id) id: vec3u,
    @builtin(num_workgroups) groups: vec3u,
) {
    is_writing = true;
    for (var i = id.x; i < trail_count_of(descents); i += groups.x * WALKERS) {
        span = spans[i];
        walk(i);
        // The same walk finds the same joints; were it not so, no stale one would be drawn.
        for (; written < span.room; written++) {
            joints[span.first + written] = NO_JOINT;
        }
    }
}

// Walks along the trail; returns its length on the plane in world units.
fn walk(trail: u32) -> f32 {
    let head = head_of(trail);
    team = min(head.team, 63u);
    candidates = 0u;
    written = 0u;
    due = 0u;
    begins = false;
    is_running = false;
    is_pending = false;
    straight_level = STRAIGHT_PX
        / (px_per_world_at(max(frame.clip_from_world[3].w, 0.01)) * frame.box_height);
    if style.teams[team].a == 0.0 {
        return 0.0;
    }
    let points = points_of(head, descents);
    let first = trail * (descents.trail_points + 1u);
    var start_step = steps[first];
    var start = on_plane(recorded(trail, 0u, points, head), start_step);
    var steady = start.xy;
    var travelled = 0.0;
    if (start_step.look & ENDS) != 0u {
        return 0.0;
    }
    for (var i = 1u; i <= points.count; i++) {
        let step = steps[first + i];
        if (step.look & ENDS) != 0u {
            break;
        }
        let end = on_plane(recorded(trail, i, points, head), step);
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
    if is_pending {
        keep(pending);
    }
    return travelled;
}

// A recorded point with the level of its height in place of its loss, and its nearness.
fn on_plane(point: vec4f, step: Step) -> vec4f {
    let nearness = 1.0 - min(point.w * style.fade, 1.0);
    return vec4f(point.xy, f32(step.look >> LEVEL_SHIFT) / MOST_LEVEL, nearness);
}

// `ages` is the freshness at both ends. What is kept is kept at few places: a driver in software
// runs each of them in every step.
fn lay_step(start_step: Step, step: Step, start: vec4f, end: vec4f, ages: vec2f) {
    let pieces = step.look & PIECES;
    let is_clipped = (step.look & CLIPPED) != 0u;
    var part = vec2f(0.0, 1.0);
    if is_clipped {
        part = part_in_domain(start.xy, end.xy);
    }
    let is_seen = pieces != 0u;
    let is_start = is_seen && (!is_running || part.x > 0.0);
    let px = vec2f(step.px_x, step.px_y);
    let is_whole = pieces == 1u && !is_clipped;
    let spot = spot_between(start, end, ages, 1.0, px);
    if is_pending && (is_start || !is_whole || !is_onward(spot)) {
        keep(pending);
    }
    if is_start {
        begins = true;
        keep(spot_between(start, end, ages, part.x, vec2f(start_step.px_x, start_step.px_y)));
    }
    if is_whole {
        go_to(spot);
    }
    for (var k = select(1u, 2u, is_whole); k <= pieces; k++) {
        keep(spot_between(start, end, ages, mix(part.x, part.y, f32(k) / f32(pieces)), px));
    }
    is_running = is_seen && part.y == 1.0;
}

fn spot_between(start: vec4f, end: vec4f, ages: vec2f, t: f32, px: vec2f) -> Spot {
    return Spot(px, mix(start, end, t), mix(ages.x, ages.y, t));
}

// Whether a spot lies on the line to the pending one, and farther on.
fn is_onward(spot: Spot) -> bool {
    let along = spot.px - kept_px;
    let far = length(along);
    let rise = (spot.place.z - kept_level) / far;
    return far <= LONGEST_PX && far >= distance(pending.px, kept_px)
        && cross_of(left, along) >= 0.0 && cross_of(along, right) >= 0.0
        && rise >= rises.x && rise <= rises.y;
}

// Goes on to a spot on the pending line, or begins one.
fn go_to(spot: Spot) {
    let along = spot.px - kept_px;
    let far = length(along);
    if is_pending {
        narrow(along, far, (spot.place.z - kept_level) / far);
        pending = spot;
    } else if far >= NEAREST_PX {
        begin_line(spot, along, far);
    }
}

fn begin_line(spot: Spot, along: vec2f, far: f32) {
    let aside = vec2f(-along.y, along.x) * (STRAIGHT_PX / far);
    left = along - aside;
    right = along + aside;
    rises = (spot.place.z - kept_level + vec2f(-straight_level, straight_level)) / far;
    pending = spot;
    is_pending = true;
}

fn narrow(along: vec2f, far: f32, rise: f32) {
    let aside = vec2f(-along.y, along.x) * (STRAIGHT_PX / far);
    left = select(left, along - aside, cross_of(left, along - aside) > 0.0);
    right = select(right, along + aside, cross_of(along + aside, right) > 0.0);
    let tolerance = straight_level / far;
    rises = vec2f(max(rises.x, rise - tolerance), min(rises.y, rise + tolerance));
}

fn cross_of(a: vec2f, b: vec2f) -> f32 {
    return a.x * b.y - a.y * b.x;
}

fn keep(spot: Spot) {
    is_pending = false;
    kept_px = spot.px;
    kept_level = spot.place.z;
    candidates++;
    if !is_writing {
        return;
    }
    due += span.room;
    if due < span.candidates || written == span.room {
        return;
    }
    due -= span.candidates;
    let look = team | select(0u, RUN_BEGINS, begins || written == 0u)
        | look_of_nearness(spot.place.w);
    joints[span.first + written] =
        Joint(spot.place.xy, vec2f(0.0), spot.place.z, 0.0, look, spot.freshness);
    written++;
    begins = false;
}

const LANES: u32 = 256u;
var<workgroup> sums: array<u32, LANES>;

// Where each trail's joints begin: one workgroup, each lane sums a stretch of the trails.
@compute @workgroup_size(LANES)
fn place_spans(@builtin(local_invocation_index) lane: u32) {
    let all = trail_count_of(descents);
    let stretch = (all + LANES - 1u) / LANES;
    let start = min(lane * stretch, all);
    let end = min(start + stretch, all);
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
        draw = Draw(6u * BATCH, (place.y + BATCH - 1u) / BATCH, 0u, 0u, 0u, place.y);
    }
    // What is left of the last batch, and what its last piece looks ahead to.
    if lane < BATCH + 2u {
        joints[place.y + lane] = NO_JOINT;
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
    let spare = f32(style.capacity - min(2u * trail_count_of(descents), style.capacity));
    let share = 0.999 * spare / f32(wanted);
    return min(candidates, 2u + u32(f32(candidates) * share));
}

// Sets every joint on the surface and on the image.
@compute @workgroup_size(STRIDERS)
fn stand_joints(
    @builtin(global_invocation_id) id: vec3u,
    @builtin(num_workgroups) groups: vec3u,
) {
    for (var i = id.x; i < draw.joints; i += groups.x * STRIDERS) {
        joints[i] = standing(joints[i]);
    }
}

fn standing(draft: Joint) -> Joint {
    var joint = draft;
    var world = vec3f(world_xy(draft.px), frame.ground_z);
    var surface_z = world.z;
    if !on_floor {
        let chord_z = z_of_level(draft.depth);
        let sample = field_cubic(draft.px);
        let on_surface = world_from_place(draft.px, sample.x);
        surface_z = select(chord_z, on_surface.z, sample.w == 1.0);
        world.z = select(chord_z, surface_z, style.draped == 1u);
    }
    let clip = frame.clip_from_world * vec4f(world, 1.0);
    if clip.w <= 0.0 || clip.z <= 0.0 {
        joint.look |= HIDDEN;
        return joint;
    }
    joint.px = pixel_from_clip(clip);
    joint.depth = clip.z / clip.w;
    if !on_floor {
        let at = footing(draft.px, clip, style.mesh_cells, SLACK_PX);
        // A chord lies on the surface where it touches it, and goes its own way elsewhere.
        let contact = 1.0 - smoothstep(0.0, CONTACT, abs(world.z - surface_z));
        drape(&joint, at, contact);
    }
    return joint;
}

fn drape(joint: ptr<function, Joint>, at: Footing, contact: f32) {
    let reach_px = (0.5 * style.width_pt + style.outline_pt) * frame.px_per_point + 0.5;
    let tilt = GREATEST_TILT * at.depth_per_world;
    let steepest = tilt / reach_px;
    (*joint).greatest_tilt = tilt;
    (*joint).depth -= contact * at.lift;
    (*joint).depth_per_px = contact * at.depth_per_px
        * min(1.0, steepest / max(length(at.depth_per_px), 1e-30));
}
