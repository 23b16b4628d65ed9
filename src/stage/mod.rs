//! The stage: simulation and renderer under one roof, asked for a frame, drawing it when ready.
//!
//! Frame k is a pure function of scene, seed and k. [`Stage::request`] submits what the frame
//! needs, [`Stage::poll`] tells when its readbacks are there, [`Stage::draw`] draws it into the
//! one image that window and film share. The stage never waits and knows no clock.

mod acts;
mod count;
mod explained;
mod facts;
mod focus;
mod losses;
mod machine;
mod points;
mod sketch;
mod view;

pub use focus::Focus;

use crate::camera::OrbitCamera;
use crate::gpu::{Gpu, GpuError};
use crate::render::colour::Theme;
use crate::render::frame::Placement;
use crate::render::panes::Pane;
use crate::render::target::{Sampling, Target};
use crate::render::{Renderer, View};
use crate::scene::{self, LayoutMix, Scene, SurfaceStyle, Timeline};
use crate::simulation::plan::domain_of;
use crate::simulation::{Plan, PlanError, Refined, Standing};
use acts::{Acts, Cast};
use facts::facts;
use focus::Watch;
use machine::Workbench;
use sketch::{Chalk, Inks};
use view::{Scenery, orbit_camera, team_ink, theme_of};

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
    /// Whether any stop of the film has a caption.
    pub has_captions: bool,
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
            has_captions: timeline.has_captions(),
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
    statements: usize,
}

impl Ready {
    /// What will be drawn.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// How many statements the step that is explained has; 0 where none is.
    pub fn statements(&self) -> usize {
        self.statements
    }

    /// The point that arrows, tangents, slices and their numbers belong to, if the scene looks at
    /// one.
    pub fn focus(&self) -> Option<&Focus> {
        self.focus.as_ref()
    }
}

/// Simulation and renderer of one scene.
pub struct Stage {
    timeline: Timeline,
    acts: Acts,
    renderer: Renderer,
    requested: Option<Moment>,
    /// Why the device could not give what was requested.
    failure: Option<GpuError>,
    /// Whether a field that is not whole is shown.
    early: bool,
    /// Whether a checkerboard is shown behind what is transparent.
    checks: bool,
}

impl Stage {
    /// Sets a scene up for images of `size_px`.
    ///
    /// # Errors
    /// A scene or a stop of it that cannot run, or a device that refuses.
    pub fn new(gpu: &Gpu, scene: &Scene, size_px: [u32; 2]) -> Result<Self, StageError> {
        let timeline = Timeline::new(scene);
        let acts = first_acts(gpu, &timeline)?;
        let sampling = sampling_of(gpu, scene);
        let (field, descents) = (&acts.terrain().field, &acts.cast().race.descents);
        let renderer = gpu.checked(|| Renderer::new(gpu, size_px, sampling, field, descents))?;
        Ok(Self {
            timeline,
            acts,
            renderer,
            requested: None,
            failure: None,
            early: false,
            checks: false,
        })
    }

    /// Puts another scene on the stage; the image stays.
    ///
    /// # Errors
    /// As [`Stage::new`]; the old scene then stays whole.
    pub fn set_scene(&mut self, gpu: &Gpu, scene: &Scene) -> Result<(), StageError> {
        let timeline = Timeline::new(scene);
        self.acts = first_acts(gpu, &timeline)?;
        self.timeline = timeline;
        self.place(gpu);
        self.requested = None;
        Ok(())
    }

    /// Lets the renderer draw what is played.
    fn place(&mut self, gpu: &Gpu) {
        let field = &self.acts.terrain().field;
        let descents = &self.acts.cast().race.descents;
        self.renderer.set_landscape(gpu, field, descents);
    }

    /// What runs at present.
    pub fn plan(&self) -> &Plan {
        &self.acts.cast().plan
    }

    /// The scene's course over time.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// How each team stands at the step of the last frame that was ready.
    pub fn standings(&self) -> &[Standing] {
        self.acts.cast().count.known()
    }

    /// The image with its size.
    pub fn target(&self) -> &Target {
        self.renderer.target()
    }

    /// Where the landscape stands in the world.
    pub fn placement(&self) -> Placement {
        self.renderer.placement()
    }

