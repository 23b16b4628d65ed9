// The descents' heads: a lit sphere for one that runs or has converged, a cross where one
// diverged. One instance a descent. Twin of `render::heads::HeadUniform`.

struct HeadStyle {
    // Display-encoded colour; a is 1 where the team is shown.
    teams: array<vec4f, 64>,
    radius_pt: f32,
    outline_pt: f32,
    mesh_cells: f32,
    // 1 on the surface, 0 at its own loss.
    draped: u32,
    // How much of a head's nearness a unit of distance from the landscape's plane takes.
    fade: f32,
    // Of what the surface hides.
    hidden_opacity: f32,
    // 1 where each team has a shape of its own, 0 where all are spheres.
    shapes: u32,
}

@group(1) @binding(2) var<storage, read> heads: array<Head>;
@group(2) @binding(0) var<uniform> style: HeadStyle;

const DIVERGED: u32 = 2u;
const LIGHT: vec3f = vec3f(-0.48, 0.62, 0.62);
const OUTLINE: vec3f = vec3f(0.03, 0.03, 0.05);
const CROSS_HALF_WIDTH: f32 = 0.22;
// Shapes of teams: a sphere, a square, a triangle, a diamond, a triangle on its tip, a plus; then
// the same with a hole.
const SHAPES: u32 = 6u;
const HOLE: f32 = 0.4;
// How far the widest shape reaches, in radii.
const WIDEST: f32 = 1.3;
// Radius and opacity of a head as far from the landscape's plane as the domain reaches.
const SMALLEST: f32 = 0.6;
const FAINTEST: f32 = 0.35;

// Whether the heads are seen through what hides them.
override behind: bool = false;

struct Ball {
    @builtin(position) clip: vec4f,
    // From the centre in radii, y upwards.
    @location(0) offset: vec2f,
    @location(1) @interpolate(flat) colour: vec3f,
    // Depth at the rim, and how much nearer the middle is.
    @location(2) @interpolate(flat) depth: vec2f,
    @location(3) @interpolate(flat) diverged: u32,
    @location(4) @interpolate(flat) nearness: f32,
    @location(5) @interpolate(flat) shape: u32,
}

struct Pixel {
    @location(0) colour: vec4f,
    @builtin(frag_depth) depth: f32,
}

@vertex
fn vs_main(@builtin(vertex_index) corner: u32, @builtin(instance_index) index: u32) -> Ball {
    let head = heads[index];
    let team = style.teams[min(head.team, 63u)];
    var out: Ball;
    out.clip = vec4f(2.0, 2.0, 2.0, 1.0);
    let point = vec3f(head.place, head.loss);
    if team.a == 0.0 || !is_finite_point(point) || !is_in_domain(head.place) {
        return out;
    }
    let own = world_from_place(head.place, head.loss);
    let world = select(own, on_surface(head.place, head.loss), style.draped == 1u);
    let clip = frame.clip_from_world * vec4f(world, 1.0);
    if clip.w <= 0.0 || clip.z <= 0.0 {
        return out;
    }
    let nearness = 1.0 - min(head.distance * style.fade, 1.0);
    let radius_px = radius_px_at(nearness);
    let at = footing(head.place, clip, style.mesh_cells, 0.5);
    let widest = select(1.0, WIDEST, style.shapes == 1u);
    let reach = widest + (style.outline_pt * frame.px_per_point + 0.5) / radius_px;
    out.offset = (vec2f(f32(corner & 1u), f32(corner >> 1u)) * 2.0 - 1.0) * reach;
    out.colour = team.rgb;
    out.nearness = nearness;
    out.shape = select(0u, head.team % (2u * SHAPES), style.shapes == 1u);
    out.depth = depth_of_ball(at, radius_px);
    out.diverged = u32(head.status == DIVERGED);
    out.clip = clip_from_pixel(at.px + out.offset * vec2f(1.0, -1.0) * radius_px, out.depth.x);
    return out;
}

fn veil() -> f32 {
    return select(1.0, style.hidden_opacity, behind);
}

fn radius_px_at(nearness: f32) -> f32 {
    return style.radius_pt * frame.px_per_point * mix(SMALLEST, 1.0, nearness);
}

// Pulled towards the eye until the slope under the ball does not cut it, yet not through a hill.
fn depth_of_ball(at: Footing, radius_px: f32) -> vec2f {
    let radius = radius_px / at.px_per_world * at.depth_per_world;
    let tilt = length(at.depth_per_px) * radius_px;
    let lift = min(at.lift + tilt, 2.0 * GREATEST_LIFT * at.depth_per_world);
    return vec2f(at.depth - lift, radius);
}

