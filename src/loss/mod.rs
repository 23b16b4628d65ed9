//! The loss: a formula of the parameters, with what is known of it.

mod at_point;
mod catalogue;
mod data;
mod height;
mod machine;
mod parameters;
mod wgsl;

pub use at_point::{MAX_HESSIAN_PARAMETERS, PointKernel};
pub use catalogue::{all, named, names};
pub use data::{Data, LossError};
pub use height::HeightFormula;
pub use machine::{Machine, Output};
pub use parameters::count_in;
pub use wgsl::RowsText;

pub use crate::formula::{MAX_CELLS, MAX_ROWS, Table, TableError, column_names};

use crate::formula::evaluate::Tape;
use crate::formula::parser;
use crate::formula::syntax::{Expression, Statement};
use crate::formula::{
    FormulaError, Graph, NodeId, Rate, Rows, Scope, Value, check_no_sums, check_summed, derivative,
    lower, lower_scalar, plain_name,
};

/// The largest number of parameters.
pub const MAX_PARAMETERS: usize = 16;

/// The range of a parameter when nobody says otherwise.
pub const DEFAULT_RANGE: [f64; 2] = [-3.0, 3.0];

/// A scalar function of the parameters, to be minimised.
#[derive(Debug, Clone, PartialEq)]
pub struct Loss {
    /// The catalogue's name, or the formula itself.
    pub name: String,
    /// As a picture's title shows it.
    pub title: String,
    /// The text that the loss was made from.
    pub formula: String,
    /// The parameters' names, in order; 1 to 16.
    pub parameters: Vec<String>,
    /// Each parameter's usual range, `[low, high]`.
    pub domain: Vec<[f64; 2]>,
    /// The known global minima.
    pub minima: Vec<Vec<f64>>,
    /// Where the formula is from.
    pub source: String,
    /// One line on what to watch for.
    pub watch: String,
    /// Words such as valley, plateau, multimodal.
    pub tags: Vec<String>,
    /// The table that it sums over, if it does.
    pub data: Option<Data>,
    statements: Vec<Statement>,
    /// The machine's output, with the table's columns among its names.
    model: Vec<Statement>,
}

/// A loss as nodes: its value and its gradient.
#[derive(Debug, Clone)]
pub struct LossGraph {
    /// The graph of both.
    pub graph: Graph,
    /// The parameters' inputs.
    pub parameters: Vec<NodeId>,
    /// f(w).
    pub value: NodeId,
    /// ∂f/∂w.
    pub gradient: Vec<NodeId>,
}

/// A loss and its first two derivatives at a point, in f64.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// f(w).
    pub value: f64,
    /// ∂f/∂wᵢ.
    pub gradient: Vec<f64>,
    /// ∂²f/∂wᵢ∂wⱼ, row by row.
    pub hessian: Vec<Vec<f64>>,
}

impl Loss {
    /// A loss from its formula; `parameters` declares other names than `x, y`, `w`, `w1 … wN`.
    ///
    /// # Errors
    /// Everything that can be wrong with a formula, at its place in `formula`.
    pub fn from_formula(
        formula: &str,
        parameters: Option<&[String]>,
    ) -> Result<Self, FormulaError> {
        Self::build(formula, parameters, None).map_err(LossError::in_formula)
    }

    /// A loss over the rows of a table, from its formula. The table's columns are values in it, and
    /// so is the data's `model`; neither can be a parameter.
    ///
    /// # Errors
    /// Everything that can be wrong with the formula or the model, at its place there.
    pub fn over(
        formula: &str,
        parameters: Option<&[String]>,
        data: Data,
    ) -> Result<Self, LossError> {
        Self::build(formula, parameters, Some(data))
    }

    fn build(
        formula: &str,
        parameters: Option<&[String]>,
        data: Option<Data>,
    ) -> Result<Self, LossError> {
        let table = data.as_ref().map(|data| &*data.table);
        if let Some(declared) = parameters {
            parameters::check(declared, formula, table).map_err(LossError::Formula)?;
        }
        let parser::Formula { statements, head } =
            formula_of(formula, "loss").map_err(LossError::Formula)?;
        let model = match data.as_ref().and_then(|data| data.model.as_deref()) {
            Some(model) => {
                let model = formula_of(model, "output").map_err(LossError::Model)?;
                model.statements
            }
            None => Vec::new(),
        };
        if table.is_none() {
            let mut checked = statements.iter().map(|s| check_no_sums(&s.expression));
            checked
                .try_for_each(|checked| checked)
                .map_err(LossError::Formula)?;
        }
        let parameters = match (parameters, head) {
            (Some(declared), _) => declared.to_vec(),
            (None, Some(head)) => parameters::of_head(head, [&model, &statements]),
            (None, None) => parameters::found([&model, &statements], formula, table)
                .map_err(LossError::Formula)?,
        };
        parameters::check(&parameters, formula, table).map_err(LossError::Formula)?;
        let loss = Self {
            name: formula.to_owned(),
            title: formula.to_owned(),
            formula: formula.to_owned(),
            domain: vec![DEFAULT_RANGE; parameters.len()],
            parameters,
            minima: Vec::new(),
            source: String::new(),
            watch: String::new(),
            tags: Vec::new(),
            data,
            statements,
            model,
        };
        loss.check_columns()?;
        loss.check_model().map_err(LossError::Model)?;
        loss.graph().map_err(LossError::Formula)?;
        Ok(loss)
    }

