//! The framing of the session's streams.

use crate::traffic::framing::Framing;

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

    /// A number that changes with the framing.
    pub fn version(&self) -> u64 {
        self.version
    }
}
