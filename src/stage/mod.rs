//! The stage: simulation and renderer under one roof, asked for a frame, drawing it when ready.
//!
//! Frame k is a pure function of scene, seed and k. [`Stage::request`] submits what the frame
//! needs, [`Stage::poll`] tells when its readbacks are there, [`Stage::draw`] draws it into the
//! one image that window and film share. The stage never waits and knows no clock.

mod count;
mod facts;
mod focus;
mod losses;
mod points;
mod sketch;
mod view;

pub use focus::Focus;

use crate::camera::OrbitCamera;
use crate::gpu::{Gpu, GpuError};
use crate::render::panes::Pane;
use crate::render::target::Target;
use crate::render::{Renderer, View};
use crate::scene::{self, LayoutMix, Scene, Timeline};
use crate::simulation::plan::loss_message;
use crate::simulation::{Field, Plan, PlanError, Race, Refined, SimulationError, Standing};
use count::Count;
use focus::Watch;
use losses::Losses;
use points::Points;
use sketch::{Chalk, Inks};
use view::{Scenery, orbit_camera, team_ink, theme_of};

/// Operations up to which a loss is evaluated for every pixel anew: so many cost less than to read
/// the field.
const MOST_EXACT_OPERATIONS: usize = 128;

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
    /// How far landscape and map make up the picture.
    pub layout: LayoutMix,
    /// Where the eye is that sees the landscape.
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
            layout: timeline.layout_at(seconds),
            camera: orbit_camera(&camera, scene.loss.is_of_one_parameter()),
            scene,
        }
    }
}

/// A frame that can be drawn: its readbacks are there.
#[derive(Debug, Clone)]
pub struct Ready {
    view: View,
    focus: Option<Focus>,
}

impl Ready {
    /// What will be drawn.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The point that arrows, tangents, slices and their numbers belong to, if the scene looks at
    /// one.
    pub fn focus(&self) -> Option<&Focus> {
        self.focus.as_ref()
    }
}

/// Simulation and renderer of one scene.
pub struct Stage {
    plan: Plan,
    timeline: Timeline,
    field: Field,
    race: Race,
    count: Count,
    renderer: Renderer,
    losses: Losses,
    watch: Watch,
    points: Points,
    requested: Option<Moment>,
    /// Whether a field that is not whole is shown.
    early: bool,
}

