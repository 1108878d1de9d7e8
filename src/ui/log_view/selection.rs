//! Which rows are selected, or which messages: what has a number here is a row or a message.

use std::ops::RangeInclusive;

/// Selected rows by number. Rows that are hidden stay selected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The row selected last, whose details are shown.
    head: Option<u64>,
    /// Where a selection with Shift begins.
    anchor: u64,
    /// In order, and apart from each other.
    spans: Vec<RangeInclusive<u64>>,
}

impl Selection {
    /// One row alone.
    pub fn one(row: u64) -> Self {
        Self {
            head: Some(row),
            anchor: row,
            spans: vec![row..=row],
        }
    }

    /// All rows from `first` to `last`.
    pub fn all(first: u64, last: u64) -> Self {
        Self {
            head: Some(last),
            anchor: first,
            spans: vec![first..=last],
        }
    }

    /// These spans, which are in order; those that overlap are one.
    pub fn of(
        head: Option<u64>,
        anchor: u64,
        all: impl Iterator<Item = RangeInclusive<u64>>,
    ) -> Self {
        let mut spans: Vec<RangeInclusive<u64>> = Vec::new();
        for span in all {
            match spans.last_mut().filter(|last| span.start() <= last.end()) {
                Some(last) => *last = *last.start()..=*span.end().max(last.end()),
                None => spans.push(span),
            }
        }
        Self {
            head,
            anchor,
            spans,
        }
    }

    pub fn head(&self) -> Option<u64> {
        self.head
    }

    /// Where a selection with Shift begins.
    pub fn anchor(&self) -> u64 {
        self.anchor
    }

    pub fn has(&self, row: u64) -> bool {
        let after = self.spans.partition_point(|span| *span.end() < row);
        self.spans
            .get(after)
            .is_some_and(|span| span.contains(&row))
    }

    /// Whether more than one row is selected.
    pub fn is_several(&self) -> bool {
        match self.spans.as_slice() {
            [] => false,
            [span] => span.start() < span.end(),
            _ => true,
        }
    }

    pub fn spans(&self) -> &[RangeInclusive<u64>] {
        &self.spans
    }

    /// Everything from the row where the selection began to this one, and nothing else.
    pub fn extend(&mut self, row: u64) {
        let anchor = match self.head {
            Some(_) => self.anchor,
            None => row,
        };
        *self = Self {
            head: Some(row),
            anchor,
            spans: vec![anchor.min(row)..=anchor.max(row)],
        };
    }

    /// Adds a row, or takes it away.
    pub fn toggle(&mut self, row: u64) {
        let at = self.spans.partition_point(|span| *span.end() < row);
        self.anchor = row;
        let holder = self.spans.get(at).filter(|span| span.contains(&row));
        let Some(span) = holder.cloned() else {
            self.spans.insert(at, row..=row);
            self.head = Some(row);
            return;
        };
        let before = (*span.start() < row).then(|| *span.start()..=row - 1);
        let behind = (row < *span.end()).then(|| row + 1..=*span.end());
        self.spans.splice(at..=at, before.into_iter().chain(behind));
        if self.head == Some(row) {
            self.head = self.spans.last().map(|span| *span.end());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(selection: &Selection) -> Vec<u64> {
        (0..20).filter(|row| selection.has(*row)).collect()
    }

    #[test]
    fn shift_selects_from_the_first_row_on_in_both_directions() {
        let mut selection = Selection::one(5);
        selection.extend(8);
        assert_eq!(rows(&selection), [5, 6, 7, 8]);
        selection.extend(3);
        assert_eq!(rows(&selection), [3, 4, 5]);
        assert_eq!(selection.head(), Some(3));
        assert!(selection.is_several());
    }

    #[test]
    fn ctrl_adds_a_row_and_takes_it_away() {
        let mut selection = Selection::one(5);
        selection.toggle(9);
        selection.toggle(2);
        assert_eq!(rows(&selection), [2, 5, 9]);
        selection.toggle(5);
        assert_eq!((rows(&selection), selection.head()), (vec![2, 9], Some(2)));
        selection.toggle(2);
        selection.toggle(9);
        assert_eq!((rows(&selection), selection.head()), (Vec::new(), None));
    }

    #[test]
    fn a_row_is_taken_out_of_the_middle_of_many() {
        let mut selection = Selection::all(2, 6);
        selection.toggle(4);
        assert_eq!(rows(&selection), [2, 3, 5, 6]);
        selection.toggle(6);
        assert_eq!(
            (rows(&selection), selection.head()),
            (vec![2, 3, 5], Some(5))
        );
    }
}
