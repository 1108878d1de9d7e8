//! What keeps replies without a click from doing harm: limits, and an end to loops.
//!
//! Two programs that answer everything talk for ever once one datagram is sent, even a
//! forged one (CVE-2024-2169); one that answers with more than it was asked is a weapon
//! in the hands of whoever forges the sender's address.

use super::bucket::Bucket;
use memchr::memmem;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A reply may be so many times as long as what it answers (RFC 9000, 8.1).
const LARGER: usize = 3;
/// What comes back so soon after a reply may be an answer to it.
const SOON: Duration = Duration::from_millis(20);
/// How long it may take for what looks like a loop to be one.
const WINDOW: Duration = Duration::from_secs(1);
/// So many turns within that time are one: fewer than the usual limit allows, so that the
/// reason is told and not only the limit; at most so many, whatever limits allow.
const TURNS: (u32, u32) = (8, 200);
/// Peers remembered; whoever's allowance is whole needs not be.
const PEERS: usize = 65_536;

/// What replies are limited to. The usual limits suit a person who looks on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Replies a second, in all and to one peer; `None` is no limit.
    pub per_second: Option<u32>,
    pub per_peer: Option<u32>,
    /// Replies of more than three times the request's length may go to other machines.
    pub larger: bool,
    /// Other sessions of this program are answered, too.
    pub own: bool,
    /// A rule that only talks with itself, or with another that answers everything, is
    /// paused.
    pub breaker: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_second: Some(100),
            per_peer: Some(10),
            larger: false,
            own: false,
            breaker: true,
        }
    }
}

impl Limits {
    /// None at all: for those who measure.
    pub fn none() -> Self {
        Self {
            per_second: None,
            per_peer: None,
            larger: true,
            own: true,
            breaker: false,
        }
    }
}

/// Why a reply was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Refusal {
    /// More than so many a second.
    Rate(u32),
    /// More than so many a second to this peer.
    PeerRate(u32),
    Broadcast,
    Multicast,
    PortZero,
    /// The address is one of this program's own sockets.
    Own,
    /// More than three times as long as what it answers.
    Larger,
    /// Too many replies wait for their time.
    Waiting,
}

/// A reply that is about to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    pub to: SocketAddr,
    pub bytes: &'a [u8],
    /// Bytes of other replies to the same.
    pub before: usize,
    /// Bytes of what it answers.
    pub request: usize,
    /// Whether the address is a subnet's broadcast address, or one of our own sockets.
    pub broadcast: bool,
    pub own: bool,
    /// Whether the sender's address could be forged and is another machine's: UDP beyond
    /// loopback.
    pub forgeable: bool,
}

#[derive(Debug)]
pub struct Guard {
    limits: Limits,
    all: Option<Bucket>,
    peers: HashMap<SocketAddr, Peer>,
}

#[derive(Debug)]
struct Peer {
    bucket: Option<Bucket>,
    /// What was last sent to it without a click, and when.
    replied: Option<(Arc<[u8]>, Instant)>,
    /// What was last heard from it.
    heard: Vec<u8>,
    /// Turns in which it only answered, and when the first was.
    turns: u32,
    since: Instant,
}

impl Peer {
    fn new(per_second: Option<u32>, now: Instant) -> Self {
        Self {
            bucket: per_second.map(|rate| Bucket::new(rate, now)),
            replied: None,
            heard: Vec::new(),
            turns: 0,
            since: now,
        }
    }
}

impl Guard {
    pub fn new(limits: Limits, now: Instant) -> Self {
        Self {
            limits,
            all: limits.per_second.map(|rate| Bucket::new(rate, now)),
            peers: HashMap::new(),
        }
    }

    /// Whether what was heard ends a loop: for a while the peer has sent nothing but what
    /// it was sent, or the same again, each time at once. To be asked before answering.
    pub fn is_loop(&mut self, peer: SocketAddr, bytes: &[u8], now: Instant) -> bool {
        if !self.limits.breaker {
            return false;
        }
        let (least, most) = TURNS;
        let turns = self.limits.per_peer.unwrap_or(most);
        let turns = turns.saturating_sub(2).clamp(least, most);
        let Some(known) = self.peers.get_mut(&peer) else {
            return false;
        };
        // A reply is answered once: what comes in a burst answers nothing.
        let answers = known.replied.take().is_some_and(|(reply, at)| {
            let soon = now.saturating_duration_since(at) < SOON;
            // An empty reply is part of everything.
            soon && (known.heard == bytes
                || !reply.is_empty() && memmem::find(bytes, &reply).is_some()
                || reply.is_empty() && bytes.is_empty())
        });
        known.turns = if answers { known.turns + 1 } else { 0 };
        if known.turns <= 1 {
            known.since = now;
        }
        if known.heard != bytes {
            known.heard = bytes.to_vec();
        }
        if now.saturating_duration_since(known.since) > WINDOW {
            (known.turns, known.since) = (1, now);
        }
        known.turns >= turns
    }

