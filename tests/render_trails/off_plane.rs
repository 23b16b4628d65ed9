//! Trails and heads that leave the landscape's plane.

use crate::losses::EGG_CRATE;
use crate::sight::Sight;
use crate::stand::{Drawn, Stand, ball, plain};
use glam::{DVec2, DVec3};
use thalweg::camera::{OrbitCamera, Projection};
use thalweg::render::frame::BOX_HEIGHT;
use thalweg::render::heads::HeadStyle;
use thalweg::render::lay_trails::TrailStyle;
use thalweg::simulation::descents::Head;

/// From straight before, so that pixels go with the world evenly.
fn level_camera() -> OrbitCamera {
    OrbitCamera {
        azimuth_deg: 20.0,
        elevation_deg: 15.0,
        projection: Projection::Orthographic,
        ..Default::default()
    }
}

/// The world at a place and a loss of the egg crate's height scale.
fn at_loss(place: DVec2, loss: f64) -> DVec3 {
    let level = (loss - EGG_CRATE.range[0]) / (EGG_CRATE.range[1] - EGG_CRATE.range[0]);
    (place / 10.0).extend((level - 0.5) * f64::from(BOX_HEIGHT))
}

/// A trail that leaves the plane evenly: its joints lie on the straight line at its own losses, and
/// each knows how near the plane it is.
#[test]
fn beside_the_plane_a_trail_has_its_own_height_and_its_nearness() {
    const SIZE: [u32; 2] = [640, 480];
    const REACH: f32 = 2.0;
    let ends = [[-3.0, -2.0], [3.0, 1.0]];
    let losses = [2.5, -2.0];
    let mut stand = Stand::new(&EGG_CRATE, &[ends.to_vec()], 1, false);
    let point = |i: usize| {
        [
            ends[i][0] as f32,
            ends[i][1] as f32,
            losses[i] as f32,
            REACH * i as f32,
        ]
    };
    stand
        .gpu
        .write(&stand.descents.trails, &[point(0), point(1)]);
    let [x, y, loss, distance] = point(1);
    let mut head = stand.read::<Head>(&stand.descents.heads, 1)[0];
    (head.place, head.loss, head.distance) = ([x, y], loss, distance);
    stand.gpu.write(&stand.descents.heads, &[head]);
    let style = TrailStyle {
        draped: false,
        reach: Some(REACH),
        ..plain(2.0)
    };
    stand.style(&style, &ball());
    stand.picture(&level_camera(), SIZE, Drawn::Trails);
    let sight = Sight::new(&level_camera(), SIZE);
    let on_image = |i: usize| {
        let world = at_loss(DVec2::from(ends[i]), losses[i]);
        sight.px(world, 0.0).expect("within the image")
    };
    let (start, along) = (on_image(0), on_image(1) - on_image(0));
    let (_, joints) = stand.laid();
    assert!(joints.len() > 5, "{} joints", joints.len());
    for joint in &joints {
        let px = DVec2::from(joint.px.map(f64::from)) - start;
        let t = px.dot(along) / along.length_squared();
        assert!(
            (px - t * along).length() < 0.05,
            "{joint:?} is off the line"
        );
        let nearness = f64::from(joint.look >> 16) / 65535.0;
        assert!((nearness - (1.0 - t)).abs() < 1e-3, "{nearness} at {t}");
    }
}

/// Such a head stands at its own loss, small, on a stem down to the surface; on the plane it would
/// be on the surface itself.
#[test]
fn beside_the_plane_a_head_stands_on_a_stem() {
    const SIZE: [u32; 2] = [640, 480];
    // On a hilltop, which no other hill hides.
    let place = DVec2::new(1.0, 0.0);
    let mut stand = Stand::new(&EGG_CRATE, &[vec![place.into()]], 1, false);
    let mut head = stand.read::<Head>(&stand.descents.heads, 1)[0];
    (head.loss, head.distance) = (2.5, 1.0);
    stand.gpu.write(&stand.descents.heads, &[head]);
    let sight = Sight::new(&level_camera(), SIZE);
    let seen = |world| sight.px(world, 8.0).expect("within the image");
    let [top, foot] = [2.5, (EGG_CRATE.value)(1.0, 0.0)].map(|loss| seen(at_loss(place, loss)));
    let lit = |image: &[u8], px: DVec2| {
        let pixel = px.y as usize * SIZE[0] as usize + px.x as usize;
        image[4 * pixel] > 20
    };
    for (reach, own_height) in [(Some(1.0), true), (None, false)] {
        stand.style(&plain(2.0), &HeadStyle { reach, ..ball() });
        let image = stand.picture(&level_camera(), SIZE, Drawn::Heads);
        assert_eq!(lit(&image, top), own_height, "{reach:?}: the head");
        assert_eq!(
            lit(&image, top.midpoint(foot)),
            own_height,
            "{reach:?}: the stem"
        );
        assert!(lit(&image, foot - 4.0 * DVec2::Y), "{reach:?}: its foot");
    }
}
