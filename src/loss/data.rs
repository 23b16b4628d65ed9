//! What a loss sums over: a table's rows, and the machine that is to learn them.

use super::{Loss, bind};
use crate::formula::syntax::{Code, Expression, Statement};
use crate::formula::{
    FormulaError, Graph, NodeId, Rate, Rows, Scope, Span, Table, Value, lower_scalar,
};
use std::sync::Arc;

/// A table, with what is said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// The rows.
    pub table: Arc<Table>,
    /// The machine's output as a formula of parameters and columns: `model` in the loss.
    pub model: Option<String>,
    /// Rows of a mini-batch, at least 1; absent: every step takes all rows.
    pub batch: Option<u32>,
}

impl Data {
    /// A table alone.
    pub fn new(table: Table) -> Self {
        Self {
            table: Arc::new(table),
            model: None,
            batch: None,
        }
    }
}

/// What is wrong with a loss over data, in which of its two texts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LossError {
    /// In the loss.
    #[error("{0}")]
    Formula(FormulaError),
    /// In the model.
    #[error("{0}")]
    Model(FormulaError),
    /// In a column that it reads.
    #[error("{0}")]
    Column(String),
}

impl LossError {
    /// The error without the text that it is in, for who shows the formula alone.
    pub fn in_formula(self) -> FormulaError {
        match self {
            Self::Formula(error) | Self::Model(error) => error,
            Self::Column(reason) => FormulaError::new(0..0, reason),
        }
    }

    /// The message with the line and a caret under the place; `names` say where the loss's text and
    /// the model's are from.
    pub fn render(&self, names: [&str; 2], formula: &str, model: Option<&str>) -> String {
        match self {
            Self::Formula(error) => error.render(names[0], formula),
            Self::Model(error) => error.render(names[1], model.unwrap_or_default()),
            Self::Column(reason) => reason.clone(),
        }
    }
}

impl Loss {
    /// The same loss over other data; what is known of its minima no longer holds.
    ///
    /// # Errors
    /// As [`Loss::over`]: a table without the columns that the loss reads.
    pub fn with_data(&self, data: Data) -> Result<Self, LossError> {
        let own = self.data.as_ref();
        let is_own = own.is_some_and(|own| own.table == data.table && own.model == data.model);
        let loss = Self::over(&self.formula, Some(&self.parameters), data)?;
        Ok(Self {
            minima: match is_own {
                true => self.minima.clone(),
                false => Vec::new(),
            },
            formula: loss.formula,
            parameters: loss.parameters,
            data: loss.data,
            statements: loss.statements,
            model: loss.model,
            ..self.clone()
        })
    }

    /// Whether it sums over the rows of a table.
    pub fn sums_rows(&self) -> bool {
        let sums = |statement: &Statement| sums_rows(&statement.expression);
        self.statements.iter().chain(&self.model).any(sums)
    }

    /// Refuses a column that cannot be read, where the loss or its model reads it.
    pub(super) fn check_columns(&self) -> Result<(), LossError> {
        let Some(data) = &self.data else {
            return Ok(());
        };
        for statements in [&self.model, &self.statements] {
            let binds = |name: &str| {
                let mut targets = statements.iter().filter_map(|s| s.target.as_ref());
                targets.any(|(target, _)| target == name)
            };
            let names = statements.iter().flat_map(|s| s.expression.names());
            let mut faults = names.filter_map(|(name, _)| Some((name, data.table.fault(name)?)));
            if let Some((_, reason)) = faults.find(|(name, _)| !binds(name)) {
                return Err(LossError::Column(reason.to_owned()));
            }
        }
        Ok(())
    }

    /// Binds the table's columns.
    pub(super) fn bind_columns(&self, graph: &mut Graph, scope: &mut Scope) {
        let Some(data) = &self.data else { return };
        graph.set_table(Arc::clone(&data.table), data.batch);
        for (number, name) in data.table.names().iter().enumerate() {
            let column = graph.column(number);
            scope.bind(name, Value::Scalar(column));
        }
    }

    /// Binds `model`, whose nodes come from where the loss first names it.
    pub(super) fn bind_model(
        &self,
        graph: &mut Graph,
        scope: &mut Scope,
    ) -> Result<(), FormulaError> {
        if self.model.is_empty() {
            return Ok(());
        }
        let mut inner = scope.clone();
        inner.place = Some(self.place_of_model());
        let output = self.lower_model(graph, &mut inner)?;
        scope.bind("model", Value::Scalar(output));
        Ok(())
    }

    /// The model's output; `scope` has what it may read.
    pub(super) fn lower_model(
        &self,
        graph: &mut Graph,
        scope: &mut Scope,
    ) -> Result<NodeId, FormulaError> {
        let last = bind(graph, &self.model, scope)?;
        lower_scalar(graph, last, scope)
    }

    /// What is wrong with the model, at its place there.
    pub(super) fn check_model(&self) -> Result<(), FormulaError> {
        if self.model.is_empty() {
            return Ok(());
        }
        let mut graph = Graph::new();
        let at: Vec<_> = self
            .parameters
            .iter()
            .map(|_| graph.input(Rate::Descent))
            .collect();
        let mut scope = self.scope(&mut graph, &at, Rows::All);
        self.lower_model(&mut graph, &mut scope).map(|_| ())
    }

    fn place_of_model(&self) -> Span {
        let names = self
            .statements
            .iter()
            .flat_map(|statement| statement.expression.names());
        let mut places = names.filter(|(name, _)| *name == "model");
        places.next().map_or(0..0, |(_, span)| span)
    }
}

fn sums_rows(expression: &Expression) -> bool {
    expression.instructions.iter().any(|i| match &i.code {
        Code::Call { name, .. } => name == "mean" || name == "sum",
        Code::Loop { body, .. } => sums_rows(body),
        _ => false,
    })
}
