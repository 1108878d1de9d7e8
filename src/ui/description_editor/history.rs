//! The texts that a description had before each change.

use super::cell::CellPlace;
use std::collections::VecDeque;

/// The most texts that are kept, and their bytes in all.
const MOST: usize = 200;
const BYTES: usize = 8 << 20;

/// Earlier texts, and those that were taken back.
#[derive(Debug, Default)]
pub(super) struct History {
    past: VecDeque<String>,
    future: Vec<String>,
    /// The cell that was changed last: what is typed in it is one change.
    last: Option<CellPlace>,
}

impl History {
    /// Keeps the text before a change of this cell, or of rows.
    pub fn keep(&mut self, text: &str, cell: Option<&CellPlace>) {
        let is_same = cell.is_some() && self.last.as_ref() == cell;
        self.last = cell.cloned();
        if is_same {
            return;
        }
        self.future.clear();
        self.past.push_back(text.to_owned());
        let mut bytes: usize = self.past.iter().map(String::len).sum();
        while self.past.len() > MOST || bytes > BYTES {
            let Some(oldest) = self.past.pop_front() else {
                break;
            };
            bytes -= oldest.len();
        }
    }

    /// The text before the last change; `now` can be had again.
    pub fn undo(&mut self, now: &str) -> Option<String> {
        let before = self.past.pop_back()?;
        self.future.push(now.to_owned());
        self.last = None;
        Some(before)
    }

    /// The text that was taken back last.
    pub fn redo(&mut self, now: &str) -> Option<String> {
        let after = self.future.pop()?;
        self.past.push_back(now.to_owned());
        self.last = None;
        Some(after)
    }

    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(row: usize) -> CellPlace {
        CellPlace {
            part: String::new(),
            row,
            key: "id",
        }
    }

    #[test]
    fn what_is_typed_in_a_cell_is_one_change() {
        let mut history = History::default();
        history.keep("0", Some(&cell(1)));
        history.keep("1", Some(&cell(1)));
        history.keep("2", Some(&cell(2)));
        history.keep("3", None);
        assert_eq!(history.undo("4").as_deref(), Some("3"));
        assert_eq!(history.undo("3").as_deref(), Some("2"));
        assert_eq!(history.redo("2").as_deref(), Some("3"));
        assert_eq!(history.undo("3").as_deref(), Some("2"));
        assert_eq!(history.undo("2").as_deref(), Some("0"));
        assert!(!history.can_undo() && history.can_redo());
    }

    #[test]
    fn only_the_newest_are_kept() {
        let mut history = History::default();
        for number in 0..1_000 {
            history.keep(&number.to_string(), None);
        }
        assert_eq!(history.past.len(), MOST);
        assert_eq!(history.undo("").as_deref(), Some("999"));
        let long = "x".repeat(BYTES);
        history.keep(&long, None);
        assert_eq!(history.past.len(), 1);
    }
}
