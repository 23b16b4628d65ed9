//! The panel's lesson: from stop to stop, the knobs of the followed point, the step taken apart.

use super::{Surroundings, labelled};
use crate::app::keys::Command;
use crate::lesson::number::number;
use egui::{Button, Slider, SliderClamping, Ui, vec2};

/// Shows where one is among the stops, and the buttons that lead on.
pub fn stops(ui: &mut Ui, around: &mut Surroundings<'_>) {
    let Some((present, count)) = around.stops else {
        return;
    };
    ui.horizontal(|ui| {
        let buttons = [
            ("Back", Command::PreviousStop, "←, Page Up", present > 0),
            (
                "Next",
                Command::NextStop,
                "→, Page Down",
                present + 1 < count,
            ),
        ];
        for (text, command, key, works) in buttons {
            let button = Button::new(text).min_size(vec2(72.0, 26.0));
            if ui.add_enabled(works, button).on_hover_text(key).clicked() {
                around.commands.push(command);
            }
        }
        ui.weak(format!("stop {} of {count}", present + 1));
    });
}

/// Sliders for the followed point, and for the turn of the machine's knobs.
pub fn knobs(ui: &mut Ui, around: &mut Surroundings<'_>) {
    let scene = &mut around.draft.scene;
    let Some(at) = &mut scene.loss.at else { return };
    for (name, [low, high]) in around.knobs {
        let middle = 0.5 * (low + high);
        let mut value = at.get(name).copied().unwrap_or(middle);
        labelled(ui, name, |ui| {
            ui.add(slider(&mut value, *low, *high));
        });
        if value.is_finite() && at.get(name) != Some(&value) {
            at.insert(name.clone(), value);
        }
        if !scene.show.machine {
            continue;
        }
        let known = scene.show.turn.get(name).copied().unwrap_or(0.0);
        let mut turn = known;
        let reach = 0.5 * (high - low);
        labelled(ui, &format!("Δ{name}"), |ui| {
            ui.add(slider(&mut turn, -reach, reach));
        });
        if turn.is_finite() && turn != known {
            scene.show.turn.insert(name.clone(), turn);
        }
    }
}

fn slider(value: &mut f64, low: f64, high: f64) -> Slider<'_> {
    Slider::new(value, low..=high)
        .clamping(SliderClamping::Never)
        .custom_formatter(|value, _| number(value, 3))
}

/// Buttons that lead through the next step's statements.
pub fn explanation(ui: &mut Ui, around: &mut Surroundings<'_>) {
    ui.horizontal(|ui| {
        for (text, command, key) in [
            ("Back", Command::PreviousStatement, "B"),
            ("Explain", Command::NextStatement, "N"),
        ] {
            let button = Button::new(text).min_size(vec2(72.0, 26.0));
            if ui.add(button).on_hover_text(key).clicked() {
                around.commands.push(command);
            }
        }
        let (shown, all) = around.statements;
        if shown > 0 {
            ui.weak(format!("statement {shown} of {all}"));
        }
    });
}
