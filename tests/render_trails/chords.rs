//! Chords through the air.

use crate::losses::{EGG_CRATE, HIMMELBLAU, Loss, Random, Trail};
use crate::sight::{Sight, Sighting, any_camera, sighting_in_air};
use crate::stand::{Drawn, Stand, plain, white};
use glam::{DVec2, DVec3};
use thalweg::camera::OrbitCamera;
use thalweg::render::heads::HeadStyle;
use thalweg::render::lay_trails::TrailStyle;

/// Points along the straight line in the world between a trail's points, with where they stand.
fn chord_points(loss: &Loss, trail: &Trail, step: f64) -> Vec<DVec3> {
    let mut points = Vec::new();
    for pair in trail.windows(2) {
        let [a, b] = [pair[0], pair[1]].map(|place| loss.world(DVec2::from(place)));
        let count = (a.distance(b) / step).ceil().max(1.0) as usize;
        points.extend((0..=count).map(|i| a.lerp(b, i as f64 / count as f64)));
    }
    points
}

/// A big jump is one straight line through the air: drawn wherever a line of sight in f64 reaches
/// that line before the surface, and nowhere where the surface stands before it.
#[test]
fn a_chord_is_straight_in_the_air_and_hidden_by_what_stands_before_it() {
    const SIZE: [u32; 2] = [480, 360];
    let mut random = Random(23);
    for loss in [&HIMMELBLAU, &EGG_CRATE] {
        let (mut visible, mut hidden, mut missing, mut through, mut bent) = (0, 0, 0, 0, 0);
        for _ in 0..3 {
            let trail: Trail = (0..7)
                .map(|_| [0; 2].map(|_| random.between(-4.8, 4.8)))
                .collect();
            let mut stand = Stand::new(loss, std::slice::from_ref(&trail), 1, false);
            let style = TrailStyle {
                draped: false,
                ..plain(2.0)
            };
            stand.style(&style, &HeadStyle::default());
            for _ in 0..4 {
                let camera = any_camera(&mut random);
                let image = stand.picture(&camera, SIZE, Drawn::Trails);
                let sight = Sight::new(&camera, SIZE);
                let pixel = |px: DVec2| 4 * (px.y as usize * SIZE[0] as usize + px.x as usize);
                let points = chord_points(loss, &trail, 0.004);
                let on_image: Vec<(DVec3, DVec2)> = points
                    .into_iter()
                    .filter_map(|world| Some((world, sight.px(world, 4.0)?)))
                    .collect();
                let seen: Vec<_> = on_image
                    .iter()
                    .map(|(world, px)| sighting_in_air(&sight, loss, *world, *px, 0.01))
                    .collect();
                let near_drawable = |px: DVec2| {
                    let pairs = on_image.iter().zip(&seen);
                    pairs
                        .filter(|(_, seen)| **seen != Sighting::Hidden)
                        .any(|((_, other), _)| other.distance(px) < 4.0)
                };
                for ((_, px), seen) in on_image.iter().zip(&seen) {
                    match seen {
                        Sighting::Visible => {
                            visible += 1;
                            missing += usize::from(image[pixel(*px)] < 100);
                        }
                        Sighting::Hidden if !near_drawable(*px) => {
                            hidden += 1;
                            through += usize::from(image[pixel(*px)] > 20);
                        }
                        _ => {}
                    }
                }
                // And no ink anywhere else: a chord does not bend.
                for (index, rgba) in image.chunks_exact(4).enumerate() {
                    let at = [index % SIZE[0] as usize, index / SIZE[0] as usize];
                    let at = DVec2::new(at[0] as f64 + 0.5, at[1] as f64 + 0.5);
                    let inside = at.cmpge(DVec2::splat(8.0)).all()
                        && at.cmple(sight.size - DVec2::splat(8.0)).all();
                    let is_near = || on_image.iter().any(|(_, px)| px.distance(at) < 3.0);
                    bent += usize::from(inside && rgba[0] > 60 && !is_near());
                }
            }
        }
        println!(
            "{visible} visible, {missing} missing; {hidden} hidden, {through} through; {bent} bent"
        );
        assert!(visible > 1500 && hidden > 100, "{visible} {hidden}");
        assert_eq!((through, bent), (0, 0));
        assert!(missing * 1000 < 3 * visible, "{missing} of {visible}");
    }
}

/// Two chords that cross on the image hide each other by their distance, not by their order.
#[test]
fn of_two_chords_the_nearer_one_is_in_front() {
    const SIZE: [u32; 2] = [300, 200];
    let mut teams = white();
    (teams[0], teams[1]) = ([1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0]);
    // Both over the middle hill, from corner to corner; the second pair of corners is higher.
    let [far, near] = [
        vec![[-4.8, -4.8], [4.8, 4.8]],
        vec![[-4.8, 4.8], [4.8, -4.8]],
    ];
    let camera = OrbitCamera {
        azimuth_deg: 0.0,
        elevation_deg: 80.0,
        ..Default::default()
    };
    let sight = Sight::new(&camera, SIZE);
    for (trails, front) in [([near.clone(), far.clone()], 0), ([far, near], 1)] {
        let mut stand = Stand::new(&HIMMELBLAU, &trails, 2, false);
        let style = TrailStyle {
            teams,
            draped: false,
            ..plain(6.0)
        };
        stand.style(&style, &HeadStyle::default());
        let image = stand.picture(&camera, SIZE, Drawn::Trails);
        let lines = trails
            .each_ref()
            .map(|trail| chord_points(&HIMMELBLAU, trail, 0.004));
        let px = |world: &DVec3| sight.px(*world, 0.0).unwrap_or(DVec2::NAN);
        let crossings = lines[0].iter().flat_map(|a| {
            lines[1]
                .iter()
                .filter(move |b| px(a).distance(px(b)) < 1.0)
                .map(move |b| (a, b))
        });
        let eye = camera.eye().as_dvec3();
        let (a, b) = crossings.last().expect("they cross on the image");
        assert!(
            a.z.min(b.z) > HIMMELBLAU.z(DVec2::ZERO) + 0.02,
            "in the air"
        );
        let nearer = usize::from(b.distance(eye) < a.distance(eye));
        assert_eq!(nearer, front, "the scene is as it is said to be");
        assert!((a.distance(eye) - b.distance(eye)).abs() > 0.008);
        let at = px(a);
        let pixel = 4 * (at.y as usize * SIZE[0] as usize + at.x as usize);
        let ink = [image[pixel], image[pixel + 1]];
        assert!(
            ink[front] > 200 && ink[1 - front] < 60,
            "{ink:?} with {front} in front"
        );
    }
}
