//! The messages of a log, as far as they have been found.

use super::MessageQuery;
use super::entry::MessageEntry;
use super::line_counts::LineCounts;
use super::message::{Message, MessageId};
use super::slot::SlotMessages;
use super::update::{Link, MessageUpdate};
use crate::traffic::{BytesLocation, RecordCount};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// The memory of all messages, in bytes: that of the oldest is freed first, and their rows stay.
const BUDGET: usize = 256 << 20;
/// The most slots that are handed out at a time: each may hold its chunk in memory.
const ON_THEIR_WAY: usize = 32;

/// The messages and events of a log that a [`MessageWalk`](super::MessageWalk) has found.
#[derive(Debug)]
pub struct MessageIndex {
    query: Arc<MessageQuery>,
    slots: VecDeque<SlotMessages>,
    /// The number of the first of `slots`.
    first: u64,
    /// The lines before the first slot, and up to the end of the last one.
    start: LineCounts,
    end: LineCounts,
    unfinished: Vec<Message>,
    memory: usize,
    budget: usize,
    /// The rows before this one have been handed out, in this many slots that are not back yet.
    asked: u64,
    waiting: usize,
    /// The rows before this one have been walked through.
    walked: u64,
}

/// A slot to be walked through.
pub struct ChunkToWalk {
    pub slot: u64,
    /// The number of its first row.
    pub first_row: u64,
    pub source: BytesLocation,
}

impl MessageIndex {
    /// An empty index of what this query asks for.
    pub fn new(query: Arc<MessageQuery>) -> Self {
        Self::with_budget(query, BUDGET)
    }

    /// As [`Self::new`], with this memory for messages, in bytes.
    pub(super) fn with_budget(query: Arc<MessageQuery>, budget: usize) -> Self {
        Self {
            query,
            slots: VecDeque::new(),
            first: 0,
            start: LineCounts::default(),
            end: LineCounts::default(),
            unfinished: Vec::new(),
            memory: 0,
            budget,
            asked: 0,
            waiting: 0,
            walked: 0,
        }
    }

    pub fn query(&self) -> &Arc<MessageQuery> {
        &self.query
    }

    /// The row from which on rows are to be handed out to a walk; `first` is the first one that the
    /// log has. `None` while too many slots are on their way.
    pub(in crate::traffic) fn to_ask(&self, first: u64) -> Option<u64> {
        (self.waiting < ON_THEIR_WAY).then_some(self.asked.max(first))
    }

    /// Whether no slot is on its way.
    pub(in crate::traffic) fn is_idle(&self) -> bool {
        self.waiting == 0
    }

    /// The rows before `end` have been handed out, the last of them in one slot more.
    pub(in crate::traffic) fn asked(&mut self, end: u64) {
        self.waiting += 1;
        self.asked = end;
    }

    /// Takes what was found in a slot.
    pub fn take(&mut self, update: MessageUpdate) {
        self.waiting = self.waiting.saturating_sub(1);
        self.walked = self.walked.max(update.walked);
        if self.slots.is_empty() {
            self.first = self.first.max(update.slot);
        }
        // It may have been trimmed in the meantime.
        let at = update.slot.checked_sub(self.first);
        let at = at.and_then(|at| usize::try_from(at).ok());
        if let Some(at) = at {
            while self.slots.len() <= at {
                self.begin_slot(update.first_row);
            }
            self.change(at, |slot| slot.append(&update));
        }
        let linked = update.links.iter().filter_map(|link| self.link(link));
        let linked = linked.min();
        // Lines behind a slot whose number of lines changed are numbered again.
        if let Some(from) = at.into_iter().chain(linked).min() {
            self.renumber(from);
        }
        self.unfinished = update.unfinished;
        while self.memory > self.budget && self.slots.len() > 1 {
            self.let_oldest_go();
        }
    }

    /// Begins the slot behind the last one, whose first row has this number.
    fn begin_slot(&mut self, first_row: u64) {
        if let Some(last) = self.slots.len().checked_sub(1) {
            self.change(last, SlotMessages::complete);
        }
        let new = SlotMessages::new(first_row, self.end);
        self.memory += new.memory();
        self.slots.push_back(new);
    }

