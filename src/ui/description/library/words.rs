//! What was done with descriptions, and what was not, in words.

use super::{Done, WorkProblem};
use crate::config::DescriptionProblem;
use crate::payload::printable;
use crate::settings::descriptions::{BadName, FolderProblem};
use crate::ui::UiContext;
use crate::{explain, t};
use std::io;
use std::path::Path;

/// The name of a description, by its file.
pub(super) fn name(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    printable::line(stem.to_string_lossy().as_bytes())
}

pub(super) fn done(cx: UiContext<'_>, done: &Done) -> String {
    match done {
        Done::Begun(path) | Done::Made(path) => t!(cx.lang, "descriptions.made", name = name(path)),
        Done::Renamed { to, .. } => t!(cx.lang, "descriptions.renamed", name = name(to)),
        Done::Deleted(deleted) => {
            t!(cx.lang, "descriptions.deleted", name = name(deleted.path()))
        }
        Done::Exported => t!(cx.lang, "descriptions.exported"),
    }
}

pub(super) fn problem(cx: UiContext<'_>, problem: &WorkProblem) -> String {
    match problem {
        WorkProblem::Died(died) => explain::died(cx.lang, died),
        WorkProblem::Folder(problem) => match problem {
            FolderProblem::Io(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                t!(cx.lang, "descriptions.exists")
            }
            FolderProblem::Io(error) => explain::reason(cx.lang, error),
            FolderProblem::Name(BadName::Empty) => t!(cx.lang, "descriptions.no_name"),
            FolderProblem::Name(BadName::TooLong) => t!(cx.lang, "descriptions.long_name"),
            FolderProblem::Name(BadName::Character) => t!(cx.lang, "descriptions.bad_name"),
            FolderProblem::Name(BadName::ReadyMade) => t!(cx.lang, "descriptions.ready_name"),
            FolderProblem::Extension => t!(cx.lang, "descriptions.extension"),
            FolderProblem::Taken(name) => t!(cx.lang, "descriptions.taken", name = name),
            FolderProblem::Elsewhere => t!(cx.lang, "descriptions.elsewhere"),
        },
    }
}

/// Why a file of the folder is no description: its first mistake.
pub(super) fn mistake(cx: UiContext<'_>, problem: &DescriptionProblem) -> String {
    match problem {
        DescriptionProblem::Mistake(mistake) => explain::file_mistake(cx.lang, mistake),
        DescriptionProblem::Unreadable(kind, code) => {
            let error = code.map_or_else(|| (*kind).into(), io::Error::from_raw_os_error);
            explain::reason(cx.lang, &error)
        }
    }
}
