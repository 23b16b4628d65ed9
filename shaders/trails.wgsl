// The trails' ribbons: four vertices a piece between two joints, as wide on the image everywhere.
// Laid by lay_trails.wgsl. Drawn up to four times: what the surface hides, the glow, then the ribbons
// themselves, which hide each other only where they are chords through the air.

@group(2) @binding(0) var<uniform> style: TrailStyle;
@group(2) @binding(1) var<storage, read> joints: array<Joint>;

// How far the glow reaches from the centre line, in points, and where it has faded to a third.
const GLOW_REACH_PT: f32 = 7.0;
const GLOW_PT: f32 = 3.2;
const GREATEST_GLOW: f32 = 0.4;
// The least opacity with which a chord hides another one.
const CHORD_ALPHA: f32 = 0.25;
const FAR_OFF: f32 = 1e3;
// What rounding may place beyond a seam on both sides of it: a pixel on a seam must be someone's.
const SEAM_OVERLAP_PX: f32 = 0.002;
const OUTLINE: vec3f = vec3f(0.03, 0.03, 0.05);
// Width and opacity of a ribbon as far from the landscape's plane as the domain reaches.
const THINNEST: f32 = 0.45;
const FAINTEST: f32 = 0.2;

struct Ribbon {
    @builtin(position) clip: vec4f,
    // In pixels: along the piece from its middle, across it, and inwards from the lines that part
    // it from the piece before and the one after.
    @location(0) at: vec4f,
    // Colour, and half the piece's length in pixels.
    @location(1) @interpolate(flat) look: vec4f,
    @location(2) opacity: f32,
    // Its part of the whole width.
    @location(3) width: f32,
}

// Whether no piece leads from a to b.
fn is_gap(a: Joint, b: Joint) -> bool {
    return (b.look & RUN_BEGINS) != 0u || ((a.look | b.look) & HIDDEN) != 0u;
}

@vertex
fn vs_main(@builtin(vertex_index) vertex: u32, @builtin(instance_index) batch: u32) -> Ribbon {
    return corner_of_piece(vertex & 3u, batch * BATCH + vertex / 4u, reach_px());
}

@vertex
fn vs_glow(@builtin(vertex_index) vertex: u32, @builtin(instance_index) batch: u32) -> Ribbon {
    let reach = GLOW_REACH_PT * frame.px_per_point;
    return corner_of_piece(vertex & 3u, batch * BATCH + vertex / 4u, reach);
}

// A corner of the piece that begins at joint `number`, drawn as far as `reach_px` from its centre line.
fn corner_of_piece(corner: u32, number: u32, reach_px: f32) -> Ribbon {
    let a = joints[number];
    let b = joints[number + 1u];
    var out: Ribbon;
    out.clip = vec4f(2.0, 2.0, 2.0, 1.0);
    if is_gap(a, b) {
        return out;
    }
    let before = joints[max(number, 1u) - 1u];
    let after = joints[number + 2u];
    let half_length = max(0.5 * distance(a.px, b.px), 1e-3);
    let along = 0.5 * (b.px - a.px) / half_length;
    let across = vec2f(-along.y, along.x);
    let is_end = corner >= 2u;
    let first = seam(before.px, a.px, b.px, is_gap(before, a));
    let last = seam(after.px, b.px, a.px, is_gap(b, after));
    let cap = reach_px * select(first.cap, last.cap, is_end);
    let at = vec2f(
        select(-1.0, 1.0, is_end) * (half_length + cap),
        select(-1.0, 1.0, (corner & 1u) == 1u) * reach_px,
    );
    let px = 0.5 * (a.px + b.px) + at.x * along + at.y * across;
    let inwards = vec2f(inwards_of(px, a.px, first), inwards_of(px, b.px, last));
    out.at = vec4f(at, inwards);
    out.look = vec4f(style.teams[a.look & 63u].rgb, half_length);
    let nearness = nearness_of_look(select(a.look, b.look, is_end));
    out.opacity = mix(style.oldest_opacity, 1.0, select(a.freshness, b.freshness, is_end))
        * mix(FAINTEST, 1.0, nearness);
    out.width = mix(THINNEST, 1.0, nearness);
    out.clip = clip_from_pixel(px, depth_at(a, b, is_end, cap / half_length, at.y * across));
    return out;
}

// Where two pieces meet: the line that halves their angle, and how far beyond the joint each is
// drawn so that it reaches that line, in parts of its reach across.
struct Seam {
    // Into the piece, of length one; 0 where the piece ends with a round cap.
    inwards: vec2f,
    cap: f32,
}

