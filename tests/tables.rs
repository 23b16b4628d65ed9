//! Tables from files: what is read, and what hostile ones get: one line with the file, the line,
//! the column and what to do.

use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;
use thalweg::formula::Table;
use thalweg::load::{self, LossArguments};

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).expect("written");
        path
    }

    fn table(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<Table, String> {
        load::table(&self.file(name, bytes)).map_err(|error| self.told(&error))
    }

    /// The message without the folder.
    fn told(&self, error: &load::LoadError) -> String {
        let message = error.to_string();
        assert!(!message.contains('\n'), "more than one line: {message}");
        message.replace(&format!("{}/", self.0.path().display()), "")
    }
}

fn rows(table: &Table) -> Vec<Vec<f64>> {
    (0..table.rows()).map(|row| table.row(row)).collect()
}

#[test]
fn text_is_read_as_programs_write_it() {
    let folder = Folder::new();
    let truth = vec![vec![1.0, 2.5], vec![-3.0, 4e-3]];
    for (what, text) in [
        ("plain", "x,y\n1,2.5\n-3,4e-3\n"),
        ("no last line end", "x,y\n1,2.5\n-3,4e-3"),
        ("Windows", "x,y\r\n1,2.5\r\n-3,4e-3\r\n"),
        ("a mark before", "\u{feff}x,y\n1,2.5\n-3,4e-3\n"),
        ("semicolons", "x;y\n1;2.5\n-3;4e-3\n"),
        ("tabs", "x\ty\n1\t2.5\n-3\t4e-3\n"),
        ("blanks", " x , y \n 1 , 2.5\n\n -3 ,4e-3 \n\n"),
        ("quotes", "\"x\",\"y\"\n\"1\",\"2.5\"\n-3,4e-3\n"),
        ("names as a comment", "# x,y\n1,2.5\n# halfway\n-3,4e-3\n"),
    ] {
        let table = folder.table("points.csv", text).expect(what);
        assert_eq!(
            (table.names(), rows(&table)),
            (&["x", "y"].map(str::to_owned)[..], truth.clone()),
            "{what}"
        );
    }
    let text = "sepal length (cm),\"kind, of iris\",n\n5.1,\"setosa, wild\",1\n4.9,none,2\n";
    let iris = folder
        .table("iris.csv", text)
        .expect("two columns are numbers");
    assert_eq!(iris.names(), ["sepal_length_cm", "n"]);
    assert_eq!(
        iris.fault("kind_of_iris").map(|reason| reason.rsplit('/').next().unwrap_or("").to_owned()),
        Some("iris.csv:2: column `kind_of_iris`: `setosa, wild` is not a number; correct it or leave the row out".to_owned())
    );
}

#[test]
fn hostile_text_gets_one_line() {
    let folder = Folder::new();
    let long = format!("x,y\n1,2\n3,{}\n", "9".repeat(4_000_000));
    let quoted = format!("x,y\n1,\"{}\n", "2,3\n".repeat(300_000));
    let many = format!("x\n{}", "1\n".repeat(load_most() + 1));
    let wide = format!("{}\n1\n", "x,".repeat(20_000));
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        (
            "empty",
            b"".to_vec(),
            "t.csv: the file is empty; a table's first line names its columns, such as x,y",
        ),
        (
            "blank",
            b"\n \n\t\n".to_vec(),
            "t.csv: the file is empty; a table's first line names its columns, such as x,y",
        ),
        (
            "names alone",
            b"x,y\n".to_vec(),
            "t.csv: no rows below the columns' names",
        ),
        (
            "no names",
            b"1,2\n3,4\n".to_vec(),
            "t.csv:1: the first line holds numbers where the columns' names are expected; put a line such as x,y before it",
        ),
        (
            "ragged",
            b"x,y\n1,2\n3\n".to_vec(),
            "t.csv:3: 1 cell here, but 2 cells in the first line; each row has one for each column",
        ),
        (
            "too long a row",
            b"x,y\n\n# no\n1,2,3\n".to_vec(),
            "t.csv:4: 3 cells here, but 2 cells in the first line; each row has one for each column",
        ),
        (
            "twice",
            b"a,b,a\n1,2,3\n".to_vec(),
            "t.csv:1: the columns 1 and 3 are both called `a`; rename one",
        ),
        (
            "wide",
            wide.into_bytes(),
            "t.csv:1: the columns 1 and 2 are both called `x`; rename one",
        ),
        (
            "Latin 1",
            b"x,y\n1,2\n3,4 \xb5m\n".to_vec(),
            "t.csv:3: not UTF-8 text; save it as CSV in UTF-8",
        ),
        (
            "UTF-16",
            b"\xff\xfex\0,\0y\0\n\0".to_vec(),
            "t.csv: this is UTF-16 text; save it as CSV in UTF-8",
        ),
        (
            "binary",
            b"x,y\n1,2\n\0\0\0".to_vec(),
            "t.csv:3: a NUL byte, which no text has; save it as CSV in UTF-8",
        ),
        (
            "an image",
            b"\x89PNG\r\n\x1a\n\0\0\0".to_vec(),
            "t.csv:3: a NUL byte, which no text has; save it as CSV in UTF-8",
        ),
        (
            "too many",
            many.into_bytes(),
            "t.csv:1048578: more than 1048576 rows; keep a sample of them",
        ),
        (
            "open quote",
            quoted.into_bytes(),
            "t.csv:2: column `y`: `2,3\\n2,3\\n2,3\\n2,3\\n2,3\\n2,3\\n…` is not a number; correct it or leave the row out",
        ),
        (
            "long cell",
            long.into_bytes(),
            "t.csv:3: column `y`: `999999999999999999999999…` is not a finite number; leave the row out or fill the cell",
        ),
    ];
    for (what, bytes, told) in cases {
        let message = match folder.table("t.csv", bytes) {
            Err(message) => message,
            Ok(table) => {
                let fault = table.fault("y").expect(what);
                fault.replace(&format!("{}/", folder.0.path().display()), "")
            }
        };
        assert_eq!(message, told, "{what}");
    }
}

