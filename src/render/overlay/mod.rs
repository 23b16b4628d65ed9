//! The text of the picture: axes, legend, title, caption and step counter, drawn last of all onto
//! the frame's own display-encoded image, in the window and in the film alike.
//!
//! All sizes are in points. An image 1080 points high has a title of 36 and numbers of 21 points,
//! readable at the back of a room; [`px_per_point`] says how many pixels a point has.

mod axes;
mod captions;
mod cover;
mod edges;
mod explanation;
mod legend;
mod machine;
mod map;
mod maths;
mod sheet;
mod swatch;
mod text;
mod ticks;
mod words;

pub use axes::{AxesContent, AxesFigure, Label, Line, place};
pub use explanation::{ExplanationContent, StatementContent};
pub use machine::{Change, Dial, MachineContent, Plot, Promise};
pub use map::MapContent;
pub use sheet::{TextArea, TextKind, text_areas};
pub use text::{Screen, TextPainter, font_definitions};
pub use words::{Pointer, Room as WordsRoom, WORDS_SIZE, place_words};

use crate::gpu::Gpu;
use crate::render::level_labels::LevelLabel;
use egui::{Color32, Rect};
use sheet::Sheet;

/// The height of every picture in points, at a text scale of 1.
const HEIGHT_POINTS: f32 = 1080.0;
/// The least width in points: narrower pictures get smaller text.
const LEAST_WIDTH_POINTS: f32 = 1280.0;
/// Around the picture, in points.
const MARGIN: f32 = 36.0;
/// Axes and tick marks, in points.
const LINE_WIDTH: f32 = 1.75;
/// A thin ground around the letters of the axes, which may stand before the surface.
const HALO_RADIUS: f32 = 1.8;
const HALO_OPACITY: f32 = 0.6;

/// Pixels per point for an image of `size_px`: the text takes the same part of every picture,
/// whatever its number of pixels.
pub fn px_per_point(size_px: [u32; 2], text_scale: f32) -> f32 {
    let [width, height] = size_px.map(|pixels| pixels.max(1) as f32);
    text_scale * (height / HEIGHT_POINTS).min(width / LEAST_WIDTH_POINTS)
}

/// What the overlay shows; empty texts and lists show nothing.
#[derive(Debug, Clone, Copy)]
pub struct OverlayContent<'a> {
    /// Above left, one line.
    pub title: &'a str,
    /// Small, below the title: where the landscape lies, a line each.
    pub notes: &'a [String],
    /// The farthest that the domain reaches from the landscape's plane, where descents leave it:
    /// the legend then explains what distance looks like.
    pub reach: Option<f64>,
    /// Below, centred, up to three lines: what the present stop of a lesson says.
    pub caption: &'a str,
    /// Below left: the step that the picture shows.
    pub step: Option<u64>,
    /// In this order.
    pub legend: &'a [LegendEntry],
    /// Where the legend stands.
    pub legend_places: LegendPlaces,
    /// At the left, below the title: a step taken apart.
    pub explanation: Option<&'a ExplanationContent>,
    /// At the right, below the legend: the machine.
    pub machine: Option<&'a MachineContent>,
    /// What is written beside the landscape and its map.
    pub panes: &'a [PaneContent<'a>],
    /// The theme's colours.
    pub colors: OverlayColors,
}

/// How opaque the legend stands at each of its places, by the layout: 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LegendPlaces {
    /// In the corner above right, over the landscape.
    pub corner: f32,
    /// In the same corner, beside a map.
    pub beside_map: f32,
    /// In rows under the title.
    pub rows: f32,
}

impl Default for LegendPlaces {
    /// In the corner.
    fn default() -> Self {
        Self {
            corner: 1.0,
            beside_map: 0.0,
            rows: 0.0,
        }
    }
}

/// What is written in one part of the image.
#[derive(Debug, Clone, Copy)]
pub struct PaneContent<'a> {
    /// The part, in points.
    pub area: Rect,
    /// Words beside spots of the landscape, in points from the pane's corner; the first ones choose
    /// their room first.
    pub words: &'a [Pointer],
    /// The axes of the landscape's box, or of the map.
    pub axes: Option<AxesContent<'a>>,
    /// The map, where there is one.
    pub map: Option<MapContent<'a>>,
    /// The numbers on the map's lines.
    pub numbers: &'a [LevelLabel],
}

/// One team in the legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegendEntry {
    /// The team's label.
    pub label: String,
    /// Red, green and blue as displayed.
    pub color: [u8; 3],
    /// The team's number, where its heads have a shape of their own.
    pub shape: Option<usize>,
    /// What is to be said of the team's descents, such as "3 diverged"; nothing where empty.
    pub note: String,
}

/// The overlay's colours: red, green, blue as displayed, and straight alpha.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OverlayColors {
    /// Titles, captions, labels and names.
    pub ink: [u8; 4],
    /// Axes, numbers and what else stays in the background.
    pub muted: [u8; 4],
    /// The ground behind the legend and the caption.
    pub panel: [u8; 4],
    /// Opacity of the ground around letters that have no other, 0 to 1.
    pub halo: f32,
}

impl OverlayColors {
    /// For dark grounds.
    pub const DARK: Self = Self {
        ink: [236, 236, 236, 255],
        muted: [188, 191, 196, 255],
        panel: [16, 17, 20, 196],
        halo: 0.0,
    };

    /// For light grounds.
    pub const LIGHT: Self = Self {
        ink: [24, 26, 30, 255],
        muted: [92, 96, 104, 255],
        panel: [255, 255, 255, 208],
        halo: 0.0,
    };

    /// For white paper.
    pub const PRINT: Self = Self {
        ink: [0, 0, 0, 255],
        muted: [60, 60, 60, 255],
        panel: [255, 255, 255, 255],
        halo: 0.0,
    };

    /// For a ground that is not known: dark letters with a light rim are read on any.
    pub const TRANSPARENT: Self = Self {
        ink: [16, 17, 20, 255],
        muted: [58, 61, 67, 255],
        panel: [255, 255, 255, 216],
        halo: 0.9,
    };

    fn ink(&self) -> Color32 {
        color(self.ink)
    }

    fn muted(&self) -> Color32 {
        color(self.muted)
    }

    fn panel(&self) -> Color32 {
        color(self.panel)
    }

    /// Whether the ink is made for a dark ground.
    fn on_dark(&self) -> bool {
        let [red, green, blue, _] = self.ink.map(u32::from);
        red + green + blue > 3 * 127
    }
}

/// Draws the text of the picture.
pub struct Overlay {
    painter: TextPainter,
}

impl Overlay {
    /// An overlay for images of `format`, which should be display-encoded (`Rgba8Unorm`).
    pub fn new(gpu: &Gpu, format: wgpu::TextureFormat) -> Self {
        Self {
            painter: TextPainter::new(gpu, format),
        }
    }

    /// Draws `content` over the image in `view`; once per submission (see [`TextPainter::paint`]).
    pub fn draw(
        &mut self,
        gpu: &Gpu,
        encoder: &mut wgpu::CommandEncoder,
        view: &wgpu::TextureView,
        screen: Screen,
        content: &OverlayContent<'_>,
    ) {
        let on_dark = content.colors.on_dark();
        self.painter
            .paint(gpu, encoder, view, screen, on_dark, |painter| {
                Sheet::lay_out(painter, screen, content).paint(painter);
            });
    }
}

fn color([red, green, blue, alpha]: [u8; 4]) -> Color32 {
    Color32::from_rgba_unmultiplied(red, green, blue, alpha)
}
