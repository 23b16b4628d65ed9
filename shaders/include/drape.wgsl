// What lies on the surface: its place in the world and on the image, and how the depth of the
// surface changes around it on the image. Needs frame.wgsl, field.wgsl and landscape.wgsl.

// The drawn mesh may hide what lies on the true surface by up to this much, in world units along
// the view; a mark hidden by more than that is behind a ridge.
const GREATEST_LIFT: f32 = 0.06;
// On a slope seen at a glancing angle, the depth changes across a mark by no more than this.
const GREATEST_TILT: f32 = 0.15;

struct Footing {
    // Pixels from the image's upper left corner.
    px: vec2f,
    depth: f32,
    // How the surface's depth changes per pixel to the right and down.
    depth_per_px: vec2f,
    // Towards the eye by this much lies what the drawn mesh must not hide.
    lift: f32,
    // One world unit along the view, in depth, and one across it, in pixels.
    depth_per_world: f32,
    px_per_world: f32,
}

// The surface above `place`; `loss` gives the height where the field has a hole.
fn on_surface(place: vec2f, loss: f32) -> vec3f {
    let sample = field_cubic(place);
    return world_from_place(place, select(loss, sample.x, sample.w == 1.0));
}

fn is_in_domain(place: vec2f) -> bool {
    return all(place >= frame.domain_min) && all(place <= frame.domain_max);
}

fn is_finite_point(point: vec3f) -> bool {
    return n_is_finite(point.x) && n_is_finite(point.y) && n_is_finite(point.z);
}

fn clip_from_pixel(px: vec2f, depth: f32) -> vec4f {
    return vec4f((px / frame.size_px - 0.5) * vec2f(2.0, -2.0), clamp(depth, 0.0, 1.0), 1.0);
}

// Pixels that one world unit across the view covers, `w` being that of clip space.
fn px_per_world_at(w: f32) -> f32 {
    let m = frame.clip_from_world;
    return 0.5 * frame.size_px.y * length(vec3f(m[0].y, m[1].y, m[2].y)) / w;
}

// How x and y in pixels and the depth change when the point at `clip` moves along `direction`.
fn image_rate(clip: vec4f, direction: vec3f) -> vec3f {
    let rate = frame.clip_from_world * vec4f(direction, 0.0);
    let ndc = (rate.xyz - clip.xyz / clip.w * rate.w) / clip.w;
    return ndc * vec3f(vec2f(0.5, -0.5) * frame.size_px, 1.0);
}

// How the depth changes when the point at `clip` moves by one world unit along each axis.
fn depth_gradient(clip: vec4f) -> vec3f {
    let m = frame.clip_from_world;
    let depth = clip.z / clip.w;
    return vec3f(
        m[0].z - depth * m[0].w,
        m[1].z - depth * m[1].w,
        m[2].z - depth * m[2].w,
    ) / clip.w;
}

// How z changes along world x and y on the true surface, and by how much at most a mesh of
// `mesh_cells` a side lies beside it there; 0 where the box cuts it.
fn surface_lean(place: vec2f, mesh_cells: f32) -> vec3f {
    let cells = field_cells();
    let extent = frame.domain_max - frame.domain_min;
    let at = clamp((place - frame.domain_min) / extent, vec2f(0.0), vec2f(1.0)) * cells;
    let node = vec2u(min(floor(at), cells - 1.0));
    let here = textureLoad(field, node, 0);
    let right = textureLoad(field, node + vec2u(1u, 0u), 0);
    let above = textureLoad(field, node + vec2u(0u, 1u), 0);
    let t = at - vec2f(node);
    let slope = here.yz + t.x * (right.yz - here.yz) + t.y * (above.yz - here.yz);
    let loss = here.x + dot(t * extent / cells, 0.5 * (here.yz + slope));

    let height = height_of_loss(loss);
    if height <= frame.height_low || height >= frame.height_high {
        return vec3f(0.0);
    }
    let z_per_height = frame.box_height / (frame.height_high - frame.height_low);
    let height_per_loss = height_slope(loss);
    let flattening = height_bend(loss);
    let bends = height_per_loss * vec3f(right.y - here.y, right.z - here.z, above.z - here.z)
            * (cells / extent).xxy
        + flattening * vec3f(slope.x * slope.x, slope.x * slope.y, slope.y * slope.y);
    let cell = extent / mesh_cells;
    let bulge = dot(abs(bends), vec3f(cell.x * cell.x, 2.0 * cell.x * cell.y, cell.y * cell.y)) / 8.0;
    return z_per_height * vec3f(height_per_loss * slope / frame.world_per_parameter, bulge);
}

