//! Characters that look like others: what a reader took for `x` or `-` may be neither.

/// Signs that look like those of the language, full-width ones aside.
const SIGNS: [(char, char); 11] = [
    ('、', ','),
    ('‚', ','),
    ('―', '-'),
    ('✕', '*'),
    ('✖', '*'),
    ('•', '*'),
    ('ˆ', '^'),
    ('〈', '<'),
    ('⟨', '<'),
    ('〉', '>'),
    ('⟩', '>'),
];

/// Letters of an alphabet, each with the Latin one that it looks like.
const ALPHABETS: [(&str, &str, &str); 2] = [
    (
        "Cyrillic",
        "аеорсухіјѕԁһԝԛАВЕКМНОРСТУХІЈЅ",
        "aeopcyxijsdhwqABEKMHOPCTYXIJS",
    ),
    ("Greek", "οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oABEZHIKMNOPTYX"),
];

/// The plain ASCII of a full-width character, as East Asian keyboards write them.
fn half_width(c: char) -> Option<char> {
    matches!(c, '！'..='～')
        .then(|| char::from_u32(c as u32 - 0xfee0))
        .flatten()
}

/// The sign or digit that `c` looks like.
pub fn sign(c: char) -> Option<char> {
    let found = SIGNS.iter().find(|(other, _)| *other == c);
    found.map(|(_, plain)| *plain).or_else(|| half_width(c))
}

/// What is said of an unknown name whose letters but look Latin.
pub fn of_name(name: &str) -> Option<String> {
    let plain: String = name
        .chars()
        .map(|c| latin(c).map_or(c, |(_, plain)| plain))
        .collect();
    let letter = name.chars().find(|c| latin(*c).is_some())?;
    let (kind, plain_letter) = latin(letter)?;
    plain.is_ascii().then(|| {
        format!(
            ": this `{letter}` is a {kind} letter that looks like `{plain_letter}`; write `{plain}`"
        )
    })
}

/// The Latin letter that another looks like, with the name of the other's kind.
fn latin(letter: char) -> Option<(&'static str, char)> {
    if let Some(plain) = half_width(letter) {
        return Some(("full-width", plain));
    }
    ALPHABETS.iter().find_map(|(kind, letters, latin)| {
        let at = letters.chars().position(|c| c == letter)?;
        Some((*kind, latin.chars().nth(at)?))
    })
}

/// Marks that are not seen: pages and word processors put them between letters.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// The plain letter of a mathematical one, as a paper's text has them (`𝑥`, `𝐰`, `𝜃`, `ℎ`).
pub fn plain_letter(c: char) -> char {
    const LATIN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const GREEK: &str = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΘΣΤΥΦΧΨΩ∇αβγδεζηθικλμνξοπρςστυφχψω∂εθκφρπ";
    // The styles follow each other: upright bold, italic, bold italic, …
    let of = |first: u32, letters: &str| {
        let count = letters.chars().count();
        letters.chars().nth((c as u32 - first) as usize % count)
    };
    let plain = match c {
        'ℎ' => Some('h'),
        '\u{1d400}'..='\u{1d6a3}' => of(0x1d400, LATIN),
        '\u{1d6a8}'..='\u{1d7c9}' => of(0x1d6a8, GREEK),
        _ => None,
    };
    plain.unwrap_or(c)
}
