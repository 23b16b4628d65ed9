// The descents: trails and heads, bindings 1 to 3 of group 1 where a pass draws them.
// Twins of `simulation::descents::{DescentsUniform, Head}`.

struct Descents {
    // How many descents there are, all teams together.
    count: u32,
    // Room for points in each trail.
    trail_points: u32,
    // A trail point is recorded at steps 0, stride, 2*stride, …
    stride: u32,
    // The step that the heads stand at.
    step: u32,
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

// How many recorded points of a trail whose head stands at `end_step` are older than the head.
fn trail_length(end_step: u32, stride: u32, trail_points: u32) -> u32 {
    return min((end_step + stride - 1u) / stride, trail_points);
}
