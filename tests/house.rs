//! The house's rules, held against the sources: the table of modules that `src/lib.rs` opens
//! with, and the habits that a text can be asked about.

#[path = "common/source.rs"]
mod source;

use source::{Kind, Source, SourcePath, Token, files, read, rust_files};
use std::collections::BTreeSet;
use std::fs;

/// Lines of a file at most.
const LONGEST_FILE: usize = 500;

/// Crates that decide what a module is; all others may be used anywhere.
const GOVERNED_CRATES: &[&str] = &[
    "wgpu",
    "winit",
    "egui",
    "egui_wgpu",
    "egui_winit",
    "clap",
    "serde",
    "toml",
    "indicatif",
    "ctrlc",
    "openh264_sys2",
];

/// Crates for a module's own trade, beyond its row.
const TRADES: &[(&str, &[&str])] = &[
    ("film", &["openh264_sys2"]),
    ("app", &["winit", "egui", "egui_winit"]),
];

/// Modules that put others together: they may also name what those may.
const COMPOSERS: &[&str] = &["stage", "app"];

/// A row of the table.
struct Row {
    module: String,
    /// The names in its second cell, as Rust spells them.
    may: Vec<String>,
    /// The parts of its third cell.
    never: Vec<String>,
    sentence: String,
}

/// The rows of the table in `src/lib.rs`, one a module.
fn table() -> Vec<Row> {
    let text = read("src/lib.rs");
    let lines = text.lines().filter_map(|line| line.strip_prefix("//! |"));
    let mut rows = Vec::new();
    for line in lines.skip(2) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [modules, may, never, ""] = cells[..] else {
            panic!("src/lib.rs: a row of three cells, not {line:?}");
        };
        rows.extend(modules.split(", ").map(|module| Row {
            module: module.into(),
            may: names(may),
            never: parts(never),
            sentence: format!("{module} may use {may}; never {never}"),
        }));
    }
    rows
}

fn row<'a>(table: &'a [Row], module: &str) -> &'a Row {
    let found = table.iter().find(|row| row.module == module);
    found.unwrap_or_else(|| panic!("src/lib.rs: the table has no row for {module}"))
}

/// The words of a cell, as Rust spells crates.
fn names(cell: &str) -> Vec<String> {
    let ends = |c: char| !c.is_alphanumeric() && c != '-' && c != '&';
    let words = cell.split(ends).filter(|word| !word.is_empty());
    words.map(|word| word.replace('-', "_")).collect()
}

/// The parts of a cell: split at commas and semicolons outside parentheses.
fn parts(cell: &str) -> Vec<String> {
    let mut depth = 0;
    let split = |c: char| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0 && (c == ',' || c == ';')
    };
    let parts = cell.split(split);
    parts.map(|part| part.trim().to_string()).collect()
}

impl Row {
    fn names(&self, name: &str) -> bool {
        self.may.iter().any(|word| word == name)
    }

    fn forbids(&self, part: &str) -> bool {
        self.never.iter().any(|word| word == part)
    }
}

/// The rows that `module`'s row leads to: its own, those of the modules that it names, and so on.
fn below<'a>(table: &'a [Row], module: &str) -> Vec<&'a Row> {
    let mut found: Vec<&Row> = vec![row(table, module)];
    let mut next = 0;
    while next < found.len() {
        for row in table {
            let is_known = found.iter().any(|known| known.module == row.module);
            if found[next].names(&row.module) && !is_known {
                found.push(row);
            }
        }
        next += 1;
    }
    found
}

/// The module that a file belongs to.
fn module_of(path: &str) -> String {
    let below = path.strip_prefix("src/").expect("a file of src");
    let first = below.split('/').next().expect("a first segment");
    first.trim_end_matches(".rs").into()
}

/// `path` as seen from the crate's root, where it leads into this crate.
fn from_root(source: &Source, path: &SourcePath) -> Option<Vec<String>> {
    let rest = |from: usize| path.segments[from..].to_vec();
    match path.segments[0].as_str() {
        "crate" | "thalweg" => Some(rest(1)),
        "self" | "super" => {
            let supers = path.segments.iter().take_while(|s| *s == "super").count();
            let from = supers.max(1);
            let mut here = home(&source.path);
            here.truncate(here.len().saturating_sub(supers));
            Some(here.into_iter().chain(rest(from)).collect())
        }
        _ => None,
    }
}