@fragment
fn fs_main(in: Ball) -> Pixel {
    let radius_px = radius_px_at(in.nearness);
    let opacity = mix(FAINTEST, 1.0, in.nearness) * veil();
    let outline_px = style.outline_pt * frame.px_per_point;
    if in.diverged == 1u {
        let arm = max(abs(in.offset.x), abs(in.offset.y)) - 0.8;
        let bar = (abs(abs(in.offset.x) - abs(in.offset.y)) * 0.7071 - CROSS_HALF_WIDTH);
        return inked(max(arm, bar) * radius_px, outline_px, in.colour, in.depth.x, opacity);
    }
    let r = length(in.offset);
    let rounded = in.offset / max(r, 1.0);
    let normal = vec3f(rounded, sqrt(max(1.0 - dot(rounded, rounded), 0.0)));
    let shine = pow(max(dot(normal, normalize(LIGHT + vec3f(0.0, 0.0, 1.0))), 0.0), 40.0);
    let light = 0.5 + 0.58 * max(dot(normal, LIGHT), 0.0);
    let lit = mix(min(in.colour * light, vec3f(1.0)), vec3f(1.0), 0.65 * shine);
    let depth = in.depth.x - normal.z * in.depth.y;
    let hole = clamp(0.5 - (r - HOLE) * radius_px, 0.0, 1.0) * f32(in.shape >= SHAPES);
    let colour = mix(lit, OUTLINE, hole);
    let off_px = outside(in.shape % SHAPES, in.offset) * radius_px;
    return inked(off_px, outline_px, colour, depth, opacity);
}

// How far outside of a shape a place lies, in radii; all shapes have about the same area. Twin of
// `paint_shape` in the legend.
fn outside(shape: u32, at: vec2f) -> f32 {
    let a = abs(at);
    switch shape {
        case 1u: { return max(a.x, a.y) - 0.87; }
        case 2u: { return max(a.x * 0.866 + at.y * 0.5, -at.y) - 0.62; }
        case 3u: { return (a.x + a.y) * 0.7071 - 0.87; }
        case 4u: { return max(a.x * 0.866 - at.y * 0.5, at.y) - 0.62; }
        case 5u: {
            let bar = min(a.x, a.y) - 0.4;
            return max(max(a.x, a.y) - 1.05, bar);
        }
        default: { return length(at) - 1.0; }
    }
}

// Ink inside `off` = 0, a dark outline around it, both with soft edges; premultiplied.
fn inked(off_px: f32, outline_px: f32, colour: vec3f, depth: f32, opacity: f32) -> Pixel {
    let core = clamp(0.5 - off_px, 0.0, 1.0);
    let whole = clamp(0.5 + outline_px - off_px, 0.0, 1.0);
    if whole == 0.0 {
        discard;
    }
    let outline = (whole - core) * 0.7;
    let ink = opacity * vec4f(core * colour + outline * OUTLINE, core + outline);
    return Pixel(ink, clamp(depth, 0.0, 1.0));
}

// Stems: where a head does not stand on the surface, a line from it straight down or up to there
// tells which place of the landscape it is over.

struct Stem {
    @builtin(position) clip: vec4f,
    // From the stem's middle line, in pixels.
    @location(0) across_px: f32,
    @location(1) @interpolate(flat) ink: vec4f,
}

const STEM_PT: f32 = 1.1;
const STEM_OPACITY: f32 = 0.55;

@vertex
fn vs_stem(@builtin(vertex_index) corner: u32, @builtin(instance_index) index: u32) -> Stem {
    let head = heads[index];
    let team = style.teams[min(head.team, 63u)];
    var out: Stem;
    out.clip = vec4f(2.0, 2.0, 2.0, 1.0);
    let point = vec3f(head.place, head.loss);
    if team.a == 0.0 || !is_finite_point(point) || !is_in_domain(head.place) {
        return out;
    }
    let top = frame.clip_from_world * vec4f(world_from_place(head.place, head.loss), 1.0);
    let foot = frame.clip_from_world * vec4f(on_surface(head.place, head.loss), 1.0);
    let along = pixel_from_clip(foot) - pixel_from_clip(top);
    if top.w <= 0.0 || top.z <= 0.0 || foot.w <= 0.0 || foot.z <= 0.0 || length(along) < 1.0 {
        return out;
    }
    let nearness = 1.0 - min(head.distance * style.fade, 1.0);
    let reach_px = 0.5 * STEM_PT * frame.px_per_point + 0.5;
    out.across_px = select(-reach_px, reach_px, (corner & 1u) == 1u);
    out.ink = vec4f(team.rgb, STEM_OPACITY * mix(FAINTEST, 1.0, nearness) * veil());
    let end = select(top, foot, corner >= 2u);
    let aside = normalize(vec2f(-along.y, along.x)) * out.across_px;
    out.clip = clip_from_pixel(pixel_from_clip(end) + aside, end.z / end.w);
    return out;
}

@fragment
fn fs_stem(in: Stem) -> @location(0) vec4f {
    let half_px = 0.5 * STEM_PT * frame.px_per_point;
    let covered = clamp(half_px + 0.5 - abs(in.across_px), 0.0, 1.0);
    return vec4f(in.ink.rgb, 1.0) * (in.ink.a * covered);
}
