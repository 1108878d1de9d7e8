//! TCP connections as segments: what a log has no word of is counted along.

use super::block::{self, Way};
use super::packet::{self, Ends};
use crate::traffic::export::standing::Standing;
use crate::traffic::{Micros, Notice};
use etherparse::TcpHeader;
use std::collections::HashMap;
use std::net::SocketAddr;

/// Before the number of a part of a read that did not fit into one packet.
pub const PART: &str = "netpeer part ";
/// What fits into one packet beside the headers, in whole kibibytes.
const FITS: usize = 63 << 10;
/// Connections that are followed at a time; a log may never say that they ended.
const MOST: usize = 1 << 16;

/// Connections by peer.
#[derive(Debug, Default)]
pub struct Streams {
    streams: HashMap<SocketAddr, Stream>,
    packet: Vec<u8>,
}

/// The next bytes of both directions, and which of them have ended.
#[derive(Clone, Copy, Debug)]
struct Stream {
    ours: SocketAddr,
    our_next: u32,
    their_next: u32,
    ended: bool,
}

/// What a segment says besides its bytes.
#[derive(Clone, Copy, Default)]
struct Signs {
    syn: bool,
    ack: bool,
    fin: bool,
    rst: bool,
}

const ACK: Signs = Signs {
    syn: false,
    ack: true,
    fin: false,
    rst: false,
};

impl Streams {
    /// A payload that came or went in these directions.
    pub fn data(&mut self, time: Micros, ends: Ends, way: Way, bytes: &[u8], out: &mut Vec<u8>) {
        let (peer, ours) = match way {
            Way::In => (ends.from, ends.to),
            Way::Out => (ends.to, ends.from),
        };
        if !self.streams.contains_key(&peer) {
            // The log begins in the middle of it.
            self.insert(peer, Stream::new(ours));
        }
        let parts = bytes.len().div_ceil(FITS);
        for (number, part) in bytes.chunks(FITS).enumerate() {
            let comment = (parts > 1).then(|| format!("{PART}{}/{parts}", number + 1));
            self.segment(time, peer, way, ACK, part, comment.as_deref(), out);
        }
    }

    /// What notices say of connections.
    pub fn note(&mut self, time: Micros, notice: &Notice, standing: &Standing, out: &mut Vec<u8>) {
        match *notice {
            Notice::Joined { peer } => {
                self.insert(peer, Stream::new(standing.towards(peer)));
                self.handshake(time, peer, Way::In, out);
            }
            Notice::Connected { peer, local } => {
                self.insert(peer, Stream::new(local));
                self.handshake(time, peer, Way::Out, out);
            }
            Notice::PeerFinished { peer } => self.fin(time, peer, Way::In, out),
            Notice::WriteClosed { peer } => {
                self.fin(time, peer, Way::Out, out);
                self.change(peer, |stream| stream.ended = true);
            }
            Notice::Closed { peer, .. } => {
                if self.streams.get(&peer).is_some_and(|stream| !stream.ended) {
                    self.fin(time, peer, Way::Out, out);
                }
                self.streams.remove(&peer);
            }
            Notice::PeerReset { peer, .. } => {
                let signs = Signs { rst: true, ..ACK };
                self.segment(time, peer, Way::In, signs, &[], None, out);
                self.streams.remove(&peer);
            }
            _ => {}
        }
    }

    /// Begun by the side that is `way`.
    fn handshake(&mut self, time: Micros, peer: SocketAddr, way: Way, out: &mut Vec<u8>) {
        let other = match way {
            Way::In => Way::Out,
            Way::Out => Way::In,
        };
        let syn = Signs {
            syn: true,
            ..Signs::default()
        };
        self.segment(time, peer, way, syn, &[], None, out);
        self.segment(
            time,
            peer,
            other,
            Signs { syn: true, ..ACK },
            &[],
            None,
            out,
        );
        self.segment(time, peer, way, ACK, &[], None, out);
    }

    fn fin(&mut self, time: Micros, peer: SocketAddr, way: Way, out: &mut Vec<u8>) {
        self.segment(time, peer, way, Signs { fin: true, ..ACK }, &[], None, out);
    }

    #[expect(clippy::too_many_arguments, reason = "a segment has that many parts")]
    fn segment(
        &mut self,
        time: Micros,
        peer: SocketAddr,
        way: Way,
        signs: Signs,
        bytes: &[u8],
        comment: Option<&str>,
        out: &mut Vec<u8>,
    ) {
        let Some(stream) = self.streams.get_mut(&peer) else {
            return;
        };
        let ends = Ends {
            from: peer,
            to: stream.ours,
        };
        let (ends, next, acknowledged) = match way {
            Way::In => (ends, &mut stream.their_next, stream.our_next),
            Way::Out => (ends.turned(), &mut stream.our_next, stream.their_next),
        };
        let mut header = TcpHeader::new(ends.from.port(), ends.to.port(), *next, u16::MAX);
        header.acknowledgment_number = if signs.ack { acknowledged } else { 0 };
        (header.syn, header.ack) = (signs.syn, signs.ack);
        (header.fin, header.rst) = (signs.fin, signs.rst);
        header.psh = !bytes.is_empty();
        // SYN and FIN take a number each (RFC 9293).
        let counted = bytes.len() as u32 + u32::from(signs.syn) + u32::from(signs.fin);
        *next = next.wrapping_add(counted);
        packet::tcp(&mut self.packet, ends, header, bytes);
        block::packet(out, time, way, &self.packet, comment);
    }

    fn insert(&mut self, peer: SocketAddr, stream: Stream) {
        if self.streams.len() >= MOST {
            self.streams.clear();
        }
        self.streams.insert(peer, stream);
    }

    fn change(&mut self, peer: SocketAddr, change: impl FnOnce(&mut Stream)) {
        if let Some(stream) = self.streams.get_mut(&peer) {
            change(stream);
        }
    }
}

impl Stream {
    fn new(ours: SocketAddr) -> Self {
        Self {
            ours,
            our_next: 0,
            their_next: 0,
            ended: false,
        }
    }
}
