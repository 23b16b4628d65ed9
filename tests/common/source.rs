//! The program's sources as words: comments, and items for tests alone, are left out.

use std::fs;
use std::path::{Path, PathBuf};

/// What a word of a source is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// A name, a keyword or a number.
    Word,
    /// A string's content.
    Text,
    /// `::`, or one character.
    Mark,
}

/// One word of a source.
#[derive(Debug, Clone)]
pub struct Token {
    pub kind: Kind,
    pub text: String,
    /// From 1.
    pub line: usize,
}

impl Token {
    /// Whether this is the name or the mark `text`, and not a string that holds it.
    pub fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.text == text
    }
}

/// A path such as `crate::gpu::Gpu`; a `use` with braces gives one for each leaf.
#[derive(Debug, Clone, PartialEq)]
pub struct SourcePath {
    pub segments: Vec<String>,
    pub line: usize,
}

/// A Rust file.
#[derive(Debug)]
pub struct Source {
    /// From the repository's root, with `/`.
    pub path: String,
    /// The code without comments and without what `#[cfg(test)]` marks.
    pub tokens: Vec<Token>,
    /// Modules in files of their own that `#[cfg(test)]` marks.
    test_modules: Vec<String>,
}

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder` with this ending, in order, from the repository's root with `/`.
pub fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the repository") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                found.push(slashed(&path));
            }
        }
    }
    found.sort();
    found
}

fn slashed(path: &Path) -> String {
    let below = path.strip_prefix(root()).expect("below the root");
    below.to_string_lossy().replace('\\', "/")
}

/// The text of a file of the repository.
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file of `src/`, but those that are tests alone.
pub fn rust_files() -> Vec<Source> {
    let all = files("src", "rs").into_iter();
    let all: Vec<_> = all.map(|path| Source::new(&path, &read(&path))).collect();
    let tests: Vec<_> = all.iter().flat_map(Source::test_files).collect();
    all.into_iter()
        .filter(|source| !tests.contains(&source.path))
        .collect()
}

impl Source {
    /// Takes a file's text apart.
    pub fn new(path: &str, text: &str) -> Self {
        let (tokens, test_modules) = without_tests(&tokens(text));
        Self {
            path: path.into(),
            tokens,
            test_modules,
        }
    }

    /// The files of this file's test modules.
    fn test_files(&self) -> Vec<String> {
        let path = PathBuf::from(&self.path);
        let folder = match path.file_stem().expect("a file").to_str() {
            Some("mod" | "lib" | "main") => path.parent().expect("below src").to_path_buf(),
            _ => path.with_extension(""),
        };
        let file = |name: &String| format!("{}/{name}.rs", folder.display()).replace('\\', "/");
        self.test_modules.iter().map(file).collect()
    }

    /// Every path of two segments or more.
    pub fn paths(&self) -> Vec<SourcePath> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            if self.begins_path(at) {
                collect_paths(&self.tokens, &mut at, &[], &mut found);
            } else {
                at += 1;
            }
        }
        found.retain(|path| path.segments.len() > 1);
        found
    }

    fn begins_path(&self, at: usize) -> bool {
        let before = |back: usize, text: &str| {
            at.checked_sub(back)
                .is_some_and(|i| self.tokens[i].is(text))
        };
        let after_name = at > 1 && self.tokens[at - 2].kind == Kind::Word;
        let goes_on = before(1, "::") && (after_name || before(2, ">"));
        let is_member = before(1, ".") && !before(2, ".");
        is_name(&self.tokens[at]) && !goes_on && !is_member && !before(1, "$")
    }
}

fn is_name(token: &Token) -> bool {
    token.kind == Kind::Word && !token.text.starts_with(|c: char| c.is_ascii_digit())
}

/// Reads the path at `at`, moves behind it, and adds it, or its leaves, to `found`.
fn collect_paths(tokens: &[Token], at: &mut usize, before: &[String], found: &mut Vec<SourcePath>) {
    let mut segments = before.to_vec();
    let line = tokens[*at].line;
    while let Some(token) = tokens.get(*at) {
        *at += 1;
        if token.is("{") {
            while *at < tokens.len() && !tokens[*at].is("}") {
                if tokens[*at].is("as") {
                    *at += 2;
                } else if is_name(&tokens[*at]) || tokens[*at].is("*") {
                    collect_paths(tokens, at, &segments, found);
                } else {
                    *at += 1;
                }
            }
            *at += 1;
            return;
        }
        segments.push(token.text.clone());
        let goes_on = |next: &Token| is_name(next) || next.is("{") || next.is("*");
        let is_longer = tokens.get(*at).is_some_and(|t| t.is("::"));
        if !is_longer || !tokens.get(*at + 1).is_some_and(goes_on) {
            break;
        }
        *at += 1;
    }
    found.push(SourcePath { segments, line });
}

/// The tokens without the items that `#[cfg(test)]` marks, and the names of such modules that
/// have a file of their own.
fn without_tests(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut modules = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let rest = &tokens[at..];
        if rest.len() > mark.len() && rest.iter().zip(mark).all(|(token, text)| token.is(text)) {
            let end = item_end(rest, mark.len());
            if rest[end - 1].is(";") && rest[end - 3].is("mod") {
                modules.push(rest[end - 2].text.clone());
            }
            at += end;
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    (kept, modules)
}

/// Where the item that goes on at `from` ends: behind its `;`, or behind its braces.
fn item_end(tokens: &[Token], from: usize) -> usize {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().skip(from) {
        match token.text.as_str() {
            _ if token.kind != Kind::Mark => {}
            "{" | "(" | "[" => depth += 1,
            "}" if depth == 1 => return i + 1,
            "}" | ")" | "]" => depth -= 1,
            ";" if depth == 0 => return i + 1,
            _ => {}
        }
    }
    tokens.len()
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = next_token(rest, first);
        let text = &rest[..length];
        if let Some(kind) = kind {
            let text = text.to_string();
            found.push(Token { kind, text, line });
        }
        line += text.matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// The kind and the length in bytes of what `rest` begins with; no kind: nothing that counts.
fn next_token(rest: &str, first: char) -> (Option<Kind>, usize) {
    if rest.starts_with("//") {
        return (None, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (None, block_comment_length(rest));
    }
    if let Some(length) = string_length(rest) {
        return (Some(Kind::Text), length);
    }
    if let Some(after) = rest.strip_prefix('\'') {
        return (None, 1 + quoted_or_lifetime_length(after));
    }
    if first.is_alphanumeric() || first == '_' {
        let end = |c: char| !c.is_alphanumeric() && c != '_';
        return (Some(Kind::Word), rest.find(end).unwrap_or(rest.len()));
    }
    match first {
        _ if first.is_whitespace() => (None, first.len_utf8()),
        _ if rest.starts_with("::") => (Some(Kind::Mark), 2),
        _ => (Some(Kind::Mark), first.len_utf8()),
    }
}

fn block_comment_length(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while let Some(next) = rest[at..].find(['*', '/']) {
        at += next;
        let opens = rest[at..].starts_with("/*");
        let closes = rest[at..].starts_with("*/");
        at += if opens || closes { 2 } else { 1 };
        depth += i32::from(opens) - i32::from(closes);
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// The length of the string literal, plain or raw, that `rest` begins with.
fn string_length(rest: &str) -> Option<usize> {
    let body = rest.trim_start_matches(['b', 'c']);
    let prefix = rest.len() - body.len();
    if prefix > 1 {
        return None;
    }
    if let Some(raw) = body.strip_prefix('r') {
        let opened = raw.trim_start_matches('#').strip_prefix('"')?;
        let hashes = raw.len() - opened.len() - 1;
        let close = format!("\"{}", "#".repeat(hashes));
        let inside = opened.find(&close).expect("a raw string ends");
        return Some(rest.len() - opened.len() + inside + close.len());
    }
    let opened = body.strip_prefix('"')?;
    let mut is_escaped = false;
    let inside = opened.find(|c| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    });
    Some(rest.len() - opened.len() + inside.expect("a string ends") + 1)
}

/// How much of a character literal or a lifetime comes after the first `'`.
fn quoted_or_lifetime_length(after: &str) -> usize {
    let mut characters = after.char_indices();
    let first = characters.next().map_or(' ', |(_, c)| c);
    let second = characters.next();
    if first == '\\' {
        let end = after[2..].find('\'').expect("a character literal ends");
        return 2 + end + 1;
    }
    match second {
        Some((at, '\'')) => at + 1,
        _ => 0,
    }
}
