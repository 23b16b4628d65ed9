//! What is written on a picture: from its view and its panes to the overlay's content.

use super::colour::Theme;
use super::frame::Placement;
use super::level_labels::{self, Ground, LevelLabel};
use super::map_figure::{ARROWS, MapFigure};
use super::overlay::{
    self, AxesContent, LegendPlaces, MapContent, Overlay, OverlayColors, OverlayContent,
    PaneContent, Pointer, Screen, TextArea,
};
use super::panes::{self, Canvas, Furniture, Pane, WIDE_ASPECT};
use super::sketch::Standing;
use super::target::Target;
use super::view::View;
use crate::gpu::Gpu;
use crate::scene::Layout;
use egui::Rect;
use std::sync::Arc;

/// Writes a picture's text.
pub(super) struct Lettering {
    overlay: Overlay,
    /// The numbers on the map of each pane.
    numbers: [Numbers; 2],
}

/// The numbers on a map, placed anew when the map is another one or has another size.
#[derive(Default)]
struct Numbers {
    known: Option<(Arc<MapFigure>, Vec<glam::Vec2>, f32)>,
    placed: Vec<LevelLabel>,
}

impl Lettering {
    /// For pages of `format`.
    pub(super) fn new(gpu: &Gpu, format: wgpu::TextureFormat) -> Self {
        Self {
            overlay: Overlay::new(gpu, format),
            numbers: Default::default(),
        }
    }

    /// Writes over the finished picture of `view` in `target`; once per submission.
    pub(super) fn draw(
        &mut self,
        gpu: &Gpu,
        encoder: &mut wgpu::CommandEncoder,
        target: &Target,
        view: &View,
        panes: &[Pane],
        placement: &Placement,
    ) {
        let canvas = canvas_of(view, target.size_px);
        for (numbers, pane) in self.numbers.iter_mut().zip(panes) {
            numbers.place(view, pane, placement, canvas);
        }
        let numbers = self.numbers.iter().map(|numbers| &numbers.placed[..]);
        let words = pointers(view, panes, placement, canvas);
        let contents = pane_contents(view, panes, placement, canvas, (numbers, &words));
        let content = content_of(view, target.size_px, &contents);
        let screen = screen_of(canvas);
        self.overlay
            .draw(gpu, encoder, target.page(), screen, &content);
    }
}

/// The boxes of all texts on a picture of `view`, in points from its upper left corner; those of
/// the numbers on a map's lines left out, which stand inside the map.
pub fn text_areas(view: &View, size_px: [u32; 2], placement: &Placement) -> Vec<TextArea> {
    let canvas = canvas_of(view, size_px);
    let panes = panes_of(view, size_px, placement);
    let words = pointers(view, &panes, placement, canvas);
    let contents = pane_contents(view, &panes, placement, canvas, ([&[][..], &[]], &words));
    overlay::text_areas(screen_of(canvas), &content_of(view, size_px, &contents))
}

/// The parts of the image that `view` is drawn in.
pub(super) fn panes_of(view: &View, size_px: [u32; 2], placement: &Placement) -> Vec<Pane> {
    let furniture = Furniture {
        title: !view.text.title.is_empty(),
        notes: view.text.notes.len(),
        legend: !view.text.legend.is_empty(),
        caption: view.text.has_captions,
    };
    let canvas = canvas_of(view, size_px);
    // A curve has no map.
    let layout = match placement.is_curve {
        true => Layout::ThreeD.into(),
        false => view.layout,
    };
    panes::panes(layout, &view.camera, placement, canvas, furniture)
}

/// The words of the sketch, where the main pane shows their spots.
fn pointers(view: &View, panes: &[Pane], placement: &Placement, canvas: Canvas) -> Vec<Pointer> {
    let standing = Standing {
        placement,
        height: &view.height,
    };
    let main = &panes[0];
    let [width, height] = main.size_px.map(|side| side as f32 / canvas.px_per_point);
    let size = egui::Vec2::new(width, height);
    standing.pointers(&view.sketch, main.clip_from_world(), size)
}

