//! What keeps replies without a click from doing harm: limits, and an end to loops.
//!
//! Two programs that answer everything talk for ever once one datagram is sent, even a
//! forged one (CVE-2024-2169); one that answers with more than it was asked is a weapon
//! in the hands of whoever forges the sender's address.

mod conversation;
mod limits;
mod pauses;

use super::pacing::TokenBucket;
use crate::peer::Peer;
pub use crate::traffic::Refusal;
use conversation::Conversation;
pub use limits::{Limits, NEARBY, ReplyRate};
pub use pauses::{PAUSE, Pause, Pauses, Silenced};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A reply may be so many times as long as what it answers (RFC 9000, 8.1).
const LARGER: usize = 3;
/// Peers remembered; whoever's allowance is whole needs not be.
const PEERS: usize = 65_536;
/// Beyond the local network, and in it.
const PLACES: [bool; 2] = [false, true];

/// A reply that is about to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    pub to: Peer,
    pub bytes: &'a [u8],
    /// Bytes of other replies to the same.
    pub before: usize,
    /// Bytes of what it answers.
    pub request: usize,
    /// Whether the address is a subnet's broadcast address, or one of our own sockets.
    pub broadcast: bool,
    pub own: bool,
    /// Whether the address is known to be this machine's, or of the local network.
    pub near: bool,
    /// Whether the sender's address could be forged and is another machine's: UDP beyond
    /// loopback.
    pub forgeable: bool,
}

#[derive(Debug)]
pub struct Guard {
    limits: Limits,
    /// What may go to all beyond the local network and in it; where the same number is for
    /// both, the first is.
    all: [Option<TokenBucket>; 2],
    peers: HashMap<Peer, Sender>,
    /// When a person last sent something to all peers.
    typed: Option<Instant>,
}

#[derive(Debug)]
struct Sender {
    /// What may go to it as somebody beyond the local network, and as somebody in it; once
    /// something did.
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

    /// Has other limits from now on. What was allowed lately counts on: a change must not
    /// let more through than either limit does.
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

    /// Whether what was inbound ends a loop: for a while the peer has sent nothing but what
    /// it was sent, or what went out because of it and came round, each time at once. To be
    /// asked before answering, unless the peer opened the connection: that is a client, and
    /// who answers clients is no loop.
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

    /// The peer went on while it was not answered, and is no loop.
    pub fn spare(&mut self, peer: Peer) {
        if let Some(peer) = self.peers.get_mut(&peer) {
            peer.conversation.spare();
        }
    }

    /// A person sent something to this peer, or to all.
    pub fn typed(&mut self, to: Option<Peer>, now: Instant) {
        match to {
            _ if !self.limits.breaker => {}
            Some(to) => self.conversation(to, now).typed(now),
            None => self.typed = Some(now),
        }
    }

    /// Whether anything may go to this address by itself.
    ///
    /// # Errors
    /// Why not.
    pub fn admits(&self, to: Peer, broadcast: bool, own: bool) -> Result<(), Refusal> {
        // Whatever has no address is on this machine.
        let Some(to) = to.address() else {
            return Ok(());
        };
        let ip = to.ip().to_canonical();
        if to.port() == 0 {
            return Err(Refusal::PortZero);
        }
        if ip.is_multicast() {
            return Err(Refusal::Multicast);
        }
        if broadcast || ip == std::net::Ipv4Addr::BROADCAST {
            return Err(Refusal::Broadcast);
        }
        if own && !self.limits.own {
            return Err(Refusal::Own);
        }
        Ok(())
    }

    /// # Errors
    /// Why it must not go; then nothing is counted.
    pub fn allow(&mut self, reply: &Reply<'_>, now: Instant) -> Result<(), Refusal> {
        self.admits(reply.to, reply.broadcast, reply.own)?;
        let longest = reply.request.saturating_mul(LARGER);
        if reply.forgeable && !self.limits.larger && reply.before + reply.bytes.len() > longest {
            return Err(Refusal::Larger);
        }
        let limits = self.limits;
        let mut peer = None;
        if let Some(rate) = limits.to_peer(reply.near) {
            self.make_room(now);
            let known = self.peers.entry(reply.to);
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

    /// A reply went out.
    pub fn replied(&mut self, to: Peer, bytes: &Arc<[u8]>, now: Instant) {
        if self.limits.breaker {
            self.conversation(to, now).replied(bytes, now);
        }
    }

    /// A reply to what this peer sent went out to somebody else.
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

    /// Forgets peers of whom nothing needs to be known.
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

/// What may go at first: a second's worth.
fn full(rate: u32, now: Instant) -> TokenBucket {
    TokenBucket::full(rate.into(), rate.into(), now)
}

/// What may go after a change of the limit: what comes in a hundredth of a second, since all of
/// a worker's turn has one time.
fn emptied(rate: u32, now: Instant) -> TokenBucket {
    full(rate, now).holding(Duration::from_millis(10))
}

#[cfg(test)]
mod tests;
