//! Which kind of session, and its addresses.

use crate::kind::Kind;
use serde::{Deserialize, Serialize};

/// What the user is about to open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkDraft {
    pub kind: Kind,
    pub local_host: String,
    pub local_port: String,
    /// Where a TCP client's connection leaves from; empty: the system chooses.
    pub client_host: String,
    pub client_port: String,
    pub remote_host: String,
    pub remote_port: String,
    /// Where a Unix socket is bound, and whom a client connects to.
    pub local_name: String,
    pub remote_name: String,
    pub close_with_peer: bool,
    /// Whether a client connects again whenever it has no connection.
    pub reconnect: bool,
    /// What a relay passes on, in settings that know one kind of relay.
    #[serde(skip_serializing)]
    pub(super) relayed: Relayed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Relayed {
    #[default]
    Udp,
    Tcp,
}

impl Default for NetworkDraft {
    fn default() -> Self {
        Self {
            kind: Kind::Udp,
            local_host: "127.0.0.1".into(),
            local_port: "8080".into(),
            client_host: String::new(),
            client_port: String::new(),
            remote_host: "127.0.0.1".into(),
            remote_port: "8080".into(),
            local_name: "/tmp/netpeer.sock".into(),
            remote_name: "/tmp/netpeer.sock".into(),
            close_with_peer: true,
            reconnect: false,
            relayed: Relayed::Udp,
        }
    }
}

impl NetworkDraft {
    /// The same, where it was read from settings of before.
    pub fn migrated(mut self) -> Self {
        let relayed = std::mem::take(&mut self.relayed);
        if (self.kind, relayed) == (Kind::RelayUdp, Relayed::Tcp) {
            self.kind = Kind::RelayTcp;
        }
        self
    }
}
