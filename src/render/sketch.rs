//! The sketch: what is drawn over the landscape as a lecturer would with chalk: arrows, patches,
//! lines traced on the surface, and words beside them. Plain data.
//!
//! Everything stands at a [`Spot`] of the landscape, not of the world: camera, layout and the
//! box's height may change without it.

use super::frame::Placement;
use super::height::HeightScale;
use super::overlay::Pointer;
use bytemuck::{Pod, Zeroable};
use egui::{Pos2, Vec2};
use glam::{Mat4, Vec3};

/// A point over the landscape's plane: the plane's two coordinates and a height, which is h(f),
/// not f; it may lie outside the box.
pub type Spot = [f32; 3];

/// Red, green and blue as displayed, from 0 to 1.
pub type Ink = [f32; 3];

/// What is drawn over a landscape; empty by default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sketch {
    /// Arrows and lines, later ones over earlier ones.
    pub arrows: Vec<Arrow>,
    /// Translucent planes.
    pub patches: Vec<Patch>,
    /// Words beside a spot.
    pub words: Vec<Words>,
    /// Where the surface is cut.
    pub slices: Option<Slices>,
    /// The contour line of one height.
    pub level: Option<Level>,
}

/// On what an arrow or a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// At its own height, over the surface; the map does not show it.
    Surface,
    /// Flat on the floor and on the map.
    Floor,
}

/// A straight arrow, or a line without a head, as wide on the image everywhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrow {
    /// From here
    pub tail: Spot,
    /// to here.
    pub tip: Spot,
    /// On what it stands; on the floor heights do not count.
    pub ground: Ground,
    /// Its colour.
    pub ink: Ink,
    /// 0 to 1.
    pub opacity: f32,
    /// The shaft's width in points.
    pub width_pt: f32,
    /// Whether it has a head.
    pub head: bool,
    /// Whether its shaft is dashed.
    pub dashed: bool,
    /// What is written beyond the tip; empty: nothing.
    pub label: String,
}

/// The usual width of an arrow's shaft.
pub const ARROW_WIDTH_PT: f32 = 3.6;

/// The usual width of a line.
pub const LINE_WIDTH_PT: f32 = 2.4;

impl Arrow {
    /// An arrow of the usual width.
    pub fn new(ground: Ground, tail: Spot, tip: Spot, ink: Ink) -> Self {
        Self {
            tail,
            tip,
            ground,
            ink,
            opacity: 1.0,
            width_pt: ARROW_WIDTH_PT,
            head: true,
            dashed: false,
            label: String::new(),
        }
    }

    /// A line of the usual width.
    pub fn line(ground: Ground, from: Spot, to: Spot, ink: Ink) -> Self {
        Self {
            width_pt: LINE_WIDTH_PT,
            head: false,
            ..Self::new(ground, from, to, ink)
        }
    }

    /// With words beyond its tip.
    #[must_use]
    pub fn labelled(self, label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..self
        }
    }
}

/// A translucent parallelogram with a border.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Patch {
    /// Its corners in turn.
    pub corners: [Spot; 4],
    /// Its colour.
    pub ink: Ink,
    /// Of its area, 0 to 1.
    pub opacity: f32,
    /// Of its border and of the lines across it, 0 to 1.
    pub line_opacity: f32,
    /// Parts that lines cut each side into; 1 draws the border alone.
    pub parts: u32,
    /// Whether the surface right before it does not hide it, as for one that touches the surface.
    pub touches: bool,
}

/// Words beside a spot.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// Beside this.
    pub at: Spot,
    /// Towards where, seen from the spot: a spot as well; the same one for no side.
    pub away_from: Spot,
    /// On what the spot lies.
    pub ground: Ground,
    /// The words.
    pub text: String,
    /// Their colour.
    pub ink: Ink,
}

/// The two lines in which upright planes through a place cut the surface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slices {
    /// The planes' common place.
    pub place: [f32; 2],
    /// Of the line along which the first coordinate varies, and of that of the second.
    pub inks: [Ink; 2],
    /// 0 to 1.
    pub opacity: f32,
}

