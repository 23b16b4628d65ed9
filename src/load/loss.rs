//! From `--loss L` to a loss: a catalogue name, a formula, or `@file` with a formula in it.

use super::error::LoadError;
use super::{file, name};
use crate::loss::{self, Loss};
use crate::scene::nearest;
use std::path::Path;

/// The loss that `argument` means; `parameters` declares its parameters' names.
///
/// # Errors
/// A file that cannot be read, an unknown name, or a wrong formula with its caret.
pub fn loss(argument: &str, parameters: Option<&[String]>) -> Result<Loss, LoadError> {
    if let Some(loss) = loss::named(argument) {
        return Ok(loss);
    }
    let (source, formula) = match argument.strip_prefix('@') {
        Some(path) => (path, text(argument)?),
        None => ("formula", argument.to_owned()),
    };
    if source == "formula" && parameters.is_none() && name::is_name(argument) {
        let nearest = nearest(argument, loss::names()).expect("the catalogue is not empty");
        return Err(LoadError::UnknownLoss {
            name: argument.to_owned(),
            nearest: nearest.to_owned(),
        });
    }
    Loss::from_formula(&formula, parameters)
        .map_err(|error| LoadError::Formula(error.render(source, &formula)))
}

/// The text that `argument` means: the file's behind `@`, else the argument itself.
///
/// # Errors
/// A file that cannot be read.
pub fn text(argument: &str) -> Result<String, LoadError> {
    match argument.strip_prefix('@') {
        Some(path) => file::read_text(Path::new(path)),
        None => Ok(argument.to_owned()),
    }
}
