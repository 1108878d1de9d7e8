//! The messages of one slot of the log.

use super::entry::{MessageEntry, MessageSpan};
use super::line_counts::LineCounts;
use super::message::{Message, MessageId};
use super::update::MessageUpdate;

/// The messages and events whose end was known in the rows of a slot.
#[derive(Debug, Default)]
pub(super) struct SlotMessages {
    /// The number of the slot's first row.
    pub first_row: u64,
    /// The lines before this slot, since the index began.
    pub before: LineCounts,
    pub count: LineCounts,
    /// In order of their positions.
    entries: Vec<MessageEntry>,
    /// In order of their entries.
    spans: Vec<MessageSpan>,
    /// The replies to requests, by entry; shorter where there are none behind.
    replies: Vec<Option<MessageId>>,
}

impl SlotMessages {
    /// An empty slot.
    pub fn new(first_row: u64, before: LineCounts) -> Self {
        Self {
            first_row,
            before,
            ..Self::default()
        }
    }

    /// The memory that it holds, in bytes.
    pub fn memory(&self) -> usize {
        size_of::<Self>()
            + self.entries.capacity() * size_of::<MessageEntry>()
            + self.spans.capacity() * size_of::<MessageSpan>()
            + self.replies.capacity() * size_of::<Option<MessageId>>()
    }

    /// Gives back memory that was reserved for more messages.
    pub fn complete(&mut self) {
        self.entries.shrink_to_fit();
        self.spans.shrink_to_fit();
        self.replies.shrink_to_fit();
    }

    /// Appends the messages of an update for this slot.
    pub fn append(&mut self, update: &MessageUpdate) {
        let base = self.entries.len() as u32;
        let spans = update.spans.iter().map(|span| MessageSpan {
            at: base + span.at,
            ..*span
        });
        self.spans.extend(spans);
        self.entries.extend_from_slice(&update.entries);
        for entry in &update.entries {
            self.count_one(entry);
        }
    }

    fn count_one(&mut self, entry: &MessageEntry) {
        if entry.is_hidden() {
            return;
        }
        self.count.all.add_one(entry.kind());
        self.count.all.repeats += u64::from(entry.is_repeat());
        if entry.is_found() {
            self.count.found.add_one(entry.kind());
        }
    }

    /// Records the reply to a request of this slot. Returns whether the request is found only
    /// thanks to it.
    pub fn answer(&mut self, request: MessageId, reply: MessageId, is_found: bool) -> bool {
        let Some(at) = self.place(request) else {
            return false;
        };
        if self.replies.len() <= at {
            self.replies.resize(at + 1, None);
        }
        if let Some(place) = self.replies.get_mut(at) {
            *place = Some(reply);
        }
        let Some(entry) = self.entries.get_mut(at) else {
            return false;
        };
        let is_new = is_found && !entry.is_found();
        if is_new {
            entry.set_found();
            self.count.found.add_one(entry.kind());
        }
        is_new
    }

    pub fn entries(&self) -> &[MessageEntry] {
        &self.entries
    }

    /// The index of the entry with this id.
    pub fn place(&self, id: MessageId) -> Option<usize> {
        let position = id.row().checked_sub(self.first_row)?;
        let is_before = |entry: &MessageEntry| u64::from(entry.position) < position;
        let first = self.entries.partition_point(is_before);
        let at = first.checked_add(usize::try_from(id.ordinal()).ok()?)?;
        let entry = self.entries.get(at)?;
        (u64::from(entry.position) == position).then_some(at)
    }

    /// The number of entries before this id, whether or not one has it.
    pub fn before(&self, id: MessageId) -> usize {
        let Some(position) = id.row().checked_sub(self.first_row) else {
            return 0;
        };
        let is_before = |entry: &MessageEntry| u64::from(entry.position) < position;
        let first = self.entries.partition_point(is_before);
        let is_of_row = |entry: &MessageEntry| u64::from(entry.position) <= position;
        let end = self.entries.partition_point(is_of_row);
        let ordinal = usize::try_from(id.ordinal()).unwrap_or(usize::MAX);
        first.saturating_add(ordinal).min(end)
    }

    /// The id of the entry at this index, which is the one with this ordinal in its row.
    pub fn id(&self, at: usize, ordinal: u64) -> Option<MessageId> {
        let entry = self.entries.get(at)?;
        MessageId::new(self.first_row + u64::from(entry.position), ordinal)
    }

    /// The message at this index, which has this id; `None` for an event.
    pub fn message(&self, at: usize, id: MessageId) -> Option<Message> {
        let entry = self.entries.get(at).filter(|entry| entry.is_message())?;
        let span = || {
            let place = self
                .spans
                .binary_search_by_key(&at, |span| span.at as usize);
            self.spans.get(place.ok()?)
        };
        let span = entry.spans().then(span).flatten();
        let reply = self.replies.get(at).copied().flatten();
        Some(entry.message(id, span, reply))
    }
}
