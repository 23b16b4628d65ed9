//! A loss as WGSL.

use super::LossGraph;
use crate::formula::wgsl::{Cells, Names, Packed};
use crate::formula::{FormulaError, NodeId, wgsl};

/// A loss over a table as a shader has it.
#[derive(Debug, Clone)]
pub struct RowsText {
    /// Defines `rows`, `PARAMETERS`, `Evaluation` and `evaluate_loss`.
    pub wgsl: String,
    /// What `rows` holds.
    pub packed: Packed,
    /// Operations of one evaluation, with every row.
    pub operations: u64,
}

impl LossGraph {
    /// WGSL that defines `PARAMETERS`, `Evaluation` and `evaluate_loss`.
    ///
    /// # Errors
    /// A number outside f32, at its place in the formula.
    pub fn wgsl(&self) -> Result<String, FormulaError> {
        self.text().map(|(text, _)| text)
    }

    /// The same for a loss over a table, with the cells that it reads; `None` where it reads none.
    ///
    /// # Errors
    /// A number outside f32, at its place in the formula, and a table too large for the GPU.
    pub fn over_rows(&self) -> Result<Option<RowsText>, FormulaError> {
        let (text, cells) = self.text()?;
        let Some(cells) = cells else {
            return Ok(None);
        };
        let packed = cells.pack(&self.graph)?;
        let needed = self.graph.needed(&self.outputs());
        let costs = self.graph.with_inner(&needed).into_iter();
        Ok(Some(RowsText {
            wgsl: packed.declaration() + &text,
            packed,
            operations: costs.map(|(_, times)| times).sum(),
        }))
    }

    fn outputs(&self) -> Vec<NodeId> {
        let mut outputs = vec![self.value];
        outputs.extend(&self.gradient);
        outputs
    }

    fn text(&self) -> Result<(String, Option<Cells>), FormulaError> {
        let count = self.parameters.len();
        let outputs = self.outputs();
        self.check_budget()?;
        let needed = self.graph.needed(&outputs);
        let cells = Cells::of(&self.graph, &needed);
        let names = Names {
            input: &|input| format!("w[{}]", input.index()),
            cells: cells.as_ref(),
        };
        let lets = wgsl::lets_named(&self.graph, &needed, names)?;
        let gradient: Vec<_> = self
            .gradient
            .iter()
            .map(|id| wgsl::name(&self.graph, *id))
            .collect();
        let text = format!(
            "const PARAMETERS: u32 = {count}u;\n\
             struct Evaluation {{ loss: f32, gradient: array<f32, {count}> }}\n\
             fn evaluate_loss(w: array<f32, {count}>) -> Evaluation {{\n\
             {lets}    return Evaluation({}, array<f32, {count}>({}));\n}}\n",
            wgsl::name(&self.graph, self.value),
            gradient.join(", ")
        );
        Ok((text, cells))
    }
}

impl LossGraph {
    /// Operations of value and gradient together, those inside of a sum counted once.
    pub fn operations(&self) -> usize {
        self.graph.operations(&self.outputs())
    }

    fn check_budget(&self) -> Result<(), FormulaError> {
        let operations = self.operations();
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