    /// The field's nodes as they came last, each (f, ∂f/∂a, ∂f/∂b, valid), and its cells along
    /// each plane coordinate.
    pub fn nodes(&self) -> (&[[f32; 4]], [u32; 2]) {
        let terrain = self.acts.terrain();
        (terrain.losses.nodes().0, terrain.field.cells)
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
        self.acts.limit_steps_a_dispatch(steps);
    }

    /// Shows a field that takes its time as soon as a coarse one is there, for those who look on
    /// while it gets finer; others wait, so that a frame is the same in every run.
    pub fn show_early(&mut self) {
        self.early = true;
    }

    /// Shows a checkerboard behind what is transparent, as image editors do: for a window, which
    /// has no alpha.
    pub fn show_checks(&mut self) {
        self.checks = true;
    }

    /// Whether the field will be finer than it is.
    pub fn is_refining(&self) -> bool {
        !self.acts.terrain().field.is_whole()
    }

    /// What frame k shows.
    pub fn moment(&self, frame: u64) -> Moment {
        Moment::at(&self.timeline, self.timeline.time_of_frame(frame))
    }

    /// Submits what frame k needs.
    pub fn request(&mut self, gpu: &Gpu, frame: u64) {
        self.request_moment(gpu, self.moment(frame));
    }

    /// Submits what a moment needs. A scene between two stops that cannot run leaves what was
    /// played before on the stage; the stops themselves were tried when they came there.
    pub fn request_moment(&mut self, gpu: &Gpu, moment: Moment) {
        match self.acts.play(gpu, &moment.scene) {
            Ok(false) => {}
            Ok(true) => self.place(gpu),
            Err(StageError::Plan(error)) => log::warn!("{error}"),
            Err(StageError::Gpu(error)) => self.failure = Some(error),
        }
        let cast = self.acts.cast_mut();
        cast.race.advance_to(gpu, moment.step);
        cast.count.request(gpu, moment.step);
        self.requested = Some(moment);
    }

    /// The frame last requested, once its readbacks are there.
    ///
    /// # Errors
    /// [`GpuError::Lost`], and [`GpuError::Refused`] where a stop asks for more than the device
    /// can give.
    pub fn poll(&mut self, gpu: &Gpu) -> Result<Option<Ready>, GpuError> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        self.refine(gpu);
        let (terrain, cast) = self.acts.both_mut();
        if !terrain.losses.poll(gpu)? || !cast.count.poll(gpu)? {
            return Ok(None);
        }
        let Some(moment) = &self.requested else {
            return Ok(None);
        };
        let placement = self.renderer.placement();
        let mut ready = ready(&mut self.acts, placement, moment);
        if let Some(Ready { view, .. }) = &mut ready
            && self.checks
            && view.theme == Theme::Transparent
        {
            view.theme = Theme::Checks;
        }
        Ok(ready)
    }

    /// Lets the field get finer, and takes note where it has.
    fn refine(&mut self, gpu: &Gpu) {
        let terrain = self.acts.terrain_mut();
        match terrain.field.refine(gpu) {
            Refined::Finer if self.early => {}
            Refined::Whole => {}
            Refined::Finer | Refined::Same => return,
        }
        terrain.losses.request(gpu, &terrain.field);
        self.place(gpu);
    }

    /// Draws a frame into the image; the race must still stand where it was requested.
    ///
    /// # Errors
    /// [`GpuError::Refused`]: what a frame is drawn with is made when it is first needed.
    pub fn draw(&mut self, gpu: &Gpu, ready: &Ready) -> Result<(), GpuError> {
        gpu.checked(|| {
            let mut encoder = gpu.device.create_command_encoder(&Default::default());
            let descents = &self.acts.cast().race.descents;
            self.renderer
                .prepare(gpu, &mut encoder, descents, &ready.view);
            self.renderer.draw(gpu, &mut encoder);
            gpu.queue.submit([encoder.finish()]);
        })
    }
}

