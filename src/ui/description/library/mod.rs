//! The descriptions that the user keeps: their list, and what is done with them.

mod entry;
mod page;
mod words;

pub use page::ChosenDescription;

use crate::jobs::{Died, Job, JobOutcome};
use crate::settings::descriptions::{
    DeletedDescription, DescriptionFolder, FolderProblem, OwnDescription, OwnDescriptions,
};
use crate::settings::library::RecentDescriptions;
use crate::settings::tab::WrittenPath;
use crate::ui::path_field::PathField;
use egui::Context;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of the user's descriptions, as it was read last, and its page.
#[derive(Debug, Default)]
pub struct DescriptionLibrary {
    /// `None` if the program has no settings folder.
    folder: Option<DescriptionFolder>,
    known: OwnDescriptions,
    /// Why the folder could not be read.
    unread: Option<WorkProblem>,
    reading: Option<Job<OwnDescriptions>>,
    /// The list is to be read again.
    is_old: bool,
    work: Option<Job<Done, FolderProblem>>,
    asks: Asks,
    name: String,
    path: WrittenPath,
    field: PathField,
    /// The question got its keys.
    is_asked: bool,
    outcome: Option<Result<Done, WorkProblem>>,
    /// The file that can be had back.
    deleted: Option<DeletedDescription>,
    /// The file that was just begun.
    begun: Option<PathBuf>,
}

/// What the page asks for before it does something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Asks {
    #[default]
    Nothing,
    /// The name of a new description.
    New,
    /// The new name of a file.
    Name(PathBuf),
    /// The file to copy into the folder.
    Import,
    /// Where to write a copy of a file.
    Export(PathBuf),
}

/// What was done with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Done {
    /// A new file, to be written by the user.
    Begun(PathBuf),
    Made(PathBuf),
    Renamed {
        from: PathBuf,
        to: PathBuf,
    },
    Deleted(DeletedDescription),
    Exported,
}

/// Why the folder could not be read or changed.
#[derive(Debug)]
enum WorkProblem {
    Folder(FolderProblem),
    Died(Died),
}

/// A change of the folder that tabs follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenamedDescription {
    pub from: PathBuf,
    pub to: PathBuf,
}

/// The descriptions that are offered beside the ready-made ones.
#[derive(Clone, Copy)]
pub struct OfferedDescriptions<'a> {
    pub own: &'a [OwnDescription],
    pub recent: &'a RecentDescriptions,
}

impl DescriptionLibrary {
    /// The one beside the settings in this folder.
    pub fn beside(settings: Option<&Path>) -> Self {
        Self {
            folder: settings.map(DescriptionFolder::beside),
            is_old: true,
            ..Self::default()
        }
    }

    /// The files of the folder, as they were read last.
    pub fn list(&self) -> &[OwnDescription] {
        &self.known.list
    }

    /// Whether the file at this path is one of the folder.
    pub fn has(&self, path: &Path) -> bool {
        self.folder.as_ref().is_some_and(|folder| folder.has(path))
    }

    /// Reads the folder again, soon.
    pub fn read_again(&mut self) {
        self.is_old = true;
    }

    /// The new file that was made since this was asked last.
    pub fn take_begun(&mut self) -> Option<PathBuf> {
        self.begun.take()
    }

    /// Takes in what the threads have done, and starts reading where the list is old.
    pub fn follow(&mut self, ctx: &Context) -> Option<RenamedDescription> {
        if let Some(ended) = self.reading.as_ref().and_then(Job::poll) {
            self.reading = None;
            match ended {
                JobOutcome::Done(known) => (self.known, self.unread) = (known, None),
                JobOutcome::Failed(error) => self.unread = Some(error.into()),
                JobOutcome::Died(died) => self.unread = Some(WorkProblem::Died(died)),
            }
        }
        let renamed = self.follow_work();
        if self.is_old
            && self.reading.is_none()
            && let Some(folder) = self.folder.clone()
        {
            self.is_old = false;
            let ctx = ctx.clone();
            let wake = move || ctx.request_repaint();
            // Not cancelled: a folder of a few files takes no time on a disk that answers.
            match Job::start("descriptions", wake, move |_| folder.read()) {
                Ok(job) => self.reading = Some(job),
                Err(error) => self.unread = Some(error.into()),
            }
        }
        renamed
    }

    fn follow_work(&mut self) -> Option<RenamedDescription> {
        let ended = self.work.as_ref().and_then(Job::poll)?;
        self.work = None;
        self.is_old = true;
        let mut renamed = None;
        self.outcome = Some(match ended {
            JobOutcome::Done(done) => {
                self.asks = Asks::Nothing;
                match &done {
                    Done::Renamed { from, to } => {
                        renamed = Some(RenamedDescription {
                            from: from.clone(),
                            to: to.clone(),
                        });
                    }
                    Done::Deleted(deleted) => self.deleted = Some(deleted.clone()),
                    Done::Begun(path) | Done::Made(path) => {
                        if matches!(done, Done::Begun(_)) {
                            self.begun = Some(path.clone());
                        }
                        let is_it = |deleted: &DeletedDescription| deleted.path() == path;
                        self.deleted = self.deleted.take().filter(|deleted| !is_it(deleted));
                    }
                    Done::Exported => {}
                }
                Ok(done)
            }
            JobOutcome::Failed(problem) => Err(WorkProblem::Folder(problem)),
            JobOutcome::Died(died) => Err(WorkProblem::Died(died)),
        });
        renamed
    }

    /// Does something with the folder on a thread. It is not cancelled: a file is there whole or
    /// as it was.
    fn begin(
        &mut self,
        ctx: &Context,
        work: impl FnOnce(&DescriptionFolder) -> Result<Done, FolderProblem> + Send + 'static,
    ) {
        let Some(folder) = self.folder.clone().filter(|_| self.work.is_none()) else {
            return;
        };
        let ctx = ctx.clone();
        let wake = move || ctx.request_repaint();
        self.outcome = None;
        match Job::start("description file", wake, move |_| work(&folder)) {
            Ok(job) => self.work = Some(job),
            Err(error) => self.outcome = Some(Err(error.into())),
        }
    }
}

impl From<io::Error> for WorkProblem {
    fn from(error: io::Error) -> Self {
        Self::Folder(error.into())
    }
}
