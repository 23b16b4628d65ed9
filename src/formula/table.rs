//! The table that a loss sums over: named columns of finite numbers.

use super::lexer::{is_name_digit, is_name_start, plain_name};
use std::collections::HashMap;

/// The most rows that a table can have: a block of blocks of 1,024.
pub const MAX_ROWS: usize = 1 << 20;

/// The most numbers that a table can have: 256 MiB of them.
pub const MAX_CELLS: usize = 1 << 25;

/// Numbers by column and row; a formula knows a column by its name.
#[derive(Debug, Clone)]
pub struct Table {
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
    /// Columns that cannot be read, each with the reason.
    faults: Vec<(String, String)>,
}

/// Why numbers are no table. Columns are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// No column or no row.
    #[error("the table is empty; a loss needs at least one column and one row")]
    Empty,
    /// More than a table can have.
    #[error("the table has {rows} rows; {MAX_ROWS} are the most: keep a sample of them")]
    Rows {
        /// How many.
        rows: usize,
    },
    /// More than a table can have.
    #[error(
        "the table has {columns} columns of {rows} rows, and {MAX_CELLS} numbers are the most: leave \
         out the columns that the loss does not read"
    )]
    Cells {
        /// How many columns.
        columns: usize,
        /// How many rows.
        rows: usize,
    },
    /// Two columns of one name.
    #[error("the columns {first} and {second} are both called `{name}`; rename one")]
    Twice {
        /// As formulas know them.
        name: String,
        /// The number of the one.
        first: usize,
        /// The number of the other.
        second: usize,
    },
    /// A column that ends before another, or goes on.
    #[error("the column `{name}` has {got} rows, the first column {expected}")]
    Ragged {
        /// The column.
        name: String,
        /// Its rows.
        got: usize,
        /// The rows of the first.
        expected: usize,
    },
    /// Not one column can be read; the reason of the first.
    #[error("{0}")]
    Fault(String),
}

impl Table {
    /// A table of `columns`, each under its header; what formulas call it is told by
    /// [`Table::names`]. A column that cannot be read gives its reason in place of numbers: it is
    /// told to whoever asks for it.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn new(
        headers: &[String],
        columns: Vec<Result<Vec<f64>, String>>,
    ) -> Result<Self, TableError> {
        let mut table = Self {
            names: Vec::new(),
            columns: Vec::new(),
            faults: Vec::new(),
        };
        for (name, column) in column_names(headers)?.into_iter().zip(columns) {
            match column.and_then(|column| finite(&name, column)) {
                Ok(column) => {
                    table.names.push(name);
                    table.columns.push(column);
                }
                Err(reason) => table.faults.push((name, reason)),
            }
        }
        table.check()?;
        Ok(table)
    }

    fn check(&self) -> Result<(), TableError> {
        let rows = match (self.columns.first(), self.faults.first()) {
            (None, Some((_, reason))) => return Err(TableError::Fault(reason.clone())),
            (first, _) => first.map_or(0, Vec::len),
        };
        let columns = self.columns.len();
        if rows == 0 {
            return Err(TableError::Empty);
        }
        if rows > MAX_ROWS {
            return Err(TableError::Rows { rows });
        }
        if rows * columns > MAX_CELLS {
            return Err(TableError::Cells { columns, rows });
        }
        let mut pairs = self.names.iter().zip(&self.columns);
        match pairs.find(|(_, column)| column.len() != rows) {
            None => Ok(()),
            Some((name, column)) => Err(TableError::Ragged {
                name: name.clone(),
                got: column.len(),
                expected: rows,
            }),
        }
    }

    /// How many rows there are; at least 1.
    pub fn rows(&self) -> usize {
        self.columns[0].len()
    }

    /// What formulas call the columns, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// A column's numbers.
    pub fn column(&self, number: usize) -> &[f64] {
        &self.columns[number]
    }

    /// One row's numbers, in the order of the columns.
    pub fn row(&self, row: usize) -> Vec<f64> {
        self.columns.iter().map(|column| column[row]).collect()
    }

    /// Whether a column is called `name`, one that cannot be read included.
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name) || self.fault(name).is_some()
    }

    /// Why the column called `name` cannot be read, where it cannot.
    pub fn fault(&self, name: &str) -> Option<&str> {
        let fault = self.faults.iter().find(|(known, _)| known == name);
        fault.map(|(_, reason)| reason.as_str())
    }
}

impl PartialEq for Table {
    /// Tables are large and shared: one is equal to itself without a look.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (&self.names, &self.columns, &self.faults)
                == (&other.names, &other.columns, &other.faults)
    }
}

