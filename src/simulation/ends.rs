//! When a descent is over.

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

    /// Whether a descent can converge at all.
    pub fn converge(&self) -> bool {
        self.converged_gradient.is_some() || self.converged_loss.is_some()
    }
}