fn load_most() -> usize {
    thalweg::formula::MAX_ROWS
}

/// A cell that is no finite number is told to whoever reads its column, and to nobody else.
#[test]
fn wrong_cells_are_told_to_who_reads_them() {
    let folder = Folder::new();
    let of = |cell: &str| {
        let text = format!("x;y\n1;2\n3;{cell}\n5;worse\n");
        let path = folder.file("t.csv", text);
        let about = LossArguments {
            data: path.to_str(),
            ..LossArguments::default()
        };
        let whole = load::loss("mean((w1*x - 1)^2)", about).expect("y is not read");
        assert!(whole.evaluate(&[1.0]).expect("checked").value.is_finite());
        let error = load::loss("mean((w1*x - y)^2)", about).expect_err(cell);
        folder.told(&error)
    };
    let at = "t.csv:3: column `y`: ";
    for (cell, told) in [
        ("", "the cell is empty; fill it or leave the row out"),
        (" ", "the cell is empty; fill it or leave the row out"),
        (
            "abc",
            "`abc` is not a number; correct it or leave the row out",
        ),
        (
            "NaN",
            "`NaN` is not a finite number; leave the row out or fill the cell",
        ),
        (
            "-inf",
            "`-inf` is not a finite number; leave the row out or fill the cell",
        ),
        (
            "1e999",
            "`1e999` is not a finite number; leave the row out or fill the cell",
        ),
        ("1,5", "`1,5` has a decimal comma; write a point, as in 1.5"),
        (
            "1 2 3",
            "`1 2 3` is more than one number; split cells by commas",
        ),
        (
            "n/a",
            "`n/a` is not a number; correct it or leave the row out",
        ),
        (
            "0x10",
            "`0x10` is not a number; correct it or leave the row out",
        ),
        (
            "\u{1b}[31m",
            "`\\u{1b}[31m` is not a number; correct it or leave the row out",
        ),
    ] {
        assert_eq!(of(cell), format!("{at}{told}"), "{cell:?}");
    }
}

#[test]
fn a_file_that_is_no_table_is_told_why() {
    let folder = Folder::new();
    folder.file("points.csv", "x\n1\n");
    folder.file("scene.toml", "");
    let told = |name: &str| {
        let path = folder.0.path().join(name);
        folder.told(&load::table(&path).expect_err(name))
    };
    let shown = folder.0.path().display();
    assert_eq!(
        told("point.csv"),
        format!("point.csv: no such file; {shown} has points.csv")
    );
    assert_eq!(
        told("points.xlsx"),
        "points.xlsx: a table is a .csv, .npz or .npy file"
    );
    fs::create_dir(folder.0.path().join("d.csv")).expect("made");
    assert_eq!(told("d.csv"), "d.csv: is a folder, not a table file");
    let large = fs::File::create(folder.0.path().join("large.csv")).expect("made");
    large.set_len((512 << 20) + 1).expect("grown");
    assert_eq!(
        told("large.csv"),
        "large.csv: larger than 512 MiB, too large for a table"
    );
}

/// What the command line says of a table that does not fit the loss.
#[test]
fn a_table_and_its_loss_belong_together() {
    let folder = Folder::new();
    let path = folder.file("points.csv", "x,y\n1,2\n3,4\n");
    let about = LossArguments {
        data: path.to_str(),
        ..LossArguments::default()
    };
    let told = |formula: &str, about: LossArguments| {
        load::loss(formula, about).expect_err(formula).to_string()
    };
    let unread = told("himmelblau", about);
    assert!(unread.ends_with("points.csv: this loss goes over no rows; write mean(…) or sum(…) in it, or leave the table out"), "{unread}");
    let alone = LossArguments {
        batch: Some(3),
        ..LossArguments::default()
    };
    assert_eq!(
        told("x^2 + y^2", alone),
        "--model and --batch speak of a table's rows; give one with --data points.csv"
    );
    let missing = told("mean((w1*x + w2 - z)^2)", about);
    assert!(missing.contains("unknown name `z`"), "{missing}");
    assert!(missing.contains("w1, w2, x, y"), "{missing}");
}

