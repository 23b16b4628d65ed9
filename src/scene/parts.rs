//! The plain data of a scene's tables, one struct a table, with the defaults
//! of the reference.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::loss::Table;

use super::start::Start;
use super::words::{Colormap, Compare, Layout, Mark, SurfaceStyle, Theme, TrailStyle};
use crate::loss;

/// `[loss]`: what is minimised, and the part of parameter space that is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LossSettings {
    /// `name` or `formula`.
    #[serde(flatten)]
    pub source: LossSource,
    /// Names of the parameters in their order, 1 to 16; absent: the loss's own,
    /// or x, y, w1 … wN as the formula uses them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<String>>,
    /// `[low, high]` by parameter name, low < high in f32 too; may name some
    /// only. Absent: the catalogue's, else [-3, 3] each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<BTreeMap<String, [f64; 2]>>,
    /// The plane of the landscape when there are more than two parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plane: Option<Plane>,
    /// The point that a lesson follows, by parameter name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<BTreeMap<String, f64>>,
    /// The rows that the loss sums over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<LossData>,
}

impl Default for LossSettings {
    fn default() -> Self {
        Self {
            source: LossSource::Name("himmelblau".to_owned()),
            parameters: None,
            domain: None,
            plane: None,
            at: None,
            data: None,
        }
    }
}

impl LossSettings {
    /// Whether the landscape is a curve. Not known of a name or formula that is wrong: then not.
    pub fn is_of_one_parameter(&self) -> bool {
        let count = match (&self.parameters, &self.source) {
            (Some(parameters), _) => Some(parameters.len()),
            (None, LossSource::Name(name)) => loss::named(name).map(|loss| loss.parameters.len()),
            (None, LossSource::Formula(formula)) => {
                let model = self.data.as_ref().and_then(|data| data.model.as_deref());
                loss::count_in(formula, model, self.data.is_some())
            }
        };
        count == Some(1)
    }
}

/// Where the loss comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LossSource {
    /// `name`: a catalogue entry, not looked up here.
    Name(String),
    /// `formula`: text in the formula language, not parsed here.
    Formula(String),
}

/// `loss.plane`: a plane through parameter space.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Plane {
    /// Two parameters, the others fixed.
    Axes {
        /// The two parameters' names.
        axes: [String; 2],
        /// Values of the others, by name.
        at: BTreeMap<String, f64>,
    },
    /// A point and two directions, each with one number a parameter.
    Directions {
        /// The plane's centre.
        origin: Vec<f64>,
        /// The first axis.
        u: Vec<f64>,
        /// The second axis.
        v: Vec<f64>,
    },
}

/// `[loss.data]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LossData {
    /// `file`, or `rows` with `columns`; absent: the catalogue entry's own rows.
    #[serde(flatten)]
    pub source: Option<DataSource>,
    /// The machine's output, as a formula of parameters and columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Rows a step, at least 1; absent: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<u32>,
    /// What the source holds: the rows given, or what was read from the file.
    #[serde(skip)]
    pub table: Option<Arc<Table>>,
}

/// Where the rows come from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum DataSource {
    /// A table's path, relative to the scene file.
    File {
        /// The path.
        file: String,
    },
    /// The rows themselves.
    Rows {
        /// At least one row, one number a column.
        rows: Vec<Vec<f64>>,
        /// The columns' names.
        columns: Vec<String>,
    },
}

/// `[field]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldSettings {
    /// Cells a side, 2 to 4096.
    pub size: u32,
}

impl Default for FieldSettings {
    fn default() -> Self {
        Self { size: 512 }
    }
}

/// `[height]`: from the loss to the height of the surface.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeightSettings {
    /// The map from loss to height.
    pub scale: HeightScale,
    /// c of the log scale, above 0; absent: from the field's low quantile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<f64>,
    /// Quantile of the field shown, in (0, 1]; 1 shows all.
    pub clip: f64,
}

impl Default for HeightSettings {
    fn default() -> Self {
        Self {
            scale: HeightScale::Log,
            unit: None,
            clip: 0.98,
        }
    }
}

