//! Messages that the full send queue of a connection refuses: each is counted in a row.

use crate::engine::sys::limits::SEND_QUEUE;
use crate::traffic::Cause;
use std::time::{Duration, Instant};

/// Interval between the rows of an overflow that lasts.
const INTERVAL: Duration = Duration::from_secs(1);

/// The refused messages of one overflow. The first has a row of its own, and later rows count the
/// messages since the row before them.
#[derive(Debug, Default)]
pub struct Overflow {
    /// The time of the last row; `None` while the queue takes messages.
    reported: Option<Instant>,
    messages: u64,
    bytes: u64,
}

impl Overflow {
    /// Whether every message is refused: one that fits must not overtake those before it.
    pub fn is_open(&self) -> bool {
        self.reported.is_some()
    }

    /// Counts a refused message.
    ///
    /// # Errors
    /// The cause for the row of the first one.
    pub fn refuse(&mut self, length: usize, now: Instant) -> Result<(), Cause> {
        if self.is_open() {
            self.messages += 1;
            self.bytes += length as u64;
            return Ok(());
        }
        self.reported = Some(now);
        let limit = SEND_QUEUE;
        Err(Cause::QueueFull { length, limit })
    }

    /// The row of the messages since the last one, once it is due.
    pub fn due(&mut self, now: Instant) -> Option<Cause> {
        self.deadline().filter(|due| *due <= now)?;
        self.reported = Some(now);
        self.take()
    }

    /// Ends the overflow and returns the row of the messages since the last one, if there are any.
    pub fn end(&mut self) -> Option<Cause> {
        self.reported = None;
        self.take()
    }

    /// When the next row is due.
    pub fn deadline(&self) -> Option<Instant> {
        let reported = self.reported.filter(|_| self.messages > 0);
        reported.map(|reported| reported + INTERVAL)
    }

    fn take(&mut self) -> Option<Cause> {
        let messages = std::mem::take(&mut self.messages);
        let bytes = std::mem::take(&mut self.bytes);
        (messages > 0).then_some(Cause::LeftOut { messages, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refused_message_is_in_exactly_one_row() {
        let (mut overflow, began) = (Overflow::default(), Instant::now());
        let limit = SEND_QUEUE;
        let first = Err(Cause::QueueFull { length: 5, limit });
        assert_eq!(overflow.refuse(5, began), first);
        assert_eq!(overflow.deadline(), None, "it has its row");
        for length in [6, 7] {
            assert_eq!(overflow.refuse(length, began), Ok(()));
        }
        let due = overflow.deadline().unwrap();
        assert_eq!(overflow.due(began), None);
        let (messages, bytes) = (2, 13);
        let row = Some(Cause::LeftOut { messages, bytes });
        assert_eq!(overflow.due(due), row);
        assert_eq!((overflow.deadline(), overflow.is_open()), (None, true));
        assert_eq!(overflow.refuse(8, due), Ok(()));
        let (messages, bytes) = (1, 8);
        assert_eq!(overflow.end(), Some(Cause::LeftOut { messages, bytes }));
        assert_eq!((overflow.end(), overflow.is_open()), (None, false));
    }
}
