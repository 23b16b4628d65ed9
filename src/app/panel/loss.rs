//! The panel's loss: the catalogue as a list, and the formula as text.

use super::caret;
use crate::app::draft::{Draft, catalogue_loss};
use crate::formula::FormulaError;
use crate::loss;
use egui::{ComboBox, RichText, TextEdit, TextStyle, Ui};

/// What stands in the formula's field.
#[derive(Debug, Default)]
pub struct LossField {
    text: String,
    /// What is wrong with the text.
    error: Option<FormulaError>,
    /// Whether the user is at it: then the text is theirs, right or wrong.
    is_written: bool,
}

impl LossField {
    /// Shows list, field and what is wrong; a text that is right becomes the draft's loss.
    pub fn show(&mut self, ui: &mut Ui, draft: &mut Draft, refused: Option<&str>) {
        self.list(ui, draft);
        if !self.is_written {
            self.text = draft.formula();
        }
        let rows = self.text.lines().count().clamp(2, 6);
        let field = TextEdit::multiline(&mut self.text)
            .font(TextStyle::Monospace)
            .desired_rows(rows)
            .desired_width(f32::INFINITY)
            .hint_text("x^2 + 3*y^2");
        if ui.add(field).changed() {
            self.is_written = true;
            log::debug!("the formula reads {:?}", self.text);
            self.error = draft.write_formula(&self.text).err();
        }
        self.what_is_wrong(ui, refused);
    }

    fn list(&mut self, ui: &mut Ui, draft: &mut Draft) {
        let present = catalogue_loss(&draft.scene);
        let title = present.map_or("Own formula", |loss| loss.title.as_str());
        let chosen = ComboBox::from_id_salt("loss")
            .selected_text(title)
            .width(ui.available_width())
            .height(420.0)
            .show_ui(ui, |ui| {
                let mut chosen = None;
                for loss in loss::all() {
                    let is_present = present.is_some_and(|present| present.name == loss.name);
                    let entry = ui.selectable_label(is_present, &loss.title);
                    if entry.on_hover_text(&loss.watch).clicked() {
                        chosen = Some(loss);
                    }
                }
                chosen
            });
        if let Some(loss) = chosen.inner.flatten() {
            draft.choose_loss(&loss.name);
            *self = Self::default();
        }
    }

    fn what_is_wrong(&self, ui: &mut Ui, refused: Option<&str>) {
        let colour = ui.visuals().error_fg_color;
        let small = |text: &str| RichText::new(text).small().color(colour);
        if let Some(error) = &self.error {
            let font = TextStyle::Monospace.resolve(ui.style());
            let letter = ui.fonts_mut(|fonts| fonts.glyph_width(&font, 'x'));
            let columns = (ui.available_width() / letter) as usize;
            let [line, carets] = caret::lines(&self.text, &error.span, columns.max(8));
            ui.label(
                RichText::new(format!("{line}\n{carets}"))
                    .monospace()
                    .color(colour),
            );
            ui.label(small(&error.message));
        } else if let Some(refused) = refused {
            ui.label(small(refused));
        }
    }
}
