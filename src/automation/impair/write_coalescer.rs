//! Gathers bytes to be written together, as Nagle's algorithm does.

use super::after;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Gathers bytes for `time` from the first byte on, or until a piece is full.
#[derive(Clone, Debug)]
pub(super) struct WriteCoalescer {
    time: Duration,
    /// Bytes of a full piece; 0 is without limit.
    split: usize,
    bytes: Vec<u8>,
    /// The number of pushes that the bytes came from.
    writes: u32,
    until: Option<Instant>,
}

/// Bytes to write together.
#[derive(Clone, Debug)]
pub(super) struct CoalescedWrite {
    pub(super) bytes: Arc<[u8]>,
    /// The number of pushes they came from.
    pub(super) writes: u32,
}

impl WriteCoalescer {
    pub(super) fn new(time: Duration, split: usize) -> Self {
        Self {
            time,
            split,
            bytes: Vec::new(),
            writes: 0,
            until: None,
        }
    }

    /// Adds bytes; returns those that need not wait.
    pub(super) fn push(&mut self, now: Instant, bytes: Arc<[u8]>) -> Option<CoalescedWrite> {
        if self.time.is_zero() {
            let writes = 1;
            return Some(CoalescedWrite { bytes, writes });
        }
        self.bytes.extend_from_slice(&bytes);
        self.writes = self.writes.saturating_add(1);
        // Whole pieces go at once, as full segments do in Nagle's algorithm (RFC 896). The rest
        // is part of the bytes just pushed, so its time begins now.
        let length = self.bytes.len();
        let rest = length.checked_rem(self.split).unwrap_or(length);
        let mut full = None;
        if rest < length {
            let rest = self.bytes.split_off(length - rest);
            let gathered = std::mem::replace(&mut self.bytes, rest);
            full = Some(CoalescedWrite {
                bytes: gathered.into(),
                writes: self.writes,
            });
            self.writes = 1;
            self.until = None;
        }
        if rest > 0 {
            self.until.get_or_insert(after(now, self.time));
        }
        full
    }

    /// The bytes whose time is over: it ended at [`Self::deadline`].
    pub(super) fn due(&mut self, now: Instant) -> Option<CoalescedWrite> {
        self.until.filter(|until| *until <= now)?;
        self.take()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.until
    }

    /// Takes all gathered bytes.
    pub(super) fn take(&mut self) -> Option<CoalescedWrite> {
        self.until = None;
        let bytes = std::mem::take(&mut self.bytes);
        let writes = std::mem::take(&mut self.writes);
        (!bytes.is_empty()).then(|| CoalescedWrite {
            bytes: bytes.into(),
            writes,
        })
    }
}
