//! The framing of the session.

use crate::traffic::framing::{Framing, SessionFraming};
use std::sync::Arc;

/// The framing of both directions, and the number of its changes.
#[derive(Debug, Default)]
pub struct StreamFraming {
    framing: SessionFraming,
    version: u64,
}

impl StreamFraming {
    pub fn set(&mut self, framing: SessionFraming) {
        if self.framing != framing {
            self.framing = framing;
            self.version += 1;
        }
    }

    /// The framing of what is received.
    pub fn received(&self) -> Option<&Framing> {
        self.framing.received.as_ref()
    }

    /// The framing of what is sent.
    pub fn sent(&self) -> Option<&Framing> {
        self.framing.sent.as_ref()
    }

    /// The bytes that a message is sent as.
    pub fn wire(&self, message: Arc<[u8]>) -> Arc<[u8]> {
        match self.sent().and_then(Framing::stuffing) {
            Some(way) => way.stuff(&message).into(),
            None => message,
        }
    }

    /// The number of bytes that a message is sent as.
    pub fn wire_length(&self, message: &[u8]) -> usize {
        match self.sent().and_then(Framing::stuffing) {
            Some(way) => way.stuff(message).len(),
            None => message.len(),
        }
    }

    /// A number that changes with the framing.
    pub fn version(&self) -> u64 {
        self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_message_is_that_of_the_bytes_it_is_sent_as() {
        let message = [0, 0xC0, 1, 0xDB];
        for (sent, length) in [
            (None, 4),
            (Some(Framing::Lines), 4),
            (Some(Framing::Cobs), 6),
            (Some(Framing::Slip), 7),
        ] {
            let mut framing = StreamFraming::default();
            framing.set(SessionFraming {
                sent,
                ..SessionFraming::default()
            });
            assert_eq!(framing.wire_length(&message), length);
            assert_eq!(framing.wire(message.as_slice().into()).len(), length);
        }
    }
}
