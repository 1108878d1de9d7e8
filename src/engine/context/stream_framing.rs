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

    /// A number that changes with the framing.
    pub fn version(&self) -> u64 {
        self.version
    }
}
