//! PNG: a still, or a film as a picture a frame.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, SrgbRenderingIntent};

use super::{FilmError, FilmSettings, Summary};

/// Writes a still: 8-bit RGB in sRGB, the same bytes that the frame has as a picture of a film.
///
/// `rgba` is `4 * width * height` bytes, display-encoded, tightly packed, top
/// row first. Alpha is left out, so that a slide behind cannot shine through.
/// The file appears whole or not at all; an older one stays until then.
///
/// # Errors
/// [`FilmError::FrameBytes`] for another number of bytes, [`FilmError::Output`]
/// where the file cannot be written.
pub fn write_png(path: &Path, width: u32, height: u32, rgba: &[u8]) -> Result<(), FilmError> {
    write_still(path, (width, height), rgba, false)
}

/// The same with alpha; the colours are straight.
///
/// # Errors
/// As [`write_png`].
pub fn write_png_with_alpha(
    path: &Path,
    width: u32,
    height: u32,
    rgba: &[u8],
) -> Result<(), FilmError> {
    write_still(path, (width, height), rgba, true)
}

fn write_still(
    path: &Path,
    size: (u32, u32),
    rgba: &[u8],
    keeps_alpha: bool,
) -> Result<(), FilmError> {
    let expected = 4 * size.0 as usize * size.1 as usize;
    if rgba.len() != expected {
        return Err(FilmError::FrameBytes {
            expected,
            got: rgba.len(),
        });
    }
    write_whole(path, size, rgba, keeps_alpha).map(|_bytes| ())
}

/// Checks that a still can be written at `path`, before it is drawn.
///
/// # Errors
/// Another ending than `.png`, or a place that cannot be written.
pub fn check_still(path: &Path) -> Result<(), FilmError> {
    let ending = path.extension().map(OsStr::to_ascii_lowercase);
    if ending.is_none_or(|ending| ending != "png") {
        return Err(FilmError::NotAStill(path.to_owned()));
    }
    check_place(path)
}

/// Whether `path` has room for a film of `frames` frames: a plain `.png` has it for one.
///
/// # Errors
/// [`FilmError::OnePicture`].
pub fn check_frames(path: &Path, frames: u64) -> Result<(), FilmError> {
    let ending = path.extension().map(OsStr::to_ascii_lowercase);
    let is_picture = ending.is_some_and(|ending| ending == "png");
    if is_picture && frames > 1 && matches!(Name::parse(path), Name::One(_)) {
        return Err(FilmError::OnePicture {
            path: path.to_owned(),
            pattern: with_pattern(path),
        });
    }
    Ok(())
}

fn check_place(path: &Path) -> Result<(), FilmError> {
    if path.is_dir() {
        return Err(FilmError::output(path, io::ErrorKind::IsADirectory));
    }
    let probe = unfinished(path);
    File::create(&probe)
        .and_then(|_file| fs::remove_file(&probe))
        .map_err(|e| FilmError::output(path, e))
}

/// A film as a picture a frame.
#[derive(Debug)]
pub(super) struct Pictures {
    name: Name,
    size: (u32, u32),
    summary: Summary,
}

/// How the pictures are called.
#[derive(Debug, PartialEq, Eq)]
enum Name {
    One(PathBuf),
    /// `before`, the frame's number with at least `digits` digits, `after`.
    Numbered {
        folder: PathBuf,
        before: String,
        digits: usize,
        after: String,
    },
}

impl Pictures {
    /// Checks that pictures can be written where `path` points; `.png` is taken for granted.
    pub(super) fn create(path: &Path, settings: FilmSettings) -> Result<Self, FilmError> {
        check_place(path)?;
        Ok(Self {
            name: Name::parse(path),
            size: (settings.width, settings.height),
            summary: Summary {
                frames: 0,
                bytes: 0,
            },
        })
    }

    /// Writes one picture.
    pub(super) fn push(
        &mut self,
        frame_number: u64,
        rgba: &[u8],
        keeps_alpha: bool,
    ) -> Result<(), FilmError> {
        let path = match &self.name {
            Name::One(path) if self.summary.frames > 0 => {
                return Err(FilmError::OnePicture {
                    path: path.clone(),
                    pattern: with_pattern(path),
                });
            }
            name => name.of_frame(frame_number),
        };
        self.summary.bytes += write_whole(&path, self.size, rgba, keeps_alpha)?;
        self.summary.frames += 1;
        Ok(())
    }

