//! Choosing the description, in the left panel.

use super::{DescriptionFailure, DescriptionState, DescriptionView};
use crate::schema::{READY_MADE, ReadyMade};
use crate::settings::tab::{DescriptionChoice, DescriptionDraft};
use crate::ui::path_field::FileDialogKind;
use crate::ui::{UiContext, controls, theme};
use crate::{explain, t};
use egui::{ComboBox, RichText, Ui};

impl DescriptionView {
    pub fn choice_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, draft: &mut DescriptionDraft) {
        let before = draft.clone();
        let name = t!(cx.lang, "description.name");
        let width = controls::LEFT_PANEL.width(ui, cx.lang);
        controls::labelled_row(ui, &name, width, cx.palette, |ui| {
            let combo = ComboBox::from_id_salt("description")
                .icon(controls::combo_arrow)
                .selected_text(words(cx, &draft.choice))
                .truncate()
                .width(ui.available_width())
                .height(300.0)
                .show_ui(ui, |ui| {
                    let ready = READY_MADE.iter().map(|ready| ready.name.to_owned());
                    let ready = ready.map(DescriptionChoice::ReadyMade);
                    let own = [DescriptionChoice::None, DescriptionChoice::File];
                    for choice in own.into_iter().chain(ready) {
                        let words = words(cx, &choice);
                        controls::item_of(ui, &mut draft.choice, choice, words);
                    }
                    controls::close_when_chosen(ui);
                });
            controls::drop_down(ui, combo.response, &name);
        });
        if draft.choice == DescriptionChoice::File {
            let name = t!(cx.lang, "description.path");
            let is_read = matches!(self.state, DescriptionState::Read(_));
            self.field.mark(!is_read && !draft.path.text.is_empty());
            let kind = FileDialogKind::Open;
            self.field.ui(ui, cx, &mut draft.path, (&name, kind));
            let reload = t!(cx.lang, "description.reload");
            if controls::small(ui, &reload, &reload).clicked() {
                self.forget();
            }
        }
        self.is_new |= *draft != before;
        match &self.state {
            DescriptionState::None | DescriptionState::Read(_) => {}
            DescriptionState::Reading(_) => {
                let text = RichText::new(t!(cx.lang, "description.reading"));
                ui.label(text.font(theme::small()).color(cx.palette.dim));
            }
            DescriptionState::Failed(DescriptionFailure::NoPath) => {
                let text = RichText::new(t!(cx.lang, "description.path_needed"));
                ui.label(text.font(theme::small()).color(cx.palette.dim));
            }
            DescriptionState::Failed(failure) => {
                controls::error_line(ui, &failed(cx, failure), cx.palette);
            }
        }
    }
}

fn words(cx: UiContext<'_>, choice: &DescriptionChoice) -> String {
    match choice {
        DescriptionChoice::None => t!(cx.lang, "description.none"),
        DescriptionChoice::File => t!(cx.lang, "description.file"),
        DescriptionChoice::ReadyMade(name) => {
            let known = ReadyMade::named(name);
            known.map_or_else(|| name.clone(), |known| known.title.to_owned())
        }
    }
}

fn failed(cx: UiContext<'_>, failure: &DescriptionFailure) -> String {
    match failure {
        DescriptionFailure::NoPath => t!(cx.lang, "description.path_needed"),
        DescriptionFailure::File(error) => explain::reason(cx.lang, error),
        DescriptionFailure::Mistake(mistake) => explain::file_mistake(cx.lang, mistake),
        DescriptionFailure::Unknown(name) => t!(cx.lang, "description.unknown", name = name),
        DescriptionFailure::Died(died) => explain::died(cx.lang, died),
    }
}
