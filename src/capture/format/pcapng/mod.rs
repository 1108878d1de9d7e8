//! A capture for Wireshark (draft-ietf-opsawg-pcapng).
//!
//! The kernel delivered payloads, not packets. The IP, UDP and TCP headers around them are
//! synthetic, with the true addresses, ports and lengths, and valid checksums. TCP sequence
//! numbers make one stream of the reads and writes. Notices of a TCP connection become its
//! handshake and its end; others are omitted. Packets of Unix sockets have placeholder
//! addresses, and a comment on each packet gives the names.

mod block;
mod connection;
mod local;
mod packet;
mod read;
mod tail;

use super::entry::{FormatEntry, FormatWriter, WriteSupport, WrittenRow};
use super::lost::Lost;
use crate::capture::packets::Remark;
use crate::capture::{CaptureContext, Carrier};
use crate::connection_id::ConnectionId;
use crate::peer::Peer;
use crate::traffic::{Automatic, Body, Micros, Notice, Record, Upstreams};
use connection::CapturedConnection;
use local::Local;
use packet::{PacketDirection, Route, SegmentFields};
use std::collections::HashMap;
use std::io;

pub(super) static ENTRY: FormatEntry = FormatEntry {
    extension: "pcapng",
    name_key: "format.pcapng",
    is_lines: false,
    writes: Some(WriteSupport {
        begin: |context| Box::new(Capture::new(context)),
        can_follow: |file, _| tail::ends_whole(file),
        is_recorded: true,
        in_time_order: true,
        reads_text: false,
        is_by_message: false,
        loses: &[Lost::Origin, Lost::Interface, Lost::KernelTime],
    }),
    reads: Some(&read::Pcapng),
};

/// The local addresses and the open connections so far.
struct Capture {
    local: Local,
    upstreams: Upstreams,
    is_stream: bool,
    connections: HashMap<Key, CapturedConnection>,
    /// The number of connections so far: each begins with a different sequence number.
    opened: u32,
}

/// The two ends of a flow: a peer, and our side or a relay's upstream socket for a client.
#[derive(Clone, Copy)]
struct FlowEnds {
    peer: Peer,
    of: LocalEnd,
}

/// The local end of a record.
#[derive(Clone, Copy, Default)]
struct LocalEnd {
    client: Option<Peer>,
    connection: Option<ConnectionId>,
    /// The local address, if the record names it.
    local: Option<Peer>,
    /// The packet that carried the record in a capture.
    carrier: Option<Carrier>,
}

/// The identity of a connection: its number, or its two ends where the log has no number. The
/// local end is that of the packet, if there is one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Connection(ConnectionId),
    Ends(Peer, Option<Peer>, Option<Peer>),
}

impl FlowEnds {
    fn key(self) -> Key {
        let local = self.of.carrier.map(|carrier| carrier.local);
        let ends = Key::Ends(self.peer, self.of.client, local);
        self.of.connection.map_or(ends, Key::Connection)
    }
}

impl LocalEnd {
    fn of(record: &Record<'_>, client: Option<Peer>, carrier: Option<Carrier>) -> Self {
        let of_packet = carrier.map(|carrier| carrier.local);
        Self {
            client,
            connection: record.connection,
            local: of_packet.or(record.local),
            carrier,
        }
    }

    fn with(self, peer: Peer) -> FlowEnds {
        FlowEnds { peer, of: self }
    }
}

impl FormatWriter for Capture {
    fn header(&mut self, out: &mut Vec<u8>, _: &CaptureContext) -> io::Result<()> {
        block::push_head(out)
    }

    /// Appends the packets of a record; none for a notice that no packet causes.
    fn row(
        &mut self,
        out: &mut Vec<u8>,
        row: &WrittenRow<'_>,
        _: &CaptureContext,
    ) -> io::Result<()> {
        self.push(out, row.record, row.carrier);
        Ok(())
    }

    fn pass_over(&mut self, record: &Record<'_>, carrier: Option<Carrier>) {
        self.observe(record, carrier);
    }

    fn reopen_state(&self, context: CaptureContext) -> CaptureContext {
        CaptureContext {
            local: self.local.bound(),
            is_stream: self.is_stream,
            upstreams: self.upstreams.clone(),
            ..context
        }
    }
}

