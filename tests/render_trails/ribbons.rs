//! The joints and pieces of ribbons: how wide, how near the surface, how many.

use crate::assert_same_layout;
use crate::losses::{EGG_CRATE, HIMMELBLAU, RAMP, Random, Trail, curves, places, race, zigzags};
use crate::sight::{Sight, any_camera};
use crate::stand::{Drawn, Stand, ball, inked, plain, white};
use glam::DVec2;
use thalweg::camera::OrbitCamera;
use thalweg::render::heads::{HeadStyle, HeadUniform};
use thalweg::render::lay_trails::{Joint, Span, TrailStyle, TrailUniform};
use thalweg::shader::{self, LandscapeText};

/// A straight trail over the ramp, and the coverage of a ribbon across it on the image.
#[test]
fn a_ribbon_is_as_wide_near_and_far_steep_and_flat() {
    const SIZE: [u32; 2] = [200, 150];
    let trail = vec![[-4.5, 0.3], [-1.0, 0.3], [4.5, 0.3]];
    let mut stand = Stand::new(&RAMP, &[trail], 1, false);
    for (width_pt, distance, elevation_deg) in [
        (1.6, 0.8, 35.0),
        (1.6, 2.6, 35.0),
        (1.6, 6.0, 35.0),
        (4.0, 2.6, 35.0),
        (0.6, 2.6, 35.0),
        (4.0, 2.6, 12.0),
        (4.0, 2.6, 90.0),
    ] {
        stand.style(&plain(width_pt), &HeadStyle::default());
        let camera = OrbitCamera {
            azimuth_deg: 0.0,
            elevation_deg,
            distance,
            ..Default::default()
        };
        let image = stand.picture(&camera, SIZE, Drawn::Trails);
        for x in [85, 100, 115] {
            let column = (0..SIZE[1]).map(|y| image[((y * SIZE[0] + x) * 4) as usize]);
            let width_px = column.map(f32::from).sum::<f32>() / 255.0;
            assert!(
                (width_px - width_pt).abs() < 0.02,
                "{width_px} px instead of {width_pt} at distance {distance}, {elevation_deg}°"
            );
        }
    }
}

/// The piece of a polyline nearest to `px`, in pixels.
fn distance_to_pieces(joints: &[Joint], px: DVec2) -> f64 {
    let point = |joint: &Joint| DVec2::from(joint.px.map(f64::from));
    joints
        .windows(2)
        .filter(|pair| pair[1].look & RUN_BEGINS == 0)
        .map(|pair| {
            let (a, b) = (point(&pair[0]), point(&pair[1]));
            let t = (px - a).dot(b - a) / (b - a).length_squared();
            px.distance(a.lerp(b, t.clamp(0.0, 1.0)))
        })
        .fold(f64::INFINITY, f64::min)
}

/// `RUN_BEGINS` of the WGSL.
const RUN_BEGINS: u32 = 0x100;

#[test]
fn pieces_follow_the_surface_within_a_pixel() {
    const SIZE: [u32; 2] = [960, 720];
    let mut random = Random(5);
    for loss in [&HIMMELBLAU, &EGG_CRATE] {
        let trails = curves(&mut random);
        let mut stand = Stand::new(loss, &trails, 1, false);
        stand.style(&plain(2.0), &HeadStyle::default());
        let camera = any_camera(&mut random);
        stand.picture(&camera, SIZE, Drawn::Trails);
        let sight = Sight::new(&camera, SIZE);
        let (spans, joints) = stand.laid();
        for (trail, span) in trails.iter().zip(spans) {
            let joints = &joints[span.first as usize..][..span.room as usize];
            let on_image = |place| sight.px(loss.world(place), 0.0);
            let truth: Vec<DVec2> = places(trail, 0.004)
                .into_iter()
                .filter_map(on_image)
                .collect();
            assert!(truth.len() > 100 && joints.len() < truth.len());
            for px in &truth {
                let off = distance_to_pieces(joints, *px);
                assert!(off < 1.0, "{px} is {off} px off the nearest piece");
            }
            for joint in joints {
                let px = DVec2::from(joint.px.map(f64::from));
                let off = truth.windows(2).map(|pair| {
                    let t = (px - pair[0]).dot(pair[1] - pair[0])
                        / (pair[1] - pair[0]).length_squared().max(1e-12);
                    px.distance(pair[0].lerp(pair[1], t.clamp(0.0, 1.0)))
                });
                let off = off.fold(f64::INFINITY, f64::min);
                let outside = px.cmplt(DVec2::ONE).any() || px.cmpgt(sight.size - 1.0).any();
                assert!(
                    off < 0.3 || outside,
                    "a joint at {px} is {off} px off the trail"
                );
            }
        }
    }
}

