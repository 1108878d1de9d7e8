//! The framing of the session's streams.

use crate::traffic::framing::Framing;
use std::sync::Arc;

/// The framing, if there is one, and the number of its changes.
#[derive(Debug, Default)]
pub struct StreamFraming {
    framing: Option<Framing>,
    version: u64,
}

impl StreamFraming {
    pub fn set(&mut self, framing: Option<Framing>) {
        if self.framing != framing {
            self.framing = framing;
            self.version += 1;
        }
    }

    pub fn framing(&self) -> Option<&Framing> {
        self.framing.as_ref()
    }

    /// The bytes that a message is sent as.
    pub fn wire(&self, message: Arc<[u8]>) -> Arc<[u8]> {
        match self.framing.as_ref().and_then(Framing::stuffing) {
            Some(way) => way.stuff(&message).into(),
            None => message,
        }
    }

    /// A number that changes with the framing.
    pub fn version(&self) -> u64 {
        self.version
    }
}
