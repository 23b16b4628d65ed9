// The ground behind everything: a soft pool of light that fades towards the image's corners.
// Drawn where nothing else was, at the far plane.

@group(2) @binding(0) var<uniform> theme: Theme;

// What a checkerboard's darker squares are of its lighter ones.
const CHECK: f32 = 0.8;

@vertex
fn vs_main(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    // One triangle that covers the image.
    let corner = vec2f(f32(index & 1u), f32(index >> 1u)) * 4.0 - 1.0;
    return vec4f(corner, 1.0, 1.0);
}

@fragment
fn fs_main(@builtin(position) position: vec4f) -> @location(0) vec4f {
    let off = (position.xy / frame.image_px - vec2f(0.42, 0.66)) * vec2f(1.0, 1.15);
    let pool = 1.0 / (1.0 + 4.5 * dot(off, off));
    let colour = mix(theme.ground_edge, theme.ground, pool * pool);
    // Half a step of dither: a gradient this dark would show bands.
    // Jimenez' interleaved gradient noise, https://advances.realtimerendering.com/s2014
    let noise = fract(52.9829189 * fract(dot(floor(position.xy), vec2f(0.06711056, 0.00583715))));
    return vec4f(colour + (noise - 0.5) / 255.0, 1.0);
}

// Behind what is transparent, as image editors show it.
@fragment
fn fs_checks(@builtin(position) position: vec4f) -> @location(0) vec4f {
    let square = vec2u(position.xy / (theme.checks_pt * frame.px_per_point));
    let is_odd = ((square.x + square.y) & 1u) == 1u;
    return vec4f(select(theme.ground, CHECK * theme.ground, is_odd), 1.0);
}
