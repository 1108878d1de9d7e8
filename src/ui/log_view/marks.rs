//! Rows that are marked, to be found again.

use super::LogView;
use std::collections::BTreeSet;

/// The numbers of marked rows.
pub type Marks = BTreeSet<u64>;

impl LogView {
    /// Marks a row, or takes its mark away.
    pub(super) fn toggle_mark(&mut self, row: u64) {
        if !self.marks.remove(&row) {
            self.marks.insert(row);
        }
    }

    /// Marks the row selected last, or takes its mark away.
    pub fn mark_selected(&mut self) {
        if let Some(row) = self.selected() {
            self.toggle_mark(row);
        }
    }

    /// The next marked row below the selected one, or above it; behind the last one comes the
    /// first.
    pub fn next_mark(&self, back: bool) -> Option<u64> {
        let marks = &self.marks;
        let row = match (self.selected(), back) {
            (Some(row), false) => marks.range(row + 1..).next().or(marks.first()),
            (Some(row), true) => marks.range(..row).next_back().or(marks.last()),
            (None, false) => marks.first(),
            (None, true) => marks.last(),
        };
        row.copied()
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
