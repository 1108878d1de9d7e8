//! One flow between here and a peer.

use super::field::PacketNumbers;
use super::sequence::{PacketClass, SequenceTracker};
use super::{Histogram, Jitter, PacketCounts, PacketRate};
use crate::peer::Peer;
use crate::traffic::Micros;

/// The packets of one number exchanged with one peer. Where the field has no number of a
/// flow, it is 0.
#[derive(Clone, Debug)]
pub struct MeteredFlow {
    peer: Peer,
    id: u32,
    /// Since when the flow is our own, if it is: what is received of it is an echo.
    ours: Option<Micros>,
    /// The lowest and the highest number we sent in a header of ours, as they wrap.
    numbers: Option<(u64, u64)>,
    sent: PacketRate,
    received: PacketRate,
    /// When the highest number so far came.
    newest: Option<Micros>,
    sequence: SequenceTracker,
    jitter: Jitter,
    round_trips: Option<Box<Histogram>>,
}

impl MeteredFlow {
    pub(super) fn new(peer: Peer, id: u32, ours: Option<Micros>, bits: u32) -> Self {
        Self {
            peer,
            id,
            ours,
            numbers: None,
            sent: PacketRate::default(),
            received: PacketRate::default(),
            newest: None,
            sequence: SequenceTracker::new(bits),
            jitter: Jitter::default(),
            round_trips: None,
        }
    }

    pub fn peer(&self) -> Peer {
        self.peer
    }

    pub fn id(&self) -> u32 {
        self.id
    }

    /// Whether we began the flow, so that what comes back is an echo. What we send of a
    /// flow the far side began is an echo of ours. Flows without a number are one in this.
    pub fn is_ours(&self) -> bool {
        self.ours.is_some()
    }

    pub fn sent(&self) -> &PacketRate {
        &self.sent
    }

    pub fn received(&self) -> &PacketRate {
        &self.received
    }

    pub fn tally(&self) -> PacketCounts {
        let sequence = &self.sequence;
        PacketCounts {
            sent: self.sent.volume(),
            received: self.received.volume(),
            unique: sequence.unique,
            lost: sequence.lost(),
            bursts: sequence.bursts(),
            duplicated: sequence.duplicated,
            reordered: sequence.reordered,
            extent: sequence.extent,
            stale: sequence.stale,
            runs: sequence.runs,
        }
    }

    /// The interarrival jitter of RFC 3550 in microseconds, of echoes that of the way
    /// there and back. `None` where the field has no send time, and before there are two
    /// packets.
    pub fn jitter(&self) -> Option<f64> {
        self.jitter.micros()
    }

    /// The round trips of our own packets; `None` before any came back.
    pub fn round_trips(&self) -> Option<&Histogram> {
        self.round_trips.as_deref()
    }

    pub(super) fn is(&self, peer: Peer, id: u32) -> bool {
        self.id == id && self.peer == peer
    }

    pub(super) fn send(&mut self, reading: PacketNumbers, bytes: usize, time: Micros) {
        self.sent.take(bytes, time);
        let Some(written) = reading.sent else {
            return;
        };
        // A simulated network may send the packets in another order than they were written.
        self.ours = self.ours.map(|since| since.min(written));
        let number = reading.number;
        let (lowest, highest) = *self.numbers.get_or_insert((number, number));
        if ahead(number, lowest) <= ahead(highest, lowest) {
            return;
        }
        let is_higher = ahead(number, highest) <= u64::from(u32::MAX) / 2;
        self.numbers = Some(match is_higher {
            true => (lowest, number),
            false => (number, highest),
        });
    }

    /// Whether what came with this number was never sent: it is damaged, or somebody
    /// else's. Only headers of ours count up; what a user's own field does is not known.
    pub(super) fn is_foreign(&self, reading: PacketNumbers) -> bool {
        let numbers = self.numbers.filter(|_| self.is_ours());
        numbers
            .is_some_and(|(lowest, highest)| ahead(reading.number, lowest) > ahead(highest, lowest))
    }

    /// When the highest number so far came: what is missing behind it was lost since then.
    pub(super) fn newest(&self) -> Option<Micros> {
        self.newest
    }

    /// What the packet turned out to be, and its round trip if it is our own.
    pub(super) fn receive(
        &mut self,
        reading: PacketNumbers,
        bytes: usize,
        time: Micros,
        second: u64,
    ) -> (PacketClass, Option<Micros>) {
        self.received.take(bytes, time);
        let outcome = self.sequence.take(reading.number, second);
        if matches!(outcome, PacketClass::Ahead { .. }) {
            self.newest = Some(time);
        }
        let Some(sent) = reading.sent.filter(|_| outcome != PacketClass::Stale) else {
            return (outcome, None);
        };
        self.jitter.take(sent, time);
        // A time before our first is none of ours: another began a flow of the same number.
        // One that has not come yet is damaged.
        if self.ours.is_none_or(|since| sent < since) || sent > time {
            return (outcome, None);
        }
        let round_trip = time - sent;
        self.round_trips.get_or_insert_default().add(round_trip);
        (outcome, Some(round_trip))
    }
}

/// How many steps a number of our header is ahead of another one: they wrap after 32 bits.
fn ahead(number: u64, of: u64) -> u64 {
    number.wrapping_sub(of) & u64::from(u32::MAX)
}
