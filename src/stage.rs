//! The stage: simulation and renderer under one roof, asked for a frame, drawing it when ready.
//!
//! Frame k is a pure function of scene, seed and k. [`Stage::request`] submits what the frame
//! needs, [`Stage::poll`] tells when its readbacks are there, [`Stage::draw`] draws it into the
//! one image that window and film share. The stage never waits and knows no clock.

mod points;

use crate::camera::{OrbitCamera, Projection};
use crate::gpu::{Gpu, GpuError, TextureReadback};
use crate::render::colour::{ColourMap, Theme};
use crate::render::frame::{BOX_HEIGHT, CURVE_BOX_HEIGHT, HeightScale};
use crate::render::height::HeightStyle;
use crate::render::lay_trails::TeamColours;
use crate::render::overlay::LegendEntry;
use crate::render::palette::team_colour;
use crate::render::target::Target;
use crate::render::{Renderer, Text, View};
use crate::scene::{self, CameraView, Scene, SurfaceStyle, Timeline, TrailStyle, Word};
use crate::simulation::field::nodes_from_bytes;
use crate::simulation::plan::{Landscape, MAX_TEAMS, label_of, loss_message};
use crate::simulation::{Field, Plan, PlanError, Race, SimulationError};
use glam::Vec3;
use points::Points;

/// Why a scene cannot be staged.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The scene names or writes something that cannot run: bad input.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The device refused or was lost.
    #[error(transparent)]
    Gpu(#[from] GpuError),
}

/// What a frame shows: a moment of the scene, a step of the race, a camera.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// The scene with its stops' patches applied.
    pub scene: Scene,
    /// The caption of the present stop.
    pub caption: String,
    /// Steps taken.
    pub step: u32,
    /// Where the eye is.
    pub camera: OrbitCamera,
}

impl Moment {
    /// What `timeline` shows at `seconds`, seen from the scene's own camera.
    pub fn at(timeline: &Timeline, seconds: f64) -> Self {
        let scene = timeline.scene_at(seconds);
        let camera = scene.camera.at(seconds, timeline.seconds());
        Self {
            caption: timeline.caption_at(seconds).unwrap_or("").to_owned(),
            step: u32::try_from(timeline.steps_at(seconds)).unwrap_or(u32::MAX),
            camera: orbit_camera(&camera, scene.loss.is_of_one_parameter()),
            scene,
        }
    }
}

/// A frame that can be drawn: its readbacks are there.
#[derive(Debug, Clone)]
pub struct Ready {
    view: View,
}

impl Ready {
    /// What will be drawn.
    pub fn view(&self) -> &View {
        &self.view
    }
}

/// Simulation and renderer of one scene.
pub struct Stage {
    plan: Plan,
    timeline: Timeline,
    field: Field,
    race: Race,
    renderer: Renderer,
    losses: Losses,
    points: Points,
    requested: Option<Moment>,
}

/// The field's finite losses, once they have come back.
enum Losses {
    Coming(TextureReadback),
    Here {
        values: Vec<f32>,
        /// The last scale chosen, with the style it was chosen for.
        scale: Option<(HeightStyle, HeightScale)>,
    },
}

impl Stage {
    /// Sets a scene up for images of `size_px`.
    ///
    /// # Errors
    /// A scene that cannot run, or a device that refuses.
    pub fn new(gpu: &Gpu, scene: &Scene, size_px: [u32; 2]) -> Result<Self, StageError> {
        let timeline = Timeline::new(scene);
        let plan = Plan::of_scene(scene, timeline.total_steps())?;
        let (field, race) = simulate(gpu, scene, &plan)?;
        let samples = samples_of(gpu, scene);
        let renderer =
            gpu.checked(|| Renderer::new(gpu, size_px, samples, &field, &race.descents))?;
        Ok(Self {
            losses: Losses::Coming(field.request_nodes(gpu)),
            points: Points::of(&plan),
            plan,
            timeline,
            field,
            race,
            renderer,
            requested: None,
        })
    }

    /// Puts another scene on the stage; the image stays.
    ///
    /// # Errors
    /// As [`Stage::new`]; the old scene then stays whole.
    pub fn set_scene(&mut self, gpu: &Gpu, scene: &Scene) -> Result<(), StageError> {
        let timeline = Timeline::new(scene);
        let plan = Plan::of_scene(scene, timeline.total_steps())?;
        let (field, race) = simulate(gpu, scene, &plan)?;
        self.renderer.set_landscape(gpu, &field, &race.descents);
        self.losses = Losses::Coming(field.request_nodes(gpu));
        self.points = Points::of(&plan);
        (self.plan, self.timeline, self.field, self.race) = (plan, timeline, field, race);
        self.requested = None;
        Ok(())
    }

    /// What runs.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The scene's course over time.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The image with its size.
    pub fn target(&self) -> &Target {
        self.renderer.target()
    }

    /// Draws images of another size from now on.
    pub fn resize(&mut self, gpu: &Gpu, size_px: [u32; 2]) {
        self.renderer.resize(gpu, size_px);
    }

    /// For those who want to know that the grouping of steps into dispatches changes nothing.
    pub fn limit_steps_a_dispatch(&mut self, steps: u32) {
        self.race.limit_steps_a_dispatch(steps);
    }

    /// What frame k shows.
    pub fn moment(&self, frame: u64) -> Moment {
        Moment::at(&self.timeline, self.timeline.time_of_frame(frame))
    }

    /// Submits what frame k needs.
    pub fn request(&mut self, gpu: &Gpu, frame: u64) {
        self.request_moment(gpu, self.moment(frame));
    }

