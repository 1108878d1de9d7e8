//! Choosing the description, in the left panel.

use super::{DescriptionFailure, DescriptionState, DescriptionView, OfferedDescriptions};
use crate::payload::printable;
use crate::schema::{READY_MADE, ReadyMade};
use crate::settings::dock::Page;
use crate::settings::tab::{DescriptionChoice, DescriptionDraft};
use crate::ui::path_field::FileDialogKind;
use crate::ui::{Action, UiContext, controls, theme};
use crate::{explain, t};
use egui::{ComboBox, RichText, Ui};
use std::path::Path;

impl DescriptionView {
    /// Shows the choice, and the file where one is chosen.
    pub fn choice_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut DescriptionDraft,
        offered: OfferedDescriptions<'_>,
    ) -> Option<Action> {
        let before = draft.clone();
        let mut asked = None;
        let name = t!(cx.lang, "description.name");
        let width = controls::LEFT_PANEL.width(ui, cx.lang);
        controls::labelled_row(ui, &name, width, cx.palette, |ui| {
            let combo = ComboBox::from_id_salt("description")
                .icon(controls::combo_arrow)
                .selected_text(words(cx, draft, offered))
                .truncate()
                .width(ui.available_width())
                .height(300.0)
                .show_ui(ui, |ui| {
                    let manage = t!(cx.lang, "descriptions.manage");
                    if controls::item(ui, false, manage).clicked() {
                        asked = Some(Action::ShowPage(Page::Descriptions));
                    }
                    ui.separator();
                    for choice in choices(draft, offered) {
                        let words = words(cx, &choice, offered);
                        controls::item_of(ui, draft, choice, words);
                    }
                    controls::close_when_chosen(ui);
                });
            let combo = controls::drop_down(ui, combo.response, &name);
            if combo.clicked() {
                asked = asked.take().or(Some(Action::ReadDescriptions));
            }
        });
        if draft.choice == DescriptionChoice::File {
            let name = t!(cx.lang, "description.path");
            let is_read = matches!(self.state, DescriptionState::Read(_));
            self.field.mark(!is_read && !draft.path.text.is_empty());
            let kind = FileDialogKind::Open;
            self.field.ui(ui, cx, &mut draft.path, (&name, kind));
            let reload = t!(cx.lang, "description.reload");
            ui.horizontal(|ui| {
                if controls::small(ui, &reload, &reload).clicked() {
                    self.forget();
                }
                let edit = t!(cx.lang, "editor.edit");
                let path = draft.path.path();
                let button = controls::small_if(ui, path.is_some(), &edit, &edit);
                let why = t!(cx.lang, "path.needed");
                if controls::unusable(ui, button, &why).clicked() {
                    asked = path.map(Action::EditDescription);
                }
            });
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
        asked
    }
}

/// What may be chosen: none, a file, the descriptions that the user keeps, the files used last, and
/// the ready-made descriptions.
fn choices(draft: &DescriptionDraft, offered: OfferedDescriptions<'_>) -> Vec<DescriptionDraft> {
    let path = draft.path.path();
    let known = |path: &Path| offered.own.iter().any(|own| own.path == path);
    let recent = offered.recent.paths();
    let recent: Vec<&Path> = recent.filter(|path| !known(path)).collect();
    let is_listed = path.is_some_and(|path| known(&path) || recent.contains(&path.as_path()));
    let of = |choice| DescriptionDraft {
        choice,
        path: draft.path.clone(),
    };
    let file = match is_listed {
        // The path of another one is to be written.
        true => DescriptionDraft {
            choice: DescriptionChoice::File,
            ..DescriptionDraft::default()
        },
        false => of(DescriptionChoice::File),
    };
    let at = |path: &Path| {
        let mut draft = of(DescriptionChoice::File);
        draft.path.set(path);
        draft
    };
    let mut choices = vec![of(DescriptionChoice::None), file];
    choices.extend(offered.own.iter().map(|own| at(&own.path)));
    choices.extend(recent.into_iter().map(at));
    let ready = READY_MADE.iter().map(|ready| ready.name.to_owned());
    choices.extend(ready.map(DescriptionChoice::ReadyMade).map(of));
    choices
}

/// The words of a choice: the name of a file that is listed, otherwise what is chosen.
fn words(cx: UiContext<'_>, draft: &DescriptionDraft, offered: OfferedDescriptions<'_>) -> String {
    match &draft.choice {
        DescriptionChoice::None => t!(cx.lang, "description.none"),
        DescriptionChoice::File => {
            let path = draft.path.path();
            let own = |path: &Path| {
                let own = offered.own.iter().find(|own| own.path == path)?;
                Some(printable::line(own.name.as_bytes()))
            };
            let recent = |path: &Path| {
                let is_recent = offered.recent.paths().any(|known| known == path);
                let name = path.file_name().filter(|_| is_recent)?;
                Some(printable::line(name.to_string_lossy().as_bytes()))
            };
            let listed = path.and_then(|path| own(&path).or_else(|| recent(&path)));
            listed.unwrap_or_else(|| t!(cx.lang, "description.file"))
        }
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
