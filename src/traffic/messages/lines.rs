//! The lines of a log that shows its messages.

use super::entry::MessageEntry;
use super::index::MessageIndex;
use super::message::{Message, MessageId};
use super::slot::SlotMessages;
use crate::traffic::{Body, Chunk, Log, Record, RecordCount, RecordKind, RowPosition, ViewOptions};
use std::ops::Range;

/// A view of the messages and events of a log, in lines as those of [`Rows`](crate::traffic::Rows).
/// Messages that go on stand behind all others.
#[derive(Clone, Copy, Debug)]
pub struct MessageLines<'a> {
    log: &'a Log,
    index: &'a MessageIndex,
    shown: ViewOptions,
    only_found: bool,
}

impl<'a> MessageLines<'a> {
    /// The messages and events of the shown kinds; with `only_found`, those that the filter matches,
    /// none of them folded.
    pub fn new(
        log: &'a Log,
        index: &'a MessageIndex,
        shown: ViewOptions,
        only_found: bool,
    ) -> Self {
        let folds = shown.folds && !only_found;
        Self {
            log,
            index,
            shown: ViewOptions { folds, ..shown },
            only_found,
        }
    }

    pub fn index(&self) -> &'a MessageIndex {
        self.index
    }

    /// The numbers of the lines.
    pub fn lines(&self) -> Range<u64> {
        let counts = self.index.counted();
        let start = counts.start.of(self.only_found).lines(self.shown);
        start..self.behind_ended() + self.going_on().count() as u64 * self.shown.lines
    }

    /// The number of the line behind all messages that have ended.
    fn behind_ended(&self) -> u64 {
        let end = self.index.counted().end;
        end.of(self.only_found).lines(self.shown)
    }

    /// The messages that go on, as far as they are shown.
    fn going_on(self) -> impl Iterator<Item = &'a Message> {
        let all = match self.only_found {
            true => &[][..],
            false => self.index.unfinished(),
        };
        let first = self.log.rows().start;
        let is_shown = move |one: &&Message| self.shown.includes(one.kind) && one.last_row >= first;
        all.iter().filter(is_shown)
    }

    /// The messages and events shown, by kind; messages that go on do not count.
    pub fn count(&self) -> RecordCount {
        self.index.count(self.only_found)
    }

    /// The number of messages and events before this id.
    pub fn rank_of(&self, id: MessageId) -> Option<u64> {
        let start = self.index.counted().start.of(self.only_found);
        Some((self.counted_before(id)? - start).rows())
    }

    /// The number of shown messages and events whose end was known in this row or later.
    pub fn count_from(&self, row: u64) -> u64 {
        let end = self.index.counted().end.of(self.only_found);
        let before = self.counted_before(MessageId::first_of(row));
        before.map_or(0, |before| (end - before).of(self.shown))
    }

    /// The first line of a message, or where it would be if it were shown.
    pub fn line_of(&self, id: MessageId) -> Option<u64> {
        if id.goes_on() {
            let at = self.going_on().position(|one| one.id == id);
            let before = at.map(|at| at as u64 * self.shown.lines);
            if let Some(before) = before {
                return Some(self.behind_ended() + before);
            }
        }
        Some(self.counted_before(id)?.lines(self.shown))
    }

    /// The count of the messages and events before `id`.
    fn counted_before(&self, id: MessageId) -> Option<RecordCount> {
        if id.row() >= self.index.walked() {
            return Some(self.index.counted().end.of(self.only_found));
        }
        let (_, slot) = self.index.slot_with_row(id.row())?;
        let mut count = slot.before.of(self.only_found);
        for entry in slot.entries().iter().take(slot.before(id)) {
            if self.is_listed(entry) {
                count.add_one(entry.kind());
                count.repeats += u64::from(entry.is_repeat() && !self.only_found);
            }
        }
        Some(count)
    }

    /// Whether an entry counts, shown or not.
    fn is_listed(&self, entry: &MessageEntry) -> bool {
        !entry.is_hidden() && (entry.is_found() || !self.only_found)
    }

    /// The messages and events from the one that contains `line` on.
    pub fn from(self, line: u64) -> impl Iterator<Item = RowPosition<'a>> {
        let slots = self.index.slots();
        let first = self.slot_at(line).unwrap_or(slots.start);
        let ended = (first..slots.end).flat_map(move |slot| self.of_slot(slot, line));
        ended.chain(self.unfinished_from(line))
    }

    fn unfinished_from(self, line: u64) -> impl Iterator<Item = RowPosition<'a>> {
        let first = self.behind_ended();
        let lines = (first..).step_by(usize::try_from(self.shown.lines.max(1)).unwrap_or(1));
        let messages = self.going_on().zip(lines);
        let messages = messages.filter(move |(_, first)| first + self.shown.lines > line);
        messages.filter_map(move |(message, line)| {
            let record = self.log.get(message.last_row)?;
            Some(RowPosition::of_message(message, line, record))
        })
    }

    /// The messages and events of a slot from the one that contains `line` on.
    fn of_slot(self, slot: u64, line: u64) -> impl Iterator<Item = RowPosition<'a>> {
        let known = self.index.slot(slot);
        let count_in = |known: &SlotMessages| known.count.of(self.only_found).lines(self.shown);
        // A chunk without shown messages is not loaded.
        let chunk = known.filter(|known| count_in(known) > 0);
        let chunk = chunk.and_then(|_| self.log.chunk(slot));
        let mut count = known.map_or_else(RecordCount::default, |known| {
            known.before.of(self.only_found)
        });
        let entries = known.filter(|_| chunk.is_some());
        let entries = entries.map_or(&[][..], SlotMessages::entries);
        let (mut position, mut ordinal) = (u32::MAX, 0);
        entries.iter().enumerate().filter_map(move |(at, entry)| {
            ordinal = match entry.position == position {
                true => ordinal + 1,
                false => 0,
            };
            position = entry.position;
            if !self.is_listed(entry) {
                return None;
            }
            let (kind, first) = (entry.kind(), count.lines(self.shown));
            count.add_one(kind);
            if entry.is_repeat() && !self.only_found {
                count.repeats += 1;
                if self.shown.folds {
                    return None;
                }
            }
            let is_wanted = self.shown.includes(kind) && first + self.shown.height(kind) > line;
            let (known, chunk) = known.zip(chunk).filter(|_| is_wanted)?;
            self.position(known, chunk, (at, ordinal), first)
        })
    }

    /// The line of the entry at this index, which has this ordinal in its row.
    fn position(
        self,
        slot: &SlotMessages,
        chunk: &'a Chunk,
        (at, ordinal): (usize, u64),
        line: u64,
    ) -> Option<RowPosition<'a>> {
        let id = slot.id(at, ordinal)?;
        let position = slot.entries().get(at)?.position as usize;
        let Some(message) = slot.message(at, id) else {
            return Some(RowPosition {
                id: id.number(),
                row: id.row(),
                line,
                record: chunk.get(position)?,
                message: None,
            });
        };
        // The row that ended it may be another one, even a notice.
        let here = chunk.get(position)?;
        let record = match message.last_row == id.row() {
            true => here,
            false => self
                .log
                .get(message.last_row)
                .or_else(|| trimmed(&message, &here))?,
        };
        Some(RowPosition::of_message(&message, line, record))
    }

    /// The message or event that contains this line.
    pub fn id_at(&self, line: u64) -> Option<MessageId> {
        let mut lines = self.from(line).map(|line| line.id);
        lines.next().map(MessageId::from_number)
    }

    /// The last slot that begins at or before `line`.
    fn slot_at(&self, line: u64) -> Option<u64> {
        let slots = self.index.slots();
        let (mut low, mut high) = (slots.start, slots.end);
        while low < high {
            let middle = low + (high - low) / 2;
            let reached = self
                .index
                .slot(middle)
                .is_some_and(|slot| slot.before.of(self.only_found).lines(self.shown) <= line);
            if reached {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.checked_sub(1).filter(|slot| slots.contains(slot))
    }
}

/// In place of the last record of a message, which the log has trimmed: one without bytes, at the
/// time of the record that ended the message.
fn trimmed<'a>(message: &Message, ended_by: &Record<'a>) -> Option<Record<'a>> {
    let (peer, bytes) = (ended_by.peer()?, &[][..]);
    let body = match message.kind {
        RecordKind::Sent => Body::Sent { peer, bytes },
        _ => Body::Received { peer, bytes },
    };
    let connection = ended_by.connection;
    Some(Record {
        connection,
        ..Record::new(ended_by.time, body)
    })
}
