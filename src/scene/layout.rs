//! The layout at a moment: between two stops the picture is part one, part the other.

use super::words::Layout;

/// How far the picture has each layout: three parts that add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayoutMix {
    /// The landscape alone, in 3D.
    pub landscape: f64,
    /// The contour map alone.
    pub map: f64,
    /// Both, side by side.
    pub side_by_side: f64,
}

impl LayoutMix {
    /// The mix a part `along`, from 0 to 1, of the way to `layout`.
    #[must_use]
    pub fn towards(self, layout: Layout, along: f64) -> Self {
        let to = Self::from(layout);
        let mix = |from: f64, to: f64| from + (to - from) * along;
        Self {
            landscape: mix(self.landscape, to.landscape),
            map: mix(self.map, to.map),
            side_by_side: mix(self.side_by_side, to.side_by_side),
        }
    }
}

impl From<Layout> for LayoutMix {
    fn from(layout: Layout) -> Self {
        let is = |other| f64::from(u8::from(layout == other));
        Self {
            landscape: is(Layout::ThreeD),
            map: is(Layout::Map),
            side_by_side: is(Layout::SideBySide),
        }
    }
}
