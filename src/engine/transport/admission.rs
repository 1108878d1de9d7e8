//! The clients that a listening socket serves: all, or those of the allowed networks.

use crate::engine::context::event_sink::EventSink;
use crate::peer::Peer;
use crate::peer::network::Network;
use crate::traffic::{Automatic, Notice};
use std::collections::HashSet;
use std::net::IpAddr;

/// Addresses whose first refusal has a row. Senders of datagrams can make up any number of
/// addresses; what others of them are refused is counted.
const REPORTED: usize = 256;

/// The allowed networks, and what was refused.
#[derive(Debug, Default)]
pub struct Admission {
    /// If empty, every client is served.
    allowed: Vec<Network>,
    reported: HashSet<IpAddr>,
    /// Refusals without a row, and the client of the last.
    unreported: u64,
    last: Option<Peer>,
}

impl Admission {
    pub fn new(allowed: Vec<Network>) -> Self {
        Self {
            allowed,
            ..Self::default()
        }
    }

    /// Whether the client is served. The first refusal of an address has a row, later ones are
    /// counted.
    pub fn admits(&mut self, client: Peer, sink: &mut EventSink) -> bool {
        let Peer::Ip(address) = client else {
            return true;
        };
        let ip = address.ip().to_canonical();
        if self.allowed.is_empty() || self.allowed.iter().any(|network| network.contains(ip)) {
            return true;
        }
        if self.reported.len() < REPORTED && self.reported.insert(ip) {
            denied(client, 1, sink);
        } else {
            self.unreported += 1;
            self.last = Some(client);
        }
        false
    }

    /// Writes the row of the refusals that have none.
    pub fn report(&mut self, sink: &mut EventSink) {
        if let Some(client) = self.last.take() {
            denied(client, std::mem::take(&mut self.unreported), sink);
        }
    }
}

fn denied(peer: Peer, count: u64, sink: &mut EventSink) {
    let denied = Automatic::Denied { peer, count };
    sink.notice(Notice::Automatic(Box::new(denied)));
}