impl Capture {
    fn new(context: &CaptureContext) -> Self {
        Self {
            local: Local::new(context.local),
            upstreams: context.upstreams.clone(),
            is_stream: context.is_stream,
            connections: HashMap::new(),
            // A connection takes far more than four bytes of the file, so no earlier connection
            // in it has the same number.
            opened: (context.before / 4) as u32,
        }
    }

    /// Takes a notice without writing it.
    fn observe(&mut self, record: &Record<'_>, carrier: Option<Carrier>) {
        let Body::Notice(notice) = record.body else {
            return;
        };
        self.upstreams.observe(notice);
        match notice {
            Notice::Automatic(automatic) => {
                if let Automatic::ForClient { client, notice } = &**automatic {
                    self.observe_of(LocalEnd::of(record, Some(*client), carrier), notice);
                }
            }
            notice => self.observe_of(LocalEnd::of(record, None, carrier), notice),
        }
    }

    /// Takes a notice about the session, or about a relay's upstream connection for a client.
    fn observe_of(&mut self, of: LocalEnd, notice: &Notice) {
        match *notice {
            Notice::Bound { local, .. } | Notice::Listening { local } => {
                self.is_stream = matches!(notice, Notice::Listening { .. });
                self.local = Local::new(Some(local));
                self.connections.clear();
            }
            Notice::Connected { peer, local } => {
                self.is_stream = true;
                if of.client.is_none() {
                    self.local = Local::new(Some(local));
                }
                // The local address of a session's own connection is in `self.local` by now.
                let local = of.client.and(Some(local)).or(of.local);
                self.open(LocalEnd { local, ..of }.with(peer));
            }
            Notice::Joined { peer } => {
                self.is_stream = true;
                self.open(of.with(peer));
            }
            Notice::Closed { peer, .. }
            | Notice::PeerReset { peer, .. }
            | Notice::Reset { peer, .. } => {
                self.connections.remove(&of.with(peer).key());
            }
            _ => {}
        }
    }

    fn push(&mut self, out: &mut Vec<u8>, record: &Record<'_>, carrier: Option<Carrier>) {
        let (peer, bytes, direction) = match record.body {
            Body::Received { peer, bytes } => (peer, bytes, PacketDirection::In),
            Body::Sent { peer, bytes } => (peer, bytes, PacketDirection::Out),
            Body::Notice(notice) => return self.push_notice(out, record, notice, carrier),
        };
        let other = record.origin.other;
        let client = other.filter(|other| self.upstreams.of(*other).is_some());
        let flow = LocalEnd::of(record, client, carrier).with(peer);
        let peer = flow.peer;
        if carrier.map_or(self.is_stream, |carrier| carrier.is_stream) {
            self.connection(flow).carry(out, record, bytes, direction);
        } else {
            let of_packet = carrier.map(|carrier| carrier.local);
            let local = match (of_packet.or_else(|| self.upstream(flow)), direction) {
                (Some(local), _) => local,
                (None, PacketDirection::In) => {
                    self.local.receiving(peer, record.arrival.destination)
                }
                (None, PacketDirection::Out) => self.local.sending(peer),
            };
            datagram(out, record, Route::between(local, peer), direction, bytes);
        }
    }

    fn push_notice(
        &mut self,
        out: &mut Vec<u8>,
        record: &Record<'_>,
        notice: &Notice,
        carrier: Option<Carrier>,
    ) {
        let time = record.time;
        let Notice::Automatic(automatic) = notice else {
            return self.push_notice_of(LocalEnd::of(record, None, carrier), out, time, notice);
        };
        let Automatic::ForClient {
            client,
            notice: happened,
        } = &**automatic
        else {
            return self.observe(record, carrier);
        };
        // The upstream address must be known for as long as the connection is open.
        let begins = matches!(happened, Notice::Connected { .. });
        if begins {
            self.upstreams.observe(notice);
        }
        self.push_notice_of(
            LocalEnd::of(record, Some(*client), carrier),
            out,
            time,
            happened,
        );
        if !begins {
            self.upstreams.observe(notice);
        }
    }

