// The lit surface. The mesh gives position and silhouette alone: loss, normal, colour and contour
// lines come from the field at every fragment, and stay crisp whatever the mesh's density.

@group(2) @binding(0) var colour_map: texture_2d<f32>;
@group(2) @binding(1) var levels: texture_2d<f32>;
@group(2) @binding(2) var<uniform> theme: Theme;

// Whether the field's grid is drawn over the surface.
override wire: bool = false;
// What is left of a layer that lies behind another one.
override veil: f32 = 1.0;

const LINE_DARKNESS: f32 = 0.62;
const WIRE_WIDTH_PT: f32 = 0.7;
const WIRE_OPACITY: f32 = 0.7;
// Between two lines of the wire at least.
const WIRE_GAP_PX: f32 = 12.0;
const WIRE_GAP_PT: f32 = 9.0;

struct Fragment {
    @builtin(position) @invariant position: vec4f,
    @location(0) world: vec3f,
    // How much is seen of the sky, of the key light and, from the underside, of the open; and how
    // near a hole is.
    @location(1) seen: vec4f,
}

// The height at a fragment, and what changes from pixel to pixel.
struct Spot {
    place: vec2f,
    // Its change over a pixel to the right and down.
    place_dx: vec2f,
    place_dy: vec2f,
    height: f32,
    // How the height changes along the parameters.
    slope: vec2f,
    // Its change over one pixel where it changes most.
    rise_px: f32,
    // World units that a pixel covers.
    xy_px: f32,
    line: ContourLine,
}

@vertex
fn vs_main(@location(0) world: vec3f, @location(1) light: vec4f) -> Fragment {
    return Fragment(frame.clip_from_world * vec4f(world, 1.0), world, light);
}

@fragment
fn fs_main(at: Fragment, @builtin(front_facing) from_above: bool) -> @location(0) vec4f {
    let spot = spot_at(at);
    return under_traced(spot, vec4f(lit_colour(at, spot, from_above), 1.0));
}

// On the way to the map the light fades, and the bands' plain colours come.
@fragment
fn fs_flattening(at: Fragment, @builtin(front_facing) from_above: bool) -> @location(0) vec4f {
    let spot = spot_at(at);
    return flattened(at, spot, vec4f(lit_colour(at, spot, from_above), 1.0));
}

// Glass: what lies behind is seen through it, least where the line of sight grazes it. All layers
// are blended, premultiplied: first those behind, then the nearest.
@fragment
fn fs_glass(at: Fragment, @builtin(front_facing) from_above: bool) -> @location(0) vec4f {
    let spot = spot_at(at);
    let grazing = 1.0 - saturate(abs(dot(normal_of(spot), direction_to_eye(at.world))));
    let width_px = LINE_WIDTH_POINTS * frame.px_per_point;
    let line = contour_coverage(spot.height, spot.line, spot.rise_px, width_px);
    let clear = mix(0.36, 0.92, grazing * grazing * grazing);
    let alpha = max(clear, 0.8 * line) * veil;
    let colour = mix(lit_colour(at, spot, from_above), theme.ink, 0.45 * line);
    return flattened(at, spot, vec4f(colour, 1.0) * alpha);
}

// The contour lines alone, with the landscape's border and the edge of what is cut off.
@fragment
fn fs_contours(at: Fragment) -> @location(0) vec4f {
    let spot = spot_at(at);
    let width_px = 1.5 * LINE_WIDTH_POINTS * frame.px_per_point;
    let line = contour_coverage(spot.height, spot.line, spot.rise_px, width_px);
    let cut = line_coverage(spot.height - frame.height_high, spot.rise_px, width_px);
    let colour = colour_at(colour_map, level_of_height(spot.height));
    let off_ground = abs(luminance(colour) - luminance(theme.ground_edge));
    let ink = mix(colour, theme.ink, theme.map_lift * (1.0 - off_ground));
    let border = 0.6 * border_coverage(spot, width_px);
    let edge = max(0.8 * cut, 0.7 * rim_hatch(at, spot, 0.7 * width_px));
    let lines = max(line * mix(0.55, 1.0, spot.line.width), edge);
    let inked = vec4f(ink, 1.0) * lines;
    let framed = vec4f(theme.ink, 1.0) * border + inked * (1.0 - border);
    return flattened(at, spot, framed * veil);
}

// Depth alone: nothing is blended.
@fragment
fn fs_depth() -> @location(0) vec4f {
    return vec4f(0.0);
}

// The landscape's border, as a line right inside of it.
fn border_coverage(spot: Spot, width_px: f32) -> f32 {
    let per_px = vec2f(
        length(vec2f(spot.place_dx.x, spot.place_dy.x)),
        length(vec2f(spot.place_dx.y, spot.place_dy.y)),
    );
    let inside = min(spot.place - frame.domain_min, frame.domain_max - spot.place);
    let inside_px = inside / max(per_px, vec2f(1e-20));
    let middle_px = 0.5 * width_px + 0.5;
    return saturate(middle_px - abs(min(inside_px.x, inside_px.y) - middle_px));
}

// A premultiplied colour on its way to the map's, under the lines that are traced on both.
fn flattened(at: Fragment, spot: Spot, colour: vec4f) -> vec4f {
    if frame.flatness == 0.0 {
        return under_traced(spot, colour);
    }
    let band = band_colour(colour_map, spot.height, spot.line, spot.rise_px);
    let plan = plan_colour(band, spot.height, spot.line, spot.rise_px, at.world.xy, spot.xy_px);
    let part = smoothstep(0.3, 1.0, frame.flatness);
    return under_traced(spot, mix(colour, vec4f(plan, 1.0), part));
}

