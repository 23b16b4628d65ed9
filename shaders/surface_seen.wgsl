// The lit surface, one fragment for each pixel in which it is seen: the mesh has left its depth and
// its light behind, so that no triangle's edge costs a pixel twice. Needs
// surface_look.wgsl.

// From surface.wgsl's `fs_light`.
@group(2) @binding(3) var mesh_light: texture_2d<f32>;
@group(2) @binding(4) var mesh_depth: texture_depth_2d;

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
    let on_image = image_point(pixel, textureLoad(mesh_depth, vec2u(pixel), 0));
    let mesh = frame.world_from_clip * on_image;
    return spot_behind(mesh.xyz / mesh.w, on_image / mesh.w);
}
