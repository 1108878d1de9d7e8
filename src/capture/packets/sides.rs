//! Which end of a conversation is ours, where the file does not say.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

/// Conversations and addresses remembered of each kind.
const REMEMBERED: usize = 4_096;

/// Decides for each conversation by its own first packet.
#[derive(Default)]
pub(super) struct Sides {
    /// Our end of a conversation, by both ends in their order.
    ours: HashMap<(SocketAddr, SocketAddr), SocketAddr>,
    /// The conversations, the oldest first.
    order: VecDeque<(SocketAddr, SocketAddr)>,
    /// Addresses that were ours in a conversation, the last first.
    served: VecDeque<SocketAddr>,
}

impl Sides {
    /// Whether a packet came in. `local` is an address of our machine, where one is known;
    /// `answers` says that the packet answers another (SYN and ACK).
    pub(super) fn is_inward(
        &mut self,
        source: SocketAddr,
        destination: SocketAddr,
        local: SocketAddr,
        answers: bool,
    ) -> bool {
        let key = if source <= destination {
            (source, destination)
        } else {
            (destination, source)
        };
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
                // On loopback, and between others, ports tell the ends apart: what was
                // sent to first is ours.
                _ if self.served.contains(&destination) => destination,
                _ if self.served.contains(&source) || answers => source,
                _ => destination,
            }
        };
        self.remember(key, ours);
        ours == destination
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
