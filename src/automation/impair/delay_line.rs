//! The delay line: datagrams in the order in which they are due.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// The most bytes that wait.
pub const MAX_BYTES: usize = 16 << 20;

/// The most datagrams that wait, however small they are.
pub const MAX_DATAGRAMS: usize = 100_000;

/// A datagram that is delayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelayedDatagram<T> {
    pub bytes: Arc<[u8]>,
    /// The caller's data for the datagram.
    pub tag: T,
    /// The number of the datagram, counted from 1.
    pub number: u64,
}

/// The place of a datagram in the delay line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DueKey {
    pub(super) due: Instant,
    /// Datagrams due at the same time leave in the order of their arrival.
    order: u64,
}

/// A delay line, bounded in datagrams and bytes.
#[derive(Clone, Debug)]
pub(super) struct DelayLine<T> {
    datagrams: BTreeMap<DueKey, DelayedDatagram<T>>,
    /// The order of the next datagram.
    next: u64,
    bytes: usize,
}

impl<T> DelayLine<T> {
    pub(super) fn new() -> Self {
        Self {
            datagrams: BTreeMap::new(),
            next: 0,
            bytes: 0,
        }
    }

    /// Whether a datagram of `bytes` bytes fits.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.datagrams.len() < MAX_DATAGRAMS && self.bytes.saturating_add(bytes) <= MAX_BYTES
    }

    pub(super) fn insert(&mut self, due: Instant, datagram: DelayedDatagram<T>) -> DueKey {
        let place = DueKey {
            due,
            order: self.next,
        };
        self.next += 1;
        self.bytes += datagram.bytes.len();
        self.datagrams.insert(place, datagram);
        place
    }

    /// Removes the datagram at this place; `None` if it has left.
    pub(super) fn take(&mut self, place: DueKey) -> Option<DelayedDatagram<T>> {
        let datagram = self.datagrams.remove(&place)?;
        self.bytes -= datagram.bytes.len();
        Some(datagram)
    }

    pub(super) fn holds(&self, place: DueKey) -> bool {
        self.datagrams.contains_key(&place)
    }

    /// Removes the next datagram, if it is due.
    pub(super) fn due(&mut self, now: Instant) -> Option<DelayedDatagram<T>> {
        let place = self.datagrams.first_key_value().map(|(place, _)| *place)?;
        (place.due <= now).then(|| self.take(place)).flatten()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.datagrams.first_key_value().map(|(place, _)| place.due)
    }

    pub(super) fn len(&self) -> usize {
        self.datagrams.len()
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Removes all datagrams, in order.
    pub(super) fn empty(&mut self) -> impl ExactSizeIterator<Item = DelayedDatagram<T>> + use<T> {
        self.bytes = 0;
        std::mem::take(&mut self.datagrams).into_values()
    }
}
