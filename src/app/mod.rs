//! The app: the stage in a window, with a panel of controls beside the picture.
//!
//! ```text
//!  mouse, keys ─► pointer, keys ─► orbit ─► camera ┐
//!  wall clock ──► clock ──► step ──────────────────┼─► stage ─► image ─► blit ┐
//!  panel ───────► draft ──► workshop ─► new stage ─┘                          ├─► screen
//!      └──────────────────────── egui ────────────────────────────────────────┘
//! ```

mod blit;
mod clock;
mod controls;
mod draft;
mod handler;
mod keys;
mod morph;
mod orbit;
mod panel;
pub mod pick;
mod picture;
mod pointer;
mod stops;
mod studio;
mod style;
mod window;
mod workshop;

use crate::gpu::GpuError;
use crate::load::Loaded;
use crate::stage::StageError;
use handler::Handler;
use winit::error::{EventLoopError, OsError};
use winit::event_loop::EventLoop;

/// Why the window did not open, or closed by itself.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no display to open a window on.
    #[error("there is no display to open a window on ({0})")]
    NoDisplay(String),
    /// The display did not give a window.
    #[error("no window could be opened: {0}")]
    NoWindow(#[from] OsError),
    /// The system did not give a thread.
    #[error("no thread could be started: {0}")]
    NoThread(#[from] std::io::Error),
    /// No adapter, or a device that was lost.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// The scene cannot run.
    #[error(transparent)]
    Stage(#[from] StageError),
}

/// Opens the window on a scene and returns when it is closed.
///
/// # Errors
/// Everything that keeps the window from opening, and a device that is lost.
pub fn run(loaded: Loaded) -> Result<(), AppError> {
    let no_display = |error: EventLoopError| AppError::NoDisplay(reason(&error));
    let event_loop = EventLoop::with_user_event().build().map_err(no_display)?;
    let mut handler = Handler::new(loaded.scene, event_loop.create_proxy());
    event_loop.run_app(&mut handler).map_err(no_display)?;
    handler.outcome()
}

/// The system's own words, without the place in the source that winit puts before them.
fn reason(error: &EventLoopError) -> String {
    let text = error.to_string();
    let words = text
        .rsplit_once(": ")
        .map_or(text.as_str(), |(_, words)| words);
    words.trim_end_matches('.').to_owned()
}