    fn push_notice_of(&mut self, of: LocalEnd, out: &mut Vec<u8>, time: Micros, notice: &Notice) {
        let with = |peer| of.with(peer);
        match *notice {
            Notice::Connected { peer, .. } => {
                self.observe_of(of, notice);
                let connection = self.connection(with(peer));
                connection.shake_hands(out, time, PacketDirection::Out);
            }
            Notice::Joined { peer } => {
                self.observe_of(of, notice);
                let connection = self.connection(with(peer));
                connection.shake_hands(out, time, PacketDirection::In);
            }
            Notice::PeerFinished { peer } => {
                self.connection(with(peer))
                    .finish(out, time, PacketDirection::In);
            }
            Notice::WriteClosed { peer } => {
                self.connection(with(peer))
                    .finish(out, time, PacketDirection::Out);
            }
            Notice::NotCaptured {
                peer,
                inward,
                bytes,
            } => {
                let direction = match inward {
                    true => PacketDirection::In,
                    false => PacketDirection::Out,
                };
                self.connection(with(peer))
                    .skip(out, time, direction, bytes);
            }
            Notice::PeerReset { peer, unsent } => {
                self.connection(with(peer))
                    .reset(out, time, PacketDirection::In, unsent);
                self.connections.remove(&with(peer).key());
            }
            Notice::Reset { peer, unsent } => {
                self.connection(with(peer))
                    .reset(out, time, PacketDirection::Out, unsent);
                self.connections.remove(&with(peer).key());
            }
            Notice::Closed { peer, unsent } => {
                if let Some(mut connection) = self.connections.remove(&with(peer).key()) {
                    connection.close(out, time, unsent);
                }
            }
            _ => {
                self.upstreams.observe(notice);
                self.observe_of(of, notice);
            }
        }
    }

    /// The local address of the relay's upstream socket for the flow's client.
    fn upstream(&self, flow: FlowEnds) -> Option<Peer> {
        self.upstreams.of(flow.of.client?)
    }

    /// The connection of a flow. If the log lacks its beginning, it starts in mid-stream.
    fn connection(&mut self, flow: FlowEnds) -> &mut CapturedConnection {
        let route = self.route(flow);
        let opened = &mut self.opened;
        self.connections
            .entry(flow.key())
            .or_insert_with(|| begin(opened, route))
    }

    fn open(&mut self, flow: FlowEnds) {
        let route = self.route(flow);
        let connection = begin(&mut self.opened, route);
        self.connections.insert(flow.key(), connection);
    }

    fn route(&self, flow: FlowEnds) -> Route {
        let peer = flow.peer;
        let local = flow.of.local.or_else(|| self.upstream(flow));
        let local = local.unwrap_or_else(|| self.local.sending(peer));
        Route::between(local, peer)
    }
}

fn begin(opened: &mut u32, route: Route) -> CapturedConnection {
    *opened = opened.wrapping_add(1);
    // Far apart, so that Wireshark sees a new stream when a port is reused.
    let first = opened.wrapping_mul(0x1000_0193);
    CapturedConnection::new(route, first)
}

/// Appends a UDP datagram, or several if the record is longer than one can be.
fn datagram(
    out: &mut Vec<u8>,
    record: &Record<'_>,
    route: Route,
    direction: PacketDirection,
    bytes: &[u8],
) {
    let route = route.of_datagram(bytes.len());
    for (remark, part) in Remark::parts(record, route.peer, bytes, route.datagram_room()) {
        let missing = missing(record, (bytes, part), remark, route.datagram_room());
        let way = (direction, missing);
        block::push(out, record.time, way, route.remark(remark), |out| {
            packet::push_udp(out, route, direction, (part, missing));
        });
    }
}

/// Appends a TCP segment as one block.
fn segment(
    out: &mut Vec<u8>,
    time: Micros,
    route: Route,
    remark: Remark,
    segment: &SegmentFields<'_>,
) {
    let way = (segment.direction, segment.missing);
    block::push(out, time, way, route.remark(remark), |out| {
        packet::push_tcp(out, route, segment);
    });
}

/// The number of bytes of a record that were not captured, if this is its last part, as far as a
/// packet with a payload of at most `room` bytes can announce them.
fn missing(
    record: &Record<'_>,
    (bytes, part): (&[u8], &[u8]),
    remark: Remark,
    room: usize,
) -> usize {
    let is_last = remark.part.is_none_or(|part| part.number == part.count);
    let whole = record
        .arrival
        .whole
        .filter(|_| is_last && record.arrival.truncated);
    let missing = whole.map_or(0, |whole| (whole as usize).saturating_sub(bytes.len()));
    missing.min(room.saturating_sub(part.len()))
}

#[cfg(test)]
mod tests;
