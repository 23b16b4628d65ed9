//! The whole of the overlay on one image: every text gets its place, then all are painted.

use super::captions::Caption;
use super::explanation::Explanation;
use super::legend::{Legend, Shape};
use super::machine::Machine;
use super::map::MapFigure;
use super::{
    AxesFigure, HALO_OPACITY, HALO_RADIUS, LINE_WIDTH, MARGIN, OverlayColors, OverlayContent,
    PaneContent, Pointer, Screen, WordsRoom, place, text, words,
};
use crate::render::panes::LEGEND_BESIDE_MAP;
use egui::epaint::TextShape;
use egui::{Align2, Color32, Painter, Pos2, Rect, Stroke, Vec2};
use std::f32::consts::TAU;
use std::sync::Arc;

/// The widest legend in the corner above right over a landscape, as a part of the image.
const WIDEST_BLOCK: f32 = 0.42;
/// From the title to a legend in rows.
const ROWS_GAP: f32 = 10.0;
/// A legend fainter than this takes no room.
const SEEN: f32 = 0.02;

/// What a text belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextKind {
    /// Title, step counter or caption.
    Caption,
    /// A legend.
    Legend,
    /// A number or name of an axis: what it says.
    Axis(String),
    /// A step taken apart, or the machine.
    Panel,
    /// Words beside a spot of the landscape.
    Words,
    /// What stands beside a map.
    Map,
}

/// A text's box, in points.
#[derive(Debug, Clone, PartialEq)]
pub struct TextArea {
    /// What stands there.
    pub kind: TextKind,
    /// Where.
    pub area: Rect,
    /// 1 is opaque.
    pub opacity: f32,
}

/// Where everything stands.
pub(super) struct Sheet<'a> {
    content: &'a OverlayContent<'a>,
    captions: Vec<Caption>,
    /// With its opacity: of one legend on its way to another place, both are seen.
    legends: Vec<(Legend, f32)>,
    explanation: Option<Explanation>,
    machine: Option<Machine<'a>>,
    panes: Vec<PaneFigure<'a>>,
}

/// What is written in a pane, from its upper left corner on.
struct PaneFigure<'a> {
    area: Rect,
    words: (&'a [Pointer], Vec<Option<WordsRoom>>),
    axes: AxesFigure,
    map: Option<MapFigure<'a>>,
}

impl<'a> Sheet<'a> {
    pub(super) fn lay_out(
        painter: &Painter,
        screen: Screen,
        content: &'a OverlayContent<'a>,
    ) -> Self {
        let size = screen.size_points();
        let (captions, legends) = fixed_texts(painter, size, content);
        let explanation = content
            .explanation
            .and_then(|shown| Explanation::lay_out(painter, size, shown, &content.colors));
        let below = legends.iter().map(|(legend, _)| legend.area.max.y);
        let below = below.fold(0.0, f32::max);
        let machine = content.machine;
        let mut sheet = Self {
            content,
            captions,
            legends,
            explanation,
            machine: machine.map(|machine| Machine::lay_out(size, below, machine)),
            panes: Vec::new(),
        };
        for pane in content.panes {
            let figure = sheet.pane(painter, size, pane);
            sheet.panes.push(figure);
        }
        sheet
    }

