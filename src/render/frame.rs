//! The frame: what every pass knows of the camera, the landscape's box and the height scale.
//!
//! World space is right-handed with Z up. The box's centre is the origin; its longer side along
//! the parameters is one unit; both parameters have one scale, so that a gradient is perpendicular
//! to its contour line, unless one range is so much the shorter that it must be stretched
//! ([`Placement::stretch`]). The loss fills the box's height, [`Placement::box_height`].

use super::height::{HeightLaw, HeightScale};
use super::panes::Pane;
use super::sketch::TracedUniform;
use crate::camera::{OrbitCamera, Projection};
use bytemuck::{Pod, Zeroable};
use glam::{DMat4, Vec2, Vec3, Vec4};

/// The height of a surface's box in world units.
pub const BOX_HEIGHT: f32 = 0.42;

/// From the box's lower face down to the floor with the contour map, in world units.
pub const FLOOR_GAP: f32 = 0.12;

/// The height of a curve's box, whose depth is a hair: more than a surface's, which is seen from
/// above.
pub const CURVE_BOX_HEIGHT: f32 = 0.55;

/// From a curve's box down to its axis: room for what stands on the lowest point.
pub const CURVE_FLOOR_GAP: f32 = 0.03;

/// How many times as long as the other a side of the box may be before the shorter one is
/// stretched.
const MOST_OBLONG: f64 = 4.0;

/// The shorter side of a box that is stretched, in world units.
const STRETCHED_SIDE: f64 = 0.5;

/// The uniform of group 0; `Frame` in `shaders/include/frame.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct FrameUniform {
    pub clip_from_world: [[f32; 4]; 4],
    pub world_from_clip: [[f32; 4]; 4],
    pub image_px: [f32; 2],
    pub corner_px: [f32; 2],
    pub domain_min: [f32; 2],
    pub domain_max: [f32; 2],
    pub world_per_parameter: [f32; 2],
    pub size_px: [f32; 2],
    pub height_low: f32,
    pub height_high: f32,
    pub height_unit: f32,
    pub height_law: u32,
    pub box_height: f32,
    pub px_per_point: f32,
    pub ground_z: f32,
    pub flatness: f32,
    pub eye: [f32; 4],
    pub rim_direction: [f32; 3],
    pub padding: f32,
    pub traced: TracedUniform,
}

/// Where the landscape stands in the world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// The first and second plane coordinate's range: `[[low, high]; 2]`.
    pub domain: [[f64; 2]; 2],
    /// How far, in parameter space, a step of one along each plane coordinate leads; above 0.
    pub lengths: [f64; 2],
    /// Whether the landscape is a curve, upright in the plane of its first coordinate.
    pub is_curve: bool,
}

/// A side of the box that is drawn longer than the other's scale would have it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// The plane coordinate: 0 or 1.
    pub axis: usize,
    /// How many times as long; above 1.
    pub factor: f64,
}

impl Placement {
    /// Two parameters over their ranges.
    pub fn of_parameters(domain: [[f64; 2]; 2]) -> Self {
        Self {
            domain,
            lengths: [1.0; 2],
            is_curve: false,
        }
    }

    /// The sides in units of the parameters.
    fn sides(&self) -> [f64; 2] {
        [0, 1].map(|axis| (self.domain[axis][1] - self.domain[axis][0]) * self.lengths[axis])
    }

    /// What is stretched, where one range is more than four times the other: on one scale its side
    /// would be too short to be seen.
    pub fn stretch(&self) -> Option<Stretch> {
        let [a, b] = self.sides();
        let oblong = a.max(b) / a.min(b);
        (!self.is_curve && oblong > MOST_OBLONG).then(|| Stretch {
            axis: usize::from(b < a),
            factor: STRETCHED_SIDE * oblong,
        })
    }

    /// World units per unit of each plane coordinate.
    pub fn world_per_parameter(&self) -> Vec2 {
        let [a, b] = self.sides();
        let mut scales = self.lengths.map(|length| length / a.max(b));
        if let Some(stretch) = self.stretch() {
            scales[stretch.axis] *= stretch.factor;
        }
        Vec2::from(scales.map(|scale| scale as f32))
    }

    /// The box's height in world units; its middle is the world's origin.
    pub fn box_height(&self) -> f32 {
        if self.is_curve {
            CURVE_BOX_HEIGHT
        } else {
            BOX_HEIGHT
        }
    }

    /// World Z of the floor, which carries the contour map and the parameters' axes.
    pub fn floor_z(&self) -> f32 {
        let gap = if self.is_curve {
            CURVE_FLOOR_GAP
        } else {
            FLOOR_GAP
        };
        -0.5 * self.box_height() - gap
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
            world_from_clip: inverse(pane.clip_from_world().to_cols_array_2d()),
            image_px: pixels(image_px),
            corner_px: pixels(pane.corner_px),
            domain_min: corner(0),
            domain_max: corner(1),
            world_per_parameter: placement.world_per_parameter().to_array(),
            size_px: pixels(pane.size_px),
            height_low: height.low as f32,
            height_high: height.high as f32,
            height_unit: match height.law {
                HeightLaw::Log { unit } => unit as f32,
                HeightLaw::Linear | HeightLaw::Formula(_) => 1.0,
            },
            height_law: match height.law {
                HeightLaw::Linear => 0,
                HeightLaw::Log { .. } => 1,
                HeightLaw::Formula(_) => 2,
            },
            box_height: placement.box_height(),
            px_per_point,
            ground_z: placement.floor_z(),
            flatness: pane.flatness,
            eye: homogeneous_eye(&pane.camera).to_array(),
            rim_direction: rim_direction(&pane.camera).to_array(),
            padding: 0.0,
            traced: TracedUniform::default(),
        }
    }

    /// The same picture with lines traced on its landscape.
    #[must_use]
    pub fn tracing(mut self, traced: TracedUniform) -> Self {
        self.traced = traced;
        self
    }

    /// The same picture moved by less than a pixel, so that each pixel looks `offset_px` to the
    /// right and down of its middle.
    #[must_use]
    pub fn looking_at(mut self, offset_px: [f32; 2]) -> Self {
        for column in &mut self.clip_from_world {
            let w = column[3];
            column[0] -= 2.0 * offset_px[0] / self.size_px[0] * w;
            column[1] += 2.0 * offset_px[1] / self.size_px[1] * w;
        }
        self.world_from_clip = inverse(self.clip_from_world);
        self
    }
}

/// The inverse, by way of f64: depth has few digits to lose.
fn inverse(columns: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    let matrix = DMat4::from_cols_array_2d(&columns.map(|column| column.map(f64::from)));
    matrix.inverse().as_mat4().to_cols_array_2d()
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
