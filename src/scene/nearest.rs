//! "Did you mean": the known word most like a mistyped one.

/// The word of `known` that is most like `word` (Damerau and Levenshtein's
/// distance over the longer word's length); the first of equals, `None` of
/// none.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut best: Option<(&str, f64)> = None;
    for candidate in known {
        let likeness = strsim::normalized_damerau_levenshtein(word, candidate);
        if best.is_none_or(|(_, most)| likeness > most) {
            best = Some((candidate, likeness));
        }
    }
    best.map(|(word, _)| word)
}
