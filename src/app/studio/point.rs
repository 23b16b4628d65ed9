//! The studio's hand on the followed point: it is carried over the surface, and over the map.

use super::Studio;
use crate::app::picture::Picture;
use glam::Vec2;

/// How near the point the pointer takes hold of it, in points of the screen.
const REACH: f64 = 14.0;

impl Studio {
    /// Whether the pointer is on the scene's own point; heads of descents are not carried.
    pub(super) fn is_on_point(&self) -> bool {
        let reach_px = (REACH * self.screen.window.scale_factor()) as f32;
        let has_point = self.draft.scene.loss.at.is_some();
        let picture = self.picture.as_ref().filter(|_| has_point);
        let off_px = picture.and_then(|picture| picture.point_off_px(self.pointer.at_px()));
        off_px.is_some_and(|off_px| off_px <= reach_px)
    }

    /// Brings the point to where a pixel shows the landscape; beside it the point stays.
    pub(super) fn carry_point(&mut self, to_px: Vec2) {
        let picture: Option<&Picture> = self.picture.as_ref();
        let Some(point) = picture.and_then(|picture| picture.point_at(to_px)) else {
            return;
        };
        let Some(at) = &mut self.draft.scene.loss.at else {
            return;
        };
        // A stop with another loss may just have begun.
        if at
            .keys()
            .all(|name| point.iter().any(|(known, _)| known == name))
        {
            log::debug!("carries the point to {point:?}");
            at.extend(point);
        }
    }
}
