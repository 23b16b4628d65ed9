// How the surface looks at a spot of it, whoever found the spot: colour, contour lines and light, all
// from the loss itself. Needs drape.wgsl, traced.wgsl and bands.wgsl.

@group(2) @binding(0) var colour_map: texture_2d<f32>;
@group(2) @binding(1) var levels: texture_2d<f32>;
@group(2) @binding(2) var<uniform> theme: Theme;

// Whether the field's grid is drawn over the surface.
override wire: bool = false;

const LINE_DARKNESS: f32 = 0.62;
const WIRE_WIDTH_PT: f32 = 0.7;
const WIRE_OPACITY: f32 = 0.7;
// Between two lines of the wire at least.
const WIRE_GAP_PX: f32 = 12.0;
const WIRE_GAP_PT: f32 = 9.0;

// What the spot sees of the light, and how near a hole is.
struct Light {
    // Of what is open above it, or below it where its underside is seen.
    open: f32,
    // Of the key light.
    key: f32,
    rim: f32,
    from_above: bool,
}

// Where on the surface, the height there, and what changes from pixel to pixel.
struct Spot {
    world: vec3f,
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
fn flattened(spot: Spot, colour: vec4f) -> vec4f {
    let band = band_colour(colour_map, spot.height, spot.line, spot.rise_px);
    let plan = plan_colour(band, spot.height, spot.line, spot.rise_px, spot.world.xy, spot.xy_px);
    let part = smoothstep(0.3, 1.0, frame.flatness);
    return under_traced(spot, mix(colour, vec4f(plan, 1.0), part));
}

// A premultiplied colour under the lines that are traced on the surface.
fn under_traced(spot: Spot, colour: vec4f) -> vec4f {
    let lines = traced_lines(spot.place, spot.place_dx, spot.place_dy, spot.height, spot.rise_px);
    return lines + colour * (1.0 - lines.a);
}

// As seen at glancing angles, where a step along the line of sight grows beyond bounds.
const LEAST_LEAN: f32 = 0.25;
// The least sine of the angle between both axes on the image.
const LEAST_ANGLE: f32 = 1e-3;

// A pixel and a depth in clip space, where w is 1.
fn image_point(pixel: vec2f, depth: f32) -> vec4f {
    let part = (pixel - frame.corner_px) / frame.size_px;
    return vec4f(part * vec2f(2.0, -2.0) + vec2f(-1.0, 1.0), depth, 1.0);
}

// The spot that is seen where the mesh is drawn at `mesh`, in clip space at `clip`: where the line of
// sight meets the surface's tangent plane above or below the mesh.
fn spot_behind(mesh: vec3f, clip: vec4f) -> Spot {
    let place = place_from_world(mesh.xy);
    let loss = loss_at(place);
    let height = height_of_loss(loss.x);
    let slope = height_slope(loss.x) * loss.yz;
    let is_cut = height <= frame.height_low || height >= frame.height_high;
    let z_per_height = frame.box_height / (frame.height_high - frame.height_low);
    let lean = select(z_per_height * slope / frame.world_per_parameter, vec2f(0.0), is_cut);

    let to_eye = direction_to_eye(mesh);
    let missing = z_of_level(level_of_height(height)) - mesh.z;
    let facing = to_eye.z - dot(lean, to_eye.xy);
    let moved = to_eye * (missing / max(abs(facing), LEAST_LEAN) * sign(facing));
    let along = moved.xy / frame.world_per_parameter;

    let x = image_rate(clip, vec3f(1.0, 0.0, lean.x)).xy;
    let y = image_rate(clip, vec3f(0.0, 1.0, lean.y)).xy;
    let area = max(abs(x.x * y.y - x.y * y.x), LEAST_ANGLE * length(x) * length(y));
    let per_px = 1.0 / (area * frame.world_per_parameter);
    let place_dx = vec2f(y.y, -x.y) * per_px;
    let place_dy = vec2f(-y.x, x.x) * per_px;
    let rise_px = length(vec2f(dot(slope, place_dx), dot(slope, place_dy)));
    let xy_px = length(vec2f(
        dot(place_dx, frame.world_per_parameter),
        dot(place_dy, frame.world_per_parameter),
    ));
    let seen = height + dot(slope, along);
    let line = nearest_line(levels, seen);
    return Spot(mesh + moved, place + along, place_dx, place_dy, seen, slope, rise_px, xy_px, line);
}

fn lit_colour(spot: Spot, light: Light) -> vec3f {
    let width_px = LINE_WIDTH_POINTS * frame.px_per_point;
    // A tower's cut face is flat, dull and hatched, so that it does not pass for a plateau.
    let is_cut = spot.height > frame.height_high;
    let whole = linear_from_display(colour_at(colour_map, level_of_height(spot.height)));
    let dull = 0.3 * mix(whole, vec3f(luminance(whole)), 0.7);
    let colour = select(whole, dull, is_cut);
    let line = contour_coverage(spot.height, spot.line, spot.rise_px, width_px);
    var ink = select(line, hatch(spot.world.xy, spot.xy_px / HATCH_STEP, width_px), is_cut);
    // Beside a hole the surface is hatched: there the loss has no value.
    ink = max(ink, rim_hatch(spot, light.rim, width_px));
    let cut_edge = line_coverage(spot.height - frame.height_high, spot.rise_px, 1.3 * width_px);
    ink = max(ink, select(0.0, cut_edge, light.from_above));

    let upwards = normal_of(spot);
    let normal = select(-upwards, upwards, light.from_above);
    let lit = shade(colour, normal, direction_to_eye(spot.world), light);
    let shown = display_from_linear(tone(lit * (1.0 - LINE_DARKNESS * ink)));
    if wire {
        return mix(shown, line_colour(shown), WIRE_OPACITY * wire_coverage(spot));
    }
    return shown;
}

fn rim_hatch(spot: Spot, rim: f32, width_px: f32) -> f32 {
    return smoothstep(0.0, 0.35, rim)
        * hatch(spot.world.xy, spot.xy_px / HATCH_STEP, width_px);
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

fn shade(colour: vec3f, normal: vec3f, to_eye: vec3f, light: Light) -> vec3f {
    let facing = saturate(dot(normal, to_eye));

    // Wrapped a little: a large light reaches round the edge.
    let key = saturate(dot(normal, KEY_DIRECTION) * 0.85 + 0.15) * light.key;
    let diffuse = KEY * key + mix(BOUNCE, SKY, normal.z * 0.5 + 0.5) * light.open + FILL * facing;

    // Broad lobes around the mirrored line of sight.
    let mirrored = 2.0 * dot(normal, to_eye) * normal - to_eye;
    let key_gloss = power4(saturate(dot(mirrored, KEY_DIRECTION)));
    let rim_gloss = power4(saturate(dot(mirrored, frame.rim_direction)));
    let grazing = 1.0 - facing;
    let fresnel = 0.25 + 0.75 * grazing * grazing * grazing;
    let gloss = KEY * (0.10 * key_gloss * light.key) + RIM * (0.24 * fresnel * rim_gloss * light.open);
    return colour * diffuse + gloss;
}

fn power4(x: f32) -> f32 {
    return (x * x) * (x * x);
}
