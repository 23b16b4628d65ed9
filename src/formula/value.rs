//! What an expression is: one number, one for each parameter, or one for each pair of them.

use super::{FormulaError, Graph, NodeId, Span};

/// How many numbers a value has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One.
    Scalar,
    /// One for each parameter.
    Vector,
    /// One for each pair of parameters.
    Matrix,
}

impl Shape {
    /// How many numbers it has with `parameters` parameters.
    pub fn size(self, parameters: usize) -> usize {
        match self {
            Self::Scalar => 1,
            Self::Vector => parameters,
            Self::Matrix => parameters * parameters,
        }
    }

    /// As messages call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "a number",
            Self::Vector => "a vector",
            Self::Matrix => "a matrix",
        }
    }
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// One number.
    Scalar(NodeId),
    /// One for each parameter, in order.
    Vector(Vec<NodeId>),
    /// One for each pair of parameters, row by row.
    Matrix(Vec<NodeId>),
}

impl Value {
    /// A value of a shape from its numbers.
    pub fn of_nodes(shape: Shape, nodes: Vec<NodeId>) -> Self {
        match shape {
            Shape::Scalar => Self::Scalar(nodes[0]),
            Shape::Vector => Self::Vector(nodes),
            Shape::Matrix => Self::Matrix(nodes),
        }
    }

    /// Its shape.
    pub fn shape(&self) -> Shape {
        match self {
            Self::Scalar(_) => Shape::Scalar,
            Self::Vector(_) => Shape::Vector,
            Self::Matrix(_) => Shape::Matrix,
        }
    }

    /// Its numbers.
    pub fn nodes(&self) -> &[NodeId] {
        match self {
            Self::Scalar(node) => std::slice::from_ref(node),
            Self::Vector(nodes) | Self::Matrix(nodes) => nodes,
        }
    }

    /// The i-th of its numbers; a single one stands for all.
    fn part(&self, i: usize) -> NodeId {
        match self {
            Self::Scalar(node) => *node,
            Self::Vector(nodes) | Self::Matrix(nodes) => nodes[i],
        }
    }
}

/// `operation` on the numbers of several values, each with those of its place; a single number
/// goes with every place.
///
/// # Errors
/// A vector and a matrix.
pub fn by_part<const N: usize>(
    graph: &mut Graph,
    values: [Value; N],
    span: &Span,
    mut operation: impl FnMut(&mut Graph, [NodeId; N]) -> NodeId,
) -> Result<Value, FormulaError> {
    let mut widest = &values[0];
    for value in &values[1..] {
        if widest.shape() == Shape::Scalar {
            widest = value;
        } else if value.shape() != Shape::Scalar && value.shape() != widest.shape() {
            return Err(FormulaError::new(
                span.clone(),
                "a vector and a matrix do not go together number by number; `matvec(M, v)` is \
                 their product",
            ));
        }
    }
    let parts = (0..widest.nodes().len())
        .map(|i| operation(graph, std::array::from_fn(|k| values[k].part(i))))
        .collect();
    Ok(Value::of_nodes(widest.shape(), parts))
}
