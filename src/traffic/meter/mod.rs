//! Measures a path with numbered packets: loss, duplication, reordering, jitter and round-trip
//! time.
//!
//! A sender numbers its packets, in our own [`Header`] or in a [`NumberField`] of the user's
//! protocol. A [`Meter`] reads the records of a session and counts what happened to the
//! packets. It allocates for each new flow, not for each packet. In a stream with a framing a
//! packet is a message, however the reads cut the stream; without one it is a read or a write.
//!
//! The first packet of a flow decides who began it. If it was sent, the flow is our own: its
//! received packets are echoes, and our clock alone measures their round trips. If it was
//! received, the far side began the flow, even if we echo it. Flow numbers must therefore not
//! collide: senders choose them at random.

mod bursts;
mod extent;
mod field;
mod flow;
mod gaps;
mod header;
mod histogram;
mod jitter;
mod packet_counts;
mod packet_rate;
mod sequence;
mod series;
mod summary;
mod window;

use crate::peer::Peer;
pub use bursts::Bursts;
pub use extent::Extent;
pub use field::{FieldProblem, NumberField};
pub use flow::MeteredFlow;
pub use header::Header;
pub use histogram::{Bucket, Histogram};
pub use packet_counts::PacketCounts;
pub use packet_rate::PacketRate;
pub use series::{Pulse, Series};
pub use summary::{MeterSummary, RoundTrip};

use super::framing::SessionFraming;
use super::stream_messages::{StreamMessage, StreamMessages};
use super::{Body, Cause, Chunk, Micros, Notice, Record, RecordKind, Volume};
use crate::connection_id::FarSide;
use field::{FieldReader, PacketNumbers};
use jitter::InterarrivalJitter;
use sequence::PacketClass;
use std::collections::HashMap;

/// The most flows that are followed: each takes up to about 45 KiB.
const FLOWS: usize = 1_024;

/// The measurements of numbered packets, by flow and by second.
#[derive(Debug)]
pub struct Meter {
    field: NumberField,
    reader: FieldReader,
    /// The streams whose messages are packets; `None` if reads are.
    streams: Option<StreamMessages>,
    flows: Vec<MeteredFlow>,
    places: HashMap<(Peer, u32), usize>,
    /// The index of the last packet's flow, which is usually that of the next one.
    latest: usize,
    /// For each flow number, when we began it; `None` if the far side began it.
    origins: HashMap<u32, Option<Micros>>,
    round_trips: Histogram,
    series: Series,
    others: Volume,
    unnumbered: Volume,
    dropped: u64,
    on_purpose: u64,
}

impl Meter {
    /// A meter for this field. A field that does not pass [`NumberField::check`] is found in no
    /// payload. Streams are measured by their reads and writes.
    pub fn new(field: NumberField) -> Self {
        Self {
            reader: FieldReader::new(&field),
            streams: None,
            field,
            flows: Vec::new(),
            places: HashMap::new(),
            latest: 0,
            origins: HashMap::new(),
            round_trips: Histogram::default(),
            series: Series::default(),
            others: Volume::default(),
            unnumbered: Volume::default(),
            dropped: 0,
            on_purpose: 0,
        }
    }

    /// A meter for this field in the messages of streams with this framing, and in datagrams. A
    /// header of ours may stand behind the length that begins a message.
    pub fn of_messages(field: NumberField, framing: SessionFraming) -> Self {
        Self {
            streams: StreamMessages::new(framing),
            ..Self::new(field)
        }
    }

    /// The framing by which streams are measured; `None` if their reads and writes are.
    pub fn framing(&self) -> Option<&SessionFraming> {
        self.streams.as_ref().map(StreamMessages::framing)
    }

    /// Takes all records of a chunk, except received ones that went into the simulated network:
    /// its output is passed to [`Self::received`].
    pub fn take(&mut self, chunk: &Chunk) {
        for position in 0..chunk.len() {
            let Some(record) = chunk.get(position) else {
                continue;
            };
            match record.body {
                Body::Received { .. } if chunk.is_impaired(position) => {}
                Body::Received { .. } | Body::Sent { .. } => self.record(&record),
                Body::Notice(notice) => {
                    self.observe(notice);
                    self.end(&record, notice);
                }
            }
        }
    }

