//! Ribbons behind a ridge, on the floor and in their glow.

use crate::losses::{DOMAIN, EGG_CRATE, RAMP, Random, Trail, curves, places};
use crate::sight::{BEHIND, Sight, Sighting, any_camera, sighting, sighting_in_air};
use crate::stand::{Drawn, Stand, plain};
use glam::DVec2;
use thalweg::camera::OrbitCamera;
use thalweg::render::frame::Placement;
use thalweg::render::heads::HeadStyle;
use thalweg::render::lay_trails::TrailStyle;
use thalweg::render::trails::Place;

/// What a ridge hides shows through as faintly as was asked for; what is seen stays as it is.
#[test]
fn what_is_behind_a_ridge_shows_faintly_if_asked() {
    const SIZE: [u32; 2] = [960, 720];
    let mut random = Random(31);
    let trails = curves(&mut random);
    let mut stand = Stand::new(&EGG_CRATE, &trails, 1, false);
    let camera = OrbitCamera {
        elevation_deg: 14.0,
        distance: 2.0,
        ..Default::default()
    };
    let mut draw = |hidden_opacity| {
        let style = TrailStyle {
            hidden_opacity,
            ..plain(2.0)
        };
        stand.style(&style, &HeadStyle::default());
        stand.picture(&camera, SIZE, Drawn::Trails)
    };
    let (without, with) = (draw(0.0), draw(0.3));
    let sight = Sight::new(&camera, SIZE);
    let (mut hidden, mut seen, mut wrong) = (0, 0, 0);
    for place in trails.iter().flat_map(|trail| places(trail, 0.04)) {
        let Some(px) = sight.px(EGG_CRATE.world(place), 6.0) else {
            continue;
        };
        let pixel = 4 * (px.y as usize * SIZE[0] as usize + px.x as usize);
        match sighting(&sight, &EGG_CRATE, place, px, BEHIND) {
            Sighting::Hidden if without[pixel] == 0 => {
                hidden += 1;
                // Where trails cross behind the ridge, more than one shows through.
                wrong += usize::from(!(30..140).contains(&with[pixel]));
            }
            Sighting::Visible if without[pixel] == 255 => {
                seen += 1;
                wrong += usize::from(with[pixel] != 255);
            }
            _ => {}
        }
    }
    assert!(hidden > 100 && seen > 300, "{hidden} hidden, {seen} seen");
    assert!(
        wrong * 100 < hidden + seen,
        "{wrong} wrong of {hidden} and {seen}"
    );
}

/// On the floor a trail runs straight between the places under its points, and the surface above
/// hides it.
#[test]
fn the_floor_shows_the_trails_from_above() {
    const SIZE: [u32; 2] = [640, 480];
    let mut random = Random(41);
    let trails = curves(&mut random);
    let mut stand = Stand::new(&EGG_CRATE, &trails, 1, false);
    let (mut seen, mut hidden, mut missing, mut through) = (0, 0, 0, 0);
    for _ in 0..6 {
        let camera = any_camera(&mut random);
        stand
            .trails
            .prepare(stand.gpu, &stand.descents, Place::Floor, &plain(2.0));
        let image = stand.picture(&camera, SIZE, Drawn::Floor);
        let sight = Sight::new(&camera, SIZE);
        let pixel = |px: DVec2| 4 * (px.y as usize * SIZE[0] as usize + px.x as usize);
        let floor = |place: DVec2| {
            (place / 10.0).extend(f64::from(Placement::of_parameters(DOMAIN).floor_z()))
        };
        let mut near_seen = vec![false; (SIZE[0] * SIZE[1]) as usize];
        let mut covered = Vec::new();
        for place in trails.iter().flat_map(|trail| places(trail, 0.04)) {
            let Some(px) = sight.px(floor(place), 6.0) else {
                continue;
            };
            let sighting = sighting_in_air(&sight, &EGG_CRATE, floor(place), px, 0.0);
            if sighting == Sighting::Hidden {
                covered.push(px);
                continue;
            }
            for (dx, dy) in (-3..=3).flat_map(|x| (-3..=3).map(move |y| (x, y))) {
                near_seen[pixel(px + DVec2::new(f64::from(dx), f64::from(dy))) / 4] = true;
            }
            if sighting == Sighting::Visible {
                seen += 1;
                missing += usize::from(image[pixel(px)] < 100);
            }
        }
        covered.retain(|px| !near_seen[pixel(*px) / 4]);
        hidden += covered.len();
        through += covered.iter().filter(|px| image[pixel(**px)] > 20).count();
    }
    assert!(seen > 2000 && hidden > 500, "{seen} seen, {hidden} hidden");
    assert!(
        missing * 500 < seen && through == 0,
        "{missing} missing, {through} through"
    );
}

/// The glow falls off from the centre line to nothing, alike at every joint of a trail, and lies
/// under the ribbon.
#[test]
fn a_glow_falls_off_evenly_around_its_trail() {
    const SIZE: [u32; 2] = [200, 150];
    let trail: Trail = (0..=12)
        .map(|k| [-4.5 + 0.75 * f64::from(k), 0.3])
        .collect();
    let mut stand = Stand::new(&RAMP, &[trail], 1, false);
    let camera = OrbitCamera {
        azimuth_deg: 0.0,
        ..Default::default()
    };
    let mut draw = |glow| {
        let style = TrailStyle { glow, ..plain(1.6) };
        stand.style(&style, &HeadStyle::default());
        stand.picture(&camera, SIZE, Drawn::Trails)
    };
    let (glowing, half, bare) = (draw(1.0), draw(0.5), draw(0.0));
    let column = |image: &[u8], x: u32| -> Vec<u8> {
        (0..SIZE[1])
            .map(|y| image[((y * SIZE[0] + x) * 4) as usize])
            .collect()
    };
    let middle = |column: &[u8]| {
        let brightest = column.iter().max().expect("a column");
        column
            .iter()
            .position(|value| value == brightest)
            .expect("there it is")
    };
    for x in 60..140 {
        let (glow, half, bare) = (column(&glowing, x), column(&half, x), column(&bare, x));
        let y = middle(&bare);
        for side in [-1_i32, 1] {
            let at = |column: &[u8], off: i32| column[(y as i32 + side * off) as usize];
            for off in 3..9 {
                assert!(
                    at(&glow, off) >= at(&glow, off + 1),
                    "column {x}, {off} px off"
                );
                assert_eq!(at(&bare, off), 0);
            }
            assert!(
                at(&glow, 3) > 30 && at(&glow, 9) == 0,
                "{} {}",
                at(&glow, 3),
                at(&glow, 9)
            );
            let ratio = f64::from(at(&half, 3)) / f64::from(at(&glow, 3));
            assert!((0.4..0.6).contains(&ratio), "{ratio}");
        }
        assert_eq!(glow[y].max(bare[y]), glow[y], "the ribbon lies on its glow");
    }
}
