//! The typed addresses of a tab: parsing, and the error of each field.

use super::{NetworkDraft, SendDraft};
use crate::config::socket_name;
use crate::engine::endpoint::{self, HostError, PortError, socket_address};
use crate::engine::{Endpoint, Host, Interfaces, Remote, Setup};
use crate::kind::{Addresses, SessionKind, SessionRole};
use crate::peer::network::Network;
use crate::peer::{NameError, Peer};
use crate::settings::preferences::{Preferences, Terms};
use std::net::{Ipv4Addr, SocketAddr};

/// Why a typed text is not a valid address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressFault {
    Host(HostError),
    Port(PortError),
    Name(NameError),
    /// A host name where an address of this machine is needed.
    NotOwn,
    /// This text is not a network of IP addresses.
    NotNetwork(String),
}

/// The error of each field; `None` for a valid field.
#[derive(Debug, Default)]
pub struct AddressFaults {
    pub local_host: Option<AddressFault>,
    pub local_port: Option<AddressFault>,
    pub remote_host: Option<AddressFault>,
    pub remote_port: Option<AddressFault>,
    pub allow: Option<AddressFault>,
}

impl NetworkDraft {
    /// The setup of the session. `interfaces` resolves the names of interfaces in addresses.
    ///
    /// # Errors
    /// The errors of the fields.
    pub fn setup(
        &self,
        interfaces: &Interfaces,
        terms: Terms,
    ) -> Result<Setup, Box<AddressFaults>> {
        let mut faults = AddressFaults::default();
        let local = self.local(interfaces, &mut faults);
        let remote = self.remote(interfaces, &mut faults);
        let allowed = self.allowed(&mut faults);
        let reconnects = self.kind.role() == SessionRole::Client && self.reconnect;
        let setup = local
            .zip(remote)
            .zip(allowed)
            .map(|((local, remote), allowed)| Setup {
                kind: self.kind,
                local,
                remote,
                receiving: terms.receiving,
                timeout: terms.connect_timeout,
                idle: Setup::IDLE,
                close_with_peer: self.close_with_peer,
                nodelay: self.nodelay,
                reconnect: reconnects.then_some(Setup::RECONNECT),
                allowed,
            });
        setup.ok_or_else(|| Box::new(faults))
    }

    /// What is wrong with the first field that keeps the session from being opened.
    pub fn first_fault(&self, interfaces: &Interfaces) -> Option<AddressFault> {
        let terms = Preferences::default().terms();
        let faults = self.setup(interfaces, terms).err()?;
        let fields = [
            faults.remote_host,
            faults.remote_port,
            faults.local_host,
            faults.local_port,
            faults.allow,
        ];
        fields.into_iter().flatten().next()
    }

    /// The networks that may use a relay; none for other kinds.
    fn allowed(&self, faults: &mut AddressFaults) -> Option<Vec<Network>> {
        if !self.kind.is_relay() {
            return Some(Vec::new());
        }
        let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；');
        let words = self.allow.split(is_between).filter(|word| !word.is_empty());
        let networks = words.map(|word| word.parse().map_err(|_| word.to_owned()));
        let networks: Result<Vec<Network>, String> = networks.collect();
        faults.allow = networks
            .as_ref()
            .err()
            .cloned()
            .map(AddressFault::NotNetwork);
        networks.ok()
    }

    /// The remote address of a client, or the target of a relay; `Some(None)` for other kinds.
    fn remote(
        &self,
        interfaces: &Interfaces,
        faults: &mut AddressFaults,
    ) -> Option<Option<Remote>> {
        match (self.kind.role(), self.kind.addresses()) {
            (SessionRole::Datagrams | SessionRole::Server, _) => Some(None),
            (SessionRole::Client | SessionRole::Relay, Addresses::Internet) => {
                let endpoint = self.endpoint(interfaces, faults)?;
                Some(Some(Remote::Endpoint(endpoint)))
            }
            (SessionRole::Client | SessionRole::Relay, Addresses::Named) => {
                let name = socket_name(&self.remote_name);
                faults.remote_host = name.err().map(AddressFault::Name);
                name.ok().map(|name| Some(Remote::Named(name)))
            }
        }
    }

    /// The local address; `Some(None)` if the system chooses it.
    fn local(&self, interfaces: &Interfaces, faults: &mut AddressFaults) -> Option<Option<Peer>> {
        let role = self.kind.role();
        match self.kind.addresses() {
            Addresses::Internet => Some(self.address(interfaces, faults)?.map(Peer::from)),
            Addresses::Named if role == SessionRole::Client => Some(None),
            Addresses::Named => {
                let name = match socket_name(&self.local_name) {
                    Err(NameError::Empty) if role == SessionRole::Datagrams => return Some(None),
                    name => name,
                };
                faults.local_host = name.err().map(AddressFault::Name);
                name.ok().map(|name| Some(Peer::Named(name)))
            }
        }
    }

    fn endpoint(&self, interfaces: &Interfaces, faults: &mut AddressFaults) -> Option<Endpoint> {
        let host = Host::parse(&self.remote_host, interfaces);
        let port = endpoint::parse_port(&self.remote_port);
        faults.remote_host = host.as_ref().err().cloned().map(AddressFault::Host);
        faults.remote_port = port.err().map(AddressFault::Port);
        let (host, port) = (host.ok()?, port.ok()?);
        Some(Endpoint { host, port })
    }

    /// The local address; `Some(None)` if the system chooses it.
    fn address(
        &self,
        interfaces: &Interfaces,
        faults: &mut AddressFaults,
    ) -> Option<Option<SocketAddr>> {
        let (host, port) = match self.kind.role() {
            SessionRole::Client => (self.client_host.trim(), self.client_port.trim()),
            _ => (self.local_host.as_str(), self.local_port.as_str()),
        };
        let optional = self.kind.role() == SessionRole::Client;
        let port = match endpoint::parse_local_port(port) {
            Err(PortError::Empty) if optional => Ok(0),
            other => other,
        };
        faults.local_port = port.err().map(AddressFault::Port);
        let ip = match Host::parse(host, interfaces) {
            Err(HostError::Empty) if optional => Ok(None),
            Ok(Host::Ip { ip, scope }) => Ok(Some((ip, scope))),
            Ok(Host::Name(name)) if name.eq_ignore_ascii_case("localhost") => {
                Ok(Some((Ipv4Addr::LOCALHOST.into(), 0)))
            }
            Ok(Host::Name(_)) => Err(AddressFault::NotOwn),
            Err(error) => Err(AddressFault::Host(error)),
        };
        faults.local_host = ip.as_ref().err().cloned();
        match (ip.ok()?, port.ok()?) {
            (None, 0) => Some(None),
            (None, port) => Some(Some(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))),
            (Some((ip, scope)), port) => Some(Some(socket_address(ip, scope, port))),
        }
    }
}

impl SendDraft {
    /// The typed target of datagrams.
    ///
    /// # Errors
    /// The error of the first invalid field.
    pub fn destination(
        &self,
        interfaces: &Interfaces,
        kind: SessionKind,
    ) -> Result<Remote, AddressFault> {
        if kind.addresses() == Addresses::Named {
            let name = socket_name(&self.target_name);
            return name.map(Remote::Named).map_err(AddressFault::Name);
        }
        let host = Host::parse(&self.target_host, interfaces).map_err(AddressFault::Host)?;
        let port = endpoint::parse_port(&self.target_port).map_err(AddressFault::Port)?;
        Ok(Remote::Endpoint(Endpoint { host, port }))
    }
}
