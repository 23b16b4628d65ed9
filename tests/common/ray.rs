//! Lines of sight through a landscape, in f64 and from the camera's angles alone: an independent
//! answer to what a pixel should show.

use thalweg::camera::{OrbitCamera, Projection};
use thalweg::render::frame::BOX_HEIGHT;
use thalweg::render::height::HeightScale;

/// Steep and flat, from below and straight from above, near and infinitely far.
pub fn eyes() -> Vec<OrbitCamera> {
    let eye = |azimuth_deg, elevation_deg, projection| OrbitCamera {
        azimuth_deg,
        elevation_deg,
        projection,
        distance: 2.2,
        ..OrbitCamera::default()
    };
    vec![
        eye(30.0, 35.0, Projection::Perspective),
        eye(200.0, 10.0, Projection::Perspective),
        eye(-70.0, -30.0, Projection::Perspective),
        eye(0.0, 90.0, Projection::Orthographic),
        eye(130.0, 25.0, Projection::Orthographic),
    ]
}

pub fn himmelblau(x: f64, y: f64) -> f64 {
    (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2)
}

/// A loss over a domain at a height scale; where the loss is not finite, there is nothing.
pub struct Landscape<F> {
    loss: F,
    domain: [[f64; 2]; 2],
    pub height: HeightScale,
}

/// Where a line of sight meets the surface first.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    pub world: [f64; 3],
    pub loss: f64,
    pub height: f64,
    /// The upper side is seen.
    pub from_above: bool,
    /// Towards the eye, of length one.
    pub to_eye: [f64; 3],
}

/// A hit or none a pixel.
pub struct Hits {
    size: [usize; 2],
    hits: Vec<Option<Hit>>,
}

impl<F: Fn(f64, f64) -> f64> Landscape<F> {
    pub fn new(loss: F, domain: [[f64; 2]; 2], height: HeightScale) -> Self {
        Self {
            loss,
            domain,
            height,
        }
    }

    /// World units per unit of the parameters.
    pub fn scale(&self) -> f64 {
        let extent = self.domain.map(|[low, high]| high - low);
        1.0 / extent[0].max(extent[1])
    }

    /// World Z per unit of height.
    pub fn z_scale(&self) -> f64 {
        f64::from(BOX_HEIGHT) / (self.height.high - self.height.low)
    }

    fn loss_at(&self, [x, y, _]: [f64; 3]) -> Option<f64> {
        let place = |axis: usize, world: f64| {
            let [low, high] = self.domain[axis];
            let place = world / self.scale() + 0.5 * (low + high);
            (low..=high).contains(&place).then_some(place)
        };
        let loss = (self.loss)(place(0, x)?, place(1, y)?);
        loss.is_finite().then_some(loss)
    }

    /// How far a point of the world lies above the surface.
    fn above(&self, point: [f64; 3]) -> Option<f64> {
        let height = self.height.height_of_loss(self.loss_at(point)?);
        let z = (height.min(self.height.high) - self.height.low) * self.z_scale();
        Some(point[2] - (z - 0.5 * f64::from(BOX_HEIGHT)))
    }

    /// What every pixel of an image of `size` sees.
    pub fn hits(&self, camera: &OrbitCamera, size: [u32; 2]) -> Hits {
        let pixels = (0..size[1]).flat_map(|y| (0..size[0]).map(move |x| [x, y]));
        Hits {
            size: size.map(|side| side as usize),
            hits: pixels.map(|pixel| self.hit(camera, size, pixel)).collect(),
        }
    }

    /// What one pixel of an image of `size` sees.
    pub fn hit(&self, camera: &OrbitCamera, size: [u32; 2], pixel: [u32; 2]) -> Option<Hit> {
        const STEP: f64 = 0.004;
        let (start, along) = line_of_sight(camera, size, pixel);
        let point = |t: f64| add(start, scaled(along, t));
        let mut before: Option<(f64, f64)> = None;
        // The landscape's box fits into a sphere of this radius around the origin.
        const REACH: f64 = 0.8;
        for i in 0..(2.0 * REACH / STEP) as u32 {
            let t = f64::from(camera.distance) - REACH + STEP * f64::from(i);
            let Some(now) = self.above(point(t)) else {
                before = None;
                continue;
            };
            if let Some((t_before, was)) = before
                && was.signum() != now.signum()
            {
                let world = point(self.crossing(point, t_before, t));
                let loss = self.loss_at(world)?;
                let height = self.height.height_of_loss(loss);
                let to_eye = scaled(along, -1.0);
                return Some(Hit {
                    world,
                    loss,
                    height,
                    from_above: was > 0.0,
                    to_eye,
                });
            }
            before = Some((t, now));
        }
        None
    }

