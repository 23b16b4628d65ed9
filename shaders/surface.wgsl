// The lit surface, drawn triangle by triangle. The mesh gives position and silhouette alone: loss,
// normal, colour and contour lines come from the field at every fragment, and stay crisp whatever the
// mesh's density. Needs surface_look.wgsl.

// What is left of a layer that lies behind another one.
override veil: f32 = 1.0;

struct Fragment {
    @builtin(position) @invariant position: vec4f,
    @location(0) world: vec3f,
    // How much is seen of the sky, of the key light and, from the underside, of the open; and how
    // near a hole is.
    @location(1) seen: vec4f,
}

@vertex
fn vs_main(@location(0) world: vec3f, @location(1) light: vec4f) -> Fragment {
    return Fragment(frame.clip_from_world * vec4f(world, 1.0), world, light);
}

fn spot_of(at: Fragment) -> Spot {
    let on_image = image_point(at.position.xy, at.position.z);
    return spot_behind(at.world, on_image / at.position.w);
}

fn light_of(at: Fragment, from_above: bool) -> Light {
    let open = select(0.5 * at.seen.b, at.seen.r, from_above);
    return Light(open, select(0.0, at.seen.g, from_above), at.seen.w, from_above);
}

@fragment
fn fs_main(at: Fragment, @builtin(front_facing) from_above: bool) -> @location(0) vec4f {
    let spot = spot_of(at);
    return under_traced(spot, vec4f(lit_colour(spot, light_of(at, from_above)), 1.0));
}

// On the way to the map the light fades, and the bands' plain colours come.
@fragment
fn fs_flattening(at: Fragment, @builtin(front_facing) from_above: bool) -> @location(0) vec4f {
    let spot = spot_of(at);
    return flattened(spot, vec4f(lit_colour(spot, light_of(at, from_above)), 1.0));
}

// Glass: what lies behind is seen through it, least where the line of sight grazes it. All layers
// are blended, premultiplied: first those behind, then the nearest.
@fragment
fn fs_glass(at: Fragment, @builtin(front_facing) from_above: bool) -> @location(0) vec4f {
    let spot = spot_of(at);
    let grazing = 1.0 - saturate(abs(dot(normal_of(spot), direction_to_eye(at.world))));
    let width_px = LINE_WIDTH_POINTS * frame.px_per_point;
    let line = contour_coverage(spot.height, spot.line, spot.rise_px, width_px);
    let clear = mix(0.36, 0.92, grazing * grazing * grazing);
    let alpha = max(clear, 0.8 * line) * veil;
    let colour = mix(lit_colour(spot, light_of(at, from_above)), theme.ink, 0.45 * line);
    return flattened(spot, vec4f(colour, 1.0) * alpha);
}

// The contour lines alone, with the landscape's border and the edge of what is cut off.
@fragment
fn fs_contours(at: Fragment) -> @location(0) vec4f {
    let spot = spot_of(at);
    let width_px = 1.5 * LINE_WIDTH_POINTS * frame.px_per_point;
    let line = contour_coverage(spot.height, spot.line, spot.rise_px, width_px);
    let cut = line_coverage(spot.height - frame.height_high, spot.rise_px, width_px);
    let colour = colour_at(colour_map, level_of_height(spot.height));
    let off_ground = abs(luminance(colour) - luminance(theme.ground_edge));
    let ink = mix(colour, theme.ink, theme.map_lift * (1.0 - off_ground));
    let border = 0.6 * border_coverage(spot, width_px);
    let edge = max(0.8 * cut, 0.7 * rim_hatch(spot, at.seen.w, 0.7 * width_px));
    let lines = max(line * mix(0.55, 1.0, spot.line.width), edge);
    let inked = vec4f(ink, 1.0) * lines;
    let framed = vec4f(theme.ink, 1.0) * border + inked * (1.0 - border);
    return flattened(spot, framed * veil);
}

// Depth alone: nothing is blended.
@fragment
fn fs_depth() -> @location(0) vec4f {
    return vec4f(0.0);
}

// The light alone, for surface_seen.wgsl.
@fragment
fn fs_light(at: Fragment, @builtin(front_facing) from_above: bool) -> @location(0) vec4f {
    let light = light_of(at, from_above);
    return vec4f(light.open, light.key, light.rim, f32(from_above));
}