fn npy(descr: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let mut header =
        format!("{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn f64s(values: &[f64]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

fn npz(arrays: &[(&str, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write;
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut archive = zip::ZipWriter::new(&mut bytes);
    for (name, array) in arrays {
        let options = zip::write::SimpleFileOptions::default();
        archive
            .start_file(format!("{name}.npy"), options)
            .expect("begun");
        archive.write_all(array).expect("written");
    }
    archive.finish().expect("ended");
    bytes.into_inner()
}

#[test]
fn arrays_are_read_as_numpy_writes_them() {
    let folder = Folder::new();
    let six = f64s(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let by_row = folder
        .table("a.npy", npy("'<f8'", "False", "(3, 2)", &six))
        .expect("an array");
    assert_eq!(by_row.names(), ["column1", "column2"]);
    assert_eq!(rows(&by_row), [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    let by_column = folder
        .table("a.npy", npy("'<f8'", "True", "(3, 2)", &six))
        .expect("an array");
    assert_eq!(rows(&by_column), [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]);
    let singles: Vec<u8> = [0.5_f32, -2.0]
        .iter()
        .flat_map(|x| x.to_be_bytes())
        .collect();
    let whole: Vec<u8> = [7_i32, -9].iter().flat_map(|x| x.to_le_bytes()).collect();
    let archive = npz(&[
        (
            "X",
            npy("'<f8'", "False", "(2, 2)", &f64s(&[1.0, 2.0, 3.0, 4.0])),
        ),
        ("y", npy("'>f4'", "False", "(2,)", &singles)),
        ("n", npy("'<i4'", "False", "(2, 1)", &whole)),
        ("is_new", npy("'|b1'", "False", "(2,)", &[1, 0])),
    ]);
    let table = folder.table("t.npz", archive).expect("an archive");
    assert_eq!(table.names(), ["X1", "X2", "y", "n", "is_new"]);
    assert_eq!(
        rows(&table),
        [[1.0, 2.0, 0.5, 7.0, 1.0], [3.0, 4.0, -2.0, -9.0, 0.0]]
    );
}

#[test]
fn hostile_arrays_get_one_line() {
    let folder = Folder::new();
    let two = f64s(&[1.0, f64::NAN]);
    let array = |shape: &str, data: &[u8]| npy("'<f8'", "False", shape, data);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("t.npz", b"PK no".to_vec(), "t.npz: no archive of arrays ("),
        ("t.npy", b"x,y\n1,2\n".to_vec(), "t.npy: no NumPy array ("),
        (
            "t.npy",
            array("(2, 1, 1)", &two),
            "t.npy: its shape is [2, 1, 1]; a table's array has one number, or one row of numbers, a row",
        ),
        (
            "t.npy",
            array("(99999999, 999999999)", &two),
            "t.npy: its shape is [99999999, 999999999]; 1048576 rows and 33554432 numbers are the most",
        ),
        ("t.npy", array("(5,)", &two), "t.npy: no NumPy array ("),
        (
            "t.npy",
            array("(0,)", &[]),
            "t.npy: the table is empty; a loss needs at least one column and one row",
        ),
        (
            "t.npy",
            array("(2,)", &two),
            "t.npy: row 2, column `column1`: NaN is not a finite number; leave the row out",
        ),
        (
            "t.npy",
            npy("'<U3'", "False", "(1,)", &[0; 12]),
            "t.npy: it holds no plain numbers; a column of them is np.array([1.5, 2.5])",
        ),
        (
            "t.npy",
            npy("'|O'", "False", "(1,)", b"\x80\x04."),
            "t.npy: it holds no plain numbers; a column of them is np.array([1.5, 2.5])",
        ),
        (
            "t.npz",
            npz(&[
                ("x", array("(2,)", &f64s(&[1.0, 2.0]))),
                ("y", array("(1,)", &f64s(&[1.0]))),
            ]),
            "t.npz: the column `y` has 1 rows, the first column 2",
        ),
        (
            "t.npz",
            npz(&[("x", b"abc".to_vec())]),
            "t.npz: the array `x`: no NumPy array (",
        ),
        (
            "t.npz",
            npz(&[]),
            "t.npz: the table is empty; a loss needs at least one column and one row",
        ),
    ];
    for (name, bytes, told) in cases {
        let message = folder.table(name, bytes).expect_err(told);
        assert!(message.starts_with(told), "{message}\nnot\n{told}");
    }
}