    fn crossing(&self, point: impl Fn(f64) -> [f64; 3], low: f64, high: f64) -> f64 {
        let (mut low, mut high) = (low, high);
        let side = self.above(point(low)).map(f64::signum);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if self.above(point(middle)).map(f64::signum) == side {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}

/// Start and direction (of length one) of the line through a pixel's centre.
fn line_of_sight(camera: &OrbitCamera, size: [u32; 2], pixel: [u32; 2]) -> ([f64; 3], [f64; 3]) {
    let [azimuth, elevation, fov] = [camera.azimuth_deg, camera.elevation_deg, camera.fov_deg]
        .map(|deg| f64::from(deg).to_radians());
    let (sa, ca, se, ce) = (
        azimuth.sin(),
        azimuth.cos(),
        elevation.sin(),
        elevation.cos(),
    );
    let direction = [sa * ce, -ca * ce, se];
    let right = [ca, sa, 0.0];
    let up = [-sa * se, ca * se, ce];
    let distance = f64::from(camera.distance);
    let eye = add(
        camera.target.to_array().map(f64::from),
        scaled(direction, distance),
    );
    let [width, height] = size.map(f64::from);
    let half = (0.5 * fov).tan();
    let across = ((f64::from(pixel[0]) + 0.5) / width * 2.0 - 1.0) * half * width / height;
    let upwards = (1.0 - (f64::from(pixel[1]) + 0.5) / height * 2.0) * half;
    let aside = add(scaled(right, across), scaled(up, upwards));
    match camera.projection {
        Projection::Perspective => {
            let along = add(aside, scaled(direction, -1.0));
            (eye, scaled(along, 1.0 / dot(along, along).sqrt()))
        }
        Projection::Orthographic => (add(eye, scaled(aside, distance)), scaled(direction, -1.0)),
    }
}

impl Hits {
    pub fn at(&self, x: usize, y: usize) -> Option<&Hit> {
        self.hits[y * self.size[0] + x].as_ref()
    }

    /// All pixels but the image's border.
    pub fn inner_pixels(&self) -> impl Iterator<Item = (usize, usize)> {
        let [width, height] = self.size;
        (1..height - 1).flat_map(move |y| (1..width - 1).map(move |x| (x, y)))
    }

    /// The eight pixels around one.
    pub fn around(&self, x: usize, y: usize) -> impl Iterator<Item = Option<&Hit>> {
        let offsets = [
            (0, 0),
            (1, 0),
            (2, 0),
            (0, 1),
            (2, 1),
            (0, 2),
            (1, 2),
            (2, 2),
        ];
        offsets
            .into_iter()
            .map(move |(dx, dy)| self.at(x + dx - 1, y + dy - 1))
    }

    /// Height, and its change over one pixel by central differences; `None` beside a silhouette.
    pub fn height_and_rise(&self, x: usize, y: usize) -> Option<[f64; 2]> {
        let side = self.at(x, y)?.from_above;
        if self
            .around(x, y)
            .any(|hit| hit.is_none_or(|hit| hit.from_above != side))
        {
            return None;
        }
        let height = |x, y| Some(self.at(x, y)?.height);
        let across = 0.5 * (height(x + 1, y)? - height(x - 1, y)?);
        let down = 0.5 * (height(x, y + 1)? - height(x, y - 1)?);
        Some([height(x, y)?, across.hypot(down)])
    }
}

pub fn add(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|i| a[i] + b[i])
}

pub fn scaled(a: [f64; 3], by: f64) -> [f64; 3] {
    a.map(|value| value * by)
}

pub fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|i| a[i] * b[i]).sum()
}
