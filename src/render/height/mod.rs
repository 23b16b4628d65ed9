//! The height scale: how a loss becomes a height, and what of it fills the landscape's box.

mod choose;

pub use choose::{HeightStyle, LawStyle};

use super::frame::BOX_HEIGHT;
use std::fmt;
use std::sync::Arc;

/// h(f) without scale: from a loss to a height.
#[derive(Debug, Clone, PartialEq)]
pub enum HeightLaw {
    /// h = f.
    Linear,
    /// h = sign(f)·log10(1 + |f|/unit).
    Log {
        /// In units of the loss; positive.
        unit: f64,
    },
    /// A formula of f.
    Formula(FormulaLaw),
}

/// A function of the loss.
pub type OfLoss = Arc<dyn Fn(f64) -> f64 + Send + Sync>;

/// A height as a formula of f, in f64 and as shaders see it.
#[derive(Clone)]
pub struct FormulaLaw {
    /// What is written on its axis.
    pub name: String,
    /// WGSL that defines `formula_height`: h, h′ and h″ of a loss.
    pub wgsl: String,
    /// h(f).
    pub height: OfLoss,
    /// dh/df.
    pub slope: OfLoss,
    /// Losses between which h only rises or only falls; absent where a height has no one loss.
    pub one_to_one: Option<[f64; 2]>,
}

impl fmt::Debug for FormulaLaw {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("FormulaLaw").field(&self.name).finish()
    }
}

impl PartialEq for FormulaLaw {
    fn eq(&self, other: &Self) -> bool {
        self.wgsl == other.wgsl && self.one_to_one == other.one_to_one
    }
}

/// A law, and the part of its heights that is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct HeightScale {
    /// h(f).
    pub law: HeightLaw,
    /// The height (not the loss) at the box's lower face.
    pub low: f64,
    /// The height at the box's lid, above `low`.
    pub high: f64,
    /// The field's lowest and highest height: what of them lies outside the box is cut.
    pub reach: [f64; 2],
    /// About how many contour lines, and never more; 0 draws none.
    pub contours: u32,
}

impl Default for HeightScale {
    /// Linear, from 0 to 1, without lines.
    fn default() -> Self {
        Self::of(HeightLaw::Linear, [0.0, 1.0])
    }
}

impl HeightScale {
    /// The scale that shows the heights `range` of a law whole, without lines.
    pub fn of(law: HeightLaw, range: [f64; 2]) -> Self {
        Self {
            law,
            low: range[0],
            high: range[1],
            reach: range,
            contours: 0,
        }
    }

    /// h(f).
    pub fn height_of_loss(&self, loss: f64) -> f64 {
        self.law.height_of_loss(loss)
    }

    /// dh/df, as `height_slope` in `shaders/include/frame.wgsl`.
    pub fn slope_at(&self, loss: f64) -> f64 {
        match &self.law {
            HeightLaw::Linear => 1.0,
            HeightLaw::Log { unit } => std::f64::consts::LOG10_E / (unit + loss.abs()),
            HeightLaw::Formula(formula) => (formula.slope)(loss),
        }
    }

    /// The loss at a height: the inverse of [`HeightScale::height_of_loss`], where it has one.
    pub fn loss_at_height(&self, height: f64) -> Option<f64> {
        match &self.law {
            HeightLaw::Linear => Some(height),
            HeightLaw::Log { unit } => {
                let size = (height.abs() / std::f64::consts::LOG10_E).exp_m1();
                Some(height.signum() * size * unit)
            }
            HeightLaw::Formula(formula) => formula.loss_at_height(height),
        }
    }

    /// World Z of a loss, cut at the box's faces.
    pub fn z_of_loss(&self, loss: f64) -> f32 {
        let level = (self.height_of_loss(loss) - self.low) / (self.high - self.low);
        (level.clamp(0.0, 1.0) as f32 - 0.5) * BOX_HEIGHT
    }

    /// The formula that shaders need for it; see [`FormulaLaw::wgsl`].
    pub fn formula(&self) -> Option<&str> {
        match &self.law {
            HeightLaw::Formula(formula) => Some(&formula.wgsl),
            HeightLaw::Linear | HeightLaw::Log { .. } => None,
        }
    }
}

impl HeightLaw {
    /// h(f).
    pub fn height_of_loss(&self, loss: f64) -> f64 {
        match self {
            Self::Linear => loss,
            Self::Log { unit } => {
                loss.signum() * (loss.abs() / unit).ln_1p() * std::f64::consts::LOG10_E
            }
            Self::Formula(formula) => (formula.height)(loss),
        }
    }
}

impl FormulaLaw {
    /// By bisection, to the last bits of the loss.
    fn loss_at_height(&self, height: f64) -> Option<f64> {
        let [mut low, mut high] = self.one_to_one?;
        let rises = (self.height)(low) < (self.height)(high);
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if ((self.height)(middle) < height) == rises {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(0.5 * (low + high))
    }
}
