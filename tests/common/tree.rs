//! Random expressions in x and y over the whole formula language.

use proptest::prelude::*;

/// An expression.
#[derive(Debug, Clone)]
pub enum Tree {
    /// The first parameter.
    X,
    /// The second parameter.
    Y,
    /// The index of the loop around; 2 outside of loops.
    Index,
    /// A number.
    Number(f64),
    /// A function of one value, or "-".
    Unary(&'static str, Box<Tree>),
    /// `+ - * /`.
    Binary(&'static str, Box<Tree>, Box<Tree>),
    /// A function of two values.
    Call(&'static str, Box<Tree>, Box<Tree>),
    /// A whole power.
    Power(Box<Tree>, i32),
    /// `clamp(x, low, high)`.
    Clamp(Box<Tree>, f64, f64),
    /// `if(a < b, c, d)`, with a comparison of [`COMPARISONS`].
    If(&'static str, [Box<Tree>; 4]),
    /// A sum or product over k from 1 to a number.
    Loop(&'static str, u32, Box<Tree>),
}

/// Functions of one value.
pub const UNARY: [&str; 38] = [
    "-", "abs", "sign", "floor", "ceil", "round", "sqrt", "cbrt", "exp", "expm1", "log", "log1p",
    "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh",
    "acosh", "atanh", "erf", "sigmoid", "softplus", "relu", "sec", "csc", "cot", "sin", "exp",
    "tanh", "log", "sqrt",
];

/// Functions of two values.
pub const CALLS: [&str; 6] = ["min", "max", "mod", "pow", "hypot", "atan2"];

/// Comparisons.
pub const COMPARISONS: [&str; 6] = ["<", "<=", ">", ">=", "==", "!="];

/// Numbers with few digits, so that texts are short and f32 holds them.
fn number() -> impl Strategy<Value = f64> {
    (-4.0..4.0_f64).prop_map(|value| (value * 8.0).round() / 8.0 + 0.0)
}

/// A random expression of up to about thirty parts.
pub fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        4 => Just(Tree::X),
        4 => Just(Tree::Y),
        1 => Just(Tree::Index),
        1 => number().prop_map(Tree::Number),
    ];
    leaf.prop_recursive(5, 24, 2, |inner| {
        let boxed = inner.clone().prop_map(Box::new).boxed();
        let select = |words: &'static [&'static str]| proptest::sample::select(words);
        prop_oneof![
            6 => (select(&UNARY), boxed.clone()).prop_map(|(name, a)| Tree::Unary(name, a)),
            6 => (select(&["+", "-", "*", "/"]), boxed.clone(), boxed.clone())
                .prop_map(|(sign, a, b)| Tree::Binary(sign, a, b)),
            3 => (select(&CALLS), boxed.clone(), boxed.clone())
                .prop_map(|(name, a, b)| Tree::Call(name, a, b)),
            3 => (boxed.clone(), -3..5_i32).prop_map(|(a, power)| Tree::Power(a, power)),
            1 => (boxed.clone(), number(), number())
                .prop_map(|(a, low, high)| Tree::Clamp(a, low, high)),
            1 => (select(&COMPARISONS), [boxed.clone(), boxed.clone(), boxed.clone(), boxed.clone()])
                .prop_map(|(sign, parts)| Tree::If(sign, parts)),
            1 => (select(&["sum", "prod"]), 0..4_u32, boxed)
                .prop_map(|(name, to, body)| Tree::Loop(name, to, body)),
        ]
    })
}

impl Tree {
    /// The text with every bracket.
    pub fn text(&self) -> String {
        self.within("2")
    }

    /// The text where the index of the loop around is written so.
    fn within(&self, index: &str) -> String {
        let text = |tree: &Tree| tree.within(index);
        match self {
            Self::X => "x".to_owned(),
            Self::Y => "y".to_owned(),
            Self::Index => index.to_owned(),
            Self::Number(value) => format!("({value:?})"),
            Self::Unary("-", a) => format!("(-{})", text(a)),
            Self::Unary(name, a) => format!("{name}({})", text(a)),
            Self::Binary(sign, a, b) => format!("({} {sign} {})", text(a), text(b)),
            Self::Call(name, a, b) => format!("{name}({}, {})", text(a), text(b)),
            Self::Power(a, power) => format!("({})^({power})", text(a)),
            Self::Clamp(a, low, high) => format!("clamp({}, {low:?}, {high:?})", text(a)),
            Self::If(sign, [a, b, c, d]) => {
                format!(
                    "if({} {sign} {}, {}, {})",
                    text(a),
                    text(b),
                    text(c),
                    text(d)
                )
            }
            Self::Loop(name, to, body) => format!("{name}(k, 1, {to}, {})", body.within("k")),
        }
    }
}
