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
    let back = ("Back", Command::PreviousStop, "←, Page Up", present > 0);
    let is_last = present + 1 == count;
    let next = ("Next", Command::NextStop, "→, Page Down", !is_last);
    let place = format!("stop {} of {count}", present + 1);
    ways(ui, around, [back, next], Some(place));
}

/// Sliders for the followed point, and for the turn of the machine's knobs. What the hand leaves
/// alone stays as the scene has it: at a stop with another loss, the knobs shown are for a moment
/// still those of the one before.
pub fn knobs(ui: &mut Ui, around: &mut Surroundings<'_>) {
    let scene = &mut around.draft.scene;
    let Some(at) = &mut scene.loss.at else { return };
    for (name, [low, high]) in around.knobs {
        let middle = 0.5 * (low + high);
        let mut value = at.get(name).copied().unwrap_or(middle);
        if knob(ui, name, &mut value, [*low, *high]) {
            at.insert(name.clone(), value);
        }
        if !scene.show.machine {
            continue;
        }
        let mut turn = scene.show.turn.get(name).copied().unwrap_or(0.0);
        let reach = 0.5 * (high - low);
        if knob(ui, &format!("Δ{name}"), &mut turn, [-reach, reach]) {
            scene.show.turn.insert(name.clone(), turn);
        }
    }
}

/// A named slider; whether it has been moved.
fn knob(ui: &mut Ui, name: &str, value: &mut f64, [low, high]: [f64; 2]) -> bool {
    let mut is_moved = false;
    labelled(ui, name, |ui| {
        is_moved = ui.add(slider(value, low, high)).changed();
    });
    is_moved && value.is_finite()
}

fn slider(value: &mut f64, low: f64, high: f64) -> Slider<'_> {
    Slider::new(value, low..=high)
        .clamping(SliderClamping::Never)
        .custom_formatter(|value, _| number(value, 3))
}

/// Buttons that lead through the next step's statements.
pub fn explanation(ui: &mut Ui, around: &mut Surroundings<'_>) {
    let back = ("Back", Command::PreviousStatement, "B", true);
    let on = ("Explain", Command::NextStatement, "N", true);
    let (shown, all) = around.statements;
    let place = (shown > 0).then(|| format!("statement {shown} of {all}"));
    ways(ui, around, [back, on], place);
}

/// A button's text, what it asks for, its key, and whether it leads anywhere.
type Way = (&'static str, Command, &'static str, bool);

/// Buttons back and on, and between what one is.
fn ways(ui: &mut Ui, around: &mut Surroundings<'_>, ways: [Way; 2], place: Option<String>) {
    ui.horizontal(|ui| {
        for (text, command, key, works) in ways {
            let button = Button::new(text).min_size(vec2(72.0, 26.0));
            if ui.add_enabled(works, button).on_hover_text(key).clicked() {
                around.commands.push(command);
            }
        }
        if let Some(place) = place {
            ui.weak(place);
        }
    });
}
