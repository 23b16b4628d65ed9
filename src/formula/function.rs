//! The operations of a graph: for each its name in text, its f64 meaning and its WGSL twin.

use super::number;
use super::schedule::SCHEDULES;

/// An operation on one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of mathematics")]
pub enum Unary {
    Neg,
    Abs,
    Sign,
    Floor,
    Sqrt,
    Cbrt,
    Exp,
    Expm1,
    Exp2,
    Log,
    Log1p,
    Log2,
    Log10,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Asinh,
    Acosh,
    Atanh,
    Erf,
    Sigmoid,
    Softplus,
    /// 1/x, and 0 where x is 0: the slope of roots at their kink.
    InverseOrZero,
}

/// An operation on two values. Comparisons give 1 or 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of mathematics")]
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Min,
    Max,
    Mod,
    Atan2,
    Hypot,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
}

/// Functions of one value by their names in a formula.
const UNARY: [(&str, Unary); 32] = [
    ("abs", Unary::Abs),
    ("sign", Unary::Sign),
    ("floor", Unary::Floor),
    ("sqrt", Unary::Sqrt),
    ("cbrt", Unary::Cbrt),
    ("exp", Unary::Exp),
    ("expm1", Unary::Expm1),
    ("log", Unary::Log),
    ("ln", Unary::Log),
    ("log1p", Unary::Log1p),
    ("log2", Unary::Log2),
    ("log10", Unary::Log10),
    ("sin", Unary::Sin),
    ("cos", Unary::Cos),
    ("tan", Unary::Tan),
    ("asin", Unary::Asin),
    ("arcsin", Unary::Asin),
    ("acos", Unary::Acos),
    ("arccos", Unary::Acos),
    ("atan", Unary::Atan),
    ("arctan", Unary::Atan),
    ("sinh", Unary::Sinh),
    ("cosh", Unary::Cosh),
    ("tanh", Unary::Tanh),
    ("asinh", Unary::Asinh),
    ("arsinh", Unary::Asinh),
    ("acosh", Unary::Acosh),
    ("arcosh", Unary::Acosh),
    ("atanh", Unary::Atanh),
    ("artanh", Unary::Atanh),
    ("erf", Unary::Erf),
    ("sigmoid", Unary::Sigmoid),
];

/// Functions of two values by their names in a formula.
const BINARY: [(&str, Binary); 4] = [
    ("mod", Binary::Mod),
    ("atan2", Binary::Atan2),
    ("hypot", Binary::Hypot),
    ("pow", Binary::Pow),
];

/// Functions that are built from operations, or take vectors, when lowered.
const COMPOSED: [&str; 13] = [
    "softplus", "relu", "clamp", "if", "min", "max", "dot", "norm", "ceil", "round", "sec", "csc",
    "cot",
];

/// Functions that only an update rule has.
const OF_RULES: [&str; 9] = [
    "loss_at", "grad_at", "hvp", "normal", "outer", "matvec", "solve", "diag", "eigmin",
];

/// Whether only update rules can call `name`.
pub fn is_of_rules(name: &str) -> bool {
    OF_RULES.contains(&name)
}

/// Whether a formula can call `name`.
pub fn is_known(name: &str) -> bool {
    names().any(|known| known == name)
}

/// Every function's name.
pub fn names() -> impl Iterator<Item = &'static str> {
    UNARY
        .iter()
        .map(|(name, _)| *name)
        .chain(BINARY.iter().map(|(name, _)| *name))
        .chain(COMPOSED)
        .chain(SCHEDULES.iter().map(|schedule| schedule.name))
        .chain(OF_RULES)
}

/// The function of one value called `name`.
pub fn unary(name: &str) -> Option<Unary> {
    let found = UNARY.iter().find(|(known, _)| *known == name);
    found
        .map(|(_, unary)| *unary)
        .or((name == "softplus").then_some(Unary::Softplus))
}

/// The function of two values called `name`.
pub fn binary(name: &str) -> Option<Binary> {
    let found = BINARY.iter().find(|(known, _)| *known == name);
    found.map(|(_, binary)| *binary)
}

/// Functions whose power -1 is their inverse, as in `sin⁻¹ x`, with that inverse.
const INVERSES: [(&str, &str); 6] = [
    ("sin", "asin"),
    ("cos", "acos"),
    ("tan", "atan"),
    ("sinh", "asinh"),
    ("cosh", "acosh"),
    ("tanh", "atanh"),
];

/// What `f^-1(x)` means, where mathematics is agreed on it.
pub fn inverse(name: &str) -> Option<&'static str> {
    let found = INVERSES.iter().find(|(function, _)| *function == name);
    found.map(|(_, inverse)| *inverse)
}

