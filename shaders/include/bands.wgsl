// The map's plain colours: bands between the contour lines, and the lines. What the map shows alone
// and what the surface takes on while it sinks to one. Display-encoded.

const LINE_WIDTH_POINTS: f32 = 1.1;
// Between two lines of a cut face's hatching, in world units.
const HATCH_STEP: f32 = 0.012;

fn colour_at(colour_map: texture_2d<f32>, level: f32) -> vec3f {
    let last = f32(textureDimensions(colour_map).x - 1u);
    return textureLoad(colour_map, vec2u(u32(level * last + 0.5), 0u), 0).rgb;
}

// Between two lines the colour of the height in their middle; without lines that of the height.
fn band_colour(colour_map: texture_2d<f32>, height: f32, line: ContourLine, rise_px: f32) -> vec3f {
    let below = colour_at(colour_map, level_of_height(line.height - 0.5 * line.below));
    let above = colour_at(colour_map, level_of_height(line.height + 0.5 * line.above));
    let side = saturate(0.5 + (height - line.height) / max(rise_px, 1e-20));
    let plain = colour_at(colour_map, level_of_height(height));
    return select(mix(below, above, side), plain, line.width == 0.0);
}

// `xy` in world units, of which a pixel covers `xy_px`.
fn plan_colour(band: vec3f, height: f32, line: ContourLine, rise_px: f32, xy: vec2f, xy_px: f32) -> vec3f {
    let width_px = LINE_WIDTH_POINTS * frame.px_per_point;
    // What the height scale cuts off is dull and hatched, on the map as on the surface.
    let is_cut = height > frame.height_high;
    let dull = 0.45 * mix(band, vec3f(luminance(band)), 0.7);
    let lines = contour_coverage(height, line, rise_px, 1.2 * width_px);
    let ink = select(lines, hatch(xy, xy_px / HATCH_STEP, width_px), is_cut);
    let cut_edge = line_coverage(height - frame.height_high, rise_px, 1.3 * width_px);
    let colour = select(band, dull, is_cut);
    return mix(colour, line_colour(colour), 0.8 * max(ink, cut_edge));
}

// A line's colour on a band: darker than bright ones, brighter than dark ones.
fn line_colour(band: vec3f) -> vec3f {
    let is_dark = 1.0 - smoothstep(0.02, 0.10, luminance(linear_from_display(band)));
    return mix(0.35 * band, mix(band, vec3f(1.0), 0.45), is_dark);
}

// `per_px`: how many hatching lines a pixel crosses.
fn hatch(xy: vec2f, per_px: f32, width_px: f32) -> f32 {
    let off = abs(fract((xy.x + xy.y) / HATCH_STEP) - 0.5);
    return mix(line_coverage(off, per_px, width_px), 0.3, smoothstep(0.2, 0.5, per_px));
}
