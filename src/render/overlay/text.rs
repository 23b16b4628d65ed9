//! egui's painter without a window: text and simple shapes onto an image, in its encoded space.

use crate::gpu::Gpu;
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align, Color32, FontData, FontDefinitions, FontFamily, FontId, FontTweak, Galley, Painter,
    Rect, Vec2, ViewportId, ViewportInfo,
};
use std::sync::Arc;

/// Latin, Greek, raised and lowered digits; the face of everything but titles.
const REGULAR: &[u8] = include_bytes!("fonts/NotoSans-Regular.ttf");
/// The same signs, heavier; for titles.
const SEMI_BOLD: &[u8] = include_bytes!("fonts/NotoSans-SemiBold.ttf");
/// Operators, relations and arrows that the other two lack.
const MATHS: &[u8] = include_bytes!("fonts/NotoSansMath-Regular.ttf");

const TITLE_FAMILY: &str = "title";

/// The fonts of the picture, which the window may use as well: every family has Latin, Greek and
/// mathematical signs.
pub fn font_definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in [
        ("regular", REGULAR),
        ("semi-bold", SEMI_BOLD),
        ("maths", MATHS),
    ] {
        let unhinted = FontTweak {
            hinting: Some(false),
            ..Default::default()
        };
        let data = Arc::new(FontData::from_static(bytes).tweak(unhinted));
        fonts.font_data.insert(name.to_owned(), data);
    }
    let family = |names: [&str; 3]| names.map(str::to_owned).to_vec();
    let regular = family(["regular", "maths", "semi-bold"]);
    fonts
        .families
        .insert(FontFamily::Proportional, regular.clone());
    fonts.families.insert(FontFamily::Monospace, regular);
    let title = family(["semi-bold", "maths", "regular"]);
    fonts
        .families
        .insert(FontFamily::Name(TITLE_FAMILY.into()), title);
    fonts
}

/// The picture's usual face, `size` points high.
pub fn regular(size: f32) -> FontId {
    FontId::proportional(size)
}

/// The face of titles, `size` points high.
pub fn title(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(TITLE_FAMILY.into()))
}

/// One line of text, cut with an ellipsis where it is wider than `widest` points.
pub(super) fn line_of_text(
    painter: &Painter,
    text: &str,
    font: FontId,
    color: Color32,
    widest: f32,
) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = TextWrapping::truncate_at_width(widest);
    painter.layout_job(job)
}

/// Up to `lines` centred lines of text, broken between words at `widest` points.
pub(super) fn paragraph(
    painter: &Painter,
    text: &str,
    font: FontId,
    color: Color32,
    widest: f32,
    lines: usize,
) -> Arc<Galley> {
    let mut job = LayoutJob::simple(text.to_owned(), font, color, widest);
    job.wrap.max_rows = lines;
    job.halign = Align::Center;
    painter.layout_job(job)
}

/// An egui context with the picture's fonts.
pub(super) fn context() -> egui::Context {
    let context = egui::Context::default();
    context.set_fonts(font_definitions());
    context.tessellation_options_mut(|options| {
        // Labels follow the turning surface: a jump to the next pixel would be seen.
        options.round_text_to_pixels = false;
        options.round_line_segments_to_pixels = false;
    });
    context
}

/// One pass of egui over an image, in points from its upper left corner.
pub(super) fn pass(
    context: &egui::Context,
    screen: Screen,
    paint: &mut dyn FnMut(&Painter),
) -> egui::FullOutput {
    let clip = Rect::from_min_size(egui::Pos2::ZERO, screen.size_points()).expand(1.0);
    context.run_pass(screen.input(), |context| {
        let layer = egui::LayerId::background();
        paint(&Painter::new(context.clone(), layer, clip));
    })
}

/// Paints with egui onto images of one format.
///
/// It has its own egui context, so it can work beside a window's.
pub struct TextPainter {
    context: egui::Context,
    renderer: egui_wgpu::Renderer,
}

impl TextPainter {
    /// A painter for images of `format`, which should be display-encoded (`Rgba8Unorm`): there
    /// egui blends in the encoded space, premultiplied, and keeps the image's alpha right.
    pub fn new(gpu: &Gpu, format: wgpu::TextureFormat) -> Self {
        let context = context();
        let options = egui_wgpu::RendererOptions {
            dithering: false,
            ..Default::default()
        };
        let renderer = egui_wgpu::Renderer::new(&gpu.device, format, options);
        Self { context, renderer }
    }

