//! What a parsed text is: flat lists of instructions for a stack machine, so that nothing later
//! recurses over depth. Only a loop holds a list of its own.

use super::{Binary, Span, Unary};

/// What an instruction does to the stack.
#[derive(Debug, Clone, PartialEq)]
pub enum Code {
    /// Pushes a number.
    Number(f64),
    /// Pushes what a name stands for; `called` tells that a bracket follows it, so that an
    /// unknown one was meant as a function.
    Name {
        /// The word.
        name: String,
        /// Whether `(` follows.
        called: bool,
    },
    /// Replaces the top.
    Unary(Unary),
    /// Replaces the top two.
    Binary(Binary),
    /// Replaces the top `arguments` by a function of them.
    Call {
        /// A name of `function::names`.
        name: String,
        /// How many values it takes from the stack.
        arguments: usize,
    },
    /// Replaces the top two, the first and the last number of an index, by the sum or product
    /// of `body` over it.
    Loop {
        /// A product; else a sum.
        product: bool,
        /// The index.
        index: String,
        /// What is summed or multiplied.
        body: Expression,
    },
}

impl Code {
    /// How many values it takes from the stack; it leaves one.
    pub fn takes(&self) -> usize {
        match self {
            Self::Number(_) | Self::Name { .. } => 0,
            Self::Unary(_) => 1,
            Self::Binary(_) | Self::Loop { .. } => 2,
            Self::Call { arguments, .. } => *arguments,
        }
    }
}

/// An instruction and the text it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Instruction {
    /// What to do.
    pub code: Code,
    /// Where it is written.
    pub span: Span,
}

/// One value's instructions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expression {
    /// In order.
    pub instructions: Vec<Instruction>,
}

impl Expression {
    /// The names that it reads, in order of appearance, each with its place; indices of its own
    /// loops are left out.
    pub fn names(&self) -> Vec<(&str, Span)> {
        let mut names = Vec::new();
        for instruction in &self.instructions {
            match &instruction.code {
                Code::Name { name, .. } => names.push((name.as_str(), instruction.span.clone())),
                Code::Loop { index, body, .. } => {
                    names.extend(body.names().into_iter().filter(|(name, _)| name != index));
                }
                Code::Number(_) | Code::Unary(_) | Code::Binary(_) | Code::Call { .. } => {}
            }
        }
        names
    }

    /// The functions that it calls, in order of appearance.
    pub fn calls(&self) -> Vec<&str> {
        let mut calls = Vec::new();
        for instruction in &self.instructions {
            match &instruction.code {
                Code::Call { name, .. } => calls.push(name.as_str()),
                Code::Loop { body, .. } => calls.extend(body.calls()),
                Code::Number(_) | Code::Name { .. } | Code::Unary(_) | Code::Binary(_) => {}
            }
        }
        calls
    }

    /// Both sides, where it is one comparison, or the opposite of one: `1 - (a <= b)`.
    pub fn comparison(&self) -> Option<[Self; 2]> {
        let instructions = match self.instructions.as_slice() {
            [first, inner @ .., last]
                if first.code == Code::Number(1.0) && last.code == Code::Binary(Binary::Sub) =>
            {
                inner
            }
            all => all,
        };
        let (last, operands) = instructions.split_last()?;
        if !matches!(last.code, Code::Binary(binary) if binary.is_comparison()) {
            return None;
        }
        // The right operand is the shortest tail that leaves one value more than it found.
        let mut missing = 1;
        let mut from = operands.len();
        while missing > 0 {
            from = from.checked_sub(1)?;
            missing = missing + operands[from].code.takes() - 1;
        }
        let side = |instructions: &[Instruction]| Self {
            instructions: instructions.to_vec(),
        };
        Some([side(&operands[..from]), side(&operands[from..])])
    }

    /// The text that it spans.
    pub fn span(&self) -> Span {
        let starts = self.instructions.iter().map(|i| i.span.start);
        let ends = self.instructions.iter().map(|i| i.span.end);
        starts.min().unwrap_or(0)..ends.max().unwrap_or(0)
    }
}

/// One line: `name = expression`, or an expression alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The name bound, with its place.
    pub target: Option<(String, Span)>,
    /// Its value.
    pub expression: Expression,
}