impl Unary {
    /// The value in f64.
    pub fn of(self, x: f64) -> f64 {
        match self {
            Self::Neg => -x,
            Self::Abs => x.abs(),
            Self::Sign => number::sign(x),
            Self::Floor => x.floor(),
            Self::Sqrt => x.sqrt(),
            Self::Cbrt => x.cbrt(),
            Self::Exp => x.exp(),
            Self::Expm1 => x.exp_m1(),
            Self::Exp2 => x.exp2(),
            Self::Log => x.ln(),
            Self::Log1p => x.ln_1p(),
            Self::Log2 => x.log2(),
            Self::Log10 => x.log10(),
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::Tan => x.tan(),
            Self::Asin => x.asin(),
            Self::Acos => x.acos(),
            Self::Atan => x.atan(),
            Self::Sinh => x.sinh(),
            Self::Cosh => x.cosh(),
            Self::Tanh => x.tanh(),
            Self::Asinh => x.asinh(),
            Self::Acosh => number::acosh(x),
            Self::Atanh => x.atanh(),
            Self::Erf => number::erf(x),
            Self::Sigmoid => number::sigmoid(x),
            Self::Softplus => number::softplus(x),
            Self::InverseOrZero => {
                if x == 0.0 {
                    0.0
                } else {
                    1.0 / x
                }
            }
        }
    }

    /// What it costs on the GPU, in additions: those of its own mathematics are counted in
    /// `shaders/include/number.wgsl`.
    pub fn cost(self) -> u64 {
        match self {
            Self::Neg | Self::Abs | Self::Floor => 1,
            Self::Sign => 3,
            Self::Sqrt | Self::InverseOrZero => 5,
            Self::Exp | Self::Exp2 | Self::Log | Self::Log2 | Self::Log10 | Self::Cbrt => 20,
            Self::Sin | Self::Cos | Self::Tan | Self::Expm1 | Self::Log1p => 30,
            Self::Erf => 60,
            // Hyperbolic functions, inverses.
            _ => 40,
        }
    }

    /// The WGSL expression of an operand's name.
    pub fn wgsl(self, x: &str) -> String {
        let name = match self {
            Self::Neg => return format!("-{x}"),
            Self::InverseOrZero => return format!("select(1.0 / {x}, 0.0, {x} == 0.0)"),
            Self::Abs => "abs",
            Self::Floor => "floor",
            Self::Sqrt => "sqrt",
            Self::Sign => "n_sign",
            Self::Cbrt => "n_cbrt",
            Self::Exp => "n_exp",
            Self::Expm1 => "n_expm1",
            Self::Exp2 => "n_exp2",
            Self::Log => "n_log",
            Self::Log1p => "n_log1p",
            Self::Log2 => "n_log2",
            Self::Log10 => "n_log10",
            Self::Sin => "n_sin",
            Self::Cos => "n_cos",
            Self::Tan => "n_tan",
            Self::Asin => "n_asin",
            Self::Acos => "n_acos",
            Self::Atan => "n_atan",
            Self::Sinh => "n_sinh",
            Self::Cosh => "n_cosh",
            Self::Tanh => "n_tanh",
            Self::Asinh => "n_asinh",
            Self::Acosh => "n_acosh",
            Self::Atanh => "n_atanh",
            Self::Erf => "n_erf",
            Self::Sigmoid => "n_sigmoid",
            Self::Softplus => "n_softplus",
        };
        format!("{name}({x})")
    }
}

impl Binary {
    /// Whether it answers 1 or 0.
    pub fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::Less
                | Self::LessEqual
                | Self::Greater
                | Self::GreaterEqual
                | Self::Equal
                | Self::NotEqual
        )
    }

    /// The value in f64.
    pub fn of(self, a: f64, b: f64) -> f64 {
        let truth = |holds: bool| f64::from(u8::from(holds));
        match self {
            Self::Add => a + b,
            Self::Sub => a - b,
            Self::Mul => a * b,
            Self::Div => a / b,
            Self::Pow => number::pow(a, b),
            Self::Min => a.min(b),
            Self::Max => a.max(b),
            Self::Mod => number::modulo(a, b),
            Self::Atan2 => a.atan2(b),
            Self::Hypot => number::hypot(a, b),
            Self::Less => truth(a < b),
            Self::LessEqual => truth(a <= b),
            Self::Greater => truth(a > b),
            Self::GreaterEqual => truth(a >= b),
            Self::Equal => truth(a == b),
            Self::NotEqual => truth(a != b),
        }
    }

    /// What it costs on the GPU, in additions.
    pub fn cost(self) -> u64 {
        match self {
            Self::Div => 5,
            Self::Mod => 10,
            Self::Hypot => 20,
            Self::Atan2 => 50,
            Self::Pow => 80,
            _ => 1,
        }
    }

    /// The WGSL expression of two operands' names.
    pub fn wgsl(self, a: &str, b: &str) -> String {
        let infix = |sign: &str| format!("{a} {sign} {b}");
        let call = |name: &str| format!("{name}({a}, {b})");
        let truth = |sign: &str| format!("select(0.0, 1.0, {a} {sign} {b})");
        match self {
            Self::Add => infix("+"),
            Self::Sub => infix("-"),
            Self::Mul => infix("*"),
            Self::Div => infix("/"),
            Self::Pow => call("n_pow"),
            Self::Min => call("min"),
            Self::Max => call("max"),
            Self::Mod => call("n_mod"),
            Self::Atan2 => call("n_atan2"),
            Self::Hypot => call("n_hypot"),
            Self::Less => truth("<"),
            Self::LessEqual => truth("<="),
            Self::Greater => truth(">"),
            Self::GreaterEqual => truth(">="),
            Self::Equal => truth("=="),
            Self::NotEqual => truth("!="),
        }
    }
}
