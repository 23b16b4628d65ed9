//! The panes: where landscape and map stand on the image, from which camera each is seen, and how
//! one layout becomes another.
//!
//! The main pane shows the landscape, the map, or a stage between both: the camera climbs above
//! the landscape while its height sinks to nothing. Side by side, the main pane gives half of the
//! image to a second one, which shows the map. All of it follows without a break from the
//! [`LayoutMix`], and a picture of one layout alone has nothing of the others.

use super::frame::Placement;
use crate::camera::{OrbitCamera, Projection};
use crate::scene::LayoutMix;
use glam::{Mat4, Vec2, Vec3};

/// Width over height of the narrowest pane that has room for what a scene's camera shows.
const NARROWEST_ASPECT: f32 = 1.15;

/// From this width over height on, a map alone has room for the legend beside it.
pub const WIDE_ASPECT: f32 = 1.7;

/// The angle of view at which a rising camera ends, in degrees: nearly without perspective.
const FLATTEST_FOV_DEG: f32 = 3.0;

/// What is left of the height just before it is nothing: depths can still be told apart.
const LEAST_RELIEF: f32 = 0.003;

/// Around the map, in points, for the numbers and names of its axes and for its key.
const BESIDE_MAP: f32 = 130.0;
const BELOW_MAP: f32 = 136.0;
const ABOVE_MAP: f32 = 40.0;
/// The widest legend beside a map, as a part of the image's width, and what goes around it, in
/// points.
pub const LEGEND_BESIDE_MAP: f32 = 0.18;
const AROUND_LEGEND: f32 = 60.0;
/// What title, rows of the legend and caption take of the image's height, in points.
const TITLE: f32 = 56.0;
const NOTE: f32 = 29.0;
const LEGEND_ROWS: f32 = 92.0;
const CAPTION: f32 = 84.0;

/// What else has to find room on the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Furniture {
    /// A title above.
    pub title: bool,
    /// Lines of notes under it.
    pub notes: usize,
    /// A legend.
    pub legend: bool,
    /// A caption below, now or at another time of the film.
    pub caption: bool,
}

/// An image and how large a point is on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Canvas {
    /// Width and height in pixels.
    pub size_px: [u32; 2],
    /// Pixels per point of text.
    pub px_per_point: f32,
}

/// A part of the image with a view of the landscape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pane {
    /// Its upper left corner on the image, in pixels.
    pub corner_px: [u32; 2],
    /// Its width and height in pixels, at least 1 each.
    pub size_px: [u32; 2],
    /// Where the eye is.
    pub camera: OrbitCamera,
    /// 0 shows the landscape, 1 the map; between, one becomes the other.
    pub flatness: f32,
    /// The scale of the map, once there is nothing else.
    pub map_px_per_world: f32,
}

impl Pane {
    /// The landscape alone on an image of `size_px`.
    pub fn whole(camera: OrbitCamera, size_px: [u32; 2]) -> Self {
        Self {
            corner_px: [0, 0],
            size_px,
            camera,
            flatness: 0.0,
            map_px_per_world: 1.0,
        }
    }

    /// Clip space from world space, with the heights as far as they have sunk.
    pub fn clip_from_world(&self) -> Mat4 {
        let relief = match self.flatness {
            // Seen from right above, heights do not show; the order of depths still counts.
            1.0.. => 1.0,
            flatness => (1.0 - flatness).max(LEAST_RELIEF),
        };
        self.camera.clip_from_world(self.aspect()) * Mat4::from_scale(Vec3::new(1.0, 1.0, relief))
    }

    /// Width over height.
    pub fn aspect(&self) -> f32 {
        self.size_px[0] as f32 / self.size_px[1] as f32
    }

    /// Whether a pixel of the image lies in it.
    pub fn holds(&self, px: Vec2) -> bool {
        let corner = Vec2::from(self.corner_px.map(|side| side as f32));
        let off = px - corner;
        let size = Vec2::from(self.size_px.map(|side| side as f32));
        off.cmpge(Vec2::ZERO).all() && off.cmplt(size).all()
    }

    /// Whether only the map is left.
    pub fn is_map(&self) -> bool {
        self.flatness >= 1.0
    }
}

/// The panes of an image, the main one first; they cover it and do not overlap.
pub fn panes(
    mix: LayoutMix,
    camera: &OrbitCamera,
    placement: &Placement,
    canvas: Canvas,
    furniture: Furniture,
) -> Vec<Pane> {
    let image = Area::whole(canvas.size_px);
    let (first, second) = image.halves(0.5 * mix.side_by_side as f32);
    let main_map = map_camera(
        first,
        first,
        free_of(first, canvas, furniture, false),
        placement,
    );
    let flatness = mix.map as f32;
    let main = morphed(camera, main_map, first.aspect(), flatness);
    let mut panes = vec![first.pane(main, flatness, &main_map)];
    if let Some(second) = second {
        // The second pane slides in: what there is of it shows the near part of the whole.
        let (_, whole) = image.halves(0.5);
        let whole = whole.unwrap_or(image).at(second.corner);
        let free = free_of(whole, canvas, furniture, true);
        let map = map_camera(second, whole, free, placement);
        panes.push(second.pane(map, 1.0, &map));
    }
    panes
}