// At b, where the piece on to c meets that from a; a gap ends the piece, and so does a turn by more
// than a right angle. Where a trail crosses a ridge, its image turns back; of the two ways that then
// run side by side, the one behind the ridge must not claim the other's pixels.
fn seam(a: vec2f, b: vec2f, c: vec2f, is_gap: bool) -> Seam {
    if is_gap || dot(b - a, c - b) < 0.0 {
        return Seam(vec2f(0.0), 1.0);
    }
    let onwards = normalize(c - b);
    let inwards = normalize(normalize(b - a) + onwards);
    let cosine = dot(inwards, onwards);
    // The tangent of half the turn; a little more, so that no rounding opens the seam.
    return Seam(inwards, sqrt(max(1.0 - cosine * cosine, 0.0)) / max(cosine, 0.1) + 0.01);
}

// How far `px` lies on the piece's side of a seam at b.
fn inwards_of(px: vec2f, b: vec2f, seam: Seam) -> f32 {
    return select(dot(px - b, seam.inwards), FAR_OFF, all(seam.inwards == vec2f(0.0)));
}

fn reach_px() -> f32 {
    return (0.5 * style.width_pt + style.outline_pt) * frame.px_per_point + 0.5;
}

// Along the piece, the depth is the line's through both joints; across it, the slope's: the gentler
// of both ends', since towards a silhouette the slope on the image grows beyond all bounds.
// `cap_length` is the length of an end cap, in half lengths of the piece.
fn depth_at(a: Joint, b: Joint, is_end: bool, cap_length: f32, across: vec2f) -> f32 {
    let depth_per_px = select(
        b.depth_per_px,
        a.depth_per_px,
        length(a.depth_per_px) < length(b.depth_per_px),
    );
    let rise = 0.5 * (b.depth - a.depth) * cap_length;
    let cap = clamp(rise, -a.greatest_tilt, a.greatest_tilt);
    return select(a.depth - cap, b.depth + cap, is_end) + dot(depth_per_px, across);
}

// The share of a pixel `off` the centre line that a ribbon of `half_width` covers.
fn coverage(off: f32, half_width: f32) -> f32 {
    return clamp(half_width - off + 0.5, 0.0, 1.0) - clamp(-half_width - off + 0.5, 0.0, 1.0);
}

// Each pixel belongs to one piece alone: round joins, nothing blended twice.
fn owns(in: Ribbon) -> bool {
    return min(in.at.z, in.at.w) >= -SEAM_OVERLAP_PX;
}

// The ribbon's colour, premultiplied; nothing where the pixel is another piece's.
fn ribbon(in: Ribbon) -> vec4f {
    let is_own = owns(in);
    let off = off_centre(in);
    let half_width = 0.5 * style.width_pt * frame.px_per_point * in.width;
    let core = coverage(off, half_width);
    let whole = coverage(off, half_width + style.outline_pt * frame.px_per_point);
    let outline = (whole - core) * style.outline_opacity;
    let colour = vec4f(core * in.look.rgb + outline * OUTLINE, core + outline);
    return select(vec4f(0.0), colour * in.opacity * style.opacity, is_own);
}

fn off_centre(in: Ribbon) -> f32 {
    return length(vec2f(max(abs(in.at.x) - in.look.w, 0.0), in.at.y));
}

@fragment
fn fs_main(in: Ribbon) -> @location(0) vec4f {
    return ribbon(in);
}

@fragment
fn fs_hidden(in: Ribbon) -> @location(0) vec4f {
    return ribbon(in) * style.hidden_opacity;
}

// On the floor, which goes where the landscape sinks to its map.
@fragment
fn fs_floor(in: Ribbon) -> @location(0) vec4f {
    return ribbon(in) * (1.0 - frame.flatness);
}

// Chords cross in the air and hide each other: what is nearly nothing must not.
@fragment
fn fs_chord(in: Ribbon) -> @location(0) vec4f {
    let colour = ribbon(in);
    if colour.a < CHORD_ALPHA * in.opacity * style.opacity {
        discard;
    }
    return colour;
}

@fragment
fn fs_glow(in: Ribbon) -> @location(0) vec4f {
    let is_own = owns(in);
    let off = off_centre(in) / frame.px_per_point;
    let part = off / GLOW_PT;
    // To nothing at its reach, so that no edge shows.
    let light = exp(-part * part) * saturate(GLOW_REACH_PT - off);
    let alpha = GREATEST_GLOW * style.glow * light * in.opacity;
    return select(vec4f(0.0), vec4f(in.look.rgb, 1.0) * alpha, is_own);
}
