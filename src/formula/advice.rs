//! What to write in place of signs and words that other notations have and this one has not.

use super::error::shown;
use super::{FormulaError, Span, function, lookalike, nearest};

/// What holds for `&&` and its like.
const ALL: &str = "a product of comparisons holds where all hold: (x > 0)*(y > 0)";
/// What holds for `…` and its like.
const SUM: &str = "a sum is written so: sum(i, 1, 5, i*x)";
/// What holds for `||` and its like.
pub const ANY: &str = "write max(x > 0, y > 0) where one of two is to hold";
/// What holds for `~` and its like.
const NOT: &str = "write 1 - (x > 0) for the contrary";
/// What holds for the words of programs.
const LEAVE_OUT: &str = "leave it out: a formula is a value alone, such as x^2 + 3*y^2";
/// What holds for functions that answer otherwise each time.
const CHANCE: &str = "a formula gives the same value at each call";
/// What holds for the signs and names of derivatives.
const DERIVATIVES: &str = "leave derivatives out: they are made from the formula";
/// What holds for infinities.
const INFINITY: &str = "there is no infinity in a formula; write a large number";
/// What holds for `?` and `:`.
const IF: &str = "a condition is written so: if(x > 0, a, b)";

/// What comes before the names that are known.
pub const NAMES_HERE: &str = "; the names here are ";

/// Operators of other notations that begin as one of the language does.
const OPERATORS: [(&str, &str); 12] = [
    ("^^", "one `^` makes a power"),
    ("***", "`*` makes a product, `^` or `**` a power"),
    ("//", "write floor(a/b) for a whole quotient"),
    ("+=", "name a new part, as in `v = u + 1`"),
    ("*=", "name a new part, as in `v = 2*u`"),
    ("/=", "write `!=` for unequal"),
    ("===", "write `==`"),
    ("=<", "write `<=`"),
    ("=>", "write `>=`"),
    ("<>", "write `!=`"),
    ("->", "write the value alone"),
    ("...", SUM),
];

/// Signs of other notations, each with what to write instead.
const SIGNS: [(&str, &str); 31] = [
    (":=", "write `=`"),
    ("&", ALL),
    ("∧", ALL),
    ("∨", ANY),
    ("→", "write the value alone"),
    (
        "@",
        "write dot(a, b) for the product of two vectors, `*` for all others",
    ),
    ("…", SUM),
    ("⋯", SUM),
    ("∑", SUM),
    ("∏", "a product is written so: prod(i, 1, 5, i*x)"),
    (
        "!",
        "write 1 - (x > 0) for the contrary, prod(i, 1, 5, i) for a factorial",
    ),
    ("¬", NOT),
    ("~", NOT),
    (
        "%",
        "write mod(a, b) for a remainder, x/100 for a percentage",
    ),
    (":", IF),
    ("?", IF),
    ("$", "leave out the `$` around the formula"),
    ("∞", INFINITY),
    ("∂", DERIVATIVES),
    (
        "∫",
        "there are no integrals; a sum such as sum(i, 1, 100, …) can stand for one",
    ),
    ("±", "write + or -"),
    ("⌊", "write floor(x)"),
    ("⌋", "write floor(x)"),
    ("⌈", "write ceil(x)"),
    ("⌉", "write ceil(x)"),
    ("°", "angles are in radians: write 30*pi/180 for 30 degrees"),
    ("ⁿ", "write x^n"),
    ("⅓", "write 1/3"),
    ("⅔", "write 2/3"),
    ("⅛", "write 1/8"),
    ("\0", "a text has no such byte"),
];

/// Quotes and primes, straight and curly.
const QUOTES: &str = "'\"`’‘“”„′″´";

