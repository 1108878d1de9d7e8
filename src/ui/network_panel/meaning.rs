//! What the fields mean together, and what is wrong with each.

use crate::config::socket_name;
use crate::engine::endpoint::{self, HostError, PortError, socket_address};
use crate::engine::{Endpoint, Host, Remote, Setup};
use crate::kind::{Addresses, Role};
use crate::peer::{NameError, Peer};
use crate::settings::preferences::Terms;
use crate::settings::tab::NetworkDraft;
use crate::ui::Look;
use crate::{explain, say};
use std::net::{Ipv4Addr, SocketAddr};

/// What is wrong with each field, in words; `None` where nothing is.
#[derive(Default)]
pub(super) struct Faults {
    pub(super) local_host: Option<String>,
    pub(super) local_port: Option<String>,
    pub(super) remote_host: Option<String>,
    pub(super) remote_port: Option<String>,
}

impl NetworkDraft {
    /// The setup, if nothing is wrong.
    pub(super) fn setup(&self, look: Look<'_>, terms: Terms) -> (Option<Setup>, Faults) {
        let mut faults = Faults::default();
        let local = self.local(look, &mut faults);
        let remote = self.remote(look, &mut faults);
        let reconnects = self.kind.role() == Role::Client && self.reconnect;
        let setup = local.zip(remote).map(|(local, remote)| Setup {
            kind: self.kind,
            local,
            remote,
            receiving: terms.receiving,
            timeout: terms.connect_timeout,
            idle: Setup::IDLE,
            close_with_peer: self.close_with_peer,
            reconnect: reconnects.then_some(Setup::RECONNECT),
        });
        (setup, faults)
    }

    /// The far side of a client, or a relay's target; `Some(None)` for those without one.
    fn remote(&self, look: Look<'_>, faults: &mut Faults) -> Option<Option<Remote>> {
        match (self.kind.role(), self.kind.addresses()) {
            (Role::Datagrams | Role::Server, _) => Some(None),
            (Role::Client | Role::Relay, Addresses::Internet) => {
                let endpoint = self.endpoint(look, faults)?;
                Some(Some(Remote::Endpoint(endpoint)))
            }
            (Role::Client | Role::Relay, Addresses::Named) => {
                let name = socket_name(&self.remote_name);
                faults.remote_host = name
                    .err()
                    .map(|error| explain::name_error(look.lang, error));
                name.ok().map(|name| Some(Remote::Named(name)))
            }
        }
    }

    /// The local address; `Some(None)` where the system chooses.
    fn local(&self, look: Look<'_>, faults: &mut Faults) -> Option<Option<Peer>> {
        let role = self.kind.role();
        match self.kind.addresses() {
            Addresses::Internet => Some(self.address(look, faults)?.map(Peer::from)),
            Addresses::Named if role == Role::Client => Some(None),
            Addresses::Named => {
                let name = match socket_name(&self.local_name) {
                    Err(NameError::Empty) if role == Role::Datagrams => return Some(None),
                    name => name,
                };
                faults.local_host = name
                    .err()
                    .map(|error| explain::name_error(look.lang, error));
                name.ok().map(|name| Some(Peer::Named(name)))
            }
        }
    }

    fn endpoint(&self, look: Look<'_>, faults: &mut Faults) -> Option<Endpoint> {
        let host = Host::parse(&self.remote_host, look.interfaces);
        let port = endpoint::parse_port(&self.remote_port);
        let host_error = host.as_ref().err();
        faults.remote_host = host_error.map(|error| explain::host_error(look.lang, error));
        let port_error = port.as_ref().err();
        faults.remote_port = port_error.map(|error| explain::port_error(look.lang, *error));
        let (host, port) = (host.ok()?, port.ok()?);
        Some(Endpoint { host, port })
    }

    /// The local address; `Some(None)` if a TCP client leaves it to the system.
    fn address(&self, look: Look<'_>, faults: &mut Faults) -> Option<Option<SocketAddr>> {
        let (host, port) = match self.kind.role() {
            Role::Client => (self.client_host.trim(), self.client_port.trim()),
            _ => (self.local_host.as_str(), self.local_port.as_str()),
        };
        let optional = self.kind.role() == Role::Client;
        let port = match endpoint::parse_local_port(port) {
            Err(PortError::Empty) if optional => Ok(0),
            other => other,
        };
        faults.local_port = port
            .as_ref()
            .err()
            .map(|error| explain::port_error(look.lang, *error));
        let ip = match Host::parse(host, look.interfaces) {
            Err(HostError::Empty) if optional => Ok(None),
            Ok(Host::Ip { ip, scope }) => Ok(Some((ip, scope))),
            Ok(Host::Name(name)) if name.eq_ignore_ascii_case("localhost") => {
                Ok(Some((Ipv4Addr::LOCALHOST.into(), 0)))
            }
            Ok(Host::Name(_)) => Err(say!(look.lang, "network.local_name")),
            Err(error) => Err(explain::host_error(look.lang, &error)),
        };
        faults.local_host = ip.as_ref().err().cloned();
        match (ip.ok()?, port.ok()?) {
            (None, 0) => Some(None),
            (None, port) => Some(Some(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))),
            (Some((ip, scope)), port) => Some(Some(socket_address(ip, scope, port))),
        }
    }
}
