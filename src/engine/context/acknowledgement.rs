//! Acknowledgements: follows each message of a front end, or of a sender, until the kernel takes it
//! or it fails.

use crate::engine::command::Acknowledged;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The unacknowledged messages of a session's front end, or of one of its senders.
#[derive(Debug, Default)]
pub struct Acknowledgements {
    messages: Arc<Mutex<MessageLedger>>,
    /// Number of messages reported as acknowledged.
    reported: u64,
}

/// Accompanies a message through every queue. The message is acknowledged when the last clone is
/// dropped: as sent if [`Self::sent`] was called for each receiver, otherwise as unsent. So a
/// message that is discarded for any reason is acknowledged too.
#[derive(Debug)]
pub struct Ticket {
    number: u64,
    messages: Arc<Mutex<MessageLedger>>,
}

#[derive(Debug, Default)]
struct MessageLedger {
    /// Number of accepted messages.
    accepted: u64,
    /// Unacknowledged messages, the oldest first, without gaps.
    open: VecDeque<OpenMessage>,
    /// Messages acknowledged as unsent and not yet reported.
    unsent: Vec<UnsentMessage>,
}

/// A message that was not sent, or not to every receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnsentMessage {
    pub number: u64,
    /// What the kernel took of it all the same; `None` of a message for several receivers.
    pub part: Option<SentPart>,
}

/// The part that was sent of a message whose connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentPart {
    pub bytes: usize,
    /// Length of the message as it is written: framing may stuff it.
    pub length: usize,
}

/// The messages acknowledged since the last look.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcomes {
    /// All messages up to this number are acknowledged.
    pub through: u64,
    pub unsent: Vec<UnsentMessage>,
}

#[derive(Debug)]
struct OpenMessage {
    tickets: usize,
    receivers: usize,
    /// Number of sends; a duplicate counts too.
    sent: usize,
    /// What the kernel took for a receiver that did not get the rest.
    part: Option<SentPart>,
}

impl Acknowledgements {
    /// Accepts the next message, for one receiver.
    pub fn accept(&mut self) -> Ticket {
        let mut messages = lock(&self.messages);
        messages.accepted += 1;
        messages.open.push_back(OpenMessage {
            tickets: 1,
            receivers: 1,
            sent: 0,
            part: None,
        });
        Ticket {
            number: messages.accepted,
            messages: Arc::clone(&self.messages),
        }
    }

    /// The acknowledgements since the last call, if any.
    pub fn news(&mut self) -> Option<Acknowledged> {
        let Outcomes { through, unsent } = self.outcomes()?;
        let unsent = unsent.iter().map(|message| message.number).collect();
        Some(Acknowledged { through, unsent })
    }

    /// As [`Self::news`], with the bytes that were sent of messages that were not sent whole.
    pub fn outcomes(&mut self) -> Option<Outcomes> {
        let mut messages = lock(&self.messages);
        let through = messages.acknowledged();
        if through == self.reported {
            return None;
        }
        self.reported = through;
        let unsent = std::mem::take(&mut messages.unsent);
        Some(Outcomes { through, unsent })
    }

    /// Whether [`Self::outcomes`] has any.
    pub fn has_news(&self) -> bool {
        lock(&self.messages).acknowledged() != self.reported
    }

    /// Number of messages that are not acknowledged.
    pub fn waiting(&self) -> usize {
        lock(&self.messages).open.len()
    }

    /// Acknowledges all other messages by the current state of their tickets. For the end of a
    /// session: nothing is sent afterwards.
    pub fn end(&mut self) -> Option<Acknowledged> {
        let mut messages = lock(&self.messages);
        messages.open.iter_mut().for_each(|open| open.tickets = 0);
        messages.acknowledge();
        drop(messages);
        self.news()
    }
}

impl MessageLedger {
    /// All messages up to this number are acknowledged.
    fn acknowledged(&self) -> u64 {
        self.accepted - self.open.len() as u64
    }

    fn of(&mut self, number: u64) -> Option<&mut OpenMessage> {
        // `None` once the session has ended.
        let before = number.checked_sub(self.acknowledged() + 1)?;
        self.open.get_mut(usize::try_from(before).ok()?)
    }

    fn acknowledge(&mut self) {
        while self.open.front().is_some_and(|open| open.tickets == 0) {
            let number = self.acknowledged() + 1;
            let open = self.open.pop_front();
            if let Some(open) = open.filter(|open| open.sent < open.receivers) {
                let part = open.part.filter(|_| open.receivers == 1);
                self.unsent.push(UnsentMessage { number, part });
            }
        }
    }
}