/// What a moment looks like, once its landscape's losses are there.
fn ready(acts: &mut Acts, placement: Placement, moment: &Moment) -> Option<Ready> {
    let (terrain, cast) = acts.both_mut();
    let height = terrain.losses.scale(&moment.scene)?;
    let show = &moment.scene.show;
    let Cast {
        plan,
        race,
        points,
        watch,
        count,
    } = cast;
    let nodes = terrain.losses.nodes();
    watch.look(show, plan, nodes, terrain.field.cells, &placement);
    let focus = watch.focus(moment, plan);
    let explained = watch
        .explaining
        .explain(&moment.scene, plan, focus.as_ref());
    let mut bench = workbench(moment, plan, focus.as_ref());
    let mut facts = facts(plan, moment, focus.as_ref());
    if let Some(bench) = &bench {
        bench.add_facts(&mut facts);
    }
    let scenery = Scenery {
        plan,
        standings: count.known(),
        has_trails: race.descents.trail_points > 0,
        facts: &facts,
    };
    let mut marks = points.shown(show, plan);
    watch.add_marks(&mut marks, show, plan, focus.as_ref());
    let mut view = scenery.view(moment, height.clone(), marks);
    if moment.layout.landscape < 1.0 && !placement.is_curve {
        view.map = Some(terrain.losses.map(&placement, &height, show.arrows));
        view.kept_clear = scenery.kept_clear(show, &placement);
    }
    if !placement.is_curve && show.surface != SurfaceStyle::None {
        let cells = terrain.field.cells;
        view.rims = Some(terrain.losses.rims(cells, &placement, &height));
    }
    let landscape = &plan.landscape;
    let chalk = Chalk {
        show,
        plane: &landscape.plane,
        placement,
        height: &height,
        names: landscape.names.each_ref().map(String::as_str),
        inks: Inks::of(theme_of(show)),
        team_ink: team_ink(&moment.scene, focus.as_ref()),
        usual_slope: watch.usual_slope,
    };
    let survey = &mut watch.survey;
    let mut loss_at = |place| survey.loss_at(place);
    view.sketch = chalk.sketch(focus.as_ref(), &mut loss_at);
    if let (Some(explained), Some(focus)) = (&explained, &focus) {
        view.text.explanation = Some(explained.content(chalk.spoken_ink()));
        if let Some(drawn) = explained.drawn() {
            chalk.add_statement(&mut view.sketch, focus, &drawn, &mut loss_at);
        }
    }
    if let (Some(bench), Some(focus)) = (&mut bench, &focus) {
        if let Some(by) = bench.turned() {
            chalk.add_turn(&mut view.sketch, focus, by, &mut loss_at);
        }
        if show.machine {
            let domain = domain_of(&moment.scene, &plan.loss).unwrap_or_default();
            view.text.machine = bench.content(&moment.scene, &domain);
        }
    }
    Some(Ready {
        view,
        focus,
        statements: explained.map_or(0, |explained| explained.count),
    })
}

/// The machine at the followed point, where the moment speaks of it.
fn workbench(moment: &Moment, plan: &Plan, focus: Option<&Focus>) -> Option<Workbench> {
    let show = &moment.scene.show;
    let is_spoken_of = ["{model", "{turn", ".measured", ".predicted"]
        .iter()
        .any(|name| moment.caption.contains(name));
    let focus = focus.filter(|_| show.machine || !show.turn.is_empty() || is_spoken_of)?;
    Workbench::new(&moment.scene, plan, &focus.point)
}

/// What is played first, after each stop has been tried.
fn first_acts(gpu: &Gpu, timeline: &Timeline) -> Result<Acts, StageError> {
    let total_steps = timeline.total_steps();
    for stop in 0..timeline.stop_count() {
        let settled = timeline.time_of_frame(timeline.last_frame_of_stop(stop));
        let scene = timeline.scene_at(settled);
        Plan::of_scene(&scene, total_steps)
            .and_then(|plan| Watch::new(&scene, &plan))
            .map_err(|PlanError(error)| PlanError(format!("stop.{stop}: {error}")))?;
    }
    Acts::new(gpu, &timeline.scene_at(0.0), total_steps)
}

/// Multisampling is cheap on a GPU and dear in software, where silhouettes are smoothed instead.
/// Several samples a pixel are as many whole
/// pictures, so that they mean the same on every adapter.
fn sampling_of(gpu: &Gpu, scene: &Scene) -> Sampling {
    let (multisamples, pictures) = match scene.film.samples {
        scene::Samples::Auto if gpu.is_cpu() => (1, 1),
        scene::Samples::Auto => (4, 1),
        scene::Samples::Count(pictures) => (1, pictures),
    };
    Sampling {
        multisamples,
        smooth: true,
        pictures,
    }
}
