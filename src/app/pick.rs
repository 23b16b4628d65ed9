//! What lies under the pointer: a line of sight against the surface and the floor, in f64.
//!
//! The surface is the field's, cubic between its nodes as the picture shades it, not the mesh that
//! is drawn for its silhouette.

use crate::render::frame::Placement;
use crate::render::height::HeightScale;
use glam::{DMat4, DVec2, DVec3, DVec4, Mat4, Vec2, Vec3};

/// Points along a line of sight at least and at most, and in a field's cell.
const FEWEST_POINTS: f64 = 64.0;
const MOST_POINTS: f64 = 8192.0;
const POINTS_A_CELL: f64 = 2.0;
/// Halvings that find where a line of sight crosses the surface.
const HALVINGS: u32 = 48;

/// The landscape as the picture shows it.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The field's nodes, each (f, ∂f/∂a, ∂f/∂b, valid), row by row.
    pub nodes: &'a [[f32; 4]],
    /// Cells of the field along each plane coordinate.
    pub cells: [u32; 2],
    /// Where it stands in the world.
    pub placement: Placement,
    /// How a loss becomes a height.
    pub height: &'a HeightScale,
}

/// A camera's image with a pixel on it.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    /// Clip space from world space.
    pub clip_from_world: Mat4,
    /// The image's size in pixels.
    pub size_px: Vec2,
    /// Pixels from the image's upper left corner.
    pub at_px: Vec2,
}

impl Ground<'_> {
    /// The pixel of a place on the surface, or on the map where there is no height.
    pub fn pixel_of(&self, place: [f64; 2], loss: f64, sight: &Sight) -> Vec2 {
        let [x, y] = self.placement.world_xy(place).to_array();
        let clip = sight
            .clip_from_world
            .project_point3(Vec3::new(x, y, self.z_of(loss) as f32));
        (clip.truncate() * Vec2::new(0.5, -0.5) + 0.5) * sight.size_px
    }

    /// The place of a curve on a line of sight: that right below or above where the line meets
    /// the plane of the picture.
    pub fn on_curve(&self, sight: &Sight) -> Option<[f64; 2]> {
        let (near, far) = sight.ends();
        let t = near.y / (near.y - far.y);
        let place = self.place_under(near.lerp(far, t));
        let [low, high] = self.placement.domain[0];
        ((0.0..=1.0).contains(&t) && (low..=high).contains(&place[0])).then_some(place)
    }

    /// The place where a line of sight first meets the surface; holes are seen through.
    pub fn on_surface(&self, sight: &Sight) -> Option<[f64; 2]> {
        let (near, far) = sight.ends();
        let half = self.placement.half_extent().as_dvec2();
        let lid = 0.5 * f64::from(self.placement.box_height());
        let (from, to) = within(near, far, half.extend(lid))?;
        let (near, far) = (near.lerp(far, from), near.lerp(far, to));
        let points = self.points_along(near, far);
        let mut before: Option<(f64, f64)> = None;
        for i in 0..=points {
            let t = f64::from(i) / f64::from(points);
            let Some(above) = self.above(near.lerp(far, t)) else {
                before = None;
                continue;
            };
            if let Some((t_before, above_before)) = before
                && above_before.signum() != above.signum()
            {
                let t = self.crossing(near, far, [t_before, t], above_before)?;
                return Some(self.place_under(near.lerp(far, t)));
            }
            before = Some((t, above));
        }
        None
    }

    /// The place of the floor's map on a line of sight.
    pub fn on_floor(&self, sight: &Sight) -> Option<[f64; 2]> {
        let (near, far) = sight.ends();
        let floor = f64::from(self.placement.floor_z());
        let t = (floor - near.z) / (far.z - near.z);
        let is_in_front = (0.0..=1.0).contains(&t);
        let place = self.place_under(near.lerp(far, t));
        let domain = self.placement.domain;
        let is_inside = (0..2).all(|i| (domain[i][0]..=domain[i][1]).contains(&place[i]));
        (is_in_front && is_inside).then_some(place)
    }

    /// f at a place; `None` in a hole and outside the domain.
    pub fn loss_at(&self, place: [f64; 2]) -> Option<f64> {
        let domain = self.placement.domain;
        let mut node = [0; 2];
        let mut part = [0.0; 2];
        let mut size = [0.0; 2];
        for i in 0..2 {
            let [low, high] = domain[i];
            let cells = f64::from(self.cells[i]);
            let at = (place[i] - low) / (high - low) * cells;
            // The border belongs to the domain; the last bit of a crossing may be beyond it.
            if !(-1e-6..=cells + 1e-6).contains(&at) {
                return None;
            }
            let at = at.clamp(0.0, cells);
            let first = at.floor().min(cells - 1.0);
            node[i] = first as usize;
            part[i] = at - first;
            size[i] = (high - low) / cells;
        }
        let row = self.cells[0] as usize + 1;
        let corner = |i: usize, j: usize| self.nodes[(node[1] + j) * row + node[0] + i];
        let corners = [corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 1)];
        corners
            .iter()
            .all(|node| node[3] != 0.0)
            .then(|| cubic_patch(corners, part, size))
    }

    /// How far a point of the world lies above the surface.
    fn above(&self, world: DVec3) -> Option<f64> {
        let loss = self.loss_at(self.place_under(world))?;
        Some(world.z - self.z_of(loss))
    }

    /// World Z of a loss, cut at the box's faces.
    fn z_of(&self, loss: f64) -> f64 {
        let scale = self.height;
        let level = (scale.height_of_loss(loss) - scale.low) / (scale.high - scale.low);
        (level.clamp(0.0, 1.0) - 0.5) * f64::from(self.placement.box_height())
    }

    /// Where between two points, the first `above_before` the surface, the line crosses it.
    fn crossing(&self, near: DVec3, far: DVec3, mut t: [f64; 2], above_before: f64) -> Option<f64> {
        for _ in 0..HALVINGS {
            let middle = 0.5 * (t[0] + t[1]);
            let above = self.above(near.lerp(far, middle))?;
            let is_before = above.signum() == above_before.signum();
            t[usize::from(!is_before)] = middle;
        }
        Some(0.5 * (t[0] + t[1]))
    }

    fn place_under(&self, world: DVec3) -> [f64; 2] {
        let scale = self.placement.world_per_parameter().as_dvec2();
        let domain = self.placement.domain;
        let centre = domain.map(|[low, high]| 0.5 * (low + high));
        (world.truncate() / scale + DVec2::from(centre)).to_array()
    }

    fn points_along(&self, near: DVec3, far: DVec3) -> u32 {
        let half = self.placement.half_extent().as_dvec2();
        let cells = DVec2::new(self.cells[0].into(), self.cells[1].into());
        let crossed = ((far - near).truncate() / (2.0 * half) * cells).length();
        (POINTS_A_CELL * crossed).clamp(FEWEST_POINTS, MOST_POINTS) as u32
    }
}

