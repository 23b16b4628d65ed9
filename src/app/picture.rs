//! The picture in the window: a stage, the scene on it, and what was drawn last.

use super::morph::Morph;
use super::pick::{Ground, Sight};
use super::stops::Touch;
use crate::camera::OrbitCamera;
use crate::gpu::{Gpu, GpuError};
use crate::render::height::HeightScale;
use crate::render::panes::Pane;
use crate::scene::{Scene, Timeline};
use crate::simulation::Plan;
use crate::simulation::plan::domain_of;
use crate::stage::{Focus, Moment, Stage};
use glam::Vec2;

/// Who moves the camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Eye {
    /// The scene's path.
    Path,
    /// The user, since the first touch.
    Own(OrbitCamera),
}

/// A staged scene.
pub struct Picture {
    stage: Stage,
    /// The scene whose race is on the stage.
    race: Scene,
    /// The same race with the present look.
    look: Scene,
    /// The course of `look`.
    timeline: Timeline,
    /// What the user has changed at the present stop of a lesson.
    touch: Option<Touch>,
    /// How many statements the step drawn last has, where it is explained.
    statements: usize,
    /// See [`Picture::knobs`].
    knobs: Vec<(String, [f64; 2])>,
    /// How high what was drawn last stands, and its followed point.
    shown: Option<(HeightScale, Option<Focus>)>,
    /// From the layout before, where the user has chosen another.
    morph: Option<Morph>,
    drawn: Option<Moment>,
    /// What the stage was asked for and has not been ready to draw yet.
    waiting: Option<Moment>,
    /// How many times the stage has drawn.
    draws: u64,
    /// Whether the field was not whole when it was drawn last.
    was_refining: bool,
}

/// What came of drawing a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// The image is new.
    New,
    /// Nothing has changed since it was drawn.
    Same,
    /// The device has not answered yet.
    NotYet,
}

impl Picture {
    /// A stage with `race` on it, to be shown as `look` says.
    pub fn new(stage: Stage, race: Scene, look: Scene) -> Self {
        Self {
            stage,
            timeline: Timeline::new(&look),
            look,
            race,
            touch: None,
            statements: 0,
            knobs: Vec::new(),
            shown: None,
            morph: None,
            drawn: None,
            waiting: None,
            draws: 0,
            was_refining: false,
        }
    }

    /// The scene whose race is on the stage.
    pub fn race(&self) -> &Scene {
        &self.race
    }

    /// The course of the race.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The finished image.
    pub fn view(&self) -> &wgpu::TextureView {
        &self.stage.target().view
    }

    /// The image's width and height in pixels.
    pub fn size_px(&self) -> [u32; 2] {
        self.stage.target().size_px
    }

    /// The title in the picture.
    pub fn title(&self) -> &str {
        let plan = self.stage.plan();
        self.race.title.as_deref().unwrap_or(&plan.loss.title)
    }

    /// Whether the landscape will be finer than it is.
    pub fn is_refining(&self) -> bool {
        self.stage.is_refining()
    }

    /// Shows the race as `look` says from now on, at a time on the wall.
    pub fn set_look(&mut self, look: &Scene, now_s: f64) {
        if self.look != *look {
            if let Some(drawn) = &self.drawn
                && self.look.show.layout != look.show.layout
            {
                self.morph = Some(Morph::new(drawn.layout, now_s));
            }
            self.look = look.clone();
            self.timeline = Timeline::new(look);
        }
    }

    /// Lays what the user has touched over a lesson's own moments; `None` gives them back.
    pub fn set_touch(&mut self, touch: Option<Touch>) {
        self.touch = touch;
    }

    /// How many statements the step drawn last has; 0 where it is not explained.
    pub fn statements(&self) -> usize {
        self.statements
    }

    /// Each parameter of what was drawn last, with its range.
    pub fn knobs(&self) -> &[(String, [f64; 2])] {
        &self.knobs
    }

    /// The camera at a moment of the film.
    pub fn camera(&self, seconds: f64, eye: Eye) -> OrbitCamera {
        moment(&self.timeline, seconds, eye).camera
    }

    /// Whether the layout is on its way.
    pub fn is_morphing(&self) -> bool {
        self.morph.is_some()
    }

    /// The part of the picture that a pixel lies in.
    pub fn pane_at(&self, px: Vec2) -> Option<&Pane> {
        self.stage.panes().iter().find(|pane| pane.holds(px))
    }

    /// How far the followed point, where the picture has one, is from a pixel of its pane.
    pub fn point_off_px(&self, px: Vec2) -> Option<f32> {
        let (ground, sight, focus, _) = self.sight(px)?;
        let at_px = ground.pixel_of(focus.local.place, focus.loss, &sight);
        Some((at_px - sight.at_px).length())
    }

