// The plane through parameter space that a landscape is the loss over, and where a point falls on
// it. Twin of `simulation::plane::PlaneUniform`. Needs `PARAMETERS`, which the formula room writes,
// and the uniform `plane`, which the stage binds.

struct Plane {
    // Parameter i at plane coordinates (a, b): origin[i] + a * u[i] + b * v[i].
    origin: array<vec4f, 4>,
    u: array<vec4f, 4>,
    v: array<vec4f, 4>,
    // The products of w - origin with these are the coordinates of the plane's nearest point.
    to_a: array<vec4f, 4>,
    to_b: array<vec4f, 4>,
    // What is shown of it.
    domain_min: vec2f,
    domain_max: vec2f,
}

// The parameters at a place of the plane.
fn point_of_plane(place: vec2f) -> array<f32, PARAMETERS> {
    var w: array<f32, PARAMETERS>;
    for (var i = 0u; i < PARAMETERS; i++) {
        w[i] = plane.origin[i / 4u][i % 4u]
            + place.x * plane.u[i / 4u][i % 4u]
            + place.y * plane.v[i / 4u][i % 4u];
    }
    return w;
}

// How a function whose gradient at a point of the plane is `gradient` changes along the plane.
fn slope_on_plane(gradient: array<f32, PARAMETERS>) -> vec2f {
    var slope = vec2f(0.0);
    for (var i = 0u; i < PARAMETERS; i++) {
        slope += gradient[i] * vec2f(plane.u[i / 4u][i % 4u], plane.v[i / 4u][i % 4u]);
    }
    return slope;
}

// The plane coordinates of the point of the plane nearest to w, and the distance from it.
fn foot_on_plane(w: array<f32, PARAMETERS>) -> vec3f {
    var place = vec2f(0.0);
    for (var i = 0u; i < PARAMETERS; i++) {
        let off = w[i] - plane.origin[i / 4u][i % 4u];
        place += off * vec2f(plane.to_a[i / 4u][i % 4u], plane.to_b[i / 4u][i % 4u]);
    }
    // Two parameters or fewer have nothing beside their plane, so no rounding may put it there.
    if PARAMETERS <= 2u {
        return vec3f(place, 0.0);
    }
    let nearest = point_of_plane(place);
    var square = 0.0;
    for (var i = 0u; i < PARAMETERS; i++) {
        square += (w[i] - nearest[i]) * (w[i] - nearest[i]);
    }
    return vec3f(place, sqrt(square));
}
