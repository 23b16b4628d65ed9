//! The way from one layout to another that the user has chosen. Pure: it is told what time it is.

use crate::scene::{LayoutMix, smoothstep};

/// How long it takes, in seconds.
const SECONDS: f64 = 0.9;

/// A layout on its way to another one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Morph {
    from: LayoutMix,
    since_s: f64,
}

impl Morph {
    /// Leaves `from` now.
    pub fn new(from: LayoutMix, now_s: f64) -> Self {
        Self {
            from,
            since_s: now_s,
        }
    }

    /// What is seen now of the way to `to`.
    pub fn mix(&self, to: LayoutMix, now_s: f64) -> LayoutMix {
        let along = ((now_s - self.since_s) / SECONDS).clamp(0.0, 1.0);
        self.from.mixed(to, smoothstep(along))
    }

    /// Whether it has arrived.
    pub fn is_over(&self, now_s: f64) -> bool {
        now_s - self.since_s >= SECONDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Layout;

    #[test]
    fn it_leaves_from_where_it_is_and_arrives() {
        let [map, both] = [Layout::Map, Layout::SideBySide].map(LayoutMix::from);
        let morph = Morph::new(map, 10.0);
        assert_eq!(morph.mix(both, 10.0), map);
        let half = morph.mix(both, 10.0 + 0.5 * SECONDS);
        assert!((half.map - 0.5).abs() < 1e-9 && !morph.is_over(10.5));
        // Chosen anew on the way: from there.
        let back = Morph::new(half, 10.5);
        assert_eq!(back.mix(map, 10.5), half);
        assert_eq!(morph.mix(both, 12.0), both);
        assert!(morph.is_over(12.0));
    }
}
