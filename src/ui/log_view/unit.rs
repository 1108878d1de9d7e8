//! Whether the lines of the log are reads, messages, or requests with their replies.

use super::columns::ColumnLayout;
use super::{LogView, Selection};
use crate::traffic::messages::MessageId;
use crate::traffic::{Log, LogUnit};

/// Turns an id of one kind into one of the other.
type Renumber = fn(u64) -> u64;

impl LogView {
    /// Shows these lines from now on. What is selected and marked stays so, as far as the lines have
    /// it. Without messages in the log, lines are reads.
    pub fn show_as(&mut self, unit: LogUnit, log: &Log) {
        let by_message = unit != LogUnit::Read && log.messages().is_some();
        let is_other = self.shown.unit != unit;
        self.shown.unit = unit;
        if self.by_message != by_message {
            self.number_anew(by_message);
        } else if is_other {
            self.keep_in_place();
        }
    }

    /// The columns in a table with this room, with as many lines as replies and cures need.
    pub(super) fn columns(&self, columns: ColumnLayout, room: f32) -> ColumnLayout {
        let columns = columns.with_cure(self.longest_cure.width(), room);
        match self.shown.unit {
            LogUnit::Request if self.by_message => columns.with_replies(room),
            _ => columns,
        }
    }

    /// Whether its lines are messages.
    pub fn is_by_message(&self) -> bool {
        self.by_message
    }

    /// Other ids identify the lines from now on.
    fn number_anew(&mut self, by_message: bool) {
        let (first, last): (Renumber, Renumber) = match by_message {
            true => (
                |row| MessageId::first_of(row).number(),
                |row| MessageId::last_of(row).number(),
            ),
            false => (row_of, row_of),
        };
        self.by_message = by_message;
        self.selection = self.selection.renumbered(first, last);
        self.marks = self.marks.iter().map(|id| first(*id)).collect();
        self.top_id = first(self.top_id);
        self.keep_in_place();
    }

    /// The row of an id, as far as the id itself says it.
    pub(super) fn row_near(&self, id: u64) -> u64 {
        match self.by_message {
            true => row_of(id),
            false => id,
        }
    }
}

impl Selection {
    /// The same in other ids: the first and the last one that stand for each.
    fn renumbered(&self, first: impl Fn(u64) -> u64, last: impl Fn(u64) -> u64) -> Self {
        let spans = self.spans().iter();
        let spans = spans.map(|span| first(*span.start())..=last(*span.end()));
        Self::of(self.head().map(&first), first(self.anchor()), spans)
    }
}

fn row_of(id: u64) -> u64 {
    MessageId::from_number(id).row()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::framing::Framing;
    use crate::traffic::messages::{MessageIndex, MessageQuery};

    fn log_with_messages() -> Log {
        let mut log = Log::default();
        let query = MessageQuery {
            framing: Framing::Lines.into(),
            pairing: None,
            filter: None,
        };
        log.look_for_messages(Some(MessageIndex::new(query.into())));
        log
    }

    #[test]
    fn a_selected_row_stays_selected_with_all_messages_that_it_ends() {
        let (plain, framed) = (Log::default(), log_with_messages());
        let mut view = LogView::default();
        view.select(Some(7));
        view.toggle(9);
        view.toggle_mark(8);
        view.show_as(LogUnit::Message, &framed);
        let id = |row, ordinal| MessageId::new(row, ordinal).unwrap().number();
        assert_eq!(
            (view.selected(), view.selected_id()),
            (Some(9), Some(id(9, 0)))
        );
        assert!(view.selection.has(id(7, 3)) && !view.selection.has(id(8, 0)));
        assert!(view.marks.contains(&id(8, 0)));
        // The same in requests, and in reads.
        view.show_as(LogUnit::Request, &framed);
        assert!(view.selection.has(id(7, 3)));
        view.show_as(LogUnit::Read, &plain);
        assert!(view.selection.has(7) && view.selection.has(9) && !view.selection.has(8));
        assert_eq!((view.selected(), view.next_mark(true)), (Some(9), Some(8)));
    }

    #[test]
    fn messages_of_one_row_are_one_row_again() {
        let (plain, framed) = (Log::default(), log_with_messages());
        let mut view = LogView::default();
        view.show_as(LogUnit::Message, &framed);
        let id = |row, ordinal| MessageId::new(row, ordinal).unwrap().number();
        view.select(Some(id(7, 0)));
        view.toggle(id(7, 2));
        view.toggle(id(8, 1));
        view.show_as(LogUnit::Read, &plain);
        assert_eq!(view.selection.spans(), [7..=7, 8..=8]);
        assert_eq!(view.selected(), Some(8));
    }

    #[test]
    fn without_messages_lines_stay_reads() {
        let plain = Log::default();
        let mut view = LogView::default();
        view.select(Some(7));
        view.show_as(LogUnit::Message, &plain);
        assert_eq!((view.selected(), view.selected_id()), (Some(7), Some(7)));
    }
}
