//! Files, read whole, with messages that say what is wrong.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::LoadError;

/// What a file is meant as.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// As messages call it.
    pub what: &'static str,
    /// Endings of such files, without the dot.
    pub endings: &'static [&'static str],
    /// The largest that is read.
    pub limit_mib: u64,
}

/// Rows of data may stand in it.
pub(super) const SCENE: Kind = Kind {
    what: "scene",
    endings: &["toml"],
    limit_mib: 16,
};

/// A million rows of a dozen numbers.
pub(super) const TABLE: Kind = Kind {
    what: "table",
    endings: &["csv", "tsv", "txt", "npz", "npy"],
    limit_mib: 512,
};

/// Most files that are named in place of one that is missing.
const MOST_NEARBY: usize = 8;

/// Whether an argument is meant as a scene file's path.
pub(super) fn is_scene_path(argument: &str) -> bool {
    has_ending(argument, &SCENE)
}

fn has_ending(path: &str, kind: &Kind) -> bool {
    let ending = Path::new(path).extension();
    ending.is_some_and(|ending| {
        let mut known = kind.endings.iter();
        known.any(|known| ending.eq_ignore_ascii_case(known))
    })
}

/// The scene file that a path without its ending means, if there is one.
pub(super) fn with_ending(argument: &str) -> Option<PathBuf> {
    let path = PathBuf::from(format!("{argument}.toml"));
    path.is_file().then_some(path)
}

/// A file's text.
pub(super) fn read_text(path: &Path) -> Result<String, LoadError> {
    String::from_utf8(read_bytes(path, &SCENE)?).map_err(|error| LoadError::NotText {
        path: path.to_owned(),
        byte: error.utf8_error().valid_up_to(),
    })
}

/// A file's bytes.
pub(super) fn read_bytes(path: &Path, kind: &Kind) -> Result<Vec<u8>, LoadError> {
    let owned = || path.to_owned();
    if path.is_dir() {
        return Err(LoadError::Folder {
            path: owned(),
            what: kind.what,
        });
    }
    let unreadable = |cause: std::io::Error| match cause.kind() {
        ErrorKind::NotFound => LoadError::Missing {
            path: owned(),
            nearby: nearby(path, kind),
        },
        _ => LoadError::Unreadable {
            path: owned(),
            cause,
        },
    };
    let limit = kind.limit_mib << 20;
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
            limit_mib: kind.limit_mib,
            what: kind.what,
        });
    }
    Ok(bytes)
}

/// The files of its kind beside a missing one.
fn nearby(path: &Path, kind: &Kind) -> String {
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
        .filter(|name| has_ending(name, kind))
        .collect();
    names.sort();
    let more = names.len().saturating_sub(MOST_NEARBY);
    names.truncate(MOST_NEARBY);
    match (names.is_empty(), more) {
        (true, _) => format!("; {} has no .{} file", folder.display(), kind.endings[0]),
        (false, 0) => format!("; {} has {}", folder.display(), names.join(", ")),
        (false, _) => format!(
            "; {} has {} and {more} more",
            folder.display(),
            names.join(", ")
        ),
    }
}
