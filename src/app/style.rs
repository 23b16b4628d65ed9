//! The panel's look: the picture's fonts, quiet colours, room to breathe.

use crate::render::overlay::font_definitions;
use egui::{Color32, Context, FontDefinitions, FontFamily, FontId, Stroke, Style, TextStyle};

/// egui's own face with letters of one width, for formulas and their carets.
const MONOSPACE: &str = "Hack";

/// Gives the context the house's look, light and dark.
pub fn apply(context: &Context) {
    context.set_fonts(fonts());
    context.all_styles_mut(|style| {
        sizes(style);
        let visuals = &mut style.visuals;
        visuals.panel_fill = match visuals.dark_mode {
            true => Color32::from_rgb(25, 26, 30),
            false => Color32::from_rgb(246, 246, 247),
        };
        visuals.extreme_bg_color = match visuals.dark_mode {
            true => Color32::from_rgb(15, 16, 18),
            false => Color32::WHITE,
        };
        visuals.error_fg_color = match visuals.dark_mode {
            true => Color32::from_rgb(255, 128, 112),
            false => Color32::from_rgb(176, 28, 20),
        };
        visuals.window_fill = visuals.panel_fill;
        visuals.weak_text_alpha = 0.8;
        visuals.slider_trailing_fill = true;
        visuals.widgets.noninteractive.bg_stroke = match visuals.dark_mode {
            true => Stroke::new(1.0, Color32::from_gray(46)),
            false => Stroke::new(1.0, Color32::from_gray(214)),
        };
    });
}

fn sizes(style: &mut Style) {
    let font = |size| FontId::new(size, FontFamily::Proportional);
    style.text_styles.extend([
        (TextStyle::Heading, font(15.0)),
        (TextStyle::Body, font(13.5)),
        (TextStyle::Button, font(13.5)),
        (TextStyle::Small, font(12.0)),
        (
            TextStyle::Monospace,
            FontId::new(13.0, FontFamily::Monospace),
        ),
    ]);
    style.spacing.item_spacing = egui::vec2(8.0, 5.0);
    style.spacing.button_padding = egui::vec2(8.0, 3.0);
    style.spacing.interact_size.y = 21.0;
}

fn fonts() -> FontDefinitions {
    let mut fonts = font_definitions();
    let hack = FontDefinitions::default().font_data.remove(MONOSPACE);
    let hack = hack.expect("egui's default fonts are built in");
    fonts.font_data.insert(MONOSPACE.to_owned(), hack);
    let monospace = fonts.families.entry(FontFamily::Monospace).or_default();
    monospace.insert(0, MONOSPACE.to_owned());
    fonts
}
