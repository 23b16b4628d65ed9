//! Text files, read whole, with messages that say what is wrong.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::LoadError;

/// The largest scene file: rows of data may stand in it.
const LIMIT_MIB: u64 = 16;
/// Most files that are named in place of one that is missing.
const MOST_NEARBY: usize = 8;

/// Whether an argument is meant as a scene file's path.
pub(super) fn is_scene_path(argument: &str) -> bool {
    let ending = Path::new(argument).extension();
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
}

/// The scene file that a path without its ending means, if there is one.
pub(super) fn with_ending(argument: &str) -> Option<PathBuf> {
    let path = PathBuf::from(format!("{argument}.toml"));
    path.is_file().then_some(path)
}

/// A file's text.
pub(super) fn read_text(path: &Path) -> Result<String, LoadError> {
    let owned = || path.to_owned();
    if path.is_dir() {
        return Err(LoadError::Folder { path: owned() });
    }
    let unreadable = |cause: std::io::Error| match cause.kind() {
        ErrorKind::NotFound => LoadError::Missing {
            path: owned(),
            nearby: nearby(path),
        },
        _ => LoadError::Unreadable {
            path: owned(),
            cause,
        },
    };
    let limit = LIMIT_MIB << 20;
    let file = fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    // Reading past the limit shows a file too large even where its size is not
    // known before, as with a pipe.
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(LoadError::TooLarge {
            path: owned(),
            limit_mib: LIMIT_MIB,
        });
    }
    String::from_utf8(bytes).map_err(|error| LoadError::NotText {
        path: owned(),
        byte: error.utf8_error().valid_up_to(),
    })
}

/// The scene files beside a missing one.
fn nearby(path: &Path) -> String {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let Ok(entries) = fs::read_dir(folder) else {
        return format!("; there is no folder {}", folder.display());
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| is_scene_path(name))
        .collect();
    names.sort();
    let more = names.len().saturating_sub(MOST_NEARBY);
    names.truncate(MOST_NEARBY);
    match (names.is_empty(), more) {
        (true, _) => format!("; {} has no .toml file", folder.display()),
        (false, 0) => format!("; {} has {}", folder.display(), names.join(", ")),
        (false, _) => format!(
            "; {} has {} and {more} more",
            folder.display(),
            names.join(", ")
        ),
    }
}
