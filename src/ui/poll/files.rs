//! The files of a poll table: the table itself, and its values.

use super::table::title;
use crate::capture::polled::{self, SavedPoll};
use crate::disk::Existing;
use crate::engine::{PolledLine, Polling};
use crate::explain;
use crate::jobs::{Died, Job, Running};
use crate::settings::kept_file::{LONGEST, Mistake};
use crate::settings::tab::{PollDraft, PollLineDraft, WrittenPath};
use crate::t;
use crate::ui::csv_file::{CsvFile, CsvWords};
use crate::ui::path_field::{FileDialogKind, PathField};
use crate::ui::{UiContext, controls};
use egui::{Label, RichText, Ui};
use std::io;
use std::path::Path;

/// The words for the file of the values.
const WORDS: CsvWords = CsvWords {
    path: "poll.values_path",
    save: "poll.save_values",
    saving: "poll.saving",
    saved: "poll.saved",
};

#[derive(Debug, Default)]
pub(super) struct Files {
    path: WrittenPath,
    field: PathField,
    /// The outcome of the last import or export, and whether it failed.
    wording: Option<(String, bool)>,
    /// The job that reads or writes a file.
    asked: Option<Job<Done>>,
    values: CsvFile,
}

/// The result of reading or writing a table.
#[derive(Debug)]
enum Done {
    Imported(Result<Vec<PollLineDraft>, Mistake>),
    Exported(Result<(), Mistake>),
}

impl Files {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        draft: &mut PollDraft,
        polling: Option<&Polling>,
    ) {
        self.follow(cx, draft);
        let values = || {
            let (values, zone) = (values(cx, draft, polling), cx.zone.clone());
            move |file: (&Path, Existing), job: &Running| polled::save(&values, &zone, file, job)
        };
        self.values.ui(ui, cx, WORDS, values);
        ui.separator();
        let name = t!(cx.lang, "poll.file");
        self.field
            .ui(ui, cx, &mut self.path, (&name, FileDialogKind::Save));
        let path = self.path.path();
        let ready = path.is_some() && self.asked.is_none();
        ui.horizontal(|ui| {
            let needed = t!(cx.lang, "path.needed");
            let [imports, exports] = ["poll.import", "poll.export"].map(|key| {
                let name = t!(cx.lang, key);
                let button = controls::small_if(ui, ready, &name, &name);
                controls::unusable(ui, button, &needed).clicked()
            });
            let Some(path) = path else { return };
            if imports {
                let import = move || Done::Imported(PollDraft::import(&path));
                self.begin(ui.ctx(), cx, import);
            } else if exports {
                let table = draft.clone();
                let export = move || Done::Exported(table.export(&path));
                self.begin(ui.ctx(), cx, export);
            }
        });
        if let Some((text, failed)) = &self.wording {
            let colour = match failed {
                true => cx.palette.error,
                false => cx.palette.dim,
            };
            ui.add(Label::new(RichText::new(text).color(colour)).wrap());
        }
    }

    /// Takes the outcome of the job.
    fn follow(&mut self, cx: UiContext<'_>, draft: &mut PollDraft) {
        let Some(ended) = self.asked.as_ref().and_then(Job::poll) else {
            return;
        };
        self.asked = None;
        let died = |error| Done::Exported(Err(Mistake::Io(error)));
        self.wording = Some(match ended.into_result().unwrap_or_else(died) {
            Done::Imported(Ok(lines)) => {
                let before = draft.lines.len();
                lines.into_iter().for_each(|line| draft.add(line));
                let count = draft.lines.len() - before;
                (t!(cx.lang, "poll.imported", count = count), false)
            }
            Done::Exported(Ok(())) => (t!(cx.lang, "snippets.exported"), false),
            Done::Imported(Err(mistake)) | Done::Exported(Err(mistake)) => {
                (explained(cx, &mistake), true)
            }
        });
    }

    /// Does it on a thread of its own: a disk may take its time.
    fn begin(
        &mut self,
        ctx: &egui::Context,
        cx: UiContext<'_>,
        work: impl FnOnce() -> Done + Send + 'static,
    ) {
        let ctx = ctx.clone();
        let wake = move || ctx.request_repaint();
        match Job::start("polls", wake, move |_| Ok(work())) {
            Ok(job) => self.asked = Some(job),
            Err(error) => {
                let reason = explain::reason(cx.lang, &error);
                let wording = t!(cx.lang, "journal.not_opened", reason = reason);
                self.wording = Some((wording, true));
            }
        }
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

fn explained(cx: UiContext<'_>, mistake: &Mistake) -> String {
    match mistake {
        // That is no fault of the file.
        Mistake::Io(error) if Died::of(error).is_some() => explain::reason(cx.lang, error),
        Mistake::Io(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            t!(cx.lang, "poll.other_file")
        }
        Mistake::Io(error) => {
            let reason = explain::reason(cx.lang, error);
            t!(cx.lang, "snippets.unreadable", reason = reason)
        }
        Mistake::TooLong => t!(cx.lang, "poll.too_long"),
        Mistake::TooMuch => {
            let limit = crate::ui::size(LONGEST);
            t!(cx.lang, "poll.too_much", limit = limit)
        }
        Mistake::Syntax(reason) => t!(cx.lang, "poll.syntax", reason = reason),
    }
}