// A premultiplied colour under the lines that are traced on the surface.
fn under_traced(spot: Spot, colour: vec4f) -> vec4f {
    let lines = traced_lines(spot.place, spot.place_dx, spot.place_dy, spot.height, spot.rise_px);
    return lines + colour * (1.0 - lines.a);
}

fn spot_at(at: Fragment) -> Spot {
    let place = place_from_world(at.world.xy);
    let place_dx = dpdx(place);
    let place_dy = dpdy(place);
    let loss = loss_at(place);
    let height = height_of_loss(loss.x);
    let slope = height_slope(loss.x) * loss.yz;
    let rise_px = length(vec2f(dot(slope, place_dx), dot(slope, place_dy)));
    let xy_px = length(vec2f(
        dot(place_dx, frame.world_per_parameter),
        dot(place_dy, frame.world_per_parameter),
    ));
    let line = nearest_line(levels, height);
    return Spot(place, place_dx, place_dy, height, slope, rise_px, xy_px, line);
}

fn lit_colour(at: Fragment, spot: Spot, from_above: bool) -> vec3f {
    let width_px = LINE_WIDTH_POINTS * frame.px_per_point;
    var colour = linear_from_display(colour_at(colour_map, level_of_height(spot.height)));
    var ink = contour_coverage(spot.height, spot.line, spot.rise_px, width_px);
    // A tower's cut face is flat, dull and hatched, so that it does not pass for a plateau.
    if spot.height > frame.height_high {
        colour = 0.3 * mix(colour, vec3f(luminance(colour)), 0.7);
        ink = hatch(at.world.xy, spot.xy_px / HATCH_STEP, width_px);
    }
    // Beside a hole the surface is hatched: there the loss has no value.
    ink = max(ink, rim_hatch(at, spot, width_px));
    let cut_edge = line_coverage(spot.height - frame.height_high, spot.rise_px, 1.3 * width_px);
    ink = max(ink, select(0.0, cut_edge, from_above));

    let upwards = normal_of(spot);
    let normal = select(-upwards, upwards, from_above);
    let lit = shade(colour, normal, direction_to_eye(at.world), at.seen.rgb, from_above);
    let shown = display_from_linear(tone(lit * (1.0 - LINE_DARKNESS * ink)));
    if wire {
        return mix(shown, line_colour(shown), WIRE_OPACITY * wire_coverage(spot));
    }
    return shown;
}

fn rim_hatch(at: Fragment, spot: Spot, width_px: f32) -> f32 {
    return smoothstep(0.0, 0.35, at.seen.w) * hatch(at.world.xy, spot.xy_px / HATCH_STEP, width_px);
}

// Upwards, of length one; a tower's cut face is flat.
fn normal_of(spot: Spot) -> vec3f {
    let steepness = spot.slope * frame.box_height
        / ((frame.height_high - frame.height_low) * frame.world_per_parameter);
    return normalize(vec3f(select(-steepness, vec2f(0.0), spot.height > frame.height_high), 1.0));
}

// The lines of the field's grid, every second, fourth … of them where they would come closer on the
// image than `WIRE_GAP_PX`; what goes fades out before.
fn wire_coverage(spot: Spot) -> f32 {
    let cells_per_place = field_cells() / (frame.domain_max - frame.domain_min);
    let at = (spot.place - frame.domain_min) * cells_per_place;
    let per_px = cells_per_place * vec2f(
        length(vec2f(spot.place_dx.x, spot.place_dy.x)),
        length(vec2f(spot.place_dx.y, spot.place_dy.y)),
    );
    return max(wire_line(at.x, per_px.x), wire_line(at.y, per_px.y));
}

// `at` in cells, which change by `per_px` a pixel.
fn wire_line(at: f32, per_px: f32) -> f32 {
    let width_px = WIRE_WIDTH_PT * frame.px_per_point;
    let least = max(WIRE_GAP_PX, WIRE_GAP_PT * frame.px_per_point) * per_px;
    let gap = exp2(max(ceil(log2(max(least, 1e-6))), 0.0));
    let fine = line_coverage(off_multiple(at, gap), per_px, width_px);
    let coarse = line_coverage(off_multiple(at, 2.0 * gap), per_px, width_px);
    return max(coarse, fine * saturate(gap / least - 1.0));
}

fn off_multiple(at: f32, gap: f32) -> f32 {
    return at - gap * round(at / gap);
}

fn shade(colour: vec3f, normal: vec3f, to_eye: vec3f, seen: vec3f, from_above: bool) -> vec3f {
    let open = select(0.5 * seen.b, seen.r, from_above);
    let key_open = select(0.0, seen.g, from_above);
    let facing = saturate(dot(normal, to_eye));

    // Wrapped a little: a large light reaches round the edge.
    let key = saturate(dot(normal, KEY_DIRECTION) * 0.85 + 0.15) * key_open;
    let diffuse = KEY * key + mix(BOUNCE, SKY, normal.z * 0.5 + 0.5) * open + FILL * facing;

    // Broad lobes around the mirrored line of sight.
    let mirrored = 2.0 * dot(normal, to_eye) * normal - to_eye;
    let key_gloss = power4(saturate(dot(mirrored, KEY_DIRECTION)));
    let rim_gloss = power4(saturate(dot(mirrored, frame.rim_direction)));
    let grazing = 1.0 - facing;
    let fresnel = 0.25 + 0.75 * grazing * grazing * grazing;
    let gloss = KEY * (0.10 * key_gloss * key_open) + RIM * (0.24 * fresnel * rim_gloss * open);
    return colour * diffuse + gloss;
}

fn power4(x: f32) -> f32 {
    return (x * x) * (x * x);
}
