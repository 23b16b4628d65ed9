//! Lines of sight in f64: what of the surface and of the air they meet.

use crate::losses::{Loss, Random};
use glam::{DMat4, DVec2, DVec3};
use thalweg::camera::{OrbitCamera, Projection};
use thalweg::render::frame::BOX_HEIGHT;

/// A view in f64: what stands where on the image, and the line of sight through a pixel.
pub struct Sight {
    pub clip_from_world: DMat4,
    pub world_from_clip: DMat4,
    pub size: DVec2,
}

impl Sight {
    pub fn new(camera: &OrbitCamera, size: [u32; 2]) -> Self {
        let aspect = size[0] as f32 / size[1] as f32;
        let clip_from_world = camera.clip_from_world(aspect).as_dmat4();
        Self {
            clip_from_world,
            world_from_clip: clip_from_world.inverse(),
            size: DVec2::new(f64::from(size[0]), f64::from(size[1])),
        }
    }

    /// In pixels; `None` outside the image or closer to its edge than `inset` pixels.
    pub fn px(&self, world: DVec3, inset: f64) -> Option<DVec2> {
        let clip = self.clip_from_world * world.extend(1.0);
        let ndc = clip.truncate() / clip.w;
        let px = (DVec2::new(ndc.x, -ndc.y) * 0.5 + 0.5) * self.size;
        let inside =
            px.cmpge(DVec2::splat(inset)).all() && px.cmple(self.size - DVec2::splat(inset)).all();
        (clip.w > 0.0 && clip.z > 0.0 && inside).then_some(px)
    }

    /// Where the line of sight begins, and its direction of length one.
    pub fn line(&self, px: DVec2) -> (DVec3, DVec3) {
        let ndc = (px / self.size * 2.0 - 1.0) * DVec2::new(1.0, -1.0);
        let at = |depth: f64| self.world_from_clip.project_point3(ndc.extend(depth));
        (at(0.0), (at(1.0) - at(0.0)).normalize())
    }
}

/// How far a line of sight runs before it meets the surface, if it does.
fn first_hit(loss: &Loss, start: DVec3, along: DVec3) -> Option<f64> {
    const STEP: f64 = 0.003;
    let above = |t: f64| {
        let at = start + along * t;
        (at.x.abs() <= 0.5 && at.y.abs() <= 0.5).then(|| at.z - loss.z(at.truncate() * 10.0))
    };
    let half = DVec3::new(0.5, 0.5, 0.5 * f64::from(BOX_HEIGHT) + STEP);
    let (to_low, to_high) = ((-half - start) / along, (half - start) / along);
    let mut t = to_low.min(to_high).max_element().max(0.0);
    let end = to_low.max(to_high).min_element();
    let mut before = above(t);
    while t < end {
        let now = above(t + STEP);
        if let (Some(was), Some(is)) = (before, now)
            && was.signum() != is.signum()
        {
            return Some(t + STEP * was / (was - is));
        }
        (before, t) = (now, t + STEP);
    }
    None
}

/// What a line of sight says about a point of the surface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sighting {
    Visible,
    Hidden,
    /// Within a ribbon's width of a silhouette, or hidden by a hair.
    Aside,
}

/// A point of a trail is hidden by what lies this far in front of it, in world units.
pub const BEHIND: f64 = 0.04;

/// A surface without a silhouette departs by less than this from the plane that touches it.
const FLAT: f64 = 0.01;

pub fn sighting(sight: &Sight, loss: &Loss, place: DVec2, px: DVec2, behind: f64) -> Sighting {
    let world = loss.world(place);
    let normal = loss.normal(place);
    let (mut is_visible, mut is_hidden) = (true, true);
    for (x, y) in (-1..=1).flat_map(|x| (-1..=1).map(move |y| (x, y))) {
        let (start, along) = sight.line(px + 2.0 * DVec2::new(f64::from(x), f64::from(y)));
        let hit = first_hit(loss, start, along).unwrap_or(f64::INFINITY);
        let off_plane = (start + along * hit - world).dot(normal);
        is_hidden &= world.distance(start) - hit > behind;
        is_visible &= off_plane.abs() < FLAT;
        if (x, y) == (0, 0) {
            is_visible &= (world.distance(start) - hit).abs() < FLAT;
        }
    }
    match (is_visible, is_hidden) {
        (true, false) => Sighting::Visible,
        (false, true) => Sighting::Hidden,
        _ => Sighting::Aside,
    }
}

