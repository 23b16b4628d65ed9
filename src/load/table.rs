//! Tables: CSV text, and `NumPy`'s arrays and archives.
//!
//! A column with a cell that is no finite number is kept back with the reason, which whoever reads
//! it is told; a table with a text column beside the numbers is none the worse for it.

mod csv_text;
mod numpy;

use super::LoadError;
use super::file::{self, TABLE};
use crate::loss::{Table, TableError};
use std::path::Path;

/// The table in a file: `.csv`, `.tsv` or `.txt` with the columns' names in the first line, `.npz`
/// with an array a column, or `.npy` with one array.
///
/// # Errors
/// A file that cannot be read, or is no table; one line that says where and what to do.
pub fn table(path: &Path) -> Result<Table, LoadError> {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    let read = match ending.as_deref() {
        Some("csv" | "tsv" | "txt") => csv_text::table,
        Some("npz") => numpy::archive,
        Some("npy") => numpy::array,
        _ => {
            return Err(LoadError::Table {
                path: path.to_owned(),
                line: None,
                message: "a table is a .csv, .npz or .npy file".to_owned(),
            });
        }
    };
    let bytes = file::read_bytes(path, &TABLE)?;
    read(&Source {
        path,
        bytes: &bytes,
    })
}

/// A file's bytes, with its path for messages.
struct Source<'a> {
    path: &'a Path,
    bytes: &'a [u8],
}

impl Source<'_> {
    fn error(&self, line: Option<usize>, message: impl Into<String>) -> LoadError {
        LoadError::Table {
            path: self.path.to_owned(),
            line,
            message: message.into(),
        }
    }

    fn table(
        &self,
        headers: &[String],
        columns: Vec<Result<Vec<f64>, String>>,
    ) -> Result<Table, LoadError> {
        Table::new(headers, columns).map_err(|error| match error {
            // It names its place already.
            TableError::Fault(reason) => LoadError::Formula(reason),
            other => self.error(None, other.to_string()),
        })
    }
}