    /// Takes a record with bytes: in a framed stream each message that ends in it.
    fn record(&mut self, record: &Record<'_>) {
        let (Some(far), kind, bytes) = (record.far(), record.kind(), record.bytes()) else {
            return;
        };
        // Only a received datagram is surely one.
        if !record.arrival.is_datagram()
            && let Some(mut streams) = self.streams.take()
        {
            let mut take = |message: StreamMessage<'_>| self.message(&message);
            // Rows have no numbers here.
            let here = (0, record.time);
            let is_followed = streams.push((far, kind), here, bytes, &mut take);
            self.streams = Some(streams);
            if !is_followed {
                self.others.add(bytes.len());
            }
            return;
        }
        match kind {
            RecordKind::Sent => self.sent(far.peer, bytes, record.time),
            _ => self.received(far.peer, bytes, record.time),
        }
    }

    /// Takes the messages that end with the streams that a notice ends.
    fn end(&mut self, record: &Record<'_>, notice: &Notice) {
        let Some(peer) = notice.peer() else { return };
        let Some(mut streams) = self.streams.take() else {
            return;
        };
        let connection = record.connection;
        let far = FarSide { peer, connection };
        streams.end(far, notice, &mut |message| self.message(&message));
        self.streams = Some(streams);
    }

    /// Takes a message of a framed stream.
    fn message(&mut self, message: &StreamMessage<'_>) {
        let (peer, bytes, time) = (message.far.peer, message.bytes, message.time);
        let reading = self.reader.read(bytes);
        let reading = reading.or_else(|| match self.field {
            NumberField::Header => self.reader.read(bytes.get(message.header..)?),
            NumberField::User { .. } | NumberField::Text { .. } => None,
        });
        let reading = reading.filter(|_| message.fault.is_none());
        match (reading, message.kind) {
            (None, _) => self.unnumbered.add(bytes.len()),
            (Some(reading), RecordKind::Sent) => self.count_sent(peer, reading, bytes.len(), time),
            (Some(reading), _) => self.count_received(peer, reading, bytes.len(), time),
        }
    }

    /// Counts datagrams that were dropped on this host: the path did not lose them.
    fn observe(&mut self, notice: &Notice) {
        match notice {
            Notice::Failed(failure) => {
                if let Cause::Dropped { count, .. } = failure.cause {
                    self.dropped += count;
                }
            }
            Notice::Automatic(automatic) => {
                self.on_purpose += u64::from(automatic.lost_outgoing().is_some());
            }
            _ => {}
        }
    }

    /// Takes a sent payload.
    pub fn sent(&mut self, peer: Peer, bytes: &[u8], time: Micros) {
        if let Some(reading) = self.read(bytes) {
            self.count_sent(peer, reading, bytes.len(), time);
        }
    }

    fn count_sent(&mut self, peer: Peer, reading: PacketNumbers, length: usize, time: Micros) {
        // The packet holds the time at which it was written, slightly before it was sent.
        let since = Some(reading.sent.unwrap_or(time));
        let Some(flow) = self.flow(peer, reading.flow, since) else {
            self.others.add(length);
            return;
        };
        flow.send(reading, length, time);
        let second = Series::second(time);
        self.series.pulse(second).sent.add(length);
    }

    /// Takes a received payload.
    pub fn received(&mut self, peer: Peer, bytes: &[u8], time: Micros) {
        if let Some(reading) = self.read(bytes) {
            self.count_received(peer, reading, bytes.len(), time);
        }
    }

    fn count_received(&mut self, peer: Peer, reading: PacketNumbers, length: usize, time: Micros) {
        let second = Series::second(time);
        let Some(flow) = self.flow(peer, reading.flow, None) else {
            self.others.add(length);
            return;
        };
        if flow.is_foreign(reading) {
            self.unnumbered.add(length);
            return;
        }
        let before = flow.newest();
        let (outcome, round_trip) = flow.receive(reading, length, time, second);
        let pulse = self.series.pulse(second);
        pulse.received.add(length);
        match outcome {
            PacketClass::Ahead { missing: 0 } | PacketClass::Double | PacketClass::Stale => {}
            PacketClass::Ahead { missing } => {
                self.series.lose(before.unwrap_or(time), time, missing)
            }
            PacketClass::Late { seen } => {
                pulse.reordered += 1;
                if let Some(seen) = seen {
                    self.series.recover(seen);
                }
            }
        }
        if let Some(round_trip) = round_trip {
            self.round_trips.add(round_trip);
            self.series.round_trip(second, round_trip);
        }
    }

