//! The picture in the window: a stage, the scene on it, and what was drawn last.

use crate::camera::OrbitCamera;
use crate::gpu::{Gpu, GpuError};
use crate::scene::{Scene, Timeline};
use crate::stage::{Moment, Stage, orbit_camera};

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
    drawn: Option<Moment>,
    /// How many times the stage has drawn.
    draws: u64,
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
            drawn: None,
            draws: 0,
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

    /// Shows the race as `look` says from now on.
    pub fn set_look(&mut self, look: &Scene) {
        if self.look != *look {
            self.look = look.clone();
            self.timeline = Timeline::new(look);
        }
    }

    /// The camera at a moment of the film.
    pub fn camera(&self, seconds: f64, eye: Eye) -> OrbitCamera {
        match eye {
            Eye::Path => path_camera(&self.timeline, &self.timeline.scene_at(seconds), seconds),
            Eye::Own(camera) => camera,
        }
    }

    /// Draws a moment of the film, where it looks other than what was drawn last.
    ///
    /// # Errors
    /// A device that is lost.
    pub fn draw(
        &mut self,
        gpu: &Gpu,
        size_px: [u32; 2],
        seconds: f64,
        eye: Eye,
    ) -> Result<Drawn, GpuError> {
        let moment = moment(&self.timeline, seconds, eye);
        if self.drawn.as_ref() == Some(&moment) && self.size_px() == size_px {
            return Ok(Drawn::Same);
        }
        self.drawn = None;
        self.stage.resize(gpu, size_px);
        self.stage.request_moment(gpu, moment.clone());
        let Some(ready) = self.stage.poll(gpu)? else {
            return Ok(Drawn::NotYet);
        };
        self.stage.draw(gpu, &ready);
        self.drawn = Some(moment);
        self.draws += 1;
        log::debug!("picture {} drawn", self.draws);
        Ok(Drawn::New)
    }

    /// The stage, when it is shown no longer.
    pub fn into_stage(self) -> Stage {
        self.stage
    }
}

fn moment(timeline: &Timeline, seconds: f64, eye: Eye) -> Moment {
    let scene = timeline.scene_at(seconds);
    Moment {
        camera: match eye {
            Eye::Path => path_camera(timeline, &scene, seconds),
            Eye::Own(camera) => camera,
        },
        caption: timeline.caption_at(seconds).unwrap_or("").to_owned(),
        step: u32::try_from(timeline.steps_at(seconds)).unwrap_or(u32::MAX),
        scene,
    }
}

fn path_camera(timeline: &Timeline, scene: &Scene, seconds: f64) -> OrbitCamera {
    orbit_camera(&scene.camera.at(seconds, timeline.seconds()))
}
