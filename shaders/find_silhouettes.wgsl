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

fn clip_of(vertex: u32) -> vec4f {
    return frame.clip_from_world * vec4f(vertices[vertex].position, 1.0);
}

fn face(first: u32) -> u32 {
    let corners = vec3u(indices[first], indices[first + 1u], indices[first + 2u]);
    if corners.x == corners.y {
        return NOTHING;
    }
    let turned = dot(clip_of(corners.x).xyw, cross(clip_of(corners.y).xyw, clip_of(corners.z).xyw));
    return select(LOWER_SIDE, UPPER_SIDE, turned > 0.0);
}

@compute @workgroup_size(8, 8)
fn face_cells(@builtin(global_invocation_id) id: vec3u) {
    if any(id.xy >= vec2u(cells)) {
        return;
    }
    let cell = id.y * cells + id.x;
    let far_corner = (id.y + 1u) * (cells + 1u) + id.x + 1u;
    let along = select(0u, DIAGONAL, indices[6u * cell + 2u] == far_corner);
    faces[cell] = face(6u * cell) | (face(6u * cell + 3u) << 2u) | along;
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

// The first triangle has the cell's edge along x, the second the opposite one.
fn is_silhouette(x: u32, y: u32, edge: u32) -> bool {
    let here = cell_at(x, y);
    let along = (here & DIAGONAL) != 0u;
    switch edge {
        case 0u: {
            // Below 0 wraps to far outside.
            return first_face(here) != second_face(cell_at(x, y - 1u));
        }
        case 1u: {
            let before = cell_at(x - 1u, y);
            let is_along = (before & DIAGONAL) != 0u;
            let left = select(first_face(here), second_face(here), along);
            return left != select(second_face(before), first_face(before), is_along);
        }
        default: { return first_face(here) != second_face(here); }
    }
}

@compute @workgroup_size(32)
fn count_rows(@builtin(global_invocation_id) id: vec3u) {
    if id.x > cells {
        return;
    }
    var count = 0u;
    for (var x = 0u; x <= cells; x++) {
        for (var edge = 0u; edge < EDGES; edge++) {
            count += u32(is_silhouette(x, id.x, edge));
        }
    }
    rows[ARGUMENTS + id.x] = count;
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
    for (var x = 0u; x <= cells; x++) {
        for (var edge = 0u; edge < EDGES; edge++) {
            if is_silhouette(x, y, edge) {
                segments[at] = segment_of(x, y, edge);
                at++;
            }
        }
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
