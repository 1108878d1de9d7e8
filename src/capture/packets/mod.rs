//! Turns captured packets into records: finds the local side, puts TCP streams in order, and
//! joins the parts of one record.

pub(super) mod fields;
mod fragments;
mod link;
mod remark;
mod sides;
mod stream;
mod streams;
mod tcp;
mod tcp_segment;

pub(super) use remark::{RecordPart, Remark};

use super::import_error::{ImportError, ImportPosition, ImportProblem, LONGEST};
use super::import_summary::ImportSummary;
use crate::capture::Carrier;
use crate::peer::Peer;
use crate::traffic::{Arrival, Body, Destination, Micros, Record, SkipReason};
use fragments::Fragments;
use link::{IpPayload, Parsed, TransportPayload};
use sides::Sides;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use streams::{CapturedStreams, StreamDirection};

/// A packet as the file stores it.
#[derive(Clone, Copy)]
pub(super) struct CapturedPacket<'a> {
    pub(super) time: Micros,
    /// The link type.
    pub(super) link: u32,
    /// Whether it was inbound, if the file says so.
    pub(super) inward: Option<bool>,
    /// The original length of the packet on the link; more than `bytes` if it was truncated.
    pub(super) length: u32,
    pub(super) remark: Option<Remark>,
    pub(super) bytes: &'a [u8],
}

/// The direction of a packet, its far side, and the packet itself.
#[derive(Clone, Copy, PartialEq)]
struct PacketPath {
    inward: bool,
    peer: Peer,
    carrier: Carrier,
}

/// A packet without its payload.
#[derive(Clone, Copy)]
struct Head {
    time: Micros,
    path: PacketPath,
    remark: Remark,
    /// The byte at which its block starts in the file.
    start: u64,
}

/// How reading continues: it ends when the receiver of the records breaks, or with an error.
type DeliveryFlow<T = ()> = ControlFlow<Result<(), ImportError>, T>;

/// A record whose remaining parts have not arrived.
struct PartialRecord {
    path: PacketPath,
    time: Micros,
    arrival: Arrival,
    part: RecordPart,
}

/// Takes the packets of a file and delivers their records.
pub(super) struct Packets<'e> {
    pub(super) summary: ImportSummary,
    each: &'e mut dyn FnMut(Record<'_>, Option<Carrier>) -> ControlFlow<()>,
    pending: Option<PartialRecord>,
    /// The parts of the pending record so far, concatenated.
    joined: Vec<u8>,
    /// The directions that peers have ended with a FIN, the latest first.
    closing: Vec<StreamDirection>,
    /// The local address of the first packet, which helps to distinguish the sides.
    first: Option<SocketAddr>,
    sides: Sides,
    fragments: Fragments,
    streams: CapturedStreams<Head>,
    /// Whether this program wrote the packets: each is then the record that it was.
    is_own: bool,
}