/// The module path of a file.
fn home(path: &str) -> Vec<String> {
    let below = path.strip_prefix("src/").expect("a file of src");
    let segments = below.trim_end_matches(".rs").split('/');
    segments
        .filter(|segment| !["mod", "lib", "main"].contains(segment))
        .map(str::to_string)
        .collect()
}

/// Why `row` does not let its module use `path` of this crate.
fn refuse_module(table: &[Row], row: &Row, path: &[String]) -> Option<String> {
    let other = path.first()?;
    let is_module = table.iter().any(|row| row.module == *other);
    if !is_module || *other == row.module || row.names("all") {
        return None;
    }
    let is_below = || below(table, &row.module).iter().any(|b| b.module == *other);
    let is_named = row.names(other)
        || row.may.iter().any(|word| is_type_of(word, path))
        || COMPOSERS.contains(&row.module.as_str()) && is_below();
    (!is_named || row.forbids(other)).then(|| format!("module {other}"))
}

/// Whether a cell's `&Type` stands for `path`: the type, or what the file of its name holds.
fn is_type_of(word: &str, path: &[String]) -> bool {
    let Some(name) = word.strip_prefix('&') else {
        return false;
    };
    path[1..].contains(&name.to_string()) || path[1..].contains(&name.to_lowercase())
}

/// Why `row` does not let its module use the crate or the part of `std` that `path` names.
fn refuse_outside(table: &[Row], row: &Row, path: &SourcePath) -> Option<String> {
    if let Some(trade) = std_trade(path) {
        let is_forbidden = row.forbids(trade) || row.forbids("everything else");
        return is_forbidden.then(|| trade.to_string());
    }
    let name = path.segments[0].as_str();
    if !GOVERNED_CRATES.contains(&name) || row.names("all") {
        return None;
    }
    let is_trade =
        |(module, crates): &(&str, &[&str])| *module == row.module && crates.contains(&name);
    let is_named =
        TRADES.iter().any(is_trade) || below(table, &row.module).iter().any(|row| row.names(name));
    let is_forbidden = name.split('_').any(|part| row.forbids(part));
    (!is_named || is_forbidden).then(|| format!("crate {name}"))
}

/// The clock, threads and files that `path` stands for, in the table's words.
fn std_trade(path: &SourcePath) -> Option<&'static str> {
    const CLOCKS: [&str; 4] = ["Instant", "SystemTime", "UNIX_EPOCH", "*"];
    let segment = |i: usize| path.segments.get(i).map_or("", String::as_str);
    match (segment(0), segment(1)) {
        ("std", "fs") | ("tempfile", _) => Some("files"),
        ("std", "thread") | ("rayon", _) => Some("threads"),
        ("std", "time") if CLOCKS.contains(&segment(2)) => Some("clock"),
        _ => None,
    }
}

/// Each source with its module's row.
fn sources_and_rows(table: &[Row]) -> impl Iterator<Item = (Source, &Row)> {
    let sources = rust_files().into_iter();
    let sources = sources.filter(|source| source.path != "src/lib.rs");
    sources.map(|source| {
        let row = row(table, &module_of(&source.path));
        (source, row)
    })
}

fn fault(source: &Source, line: usize, row: &Row, what: &str) -> String {
    format!("{}:{line}: {what}, but: {}", source.path, row.sentence)
}

