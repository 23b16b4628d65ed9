// Smooth silhouettes without several samples a pixel: where an edge of the mesh at which the surface
// ends cuts a pixel, the pixel takes the share of its neighbour's colour that lies beyond the edge.
// After Persson's Geometric Post-process Anti-Aliasing, https://www.humus.name/index.php?page=3D&ID=86
// Segments come from find_silhouettes.wgsl.

@group(2) @binding(0) var<storage, read> segments: array<Segment>;
// First the image as it was drawn so far, then what was mixed from it.
@group(2) @binding(1) var drawn: texture_2d<f32>;

struct Strip {
    @builtin(position) clip: vec4f,
    // From the edge, in pixels.
    @location(0) off: f32,
    // Of length one.
    @location(1) @interpolate(flat) across: vec2f,
}

@vertex
fn vs_main(@builtin(vertex_index) corner: u32, @builtin(instance_index) index: u32) -> Strip {
    let segment = segments[index];
    var out: Strip;
    out.clip = vec4f(2.0, 2.0, 2.0, 1.0);
    let length = distance(segment.a.xy, segment.b.xy);
    if length < 1e-3 {
        return out;
    }
    let along = (segment.b.xy - segment.a.xy) / length;
    out.across = vec2f(-along.y, along.x);
    // As far as the farthest centre of a pixel that the edge cuts.
    let reach = 0.5 * (abs(along.x) + abs(along.y)) + 0.01;
    out.off = select(-reach, reach, (corner & 1u) == 1u);
    let end = select(segment.a, segment.b, corner >= 2u);
    out.clip = clip_from_pixel(end.xy + out.off * out.across, end.z);
    return out;
}

// Mixes the pixel's colour, onto another image than the one that is read.
@fragment
fn fs_mix(in: Strip) -> @location(0) vec4f {
    let beyond = share_beyond(abs(in.off), abs(in.across));
    if beyond <= 0.0 {
        discard;
    }
    let towards = -sign(in.off) * sign(in.across);
    let is_beside = abs(in.across.x) > abs(in.across.y);
    let step = select(vec2f(0.0, towards.y), vec2f(towards.x, 0.0), is_beside);
    let pixel = vec2i(in.clip.xy);
    let last = vec2i(textureDimensions(drawn)) - 1;
    let own = textureLoad(drawn, pixel, 0);
    let other = textureLoad(drawn, clamp(pixel + vec2i(step), vec2i(0), last), 0);
    return mix(own, other, beyond);
}

// Takes over what was mixed.
@fragment
fn fs_take(in: Strip) -> @location(0) vec4f {
    if share_beyond(abs(in.off), abs(in.across)) <= 0.0 {
        discard;
    }
    return textureLoad(drawn, vec2u(in.clip.xy), 0);
}

// The part of a pixel that lies beyond a line `off` its centre; `normal` is the line's, both parts
// positive.
fn share_beyond(off: f32, normal: vec2f) -> f32 {
    let large = max(normal.x, normal.y);
    let small = min(normal.x, normal.y);
    if off <= 0.5 * (large - small) {
        return 0.5 - off / large;
    }
    let corner = max(0.5 * (large + small) - off, 0.0);
    return corner * corner / (2.0 * large * max(small, 1e-6));
}
