//! `NumPy`'s arrays: `.npy` with one, `.npz` with several, each under its name.

use super::Source;
use crate::load::LoadError;
use crate::loss::{MAX_CELLS, MAX_ROWS, Table, column_names};
use npyz::{Deserialize, NpyFile, Order};
use std::io::{self, Cursor, Read};

/// Headers and columns, as they come.
type Columns = Vec<(String, Vec<f64>)>;

/// One array: a column, or rows of columns. They have no names, and are called column1, column2, ….
pub(super) fn array(source: &Source) -> Result<Table, LoadError> {
    let columns = columns(source, "", source.bytes)?;
    finished(source, columns)
}

/// Arrays by name: each a column, or rows of columns that are numbered behind the name.
pub(super) fn archive(source: &Source) -> Result<Table, LoadError> {
    let not_zip = |error: zip::result::ZipError| {
        source.error(
            None,
            format!("no archive of arrays ({error}); write it with np.savez"),
        )
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(source.bytes)).map_err(not_zip)?;
    let mut all = Columns::new();
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).map_err(not_zip)?;
        let name = entry.name().trim_end_matches(".npy").to_owned();
        let mut bytes = Vec::new();
        // What is packed small may be large.
        let most = 8 * MAX_CELLS as u64 + 4096;
        let read = entry.by_ref().take(most).read_to_end(&mut bytes);
        read.map_err(|error| source.error(None, format!("the array `{name}`: {error}")))?;
        all.extend(columns(source, &name, &bytes)?);
    }
    finished(source, all)
}

fn finished(source: &Source, columns: Columns) -> Result<Table, LoadError> {
    let (headers, columns): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let names = column_names(&headers).map_err(|error| source.error(None, error.to_string()))?;
    let checked = names.iter().zip(columns).map(|(name, column)| {
        match column.iter().position(|value| !value.is_finite()) {
            None => Ok(column),
            Some(row) => Err(format!(
                "{}: row {}, column `{name}`: {} is not a finite number; leave the row out",
                source.path.display(),
                row + 1,
                column[row]
            )),
        }
    });
    let checked = checked.collect();
    source.table(&headers, checked)
}

fn columns(source: &Source, name: &str, bytes: &[u8]) -> Result<Columns, LoadError> {
    let told = |message: String| {
        let array = match name {
            "" => String::new(),
            _ => format!("the array `{name}`: "),
        };
        source.error(None, format!("{array}{message}"))
    };
    let unreadable = |error: io::Error| told(format!("no NumPy array ({error})"));
    let file = NpyFile::new(bytes).map_err(unreadable)?;
    let shape = file.shape().to_vec();
    let (rows, width) = match shape[..] {
        [rows] => (rows as usize, None),
        [rows, width] => (rows as usize, Some(width as usize)),
        _ => {
            let message = format!(
                "its shape is {shape:?}; a table's array has one number, or one row of numbers, a row"
            );
            return Err(told(message));
        }
    };
    if rows > MAX_ROWS || rows.saturating_mul(width.unwrap_or(1)) > MAX_CELLS {
        let message =
            format!("its shape is {shape:?}; {MAX_ROWS} rows and {MAX_CELLS} numbers are the most");
        return Err(told(message));
    }
    let by_row = file.order() == Order::C;
    let values = numbers(file).map_err(|error| match error {
        Some(error) => unreadable(error),
        None => told("it holds no plain numbers; a column of them is np.array([1.5, 2.5])".into()),
    })?;
    let Some(width) = width else {
        return Ok(vec![(name.to_owned(), values)]);
    };
    let column = |k: usize| {
        let at = |row: usize| {
            if by_row {
                row * width + k
            } else {
                k * rows + row
            }
        };
        (0..rows).map(|row| values[at(row)]).collect()
    };
    let header = |k: usize| match (name, width) {
        ("", _) => String::new(),
        (_, 1) => name.to_owned(),
        _ => format!("{name}{}", k + 1),
    };
    Ok((0..width).map(|k| (header(k), column(k))).collect())
}

/// An array's numbers as f64; without a reason where it holds something else.
fn numbers(file: NpyFile<&[u8]>) -> Numbers {
    read_as(file, |x: f64| x)
        .or_else(|file| read_as(file, |x: f32| f64::from(x)))
        .or_else(|file| read_as(file, |x: i64| x as f64))
        .or_else(|file| read_as(file, |x: i32| f64::from(x)))
        .or_else(|file| read_as(file, |x: i16| f64::from(x)))
        .or_else(|file| read_as(file, |x: i8| f64::from(x)))
        .or_else(|file| read_as(file, |x: u64| x as f64))
        .or_else(|file| read_as(file, |x: u32| f64::from(x)))
        .or_else(|file| read_as(file, |x: u16| f64::from(x)))
        .or_else(|file| read_as(file, |x: u8| f64::from(x)))
        .or_else(|file| read_as(file, |x: bool| f64::from(u8::from(x))))
        .unwrap_or(Err(None))
}

/// What an array's numbers are read as, or why not.
type Numbers = Result<Vec<f64>, Option<io::Error>>;

/// The numbers of an array of `T`; the array back where it is none.
fn read_as<T: Deserialize>(
    file: NpyFile<&[u8]>,
    number: fn(T) -> f64,
) -> Result<Numbers, NpyFile<&[u8]>> {
    let data = file.try_data::<T>()?;
    let values = data.map(|value| value.map(number));
    Ok(values.collect::<Result<_, _>>().map_err(Some))
}
