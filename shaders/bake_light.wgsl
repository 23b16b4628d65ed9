// Soft shadow and ambient occlusion: a height field does not move, so its light is gathered once.

@group(2) @binding(0) var heights: texture_2d<f32>;
// r: how much of the sky a place of the surface sees; g: how much of the key light;
// b: how much of the open a place of the underside sees.
@group(2) @binding(1) var surface_light: texture_storage_2d<rgba8unorm, write>;
// r: how much of sky and key light together reaches a place of the floor.
@group(2) @binding(2) var ground_light: texture_storage_2d<rgba8unorm, write>;

// The side of the square of floor that `ground_light` covers, in world units.
override ground_span: f32;

const TURN: f32 = 6.28318530718;
const SKY_DIRECTIONS: u32 = 24u;
const SKY_STEPS: u32 = 14u;
const KEY_STEPS: u32 = 40u;
// The key light's half-width, as a slope: the larger, the softer its shadow.
const KEY_SOFTNESS: f32 = 0.35;

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
    let z = mix(
        mix(textureLoad(heights, node, 0).x, textureLoad(heights, node + vec2u(1u, 0u), 0).x, t.x),
        mix(textureLoad(heights, node + vec2u(0u, 1u), 0).x, textureLoad(heights, node + vec2u(1u, 1u), 0).x, t.x),
        t.y,
    );
    let inside = all(abs(xy) <= half_extent());
    return select(-100.0, z, inside);
}

fn texel_world(id: vec2u, size: vec2u, half_size: vec2f) -> vec2f {
    return ((vec2f(id) + 0.5) / vec2f(size) * 2.0 - 1.0) * half_size;
}

// Sine of the angle by which the surface, seen from `origin`, rises above the horizon.
fn horizon_sine(origin: vec3f, direction: vec2f, sign_up: f32) -> f32 {
    var steepest = 0.0;
    var distance = 0.004;
    for (var i = 0u; i < SKY_STEPS; i++) {
        let z = z_at(origin.xy + direction * distance);
        // Far things close less: what stands a box away hides little of a large room.
        let near = 1.0 / (1.0 + 2.0 * distance);
        steepest = max(steepest, select(0.0, sign_up * (z - origin.z) / distance * near, z > -50.0));
        distance *= 1.42;
    }
    return steepest * inverseSqrt(1.0 + steepest * steepest);
}

fn sky_seen(origin: vec3f, sign_up: f32) -> f32 {
    var open = 0.0;
    for (var i = 0u; i < SKY_DIRECTIONS; i++) {
        let angle = TURN * (f32(i) + 0.5) / f32(SKY_DIRECTIONS);
        let sine = horizon_sine(origin, vec2f(cos(angle), sin(angle)), sign_up);
        open += 1.0 - sine * sine;
    }
    return open / f32(SKY_DIRECTIONS);
}

fn key_seen(origin: vec3f) -> f32 {
    let flat_length = length(KEY_DIRECTION.xy);
    let direction = KEY_DIRECTION.xy / flat_length;
    let slope = KEY_DIRECTION.z / flat_length;
    var most = -10.0;
    for (var i = 1u; i <= KEY_STEPS; i++) {
        let distance = 0.015 * f32(i);
        let rise = (z_at(origin.xy + direction * distance) - origin.z) / distance;
        most = max(most, rise - slope);
    }
    return 1.0 - smoothstep(-KEY_SOFTNESS, KEY_SOFTNESS, most);
}

@compute @workgroup_size(8, 8)
fn light_surface(@builtin(global_invocation_id) id: vec3u) {
    let size = textureDimensions(surface_light);
    if any(id.xy >= size) {
        return;
    }
    let xy = texel_world(id.xy, size, half_extent());
    let origin = vec3f(xy, z_at(xy));
    let light = vec4f(sky_seen(origin, 1.0), key_seen(origin), sky_seen(origin, -1.0), 1.0);
    textureStore(surface_light, id.xy, light);
}

// Whether a ray from the floor meets the surface: where it leaves one side for the other.
fn is_blocked(origin: vec2f, direction: vec3f) -> f32 {
    const STEPS: u32 = 10u;
    let low = -0.5 * frame.box_height - frame.ground_z;
    for (var i = 0u; i <= STEPS; i++) {
        let rise = low + frame.box_height * f32(i) / f32(STEPS);
        let surface_z = z_at(origin + direction.xy * (rise / direction.z));
        if surface_z > -50.0 && frame.ground_z + rise >= surface_z {
            return 1.0;
        }
    }
    return 0.0;
}

@compute @workgroup_size(8, 8)
fn light_ground(@builtin(global_invocation_id) id: vec3u) {
    let size = textureDimensions(ground_light);
    if any(id.xy >= size) {
        return;
    }
    let origin = texel_world(id.xy, size, vec2f(0.5 * ground_span));
    // Directions spread evenly over a disc (Vogel's spiral), lifted onto the half sphere: their
    // density follows the cosine, so that the mean is the light received.
    const RAYS: u32 = 96u;
    var sky = 0.0;
    var key = 0.0;
    for (var i = 0u; i < RAYS; i++) {
        let radius2 = (f32(i) + 0.5) / f32(RAYS);
        let angle = f32(i) * 2.39996323;
        let disc = sqrt(radius2) * vec2f(cos(angle), sin(angle));
        sky += is_blocked(origin, vec3f(0.97 * disc, sqrt(1.0 - 0.94 * radius2)));
        key += is_blocked(origin, KEY_DIRECTION + 0.3 * vec3f(disc, 0.0));
    }
    let light = 1.0 - (0.55 * sky + 0.45 * key) / f32(RAYS);
    textureStore(ground_light, id.xy, vec4f(light, 0.0, 0.0, 1.0));
}
