//! The loss: a formula of the parameters, with what is known of it.

mod catalogue;
mod height;

pub use catalogue::{all, named, names};
pub use height::HeightFormula;

use crate::formula::evaluate::Tape;
use crate::formula::parser;
use crate::formula::syntax::Statement;
use crate::formula::{
    FormulaError, Graph, NodeId, Rate, Scope, Value, derivative, lower, lower_scalar, plain_name,
    unknown_name, wgsl,
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
    statements: Vec<Statement>,
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
        let statements = parser::statements(formula)?;
        match statements.last() {
            None => return Err(parser::empty(0..formula.len())),
            Some(Statement {
                target: Some((name, span)),
                ..
            }) => {
                return Err(FormulaError::new(
                    span.clone(),
                    format!(
                        "the last line must be the loss itself, and `{name} = …` names a part; \
                         leave out `{name} =`"
                    ),
                ));
            }
            Some(_) => {}
        }
        let parameters = match parameters {
            Some(declared) => declared.to_vec(),
            None => parameters_of(&statements, formula)?,
        };
        check_parameters(&parameters, formula)?;
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
            statements,
        };
        loss.graph()?;
        Ok(loss)
    }

    /// Adds f at the point `at` (a node for each parameter) to `graph`.
    ///
    /// # Errors
    /// Unknown names and wrong arguments, at their place in the formula.
    pub fn add_to(&self, graph: &mut Graph, at: &[NodeId]) -> Result<NodeId, FormulaError> {
        let mut scope = Scope::of_constants(graph);
        for (name, node) in self.parameters.iter().zip(at) {
            scope.bind(&plain_name(name), Value::Scalar(*node));
        }
        let (last, bindings) = self
            .statements
            .split_last()
            .expect("checked when the loss was made");
        for binding in bindings {
            let value = lower(graph, &binding.expression, &scope)?;
            let Some((name, _)) = &binding.target else {
                let span = binding.expression.instructions[0].span.clone();
                return Err(FormulaError::new(
                    span,
                    "only the last line may stand without a name; write `u = …`",
                ));
            };
            scope.bind(name, value);
        }
        lower_scalar(graph, &last.expression, &scope)
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
        let value = self.add_to(&mut graph, &parameters)?;
        let gradient = derivative::gradient(&mut graph, value, &parameters);
        Ok(LossGraph {
            graph,
            parameters,
            value,
            gradient,
        })
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
        let read = |ids: &[NodeId]| ids.iter().map(|id| tape.value(*id)).collect::<Vec<_>>();
        Ok(Evaluation {
            value: tape.value(value),
            gradient: read(&gradient),
            hessian: hessian.iter().map(|row| read(row)).collect(),
        })
    }
}

impl LossGraph {
    /// WGSL that defines `PARAMETERS`, `Evaluation` and `evaluate_loss`.
    ///
    /// # Errors
    /// A number outside f32, at its place in the formula.
    pub fn wgsl(&self) -> Result<String, FormulaError> {
        let count = self.parameters.len();
        let mut outputs = vec![self.value];
        outputs.extend(&self.gradient);
        self.check_budget()?;
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
    /// Operations of value and gradient together.
    pub fn operations(&self) -> usize {
        let mut outputs = vec![self.value];
        outputs.extend(&self.gradient);
        self.graph.operations(&outputs)
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

/// The parameters that a formula speaks of when none are declared.
fn parameters_of(statements: &[Statement], formula: &str) -> Result<Vec<String>, FormulaError> {
    let bound = |name: &str| {
        statements
            .iter()
            .any(|statement| matches!(&statement.target, Some((target, _)) if target == name))
    };
    let used: Vec<&str> = statements
        .iter()
        .flat_map(|statement| statement.expression.names())
        .map(|(name, _)| name)
        .filter(|name| !bound(name))
        .collect();
    let numbered = |letter: char| {
        used.iter()
            .filter_map(|name| number_behind(letter, name))
            .max()
    };
    let all_numbered = |letter: char, count| (1..=count).map(|i| format!("{letter}{i}")).collect();
    let names = if let Some(count) = numbered('w') {
        all_numbered('w', count)
    } else if let Some(count) = numbered('x') {
        all_numbered('x', count)
    } else if used.contains(&"w") {
        vec!["w".to_owned()]
    } else if used.contains(&"y") {
        vec!["x".to_owned(), "y".to_owned()]
    } else if used.contains(&"x") {
        vec!["x".to_owned()]
    } else if let Some((name, span)) = statements
        .iter()
        .flat_map(|statement| statement.expression.names())
        .find(|(name, _)| !bound(name) && !matches!(*name, "pi" | "e" | "tau" | "π" | "τ"))
    {
        let known = ["x", "y", "w", "pi", "e", "tau"];
        return Err(unknown_name(span, name, known.into_iter()));
    } else {
        return Err(FormulaError::new(
            0..formula.len(),
            "the formula has no parameter; write it in x and y, w, or w1 … wN",
        ));
    };
    Ok(names)
}

/// N of the name `wN` or `xN`, from 1; too large a one is refused later, with its count.
fn number_behind(letter: char, name: &str) -> Option<usize> {
    let number = name.strip_prefix(letter)?;
    if number.starts_with('0') || number.len() > 4 {
        return None;
    }
    number.parse().ok()
}

fn check_parameters(parameters: &[String], formula: &str) -> Result<(), FormulaError> {
    let whole = 0..formula.len();
    if parameters.is_empty() || parameters.len() > MAX_PARAMETERS {
        return Err(FormulaError::new(
            whole,
            format!(
                "a loss has 1 to {MAX_PARAMETERS} parameters, this one {}",
                parameters.len()
            ),
        ));
    }
    for (i, name) in parameters.iter().enumerate() {
        if parameters[..i].contains(name) {
            return Err(FormulaError::new(
                whole,
                format!("the parameter `{name}` is declared twice"),
            ));
        }
    }
    Ok(())
}
