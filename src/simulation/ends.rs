//! When a descent is over.

use crate::optimizer::Update;

/// A value of at most this, in exact numbers, is finite in f32 with all that is rounded on the way.
const SURELY_FINITE: f64 = 1e37;

/// When descents end. Whether one has is looked at before each of its steps.
///
/// It has converged where the loss or the gradient's norm is at or below a tolerance, and stays
/// there. It has diverged where a step would take a parameter, or the drawn point, beyond `reach`
/// or to what is no number, and where the square of the gradient is outside 32 bits: it stays
/// there too. And it has diverged where the loss has no value within 32 bits: it ends one step
/// before that, at its last finite point; a start point without a loss has diverged at step 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    /// |∇f| at or below which a descent has converged.
    pub converged_gradient: Option<f64>,
    /// f at or below which a descent has converged.
    pub converged_loss: Option<f64>,
    /// The domain's centre, a number for each parameter.
    pub centre: Vec<f64>,
    /// How far from the centre a descent may go before it has diverged.
    pub reach: Vec<f64>,
}

impl Ends {
    /// Nothing converges; a descent has diverged `far` times the domain's size away.
    pub fn far(domain: &[[f64; 2]], far: f64) -> Self {
        let middle = |[low, high]: &[f64; 2]| 0.5 * (low + high);
        Self {
            converged_gradient: None,
            converged_loss: None,
            centre: domain.iter().map(middle).collect(),
            reach: domain
                .iter()
                .map(|[low, high]| far * (high - low))
                .collect(),
        }
    }

    /// How far from the centre a descent may go, a number for each parameter, so that its loss and
    /// the square of its gradient are finite in f32 for sure: the reach, or a part of it down to a
    /// ten thousandth. `None` where that is not known, as of a loss with quotients.
    pub fn sure_reach(&self, update: &Update) -> Option<Vec<f64>> {
        let is_sure = |part: &f64| {
            let sizes = self.centre.iter().zip(&self.reach);
            let sizes: Vec<_> = sizes.map(|(at, reach)| at.abs() + part * reach).collect();
            update.magnitude(&sizes) < SURELY_FINITE
        };
        let part = [1.0, 1e-1, 1e-2, 1e-3, 1e-4].into_iter().find(is_sure)?;
        Some(self.reach.iter().map(|reach| part * reach).collect())
    }

    /// Whether a descent can converge at all.
    pub fn converge(&self) -> bool {
        self.converged_gradient.is_some() || self.converged_loss.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::Loss;
    use crate::optimizer::{self, Settings};

    /// How far from 0 the loss is surely finite where the domain is one wide.
    fn sure_reach(formula: &str) -> Option<f64> {
        let loss = Loss::from_formula(formula, None).expect("a formula");
        let rule = &optimizer::named("adam").expect("known").rule;
        let update = Update::new(rule, &loss, &Settings::new()).expect("an update");
        let ends = Ends::far(&vec![[-0.5, 0.5]; loss.parameters.len()], 1e6);
        Some(ends.sure_reach(&update)?[0])
    }

    /// The square of the slope of x⁴, 16 x⁶, is below 1e37 at 1e5, not at 1e6; that of x⁸, 64 x¹⁴, at
    /// 100. That of x¹² is at 10, which is less than a ten thousandth of the reach.
    #[test]
    fn the_sure_reach_is_where_the_slope_fits_32_bits() {
        assert_eq!(sure_reach("x^3"), Some(1e6));
        assert_eq!(sure_reach("x^4"), Some(1e5));
        assert_eq!(sure_reach("x^12"), None);
        assert_eq!(sure_reach("x^8"), Some(1e2));
        assert_eq!(sure_reach("x + 1/y"), None);
    }
}
