//! What is wrong with a file that was read.

use crate::capture::import::{ImportError, Place, Problem, Summary};
use crate::cli::{Outcome, complaint};
use crate::engine::{Interfaces, file_error};
use crate::explain;
use crate::traffic::{Cause, Failure, Notice, Operation, Other};
use crate::words::Lang;
use std::path::Path;

/// How reading a file ended.
pub struct Reading<'a> {
    pub path: &'a Path,
    pub result: Result<Summary, ImportError>,
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
            Problem::Empty | Problem::Unrecognised | Problem::Compressed(_)
        );
        let is_first = matches!(
            error.place,
            Place::Byte(0) | Place::Unpacked(0) | Place::Line(1)
        );
        is_other || is_first && self.rows == 0
    }

    /// Says where the file is damaged, and how; with `all`, also how many packets in it are no
    /// rows.
    pub fn report(self, all: bool, lang: Lang) -> Outcome {
        let is_none = self.is_none();
        let summary = match self.result {
            Ok(summary) => summary,
            Err(error) => {
                complaint::last_failure(lang, &unread(self.path, file_error(error)));
                return match is_none {
                    true => Outcome::Unusable,
                    false => Outcome::Failed,
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
            complaint::say(&explain::notice(lang, &read, &Interfaces::read()));
        }
        match is_damaged {
            true => Outcome::Failed,
            false => Outcome::Passed,
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

    fn is_none(place: Place, problem: Problem, rows: u64) -> bool {
        let reading = Reading {
            path: Path::new("x"),
            result: Err(ImportError { place, problem }),
            rows,
        };
        reading.is_none()
    }

    #[test]
    fn what_begins_with_rows_or_could_is_damaged_and_the_rest_is_none() {
        assert!(is_none(Place::Byte(0), Problem::Unrecognised, 0));
        assert!(is_none(Place::Unpacked(0), Problem::Empty, 0));
        assert!(is_none(Place::Line(1), Problem::Cut, 0));
        assert!(!is_none(Place::Line(2), Problem::Cut, 0));
        assert!(!is_none(Place::Byte(48), Problem::Corrupt, 0));
        assert!(!is_none(Place::Byte(0), Problem::Cut, 1));
    }
}