impl Sight {
    /// The line of sight's ends on the near and on the far plane, in the world.
    fn ends(&self) -> (DVec3, DVec3) {
        let ndc = (2.0 * self.at_px / self.size_px - 1.0) * Vec2::new(1.0, -1.0);
        let world_from_clip: DMat4 = self.clip_from_world.as_dmat4().inverse();
        let end = |depth: f64| {
            let world = world_from_clip * DVec4::new(ndc.x.into(), ndc.y.into(), depth, 1.0);
            world.truncate() / world.w
        };
        (end(0.0), end(1.0))
    }
}

/// The parts of the way from `near` to `far` at which it enters and leaves the box of these half
/// extents around the origin.
fn within(near: DVec3, far: DVec3, half: DVec3) -> Option<(f64, f64)> {
    let along = far - near;
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    for axis in 0..3 {
        // A hair beyond the faces: the surface may lie in one.
        let half = half[axis] * (1.0 + 1e-6);
        if along[axis] == 0.0 {
            if near[axis].abs() > half {
                return None;
            }
            continue;
        }
        let [a, b] = [-half, half].map(|face| (face - near[axis]) / along[axis]);
        from = from.max(a.min(b));
        to = to.min(a.max(b));
    }
    (from < to).then_some((from, to))
}

/// The twin of `field_cubic` in `shaders/include/landscape.wgsl`.
fn cubic_patch(corners: [[f32; 4]; 4], [s, t]: [f64; 2], size: [f64; 2]) -> f64 {
    let [f00, f10, f01, f11] = corners.map(|node| node.map(f64::from));
    let mix = |a: f64, b: f64| a + s * (b - a);
    let low = cubic(
        [f00[0], f10[0]],
        [f00[1], f10[1]].map(|slope| slope * size[0]),
        s,
    );
    let high = cubic(
        [f01[0], f11[0]],
        [f01[1], f11[1]].map(|slope| slope * size[0]),
        s,
    );
    let slopes = [mix(f00[2], f10[2]), mix(f01[2], f11[2])];
    cubic([low, high], slopes.map(|slope| slope * size[1]), t)
}

/// Hermite's cubic from values and slopes at 0 and 1.
fn cubic([a, b]: [f64; 2], [slope_a, slope_b]: [f64; 2], t: f64) -> f64 {
    let (rise, u) = (b - a, 1.0 - t);
    a + t * (rise * t * (3.0 - 2.0 * t) + u * (slope_a * u - slope_b * t))
}
