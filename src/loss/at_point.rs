//! A loss at one point for the GPU: value, gradient and Hessian in one kernel.

use super::{Evaluation, LossGraph};
use crate::formula::wgsl::{self, MAX_OPERATIONS};
use crate::formula::{FormulaError, NodeId, Op, derivative};

/// Parameters up to which the GPU makes the Hessian; beyond, a rule has `hvp(v)`.
pub const MAX_HESSIAN_PARAMETERS: usize = 4;

/// WGSL that evaluates a loss at a point.
#[derive(Debug, Clone)]
pub struct PointKernel {
    /// Defines `PARAMETERS`, `OUTPUTS` and `evaluate_point`.
    pub wgsl: String,
    /// Numbers that it gives: f, ∂f/∂wᵢ, and, if there is one, the Hessian row by row.
    pub outputs: usize,
    parameters: usize,
}

impl PointKernel {
    /// Writes a loss with its gradient, and its Hessian where it has up to
    /// [`MAX_HESSIAN_PARAMETERS`] parameters.
    ///
    /// # Errors
    /// A number outside f32 at its place in the formula, more operations than a shader holds, or a
    /// sum over a table.
    pub fn new(loss: &LossGraph) -> Result<Self, FormulaError> {
        let mut graph = loss.graph.clone();
        let parameters = loss.parameters.len();
        let mut outputs = vec![loss.value];
        outputs.extend(&loss.gradient);
        if parameters <= MAX_HESSIAN_PARAMETERS {
            let hessian = derivative::hessian(&mut graph, loss.value, &loss.parameters);
            outputs.extend(hessian.iter().flatten());
        }
        let whole = LossGraph {
            graph,
            ..loss.clone()
        };
        check_budget(&whole, &outputs)?;
        let nodes = whole.graph.needed(&outputs);
        let is_sum = |id: &&NodeId| matches!(whole.graph.op(**id), Op::Sum(..));
        if let Some(sum) = nodes.iter().find(is_sum) {
            let message = "a sum over a table's rows is evaluated at a point by `--on cpu` alone";
            return Err(FormulaError::new(whole.graph.span(*sum), message));
        }
        let lets = wgsl::lets(&whole.graph, &nodes, |input| {
            format!("w[{}]", input.index())
        })?;
        let names = outputs.iter().map(|id| wgsl::name(&whole.graph, *id));
        let names: Vec<_> = names.collect();
        let count = outputs.len();
        Ok(Self {
            wgsl: format!(
                "const PARAMETERS: u32 = {parameters}u;\n\
                 const OUTPUTS: u32 = {count}u;\n\
                 fn evaluate_point(w: array<f32, {parameters}>) -> array<f32, {count}> {{\n\
                 {lets}    return array<f32, {count}>({});\n}}\n",
                names.join(", ")
            ),
            outputs: count,
            parameters,
        })
    }

    /// The numbers of one point as what they are; without a Hessian its rows are none.
    pub fn evaluation(&self, numbers: &[f32]) -> Evaluation {
        let numbers: Vec<_> = numbers.iter().map(|x| f64::from(*x)).collect();
        let (slopes, rest) = numbers[1..].split_at(self.parameters);
        let rows = rest.chunks_exact(self.parameters);
        Evaluation {
            value: numbers[0],
            gradient: slopes.to_vec(),
            hessian: rows.map(<[f64]>::to_vec).collect(),
        }
    }
}

fn check_budget(loss: &LossGraph, outputs: &[NodeId]) -> Result<(), FormulaError> {
    let all = loss.graph.operations(outputs);
    if all <= MAX_OPERATIONS {
        return Ok(());
    }
    let value = loss.graph.operations(&outputs[..1]);
    let with_gradient = loss.graph.operations(&outputs[..=loss.parameters.len()]);
    Err(FormulaError::new(
        loss.graph.span(loss.value),
        format!(
            "this takes {all} operations ({value} for the loss, {} for its gradient, {} for its \
             Hessian); a shader holds {MAX_OPERATIONS}; `thalweg eval` without `--on gpu` has no \
             such limit",
            with_gradient - value,
            all - with_gradient
        ),
    ))
}