impl Ticket {
    /// Sets the number of receivers. With 0 the message counts as unsent.
    pub fn set_receivers(&self, receivers: usize) {
        if let Some(open) = lock(&self.messages).of(self.number) {
            open.receivers = receivers.max(1);
        }
    }

    /// The kernel took all bytes for one receiver, or the simulated network dropped them.
    pub fn sent(&self) {
        if let Some(open) = lock(&self.messages).of(self.number) {
            open.sent += 1;
        }
    }

    /// The kernel took only this part for a receiver: its connection ended.
    pub fn sent_part(&self, part: SentPart) {
        if let Some(open) = lock(&self.messages).of(self.number) {
            open.part = Some(part);
        }
    }
}

impl Clone for Ticket {
    fn clone(&self) -> Self {
        if let Some(open) = lock(&self.messages).of(self.number) {
            open.tickets += 1;
        }
        Self {
            number: self.number,
            messages: Arc::clone(&self.messages),
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut messages = lock(&self.messages);
        if let Some(open) = messages.of(self.number) {
            open.tickets = open.tickets.saturating_sub(1);
        }
        messages.acknowledge();
    }
}

/// Ignores poisoning: each change is one step, so a panic leaves the counts consistent.
fn lock(messages: &Mutex<MessageLedger>) -> MutexGuard<'_, MessageLedger> {
    messages.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(all: &mut Acknowledgements) -> Option<(u64, Vec<u64>)> {
        all.news().map(|news| (news.through, news.unsent))
    }

    #[test]
    fn messages_are_acknowledged_in_order_once_their_tickets_are_gone() {
        let mut all = Acknowledgements::default();
        let [first, second, third] = std::array::from_fn(|_| all.accept());
        assert_eq!(news(&mut all), None);
        second.sent();
        drop(second);
        drop(third);
        assert_eq!(news(&mut all), None, "the first waits");
        first.sent();
        drop(first);
        assert_eq!(news(&mut all), Some((3, vec![3])));
        assert_eq!(news(&mut all), None);
    }

    #[test]
    fn one_for_many_is_sent_when_each_has_it() {
        let mut all = Acknowledgements::default();
        for (sent, unsent) in [(2, vec![]), (1, vec![2])] {
            let ticket = all.accept();
            ticket.set_receivers(2);
            let clones = [ticket.clone(), ticket.clone()];
            drop(ticket);
            clones.iter().take(sent).for_each(Ticket::sent);
            assert_eq!(news(&mut all), None);
            drop(clones);
            assert_eq!(news(&mut all).unwrap().1, unsent);
        }
        let nobody = all.accept();
        nobody.set_receivers(0);
        drop(nobody);
        assert_eq!(news(&mut all), Some((3, vec![3])));
    }

    #[test]
    fn a_duplicate_that_fails_does_not_take_back_what_was_sent() {
        let mut all = Acknowledgements::default();
        let ticket = all.accept();
        let copy = ticket.clone();
        ticket.sent();
        drop(ticket);
        assert_eq!(news(&mut all), None);
        drop(copy);
        assert_eq!(news(&mut all), Some((1, vec![])));
    }

    #[test]
    fn the_sent_part_of_a_message_is_known_where_it_had_one_receiver() {
        let mut all = Acknowledgements::default();
        let (bytes, length) = (7, 9);
        let some = SentPart { bytes, length };
        for (receivers, part) in [(1, Some(some)), (2, None)] {
            let ticket = all.accept();
            ticket.set_receivers(receivers);
            ticket.sent_part(some);
            assert_eq!((all.has_news(), all.waiting()), (false, 1));
            drop(ticket);
            assert_eq!((all.has_news(), all.waiting()), (true, 0));
            let Outcomes { through, unsent } = all.outcomes().unwrap();
            let number = through;
            assert_eq!(unsent, [UnsentMessage { number, part }]);
        }
        // All of it was sent in the end.
        let ticket = all.accept();
        ticket.sent_part(some);
        ticket.sent();
        drop(ticket);
        assert!(all.outcomes().unwrap().unsent.is_empty() && !all.has_news());
    }

    #[test]
    fn at_the_end_nothing_is_left_open() {
        let mut all = Acknowledgements::default();
        let (waits, gone) = (all.accept(), all.accept());
        gone.sent();
        drop(gone);
        let end = all.end().unwrap();
        assert_eq!((end.through, end.unsent), (2, vec![1]));
        // Late calls change nothing.
        waits.sent();
        drop(waits.clone());
        drop(waits);
        assert_eq!(news(&mut all), None);
    }
}
