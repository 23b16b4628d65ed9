//! A loss as WGSL.

use super::LossGraph;
use crate::formula::{FormulaError, NodeId, wgsl};

impl LossGraph {
    /// WGSL that defines `PARAMETERS`, `Evaluation` and `evaluate_loss`.
    ///
    /// # Errors
    /// A number outside f32, at its place in the formula.
    pub fn wgsl(&self) -> Result<String, FormulaError> {
        let count = self.parameters.len();
        let mut outputs = vec![self.value];
        outputs.extend(&self.gradient);
        self.check_budget(&outputs)?;
        let lets = wgsl::lets(&self.graph, &self.graph.needed(&outputs), |input| {
            format!("w[{}]", input.index())
        })?;
        let gradient: Vec<_> = self
            .gradient
            .iter()
            .map(|id| wgsl::name(&self.graph, *id))
            .collect();
        Ok(format!(
            "const PARAMETERS: u32 = {count}u;\n\
             struct Evaluation {{ loss: f32, gradient: array<f32, {count}> }}\n\
             fn evaluate_loss(w: array<f32, {count}>) -> Evaluation {{\n\
             {lets}    return Evaluation({}, array<f32, {count}>({}));\n}}\n",
            wgsl::name(&self.graph, self.value),
            gradient.join(", ")
        ))
    }
}

impl LossGraph {
    fn check_budget(&self, outputs: &[NodeId]) -> Result<(), FormulaError> {
        let operations = self.graph.operations(outputs);
        if operations <= wgsl::MAX_OPERATIONS {
            return Ok(());
        }
        Err(FormulaError::new(
            self.graph.span(self.value),
            format!(
                "this takes {operations} operations ({} for the loss, the others for its gradient); a \
                 shader holds {}; `thalweg eval` and `trace --on cpu` have no such limit",
                self.graph.operations(&[self.value]),
                wgsl::MAX_OPERATIONS
            ),
        ))
    }
}
