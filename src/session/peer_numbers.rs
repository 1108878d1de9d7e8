//! The peers of a session, numbered in the order of their first appearance.

use super::Session;
use crate::peer::Peer;
use std::collections::HashMap;

/// The most peers that get a number.
const MAX: usize = 4_096;

/// The number of each peer, from 0 on, for as long as the session lasts.
#[derive(Debug, Default)]
pub struct PeerNumbers(HashMap<Peer, usize>);

impl PeerNumbers {
    /// Gives a new peer the next number, unless all are given.
    pub(super) fn add(&mut self, peer: Peer) {
        let next = self.0.len();
        if next < MAX {
            self.0.entry(peer).or_insert(next);
        }
    }

    fn get(&self, peer: Peer) -> Option<usize> {
        self.0.get(&peer).copied()
    }
}

impl Session {
    /// The number of a peer by its first appearance in the log, from 0 on; `None` for one that
    /// exchanged nothing yet, and for those after the first 4,096.
    pub fn peer_number(&self, peer: Peer) -> Option<usize> {
        self.numbers.get(peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_numbered_once_in_order_and_not_without_end() {
        let peer = |port| Peer::from(([10, 0, 0, 1], port));
        let mut numbers = PeerNumbers::default();
        for port in [7, 9, 7, 8] {
            numbers.add(peer(port));
        }
        let found = [7, 8, 9, 10].map(|port| numbers.get(peer(port)));
        assert_eq!(found, [Some(0), Some(2), Some(1), None]);
        (0..2 * MAX as u16).for_each(|port| numbers.add(peer(port)));
        assert_eq!(numbers.0.len(), MAX);
        assert_eq!(numbers.get(peer(9)), Some(1));
        assert_eq!(numbers.get(peer(2 * MAX as u16 - 1)), None);
    }
}
