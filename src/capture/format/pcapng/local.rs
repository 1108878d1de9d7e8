//! The local address of each packet, as far as it is known.

use super::packet::address;
use crate::peer::Peer;
use crate::traffic::{Destination, LocalAddresses};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The bound address of the socket, and the local addresses that peers sent to. A socket bound
/// to the unspecified address does not say which address it sends from.
pub(super) struct Local {
    bound: Option<Peer>,
    reached: LocalAddresses,
}

impl Local {
    pub(super) fn new(bound: Option<Peer>) -> Self {
        Self {
            bound,
            reached: LocalAddresses::default(),
        }
    }

    /// The bound address of the socket.
    pub(super) fn bound(&self) -> Option<Peer> {
        self.bound
    }

    /// The local address that a datagram of `peer` arrived at, from the destination the kernel
    /// reported.
    pub(super) fn receiving(&mut self, peer: Peer, destination: Option<Destination>) -> Peer {
        let at = address(peer);
        let Some(ip) = destination.and_then(|to| of_family(to.ip, at)) else {
            return self.sending(peer);
        };
        if !ip.is_multicast() && ip != IpAddr::V4(Ipv4Addr::BROADCAST) {
            self.reached.observe(at, ip);
        }
        SocketAddr::new(ip, self.port()).into()
    }

    /// The local address that a datagram to `peer` left from: the bound one, else the one the
    /// peer sent to, else the peer's for a peer on loopback, else the unspecified one.
    pub(super) fn sending(&self, peer: Peer) -> Peer {
        let bound = match self.bound {
            Some(named @ (Peer::Named(_) | Peer::Unnamed(_))) => return named,
            Some(Peer::Ip(bound)) => Some(bound),
            None => None,
        };
        let peer = address(peer);
        let bound = bound.and_then(|bound| of_family(bound.ip(), peer));
        let ip = bound
            .filter(|ip| !ip.is_unspecified())
            .or_else(|| self.reached.of(peer))
            .unwrap_or_else(|| match peer.ip() {
                ip if ip.is_loopback() => ip,
                IpAddr::V6(ip) if ip.to_ipv4_mapped().is_some_and(|ip| ip.is_loopback()) => {
                    IpAddr::V6(ip)
                }
                IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
                IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
            });
        SocketAddr::new(ip, self.port()).into()
    }

    fn port(&self) -> u16 {
        let bound = self.bound.and_then(Peer::address);
        bound.map_or(0, |bound| bound.port())
    }
}

/// `ip` in the address family of `peer`; `None` if it has none. A dual-stack socket sees IPv4
/// as mapped IPv6 (RFC 4291 §2.5.5.2).
fn of_family(ip: IpAddr, peer: SocketAddr) -> Option<IpAddr> {
    match (ip, peer) {
        (IpAddr::V4(_), SocketAddr::V4(_)) | (IpAddr::V6(_), SocketAddr::V6(_)) => Some(ip),
        (IpAddr::V4(ip), SocketAddr::V6(peer)) => peer
            .ip()
            .to_ipv4_mapped()
            .map(|_| IpAddr::V6(ip.to_ipv6_mapped())),
        (IpAddr::V6(ip), SocketAddr::V4(_)) => ip.to_ipv4_mapped().map(IpAddr::V4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Peer {
        text.parse().unwrap()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_named_socket_is_what_it_is_for_all() {
        let mut local = Local::new(Some(at("unix:/tmp/a.sock")));
        for peer in ["unix:#1", "unix:/tmp/b.sock"] {
            assert_eq!(local.sending(at(peer)), at("unix:/tmp/a.sock"));
            assert_eq!(local.receiving(at(peer), None), at("unix:/tmp/a.sock"));
        }
    }

    #[test]
    fn a_socket_bound_to_all_answers_by_the_address_it_was_reached_at() {
        let mut local = Local::new(Some(at("0.0.0.0:80")));
        assert_eq!(local.sending(at("10.0.0.2:9")), at("0.0.0.0:80"));
        assert_eq!(local.sending(at("127.0.0.1:9")), at("127.0.0.1:80"));
        let unicast = Some((ip("10.0.0.1"), 2).into());
        let group = Some((ip("239.0.0.1"), 2).into());
        assert_eq!(
            local.receiving(at("10.0.0.2:9"), unicast),
            at("10.0.0.1:80")
        );
        assert_eq!(local.receiving(at("10.0.0.2:9"), group), at("239.0.0.1:80"));
        assert_eq!(local.sending(at("10.0.0.2:9")), at("10.0.0.1:80"));
        assert_eq!(local.sending(at("10.0.0.3:9")), at("0.0.0.0:80"));
    }

    #[test]
    fn families_are_those_of_the_peer() {
        let mut local = Local::new(Some(at("[::]:80")));
        let unicast = Some((ip("10.0.0.1"), 2).into());
        let peer = at("[::ffff:10.0.0.2]:9");
        assert_eq!(local.receiving(peer, unicast), at("[::ffff:10.0.0.1]:80"));
        assert_eq!(local.sending(at("[::1]:9")), at("[::1]:80"));
        assert_eq!(local.sending(at("[fe80::1]:9")), at("[::]:80"));
        assert_eq!(local.sending(at("1.2.3.4:9")), at("0.0.0.0:80"));
        assert_eq!(Local::new(None).sending(at("1.2.3.4:9")), at("0.0.0.0:0"));
    }
}