    /// Adds f at the point `at` (a node for each parameter) to `graph`, summed over `rows` where it
    /// sums over a table.
    ///
    /// # Errors
    /// Unknown names and wrong arguments, at their place in the formula.
    pub fn add_to(
        &self,
        graph: &mut Graph,
        at: &[NodeId],
        rows: Rows,
    ) -> Result<NodeId, FormulaError> {
        let mut scope = self.scope(graph, at, rows);
        self.bind_model(graph, &mut scope)?;
        let last = bind(graph, &self.statements, &mut scope)?;
        let value = lower_scalar(graph, last, &scope)?;
        check_summed(graph, value, last, |name| scope.get(name))?;
        Ok(value)
    }

    /// What constants, parameters and columns stand for.
    fn scope(&self, graph: &mut Graph, at: &[NodeId], rows: Rows) -> Scope {
        let mut scope = Scope::of_constants(graph);
        scope.rows = Some(rows);
        for (name, node) in self.parameters.iter().zip(at) {
            scope.bind(&plain_name(name), Value::Scalar(*node));
        }
        self.bind_columns(graph, &mut scope);
        scope
    }

    /// The loss with its gradient, on parameters of its own.
    ///
    /// # Errors
    /// As [`Loss::add_to`].
    pub fn graph(&self) -> Result<LossGraph, FormulaError> {
        let mut graph = Graph::new();
        let parameters: Vec<_> = self
            .parameters
            .iter()
            .map(|_| graph.input(Rate::Descent))
            .collect();
        let value = self.add_to(&mut graph, &parameters, Rows::All)?;
        let gradient = derivative::gradient(&mut graph, value, &parameters);
        Ok(LossGraph {
            graph,
            parameters,
            value,
            gradient,
        })
    }

    /// f at each of `points`, in f64.
    ///
    /// # Errors
    /// As [`Loss::add_to`].
    pub fn values(&self, points: &[Vec<f64>]) -> Result<Vec<f64>, FormulaError> {
        let mut graph = Graph::new();
        let parameters = self.parameters.iter().map(|_| graph.input(Rate::Descent));
        let parameters: Vec<_> = parameters.collect();
        let value = self.add_to(&mut graph, &parameters, Rows::All)?;
        let mut tape = Tape::new(&graph, &[value]);
        let at = |w: &Vec<f64>| {
            tape.run(w);
            tape.value(value)
        };
        Ok(points.iter().map(at).collect())
    }

    /// Value, gradient and Hessian at `w`, in f64.
    ///
    /// # Errors
    /// As [`Loss::add_to`].
    pub fn evaluate(&self, w: &[f64]) -> Result<Evaluation, FormulaError> {
        let LossGraph {
            mut graph,
            parameters,
            value,
            gradient,
        } = self.graph()?;
        let hessian = derivative::hessian(&mut graph, value, &parameters);
        let mut outputs = vec![value];
        outputs.extend(&gradient);
        outputs.extend(hessian.iter().flatten());
        let mut tape = Tape::new(&graph, &outputs);
        tape.run(w);
        // Of the two zeros, the one without a sign.
        let read =
            |ids: &[NodeId]| -> Vec<f64> { ids.iter().map(|id| tape.value(*id) + 0.0).collect() };
        Ok(Evaluation {
            value: tape.value(value) + 0.0,
            gradient: read(&gradient),
            hessian: hessian.iter().map(|row| read(row)).collect(),
        })
    }
}

/// A formula, of which the last statement is its value: `what`, for messages.
fn formula_of(formula: &str, what: &str) -> Result<parser::Formula, FormulaError> {
    let parsed = parser::formula(formula)?;
    match parsed.statements.last() {
        None => Err(parser::empty(0..formula.len())),
        Some(Statement {
            target: Some((name, span)),
            ..
        }) => Err(FormulaError::new(
            span.clone(),
            format!(
                "the last line must be the {what} itself, and `{name} = …` names a part; leave out \
                 `{name} =`"
            ),
        )),
        Some(_) => Ok(parsed),
    }
}

/// Binds the names of a formula's parts; gives the expression of its value.
fn bind<'a>(
    graph: &mut Graph,
    statements: &'a [Statement],
    scope: &mut Scope,
) -> Result<&'a Expression, FormulaError> {
    let (last, bindings) = statements
        .split_last()
        .expect("checked when the loss was made");
    for binding in bindings {
        let value = lower(graph, &binding.expression, scope)?;
        let Some((name, _)) = &binding.target else {
            let span = binding.expression.instructions[0].span.clone();
            return Err(FormulaError::new(
                span,
                "only the last line may stand without a name; write `u = …`",
            ));
        };
        scope.bind(name, value);
    }
    Ok(&last.expression)
}
