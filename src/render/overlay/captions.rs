//! Title, caption and step counter: text that stands still at its place on the image.

use super::legend::on_pixel;
use super::text::{line_of_text, paragraph, regular, title};
use super::{HALO_RADIUS, MARGIN, OverlayColors, OverlayContent};
use egui::{Align2, Color32, Galley, Painter, Pos2, Rect, Vec2};
use std::sync::Arc;

const TITLE_SIZE: f32 = 36.0;
const STEP_SIZE: f32 = 21.0;
const NOTE_SIZE: f32 = 21.0;
/// The caption's size: the first in which it fits into [`MOST_LINES`].
const CAPTION_SIZES: [f32; 3] = [32.0, 27.0, 22.0];
const MOST_LINES: usize = 3;
/// The widest title and caption, in parts of the image.
const WIDEST_TITLE: f32 = 0.6;
const WIDEST_CAPTION: f32 = 0.7;
const CAPTION_PADDING: Vec2 = Vec2::new(24.0, 10.0);
const CORNER: f32 = 10.0;
/// Between two texts beside each other.
const GAP: f32 = 24.0;

/// A text with its place.
pub(super) struct Caption {
    pub(super) area: Rect,
    galley: Arc<Galley>,
    /// Around the text, with a ground behind both.
    padding: Option<Vec2>,
}

impl Caption {
    /// The title above left, up to `end` in the direction of the legend.
    pub(super) fn title(
        painter: &Painter,
        size: Vec2,
        content: &OverlayContent<'_>,
        end: f32,
    ) -> Option<Self> {
        let widest = (WIDEST_TITLE * size.x).min(end - GAP - MARGIN);
        let ink = content.colors.ink();
        let galley = line_of_text(painter, content.title, title(TITLE_SIZE), ink, widest);
        (!content.title.is_empty()).then(|| Self::bare(galley, Align2::LEFT_TOP, size))
    }

    /// The notes under the title, from `top` on.
    pub(super) fn notes(
        painter: &Painter,
        content: &OverlayContent<'_>,
        mut top: f32,
        end: f32,
    ) -> Vec<Self> {
        let muted = content.colors.muted();
        let note = |note: &String| {
            let galley = line_of_text(painter, note, regular(NOTE_SIZE), muted, end - GAP - MARGIN);
            let area = Rect::from_min_size(Pos2::new(MARGIN, top), galley.size());
            top = area.max.y;
            Self {
                area,
                galley,
                padding: None,
            }
        };
        content.notes.iter().map(note).collect()
    }

    /// The step counter below left: its digits grow to the right, so the word stands still.
    pub(super) fn step(
        painter: &Painter,
        size: Vec2,
        content: &OverlayContent<'_>,
    ) -> Option<Self> {
        let text = format!("step {}", content.step?);
        let muted = content.colors.muted();
        let galley = line_of_text(painter, &text, regular(STEP_SIZE), muted, size.x);
        Some(Self::bare(galley, Align2::LEFT_BOTTOM, size))
    }

    /// The caption of a lesson's stop, below in the middle, beside the step counter.
    pub(super) fn of_stop(
        painter: &Painter,
        size: Vec2,
        content: &OverlayContent<'_>,
    ) -> Option<Self> {
        if content.caption.is_empty() {
            return None;
        }
        // Room for as many steps as a film may have, so that the lines stay as they are broken.
        let digits = content.step.map(|step| step.max(999_999));
        let beside = digits.map_or(0.0, |step| {
            let font = regular(STEP_SIZE);
            let text = format!("step {step}");
            line_of_text(painter, &text, font, Color32::PLACEHOLDER, size.x)
                .size()
                .x
                + GAP
        });
        let room = size.x - 2.0 * (MARGIN + beside + CAPTION_PADDING.x);
        let widest = room.min(WIDEST_CAPTION * size.x);
        let ink = content.colors.ink();
        let written = |points: f32| {
            paragraph(
                painter,
                content.caption,
                regular(points),
                ink,
                widest,
                MOST_LINES,
            )
        };
        let [first, others @ ..] = CAPTION_SIZES;
        let galley = others.into_iter().fold(written(first), |galley, smaller| {
            if galley.elided {
                written(smaller)
            } else {
                galley
            }
        });
        Some(Self::on_ground(galley, size))
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

    /// Whether it is a lesson's caption, with a ground of its own.
    pub(super) fn is_on_ground(&self) -> bool {
        self.padding.is_some()
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
            for turn in [0.125, 0.375, 0.625, 0.875] {
                let off = HALO_RADIUS * Vec2::angled(turn * std::f32::consts::TAU);
                let galley = Arc::clone(&self.galley);
                painter.galley_with_override_text_color(place + off, galley, halo);
            }
        }
        painter.galley(place, Arc::clone(&self.galley), Color32::PLACEHOLDER);
    }
}
