//! The menu of the selected rows.

use super::LogView;
use super::copy::CopyAs;
use super::scene::Scene;
use crate::payload::quote::Quote;
use crate::t;
use crate::traffic::RowPosition;
use crate::ui::{Composed, controls};
use egui::{Response, Ui};

/// What is chosen for a row.
pub(super) enum Choice {
    /// Its message is to be edited and sent.
    Edit(Box<Composed>),
    Mark,
}

impl LogView {
    /// The menu that a right click on a row opens.
    pub(super) fn menu_ui(
        &self,
        row: &Response,
        scene: &Scene<'_>,
        line: &RowPosition<'_>,
    ) -> Option<Choice> {
        let mut chosen = None;
        row.context_menu(|ui| {
            let lang = scene.cx.lang;
            let alone = (!self.selection.is_several()).then(|| scene.composed(line));
            if let Some(composed) = alone.flatten()
                && ui.button(t!(lang, "inspector.edit")).clicked()
            {
                chosen = Some(Choice::Edit(Box::new(composed)));
            }
            let mark = match self.marks.contains(&line.row) {
                true => t!(lang, "log.unmark"),
                false => t!(lang, "log.mark"),
            };
            if ui.button(mark).clicked() {
                chosen = Some(Choice::Mark);
            }
            ui.separator();
            self.item_ui(ui, scene, &t!(lang, "log.copy_shown"), CopyAs::Shown);
            self.item_ui(ui, scene, &t!(lang, "log.copy_text"), CopyAs::Text);
            for quote in Quote::ALL {
                self.item_ui(ui, scene, quote.name(), CopyAs::Quote(quote));
            }
            self.item_ui(ui, scene, &t!(lang, "format.json_lines"), CopyAs::JsonLines);
            controls::close_when_chosen(ui);
        });
        chosen
    }

    fn item_ui(&self, ui: &mut Ui, scene: &Scene<'_>, name: &str, how: CopyAs) {
        if ui.button(name).clicked() {
            ui.ctx().copy_text(self.copied_rows(scene, how));
        }
    }
}
