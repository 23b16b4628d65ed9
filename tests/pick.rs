//! What lies under the pointer, against exact rays through the loss itself.

mod common;

use common::ray::{Hit, Landscape, eyes, himmelblau};
use glam::Vec2;
use thalweg::app::pick::{Ground, Sight};
use thalweg::camera::{OrbitCamera, Projection};
use thalweg::render::frame::Placement;
use thalweg::render::height::{HeightLaw, HeightScale};

const SIZE: [u32; 2] = [160, 100];
const DOMAIN: [[f64; 2]; 2] = [[-5.0, 5.0], [-4.0, 5.0]];
const CELLS: u32 = 256;

fn height() -> HeightScale {
    HeightScale::of(HeightLaw::Log { unit: 12.0 }, [0.0, 1.6])
}

/// The field as the GPU would have it; where `hole` says so there is nothing.
fn nodes(hole: impl Fn(f64, f64) -> bool) -> Vec<[f32; 4]> {
    let at = |i: u32, axis: usize| {
        let [low, high] = DOMAIN[axis];
        low + (high - low) * f64::from(i) / f64::from(CELLS)
    };
    let indices = (0..=CELLS).flat_map(|j| (0..=CELLS).map(move |i| (i, j)));
    indices
        .map(|(i, j)| {
            let (x, y) = (at(i, 0), at(j, 1));
            let (a, b) = (x * x + y - 11.0, x + y * y - 7.0);
            if hole(x, y) {
                return [0.0; 4];
            }
            let slopes = [4.0 * a * x + 2.0 * b, 2.0 * a + 4.0 * b * y];
            [
                himmelblau(x, y) as f32,
                slopes[0] as f32,
                slopes[1] as f32,
                1.0,
            ]
        })
        .collect()
}

fn ground<'a>(nodes: &'a [[f32; 4]], height: &'a HeightScale) -> Ground<'a> {
    Ground {
        nodes,
        cells: [CELLS; 2],
        placement: Placement::of_parameters(DOMAIN),
        height,
    }
}

fn sight(camera: &OrbitCamera, x: usize, y: usize) -> Sight {
    let [width, height] = SIZE.map(|side| side as f32);
    Sight {
        clip_from_world: camera.clip_from_world(width / height),
        size_px: Vec2::new(width, height),
        at_px: Vec2::new(x as f32 + 0.5, y as f32 + 0.5),
    }
}

fn distance(a: &Hit, world: [f64; 2]) -> f64 {
    (a.world[0] - world[0]).hypot(a.world[1] - world[1])
}

/// Every pixel away from silhouettes: the place is that of the ray's first meeting with the loss.
#[test]
fn the_place_under_the_pointer_is_where_the_line_of_sight_meets_the_surface() {
    let nodes = nodes(|_, _| false);
    let height = height();
    let ground = ground(&nodes, &height);
    let landscape = Landscape::new(himmelblau, DOMAIN, height.clone());
    let scale = landscape.scale();
    let world_of = |place: [f64; 2]| {
        let centre = DOMAIN.map(|[low, high]| 0.5 * (low + high));
        [
            (place[0] - centre[0]) * scale,
            (place[1] - centre[1]) * scale,
        ]
    };
    for camera in eyes() {
        let hits = landscape.hits(&camera, SIZE);
        let mut judged = 0;
        for (x, y) in hits.inner_pixels() {
            let expected = hits.at(x, y);
            let is_edge = hits.around(x, y).any(|other| match (expected, other) {
                (Some(hit), Some(other)) => distance(hit, [other.world[0], other.world[1]]) > 0.06,
                (here, other) => here.is_some() != other.is_some(),
            });
            if is_edge {
                continue;
            }
            judged += 1;
            let picked = ground.on_surface(&sight(&camera, x, y));
            assert_eq!(
                picked.is_some(),
                expected.is_some(),
                "{camera:?} at {x}, {y}"
            );
            if let (Some(place), Some(hit)) = (picked, expected) {
                let off = distance(hit, world_of(place));
                assert!(off < 5e-4, "{camera:?} at {x}, {y}: {off} world units off");
                let sight = sight(&camera, x, y);
                let back = ground.pixel_of(place, himmelblau(place[0], place[1]), &sight);
                let off_px = (back - sight.at_px).length();
                assert!(off_px < 0.1, "{camera:?} at {x}, {y}: {off_px} pixels off");
            }
        }
        assert!(judged > 10_000, "{judged} pixels judged from {camera:?}");
    }
}

/// From right above, a hole is seen through to the floor, whose place is that of the pixel.
#[test]
fn holes_are_seen_through_to_the_floor() {
    let nodes = nodes(|x, y| x.hypot(y) < 2.0);
    let height = height();
    let ground = ground(&nodes, &height);
    let camera = OrbitCamera {
        azimuth_deg: 0.0,
        elevation_deg: 90.0,
        projection: Projection::Orthographic,
        ..OrbitCamera::default()
    };
    let centre = DOMAIN.map(|[low, high]| 0.5 * (low + high));
    let world_a_pixel = f64::from(camera.height_at_target()) / f64::from(SIZE[1]);
    let scale = 1.0 / 10.0;
    let (mut on_surface, mut on_floor) = (0, 0);
    for x in 0..SIZE[0] as usize {
        for y in 0..SIZE[1] as usize {
            let right = (x as f64 + 0.5 - 0.5 * f64::from(SIZE[0])) * world_a_pixel / scale;
            let up = (0.5 * f64::from(SIZE[1]) - y as f64 - 0.5) * world_a_pixel / scale;
            let place = [centre[0] + right, centre[1] + up];
            let is_inside = (0..2).all(|i| place[i] > DOMAIN[i][0] && place[i] < DOMAIN[i][1]);
            let sight = sight(&camera, x, y);
            let floor = ground.on_floor(&sight);
            assert_eq!(floor.is_some(), is_inside, "{place:?}");
            let r = place[0].hypot(place[1]);
            let picked = ground.on_surface(&sight);
            if is_inside && (r - 2.0).abs() > 0.1 {
                assert_eq!(picked.is_some(), r > 2.0, "{place:?}");
            }
            for found in [floor, picked].into_iter().flatten() {
                let off = (found[0] - place[0]).hypot(found[1] - place[1]);
                assert!(off < 1e-4, "{found:?} for {place:?}");
            }
            on_surface += usize::from(picked.is_some());
            on_floor += usize::from(floor.is_some());
        }
    }
    assert!(
        on_surface > 2000 && on_floor > on_surface,
        "{on_surface}, {on_floor}"
    );
}

/// What is written beside the pointer is the loss there, to what the field's cells allow.
#[test]
fn the_field_between_its_nodes_is_the_loss() {
    let nodes = nodes(|_, _| false);
    let height = height();
    let ground = ground(&nodes, &height);
    for (x, y) in [
        (0.013, -1.72),
        (4.99, 4.98),
        (-3.3, 2.2),
        (-5.0, -4.0),
        (5.0, 5.0),
    ] {
        let loss = ground.loss_at([x, y]).expect("inside");
        let off = (loss - himmelblau(x, y)).abs();
        assert!(off < 2e-4 * (1.0 + himmelblau(x, y)), "{x}, {y}: {off}");
    }
    assert_eq!(ground.loss_at([5.01, 0.0]), None);
}