/// Words of other languages with what they are called here.
const WORDS: [(&str, &str); 60] = [
    ("fabs", "abs"),
    ("sgn", "sign"),
    ("signum", "sign"),
    ("arctan2", "atan2"),
    ("arcsinh", "asinh"),
    ("arccosh", "acosh"),
    ("arctanh", "atanh"),
    ("tg", "tan"),
    ("ctg", "cot"),
    ("cotan", "cot"),
    ("cosec", "csc"),
    ("arctg", "atan"),
    ("sh", "sinh"),
    ("ch", "cosh"),
    ("th", "tanh"),
    ("lg", "log10"),
    ("ld", "log2"),
    ("lb", "log2"),
    ("ln2", "log2"),
    ("ln10", "log10"),
    ("power", "pow"),
    ("root", "sqrt"),
    ("maximum", "max"),
    ("minimum", "min"),
    ("fmax", "max"),
    ("fmin", "min"),
    ("clip", "clamp"),
    ("fmod", "mod"),
    ("rem", "mod"),
    ("remainder", "mod"),
    ("where", "if"),
    ("ifelse", "if"),
    ("iif", "if"),
    ("piecewise", "if"),
    ("expit", "sigmoid"),
    ("logistic", "sigmoid"),
    ("σ", "sigmoid"),
    ("product", "prod"),
    ("Sum", "sum"),
    ("Σ", "sum"),
    ("Π", "prod"),
    ("sqr", "x^2"),
    ("square", "x^2"),
    ("cube", "x^3"),
    ("exp2", "2^x"),
    ("erfc", "1 - erf(x)"),
    ("rsqrt", "1/sqrt(x)"),
    ("heaviside", "(x > 0)"),
    ("step", "(x > 0)"),
    ("trunc", "sign(x)*floor(abs(x))"),
    ("frac", "x - floor(x)"),
    ("fract", "x - floor(x)"),
    ("silu", "x*sigmoid(x)"),
    ("swish", "x*sigmoid(x)"),
    ("sinc", "sin(x)/x"),
    ("gelu", "x*(1 + erf(x/sqrt(2)))/2"),
    ("logit", "log(x/(1 - x))"),
    ("mse", "mean((a - b)^2)"),
    ("avg", "mean"),
    ("average", "mean"),
];

/// What is written like a function, and goes over an index or over rows.
pub const LOOPS: [&str; 3] = ["sum", "prod", "mean"];

/// Words that a formula has no use for, wherever they stand.
const KEYWORDS: [(&str, &str); 14] = [
    ("and", ALL),
    ("or", ANY),
    ("not", NOT),
    ("else", IF),
    ("then", IF),
    ("return", LEAVE_OUT),
    ("let", LEAVE_OUT),
    ("var", LEAVE_OUT),
    ("const", LEAVE_OUT),
    ("def", LEAVE_OUT),
    ("float", LEAVE_OUT),
    ("double", LEAVE_OUT),
    ("import", LEAVE_OUT),
    ("from", LEAVE_OUT),
];

/// Names and functions that nothing here is like, each with what to do instead.
const WITHOUT: [(&str, &str); 20] = [
    (
        "model",
        "the output of the machine that a table's rows teach is given with --model \"w1*x + w2\", or in a \
         scene as loss.data.model",
    ),
    (
        "mean",
        "a mean over a table's rows is written so: mean((w1*x - y)^2)",
    ),
    ("inf", INFINITY),
    ("Inf", INFINITY),
    ("infinity", INFINITY),
    ("Infinity", INFINITY),
    ("nan", "a formula has no such number"),
    ("NaN", "a formula has no such number"),
    ("True", "write 1"),
    ("False", "write 0"),
    ("factorial", "write prod(i, 1, 5, i)"),
    ("fact", "write prod(i, 1, 5, i)"),
    ("rand", CHANCE),
    ("random", CHANCE),
    ("randn", CHANCE),
    ("noise", CHANCE),
    ("diff", DERIVATIVES),
    ("grad", DERIVATIVES),
    ("derivative", DERIVATIVES),
    ("Derivative", DERIVATIVES),
];

/// The operator of another notation that `rest` begins with, as an error at `at`.
pub fn of_operator(at: usize, rest: &str) -> Option<FormulaError> {
    listed(&OPERATORS, at, rest)
}

/// What is said of the character at `at`, which `rest` begins with and which means nothing.
pub fn of_character(at: usize, rest: &str) -> FormulaError {
    if let Some(error) = listed(&SIGNS, at, rest) {
        return error;
    }
    let first = rest.chars().next().unwrap_or_default();
    let shown = first.escape_debug();
    let message = match lookalike::sign(first) {
        Some(plain) => format!(
            "this `{shown}` is not the `{plain}` that it looks like, but U+{:04X}; write `{plain}`",
            first as u32
        ),
        None if QUOTES.contains(first) => format!(
            "`{first}` means nothing here; a formula has no quotes, and its derivatives are made \
             without a prime"
        ),
        None => format!("`{shown}` means nothing here"),
    };
    FormulaError::new(at..at + first.len_utf8(), message)
}

