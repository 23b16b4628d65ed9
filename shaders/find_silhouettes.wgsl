// The edges of the surface's mesh at which it ends on the image: its border, and where it turns
// away from the eye. In order of rows, so that they are the same in every run.
// Kernels in order: faces, counts, places, segments.

struct Vertex {
    position: vec3f,
    light: u32,
}

@group(2) @binding(0) var<storage, read> vertices: array<Vertex>;
@group(2) @binding(1) var<storage, read> indices: array<u32>;
// A cell's two triangles, two bits each, and whether they meet along the diagonal from its corner.
@group(2) @binding(2) var<storage, read_write> faces: array<u32>;
// Arguments of the drawing, then for each row how many segments it has, later its first one.
@group(2) @binding(3) var<storage, read_write> rows: array<u32>;
@group(2) @binding(4) var<storage, read_write> segments: array<Segment>;

override cells: u32;

// What a triangle shows.
const NOTHING: u32 = 0u;
const UPPER_SIDE: u32 = 1u;
const LOWER_SIDE: u32 = 2u;
const DIAGONAL: u32 = 16u;
// Words of the arguments: vertices, instances, and the first of both.
const ARGUMENTS: u32 = 4u;
// Edges of a cell: along x and along y from its corner, and the diagonal.
const EDGES: u32 = 3u;
// How much nearer to the eye than the edge itself it is drawn, in cells: the slope beside it must
// not hide it.
const LIFT_CELLS: f32 = 1.5;

fn clip_of(vertex: u32) -> vec3f {
    return (frame.clip_from_world * vec4f(vertices[vertex].position, 1.0)).xyw;
}

fn face(a: vec3f, b: vec3f, c: vec3f) -> u32 {
    return select(LOWER_SIDE, UPPER_SIDE, dot(a, cross(b, c)) > 0.0);
}

@compute @workgroup_size(8, 8)
fn face_cells(@builtin(global_invocation_id) id: vec3u) {
    if any(id.xy >= vec2u(cells)) {
        return;
    }
    let cell = id.y * cells + id.x;
    let corner = id.y * (cells + 1u) + id.x;
    let a = clip_of(corner);
    let b = clip_of(corner + 1u);
    let c = clip_of(corner + cells + 1u);
    let d = clip_of(corner + cells + 2u);
    // A cell beside a hole has no area; else its third index tells the diagonal: bake_relief.wgsl.
    let second = indices[6u * cell + 1u];
    let third = indices[6u * cell + 2u];
    let along = third == corner + cells + 2u;
    let first_face = face(a, b, select(c, d, along));
    let second_face = face(select(b, a, along), d, c);
    let whole = first_face | (second_face << 2u) | select(0u, DIAGONAL, along);
    faces[cell] = select(NOTHING, whole, second != third);
}

// What a cell shows of its first and its second triangle, and along which diagonal they meet;
// nothing outside of the mesh.
fn cell_at(x: u32, y: u32) -> u32 {
    if x >= cells || y >= cells {
        return NOTHING;
    }
    return faces[y * cells + x];
}

fn first_face(cell: u32) -> u32 {
    return cell & 3u;
}

fn second_face(cell: u32) -> u32 {
    return (cell >> 2u) & 3u;
}

// Whether the surface ends at each edge of a cell, given the cells to its left and below. The first
// triangle has the cell's edge along x, the second the opposite one.
fn silhouettes(here: u32, left: u32, below: u32) -> vec3<bool> {
    let on_left = select(second_face(left), first_face(left), (left & DIAGONAL) != 0u);
    let own_left = select(first_face(here), second_face(here), (here & DIAGONAL) != 0u);
    return vec3<bool>(
        first_face(here) != second_face(below),
        own_left != on_left,
        first_face(here) != second_face(here),
    );
}

@compute @workgroup_size(32)
fn count_rows(@builtin(global_invocation_id) id: vec3u) {
    let y = id.x;
    if y > cells {
        return;
    }
    var count = 0u;
    var left = NOTHING;
    for (var x = 0u; x <= cells; x++) {
        let here = cell_at(x, y);
        // Below 0 wraps to far outside.
        count += dot(vec3u(silhouettes(here, left, cell_at(x, y - 1u))), vec3u(1u));
        left = here;
    }
    rows[ARGUMENTS + y] = count;
}

@compute @workgroup_size(1)
fn place_rows() {
    var total = 0u;
    for (var row = 0u; row <= cells; row++) {
        let count = rows[ARGUMENTS + row];
        rows[ARGUMENTS + row] = total;
        total += count;
    }
    rows[0] = 4u;
    rows[1] = total;
    rows[2] = 0u;
    rows[3] = 0u;
}

@compute @workgroup_size(32)
fn write_rows(@builtin(global_invocation_id) id: vec3u) {
    let y = id.x;
    if y > cells {
        return;
    }
    var at = rows[ARGUMENTS + y];
    var left = NOTHING;
    for (var x = 0u; x <= cells; x++) {
        let here = cell_at(x, y);
        let ends = silhouettes(here, left, cell_at(x, y - 1u));
        // Seldom any.
        for (var edge = select(EDGES, 0u, any(ends)); edge < EDGES; edge++) {
            if ends[edge] {
                segments[at] = segment_of(x, y, edge);
                at++;
            }
        }
        left = here;
    }
}

fn segment_of(x: u32, y: u32, edge: u32) -> Segment {
    let corner = y * (cells + 1u) + x;
    var ends = vec2u(corner, corner + 1u);
    if edge == 1u {
        ends = vec2u(corner, corner + cells + 1u);
    } else if edge == 2u {
        let along = (cell_at(x, y) & DIAGONAL) != 0u;
        let across = vec2u(corner + 1u, corner + cells + 1u);
        ends = select(across, vec2u(corner, corner + cells + 2u), along);
    }
    let a = end_of(vertices[ends.x].position);
    let b = end_of(vertices[ends.y].position);
    // What reaches behind the eye is none.
    if a.z < 0.0 || b.z < 0.0 {
        return Segment(vec3f(0.0), vec3f(0.0));
    }
    return Segment(a, b);
}

// Pixels and lifted depth of a point; a depth below 0 behind the eye.
fn end_of(world: vec3f) -> vec3f {
    let cell = (frame.domain_max - frame.domain_min) * frame.world_per_parameter / f32(cells);
    let lifted = world + direction_to_eye(world) * (LIFT_CELLS * max(cell.x, cell.y));
    let clip = frame.clip_from_world * vec4f(world, 1.0);
    let nearer = frame.clip_from_world * vec4f(lifted, 1.0);
    let is_seen = clip.w > 0.0 && nearer.w > 0.0 && nearer.z > 0.0;
    return vec3f(pixel_from_clip(clip), select(-1.0, nearer.z / nearer.w, is_seen));
}
