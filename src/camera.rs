//! The orbit camera: angles and a distance in, `clip_from_world` out.
//!
//! The world is right-handed with Z up; the landscape's box stands around the origin and is one
//! unit wide (see [`crate::render::frame`]).

use glam::camera::rh::{proj::directx, view};
use glam::{Mat4, Vec3};

/// How the world falls on the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Projection {
    /// Near things are larger.
    #[default]
    Perspective,
    /// Parallel lines stay parallel; the scale is that of the target's distance.
    Orthographic,
}

/// A camera that looks at a target from an angle and a distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrbitCamera {
    /// Around the vertical, in degrees; 0 looks along +Y (the second parameter grows away from
    /// the viewer), growing values move the eye to the right.
    pub azimuth_deg: f32,
    /// Above the horizon, in degrees, -90 to 90.
    pub elevation_deg: f32,
    /// From the target, in domain sizes.
    pub distance: f32,
    /// The point looked at, in world units.
    pub target: Vec3,
    /// The vertical angle of view, in degrees.
    pub fov_deg: f32,
    /// Perspective or orthographic.
    pub projection: Projection,
}

impl Default for OrbitCamera {
    fn default() -> Self {
        Self {
            azimuth_deg: 30.0,
            elevation_deg: 35.0,
            distance: 2.6,
            target: Vec3::ZERO,
            fov_deg: 35.0,
            projection: Projection::Perspective,
        }
    }
}

impl OrbitCamera {
    /// From the target to the eye, of length one.
    pub fn direction(&self) -> Vec3 {
        let (sin_azimuth, cos_azimuth) = self.azimuth_deg.to_radians().sin_cos();
        let (sin_elevation, cos_elevation) = self.elevation_deg.to_radians().sin_cos();
        Vec3::new(
            sin_azimuth * cos_elevation,
            -cos_azimuth * cos_elevation,
            sin_elevation,
        )
    }

    /// The eye, in world units.
    pub fn eye(&self) -> Vec3 {
        self.target + self.direction() * self.distance
    }

    /// To the right on the image, in world units; defined at the poles too.
    pub fn right(&self) -> Vec3 {
        let (sin_azimuth, cos_azimuth) = self.azimuth_deg.to_radians().sin_cos();
        Vec3::new(cos_azimuth, sin_azimuth, 0.0)
    }

    /// Upwards on the image, in world units.
    pub fn up(&self) -> Vec3 {
        self.direction().cross(self.right())
    }

    /// The world's height that fills the image at the target's distance.
    pub fn height_at_target(&self) -> f32 {
        2.0 * self.distance * (self.fov_deg.to_radians() * 0.5).tan()
    }

    /// Clip space from world space for an image `aspect` times as wide as high; depth 0 is near.
    pub fn clip_from_world(&self, aspect: f32) -> Mat4 {
        let (near, far) = (self.distance * 0.02, self.distance + 4.0);
        let clip_from_view = match self.projection {
            Projection::Perspective => {
                directx::perspective(self.fov_deg.to_radians(), aspect, near, far)
            }
            Projection::Orthographic => {
                let half = self.height_at_target() * 0.5;
                directx::orthographic(-half * aspect, half * aspect, -half, half, -4.0, far)
            }
        };
        let view_from_world = view::look_to_mat4(self.eye(), -self.direction(), self.up());
        clip_from_view * view_from_world
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASPECT: f32 = 16.0 / 9.0;

    fn camera(azimuth_deg: f32, elevation_deg: f32, projection: Projection) -> OrbitCamera {
        OrbitCamera {
            azimuth_deg,
            elevation_deg,
            target: Vec3::new(0.1, -0.2, 0.05),
            projection,
            ..OrbitCamera::default()
        }
    }

    /// From all around, the poles included, in both projections.
    fn cameras() -> impl Iterator<Item = OrbitCamera> {
        [-90.0, -35.0, 0.0, 20.0, 90.0]
            .into_iter()
            .flat_map(|elevation| (0..8).map(move |i| (45.0 * i as f32, elevation)))
            .flat_map(|(azimuth, elevation)| {
                [Projection::Perspective, Projection::Orthographic]
                    .map(|projection| camera(azimuth, elevation, projection))
            })
    }

    fn ndc(camera: &OrbitCamera, world: Vec3) -> Vec3 {
        camera.clip_from_world(ASPECT).project_point3(world)
    }

    #[test]
    fn the_target_is_the_images_centre() {
        for camera in cameras() {
            let at = ndc(&camera, camera.target);
            assert!(at.truncate().length() < 1e-5, "{camera:?}: {at}");
            assert!((0.0..1.0).contains(&at.z), "{camera:?}: {at}");
        }
    }

    #[test]
    fn right_is_right_up_is_up_and_farther_is_deeper() {
        for camera in cameras() {
            let centre = ndc(&camera, camera.target);
            let right = ndc(&camera, camera.target + 0.1 * camera.right());
            let up = ndc(&camera, camera.target + 0.1 * camera.up());
            let nearer = ndc(&camera, camera.target + 0.1 * camera.direction());
            assert!(right.x > 0.01 && right.y.abs() < 1e-5, "{camera:?}");
            assert!(up.y > 0.01 && up.x.abs() < 1e-5, "{camera:?}");
            assert!(nearer.z < centre.z, "{camera:?}");
        }
    }

    #[test]
    fn azimuth_zero_looks_along_the_second_parameter_and_grows_to_the_right() {
        let ahead = camera(0.0, 0.0, Projection::Perspective);
        assert!((ahead.direction() - Vec3::NEG_Y).length() < 1e-6);
        assert!((ahead.right() - Vec3::X).length() < 1e-6);
        assert!((ahead.up() - Vec3::Z).length() < 1e-6);
        let turned = camera(30.0, 0.0, Projection::Perspective);
        assert!(turned.eye().x > ahead.eye().x);
        let above = camera(0.0, 90.0, Projection::Orthographic);
        assert!((above.up() - Vec3::Y).length() < 1e-6, "a map has north up");
    }

    #[test]
    fn the_eye_is_the_distance_away_along_the_direction() {
        for camera in cameras() {
            assert!((camera.eye().distance(camera.target) - camera.distance).abs() < 1e-5);
            assert!((camera.direction().length() - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn both_projections_scale_the_targets_plane_alike() {
        for camera in cameras() {
            let top = camera.target + 0.5 * camera.height_at_target() * camera.up();
            let side = camera.target + 0.5 * ASPECT * camera.height_at_target() * camera.right();
            assert!((ndc(&camera, top).y - 1.0).abs() < 1e-4, "{camera:?}");
            assert!((ndc(&camera, side).x - 1.0).abs() < 1e-4, "{camera:?}");
        }
    }
}
