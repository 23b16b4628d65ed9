// Fills the field: one invocation a node. `PARAMETERS`, `Evaluation` and `evaluate_loss` are
// written by the formula room.

@group(0) @binding(0) var<uniform> plane: Plane;
@group(0) @binding(1) var field: texture_storage_2d<rgba32float, write>;

@compute @workgroup_size(8, 8)
fn evaluate_field(@builtin(global_invocation_id) id: vec3u) {
    let nodes = textureDimensions(field);
    if any(id.xy >= nodes) {
        return;
    }
    let place = plane.domain_min
        + (plane.domain_max - plane.domain_min) * (vec2f(id.xy) / vec2f(nodes - 1u));
    textureStore(field, id.xy, loss_on_plane(place));
}
