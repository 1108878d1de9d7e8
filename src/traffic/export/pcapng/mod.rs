//! Packets as a capture on the wire would have them (draft-ietf-opsawg-pcapng), so that
//! Wireshark shows endpoints, times and payloads and follows streams.
//!
//! The log knows payloads; IP, UDP and TCP headers are made up around them: true
//! addresses and ports, right lengths and checksums, and for TCP a handshake, counted
//! bytes, and an end where the log has one.

mod block;
mod packet;
mod stream;

pub use block::header;
pub use stream::PART;

use super::standing::Standing;
use crate::traffic::{Body, Notice, Record};
use block::Way;
use packet::Ends;
use std::net::SocketAddr;
use stream::Streams;

pub struct Pcapng {
    standing: Standing,
    streams: Streams,
    /// One packet, before it is put into a block.
    packet: Vec<u8>,
}

impl Pcapng {
    pub fn new(local: Option<SocketAddr>, tcp: bool) -> Self {
        Self {
            standing: Standing::new(local, tcp),
            streams: Streams::default(),
            packet: Vec::new(),
        }
    }

    pub fn standing(&self) -> (Option<SocketAddr>, bool) {
        (self.standing.local, self.standing.tcp)
    }

    pub fn note(&mut self, notice: &Notice) {
        self.standing.note(notice);
    }

    pub fn write(&mut self, record: &Record<'_>, out: &mut Vec<u8>) {
        match record.body {
            Body::Notice(notice) => {
                self.note(notice);
                self.streams.note(record.time, notice, &self.standing, out);
            }
            Body::Received { peer, bytes } => {
                let mut ours = self.standing.towards(peer);
                if let Some((to, _)) = record.arrival.destination
                    && to.is_ipv4() == peer.is_ipv4()
                {
                    self.standing.reached(peer, to);
                    ours.set_ip(to);
                }
                let ends = Ends {
                    from: peer,
                    to: ours,
                };
                self.payload(record, ends, Way::In, bytes, out);
            }
            Body::Sent { peer, bytes } => {
                let ends = Ends {
                    from: self.standing.towards(peer),
                    to: peer,
                };
                self.payload(record, ends, Way::Out, bytes, out);
            }
        }
    }

    fn payload(
        &mut self,
        record: &Record<'_>,
        ends: Ends,
        way: Way,
        bytes: &[u8],
        out: &mut Vec<u8>,
    ) {
        if self.standing.tcp {
            self.streams.data(record.time, ends, way, bytes, out);
        } else {
            packet::udp(&mut self.packet, ends, bytes);
            block::packet(out, record.time, way, &self.packet, None);
        }
    }
}
