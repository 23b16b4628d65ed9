//! The studio: everything that lives while the window is open, and what happens in one redraw.

mod lesson;
mod point;

use super::AppError;
use super::blit::BlitPass;
use super::clock::Clock;
use super::controls::{Controls, Painting};
use super::draft::{Draft, with_look_of};
use super::keys::Command;
use super::panel::{Panel, Surroundings};
use super::picture::{Drawn, Eye, Picture};
use super::pointer::{Gesture, Pointer};
use super::stops::{Stops, Touch};
use super::window::Screen;
use super::workshop::{Finished, Workshop};
use crate::render::panes::{fitted, unfitted};
use crate::scene::{Scene, Theme};
use std::time::{Duration, Instant};
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoopProxy};

/// Until the device is asked again whether it has answered.
const SOON: Duration = Duration::from_millis(5);
/// Until a hidden window is tried again.
const LATER: Duration = Duration::from_millis(250);

/// An open window.
pub struct Studio {
    screen: Screen,
    controls: Controls,
    workshop: Workshop,
    /// `None` until the first scene is staged.
    picture: Option<Picture>,
    blit: Option<BlitPass>,
    draft: Draft,
    /// Of a lesson.
    stops: Option<Stops>,
    /// Steps taken at the present stop beyond its own.
    steps_beyond: u32,
    panel: Panel,
    clock: Clock,
    eye: Eye,
    pointer: Pointer,
    /// The picture's part of the window, from its upper left corner.
    picture_px: [u32; 2],
    opened: Instant,
    done: bool,
}

impl Studio {
    /// Opens a window and orders `scene` for it.
    ///
    /// # Errors
    /// No window, no adapter, no thread.
    pub fn open(
        event_loop: &ActiveEventLoop,
        scene: Scene,
        proxy: EventLoopProxy<Finished>,
    ) -> Result<Self, AppError> {
        let screen = Screen::open(event_loop, scene.film.size)?;
        let mut workshop = Workshop::open(screen.gpu.clone(), proxy)?;
        let picture_px = screen.size_px().unwrap_or(scene.film.size);
        workshop.order(scene.clone(), picture_px);
        screen.window.request_redraw();
        let stops = Stops::of(&scene);
        Ok(Self {
            controls: Controls::new(&screen),
            workshop,
            picture: None,
            blit: None,
            panel: Panel::new(),
            draft: Draft::new(match &stops {
                Some(stops) => stops.settled().clone(),
                None => scene,
            }),
            stops,
            steps_beyond: 0,
            clock: Clock::new(),
            eye: Eye::Path,
            pointer: Pointer::default(),
            picture_px,
            screen,
            opened: Instant::now(),
            done: false,
        })
    }

    /// Whether the user has closed the window.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Asks for a redraw.
    pub fn ask_redraw(&self) {
        self.screen.window.request_redraw();
    }

    /// Whether keys are commands, not text.
    pub fn keys_are_free(&self) -> bool {
        self.controls.keys_are_free()
    }

    /// Whether Control is held.
    pub fn control_is_held(&self) -> bool {
        self.controls.control_is_held()
    }

    /// Hears an event of the window that is no command.
    pub fn hear(&mut self, event: &WindowEvent) {
        if let WindowEvent::Resized(_) | WindowEvent::ScaleFactorChanged { .. } = event {
            self.screen.resized();
        }
        let free = self.controls.hear(&self.screen, event);
        let on_point = matches!(event, WindowEvent::MouseInput { .. }) && self.is_on_point();
        match self.pointer.hear(event, free, on_point) {
            Some(Gesture::Carry(to_px)) => self.carry_point(to_px),
            Some(gesture) => self.move_camera(gesture),
            None => {}
        }
        self.ask_redraw();
    }

    /// Does what a key or a button asks for.
    pub fn obey(&mut self, command: Command) {
        let command = match (command, &self.stops) {
            (Command::Forward, Some(_)) => Command::NextStop,
            (Command::Forward, None) => Command::Toggle,
            (command, _) => command,
        };
        log::debug!("obeys {command:?}");
        match command {
            Command::Toggle | Command::Forward => self.clock.toggle(),
            Command::NextStop => self.next_stop(),
            Command::PreviousStop => self.previous_stop(),
            Command::NextStatement => self.next_statement(),
            Command::PreviousStatement => self.previous_statement(),
            Command::Restart => self.restart(),
            Command::Step => self.step(),
            Command::ResetView => self.eye = Eye::Path,
            Command::TogglePanel => self.panel.is_open = !self.panel.is_open,
            Command::ToggleFullScreen => self.screen.toggle_full_screen(),
            Command::Leave if self.screen.is_full_screen() => self.screen.toggle_full_screen(),
            Command::Leave | Command::Close => self.done = true,
        }
        self.ask_redraw();
    }

