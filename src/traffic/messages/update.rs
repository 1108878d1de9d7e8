//! The messages that a walk through some rows found.

use super::entry::{MessageEntry, MessageSpan};
use super::message::{Message, MessageId};

/// The messages that end in rows of one slot, and the requests that these answer.
#[derive(Debug, Default)]
pub struct MessageUpdate {
    /// The slot, and its first row.
    pub(super) slot: u64,
    pub(super) first_row: u64,
    /// The messages and events found since the last update.
    pub(super) entries: Vec<MessageEntry>,
    /// By entry of this update, ascending.
    pub(super) spans: Vec<MessageSpan>,
    pub(super) links: Vec<Link>,
    /// The messages that go on, by their last row.
    pub(super) unfinished: Vec<Message>,
    /// The rows before this one have been walked through.
    pub(super) walked: u64,
}

/// The reply to an earlier request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub request: MessageId,
    pub reply: MessageId,
    /// Whether the filter matches the reply.
    pub is_found: bool,
}

impl MessageUpdate {
    /// An update without messages.
    pub(super) fn of(slot: u64, first_row: u64) -> Self {
        Self {
            slot,
            first_row,
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, entry: MessageEntry, span: Option<MessageSpan>) {
        let at = self.entries.len() as u32;
        self.spans
            .extend(span.map(|span| MessageSpan { at, ..span }));
        self.entries.push(entry);
    }
}
