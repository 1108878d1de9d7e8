//! The rows of a log in a view: filtered by kind, and to search hits if there is a search.
//!
//! The view scrolls by *lines*: a record takes one or more, as [`Shown`] says. The counts stored
//! before each chunk make line numbers exact and equally fast for logs of any length. A pixel
//! offset would lose precision.
//!
//! A view that shows messages, of a log that has them, has lines of messages instead. What
//! identifies a line, an *id*, is the number of its row, or that of its message.

mod position;

pub use position::RowPosition;

use super::messages::{MessageId, MessageLines, MessageRole};
use super::{Chunk, Hits, Log, LogUnit, RecordCount, RecordKind, Repeats, SearchHits, ViewOptions};
use std::ops::Range;

/// A view of a log.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    log: &'a Log,
    shown: ViewOptions,
    found: Option<&'a SearchHits>,
}

impl<'a> Rows<'a> {
    /// The rows of the shown kinds; with `found`, only the matches found so far, none of them
    /// folded.
    pub fn new(log: &'a Log, shown: ViewOptions, found: Option<&'a SearchHits>) -> Self {
        let folds = shown.folds && found.is_none();
        let shown = ViewOptions { folds, ..shown };
        Self { log, shown, found }
    }

    pub fn shown(&self) -> ViewOptions {
        self.shown
    }

