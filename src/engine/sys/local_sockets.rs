//! The program's own sockets, of all its sessions.

use crate::engine::sys::endpoint;

use crate::engine::sys::interfaces::Interfaces;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

static OWN: Mutex<Vec<SocketAddr>> = Mutex::new(Vec::new());

/// A socket that is known to be our own, until this is dropped.
#[derive(Debug)]
pub struct Own(SocketAddr);

impl Own {
    pub fn new(local: SocketAddr) -> Self {
        let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        own.push(local);
        Self(local)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = own.iter().position(|known| *known == self.0) {
            own.swap_remove(place);
        }
    }
}

/// Whether one of our sockets is reached by this address.
pub fn is_own(address: SocketAddr, interfaces: &Interfaces) -> bool {
    let own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    let ip = endpoint::reached(address).ip();
    let is_here = || ip.is_loopback() || interfaces.iter().any(|own| own.ip == ip);
    own.iter().any(|local| {
        let bound = local.ip().to_canonical();
        local.port() == address.port() && (bound == ip || bound.is_unspecified() && is_here())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_our_own_by_every_address_that_reaches_it() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let interfaces = Interfaces::read();
        // Ports that nothing else in these tests is bound to.
        let exact = Own::new(address("127.0.0.1:1"));
        let any = Own::new(address("0.0.0.0:2"));
        assert!(is_own(address("127.0.0.1:1"), &interfaces));
        assert!(!is_own(address("127.0.0.2:1"), &interfaces));
        assert!(is_own(address("0.0.0.0:1"), &interfaces));
        assert!(is_own(address("127.0.0.9:2"), &interfaces));
        assert!(is_own(address("[::ffff:127.0.0.1]:2"), &interfaces));
        assert!(!is_own(address("192.0.2.7:2"), &interfaces));
        drop((exact, any));
        assert!(!is_own(address("127.0.0.1:1"), &interfaces));
    }
}
