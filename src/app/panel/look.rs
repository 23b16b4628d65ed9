//! The panel's picture: the height's scale, and what is shown.

use super::{Surroundings, labelled};
use crate::app::keys::Command;
use crate::scene::{HeightScale, Layout, TrailStyle, Word};
use egui::Ui;

/// Shows the switches of the picture.
pub fn show(ui: &mut Ui, around: &mut Surroundings<'_>) {
    let contours_when_shown = around.draft.contours_when_shown();
    let scene = &mut around.draft.scene;
    labelled(ui, "Layout", |ui| {
        for (word, layout) in Layout::WORDS {
            ui.selectable_value(&mut scene.show.layout, *layout, *word);
        }
    });
    labelled(ui, "Height", |ui| {
        ui.selectable_value(&mut scene.height.scale, HeightScale::Linear, "linear");
        ui.selectable_value(&mut scene.height.scale, HeightScale::Log, "log");
    });
    let show = &mut scene.show;
    let mut contours = show.contours > 0;
    let mut trails = show.trails != TrailStyle::None;
    let column = (ui.available_width() - 2.0 * ui.spacing().item_spacing.x) / 3.0;
    let grid = egui::Grid::new("show").num_columns(3);
    grid.min_col_width(column).show(ui, |ui| {
        if ui.checkbox(&mut contours, "contours").changed() {
            show.contours = if contours { contours_when_shown } else { 0 };
        }
        ui.checkbox(&mut show.floor, "floor");
        ui.checkbox(&mut show.heads, "heads");
        ui.end_row();
        if ui.checkbox(&mut trails, "trails").changed() {
            show.trails = match trails {
                true => TrailStyle::Draped,
                false => TrailStyle::None,
            };
        }
        ui.checkbox(&mut show.axes, "axes");
        ui.checkbox(&mut show.legend, "legend");
        ui.end_row();
    });
    let reset = egui::Button::new("The scene's own view");
    let reset = ui.add_enabled(around.view_is_own, reset);
    if reset.on_hover_text("Home").clicked() {
        around.commands.push(Command::ResetView);
    }
}
