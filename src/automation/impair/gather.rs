//! Bytes that wait for more to be written with them.

use super::after;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Gathers for so long from the first byte on, or until a piece is full.
#[derive(Clone, Debug)]
pub(super) struct Gather {
    time: Duration,
    /// A full piece; 0 is never full.
    split: usize,
    bytes: Vec<u8>,
    until: Option<Instant>,
}

impl Gather {
    pub(super) fn new(time: Duration, split: usize) -> Self {
        Self {
            time,
            split,
            bytes: Vec::new(),
            until: None,
        }
    }

    /// More bytes; what need not wait comes back.
    pub(super) fn push(&mut self, now: Instant, bytes: Arc<[u8]>) -> Option<Arc<[u8]>> {
        if self.time.is_zero() {
            return Some(bytes);
        }
        self.bytes.extend_from_slice(&bytes);
        // What fills whole pieces goes at once, as Nagle's full segments do. The rest is
        // of these bytes only, so that its time begins now.
        let length = self.bytes.len();
        let rest = length.checked_rem(self.split).unwrap_or(length);
        let mut full = None;
        if rest < length {
            let rest = self.bytes.split_off(length - rest);
            full = Some(std::mem::replace(&mut self.bytes, rest).into());
            self.until = None;
        }
        if rest > 0 {
            self.until.get_or_insert(after(now, self.time));
        }
        full
    }

    /// What has waited for long enough, and since when.
    pub(super) fn due(&mut self, now: Instant) -> Option<(Instant, Arc<[u8]>)> {
        let until = self.until.filter(|until| *until <= now)?;
        Some((until, self.take()?))
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.until
    }

    /// All of it.
    pub(super) fn take(&mut self) -> Option<Arc<[u8]>> {
        self.until = None;
        let bytes = std::mem::take(&mut self.bytes);
        (!bytes.is_empty()).then(|| bytes.into())
    }
}
