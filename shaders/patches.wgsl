// Translucent planes over the landscape: tangent planes, the planes of slices and of levels. One
// instance a patch, as a grid of cells. Twin of `render::patches::PatchInstance`.

struct Patch {
    // Plane coordinates and a height h(f) of each corner in turn.
    corners: array<vec4f, 4>,
    // Display-encoded, with the opacity of the area.
    colour: vec4f,
    line_opacity: f32,
    // Parts that lines cut each side into.
    parts: f32,
    // 1 where the surface right before it does not hide it.
    touches: f32,
}

@group(2) @binding(0) var<storage, read> patches: array<Patch>;

override mesh_cells: f32;
// Cells a side.
override cells: u32;

const LINE_PT: f32 = 1.4;

struct Fragment {
    @builtin(position) clip: vec4f,
    // From 0 to 1 across it.
    @location(0) uv: vec2f,
    @location(1) @interpolate(flat) colour: vec4f,
    @location(2) @interpolate(flat) lines: vec2f,
}

@vertex
fn vs_main(@builtin(vertex_index) vertex: u32, @builtin(instance_index) index: u32) -> Fragment {
    let it = patches[index];
    let cell = vertex / 6u;
    var corners = array(0u, 1u, 2u, 2u, 1u, 3u);
    let corner = corners[vertex % 6u];
    let node = vec2u(cell % cells + (corner & 1u), cell / cells + (corner >> 1u));
    let uv = vec2f(node) / f32(cells);
    let spot = mix(
        mix(it.corners[0], it.corners[1], uv.x),
        mix(it.corners[3], it.corners[2], uv.x),
        uv.y,
    );
    let level = (spot.z - frame.height_low) / (frame.height_high - frame.height_low);
    let world = vec3f(world_xy(spot.xy), z_of_level(level));
    var clip = frame.clip_from_world * vec4f(world, 1.0);
    if it.touches > 0.0 && clip.w > 0.0 {
        clip.z = max(clip.z - lift_before_surface(world, clip, mesh_cells, 2.0) * clip.w, 0.0);
    }
    return Fragment(clip, uv, it.colour, vec2f(it.line_opacity, it.parts));
}

@fragment
fn fs_main(in: Fragment) -> @location(0) vec4f {
    let per_px = max(
        vec2f(length(vec2f(dpdx(in.uv.x), dpdy(in.uv.x))), length(vec2f(dpdx(in.uv.y), dpdy(in.uv.y)))),
        vec2f(1e-20),
    );
    let half_px = 0.5 * LINE_PT * frame.px_per_point;
    let from_edge_px = min(in.uv, 1.0 - in.uv) / per_px;
    let to_line = abs(fract(in.uv * in.lines.y + 0.5) - 0.5) / in.lines.y / per_px;
    let edge = saturate(2.0 * half_px + 0.5 - min(from_edge_px.x, from_edge_px.y));
    let line = 0.6 * saturate(half_px + 0.5 - min(to_line.x, to_line.y));
    let opacity = mix(in.colour.a, in.lines.x, max(edge, line * step(1.5, in.lines.y)));
    return vec4f(in.colour.rgb, 1.0) * opacity;
}
