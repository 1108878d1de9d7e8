//! What is wrong with a file that was read.

use crate::capture::import::{ImportError, ImportPosition, ImportProblem, ImportSummary};
use crate::cli::{CommandOutcome, diagnostics};
use crate::engine::{Interfaces, file_error};
use crate::explain;
use crate::traffic::{Cause, Failure, Notice, Operation, Other};
use crate::words::Lang;
use std::path::Path;

/// How reading a file ended.
pub struct Reading<'a> {
    pub path: &'a Path,
    pub result: Result<ImportSummary, ImportError>,
    /// Rows that were read.
    pub rows: u64,
}

impl Reading<'_> {
    /// Whether it is no file of rows: nothing of it could be read.
    pub fn is_none(&self) -> bool {
        let Err(error) = &self.result else {
            return false;
        };
        let is_other = matches!(
            error.problem,
            ImportProblem::Empty | ImportProblem::Unrecognised | ImportProblem::Compressed(_)
        );
        let is_first = matches!(
            error.place,
            ImportPosition::Byte(0) | ImportPosition::Unpacked(0) | ImportPosition::Line(1)
        );
        is_other || is_first && self.rows == 0
    }

    /// Says where the file is damaged, and how; with `all`, also how many packets in it are no
    /// rows.
    pub fn report(self, all: bool, lang: Lang) -> CommandOutcome {
        let is_none = self.is_none();
        let summary = match self.result {
            Ok(summary) => summary,
            Err(error) => {
                diagnostics::last_failure(lang, &unread(self.path, file_error(error)));
                return match is_none {
                    true => CommandOutcome::Unusable,
                    false => CommandOutcome::Failed,
                };
            }
        };
        let others = summary.skipped;
        let is_line = |(other, _): &(Other, u64)| matches!(other, Other::Line(_));
        let is_damaged = others.iter().any(is_line);
        if is_damaged || all && !others.is_empty() {
            let read = Notice::FileRead {
                path: self.path.display().to_string(),
                records: self.rows,
                skipped: others.iter().map(|(_, count)| count).sum(),
                others,
            };
            diagnostics::say(&explain::notice(lang, &read, &Interfaces::read()));
        }
        match is_damaged {
            true => CommandOutcome::Failed,
            false => CommandOutcome::Passed,
        }
    }
}

/// That a file could not be opened, or not be read to its end.
pub fn unread(path: &Path, cause: Cause) -> Failure {
    Failure {
        operation: Operation::Open,
        address: path.display().to_string(),
        cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_none(place: ImportPosition, problem: ImportProblem, rows: u64) -> bool {
        let reading = Reading {
            path: Path::new("x"),
            result: Err(ImportError { place, problem }),
            rows,
        };
        reading.is_none()
    }

    #[test]
    fn what_begins_with_rows_or_could_is_damaged_and_the_rest_is_none() {
        assert!(is_none(
            ImportPosition::Byte(0),
            ImportProblem::Unrecognised,
            0
        ));
        assert!(is_none(
            ImportPosition::Unpacked(0),
            ImportProblem::Empty,
            0
        ));
        assert!(is_none(ImportPosition::Line(1), ImportProblem::Cut, 0));
        assert!(!is_none(ImportPosition::Line(2), ImportProblem::Cut, 0));
        assert!(!is_none(
            ImportPosition::Byte(48),
            ImportProblem::Corrupt,
            0
        ));
        assert!(!is_none(ImportPosition::Byte(0), ImportProblem::Cut, 1));
    }
}