    /// Changes the slot at this place, whose memory may change with it.
    fn change<T>(&mut self, at: usize, change: impl FnOnce(&mut SlotMessages) -> T) -> Option<T> {
        let slot = self.slots.get_mut(at)?;
        self.memory -= slot.memory();
        let changed = change(slot);
        self.memory += slot.memory();
        Some(changed)
    }

    /// Records the reply to a request. Returns the place of the slot whose lines it changed.
    fn link(&mut self, link: &Link) -> Option<usize> {
        let after = |slot: &SlotMessages| slot.first_row <= link.request.row();
        let at = self.slots.partition_point(after).checked_sub(1)?;
        let answer = |slot: &mut SlotMessages| slot.answer(link.request, link.reply, link.is_found);
        self.change(at, answer)?.then_some(at)
    }

    fn renumber(&mut self, from: usize) {
        let mut before = match from.checked_sub(1).and_then(|at| self.slots.get(at)) {
            Some(slot) => slot.before + slot.count,
            None => self.start,
        };
        for slot in self.slots.iter_mut().skip(from) {
            slot.before = before;
            before = before + slot.count;
        }
        self.end = before;
    }

    /// Forgets the slots before this one, which the log trimmed.
    pub(in crate::traffic) fn forget_before(&mut self, slot: u64) {
        while self.first < slot && !self.slots.is_empty() {
            self.let_oldest_go();
        }
        self.first = self.first.max(slot);
    }

    fn let_oldest_go(&mut self) {
        if let Some(oldest) = self.slots.pop_front() {
            self.memory -= oldest.memory();
            self.start = oldest.before + oldest.count;
            self.first += 1;
        }
    }

    /// The first row whose messages are listed.
    pub fn first_row(&self) -> u64 {
        self.slots
            .front()
            .map_or(self.walked, |slot| slot.first_row)
    }

    /// The rows before this one have been walked through.
    pub fn walked(&self) -> u64 {
        self.walked
    }

    /// The messages that go on, by their last row.
    pub fn unfinished(&self) -> &[Message] {
        &self.unfinished
    }

    /// The messages and events with a line, by kind: those found, or all. Messages that go on do
    /// not count.
    pub fn count(&self, only_found: bool) -> RecordCount {
        (self.end - self.start).of(only_found)
    }

    /// The message with this id; `None` for an event.
    pub fn get(&self, id: MessageId) -> Option<Message> {
        if id.goes_on() {
            return self.unfinished.iter().find(|one| one.id == id).copied();
        }
        let (_, slot) = self.slot_with_row(id.row())?;
        slot.message(slot.place(id)?, id)
    }

    /// Whether the filter matches the message or the event with this id.
    pub fn is_found(&self, id: MessageId) -> bool {
        let entry = self.slot_with_row(id.row()).and_then(|(_, slot)| {
            let place = slot.place(id)?;
            slot.entries().get(place)
        });
        entry.is_some_and(MessageEntry::is_found)
    }

    /// The lines before the first slot, and up to the end of the last one.
    pub(super) fn counted(&self) -> Range<LineCounts> {
        self.start..self.end
    }

    /// The numbers of the slots.
    pub(super) fn slots(&self) -> Range<u64> {
        self.first..self.first + self.slots.len() as u64
    }

    pub(super) fn slot(&self, slot: u64) -> Option<&SlotMessages> {
        let at = usize::try_from(slot.checked_sub(self.first)?).ok()?;
        self.slots.get(at)
    }

    /// The slot with this row, with its number; the first one for an earlier row.
    pub(super) fn slot_with_row(&self, row: u64) -> Option<(u64, &SlotMessages)> {
        let after = self.slots.partition_point(|slot| slot.first_row <= row);
        let at = after.saturating_sub(1);
        Some((self.first + at as u64, self.slots.get(at)?))
    }
}
