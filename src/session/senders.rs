//! The peers that datagrams were exchanged with recently.

use crate::peer::Peer;
use crate::traffic::{Exchange, Volume};
use std::collections::HashMap;

/// The number of most recent senders that are always kept.
const KEPT: usize = 1_000;

/// A peer that datagrams were exchanged with, or a client of a UDP relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerCounters {
    pub peer: Peer,
    /// The payloads received from it and sent to it since it was added to the list.
    pub received: Volume,
    pub sent: Volume,
    /// Whether the relay removed it from its flow table.
    pub left: bool,
    /// The time of its last activity, as a counter.
    turn: u64,
}

/// The recent senders. When there are twice as many as are kept, the longest idle are removed.
#[derive(Debug, Default)]
pub struct RecentSenders {
    all: Vec<PeerCounters>,
    places: HashMap<Peer, usize>,
    /// Received and sent, of clients of a relay that are not in the list yet.
    unlisted: HashMap<Peer, (Volume, Volume)>,
    turn: u64,
    /// Whether a peer was removed because others came.
    forgot: bool,
}

impl RecentSenders {
    /// The senders, in the order in which they were added.
    pub fn all(&self) -> &[PeerCounters] {
        &self.all
    }

    /// Whether there were more senders than are listed.
    pub fn has_forgotten(&self) -> bool {
        self.forgot
    }

    /// Counts the traffic of a peer. With `adds`, a new peer is added to the list: data sent to it
    /// before its first answer counts too.
    pub(super) fn count(&mut self, exchange: &Exchange, adds: bool) {
        let peer = exchange.far.peer;
        if adds {
            self.add(peer);
        }
        self.turn += 1;
        let place = self.places.get(&peer);
        if let Some(sender) = place.and_then(|place| self.all.get_mut(*place)) {
            sender.received = sender.received + exchange.received;
            sender.sent = sender.sent + exchange.sent;
            sender.turn = self.turn;
        } else if self.unlisted.len() < 2 * KEPT || self.unlisted.contains_key(&peer) {
            let (received, sent) = self.unlisted.entry(peer).or_default();
            *received = *received + exchange.received;
            *sent = *sent + exchange.sent;
        }
    }

    /// Adds this peer, if it is not in the list.
    pub(super) fn add(&mut self, peer: Peer) {
        if let Some(known) = self.find(peer) {
            known.left = false;
            return;
        }
        if self.all.len() >= 2 * KEPT {
            self.forget_silent();
        }
        self.places.insert(peer, self.all.len());
        let (received, sent) = self.unlisted.remove(&peer).unwrap_or_default();
        self.all.push(PeerCounters {
            peer,
            received,
            sent,
            left: false,
            turn: self.turn,
        });
    }

    /// Marks a client as removed from the relay's flow table.
    pub(super) fn leave(&mut self, peer: Peer) {
        if let Some(known) = self.find(peer) {
            known.left = true;
        }
    }

    pub(super) fn reset_counters(&mut self) {
        for sender in &mut self.all {
            (sender.received, sender.sent) = (Volume::default(), Volume::default());
        }
        self.unlisted.clear();
    }

    fn find(&mut self, peer: Peer) -> Option<&mut PeerCounters> {
        let place = self.places.get(&peer)?;
        self.all.get_mut(*place)
    }

    fn forget_silent(&mut self) {
        self.forgot = true;
        let mut turns: Vec<u64> = self.all.iter().map(|sender| sender.turn).collect();
        turns.sort_unstable();
        let oldest = turns.get(turns.len().saturating_sub(KEPT)).copied();
        self.all.retain(|sender| Some(sender.turn) >= oldest);
        let places = self.all.iter().enumerate();
        self.places = places.map(|(at, sender)| (sender.peer, at)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(port: u16, received: u64, sent: u64) -> Exchange {
        let volume = |records| Volume {
            records,
            bytes: records * 10,
        };
        Exchange {
            far: Peer::from(([10, 0, 0, 1], port)).into(),
            received: volume(received),
            sent: volume(sent),
        }
    }

    #[test]
    fn peers_are_listed_in_the_order_of_the_first_datagrams() {
        let mut senders = RecentSenders::default();
        senders.count(&exchange(1, 0, 3), true);
        senders.count(&exchange(2, 1, 0), true);
        senders.count(&exchange(1, 2, 0), true);
        senders.count(&exchange(2, 1, 4), true);
        senders.count(&exchange(4, 1, 0), false);
        let found = senders.all().iter();
        let found: Vec<_> = found
            .map(|sender| (sender.peer, sender.received.records, sender.sent.records))
            .collect();
        let peer = |port| Peer::from(([10, 0, 0, 1], port));
        assert_eq!(found, [(peer(1), 2, 3), (peer(2), 2, 4)]);
    }

    #[test]
    fn a_client_that_is_listed_later_keeps_what_was_counted_before() {
        let mut senders = RecentSenders::default();
        senders.count(&exchange(1, 1, 0), false);
        assert!(senders.all().is_empty());
        senders.add(exchange(1, 0, 0).far.peer);
        senders.count(&exchange(1, 0, 2), false);
        let first = senders.all()[0];
        assert_eq!((first.received.records, first.sent.records), (1, 2));
    }

    #[test]
    fn those_silent_for_longest_make_room_and_the_others_keep_their_counters() {
        let mut senders = RecentSenders::default();
        for port in 0..2 * KEPT as u16 {
            senders.count(&exchange(port, 1, 0), true);
        }
        senders.count(&exchange(0, 1, 0), true);
        senders.count(&exchange(60_000, 1, 0), true);
        assert_eq!(senders.all().len(), KEPT + 1);
        assert!(senders.has_forgotten());
        let first = senders.all()[0];
        assert_eq!(first.peer, exchange(0, 0, 0).far.peer);
        assert_eq!(first.received.records, 2);
        senders.count(&exchange(0, 1, 0), true);
        assert_eq!(senders.all()[0].received.records, 3);
    }
}
