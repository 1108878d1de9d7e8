//! The requests of one conversation that wait for their reply.

use super::pairing::Pairing;
use crate::traffic::RecordKind;
use std::collections::{HashMap, VecDeque};

/// The most requests that wait. The oldest one gives way.
pub(super) const REQUESTS: usize = 10_000;

/// Requests without a reply, each with the value of the field that its reply has in common with
/// it.
#[derive(Debug)]
pub struct RequestQueue<Id> {
    /// Oldest first. Those that a value finds stay in it until they are too old.
    open: VecDeque<(Id, Option<String>)>,
    /// The newest one with each value that has no reply.
    by_value: HashMap<String, Id>,
}

impl<Id> Default for RequestQueue<Id> {
    fn default() -> Self {
        Self {
            open: VecDeque::new(),
            by_value: HashMap::new(),
        }
    }
}

impl<Id: Clone + PartialEq> RequestQueue<Id> {
    /// Adds a request with its bytes, which were received or sent.
    pub fn ask(&mut self, pairing: &Pairing, id: Id, kind: RecordKind, message: &[u8]) {
        if self.open.len() >= REQUESTS
            && let Some((first, Some(value))) = self.open.pop_front()
            && self.by_value.get(&value) == Some(&first)
        {
            self.by_value.remove(&value);
        }
        let value = pairing.value(kind, message);
        // Of two requests with the same value, a reply is for the one that came last: the number
        // was taken again, because the first one got none.
        if let Some(value) = &value {
            self.by_value.insert(value.clone(), id.clone());
        }
        self.open.push_back((id, value));
    }

    /// Takes out the request that a message answers, which was received or sent, if there is one.
    pub fn reply(&mut self, pairing: &Pairing, kind: RecordKind, message: &[u8]) -> Option<Id> {
        match pairing {
            Pairing::Order => self.open.pop_front().map(|(id, _)| id),
            Pairing::Field(_) => self.by_value.remove(&pairing.value(kind, message)?),
        }
    }

    /// Takes out a request that waits no longer.
    pub fn forget(&mut self, id: &Id) {
        self.open.retain(|(known, _)| known != id);
        self.by_value.retain(|_, known| known != id);
    }

    /// Takes out all requests.
    pub fn clear(&mut self) {
        self.open.clear();
        self.by_value.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_does_not_answer_a_request_that_was_forgotten() {
        let mut queue = RequestQueue::default();
        for id in 1..=3 {
            queue.ask(&Pairing::Order, id, RecordKind::Sent, b"?");
        }
        queue.forget(&1);
        let mut reply = || queue.reply(&Pairing::Order, RecordKind::Received, b"!");
        assert_eq!(reply(), Some(2));
        queue.clear();
        let reply = queue.reply(&Pairing::Order, RecordKind::Received, b"!");
        assert_eq!(reply, None);
    }
}