    /// Whether anything may go to this address by itself.
    ///
    /// # Errors
    /// Why not.
    pub fn admits(&self, to: SocketAddr, broadcast: bool, own: bool) -> Result<(), Refusal> {
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
        if let Some(rate) = limits.per_peer {
            self.make_room(now);
            let known = self.peers.entry(reply.to);
            let known = known.or_insert_with(|| Peer::new(limits.per_peer, now));
            peer = known.bucket.as_mut();
            if peer.as_mut().is_some_and(|bucket| !bucket.has_one(now)) {
                return Err(Refusal::PeerRate(rate));
            }
        }
        if let (Some(bucket), Some(rate)) = (&mut self.all, limits.per_second)
            && !bucket.has_one(now)
        {
            return Err(Refusal::Rate(rate));
        }
        peer.into_iter().for_each(Bucket::take);
        self.all.iter_mut().for_each(Bucket::take);
        Ok(())
    }

    /// A reply went out.
    pub fn replied(&mut self, to: SocketAddr, bytes: &Arc<[u8]>, now: Instant) {
        if self.limits.breaker {
            self.make_room(now);
            let per_peer = self.limits.per_peer;
            let peer = self.peers.entry(to);
            let peer = peer.or_insert_with(|| Peer::new(per_peer, now));
            peer.replied = Some((Arc::clone(bytes), now));
        }
    }

