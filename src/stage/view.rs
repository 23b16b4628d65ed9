//! From a moment of the scene to what its frame looks like.

use super::{Focus, Moment};
use crate::camera::{OrbitCamera, Projection};
use crate::lesson::{Facts, fill};
use crate::render::colour::{ColourMap, Theme};
use crate::render::frame::{BOX_HEIGHT, CURVE_BOX_HEIGHT, Placement};
use crate::render::height::{HeightLaw, HeightScale};
use crate::render::lay_trails::TeamColours;
use crate::render::marks::Mark;
use crate::render::overlay::LegendEntry;
use crate::render::palette::team_colour;
use crate::render::sketch::{Ink, Sketch};
use crate::render::{Text, View};
use crate::scene::{self, CameraView, Scene, ShowSettings, Team, TrailStyle, Word};
use crate::simulation::plan::{Landscape, MAX_TEAMS, label_of};
use crate::simulation::{Plan, Standing};
use glam::{Vec2, Vec3};

/// What of the stage is in every view.
pub(super) struct Scenery<'a> {
    /// What runs.
    pub(super) plan: &'a Plan,
    /// How the teams stand.
    pub(super) standings: &'a [Standing],
    /// Whether trails are recorded.
    pub(super) has_trails: bool,
    /// What the names in its caption stand for.
    pub(super) facts: &'a Facts,
}

impl Scenery<'_> {
    /// What `moment` looks like at this height scale with these marks, but for what is sketched
    /// over it.
    pub(super) fn view(&self, moment: &Moment, height: HeightScale, marks: Vec<Mark>) -> View {
        let show = &moment.scene.show;
        let colours = ColourMap::named(show.colormap.word());
        let (colour_map, is_reversed) = colours.unwrap_or_default();
        View {
            layout: moment.layout,
            camera: moment.camera,
            colour_map,
            is_reversed,
            theme: theme_of(show),
            surface: show.surface,
            floor: show.floor,
            map: None,
            kept_clear: Vec::new(),
            rims: None,
            floor_trails: show.floor_trails,
            fade: show.fade as f32,
            glow: show.glow as f32,
            behind: show.behind as f32,
            trails: show.trails != TrailStyle::None && self.has_trails,
            draped: show.trails != TrailStyle::Chords && self.reach().is_none(),
            heads: show.heads,
            shapes: show.shapes,
            reach: self.reach(),
            marks,
            sketch: Sketch::default(),
            teams: team_colours(&moment.scene),
            text: self.text(moment, &height),
            height,
        }
    }

    /// The places of known minima in world X and Y, where they are marked: the map's numbers must
    /// not cover them.
    pub(super) fn kept_clear(&self, show: &ShowSettings, placement: &Placement) -> Vec<Vec2> {
        if !show.marks.contains(&scene::Mark::Minima) || !self.plan.landscape.plane.is_whole() {
            return Vec::new();
        }
        let minima = self.plan.loss.minima.iter();
        minima
            .map(|minimum| placement.world_xy([minimum[0], minimum[1]]))
            .collect()
    }

    /// How far the domain reaches from the landscape's plane; `None` where nothing lies beside it.
    fn reach(&self) -> Option<f32> {
        let Landscape { plane, reach, .. } = &self.plan.landscape;
        (!plane.is_whole()).then_some(*reach as f32)
    }

    fn text(&self, moment: &Moment, height: &HeightScale) -> Text {
        let show = &moment.scene.show;
        let [first, second] = &self.plan.landscape.names;
        let title = moment.scene.title.clone();
        Text {
            title: title.unwrap_or_else(|| self.plan.loss.title.clone()),
            notes: self.plan.landscape.notes.clone(),
            caption: fill(&moment.caption, self.facts),
            has_captions: moment.has_captions,
            step: (!self.plan.teams.is_empty()).then_some(moment.step.into()),
            legend: match show.legend {
                true => legend(&moment.scene, self.standings),
                false => Vec::new(),
            },
            axes: show
                .axes
                .then(|| [first.clone(), second.clone(), height_name(height)]),
            explanation: None,
            machine: None,
            scale: show.text_scale as f32,
        }
    }
}

/// What the numbers of the height axis are: losses, or where a height has no one loss, heights.
fn height_name(height: &HeightScale) -> String {
    match &height.law {
        HeightLaw::Formula(formula) if formula.one_to_one.is_none() => formula.name.clone(),
        _ => "f".to_owned(),
    }
}

/// The colours of the picture.
pub(super) fn theme_of(show: &ShowSettings) -> Theme {
    match show.theme {
        scene::Theme::Dark => Theme::Dark,
        scene::Theme::Light => Theme::Light,
        scene::Theme::Print => Theme::Print,
        scene::Theme::Transparent => Theme::Transparent,
    }
}

/// The colour of the team whose step is shown.
pub(super) fn team_ink(scene: &Scene, focus: Option<&Focus>) -> Ink {
    let team = focus.and_then(|focus| focus.team).unwrap_or(0);
    let [red, green, blue, _] = team_colours(scene)[team.min(MAX_TEAMS - 1)];
    [red, green, blue]
}

/// The camera of plain numbers; the target's third number is a part of the box's height.
pub(super) fn orbit_camera(view: &CameraView, is_curve: bool) -> OrbitCamera {
    let [x, y, z] = view.target.map(|part| part as f32);
    OrbitCamera {
        azimuth_deg: view.azimuth_deg as f32,
        elevation_deg: view.elevation_deg as f32,
        distance: view.distance as f32,
        target: Vec3::new(
            x,
            y,
            z * if is_curve {
                CURVE_BOX_HEIGHT
            } else {
                BOX_HEIGHT
            },
        ),
        fov_deg: view.fov_deg as f32,
        projection: match view.projection {
            scene::Projection::Perspective => Projection::Perspective,
            scene::Projection::Orthographic => Projection::Orthographic,
        },
    }
}

fn colour_of(number: usize, team: &Team) -> [u8; 3] {
    team.color
        .map_or_else(|| team_colour(number), |color| color.0)
}

fn team_colours(scene: &Scene) -> TeamColours {
    let mut colours = [[0.0; 4]; MAX_TEAMS];
    for (number, team) in scene.teams.iter().enumerate().take(MAX_TEAMS) {
        let [red, green, blue] = colour_of(number, team).map(|value| f32::from(value) / 255.0);
        colours[number] = [red, green, blue, f32::from(u8::from(team.visible))];
    }
    colours
}

fn legend(scene: &Scene, standings: &[Standing]) -> Vec<LegendEntry> {
    let shown = scene
        .teams
        .iter()
        .enumerate()
        .filter(|(_, team)| team.visible);
    shown
        .map(|(number, team)| LegendEntry {
            label: label_of(team),
            color: colour_of(number, team),
            shape: scene.show.shapes.then_some(number),
            note: standings
                .get(number)
                .map(Standing::ended)
                .unwrap_or_default(),
        })
        .collect()
}
