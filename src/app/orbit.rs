//! What a hand does to the camera: orbit, pan, zoom. Pure; pixels in, another camera out.

use crate::camera::{OrbitCamera, Projection};
use glam::Vec2;

/// Degrees that a drag over the image's whole height turns.
const DEGREES_A_HEIGHT: f32 = 180.0;

/// The steepest view from above and below: at the pole itself a drag to the side would spin.
const STEEPEST_DEG: f32 = 89.0;

/// How near and how far the eye may go, in domain sizes.
const DISTANCES: [f32; 2] = [0.02, 20.0];

/// Turns the camera around its target, as if the landscape were dragged by `drag_px`.
pub fn orbit(camera: &mut OrbitCamera, drag_px: Vec2, size_px: Vec2) {
    let turn_deg = drag_px * (DEGREES_A_HEIGHT / size_px.y);
    camera.azimuth_deg -= turn_deg.x;
    camera.elevation_deg = (camera.elevation_deg + turn_deg.y).clamp(-STEEPEST_DEG, STEEPEST_DEG);
}

/// Moves the target so that what is at its depth follows the pointer.
pub fn pan(camera: &mut OrbitCamera, drag_px: Vec2, size_px: Vec2) {
    let world_a_pixel = camera.height_at_target() / size_px.y;
    let drag = drag_px * world_a_pixel;
    camera.target += camera.up() * drag.y - camera.right() * drag.x;
}

/// Brings the eye `factor` times nearer (below 1: farther); what is under the pointer, at any
/// depth, stays under it.
///
/// Eye and target are scaled about a point of the pointer's line of sight, so the line stays. The
/// point is where the line meets the level of the target: one flies to places of the landscape.
pub fn zoom_at(camera: &mut OrbitCamera, pointer_px: Vec2, size_px: Vec2, factor: f32) {
    let [nearest, farthest] = DISTANCES;
    let distance = (camera.distance / factor).clamp(nearest, farthest);
    let scale = distance / camera.distance;
    let ndc = (2.0 * pointer_px / size_px - 1.0) * Vec2::new(1.0, -1.0);
    let half_height = 0.5 * camera.height_at_target();
    // The pointer on the plane through the target that faces the eye, seen from the target.
    let facing =
        half_height * (size_px.x / size_px.y * ndc.x * camera.right() + ndc.y * camera.up());
    let along = match camera.projection {
        Projection::Perspective => facing - camera.distance * camera.direction(),
        Projection::Orthographic => -camera.distance * camera.direction(),
    };
    // facing + t·along is level with the target; a grazing line would meet it far away.
    let t = -facing.z / along.z;
    let anchor = match t.is_finite() && t.abs() < 0.7 {
        true => facing + t * along,
        false => facing,
    };
    camera.target += (1.0 - scale) * anchor;
    camera.distance = distance;
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::Vec3;

    const SIZE_PX: Vec2 = Vec2::new(1280.0, 720.0);

    fn cameras() -> impl Iterator<Item = OrbitCamera> {
        [-60.0, 0.0, 12.0, 35.0, 89.0]
            .into_iter()
            .flat_map(|elevation_deg| {
                [Projection::Perspective, Projection::Orthographic].map(|projection| OrbitCamera {
                    elevation_deg,
                    projection,
                    target: Vec3::new(0.1, -0.2, 0.05),
                    ..OrbitCamera::default()
                })
            })
    }

    fn pixel(camera: &OrbitCamera, world: Vec3) -> Vec2 {
        let clip = camera.clip_from_world(SIZE_PX.x / SIZE_PX.y);
        let ndc = clip.project_point3(world).truncate();
        (ndc * Vec2::new(0.5, -0.5) + 0.5) * SIZE_PX
    }

    #[test]
    fn zooming_keeps_every_world_point_under_the_pointer() {
        for camera in cameras() {
            for pointer in [[640.0, 360.0], [40.0, 50.0], [1200.0, 700.0]].map(Vec2::from) {
                let world_from_clip = camera.clip_from_world(SIZE_PX.x / SIZE_PX.y).inverse();
                let ndc = (2.0 * pointer / SIZE_PX - 1.0) * Vec2::new(1.0, -1.0);
                for depth in [0.9, 0.97, 0.99] {
                    let world = world_from_clip.project_point3(ndc.extend(depth));
                    for factor in [1.15, 1.0 / 1.15, 3.0] {
                        let mut zoomed = camera;
                        zoom_at(&mut zoomed, pointer, SIZE_PX, factor);
                        let in_front = (zoomed.eye() - world).dot(zoomed.direction()) > 0.1;
                        let off = (pixel(&zoomed, world) - pointer).length();
                        assert!(
                            !in_front || off < 1.0,
                            "{camera:?} {pointer} {factor}: {off} px"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn zooming_changes_the_distance_by_its_factor_within_limits() {
        let mut camera = OrbitCamera::default();
        zoom_at(&mut camera, Vec2::new(100.0, 600.0), SIZE_PX, 2.0);
        assert!((camera.distance - 1.3).abs() < 1e-6);
        for _ in 0..100 {
            zoom_at(&mut camera, Vec2::new(100.0, 600.0), SIZE_PX, 2.0);
        }
        assert_eq!(camera.distance, DISTANCES[0]);
        let target = camera.target;
        zoom_at(&mut camera, Vec2::new(100.0, 600.0), SIZE_PX, 2.0);
        assert_eq!(camera.target, target, "at the limit nothing slides");
    }

    #[test]
    fn zooming_at_the_ground_moves_the_target_along_the_ground() {
        let mut camera = OrbitCamera::default();
        zoom_at(&mut camera, Vec2::new(700.0, 420.0), SIZE_PX, 1.5);
        assert!(camera.target.z.abs() < 1e-6 && camera.target.length() > 0.01);
    }

    #[test]
    fn panning_moves_what_is_at_the_targets_depth_by_the_drag() {
        let drag = Vec2::new(130.0, -75.0);
        for camera in cameras() {
            for offset in [Vec3::ZERO, 0.2 * camera.right() - 0.1 * camera.up()] {
                let world = camera.target + offset;
                let mut panned = camera;
                pan(&mut panned, drag, SIZE_PX);
                let moved = pixel(&panned, world) - pixel(&camera, world);
                assert!((moved - drag).length() < 0.05, "{camera:?}: {moved}");
            }
        }
    }

    #[test]
    fn orbiting_drags_the_near_side_along_and_stops_at_the_poles() {
        let mut camera = OrbitCamera::default();
        let near_side = 0.3 * camera.direction();
        let before = pixel(&camera, near_side);
        orbit(&mut camera, Vec2::new(40.0, 0.0), SIZE_PX);
        assert!(pixel(&camera, near_side).x > before.x, "to the right");
        orbit(&mut camera, Vec2::new(0.0, 40.0), SIZE_PX);
        assert!(pixel(&camera, near_side).y > before.y, "and down");
        orbit(&mut camera, Vec2::new(0.0, 9000.0), SIZE_PX);
        assert_eq!(camera.elevation_deg, STEEPEST_DEG);
        orbit(&mut camera, Vec2::new(0.0, -9000.0), SIZE_PX);
        assert_eq!(camera.elevation_deg, -STEEPEST_DEG);
        assert_eq!(camera.target, Vec3::ZERO);
    }
}
