//! The messages that the steps of a scenario used up last.

use super::InboxMessage;
use crate::peer::Peer;
use std::collections::VecDeque;

/// How many used messages are remembered, and how many bytes of each.
const REMEMBERED: usize = 5;
pub(super) const BEGINNING: usize = 48;

/// A message, or a part of a stream, that a step used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedMessage {
    /// The number of the step, counted from 1.
    pub step: usize,
    pub peer: Peer,
    /// The first bytes.
    pub beginning: Vec<u8>,
    /// The total length in bytes.
    pub length: usize,
}

/// The messages that were used up last, oldest first.
#[derive(Debug, Default)]
pub(super) struct UsedMessages {
    pub(super) step: usize,
    pub(super) used: VecDeque<UsedMessage>,
}

impl UsedMessages {
    pub(super) fn observe(&mut self, peer: Peer, bytes: &[u8]) {
        if self.used.len() == REMEMBERED {
            self.used.pop_front();
        }
        self.used.push_back(UsedMessage {
            step: self.step,
            peer,
            beginning: beginning(bytes).to_vec(),
            length: bytes.len(),
        });
    }

    /// Remembers the last of these messages.
    pub(super) fn observe_all(&mut self, messages: &[InboxMessage]) {
        let before = messages.len().saturating_sub(REMEMBERED);
        for message in messages.iter().skip(before) {
            self.observe(message.far.peer, &message.bytes);
        }
    }
}

/// The first bytes, at most [`BEGINNING`].
pub fn beginning(bytes: &[u8]) -> &[u8] {
    bytes.get(..BEGINNING).unwrap_or(bytes)
}
