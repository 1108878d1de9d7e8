//! Whose side a capture was made on, and what its packets mean to that side.

use super::packet::{self, Packet, Signs, Way};
use super::{Each, Summary};
use crate::traffic::{Arrival, Body, Micros, Notice, Record};
use std::net::SocketAddr;
use std::ops::ControlFlow;

#[derive(Debug, Default)]
pub struct Guess {
    /// Our end: where the first packet went, in a file that does not say.
    local: Option<SocketAddr>,
    /// Parts of one read that came so far.
    parts: Vec<u8>,
    summary: Summary,
}

impl Guess {
    pub fn summary(&self) -> Summary {
        self.summary
    }

    pub fn skip(&mut self) {
        self.summary.skipped += 1;
    }

    /// Nothing more comes.
    pub fn finish(&mut self, _each: Each<'_>) {
        if !self.parts.is_empty() {
            self.skip();
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a packet is told by that many facts"
    )]
    pub fn packet(
        &mut self,
        time: Micros,
        link: u32,
        data: &[u8],
        way: Option<Way>,
        part: Option<(u32, u32)>,
        cut: bool,
        each: Each<'_>,
    ) -> ControlFlow<()> {
        let Some(packet) = packet::parse(link, data).filter(|_| !cut) else {
            self.skip();
            return ControlFlow::Continue(());
        };
        let way = way.unwrap_or_else(|| self.way(&packet));
        if let Some(signs) = packet.tcp.filter(|_| packet.payload.is_empty()) {
            return self.sign(time, &packet, way, signs, each);
        }
        let joined;
        let bytes = match part {
            None => packet.payload,
            Some((number, count)) => {
                if number == 1 {
                    self.parts.clear();
                }
                self.parts.extend_from_slice(packet.payload);
                if number < count {
                    return ControlFlow::Continue(());
                }
                joined = std::mem::take(&mut self.parts);
                &joined
            }
        };
        let (body, destination) = match way {
            Way::In => {
                let peer = packet.from;
                let to = packet.tcp.is_none().then(|| (packet.to.ip(), 0));
                (Body::Received { peer, bytes }, to)
            }
            Way::Out => {
                let peer = packet.to;
                (Body::Sent { peer, bytes }, None)
            }
        };
        let arrival = Arrival {
            destination,
            ..Arrival::default()
        };
        self.hand_on(time, body, arrival, each)
    }

    fn way(&mut self, packet: &Packet<'_>) -> Way {
        let local = *self.local.get_or_insert(packet.to);
        let is_ours = |end: SocketAddr| end == local || end.ip() == local.ip();
        match (packet.to == local, packet.from == local) {
            (true, _) => Way::In,
            (false, true) => Way::Out,
            // Between two ports of one machine only the port tells.
            _ if is_ours(packet.from) && !is_ours(packet.to) => Way::Out,
            _ => Way::In,
        }
    }

    /// A segment that only says something of its connection.
    fn sign(
        &mut self,
        time: Micros,
        packet: &Packet<'_>,
        way: Way,
        signs: Signs,
        each: Each<'_>,
    ) -> ControlFlow<()> {
        let notice = match (signs, way) {
            (Signs { rst: true, .. }, Way::In) => Notice::PeerReset {
                peer: packet.from,
                unsent: 0,
            },
            (Signs { fin: true, .. }, Way::In) => Notice::PeerFinished { peer: packet.from },
            (Signs { fin: true, .. } | Signs { rst: true, .. }, Way::Out) => {
                Notice::WriteClosed { peer: packet.to }
            }
            // The answer to the first segment tells that there is a connection.
            (
                Signs {
                    syn: true,
                    ack: true,
                    ..
                },
                Way::Out,
            ) => Notice::Joined { peer: packet.to },
            (
                Signs {
                    syn: true,
                    ack: true,
                    ..
                },
                Way::In,
            ) => Notice::Connected {
                peer: packet.from,
                local: packet.to,
            },
            _ => return ControlFlow::Continue(()),
        };
        self.hand_on(time, Body::Notice(&notice), Arrival::default(), each)
    }

    fn hand_on(
        &mut self,
        time: Micros,
        body: Body<'_>,
        arrival: Arrival,
        each: Each<'_>,
    ) -> ControlFlow<()> {
        self.summary.records += 1;
        each(Record {
            time,
            body,
            arrival,
        })
    }
}