    /// Paints what `paint` draws, in points from the upper left corner, over the image in `view`,
    /// whose size `screen` gives.
    ///
    /// `on_dark` chooses how the edges of letters are weighted. Only one call per submission:
    /// a second one would overwrite the first one's vertices.
    pub fn paint(
        &mut self,
        gpu: &Gpu,
        encoder: &mut wgpu::CommandEncoder,
        view: &wgpu::TextureView,
        screen: Screen,
        on_dark: bool,
        mut paint: impl FnMut(&Painter),
    ) {
        if screen.size_px.contains(&0) {
            return;
        }
        let theme = if on_dark {
            egui::Theme::Dark
        } else {
            egui::Theme::Light
        };
        self.context.set_theme(theme);
        self.forget_glyphs();
        let output = pass(&self.context, screen, &mut paint);
        self.render(gpu, encoder, view, screen, output);
    }

    /// Lets the next pass begin with an empty atlas of glyphs.
    ///
    /// Where in the atlas a glyph lies shows in the last bit of its edges, and that place follows
    /// from all that was written before; a frame must follow from its own content alone. egui
    /// empties its atlas when the text options change, and this one, which every font of ours
    /// overrides, changes nothing else.
    fn forget_glyphs(&self) {
        self.context.all_styles_mut(|style| {
            let options = &mut style.visuals.text_options;
            options.font_hinting = !options.font_hinting;
        });
    }

    fn render(
        &mut self,
        gpu: &Gpu,
        encoder: &mut wgpu::CommandEncoder,
        view: &wgpu::TextureView,
        screen: Screen,
        mut output: egui::FullOutput,
    ) {
        for (id, deltas) in &output.textures_delta.set {
            for delta in deltas {
                self.renderer
                    .update_texture(&gpu.device, &gpu.queue, *id, delta);
            }
        }
        let triangles = self.context.tessellate(output.shapes, screen.px_per_point);
        let size = egui_wgpu::ScreenDescriptor {
            size_in_pixels: screen.size_px,
            pixels_per_point: screen.px_per_point,
        };
        // Nothing paints by callback, so there are no command buffers to submit.
        self.renderer
            .update_buffers(&gpu.device, &gpu.queue, encoder, &triangles, &size);
        let mut pass = overlay_pass(encoder, view).forget_lifetime();
        self.renderer.render(&mut pass, &triangles, &size);
        drop(pass);
        for id in &output.textures_delta.free {
            self.renderer.free_texture(id);
        }
        output.textures_delta.clear();
    }
}

/// An image's size and how many of its pixels make a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Screen {
    /// Width and height in pixels.
    pub size_px: [u32; 2],
    /// Pixels per point, positive.
    pub px_per_point: f32,
}

impl Screen {
    /// Width and height in points.
    pub fn size_points(self) -> Vec2 {
        let [width, height] = self.size_px.map(|pixels| pixels as f32);
        Vec2::new(width, height) / self.px_per_point
    }

    fn input(self) -> egui::RawInput {
        let viewport = ViewportInfo {
            native_pixels_per_point: Some(self.px_per_point),
            ..Default::default()
        };
        egui::RawInput {
            viewports: std::iter::once((ViewportId::ROOT, viewport)).collect(),
            screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, self.size_points())),
            ..Default::default()
        }
    }
}

fn overlay_pass<'encoder>(
    encoder: &'encoder mut wgpu::CommandEncoder,
    view: &wgpu::TextureView,
) -> wgpu::RenderPass<'encoder> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some("TextPainter::paint"),
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations {
                load: wgpu::LoadOp::Load,
                store: wgpu::StoreOp::Store,
            },
        })],
        ..Default::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signs that formulas, update rules and numbers of the picture may use.
    const SIGNS: &str = "∂∇ΔΣΠΩαβγδεζηθικλμνξπρςστυφϕχψω₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻√·×÷±−≤≥≈≠≡∞→←↑↓↦⇒‖|…\
        ‘’“”–—°′″∈∑∏∫∘⊙∝∼≪≫⟨⟩ℓⁿᵀŵŷẑäöüßéñçøł%#&@{}[]()<>";

    #[test]
    fn every_sign_has_a_glyph_in_both_faces() {
        let mut fonts = egui::epaint::text::Fonts::new(Default::default(), font_definitions());
        for face in [regular(20.0), title(20.0)] {
            let missing: String = SIGNS
                .chars()
                .filter(|&sign| !fonts.has_glyph(&face, sign))
                .collect();
            assert_eq!(missing, "", "in {:?}", face.family);
        }
    }

    #[test]
    fn digits_have_one_width() {
        let mut fonts = egui::epaint::text::Fonts::new(Default::default(), font_definitions());
        let mut view = fonts.with_pixels_per_point(1.0);
        let widths = ('0'..='9').map(|digit| view.glyph_width(&regular(20.0), digit));
        let mut widths: Vec<_> = widths.collect();
        widths.dedup();
        assert_eq!(widths.len(), 1, "{widths:?}");
    }
}
