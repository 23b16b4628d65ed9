// The landscape of one parameter: a curve, and the body under it. `lay_curve` lays the curve out as
// the joints of one ribbon, which trails.wgsl draws.

// The body's.
@group(2) @binding(0) var colour_map: texture_2d<f32>;
// What `lay_curve` writes.
@group(2) @binding(0) var<storage, read_write> joints: array<Joint>;

// Pieces of the curve, evenly along the parameter.
override pieces: u32 = 1u;

// Opacity of the body right under the curve and at its foot.
const BODY_TOP: f32 = 0.62;
const BODY_FOOT: f32 = 0.10;

fn place_at(index: u32) -> vec2f {
    let along = f32(index) / f32(pieces);
    return vec2f(mix(frame.domain_min.x, frame.domain_max.x, along), 0.0);
}

@compute @workgroup_size(64)
fn lay_curve(@builtin(global_invocation_id) id: vec3u) {
    // Two more end the ribbon.
    if id.x > pieces + 2u {
        return;
    }
    var joint = NO_JOINT;
    if id.x <= pieces {
        joint = joint_at(id.x);
    }
    joints[id.x] = joint;
}

fn joint_at(index: u32) -> Joint {
    let place = place_at(index);
    let sample = field_cubic(place);
    let clip = frame.clip_from_world * vec4f(world_from_place(place, sample.x), 1.0);
    let is_hidden = sample.w != 1.0 || clip.w <= 0.0 || clip.z <= 0.0;
    // Along the lid, where it is cut, the curve is a trace of itself.
    let is_cut = height_of_loss(sample.x) > frame.height_high;
    let look = look_of_nearness(1.0) | select(0u, RUN_BEGINS, index == 0u)
        | select(0u, HIDDEN, is_hidden);
    return Joint(
        pixel_from_clip(clip),
        vec2f(0.0),
        clip.z / clip.w,
        0.0,
        look,
        select(1.0, 0.0, is_cut),
    );
}

struct Body {
    @builtin(position) clip: vec4f,
    @location(0) level: f32,
    // 1 at the curve, 0 at the foot.
    @location(1) rise: f32,
}

// One instance a piece: from the floor up to the curve.
@vertex
fn vs_body(@builtin(vertex_index) corner: u32, @builtin(instance_index) piece: u32) -> Body {
    let start = field_cubic(place_at(piece));
    let end = field_cubic(place_at(piece + 1u));
    var out: Body;
    out.clip = vec4f(2.0, 2.0, 2.0, 1.0);
    if start.w != 1.0 || end.w != 1.0 {
        return out;
    }
    let place = place_at(piece + (corner & 1u));
    let loss = select(start.x, end.x, (corner & 1u) == 1u);
    var world = world_from_place(place, loss);
    out.rise = select(0.0, 1.0, corner >= 2u);
    world.z = select(frame.ground_z, world.z, corner >= 2u);
    out.level = world.z / frame.box_height + 0.5;
    out.clip = frame.clip_from_world * vec4f(world, 1.0);
    return out;
}

@fragment
fn fs_body(in: Body) -> @location(0) vec4f {
    let last = f32(textureDimensions(colour_map).x - 1u);
    let colour = textureLoad(colour_map, vec2u(u32(saturate(in.level) * last + 0.5), 0u), 0).rgb;
    return vec4f(colour, 1.0) * mix(BODY_FOOT, BODY_TOP, in.rise);
}
