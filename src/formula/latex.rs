//! LaTeX's commands as formulas use them: what each `\word` stands for.

use super::error::shown;
use super::{FormulaError, Span, function, nearest};

/// What a command stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Nothing: spaces and the sizes of brackets.
    Blank,
    /// A sign.
    Sign(&'static str),
    /// A name, of a function or a letter.
    Name(&'static str),
    /// `\frac{a}{b}`.
    Fraction,
    /// `\sqrt{a}`.
    Root,
    /// `\mathrm{name}` and its like: the name in braces.
    Upright,
}

/// Every command that a formula may have.
const COMMANDS: [(&str, Command); 105] = [
    ("left", Command::Blank),
    ("right", Command::Blank),
    ("big", Command::Blank),
    ("Big", Command::Blank),
    ("bigl", Command::Blank),
    ("bigr", Command::Blank),
    ("Bigl", Command::Blank),
    ("Bigr", Command::Blank),
    ("bigg", Command::Blank),
    ("Bigg", Command::Blank),
    ("quad", Command::Blank),
    ("qquad", Command::Blank),
    ("displaystyle", Command::Blank),
    ("textstyle", Command::Blank),
    ("limits", Command::Blank),
    ("cdot", Command::Sign("*")),
    ("times", Command::Sign("*")),
    ("ast", Command::Sign("*")),
    ("div", Command::Sign("/")),
    ("le", Command::Sign("<=")),
    ("leq", Command::Sign("<=")),
    ("ge", Command::Sign(">=")),
    ("geq", Command::Sign(">=")),
    ("ne", Command::Sign("!=")),
    ("neq", Command::Sign("!=")),
    ("lt", Command::Sign("<")),
    ("gt", Command::Sign(">")),
    ("lvert", Command::Sign("|")),
    ("rvert", Command::Sign("|")),
    ("vert", Command::Sign("|")),
    ("mid", Command::Sign("|")),
    ("lbrace", Command::Sign("(")),
    ("rbrace", Command::Sign(")")),
    ("lbrack", Command::Sign("[")),
    ("rbrack", Command::Sign("]")),
    ("frac", Command::Fraction),
    ("dfrac", Command::Fraction),
    ("tfrac", Command::Fraction),
    ("mathrm", Command::Upright),
    ("operatorname", Command::Upright),
    ("text", Command::Upright),
    ("mathit", Command::Upright),
    ("mathbf", Command::Upright),
    ("mathsf", Command::Upright),
    ("mathcal", Command::Upright),
    ("boldsymbol", Command::Upright),
    ("bm", Command::Upright),
    ("lVert", Command::Sign("‖")),
    ("rVert", Command::Sign("‖")),
    ("Vert", Command::Sign("‖")),
    ("sum", Command::Name("sum")),
    ("prod", Command::Name("prod")),
    ("sqrt", Command::Root),
    ("exp", Command::Name("exp")),
    ("log", Command::Name("log")),
    ("ln", Command::Name("ln")),
    ("sin", Command::Name("sin")),
    ("cos", Command::Name("cos")),
    ("tan", Command::Name("tan")),
    ("sec", Command::Name("sec")),
    ("csc", Command::Name("csc")),
    ("cot", Command::Name("cot")),
    ("arcsin", Command::Name("asin")),
    ("arccos", Command::Name("acos")),
    ("arctan", Command::Name("atan")),
    ("sinh", Command::Name("sinh")),
    ("cosh", Command::Name("cosh")),
    ("tanh", Command::Name("tanh")),
    ("min", Command::Name("min")),
    ("max", Command::Name("max")),
    ("pi", Command::Name("pi")),
    ("nabla", Command::Name("∇")),
    ("alpha", Command::Name("α")),
    ("beta", Command::Name("β")),
    ("gamma", Command::Name("γ")),
    ("delta", Command::Name("δ")),
    ("epsilon", Command::Name("ε")),
    ("varepsilon", Command::Name("ε")),
    ("zeta", Command::Name("ζ")),
    ("eta", Command::Name("η")),
    ("theta", Command::Name("θ")),
    ("vartheta", Command::Name("θ")),
    ("iota", Command::Name("ι")),
    ("kappa", Command::Name("κ")),
    ("lambda", Command::Name("λ")),
    ("mu", Command::Name("μ")),
    ("nu", Command::Name("ν")),
    ("xi", Command::Name("ξ")),
    ("rho", Command::Name("ρ")),
    ("sigma", Command::Name("σ")),
    ("tau", Command::Name("τ")),
    ("upsilon", Command::Name("υ")),
    ("phi", Command::Name("φ")),
    ("varphi", Command::Name("φ")),
    ("chi", Command::Name("χ")),
    ("psi", Command::Name("ψ")),
    ("omega", Command::Name("ω")),
    ("Gamma", Command::Name("Γ")),
    ("Delta", Command::Name("Δ")),
    ("Theta", Command::Name("Θ")),
    ("Lambda", Command::Name("Λ")),
    ("Sigma", Command::Name("Σ")),
    ("Phi", Command::Name("Φ")),
    ("Psi", Command::Name("Ψ")),
    ("Omega", Command::Name("Ω")),
];

const PLAIN: &str = "write the plain letter";
const ALONE: &str = "paste the formula alone, without what is around it";
const SUM: &str = "a sum is written so: \\sum_{i=1}^{5} i x";

/// Commands that a formula has no use for, each with what to write instead.
const FOREIGN: [(&str, &str); 43] = [
    ("begin", ALONE),
    ("end", ALONE),
    ("label", ALONE),
    ("tag", ALONE),
    ("nonumber", ALONE),
    ("\\", "a line ends where the text's line ends, or at `;`"),
    ("&", "leave it out"),
    ("%", "write x/100 for a percentage"),
    ("_", "write `_` without the backslash"),
    ("#", "leave it out"),
    ("$", "leave it out"),
    ("(", ALONE),
    (")", ALONE),
    ("[", ALONE),
    ("]", ALONE),
    ("lfloor", "write floor(x)"),
    ("rfloor", "write floor(x)"),
    ("lceil", "write ceil(x)"),
    ("rceil", "write ceil(x)"),
    ("bmod", "write mod(a, b)"),
    ("pmod", "write mod(a, b)"),
    ("mod", "write mod(a, b)"),
    ("binom", "write the number itself"),
    (
        "infty",
        "there is no infinity in a formula; write a large number",
    ),
    (
        "partial",
        "leave derivatives out: they are made from the formula",
    ),
    ("int", "there are no integrals; a sum can stand for one"),
    ("lim", "there are no limits; write the value that is meant"),
    ("dots", SUM),
    ("ldots", SUM),
    ("cdots", SUM),
    ("pm", "write + or -"),
    ("mp", "write + or -"),
    ("land", "write (x > 0)*(y > 0) where both are to hold"),
    ("wedge", "write (x > 0)*(y > 0) where both are to hold"),
    ("lor", "write max(x > 0, y > 0) where one of two is to hold"),
    ("approx", "write `==`"),
    ("equiv", "write `==`"),
    ("vec", PLAIN),
    ("hat", PLAIN),
    ("bar", PLAIN),
    ("tilde", PLAIN),
    ("overline", PLAIN),
    ("mathbb", PLAIN),
];

/// Signs behind a backslash: `\,`, `\{` and their like.
const ESCAPED: [(&str, Command); 8] = [
    (",", Command::Blank),
    (";", Command::Blank),
    (":", Command::Blank),
    ("!", Command::Blank),
    (" ", Command::Blank),
    ("{", Command::Sign("(")),
    ("}", Command::Sign(")")),
    ("|", Command::Sign("‖")),
];

/// The command at the start of `text`, which begins behind the backslash, with its length; the
/// word alone where it is unknown.
pub fn command(text: &str) -> (Option<Command>, usize) {
    if let Some((sign, command)) = ESCAPED.iter().find(|(sign, _)| text.starts_with(sign)) {
        return (Some(*command), sign.len());
    }
    let length = match text.find(|c: char| !c.is_ascii_alphabetic()) {
        // A sign of its own, as in `\|`.
        Some(0) => text.chars().next().map_or(0, char::len_utf8),
        Some(length) => length,
        None => text.len(),
    };
    let word = &text[..length];
    let known = COMMANDS.iter().find(|(name, _)| *name == word);
    (known.map(|(_, command)| *command), length)
}

/// What is said of a command that stands for nothing.
pub fn unknown(span: Span, word: &str) -> FormulaError {
    if word.trim().is_empty() {
        return FormulaError::new(span, "a command's name is missing behind this `\\`");
    }
    if let Some((_, advice)) = FOREIGN.iter().find(|(foreign, _)| *foreign == word) {
        return FormulaError::new(span, format!("`\\{word}` means nothing here; {advice}"));
    }
    let advice = match nearest(word, COMMANDS.iter().map(|(name, _)| *name)) {
        Some(known) => format!("; did you mean `\\{known}`?"),
        None if function::is_known(word) => format!("; write `{word}(…)` without the `\\`"),
        None => String::new(),
    };
    FormulaError::new(span, format!("unknown command `\\{}`{advice}", shown(word)))
}
