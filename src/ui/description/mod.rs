//! The description of a session's messages: choosing it, and the fields it finds.

mod choice;
mod fields;
mod library;
mod words;

pub use fields::{FieldsView, RowMessage};
pub use library::{ChosenDescription, DescriptionLibrary, OfferedDescriptions, RenamedDescription};
pub use words::capture_fields;

use super::path_field::PathField;
use crate::config::{FileMistake, description, ron_file};
use crate::jobs::{Died, Job, JobOutcome};
use crate::schema::{ReadyMade, Schema};
use crate::settings::tab::{DescriptionChoice, DescriptionDraft, FramingDraft, FramingMethod};
use egui::Context;
use std::io;
use std::path::{Path, PathBuf};

/// The description of a tab, as it was read last.
#[derive(Debug, Default)]
pub struct DescriptionView {
    /// The description that was asked for.
    asked: Option<DescriptionDraft>,
    state: DescriptionState,
    field: PathField,
    /// Whether a person chose it, and its framing was not taken over yet.
    is_new: bool,
    /// The framing that was taken over from the last one.
    filled: Option<FramingDraft>,
    /// The file that was just read.
    read: Option<PathBuf>,
}

#[derive(Debug, Default)]
enum DescriptionState {
    #[default]
    None,
    Reading(Job<Schema, DescriptionFailure>),
    Read(Schema),
    Failed(DescriptionFailure),
}

/// Why there is no description.
#[derive(Debug)]
enum DescriptionFailure {
    /// No file was named.
    NoPath,
    File(io::Error),
    Mistake(Box<FileMistake>),
    /// This program has no description of this name.
    Unknown(String),
    Died(Died),
}

impl From<Died> for DescriptionFailure {
    fn from(died: Died) -> Self {
        Self::Died(died)
    }
}

impl DescriptionView {
    /// The current description, if there is one.
    pub fn schema(&self) -> Option<&Schema> {
        match &self.state {
            DescriptionState::Read(schema) => Some(schema),
            _ => None,
        }
    }

    /// Chooses the description in the file at this path.
    pub fn choose(&mut self, draft: &mut DescriptionDraft, path: &Path) {
        draft.choice = DescriptionChoice::File;
        draft.path.set(path);
        self.is_new = true;
        self.forget();
    }

    /// Reads the file at this path again, if it is the one that is chosen.
    pub fn read_again_at(&mut self, draft: &DescriptionDraft, path: &Path) {
        if draft.choice == DescriptionChoice::File && draft.path.path().as_deref() == Some(path) {
            self.forget();
        }
    }

    /// The file that was read since this was asked last.
    pub fn take_read(&mut self) -> Option<PathBuf> {
        self.read.take()
    }

    /// Reads the description again.
    fn forget(&mut self) {
        self.asked = None;
    }

    /// Lets the framing be that of a description that a person chose, unless it is another one than
    /// the last description had.
    pub fn fill(&mut self, framing: &mut FramingDraft) {
        let DescriptionState::Read(schema) = &self.state else {
            return;
        };
        if !std::mem::take(&mut self.is_new) {
            return;
        }
        let is_own = framing.method != FramingMethod::None && self.filled.as_ref() != Some(framing);
        if !is_own {
            *framing = FramingDraft::of(description::framing(schema).as_ref());
            self.filled = Some(framing.clone());
        }
    }

    /// Reads the chosen description, if the choice changed. A file is read on a thread.
    pub fn follow(&mut self, ctx: &Context, draft: &DescriptionDraft) {
        if let DescriptionState::Reading(job) = &self.state
            && let Some(ended) = job.poll()
        {
            self.state = match ended {
                JobOutcome::Done(schema) => {
                    self.read = self.asked.as_ref().and_then(|asked| asked.path.path());
                    DescriptionState::Read(schema)
                }
                JobOutcome::Failed(failure) => DescriptionState::Failed(failure),
                JobOutcome::Died(died) => DescriptionState::Failed(died.into()),
            };
        }
        // The path of a choice that is not made may change.
        let same = |asked: &DescriptionDraft| {
            let is_file = draft.choice == DescriptionChoice::File;
            asked.choice == draft.choice && (!is_file || asked.path == draft.path)
        };
        if self.asked.as_ref().is_some_and(same) {
            return;
        }
        self.asked = Some(draft.clone());
        self.state = match &draft.choice {
            DescriptionChoice::None => DescriptionState::None,
            DescriptionChoice::ReadyMade(name) => {
                let known = ReadyMade::named(name).and_then(|known| known.schema().ok());
                let unknown =
                    || DescriptionState::Failed(DescriptionFailure::Unknown(name.clone()));
                known.map_or_else(unknown, DescriptionState::Read)
            }
            DescriptionChoice::File => of_file(ctx, draft),
        };
    }
}

fn of_file(ctx: &Context, draft: &DescriptionDraft) -> DescriptionState {
    let Some(path) = draft.path.path() else {
        return DescriptionState::Failed(DescriptionFailure::NoPath);
    };
    let ctx = ctx.clone();
    let wake = move || ctx.request_repaint();
    let job = Job::start("description", wake, move |_| {
        let text = ron_file::regular_text(&path).map_err(DescriptionFailure::File)?;
        description::of_file(&path, &text)
            .map_err(|mistake| DescriptionFailure::Mistake(mistake.into()))
    });
    match job {
        Ok(job) => DescriptionState::Reading(job),
        Err(error) => DescriptionState::Failed(DescriptionFailure::File(error)),
    }
}
