// The lit surface. The mesh gives position and silhouette alone: loss, normal, colour and contour
// lines come from the field at every fragment, and stay crisp whatever the mesh's density.

@group(2) @binding(0) var colour_map: texture_2d<f32>;
@group(2) @binding(1) var surface_light: texture_2d<f32>;
@group(2) @binding(2) var smooth_sampler: sampler;

const LINE_WIDTH_POINTS: f32 = 1.1;
const LINE_DARKNESS: f32 = 0.62;

struct Fragment {
    @builtin(position) position: vec4f,
    @location(0) world: vec3f,
}

@vertex
fn vs_main(@location(0) world: vec3f) -> Fragment {
    return Fragment(frame.clip_from_world * vec4f(world, 1.0), world);
}

@fragment
fn fs_main(at: Fragment, @builtin(front_facing) from_above: bool) -> @location(0) vec4f {
    let place = place_from_world(at.world.xy);
    let place_dx = dpdx(place);
    let place_dy = dpdy(place);
    let sample = field_cubic(place);
    let height = height_of_loss(sample.x);
    let slope = height_slope(sample.x) * sample.yz;
    let rise_px = length(vec2f(dot(slope, place_dx), dot(slope, place_dy)));

    let level = level_of_height(height);
    let is_cut = height > frame.height_high;
    let world_slope = slope * frame.box_height
        / ((frame.height_high - frame.height_low) * frame.world_per_parameter);
    var normal = normalize(vec3f(-world_slope, 1.0));
    normal = select(normal, vec3f(0.0, 0.0, 1.0), is_cut);
    normal = select(-normal, normal, from_above);

    var colour = linear_from_display(
        textureSampleLevel(colour_map, smooth_sampler, map_coordinate(level), 0.0).rgb,
    );
    // A tower's cut face is duller, so that it does not pass for a plateau.
    colour = select(colour, mix(colour, vec3f(luminance(colour)), 0.6) * 0.7, is_cut);
    let uv = (place - frame.domain_min) / (frame.domain_max - frame.domain_min);
    let seen = textureSampleLevel(surface_light, smooth_sampler, uv, 0.0).rgb;
    let lit = shade(colour, normal, direction_to_eye(at.world), seen, from_above);

    let width_px = LINE_WIDTH_POINTS * frame.px_per_point;
    let lines = contour_coverage(height, rise_px, width_px);
    let cut_edge = line_coverage(height - frame.height_high, rise_px, 1.5 * width_px);
    let ink = LINE_DARKNESS * max(select(lines, 0.0, is_cut), cut_edge);
    return vec4f(display_from_linear(tone(lit * (1.0 - ink))), 1.0);
}

// `seen`: how much the place sees of the sky, of the key light and, from its underside, of the open.
fn shade(colour: vec3f, normal: vec3f, to_eye: vec3f, seen: vec3f, from_above: bool) -> vec3f {
    let open = select(0.5 * seen.b, seen.r, from_above);
    let key_open = select(0.0, seen.g, from_above);
    let facing = saturate(dot(normal, to_eye));

    // Wrapped a little: a large light reaches round the edge.
    let key = saturate(dot(normal, KEY_DIRECTION) * 0.85 + 0.15) * key_open;
    let diffuse = KEY * key + mix(BOUNCE, SKY, normal.z * 0.5 + 0.5) * open + FILL * facing;

    let rim_direction = normalize(vec3f(-to_eye.xy, 0.45 * length(to_eye.xy) + 0.05));
    let key_gloss = power16(saturate(dot(normal, normalize(KEY_DIRECTION + to_eye))));
    let rim_gloss = power16(saturate(dot(normal, normalize(rim_direction + to_eye))));
    let grazing = 1.0 - facing;
    let fresnel = 0.25 + 0.75 * grazing * grazing * grazing;
    let gloss = KEY * (0.10 * key_gloss * key_open) + RIM * (0.22 * fresnel * rim_gloss * open);
    return colour * diffuse + gloss;
}

fn power16(x: f32) -> f32 {
    let x2 = x * x;
    let x4 = x2 * x2;
    let x8 = x4 * x4;
    return x8 * x8;
}
