//! Frames → encoder → file: the last stage of a film, and of a still.
//!
//! A [`Writer`] takes display-encoded pictures in order and knows nothing of
//! scenes. The ending of the path picks the format: `.mp4` is H.264, `.png`
//! is a picture a frame.

mod alpha;
#[cfg(feature = "h264")]
mod colour;
mod error;
#[cfg(feature = "h264")]
mod groups;
#[cfg(feature = "h264")]
mod h264;
#[cfg(feature = "h264")]
mod mp4;
mod png;
mod run;

use std::borrow::Cow;
use std::path::Path;

pub use error::FilmError;
pub use png::{check_frames, check_still, write_png, write_png_with_alpha};
pub use run::{Hand, RunError, draw, run};

/// The quality a film has unless asked otherwise: visually lossless for this kind of picture.
pub const DEFAULT_QUALITY: u8 = 24;

/// What every frame of a film has in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilmSettings {
    /// Width of a frame in pixels; for H.264 even, from 16 on.
    pub width: u32,
    /// Height of a frame in pixels; for H.264 even, from 16 on. H.264 films
    /// go up to 3840x2160, or 2160x3840 upright.
    pub height: u32,
    /// Frames per second, 1 to 1000; PNG pictures ignore it.
    pub fps: u32,
    /// H.264's quantisation parameter, the same in every frame: 0 (largest
    /// file) to 51 (worst picture); PNG pictures ignore it.
    pub quality: u8,
}

/// What a finished film holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Frames written.
    pub frames: u64,
    /// Bytes written, over all files.
    pub bytes: u64,
}

/// Writes a film frame by frame.
///
/// A film that is dropped before [`Writer::finish`] keeps every frame pushed
/// so far and plays; a killed process leaves the closed groups of frames.
/// A film without a frame leaves no file, and an older one in its place stays.
#[derive(Debug)]
pub struct Writer {
    output: Output,
    frame_bytes: usize,
    keeps_alpha: bool,
}

#[derive(Debug)]
enum Output {
    #[cfg(feature = "h264")]
    Mp4(groups::Film),
    Pictures(png::Pictures),
}

impl Writer {
    /// Opens a film at `path`, after checking all that can be checked before a frame is drawn.
    ///
    /// `.mp4` is H.264; `.png` with a `%d` or `%05d` in the file's name is a
    /// picture a frame, named by the frame's number; a `.png` without it
    /// takes one frame only.
    ///
    /// # Errors
    /// Another ending, a size, rate or quality that the format cannot take, an
    /// `.mp4` in a program built without `h264`, or a place that cannot be
    /// written ([`FilmError::Output`]).
    pub fn create(path: &Path, settings: FilmSettings) -> Result<Self, FilmError> {
        if settings.width == 0 || settings.height == 0 {
            return Err(FilmError::Settings(format!(
                "a frame of {}x{} pixels shows nothing",
                settings.width, settings.height
            )));
        }
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        let output = match ending.as_deref() {
            Some("mp4") => create_mp4(path, settings)?,
            Some("png") => Output::Pictures(png::Pictures::create(path, settings)?),
            _ => return Err(FilmError::UnknownEnding(path.to_owned())),
        };
        Ok(Self {
            output,
            frame_bytes: 4 * settings.width as usize * settings.height as usize,
            keeps_alpha: false,
        })
    }

    /// From now on the frames' alpha counts, beside straight colours: PNG
    /// pictures keep it, an MP4, which has none, shows the frames on white.
    pub fn keep_alpha(&mut self) {
        self.keeps_alpha = true;
    }

    /// Whether the format can hold alpha.
    pub fn has_alpha(&self) -> bool {
        matches!(self.output, Output::Pictures(_))
    }

    /// Adds a frame: RGBA, 8 bits each, display-encoded, tightly packed, top
    /// row first. Alpha is not stored, unless [`Writer::keep_alpha`] asked for it.
    ///
    /// `frame_number` names the file of a PNG picture; an MP4 keeps the order of the calls.
    ///
    /// # Errors
    /// A frame of another size, an encoder that fails, a place that can no
    /// longer be written, or a second frame for a `.png` without `%d`. An error
    /// may tell of frames pushed before; the film then ends where it was whole.
    pub fn push(&mut self, frame_number: u64, rgba: impl AsRef<[u8]>) -> Result<(), FilmError> {
        let mut rgba = Cow::Borrowed(rgba.as_ref());
        if rgba.len() != self.frame_bytes {
            return Err(FilmError::FrameBytes {
                expected: self.frame_bytes,
                got: rgba.len(),
            });
        }
        if self.keeps_alpha && !self.has_alpha() {
            alpha::lay_on_white(rgba.to_mut());
        }
        match &mut self.output {
            #[cfg(feature = "h264")]
            Output::Mp4(film) => film.push(&rgba),
            Output::Pictures(pictures) => pictures.push(frame_number, &rgba, self.keeps_alpha),
        }
    }

    /// Ends the film and tells what it holds. May be called at any frame.
    ///
    /// # Errors
    /// An encoder that fails, or a place that can no longer be written.
    pub fn finish(self) -> Result<Summary, FilmError> {
        match self.output {
            #[cfg(feature = "h264")]
            Output::Mp4(mut film) => film.finish(),
            Output::Pictures(pictures) => Ok(pictures.summary()),
        }
    }
}

#[cfg(feature = "h264")]
fn create_mp4(path: &Path, settings: FilmSettings) -> Result<Output, FilmError> {
    groups::Film::create(path, settings, groups::workers_for(settings)).map(Output::Mp4)
}

#[cfg(not(feature = "h264"))]
fn create_mp4(path: &Path, _settings: FilmSettings) -> Result<Output, FilmError> {
    Err(FilmError::NoEncoder(path.to_owned()))
}
