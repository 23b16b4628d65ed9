// Soft shadow and ambient occlusion: a height field does not move, so its light is gathered once.

struct Vertex {
    position: vec3f,
    // Four bytes: how much of the sky the upper side sees, how much of the key light, how much
    // of the open the underside sees, and how near a hole is.
    light: u32,
}

@group(2) @binding(0) var heights: texture_2d<f32>;
@group(2) @binding(1) var<storage, read_write> vertices: array<Vertex>;
// r: how much of sky and key light together reaches a place of the floor.
@group(2) @binding(2) var ground_light: texture_storage_2d<rgba8unorm, write>;
// r: how near a hole's node is to the surface, and 1 on the surface.
@group(2) @binding(3) var hole_rims: texture_storage_2d<rgba8unorm, write>;

// The side of the square of floor that `ground_light` covers, in world units.
override ground_span: f32;

// How wide the rim of a hole is, in cells of the mesh.
const RIM_CELLS: i32 = 4;
const TURN: f32 = 6.28318530718;
const SKY_DIRECTIONS: u32 = 16u;
const SKY_STEPS: u32 = 11u;
const KEY_STEPS: u32 = 24u;
// The key light's half-width, as a slope: the larger, the softer its shadow.
const KEY_SOFTNESS: f32 = 0.4;

fn half_extent() -> vec2f {
    return 0.5 * (frame.domain_max - frame.domain_min) * frame.world_per_parameter;
}

// Surface Z at world X and Y, bilinear; far below where there is no surface.
fn z_at(xy: vec2f) -> f32 {
    let cells = vec2f(textureDimensions(heights) - 1u);
    let at = (xy / half_extent() * 0.5 + 0.5) * cells;
    let corner = clamp(floor(at), vec2f(0.0), cells - 1.0);
    let node = vec2u(corner);
    let t = at - corner;
    let z00 = textureLoad(heights, node, 0).x;
    let z10 = textureLoad(heights, node + vec2u(1u, 0u), 0).x;
    let z01 = textureLoad(heights, node + vec2u(0u, 1u), 0).x;
    let z11 = textureLoad(heights, node + vec2u(1u, 1u), 0).x;
    let inside = all(abs(xy) <= half_extent());
    return select(-100.0, mix(mix(z00, z10, t.x), mix(z01, z11, t.x), t.y), inside);
}

fn is_surface(z: f32) -> bool {
    return z > -frame.box_height;
}

// Of the half spheres above and below a place, how much the surface leaves open.
fn sky_seen(place: vec3f) -> vec2f {
    var open = vec2f(0.0);
    for (var i = 0u; i < SKY_DIRECTIONS; i++) {
        let angle = TURN * (f32(i) + 0.5) / f32(SKY_DIRECTIONS);
        let direction = vec2f(cos(angle), sin(angle));
        // The steepest rise and the steepest fall within reach.
        var steepest = vec2f(0.0);
        var distance = 0.006;
        for (var k = 0u; k < SKY_STEPS; k++) {
            let z = z_at(place.xy + direction * distance);
            // Far things close less: what stands a box away hides little of a large room.
            let rise = (z - place.z) / (distance * (1.0 + 2.0 * distance));
            steepest = select(steepest, max(steepest, vec2f(rise, -rise)), is_surface(z));
            distance *= 1.5;
        }
        // 1 - sine² of the angle above the horizon.
        open += 1.0 / (1.0 + steepest * steepest);
    }
    return open / f32(SKY_DIRECTIONS);
}

// How much of the key light is not hidden, the mean over three slices of it.
fn key_seen(place: vec3f) -> f32 {
    let slope = KEY_DIRECTION.z / length(KEY_DIRECTION.xy);
    let towards = normalize(KEY_DIRECTION.xy);
    let across = vec2f(-towards.y, towards.x);
    var seen = 0.0;
    for (var slice = -1.0; slice < 1.5; slice += 1.0) {
        let direction = normalize(towards + 0.3 * slice * across);
        var most = -10.0;
        for (var i = 0u; i < KEY_STEPS; i++) {
            let distance = 0.02 + 0.018 * f32(i);
            most = max(most, (z_at(place.xy + direction * distance) - place.z) / distance - slope);
        }
        seen += 1.0 - smoothstep(-KEY_SOFTNESS, KEY_SOFTNESS, most);
    }
    return seen / 3.0;
}

