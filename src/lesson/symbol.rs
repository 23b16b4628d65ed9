//! Names of formulas and rules as the literature writes them: `beta1` is β₁.

use super::math::Math;

/// Words that stand for Greek letters; `lambd` is torch's, since Python keeps the whole word.
const GREEK: [(&str, &str); 24] = [
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("eps", "ε"),
    ("epsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("lambd", "λ"),
    ("mu", "μ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("pi", "π"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("tau", "τ"),
    ("phi", "φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("omega", "ω"),
    ("Delta", "Δ"),
];

/// Words behind `_` that stand as an index; others belong to the name.
const INDICES: [(&str, &str); 7] = [
    ("min", "min"),
    ("max", "max"),
    ("next", "next"),
    ("minus", "−"),
    ("plus", "+"),
    ("low", "low"),
    ("high", "high"),
];

/// A name as a formula shows it.
pub fn symbol(name: &str) -> Math {
    match name {
        "g" | "grad" | "∇f" => return Math::text("∇f"),
        // As the lecture writes it.
        "∇w" => return Math::text("∇w"),
        _ => {}
    }
    let (base, index) = parts(name);
    let letter = GREEK.iter().find(|(word, _)| *word == base);
    let base = letter.map_or_else(
        || base.replace('_', " "),
        |(_, letter)| (*letter).to_owned(),
    );
    match index {
        None => Math::text(base),
        Some(index) => Math::lowered(Math::text(base), index),
    }
}

/// A name without its index, and the index.
fn parts(name: &str) -> (&str, Option<&str>) {
    if let Some((base, word)) = name.rsplit_once('_') {
        if let Some((_, index)) = INDICES.iter().find(|(known, _)| *known == word) {
            return (base, Some(index));
        }
        let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        return match is_number {
            true => (base, Some(word)),
            false => (name, None),
        };
    }
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_letter = base.chars().count() == 1 || GREEK.iter().any(|(word, _)| *word == base);
    match is_letter && base.len() < name.len() {
        true => (base, Some(&name[base.len()..])),
        false => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::symbol;

    #[test]
    fn names_look_as_in_the_literature() {
        for (name, text) in [
            ("beta1", "β₁"),
            ("eps", "ε"),
            ("g", "∇f"),
            ("∇w", "∇w"),
            ("w", "w"),
            ("w12", "w₁₂"),
            ("lr", "lr"),
            ("weight_decay", "weight decay"),
            ("eta_plus", "η_+"),
            ("rho_max", "ρ_max"),
            ("x_1", "x₁"),
            ("vmax", "vmax"),
            ("lambd", "λ"),
            ("a2b", "a2b"),
        ] {
            assert_eq!(symbol(name).to_string(), text);
        }
    }
}
