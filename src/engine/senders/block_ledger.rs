//! The blocks of a file from their hand-over to the send queue until the kernel took them.

use crate::engine::context::acknowledgement::{Acknowledgements, Outcomes, Ticket};
use std::collections::VecDeque;

/// Counts the blocks of a file that were sent, that failed, and that wait.
#[derive(Debug, Default)]
pub struct BlockLedger {
    tickets: Acknowledgements,
    /// The lengths of the blocks that are not acknowledged, the oldest first.
    waiting: VecDeque<usize>,
    waiting_bytes: u64,
    /// Number of acknowledged blocks.
    acknowledged: u64,
    sent: u64,
    sent_bytes: u64,
    unsent: u64,
}

impl BlockLedger {
    /// Adds a block that is handed over now. Its ticket acknowledges it.
    pub fn give(&mut self, length: usize) -> Ticket {
        self.waiting.push_back(length);
        self.waiting_bytes += length as u64;
        self.tickets.accept()
    }

    /// Counts the blocks that were acknowledged since the last call.
    pub fn update(&mut self) {
        let Some(Outcomes { through, unsent }) = self.tickets.outcomes() else {
            return;
        };
        let mut unsent = unsent.iter().peekable();
        while self.acknowledged < through {
            self.acknowledged += 1;
            let Some(length) = self.waiting.pop_front() else {
                continue;
            };
            self.waiting_bytes -= length as u64;
            match unsent.next_if(|block| block.number == self.acknowledged) {
                Some(block) => {
                    self.unsent += 1;
                    // Of a stuffed block it is not known how many of its own bytes went out.
                    let part = block.part.filter(|part| part.length == length);
                    self.sent_bytes += part.map_or(0, |part| part.bytes as u64);
                }
                None => {
                    self.sent += 1;
                    self.sent_bytes += length as u64;
                }
            }
        }
    }

    /// Whether [`Self::update`] has something to count.
    pub fn has_news(&self) -> bool {
        self.tickets.has_news()
    }

    /// Number of blocks that the kernel took for every receiver.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Number of bytes that the kernel took, including those of blocks that were cut.
    pub fn sent_bytes(&self) -> u64 {
        self.sent_bytes
    }

    /// Number of blocks that were not sent, or not to every receiver.
    pub fn unsent(&self) -> u64 {
        self.unsent
    }

    /// Number of blocks that are not acknowledged.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Number of bytes in the blocks that are not acknowledged.
    pub fn waiting_bytes(&self) -> u64 {
        self.waiting_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::context::acknowledgement::SentPart;

    #[test]
    fn blocks_count_as_sent_only_once_they_are_acknowledged() {
        let mut blocks = BlockLedger::default();
        let tickets: Vec<Ticket> = [10, 20, 30, 40].map(|length| blocks.give(length)).into();
        blocks.update();
        assert_eq!((blocks.sent_bytes(), blocks.waiting_bytes()), (0, 100));
        for (number, ticket) in tickets.into_iter().enumerate() {
            match number {
                1 => {}
                2 => ticket.sent_part(SentPart {
                    bytes: 7,
                    length: 30,
                }),
                _ => ticket.sent(),
            }
        }
        assert!(blocks.has_news());
        blocks.update();
        assert!(!blocks.has_news());
        assert_eq!(
            (blocks.sent(), blocks.unsent(), blocks.waiting()),
            (2, 2, 0)
        );
        assert_eq!((blocks.sent_bytes(), blocks.waiting_bytes()), (57, 0));
    }
}