/// A column without NaN and infinity; rows are counted from 1.
fn finite(name: &str, column: Vec<f64>) -> Result<Vec<f64>, String> {
    match column.iter().position(|value| !value.is_finite()) {
        None => Ok(column),
        Some(row) => Err(format!(
            "row {}, column `{name}`: {} is not a finite number; leave the row out or fill the cell",
            row + 1,
            column[row]
        )),
    }
}

/// What formulas call the columns under `headers`.
///
/// # Errors
/// [`TableError::Twice`], and [`TableError::Empty`] where there is none.
pub fn column_names(headers: &[String]) -> Result<Vec<String>, TableError> {
    let mut seen = HashMap::new();
    let mut names = Vec::with_capacity(headers.len());
    for (at, header) in headers.iter().enumerate() {
        let name = column_name(header, at + 1);
        if let Some(first) = seen.insert(name.clone(), at + 1) {
            return Err(TableError::Twice {
                name,
                first,
                second: at + 1,
            });
        }
        names.push(name);
    }
    match names.is_empty() {
        true => Err(TableError::Empty),
        false => Ok(names),
    }
}

/// A header as a formula can write it: letters and digits, with one underscore for whatever stands
/// between them, so that `petal length (cm)` is `petal_length_cm`; `column3` where nothing is left.
fn column_name(header: &str, number: usize) -> String {
    let is_word = |c: char| is_name_start(c) || is_name_digit(c);
    let words = header
        .split(|c| !is_word(c))
        .filter(|word| !word.is_empty());
    let name = plain_name(&words.collect::<Vec<_>>().join("_"));
    match name.chars().next() {
        None => format!("column{number}"),
        Some(first) if is_name_start(first) => name,
        Some(_) => plain_name(&format!("column_{name}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(headers: &[&str]) -> Result<Vec<String>, TableError> {
        let headers: Vec<_> = headers.iter().map(|header| (*header).to_owned()).collect();
        column_names(&headers)
    }

    #[test]
    fn headers_become_names_that_a_formula_can_write() {
        let headers = [
            "x",
            "petal length (cm)",
            "",
            "2nd try",
            " y_1 ",
            "x-y",
            "ω₂",
            "7",
        ];
        let known = [
            "x",
            "petal_length_cm",
            "column3",
            "column_2nd_try",
            "y1",
            "x_y",
            "ω2",
            "column7",
        ];
        assert_eq!(names(&headers).expect("all differ"), known);
        let twice = names(&["a", "x 1", "x1", "x_1"]).expect_err("both are x1");
        assert_eq!(
            twice.to_string(),
            "the columns 2 and 3 are both called `x1`; rename one"
        );
    }

    #[test]
    fn numbers_that_are_no_table_are_told_why() {
        let of = |columns: Vec<Vec<f64>>| {
            let headers: Vec<_> = (0..columns.len()).map(|i| format!("c{i}")).collect();
            Table::new(&headers, columns.into_iter().map(Ok).collect())
        };
        let table = of(vec![vec![1.0, 2.0], vec![3.0, 4.0]]).expect("a table");
        assert_eq!((table.rows(), table.row(1)), (2, vec![2.0, 4.0]));
        assert!(table.has("c1") && !table.has("c2"));
        let empty = "the table is empty; a loss needs at least one column and one row";
        let wrong = [
            (vec![], empty),
            (vec![vec![]], empty),
            (
                vec![vec![1.0], vec![]],
                "the column `c1` has 0 rows, the first column 1",
            ),
            (
                vec![vec![1.0, f64::NAN]],
                "row 2, column `c0`: NaN is not a finite number; leave the row out or fill the cell",
            ),
            (
                vec![vec![0.0; MAX_ROWS + 1]],
                "the table has 1048577 rows; 1048576 are the most: keep a sample of them",
            ),
        ];
        for (columns, told) in wrong {
            assert_eq!(of(columns).expect_err(told).to_string(), told);
        }
    }

    #[test]
    fn a_column_that_cannot_be_read_is_a_fault_of_its_own() {
        let columns = vec![
            Ok(vec![1.0]),
            Err("no numbers".to_owned()),
            Ok(vec![f64::INFINITY]),
        ];
        let headers = ["a", "b", "c"].map(str::to_owned);
        let table = Table::new(&headers, columns).expect("one column is whole");
        assert_eq!(table.names(), ["a"]);
        assert_eq!(table.fault("b"), Some("no numbers"));
        assert!(
            table
                .fault("c")
                .is_some_and(|reason| reason.contains("inf"))
        );
        assert!(table.has("b") && table.fault("a").is_none());
    }
}