impl<'e> Packets<'e> {
    pub(super) fn new(
        summary: ImportSummary,
        each: &'e mut dyn FnMut(Record<'_>, Option<Carrier>) -> ControlFlow<()>,
    ) -> Self {
        Self {
            summary,
            each,
            pending: None,
            joined: Vec::new(),
            closing: Vec::new(),
            first: None,
            sides: Sides::default(),
            fragments: Fragments::default(),
            streams: CapturedStreams::default(),
            is_own: false,
        }
    }

    /// Begins a section of the file, whose streams are others than those before. `is_own` says
    /// that this program wrote it. Breaks when `each` does.
    pub(super) fn section(&mut self, is_own: bool) -> Result<ControlFlow<()>, ImportError> {
        let ended = self.end_streams();
        self.is_own = is_own;
        flow(ended)
    }

    /// Takes the packet of the block at byte `start`. Breaks when `each` does.
    pub(super) fn push(
        &mut self,
        captured: &CapturedPacket<'_>,
        start: u64,
    ) -> Result<ControlFlow<()>, ImportError> {
        let cut = captured.length.saturating_sub(captured.bytes.len() as u32);
        match Parsed::of(captured.link, captured.bytes) {
            Parsed::Packet(packet) => flow(self.packet(captured, &packet, Some(cut), start)),
            Parsed::Fragment(fragment) if cut > 0 => {
                let first = IpPayload::of_first(&fragment);
                self.fragments.push_cut(fragment.of, first.is_some());
                match first {
                    Some(packet) => flow(self.packet(captured, &packet, None, start)),
                    None => Ok(ControlFlow::Continue(())),
                }
            }
            Parsed::Fragment(fragment) => {
                let Some((of, payload)) = self.fragments.push(&fragment) else {
                    return Ok(ControlFlow::Continue(()));
                };
                match IpPayload::of_whole(of, &payload) {
                    // Any of its fragments may have been truncated.
                    Ok(packet) => flow(self.packet(captured, &packet, None, start)),
                    Err(other) => Ok(self.other(other)),
                }
            }
            Parsed::Other(other) => Ok(self.other(other)),
        }
    }

    fn other(&mut self, other: SkipReason) -> ControlFlow<()> {
        self.summary.skip(other, 1);
        ControlFlow::Continue(())
    }

    /// `cut` is the largest number of bytes that were not captured; `None` if it is unknown.
    fn packet(
        &mut self,
        captured: &CapturedPacket<'_>,
        packet: &IpPayload<'_>,
        cut: Option<u32>,
        start: u64,
    ) -> DeliveryFlow {
        let reported = packet
            .missing
            .and_then(|missing| u32::try_from(missing).ok());
        // Without a length in the headers, all missing bytes may be payload.
        let missing = match (reported, cut) {
            (Some(reported), Some(cut)) => reported.min(cut),
            (known, None) | (None, known) => known.unwrap_or(0),
        };
        let remark = captured.remark.unwrap_or_default();
        let inward = captured.inward;
        let inward = inward.or_else(|| link::inward(captured.link, captured.bytes));
        let path = self.path(packet, inward, remark);
        let head = Head {
            time: captured.time,
            path,
            remark,
            start,
        };
        match &packet.carried {
            TransportPayload::Datagram(bytes) => {
                let ip = path.carrier.local.address().map(|local| local.ip());
                let ip = ip.filter(|ip| path.inward && !ip.is_unspecified());
                let destination = ip.map(|ip| (ip, 0).into());
                self.carried(head, destination, bytes, missing)
            }
            TransportPayload::Segment(tcp) => self.segment(head, tcp, missing),
        }
    }

    /// Delivers the parts of the pending record when the others are missing.
    fn finish(&mut self) -> DeliveryFlow {
        let Some(mut pending) = self.pending.take() else {
            return ControlFlow::Continue(());
        };
        pending.arrival.truncated = true;
        let joined = std::mem::take(&mut self.joined);
        self.deliver(pending.time, pending.path, pending.arrival, &joined)
    }

    /// Ends the file: delivers waiting data, and counts the fragments that became no packet.
    pub(super) fn end(&mut self) {
        // Nothing more is read, so a break has no effect.
        let _ = self.end_streams().is_continue() && self.finish().is_continue();
        for (other, count) in [
            (SkipReason::Fragment, self.fragments.left()),
            (SkipReason::CutFragment, self.fragments.cut()),
            (SkipReason::RepeatedFragment, self.fragments.repeated()),
        ] {
            if count > 0 {
                self.summary.skip(other, count);
            }
        }
    }

    /// Determines the direction and the ends of a packet: as the file says, or else by
    /// [`Sides`] for each flow, beginning with the destination of the first packet as the local
    /// side.
    fn path(&mut self, packet: &IpPayload<'_>, inward: Option<bool>, remark: Remark) -> PacketPath {
        let (source, destination) = (packet.source, packet.destination);
        let inward = match inward {
            Some(inward) if self.is_own => inward,
            Some(inward) => {
                let ours = if inward { destination } else { source };
                self.sides.learn(source, destination, ours);
                inward
            }
            None => {
                let local = *self.first.get_or_insert(destination);
                let answers =
                    matches!(&packet.carried, TransportPayload::Segment(tcp) if tcp.syn && tcp.ack);
                self.sides.is_inward(source, destination, local, answers)
            }
        };
        let (local, mut peer) = if inward {
            (destination, source)
        } else {
            (source, destination)
        };
        if let SocketAddr::V6(peer) = &mut peer {
            peer.set_scope_id(remark.scope);
        }
        self.first.get_or_insert(local);
        // The addresses are placeholders if there are names.
        let local = remark.local.unwrap_or(local.into());
        self.summary.local.get_or_insert(local);
        let is_stream = matches!(packet.carried, TransportPayload::Segment(_));
        PacketPath {
            inward,
            peer: remark.peer.unwrap_or(peer.into()),
            carrier: Carrier { local, is_stream },
        }
    }

    /// Takes a payload that is a record, or a part of one.
    fn carried(
        &mut self,
        head: Head,
        destination: Option<Destination>,
        bytes: &[u8],
        missing: u32,
    ) -> DeliveryFlow {
        let Head {
            time, path, remark, ..
        } = head;
        let whole = u32::try_from(bytes.len())
            .ok()
            .and_then(|there| there.checked_add(missing));
        let arrival = Arrival {
            destination,
            kernel_time: false,
            truncated: missing > 0 || remark.truncated,
            whole: remark.whole.or(whole.filter(|_| missing > 0)),
        };
        let part = remark.part.unwrap_or(RecordPart::WHOLE);
        let goes_on = self.pending.as_ref().is_some_and(|pending| {
            pending.path == path
                && pending.time == time
                && pending.part.count == part.count
                && pending.part.number == part.number.wrapping_sub(1)
        });
        if !goes_on {
            self.finish()?;
        }
        if part.count == 1 {
            return self.deliver(time, path, arrival, bytes);
        }
        self.joined.extend_from_slice(bytes);
        if self.joined.len() > LONGEST {
            let place = ImportPosition::Byte(head.start);
            let length = self.joined.len() as u64;
            let problem = ImportProblem::TooLong { length };
            return ControlFlow::Break(Err(ImportError::at(place, problem)));
        }
        if part.number == part.count && goes_on {
            self.pending = None;
            let mut joined = std::mem::take(&mut self.joined);
            let delivered = self.deliver(time, path, arrival, &joined);
            joined.clear();
            self.joined = joined;
            return delivered;
        }
        self.pending = Some(PartialRecord {
            path,
            time,
            arrival,
            part,
        });
        ControlFlow::Continue(())
    }

    fn deliver(
        &mut self,
        time: Micros,
        path: PacketPath,
        arrival: Arrival,
        bytes: &[u8],
    ) -> DeliveryFlow {
        let peer = path.peer;
        let body = if path.inward {
            Body::Received { peer, bytes }
        } else {
            Body::Sent { peer, bytes }
        };
        self.summary.records += 1;
        let record = Record {
            arrival,
            ..Record::new(time, body)
        };
        (self.each)(record, Some(path.carrier)).map_break(Ok)
    }
}

/// The same as a result.
fn flow(delivery: DeliveryFlow) -> Result<ControlFlow<()>, ImportError> {
    match delivery {
        ControlFlow::Continue(()) => Ok(ControlFlow::Continue(())),
        ControlFlow::Break(ended) => ended.map(|()| ControlFlow::Break(())),
    }
}
