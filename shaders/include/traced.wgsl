// Lines traced on the surface and on the map beside the contour lines: two slices through a place,
// and one level. Needs frame.wgsl and landscape.wgsl.

const TRACED_EDGE_PT: f32 = 1.2;
const TRACED_EDGE: vec4f = vec4f(0.03, 0.03, 0.05, 0.6);

// Whether there are any.
override traces: bool = true;

// What the traced lines add at a place, premultiplied. `place_dx`, `place_dy`: how the place changes
// over a pixel; `height` is h(f) there, and changes by `rise_px` a pixel.
fn traced_lines(
    place: vec2f,
    place_dx: vec2f,
    place_dy: vec2f,
    height: f32,
    rise_px: f32,
) -> vec4f {
    if !traces {
        return vec4f(0.0);
    }
    let per_px = vec2f(length(vec2f(place_dx.x, place_dy.x)), length(vec2f(place_dx.y, place_dy.y)));
    let off = place - frame.traced.place;
    let level = traced_over(frame.traced.level, height - frame.traced.height, rise_px, vec4f(0.0));
    let first = traced_over(frame.traced.first, off.y, per_px.y, level);
    return traced_over(frame.traced.second, off.x, per_px.x, first);
}

// A line where `off`, which changes by `per_px` a pixel, is zero, over what is there.
fn traced_over(colour: vec4f, off: f32, per_px: f32, under: vec4f) -> vec4f {
    let width_px = frame.traced.width_pt * frame.px_per_point;
    let core = line_coverage(off, per_px, width_px) * colour.a;
    let wide = line_coverage(off, per_px, width_px + 2.0 * TRACED_EDGE_PT * frame.px_per_point);
    let edge = wide * TRACED_EDGE.a * colour.a;
    let lined = vec4f(TRACED_EDGE.rgb, 1.0) * edge + under * (1.0 - edge);
    return vec4f(colour.rgb, 1.0) * core + lined * (1.0 - core);
}
