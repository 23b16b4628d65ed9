//! What can go wrong between a frame and a file.

use std::io;
use std::path::{Path, PathBuf};

/// Why a film or a picture was not written.
#[derive(Debug, thiserror::Error)]
pub enum FilmError {
    /// The ending of the path names no format.
    #[error(
        "{0}: the ending of the file picks the format; known are .mp4 (H.264) and .png (a picture a frame)"
    )]
    UnknownEnding(PathBuf),

    /// A still with another ending.
    #[error("{0}: a still is a PNG picture; end the file in .png")]
    NotAStill(PathBuf),

    /// A second frame for a file that holds one picture.
    #[error(
        "{path} holds one picture, the film has more; write the frame's number into the name, as in {pattern}"
    )]
    OnePicture {
        /// The path as given.
        path: PathBuf,
        /// The path with `%05d` in it.
        pattern: PathBuf,
    },

    /// A size, rate or quality that the format cannot take; the text names both.
    #[error("{0}")]
    Settings(String),

    /// An `.mp4` was asked of a program built without the encoder.
    #[error(
        "{0}: this program was built without H.264; build it with `--features h264`, or write PNG pictures, as in frame-%05d.png"
    )]
    NoEncoder(PathBuf),

    /// A frame whose bytes do not fill the film's size: a fault of the caller.
    #[error("a frame of {got} bytes where the film's size asks for {expected}")]
    FrameBytes {
        /// Bytes of an RGBA frame of the film's size.
        expected: usize,
        /// Bytes that came.
        got: usize,
    },

    /// The encoder refused or failed; the text tells where.
    #[error("the H.264 encoder failed: {0}")]
    Encoder(String),

    /// The place cannot be written, or no longer.
    #[error("cannot write {path}: {source}; {}", advice(source))]
    Output {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl FilmError {
    /// The program's exit code for this error: 2 for what the user asked,
    /// 4 for an output that cannot be written, 1 otherwise.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::UnknownEnding(_)
            | Self::NotAStill(_)
            | Self::OnePicture { .. }
            | Self::Settings(_)
            | Self::NoEncoder(_) => 2,
            Self::Output { .. } => 4,
            Self::FrameBytes { .. } | Self::Encoder(_) => 1,
        }
    }

    /// An error of the system, with the file it happened to.
    pub(super) fn output(path: &Path, source: impl Into<io::Error>) -> Self {
        Self::Output {
            path: path.to_owned(),
            source: source.into(),
        }
    }
}

/// What a user can do about an error of the system.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "create the folder, or choose another with -o",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "choose a folder that you may write with -o"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space, or choose another disk with -o"
        }
        io::ErrorKind::IsADirectory => "choose a file's name with -o, not a folder's",
        _ => "choose another place with -o",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_error_names_the_file_and_what_to_do() {
        let cases = [
            (io::ErrorKind::StorageFull, "free some space"),
            (io::ErrorKind::PermissionDenied, "that you may write"),
            (io::ErrorKind::NotFound, "create the folder"),
        ];
        for (kind, help) in cases {
            let error = FilmError::output(Path::new("out/race.mp4"), kind);
            let text = error.to_string();
            assert!(
                text.contains("out/race.mp4") && text.contains(help),
                "{text}"
            );
            assert_eq!(error.exit_code(), 4);
        }
    }
}
