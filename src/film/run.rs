//! Frames of a stage into a film, a few of them in flight.

use super::{FilmError, Summary, Writer};
use crate::gpu::{Gpu, GpuError, TextureReadback};
use crate::stage::Stage;
use std::collections::VecDeque;
use std::ops::Range;

/// Frames drawn ahead of the one that is being encoded: the driver works on one while the CPU
/// takes the other, and a third covers the jitter between them.
const IN_FLIGHT: usize = 3;

/// Why a film ended before its last frame.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The device was lost.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// The file could not be written.
    #[error(transparent)]
    Film(#[from] FilmError),
}

/// Draws `frames` of `stage` and writes them; `goes_on` hears the number of frames written and
/// may end the film there by answering `false`. The film so far is then whole.
///
/// # Errors
/// A device that is lost, or a place that cannot be written.
pub fn run(
    gpu: &Gpu,
    stage: &mut Stage,
    frames: Range<u64>,
    mut writer: Writer,
    mut goes_on: impl FnMut(u64) -> bool,
) -> Result<Summary, RunError> {
    let mut drawn = VecDeque::new();
    let mut written = 0;
    for frame in frames.map(Some).chain(std::iter::repeat_n(None, IN_FLIGHT)) {
        if let Some(frame) = frame {
            draw(gpu, stage, frame)?;
            let readback = TextureReadback::request(gpu, &stage.target().colour);
            drawn.push_back((frame, readback));
        }
        let is_due = drawn.len() == IN_FLIGHT || frame.is_none();
        let Some((frame, readback)) = is_due.then(|| drawn.pop_front()).flatten() else {
            continue;
        };
        writer.push(frame, readback.wait(gpu)?)?;
        written += 1;
        if !goes_on(written) {
            break;
        }
    }
    Ok(writer.finish()?)
}

/// Draws one frame into the stage's image, waiting where its readbacks are not there yet.
///
/// # Errors
/// A device that is lost.
pub fn draw(gpu: &Gpu, stage: &mut Stage, frame: u64) -> Result<(), GpuError> {
    stage.request(gpu, frame);
    loop {
        if let Some(ready) = stage.poll(gpu)? {
            stage.draw(gpu, &ready);
            return Ok(());
        }
        gpu.wait(None)?;
    }
}
