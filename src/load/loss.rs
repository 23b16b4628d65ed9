//! From `--loss L` to a loss: a catalogue name, a formula, or `@file` with a formula in it.

use super::error::LoadError;
use super::{file, name, table};
use crate::loss::{self, Data, Loss, LossError};
use crate::scene::nearest;
use std::path::Path;
use std::sync::Arc;

/// What arguments say of a loss beside its formula.
#[derive(Debug, Clone, Copy, Default)]
pub struct LossArguments<'a> {
    /// The parameters' names.
    pub parameters: Option<&'a [String]>,
    /// A table's path.
    pub data: Option<&'a str>,
    /// The machine's output, for formulas that name it.
    pub model: Option<&'a str>,
    /// Rows of a mini-batch.
    pub batch: Option<u32>,
}

/// The loss that `argument` means.
///
/// # Errors
/// A file that cannot be read, an unknown name, a wrong formula with its caret, or a table that the
/// loss cannot go over.
pub fn loss(argument: &str, about: LossArguments) -> Result<Loss, LoadError> {
    let is_file = argument.starts_with('@');
    // No file waits for the catalogue to be read.
    if !is_file && let Some(loss) = loss::named(argument) {
        return named(loss, about);
    }
    let (source, formula) = match argument.strip_prefix('@') {
        Some(path) => (path, text(argument)?),
        None => ("formula", argument.to_owned()),
    };
    if !is_file && about.parameters.is_none() && name::is_name(argument) {
        let nearest = nearest(argument, loss::names()).expect("the catalogue is not empty");
        return Err(LoadError::UnknownLoss {
            name: argument.to_owned(),
            nearest: nearest.to_owned(),
        });
    }
    let made = match data(about)? {
        Some(data) => Loss::over(&formula, about.parameters, data),
        None => Loss::from_formula(&formula, about.parameters).map_err(LossError::Formula),
    };
    let loss = made.map_err(|error| {
        LoadError::Formula(error.render([source, "--model"], &formula, about.model))
    })?;
    used(loss, about)
}

/// A loss of the catalogue, over its own table or another one.
fn named(loss: Loss, about: LossArguments) -> Result<Loss, LoadError> {
    if about
        .parameters
        .is_some_and(|given| given != loss.parameters)
    {
        return Err(LoadError::Named {
            own: loss.parameters.join(", "),
            loss: loss.name,
        });
    }
    let loss = used(loss, about)?;
    let given = match (data(about)?, &loss.data) {
        (Some(given), own) => Data {
            model: given.model.or_else(|| own.as_ref()?.model.clone()),
            ..given
        },
        (None, Some(own)) if about.model.is_some() || about.batch.is_some() => Data {
            model: about.model.map(str::to_owned).or_else(|| own.model.clone()),
            batch: about.batch,
            ..own.clone()
        },
        (None, _) => return Ok(loss),
    };
    let model = given.model.clone();
    loss.with_data(given).map_err(|error| {
        LoadError::Formula(error.render(["loss", "model"], &loss.formula, model.as_deref()))
    })
}

/// The data of the arguments; a model and a batch mean nothing without a table.
fn data(about: LossArguments) -> Result<Option<Data>, LoadError> {
    let Some(path) = about.data else {
        return Ok(None);
    };
    Ok(Some(Data {
        table: Arc::new(table(Path::new(path))?),
        model: about.model.map(str::to_owned),
        batch: about.batch,
    }))
}

/// Refuses a table that nothing goes over, and a batch of no table: they were meant for something.
fn used(loss: Loss, about: LossArguments) -> Result<Loss, LoadError> {
    let of_table = about.model.is_some() || about.batch.is_some();
    match about.data {
        Some(file) if !loss.sums_rows() => Err(LoadError::Unread {
            file: file.to_owned(),
        }),
        None if of_table && loss.data.is_none() => Err(LoadError::NoTable),
        _ => Ok(loss),
    }
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
