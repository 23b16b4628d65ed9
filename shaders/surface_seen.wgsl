// The lit surface, one fragment for each pixel in which it is seen: the mesh has left its depth and
// its light behind, so that no triangle's edge costs a pixel twice. The loss decides where in the
// pixel's line of sight the surface is. Needs surface_look.wgsl and drape.wgsl.

// From surface.wgsl's `fs_light`.
@group(2) @binding(3) var mesh_light: texture_2d<f32>;
@group(2) @binding(4) var mesh_depth: texture_depth_2d;

// As seen at glancing angles, where a step along the line of sight grows beyond bounds.
const LEAST_LEAN: f32 = 0.25;
// The least sine of the angle between both axes on the image.
const LEAST_ANGLE: f32 = 1e-3;

// One triangle that covers the image, at the far plane: drawn where something is nearer.
@vertex
fn vs_main(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    let corner = vec2f(f32(index & 1u), f32(index >> 1u)) * 4.0 - 1.0;
    return vec4f(corner, 1.0, 1.0);
}

@fragment
fn fs_main(@builtin(position) position: vec4f) -> @location(0) vec4f {
    let spot = spot_seen(position.xy);
    return under_traced(spot, vec4f(lit_colour(spot, light_seen(position.xy)), 1.0));
}

// On the way to the map the light fades, and the bands' plain colours come.
@fragment
fn fs_flattening(@builtin(position) position: vec4f) -> @location(0) vec4f {
    let spot = spot_seen(position.xy);
    return flattened(spot, vec4f(lit_colour(spot, light_seen(position.xy)), 1.0));
}

fn light_seen(pixel: vec2f) -> Light {
    let light = textureLoad(mesh_light, vec2u(pixel), 0);
    return Light(light.r, light.g, light.b, light.a > 0.5);
}

fn spot_seen(pixel: vec2f) -> Spot {
    let on_image = vec4f(
        (pixel - frame.corner_px) / frame.size_px * vec2f(2.0, -2.0) + vec2f(-1.0, 1.0),
        textureLoad(mesh_depth, vec2u(pixel), 0),
        1.0,
    );
    let seen = frame.world_from_clip * on_image;
    let on_mesh = seen.xyz / seen.w;
    let place = place_from_world(on_mesh.xy);
    let loss = loss_at(place);
    let height = height_of_loss(loss.x);
    let slope = height_slope(loss.x) * loss.yz;
    let is_cut = height <= frame.height_low || height >= frame.height_high;
    let z_per_height = frame.box_height / (frame.height_high - frame.height_low);
    let lean = select(z_per_height * slope / frame.world_per_parameter, vec2f(0.0), is_cut);

    // From the mesh along the line of sight onto the surface's tangent plane.
    let to_eye = direction_to_eye(on_mesh);
    let missing = z_of_level(level_of_height(height)) - on_mesh.z;
    let facing = to_eye.z - dot(lean, to_eye.xy);
    let moved = to_eye * (missing / max(abs(facing), LEAST_LEAN) * sign(facing));
    let along = moved.xy / frame.world_per_parameter;

    let clip = on_image / seen.w;
    let x = image_rate(clip, vec3f(1.0, 0.0, lean.x)).xy;
    let y = image_rate(clip, vec3f(0.0, 1.0, lean.y)).xy;
    let area = max(abs(x.x * y.y - x.y * y.x), LEAST_ANGLE * length(x) * length(y));
    let per_px = 1.0 / (area * frame.world_per_parameter);
    return spot_at(
        on_mesh + moved,
        place + along,
        height + dot(slope, along),
        slope,
        vec2f(y.y, -x.y) * per_px,
        vec2f(-y.x, x.x) * per_px,
    );
}
