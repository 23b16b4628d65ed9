//! Which edges of the landscape's box carry the axes, and where they fall on the image.

use crate::render::frame::Placement;
use egui::{Pos2, Vec2};
use glam::{Mat4, Vec2 as WorldVec2, Vec3, Vec3Swizzles, Vec4, Vec4Swizzles};

/// How far beside the eye the viewer is taken to stand, as an angle in radians: so that square-on
/// views of parallel rays put a receding axis to the right, where the height axis is not.
const LEAN: f32 = 5e-4;

/// A camera and an image measured in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    clip_from_world: Mat4,
    size: Vec2,
}

/// An edge of the box, in world units, from the axis' low end to its high end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    pub(super) low: Vec3,
    pub(super) high: Vec3,
}

/// What is seen of an edge.
#[derive(Debug, Clone, Copy)]
pub(super) struct SeenEdge {
    /// Its ends in front of the camera, in points; they may lie outside the image.
    pub(super) ends: [Pos2; 2],
    /// Of length one, square to the edge, away from the box.
    pub(super) outward: Vec2,
}

/// The lower and the left edge of a map of these half extents.
pub(super) fn of_map(half: WorldVec2) -> [Edge; 2] {
    let corner = |x: f32, y: f32| (half * WorldVec2::new(x, y)).extend(0.0);
    let from_corner = |high| Edge {
        low: corner(-1.0, -1.0),
        high,
    };
    [
        from_corner(corner(1.0, -1.0)),
        from_corner(corner(-1.0, 1.0)),
    ]
}

impl SeenEdge {
    /// Halfway between its ends.
    pub(super) fn middle(&self) -> Pos2 {
        self.ends[0].lerp(self.ends[1], 0.5)
    }
}

impl Edge {
    /// The place at a fraction of the way up the axis.
    pub(super) fn at(&self, fraction: f64) -> Vec3 {
        self.low.lerp(self.high, fraction as f32)
    }
}

impl View {
    pub(super) fn new(clip_from_world: Mat4, size: Vec2) -> Self {
        Self {
            clip_from_world,
            size,
        }
    }

    /// Where a place of the world falls, in points; nothing if it is not in front of the camera.
    pub(super) fn project(&self, world: Vec3) -> Option<Pos2> {
        let clip = self.clip_from_world * world.extend(1.0);
        in_front(clip).then(|| self.points_of(clip))
    }

    /// An edge's part in front of the camera. Nothing where it shrinks to a point.
    pub(super) fn see(&self, edge: &Edge) -> Option<SeenEdge> {
        let [a, b] = [edge.low, edge.high].map(|world| self.clip_from_world * world.extend(1.0));
        let (a, b) = match (in_front(a), in_front(b)) {
            (true, true) => (a, b),
            (true, false) => (a, cut_at_near(a, b)),
            (false, true) => (cut_at_near(b, a), b),
            (false, false) => return None,
        };
        let ends = [a, b].map(|clip| self.points_of(clip));
        let along = ends[1] - ends[0];
        if along.length() < 1.0 {
            return None;
        }
        let square = along.normalized().rot90();
        let inward = self.motion(a.lerp(b, 0.5), -0.5 * (edge.low + edge.high));
        let outward = if square.dot(inward) > 0.0 {
            -square
        } else {
            square
        };
        Some(SeenEdge { ends, outward })
    }

    /// The direction on the image in which a point at `clip` moves when it moves along `step`.
    fn motion(&self, clip: Vec4, step: Vec3) -> Vec2 {
        let moved = self.clip_from_world * step.extend(0.0);
        let change = moved.xy() * clip.w - clip.xy() * moved.w;
        Vec2::new(change.x * self.size.x, -change.y * self.size.y)
    }

    fn points_of(&self, clip: Vec4) -> Pos2 {
        let place = clip.xy() / clip.w * WorldVec2::new(0.5, -0.5) + 0.5;
        Pos2::new(place.x * self.size.x, place.y * self.size.y)
    }

    /// The eye as a homogeneous point: its `w` is 1, or 0 for parallel rays, when it is the
    /// direction towards the viewer.
    fn viewer(&self) -> Vec4 {
        let seen_edge_on = self.clip_from_world.inverse() * Vec4::Z;
        // Parallel rays: depth grows away from the viewer.
        if seen_edge_on.w.abs() < 1e-6 * seen_edge_on.xyz().length() {
            (-seen_edge_on.xyz()).normalize().extend(0.0)
        } else {
            seen_edge_on / seen_edge_on.w
        }
    }

