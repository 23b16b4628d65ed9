// The descents: trails and heads, bindings 1 to 3 of group 1 where a pass draws them.
// Twins of `simulation::descents::{DescentsUniform, Head}`.

struct Descents {
    // How many descents there are, all teams together.
    count: u32,
    // Room for points in each trail.
    trail_points: u32,
    // A trail point is recorded at steps 0, stride, 2*stride, …; the newest are kept.
    stride: u32,
    // The step that the heads stand at.
    step: u32,
    // Descents 0, trail_every, 2*trail_every, … have a trail.
    @size(16) trail_every: u32,
}

struct Head {
    // Where it falls on the landscape's plane, and its own loss.
    place: vec2f,
    loss: f32,
    // 0 running, 1 converged, 2 diverged.
    status: u32,
    // The step at which the descent ended; `step` while it runs.
    end_step: u32,
    team: u32,
    // From the plane, in units of the parameters; 0 where the plane is all there is.
    distance: f32,
}

// The recorded points of a trail that are older than its head: how many, and where in the trail's
// room the oldest lies, since a full room is written over from its start.
struct Points {
    count: u32,
    oldest: u32,
}

fn points_of(head: Head, descents: Descents) -> Points {
    let recorded = (head.end_step + descents.stride - 1u) / descents.stride;
    let room = descents.trail_points;
    return Points(min(recorded, room), select(recorded % room, 0u, recorded <= room));
}

// Where in its room the index-th oldest of them lies.
fn slot_of(points: Points, index: u32, descents: Descents) -> u32 {
    let at = points.oldest + index;
    return at - select(0u, descents.trail_points, at >= descents.trail_points);
}

fn trail_count_of(descents: Descents) -> u32 {
    return (descents.count + descents.trail_every - 1u) / descents.trail_every;
}
