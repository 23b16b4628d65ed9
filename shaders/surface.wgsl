// The lit surface. The mesh gives position and silhouette alone: loss, normal, colour and contour
// lines come from the field at every fragment, and stay crisp whatever the mesh's density.

@group(2) @binding(0) var colour_map: texture_2d<f32>;
@group(2) @binding(1) var levels: texture_2d<f32>;

const LINE_DARKNESS: f32 = 0.62;

struct Fragment {
    @builtin(position) position: vec4f,
    @location(0) world: vec3f,
    // How much is seen of the sky, of the key light and, from the underside, of the open.
    @location(1) seen: vec3f,
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
    return Fragment(frame.clip_from_world * vec4f(world, 1.0), world, light.rgb);
}

@fragment
fn fs_main(at: Fragment, @builtin(front_facing) from_above: bool) -> @location(0) vec4f {
    let spot = spot_at(at);
    return vec4f(under_traced(spot, lit_colour(at, spot, from_above)), 1.0);
}

// On the way to the map the light fades, and the bands' plain colours come.
@fragment
fn fs_flattening(at: Fragment, @builtin(front_facing) from_above: bool) -> @location(0) vec4f {
    let spot = spot_at(at);
    let lit = lit_colour(at, spot, from_above);
    let band = band_colour(colour_map, spot.height, spot.line, spot.rise_px);
    let plan = plan_colour(band, spot.height, spot.line, spot.rise_px, at.world.xy, spot.xy_px);
    return vec4f(under_traced(spot, mix(lit, plan, smoothstep(0.3, 1.0, frame.flatness))), 1.0);
}

// A colour under the lines that are traced on the surface.
fn under_traced(spot: Spot, colour: vec3f) -> vec3f {
    let lines = traced_lines(spot.place, spot.place_dx, spot.place_dy, spot.height, spot.rise_px);
    return lines.rgb + colour * (1.0 - lines.a);
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
    var steepness = spot.slope * frame.box_height
        / ((frame.height_high - frame.height_low) * frame.world_per_parameter);
    var ink = contour_coverage(spot.height, spot.line, spot.rise_px, width_px);
    // A tower's cut face is flat, dull and hatched, so that it does not pass for a plateau.
    if spot.height > frame.height_high {
        colour = 0.3 * mix(colour, vec3f(luminance(colour)), 0.7);
        steepness = vec2f(0.0);
        ink = hatch(at.world.xy, spot.xy_px / HATCH_STEP, width_px);
    }
    let cut_edge = line_coverage(spot.height - frame.height_high, spot.rise_px, 1.3 * width_px);
    ink = max(ink, select(0.0, cut_edge, from_above));

    let upwards = normalize(vec3f(-steepness, 1.0));
    let normal = select(-upwards, upwards, from_above);
    let lit = shade(colour, normal, direction_to_eye(at.world), at.seen, from_above);
    return display_from_linear(tone(lit * (1.0 - LINE_DARKNESS * ink)));
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
