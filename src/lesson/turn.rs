//! A turn of the knobs: what it changes, beside what the slope promises.

/// A value and its partial derivatives at a point.
pub type Slope = (f64, Vec<f64>);

/// What a turn does to one value: the machine's output, or the loss.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// By how much each knob is turned.
    pub by: Vec<f64>,
    /// The value before and after.
    pub values: [f64; 2],
    /// Its partial derivatives before the turn.
    pub slope: Vec<f64>,
}

impl Turn {
    /// Turns the knobs that stand at `from` by `by`; `value` gives a value and its partial
    /// derivatives at a point.
    pub fn new(from: &[f64], by: &[f64], mut value: impl FnMut(&[f64]) -> Slope) -> Self {
        let to: Vec<_> = from.iter().zip(by).map(|(from, by)| from + by).collect();
        let (before, slope) = value(from);
        let (after, _) = value(&to);
        Self {
            by: by.to_vec(),
            values: [before, after],
            slope,
        }
    }

    /// By how much the value has changed.
    pub fn measured(&self) -> f64 {
        self.values[1] - self.values[0]
    }

    /// ∂value/∂w · Δw, the sum over all knobs: right for small turns.
    pub fn predicted(&self) -> f64 {
        let products = self.slope.iter().zip(&self.by);
        products.map(|(slope, by)| slope * by).sum()
    }
}
