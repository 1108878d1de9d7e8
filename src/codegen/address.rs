//! The addresses of a program for the other side.

use super::unsupported::Unsupported;
use crate::config::SessionConfig;
use crate::engine::endpoint::{is_of_many, reached};
use crate::engine::{Endpoint, Host, Remote};
use crate::kind::{Addresses, SessionRole};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What the program does with its sockets: the opposite of the session's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PeerRole {
    /// Connects to the session.
    Client,
    /// Waits for the session to connect.
    Server,
    /// Exchanges datagrams.
    Datagrams,
}

/// Where the program sends, and where it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PeerAddresses {
    pub role: PeerRole,
    /// The session's address as a program on the same computer reaches it; `None` if it is not
    /// known before the session has sent something.
    pub session: Option<SocketAddr>,
    /// The program's own address; a client leaves it to the system.
    pub own: Option<SocketAddr>,
}

impl PeerAddresses {
    /// # Errors
    /// If the session has no port that is known, or is no session of IP.
    pub(super) fn of(config: &SessionConfig) -> Result<Self, Unsupported> {
        if config.kind.addresses() == Addresses::Named {
            return Err(Unsupported::UnixSocket);
        }
        let is_stream = config.kind.is_stream();
        let local = match config.local {
            Some(local) => Some(local.address().ok_or(Unsupported::UnixSocket)?),
            None => None,
        };
        // The port 0 is chosen when the session opens.
        let bound = local.filter(|local| local.port() != 0);
        match (config.kind.role(), is_stream) {
            (SessionRole::Client, _) => {
                let remote = endpoint(config.remote.as_ref())?.ok_or(Unsupported::NoPort)?;
                Ok(Self {
                    role: PeerRole::Server,
                    session: None,
                    own: Some(own(&remote, local)?),
                })
            }
            // To its clients, a relay is a server.
            (SessionRole::Server, _) | (SessionRole::Relay, true) => Ok(Self {
                role: PeerRole::Client,
                session: Some(reached(bound.ok_or(Unsupported::NoPort)?)),
                own: None,
            }),
            (SessionRole::Datagrams, _) | (SessionRole::Relay, false) => {
                // A relay's own remote is behind it.
                let target = endpoint(config.target.as_ref())?;
                Self::datagrams(bound, target.as_ref())
            }
        }
    }

    fn datagrams(
        bound: Option<SocketAddr>,
        target: Option<&Endpoint>,
    ) -> Result<Self, Unsupported> {
        let own = target.map(|target| own(target, bound)).transpose()?;
        let session = match (bound, own) {
            (None, None) => return Err(Unsupported::NoPort),
            // Bound to both families, it is reached by that of its target.
            (Some(bound), Some(own))
                if bound.ip().is_unspecified() && bound.is_ipv4() != own.is_ipv4() =>
            {
                Some(SocketAddr::new(loopback(own.is_ipv6()), bound.port()))
            }
            (bound, _) => bound.map(reached),
        };
        let own = match (session, own) {
            (Some(session), Some(own)) if session.is_ipv6() == own.is_ipv6() => own,
            (Some(session), _) => {
                SocketAddr::new(local_beside(session.ip()), own.map_or(0, |own| own.port()))
            }
            (None, Some(own)) => own,
            (None, None) => return Err(Unsupported::NoPort),
        };
        Ok(Self {
            role: PeerRole::Datagrams,
            session,
            own: Some(own),
        })
    }
}

/// The endpoint of a remote.
fn endpoint(remote: Option<&Remote>) -> Result<Option<Endpoint>, Unsupported> {
    match remote {
        Some(remote) => match remote.clone().endpoint() {
            Some(endpoint) => Ok(Some(endpoint)),
            None => Err(Unsupported::UnixSocket),
        },
        None => Ok(None),
    }
}

/// The address that the program binds so that the session reaches it at this endpoint.
fn own(endpoint: &Endpoint, local: Option<SocketAddr>) -> Result<SocketAddr, Unsupported> {
    let ip = match &endpoint.host {
        Host::Ip { ip, .. } if ip.is_multicast() => return Err(Unsupported::Group),
        Host::Ip { ip, .. } if is_of_many(*ip) => Ipv4Addr::UNSPECIFIED.into(),
        Host::Ip { ip, .. } => local_beside(ip.to_canonical()),
        Host::Name(name) => {
            let is_ipv6 = local.is_some_and(|local| local.is_ipv6());
            match name == "localhost" {
                true => loopback(is_ipv6),
                false => any(is_ipv6),
            }
        }
    };
    Ok(SocketAddr::new(ip, endpoint.port))
}

