// The field as a contour map: on the floor under the surface, in its shadow and between its lines
// nearly transparent; and alone, in full colours. Drawn after the backdrop, blended over it:
// premultiplied alpha.

@group(2) @binding(0) var colour_map: texture_2d<f32>;
@group(2) @binding(1) var ground_light: texture_2d<f32>;
@group(2) @binding(2) var smooth_sampler: sampler;
@group(2) @binding(3) var<uniform> theme: Theme;
@group(2) @binding(4) var levels: texture_2d<f32>;
// r: how near a node is to where the loss has values; 1 there.
@group(2) @binding(5) var hole_rims: texture_2d<f32>;

// The side of the square of floor that `ground_light` covers, in world units.
override ground_span: f32;

const FLOOR_LINE_WIDTH_POINTS: f32 = 1.3;
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
    return vec4f(0.0, 0.0, 0.0, theme.shadow * above * (1.0 - light) * (1.0 - frame.flatness));
}

// The map, with a margin for the outer half of its border's last pixel.
@vertex
fn vs_map(@builtin(vertex_index) index: u32) -> Fragment {
    return floor_corner(index, half_extent() * 1.02);
}

@fragment
fn fs_map(at: Fragment) -> @location(0) vec4f {
    let spot = spot_at(at.xy);
    let width_px = FLOOR_LINE_WIDTH_POINTS * frame.px_per_point;
    let line = contour_coverage(spot.height, spot.line, spot.rise_px, width_px);
    let colour = colour_at(colour_map, level_of_height(spot.height));
    let off_ground = abs(luminance(colour) - luminance(theme.ground_edge));
    let line_colour = mix(colour, theme.ink, theme.map_lift * (1.0 - off_ground));
    let fill = vec4f(colour, 1.0) * theme.map_fill;
    let lined = over(vec4f(line_colour, 1.0) * (0.9 * line), fill);
    let map = over(traced_at(spot), lined) * spot.valid + hole_edge(at.xy, spot);
    // Under a landscape that sinks to its map, the floor goes.
    return framed(map, at.xy) * (1.0 - frame.flatness);
}

@fragment
fn fs_plan(at: Fragment) -> @location(0) vec4f {
    let spot = spot_at(at.xy);

    let band = band_colour(colour_map, spot.height, spot.line, spot.rise_px);
    let xy_px = length(vec2f(dpdx(at.xy.x), dpdy(at.xy.x)));
    let colour = plan_colour(band, spot.height, spot.line, spot.rise_px, at.xy, xy_px);
    let map = over(traced_at(spot), vec4f(colour, 1.0)) * spot.valid;
    return framed(map + hole_edge(at.xy, spot), at.xy);
}

// The height at a place of the map, and its change over one pixel where it changes most.
struct Spot {
    place: vec2f,
    // Its change over a pixel to the right and down.
    place_dx: vec2f,
    place_dy: vec2f,
    height: f32,
    rise_px: f32,
    // 1 or 0: nothing is there.
    valid: f32,
    line: ContourLine,
}

fn spot_at(xy: vec2f) -> Spot {
    let place = place_from_world(xy);
    let place_dx = dpdx(place);
    let place_dy = dpdy(place);
    let loss = loss_at(place);
    let height = height_of_loss(loss.x);
    let slope = height_slope(loss.x) * loss.yz;
    let rise_px = length(vec2f(dot(slope, place_dx), dot(slope, place_dy)));
    return Spot(place, place_dx, place_dy, height, rise_px, loss.w, nearest_line(levels, height));
}

// Inside of a hole, where the loss has no value, a hatched band along its edge.
fn hole_edge(xy: vec2f, spot: Spot) -> vec4f {
    let xy_px = length(spot.place_dx * frame.world_per_parameter);
    let ink = hatch(xy, xy_px / HATCH_STEP, LINE_WIDTH_POINTS * frame.px_per_point);
    let at = (xy / half_extent() * 0.5 + 0.5) * (1.0 - hole_texel()) + 0.5 * hole_texel();
    let near = textureSampleLevel(hole_rims, smooth_sampler, at, 0.0).r;
    return vec4f(theme.ink, 1.0) * (0.6 * near * ink * (1.0 - spot.valid));
}

fn hole_texel() -> vec2f {
    return 1.0 / vec2f(textureDimensions(hole_rims));
}

// The lines that are traced on the map.
fn traced_at(spot: Spot) -> vec4f {
    return traced_lines(spot.place, spot.place_dx, spot.place_dy, spot.height, spot.rise_px);
}

// What lies within the map's border, and the border's line.
fn framed(map: vec4f, xy: vec2f) -> vec4f {
    let inside_px = pixels_inside(xy);
    let edge_px = EDGE_WIDTH_POINTS * frame.px_per_point;
    let edge = saturate(0.5 * edge_px + 0.5 - abs(inside_px - 0.5 * edge_px));
    return over(vec4f(theme.ink, 1.0) * (0.45 * edge), map * saturate(inside_px + 0.5));
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
