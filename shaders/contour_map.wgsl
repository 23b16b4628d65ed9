// The floor under the surface: the same field as a contour map, in the shadow of the surface.
// Drawn after the backdrop, blended over it: premultiplied alpha.

@group(2) @binding(0) var colour_map: texture_2d<f32>;
@group(2) @binding(1) var ground_light: texture_2d<f32>;
@group(2) @binding(2) var smooth_sampler: sampler;
@group(2) @binding(3) var<uniform> theme: Theme;

// The side of the square of floor that `ground_light` covers, in world units.
override ground_span: f32;

const LINE_WIDTH_POINTS: f32 = 1.3;
const EDGE_WIDTH_POINTS: f32 = 1.2;

struct Fragment {
    @builtin(position) position: vec4f,
    @location(0) xy: vec2f,
}

fn floor_corner(index: u32, half_size: vec2f) -> Fragment {
    let xy = (vec2f(f32(index & 1u), f32(index >> 1u)) * 2.0 - 1.0) * half_size;
    return Fragment(frame.clip_from_world * vec4f(xy, frame.ground_z, 1.0), xy);
}

fn half_extent() -> vec2f {
    return 0.5 * (frame.domain_max - frame.domain_min) * frame.world_per_parameter;
}

// The shadow alone, on the floor around and under the map.
@vertex
fn vs_shadow(@builtin(vertex_index) index: u32) -> Fragment {
    return floor_corner(index, vec2f(0.5 * ground_span));
}

@fragment
fn fs_shadow(at: Fragment) -> @location(0) vec4f {
    // From under the floor nothing is in its shadow.
    let above = step(0.0, frame.eye.z - frame.ground_z * frame.eye.w);
    let light = textureSampleLevel(ground_light, smooth_sampler, at.xy / ground_span + 0.5, 0.0).r;
    return vec4f(0.0, 0.0, 0.0, theme.shadow * above * (1.0 - light));
}

// The map, with a margin for the outer half of its border's last pixel.
@vertex
fn vs_map(@builtin(vertex_index) index: u32) -> Fragment {
    return floor_corner(index, half_extent() * 1.02);
}

@fragment
fn fs_map(at: Fragment) -> @location(0) vec4f {
    let place = place_from_world(at.xy);
    let place_dx = dpdx(place);
    let place_dy = dpdy(place);
    let loss = loss_at(place);
    let height = height_of_loss(loss.x);
    let slope = height_slope(loss.x) * loss.yz;
    let rise_px = length(vec2f(dot(slope, place_dx), dot(slope, place_dy)));
    let width_px = LINE_WIDTH_POINTS * frame.px_per_point;
    let line = contour_coverage(height, rise_px, width_px);

    let last = f32(textureDimensions(colour_map).x - 1u);
    let texel = vec2u(u32(level_of_height(height) * last + 0.5), 0u);
    let colour = textureLoad(colour_map, texel, 0).rgb;
    let off_ground = abs(luminance(colour) - luminance(theme.ground_edge));
    let line_colour = mix(colour, theme.ink, theme.map_lift * (1.0 - off_ground));
    let inside_px = pixels_inside(at.xy);
    let edge_px = EDGE_WIDTH_POINTS * frame.px_per_point;
    let edge = saturate(0.5 * edge_px + 0.5 - abs(inside_px - 0.5 * edge_px));

    let fill = vec4f(colour, 1.0) * theme.map_fill;
    let traced = traced_lines(place, place_dx, place_dy, height, rise_px);
    let map = over(traced, over(vec4f(line_colour, 1.0) * (0.9 * line), fill)) * loss.w;
    let inside = saturate(inside_px + 0.5);
    return over(vec4f(theme.ink, 1.0) * (0.45 * edge), map * inside);
}

// Premultiplied alpha.
fn over(top: vec4f, under: vec4f) -> vec4f {
    return top + under * (1.0 - top.w);
}

// How many pixels `xy` lies within the map's border.
fn pixels_inside(xy: vec2f) -> f32 {
    let x_per_px = length(vec2f(dpdx(xy.x), dpdy(xy.x)));
    let y_per_px = length(vec2f(dpdx(xy.y), dpdy(xy.y)));
    let inside_px = (half_extent() - abs(xy)) / max(vec2f(x_per_px, y_per_px), vec2f(1e-20));
    return min(inside_px.x, inside_px.y);
}
