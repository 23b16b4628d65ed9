// The loss from its formula, for every pixel anew: exact at any zoom. For formulas that are short.
// Needs plane.wgsl and what the formula room wrote of the loss.

@group(1) @binding(4) var<uniform> plane: Plane;

// Loss and gradient at `place`; w is 0 where they are not finite.
fn loss_at(place: vec2f) -> vec4f {
    return loss_on_plane(place);
}
