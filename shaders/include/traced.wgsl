// Lines traced on the surface and on the map beside the contour lines: two slices through a place,
// and one level. Needs frame.wgsl and landscape.wgsl. Twin of `render::sketch::TracedUniform`.

struct Traced {
    // Display-encoded colours with the opacity: the slice along which the first coordinate varies,
    // that of the second, and the level's line.
    first: vec4f,
    second: vec4f,
    level: vec4f,
    place: vec2f,
    // The level, as h(f).
    height: f32,
    width_pt: f32,
}

@group(0) @binding(1) var<uniform> traced: Traced;

const TRACED_EDGE_PT: f32 = 1.2;
const TRACED_EDGE: vec4f = vec4f(0.03, 0.03, 0.05, 0.6);

// What the traced lines add at a place, premultiplied. `place_dx`, `place_dy`: how the place changes
// over a pixel; `height` is h(f) there, and changes by `rise_px` a pixel.
fn traced_lines(
    place: vec2f,
    place_dx: vec2f,
    place_dy: vec2f,
    height: f32,
    rise_px: f32,
) -> vec4f {
    let per_px = vec2f(length(vec2f(place_dx.x, place_dy.x)), length(vec2f(place_dx.y, place_dy.y)));
    let off = place - traced.place;
    var ink = vec4f(0.0);
    if traced.level.a > 0.0 {
        ink = traced_over(traced.level, height - traced.height, rise_px, ink);
    }
    if traced.first.a + traced.second.a > 0.0 {
        ink = traced_over(traced.first, off.y, per_px.y, ink);
        ink = traced_over(traced.second, off.x, per_px.x, ink);
    }
    return ink;
}

// A line where `off`, which changes by `per_px` a pixel, is zero, over what is there.
fn traced_over(colour: vec4f, off: f32, per_px: f32, under: vec4f) -> vec4f {
    let width_px = traced.width_pt * frame.px_per_point;
    let core = line_coverage(off, per_px, width_px) * colour.a;
    let wide = line_coverage(off, per_px, width_px + 2.0 * TRACED_EDGE_PT * frame.px_per_point);
    let edge = wide * TRACED_EDGE.a * colour.a;
    let lined = vec4f(TRACED_EDGE.rgb, 1.0) * edge + under * (1.0 - edge);
    return vec4f(colour.rgb, 1.0) * core + lined * (1.0 - core);
}
