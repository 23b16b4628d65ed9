// The picture onto the window: pixel for pixel, from the upper left corner.

@group(0) @binding(0) var picture: texture_2d<f32>;

// Whether the window's surface encodes what is written to it, as sRGB formats do: the picture is
// display-encoded already, so it is decoded first.
override decode: bool = false;

@vertex
fn vs_main(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    // One triangle that covers the viewport.
    let corner = vec2f(f32(index & 1u), f32(index >> 1u)) * 4.0 - 1.0;
    return vec4f(corner, 0.0, 1.0);
}

@fragment
fn fs_main(@builtin(position) position: vec4f) -> @location(0) vec4f {
    let colour = textureLoad(picture, vec2u(position.xy), 0).rgb;
    if decode {
        return vec4f(linear_of(colour), 1.0);
    }
    return vec4f(colour, 1.0);
}

// The inverse of sRGB's transfer function, IEC 61966-2-1.
fn linear_of(encoded: vec3f) -> vec3f {
    let low = encoded / 12.92;
    let high = pow((encoded + 0.055) / 1.055, vec3f(2.4));
    return select(high, low, encoded <= vec3f(0.04045));
}