    /// Takes what the workshop has built, or hears that it could not.
    ///
    /// # Errors
    /// A first scene that cannot run, and a device that is lost.
    pub fn receive(&mut self, mut finished: Finished) -> Result<(), AppError> {
        self.workshop.took(&mut finished);
        self.ask_redraw();
        match (finished.outcome, &self.picture) {
            (Ok(stage), _) => {
                let look = match &self.stops {
                    Some(_) => finished.scene.clone(),
                    None => with_look_of(&finished.scene, &self.draft.scene),
                };
                let picture = Picture::new(stage, finished.scene, look);
                self.show(picture);
            }
            (Err(error), None) => return Err(error.into()),
            (Err(error), Some(picture)) => {
                // Whoever has written on since then is not called back.
                if with_look_of(&finished.scene, &self.draft.scene) == self.draft.scene {
                    self.panel.refused = Some(error.to_string());
                    self.draft.give_up_race(picture.race());
                }
            }
        }
        Ok(())
    }

    /// One redraw; answers when the next one is due.
    ///
    /// # Errors
    /// A device that is lost.
    pub fn redraw(&mut self) -> Result<ControlFlow, AppError> {
        let Some(size_px) = self.screen.size_px() else {
            return Ok(ControlFlow::Wait);
        };
        self.tick();
        let output = self.lay_out(size_px);
        self.order_what_is_new();
        let drawn = self.draw_picture()?;
        let Some(image) = self.screen.next_image() else {
            return Ok(ControlFlow::WaitUntil(Instant::now() + LATER));
        };
        let again_in = self.compose(&image, output);
        self.screen.present(image);
        let again_in = match drawn {
            Drawn::NotYet => again_in.min(SOON),
            _ if self.picture.as_ref().is_some_and(Picture::is_refining) => again_in.min(SOON),
            _ if self.is_moving() => Duration::ZERO,
            _ => again_in,
        };
        Ok(self.next_redraw(again_in))
    }

    /// Whether the next picture will be another one.
    fn is_moving(&self) -> bool {
        let picture = self.picture.as_ref();
        picture.is_some_and(|picture| self.clock.is_running() || picture.is_morphing())
    }

    /// Seconds on the wall.
    fn now_s(&self) -> f64 {
        self.opened.elapsed().as_secs_f64()
    }

    /// Lets time pass once there is a race to run.
    fn tick(&mut self) {
        let Some(picture) = &self.picture else { return };
        let end_s = picture.timeline().seconds();
        let (now_s, seconds) = (self.now_s(), self.clock.seconds());
        if self
            .stops
            .as_mut()
            .is_some_and(|stops| stops.follow(seconds))
        {
            self.enter_stop();
        }
        let end_s = self.stops.as_ref().map_or(end_s, Stops::rest_s);
        self.clock.tick(now_s, end_s);
    }

    /// Runs the panel; what is left of the window is the picture's.
    fn lay_out(&mut self, size_px: [u32; 2]) -> egui::FullOutput {
        let dark = self.draft.scene.show.theme == Theme::Dark;
        let mut commands = Vec::new();
        let mut room = egui::Vec2::ZERO;
        let keys_were_free = self.controls.keys_are_free();
        let knobs = self
            .picture
            .as_ref()
            .map_or_else(Vec::new, |picture| picture.knobs().to_vec());
        let statements = self.statements();
        let output = self.controls.run(&self.screen, dark, |ui| {
            commands.clear();
            let mut surroundings = Surroundings {
                draft: &mut self.draft,
                clock: &mut self.clock,
                timeline: self.picture.as_ref().map(Picture::timeline),
                stops: self.stops.as_ref().map(Stops::place),
                knobs: &knobs,
                statements,
                view_is_own: self.eye != Eye::Path,
                commands: &mut commands,
            };
            self.panel.show(ui, &mut surroundings);
            room = ui.available_rect_before_wrap().size();
            if self.picture.is_none() {
                cover(ui);
            }
        });
        let keys_are_free = self.controls.keys_are_free();
        if keys_are_free != keys_were_free {
            let owner = if keys_are_free { "picture" } else { "panel" };
            log::debug!("keys go to the {owner}");
        }
        let pixels = |points: f32| (points * output.pixels_per_point).round() as u32;
        self.picture_px = [
            pixels(room.x).clamp(1, size_px[0]),
            pixels(room.y).clamp(1, size_px[1]),
        ];
        for command in commands {
            self.obey(command);
        }
        output
    }

