//! The picture in the window: a stage, the scene on it, and what was drawn last.

use crate::camera::OrbitCamera;
use crate::gpu::{Gpu, GpuError};
use crate::scene::{Scene, Timeline};
use crate::stage::{Moment, Stage};

/// Width over height of the narrowest picture that has room for what a film's camera shows.
const NARROWEST_ASPECT: f32 = 1.4;

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

    /// Shows the race as `look` says from now on.
    pub fn set_look(&mut self, look: &Scene) {
        if self.look != *look {
            self.look = look.clone();
            self.timeline = Timeline::new(look);
        }
    }

    /// The camera at a moment of the film.
    pub fn camera(&self, seconds: f64, eye: Eye) -> OrbitCamera {
        moment(&self.timeline, seconds, eye, self.size_px()).camera
    }

    /// Draws a moment of the film, where it looks other than what was drawn last. A moment that the
    /// device has not answered for is drawn before a later one is asked for.
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
        let moment = match self.waiting.take() {
            Some(waiting) => waiting,
            None => {
                let moment = moment(&self.timeline, seconds, eye, size_px);
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

fn moment(timeline: &Timeline, seconds: f64, eye: Eye, size_px: [u32; 2]) -> Moment {
    let on_path = Moment::at(timeline, seconds);
    Moment {
        camera: match eye {
            Eye::Path => fitted(on_path.camera, size_px),
            Eye::Own(camera) => camera,
        },
        ..on_path
    }
}

/// A film's camera for a window that may be narrower than any film: from farther away, so that
/// the sides are not cut.
fn fitted(camera: OrbitCamera, [width, height]: [u32; 2]) -> OrbitCamera {
    let aspect = width as f32 / height as f32;
    OrbitCamera {
        distance: camera.distance * (NARROWEST_ASPECT / aspect).max(1.0),
        ..camera
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_picture_has_the_scenes_own_camera_and_a_narrow_one_its_width() {
        let camera = OrbitCamera::default();
        assert_eq!(fitted(camera, [1920, 1080]), camera);
        let narrow = fitted(camera, [500, 1000]);
        let width = narrow.height_at_target() * 0.5;
        let widest_cut = camera.height_at_target() * NARROWEST_ASPECT;
        assert!((width - widest_cut).abs() < 1e-5);
    }
}
