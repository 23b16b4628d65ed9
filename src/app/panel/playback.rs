//! The panel's race: run, step, restart; where it stands and how fast it goes.

use super::{Surroundings, labelled};
use crate::app::clock::Clock;
use crate::app::keys::Command;
use egui::{Button, Slider, SliderClamping, Ui, vec2};

/// Speeds that the slider offers, in film seconds a second.
const SPEEDS: std::ops::RangeInclusive<f64> = 0.1..=10.0;

/// Shows buttons, position and speed.
pub fn show(ui: &mut Ui, around: &mut Surroundings<'_>) {
    buttons(ui, around);
    if let Some(timeline) = around.timeline {
        labelled(ui, "Time", |ui| time(ui, around.clock, timeline.seconds()));
    }
    labelled(ui, "Speed", |ui| {
        let slider = Slider::new(&mut around.clock.speed, SPEEDS).logarithmic(true);
        ui.add(slider.max_decimals(2).suffix(" ×"));
    });
}

/// The step beside the section's heading.
pub fn step(ui: &mut Ui, around: &Surroundings<'_>) {
    if let Some(timeline) = around.timeline {
        let step = timeline.steps_at(around.clock.seconds());
        ui.weak(format!("step {step} of {}", timeline.total_steps()));
    }
}

fn time(ui: &mut Ui, clock: &mut Clock, end_s: f64) {
    let mut seconds = clock.seconds();
    // Only what the hand sets is rounded; the clock's own time is not touched.
    let slider = Slider::new(&mut seconds, 0.0..=end_s).clamping(SliderClamping::Edits);
    if ui.add(slider.fixed_decimals(1).suffix(" s")).changed() {
        clock.seek(seconds);
    }
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