    /// To the right and upwards on the image, in world units of length one.
    fn right_and_up(&self) -> [Vec3; 2] {
        [0, 1].map(|row| self.clip_from_world.row(row).xyz().normalize_or_zero())
    }

    /// The edges of both plane coordinates.
    ///
    /// They lie at the floor, on the sides towards a viewer above it and away from one below it:
    /// there the box is on one side of the edge only. For a viewer right above the box, whose
    /// lid covers the floor, they lie at the lid.
    pub(super) fn parameter_edges(&self, placement: &Placement) -> [Edge; 2] {
        let viewer = self.viewer();
        let half = placement.half_extent();
        let (floor, lid) = (placement.floor_z(), 0.5 * placement.box_height());
        let over_the_box = viewer.w > 0.0 && viewer.xy().abs().cmplt(half).all();
        let z = if over_the_box && viewer.z > lid {
            lid
        } else {
            floor
        };
        let side = self.side_of_axes(viewer, floor, half) * half;
        [
            Edge {
                low: Vec3::new(-half.x, side.y, z),
                high: Vec3::new(half.x, side.y, z),
            },
            Edge {
                low: Vec3::new(side.x, -half.y, z),
                high: Vec3::new(side.x, half.y, z),
            },
        ]
    }

    /// +1 or -1 along X and along Y.
    ///
    /// A viewer between two sides of the box sees both alike; an axis that recedes between them lies
    /// to the right, since the height axis stands to the left.
    fn side_of_axes(&self, viewer: Vec4, floor: f32, half: WorldVec2) -> WorldVec2 {
        let [right, up] = self.right_and_up();
        // Straight from above nothing but the image's own "down" says which side is near.
        let down = -up.xy() * viewer.z.signum() * LEAN;
        let towards = viewer.xy() / viewer.xyz().length() + down;
        let outward = if viewer.z > floor * viewer.w {
            towards
        } else {
            -towards
        };
        let towards_viewer = (outward + right.xy() * LEAN).map(f32::signum);
        let is_between = viewer.xy().abs().cmplt(half * viewer.w);
        match (is_between.x, is_between.y) {
            (true, false) => WorldVec2::new(right.x.signum(), towards_viewer.y),
            (false, true) => WorldVec2::new(towards_viewer.x, right.y.signum()),
            _ => towards_viewer,
        }
    }

    /// The box's upright edge that is leftmost on the image; the nearer one of two alike.
    /// None for a viewer right above the box, who sees all of them within it.
    pub(super) fn height_edge(&self, placement: &Placement) -> Option<Edge> {
        let half = placement.half_extent();
        let lid = 0.5 * placement.box_height();
        if over_the_lid(self.viewer(), half, lid) {
            return None;
        }
        let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
        let from_left = |edge: &Edge| -> f32 {
            let clip = self.clip_from_world * edge.at(0.5).extend(1.0);
            self.points_of(clip).x + LEAN * self.size.x * clip.z / clip.w
        };
        corners
            .into_iter()
            .map(|(x, y)| {
                let foot = (half * WorldVec2::new(x, y)).extend(-lid);
                let head = foot.with_z(lid);
                Edge {
                    low: foot,
                    high: head,
                }
            })
            .filter(|edge| self.project(edge.at(0.5)).is_some())
            .min_by(|a, b| from_left(a).total_cmp(&from_left(b)))
    }
}

/// Whether the viewer sees the box' lid alone.
fn over_the_lid(viewer: Vec4, half: WorldVec2, lid: f32) -> bool {
    viewer.w > 0.0 && viewer.z > lid && viewer.xy().abs().cmplt(half).all()
}

/// In front of the near plane, where depth is zero.
fn in_front(clip: Vec4) -> bool {
    clip.w > 0.0 && clip.z >= 0.0
}

/// Where the way from `front` to `behind` crosses the near plane, a hair on the visible side.
fn cut_at_near(front: Vec4, behind: Vec4) -> Vec4 {
    front.lerp(behind, 0.999 * front.z / (front.z - behind.z))
}
