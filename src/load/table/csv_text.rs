//! Comma-separated values, and their kin split by semicolons or tabs.

use super::Source;
use crate::load::LoadError;
use crate::loss::{MAX_ROWS, Table, column_names};
use csv::ByteRecord;
use std::str;

/// Letters of a cell that a message shows.
const SHOWN: usize = 24;

pub(super) fn table(source: &Source) -> Result<Table, LoadError> {
    let text = text(source)?;
    let Some(first_line) = text.lines().find(|line| !line.trim().is_empty()) else {
        let message = "the file is empty; a table's first line names its columns, such as x,y";
        return Err(source.error(None, message));
    };
    // NumPy and gnuplot write the names as a comment.
    let text = match text.trim_start().strip_prefix('#') {
        Some(_) => &text[text.find('#').map_or(0, |at| at + 1)..],
        None => text,
    };
    let before = source.bytes.len() - text.len();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(first_line))
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let place = |record: &ByteRecord| {
        let at = record.position().map_or(0, |place| place.byte() as usize);
        line_at(source.bytes, before + at)
    };
    let mut record = ByteRecord::new();
    let unreadable = |error: csv::Error| source.error(None, error.to_string());
    reader.read_byte_record(&mut record).map_err(unreadable)?;
    let headers = headers(source, &record, place(&record))?;
    let mut columns: Vec<Column> = headers.1.into_iter().map(Column::new).collect();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        if record.len() != columns.len() {
            let (got, expected) = (record.len(), columns.len());
            return Err(source.error(
                Some(place(&record)),
                format!(
                    "{} here, but {} in the first line; each row has one for each column",
                    cells(got),
                    cells(expected)
                ),
            ));
        }
        rows += 1;
        if rows > MAX_ROWS {
            return Err(source.error(
                Some(place(&record)),
                format!("more than {MAX_ROWS} rows; keep a sample of them"),
            ));
        }
        for (column, cell) in columns.iter_mut().zip(&record) {
            if let Some(fault) = column.take(cell) {
                let (path, line) = (source.path.display(), place(&record));
                column.values = Err(format!("{path}:{line}: column `{}`: {fault}", column.name));
            }
        }
    }
    if rows == 0 {
        return Err(source.error(None, "no rows below the columns' names"));
    }
    let columns = columns.into_iter().map(|column| column.values).collect();
    source.table(&headers.0, columns)
}

/// A column as it is read.
struct Column {
    name: String,
    values: Result<Vec<f64>, String>,
}

impl Column {
    fn new(name: String) -> Self {
        let values = Ok(Vec::new());
        Self { name, values }
    }

    /// Takes a cell, or tells what is wrong with it; after a first fault nothing is asked.
    fn take(&mut self, cell: &[u8]) -> Option<String> {
        let values = self.values.as_mut().ok()?;
        match number(cell) {
            Ok(value) => {
                values.push(value);
                None
            }
            Err(fault) => Some(fault),
        }
    }
}

fn number(cell: &[u8]) -> Result<f64, String> {
    let cell = str::from_utf8(cell).unwrap_or_default().trim();
    match cell.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(fault(cell)),
    }
}

/// What is wrong with a cell that is no finite number, and what to do.
fn fault(cell: &str) -> String {
    let shown: String = cell.chars().take(SHOWN).collect();
    let more = if shown.len() < cell.len() { "…" } else { "" };
    let shown = format!("`{}{more}`", shown.escape_debug());
    if cell.is_empty() {
        return "the cell is empty; fill it or leave the row out".to_owned();
    }
    if cell.contains(',') && cell.replacen(',', ".", 1).parse::<f64>().is_ok() {
        return format!("{shown} has a decimal comma; write a point, as in 1.5");
    }
    if cell.split_whitespace().count() > 1 {
        let all = cell
            .split_whitespace()
            .all(|word| word.parse::<f64>().is_ok());
        if all {
            return format!("{shown} is more than one number; split cells by commas");
        }
    }
    match cell.parse::<f64>() {
        Ok(_) => format!("{shown} is not a finite number; leave the row out or fill the cell"),
        Err(_) => format!("{shown} is not a number; correct it or leave the row out"),
    }
}

fn cells(count: usize) -> String {
    match count {
        1 => "1 cell".to_owned(),
        _ => format!("{count} cells"),
    }
}

/// The headers as they stand, and as formulas know them.
fn headers(
    source: &Source,
    record: &ByteRecord,
    line: usize,
) -> Result<(Vec<String>, Vec<String>), LoadError> {
    let headers: Vec<String> = record
        .iter()
        .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
        .collect();
    if headers.iter().all(|header| header.parse::<f64>().is_ok()) {
        return Err(source.error(
            Some(line),
            "the first line holds numbers where the columns' names are expected; put a line such as \
             x,y before it",
        ));
    }
    let names =
        column_names(&headers).map_err(|error| source.error(Some(line), error.to_string()))?;
    Ok((headers, names))
}

/// The sign between cells: of comma, semicolon and tab the one that the first line has most of.
fn delimiter(first_line: &str) -> u8 {
    let count = |sign: u8| first_line.bytes().filter(|byte| *byte == sign).count();
    // Of equals the last one counts.
    let signs = [b'\t', b';', b','];
    signs
        .into_iter()
        .max_by_key(|sign| count(*sign))
        .unwrap_or(b',')
}

/// The file as text, without the mark that some programs put before it.
fn text<'a>(source: &Source<'a>) -> Result<&'a str, LoadError> {
    let bytes = source.bytes;
    let save = "save it as CSV in UTF-8";
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(source.error(None, format!("this is UTF-16 text; {save}")));
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let line = Some(line_of(bytes, at));
        return Err(source.error(line, format!("a NUL byte, which no text has; {save}")));
    }
    match str::from_utf8(bytes) {
        Ok(text) => Ok(text.trim_start_matches('\u{feff}')),
        Err(error) => {
            let line = line_of(bytes, error.valid_up_to());
            Err(source.error(Some(line), format!("not UTF-8 text; {save}")))
        }
    }
}

/// The line of a byte, counted from 1.
fn line_of(bytes: &[u8], at: usize) -> usize {
    1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count()
}

/// The line of the record that the reader begins at a byte: it passes over empty lines and
/// comments first.
fn line_at(bytes: &[u8], at: usize) -> usize {
    let mut from = at.min(bytes.len());
    loop {
        let rest = &bytes[from..];
        let length = rest.iter().position(|byte| *byte == b'\n');
        let is_comment = rest.first() == Some(&b'#');
        let is_blank = matches!(rest.first(), Some(b'\n' | b'\r'));
        match length {
            Some(length) if is_comment || is_blank => from += length + 1,
            _ => return line_of(bytes, from),
        }
    }
}