/// A contour line beside those of the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// h(f).
    pub height: f32,
    /// Its colour.
    pub ink: Ink,
    /// 0 to 1.
    pub opacity: f32,
}

/// Width of traced lines in points.
const TRACED_WIDTH_PT: f32 = 2.6;

/// `Traced` in `shaders/include/traced.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Pod, Zeroable)]
#[expect(missing_docs, reason = "the WGSL twin documents each field")]
pub struct TracedUniform {
    pub first: [f32; 4],
    pub second: [f32; 4],
    pub level: [f32; 4],
    pub place: [f32; 2],
    pub height: f32,
    pub width_pt: f32,
}

impl Sketch {
    /// Whether surface and map trace any lines.
    pub fn traces(&self) -> bool {
        self.slices.is_some() || self.level.is_some()
    }

    /// The lines that the surface and the map trace.
    pub fn traced(&self) -> TracedUniform {
        let colour = |[red, green, blue]: Ink, opacity: f32| [red, green, blue, opacity];
        let mut traced = TracedUniform {
            width_pt: TRACED_WIDTH_PT,
            ..TracedUniform::default()
        };
        if let Some(slices) = &self.slices {
            traced.first = colour(slices.inks[0], slices.opacity);
            traced.second = colour(slices.inks[1], slices.opacity);
            traced.place = slices.place;
        }
        if let Some(level) = &self.level {
            traced.level = colour(level.ink, level.opacity);
            traced.height = level.height;
        }
        traced
    }
}

/// Where spots are in the world; the shaders' twin is `world_of`.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// Where the landscape stands.
    pub placement: &'a Placement,
    /// The height scale.
    pub height: &'a HeightScale,
}

impl Standing<'_> {
    /// A spot's place in the world.
    pub fn world_of(&self, [a, b, height]: Spot, ground: Ground) -> Vec3 {
        let xy = self.placement.world_xy([a, b].map(f64::from));
        let HeightScale { low, high, .. } = self.height;
        let level = ((f64::from(height) - low) / (high - low)) as f32;
        xy.extend(match ground {
            Ground::Surface => (level - 0.5) * self.placement.box_height(),
            Ground::Floor => self.placement.floor_z(),
        })
    }

    /// The sketch's words with their spots on an image of `size` points; those behind the eye are
    /// left out.
    pub fn pointers(&self, sketch: &Sketch, clip_from_world: Mat4, size: Vec2) -> Vec<Pointer> {
        let on_image = |spot: Spot, ground: Ground| {
            let clip = clip_from_world * self.world_of(spot, ground).extend(1.0);
            let [x, y] = [clip.x / clip.w, -clip.y / clip.w].map(|ndc| 0.5 * ndc + 0.5);
            (clip.w > 0.0 && clip.z >= 0.0).then(|| Pos2::new(x * size.x, y * size.y))
        };
        let pointer = |text: &str, ink: Ink, ground: Ground, [from, at]: [Spot; 2], is_arrow| {
            let at = on_image(at, ground)?;
            let tail = on_image(from, ground)?;
            let towards = at - tail;
            let towards = match towards.length() > 1.0 {
                true => towards.normalized(),
                false => Vec2::ZERO,
            };
            Some(Pointer {
                at,
                tail: if is_arrow { tail } else { at },
                towards,
                text: text.to_owned(),
                color: ink.map(|part| (255.0 * part).round() as u8),
            })
        };
        let labelled = sketch.arrows.iter().filter(|arrow| !arrow.label.is_empty());
        let labels = labelled.map(|arrow| {
            let ends = [arrow.tail, arrow.tip];
            pointer(&arrow.label, arrow.ink, arrow.ground, ends, true)
        });
        let words = sketch.words.iter();
        let words = words.map(|words| {
            let ends = [words.away_from, words.at];
            pointer(&words.text, words.ink, words.ground, ends, false)
        });
        labels.chain(words).flatten().collect()
    }
}
