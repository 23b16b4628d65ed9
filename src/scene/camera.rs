//! The camera's path: settings, keys over time, and the view at a moment.

use serde::Serialize;

use super::words::{Ease, Projection};

/// `[camera]`: an orbit around a target, with keys over time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CameraSettings {
    /// Degrees around the height axis.
    #[serde(rename = "azimuth")]
    pub azimuth_deg: f64,
    /// Degrees above the floor, -90 to 90.
    #[serde(rename = "elevation")]
    pub elevation_deg: f64,
    /// From the target, in domain sizes, above 0.
    pub distance: f64,
    /// In the unit box that the landscape fills.
    pub target: [f64; 3],
    /// Vertical angle of view, 1 to 150 degrees.
    #[serde(rename = "fov")]
    pub fov_deg: f64,
    /// Perspective or orthographic.
    pub projection: Projection,
    /// Full turns over the film, added to the azimuth; 0 stands still.
    pub turns: f64,
    /// `[[camera.key]]`, in the order of their times.
    #[serde(rename = "key", skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<CameraKey>,
}

impl Default for CameraSettings {
    fn default() -> Self {
        Self {
            azimuth_deg: 30.0,
            elevation_deg: 35.0,
            distance: 2.6,
            target: [0.0; 3],
            fov_deg: 35.0,
            projection: Projection::Perspective,
            turns: 1.0,
            keys: Vec::new(),
        }
    }
}

impl CameraSettings {
    /// At rest in front of a curve, which leaves room for numbers and legend beside it.
    pub fn facing() -> Self {
        Self {
            azimuth_deg: 0.0,
            elevation_deg: 0.0,
            distance: 1.38,
            target: [0.0, 0.0, -0.04],
            turns: 0.0,
            ..Self::default()
        }
    }
}

/// `[[camera.key]]`: values that the camera has reached at a time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CameraKey {
    /// Seconds from the film's beginning, 0 or more.
    #[serde(rename = "at")]
    pub at_seconds: f64,
    /// How the camera comes here.
    pub ease: Ease,
    /// As in [`CameraSettings`]; absent: this key leaves it alone.
    #[serde(rename = "azimuth", skip_serializing_if = "Option::is_none")]
    pub azimuth_deg: Option<f64>,
    /// As in [`CameraSettings`].
    #[serde(rename = "elevation", skip_serializing_if = "Option::is_none")]
    pub elevation_deg: Option<f64>,
    /// As in [`CameraSettings`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance: Option<f64>,
    /// As in [`CameraSettings`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<[f64; 3]>,
    /// As in [`CameraSettings`].
    #[serde(rename = "fov", skip_serializing_if = "Option::is_none")]
    pub fov_deg: Option<f64>,
    /// As in [`CameraSettings`]; switches at the key's time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projection: Option<Projection>,
    /// As in [`CameraSettings`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turns: Option<f64>,
}

/// The camera at one moment, in plain numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CameraView {
    /// Degrees around the height axis, turns included; not reduced to a circle.
    pub azimuth_deg: f64,
    /// Degrees above the floor.
    pub elevation_deg: f64,
    /// From the target, in domain sizes.
    pub distance: f64,
    /// In the unit box that the landscape fills.
    pub target: [f64; 3],
    /// Vertical angle of view in degrees.
    pub fov_deg: f64,
    /// Perspective or orthographic.
    pub projection: Projection,
}

impl CameraSettings {
    /// The view at `seconds` of a film of `total_seconds`.
    ///
    /// Each property goes by itself from key to key that sets it; the settings
    /// are its key at 0 s, its last key holds to the end. The turned angle,
    /// 360 degrees x turns x seconds / total, comes on top.
    pub fn at(&self, seconds: f64, total_seconds: f64) -> CameraView {
        let number = |base: f64, of: fn(&CameraKey) -> Option<f64>| {
            self.property([base], seconds, |key| of(key).map(|value| [value]))[0]
        };
        let turned_deg = 360.0 * number(self.turns, |key| key.turns) * seconds / total_seconds;
        CameraView {
            azimuth_deg: number(self.azimuth_deg, |key| key.azimuth_deg) + turned_deg,
            elevation_deg: number(self.elevation_deg, |key| key.elevation_deg),
            distance: number(self.distance, |key| key.distance),
            target: self.property(self.target, seconds, |key| key.target),
            fov_deg: number(self.fov_deg, |key| key.fov_deg),
            projection: self.projection_at(seconds),
        }
    }

    fn property<const N: usize>(
        &self,
        base: [f64; N],
        seconds: f64,
        of: impl Fn(&CameraKey) -> Option<[f64; N]>,
    ) -> [f64; N] {
        let (mut from, mut from_seconds) = (base, 0.0);
        for key in &self.keys {
            let Some(to) = of(key) else { continue };
            if seconds < key.at_seconds {
                let along = (seconds - from_seconds) / (key.at_seconds - from_seconds);
                return std::array::from_fn(|i| mix(from[i], to[i], key.ease.curve(along)));
            }
            (from, from_seconds) = (to, key.at_seconds);
        }
        from
    }

    fn projection_at(&self, seconds: f64) -> Projection {
        self.keys
            .iter()
            .filter(|key| key.at_seconds <= seconds)
            .filter_map(|key| key.projection)
            .next_back()
            .unwrap_or(self.projection)
    }
}

impl Ease {
    /// The way done at `along` of the time, both from 0 to 1.
    pub fn curve(self, along: f64) -> f64 {
        match self {
            Self::Smooth => smoothstep(along),
            Self::Linear => along.clamp(0.0, 1.0),
        }
    }
}

/// 3x² - 2x³ over [0, 1], constant beyond.
pub fn smoothstep(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

/// From `from` at 0 to `to` at 1, both exact.
pub fn mix(from: f64, to: f64, along: f64) -> f64 {
    from * (1.0 - along) + to * along
}
