// The loss from the field, for formulas that are too long to be evaluated for every pixel.

// Loss and gradient at `place`; w is 0 beside nodes where they are not finite.
fn loss_at(place: vec2f) -> vec4f {
    return field_cubic(place);
}
