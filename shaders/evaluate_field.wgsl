// Fills the field: one invocation a node. `PARAMETERS`, `Evaluation` and `evaluate_loss` are
// written by the formula room.

struct Plane {
    // Parameter i at plane coordinates (a, b): origin[i] + a * u[i] + b * v[i].
    origin: array<vec4f, 4>,
    u: array<vec4f, 4>,
    v: array<vec4f, 4>,
    domain_min: vec2f,
    domain_max: vec2f,
    cells: u32,
}

@group(0) @binding(0) var<uniform> plane: Plane;
@group(0) @binding(1) var field: texture_storage_2d<rgba32float, write>;

@compute @workgroup_size(8, 8)
fn evaluate_field(@builtin(global_invocation_id) id: vec3u) {
    if any(id.xy > vec2u(plane.cells)) {
        return;
    }
    let place = plane.domain_min
        + (plane.domain_max - plane.domain_min) * (vec2f(id.xy) / f32(plane.cells));
    var w: array<f32, PARAMETERS>;
    for (var i = 0u; i < PARAMETERS; i++) {
        w[i] = plane.origin[i / 4u][i % 4u]
            + place.x * plane.u[i / 4u][i % 4u]
            + place.y * plane.v[i / 4u][i % 4u];
    }
    let at = evaluate_loss(w);
    var slope = vec2f(0.0);
    for (var i = 0u; i < PARAMETERS; i++) {
        slope += at.gradient[i] * vec2f(plane.u[i / 4u][i % 4u], plane.v[i / 4u][i % 4u]);
    }
    let valid = n_is_finite(at.loss) && n_is_finite(slope.x) && n_is_finite(slope.y);
    textureStore(field, id.xy, select(vec4f(0.0), vec4f(at.loss, slope, 1.0), valid));
}
