//! The delay line: datagrams in the order in which they are due.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// The most bytes that wait.
pub const MOST_BYTES: usize = 16 << 20;

/// The most datagrams that wait, however small they are.
pub const MOST_DATAGRAMS: usize = 100_000;

/// A datagram in the delay line.
#[derive(Clone, Debug)]
pub(super) struct DelayedDatagram<T> {
    pub(super) bytes: Arc<[u8]>,
    pub(super) tag: T,
    pub(super) number: u64,
}

/// The time it is due, and a number that orders datagrams due at the same time.
pub(super) type DueKey = (Instant, u64);

/// A delay line, bounded in datagrams and bytes.
#[derive(Clone, Debug)]
pub(super) struct DelayLine<T> {
    parcels: BTreeMap<DueKey, DelayedDatagram<T>>,
    /// The second part of the next place: datagrams due at the same time leave in the order of
    /// their arrival.
    next: u64,
    bytes: usize,
}

impl<T> DelayLine<T> {
    pub(super) fn new() -> Self {
        Self {
            parcels: BTreeMap::new(),
            next: 0,
            bytes: 0,
        }
    }

    /// Whether a datagram of `bytes` bytes fits.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.parcels.len() < MOST_DATAGRAMS && self.bytes.saturating_add(bytes) <= MOST_BYTES
    }

    pub(super) fn insert(&mut self, due: Instant, parcel: DelayedDatagram<T>) -> DueKey {
        let place = (due, self.next);
        self.next += 1;
        self.bytes += parcel.bytes.len();
        self.parcels.insert(place, parcel);
        place
    }

    /// Removes the datagram at this place; `None` if it has left.
    pub(super) fn take(&mut self, place: DueKey) -> Option<DelayedDatagram<T>> {
        let parcel = self.parcels.remove(&place)?;
        self.bytes -= parcel.bytes.len();
        Some(parcel)
    }

    pub(super) fn holds(&self, place: DueKey) -> bool {
        self.parcels.contains_key(&place)
    }

    /// Removes the next datagram, if it is due.
    pub(super) fn due(&mut self, now: Instant) -> Option<DelayedDatagram<T>> {
        let place = self.parcels.first_key_value().map(|(place, _)| *place)?;
        (place.0 <= now).then(|| self.take(place)).flatten()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let ((due, _), _) = self.parcels.first_key_value()?;
        Some(*due)
    }

    pub(super) fn len(&self) -> usize {
        self.parcels.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Removes all datagrams, in order.
    pub(super) fn empty(&mut self) -> impl ExactSizeIterator<Item = DelayedDatagram<T>> + use<T> {
        self.bytes = 0;
        std::mem::take(&mut self.parcels).into_values()
    }
}
