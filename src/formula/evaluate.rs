//! The graph in f64, by walking its nodes in order.

use super::{Graph, NodeId, Op};

/// A fixed set of outputs of a graph, ready to be evaluated many times.
#[derive(Debug, Clone)]
pub struct Tape {
    order: Vec<(NodeId, Op)>,
    values: Vec<f64>,
}

impl Tape {
    /// The nodes that `outputs` need.
    pub fn new(graph: &Graph, outputs: &[NodeId]) -> Self {
        let order = graph.needed(outputs);
        Self {
            order: order.into_iter().map(|id| (id, graph.op(id))).collect(),
            values: vec![0.0; graph.len()],
        }
    }

    /// Evaluates every node; `inputs` holds a value for each of the graph's inputs.
    pub fn run(&mut self, inputs: &[f64]) {
        for (id, op) in &self.order {
            let value = |id: &NodeId| self.values[id.index()];
            self.values[id.index()] = match op {
                Op::Constant(bits) => f64::from_bits(*bits),
                Op::Input(input) => inputs[input.index()],
                Op::Unary(unary, x) => unary.of(value(x)),
                Op::Binary(binary, a, b) => binary.of(value(a), value(b)),
                Op::Select(condition, chosen, other) => {
                    if value(condition) != 0.0 {
                        value(chosen)
                    } else {
                        value(other)
                    }
                }
            };
        }
    }

    /// What the last run made of a node.
    pub fn value(&self, id: NodeId) -> f64 {
        self.values[id.index()]
    }
}
