//! A height as a formula of f: what a scene may draw in place of the loss or its logarithm.

use super::Loss;
use crate::formula::evaluate::Tape;
use crate::formula::{FormulaError, Graph, NodeId, derivative, wgsl};

/// Operations at most: a height is evaluated for every pixel.
const MAX_OPERATIONS: usize = 256;

/// h(f), with its first two derivatives.
#[derive(Debug, Clone)]
pub struct HeightFormula {
    /// The text that it was made from.
    pub formula: String,
    graph: Graph,
    /// h, h′ and h″.
    outputs: [NodeId; 3],
    tape: Tape,
}

impl HeightFormula {
    /// The height that `formula` writes, in the formula language, with the loss called `f`.
    ///
    /// # Errors
    /// Everything that can be wrong with a formula, and numbers or lengths that a shader cannot
    /// hold, at their place in `formula`.
    pub fn parse(formula: &str) -> Result<Self, FormulaError> {
        let loss = Loss::from_formula(formula, Some(&["f".to_owned()]))?;
        let mut parts = loss.graph()?;
        let slope = parts.gradient[0];
        let bend = derivative::gradient(&mut parts.graph, slope, &parts.parameters)[0];
        let outputs = [parts.value, slope, bend];
        let graph = parts.graph;
        let operations = graph.operations(&outputs);
        if operations > MAX_OPERATIONS {
            let message = format!(
                "this takes {operations} operations, the height's derivatives among them; up to \
                 {MAX_OPERATIONS} are drawn"
            );
            return Err(FormulaError::new(graph.span(parts.value), message));
        }
        graph.check_f32(&graph.needed(&outputs))?;
        Ok(Self {
            formula: formula.to_owned(),
            tape: Tape::new(&graph, &outputs),
            graph,
            outputs,
        })
    }

    /// h(f) in f64; NaN or infinite where there is no height.
    pub fn height(&self, loss: f64) -> f64 {
        self.output(0, loss)
    }

    /// dh/df in f64.
    pub fn slope(&self, loss: f64) -> f64 {
        self.output(1, loss)
    }

    fn output(&self, number: usize, loss: f64) -> f64 {
        let mut tape = self.tape.clone();
        tape.run(&[loss]);
        tape.value(self.outputs[number])
    }

    /// WGSL that defines `formula_height`: h, h′ and h″ of a loss.
    pub fn wgsl(&self) -> String {
        let needed = self.graph.needed(&self.outputs);
        let lets = wgsl::lets(&self.graph, &needed, |_| "f".to_owned())
            .expect("its numbers were checked when it was parsed");
        let [height, slope, bend] = self.outputs.map(|id| wgsl::name(&self.graph, id));
        format!(
            "fn formula_height(f: f32) -> vec3f {{\n{lets}    \
             return vec3f({height}, {slope}, {bend});\n}}\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_of_f_is_a_height() {
        let height = HeightFormula::parse("sqrt(f + 1) - log(2)").expect("a formula");
        for loss in [-0.5_f64, 0.0, 3.0, 1e6] {
            let expected = (loss + 1.0).sqrt() - 2f64.ln();
            assert!((height.height(loss) - expected).abs() <= 1e-12 * expected.abs());
            let slope = 0.5 / (loss + 1.0).sqrt();
            assert!((height.slope(loss) - slope).abs() <= 1e-12 * slope);
        }
        assert!(height.height(-2.0).is_nan());
    }

    #[test]
    fn a_wrong_formula_is_told_where() {
        let wrong = |formula: &str| {
            let error = HeightFormula::parse(formula).expect_err("a mistake");
            error.render("height.scale", formula)
        };
        let unknown = wrong("sqrt(f + y)");
        assert!(
            unknown.contains("height.scale") && unknown.contains("^"),
            "{unknown}"
        );
        assert!(wrong("1e39*f").contains('^'));
        let long: Vec<_> = ["sin(f*1.5)^3"; 300]
            .iter()
            .enumerate()
            .map(|(i, term)| format!("{term}*{i}.25*cos(f/{i}.5)"))
            .collect();
        assert!(wrong(&long.join("+")).contains("operations"));
    }

    #[test]
    fn the_shader_defines_it_with_both_derivatives() {
        let text = HeightFormula::parse("f^3").expect("a formula").wgsl();
        assert!(
            text.starts_with("fn formula_height(f: f32) -> vec3f {"),
            "{text}"
        );
        assert!(text.contains("return vec3f("), "{text}");
    }
}
