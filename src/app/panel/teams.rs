//! The panel's optimizers: for each team its colour, whether it is shown, its rule, its rate.

use super::labelled;
use crate::app::draft::{Draft, learning_rate, set_learning_rate};
use crate::optimizer;
use crate::render::palette::team_colour;
use crate::scene::{Method, Team};
use crate::simulation::plan::label_of;
use egui::{Color32, ComboBox, Sense, Slider, SliderClamping, Ui, vec2};

/// Shows a row or two for each team.
pub fn show(ui: &mut Ui, draft: &mut Draft) {
    for number in 0..draft.scene.teams.len() {
        ui.push_id(number, |ui| {
            let team = &mut draft.scene.teams[number];
            let chosen = ui.horizontal(|ui| head(ui, number, team)).inner;
            rate(ui, team);
            if let Some(name) = chosen {
                draft.choose_optimizer(number, name);
            }
        });
    }
}

/// Check box, colour and optimizer; the name of another optimizer, if one is picked.
fn head(ui: &mut Ui, number: usize, team: &mut Team) -> Option<&'static str> {
    ui.checkbox(&mut team.visible, "").on_hover_text("shown");
    swatch(ui, number, team);
    ComboBox::from_id_salt("optimizer")
        .selected_text(label_of(team))
        .width(ui.available_width())
        .height(420.0)
        .show_ui(ui, |ui| {
            let mut chosen = None;
            for known in optimizer::all() {
                let is_present = team.method == Method::Optimizer(known.name.clone());
                let entry = ui.selectable_label(is_present, &known.title);
                if entry.on_hover_text(&known.watch).clicked() {
                    chosen = Some(known.name.as_str());
                }
            }
            chosen
        })
        .inner
        .flatten()
}

fn swatch(ui: &mut Ui, number: usize, team: &Team) {
    let [red, green, blue] = team
        .color
        .map_or_else(|| team_colour(number), |color| color.0);
    let colour = Color32::from_rgb(red, green, blue);
    let (area, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
    let opacity = if team.visible { 1.0 } else { 0.3 };
    ui.painter()
        .rect_filled(area, 3.0, colour.gamma_multiply(opacity));
}

fn rate(ui: &mut Ui, team: &mut Team) {
    let Some(rate) = learning_rate(team) else {
        return;
    };
    let [low, high] = rate.range;
    let mut value = rate.value;
    labelled(ui, "lr", |ui| {
        let slider = Slider::new(&mut value, low..=high)
            .logarithmic(true)
            .clamping(SliderClamping::Never)
            .custom_formatter(|value, _| short(value));
        ui.add(slider).on_hover_text("learning rate");
    });
    if value != rate.value && value.is_finite() {
        set_learning_rate(team, value);
    }
}

/// Three digits are all that a slider can mean.
fn short(value: f64) -> String {
    let digits = format!("{value:.2e}");
    let rounded: f64 = digits.parse().unwrap_or(value);
    match rounded.abs() {
        size if size == 0.0 || (1e-4..1e4).contains(&size) => rounded.to_string(),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn rates_are_written_with_three_digits() {
        let shown = [0.0, 1e-6, 0.001, 0.05, 0.012_345, 1.0, 12_345.0].map(short);
        let expected = ["0", "1.00e-6", "0.001", "0.05", "0.0123", "1", "1.23e4"];
        assert_eq!(shown, expected);
    }
}
