//! From winit's events to the studio's methods.

use super::AppError;
use super::keys::command_of;
use super::studio::Studio;
use super::workshop::Finished;
use crate::scene::Scene;
use winit::application::ApplicationHandler;
use winit::event::{StartCause, WindowEvent};
use winit::event_loop::{ActiveEventLoop, EventLoopProxy};
use winit::window::WindowId;

/// The window's life: from a scene to a studio, and to how it ended.
pub struct Handler {
    /// Until the window opens.
    scene: Option<Scene>,
    proxy: EventLoopProxy<Finished>,
    studio: Option<Studio>,
    failure: Option<AppError>,
}

impl Handler {
    /// Opens the window on `scene` once the event loop runs.
    pub fn new(scene: Scene, proxy: EventLoopProxy<Finished>) -> Self {
        Self {
            scene: Some(scene),
            proxy,
            studio: None,
            failure: None,
        }
    }

    /// How it ended.
    ///
    /// # Errors
    /// What closed the window other than its user.
    pub fn outcome(self) -> Result<(), AppError> {
        self.failure.map_or(Ok(()), Err)
    }

    fn ends_on_error(&mut self, event_loop: &ActiveEventLoop, outcome: Result<(), AppError>) {
        if let Err(error) = outcome {
            self.failure = Some(error);
            self.close(event_loop);
        }
    }

    /// The workshop ends before the event loop: the driver must not outlive its display.
    fn close(&mut self, event_loop: &ActiveEventLoop) {
        self.studio = None;
        event_loop.exit();
    }
}

impl ApplicationHandler<Finished> for Handler {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        let Some(scene) = self.scene.take() else {
            return;
        };
        match Studio::open(event_loop, scene, self.proxy.clone()) {
            Ok(studio) => self.studio = Some(studio),
            Err(error) => self.ends_on_error(event_loop, Err(error)),
        }
    }

    fn new_events(&mut self, _: &ActiveEventLoop, cause: StartCause) {
        if let (StartCause::ResumeTimeReached { .. }, Some(studio)) = (cause, &self.studio) {
            studio.ask_redraw();
        }
    }

    fn user_event(&mut self, event_loop: &ActiveEventLoop, finished: Finished) {
        if let Some(studio) = &mut self.studio {
            let outcome = studio.receive(finished);
            self.ends_on_error(event_loop, outcome);
        }
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        let Some(studio) = &mut self.studio else {
            return;
        };
        match &event {
            WindowEvent::RedrawRequested => match studio.redraw() {
                Ok(flow) => event_loop.set_control_flow(flow),
                Err(error) => self.ends_on_error(event_loop, Err(error)),
            },
            // What was held down when the window got the focus is told as pressed anew; it was
            // pressed for another window, or its own press comes next.
            WindowEvent::KeyboardInput {
                is_synthetic: true, ..
            } => {}
            WindowEvent::KeyboardInput { event: key, .. } if studio.keys_are_free() => {
                match command_of(key, studio.control_is_held()) {
                    Some(command) => studio.obey(command),
                    None => studio.hear(&event),
                }
            }
            WindowEvent::CloseRequested => self.close(event_loop),
            _ => studio.hear(&event),
        }
        if self.studio.as_ref().is_some_and(Studio::is_done) {
            self.close(event_loop);
        }
    }
}