    pub fn field(&self) -> &NumberField {
        &self.field
    }

    /// The flows in the order in which they were first seen; at most 1,024.
    pub fn flows(&self) -> &[MeteredFlow] {
        &self.flows
    }

    /// The totals of all flows. This walks the window of every flow: call it for each frame of
    /// a window, not for each packet.
    pub fn totals(&self) -> MeterSummary {
        self.totals_of(|_| true)
    }

    /// The totals of the flows that we began; packets of other flows count as unnumbered.
    pub fn own_totals(&self) -> MeterSummary {
        self.totals_of(MeteredFlow::is_ours)
    }

    fn totals_of(&self, counts: impl Fn(&MeteredFlow) -> bool) -> MeterSummary {
        let flows = || self.flows.iter().filter(|flow| counts(flow));
        let all_counts = flows().map(MeteredFlow::counts);
        let rate = |of: fn(&MeteredFlow) -> &PacketRate| {
            let rates = flows().map(of).copied();
            rates.fold(PacketRate::default(), PacketRate::and)
        };
        let foreign = self.flows.iter().filter(|flow| !counts(flow));
        let foreign = foreign.map(|flow| flow.received().volume());
        MeterSummary {
            flows: flows().count(),
            counts: all_counts.fold(PacketCounts::default(), |all, counts| all + counts),
            unanswered: self.unanswered(),
            sent: rate(MeteredFlow::sent),
            received: rate(MeteredFlow::received),
            jitter: flows().filter_map(MeteredFlow::jitter).reduce(f64::max),
            round_trip: RoundTrip::of(&self.round_trips),
            others: self.others,
            unnumbered: foreign.fold(self.unnumbered, |all, volume| all + volume),
            dropped: self.dropped,
            on_purpose: self.on_purpose,
        }
    }

    /// The numbers that we sent above the highest that came back, over the flows that we began.
    fn unanswered(&self) -> Option<u64> {
        let ours = || self.flows.iter().filter(|flow| flow.is_ours());
        if self.field == NumberField::Header {
            let elsewhere = |id: u32| {
                let same = ours().filter(|flow| flow.id() == id);
                let answered = same.filter_map(MeteredFlow::answered_unasked);
                answered.fold(None, flow::higher)
            };
            let flows = ours().map(|flow| flow.unanswered(|| elsewhere(flow.id())));
            return Some(flows.sum());
        }
        let counts = ours().map(MeteredFlow::counts);
        let counts = counts.fold(PacketCounts::default(), |all, counts| all + counts);
        let missing = counts.missing_of(counts.sent.records);
        ours()
            .all(MeteredFlow::is_ascending)
            .then(|| missing.saturating_sub(counts.lost))
    }

    /// The round-trip times of all flows.
    pub fn round_trips(&self) -> &Histogram {
        &self.round_trips
    }

    /// The measurements of the last 300 seconds.
    pub fn series(&self) -> &Series {
        &self.series
    }

    fn read(&mut self, bytes: &[u8]) -> Option<PacketNumbers> {
        let reading = self.reader.read(bytes);
        if reading.is_none() {
            self.unnumbered.add(bytes.len());
        }
        reading
    }

    /// The flow of this peer and number, added if it is new; `None` if there are too many.
    /// `since` is when we began the flow, if the number is new.
    fn flow(&mut self, peer: Peer, id: u32, since: Option<Micros>) -> Option<&mut MeteredFlow> {
        let latest = self.flows.get(self.latest);
        if !latest.is_some_and(|flow| flow.is(peer, id)) {
            self.latest = match self.places.get(&(peer, id)) {
                Some(place) => *place,
                None => self.add(peer, id, since)?,
            };
        }
        self.flows.get_mut(self.latest)
    }

    fn add(&mut self, peer: Peer, id: u32, since: Option<Micros>) -> Option<usize> {
        let place = self.flows.len();
        if place >= FLOWS {
            return None;
        }
        let ours = *self.origins.entry(id).or_insert(since);
        self.flows
            .push(MeteredFlow::new(peer, id, ours, self.field.bits()));
        self.places.insert((peer, id), place);
        Some(place)
    }
}

#[cfg(test)]
mod tests;
