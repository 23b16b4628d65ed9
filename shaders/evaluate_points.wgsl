// Evaluates a loss at single points: one invocation a point. `PARAMETERS`, `OUTPUTS` and
// `evaluate_point` are written by the loss room.

@group(0) @binding(0) var<uniform> count: u32;
// Parameter i of point k at k * PARAMETERS + i.
@group(0) @binding(1) var<storage, read> points: array<f32>;
// Output i of point k at k * OUTPUTS + i.
@group(0) @binding(2) var<storage, read_write> outputs: array<f32>;

@compute @workgroup_size(64)
fn evaluate_points(@builtin(global_invocation_id) id: vec3u) {
    if id.x >= count {
        return;
    }
    var w: array<f32, PARAMETERS>;
    for (var i = 0u; i < PARAMETERS; i++) {
        w[i] = points[id.x * PARAMETERS + i];
    }
    let values = evaluate_point(w);
    for (var i = 0u; i < OUTPUTS; i++) {
        outputs[id.x * OUTPUTS + i] = values[i];
    }
}
