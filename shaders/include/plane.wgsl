// The landscape's plane through parameter space. `PARAMETERS` is written by the formula room; the
// stage declares the uniform `plane`. Twin of `simulation::field::PlaneUniform`.

struct Plane {
    // Parameter i at plane coordinates (a, b): origin[i] + a * u[i] + b * v[i].
    origin: array<vec4f, 4>,
    u: array<vec4f, 4>,
    v: array<vec4f, 4>,
    domain_min: vec2f,
    domain_max: vec2f,
    cells: u32,
}

fn parameters_at(place: vec2f) -> array<f32, PARAMETERS> {
    var w: array<f32, PARAMETERS>;
    for (var i = 0u; i < PARAMETERS; i++) {
        w[i] = plane.origin[i / 4u][i % 4u]
            + place.x * plane.u[i / 4u][i % 4u]
            + place.y * plane.v[i / 4u][i % 4u];
    }
    return w;
}

// (f, ∂f/∂a, ∂f/∂b, valid) at a place of the plane; valid is 1 or 0 (not finite there).
fn loss_on_plane(place: vec2f) -> vec4f {
    let at = evaluate_loss(parameters_at(place));
    var slope = vec2f(0.0);
    for (var i = 0u; i < PARAMETERS; i++) {
        slope += at.gradient[i] * vec2f(plane.u[i / 4u][i % 4u], plane.v[i / 4u][i % 4u]);
    }
    let valid = n_is_finite(at.loss) && n_is_finite(slope.x) && n_is_finite(slope.y);
    return select(vec4f(0.0), vec4f(at.loss, slope, 1.0), valid);
}
