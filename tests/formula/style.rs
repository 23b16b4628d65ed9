//! One expression in the styles in which people write it.

use super::tree::Tree;

/// A way to write.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Style {
    /// `2 x sin(y)`, `|x|`, `sin x`, few brackets.
    Bare,
    /// `2·x³`, `sin²(x)`, `½`, `−x`, `√(x)`.
    Raised,
    /// `\frac{x}{2} \cdot \sin\left(y\right)`.
    Latex,
}

/// How strongly the outermost operator of a text binds: that of sums, products, signs, and of
/// what is whole.
const SUM: u8 = 1;
const PRODUCT: u8 = 2;
const SIGN: u8 = 3;
const WHOLE: u8 = 4;

/// The expression in a style.
pub fn text(tree: &Tree, style: Style) -> String {
    Writer { style, index: "2" }.write(tree).0
}

#[derive(Clone, Copy)]
struct Writer {
    style: Style,
    /// What stands for the index of the loop around.
    index: &'static str,
}

impl Writer {
    /// The text, in brackets where it binds more weakly than `weakest`.
    fn at(self, tree: &Tree, weakest: u8) -> String {
        let (text, strength) = self.write(tree);
        if strength >= weakest {
            text
        } else {
            self.bracket(&text)
        }
    }

    fn bracket(self, text: &str) -> String {
        match self.style {
            Style::Latex => format!("\\left({text}\\right)"),
            Style::Raised => format!("[{text}]"),
            Style::Bare => format!("({text})"),
        }
    }

    fn write(self, tree: &Tree) -> (String, u8) {
        match tree {
            Tree::X => ("x".to_owned(), WHOLE),
            Tree::Y => ("y".to_owned(), WHOLE),
            Tree::Index => (self.index.to_owned(), WHOLE),
            Tree::Number(value) => self.number(*value),
            Tree::Unary(name, a) => self.unary(name, a),
            Tree::Binary(sign, a, b) => self.binary(sign, a, b),
            Tree::Call(name, a, b) => {
                let list = format!("{}, {}", self.at(a, SUM), self.at(b, SUM));
                (self.call(name, &list), WHOLE)
            }
            Tree::Power(a, power) => self.power(a, *power),
            Tree::Clamp(a, low, high) => {
                let list = format!("{}, {low:?}, {high:?}", self.at(a, SUM));
                (self.call("clamp", &list), WHOLE)
            }
            Tree::If(sign, [a, b, c, d]) => {
                let [a, b, c, d] = [a, b, c, d].map(|part| self.at(part, SUM));
                let sign = self.comparison(sign);
                (self.call("if", &format!("{a} {sign} {b}, {c}, {d}")), WHOLE)
            }
            Tree::Loop(name, to, body) => {
                let within = Self { index: "k", ..self };
                if self.style == Style::Latex {
                    let body = within.at(body, PRODUCT);
                    return (format!("\\{name}_{{k=1}}^{{{to}}} {body}"), SUM);
                }
                let list = format!("k, 1, {to}, {}", within.at(body, SUM));
                (format!("{name}({list})"), WHOLE)
            }
        }
    }

    fn number(self, value: f64) -> (String, u8) {
        match (self.style, value) {
            (Style::Raised, 0.5) => ("½".to_owned(), WHOLE),
            (Style::Bare, _) if value == value.trunc() && value >= 0.0 => {
                (format!("{value}"), WHOLE)
            }
            _ if value < 0.0 => (format!("-{:?}", -value), SIGN),
            _ => (format!("{value:?}"), WHOLE),
        }
    }

    fn comparison(self, sign: &str) -> &str {
        match (self.style, sign) {
            (Style::Raised, "<=") => "≤",
            (Style::Raised, ">=") => "≥",
            (Style::Raised, "!=") => "≠",
            (Style::Latex, "<=") => r"\le",
            (Style::Latex, ">=") => r"\geq",
            (Style::Latex, "!=") => r"\ne",
            _ => sign,
        }
    }

