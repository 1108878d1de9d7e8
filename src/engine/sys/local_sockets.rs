//! The local sockets of this process, across all sessions.

use crate::engine::sys::endpoint;
use crate::engine::sys::interfaces::Interfaces;
use crate::peer::Peer;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

static OWN: Mutex<Vec<Peer>> = Mutex::new(Vec::new());

/// Registers a socket as this process's own until it is dropped.
#[derive(Debug)]
pub struct RegisteredSocket(Peer);

impl RegisteredSocket {
    pub fn new(local: impl Into<Peer>) -> Self {
        let local = local.into();
        let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        own.push(local);
        Self(local)
    }
}

impl Drop for RegisteredSocket {
    fn drop(&mut self) {
        let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = own.iter().position(|known| *known == self.0) {
            own.swap_remove(place);
        }
    }
}

/// Whether this address reaches a socket of this process.
pub fn is_own(peer: impl Into<Peer>, interfaces: &Interfaces) -> bool {
    let peer = peer.into();
    let own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    own.iter().any(|local| match (peer, local) {
        (Peer::Ip(address), Peer::Ip(local)) => reaches(address, *local, interfaces),
        (peer, local) => peer == *local,
    })
}

/// Whether a datagram or connection to `address` reaches a socket of this machine bound to
/// `local`.
pub fn reaches(address: SocketAddr, local: SocketAddr, interfaces: &Interfaces) -> bool {
    // Port 0 is not assigned yet, so it cannot be anyone's destination.
    if local.port() == 0 || local.port() != address.port() {
        return false;
    }
    let (ip, bound) = (endpoint::reached(address).ip(), local.ip().to_canonical());
    // A socket bound to `::` also receives IPv4; one bound to 0.0.0.0 receives no IPv6.
    let family = ip.is_ipv4() || bound.is_ipv6();
    let is_here = || ip.is_loopback() || interfaces.iter().any(|own| own.ip == ip);
    bound == ip || bound.is_unspecified() && family && is_here()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_our_own_by_every_address_that_reaches_it() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let interfaces = Interfaces::read();
        // Ports no other test binds.
        let exact = RegisteredSocket::new(address("127.0.0.1:1"));
        let any = RegisteredSocket::new(address("0.0.0.0:2"));
        assert!(is_own(address("127.0.0.1:1"), &interfaces));
        assert!(!is_own(address("127.0.0.2:1"), &interfaces));
        assert!(is_own(address("0.0.0.0:1"), &interfaces));
        assert!(is_own(address("127.0.0.9:2"), &interfaces));
        assert!(is_own(address("[::ffff:127.0.0.1]:2"), &interfaces));
        assert!(!is_own(address("192.0.2.7:2"), &interfaces));
        drop((exact, any));
        assert!(!is_own(address("127.0.0.1:1"), &interfaces));
    }

    #[test]
    fn a_relay_knows_itself_in_every_spelling() {
        let interfaces = Interfaces::read();
        let loops = |local: &str, target: &str| {
            reaches(target.parse().unwrap(), local.parse().unwrap(), &interfaces)
        };
        for (local, target) in [
            ("127.0.0.1:7", "127.0.0.1:7"),
            ("127.0.0.1:7", "0.0.0.0:7"),
            ("127.0.0.1:7", "[::ffff:127.0.0.1]:7"),
            ("0.0.0.0:7", "127.0.0.1:7"),
            ("0.0.0.0:7", "127.9.9.9:7"),
            ("0.0.0.0:7", "0.0.0.0:7"),
            ("[::]:7", "127.0.0.1:7"),
            ("[::]:7", "[::1]:7"),
            ("[::1]:7", "[::]:7"),
        ] {
            assert!(loops(local, target), "{local} {target}");
        }
        for (local, target) in [
            ("127.0.0.1:7", "127.0.0.1:8"),
            ("127.0.0.1:7", "127.0.0.2:7"),
            ("127.0.0.1:7", "[::1]:7"),
            ("0.0.0.0:7", "192.0.2.1:7"),
            ("0.0.0.0:7", "[::1]:7"),
            ("127.0.0.1:0", "127.0.0.1:0"),
        ] {
            assert!(!loops(local, target), "{local} {target}");
        }
        for own in interfaces.iter() {
            let target = SocketAddr::new(own.ip, 7);
            assert!(reaches(target, "[::]:7".parse().unwrap(), &interfaces));
        }
    }
}
