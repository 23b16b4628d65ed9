//! Frames of a scene into a film, by one hand or by several, each a few frames ahead.
//!
//! Frame k is a pure function of the scene and k, so that hands need not know of each other: with n
//! of them each draws every n-th frame.

use super::{FilmError, Summary, Writer};
use crate::gpu::{Gpu, GpuError, Staging, Texels, TextureReadback};
use crate::scene::Scene;
use crate::stage::{Stage, StageError};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, ScopedJoinHandle};

/// Frames drawn ahead of the one that is being read: the driver works on one while the CPU takes
/// the other, and a third covers the jitter between them.
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

/// Who draws frames: a device, and the scene on a stage of its own.
pub struct Hand {
    /// The device.
    pub gpu: Gpu,
    /// The scene on it.
    pub stage: Stage,
}

/// A frame's number and its pixels, or why there are none.
type Drawn = Result<(u64, Texels), GpuError>;

impl Hand {
    /// Sets `scene` up on each of `devices`, on all at once.
    ///
    /// # Errors
    /// As [`Stage::new`].
    pub fn each(devices: Vec<Gpu>, scene: &Scene) -> Result<Vec<Self>, StageError> {
        let set_up = |gpu: Gpu| {
            let stage = Stage::new(&gpu, scene, scene.film.size)?;
            Ok(Self { gpu, stage })
        };
        thread::scope(|scope| {
            let others: Vec<_> = devices
                .into_iter()
                .map(|gpu| scope.spawn(move || set_up(gpu)))
                .collect();
            let joined = others.into_iter().map(ScopedJoinHandle::join);
            joined
                .map(|hand| hand.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        })
    }

    /// Draws `frames` until nobody takes them any more.
    fn draw(&mut self, frames: impl Iterator<Item = u64>, taker: &SyncSender<Drawn>) {
        let (mut drawn, staging) = (VecDeque::new(), Staging::default());
        for frame in frames.map(Some).chain(std::iter::repeat_n(None, IN_FLIGHT)) {
            if let Some(frame) = frame {
                let submitted = draw(&self.gpu, &mut self.stage, frame).map(|()| {
                    let image = &self.stage.target().colour;
                    TextureReadback::request_through(&self.gpu, image, &staging)
                });
                drawn.push_back((frame, submitted));
            }
            let is_due = drawn.len() == IN_FLIGHT || frame.is_none();
            let Some((frame, readback)) = is_due.then(|| drawn.pop_front()).flatten() else {
                continue;
            };
            let pixels = readback.and_then(|readback| readback.wait_in_place(&self.gpu));
            if taker.send(pixels.map(|pixels| (frame, pixels))).is_err() {
                return;
            }
        }
    }
}

/// Draws `frames` with at least one of `hands` and writes them; `goes_on` hears the number of frames
/// written and may end the film there by answering `false`. The film so far is then whole.
///
/// # Errors
/// A device that is lost, or a place that cannot be written.
pub fn run(
    hands: &mut [Hand],
    frames: Range<u64>,
    writer: Writer,
    goes_on: impl FnMut(u64) -> bool,
) -> Result<Summary, RunError> {
    let every = hands.len();
    thread::scope(|scope| {
        let deliveries = hands.iter_mut().enumerate().map(|(number, hand)| {
            let (taker, delivery) = sync_channel(1);
            let frames = frames.clone().skip(number).step_by(every);
            scope.spawn(move || hand.draw(frames, &taker));
            delivery
        });
        write(&deliveries.collect::<Vec<_>>(), writer, goes_on)
    })
}

/// Writes what is delivered, from each in turn, to the first that has no more.
fn write(
    deliveries: &[Receiver<Drawn>],
    mut writer: Writer,
    mut goes_on: impl FnMut(u64) -> bool,
) -> Result<Summary, RunError> {
    let drawn = deliveries.iter().cycle().map_while(|next| next.recv().ok());
    for (written, frame) in (1..).zip(drawn) {
        let (number, pixels) = frame?;
        writer.push(number, pixels.packed())?;
        if !goes_on(written) {
            break;
        }
    }
    Ok(writer.finish()?)
}

/// Draws one frame into the stage's image, waiting where its readbacks are not there yet.
///
/// # Errors
/// A device that is lost, or refuses.
pub fn draw(gpu: &Gpu, stage: &mut Stage, frame: u64) -> Result<(), GpuError> {
    stage.request(gpu, frame);
    loop {
        if let Some(ready) = stage.poll(gpu)? {
            return stage.draw(gpu, &ready);
        }
        gpu.wait(None)?;
    }
}
