// The surface as a mesh: baked once for a field and a height scale, drawn many times.
// One kernel an array: the vertices with a copy of their heights as a texture, then the cells.

@group(2) @binding(0) var<storage, read_write> vertices: array<vec4f>;
@group(2) @binding(1) var<storage, read_write> indices: array<u32>;
@group(2) @binding(2) var heights: texture_storage_2d<r32float, write>;

override cells: u32;

// Below every light's path: where there is no surface.
const HOLE_Z: f32 = -100.0;

// World position; w says whether there is one.
@compute @workgroup_size(8, 8)
fn bake_vertices(@builtin(global_invocation_id) id: vec3u) {
    if any(id.xy > vec2u(cells)) {
        return;
    }
    let place = mix(frame.domain_min, frame.domain_max, vec2f(id.xy) / f32(cells));
    let at = field_cubic(place);
    let world = world_from_place(place, at.x);
    vertices[id.y * (cells + 1u) + id.x] = vec4f(world, at.w);
    textureStore(heights, id.xy, vec4f(select(HOLE_Z, world.z, at.w == 1.0)));
}

// Two triangles a cell, split along the diagonal that bends less; none beside a hole.
@compute @workgroup_size(8, 8)
fn bake_cells(@builtin(global_invocation_id) id: vec3u) {
    if any(id.xy >= vec2u(cells)) {
        return;
    }
    let a = id.y * (cells + 1u) + id.x;
    let b = a + 1u;
    let c = a + cells + 1u;
    let d = c + 1u;
    let whole = vertices[a].w * vertices[b].w * vertices[c].w * vertices[d].w == 1.0;
    let along_ad = abs(vertices[a].z - vertices[d].z) < abs(vertices[b].z - vertices[c].z);
    var corners = array<u32, 6>(a, b, c, b, d, c);
    if along_ad {
        corners = array<u32, 6>(a, b, d, a, d, c);
    }
    let first = (id.y * cells + id.x) * 6u;
    for (var i = 0u; i < 6u; i++) {
        indices[first + i] = select(0u, corners[i], whole);
    }
}