/// The part of a pane that is left to the map, in pixels of the image.
fn free_of(area: Area, canvas: Canvas, furniture: Furniture, is_second: bool) -> [Vec2; 2] {
    let points = |on: bool, points: f32| {
        if on {
            points * canvas.px_per_point
        } else {
            0.0
        }
    };
    let image = Area::whole(canvas.size_px);
    let in_rows = is_second || image.aspect() < WIDE_ASPECT;
    let beside = points(true, BESIDE_MAP);
    let legend = match in_rows {
        false if furniture.legend => LEGEND_BESIDE_MAP * image.size.x + points(true, AROUND_LEGEND),
        _ => 0.0,
    };
    // Title and legend stand over the upper pane.
    let is_top = area.corner.y == 0.0;
    let above = points(is_top && furniture.title, TITLE)
        + points(is_top, NOTE * furniture.notes as f32)
        + points(is_top && furniture.legend && in_rows, LEGEND_ROWS);
    let below = points(furniture.caption, CAPTION);
    let low = area.corner + Vec2::new(beside, points(true, ABOVE_MAP) + above);
    let high = area.end() - Vec2::new(beside + legend, points(true, BELOW_MAP) + below);
    // However small the image: something of the map is there.
    let middle = 0.5 * (low + high);
    let half = (0.5 * (high - low)).max(0.1 * area.size);
    [middle - half, middle + half]
}

/// The camera right above the landscape that puts it into `free`, as large as fits: as near to the
/// area's upright middle line as may be.
fn map_camera(area: Area, whole: Area, free: [Vec2; 2], placement: &Placement) -> OrbitCamera {
    let extent = 2.0 * placement.half_extent();
    let px_per_world = ((free[1] - free[0]) / extent).min_element();
    let half_px = 0.5 * px_per_world * extent;
    let wished = Vec2::new(
        whole.corner.x + 0.5 * whole.size.x,
        0.5 * (free[0].y + free[1].y),
    );
    let middle = wished.min(free[1] - half_px).max(free[0] + half_px);
    let off_px = area.corner + 0.5 * area.size - middle;
    let camera = OrbitCamera {
        azimuth_deg: 0.0,
        elevation_deg: 90.0,
        target: (off_px * Vec2::new(1.0, -1.0) / px_per_world).extend(0.0),
        projection: Projection::Orthographic,
        ..OrbitCamera::default()
    };
    with_height_at_target(camera, area.size.y / px_per_world)
}

/// The camera a part `along` of the way from the scene's own to the map's.
fn morphed(camera: &OrbitCamera, map: OrbitCamera, aspect: f32, along: f32) -> OrbitCamera {
    let camera = fitted(*camera, aspect);
    if along <= 0.0 {
        return camera;
    }
    if along >= 1.0 {
        return map;
    }
    let mix = |from: f32, to: f32| from + (to - from) * along;
    let by_ratio = |from: f32, to: f32| from * (to / from).powf(along);
    let north = 360.0 * (camera.azimuth_deg / 360.0).round();
    let between = OrbitCamera {
        azimuth_deg: mix(camera.azimuth_deg, north),
        elevation_deg: mix(camera.elevation_deg, map.elevation_deg),
        target: camera.target.lerp(map.target, along),
        fov_deg: by_ratio(camera.fov_deg, FLATTEST_FOV_DEG.min(camera.fov_deg)),
        ..camera
    };
    let height = by_ratio(camera.height_at_target(), map.height_at_target());
    with_height_at_target(between, height)
}

/// From as far away that `height` of the world fills the image at the target.
fn with_height_at_target(camera: OrbitCamera, height: f32) -> OrbitCamera {
    OrbitCamera {
        distance: camera.distance * height / camera.height_at_target(),
        ..camera
    }
}

/// A scene's camera for a pane that may be narrower than the scene was made for: from farther
/// away, so that the sides are not cut.
pub fn fitted(camera: OrbitCamera, aspect: f32) -> OrbitCamera {
    OrbitCamera {
        distance: camera.distance * (NARROWEST_ASPECT / aspect).max(1.0),
        ..camera
    }
}

/// The scene's camera of one that was [`fitted`].
pub fn unfitted(camera: OrbitCamera, aspect: f32) -> OrbitCamera {
    OrbitCamera {
        distance: camera.distance / (NARROWEST_ASPECT / aspect).max(1.0),
        ..camera
    }
}

/// A rectangle of whole pixels.
#[derive(Debug, Clone, Copy)]
struct Area {
    corner: Vec2,
    size: Vec2,
}

impl Area {
    fn whole(size_px: [u32; 2]) -> Self {
        Self {
            corner: Vec2::ZERO,
            size: Vec2::from(size_px.map(|pixels| pixels.max(1) as f32)),
        }
    }

    fn at(self, corner: Vec2) -> Self {
        Self { corner, ..self }
    }

    fn end(self) -> Vec2 {
        self.corner + self.size
    }

    fn aspect(self) -> f32 {
        self.size.x / self.size.y
    }

    /// Cuts off the last `part` along the longer side: to the right, or below where the area is
    /// upright. No second one where it would be empty.
    fn halves(self, part: f32) -> (Self, Option<Self>) {
        let axis = if self.size.x >= self.size.y {
            Vec2::X
        } else {
            Vec2::Y
        };
        let along = self.size.dot(axis);
        let cut = (along * part).round().min(along - 1.0);
        if cut < 1.0 {
            return (self, None);
        }
        let first = Self {
            size: self.size - axis * cut,
            ..self
        };
        let second = Self {
            corner: self.corner + axis * (along - cut),
            size: self.size - axis * (along - cut),
        };
        (first, Some(second))
    }

    fn pane(self, camera: OrbitCamera, flatness: f32, map: &OrbitCamera) -> Pane {
        let pixels = |v: Vec2| v.to_array().map(|value| value as u32);
        Pane {
            corner_px: pixels(self.corner),
            size_px: pixels(self.size),
            camera,
            flatness,
            map_px_per_world: self.size.y / map.height_at_target(),
        }
    }
}

#[cfg(test)]
mod tests;