/// The address to bind where this one is to be reached, or to reach: loopback stays, anything else
/// may not be an address of the computer that the program runs on.
fn local_beside(ip: IpAddr) -> IpAddr {
    match ip.is_loopback() || ip.is_unspecified() {
        true => loopback(ip.is_ipv6()),
        false => any(ip.is_ipv6()),
    }
}

fn loopback(is_ipv6: bool) -> IpAddr {
    match is_ipv6 {
        true => Ipv6Addr::LOCALHOST.into(),
        false => Ipv4Addr::LOCALHOST.into(),
    }
}

fn any(is_ipv6: bool) -> IpAddr {
    match is_ipv6 {
        true => Ipv6Addr::UNSPECIFIED.into(),
        false => Ipv4Addr::UNSPECIFIED.into(),
    }
}

/// The IP address as resolvers read it, with the scope of a link-local one.
pub(super) fn host(address: SocketAddr) -> String {
    match address {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{}%{}", v6.ip(), v6.scope_id()),
        _ => address.ip().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Setup;
    use crate::kind::SessionKind;

    fn of(setup: Setup, target: Option<&str>) -> Result<PeerAddresses, Unsupported> {
        let interfaces = crate::engine::Interfaces::default();
        PeerAddresses::of(&SessionConfig {
            target: target.map(|target| Remote::parse(target, &interfaces).unwrap()),
            ..SessionConfig::from(setup)
        })
    }

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_server_gets_a_client_and_a_client_a_server() {
        let server = of(Setup::tcp_server(address("0.0.0.0:9000")), None).unwrap();
        assert_eq!(
            (server.role, server.session, server.own),
            (PeerRole::Client, Some(address("127.0.0.1:9000")), None)
        );
        let remote = Endpoint::from(address("[::1]:80"));
        let client = of(Setup::tcp_client(remote), None).unwrap();
        assert_eq!(
            (client.role, client.session, client.own),
            (PeerRole::Server, None, Some(address("[::1]:80")))
        );
        // The program runs on another computer, whatever addresses it has there.
        let remote = Endpoint::from(address("192.0.2.1:80"));
        let client = of(Setup::tcp_client(remote), None).unwrap();
        assert_eq!(client.own, Some(address("0.0.0.0:80")));
    }

    #[test]
    fn datagrams_need_the_port_of_either_side() {
        let udp = |local: &str, target| {
            let found = of(Setup::udp(address(local)), target)?;
            Ok((found.session, found.own.unwrap()))
        };
        let session = Some(address("127.0.0.1:9000"));
        assert_eq!(
            udp("127.0.0.1:9000", Some("127.0.0.1:9001")),
            Ok((session, address("127.0.0.1:9001")))
        );
        assert_eq!(
            udp("0.0.0.0:9000", None),
            Ok((session, address("127.0.0.1:0")))
        );
        assert_eq!(
            udp("0.0.0.0:0", Some("127.0.0.1:9001")),
            Ok((None, address("127.0.0.1:9001")))
        );
        assert_eq!(
            udp("[::]:9000", Some("127.0.0.1:9001")),
            Ok((session, address("127.0.0.1:9001")))
        );
        assert_eq!(udp("0.0.0.0:0", None), Err(Unsupported::NoPort));
        assert_eq!(
            udp("0.0.0.0:9000", Some("239.1.2.3:9001")),
            Err(Unsupported::Group)
        );
    }

    #[test]
    fn a_port_that_the_system_chooses_is_not_known() {
        let setup = Setup::tcp_server(address("127.0.0.1:0"));
        assert_eq!(of(setup, None), Err(Unsupported::NoPort));
    }

    #[test]
    fn unix_sockets_have_no_address_to_write() {
        let name = crate::peer::Name::new(b"/tmp/a").unwrap();
        let local = crate::peer::Peer::Named(name);
        let setup = Setup::bound(SessionKind::UnixServer, local);
        assert_eq!(of(setup, None), Err(Unsupported::UnixSocket));
    }
}
