//! The files of a poll table: the table itself, and its values.

use super::table::title;
use crate::capture::polled::{self, SavedPoll};
use crate::disk::Existing;
use crate::engine::{PolledLine, Polling};
use crate::jobs::Running;
use crate::settings::tab::{PollDraft, PollLineDraft};
use crate::t;
use crate::ui::UiContext;
use crate::ui::csv_file::{CsvFile, CsvWords};
use crate::ui::kept_file::{KeptFile, KeptFileWords};
use egui::Ui;
use std::path::Path;

/// The words for the file of the values.
const WORDS: CsvWords = CsvWords {
    path: "poll.values_path",
    save: "poll.save_values",
    saving: "poll.saving",
    saved: "poll.saved",
};

/// The words for the file of the table.
const TABLE: KeptFileWords = KeptFileWords {
    thread: "polls",
    file: "poll.file",
    import: "poll.import",
    export: "poll.export",
    other_file: "poll.other_file",
    too_long: "poll.too_long",
    too_much: "poll.too_much",
    syntax: "poll.syntax",
};

#[derive(Debug, Default)]
pub(super) struct Files {
    table: KeptFile<Vec<PollLineDraft>>,
    values: CsvFile,
}

impl Files {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut PollDraft,
        polling: Option<&Polling>,
    ) {
        if let Some(lines) = self.table.follow(cx, TABLE) {
            let before = draft.lines.len();
            lines.into_iter().for_each(|line| draft.add(line));
            let count = draft.lines.len() - before;
            self.table.say(t!(cx.lang, "poll.imported", count = count));
        }
        let values = || {
            let (values, zone) = (values(cx, draft, polling), cx.zone.clone());
            move |file: (&Path, Existing), job: &Running| polled::save(&values, &zone, file, job)
        };
        self.values.ui(ui, cx, WORDS, values);
        ui.separator();
        let export = || {
            let table = draft.clone();
            move |path: &Path| table.export(path)
        };
        self.table.ui(ui, cx, TABLE, PollDraft::import, export);
    }
}

/// The values of all lines: a line of the file for each field, or for the whole reply.
fn values(cx: UiContext<'_>, draft: &PollDraft, polling: Option<&Polling>) -> Vec<SavedPoll> {
    let mut saved = Vec::new();
    for (place, line) in draft.lines.iter().enumerate() {
        let mut states = polling.into_iter().flat_map(|polling| &polling.lines);
        let state = states.find(|state| state.id == line.id);
        let last = state.and_then(|state| state.last.as_ref());
        let of_line = SavedPoll {
            name: title(cx, place, line),
            reply: last.map(|last| (last.time, last.round_trip)),
            requests: state.map_or(0, |state| state.requests),
            replies: state.map_or(0, |state| state.replies),
            errors: state.map_or(0, PolledLine::errors),
            ..SavedPoll::default()
        };
        let found = last.map_or(&[][..], |last| last.values.as_slice());
        let before = saved.len();
        for (at, path) in line.paths().enumerate() {
            let value = found.get(at).and_then(Option::as_ref);
            saved.push(SavedPoll {
                field: path.to_owned(),
                value: value.map_or_else(String::new, |value| value.plain.clone()),
                unit: value.map_or_else(String::new, |value| value.unit.clone()),
                ..of_line.clone()
            });
        }
        if saved.len() == before {
            saved.push(SavedPoll {
                value: last.map_or_else(String::new, |last| last.text.clone()),
                ..of_line
            });
        }
    }
    saved
}
