//! Determines the local end of a flow if the file does not say it.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

/// The most flows, and the most local addresses, that are remembered.
const REMEMBERED: usize = 4_096;

/// Decides the direction of each flow by its first packet.
#[derive(Default)]
pub(super) struct Sides {
    /// The local end of a flow, by its two ends in ascending order.
    ours: HashMap<(SocketAddr, SocketAddr), SocketAddr>,
    /// The flows, oldest first.
    order: VecDeque<(SocketAddr, SocketAddr)>,
    /// Addresses that were the local end of a flow, latest first.
    served: VecDeque<SocketAddr>,
}

impl Sides {
    /// Whether a packet is inbound. `local` is an address of the local machine; `answers` says
    /// that the packet is a SYN-ACK.
    pub(super) fn is_inward(
        &mut self,
        source: SocketAddr,
        destination: SocketAddr,
        local: SocketAddr,
        answers: bool,
    ) -> bool {
        let key = key(source, destination);
        if let Some(ours) = self.ours.get(&key) {
            return *ours == destination;
        }
        let is_local = |address: SocketAddr| address.ip() == local.ip();
        let ours = if source != destination && (source == local || destination == local) {
            local
        } else {
            match (is_local(source), is_local(destination)) {
                (true, false) => source,
                (false, true) => destination,
                // On loopback, and between two other hosts, only ports distinguish the ends:
                // the destination of the first packet is local.
                _ if self.served.contains(&destination) => destination,
                _ if self.served.contains(&source) || answers => source,
                _ => destination,
            }
        };
        self.remember(key, ours);
        ours == destination
    }

    /// Takes the local end of a flow from the file.
    pub(super) fn learn(&mut self, source: SocketAddr, destination: SocketAddr, ours: SocketAddr) {
        let key = key(source, destination);
        if !self.ours.contains_key(&key) {
            self.remember(key, ours);
        }
    }

    fn remember(&mut self, key: (SocketAddr, SocketAddr), ours: SocketAddr) {
        if self.order.len() == REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ours.remove(&oldest);
        }
        self.order.push_back(key);
        self.ours.insert(key, ours);
        if !self.served.contains(&ours) {
            self.served.truncate(REMEMBERED - 1);
            self.served.push_front(ours);
        }
    }
}

/// The two ends of a flow in ascending order.
fn key(source: SocketAddr, destination: SocketAddr) -> (SocketAddr, SocketAddr) {
    (source.min(destination), source.max(destination))
}
