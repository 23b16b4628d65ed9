//! LaTeX's commands as formulas use them: what each `\word` stands for.

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
    /// `\mathrm{name}` and its like: the name in braces.
    Upright,
}

/// Every command that a formula may have.
const COMMANDS: [(&str, Command); 88] = [
    ("left", Command::Blank),
    ("right", Command::Blank),
    ("big", Command::Blank),
    ("Big", Command::Blank),
    ("bigl", Command::Blank),
    ("bigr", Command::Blank),
    ("Bigl", Command::Blank),
    ("Bigr", Command::Blank),
    ("quad", Command::Blank),
    ("displaystyle", Command::Blank),
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
    ("frac", Command::Fraction),
    ("dfrac", Command::Fraction),
    ("tfrac", Command::Fraction),
    ("mathrm", Command::Upright),
    ("operatorname", Command::Upright),
    ("text", Command::Upright),
    ("mathit", Command::Upright),
    ("sum", Command::Name("sum")),
    ("prod", Command::Name("prod")),
    ("sqrt", Command::Name("sqrt")),
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

/// Signs behind a backslash: `\,`, `\{` and their like.
const ESCAPED: [(&str, Command); 7] = [
    (",", Command::Blank),
    (";", Command::Blank),
    (":", Command::Blank),
    ("!", Command::Blank),
    (" ", Command::Blank),
    ("{", Command::Sign("(")),
    ("}", Command::Sign(")")),
];

/// The command at the start of `text`, which begins behind the backslash, with its length; the
/// word alone where it is unknown.
pub fn command(text: &str) -> (Option<Command>, usize) {
    if let Some((sign, command)) = ESCAPED.iter().find(|(sign, _)| text.starts_with(sign)) {
        return (Some(*command), sign.len());
    }
    let length = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let word = &text[..length];
    let known = COMMANDS.iter().find(|(name, _)| *name == word);
    (known.map(|(_, command)| *command), length)
}

/// Every command's word.
pub fn words() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|(name, _)| *name)
}
