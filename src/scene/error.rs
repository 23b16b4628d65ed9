//! What is wrong with a scene, and where.

use std::fmt;

/// A mistake in a scene: bad input, exit code 2. Shown as one line,
/// `file:line: message`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}{message}")]
pub struct SceneError {
    /// Where the mistake stands.
    pub place: Place,
    /// The key, its value, and what is allowed.
    pub message: String,
}

impl SceneError {
    /// A mistake whose place is unknown or plain from the message.
    pub fn new(message: String) -> Self {
        Self {
            place: Place::Unknown,
            message,
        }
    }
}

/// Where a scene's key was given. Shown as the beginning of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Nowhere in a text.
    Unknown,
    /// In a file as a whole, such as a key that is missing.
    File(String),
    /// A file's line, counted from 1.
    Line(String, usize),
    /// On the command line.
    Set {
        /// The key's path.
        path: String,
        /// The value as given.
        value: String,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => Ok(()),
            Self::File(file) => write!(out, "{file}: "),
            Self::Line(file, line) => write!(out, "{file}:{line}: "),
            Self::Set { path, value } => write!(out, "--set {path}={value}: "),
        }
    }
}