/// `height.scale`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeightScale {
    /// h = f.
    Linear,
    /// h = sign(f) log10(1 + |f| / c).
    Log,
    /// A formula of f.
    Formula(String),
}

impl Serialize for HeightScale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Linear => "linear",
            Self::Log => "log",
            Self::Formula(formula) => formula,
        })
    }
}

/// `[[team]]`: the descents of one optimizer with one setting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Team {
    /// `optimizer` or `rule`.
    #[serde(flatten)]
    pub method: Method,
    /// Absent: the optimizer's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Hyperparameters by name; those absent keep the optimizer's defaults.
    pub set: BTreeMap<String, Hyper>,
    /// The pattern of start points.
    pub start: Start,
    /// Absent: the palette's next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// The hyperparameter to tune before the race.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tune: Option<String>,
    /// Whether the team is drawn.
    pub visible: bool,
}

impl Team {
    /// A team with every other key at its default.
    pub fn new(method: Method) -> Self {
        Self {
            method,
            label: None,
            set: BTreeMap::new(),
            start: Start::default(),
            color: None,
            tune: None,
            visible: true,
        }
    }
}

/// What moves a team's descents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// `optimizer`: a catalogue entry's name, not looked up here.
    Optimizer(String),
    /// `rule`: an update rule's text, not parsed here.
    Rule(String),
}

/// A hyperparameter's value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Hyper {
    /// A finite number.
    Number(f64),
    /// A formula of t: a schedule.
    Formula(String),
}

/// A colour as sRGB bytes, written `"#rrggbb"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color(pub [u8; 3]);

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [r, g, b] = self.0;
        serializer.collect_str(&format_args!("#{r:02x}{g:02x}{b:02x}"))
    }
}

/// `[ends]`: when a descent is over.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EndSettings {
    /// Absent: nothing converges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub converged: Option<Converged>,
    /// Distance that counts as diverged, in domain sizes, above 0.
    pub far: f64,
}

impl Default for EndSettings {
    fn default() -> Self {
        Self {
            converged: None,
            far: 1e6,
        }
    }
}

/// `ends.converged`: at least one tolerance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Converged {
    /// A descent whose gradient's norm is at or below has converged; above 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gradient: Option<f64>,
    /// A descent whose loss is at or below has converged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<f64>,
}

/// `[time]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimeSettings {
    /// The film's length, in (0, 36000]; stops, where there are any, replace it
    /// by the sum of theirs.
    pub seconds: f64,
    /// Optimizer steps a second of film, 0 to 100,000.
    pub steps_per_second: f64,
    /// Seconds at the end without steps, at most the film's length.
    pub hold: f64,
}

impl Default for TimeSettings {
    fn default() -> Self {
        Self {
            seconds: 12.0,
            steps_per_second: 60.0,
            hold: 0.0,
        }
    }
}