    pub fn log(&self) -> &'a Log {
        self.log
    }

    /// The messages, where they are the lines of this view.
    pub fn messages(&self) -> Option<MessageLines<'a>> {
        let index = self.log.messages();
        let index = index.filter(|_| self.shown.unit != LogUnit::Read)?;
        let only_found = self.found.is_some();
        Some(MessageLines::new(self.log, index, self.shown, only_found))
    }

    /// The numbers of the lines in the view.
    pub fn lines(&self) -> Range<u64> {
        if let Some(messages) = self.messages() {
            return messages.lines();
        }
        let counts = self.counts();
        counts.start.lines(self.shown)..counts.end.lines(self.shown)
    }

    fn counts(&self) -> Range<RecordCount> {
        match self.found {
            None => self.log.trimmed()..self.log.total(),
            Some(found) => found.counted(),
        }
    }

    /// The records, or the messages, of all kinds in the view, shown or not.
    pub fn count(&self) -> RecordCount {
        let counts = self.counts();
        let of_rows = || counts.end - counts.start;
        let messages = self.messages();
        messages.map_or_else(of_rows, |messages| messages.count())
    }

    /// The first line of `id`, or where it would be if it were shown.
    pub fn line_of(&self, id: u64) -> Option<u64> {
        match self.messages() {
            Some(messages) => messages.line_of(MessageId::from_number(id)),
            None => Some(self.counted_before(id)?.lines(self.shown)),
        }
    }

    /// Whether the line of `id` is final: the search has come that far.
    pub fn covers(&self, id: u64) -> bool {
        match self.messages() {
            Some(messages) => MessageId::from_number(id).row() < messages.index().walked(),
            None => self.found.is_none_or(|found| found.covers(id, self.log)),
        }
    }

    /// The number of rows of the log that were searched, or whose messages were found.
    pub fn looked_through(&self) -> u64 {
        let rows = self.log.rows();
        match (self.messages(), self.found) {
            (Some(messages), _) => messages.index().walked().max(rows.start) - rows.start,
            (None, Some(found)) => found.looked_through(self.log),
            (None, None) => rows.end - rows.start,
        }
    }

    /// The id of the row, or of the first shown message whose end was known in it or later.
    pub fn id_of_row(&self, row: u64) -> u64 {
        let Some(messages) = self.messages() else {
            return row;
        };
        let first = MessageId::first_of(row);
        let line = messages.line_of(first);
        let id = line.and_then(|line| messages.id_at(line));
        id.unwrap_or(first).number()
    }

    /// The first id that a row may have.
    pub fn first_id(&self, row: u64) -> u64 {
        match self.messages() {
            Some(_) => MessageId::first_of(row).number(),
            None => row,
        }
    }

    /// The reply to a request, which stands in its line.
    pub fn reply_to(&self, request: &RowPosition<'_>) -> Option<RowPosition<'a>> {
        let MessageRole::Request(Some(reply)) = request.message?.role else {
            return None;
        };
        let reply = self.messages()?.index().get(reply)?;
        let record = self.log.get(reply.last_row)?;
        Some(RowPosition::of_message(&reply, request.line, record))
    }

    /// The row of an id; that of the last byte of a message.
    pub fn row_of(&self, id: u64) -> u64 {
        let Some(messages) = self.messages() else {
            return id;
        };
        let id = MessageId::from_number(id);
        let message = messages.index().get(id);
        message.map_or(id.row(), |message| message.last_row)
    }

    /// Whether the search found the record or the message with this id.
    pub fn is_found(&self, id: u64) -> bool {
        match self.messages() {
            Some(messages) => messages.index().is_found(MessageId::from_number(id)),
            None => self.found.is_some_and(|found| found.has(id, self.log)),
        }
    }

    /// The number of matching records, or messages, of all kinds before `id`.
    pub fn rank_of(&self, id: u64) -> Option<u64> {
        match self.messages() {
            Some(messages) => messages.rank_of(MessageId::from_number(id)),
            None => Some(self.counted_before(id)?.rows() - self.counts().start.rows()),
        }
    }

    /// The number of shown records, or messages, from `row` on.
    pub fn count_from(&self, row: u64) -> u64 {
        if let Some(messages) = self.messages() {
            return messages.count_from(row);
        }
        let before = self.counted_before(row);
        before.map_or(0, |before| (self.counts().end - before).of(self.shown))
    }

    /// The count of the matching records before `row`.
    fn counted_before(&self, row: u64) -> Option<RecordCount> {
        let slot = self.log.slot_of(row)?;
        let slots = self.slots();
        if slot < slots.start {
            return Some(self.counts().start);
        }
        let Some((mut count, hits)) = self.slot(slot) else {
            return Some(self.counts().end);
        };
        let within = usize::try_from(row - self.log.before(slot).rows()).ok()?;
        let chunk = self.log.chunk(slot)?;
        for (at, kind) in chunk.kinds(0).take(within).enumerate() {
            if hits.is_none_or(|hits| hits.contains(at)) {
                count.add_one(kind);
                count.repeats += u64::from(self.folds_away(chunk, at, kind));
            }
        }
        Some(count)
    }

    /// The records, or messages, from the one that contains `line` on.
    pub fn from(self, line: u64) -> impl Iterator<Item = RowPosition<'a>> {
        let line = line.max(self.lines().start);
        let messages = self.messages();
        let slots = match messages {
            Some(_) => 0..0,
            None => {
                let slots = self.slots();
                self.slot_at(line).unwrap_or(slots.start)..slots.end
            }
        };
        let rows = slots.flat_map(move |slot| self.of_slot(slot, line));
        let messages = messages.into_iter();
        rows.chain(messages.flat_map(move |messages| messages.from(line)))
    }

    /// The previous one shown.
    pub fn previous(&self, id: u64) -> Option<u64> {
        let line = self.line_of(id)?.checked_sub(1)?;
        let shown = self.lines().contains(&line);
        shown.then(|| self.from(line).next().map(|found| found.id))?
    }

    /// The next one shown.
    pub fn next(&self, id: u64) -> Option<u64> {
        let mut ids = self.from(self.line_of(id)?).map(|line| line.id);
        let is_row = self.messages().is_none();
        // Messages that go on stand last, whatever their ids.
        ids.find(|next| *next > id || !is_row && *next != id)
    }

    /// The records of a slot from the one that contains `line` on.
    fn of_slot(self, slot: u64, line: u64) -> impl Iterator<Item = RowPosition<'a>> {
        let known = self.slot(slot);
        let mut count = known.map_or_else(RecordCount::default, |(before, _)| before);
        let hits = known.and_then(|(_, hits)| hits);
        let mut row = self.log.before(slot).rows();
        // A chunk without shown records is not loaded.
        let some = known.is_some_and(|_| self.count_of_slot(slot).lines(self.shown) > 0);
        let chunk = some.then(|| self.log.chunk(slot)).flatten();
        (0..chunk.map_or(0, Chunk::len)).filter_map(move |at| {
            let kind = chunk?.kind(at)?;
            let (this, first) = (row, count.lines(self.shown));
            row += 1;
            if hits.is_some_and(|hits| !hits.contains(at)) {
                return None;
            }
            count.add_one(kind);
            if self.folds_away(chunk?, at, kind) {
                count.repeats += 1;
                return None;
            }
            let wanted = self.shown.includes(kind) && first + self.shown.height(kind) > line;
            let record = wanted.then(|| chunk?.get(at)).flatten()?;
            Some(RowPosition::of_row(this, first, record))
        })
    }

    /// Whether the record at this position of a chunk is left to the line of an earlier one.
    fn folds_away(self, chunk: &Chunk, at: usize, kind: RecordKind) -> bool {
        self.shown.folds && kind == RecordKind::Failure && chunk.is_repeat(at)
    }

    /// The same with every failure in a line of its own.
    pub fn unfolded(self) -> Self {
        let shown = ViewOptions {
            folds: false,
            ..self.shown
        };
        Self { shown, ..self }
    }

    /// The id that stands for this one: of folded failures the first row.
    pub fn standing_for(&self, row: u64) -> u64 {
        if self.messages().is_some() {
            return row;
        }
        let ahead = || {
            let slot = self.log.slot_of(row).filter(|_| self.shown.folds)?;
            let at = usize::try_from(row - self.log.before(slot).rows()).ok()?;
            Some((at - self.log.chunk(slot)?.first_of(at)) as u64)
        };
        row - ahead().unwrap_or(0)
    }

    /// The failure in this row with those that are folded into it; `None` if none is.
    pub fn repeats(&self, row: u64) -> Option<Repeats> {
        let slot = self.log.slot_of(row).filter(|_| self.shown.folds)?;
        let at = usize::try_from(row - self.log.before(slot).rows()).ok()?;
        self.log.chunk(slot)?.repeats(at)
    }

    /// The last segment that begins at or before `line`.
    fn slot_at(&self, line: u64) -> Option<u64> {
        let slots = self.slots();
        let (mut low, mut high) = (slots.start, slots.end);
        while low < high {
            let middle = low + (high - low) / 2;
            let reached = self
                .slot(middle)
                .is_some_and(|(before, _)| before.lines(self.shown) <= line);
            if reached {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.checked_sub(1).filter(|slot| slots.contains(slot))
    }

    /// The slots whose records are numbered.
    fn slots(&self) -> Range<u64> {
        let all = self.log.slots();
        match self.found {
            None => all,
            Some(found) => {
                let known = found.known();
                known.start.max(all.start)..known.end.min(all.end).max(all.start)
            }
        }
    }

    /// The count before a slot, and its hits; `None` for the hits if there is no search.
    fn slot(&self, slot: u64) -> Option<(RecordCount, Option<&'a Hits>)> {
        match self.found {
            None => self
                .slots()
                .contains(&slot)
                .then(|| (self.log.before(slot), None)),
            Some(found) => found
                .of_slot(slot)
                .map(|(before, hits)| (before, Some(hits))),
        }
    }

    fn count_of_slot(&self, slot: u64) -> RecordCount {
        match self.slot(slot) {
            Some((_, Some(hits))) => hits.count(),
            _ => self.log.before(slot + 1) - self.log.before(slot),
        }
    }
}

#[cfg(test)]
mod tests;
