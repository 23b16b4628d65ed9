//! From a moment of the scene to what its frame looks like.

use super::Moment;
use super::facts::facts;
use crate::camera::{OrbitCamera, Projection};
use crate::lesson::fill;
use crate::render::colour::{ColourMap, Theme};
use crate::render::frame::{BOX_HEIGHT, HeightScale, Placement};
use crate::render::lay_trails::TeamColours;
use crate::render::map_figure::MapFigure;
use crate::render::marks::{Mark, MarkKind};
use crate::render::overlay::LegendEntry;
use crate::render::palette::team_colour;
use crate::render::{Text, View};
use crate::scene::{self, CameraView, Scene, ShowSettings, SurfaceStyle, Team, TrailStyle, Word};
use crate::simulation::Plan;
use crate::simulation::plan::{MAX_TEAMS, label_of};
use glam::{Vec2, Vec3};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Start points beyond this many are a crowd, and not marked.
const MOST_START_MARKS: usize = 4096;

/// What of the stage is in every view.
pub(super) struct Scenery<'a> {
    /// What runs.
    pub(super) plan: &'a Plan,
    /// Where [`Mark`]s of starts stand.
    pub(super) starts: &'a [[f32; 2]],
    /// Whether trails are recorded.
    pub(super) has_trails: bool,
    /// Whether there are captions at any time.
    pub(super) has_captions: bool,
}

impl Scenery<'_> {
    /// Where the landscape stands in the world.
    pub(super) fn placement(&self) -> Placement {
        Placement {
            domain: self.plan.plane.domain,
        }
    }

    /// What `moment` looks like at this height scale.
    pub(super) fn view(
        &self,
        moment: &Moment,
        height: HeightScale,
        map: Option<Arc<MapFigure>>,
    ) -> View {
        let show = &moment.scene.show;
        View {
            layout: moment.layout,
            camera: moment.camera,
            height,
            colour_map: ColourMap::named(show.colormap.word()).unwrap_or_default(),
            theme: match show.theme {
                scene::Theme::Light | scene::Theme::Print => Theme::Light,
                scene::Theme::Dark | scene::Theme::Transparent => Theme::Dark,
            },
            surface: show.surface != SurfaceStyle::None,
            floor: show.floor,
            map,
            kept_clear: self.kept_clear(show),
            trails: show.trails != TrailStyle::None && self.has_trails,
            draped: show.trails != TrailStyle::Chords,
            floor_trails: show.floor_trails,
            fade: show.fade as f32,
            glow: show.glow as f32,
            behind: show.behind as f32,
            heads: show.heads,
            marks: self.marks(show),
            teams: team_colours(&moment.scene),
            text: self.text(moment),
        }
    }

    /// The places of marks that the map's numbers must not cover.
    fn kept_clear(&self, show: &ShowSettings) -> Vec<Vec2> {
        if !show.marks.contains(&scene::Mark::Minima) {
            return Vec::new();
        }
        let minima = self.plan.loss.minima.iter();
        let placement = self.placement();
        minima
            .map(|minimum| placement.world_xy([minimum[0], minimum[1]]))
            .collect()
    }

    fn marks(&self, show: &ShowSettings) -> Vec<Mark> {
        let mut marks = Vec::new();
        if show.marks.contains(&scene::Mark::Starts) {
            let starts = self.starts.iter();
            marks.extend(starts.map(|place| Mark::new(MarkKind::Start, *place)));
        }
        if show.marks.contains(&scene::Mark::Minima) {
            let on_surface = (show.surface != SurfaceStyle::None).then_some(MarkKind::Minimum);
            let on_floor = show.floor.then_some(MarkKind::FloorMinimum);
            for minimum in &self.plan.loss.minima {
                let place = [minimum[0] as f32, minimum[1] as f32];
                let kinds = [on_surface, on_floor].into_iter().flatten();
                marks.extend(kinds.map(|kind| Mark::new(kind, place)));
            }
        }
        marks
    }

    fn text(&self, moment: &Moment) -> Text {
        let show = &moment.scene.show;
        let names = &self.plan.loss.parameters;
        let title = moment.scene.title.clone();
        Text {
            title: title.unwrap_or_else(|| self.plan.loss.title.clone()),
            caption: fill(&moment.caption, &facts(self.plan, moment)),
            has_captions: self.has_captions,
            step: (!self.plan.teams.is_empty()).then_some(moment.step.into()),
            legend: match show.legend {
                true => legend(&moment.scene),
                false => Vec::new(),
            },
            axes: show
                .axes
                .then(|| [names[0].clone(), names[1].clone(), "f".to_owned()]),
            scale: show.text_scale as f32,
        }
    }
}

/// The camera of plain numbers; the target's third number is a part of the box's height.
pub(super) fn orbit_camera(view: &CameraView) -> OrbitCamera {
    let [x, y, z] = view.target.map(|part| part as f32);
    OrbitCamera {
        azimuth_deg: view.azimuth_deg as f32,
        elevation_deg: view.elevation_deg as f32,
        distance: view.distance as f32,
        target: Vec3::new(x, y, z * BOX_HEIGHT),
        fov_deg: view.fov_deg as f32,
        projection: match view.projection {
            scene::Projection::Perspective => Projection::Perspective,
            scene::Projection::Orthographic => Projection::Orthographic,
        },
    }
}

/// The teams' start points, each once, since teams that start alike share them; none where they
/// are a crowd.
pub(super) fn start_places(plan: &Plan) -> Vec<[f32; 2]> {
    let starts = plan.teams.iter().flat_map(|team| &team.starts);
    let places = starts.map(|start| [start[0], start[1]].map(f32::to_bits));
    let places: BTreeSet<[u32; 2]> = places.collect();
    if places.len() > MOST_START_MARKS {
        return Vec::new();
    }
    let places = places.into_iter();
    places.map(|place| place.map(f32::from_bits)).collect()
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

fn legend(scene: &Scene) -> Vec<LegendEntry> {
    let shown = scene
        .teams
        .iter()
        .enumerate()
        .filter(|(_, team)| team.visible);
    shown
        .map(|(number, team)| LegendEntry {
            label: label_of(team),
            color: colour_of(number, team),
            descents: None,
        })
        .collect()
}
