//! Title, caption and step counter: text that stands still in its corner of the image.

use super::legend::on_pixel;
use super::text::{line_of_text, paragraph, regular, title};
use super::{MARGIN, OverlayColors, OverlayContent, paint_halo};
use egui::{Align2, Color32, Galley, Painter, Pos2, Rect, Vec2};
use std::sync::Arc;

const TITLE_SIZE: f32 = 36.0;
const CAPTION_SIZE: f32 = 32.0;
const STEP_SIZE: f32 = 21.0;
const NOTE_SIZE: f32 = 21.0;
/// The widest title and caption, in parts of the image.
const WIDEST_TITLE: f32 = 0.6;
const WIDEST_CAPTION: f32 = 0.7;
const CAPTION_PADDING: Vec2 = Vec2::new(24.0, 10.0);
const CORNER: f32 = 10.0;

/// A text with its place.
pub(super) struct Caption {
    pub(super) area: Rect,
    galley: Arc<Galley>,
    /// Around the text, with a ground behind both.
    padding: Option<Vec2>,
}

impl Caption {
    /// The texts that are not empty, on an image of `size` points: title above left with the notes
    /// under it, step counter below left (its digits grow to the right, so the word stands still), caption below.
    pub(super) fn lay_out(
        painter: &Painter,
        size: Vec2,
        content: &OverlayContent<'_>,
    ) -> Vec<Self> {
        let (ink, muted) = (content.colors.ink(), content.colors.muted());
        let mut captions = Vec::new();
        if !content.title.is_empty() {
            let widest = WIDEST_TITLE * size.x;
            let galley = line_of_text(painter, content.title, title(TITLE_SIZE), ink, widest);
            captions.push(Self::bare(galley, Align2::LEFT_TOP, size));
        }
        let mut top = captions.last().map_or(MARGIN, |title| title.area.max.y);
        for note in content.notes {
            let widest = WIDEST_TITLE * size.x;
            let galley = line_of_text(painter, note, regular(NOTE_SIZE), muted, widest);
            let area = Rect::from_min_size(Pos2::new(MARGIN, top), galley.size());
            top = area.max.y;
            captions.push(Self {
                area,
                galley,
                padding: None,
            });
        }
        if let Some(step) = content.step {
            let text = format!("step {step}");
            let galley = line_of_text(painter, &text, regular(STEP_SIZE), muted, size.x);
            captions.push(Self::bare(galley, Align2::LEFT_BOTTOM, size));
        }
        if !content.caption.is_empty() {
            let widest = WIDEST_CAPTION * size.x;
            let galley = paragraph(painter, content.caption, regular(CAPTION_SIZE), ink, widest);
            captions.push(Self::on_ground(galley, size));
        }
        captions
    }

    fn bare(galley: Arc<Galley>, corner: Align2, size: Vec2) -> Self {
        let inner = Rect::from_min_size(Pos2::ZERO, size).shrink(MARGIN);
        Self {
            area: corner.anchor_size(corner.pos_in_rect(&inner), galley.size()),
            galley,
            padding: None,
        }
    }

    fn on_ground(galley: Arc<Galley>, size: Vec2) -> Self {
        let foot = Pos2::new(0.5 * size.x, size.y - MARGIN);
        let outer = galley.size() + 2.0 * CAPTION_PADDING;
        Self {
            area: Align2::CENTER_BOTTOM.anchor_size(foot, outer),
            galley,
            padding: Some(CAPTION_PADDING),
        }
    }

    /// The part of the image above a caption of a lesson, where there is one.
    pub(super) fn above(captions: &[Self], image: Rect) -> Rect {
        let foot = captions.iter().filter(|caption| caption.padding.is_some());
        let top = foot
            .map(|caption| caption.area.min.y)
            .fold(image.max.y, f32::min);
        Rect::from_min_max(image.min, Pos2::new(image.max.x, top))
    }

    pub(super) fn paint(&self, painter: &Painter, colors: &OverlayColors) {
        if self.padding.is_some() {
            painter.rect_filled(self.area, CORNER, colors.panel());
        }
        // A centred galley hangs from the middle of its upper edge.
        let hang = self.galley.rect.min.to_vec2();
        let corner = self.area.min + self.padding.unwrap_or_default();
        let place = on_pixel(painter, corner) - hang;
        if self.padding.is_none() && colors.halo > 0.0 {
            let halo = colors.panel().gamma_multiply(colors.halo);
            paint_halo(painter, place, &self.galley, halo);
        }
        painter.galley(place, Arc::clone(&self.galley), Color32::PLACEHOLDER);
    }
}
