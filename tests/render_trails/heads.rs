//! Heads on the surface, before and behind each other.

use crate::losses::{EGG_CRATE, RAMP, Random, Trail};
use crate::sight::{BEHIND, Sight, Sighting, any_camera, sighting};
use crate::stand::{Drawn, Stand, ball, inked, plain, white};
use glam::DVec2;
use thalweg::camera::OrbitCamera;
use thalweg::render::heads::HeadStyle;
use thalweg::render::lay_trails::Joint;
use thalweg::simulation::descents::Head;

#[test]
fn a_head_is_round_on_every_slope_that_is_seen_and_hidden_behind_a_hill() {
    const SIZE: [u32; 2] = [640, 480];
    let mut random = Random(3);
    let (mut seen, mut hidden) = (0, 0);
    for _ in 0..8 {
        let place = [random.between(-4.5, 4.5), random.between(-4.5, 4.5)];
        let mut stand = Stand::new(&EGG_CRATE, &[vec![place]], 1, false);
        stand.style(&plain(2.0), &ball());
        for _ in 0..16 {
            let camera = any_camera(&mut random);
            let sight = Sight::new(&camera, SIZE);
            let place = DVec2::from(place);
            let Some(px) = sight.px(EGG_CRATE.world(place), 10.0) else {
                continue;
            };
            // A sphere of a few pixels reaches further than a ribbon: look around it as well.
            let around = [(0, 0), (6, 0), (-6, 0), (0, 6), (0, -6)]
                .map(|(x, y)| px + DVec2::new(f64::from(x), f64::from(y)));
            let sightings = around.map(|px| sighting(&sight, &EGG_CRATE, place, px, 2.0 * BEHIND));
            let ink = || inked(&stand.picture(&camera, SIZE, Drawn::Heads)) as f64;
            let whole = 36.0 * std::f64::consts::PI;
            if sightings
                .iter()
                .all(|sighting| *sighting == Sighting::Visible)
            {
                seen += 1;
                let ink = ink();
                assert!(
                    ink > 0.9 * whole && ink < 1.15 * whole,
                    "{ink} px at {px}, {camera:?}"
                );
            } else if sightings
                .iter()
                .all(|sighting| *sighting == Sighting::Hidden)
            {
                hidden += 1;
                let ink = ink();
                assert!(ink == 0.0, "{ink} px at {px}, {camera:?}");
            }
        }
    }
    assert!(seen > 12 && hidden > 2, "{seen} seen, {hidden} hidden");
}

#[test]
fn of_two_heads_the_nearer_one_is_in_front() {
    const SIZE: [u32; 2] = [200, 150];
    let mut teams = white();
    (teams[0], teams[1]) = ([1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0]);
    let camera = OrbitCamera {
        azimuth_deg: 0.0,
        elevation_deg: 10.0,
        ..Default::default()
    };
    for (first, second, front) in [(-0.5, 0.5, 0), (0.5, -0.5, 1)] {
        let trails = [vec![[0.0, first]], vec![[0.0, second]]];
        let mut stand = Stand::new(&RAMP, &trails, 2, false);
        stand.style(&plain(2.0), &HeadStyle { teams, ..ball() });
        let image = stand.picture(&camera, SIZE, Drawn::Heads);
        let near = DVec2::new(0.0, -0.5);
        let px = Sight::new(&camera, SIZE).px(RAMP.world(near), 0.0);
        let px = px.expect("in the middle of the image");
        let pixel = (px.y as usize * SIZE[0] as usize + px.x as usize) * 4;
        assert!(image[pixel + front] > 100 && image[pixel + 1 - front] < 100);
    }
}

#[test]
fn a_head_that_diverged_is_a_cross_and_what_is_not_finite_draws_nothing() {
    const SIZE: [u32; 2] = [200, 150];
    let camera = OrbitCamera::default();
    let ink = |trail: Trail, drawn| {
        let mut stand = Stand::new(&RAMP, &[trail], 1, false);
        stand.style(&plain(2.0), &ball());
        let image = stand.picture(&camera, SIZE, drawn);
        let (_, joints) = stand.laid();
        let finite = |joint: &Joint| joint.px.iter().chain([&joint.depth]).all(|v| v.is_finite());
        assert!(joints.iter().all(finite));
        inked(&image)
    };
    let whole = ink(vec![[0.0, 0.0]], Drawn::Heads);
    let nan = [f64::NAN, 0.0];
    assert_eq!(ink(vec![nan], Drawn::Both), 0);
    assert_eq!(ink(vec![nan, [1.0, 1.0]], Drawn::Trails), 0);
    assert_eq!(ink(vec![[1e30, -1e30], [-1e30, 1e33]], Drawn::Both), 0);
    assert_eq!(ink(vec![[0.0, 5.2]], Drawn::Heads), 0);
    let before = ink(vec![[-1.0, 0.0], [1.0, 0.0]], Drawn::Trails);
    let cut = ink(
        vec![[-1.0, 0.0], [1.0, 0.0], nan, [2.0, 0.0]],
        Drawn::Trails,
    );
    assert_eq!(before, cut);

    let stand = {
        let mut stand = Stand::new(&RAMP, &[vec![[0.0, 0.0]]], 1, false);
        stand.style(&plain(2.0), &ball());
        stand
    };
    let mut head = stand.read::<Head>(&stand.descents.heads, 1)[0];
    head.status = 2;
    stand.gpu.write(&stand.descents.heads, &[head]);
    let cross = inked(&stand.picture(&camera, SIZE, Drawn::Heads));
    assert!(cross > 20 && cross < 3 * whole / 4, "{cross} px of {whole}");
}
