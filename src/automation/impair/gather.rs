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
    /// How many pushes they are of.
    writes: u32,
    until: Option<Instant>,
}

/// Bytes that go together, and how many pushes they are of.
pub(super) type Gathered = (Arc<[u8]>, u32);

impl Gather {
    pub(super) fn new(time: Duration, split: usize) -> Self {
        Self {
            time,
            split,
            bytes: Vec::new(),
            writes: 0,
            until: None,
        }
    }

    /// More bytes; what need not wait comes back.
    pub(super) fn push(&mut self, now: Instant, bytes: Arc<[u8]>) -> Option<Gathered> {
        if self.time.is_zero() {
            return Some((bytes, 1));
        }
        self.bytes.extend_from_slice(&bytes);
        self.writes = self.writes.saturating_add(1);
        // What fills whole pieces goes at once, as Nagle's full segments do. The rest is
        // of these bytes only, so that its time begins now.
        let length = self.bytes.len();
        let rest = length.checked_rem(self.split).unwrap_or(length);
        let mut full = None;
        if rest < length {
            let rest = self.bytes.split_off(length - rest);
            let gathered = std::mem::replace(&mut self.bytes, rest);
            full = Some((gathered.into(), self.writes));
            self.writes = 1;
            self.until = None;
        }
        if rest > 0 {
            self.until.get_or_insert(after(now, self.time));
        }
        full
    }

    /// What has waited for long enough, and since when.
    pub(super) fn due(&mut self, now: Instant) -> Option<(Instant, Gathered)> {
        let until = self.until.filter(|until| *until <= now)?;
        Some((until, self.take()?))
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.until
    }

    /// All of it.
    pub(super) fn take(&mut self) -> Option<Gathered> {
        self.until = None;
        let bytes = std::mem::take(&mut self.bytes);
        let writes = std::mem::take(&mut self.writes);
        (!bytes.is_empty()).then(|| (bytes.into(), writes))
    }
}