fn listed(signs: &[(&str, &str)], at: usize, rest: &str) -> Option<FormulaError> {
    let (sign, advice) = signs.iter().find(|(sign, _)| rest.starts_with(sign))?;
    let shown = sign.escape_debug();
    Some(FormulaError::new(
        at..at + sign.len(),
        format!("`{shown}` means nothing here; {advice}"),
    ))
}

/// A word that no formula has, as an error.
pub fn of_keyword(span: &Span, word: &str) -> Option<FormulaError> {
    let (_, advice) = KEYWORDS.iter().find(|(keyword, _)| *keyword == word)?;
    let message = format!("`{word}` means nothing here; {advice}");
    Some(FormulaError::new(span.clone(), message))
}

/// The error for a name that stands for nothing; `names` are those that stand for something.
pub fn unknown_name<'a>(
    span: Span,
    word: &str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> FormulaError {
    let advice = lookalike::of_name(&shown(word))
        .or_else(|| name_meant(word, names.clone()))
        .unwrap_or_else(|| {
            let mut names: Vec<_> = names.filter(|name| name.is_ascii()).collect();
            names.sort_by_key(|name| ["pi", "e", "tau"].contains(name));
            format!("{NAMES_HERE}{}", names.join(", "))
        });
    FormulaError::new(span, format!("unknown name `{}`{advice}", shown(word)))
}

/// The error for `w[1]`, which would be a product.
pub fn indexed(span: Span, word: &str) -> FormulaError {
    if in_lower_case(word).is_some() {
        return unknown_function(span, word);
    }
    let word = shown(word);
    FormulaError::new(
        span,
        format!("`{word}[…]` is no part of `{word}`: write {word}1, {word}2, … or {word}*(…)"),
    )
}

/// The error for a function that there is not.
pub fn unknown_function(span: Span, word: &str) -> FormulaError {
    let advice = lookalike::of_name(&shown(word))
        .or_else(|| function_meant(word))
        .unwrap_or_default();
    FormulaError::new(span, format!("unknown function `{}`{advice}", shown(word)))
}

fn listed_word(word: &str) -> Option<String> {
    if let Some((_, advice)) = WITHOUT.iter().find(|(without, _)| *without == word) {
        return Some(format!("; {advice}"));
    }
    let base = word.strip_prefix("log").map(str::parse::<u32>);
    if let Some(Ok(base)) = base {
        return Some(format!("; write log(x)/log({base})"));
    }
    let (_, ours) = WORDS.iter().find(|(theirs, _)| *theirs == word)?;
    Some(format!("; here it is `{ours}`"))
}

fn in_lower_case(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    (function::is_known(&lower) || LOOPS.contains(&lower.as_str())).then_some(lower)
}

fn meant(text: &str) -> String {
    format!("; did you mean `{text}`?")
}

fn function_meant(word: &str) -> Option<String> {
    if let Some(advice) = listed_word(word) {
        return Some(advice);
    }
    if let Some(lower) = in_lower_case(word) {
        return Some(meant(&lower));
    }
    nearest(word, function::names().chain(LOOPS)).map(meant)
}

fn name_meant<'a>(word: &str, names: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(advice) = listed_word(word) {
        return Some(advice);
    }
    if let Some(factors) = factors(word, names.clone()) {
        return Some(meant(&factors));
    }
    if let Some(name) = nearest(word, names) {
        return Some(meant(name));
    }
    // A single letter is near to many words, and meant as none.
    word.chars().nth(1)?;
    let lower = in_lower_case(word);
    let function = lower
        .as_deref()
        .or_else(|| nearest(word, function::names()))?;
    Some(meant(&format!("{function}(…)")))
}

/// `xy` as `x*y`, `sinx` as `sin(x)`, where the parts are known; `x` and `y` always are: they
/// may stand nowhere else in the formula.
fn factors<'a>(word: &str, names: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let is_known = |part: &str| names.clone().chain(["x", "y"]).any(|name| name == part);
    for (at, _) in word.char_indices().take(20).skip(1) {
        let (first, rest) = word.split_at(at);
        if function::is_known(first) && is_known(rest) {
            return Some(format!("{first}({rest})"));
        }
    }
    let letters: Vec<String> = word.chars().take(6).map(String::from).collect();
    ((2..6).contains(&letters.len()) && letters.iter().all(|letter| is_known(letter)))
        .then(|| letters.join("*"))
}
