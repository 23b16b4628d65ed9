//! The panel beside the picture: what runs, how, and how it looks.

mod caret;
mod lesson;
mod look;
mod loss;
mod playback;
mod teams;

use super::clock::Clock;
use super::draft::Draft;
use super::keys::{Command, HELP};
use crate::scene::Timeline;
use egui::{Align, Layout, Margin, RichText, ScrollArea, Ui, vec2};
use loss::LossField;

/// The panel's width in points; a narrow window gives it less than half.
const WIDTH: f32 = 296.0;
const SHARE_OF_WINDOW: f32 = 0.45;

/// Of a row: the word before its control, and the number behind it.
const WORD_WIDTH: f32 = 44.0;
const VALUE_WIDTH: f32 = 58.0;

/// What the panel remembers from one redraw to the next.
#[derive(Debug)]
pub struct Panel {
    /// Whether it is shown.
    pub is_open: bool,
    /// What the workshop said against the draft's last race.
    pub refused: Option<String>,
    field: LossField,
}

/// What the panel shows and changes.
pub struct Surroundings<'a> {
    /// The scene that it edits.
    pub draft: &'a mut Draft,
    /// The race's clock.
    pub clock: &'a mut Clock,
    /// The race's course, once there is one.
    pub timeline: Option<&'a Timeline>,
    /// The present stop of a lesson, from 0, and how many there are.
    pub stops: Option<(usize, usize)>,
    /// Each parameter with its range.
    pub knobs: &'a [(String, [f64; 2])],
    /// How many statements of the next step are explained, and how many it has.
    pub statements: (usize, usize),
    /// Whether the user has moved the camera.
    pub view_is_own: bool,
    /// What its buttons ask for.
    pub commands: &'a mut Vec<Command>,
}

impl Panel {
    /// An open panel.
    pub fn new() -> Self {
        Self {
            is_open: true,
            refused: None,
            field: LossField::default(),
        }
    }

    /// Shows the panel at the right of `ui`, which keeps the rest.
    pub fn show(&mut self, ui: &mut Ui, around: &mut Surroundings<'_>) {
        if !self.is_open {
            return;
        }
        let width = WIDTH.min(SHARE_OF_WINDOW * ui.available_width());
        let margin = Margin {
            left: 14,
            right: 0,
            top: 12,
            bottom: 0,
        };
        let frame = egui::Frame::side_top_panel(ui.style()).inner_margin(margin);
        egui::Panel::right("panel")
            .exact_size(width)
            .resizable(false)
            .frame(frame)
            .show(ui, |ui| {
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                    egui::Frame::new()
                        .inner_margin(Margin {
                            right: 14,
                            bottom: 12,
                            ..Margin::ZERO
                        })
                        .show(ui, |ui| self.sections(ui, around));
                });
            });
    }

    fn sections(&mut self, ui: &mut Ui, around: &mut Surroundings<'_>) {
        if around.stops.is_some() {
            heading(ui, "Lesson");
            lesson::stops(ui, around);
            ui.add_space(2.0);
            ui.separator();
        }
        heading(ui, "Loss");
        let before = around.draft.scene.loss.clone();
        self.field.show(ui, around.draft, self.refused.as_deref());
        if around.draft.scene.loss != before {
            self.refused = None;
        }
        section(ui, |ui| {
            heading(ui, "Race");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                playback::step(ui, around);
            });
        });
        playback::show(ui, around);
        if around.draft.scene.loss.at.is_some() {
            section(ui, |ui| heading(ui, "Point"));
            lesson::knobs(ui, around);
        }
        if !around.draft.scene.teams.is_empty() {
            section(ui, |ui| heading(ui, "Optimizers"));
            teams::show(ui, around.draft);
            section(ui, |ui| heading(ui, "The next step"));
            lesson::explanation(ui, around);
        }
        section(ui, |ui| heading(ui, "Picture"));
        look::show(ui, around);
        section(ui, |ui| ui.collapsing("Keys", help));
    }
}

/// A line between sections, and the first row of the next.
fn section<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) {
    ui.add_space(2.0);
    ui.separator();
    ui.horizontal(add);
}

fn heading(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).heading().strong());
}

/// A row of the panel: a word, and a control that takes the rest of the width.
fn labelled(ui: &mut Ui, text: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let word = vec2(WORD_WIDTH, ui.spacing().interact_size.y);
        ui.allocate_ui_with_layout(word, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(WORD_WIDTH);
            ui.weak(text);
        });
        let gap = ui.spacing().item_spacing.x;
        ui.spacing_mut().interact_size.x = VALUE_WIDTH;
        let rest = ui.available_width() - VALUE_WIDTH - gap;
        ui.spacing_mut().slider_width = rest.max(40.0);
        add(ui);
    });
}

fn help(ui: &mut Ui) {
    egui::Grid::new("keys").num_columns(2).show(ui, |ui| {
        for (key, meaning) in HELP {
            ui.label(RichText::new(key).small().strong());
            ui.label(RichText::new(meaning).small());
            ui.end_row();
        }
    });
}
