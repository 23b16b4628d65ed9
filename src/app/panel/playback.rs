//! The panel's race: run, step, restart; where it stands and how fast it goes.

use super::Surroundings;
use crate::app::keys::Command;
use egui::{Button, Slider, Ui, vec2};

/// Speeds that the slider offers, in film seconds a second.
const SPEEDS: std::ops::RangeInclusive<f64> = 0.1..=10.0;

/// Shows buttons, position and speed.
pub fn show(ui: &mut Ui, around: &mut Surroundings<'_>) {
    buttons(ui, around);
    if let Some(timeline) = around.timeline {
        let mut seconds = around.clock.seconds();
        let steps = [timeline.steps_at(seconds), timeline.total_steps()];
        labelled(ui, "Time", |ui| {
            let end = timeline.seconds();
            let slider = Slider::new(&mut seconds, 0.0..=end)
                .fixed_decimals(1)
                .suffix(" s");
            if ui.add(slider).changed() {
                around.clock.seek(seconds);
            }
        });
        labelled(ui, "Step", |ui| {
            ui.label(format!("{} of {}", steps[0], steps[1]));
        });
    }
    labelled(ui, "Speed", |ui| {
        let slider = Slider::new(&mut around.clock.speed, SPEEDS).logarithmic(true);
        ui.add(slider.custom_formatter(|speed, _| format!("{speed:.2} ×")));
    });
}

fn buttons(ui: &mut Ui, around: &mut Surroundings<'_>) {
    let run = match around.clock.is_running() {
        true => "Pause",
        false => "Run",
    };
    let three = [
        (run, Command::Toggle, "Space"),
        ("Step", Command::Step, "."),
        ("Restart", Command::Restart, "R"),
    ];
    let gaps = 2.0 * ui.spacing().item_spacing.x;
    let size = vec2((ui.available_width() - gaps) / 3.0, 26.0);
    ui.horizontal(|ui| {
        for (text, command, key) in three {
            let button = ui.add_sized(size, Button::new(text));
            if button.on_hover_text(key).clicked() {
                around.commands.push(command);
            }
        }
    });
}

/// A row of the panel: a word, and a control that takes the rest of the width.
pub fn labelled(ui: &mut Ui, text: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let [label, value] = [48.0, 62.0];
        ui.add_sized(
            vec2(label, 20.0),
            egui::Label::new(text).halign(egui::Align::Min),
        );
        let gaps = 2.0 * ui.spacing().item_spacing.x;
        ui.spacing_mut().slider_width = (ui.available_width() - value - gaps).max(40.0);
        add(ui);
    });
}