fn content_of<'a>(
    view: &'a View,
    size_px: [u32; 2],
    panes: &'a [PaneContent<'a>],
) -> OverlayContent<'a> {
    let text = &view.text;
    OverlayContent {
        title: &text.title,
        notes: &text.notes,
        reach: view.reach.map(f64::from),
        caption: &text.caption,
        step: text.step,
        legend: &text.legend,
        legend_places: legend_places(view, size_px),
        explanation: text.explanation.as_ref(),
        machine: text.machine.as_ref(),
        panes,
        colors: match view.theme {
            Theme::Dark => OverlayColors::DARK,
            Theme::Light => OverlayColors::LIGHT,
            Theme::Print => OverlayColors::PRINT,
            Theme::Transparent | Theme::Checks => OverlayColors::TRANSPARENT,
        },
    }
}

fn screen_of(canvas: Canvas) -> Screen {
    Screen {
        size_px: canvas.size_px,
        px_per_point: canvas.px_per_point,
    }
}

/// The image with the size of the text on it.
fn canvas_of(view: &View, size_px: [u32; 2]) -> Canvas {
    Canvas {
        size_px,
        px_per_point: overlay::px_per_point(size_px, view.text.scale),
    }
}

impl Numbers {
    fn place(&mut self, view: &View, pane: &Pane, placement: &Placement, canvas: Canvas) {
        let Some(map) = view.map.as_ref().filter(|_| view.text.axes.is_some()) else {
            *self = Self::default();
            return;
        };
        let points_per_world = pane.map_px_per_world / canvas.px_per_point;
        let is_known = self.known.as_ref().is_some_and(|(known, clear, scale)| {
            Arc::ptr_eq(known, map) && *clear == view.kept_clear && *scale == points_per_world
        });
        if is_known || pane.flatness == 0.0 {
            return;
        }
        let ground = Ground {
            half_extent: placement.half_extent(),
            points_per_world,
            marks: &view.kept_clear,
        };
        self.placed = level_labels::place(&map.lines, &ground);
        self.known = Some((Arc::clone(map), view.kept_clear.clone(), points_per_world));
    }
}

fn legend_places(view: &View, [width, height]: [u32; 2]) -> LegendPlaces {
    let [landscape, map, both] = [
        view.layout.landscape,
        view.layout.map,
        view.layout.side_by_side,
    ]
    // One goes before the next comes: two legends at once would be read as two.
    .map(|part| (2.0 * part as f32 - 1.0).max(0.0));
    let is_wide = width as f32 >= WIDE_ASPECT * height as f32;
    let beside_map = if is_wide { map } else { 0.0 };
    LegendPlaces {
        corner: landscape,
        beside_map,
        rows: both + map - beside_map,
    }
}

fn pane_contents<'a>(
    view: &'a View,
    panes: &[Pane],
    placement: &Placement,
    canvas: Canvas,
    (numbers, words): (impl IntoIterator<Item = &'a [LevelLabel]>, &'a [Pointer]),
) -> Vec<PaneContent<'a>> {
    let words = [words, &[]];
    let panes = panes.iter().zip(numbers).zip(words);
    panes
        .map(|((pane, numbers), words)| PaneContent {
            numbers,
            words,
            ..pane_content(view, pane, placement, canvas)
        })
        .collect()
}

fn pane_content<'a>(
    view: &'a View,
    pane: &Pane,
    placement: &Placement,
    canvas: Canvas,
) -> PaneContent<'a> {
    let points = |px: [u32; 2]| px.map(|side| side as f32 / canvas.px_per_point);
    let names = view.text.axes.as_ref();
    let clip_from_world = pane.clip_from_world();
    let has_arrows = view.map.as_ref().is_some_and(|map| !map.slopes.is_empty());
    PaneContent {
        area: Rect::from_min_size(points(pane.corner_px).into(), points(pane.size_px).into()),
        axes: names.map(|names| AxesContent {
            clip_from_world,
            flatness: pane.flatness,
            placement: *placement,
            height: &view.height,
            names: names.each_ref().map(String::as_str),
            rims: view.rims.as_deref(),
        }),
        map: names.map(|names| MapContent {
            clip_from_world,
            half_extent: placement.half_extent(),
            flatness: pane.flatness,
            colour_map: view.colour_map,
            height: &view.height,
            loss: &names[2],
            arrows: has_arrows.then_some(ARROWS),
        }),
        numbers: &[],
        words: &[],
    }
}