    fn unary(self, name: &str, a: &Tree) -> (String, u8) {
        let inner = self.at(a, SUM);
        match (self.style, name) {
            (Style::Raised, "-") => (format!("−{}", self.at(a, SIGN)), SIGN),
            (_, "-") => (format!("-{}", self.at(a, SIGN)), SIGN),
            (Style::Raised, "sqrt") => (format!("√({inner})"), WHOLE),
            (Style::Latex, "sqrt") => (format!("\\sqrt{{{inner}}}"), WHOLE),
            (Style::Latex, "exp") => (format!("e^{{{inner}}}"), SIGN),
            (Style::Latex, "abs") => (format!("\\left|{}\\right|", self.at(a, WHOLE)), WHOLE),
            // Bars within bars would need brackets between them.
            (Style::Bare, "abs") if !inner.contains('|') => (format!("|{inner}|"), WHOLE),
            // `sin x y` is the sine of x·y, so that it stands alone like a sum.
            (Style::Bare, _) if matches!(a, Tree::X | Tree::Y) => (format!("{name} {inner}"), SUM),
            _ => (self.call(name, &inner), WHOLE),
        }
    }

    fn call(self, name: &str, list: &str) -> String {
        const COMMANDS: [&str; 12] = [
            "sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "sec", "csc", "cot", "min", "max",
        ];
        let name = match self.style {
            Style::Latex if COMMANDS.contains(&name) => format!("\\{name}"),
            Style::Latex if name == "asin" => r"\arcsin".to_owned(),
            Style::Latex => format!("\\operatorname{{{name}}}"),
            Style::Raised if name == "log" => "ln".to_owned(),
            _ => name.to_owned(),
        };
        match self.style {
            Style::Latex => format!("{name}\\left({list}\\right)"),
            _ => format!("{name}({list})"),
        }
    }

    fn binary(self, sign: &str, a: &Tree, b: &Tree) -> (String, u8) {
        match (self.style, sign) {
            (style, "+" | "-") => {
                let sign = if style == Style::Raised && sign == "-" {
                    "−"
                } else {
                    sign
                };
                let (a, b) = (self.at(a, SUM), self.at(b, PRODUCT));
                (format!("{a} {sign} {b}"), SUM)
            }
            (Style::Latex, "/") => {
                let (a, b) = (self.at(a, SUM), self.at(b, SUM));
                (format!("\\frac{{{a}}}{{{b}}}"), WHOLE)
            }
            (Style::Latex, _) => {
                let (a, b) = (self.at(a, PRODUCT), self.at(b, SIGN));
                (format!("{a} \\cdot {b}"), PRODUCT)
            }
            (Style::Raised, _) => {
                let (a, b) = (self.at(a, PRODUCT), self.at(b, SIGN));
                let sign = if sign == "/" { "÷" } else { "·" };
                (format!("{a}{sign}{b}"), PRODUCT)
            }
            (Style::Bare, "/") => {
                let (a, b) = (self.at(a, PRODUCT), self.at(b, SIGN));
                (format!("{a}/{b}"), PRODUCT)
            }
            (Style::Bare, _) => {
                let (a, b) = (self.at(a, PRODUCT), self.at(b, SIGN));
                // Two numbers beside each other are no product; `a -b` is a difference.
                let wants_sign = b.starts_with(|c: char| c == '-' || c.is_ascii_digit());
                let sign = if wants_sign { "*" } else { " " };
                (format!("{a}{sign}{b}"), PRODUCT)
            }
        }
    }

    fn power(self, a: &Tree, power: i32) -> (String, u8) {
        if let (Style::Raised, Tree::Unary(name, inner), 2..) = (self.style, a, power)
            && !matches!(*name, "-" | "sqrt")
        {
            let name = if *name == "log" { "ln" } else { name };
            let inner = self.at(inner, SUM);
            return (format!("{name}{}({inner})", raised(power)), WHOLE);
        }
        // A power is no base: `a^b^c` is `a^(b^c)`.
        let base = self.at(a, WHOLE);
        let text = match self.style {
            Style::Raised => format!("{base}{}", raised(power)),
            Style::Latex => format!("{base}^{{{power}}}"),
            Style::Bare => format!("{base}^{power}"),
        };
        (text, SIGN)
    }
}

fn raised(power: i32) -> String {
    let digit = |c: char| match c {
        '-' => '⁻',
        _ => "⁰¹²³⁴⁵⁶⁷⁸⁹"
            .chars()
            .nth(c as usize - '0' as usize)
            .expect("a digit"),
    };
    power.to_string().chars().map(digit).collect()
}