    /// All pictures so far.
    pub(super) fn summary(&self) -> Summary {
        self.summary
    }
}

impl Name {
    /// Looks for the first `%d` or `%0Nd` in the file's name; a `%` otherwise is a letter as any.
    fn parse(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        for (at, _percent) in name.match_indices('%') {
            let rest = &name[at + 1..];
            let directive = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = &rest[..rest.len() - directive.len()];
            if let (Some(after), Some(digits)) = (directive.strip_prefix('d'), to_digits(digits)) {
                return Self::Numbered {
                    folder: path.parent().map(Path::to_owned).unwrap_or_default(),
                    before: name[..at].to_owned(),
                    digits,
                    after: after.to_owned(),
                };
            }
        }
        Self::One(path.to_owned())
    }

    fn of_frame(&self, number: u64) -> PathBuf {
        match self {
            Self::One(path) => path.clone(),
            Self::Numbered {
                folder,
                before,
                digits,
                after,
            } => folder.join(format!("{before}{number:0digits$}{after}")),
        }
    }
}

/// `05` → 5, nothing → 1; `5` would mean blanks, and more than 20 digits nothing.
fn to_digits(text: &str) -> Option<usize> {
    match text.strip_prefix('0') {
        Some(digits) => digits.parse().ok().filter(|digits| *digits <= 20),
        None if text.is_empty() => Some(1),
        None => None,
    }
}

/// `race.png` → `race-%05d.png`.
fn with_pattern(path: &Path) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push("-%05d.png");
    path.with_file_name(name)
}

/// Where a picture is written until it is whole: beside its place, so that a rename suffices.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

/// Writes a picture beside its place, then moves it there. Returns its bytes.
fn write_whole(
    path: &Path,
    size: (u32, u32),
    rgba: &[u8],
    keeps_alpha: bool,
) -> Result<u64, FilmError> {
    let part = unfinished(path);
    let written = encode(&part, size, rgba, keeps_alpha)
        .and_then(|bytes| fs::rename(&part, path).map(|()| bytes));
    written.map_err(|e| {
        // The half-written file is of no use; that it may be gone already is no second error.
        let _ = fs::remove_file(&part);
        FilmError::output(path, e)
    })
}

fn encode(path: &Path, size: (u32, u32), rgba: &[u8], keeps_alpha: bool) -> io::Result<u64> {
    let (samples, colours) = match keeps_alpha {
        true => (Cow::Borrowed(rgba), ColorType::Rgba),
        false => (Cow::Owned(without_alpha(rgba)), ColorType::Rgb),
    };
    let mut file = BufWriter::new(File::create(path)?);
    let mut encoder = Encoder::new(&mut file, size.0, size.1);
    encoder.set_color(colours);
    encoder.set_depth(BitDepth::Eight);
    // For speed: a film has many pictures.
    encoder.set_compression(Compression::Fast);
    encoder.set_source_srgb(SrgbRenderingIntent::Perceptual);
    let mut writer = encoder.write_header().map_err(system_error)?;
    writer.write_image_data(&samples).map_err(system_error)?;
    writer.finish().map_err(system_error)?;
    file.flush()?;
    Ok(file.get_ref().metadata()?.len())
}

fn without_alpha(rgba: &[u8]) -> Vec<u8> {
    let pixels = rgba.chunks_exact(4);
    pixels
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect()
}

/// The system's own error, so that its kind stays known; png's conversion keeps the text alone.
fn system_error(error: EncodingError) -> io::Error {
    match error {
        EncodingError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of_frame_7(path: &str) -> PathBuf {
        Name::parse(Path::new(path)).of_frame(7)
    }

    #[test]
    fn the_pattern_names_the_frame() {
        assert_eq!(
            name_of_frame_7("out/f-%05d.png"),
            Path::new("out/f-00007.png")
        );
        assert_eq!(name_of_frame_7("f%d.png"), Path::new("f7.png"));
        assert_eq!(name_of_frame_7("5%_%03dx.png"), Path::new("5%_007x.png"));
    }

    #[test]
    fn a_percent_sign_alone_is_no_pattern() {
        for path in ["100%.png", "%s.png", "%5d.png", "%0999d.png", "a%d/one.png"] {
            assert_eq!(Name::parse(Path::new(path)), Name::One(path.into()));
        }
    }
}
