//! The machine behind a loss over data: its output for one row, and how each knob moves that.

use super::Loss;
use crate::formula::evaluate::Tape;
use crate::formula::{FormulaError, Graph, NodeId, Rate, Rows, derivative};

/// The data's `model`, ready to be asked row by row, in f64.
#[derive(Debug, Clone)]
pub struct Machine {
    tape: Tape,
    output: NodeId,
    gradient: Vec<NodeId>,
    parameters: usize,
    columns: usize,
    inputs: Vec<f64>,
}

/// What a machine makes of one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// The output.
    pub value: f64,
    /// ∂output/∂wᵢ, in the order of the loss's parameters.
    pub gradient: Vec<f64>,
}

impl Loss {
    /// The machine that the loss is to teach; `None` where its data names no `model`.
    ///
    /// # Errors
    /// None that [`Loss::over`] has not found.
    pub fn machine(&self) -> Result<Option<Machine>, FormulaError> {
        let Some(data) = self.data.as_ref().filter(|data| data.model.is_some()) else {
            return Ok(None);
        };
        let mut graph = Graph::new();
        let mut inputs = |count: usize| -> Vec<NodeId> {
            (0..count).map(|_| graph.input(Rate::Descent)).collect()
        };
        let parameters = inputs(self.parameters.len());
        let row = inputs(data.table.names().len());
        let mut scope = self.scope(&mut graph, &parameters, Rows::All);
        let of_table = self.lower_model(&mut graph, &mut scope)?;
        // A sum within the model still goes over the table; what is outside reads the row given.
        let columns: Vec<_> = (0..row.len()).map(|number| graph.column(number)).collect();
        let output = graph.substitute(&[of_table], &columns, &row)[0];
        let gradient = derivative::gradient(&mut graph, output, &parameters);
        let outputs = [&[output], gradient.as_slice()].concat();
        Ok(Some(Machine {
            tape: Tape::new(&graph, &outputs),
            output,
            gradient,
            parameters: parameters.len(),
            columns: row.len(),
            inputs: Vec::new(),
        }))
    }
}

impl Machine {
    /// The output at the parameters `w` for a row: a number for each of the table's columns, in
    /// order. The row need not be one of the table's.
    ///
    /// # Panics
    /// Where there are not as many numbers as parameters and columns.
    pub fn output(&mut self, w: &[f64], row: &[f64]) -> Output {
        assert_eq!((w.len(), row.len()), (self.parameters, self.columns));
        self.inputs.clear();
        self.inputs.extend(w);
        self.inputs.extend(row);
        self.tape.run(&self.inputs);
        let slopes = self.gradient.iter();
        Output {
            value: self.tape.value(self.output),
            gradient: slopes.map(|id| self.tape.value(*id)).collect(),
        }
    }
}
