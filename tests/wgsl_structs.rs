//! Every struct shared with WGSL has one layout: naga is asked for the shader's, Rust for its own.

mod common;

use common::shaders::{evaluate_field, exact, refine_field, step_descents, text};
use common::source::{Source, rust_files};
use thalweg::render::arrows::ArrowInstance;
use thalweg::render::colour::ThemeUniform;
use thalweg::render::crowd::{CrowdUniform, LayerUniform};
use thalweg::render::frame::FrameUniform;
use thalweg::render::heads::HeadUniform;
use thalweg::render::lay_trails::{Joint, Span, TrailUniform};
use thalweg::render::map_figure::Slope;
use thalweg::render::marks::{Mark, MarkUniform};
use thalweg::render::patches::PatchInstance;
use thalweg::render::sketch::TracedUniform;
use thalweg::render::slopes::SlopeUniform;
use thalweg::shader;
use thalweg::simulation::descents::{DescentsUniform, Head};
use thalweg::simulation::plane::PlaneUniform;
use thalweg::simulation::{JobUniform, ReachUniform};

/// Makes a test of each line, and the list of the Rust structs that have one:
/// `test: RustStruct is "WgslStruct" in [texts] with [fields]`.
macro_rules! twins {
    ($($test:ident: $rust:ident is $name:literal in [$($text:expr),+] with [$($field:ident),+];)+) => {
        const TWINS: &[&str] = &[$(stringify!($rust)),+];
        $(
            #[test]
            fn $test() {
                for text in [$($text),+] {
                    assert_same_layout!(&text, $name, $rust, [$($field),+]);
                }
            }
        )+
    };
}

twins! {
    plane: PlaneUniform is "Plane" in
        [evaluate_field(), step_descents(), shader::surface(&exact())] with
        [origin, u, v, to_a, to_b, domain_min, domain_max];
    job: JobUniform is "Job" in [step_descents()] with
        [count, first, first_of_team, steps_before, steps, trail_points, stride, trail_every, team,
        converged_gradient_square, converged_loss, seed, centre, reach, sure_reach];
    reach: ReachUniform is "Reach" in [refine_field()] with [first, end, stride, keeps];
    descents: DescentsUniform is "Descents" in [step_descents(), shader::trails(&text())] with
        [count, trail_points, stride, step, trail_every];
    head: Head is "Head" in [step_descents(), shader::heads(&text())] with
        [place, loss, status, end_step, team, distance];
    frame: FrameUniform is "Frame" in [shader::surface(&text()), shader::trails(&text())] with
        [clip_from_world, world_from_clip, image_px, corner_px, domain_min, domain_max, world_per_parameter, size_px,
        height_low, height_high, height_unit, height_law, box_height, px_per_point, ground_z,
        flatness, eye, rim_direction, traced];
    theme: ThemeUniform is "Theme" in
        [shader::backdrop(&text()), shader::contour_map(&text()), shader::surface(&text())] with
        [ground, shadow, ground_edge, map_fill, ink, map_lift, checks_pt];
    head_style: HeadUniform is "HeadStyle" in [shader::heads(&text())] with
        [teams, radius_pt, outline_pt, mesh_cells, draped, fade, hidden_opacity, shapes];
    arrow: ArrowInstance is "Arrow" in [shader::arrows(&text())] with
        [tail, width_pt, tip, head_pt, colour, kind];
    patch: PatchInstance is "Patch" in [shader::patches(&text())] with
        [corners, colour, line_opacity, parts, touches];
    traced: TracedUniform is "Traced" in [shader::surface(&text()), shader::contour_map(&text())] with
        [first, second, level, place, height, width_pt];
    mark: Mark is "Mark" in [shader::marks(&text())] with
        [place, kind, nearness, floats, loss];
    mark_style: MarkUniform is "MarkStyle" in [shader::marks(&text())] with
        [ink, ring_radius_pt, edge, dot_radius_pt, mesh_cells];
    trail_style: TrailUniform is "TrailStyle" in [shader::lay_trails(&text()), shader::trails(&text())] with
        [teams, width_pt, outline_pt, oldest_opacity, outline_opacity, mesh_cells, draped,
        capacity, fade, opacity, hidden_opacity, glow];
    slope_style: SlopeUniform is "SlopeStyle" in [shader::slopes(&text())] with
        [ink, opacity, edge, shaft_pt, tip_pt];
    slope: Slope is "Slope" in [shader::slopes(&text())] with [place, step];
    crowd_style: CrowdUniform is "CrowdStyle" in
        [shader::crowd(&text(), false), shader::crowd(&text(), true)] with
        [teams, cells, cell_px, mesh_cells, single_opacity, opacity_a_doubling, many,
        glow_a_doubling];
    layer_style: LayerUniform is "LayerStyle" in [shader::crowd_layer(&text())] with
        [cells, cell_px];
    span: Span is "Span" in [shader::lay_trails(&text())] with
        [first, room, candidates, trail_length];
    joint: Joint is "Joint" in [shader::lay_trails(&text()), shader::trails(&text())] with
        [px, depth_per_px, depth, greatest_tilt, look, freshness];
}

/// The sources hold no struct of plain bytes in C's layout that the list above leaves out.
#[test]
fn every_shared_struct_has_its_line() {
    for source in rust_files() {
        for (name, line) in structs_in_c_layout(&source) {
            assert!(
                TWINS.contains(&name.as_str()),
                "{}:{line}: {name} is #[repr(C)], so tests/wgsl_structs.rs needs a line for it",
                source.path
            );
        }
    }
}

/// Each `struct` that follows `#[repr(C)]`, with its line.
fn structs_in_c_layout(source: &Source) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (i, window) in source.tokens.windows(3).enumerate() {
        if window[0].is("repr") && window[1].is("(") && window[2].is("C") {
            let mut rest = source.tokens[i..].iter().skip_while(|t| !t.is("struct"));
            let name = rest.nth(1).expect("#[repr(C)] stands before a struct");
            found.push((name.text.clone(), name.line));
        }
    }
    found
}