    /// Submits what a moment needs.
    pub fn request_moment(&mut self, gpu: &Gpu, moment: Moment) {
        self.race.advance_to(gpu, moment.step);
        self.requested = Some(moment);
    }

    /// The frame last requested, once its readbacks are there.
    ///
    /// # Errors
    /// [`GpuError::Lost`].
    pub fn poll(&mut self, gpu: &Gpu) -> Result<Option<Ready>, GpuError> {
        if let Losses::Coming(readback) = &mut self.losses {
            gpu.poll()?;
            let Some(bytes) = readback.take()? else {
                return Ok(None);
            };
            self.losses = Losses::Here {
                values: finite_losses(&bytes),
                scale: None,
            };
        }
        let Some(moment) = &self.requested else {
            return Ok(None);
        };
        let height = self.losses.scale(&height_style(&moment.scene));
        Ok(height.map(|height| Ready {
            view: self.view(moment, height),
        }))
    }

    /// Draws a frame into the image; the race must still stand where it was requested.
    pub fn draw(&mut self, gpu: &Gpu, ready: &Ready) {
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        self.renderer
            .prepare(gpu, &mut encoder, &self.race.descents, &ready.view);
        self.renderer.draw(gpu, &mut encoder);
        gpu.queue.submit([encoder.finish()]);
    }

    fn view(&self, moment: &Moment, height: HeightScale) -> View {
        let show = &moment.scene.show;
        View {
            camera: moment.camera,
            height,
            colour_map: ColourMap::named(show.colormap.word()).unwrap_or_default(),
            theme: match show.theme {
                scene::Theme::Light | scene::Theme::Print => Theme::Light,
                scene::Theme::Dark | scene::Theme::Transparent => Theme::Dark,
            },
            surface: show.surface != SurfaceStyle::None,
            floor: show.floor,
            trails: show.trails != TrailStyle::None && self.race.descents.trail_points > 0,
            draped: show.trails != TrailStyle::Chords && self.reach().is_none(),
            heads: show.heads,
            marks: self.points.shown(show, self.plan.landscape.plane.is_line()),
            reach: self.reach(),
            teams: team_colours(&moment.scene),
            text: self.text(moment),
        }
    }

    /// How far the domain reaches from the landscape's plane; `None` where nothing lies beside it.
    fn reach(&self) -> Option<f32> {
        let Landscape { plane, reach, .. } = &self.plan.landscape;
        (!plane.is_whole()).then_some(*reach as f32)
    }

    fn text(&self, moment: &Moment) -> Text {
        let show = &moment.scene.show;
        let [first, second] = &self.plan.landscape.names;
        let title = moment.scene.title.clone();
        Text {
            title: title.unwrap_or_else(|| self.plan.loss.title.clone()),
            caption: moment.caption.clone(),
            notes: self.plan.landscape.notes.clone(),
            step: (!self.plan.teams.is_empty()).then_some(moment.step.into()),
            legend: match show.legend {
                true => legend(&moment.scene),
                false => Vec::new(),
            },
            axes: show
                .axes
                .then(|| [first.clone(), second.clone(), "f".to_owned()]),
            scale: show.text_scale as f32,
        }
    }
}

impl Losses {
    /// The height scale for a style, chosen once for each.
    fn scale(&mut self, style: &HeightStyle) -> Option<HeightScale> {
        let Self::Here { values, scale } = self else {
            return None;
        };
        let chosen = match scale {
            Some((known, chosen)) if known == style => *chosen,
            _ => HeightScale::choose(style, values),
        };
        *scale = Some((*style, chosen));
        Some(chosen)
    }
}

/// The camera of plain numbers; the target's third number is a part of the box's height.
fn orbit_camera(view: &CameraView, is_curve: bool) -> OrbitCamera {
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

fn simulate(gpu: &Gpu, scene: &Scene, plan: &Plan) -> Result<(Field, Race), StageError> {
    let of_loss = |error| PlanError(loss_message(&error, &plan.loss));
    let graph = plan.loss.graph().map_err(of_loss)?;
    let text = graph.wgsl().map_err(of_loss)?;
    let field = Field::evaluate(gpu, &text, plan.landscape.plane.clone(), scene.field.size)?;
    let race = Race::new(gpu, &plan.teams, plan.race.clone()).map_err(|error| match error {
        SimulationError::Formula(error) => StageError::Plan(PlanError(format!("a rule: {error}"))),
        SimulationError::Update(error) => StageError::Plan(PlanError(format!("a rule: {error}"))),
        SimulationError::Gpu(error) => StageError::Gpu(error),
    })?;
    Ok((field, race))
}

/// Multisampling is cheap on a GPU and dear in software, where edges are smoothed otherwise.
fn samples_of(gpu: &Gpu, scene: &Scene) -> u32 {
    match scene.film.samples {
        scene::Samples::Auto if !gpu.is_cpu() => 4,
        scene::Samples::Auto | scene::Samples::Count(1) => 1,
        scene::Samples::Count(_) => 4,
    }
}

fn finite_losses(bytes: &[u8]) -> Vec<f32> {
    let nodes = nodes_from_bytes(bytes).into_iter();
    nodes
        .filter(|node| node[3] != 0.0)
        .map(|node| node[0])
        .collect()
}

fn height_style(scene: &Scene) -> HeightStyle {
    HeightStyle {
        log: scene.height.scale != scene::HeightScale::Linear,
        unit: scene.height.unit,
        clip: scene.height.clip,
        contours: scene.show.contours,
    }
}

fn colour_of(number: usize, team: &scene::Team) -> [u8; 3] {
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