impl Stage {
    /// Sets a scene up for images of `size_px`.
    ///
    /// # Errors
    /// A scene that cannot run, or a device that refuses.
    pub fn new(gpu: &Gpu, scene: &Scene, size_px: [u32; 2]) -> Result<Self, StageError> {
        let timeline = Timeline::new(scene);
        let plan = Plan::of_scene(scene, timeline.total_steps())?;
        let watch = Watch::new(scene, &plan)?;
        let (field, race) = simulate(gpu, scene, &plan)?;
        let samples = samples_of(gpu, scene);
        let renderer =
            gpu.checked(|| Renderer::new(gpu, size_px, samples, &field, &race.descents))?;
        Ok(Self {
            losses: Losses::new(gpu, &field),
            watch,
            early: false,
            points: Points::of(&plan),
            count: Count::new(gpu, &race, plan.teams.len())?,
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
        let watch = Watch::new(scene, &plan)?;
        let (field, race) = simulate(gpu, scene, &plan)?;
        self.count = Count::new(gpu, &race, plan.teams.len())?;
        self.renderer.set_landscape(gpu, &field, &race.descents);
        self.losses = Losses::new(gpu, &field);
        self.watch = watch;
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

    /// How each team stands at the step of the last frame that was ready.
    pub fn standings(&self) -> &[Standing] {
        self.count.known()
    }

    /// The image with its size.
    pub fn target(&self) -> &Target {
        self.renderer.target()
    }

    /// The parts of the image that were drawn last.
    pub fn panes(&self) -> &[Pane] {
        self.renderer.panes()
    }

    /// Draws images of another size from now on.
    pub fn resize(&mut self, gpu: &Gpu, size_px: [u32; 2]) {
        self.renderer.resize(gpu, size_px);
    }

    /// For those who want to know that the grouping of steps into dispatches changes nothing.
    pub fn limit_steps_a_dispatch(&mut self, steps: u32) {
        self.race.limit_steps_a_dispatch(steps);
    }

    /// Shows a field that takes its time as soon as a coarse one is there, for those who look on
    /// while it gets finer; others wait, so that a frame is the same in every run.
    pub fn show_early(&mut self) {
        self.early = true;
    }

    /// Whether the field will be finer than it is.
    pub fn is_refining(&self) -> bool {
        !self.field.is_whole()
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
        self.count.request(gpu, moment.step);
        self.requested = Some(moment);
    }

    /// The frame last requested, once its readbacks are there.
    ///
    /// # Errors
    /// [`GpuError::Lost`].
    pub fn poll(&mut self, gpu: &Gpu) -> Result<Option<Ready>, GpuError> {
        self.refine(gpu);
        if !self.losses.poll(gpu)? || !self.count.poll(gpu)? {
            return Ok(None);
        }
        let Some(moment) = &self.requested else {
            return Ok(None);
        };
        let Some(height) = self.losses.scale(&moment.scene) else {
            return Ok(None);
        };
        let show = &moment.scene.show;
        let (cells, placement) = (self.field.cells, self.renderer.placement());
        self.watch
            .look(show, &self.plan, self.losses.nodes(), cells, &placement);
        let focus = self.watch.focus(&moment.scene, &self.plan, moment.step);
        let scenery = Scenery {
            plan: &self.plan,
            standings: self.count.known(),
            has_trails: self.race.descents.trail_points > 0,
            has_captions: self.timeline.has_captions(),
        };
        let mut marks = self.points.shown(show, &self.plan);
        self.watch
            .add_marks(&mut marks, show, &self.plan, focus.as_ref());
        let mut view = scenery.view(moment, height.clone(), marks);
        if moment.layout.landscape < 1.0 && !placement.is_curve {
            view.map = Some(self.losses.map(&placement, &height, show.arrows));
            view.kept_clear = scenery.kept_clear(show, &placement);
        }
        let landscape = &self.plan.landscape;
        let chalk = Chalk {
            show,
            plane: &landscape.plane,
            placement,
            height: &height,
            names: landscape.names.each_ref().map(String::as_str),
            inks: Inks::of(theme_of(show)),
            team_ink: team_ink(&moment.scene, focus.as_ref()),
            usual_slope: self.watch.usual_slope,
        };
        let survey = &mut self.watch.survey;
        view.sketch = chalk.sketch(focus.as_ref(), &mut |place| survey.loss_at(place));
        Ok(Some(Ready { view, focus }))
    }

    /// Lets the field get finer, and takes note where it has.
    fn refine(&mut self, gpu: &Gpu) {
        match self.field.refine(gpu) {
            Refined::Finer if self.early => {}
            Refined::Whole => {}
            Refined::Finer | Refined::Same => return,
        }
        self.losses.request(gpu, &self.field);
        self.renderer
            .set_landscape(gpu, &self.field, &self.race.descents);
    }

    /// Draws a frame into the image; the race must still stand where it was requested.
    pub fn draw(&mut self, gpu: &Gpu, ready: &Ready) {
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        self.renderer
            .prepare(gpu, &mut encoder, &self.race.descents, &ready.view);
        self.renderer.draw(gpu, &mut encoder);
        gpu.queue.submit([encoder.finish()]);
    }
}

fn simulate(gpu: &Gpu, scene: &Scene, plan: &Plan) -> Result<(Field, Race), StageError> {
    let of_loss = |error| PlanError(loss_message(&error, &plan.loss));
    let graph = plan.loss.graph().map_err(of_loss)?;
    let over_rows = graph.over_rows().map_err(of_loss)?;
    let (plane, cells) = (plan.landscape.plane.clone(), scene.field.size);
    let field = match over_rows {
        Some(text) => Field::over_rows(gpu, &text, plane, cells)?,
        None => {
            let text = graph.wgsl().map_err(of_loss)?;
            let mut field = Field::evaluate(gpu, &text, plane, cells)?;
            field.exact = (graph.operations() <= MOST_EXACT_OPERATIONS).then_some(text);
            field
        }
    };
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
