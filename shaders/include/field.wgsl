// The field: loss and gradient on a grid over the landscape's plane, binding 0 of group 1.
// Texel (i, j) of the (cells + 1)² nodes holds (f, ∂f/∂a, ∂f/∂b, valid) at
// domain_min + (domain_max - domain_min) * (i, j) / cells; valid is 1 or 0 (not finite there).

@group(1) @binding(0) var field: texture_2d<f32>;

fn field_cells() -> vec2f {
    return vec2f(textureDimensions(field) - 1u);
}

// The bilinear sample at `place`; w is 1 only where all four nodes are valid.
fn field_bilinear(place: vec2f, domain_min: vec2f, domain_max: vec2f) -> vec4f {
    let cells = field_cells();
    let at = clamp((place - domain_min) / (domain_max - domain_min), vec2f(0.0), vec2f(1.0)) * cells;
    let corner = min(floor(at), cells - 1.0);
    let t = at - corner;
    let node = vec2u(corner);
    let f00 = textureLoad(field, node, 0);
    let f10 = textureLoad(field, node + vec2u(1u, 0u), 0);
    let f01 = textureLoad(field, node + vec2u(0u, 1u), 0);
    let f11 = textureLoad(field, node + vec2u(1u, 1u), 0);
    let sample = mix(mix(f00, f10, t.x), mix(f01, f11, t.x), t.y);
    return vec4f(sample.xyz, floor(f00.w * f10.w * f01.w * f11.w));
}
