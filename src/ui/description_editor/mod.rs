//! The editor of a description: its fields as tables, or its text, and a message that is read by it
//! as it is edited.

mod cell;
mod columns;
mod fields;
mod history;
mod message;
mod part;
mod text;
mod values;
mod window;

pub use message::{MOST as LONGEST_SAMPLE, SelectedBytes};

use crate::config::description_table::{DescriptionTable, PlacedMistake};
use crate::config::{FileMistake, description, ron_file};
use crate::jobs::{Died, Job, JobOutcome};
use crate::schema::Schema;
use crate::settings::descriptions::save;
use cell::{CellDrafts, CellPlace, Change};
use egui::Context;
use history::History;
use message::Sample;
use part::Part;
use std::io;
use std::path::{Path, PathBuf};

/// The editor of one description at a time.
#[derive(Debug, Default)]
pub struct DescriptionEditor {
    opened: Option<OpenDescription>,
    /// The file that was just saved.
    saved: Option<PathBuf>,
}

/// The description that is edited.
#[derive(Debug, Default)]
struct OpenDescription {
    path: PathBuf,
    /// The content of the file, as it was read or written last; `None` before that.
    known: Option<String>,
    text: String,
    /// `None` where the text cannot be read as a table.
    table: Option<DescriptionTable>,
    /// The last one without a mistake.
    schema: Option<Schema>,
    mistake: Option<Box<PlacedMistake>>,
    checking: Option<Job<Checked>>,
    is_checked: bool,
    file: Option<Job<FileOutcome>>,
    failure: Option<FileFailure>,
    asks: Asks,
    view: EditorView,
    part: Part,
    row: usize,
    new_name: String,
    drafts: CellDrafts,
    history: History,
    sample: Sample,
}

/// A description that was checked, or its first mistake.
type Checked = Result<Schema, Box<PlacedMistake>>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum EditorView {
    #[default]
    Table,
    Text,
}

/// The question that the window asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Asks {
    #[default]
    Nothing,
    /// What becomes of the changes when it is closed.
    Close,
    /// The file has this content now.
    Changed(String),
}

/// What was done with the file.
#[derive(Debug)]
enum FileOutcome {
    Read(String),
    Saved(String),
    Changed(String),
}

/// Why the file could not be read or written.
#[derive(Debug)]
enum FileFailure {
    Io(io::Error),
    Died(Died),
}

impl DescriptionEditor {
    /// Opens the file at this path. One with changes is not closed for it, but asks.
    pub fn open(&mut self, ctx: &Context, path: &Path) {
        if let Some(opened) = &mut self.opened
            && opened.is_changed()
        {
            if opened.path != path {
                opened.asks = Asks::Close;
            }
            return;
        }
        let mut opened = OpenDescription {
            path: path.to_owned(),
            ..OpenDescription::default()
        };
        opened.read(ctx);
        self.opened = Some(opened);
    }

    pub fn is_open(&self) -> bool {
        self.opened.is_some()
    }

    /// Whether there are changes that were not saved.
    pub fn is_changed(&self) -> bool {
        let opened = self.opened.as_ref();
        opened.is_some_and(OpenDescription::is_changed)
    }

    /// The file that was saved since this was asked last.
    pub fn take_saved(&mut self) -> Option<PathBuf> {
        self.saved.take()
    }
}

impl OpenDescription {
    fn is_changed(&self) -> bool {
        self.known.as_ref().is_some_and(|known| *known != self.text)
    }

    /// Whether it is written in YAML, which has no tables.
    fn is_ksy(&self) -> bool {
        let extension = self.path.extension();
        extension.is_some_and(|extension| extension.eq_ignore_ascii_case("ksy"))
    }

    /// Reads the file. Not cancelled: a short file takes no time on a disk that answers.
    fn read(&mut self, ctx: &Context) {
        let path = self.path.clone();
        self.begin(ctx, move || {
            Ok(FileOutcome::Read(ron_file::regular_text(&path)?))
        });
    }

    /// Writes the file, unless it has another content than the known one; `anyway` replaces that.
    fn save(&mut self, ctx: &Context, anyway: bool) {
        let (path, text) = (self.path.clone(), self.text.clone());
        let known = self.known.clone().filter(|_| !anyway);
        self.begin(ctx, move || match save(&path, known.as_deref(), &text)? {
            true => Ok(FileOutcome::Saved(text)),
            false => Ok(FileOutcome::Changed(ron_file::regular_text(&path)?)),
        });
    }

