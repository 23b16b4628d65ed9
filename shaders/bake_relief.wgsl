// The surface as a mesh: baked once for a field and a height scale, drawn many times.
// Kernels in order: vertices with a copy of their heights as a texture, then the cells.

struct Vertex {
    position: vec3f,
    // Written by bake_light.wgsl.
    light: u32,
}

@group(2) @binding(0) var<storage, read_write> vertices: array<Vertex>;
@group(2) @binding(1) var<storage, read_write> indices: array<u32>;
@group(2) @binding(2) var heights: texture_storage_2d<r32float, write>;

override cells: u32;

// Below every light's path: where there is no surface.
const HOLE_Z: f32 = -100.0;

@compute @workgroup_size(8, 8)
fn bake_vertices(@builtin(global_invocation_id) id: vec3u) {
    if any(id.xy > vec2u(cells)) {
        return;
    }
    let place = place_of_vertex(id.xy);
    let at = loss_at(place);
    let position = world_from_place(place, at.x);
    let z = select(HOLE_Z, position.z, at.w == 1.0);
    vertices[id.y * (cells + 1u) + id.x] = Vertex(vec3f(position.xy, z), 0u);
    textureStore(heights, id.xy, vec4f(z));
}

// The node of the regular grid; where the lid cuts less than half a cell away, the nearest place
// of the cut instead. So the cut is an edge of the mesh, and as smooth as the loss.
fn place_of_vertex(id: vec2u) -> vec2f {
    let extent = frame.domain_max - frame.domain_min;
    let node = frame.domain_min + extent * (vec2f(id) / f32(cells));
    // A vertex of the border stays on the border.
    let movable = vec2f(id > vec2u(0u)) * vec2f(id < vec2u(cells));
    var place = node;
    for (var i = 0u; i < 3u; i++) {
        let at = loss_at(place);
        let slope = height_slope(at.x) * at.yz * movable;
        let missing = frame.height_high - height_of_loss(at.x);
        place += slope * missing / max(dot(slope, slope), 1e-30);
    }
    let moved = abs(place - node) * f32(cells) / extent;
    return select(node, place, all(moved < vec2f(0.5)));
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
    let z = vec4f(vertices[a].position.z, vertices[b].position.z, vertices[c].position.z, vertices[d].position.z);
    var corners = array<u32, 6>(a, b, c, b, d, c);
    if abs(z.x - z.w) < abs(z.y - z.z) {
        corners = array<u32, 6>(a, b, d, a, d, c);
    }
    let whole = all(z != vec4f(HOLE_Z));
    let first = (id.y * cells + id.x) * 6u;
    for (var i = 0u; i < 6u; i++) {
        indices[first + i] = select(0u, corners[i], whole);
    }
}
