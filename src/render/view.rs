//! What a frame looks like: plain data, beyond what the simulation holds.

use super::colour::{ColourMap, Theme};
use super::height::HeightScale;
use super::lay_trails::{MAX_TEAMS, TeamColours};
use super::map_figure::MapFigure;
use super::marks::Mark;
use super::overlay::{ExplanationContent, LegendEntry, MachineContent};
use super::rims::Rims;
use super::sketch::Sketch;
use crate::camera::OrbitCamera;
use crate::scene::{Layout, LayoutMix, SurfaceStyle};
use glam::Vec2;
use std::sync::Arc;

/// What a frame looks like, beyond what the simulation holds.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// How far landscape and map make up the picture.
    pub layout: LayoutMix,
    /// Where the eye is that sees the landscape.
    pub camera: OrbitCamera,
    /// How a loss becomes a height.
    pub height: HeightScale,
    /// The surface's and the contour map's colours.
    pub colour_map: ColourMap,
    /// Whether the colour map runs from its last colour to its first.
    pub is_reversed: bool,
    /// The colours around them.
    pub theme: Theme,
    /// How the surface is drawn.
    pub surface: SurfaceStyle,
    /// Whether the contour map is drawn on the floor.
    pub floor: bool,
    /// The map's lines and arrows; `None` where no map is shown.
    pub map: Option<Arc<MapFigure>>,
    /// Places of the landscape's plane, in world X and Y, that the map's numbers keep clear.
    pub kept_clear: Vec<Vec2>,
    /// The surface's rims, which may hang over the axes; `None` where that is of no account.
    pub rims: Option<Arc<Rims>>,
    /// Whether the trails are drawn.
    pub trails: bool,
    /// Whether the trails lie on the surface; else they are straight from step to step.
    pub draped: bool,
    /// Whether they are drawn on the floor's map too.
    pub floor_trails: bool,
    /// How much of its opacity a trail has lost where it is oldest, 0 to 1.
    pub fade: f32,
    /// How strongly trails glow, 0 to 1.
    pub glow: f32,
    /// How strongly trails and heads show through the surface that hides them, 0 to 1.
    pub behind: f32,
    /// Whether the heads are drawn.
    pub heads: bool,
    /// Whether each team's heads have a shape of their own; else all are spheres.
    pub shapes: bool,
    /// The farthest that the parameters' domain reaches from the landscape's plane, in units of the
    /// parameters. `None` where the plane is all there is: then all stand on the surface.
    pub reach: Option<f32>,
    /// The marks on the surface.
    pub marks: Vec<Mark>,
    /// What is sketched over the landscape.
    pub sketch: Sketch,
    /// The teams' colours; the last part is 0 for a team that is hidden.
    pub teams: TeamColours,
    /// What is written over the picture.
    pub text: Text,
}

impl Default for View {
    /// The landscape alone: surface and floor, no teams, no marks, no text.
    fn default() -> Self {
        Self {
            layout: Layout::ThreeD.into(),
            camera: OrbitCamera::default(),
            height: HeightScale::default(),
            colour_map: ColourMap::default(),
            is_reversed: false,
            theme: Theme::default(),
            surface: SurfaceStyle::Solid,
            floor: true,
            map: None,
            kept_clear: Vec::new(),
            rims: None,
            trails: false,
            draped: true,
            floor_trails: false,
            fade: 0.3,
            glow: 0.0,
            behind: 0.0,
            heads: false,
            shapes: false,
            reach: None,
            marks: Vec::new(),
            sketch: Sketch::default(),
            teams: [[0.0; 4]; MAX_TEAMS],
            text: Text::default(),
        }
    }
}

/// What is written over the picture; empty texts and lists show nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Above left.
    pub title: String,
    /// Below the title, a line each: where the landscape lies.
    pub notes: Vec<String>,
    /// Below, centred.
    pub caption: String,
    /// Whether the film has captions at all: then the map leaves room for them.
    pub has_captions: bool,
    /// Below left: the step that the picture shows.
    pub step: Option<u64>,
    /// Above right.
    pub legend: Vec<LegendEntry>,
    /// The names of the first parameter, the second one and the loss; `None` hides the axes.
    pub axes: Option<[String; 3]>,
    /// At the left: a step taken apart.
    pub explanation: Option<ExplanationContent>,
    /// At the right: the machine.
    pub machine: Option<MachineContent>,
    /// Size of all text over its default.
    pub scale: f32,
}

impl Default for Text {
    /// Nothing is written.
    fn default() -> Self {
        Self {
            title: String::new(),
            notes: Vec::new(),
            caption: String::new(),
            has_captions: false,
            step: None,
            legend: Vec::new(),
            axes: None,
            explanation: None,
            machine: None,
            scale: 1.0,
        }
    }
}