/// A ribbon's width in pixels, as [`Tally`] sees it.
pub const WIDTH_PX: f64 = 2.0;

/// As [`sighting`], and nothing set aside but within `reach_px`, a multiple of `STRIDE_PX`, of a
/// silhouette.
pub fn strict_sighting(
    sight: &Sight,
    loss: &Loss,
    (place, px): (DVec2, DVec2),
    reach_px: f64,
) -> Sighting {
    const STRIDE_PX: f64 = 0.25;
    // Twice what a search in steps misses.
    const SLACK: f64 = 0.006;
    let hit = |px: DVec2| {
        let (start, along) = sight.line(px);
        first_hit(loss, start, along).map(|hit| start + along * hit)
    };
    let (_, along) = sight.line(px);
    let seen = hit(px);
    let in_front = seen.map_or(f64::NEG_INFINITY, |seen| {
        (loss.world(place) - seen).dot(along)
    });
    let reaches = |direction: DVec2| {
        let mut at = seen;
        (1..=(reach_px / STRIDE_PX) as u32).all(|k| {
            let next_px = px + direction * (f64::from(k) * STRIDE_PX);
            let next = hit(next_px);
            let goes_on = at
                .zip(next)
                .is_some_and(|(at, next)| goes_on(loss, at, next, sight.line(next_px)));
            at = next;
            goes_on
        })
    };
    let around = (0..8).map(|k| DVec2::from_angle(f64::from(k) * std::f64::consts::FRAC_PI_4));
    match around.into_iter().all(reaches) {
        false => Sighting::Aside,
        true if in_front > SLACK => Sighting::Hidden,
        true => Sighting::Visible,
    }
}

/// Whether the surface goes on from what one line of sight meets to what the next one does: near
/// where that meets the plane that touches the surface at the first.
fn goes_on(loss: &Loss, at: DVec3, next: DVec3, (start, along): (DVec3, DVec3)) -> bool {
    let normal = loss.normal(at.truncate() * 10.0);
    let expected = start + along * ((at - start).dot(normal) / along.dot(normal));
    let step = expected.distance(at);
    next.distance(expected) < 0.01 + 0.5 * step && step < 0.1
}

pub fn any_camera(random: &mut Random) -> OrbitCamera {
    OrbitCamera {
        azimuth_deg: random.between(0.0, 360.0) as f32,
        elevation_deg: random.between(8.0, 65.0) as f32,
        distance: random.between(1.3, 3.0) as f32,
        target: glam::Vec3::new(
            random.between(-0.2, 0.2) as f32,
            random.between(-0.2, 0.2) as f32,
            0.0,
        ),
        projection: if random.next() < 0.25 {
            Projection::Orthographic
        } else {
            Projection::Perspective
        },
        ..Default::default()
    }
}

/// Whether lines of sight at and around a point of the air reach it, all of them or none; by more
/// than `by` before the surface or behind it.
pub fn sighting_in_air(sight: &Sight, loss: &Loss, world: DVec3, px: DVec2, by: f64) -> Sighting {
    let (mut is_visible, mut is_hidden) = (true, true);
    for (x, y) in (-1..=1).flat_map(|x| (-1..=1).map(move |y| (x, y))) {
        let (start, along) = sight.line(px + 2.0 * DVec2::new(f64::from(x), f64::from(y)));
        let hit = first_hit(loss, start, along).unwrap_or(f64::INFINITY);
        let before = hit - world.distance(start);
        is_visible &= before > by;
        is_hidden &= before < -by;
    }
    match (is_visible, is_hidden) {
        (true, false) => Sighting::Visible,
        (false, true) => Sighting::Hidden,
        _ => Sighting::Aside,
    }
}
