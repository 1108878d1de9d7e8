//! The received bytes of a closing proxied connection that are not forwarded.

use crate::automation::rules::RelayDirection;

/// Bytes of a closing proxied connection that are not forwarded, by the side they were for.
#[derive(Clone, Copy, Default)]
pub struct UnsentBytes {
    target: usize,
    client: usize,
}

impl UnsentBytes {
    pub fn add(&mut self, side: RelayDirection, bytes: usize) {
        match side {
            RelayDirection::Target => self.target += bytes,
            RelayDirection::Client => self.client += bytes,
        }
    }

    pub fn of(&self, side: RelayDirection) -> usize {
        match side {
            RelayDirection::Target => self.target,
            RelayDirection::Client => self.client,
        }
    }
}
