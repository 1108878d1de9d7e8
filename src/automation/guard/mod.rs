//! Keeps automatic replies from doing harm: limits, and a loop breaker.
//!
//! Two programs that answer everything never stop once a single datagram is sent, even a forged
//! one (CVE-2024-2169). A program whose answers are longer than the requests can be abused for
//! amplification attacks with a forged sender address.

mod conversation;
mod limits;
mod pauses;

use super::pacing::TokenBucket;
use crate::peer::Peer;
pub use crate::traffic::Refusal;
use conversation::Conversation;
pub use limits::{Limits, NEARBY, ReplyRate};
pub use pauses::{EndedPause, PAUSE, Pause, PausedRule, Pauses, Silenced};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The most times that a reply may be longer than its request (RFC 9000, section 8.1).
const LARGER: usize = 3;
/// Peers remembered. A peer whose buckets are full need not be.
const PEERS: usize = 65_536;
/// Beyond the local network, and in it.
const PLACES: [bool; 2] = [false, true];

/// The receiver of a reply.
#[derive(Clone, Copy, Debug)]
pub struct Recipient {
    pub peer: Peer,
    /// Whether the address is a subnet's broadcast address.
    pub broadcast: bool,
    /// Whether it is one of our own sockets.
    pub own: bool,
}

/// A reply that is about to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    pub to: Recipient,
    pub bytes: &'a [u8],
    /// Bytes of other replies to the same request.
    pub before: usize,
    /// Bytes of the request.
    pub request: usize,
    /// Whether the address is known to be on this machine or in the local network.
    pub near: bool,
    /// Whether the sender's address could be forged and belongs to another machine: UDP beyond
    /// loopback.
    pub forgeable: bool,
}

#[derive(Debug)]
pub struct Guard {
    limits: Limits,
    /// The buckets for all peers: beyond the local network, and in it. If one number holds for
    /// both, the first bucket is used.
    all: [Option<TokenBucket>; 2],
    peers: HashMap<Peer, Sender>,
    /// When a person last sent something to all peers.
    typed: Option<Instant>,
}

#[derive(Debug)]
struct Sender {
    /// The peer's buckets: beyond the local network, and in it. `None` before the first reply
    /// there.
    buckets: [Option<TokenBucket>; 2],
    conversation: Conversation,
}

impl Sender {
    fn new(now: Instant) -> Self {
        Self {
            buckets: [None; 2],
            conversation: Conversation::new(now),
        }
    }

    fn is_near(&self) -> bool {
        let [_, near] = self.buckets;
        near.is_some()
    }
}

impl Guard {
    pub fn new(limits: Limits, now: Instant) -> Self {
        Self {
            limits,
            all: PLACES.map(|near| Some(full(limits.to_all(near)?, now))),
            peers: HashMap::new(),
            typed: None,
        }
    }

    /// Sets other limits. What was allowed lately still counts, so that a change never lets
    /// more through than either limit does.
    pub fn limit(&mut self, limits: Limits, now: Instant) {
        let before = std::mem::replace(&mut self.limits, limits);
        if before.per_second != limits.per_second {
            self.all = PLACES.map(|near| Some(emptied(limits.to_all(near)?, now)));
        }
        if before.per_peer != limits.per_peer {
            for peer in self.peers.values_mut() {
                for (bucket, near) in peer.buckets.iter_mut().zip(PLACES) {
                    let rate = bucket.and(limits.to_peer(near));
                    *bucket = rate.map(|rate| emptied(rate, now));
                }
            }
        }
    }

    /// Whether an inbound message closes a loop: for a while, the peer has only sent back what
    /// it was sent, or what its messages caused elsewhere and came round, each time at once. To
    /// be asked before each reply, unless the peer opened the connection: then it is a client,
    /// and answering clients is no loop.
    pub fn is_loop(&mut self, peer: Peer, bytes: &[u8], now: Instant) -> bool {
        if !self.limits.breaker {
            return false;
        }
        if let Some(typed) = self.typed.take() {
            self.conversation(peer, now).typed(typed);
        }
        let limits = self.limits;
        let peer = self.peers.get_mut(&peer);
        peer.is_some_and(|peer| {
            let limit = limits.to_peer(peer.is_near());
            peer.conversation.is_loop(bytes, limit, now)
        })
    }