    fn pane(&self, painter: &Painter, size: Vec2, pane: &PaneContent<'a>) -> PaneFigure<'a> {
        let origin = pane.area.min.to_vec2();
        let map = pane
            .map
            .and_then(|map| MapFigure::new(map, pane.area.size(), pane.numbers));
        let mut taken: Vec<Rect> = self
            .fixed_areas()
            .map(|area| area.translate(-origin))
            .collect();
        taken.extend(map.iter().flat_map(MapFigure::areas));
        let free = self.above_captions(Rect::from_min_size(Pos2::ZERO, size));
        let free = free.intersect(pane.area).translate(-origin);
        let rooms = words::lay_out(painter, pane.words, free, &taken);
        taken.extend(rooms.iter().flatten().map(|room| room.area));
        let axes = pane.axes.map(|axes| {
            let mut measure = |text: &str, points: f32| measured(painter, text, points);
            place(&axes, pane.area.size(), free, &taken, &mut measure)
        });
        PaneFigure {
            area: pane.area,
            words: (pane.words, rooms),
            axes: axes.unwrap_or_default(),
            map,
        }
    }

    /// Title, captions, legend and panels.
    fn fixed_areas(&self) -> impl Iterator<Item = Rect> {
        let captions = self.captions.iter().map(|caption| caption.area);
        captions
            .chain(self.legends.iter().map(|(legend, _)| legend.area))
            .chain(self.panels())
    }

    fn panels(&self) -> impl Iterator<Item = Rect> {
        let explanation = self.explanation.iter().map(|panel| panel.area);
        explanation.chain(self.machine.iter().map(|panel| panel.area))
    }

    /// The part of the image above a caption of a lesson, where there is one.
    fn above_captions(&self, image: Rect) -> Rect {
        let captions = self
            .captions
            .iter()
            .filter(|caption| caption.is_on_ground());
        let top = captions
            .map(|caption| caption.area.min.y)
            .fold(image.max.y, f32::min);
        Rect::from_min_max(image.min, Pos2::new(image.max.x, top))
    }

    pub(super) fn paint(&self, painter: &Painter) {
        let colors = &self.content.colors;
        for pane in &self.panes {
            let painter = painter.with_clip_rect(pane.area.expand(1.0));
            let origin = pane.area.min.to_vec2();
            if let Some(map) = &pane.map {
                map.paint(&painter, origin, colors);
            }
            let (pointers, rooms) = &pane.words;
            words::paint(&painter, origin, pointers, rooms, colors);
            paint_axes(&painter, origin, &pane.axes, colors);
        }
        for caption in &self.captions {
            caption.paint(painter, colors);
        }
        for (legend, opacity) in &self.legends {
            legend.paint(painter, colors, *opacity);
        }
        if let Some(explanation) = &self.explanation {
            explanation.paint(painter, colors);
        }
        if let Some(machine) = &self.machine {
            machine.paint(painter, colors);
        }
    }

    fn areas(&self) -> Vec<TextArea> {
        let at = |kind, area, opacity| TextArea {
            kind,
            area,
            opacity,
        };
        let captions = self
            .captions
            .iter()
            .map(|caption| at(TextKind::Caption, caption.area, 1.0));
        let legends = self.legends.iter();
        let legends = legends.map(|(legend, opacity)| at(TextKind::Legend, legend.area, *opacity));
        let panels = self.panels().map(|area| at(TextKind::Panel, area, 1.0));
        let mut areas: Vec<_> = captions.chain(legends).chain(panels).collect();
        for pane in &self.panes {
            let origin = pane.area.min.to_vec2();
            for label in &pane.axes.labels {
                let kind = TextKind::Axis(label.text.clone());
                areas.push(at(kind, label.area.translate(origin), label.opacity));
            }
            let rooms = pane.words.1.iter().flatten();
            areas.extend(rooms.map(|room| at(TextKind::Words, room.area.translate(origin), 1.0)));
            let beside_map = pane.map.iter().flat_map(|map| {
                let areas = map.areas().into_iter();
                areas.map(move |area| at(TextKind::Map, area.translate(origin), map.opacity))
            });
            areas.extend(beside_map);
        }
        areas
    }
}

/// The boxes of all texts of an overlay, as [`super::Overlay::draw`] would place them; those of
/// the numbers on the map's lines left out, which stand inside the map.
pub fn text_areas(screen: Screen, content: &OverlayContent<'_>) -> Vec<TextArea> {
    let mut areas = Vec::new();
    // The pass is for the fonts; nothing of it is painted.
    let mut output = text::pass(&text::context(), screen, &mut |painter| {
        areas = Sheet::lay_out(painter, screen, content).areas();
    });
    output.textures_delta.clear();
    areas
}

/// What does not depend on the camera.
fn fixed_texts(
    painter: &Painter,
    size: Vec2,
    content: &OverlayContent<'_>,
) -> (Vec<Caption>, Vec<(Legend, f32)>) {
    let places = content.legend_places;
    let legend = |shape, opacity: f32| {
        let legend = Legend::lay_out(painter, size, shape, content);
        legend
            .filter(|_| opacity > SEEN)
            .map(|legend| (legend, opacity))
    };
    let corner = legend(Shape::Block(WIDEST_BLOCK * size.x), places.corner);
    let beside_map = legend(Shape::Block(LEGEND_BESIDE_MAP * size.x), places.beside_map);
    let mut legends: Vec<_> = [corner, beside_map].into_iter().flatten().collect();
    let ends = legends.iter().map(|(legend, _)| legend.area.min.x);
    let end = ends.fold(size.x, f32::min);
    let title = Caption::title(painter, size, content, end);
    let top = title.as_ref().map_or(MARGIN, |title| title.area.max.y);
    let notes = Caption::notes(painter, content, top, end);
    let top = notes.last().map_or(top, |note| note.area.max.y);
    let top = if top > MARGIN { top + ROWS_GAP } else { top };
    legends.extend(legend(Shape::Rows(top), places.rows));
    let step = Caption::step(painter, size, content);
    let caption = Caption::of_stop(painter, size, content);
    let captions = [title, step, caption].into_iter().flatten();
    (captions.chain(notes).collect(), legends)
}

fn measured(painter: &Painter, text: &str, points: f32) -> Vec2 {
    let font = text::regular(points);
    let galley = painter.layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER);
    galley.size()
}

fn paint_axes(painter: &Painter, origin: Vec2, figure: &AxesFigure, colors: &OverlayColors) {
    for line in &figure.lines {
        let color = colors.muted().gamma_multiply(line.opacity);
        let ends = line.ends.map(|end| end + origin);
        painter.line_segment(ends, Stroke::new(LINE_WIDTH, color));
    }
    for label in &figure.labels {
        let base = if label.is_name {
            colors.ink()
        } else {
            colors.muted()
        };
        let color = base.gamma_multiply(label.opacity);
        let galley = painter.layout_no_wrap(label.text.clone(), text::regular(label.size), color);
        let centre = label.area.center() + origin;
        let written = |offset: Vec2, color: Color32| {
            let row = Align2::CENTER_CENTER.anchor_size(centre + offset, galley.size());
            let angle = if label.is_upright { -0.25 * TAU } else { 0.0 };
            TextShape::new(row.min, Arc::clone(&galley), color)
                .with_override_text_color(color)
                .with_angle_and_anchor(angle, Align2::CENTER_CENTER)
        };
        let opacity = colors.halo.max(HALO_OPACITY) * label.opacity;
        let halo = colors.panel().gamma_multiply(opacity);
        for turn in [0.125, 0.375, 0.625, 0.875] {
            painter.add(written(HALO_RADIUS * Vec2::angled(turn * TAU), halo));
        }
        painter.add(written(Vec2::ZERO, color));
    }
}