#[test]
fn the_same_frame_has_the_same_bits() {
    let trails = race(60, 80);
    let camera = OrbitCamera::default();
    let draw = || {
        let mut stand = Stand::new(&HIMMELBLAU, &trails, 5, true);
        stand.style(&TrailStyle::default(), &HeadStyle::default());
        let image = stand.picture(&camera, [480, 270], Drawn::Both);
        let (spans, joints) = stand.laid();
        (
            image,
            bytemuck::cast_slice::<_, u8>(&joints).to_vec(),
            spans,
        )
    };
    assert!(draw() == draw());
}

/// More points than a row of the texture has that they are read from, and than two have.
#[test]
fn each_of_many_long_trails_lies_as_it_would_alone() {
    let wave = |trail: usize| {
        let point = |k: usize| {
            let x = -4.5 + 9.0 * k as f64 / 1299.0;
            [x, trail as f64 - 3.0 + 0.4 * (0.02 * k as f64).sin()]
        };
        (0..1300).map(point).collect::<Trail>()
    };
    let joints_of = |trails: &[Trail]| {
        let mut stand = Stand::new(&EGG_CRATE, trails, 1, false);
        stand.style(&plain(2.0), &HeadStyle::default());
        stand.picture(&OrbitCamera::default(), [320, 240], Drawn::Trails);
        stand.laid()
    };
    let trails: Vec<_> = (0..7).map(wave).collect();
    let (spans, together) = joints_of(&trails);
    for (trail, span) in trails.into_iter().zip(spans) {
        let (_, alone) = joints_of(&[trail]);
        let own = &together[span.first as usize..][..span.room as usize];
        assert!(own.len() > 20 && own.len() == alone.len());
        assert!(
            own.iter()
                .zip(&alone)
                .all(|(own, alone)| own.px == alone.px)
        );
    }
}

#[test]
fn spans_lie_one_after_the_other_and_share_what_room_there_is() {
    for (trails, is_short) in [(race(300, 20), false), (zigzags(300, 12), true)] {
        let mut stand = Stand::new(&EGG_CRATE, &trails, 2, false);
        stand.style(&plain(2.0), &HeadStyle::default());
        stand.picture(&OrbitCamera::default(), [1600, 1200], Drawn::Trails);
        let (spans, joints) = stand.laid();
        let capacity = stand.trails.buffers().capacity;
        let wanted: u32 = spans.iter().map(|span| span.candidates).sum();
        assert_eq!(wanted > capacity, is_short, "{wanted} of {capacity}");
        let mut first = 0;
        for (i, span) in spans.iter().enumerate() {
            assert_eq!(span.first, first, "trail {i}");
            let share = f64::from(span.room) / f64::from(span.candidates);
            let even = (f64::from(capacity) / f64::from(wanted)).min(1.0);
            assert!((0.98 * even..=1.0).contains(&share), "trail {i}: {span:?}");
            assert!(span.room >= span.candidates.min(2), "trail {i}: {span:?}");
            let own = &joints[first as usize..][..span.room as usize];
            let begins: Vec<_> = own
                .iter()
                .map(|joint| joint.look & RUN_BEGINS != 0)
                .collect();
            assert!(begins.first().is_none_or(|begins| *begins), "trail {i}");
            assert!(
                own.iter()
                    .all(|joint| joint.look & 63 == i as u32 * 2 / spans.len() as u32)
            );
            first += span.room;
        }
        assert_eq!(first as usize, joints.len());
        assert!(first <= capacity);
    }
}

#[test]
fn a_hidden_team_is_not_drawn() {
    let mut teams = white();
    teams[0][3] = 0.0;
    let mut stand = Stand::new(&RAMP, &[vec![[-2.0, 0.0], [2.0, 0.0]]], 1, false);
    let heads = HeadStyle { teams, ..ball() };
    stand.style(
        &TrailStyle {
            teams,
            ..plain(2.0)
        },
        &heads,
    );
    let image = stand.picture(&OrbitCamera::default(), [200, 150], Drawn::Both);
    assert_eq!(inked(&image), 0);
}

#[test]
fn the_structs_are_those_of_the_shaders() {
    let text = LandscapeText::default();
    let (lay, trails, heads) = (
        shader::lay_trails(&text),
        shader::trails(&text),
        shader::heads(&text),
    );
    for text in [&lay, &trails] {
        assert_same_layout!(
            text,
            "TrailStyle",
            TrailUniform,
            [
                teams,
                width_pt,
                outline_pt,
                oldest_opacity,
                outline_opacity,
                mesh_cells,
                draped,
                capacity,
                fade,
                opacity,
                hidden_opacity,
                glow,
            ]
        );
        assert_same_layout!(
            text,
            "Joint",
            Joint,
            [px, depth_per_px, depth, greatest_tilt, look, freshness,]
        );
    }
    assert_same_layout!(&lay, "Span", Span, [first, room, candidates, trail_length]);
    assert_same_layout!(
        &heads,
        "HeadStyle",
        HeadUniform,
        [
            teams,
            radius_pt,
            outline_pt,
            mesh_cells,
            draped,
            fade,
            hidden_opacity,
            shapes,
        ]
    );
}
