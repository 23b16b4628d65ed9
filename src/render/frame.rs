//! The frame: what every pass knows of the camera, the landscape's box and the height scale.
//!
//! World space is right-handed with Z up. The box's centre is the origin; its longer side along
//! the parameters is one unit; both parameters have one scale, so that a gradient is perpendicular
//! to its contour line. The loss fills the box's height, [`BOX_HEIGHT`].

use super::panes::Pane;
use crate::camera::{OrbitCamera, Projection};
use bytemuck::{Pod, Zeroable};
use glam::{Vec2, Vec3, Vec4};

/// The height of the landscape's box in world units.
pub const BOX_HEIGHT: f32 = 0.42;

/// From the box's lower face down to the floor with the contour map, in world units.
pub const FLOOR_GAP: f32 = 0.12;

/// World Z of the floor.
pub const GROUND_Z: f32 = -0.5 * BOX_HEIGHT - FLOOR_GAP;

/// The uniform of group 0; `Frame` in `shaders/include/frame.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct FrameUniform {
    pub clip_from_world: [[f32; 4]; 4],
    pub image_px: [f32; 2],
    pub corner_px: [f32; 2],
    pub domain_min: [f32; 2],
    pub domain_max: [f32; 2],
    pub world_per_parameter: [f32; 2],
    pub size_px: [f32; 2],
    pub height_low: f32,
    pub height_high: f32,
    pub height_unit: f32,
    pub height_is_log: u32,
    pub box_height: f32,
    pub px_per_point: f32,
    pub ground_z: f32,
    pub flatness: f32,
    pub eye: [f32; 4],
    pub rim_direction: [f32; 3],
    pub padding: f32,
}

/// How a loss becomes a height: linear, or `sign(f)·log10(1 + |f|/unit)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeightScale {
    /// Whether the scale is logarithmic.
    pub log: bool,
    /// `c` of the log scale, in units of the loss; positive.
    pub unit: f64,
    /// The height (not the loss) at the box's lower face.
    pub low: f64,
    /// The height at the box's lid, above `low`.
    pub high: f64,
    /// About how many contour lines, and never more; 0 draws none.
    pub contours: u32,
}

impl Default for HeightScale {
    /// Linear, from 0 to 1, without lines.
    fn default() -> Self {
        Self {
            log: false,
            unit: 1.0,
            low: 0.0,
            high: 1.0,
            contours: 0,
        }
    }
}

impl HeightScale {
    /// h(f).
    pub fn height_of_loss(&self, loss: f64) -> f64 {
        if self.log {
            loss.signum() * (loss.abs() / self.unit).ln_1p() * std::f64::consts::LOG10_E
        } else {
            loss
        }
    }

    /// The loss at a height: the inverse of [`HeightScale::height_of_loss`].
    pub fn loss_at_height(&self, height: f64) -> f64 {
        if self.log {
            height.signum() * (height.abs() / std::f64::consts::LOG10_E).exp_m1() * self.unit
        } else {
            height
        }
    }

    /// World Z of a loss, cut at the box's faces.
    pub fn z_of_loss(&self, loss: f64) -> f32 {
        let level = (self.height_of_loss(loss) - self.low) / (self.high - self.low);
        (level.clamp(0.0, 1.0) as f32 - 0.5) * BOX_HEIGHT
    }
}

/// Where the landscape stands in the world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// The first and second plane coordinate's range: `[[low, high]; 2]`.
    pub domain: [[f64; 2]; 2],
}

impl Placement {
    /// World units per unit of each plane coordinate: one scale for both.
    pub fn world_per_parameter(&self) -> Vec2 {
        let extent = |axis: usize| self.domain[axis][1] - self.domain[axis][0];
        Vec2::splat((1.0 / extent(0).max(extent(1))) as f32)
    }

    /// Half the box's width and depth in world units.
    pub fn half_extent(&self) -> Vec2 {
        let extent = |axis: usize| (self.domain[axis][1] - self.domain[axis][0]) as f32;
        Vec2::new(extent(0), extent(1)) * self.world_per_parameter() * 0.5
    }

    /// World X and Y of plane coordinates.
    pub fn world_xy(&self, place: [f64; 2]) -> Vec2 {
        let centre = |axis: usize| 0.5 * (self.domain[axis][0] + self.domain[axis][1]);
        Vec2::new((place[0] - centre(0)) as f32, (place[1] - centre(1)) as f32)
            * self.world_per_parameter()
    }
}

impl FrameUniform {
    /// The uniform of a pane of an image of `image_px` pixels.
    pub fn new(
        pane: &Pane,
        placement: &Placement,
        height: &HeightScale,
        image_px: [u32; 2],
        px_per_point: f32,
    ) -> Self {
        let pixels = |size: [u32; 2]| size.map(|pixels| pixels as f32);
        let corner = |side: usize| {
            [
                placement.domain[0][side] as f32,
                placement.domain[1][side] as f32,
            ]
        };
        Self {
            clip_from_world: pane.clip_from_world().to_cols_array_2d(),
            image_px: pixels(image_px),
            corner_px: pixels(pane.corner_px),
            domain_min: corner(0),
            domain_max: corner(1),
            world_per_parameter: placement.world_per_parameter().to_array(),
            size_px: pixels(pane.size_px),
            height_low: height.low as f32,
            height_high: height.high as f32,
            height_unit: height.unit as f32,
            height_is_log: u32::from(height.log),
            box_height: BOX_HEIGHT,
            px_per_point,
            ground_z: GROUND_Z,
            flatness: pane.flatness,
            eye: homogeneous_eye(&pane.camera).to_array(),
            rim_direction: rim_direction(&pane.camera).to_array(),
            padding: 0.0,
        }
    }
}

fn homogeneous_eye(camera: &OrbitCamera) -> Vec4 {
    match camera.projection {
        Projection::Perspective => camera.eye().extend(1.0),
        Projection::Orthographic => camera.direction().extend(0.0),
    }
}

/// From behind the landscape and a little above.
fn rim_direction(camera: &OrbitCamera) -> Vec3 {
    let eye = camera.direction();
    let level = eye.truncate().length();
    Vec3::new(-eye.x, -eye.y, 0.45 * level + 0.05).normalize()
}
