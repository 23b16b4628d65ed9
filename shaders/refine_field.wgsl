// Fills the field of a loss over a table's rows, a grid finer than the one before at a time. The
// order of the nodes is given; `evaluate_loss` goes over all rows. Twin of `simulation::refine_field`.

struct Reach {
    // The nodes of this dispatch in their order, `end` not included.
    first: u32,
    end: u32,
    // From node to node of the present grid.
    stride: u32,
    // 1 where nodes are kept for what is between them.
    keeps: u32,
}

@group(0) @binding(0) var<uniform> plane: Plane;
@group(0) @binding(1) var<uniform> reach: Reach;
// x | y << 16.
@group(0) @binding(2) var<storage, read> places: array<u32>;
// By y * width + x.
@group(0) @binding(3) var<storage, read_write> kept: array<vec4f>;
@group(0) @binding(4) var field: texture_storage_2d<rgba32float, write>;

@compute @workgroup_size(64)
fn evaluate_nodes(@builtin(global_invocation_id) id: vec3u) {
    let i = reach.first + id.x;
    if i >= reach.end {
        return;
    }
    let nodes = textureDimensions(field);
    let node = vec2u(places[i] & 0xffffu, places[i] >> 16u);
    let place = plane.domain_min
        + (plane.domain_max - plane.domain_min) * (vec2f(node) / vec2f(nodes - 1u));
    let at = evaluate_loss(point_of_plane(place));
    let slope = slope_on_plane(at.gradient);
    let valid = n_is_finite(at.loss) && n_is_finite(slope.x) && n_is_finite(slope.y);
    let value = select(vec4f(0.0), vec4f(at.loss, slope, 1.0), valid);
    textureStore(field, node, value);
    if reach.keeps == 1u {
        kept[node.y * nodes.x + node.x] = value;
    }
}

// Until finer nodes are there, those between the grid's are mixed from the four around them.
@compute @workgroup_size(8, 8)
fn spread_nodes(@builtin(global_invocation_id) id: vec3u) {
    let nodes = textureDimensions(field);
    if any(id.xy >= nodes) {
        return;
    }
    let low = id.xy / reach.stride * reach.stride;
    let high = min(low + reach.stride, nodes - 1u);
    let part = vec2f(id.xy - low) / vec2f(max(high - low, vec2u(1u)));
    let a = kept[low.y * nodes.x + low.x];
    let b = kept[low.y * nodes.x + high.x];
    let c = kept[high.y * nodes.x + low.x];
    let d = kept[high.y * nodes.x + high.x];
    let mixed = mix(mix(a, b, part.x), mix(c, d, part.x), part.y);
    let valid = a.w * b.w * c.w * d.w == 1.0;
    textureStore(field, id.xy, select(vec4f(0.0), mixed, valid));
}
