//! The scene: the plain-data description of a film, its TOML, and its course
//! over time. Stands between a scene file and everything that runs or draws.
//!
//! The grammar is the reference scene's, read whole; [`Scene::not_built`] names
//! the keys that ask for what the program cannot do yet.

mod camera;
mod caption;
mod error;
mod grammar;
mod layout;
mod nearest;
mod not_built;
mod parts;
mod patch;
mod places;
mod read;
mod start;
mod timeline;
mod toml_text;
mod words;

use serde::Serialize;

pub use crate::optimizer::random::{normal, pcg4d, uniform};
pub use camera::{CameraKey, CameraSettings, CameraView, mix, smoothstep};
pub use caption::{CaptionPart, caption_parts};
pub use error::{Place, SceneError};
pub use layout::LayoutMix;
pub use nearest::nearest;
pub use parts::{
    ALL_STATEMENTS, Color, Converged, DataSource, EndSettings, FieldSettings, FilmSettings,
    HeightScale, HeightSettings, Hyper, LossData, LossSettings, LossSource, Method, Plane, Samples,
    ShowSettings, Stop, Team, TimeSettings,
};
pub use start::{Sheet, Sigma, Start, starts, starts_on};
pub use timeline::Timeline;
pub use words::{
    Colormap, Compare, Ease, Layout, Mark, Projection, SurfaceStyle, Theme, TrailStyle, Word,
};

/// The longest film, in seconds: ten hours.
pub const LONGEST_SECONDS: f64 = 36_000.0;

/// A scene: all that a film is made from. Its tables are those of a scene file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scene {
    /// `""` hides it; absent: the loss's own title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Of every random number.
    pub seed: u32,
    /// What is minimised.
    pub loss: LossSettings,
    /// The dense grid behind the surface.
    pub field: FieldSettings,
    /// From loss to height.
    pub height: HeightSettings,
    /// `[[team]]`, in order.
    #[serde(rename = "team")]
    pub teams: Vec<Team>,
    /// When a descent is over.
    pub ends: EndSettings,
    /// Length and pace.
    pub time: TimeSettings,
    /// The camera's path.
    pub camera: CameraSettings,
    /// What is drawn.
    pub show: ShowSettings,
    /// Size, rate and quality.
    pub film: FilmSettings,
    /// `[[stop]]`, in order.
    #[serde(rename = "stop", skip_serializing_if = "Vec::is_empty")]
    pub stops: Vec<Stop>,
}

impl Default for Scene {
    fn default() -> Self {
        Self::on(LossSettings::default())
    }
}

impl Scene {
    /// The scene of a loss with every other key at its default: a curve, where the loss has one
    /// parameter, is seen from the front on a linear height, and its trails are chords.
    pub fn on(loss: LossSettings) -> Self {
        let surface = Self::on_a_surface(loss);
        if !surface.loss.is_of_one_parameter() {
            return surface;
        }
        Self {
            height: HeightSettings {
                scale: HeightScale::Linear,
                ..surface.height
            },
            camera: CameraSettings::facing(),
            show: ShowSettings {
                trails: TrailStyle::Chords,
                ..surface.show
            },
            ..surface
        }
    }

    fn on_a_surface(loss: LossSettings) -> Self {
        Self {
            title: None,
            seed: 1,
            loss,
            field: FieldSettings::default(),
            height: HeightSettings::default(),
            teams: Vec::new(),
            ends: EndSettings::default(),
            time: TimeSettings::default(),
            camera: CameraSettings::default(),
            show: ShowSettings::default(),
            film: FilmSettings::default(),
            stops: Vec::new(),
        }
    }
}
