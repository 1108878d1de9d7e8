//! Relay loop detection: two relays that forward everything to each other would pass one datagram
//! round for ever, each time from another new socket.

use crate::engine::sys::port_owner::{is_connected, owner_of};
use crate::engine::sys::socket::Transport;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Number of consecutive new clients with the same first payload and no answer in between, from
/// which on the clients' owner is checked.
const SUSPICIOUS: u32 = 16;
/// How long a looping payload of new clients is blocked.
const STOPPED: Duration = Duration::from_secs(10);

/// The state of loop detection: recent new clients and connections.
#[derive(Debug, Default)]
pub struct LoopCheck {
    /// The first payload of the last new clients (its hash), and their number.
    payload: u64,
    count: u32,
    stopped: Option<(u64, Instant)>,
    /// Number of connections in quick succession, and the time of the last.
    connections: u32,
    connected: Option<Instant>,
    refusing: Option<Instant>,
}

/// Maximum interval of connections in quick succession.
const SOON: Duration = Duration::from_secs(1);

impl LoopCheck {
    /// Whether a new client's first payload loops: its sender is the same process as the upstream,
    /// and its socket is connected, as a relay's upstream sockets are.
    pub fn is_loop(
        &mut self,
        client: SocketAddr,
        target: SocketAddr,
        bytes: &[u8],
        now: Instant,
    ) -> bool {
        self.is_loop_between(bytes, now, || {
            let owner = |address: SocketAddr| owner_of(Transport::Udp, address.port());
            is_connected(client.port())
                && owner(client).is_some_and(|client| Some(client) == owner(target))
        })
    }

    fn is_loop_between(
        &mut self,
        bytes: &[u8],
        now: Instant,
        are_one: impl FnOnce() -> bool,
    ) -> bool {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let payload = hasher.finish();
        if let Some((stopped, until)) = self.stopped {
            if now < until && stopped == payload {
                return true;
            }
            if now >= until {
                self.stopped = None;
            }
        }
        if std::mem::replace(&mut self.payload, payload) != payload {
            self.count = 0;
        }
        self.count += 1;
        let is_loop = self.count == SUSPICIOUS && are_one();
        if is_loop {
            self.stopped = Some((payload, now + STOPPED));
            self.count = 0;
        }
        is_loop
    }

    /// Whether a TCP client is a relay in the process that owns the upstream. `None` if not,
    /// `Some(true)` on the first discovery, `Some(false)` while the loop is already known.
    pub fn is_connection_loop(
        &mut self,
        client: SocketAddr,
        target: SocketAddr,
        now: Instant,
    ) -> Option<bool> {
        self.is_connection_loop_between(now, || {
            let owner = |address: SocketAddr| owner_of(Transport::Tcp, address.port());
            owner(client).is_some_and(|client| {
                client.name == env!("CARGO_PKG_NAME") && Some(client) == owner(target)
            })
        })
    }

    fn is_connection_loop_between(
        &mut self,
        now: Instant,
        are_one: impl FnOnce() -> bool,
    ) -> Option<bool> {
        let last = self.connected.replace(now);
        let follows = last.is_some_and(|last| now.saturating_duration_since(last) < SOON);
        self.connections = if follows { self.connections + 1 } else { 1 };
        let refuses = self.refusing.is_some_and(|until| now < until);
        // Looking up port owners takes time, so it is done at 16, 32, 64 … connections.
        let many = self.connections >= SUSPICIOUS && self.connections.is_power_of_two();
        let looks = refuses || many;
        if !looks || !are_one() {
            return None;
        }
        self.refusing = Some(now + STOPPED);
        Some(!refuses)
    }

    /// Records an answer of the upstream: there is no loop.
    pub fn answered(&mut self) {
        self.count = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_from_new_sockets_of_the_target_is_a_loop() {
        let (mut check, now) = (LoopCheck::default(), Instant::now());
        for number in 1..=SUSPICIOUS {
            let is_loop = check.is_loop_between(b"round", now, || true);
            assert_eq!(is_loop, number == SUSPICIOUS, "{number}");
        }
        assert!(check.is_loop_between(b"round", now, || true));
        assert!(!check.is_loop_between(b"other", now, || true));
        assert!(!check.is_loop_between(b"round", now + STOPPED, || true));
    }

    #[test]
    fn connections_that_each_cause_the_next_are_a_loop() {
        let (mut check, now) = (LoopCheck::default(), Instant::now());
        for number in 1..SUSPICIOUS {
            assert_eq!(
                check.is_connection_loop_between(now, || true),
                None,
                "{number}"
            );
        }
        assert_eq!(check.is_connection_loop_between(now, || true), Some(true));
        assert_eq!(check.is_connection_loop_between(now, || true), Some(false));
        assert_eq!(check.is_connection_loop_between(now, || false), None);
        let later = now + STOPPED;
        assert_eq!(check.is_connection_loop_between(later, || true), None);
    }

    #[test]
    fn clients_of_other_programs_may_all_begin_alike() {
        let (mut check, now) = (LoopCheck::default(), Instant::now());
        assert!((0..2_000).all(|_| !check.is_loop_between(b"ping", now, || false)));
        let mut check = LoopCheck::default();
        for _ in 0..2_000 {
            assert!(!check.is_loop_between(b"ping", now, || true));
            check.answered();
        }
    }
}
