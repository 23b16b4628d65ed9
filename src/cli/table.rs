//! Rows of descents, as CSV, JSON or `NumPy`'s archive.

use super::failure::Failure;
use npyz::WriterBuilder;
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};
use thalweg::loss::Loss;

/// One descent at one step.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number, from 0.
    pub descent: usize,
    /// Steps taken.
    pub step: u32,
    /// A number a parameter.
    pub position: Vec<f64>,
    /// f there.
    pub loss: f64,
}

/// Where the rows go.
pub enum Output {
    /// CSV to stdout.
    Stdout,
    /// A file, opened already.
    File(PathBuf, Format, File),
}

/// What a table is written as.
#[derive(Clone, Copy)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// An array of objects.
    Json,
    /// `NumPy`'s archive, an array a column.
    Npz,
}

impl Output {
    /// Opened before the first step, so that a bad path costs no wait.
    pub fn create(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else {
            return Ok(Self::Stdout);
        };
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        let format = match ending.as_deref() {
            Some("csv") => Format::Csv,
            Some("json") => Format::Json,
            Some("npz") => Format::Npz,
            _ => {
                return Err(Failure::bad_input(format!(
                    "{}: the ending of the file picks the format; known are .csv, .json and .npz",
                    path.display()
                )));
            }
        };
        let file = File::create(path).map_err(|error| Failure::output(path, &error))?;
        Ok(Self::File(path.to_owned(), format, file))
    }

    /// Writes all rows.
    pub fn write(self, loss: &Loss, rows: &[Row]) -> Result<(), Failure> {
        match self {
            Self::Stdout => match write_csv(io::stdout().lock(), loss, rows) {
                // A reader that has seen enough closes the pipe: that is no failure.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                outcome => outcome.map_err(|error| Failure::output(Path::new("stdout"), &error)),
            },
            Self::File(path, format, file) => {
                let mut file = BufWriter::new(file);
                let written = match format {
                    Format::Csv => write_csv(&mut file, loss, rows),
                    Format::Json => write_json(&mut file, loss, rows),
                    Format::Npz => write_npz(&mut file, loss, rows),
                };
                let written = written.and_then(|()| file.flush());
                written.map_err(|error| Failure::output(&path, &error))
            }
        }
    }
}

fn write_csv(file: impl Write, loss: &Loss, rows: &[Row]) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(file);
    let mut header = vec!["descent", "step"];
    header.extend(loss.parameters.iter().map(String::as_str));
    header.push("loss");
    writer.write_record(&header)?;
    for row in rows {
        let mut record = vec![row.descent.to_string(), row.step.to_string()];
        record.extend(row.position.iter().map(f64::to_string));
        record.push(row.loss.to_string());
        writer.write_record(&record)?;
    }
    writer.flush()
}

fn write_json(file: impl Write, loss: &Loss, rows: &[Row]) -> io::Result<()> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let mut object = serde_json::Map::new();
            object.insert("descent".into(), row.descent.into());
            object.insert("step".into(), row.step.into());
            for (name, value) in loss.parameters.iter().zip(&row.position) {
                object.insert(name.clone(), (*value).into());
            }
            object.insert("loss".into(), row.loss.into());
            object
        })
        .collect();
    Ok(serde_json::to_writer(file, &rows)?)
}

/// One array a column, named like the columns of the CSV.
fn write_npz(file: impl Write + Seek, loss: &Loss, rows: &[Row]) -> io::Result<()> {
    let mut archive = zip::ZipWriter::new(file);
    let mut column = |name: &str, values: &mut dyn Iterator<Item = f64>| -> io::Result<()> {
        archive.start_file(
            format!("{name}.npy"),
            zip::write::SimpleFileOptions::default(),
        )?;
        let mut bytes = Vec::new();
        let values: Vec<_> = values.collect();
        let mut writer = npyz::WriteOptions::new()
            .default_dtype()
            .shape(&[values.len() as u64])
            .writer(&mut bytes)
            .begin_nd()?;
        writer.extend(values)?;
        writer.finish()?;
        archive.write_all(&bytes)
    };
    column("descent", &mut rows.iter().map(|row| row.descent as f64))?;
    column("step", &mut rows.iter().map(|row| f64::from(row.step)))?;
    for (i, name) in loss.parameters.iter().enumerate() {
        column(name, &mut rows.iter().map(|row| row.position[i]))?;
    }
    column("loss", &mut rows.iter().map(|row| row.loss))?;
    archive.finish()?;
    Ok(())
}