    /// The followed point as it would be at a pixel: each parameter with its value. What it is off
    /// the landscape's plane it stays.
    pub fn point_at(&self, px: Vec2) -> Option<Vec<(String, f64)>> {
        let (ground, sight, focus, pane) = self.sight(px)?;
        let place = match (pane.is_map(), ground.placement.is_curve) {
            (true, _) => ground.on_floor(&sight),
            (false, true) => ground.on_curve(&sight),
            (false, false) => ground.on_surface(&sight),
        }?;
        let plan = self.stage.plan();
        let plane = &plan.landscape.plane;
        let (foot, to) = (plane.point_at(focus.local.place), plane.point_at(place));
        let ways = to.iter().zip(&foot).map(|(to, from)| to - from);
        let point = focus.point.iter().zip(ways).map(|(w, way)| w + way);
        Some(plan.loss.parameters.iter().cloned().zip(point).collect())
    }

    /// The landscape and the line of sight through a pixel, in a pane that is at rest.
    fn sight(&self, px: Vec2) -> Option<(Ground<'_>, Sight, &Focus, &Pane)> {
        let (height, focus) = self.shown.as_ref()?;
        let pane = self.pane_at(px)?;
        let is_at_rest = pane.flatness == 0.0 || pane.is_map();
        let [corner, size_px] = [pane.corner_px, pane.size_px].map(|side| side.map(|x| x as f32));
        let (nodes, cells) = self.stage.nodes();
        let ground = Ground {
            nodes,
            cells,
            placement: self.stage.placement(),
            height,
        };
        let sight = Sight {
            clip_from_world: pane.clip_from_world(),
            size_px: size_px.into(),
            at_px: px - Vec2::from(corner),
        };
        let focus = focus.as_ref().filter(|_| is_at_rest && !nodes.is_empty())?;
        Some((ground, sight, focus, pane))
    }

    /// Draws a moment of the film at a time on the wall, where it looks other than what was drawn
    /// last. A moment that the device has not answered for is drawn before a later one is asked for.
    ///
    /// # Errors
    /// A device that is lost.
    pub fn draw(
        &mut self,
        gpu: &Gpu,
        size_px: [u32; 2],
        seconds: f64,
        eye: Eye,
        now_s: f64,
    ) -> Result<Drawn, GpuError> {
        let moment = match self.waiting.take() {
            Some(waiting) => waiting,
            None => {
                let mut moment = moment(&self.timeline, seconds, eye);
                if let Some(touch) = &self.touch {
                    moment.step = moment.step.saturating_add(touch.steps);
                    moment.scene = touch.over(moment.scene);
                }
                if let Some(morph) = self.morph {
                    moment.layout = morph.mix(moment.layout, now_s);
                    self.morph = Some(morph).filter(|morph| !morph.is_over(now_s));
                }
                let is_drawn = self.drawn.as_ref() == Some(&moment) && self.size_px() == size_px;
                if is_drawn && !self.is_refining() && !self.was_refining {
                    return Ok(Drawn::Same);
                }
                self.stage.request_moment(gpu, moment.clone());
                moment
            }
        };
        self.drawn = None;
        self.was_refining = self.is_refining();
        self.stage.resize(gpu, size_px);
        let Some(ready) = self.stage.poll(gpu)? else {
            self.waiting = Some(moment);
            return Ok(Drawn::NotYet);
        };
        self.stage.draw(gpu, &ready)?;
        self.statements = ready.statements();
        self.knobs = knobs(&moment.scene, self.stage.plan());
        self.shown = Some((ready.view().height.clone(), ready.focus().cloned()));
        log::debug!("says {:?}", ready.view().text.caption);
        self.log_point();
        self.drawn = Some(moment);
        self.draws += 1;
        log::debug!("picture {} drawn", self.draws);
        Ok(Drawn::New)
    }

    /// For those who look for the point without looking at the picture.
    fn log_point(&self) {
        for pane in self.stage.panes() {
            let corner = Vec2::from(pane.corner_px.map(|side| side as f32));
            if let Some((ground, sight, focus, _)) = self.sight(corner) {
                let at_px = corner + ground.pixel_of(focus.local.place, focus.loss, &sight);
                log::debug!("its point stands at {} {}", at_px.x, at_px.y);
            }
        }
    }

    /// The stage, when it is shown no longer.
    pub fn into_stage(self) -> Stage {
        self.stage
    }
}

/// The parameters of `plan`, each with its range in `scene`.
fn knobs(scene: &Scene, plan: &Plan) -> Vec<(String, [f64; 2])> {
    let domain = domain_of(scene, &plan.loss).unwrap_or_default();
    plan.loss.parameters.iter().cloned().zip(domain).collect()
}

fn moment(timeline: &Timeline, seconds: f64, eye: Eye) -> Moment {
    let on_path = Moment::at(timeline, seconds);
    Moment {
        camera: match eye {
            Eye::Path => on_path.camera,
            Eye::Own(camera) => camera,
        },
        ..on_path
    }
}
