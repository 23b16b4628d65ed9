// What the surface and its contour map share: the field between its nodes, and contour lines.

// Loss and gradient at `place`. The loss is cubic between the nodes, by their gradients, so that
// contour lines stay smooth when a cell covers many pixels; w is 1 only between valid nodes.
fn field_cubic(place: vec2f) -> vec4f {
    let cells = field_cells();
    let extent = frame.domain_max - frame.domain_min;
    let at = clamp((place - frame.domain_min) / extent, vec2f(0.0), vec2f(1.0)) * cells;
    let corner = min(floor(at), cells - 1.0);
    let t = at - corner;
    let node = vec2u(corner);
    let f00 = textureLoad(field, node, 0);
    let f10 = textureLoad(field, node + vec2u(1u, 0u), 0);
    let f01 = textureLoad(field, node + vec2u(0u, 1u), 0);
    let f11 = textureLoad(field, node + vec2u(1u, 1u), 0);
    let size = extent / cells;
    let low = cubic(f00.x, f10.x, f00.y * size.x, f10.y * size.x, t.x);
    let high = cubic(f01.x, f11.x, f01.y * size.x, f11.y * size.x, t.x);
    let low_slope = mix(f00.z, f10.z, t.x);
    let high_slope = mix(f01.z, f11.z, t.x);
    let loss = cubic(low, high, low_slope * size.y, high_slope * size.y, t.y);
    let gradient = vec2f(
        mix(mix(f00.y, f10.y, t.x), mix(f01.y, f11.y, t.x), t.y),
        mix(low_slope, high_slope, t.y),
    );
    return vec4f(loss, gradient, floor(f00.w * f10.w * f01.w * f11.w));
}

// Hermite's cubic from values and slopes at 0 and 1.
fn cubic(a: f32, b: f32, slope_a: f32, slope_b: f32, t: f32) -> f32 {
    let rise = b - a;
    let u = 1.0 - t;
    return a + t * (rise * t * (3.0 - 2.0 * t) + u * (slope_a * u - slope_b * t));
}

// The contour line nearest to a height, from `render::levels::LevelTable`.
struct ContourLine {
    height: f32,
    // How far below and above it the next line is, or the box's floor and lid.
    below: f32,
    above: f32,
    // 1 for an index line, less for those between.
    width: f32,
}

fn nearest_line(table: texture_2d<f32>, height: f32) -> ContourLine {
    let last = f32(textureDimensions(table).x - 1u);
    let at = textureLoad(table, vec2u(u32(level_of_height(height) * last + 0.5), 0u), 0);
    return ContourLine(at.x, at.y, at.z, at.w);
}

// How much of a pixel `line` covers. `rise_px` is the change of height over one pixel where it
// changes most; the line is as wide whatever the slope, an index line `width_px`.
fn contour_coverage(height: f32, line: ContourLine, rise_px: f32, width_px: f32) -> f32 {
    let coverage = line_coverage(height - line.height, rise_px, line.width * width_px);
    // The mean of both gaps: beside the scale's end one of them is no distance to a line.
    let spacing_px = 0.5 * (line.below + line.above) / max(rise_px, 1e-20);
    // Lines closer than a few pixels become an even tone; a plain that lies on a level is no line.
    let crowded = smoothstep(5.0, 2.0, spacing_px);
    let plain = smoothstep(500.0, 2000.0, spacing_px);
    return mix(coverage, 0.25, crowded) * (1.0 - plain);
}

// A line where `off`, which changes by `rise_px` a pixel, is zero.
fn line_coverage(off: f32, rise_px: f32, width_px: f32) -> f32 {
    return clamp(0.5 * width_px + 0.5 - abs(off) / max(rise_px, 1e-20), 0.0, 1.0);
}
