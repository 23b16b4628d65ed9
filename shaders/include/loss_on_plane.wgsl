// The loss over the plane. Needs plane.wgsl and `evaluate_loss`, which the formula room writes.

// (f, ∂f/∂a, ∂f/∂b, valid) at a place of the plane; valid is 1 or 0 (not finite there).
fn loss_on_plane(place: vec2f) -> vec4f {
    let at = evaluate_loss(point_of_plane(place));
    let slope = slope_on_plane(at.gradient);
    let valid = n_is_finite(at.loss) && n_is_finite(slope.x) && n_is_finite(slope.y);
    return select(vec4f(0.0), vec4f(at.loss, slope, 1.0), valid);
}
