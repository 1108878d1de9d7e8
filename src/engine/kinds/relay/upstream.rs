//! Whom a relay passes things on to.

use crate::engine::context::Context;
use crate::engine::sys::endpoint;
use crate::engine::sys::endpoint::{Endpoint, Host};
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::resolver::Answer;
use crate::traffic::{Cause, Notice, Operation};
use std::net::SocketAddr;

/// A target as it was written.
pub struct Upstream(pub Endpoint);

/// What is known of a target's addresses.
pub enum Found {
    Addresses(Vec<SocketAddr>),
    /// Its name is being looked up.
    Later,
    /// It has none; the row says why.
    None,
}

impl Upstream {
    /// Its addresses; a name is looked up.
    pub fn find(&self, cx: &mut Context<'_>) -> Found {
        match (&self.0.host, self.0.address()) {
            (_, Some(address)) => Found::Addresses(vec![endpoint::reached(address)]),
            (Host::Name(name), None) => match cx.resolver.look_up(name) {
                Ok(()) => Found::Later,
                Err(cause) => {
                    cx.sink.failure(Operation::Resolve, name, cause);
                    Found::None
                }
            },
            (Host::Ip { .. }, None) => Found::None,
        }
    }

    /// A name was looked up; `None` if it is another.
    pub fn resolved(&self, answer: Answer, cx: &mut Context<'_>) -> Option<Found> {
        if !matches!(&self.0.host, Host::Name(name) if *name == answer.host) {
            return None;
        }
        Some(match answer.addresses {
            Ok(ips) => {
                cx.sink.notice(Notice::Resolved {
                    host: answer.host,
                    addresses: ips.clone(),
                });
                let address = |ip| endpoint::reached(endpoint::socket_address(ip, 0, self.0.port));
                Found::Addresses(ips.into_iter().map(address).collect())
            }
            Err(cause) => {
                cx.sink.failure(Operation::Resolve, answer.host, cause);
                Found::None
            }
        })
    }

    /// Whether one of these addresses is that of the relay itself, with a row that says so.
    pub fn is_loop(
        &self,
        local: SocketAddr,
        addresses: &[SocketAddr],
        cx: &mut Context<'_>,
    ) -> bool {
        let is_loop = addresses
            .iter()
            .any(|address| reaches(local, *address, cx.interfaces));
        if is_loop {
            cx.sink
                .failure(Operation::Connect, &self.0, Cause::RelayLoop);
        }
        is_loop
    }
}
/// Whether what is sent to `address` comes to a socket of this machine bound to `local`.
fn reaches(local: SocketAddr, address: SocketAddr, interfaces: &Interfaces) -> bool {
    // Port 0 is not known yet, and then nobody can have it for a target.
    if local.port() == 0 || local.port() != address.port() {
        return false;
    }
    let (bound, ip) = (local.ip().to_canonical(), address.ip().to_canonical());
    // A socket bound to `::` receives IPv4 too; one bound to 0.0.0.0 no IPv6.
    let family = bound.is_ipv4() == ip.is_ipv4() || (bound.is_ipv6() && bound.is_unspecified());
    // Sent to no address in particular, it comes to the loopback address.
    let to_here =
        ip.is_unspecified() || ip.is_loopback() || interfaces.iter().any(|own| own.ip == ip);
    let from_here = bound.is_unspecified() || (ip.is_unspecified() && bound.is_loopback());
    bound == ip || family && to_here && from_here
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_knows_itself_in_every_spelling() {
        let interfaces = Interfaces::read();
        let loops = |local: &str, target: &str| {
            reaches(local.parse().unwrap(), target.parse().unwrap(), &interfaces)
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
            assert!(reaches("[::]:7".parse().unwrap(), target, &interfaces));
        }
    }
}
