//! The layout at a moment: between two stops the picture is part one, part the other.

use super::camera::mix;
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
        self.mixed(layout.into(), along)
    }

    /// The mix a part `along`, from 0 to 1, of the way to `other`.
    #[must_use]
    pub fn mixed(self, other: Self, along: f64) -> Self {
        Self {
            landscape: mix(self.landscape, other.landscape, along),
            map: mix(self.map, other.map, along),
            side_by_side: mix(self.side_by_side, other.side_by_side, along),
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