@compute @workgroup_size(8, 8)
fn light_surface(@builtin(global_invocation_id) id: vec3u) {
    let size = textureDimensions(heights);
    if any(id.xy >= size) {
        return;
    }
    let index = id.y * size.x + id.x;
    let place = vertices[index].position;
    let sky = sky_seen(place);
    let rim = rim_nearness(vec2i(id.xy), is_surface(place.z));
    vertices[index].light = pack4x8unorm(vec4f(sky.x, key_seen(place), sky.y, rim));
    textureStore(hole_rims, id.xy, vec4f(select(rim, 1.0, is_surface(place.z))));
}

// Of a node on the surface how near a hole is, of one in a hole how near the surface is: 1 for
// neighbours, 0 from some cells on.
fn rim_nearness(node: vec2i, on_surface: bool) -> f32 {
    var nearest = f32(RIM_CELLS);
    for (var y = -RIM_CELLS; y <= RIM_CELLS; y++) {
        for (var x = -RIM_CELLS; x <= RIM_CELLS; x++) {
            let last = vec2i(textureDimensions(heights)) - 1;
            let z = textureLoad(heights, clamp(node + vec2i(x, y), vec2i(0), last), 0).x;
            let distance = length(vec2f(f32(x), f32(y)));
            nearest = select(nearest, min(nearest, distance), is_surface(z) != on_surface);
        }
    }
    return 1.0 - max(nearest - 1.0, 0.0) / f32(RIM_CELLS - 1);
}

// How surely a ray from the floor meets the surface: whether it gets above it, softly where the
// surface ends, so that no ray's own edge shows in the shadow.
fn blocked(start: vec2f, direction: vec3f) -> f32 {
    const STEPS: u32 = 10u;
    let low = -0.5 * frame.box_height - frame.ground_z;
    var most = 0.0;
    for (var i = 0u; i <= STEPS; i++) {
        let rise = low + frame.box_height * f32(i) / f32(STEPS);
        let xy = start + direction.xy * (rise / direction.z);
        let z = z_at(xy);
        let inside = half_extent() - abs(xy);
        let above = is_surface(z) && frame.ground_z + rise >= z;
        most = max(most, select(0.0, smoothstep(0.0, 0.1, min(inside.x, inside.y)), above));
    }
    return most;
}

@compute @workgroup_size(8, 8)
fn light_ground(@builtin(global_invocation_id) id: vec3u) {
    let size = textureDimensions(ground_light);
    if any(id.xy >= size) {
        return;
    }
    let start = ((vec2f(id.xy) + 0.5) / vec2f(size) - 0.5) * ground_span;
    // Directions spread evenly over a disc (Vogel's spiral), lifted onto the half sphere: their
    // density follows the cosine, so that the mean is the light received.
    const RAYS: u32 = 96u;
    var sky = 0.0;
    var key = 0.0;
    for (var i = 0u; i < RAYS; i++) {
        let radius2 = (f32(i) + 0.5) / f32(RAYS);
        let angle = f32(i) * 2.39996323;
        let disc = sqrt(radius2) * vec2f(cos(angle), sin(angle));
        sky += blocked(start, vec3f(0.97 * disc, sqrt(1.0 - 0.94 * radius2)));
        key += blocked(start, KEY_DIRECTION + 0.3 * vec3f(disc, 0.0));
    }
    // To nothing at the square's border, where the floor goes on without this texture.
    let border = 1.0 - smoothstep(0.35, 0.5, length(start) / ground_span);
    let shadow = (0.55 * sky + 0.45 * key) / f32(RAYS) * border;
    textureStore(ground_light, id.xy, vec4f(1.0 - shadow, 0.0, 0.0, 1.0));
}