    /// Forgets peers of whom nothing needs to be known.
    fn make_room(&mut self, now: Instant) {
        if self.peers.len() < PEERS {
            return;
        }
        let is_owed = |peer: &Peer| peer.bucket.is_some_and(|bucket| !bucket.is_full(now));
        self.peers.retain(|_, peer| is_owed(peer));
        if self.peers.len() >= PEERS {
            self.peers.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Duration = Duration::from_millis(1);

    fn address(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    fn reply(to: SocketAddr, bytes: &[u8]) -> Reply<'_> {
        Reply {
            to,
            bytes,
            before: 0,
            request: bytes.len(),
            broadcast: false,
            own: false,
            forgeable: false,
        }
    }

    /// What becomes of replies to `ports` in turn, all at once.
    fn allowed(guard: &mut Guard, ports: impl Iterator<Item = u16>, now: Instant) -> Vec<Refusal> {
        let ask = |port| guard.allow(&reply(address(port), b"x"), now).err();
        ports.filter_map(ask).collect()
    }

    #[test]
    fn ten_a_second_go_to_one_peer_and_a_hundred_to_all() {
        let now = Instant::now();
        let mut guard = Guard::new(Limits::default(), now);
        let refused = allowed(&mut guard, std::iter::repeat_n(1, 25), now);
        assert_eq!(refused, [Refusal::PeerRate(10); 15]);
        let refused = allowed(&mut guard, 2..102, now);
        assert_eq!(refused, [Refusal::Rate(100); 10]);
        // A second later both have their allowance again.
        let refused = allowed(&mut guard, std::iter::repeat_n(1, 11), now + 1000 * MILLI);
        assert_eq!(refused, [Refusal::PeerRate(10)]);
        let refused = allowed(&mut guard, 2..92, now + 1000 * MILLI);
        assert_eq!(refused, []);
    }

    #[test]
    fn a_long_pause_is_no_reserve_and_a_clock_that_jumps_no_harm() {
        let now = Instant::now();
        let mut guard = Guard::new(Limits::default(), now);
        let day = Duration::from_secs(86_400);
        let refused = allowed(&mut guard, std::iter::repeat_n(1, 20), now + day);
        assert_eq!(refused.len(), 10);
        let refused = allowed(&mut guard, std::iter::repeat_n(1, 20), now);
        assert_eq!(refused.len(), 20, "time that goes back gives nothing");
    }

    #[test]
    fn some_addresses_are_never_answered() {
        let now = Instant::now();
        let mut guard = Guard::new(Limits::default(), now);
        let mut refusal = |to: &str, broadcast, own| {
            let to = to.parse().unwrap();
            let reply = Reply {
                broadcast,
                own,
                ..reply(to, b"x")
            };
            guard.allow(&reply, now).err()
        };
        assert_eq!(
            refusal("127.0.0.1:0", false, false),
            Some(Refusal::PortZero)
        );
        assert_eq!(
            refusal("224.0.0.251:5353", false, false),
            Some(Refusal::Multicast)
        );
        assert_eq!(
            refusal("[ff02::1]:5353", false, false),
            Some(Refusal::Multicast)
        );
        assert_eq!(
            refusal("255.255.255.255:9", false, false),
            Some(Refusal::Broadcast)
        );
        assert_eq!(
            refusal("192.168.1.255:9", true, false),
            Some(Refusal::Broadcast)
        );
        assert_eq!(refusal("127.0.0.1:9", false, true), Some(Refusal::Own));
        assert_eq!(refusal("127.0.0.1:9", false, false), None);
    }

    #[test]
    fn a_reply_to_a_forgeable_address_is_at_most_three_times_as_long() {
        let now = Instant::now();
        let ask = |limits, length, request| {
            let bytes = vec![0; length];
            let reply = Reply {
                request,
                forgeable: true,
                ..reply(address(9), &bytes)
            };
            Guard::new(limits, now).allow(&reply, now).err()
        };
        assert_eq!(ask(Limits::default(), 30, 10), None);
        assert_eq!(ask(Limits::default(), 31, 10), Some(Refusal::Larger));
        let larger = Limits {
            larger: true,
            ..Limits::default()
        };
        assert_eq!(ask(larger, 31, 10), None);
    }

    #[test]
    fn several_replies_to_one_request_are_counted_together() {
        let now = Instant::now();
        let mut guard = Guard::new(Limits::default(), now);
        let bytes = [0; 20];
        let mut ask = |before| {
            let reply = Reply {
                before,
                request: 10,
                forgeable: true,
                ..reply(address(9), &bytes)
            };
            guard.allow(&reply, now).err()
        };
        assert_eq!(
            (ask(0), ask(10), ask(11)),
            (None, None, Some(Refusal::Larger))
        );
    }

    /// After how many turns a conversation with a peer is taken for a loop; each turn
    /// takes `pause`, and `echo` says what comes back for what was sent.
    fn turns(limits: Limits, pause: Duration, echo: impl Fn(&[u8], u32) -> Vec<u8>) -> Option<u32> {
        let began = Instant::now();
        let mut guard = Guard::new(limits, began);
        let mut heard = b"hello".to_vec();
        for turn in 0..1_000 {
            let now = began + turn * pause;
            if guard.is_loop(address(9), &heard, now) {
                return Some(turn);
            }
            guard.allow(&reply(address(9), &heard), now).ok()?;
            guard.replied(address(9), &heard.as_slice().into(), now);
            heard = echo(&heard, turn);
        }
        None
    }

    #[test]
    fn two_that_echo_at_each_other_are_a_loop() {
        let same = |sent: &[u8], _| sent.to_vec();
        assert_eq!(turns(Limits::default(), MILLI / 20, same), Some(8));
        let grows = |sent: &[u8], _| [b"from server: ", sent].concat();
        assert_eq!(turns(Limits::default(), MILLI, grows), Some(8));
        let fixed = |_: &[u8], _| b"OK".to_vec();
        assert_eq!(turns(Limits::default(), MILLI, fixed), Some(9));
        let fast = Limits {
            per_peer: Some(1_000_000),
            per_second: None,
            ..Limits::default()
        };
        assert_eq!(turns(fast, MILLI / 20, same), Some(200));
    }

    #[test]
    fn a_client_that_asks_something_else_each_time_is_no_loop() {
        let fast = Limits {
            per_peer: None,
            per_second: None,
            ..Limits::default()
        };
        let counting = |_: &[u8], turn: u32| format!("question {turn}").into_bytes();
        assert_eq!(turns(fast, MILLI / 20, counting), None);
        // Nor is one that says the same from time to time.
        let heartbeat = |_: &[u8], _| b"ping".to_vec();
        assert_eq!(turns(Limits::default(), 100 * MILLI, heartbeat), None);
    }

    #[test]
    fn a_burst_of_the_same_is_no_loop() {
        let now = Instant::now();
        let mut guard = Guard::new(Limits::default(), now);
        for _ in 0..10 {
            guard.allow(&reply(address(9), b"x"), now).unwrap();
            guard.replied(address(9), &b"x"[..].into(), now);
            let burst: Vec<bool> = (0..9)
                .map(|_| guard.is_loop(address(9), b"x", now))
                .collect();
            assert_eq!(burst, [false; 9]);
        }
    }

    #[test]
    fn what_is_remembered_of_peers_is_bounded() {
        let now = Instant::now();
        let mut guard = Guard::new(Limits::none(), now);
        for peer in 0..200_000_u32 {
            let [a, b, c, d] = peer.to_be_bytes();
            let to = ([10, b, c, d], 1000 + u16::from(a)).into();
            guard.allow(&reply(to, b"x"), now).unwrap();
        }
        assert!(guard.peers.len() <= PEERS);
    }
}
