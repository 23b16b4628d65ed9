// The trails' ribbons: one instance a piece between two joints, as wide on the image everywhere.
// Twins of the structs in lay_trails.wgsl.

struct TrailStyle {
    teams: array<vec4f, 64>,
    width_pt: f32,
    outline_pt: f32,
    oldest_opacity: f32,
    outline_opacity: f32,
    mesh_cells: f32,
    draped: u32,
    capacity: u32,
}

struct Joint {
    px: vec2f,
    depth_per_px: vec2f,
    depth: f32,
    greatest_tilt: f32,
    look: u32,
    freshness: f32,
}

@group(2) @binding(0) var<uniform> style: TrailStyle;
@group(2) @binding(1) var<storage, read> joints: array<Joint>;

const RUN_BEGINS: u32 = 0x100u;
const HIDDEN: u32 = 0x200u;
const FAR_OFF: vec4f = vec4f(1e6, 1e6, 1e6, 1e6);
const OUTLINE: vec3f = vec3f(0.03, 0.03, 0.05);

struct Ribbon {
    @builtin(position) clip: vec4f,
    // The piece from xy to zw, the one before it and the one after it, in pixels.
    @location(0) @interpolate(flat) piece: vec4f,
    @location(1) @interpolate(flat) piece_before: vec4f,
    @location(2) @interpolate(flat) piece_after: vec4f,
    @location(3) @interpolate(flat) colour: vec3f,
    @location(4) opacity: f32,
}

// Whether no piece leads from a to b.
fn is_gap(a: Joint, b: Joint) -> bool {
    return (b.look & RUN_BEGINS) != 0u || ((a.look | b.look) & HIDDEN) != 0u;
}

@vertex
fn vs_main(@builtin(vertex_index) corner: u32, @builtin(instance_index) index: u32) -> Ribbon {
    let a = joints[index];
    let b = joints[index + 1u];
    var out: Ribbon;
    out.clip = vec4f(2.0, 2.0, 2.0, 1.0);
    if is_gap(a, b) {
        return out;
    }
    let before = joints[max(index, 1u) - 1u];
    let after = joints[index + 2u];
    out.piece = vec4f(a.px, b.px);
    let ends_before = is_gap(before, a) || is_hairpin(before.px, a.px, b.px);
    let ends_after = is_gap(b, after) || is_hairpin(a.px, b.px, after.px);
    out.piece_before = select(vec4f(before.px, a.px), FAR_OFF, ends_before);
    out.piece_after = select(vec4f(b.px, after.px), FAR_OFF, ends_after);
    out.colour = style.teams[a.look & 63u].rgb;
    out.opacity = mix(style.oldest_opacity, 1.0, select(a.freshness, b.freshness, corner >= 2u));
    out.clip = corner_of_piece(a, b, corner);
    return out;
}

// A turn by more than a right angle. Where a trail crosses a ridge, its image turns back; of the two
// ways that then run side by side, the one behind the ridge must not claim the other's pixels.
fn is_hairpin(a: vec2f, b: vec2f, c: vec2f) -> bool {
    return dot(b - a, c - b) < 0.0;
}

fn reach_px() -> f32 {
    return (0.5 * style.width_pt + style.outline_pt) * frame.px_per_point + 0.5;
}

// Along the piece, the depth is the line's through both joints; across it, the slope's: the gentler
// of both ends', since towards a silhouette the slope on the image grows beyond all bounds.
fn corner_of_piece(a: Joint, b: Joint, corner: u32) -> vec4f {
    let length_px = max(distance(a.px, b.px), 1e-3);
    let along = (b.px - a.px) / length_px;
    let reach = reach_px();
    let across = vec2f(-along.y, along.x) * select(-reach, reach, (corner & 1u) == 1u);
    let depth_per_px = select(
        b.depth_per_px,
        a.depth_per_px,
        length(a.depth_per_px) < length(b.depth_per_px),
    );
    let tilt = dot(depth_per_px, across);
    let cap = clamp((b.depth - a.depth) * reach / length_px, -a.greatest_tilt, a.greatest_tilt);
    if corner >= 2u {
        let px = b.px + along * reach + across;
        return clip_from_pixel(px, b.depth + cap + tilt);
    }
    let px = a.px - along * reach + across;
    return clip_from_pixel(px, a.depth - cap + tilt);
}

fn distance_to(piece: vec4f, px: vec2f) -> f32 {
    let along = piece.zw - piece.xy;
    let offset = px - piece.xy;
    let t = clamp(dot(offset, along) / max(dot(along, along), 1e-6), 0.0, 1.0);
    return distance(offset, along * t);
}

// The share of a pixel `off` the centre line that a ribbon of `half_width` covers.
fn coverage(off: f32, half_width: f32) -> f32 {
    return clamp(half_width - off + 0.5, 0.0, 1.0) - clamp(-half_width - off + 0.5, 0.0, 1.0);
}

@fragment
fn fs_main(in: Ribbon) -> @location(0) vec4f {
    let px = in.clip.xy;
    let off = distance_to(in.piece, px);
    // Each pixel belongs to the nearest piece alone: round joins, nothing blended twice.
    if off >= distance_to(in.piece_before, px) || off > distance_to(in.piece_after, px) {
        return vec4f(0.0);
    }
    let half_width = 0.5 * style.width_pt * frame.px_per_point;
    let core = coverage(off, half_width);
    let whole = coverage(off, half_width + style.outline_pt * frame.px_per_point);
    let outline = (whole - core) * style.outline_opacity;
    return vec4f(core * in.colour + outline * OUTLINE, core + outline) * in.opacity;
}