    /// Shows a new look at once, and orders what needs another race.
    fn order_what_is_new(&mut self) {
        let now_s = self.now_s();
        let Some(picture) = &mut self.picture else {
            return;
        };
        if let Some(stops) = &self.stops {
            // A lesson's own moments go on under what is touched.
            let is_touched = *stops.settled() != self.draft.scene || self.steps_beyond > 0;
            picture.set_touch(is_touched.then(|| Touch {
                settled: stops.settled().clone(),
                draft: self.draft.scene.clone(),
                steps: self.steps_beyond,
            }));
            return;
        }
        let look = with_look_of(picture.race(), &self.draft.scene);
        picture.set_look(&look, now_s);
        if look != self.draft.scene && !self.workshop.is_busy() {
            let scene = self.draft.scene.clone();
            self.workshop.order(scene, self.picture_px);
        }
    }

    fn draw_picture(&mut self) -> Result<Drawn, AppError> {
        let (seconds, now_s) = (self.clock.seconds(), self.now_s());
        let Some(picture) = &mut self.picture else {
            return Ok(Drawn::Same);
        };
        let gpu = &self.screen.gpu;
        let drawn = picture.draw(gpu, self.picture_px, seconds, self.eye, now_s)?;
        if drawn == Drawn::New {
            let blit = self
                .blit
                .get_or_insert_with(|| BlitPass::new(gpu, self.screen.format(), picture.view()));
            blit.set_picture(gpu, picture.view());
        }
        Ok(drawn)
    }

    /// Picture and panel onto the window's image; answers when egui wants to be asked again.
    fn compose(&mut self, image: &wgpu::SurfaceTexture, output: egui::FullOutput) -> Duration {
        let gpu = self.screen.gpu.clone();
        let size_px = [image.texture.width(), image.texture.height()];
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        let painting: Painting = self
            .controls
            .prepare(&self.screen, &mut encoder, size_px, output);
        let view = image.texture.create_view(&Default::default());
        let mut pass = begin(&mut encoder, &view).forget_lifetime();
        if let (Some(blit), Some(picture)) = (&self.blit, &self.picture) {
            let [width, height] = picture.size_px();
            blit.draw(&mut pass, [width.min(size_px[0]), height.min(size_px[1])]);
        }
        self.controls.paint(&mut pass, &painting);
        drop(pass);
        gpu.queue.submit([encoder.finish()]);
        painting.again_in
    }

    fn next_redraw(&self, again_in: Duration) -> ControlFlow {
        if again_in.is_zero() {
            self.ask_redraw();
            return ControlFlow::Wait;
        }
        let due = Instant::now().checked_add(again_in);
        due.map_or_else(
            || {
                log::debug!("rests");
                ControlFlow::Wait
            },
            ControlFlow::WaitUntil,
        )
    }

    /// Puts a new picture in the place of the old one; another race begins at its start.
    fn show(&mut self, picture: Picture) {
        let title = picture.title().lines().next().unwrap_or_default();
        self.screen.window.set_title(&format!("{title} – Thalweg"));
        let old = self.picture.replace(picture);
        if let (Some(old), Some(new)) = (&old, &self.picture) {
            let (before, after) = (with_look_of(old.race(), new.race()), new.race());
            if (&before.loss, &before.teams) != (&after.loss, &after.teams) {
                self.clock.begin_again(old.timeline().seconds());
            }
        }
        self.workshop.give_back(old.map(Picture::into_stage));
    }

    /// Moves the eye that sees the landscape; the map is whole wherever it is.
    fn move_camera(&mut self, gesture: Gesture) {
        let Some(picture) = &self.picture else {
            return;
        };
        let pane = picture.pane_at(self.pointer.at_px());
        if let Some(pane) = pane.filter(|pane| pane.flatness == 0.0) {
            let own = picture.camera(self.clock.seconds(), self.eye);
            let mut camera = fitted(own, pane.aspect());
            gesture.apply(&mut camera, pane);
            self.eye = Eye::Own(unfitted(camera, pane.aspect()));
        }
    }
}

/// Stands where the picture will be.
fn cover(ui: &mut egui::Ui) {
    let ground = ui.visuals().extreme_bg_color;
    ui.painter()
        .rect_filled(ui.available_rect_before_wrap(), 0.0, ground);
    ui.centered_and_justified(|ui| ui.weak("The scene is being built …"));
}

fn begin<'encoder>(
    encoder: &'encoder mut wgpu::CommandEncoder,
    view: &wgpu::TextureView,
) -> wgpu::RenderPass<'encoder> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some("Studio::begin"),
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations {
                load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                store: wgpu::StoreOp::Store,
            },
        })],
        ..Default::default()
    })
}