    fn begin(
        &mut self,
        ctx: &Context,
        work: impl FnOnce() -> io::Result<FileOutcome> + Send + 'static,
    ) {
        let ctx = ctx.clone();
        let wake = move || ctx.request_repaint();
        self.failure = None;
        match Job::start("edited description", wake, move |_| work()) {
            Ok(job) => self.file = Some(job),
            Err(error) => self.failure = Some(FileFailure::Io(error)),
        }
    }

    /// Takes in what the threads have done; returns whether the file was saved.
    fn follow(&mut self, ctx: &Context) -> bool {
        let mut is_saved = false;
        if let Some(ended) = self.file.as_ref().and_then(Job::poll) {
            self.file = None;
            match ended {
                JobOutcome::Done(FileOutcome::Read(text)) => self.take(text),
                JobOutcome::Done(FileOutcome::Saved(text)) => {
                    self.known = Some(text);
                    self.asks = Asks::Nothing;
                    is_saved = true;
                }
                JobOutcome::Done(FileOutcome::Changed(now)) => self.asks = Asks::Changed(now),
                JobOutcome::Failed(error) => self.failure = Some(FileFailure::Io(error)),
                JobOutcome::Died(died) => self.failure = Some(FileFailure::Died(died)),
            }
        }
        if let Some(ended) = self.checking.as_ref().and_then(Job::poll) {
            self.checking = None;
            match ended {
                JobOutcome::Done(Ok(schema)) => {
                    (self.schema, self.mistake) = (Some(schema), None);
                }
                JobOutcome::Done(Err(mistake)) => self.mistake = Some(mistake),
                JobOutcome::Failed(error) => self.failure = Some(FileFailure::Io(error)),
                JobOutcome::Died(died) => self.failure = Some(FileFailure::Died(died)),
            }
        }
        if !self.is_checked && self.checking.is_none() && self.known.is_some() {
            self.is_checked = true;
            self.check(ctx);
        }
        is_saved
    }

    /// Takes the content of the file in place of the text.
    fn take(&mut self, text: String) {
        self.known = Some(text.clone());
        self.asks = Asks::Nothing;
        if self.is_ksy() {
            self.view = EditorView::Text;
        }
        self.put(text);
    }

    /// Checks the text on a thread: files that it imports may take their time.
    fn check(&mut self, ctx: &Context) {
        let (path, text) = (self.path.clone(), self.text.clone());
        let is_ksy = self.is_ksy();
        let ctx = ctx.clone();
        let wake = move || ctx.request_repaint();
        let check = move || -> Checked {
            let plain = |mistake: FileMistake| {
                let place = None;
                Box::new(PlacedMistake { mistake, place })
            };
            match is_ksy {
                true => description::of_file(&path, &text).map_err(plain),
                false => DescriptionTable::read(&text).map_err(plain)?.check(),
            }
        };
        match Job::start("description check", wake, move |_| Ok(check())) {
            Ok(job) => self.checking = Some(job),
            Err(error) => self.failure = Some(FileFailure::Io(error)),
        }
    }

    /// Makes this the text.
    fn put(&mut self, text: String) {
        self.text = text;
        self.is_checked = false;
        self.table = match self.is_ksy() {
            true => None,
            false => DescriptionTable::read(&self.text).ok(),
        };
        if let Some(table) = &self.table
            && !Part::all(table).contains(&self.part)
        {
            self.part = Part::default();
        }
    }

    /// Makes a change that can be undone.
    fn change(&mut self, change: Change) {
        self.history.keep(&self.text, change.cell.as_ref());
        if change.cell.is_none() {
            self.drafts.clear();
        }
        self.put(change.text);
    }

    /// Takes back the last change, or makes it again.
    fn step(&mut self, is_back: bool) {
        let text = match is_back {
            true => self.history.undo(&self.text),
            false => self.history.redo(&self.text),
        };
        if let Some(text) = text {
            self.drafts.clear();
            self.put(text);
        }
    }

    /// The text was typed into.
    fn typed(&mut self, text: String) {
        let cell = CellPlace {
            part: String::new(),
            row: 0,
            key: "text",
        };
        let cell = Some(cell);
        self.drafts.clear();
        self.change(Change { text, cell });
    }
}
