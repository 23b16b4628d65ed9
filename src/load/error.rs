//! What can go wrong between an argument and its scene.

use std::path::PathBuf;

use crate::scene::SceneError;

/// Why an argument gives no scene. Each is shown as one line, and is bad input:
/// exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// No such file.
    #[error("{}: no such file{nearby}", path.display())]
    Missing {
        /// The path as typed.
        path: PathBuf,
        /// What there is instead, beginning with "; "; may be empty.
        nearby: String,
    },
    /// A folder in place of a file.
    #[error("{}: is a folder, not a {what} file", path.display())]
    Folder {
        /// The path as typed.
        path: PathBuf,
        /// What a file was meant as.
        what: &'static str,
    },
    /// Larger than any file of its kind.
    #[error("{}: larger than {limit_mib} MiB, too large for a {what}", path.display())]
    TooLarge {
        /// The path as typed.
        path: PathBuf,
        /// The limit.
        limit_mib: u64,
        /// What the file was meant as.
        what: &'static str,
    },
    /// A file that is no table.
    #[error("{}{}: {message}", path.display(), line.map_or(String::new(), |line| format!(":{line}")))]
    Table {
        /// The path as typed.
        path: PathBuf,
        /// The line, counted from 1, where it is a matter of one.
        line: Option<usize>,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A table for a loss that sums over none.
    #[error(
        "{file}: this loss goes over no rows; write mean(…) or sum(…) in it, or leave the table out"
    )]
    Unread {
        /// The table's path as typed.
        file: String,
    },
    /// Bytes that are no text.
    #[error("{}: not UTF-8 text (byte {byte})", path.display())]
    NotText {
        /// The path as typed.
        path: PathBuf,
        /// The first byte that is wrong, counted from 0.
        byte: usize,
    },
    /// The system would not give the file.
    #[error("{}: {cause}", path.display())]
    Unreadable {
        /// The path as typed.
        path: PathBuf,
        /// The system's answer.
        cause: std::io::Error,
    },
    /// A path without its ending.
    #[error("{argument}: a scene file ends in .toml; the nearest is {}", path.display())]
    Ending {
        /// What was typed.
        argument: String,
        /// The file that is there.
        path: PathBuf,
    },
    /// A word that names nothing.
    #[error(
        "unknown scene or loss `{name}`; the nearest is `{nearest}` (thalweg list scenes, thalweg list losses)"
    )]
    UnknownName {
        /// What was typed.
        name: String,
        /// The known name most like it.
        nearest: String,
    },
    /// A word that names no loss.
    #[error("unknown loss `{name}`; the nearest is `{nearest}` (thalweg list losses)")]
    UnknownLoss {
        /// What was typed.
        name: String,
        /// The known name most like it.
        nearest: String,
    },
    /// A model or a batch without a table.
    #[error("--model and --batch speak of a table's rows; give one with --data points.csv")]
    NoTable,
    /// Names for what has its own.
    #[error("--parameters names those of a formula; `{loss}` has its own: {own}")]
    Named {
        /// The catalogue's loss.
        loss: String,
        /// Its parameters.
        own: String,
    },
    /// A formula with its caret, or what is wrong with a column that it reads.
    #[error("{0}")]
    Formula(String),
    /// A mistake in the scene.
    #[error(transparent)]
    Scene(#[from] SceneError),
}