    /// Records that the peer went on without an answer, so that it is no loop.
    pub fn spare(&mut self, peer: Peer) {
        if let Some(peer) = self.peers.get_mut(&peer) {
            peer.conversation.spare();
        }
    }

    /// Records that a person sent something to this peer, or to all (`None`).
    pub fn typed(&mut self, to: Option<Peer>, now: Instant) {
        match to {
            _ if !self.limits.breaker => {}
            Some(to) => self.conversation(to, now).typed(now),
            None => self.typed = Some(now),
        }
    }

    /// Whether automatic replies may go to this receiver.
    ///
    /// # Errors
    /// Why not.
    pub fn admits(&self, to: Recipient) -> Result<(), Refusal> {
        // A peer without an IP address is on this machine.
        let Some(address) = to.peer.address() else {
            return Ok(());
        };
        let ip = address.ip().to_canonical();
        if address.port() == 0 {
            return Err(Refusal::PortZero);
        }
        if ip.is_multicast() {
            return Err(Refusal::Multicast);
        }
        if to.broadcast || ip == std::net::Ipv4Addr::BROADCAST {
            return Err(Refusal::Broadcast);
        }
        if to.own && !self.limits.own {
            return Err(Refusal::Own);
        }
        Ok(())
    }

    /// Counts a reply against the limits.
    ///
    /// # Errors
    /// Why the reply must not be sent; then it is not counted.
    pub fn allow(&mut self, reply: &Reply<'_>, now: Instant) -> Result<(), Refusal> {
        self.admits(reply.to)?;
        let longest = reply.request.saturating_mul(LARGER);
        if reply.forgeable && !self.limits.larger && reply.before + reply.bytes.len() > longest {
            return Err(Refusal::Larger);
        }
        let limits = self.limits;
        let mut peer = None;
        if let Some(rate) = limits.to_peer(reply.near) {
            self.make_room(now);
            let known = self.peers.entry(reply.to.peer);
            let [beyond, near] = &mut known.or_insert_with(|| Sender::new(now)).buckets;
            let bucket = if reply.near { near } else { beyond };
            let bucket = bucket.get_or_insert_with(|| full(rate, now));
            if !bucket.has(1, now) {
                return Err(Refusal::PeerRate(rate));
            }
            peer = Some(bucket);
        }
        let [beyond, near] = &mut self.all;
        let apart = reply.near && limits.per_second.is_usual();
        let all = if apart { near } else { beyond };
        if let (Some(bucket), Some(rate)) = (&*all, limits.to_all(reply.near))
            && !bucket.has(1, now)
        {
            return Err(Refusal::Rate(rate));
        }
        for bucket in peer.into_iter().chain(all) {
            bucket.take(1, now);
        }
        Ok(())
    }

    /// Records a sent reply.
    pub fn replied(&mut self, to: Peer, bytes: &Arc<[u8]>, now: Instant) {
        if self.limits.breaker {
            self.conversation(to, now).replied(bytes, now);
        }
    }

    /// Records a reply to a message of `asker` that went to another peer.
    pub fn forwarded(&mut self, asker: Peer, bytes: &Arc<[u8]>, now: Instant) {
        if self.limits.breaker {
            self.conversation(asker, now).forwarded(bytes, now);
        }
    }

    fn conversation(&mut self, peer: Peer, now: Instant) -> &mut Conversation {
        self.make_room(now);
        let peer = self.peers.entry(peer);
        &mut peer.or_insert_with(|| Sender::new(now)).conversation
    }

    /// Forgets the peers with full buckets once [`PEERS`] are known; all peers if none has full
    /// buckets.
    fn make_room(&mut self, now: Instant) {
        if self.peers.len() < PEERS {
            return;
        }
        let is_owed = |peer: &Sender| {
            let mut buckets = peer.buckets.iter().flatten();
            buckets.any(|bucket| !bucket.is_full(now))
        };
        self.peers.retain(|_, peer| is_owed(peer));
        if self.peers.len() >= PEERS {
            self.peers.clear();
        }
    }
}

/// A full bucket: a second's worth of replies.
fn full(rate: u32, now: Instant) -> TokenBucket {
    TokenBucket::full(rate.into(), rate.into(), now)
}

/// A bucket after a change of the limit: it holds a hundredth of a second's worth, since a
/// whole turn of the worker has a single time.
fn emptied(rate: u32, now: Instant) -> TokenBucket {
    full(rate, now).holding(Duration::from_millis(10))
}

#[cfg(test)]
mod tests;
