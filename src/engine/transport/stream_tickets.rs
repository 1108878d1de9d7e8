//! The tickets of the messages in a byte stream, by their positions in it.

use crate::engine::context::acknowledgement::{SentPart, Ticket};
use std::collections::VecDeque;

/// Acknowledges each message of a connection once the kernel took its last byte. If it is dropped
/// before that, the ticket of the message under way learns how many bytes the kernel took.
#[derive(Default)]
pub struct StreamTickets {
    /// Number of bytes ever queued.
    queued: u64,
    /// Number of those that the kernel took.
    taken: u64,
    /// Messages that are not acknowledged, the oldest first.
    messages: VecDeque<QueuedMessage>,
}

/// A message and the stream position of its end.
struct QueuedMessage {
    end: u64,
    length: usize,
    ticket: Ticket,
}

impl StreamTickets {
    /// Counts bytes that are queued: those of a message, if there is a ticket.
    pub fn queue(&mut self, length: usize, ticket: Option<Ticket>) {
        self.queued += length as u64;
        let end = self.queued;
        self.messages.extend(ticket.map(|ticket| QueuedMessage {
            end,
            length,
            ticket,
        }));
    }

    /// Acknowledges the messages whose bytes the kernel took. `unsent` bytes are still queued.
    pub fn acknowledge(&mut self, unsent: usize) {
        self.taken = self.queued.saturating_sub(unsent as u64);
        while let Some(message) = self.messages.pop_front_if(|first| first.end <= self.taken) {
            message.ticket.sent();
        }
    }
}

impl Drop for StreamTickets {
    fn drop(&mut self) {
        if let Some(QueuedMessage {
            end,
            length,
            ticket,
        }) = self.messages.front()
        {
            // Less than the message: the last byte would have acknowledged it.
            let left = end.saturating_sub(self.taken);
            let bytes = (*length as u64).saturating_sub(left) as usize;
            let length = *length;
            ticket.sent_part(SentPart { bytes, length });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::context::acknowledgement::{Acknowledgements, UnsentMessage};

    #[test]
    fn messages_are_sent_with_their_last_byte_and_the_one_under_way_in_part() {
        let mut all = Acknowledgements::default();
        let mut tickets = StreamTickets::default();
        tickets.queue(3, Some(all.accept()));
        // The reply of a rule has no ticket.
        tickets.queue(10, None);
        tickets.queue(5, Some(all.accept()));
        tickets.queue(5, Some(all.accept()));
        tickets.acknowledge(21);
        assert!(!all.has_news(), "two of its three bytes were taken");
        tickets.acknowledge(20);
        assert_eq!(all.waiting(), 2);
        tickets.acknowledge(8);
        drop(tickets);
        let unsent = all.outcomes().unwrap().unsent;
        let (bytes, length) = (2, 5);
        let part = Some(SentPart { bytes, length });
        let of = |number, part| UnsentMessage { number, part };
        assert_eq!(unsent, [of(2, part), of(3, None)]);
    }

    #[test]
    fn an_empty_message_is_sent_with_the_bytes_before_it() {
        let mut all = Acknowledgements::default();
        let mut tickets = StreamTickets::default();
        tickets.queue(1, None);
        tickets.queue(0, Some(all.accept()));
        tickets.acknowledge(1);
        assert!(!all.has_news());
        tickets.acknowledge(0);
        assert!(all.outcomes().unwrap().unsent.is_empty());
    }
}
