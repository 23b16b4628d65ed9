// From what was drawn, premultiplied and with more than eight bits, to the image.

@group(0) @binding(0) var picture: texture_2d<f32>;

// What one of several pictures counts in their mean.
override part: f32 = 1.0;

@vertex
fn vs_main(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    // One triangle that covers the image.
    let corner = vec2f(f32(index & 1u), f32(index >> 1u)) * 4.0 - 1.0;
    return vec4f(corner, 0.0, 1.0);
}

@fragment
fn fs_add(@builtin(position) position: vec4f) -> @location(0) vec4f {
    return part * textureLoad(picture, vec2u(position.xy), 0);
}

// Straight colours, of which the image's alpha, as it is rounded, leaves what was drawn.
@fragment
fn fs_finish(@builtin(position) position: vec4f) -> @location(0) vec4f {
    let drawn = saturate(textureLoad(picture, vec2u(position.xy), 0));
    let alpha = floor(drawn.a * 255.0 + 0.5) / 255.0;
    let straight = saturate(drawn.rgb / max(alpha, 1.0 / 255.0));
    return vec4f(select(vec3f(0.0), straight, alpha > 0.0), alpha);
}
