// The crowd: more heads than can be told apart, as a density. Each is counted in a cell of the
// image, unless the surface hides it; then the cells get the colour of one of their heads, drawn by
// lot, the more opaque the more heads there are, on a log scale. `crowd_layer.wgsl` lays that over
// the picture. Sums and greatest values do not depend on any order: the bits are the same in
// every run. Twin of `render::crowd::CrowdUniform`. The file that joins this one declares
// `surface_depth`, which may have samples.

struct CrowdStyle {
    // Display-encoded colour; a is 1 where the team is shown.
    teams: array<vec4f, 64>,
    // Cells across and down the pane.
    cells: vec2u,
    cell_px: f32,
    mesh_cells: f32,
    // Opacity of a cell with one head, and how it grows with each doubling.
    single_opacity: f32,
    opacity_a_doubling: f32,
    // From so many heads on a cell glows towards white.
    many: f32,
    // Of the glow, with each doubling beyond.
    glow_a_doubling: f32,
}

struct Cell {
    count: atomic<u32>,
    // The greatest lot that a head in the cell has drawn, its team in the last six bits.
    lot: atomic<u32>,
}

@group(1) @binding(2) var<storage, read> heads: array<Head>;
@group(1) @binding(3) var<uniform> descents: Descents;
@group(2) @binding(0) var<uniform> style: CrowdStyle;
@group(2) @binding(1) var<storage, read_write> cells: array<Cell>;
@group(2) @binding(2) var layer: texture_storage_2d<rgba8unorm, write>;

const LANES: u32 = 64u;
// How far off, in pixels, the drawn surface may be beyond what its mesh explains.
const SLACK_PX: f32 = 1.0;
const GREATEST_GLOW: f32 = 0.7;

@compute @workgroup_size(LANES)
fn count_heads(
    @builtin(global_invocation_id) id: vec3u,
    @builtin(num_workgroups) groups: vec3u,
) {
    for (var i = id.x; i < descents.count; i += groups.x * LANES) {
        count_head(i);
    }
}

fn count_head(index: u32) {
    let head = heads[index];
    let team = min(head.team, 63u);
    let is_shown = style.teams[team].a != 0.0 && is_in_domain(head.place)
        && is_finite_point(vec3f(head.place, head.loss));
    let world = world_from_place(head.place, head.loss);
    let clip = frame.clip_from_world * vec4f(world, 1.0);
    let px = pixel_from_clip(clip);
    let inside = all(px >= vec2f(0.0)) && all(px < frame.size_px);
    if !(is_shown && clip.w > 0.0 && clip.z > 0.0 && inside) {
        return;
    }
    let at = footing(head.place, clip, style.mesh_cells, SLACK_PX);
    if at.depth - at.lift > textureLoad(surface_depth, vec2u(px + frame.corner_px), 0) {
        return;
    }
    let cell = min(vec2u(px / style.cell_px), style.cells - 1u);
    let place = cell.y * style.cells.x + cell.x;
    atomicAdd(&cells[place].count, 1u);
    atomicMax(&cells[place].lot, (lot_of(index) << 6u) | team);
}

// PCG's output permutation: https://www.pcg-random.org
fn lot_of(index: u32) -> u32 {
    let state = index * 747796405u + 2891336453u;
    let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
    return (word >> 22u) ^ word;
}

// Turns the counts into colours, and leaves the cells empty for the next picture.
@compute @workgroup_size(LANES)
fn colour_cells(@builtin(global_invocation_id) id: vec3u) {
    if id.x >= style.cells.x || id.y >= style.cells.y {
        return;
    }
    let place = id.y * style.cells.x + id.x;
    let count = atomicLoad(&cells[place].count);
    let team = atomicLoad(&cells[place].lot) & 63u;
    atomicStore(&cells[place].count, 0u);
    atomicStore(&cells[place].lot, 0u);
    let doublings = log2(max(f32(count), 1.0));
    let opacity = min(style.single_opacity + style.opacity_a_doubling * doublings, 1.0)
        * select(0.0, 1.0, count > 0u);
    let glow = clamp(style.glow_a_doubling * log2(max(f32(count) / style.many, 1.0)), 0.0, GREATEST_GLOW);
    let colour = mix(style.teams[team].rgb, vec3f(1.0), glow);
    textureStore(layer, id.xy, vec4f(colour * opacity, opacity));
}
