//! What is written on the map and beside it: the numbers of its index lines, and its key.

use super::axes::{NAME_SIZE, NUMBER_SIZE, ramp};
use super::text::regular;
use super::{LINE_WIDTH, OverlayColors, ticks};
use crate::render::colour::ColourMap;
use crate::render::height::HeightScale;
use crate::render::level_labels::{self, LevelLabel};
use crate::render::levels::levels;
use egui::epaint::TextShape;
use egui::{Align2, Color32, Painter, Pos2, Rect, Stroke, Vec2};
use glam::{Mat4, Vec2 as WorldVec2};
use std::sync::Arc;

/// From the map to its key, and the key's width, in points.
const KEY_GAP: f32 = 30.0;
const KEY_WIDTH: f32 = 20.0;
/// The room of the key's name over it, in points.
const KEY_NAME: f32 = 40.0;
const TICK_LENGTH: f32 = 7.0;
const MOST_TICKS: usize = 9;
/// The room of the key's numbers beside it, in points.
const KEY_NUMBERS: f32 = 78.0;
/// Around a number on the map: as wide as hides its line, in points.
const HALO: f32 = 2.6;
/// The flatness from which on a map is written on.
const APPEARING: [f32; 2] = [0.88, 1.0];
/// The relative luminance from which on a band of the map is bright, and takes dark ink.
const BRIGHT: f32 = 0.17;
const DARK_INK: Color32 = Color32::from_rgb(18, 19, 24);
const BRIGHT_INK: Color32 = Color32::from_rgb(238, 240, 244);
/// What the arrows are, below the map's right end.
const NOTE_SIZE: f32 = 18.0;
const NOTE_DROP: f32 = 82.0;

/// The map of a pane.
#[derive(Debug, Clone, Copy)]
pub struct MapContent<'a> {
    /// The pane's matrix.
    pub clip_from_world: Mat4,
    /// Half the map's width and height in world units.
    pub half_extent: WorldVec2,
    /// How far the landscape has become the map.
    pub flatness: f32,
    /// Its bands' colours.
    pub colour_map: ColourMap,
    /// Its levels.
    pub height: &'a HeightScale,
    /// What the loss is called.
    pub loss: &'a str,
    /// What its arrows show; `None` without arrows.
    pub arrows: Option<&'a str>,
}

/// A map's texts and where they stand in their pane, in points.
pub(super) struct MapFigure<'a> {
    content: MapContent<'a>,
    size: Vec2,
    border: Rect,
    numbers: &'a [LevelLabel],
    pub(super) opacity: f32,
}

impl<'a> MapFigure<'a> {
    /// Nothing as long as the map is not flat.
    pub(super) fn new(
        content: MapContent<'a>,
        size: Vec2,
        numbers: &'a [LevelLabel],
    ) -> Option<Self> {
        let opacity = ramp(content.flatness, APPEARING);
        let mut figure = Self {
            content,
            size,
            border: Rect::NOTHING,
            numbers,
            opacity,
        };
        for corner in [-content.half_extent, content.half_extent] {
            figure.border.extend_with(figure.point(corner));
        }
        (opacity > 0.0).then_some(figure)
    }

    /// Where a place of the world's plane falls in the pane.
    fn point(&self, xy: WorldVec2) -> Pos2 {
        let ndc = self.content.clip_from_world.project_point3(xy.extend(0.0));
        Pos2::new(
            (0.5 + 0.5 * ndc.x) * self.size.x,
            (0.5 - 0.5 * ndc.y) * self.size.y,
        )
    }

    /// The boxes of what stands beside the map.
    pub(super) fn areas(&self) -> Vec<Rect> {
        let key = self.bar().expand2(Vec2::new(0.0, 2.0));
        let numbers = Rect::from_min_max(key.min, key.max + Vec2::new(KEY_NUMBERS, 0.0));
        let mut areas = vec![numbers.union(self.name_area())];
        areas.extend(self.content.arrows.map(|note| self.note_area(note)));
        areas
    }

    fn bar(&self) -> Rect {
        // Its name stands over it, within the map's height.
        let corner = self.border.right_top() + Vec2::new(KEY_GAP, KEY_NAME);
        let height = (self.border.height() - KEY_NAME).max(0.0);
        Rect::from_min_size(corner, Vec2::new(KEY_WIDTH, height))
    }

    fn name_area(&self) -> Rect {
        let above = self.bar().center_top() - Vec2::new(0.0, KEY_NAME);
        Align2::CENTER_TOP.anchor_size(above, Vec2::new(2.0 * KEY_WIDTH, KEY_NAME))
    }

    fn note_area(&self, note: &str) -> Rect {
        let corner = self.border.right_bottom() + Vec2::new(0.0, NOTE_DROP);
        let width = 0.6 * NOTE_SIZE * note.chars().count() as f32;
        Align2::RIGHT_TOP.anchor_size(corner, Vec2::new(width, NOTE_SIZE * 1.4))
    }

    pub(super) fn paint(&self, painter: &Painter, origin: Vec2, colors: &OverlayColors) {
        for number in self.numbers {
            self.paint_number(painter, origin, number);
        }
        self.paint_key(painter, origin, colors);
        if let Some(note) = self.content.arrows {
            let corner = self.note_area(note).right_top() + origin;
            let color = colors.muted().gamma_multiply(self.opacity);
            painter.text(corner, Align2::RIGHT_TOP, note, regular(NOTE_SIZE), color);
        }
    }