// The depth per pixel, to the right and down, of the plane that leans by `lean` through the point at
// `clip`; 0 where the plane is seen edge-on.
fn plane_depth_per_px(clip: vec4f, lean: vec2f) -> vec2f {
    let x = image_rate(clip, vec3f(1.0, 0.0, lean.x));
    let y = image_rate(clip, vec3f(0.0, 1.0, lean.y));
    let area = x.x * y.y - x.y * y.x;
    if abs(area) <= 1e-6 * length(x.xy) * length(y.xy) {
        return vec2f(0.0);
    }
    return vec2f(x.z * y.y - x.y * y.z, x.x * y.z - x.z * y.x) / area;
}

// Where the point of the surface above `place`, at `clip`, stands on the image; `slack_px` is how
// far off, in pixels, the drawn surface may be beyond what its mesh explains.
fn footing(place: vec2f, clip: vec4f, mesh_cells: f32, slack_px: f32) -> Footing {
    var at: Footing;
    at.px = pixel_from_clip(clip);
    at.depth = clip.z / clip.w;
    at.px_per_world = px_per_world_at(clip.w);
    at.depth_per_world = length(depth_gradient(clip));
    let lean = surface_lean(place, mesh_cells);
    at.depth_per_px = plane_depth_per_px(clip, lean.xy);
    let rise = image_rate(clip, vec3f(0.0, 0.0, lean.z));
    at.lift = abs(dot(at.depth_per_px, rise.xy) - rise.z)
        + slack_px * (length(at.depth_per_px) + at.depth_per_world / at.px_per_world);
    at.lift = min(at.lift, GREATEST_LIFT * at.depth_per_world);
    return at;
}

// What the surface right before it may hide of a straight thing that touches it, in world units
// along the view.
const GREATEST_COVER: f32 = 0.2;
// As seen at glancing angles, where the way through the surface grows beyond bounds.
const LEAST_FACING: f32 = 0.25;

// Towards the eye by this much in depth lies what the surface at the place of `world` must not hide,
// though `world` may be behind it: a tangent leaves its surface on one side or the other, and is to
// be seen on both. What stands farther before it still hides it. `reach_px` is how far the thing
// extends across.
fn lift_before_surface(world: vec3f, clip: vec4f, mesh_cells: f32, reach_px: f32) -> f32 {
    let place = place_from_world(world.xy);
    let sample = field_cubic(place);
    let base = GREATEST_LIFT * length(depth_gradient(clip));
    if !is_in_domain(place) || sample.w == 0.0 {
        return base;
    }
    let surface = world_from_place(place, sample.x);
    let lean = surface_lean(place, mesh_cells);
    let to_eye = direction_to_eye(world);
    let facing = to_eye.z - dot(lean.xy, to_eye.xy);
    let behind = max((surface.z - world.z) * sign(facing), 0.0) + lean.z;
    let way = min(behind / max(abs(facing), LEAST_FACING), GREATEST_COVER);
    let at = footing(place, frame.clip_from_world * vec4f(surface, 1.0), mesh_cells, 0.5);
    let tilt = min(length(at.depth_per_px) * reach_px, base);
    return way * at.depth_per_world + min(at.lift + tilt, 2.0 * base);
}
