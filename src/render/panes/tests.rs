//! The panes of every layout on images of many shapes, and the ways from one to another.

use super::*;
use crate::scene::Layout;

const SIZES: [[u32; 2]; 7] = [
    [1920, 1080],
    [640, 360],
    [3840, 2160],
    [1440, 1080],
    [1080, 1080],
    [1080, 1920],
    [97, 61],
];

const LAYOUTS: [Layout; 3] = [Layout::ThreeD, Layout::Map, Layout::SideBySide];

const ALL: Furniture = Furniture {
    title: true,
    notes: 0,
    legend: true,
    caption: true,
};

fn placement() -> Placement {
    Placement::of_parameters([[-5.0, 5.0], [0.0, 6.0]])
}

fn canvas(size_px: [u32; 2]) -> Canvas {
    Canvas {
        size_px,
        px_per_point: crate::render::overlay::px_per_point(size_px, 1.0),
    }
}

fn camera() -> OrbitCamera {
    OrbitCamera {
        azimuth_deg: 410.0,
        target: Vec3::new(0.05, -0.1, -0.05),
        ..OrbitCamera::default()
    }
}

fn of(mix: LayoutMix, size_px: [u32; 2]) -> Vec<Pane> {
    panes(mix, &camera(), &placement(), canvas(size_px), ALL)
}

/// Where a place of the world falls on the image, in pixels.
fn px(pane: &Pane, world: Vec3) -> Vec2 {
    let ndc = pane.clip_from_world().project_point3(world).truncate();
    let size = Vec2::from(pane.size_px.map(|side| side as f32));
    let corner = Vec2::from(pane.corner_px.map(|side| side as f32));
    corner + (ndc * Vec2::new(0.5, -0.5) + 0.5) * size
}

#[test]
fn the_panes_cover_the_image_once() {
    for size_px in SIZES {
        for step in 0..=50 {
            for layout in LAYOUTS {
                let mix = LayoutMix::from(Layout::ThreeD).towards(layout, f64::from(step) / 50.0);
                let panes = of(mix, size_px);
                let area: u32 = panes
                    .iter()
                    .map(|pane| pane.size_px[0] * pane.size_px[1])
                    .sum();
                assert_eq!(area, size_px[0] * size_px[1], "{mix:?} of {size_px:?}");
                for pane in &panes {
                    let ends = [0, 1].map(|axis| pane.corner_px[axis] + pane.size_px[axis]);
                    assert!(pane.size_px[0] >= 1 && pane.size_px[1] >= 1, "{pane:?}");
                    assert!(ends[0] <= size_px[0] && ends[1] <= size_px[1], "{pane:?}");
                }
            }
        }
    }
}

#[test]
fn a_landscape_alone_has_the_scenes_own_camera() {
    let panes = of(Layout::ThreeD.into(), [1920, 1080]);
    assert_eq!(panes.len(), 1);
    assert_eq!((panes[0].camera, panes[0].flatness), (camera(), 0.0));
    let upright = of(Layout::ThreeD.into(), [500, 1000])[0];
    let width = upright.camera.height_at_target() * 0.5;
    let widest_cut = camera().height_at_target() * NARROWEST_ASPECT;
    assert!((width - widest_cut).abs() < 1e-5, "the sides are cut");
}

#[test]
fn side_by_side_stands_the_map_to_the_right_or_below() {
    for size_px in SIZES {
        let panes = of(Layout::SideBySide.into(), size_px);
        let [first, second] = panes[..] else {
            panic!("{} panes", panes.len());
        };
        let axis = usize::from(size_px[0] < size_px[1]);
        assert_eq!((first.flatness, second.flatness), (0.0, 1.0));
        assert_eq!(first.corner_px, [0, 0]);
        assert_eq!(second.corner_px[axis], first.size_px[axis]);
        assert!(second.size_px[axis].abs_diff(first.size_px[axis]) <= 1);
    }
}

/// North is up, one scale for both parameters, upright sides, and the free part of the image is
/// filled in one direction without being left in the other.
#[test]
fn a_map_fills_what_the_text_leaves_free() {
    for size_px in SIZES {
        for layout in [Layout::Map, Layout::SideBySide] {
            let panes = of(layout.into(), size_px);
            let pane = panes.last().expect("there is one");
            let half = placement().half_extent();
            let [low, high] = [-1.0, 1.0].map(|side| px(pane, (side * half).extend(0.1)));
            assert!(high.x > low.x && high.y < low.y, "{low} {high}");
            let ratio = (high.x - low.x) / (low.y - high.y);
            assert!((ratio - half.x / half.y).abs() < 1e-3, "{ratio}");
            let corner = Vec2::from(pane.corner_px.map(|side| side as f32));
            let end = corner + Vec2::from(pane.size_px.map(|side| side as f32));
            let inside = [
                low.x - corner.x,
                high.y - corner.y,
                end.x - high.x,
                end.y - low.y,
            ];
            assert!(
                inside.iter().all(|room| *room > 0.0),
                "{inside:?} in {pane:?}"
            );
            if size_px[1] < 200 {
                continue;
            }
            let point = canvas(size_px).px_per_point;
            assert!(inside[0] >= BESIDE_MAP * point - 1.0, "{inside:?}");
            assert!(
                inside[3] >= (BELOW_MAP + CAPTION) * point - 1.0,
                "{inside:?}"
            );
            let is_full = inside[0] <= BESIDE_MAP * point + 1.0
                || inside[3] <= (BELOW_MAP + CAPTION) * point + 1.0;
            assert!(is_full, "{inside:?} in {pane:?}");
        }
    }
}

/// Over every way from one layout to another, no place of the world jumps on the image.
#[test]
fn one_layout_becomes_another_without_a_jump() {
    const STEPS: i32 = 1000;
    let places = [-0.4, 0.0, 0.4].map(|x| [-0.2, 0.1].map(|z| Vec3::new(x, 0.3 * x * x - 0.1, z)));
    for (from, to) in LAYOUTS
        .iter()
        .flat_map(|from| LAYOUTS.map(|to| (*from, to)))
    {
        let mut before: Option<Vec<Pane>> = None;
        for step in 0..=STEPS {
            let along = f64::from(step) / f64::from(STEPS);
            let now = of(LayoutMix::from(from).towards(to, along), [1920, 1080]);
            if let Some(before) = &before {
                for (old, new) in before.iter().zip(&now) {
                    for place in places.as_flattened() {
                        let moved = px(old, *place).distance(px(new, *place));
                        assert!(moved < 8.0, "{moved} px from {from} to {to} at {along}");
                    }
                    assert!((old.flatness - new.flatness).abs() < 0.01);
                }
            }
            before = Some(now);
        }
    }
}

#[test]
fn a_second_pane_slides_in_at_its_final_scale() {
    let [half, whole] = [0.5, 1.0]
        .map(|along| LayoutMix::from(Layout::ThreeD).towards(Layout::SideBySide, along))
        .map(|mix| of(mix, [1920, 1080])[1]);
    let width = |pane: &Pane| px(pane, Vec3::X * 0.3).x - px(pane, Vec3::X * -0.3).x;
    assert!((width(&half) - width(&whole)).abs() < 0.01);
    let from_edge = |pane: &Pane| px(pane, Vec3::ZERO) - Vec2::new(pane.corner_px[0] as f32, 0.0);
    assert!(from_edge(&half).distance(from_edge(&whole)) < 0.01);
}
