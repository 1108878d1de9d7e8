//! The descriptions that the user keeps and edits, as tabs follow them.

use super::App;
use crate::settings::tab::DescriptionChoice;
use crate::traffic::RecordKind;
use crate::ui::description::RenamedDescription;
use crate::ui::description_editor::LONGEST_SAMPLE;
use crate::ui::{UiContext, theme};
use egui::Context;

impl App {
    /// Takes in the changes of the folder. A tab keeps the description whose file got another
    /// name.
    pub(super) fn follow_descriptions(&mut self, ctx: &Context) {
        let Some(RenamedDescription { from, to }) = self.descriptions.follow(ctx) else {
            return;
        };
        for tab in &mut self.tabs {
            let draft = &mut tab.drafts.receive.description;
            let is_it = draft.path.path().as_deref() == Some(from.as_path());
            if is_it && draft.choice == DescriptionChoice::File {
                draft.path.set(&to);
            }
        }
    }

    /// Shows the editor of a description while one is open. Tabs follow the file that it saves.
    pub(super) fn editor_ui(&mut self, ctx: &Context) {
        if !self.editor.is_open() {
            return;
        }
        let cx = UiContext {
            lang: self.lang,
            palette: theme::palette(ctx),
            interfaces: &self.interfaces,
            zone: &self.zone,
            second: self.second(),
            now: self.clock.now(),
        };
        let tab = self.tabs.get(self.active);
        let selected = tab.and_then(|tab| {
            let record = tab.session.log.get(tab.view.selected()?)?;
            let is_data = matches!(record.kind(), RecordKind::Received | RecordKind::Sent);
            let bytes = record.bytes();
            let part = bytes.get(..LONGEST_SAMPLE).unwrap_or(bytes);
            is_data.then(|| part.to_vec())
        });
        let mut editor = std::mem::take(&mut self.editor);
        editor.ui(ctx, cx, selected.as_deref());
        if let Some(saved) = editor.take_saved() {
            self.descriptions.read_again();
            for tab in &mut self.tabs {
                let draft = &tab.drafts.receive.description;
                tab.panels.description.read_again_at(draft, &saved);
            }
        }
        self.editor = editor;
    }
}
