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