    fn paint_number(&self, painter: &Painter, origin: Vec2, number: &LevelLabel) {
        let centre = self.point(number.centre) + origin;
        let ahead = self.point(number.centre + 0.01 * number.along) + origin;
        let band = self.band_colour(number.height);
        let font = regular(level_labels::NUMBER_SIZE);
        let galley = painter.layout_no_wrap(number.text.clone(), font, Color32::PLACEHOLDER);
        let written = |color: Color32, off: Vec2| {
            let corner = centre + off - 0.5 * galley.size();
            let shape = TextShape::new(corner, Arc::clone(&galley), color);
            shape
                .with_override_text_color(color)
                .with_angle_and_anchor((ahead - centre).angle(), Align2::CENTER_CENTER)
                .with_opacity_factor(self.opacity)
        };
        for turn in 0..8 {
            let off = HALO * Vec2::angled(turn as f32 / 8.0 * std::f32::consts::TAU);
            painter.add(written(band, off));
        }
        painter.add(written(ink_on(band), Vec2::ZERO));
    }

    fn band_colour(&self, height: f64) -> Color32 {
        let scale = self.content.height;
        let level = ((height - scale.low) / (scale.high - scale.low)) as f32;
        let [red, green, blue] = self.content.colour_map.at(level);
        let byte = |value: f32| (255.0 * value).round() as u8;
        Color32::from_rgb(byte(red), byte(green), byte(blue))
    }

    /// The colours of the bands with the losses between them.
    fn paint_key(&self, painter: &Painter, origin: Vec2, colors: &OverlayColors) {
        let bar = self.bar().translate(origin);
        let scale = self.content.height;
        let fraction = |height: f64| ((height - scale.low) / (scale.high - scale.low)) as f32;
        let y = |fraction: f32| bar.bottom() - fraction * bar.height();
        let inner = levels(scale).into_iter().map(|level| level.height);
        let bounds: Vec<f64> = [scale.low]
            .into_iter()
            .chain(inner)
            .chain([scale.high])
            .collect();
        for band in bounds.windows(2) {
            let color = self.band_colour(0.5 * (band[0] + band[1]));
            let rows = y(fraction(band[1]))..=y(fraction(band[0]));
            let area = Rect::from_x_y_ranges(bar.x_range(), rows);
            painter.rect_filled(area, 0.0, color.gamma_multiply(self.opacity));
        }
        let muted = colors.muted().gamma_multiply(self.opacity);
        for tick in ticks::of_height(scale, MOST_TICKS) {
            let foot = Pos2::new(bar.right(), y(tick.fraction as f32));
            let end = foot + Vec2::new(TICK_LENGTH, 0.0);
            painter.line_segment([foot, end], Stroke::new(LINE_WIDTH, muted));
            let corner = end + Vec2::new(6.0, 0.0);
            painter.text(
                corner,
                Align2::LEFT_CENTER,
                &tick.label,
                regular(NUMBER_SIZE),
                muted,
            );
        }
        let ink = colors.ink().gamma_multiply(self.opacity);
        let name = self.name_area().center_top() + origin;
        painter.text(
            name,
            Align2::CENTER_TOP,
            self.content.loss,
            regular(NAME_SIZE),
            ink,
        );
    }
}

/// Dark on bright bands, bright on dark ones.
fn ink_on(band: Color32) -> Color32 {
    let linear = |value: u8| (f32::from(value) / 255.0).powf(2.2);
    let [red, green, blue, _] = band.to_array();
    let luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    if luminance > BRIGHT {
        DARK_INK
    } else {
        BRIGHT_INK
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::overlay::text;

    #[test]
    fn the_ink_stands_out_from_every_band() {
        let luminance = |color: Color32| {
            let linear = |value: u8| (f32::from(value) / 255.0).powf(2.2);
            let [red, green, blue, _] = color.to_array();
            0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
        };
        for map in ColourMap::ALL {
            for [red, green, blue] in map.table() {
                let band = Color32::from_rgb(red, green, blue);
                let (ink, ground) = (luminance(ink_on(band)), luminance(band));
                let contrast = (ink.max(ground) + 0.05) / (ink.min(ground) + 0.05);
                assert!(contrast > 3.9, "{contrast} on {band:?} of {map:?}");
            }
        }
    }

    /// Numbers are placed by the count of their signs: what is drawn must fit into that.
    #[test]
    fn numbers_fit_into_the_boxes_that_they_were_placed_by() {
        let screen = crate::render::overlay::Screen {
            size_px: [640, 360],
            px_per_point: 1.0,
        };
        let mut output = text::pass(&text::context(), screen, &mut |painter| {
            for number in ["0", "−5", "1000", "2.5×10⁻¹⁰", "−0.25", "5×10⁶"] {
                let font = regular(level_labels::NUMBER_SIZE);
                let galley = painter.layout_no_wrap(number.to_owned(), font, Color32::WHITE);
                let room = level_labels::size_of(number);
                let ink = galley.mesh_bounds.size();
                // Raised digits stand a little higher than others.
                let fits = ink.x <= room.x && ink.y <= room.y + 3.0;
                assert!(fits, "{number}: {ink} in {room}");
            }
        });
        output.textures_delta.clear();
    }
}
