//! A formula as boxes, for whoever draws it: rows, fractions, roots, powers, columns.

use std::fmt;

/// A part of a formula.
#[derive(Debug, Clone, PartialEq)]
pub enum Math {
    /// Signs in one line.
    Text(String),
    /// One beside the other.
    Row(Vec<Math>),
    /// The first over the second.
    Fraction(Box<[Math; 2]>),
    /// Under a root.
    Root(Box<Math>),
    /// The first with the second raised behind it.
    Raised(Box<[Math; 2]>),
    /// The first with the second lowered behind it.
    Lowered(Box<[Math; 2]>),
    /// A vector or a matrix in brackets: rows of cells.
    Grid(Vec<Vec<String>>),
}

impl Math {
    /// A line of signs.
    pub fn text(signs: impl Into<String>) -> Self {
        Self::Text(signs.into())
    }

    /// `top` over `bottom`.
    pub fn fraction(top: Self, bottom: Self) -> Self {
        Self::Fraction(Box::new([top, bottom]))
    }

    /// `base` to the power `exponent`.
    pub fn raised(base: Self, exponent: Self) -> Self {
        Self::Raised(Box::new([base, exponent]))
    }

    /// `base` with an index.
    pub fn lowered(base: Self, index: &str) -> Self {
        Self::Lowered(Box::new([base, Self::text(index)]))
    }

    /// Everything in a pair of brackets.
    pub fn within(open: &str, inner: Self, close: &str) -> Self {
        Self::Row(vec![Self::text(open), inner, Self::text(close)])
    }

    /// How deep boxes stand within boxes; a line of signs is 0.
    pub fn depth(&self) -> usize {
        match self {
            Self::Text(_) | Self::Grid(_) => 0,
            Self::Row(parts) => parts.iter().map(Self::depth).max().unwrap_or(0),
            Self::Root(inner) => 1 + inner.depth(),
            Self::Fraction(parts) | Self::Raised(parts) | Self::Lowered(parts) => {
                1 + parts[0].depth().max(parts[1].depth())
            }
        }
    }

    /// Whether it is one thing that needs no brackets beside a power or a slash.
    fn is_whole(&self) -> bool {
        match self {
            Self::Text(text) => !text.contains(' '),
            Self::Row(parts) => match parts.as_slice() {
                [only] => only.is_whole(),
                [Self::Text(open), .., Self::Text(close)] => {
                    open.ends_with(['(', '⟨', '‖', '|'])
                        && [")", "⟩", "‖", "|"].contains(&close.as_str())
                }
                _ => false,
            },
            Self::Fraction(_) => false,
            Self::Root(_) | Self::Raised(_) | Self::Lowered(_) | Self::Grid(_) => true,
        }
    }
}

/// In one line.
impl fmt::Display for Math {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracketed = |out: &mut fmt::Formatter<'_>, part: &Self| match part.is_whole() {
            true => write!(out, "{part}"),
            false => write!(out, "({part})"),
        };
        match self {
            Self::Text(text) => out.write_str(text),
            Self::Row(parts) => {
                // A fraction among factors must not run on into the next one.
                let is_factor = |at: Option<usize>| {
                    let sign = at.and_then(|at| parts.get(at));
                    matches!(sign, Some(Self::Text(sign)) if sign == " " || sign == " · ")
                };
                for (at, part) in parts.iter().enumerate() {
                    match part {
                        Self::Fraction(_)
                            if is_factor(at.checked_sub(1)) || is_factor(Some(at + 1)) =>
                        {
                            write!(out, "({part})")?;
                        }
                        _ => write!(out, "{part}")?,
                    }
                }
                Ok(())
            }
            Self::Fraction(parts) => {
                bracketed(out, &parts[0])?;
                out.write_str(" / ")?;
                bracketed(out, &parts[1])
            }
            Self::Root(inner) => {
                out.write_str("√")?;
                bracketed(out, inner)
            }
            Self::Raised(parts) => {
                bracketed(out, &parts[0])?;
                match raised_signs(&parts[1]) {
                    Some(signs) => out.write_str(&signs),
                    None => {
                        out.write_str("^")?;
                        bracketed(out, &parts[1])
                    }
                }
            }
            Self::Lowered(parts) => {
                bracketed(out, &parts[0])?;
                match lowered_signs(&parts[1]) {
                    Some(signs) => out.write_str(&signs),
                    None => write!(out, "_{}", parts[1]),
                }
            }
            Self::Grid(rows) => {
                let rows: Vec<_> = rows.iter().map(|cells| cells.join(", ")).collect();
                let between = if rows.iter().any(|row| row.contains(", ")) {
                    "; "
                } else {
                    ", "
                };
                write!(out, "({})", rows.join(between))
            }
        }
    }
}

/// Raised signs for what has them.
fn raised_signs(exponent: &Math) -> Option<String> {
    const SIGNS: [(char, char); 13] = [
        ('0', '⁰'),
        ('1', '¹'),
        ('2', '²'),
        ('3', '³'),
        ('4', '⁴'),
        ('5', '⁵'),
        ('6', '⁶'),
        ('7', '⁷'),
        ('8', '⁸'),
        ('9', '⁹'),
        ('−', '⁻'),
        ('t', 'ᵗ'),
        ('ᵀ', 'ᵀ'),
    ];
    replaced(exponent, &SIGNS)
}

/// Lowered signs for what has them.
fn lowered_signs(index: &Math) -> Option<String> {
    const SIGNS: [(char, char); 10] = [
        ('0', '₀'),
        ('1', '₁'),
        ('2', '₂'),
        ('3', '₃'),
        ('4', '₄'),
        ('5', '₅'),
        ('6', '₆'),
        ('7', '₇'),
        ('8', '₈'),
        ('9', '₉'),
    ];
    replaced(index, &SIGNS)
}

fn replaced(math: &Math, signs: &[(char, char)]) -> Option<String> {
    let Math::Text(text) = math else { return None };
    let sign = |c: char| signs.iter().find(|(from, _)| *from == c).map(|(_, to)| *to);
    text.chars().map(sign).collect()
}
