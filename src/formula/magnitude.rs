//! How large the values of a formula can become: whether a shader may leave out the look at them.

use super::{Binary, Graph, InputId, NodeId, Op, Unary};

/// No node of those that `outputs` need has an absolute value above this where each input has one of
/// at most `input`, for exact numbers; infinite where that is not known, as for quotients, roots and
/// sums over a table.
pub fn magnitude(graph: &Graph, outputs: &[NodeId], input: impl Fn(InputId) -> f64) -> f64 {
    let needed = graph.needed(outputs);
    let last = needed.last().map_or(0, |id| id.index() + 1);
    let mut known = vec![0.0_f64; last];
    let mut largest = 0.0_f64;
    for id in &needed {
        let of = |operand: NodeId| known[operand.index()];
        let bound = match graph.op(*id) {
            Op::Constant(bits) => f64::from_bits(bits).abs(),
            Op::Input(number) => input(number),
            Op::Unary(unary, a) => of_unary(unary, of(a)),
            Op::Binary(binary, a, b) => of_binary(binary, [of(a), of(b)]),
            Op::Select(_, yes, no) => of(yes).max(of(no)),
            _ => f64::INFINITY,
        };
        // 0 times infinity is no bound.
        let bound = if bound.is_nan() { f64::INFINITY } else { bound };
        known[id.index()] = bound;
        largest = largest.max(bound);
    }
    largest
}

fn of_unary(unary: Unary, a: f64) -> f64 {
    match unary {
        Unary::Neg | Unary::Abs => a,
        Unary::Sign | Unary::Sin | Unary::Cos | Unary::Tanh | Unary::Erf | Unary::Sigmoid => 1.0,
        Unary::Atan => 2.0,
        Unary::Floor => a + 1.0,
        Unary::Exp => a.exp(),
        _ => f64::INFINITY,
    }
}

fn of_binary(binary: Binary, [a, b]: [f64; 2]) -> f64 {
    match binary {
        Binary::Add | Binary::Sub => a + b,
        Binary::Mul => a * b,
        Binary::Min | Binary::Max => a.max(b),
        Binary::Less
        | Binary::LessEqual
        | Binary::Greater
        | Binary::GreaterEqual
        | Binary::Equal
        | Binary::NotEqual => 1.0,
        _ => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::{Rate, Rows};
    use crate::loss::{self, Loss};

    /// The bound of f where no parameter is larger than `size`.
    fn bound(loss: &Loss, size: f64) -> f64 {
        let mut graph = Graph::new();
        let parameters = loss.parameters.iter();
        let inputs: Vec<_> = parameters.map(|_| graph.input(Rate::Descent)).collect();
        let value = loss.add_to(&mut graph, &inputs, Rows::All).expect("a loss");
        magnitude(&graph, &[value], |_| size)
    }

    /// No loss of the catalogue exceeds its bound anywhere on a grid, and Rosenbrock's is what one
    /// finds by hand: 100 (s² + s)² + (1 + s)².
    #[test]
    fn no_loss_exceeds_its_bound() {
        let mut bounded = 0;
        for loss in loss::all().iter().filter(|loss| loss.parameters.len() == 2) {
            for size in [0.5, 3.0, 200.0] {
                let bound = bound(loss, size);
                bounded += usize::from(bound.is_finite());
                for k in 0..121 {
                    let at = [k % 11, k / 11].map(|i| size * (f64::from(i) / 5.0 - 1.0));
                    let value = loss.evaluate(&at).expect("a loss").value;
                    let holds = value.abs() <= bound || value.is_nan() && bound.is_infinite();
                    assert!(holds, "{} at {at:?}: {value}, not {bound}", loss.name);
                }
            }
        }
        assert!(bounded > 30, "{bounded} bounds are of use");
        let rosenbrock = loss::named("rosenbrock").expect("known");
        let by_hand = 100.0 * (9.0 + 3.0_f64).powi(2) + 16.0;
        assert!((bound(&rosenbrock, 3.0) - by_hand).abs() < 1e-9);
    }

    /// What can be infinite or no number has no bound.
    #[test]
    fn what_is_not_known_has_no_bound() {
        for formula in [
            "1/x",
            "ln(x)",
            "sqrt(x)",
            "x*0 + 1/y",
            "exp(exp(x)) - y",
            "tan(x*y)",
        ] {
            let loss = Loss::from_formula(formula, None).expect("a formula");
            assert_eq!(bound(&loss, 10.0), f64::INFINITY, "{formula}");
        }
    }
}
