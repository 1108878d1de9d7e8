//! One metered flow between this host and a peer.

use super::field::PacketNumbers;
use super::sequence::{PacketClass, SequenceTracker};
use super::{Histogram, InterarrivalJitter, PacketCounts, PacketRate};
use crate::peer::Peer;
use crate::traffic::Micros;

/// The packets with one flow number that were exchanged with one peer. The flow number is 0
/// where the field has none.
#[derive(Clone, Debug)]
pub struct MeteredFlow {
    peer: Peer,
    id: u32,
    /// The time at which we began the flow, if we did: its received packets are echoes.
    ours: Option<Micros>,
    /// The lowest and the highest number that we sent in our header, modulo 2^32.
    numbers: Option<(u64, u64)>,
    /// The number that we sent last in a user's field, while each was above the one before.
    ascending: Option<u64>,
    /// The highest number that was received in our header, modulo 2^32.
    answered: Option<u64>,
    sent: PacketRate,
    received: PacketRate,
    /// The arrival time of the highest number so far.
    newest: Option<Micros>,
    sequence: SequenceTracker,
    jitter: InterarrivalJitter,
    round_trips: Option<Box<Histogram>>,
}

impl MeteredFlow {
    pub(super) fn new(peer: Peer, id: u32, ours: Option<Micros>, bits: u32) -> Self {
        Self {
            peer,
            id,
            ours,
            numbers: None,
            ascending: None,
            answered: None,
            sent: PacketRate::default(),
            received: PacketRate::default(),
            newest: None,
            sequence: SequenceTracker::new(bits),
            jitter: InterarrivalJitter::default(),
            round_trips: None,
        }
    }

    pub fn peer(&self) -> Peer {
        self.peer
    }

    /// The flow number.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Whether we began the flow, so that received packets are echoes. In a flow that the far
    /// side began, the packets we send are echoes. All flows without a flow number count as one
    /// here.
    pub fn is_ours(&self) -> bool {
        self.ours.is_some()
    }

    pub fn sent(&self) -> &PacketRate {
        &self.sent
    }

    pub fn received(&self) -> &PacketRate {
        &self.received
    }

    /// The packet counts.
    pub fn counts(&self) -> PacketCounts {
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

    /// The interarrival jitter (RFC 3550 §6.4.1) in microseconds; for echoes, that of the round
    /// trip. `None` where the field has no credible send time, and before the second packet.
    pub fn jitter(&self) -> Option<f64> {
        self.jitter.micros()
    }

    /// The round-trip times of our own packets; `None` before the first echo.
    pub fn round_trips(&self) -> Option<&Histogram> {
        self.round_trips.as_deref()
    }

    pub(super) fn is(&self, peer: Peer, id: u32) -> bool {
        self.id == id && self.peer == peer
    }

    /// The numbers that we sent in our header above the highest that was answered. `elsewhere` is
    /// the highest number that other peers answered, for a broadcast. A number that is sent again
    /// counts once.
    pub(super) fn unanswered(&self, elsewhere: impl FnOnce() -> Option<u64>) -> u64 {
        let Some((lowest, highest)) = self.numbers.filter(|_| self.is_ours()) else {
            return 0;
        };
        let all = ahead(highest, lowest) + 1;
        let answered = self.answered.or_else(elsewhere);
        let answered = answered.map(|answered| ahead(answered, lowest) + 1);
        all - answered.filter(|answered| *answered <= all).unwrap_or(0)
    }

    /// The highest number in our header that this peer answered, if we sent it none.
    pub(super) fn answered_unasked(&self) -> Option<u64> {
        self.answered.filter(|_| self.numbers.is_none())
    }

    /// Whether each number that we sent in a user's field was above the one before: as many numbers
    /// as packets.
    pub(super) fn is_ascending(&self) -> bool {
        self.ascending.is_some() || self.sent.volume().records == 0
    }

    pub(super) fn send(&mut self, reading: PacketNumbers, bytes: usize, time: Micros) {
        let is_first = self.sent.volume().records == 0;
        self.sent.take(bytes, time);
        let Some(written) = reading.sent else {
            let is_above = |last| self.sequence.is_above(reading.number, last);
            let ascends = is_first || self.ascending.is_some_and(is_above);
            self.ascending = ascends.then_some(reading.number);
            return;
        };
        // The simulated network may send the packets in a different order.
        self.ours = self.ours.map(|since| since.min(written));
        let number = reading.number;
        let Some((lowest, highest)) = self.numbers else {
            self.begin_with(number, number);
            return;
        };
        if ahead(number, lowest) <= ahead(highest, lowest) {
            return;
        }
        match is_higher(number, highest) {
            true => self.numbers = Some((lowest, number)),
            false => self.begin_with(number, highest),
        }
    }

    /// Takes a number that is lower than all that we sent before.
    fn begin_with(&mut self, lowest: u64, highest: u64) {
        self.numbers = Some((lowest, highest));
        if self.is_ours() {
            self.sequence.expect(lowest);
        }
    }

    /// Whether a received number was never sent: the packet is damaged, or belongs to another
    /// sender. Only numbers in our own header are known to count up.
    pub(super) fn is_foreign(&self, reading: PacketNumbers) -> bool {
        let numbers = self.numbers.filter(|_| self.is_ours());
        numbers
            .is_some_and(|(lowest, highest)| ahead(reading.number, lowest) > ahead(highest, lowest))
    }

    /// The arrival time of the highest number so far, or when we began the flow: later numbers that
    /// are missing were lost after it.
    pub(super) fn newest(&self) -> Option<Micros> {
        self.newest.or(self.ours)
    }

    /// Counts a received packet. Returns its class, and its round-trip time if it is an echo.
    pub(super) fn receive(
        &mut self,
        reading: PacketNumbers,
        bytes: usize,
        time: Micros,
        second: u64,
    ) -> (PacketClass, Option<Micros>) {
        self.received.take(bytes, time);
        if reading.sent.is_some() {
            self.answered = higher(self.answered, reading.number);
        }
        let outcome = self.sequence.take(reading.number, second);
        if matches!(outcome, PacketClass::Ahead { .. }) {
            self.newest = Some(time);
        }
        let believed = reading.sent.filter(|sent| self.is_credible(*sent, time));
        let Some(sent) = believed.filter(|_| outcome != PacketClass::Stale) else {
            return (outcome, None);
        };
        self.jitter.take(sent, time);
        if !self.is_ours() {
            return (outcome, None);
        }
        let round_trip = time - sent;
        self.round_trips.get_or_insert_default().add(round_trip);
        (outcome, Some(round_trip))
    }

    /// Whether a packet that arrived at `time` may have been sent at `sent`.
    fn is_credible(&self, sent: Micros, time: Micros) -> bool {
        match self.ours {
            // A send time before the flow began belongs to another flow with the same number. A
            // send time in the future is damaged.
            Some(since) => (since..=time).contains(&sent),
            // The clock of the far side may differ. A zero means that it fills in no time.
            None => sent != 0,
        }
    }
}

/// The higher of two numbers of our header.
pub(super) fn higher(known: Option<u64>, number: u64) -> Option<u64> {
    Some(
        known
            .filter(|known| !is_higher(number, *known))
            .unwrap_or(number),
    )
}

/// Whether a number of our header is above another one, modulo 2^32.
fn is_higher(number: u64, than: u64) -> bool {
    ahead(number, than) <= u64::from(u32::MAX) / 2
}

/// How far a number of our header is ahead of another one, modulo 2^32.
fn ahead(number: u64, of: u64) -> u64 {
    number.wrapping_sub(of) & u64::from(u32::MAX)
}
