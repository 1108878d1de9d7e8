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
pub use limits::{Limits, ON_LINK_RATE, ReplyRate};
pub use pauses::{EndedPause, PAUSE, Pause, PauseState, PausedRule, Pauses};
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
    pub is_local_socket: bool,
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
    pub on_link: bool,
    /// Whether the sender's address could be forged and belongs to another machine: UDP outside
    /// loopback.
    pub forgeable: bool,
}

#[derive(Debug)]
pub struct Guard {
    limits: Limits,
    /// The buckets for all peers: off-link and on-link (RFC 4861). If one number holds for
    /// both, the first bucket is used.
    all: [Option<TokenBucket>; 2],
    peers: HashMap<Peer, PeerState>,
    /// When a person last sent something to all peers.
    user_sent: Option<Instant>,
}

#[derive(Debug)]
struct PeerState {
    /// The peer's buckets: off-link and on-link. `None` before the first reply
    /// there.
    buckets: [Option<TokenBucket>; 2],
    conversation: Conversation,
}

impl PeerState {
    fn new(now: Instant) -> Self {
        Self {
            buckets: [None; 2],
            conversation: Conversation::new(now),
        }
    }

    fn is_on_link(&self) -> bool {
        let [_, on_link] = self.buckets;
        on_link.is_some()
    }
}

impl Guard {
    pub fn new(limits: Limits, now: Instant) -> Self {
        Self {
            limits,
            all: PLACES.map(|on_link| Some(full(limits.to_all(on_link)?, now))),
            peers: HashMap::new(),
            user_sent: None,
        }
    }

    /// Sets other limits. Recent replies still count, so that a change never lets more through than
    /// either limit does.
    pub fn set_limits(&mut self, limits: Limits, now: Instant) {
        let before = std::mem::replace(&mut self.limits, limits);
        if before.per_second != limits.per_second {
            self.all = PLACES.map(|on_link| Some(emptied(limits.to_all(on_link)?, now)));
        }
        if before.per_peer != limits.per_peer {
            for peer in self.peers.values_mut() {
                for (bucket, on_link) in peer.buckets.iter_mut().zip(PLACES) {
                    let rate = bucket.and(limits.to_peer(on_link));
                    *bucket = rate.map(|rate| emptied(rate, now));
                }
            }
        }
    }

    /// Whether an inbound message closes a loop: for a while, the peer has only returned our
    /// messages, or forwarded messages that came round, each time at once. Called for
    /// each inbound message, unless the peer opened the connection: then it is a client, and
    /// answering clients is no loop.
    pub fn is_loop(&mut self, peer: Peer, bytes: &[u8], now: Instant) -> bool {
        if !self.limits.breaker {
            return false;
        }
        if let Some(user_sent) = self.user_sent.take() {
            self.conversation(peer, now).record_user_send(user_sent);
        }
        let limits = self.limits;
        let peer = self.peers.get_mut(&peer);
        peer.is_some_and(|peer| {
            let limit = limits.to_peer(peer.is_on_link());
            peer.conversation.is_loop(bytes, limit, now)
        })
    }

    /// Records that the peer went on without an answer, so that it is no loop.
    pub fn record_unprompted(&mut self, peer: Peer) {
        if let Some(peer) = self.peers.get_mut(&peer) {
            peer.conversation.record_unprompted();
        }
    }

    /// Records that a person sent something to this peer, or to all (`None`).
    pub fn record_user_send(&mut self, to: Option<Peer>, now: Instant) {
        match to {
            _ if !self.limits.breaker => {}
            Some(to) => self.conversation(to, now).record_user_send(now),
            None => self.user_sent = Some(now),
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
        if to.is_local_socket && !self.limits.own {
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
        if let Some(rate) = limits.to_peer(reply.on_link) {
            self.make_room(now);
            let known = self.peers.entry(reply.to.peer);
            let [off_link, on_link] = &mut known.or_insert_with(|| PeerState::new(now)).buckets;
            let bucket = if reply.on_link { on_link } else { off_link };
            let bucket = bucket.get_or_insert_with(|| full(rate, now));
            if !bucket.has(1, now) {
                return Err(Refusal::PeerRate(rate));
            }
            peer = Some(bucket);
        }
        let [off_link, on_link] = &mut self.all;
        let apart = reply.on_link && limits.per_second.is_usual();
        let all = if apart { on_link } else { off_link };
        if let (Some(bucket), Some(rate)) = (&*all, limits.to_all(reply.on_link))
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
    pub fn record_reply(&mut self, to: Peer, bytes: &Arc<[u8]>, now: Instant) {
        if self.limits.breaker {
            self.conversation(to, now).record_reply(bytes, now);
        }
    }

    /// Records a reply to a message of `requester` that went to another peer.
    pub fn record_forward(&mut self, requester: Peer, bytes: &Arc<[u8]>, now: Instant) {
        if self.limits.breaker {
            self.conversation(requester, now).record_forward(bytes, now);
        }
    }

    fn conversation(&mut self, peer: Peer, now: Instant) -> &mut Conversation {
        self.make_room(now);
        let peer = self.peers.entry(peer);
        &mut peer.or_insert_with(|| PeerState::new(now)).conversation
    }

    /// Forgets the peers with full buckets once [`PEERS`] are known; all peers if none has full
    /// buckets.
    fn make_room(&mut self, now: Instant) {
        if self.peers.len() < PEERS {
            return;
        }
        let is_owed = |peer: &PeerState| {
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
