//! The rows of a log in a view: filtered by kind, and to search hits if there is a search.
//!
//! The view scrolls by *lines*: a record takes one or more, as [`Shown`] says. The counts stored
//! before each chunk make line numbers exact and equally fast for logs of any length. A pixel
//! offset would lose precision.

use super::{Chunk, Hits, Log, Record, RecordCount, RecordKind, Repeats, SearchHits, ViewOptions};
use std::ops::Range;

/// A view of a log.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    log: &'a Log,
    shown: ViewOptions,
    found: Option<&'a SearchHits>,
}

/// A record and the position of its first line in a view.
#[derive(Clone, Copy, Debug)]
pub struct RowPosition<'a> {
    pub row: u64,
    pub line: u64,
    pub record: Record<'a>,
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

    /// The numbers of the lines in the view.
    pub fn lines(&self) -> Range<u64> {
        let counts = self.counts();
        counts.start.lines(self.shown)..counts.end.lines(self.shown)
    }

    fn counts(&self) -> Range<RecordCount> {
        match self.found {
            None => self.log.trimmed()..self.log.total(),
            Some(found) => found.counted(),
        }
    }

    /// The first line of `row`, or where it would be if it were shown.
    pub fn line_of(&self, row: u64) -> Option<u64> {
        Some(self.counted_before(row)?.lines(self.shown))
    }

    /// Whether the line of `row` is final: the search has come that far.
    pub fn covers(&self, row: u64) -> bool {
        self.found.is_none_or(|found| found.covers(row, self.log))
    }

    /// The number of matching records of all kinds before `row`.
    pub fn rank_of(&self, row: u64) -> Option<u64> {
        Some(self.counted_before(row)?.rows() - self.counts().start.rows())
    }

    /// The number of shown rows from `row` on.
    pub fn count_from(&self, row: u64) -> u64 {
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

    /// The records from the one that contains `line` on.
    pub fn from(self, line: u64) -> impl Iterator<Item = RowPosition<'a>> {
        let line = line.max(self.lines().start);
        let slots = self.slots();
        let first = self.slot_at(line).unwrap_or(slots.start);
        (first..slots.end).flat_map(move |slot| self.of_slot(slot, line))
    }

    /// The previous shown row.
    pub fn previous(&self, row: u64) -> Option<u64> {
        let line = self.line_of(row)?.checked_sub(1)?;
        let shown = self.lines().contains(&line);
        shown.then(|| self.from(line).next().map(|found| found.row))?
    }

    /// The next shown row.
    pub fn next(&self, row: u64) -> Option<u64> {
        let mut rows = self.from(self.line_of(row)?).map(|line| line.row);
        rows.find(|next| *next > row)
    }

    /// The records of a slot from the one that contains `line` on.
    fn of_slot(self, slot: u64, line: u64) -> impl Iterator<Item = RowPosition<'a>> {
        let known = self.slot(slot);
        let mut count = known.map_or_else(RecordCount::default, |(before, _)| before);
        let hits = known.and_then(|(_, hits)| hits);
        let mut row = self.log.before(slot).rows();
        // A chunk without shown records is not loaded.
        let some = known.is_some_and(|_| self.count(slot).lines(self.shown) > 0);
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
            Some(RowPosition {
                row: this,
                line: first,
                record,
            })
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

    /// The row that stands for this one: of folded failures the first.
    pub fn standing_for(&self, row: u64) -> u64 {
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

    fn count(&self, slot: u64) -> RecordCount {
        match self.slot(slot) {
            Some((_, Some(hits))) => hits.count(),
            _ => self.log.before(slot + 1) - self.log.before(slot),
        }
    }
}

#[cfg(test)]
mod tests;
