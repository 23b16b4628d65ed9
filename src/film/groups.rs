//! A film in H.264: closed groups of frames, encoded side by side, written in order.
//!
//! Every group has a fresh encoder in a thread of its own, which takes frames
//! while they are drawn. What a group becomes depends on its frames alone, so
//! the file has the same bytes for any number of threads.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use super::colour::Planes;
use super::h264::{self, Encoder};
use super::mp4::Mp4;
use super::{FilmError, FilmSettings, Summary};

/// Frames of a group: half a second to one second, the most that a killed film loses of what was closed.
const GROUP: usize = 30;
/// Bytes that frames waiting for their encoder may take.
const WAITING_BYTES: usize = 1 << 30;

/// The samples of a group, or why there are none.
type Encoded = Result<Vec<Vec<u8>>, FilmError>;

/// How many groups to encode at a time: one a core, as far as the waiting frames leave memory.
pub(super) fn workers_for(settings: FilmSettings) -> usize {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let group_bytes = GROUP * settings.width as usize * settings.height as usize * 3 / 2;
    (WAITING_BYTES / group_bytes).clamp(1, cores)
}

/// A film that takes frames.
#[derive(Debug)]
pub(super) struct Film {
    settings: FilmSettings,
    workers: usize,
    open: Option<OpenGroup>,
    /// Groups that have all their frames, oldest first.
    closed: VecDeque<JoinHandle<Encoded>>,
    file: Mp4,
    finished: bool,
}

/// The group that takes the next frame.
#[derive(Debug)]
struct OpenGroup {
    frames: Sender<Planes>,
    pushed: usize,
    thread: JoinHandle<Encoded>,
}

impl OpenGroup {
    /// Lets the thread come to its end: without the sender no more frames can come.
    fn close(self) -> JoinHandle<Encoded> {
        drop(self.frames);
        self.thread
    }
}

impl Film {
    /// Checks the settings, the encoder and the place; `workers` groups at most are encoded at a time.
    pub(super) fn create(
        path: &Path,
        settings: FilmSettings,
        workers: usize,
    ) -> Result<Self, FilmError> {
        h264::check(settings)?;
        let parameter_sets = Encoder::new(settings)?.parameter_sets()?;
        Ok(Self {
            settings,
            workers,
            open: None,
            closed: VecDeque::new(),
            file: Mp4::create(path, settings, parameter_sets)?,
            finished: false,
        })
    }

    /// Takes the next frame and writes the groups that are ready. Waits only while all workers are busy.
    pub(super) fn push(&mut self, rgba: &[u8]) -> Result<(), FilmError> {
        let planes = Planes::from_rgba(self.settings.width, self.settings.height, rgba);
        let mut group = match self.open.take() {
            Some(group) => group,
            None => self.open_group()?,
        };
        // The thread hangs up only when its encoder failed; joining it tells why.
        let hung_up = group.frames.send(planes).is_err();
        group.pushed += 1;
        if hung_up || group.pushed == GROUP {
            self.closed.push_back(group.close());
        } else {
            self.open = Some(group);
        }
        while hung_up && !self.closed.is_empty()
            || self.closed.front().is_some_and(JoinHandle::is_finished)
        {
            self.write_oldest()?;
        }
        Ok(())
    }

    /// Encodes and writes what is left, and tells what the file holds.
    pub(super) fn finish(&mut self) -> Result<Summary, FilmError> {
        self.finished = true;
        self.closed.extend(self.open.take().map(OpenGroup::close));
        let written = self.write_all();
        // Even after a failed group, those before it deserve their index.
        let summary = self.file.finish();
        written.and(summary)
    }

    fn open_group(&mut self) -> Result<OpenGroup, FilmError> {
        while self.closed.len() >= self.workers {
            self.write_oldest()?;
        }
        let (sender, receiver) = mpsc::channel();
        let settings = self.settings;
        let thread = thread::Builder::new()
            .name("film".to_owned())
            .spawn(move || encode_group(settings, &receiver))
            .map_err(|e| FilmError::Encoder(format!("no thread for it: {e}")))?;
        Ok(OpenGroup {
            frames: sender,
            pushed: 0,
            thread,
        })
    }

    fn write_all(&mut self) -> Result<(), FilmError> {
        while !self.closed.is_empty() {
            self.write_oldest()?;
        }
        Ok(())
    }

    /// Waits for the oldest closed group and appends it to the file.
    fn write_oldest(&mut self) -> Result<(), FilmError> {
        let Some(thread) = self.closed.pop_front() else {
            return Ok(());
        };
        let encoded = thread.join();
        let encoded =
            encoded.unwrap_or_else(|_panic| Err(FilmError::Encoder("it panicked".to_owned())));
        let written = encoded.and_then(|samples| self.file.append(&samples));
        if written.is_err() {
            // A later group must not close the gap.
            self.closed.clear();
            self.open = None;
        }
        written
    }
}

impl Drop for Film {
    /// Keeps what was pushed when a film ends early.
    fn drop(&mut self) {
        if !self.finished {
            // The error that ended the film has been told, or nobody is left to tell.
            let _ = self.finish();
        }
    }
}

/// Encodes frames until no more come.
fn encode_group(settings: FilmSettings, frames: &Receiver<Planes>) -> Encoded {
    let mut encoder = Encoder::new(settings)?;
    frames
        .iter()
        .map(|planes| encoder.encode(&planes))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: FilmSettings = FilmSettings {
        width: 48,
        height: 32,
        fps: 30,
        quality: 24,
    };

    /// A film of moving stripes, as bytes.
    fn film(workers: usize) -> Vec<u8> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("film.mp4");
        let mut film = Film::create(&path, SETTINGS, workers).expect("a film");
        for number in 0..5 * GROUP + 7 {
            let pixels = 0..(SETTINGS.width * SETTINGS.height) as usize;
            let rgba: Vec<u8> = pixels
                .flat_map(|i| [(i + 3 * number) as u8, (i / 48) as u8, number as u8, 255])
                .collect();
            film.push(&rgba).expect("a frame is taken");
            assert!(film.closed.len() + usize::from(film.open.is_some()) <= workers);
        }
        film.finish().expect("an end");
        std::fs::read(&path).expect("the film")
    }

    #[test]
    fn the_bytes_do_not_depend_on_the_number_of_threads() {
        let alone = film(1);
        assert!(alone == film(2), "two threads");
        assert!(alone == film(5), "five threads");
    }

    #[test]
    fn waiting_frames_stay_within_their_memory() {
        for (width, height) in [(16, 16), (1920, 1080), (3840, 2160)] {
            let settings = FilmSettings {
                width,
                height,
                ..SETTINGS
            };
            let group_bytes = GROUP * (width * height) as usize * 3 / 2;
            let workers = workers_for(settings);
            assert!(workers >= 1 && (workers == 1 || workers * group_bytes <= WAITING_BYTES));
        }
    }
}