/// `[show]`: what is drawn, and how.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShowSettings {
    /// 3D, map or both.
    pub layout: Layout,
    /// The surface's style.
    pub surface: SurfaceStyle,
    /// Count of contour lines, 0 to 256; 0 for none.
    pub contours: u32,
    /// Gradient arrows along the map's longer side, 0 to 64; 0 for none.
    pub arrows: u32,
    /// The contour map under the surface.
    pub floor: bool,
    /// The trails' projection on that map.
    pub floor_trails: bool,
    /// The trails' style.
    pub trails: TrailStyle,
    /// Points kept of each trail, 2 to 65,536.
    pub trail_points: u32,
    /// How much of its opacity a trail has lost where it is oldest, 0 to 1.
    pub fade: f64,
    /// How strongly trails glow, 0 to 1.
    pub glow: f64,
    /// How strongly trails and heads show through the surface that hides them, 0 to 1.
    pub behind: f64,
    /// The descents' present points.
    pub heads: bool,
    /// Whether each team's heads have a shape of their own, besides its colour.
    pub shapes: bool,
    /// Points and arrows marked.
    pub marks: Vec<Mark>,
    /// The team and the descent in it, both from 0, whose head is followed where `loss.at` names
    /// no point; absent: the first team's first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow: Option<[u32; 2]>,
    /// A plane of constant loss at this f, and its contour line; absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<f64>,
    /// Length of the gradient's arrow per unit of slope, in units of the parameters, above 0;
    /// absent: longer for steeper slopes, yet always readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gradient_scale: Option<f64>,
    /// Axes with ticks and numbers.
    pub axes: bool,
    /// Team names and colours.
    pub legend: bool,
    /// The standings' table.
    pub standings: bool,
    /// Loss over steps, as curves.
    pub curves: bool,
    /// Height to colour.
    pub colormap: Colormap,
    /// The ground and the ink.
    pub theme: Theme,
    /// Size of all text over its default, 0.1 to 10.
    pub text_scale: f64,
    /// How many statements of the followed descent's next step are explained, the last one
    /// fading in by the part behind the point; 0 none, `true` in a file all.
    pub explain: f64,
    /// The machine: knobs, data and the model's curve.
    pub machine: bool,
    /// The machine's chosen input, by column; a column left out has its middle row's.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub input: BTreeMap<String, f64>,
    /// What of a turn stands beside its prediction.
    pub compare: Compare,
    /// By how much the knobs are turned from the followed point, by parameter.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub turn: BTreeMap<String, f64>,
}

/// As many statements as any step has: `show.explain = true`.
pub const ALL_STATEMENTS: f64 = 1e6;

impl Default for ShowSettings {
    fn default() -> Self {
        Self {
            layout: Layout::ThreeD,
            surface: SurfaceStyle::Solid,
            contours: 24,
            arrows: 18,
            floor: true,
            floor_trails: true,
            trails: TrailStyle::Draped,
            trail_points: 512,
            fade: 0.3,
            glow: 0.0,
            behind: 0.0,
            heads: true,
            shapes: false,
            marks: vec![Mark::Minima, Mark::Starts],
            follow: None,
            level: None,
            gradient_scale: None,
            axes: true,
            legend: true,
            standings: false,
            curves: false,
            colormap: Colormap::Viridis,
            theme: Theme::Dark,
            text_scale: 1.0,
            explain: 0.0,
            machine: false,
            input: BTreeMap::new(),
            compare: Compare::Both,
            turn: BTreeMap::new(),
        }
    }
}

/// `[film]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilmSettings {
    /// Width and height in pixels, 1 to 16384 each.
    pub size: [u32; 2],
    /// Frames a second, 1 to 240.
    pub fps: u32,
    /// The encoder's quantiser, 0 (best) to 51.
    pub quality: u32,
    /// Samples a pixel.
    pub samples: Samples,
    /// `loop`: whether the film's end leads into its beginning.
    #[serde(rename = "loop")]
    pub looped: bool,
}

impl Default for FilmSettings {
    fn default() -> Self {
        Self {
            size: [1920, 1080],
            fps: 60,
            quality: 24,
            samples: Samples::Auto,
            looped: false,
        }
    }
}

/// `film.samples`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Samples {
    /// What the adapter does well.
    Auto,
    /// From 1 to 64.
    Count(u32),
}

impl Serialize for Samples {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::Count(count) => serializer.serialize_u32(*count),
        }
    }
}

/// `[[stop]]`: one halt of a lesson.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stop {
    /// Text shown during the stop; `{…}` is filled in from the running scene.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// How long a film stays, above 0.
    pub seconds: f64,
    /// Seconds from the stop's start in which numbers reach their new values.
    pub ease: f64,
    /// The step that the race stands at when the stop begins, 0 to start it again; absent: where
    /// the stop before has brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// The patch: a part of the scene's grammar, entries of lists by number
    /// (`team.0.set.lr`). Kept by the stops that follow. Another loss begins afresh: what of the
    /// old one's parameters, domain, plane, data and point is to stay is said again.
    pub set: toml::Table,
}

impl Default for Stop {
    fn default() -> Self {
        Self {
            caption: None,
            seconds: 4.0,
            ease: 1.0,
            step: None,
            set: toml::Table::new(),
        }
    }
}
