// What lies between the laying of a trail and its drawing: joints, between which ribbon pieces are
// drawn, and how. Twins of `render::lay_trails::{TrailUniform, Joint}`.

struct TrailStyle {
    // Display-encoded colour; a is 1 where the team is shown.
    teams: array<vec4f, 64>,
    width_pt: f32,
    outline_pt: f32,
    // Opacity at a trail's start; 1 at its head.
    oldest_opacity: f32,
    outline_opacity: f32,
    mesh_cells: f32,
    // 1 follows the surface, 0 draws straight chords from point to point.
    draped: u32,
    // Room for joints.
    capacity: u32,
    // How much of a ribbon's nearness a unit of distance from the landscape's plane takes.
    fade: f32,
    // Of the whole ribbon; of what the surface hides, beside it; and of the glow around it.
    opacity: f32,
    hidden_opacity: f32,
    glow: f32,
}

struct Joint {
    // Until `stand_joints` has run: the place on the landscape's plane.
    px: vec2f,
    depth_per_px: vec2f,
    // Until `stand_joints` has run: the level of the chord's height.
    depth: f32,
    // What the depth may change by within a piece's end cap.
    greatest_tilt: f32,
    // Bits 0 to 5 the team, and RUN_BEGINS, HIDDEN; above NEARNESS_SHIFT the nearness.
    look: u32,
    // 0 at the trail's start, 1 at its head.
    freshness: f32,
}

const RUN_BEGINS: u32 = 0x100u;
// Behind the eye: no piece begins or ends here.
const HIDDEN: u32 = 0x200u;
const NO_JOINT: Joint = Joint(vec2f(0.0), vec2f(0.0), 0.0, 0.0, RUN_BEGINS, 0.0);

// 1 on the landscape's plane, 0 as far from it as the domain reaches.
const NEARNESS_SHIFT: u32 = 16u;
const MOST_NEARNESS: f32 = 65535.0;

fn look_of_nearness(nearness: f32) -> u32 {
    return u32(clamp(nearness, 0.0, 1.0) * MOST_NEARNESS + 0.5) << NEARNESS_SHIFT;
}

fn nearness_of_look(look: u32) -> f32 {
    return f32(look >> NEARNESS_SHIFT) / MOST_NEARNESS;
}

// Pieces that an instance draws.
const BATCH: u32 = 64u;
