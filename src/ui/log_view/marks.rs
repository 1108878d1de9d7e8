//! Rows and messages that are marked, to be found again.

use super::LogView;
use std::collections::BTreeSet;

/// The ids of marked rows, or of marked messages.
pub type Marks = BTreeSet<u64>;

impl LogView {
    /// Marks a row, or takes its mark away.
    pub(super) fn toggle_mark(&mut self, id: u64) {
        if !self.marks.remove(&id) {
            self.marks.insert(id);
        }
    }

    /// Marks the row selected last, or takes its mark away.
    pub fn mark_selected(&mut self) {
        if let Some(id) = self.selected_id() {
            self.toggle_mark(id);
        }
    }

    /// The id of what is marked next below the selected row, or above it; behind the last one comes
    /// the first.
    pub fn next_mark(&self, back: bool) -> Option<u64> {
        let marks = &self.marks;
        let id = match (self.selected_id(), back) {
            (Some(id), false) => marks.range(id + 1..).next().or(marks.first()),
            (Some(id), true) => marks.range(..id).next_back().or(marks.last()),
            (None, false) => marks.first(),
            (None, true) => marks.last(),
        };
        id.copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_rows_are_gone_through_in_a_circle() {
        let mut view = LogView::default();
        assert_eq!(view.next_mark(false), None);
        for row in [3, 7, 9] {
            view.toggle_mark(row);
        }
        let step = |view: &mut LogView, back| {
            let row = view.next_mark(back);
            view.select(row);
            row.unwrap()
        };
        let down = [false; 4].map(|back| step(&mut view, back));
        assert_eq!(down, [3, 7, 9, 3]);
        let up = [true; 2].map(|back| step(&mut view, back));
        assert_eq!(up, [9, 7]);
        view.mark_selected();
        assert_eq!(step(&mut view, true), 3);
        assert_eq!(step(&mut view, false), 9);
    }
}
