//! The report of errors in a capture file that was read.

use super::input::{input_name, unread};
use crate::capture::import::{ImportError, ImportPosition, ImportProblem, ImportSummary};
use crate::cli::{CommandOutcome, diagnostics};
use crate::engine::{Interfaces, file_error};
use crate::explain;
use crate::traffic::{Notice, SkipReason};
use crate::words::Lang;
use std::path::Path;

/// The result of reading a file.
pub struct ReadFile<'a> {
    pub path: &'a Path,
    pub result: Result<ImportSummary, ImportError>,
    /// The number of rows read.
    pub rows: u64,
}

impl ReadFile<'_> {
    /// Whether it is not a capture file: no row could be read.
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

    /// Reports where and how the file is damaged, and how many of its packets are not rows. Without
    /// `all`, repeated TCP segments and fragments are not worth a report of their own.
    pub fn report(self, all: bool, lang: Lang) -> CommandOutcome {
        let is_none = self.is_none();
        let others = match &self.result {
            Ok(summary) => summary.skipped.clone(),
            Err(error) => error.skipped.clone(),
        };
        let is_line = |(other, _): &(SkipReason, u64)| matches!(other, SkipReason::Line(_));
        let is_damaged = others.iter().any(is_line);
        let is_repeated = |(other, _): &(SkipReason, u64)| {
            matches!(
                other,
                SkipReason::Retransmitted | SkipReason::RepeatedFragment
            )
        };
        if all && !others.is_empty() || !others.iter().all(is_repeated) {
            let read = Notice::FileRead {
                path: input_name(self.path, lang),
                records: self.rows,
                skipped: others.iter().map(|(_, count)| count).sum(),
                others,
            };
            diagnostics::print_line(&explain::notice(lang, &read, &Interfaces::read()));
        }
        match self.result {
            Ok(_) => {}
            Err(error) => {
                diagnostics::last_failure(lang, &unread(self.path, file_error(error), lang));
                return match is_none {
                    true => CommandOutcome::Unusable,
                    false => CommandOutcome::Failed,
                };
            }
        };
        match is_damaged {
            true => CommandOutcome::Failed,
            false => CommandOutcome::Passed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_none(place: ImportPosition, problem: ImportProblem, rows: u64) -> bool {
        let reading = ReadFile {
            path: Path::new("x"),
            result: Err(ImportError::at(place, problem)),
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