#[test]
fn each_module_uses_what_its_row_lets_it() {
    let table = table();
    let mut faults = Vec::new();
    for (source, row) in sources_and_rows(&table) {
        for path in source.paths() {
            let refused = match from_root(&source, &path) {
                Some(inside) => refuse_module(&table, row, &inside),
                None => refuse_outside(&table, row, &path),
            };
            faults.extend(refused.map(|what| fault(&source, path.line, row, &what)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The parts of "never" that speak neither of modules nor of crates.
#[test]
fn each_module_keeps_from_what_its_row_forbids() {
    let table = table();
    let mut faults = Vec::new();
    for (source, row) in sources_and_rows(&table) {
        for part in &row.never {
            let lines = match part.as_str() {
                part if part.starts_with("a domain word (") => domain_words(&source, part),
                "writing the simulation's resources" => simulation_writes(&source),
                "one pass using another" => uses_of_passes(&source),
                _ => continue,
            };
            faults.extend(
                lines
                    .into_iter()
                    .map(|line| fault(&source, line, row, part)),
            );
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Lines whose names or texts hold a word of the list in `part`'s parentheses.
fn domain_words(source: &Source, part: &str) -> Vec<usize> {
    let mut listed = names(part).into_iter().skip_while(|word| word != "word");
    listed.next();
    let listed: Vec<_> = listed.flat_map(|word| [format!("{word}s"), word]).collect();
    let holds = |token: &&Token| {
        let mut words = words_of_name(&token.text);
        words.any(|word| listed.contains(&word))
    };
    let found = source.tokens.iter().filter(holds);
    found.map(|token| token.line).collect()
}

/// The words that a name in any style is made of, in lower case.
fn words_of_name(name: &str) -> impl Iterator<Item = String> {
    let starts_word = |c: char| c.is_uppercase() || !c.is_alphanumeric();
    let mut words = vec![String::new()];
    for c in name.chars() {
        if starts_word(c) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words
                .last_mut()
                .expect("begun with one")
                .extend(c.to_lowercase());
        }
    }
    words.into_iter()
}

/// Lines that write to, or bind for writing, a member of `field` or `descents`.
fn simulation_writes(source: &Source) -> Vec<usize> {
    const WRITES: [&str; 4] = ["write", "write_buffer", "write_texture", "clear_buffer"];
    let tokens = &source.tokens;
    let is_resource =
        |at: usize| (tokens[at].is("field") || tokens[at].is("descents")) && tokens[at + 1].is(".");
    let writes_resource = |at: &usize| {
        let is_call = WRITES.iter().any(|name| tokens[*at].is(name)) && tokens[*at + 1].is("(");
        let mut argument =
            (*at + 2..tokens.len()).take_while(|i| !tokens[*i].is(",") && !tokens[*i].is(")"));
        is_call && argument.any(is_resource)
    };
    let calls = (0..tokens.len()).filter(writes_resource);
    calls.map(|at| tokens[at].line).collect()
}

/// Lines of a pass that name another pass. A pass is a file that defines a `…Pass`.
fn uses_of_passes(source: &Source) -> Vec<usize> {
    let defines_pass = |source: &Source| {
        let is_definition = |w: &[Token]| w[0].is("struct") && w[1].text.ends_with("Pass");
        source.tokens.windows(2).any(is_definition)
    };
    if !defines_pass(source) {
        return Vec::new();
    }
    let passes: Vec<_> = rust_files()
        .into_iter()
        .filter(|s| defines_pass(s))
        .collect();
    let here = home(&source.path);
    let is_other_pass = |path: &Vec<String>| {
        let mut passes = passes.iter().map(|pass| home(&pass.path));
        passes.any(|pass| pass != here && path.starts_with(&pass))
    };
    let paths = source.paths().into_iter();
    paths
        .filter(|path| from_root(source, path).as_ref().is_some_and(is_other_pass))
        .map(|path| path.line)
        .collect()
}

/// Nothing in the table is beyond this test: each part of "never" is one that it can see.
#[test]
fn the_table_says_nothing_that_is_not_held() {
    let table = table();
    let held = [
        "-",
        "files",
        "clock",
        "threads",
        "any other module",
        "everything else",
        "writing the simulation's resources",
        "one pass using another",
        "being imported",
    ];
    for row in &table {
        for part in row.never.iter().map(String::as_str) {
            let is_held = table.iter().any(|row| row.module == part)
                || GOVERNED_CRATES.contains(&part)
                || held.contains(&part)
                || part.starts_with("a domain word (");
            assert!(
                is_held,
                "nothing sees that {} never uses {part}",
                row.module
            );
        }
    }
}

#[test]
fn each_module_has_its_row_and_its_place_in_the_readme() {
    let entries = fs::read_dir(source::root().join("src")).expect("src");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let names: BTreeSet<_> = names
        .map(|name| name.into_string().expect("UTF-8"))
        .collect();
    let modules: BTreeSet<_> = names
        .iter()
        .map(|name| name.trim_end_matches(".rs").to_string())
        .filter(|name| name != "lib")
        .collect();
    let rows: BTreeSet<_> = table().into_iter().map(|row| row.module).collect();
    let missing: Vec<_> = modules.difference(&rows).collect();
    assert!(missing.is_empty(), "src/lib.rs: no row for {missing:?}");
    assert_eq!(
        readme_map(),
        names,
        "the map in README.md, and what src/ holds"
    );
}

/// The names below `src/` in the README's map.
fn readme_map() -> BTreeSet<String> {
    let text = read("README.md");
    text.lines()
        .skip_while(|line| !line.starts_with("src/"))
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .map(|line| line.split_whitespace().next().expect("a name"))
        .map(|name| name.trim_end_matches('/').to_string())
        .collect()
}

#[test]
fn no_unwrap() {
    for source in rust_files() {
        for window in source.tokens.windows(3) {
            let unwraps = window[0].is(".") && window[1].is("unwrap") && window[2].is("(");
            let (path, line) = (&source.path, window[1].line);
            assert!(
                !unwraps,
                "{path}:{line}: `expect` names why, `unwrap` does not"
            );
        }
    }
}

#[test]
fn each_file_is_short_and_says_what_it_is() {
    let mut faults = Vec::new();
    let rust = files("src", "rs");
    for path in rust.iter().chain(&files("shaders", "wgsl")) {
        let lines = read(path).lines().count();
        if lines > LONGEST_FILE {
            faults.push(format!("{path}: {lines} lines, {LONGEST_FILE} at most"));
        }
    }
    for path in rust.iter().filter(|path| !read(path).starts_with("//! ")) {
        faults.push(format!(
            "{path}: the first line says what it is, with `//!`"
        ));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Each shader is joined by `src/shader.rs` and by nothing else; a stage's name is that of a Rust
/// file or of the function that joins it.
#[test]
fn each_shader_has_its_place() {
    let shaders = files("shaders", "wgsl");
    for source in rust_files() {
        let texts = source
            .tokens
            .iter()
            .filter(|token| token.kind == Kind::Text);
        let named: BTreeSet<_> = texts
            .map(|token| {
                token
                    .text
                    .trim_matches('"')
                    .trim_start_matches("../")
                    .to_string()
            })
            .filter(|text| text.ends_with(".wgsl"))
            .collect();
        if source.path != "src/shader.rs" {
            assert!(
                named.is_empty(),
                "{}: only src/shader.rs joins {named:?}",
                source.path
            );
            continue;
        }
        let listed: BTreeSet<_> = shaders.iter().cloned().collect();
        assert_eq!(
            named, listed,
            "what src/shader.rs joins, and what shaders/ holds"
        );
        for name in shaders.iter().filter_map(|path| stage_name(path)) {
            let is_function = source
                .tokens
                .windows(2)
                .any(|w| w[0].is("fn") && w[1].is(name));
            let file = format!("/{name}.rs");
            let is_file = || files("src", "rs").iter().any(|path| path.ends_with(&file));
            assert!(
                is_function || is_file(),
                "shaders/{name}.wgsl is named like nothing in src/"
            );
        }
    }
}

/// The name of a stage's file, which lies directly in `shaders/`.
fn stage_name(path: &str) -> Option<&str> {
    let name = path.strip_prefix("shaders/")?.strip_suffix(".wgsl")?;
    (!name.contains('/')).then_some(name)
}

/// What the other tests stand on: a source's paths, without comments, strings and tests.
#[test]
fn paths_are_read_as_rust_reads_them() {
    let text = r##"
        //! crate::comment::A
        use crate::{gpu::{self as device, Gpu}, shader as text, load::*};
        /* std::fs /* nested::x */ std::fs */
        fn quiet<'a>(x: &'a str) -> char { let s = "std::fs::read \" a::b"; '"' }
        fn raw() { r#"wgpu::"Buffer"#; b'\''; Vec::<u8>::new(); 0..limits::MOST; x.y::<u8>() }
        #[cfg(test)]
        #[expect(missing_docs)]
        mod tests { fn f() { let x = { std::fs::read }; } }
        #[cfg(test)]
        mod far;
        use super::last as z;
    "##;
    let source = Source::new("src/a/b.rs", text);
    let paths: Vec<_> = source
        .paths()
        .iter()
        .map(|path| path.segments.join("::"))
        .collect();
    let expected = [
        "crate::gpu::self",
        "crate::gpu::Gpu",
        "crate::shader",
        "crate::load::*",
        "limits::MOST",
        "super::last",
    ];
    assert_eq!(paths, expected);
    assert_eq!(source.paths()[0].line, 3);
    let inside = source
        .paths()
        .last()
        .and_then(|path| from_root(&source, path));
    assert_eq!(inside.expect("into this crate"), ["a", "last"]);
}
