//! The descriptions that the user keeps and edits, as tabs follow them.

use super::App;
use super::tab::Tab;
use crate::settings::tab::DescriptionChoice;
use crate::traffic::framing::FrameIndex;
use crate::traffic::{Record, RecordKind, messages};
use crate::ui::description::RenamedDescription;
use crate::ui::description_editor::{LONGEST_SAMPLE, SelectedBytes};
use crate::ui::{UiContext, theme};
use egui::Context;

/// The most rows that are looked through for the message of a row.
const ROWS: usize = 500_000;

impl App {
    /// Takes in the changes of the folder. A tab keeps the description whose file got another
    /// name, and a new one is edited.
    pub(super) fn follow_descriptions(&mut self, ctx: &Context) {
        let renamed = self.descriptions.follow(ctx);
        if let Some(begun) = self.descriptions.take_begun() {
            self.editor.open(ctx, &begun);
        }
        let Some(RenamedDescription { from, to }) = renamed else {
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
        let selected = self.tabs.get(self.active).and_then(|tab| {
            let row = tab.view.selected()?;
            let record = tab.session.log.get(row)?;
            let is_data = matches!(record.kind(), RecordKind::Received | RecordKind::Sent);
            is_data.then_some(move || selected_message(tab, row, &record))
        });
        let selected = selected.as_ref().map(|bytes| bytes as SelectedBytes<'_>);
        let mut editor = std::mem::take(&mut self.editor);
        editor.ui(ctx, cx, selected);
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

/// The selected message, unstuffed: in a view of reads the one that ends in the row, or has a part
/// in it. Without a framing, the bytes of the row.
fn selected_message(tab: &Tab, row: u64, record: &Record<'_>) -> Vec<u8> {
    let (session, log) = (&tab.session, &tab.session.log);
    let framing = &tab.drafts.receive;
    let framing = framing.framing_of(session.kind(), session.is_stream());
    let of_view = tab.view.selected_message(log);
    let of_view = of_view.map(|message| messages::bytes(log, &message, LONGEST_SAMPLE).0);
    let of_row = || {
        let mut index = FrameIndex::of(record.far()?, record.kind(), &framing)?;
        index.follow(log, ROWS);
        let frames = index.frames();
        let begin = frames.partition_point(|frame| frame.last_row < row);
        let here = frames.range(begin..);
        let mut here = here.take_while(|frame| frame.first_row <= row);
        let whole = here.find(|frame| frame.end.fault().is_none())?;
        Some(index.bytes(whole, log, LONGEST_SAMPLE).into())
    };
    let found = of_view.or_else(of_row);
    let found = found.and_then(|bytes| match framing.of(record.kind()) {
        Some(framing) => framing.unstuffed(bytes),
        None => Some(bytes),
    });
    let bytes = record.bytes();
    let part = bytes.get(..LONGEST_SAMPLE).unwrap_or(bytes);
    found.unwrap_or_else(|| part.into()).into_owned()
}
