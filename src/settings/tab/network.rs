//! The kind of session, and its addresses.

use crate::kind::Kind;
use serde::{Deserialize, Serialize};

/// The kind and addresses of the session to open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkDraft {
    pub kind: Kind,
    pub local_host: String,
    pub local_port: String,
    /// The local address of a TCP client; if empty, the system chooses.
    pub client_host: String,
    pub client_port: String,
    pub remote_host: String,
    pub remote_port: String,
    /// The name that a Unix socket is bound to, and the name that a client connects to.
    pub local_name: String,
    pub remote_name: String,
    pub close_with_peer: bool,
    /// Whether a client reconnects whenever it has no connection.
    pub reconnect: bool,
    /// The protocol of a relay, in old settings that have only one kind of relay.
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
    /// Migrates a draft of older settings.
    pub fn migrated(mut self) -> Self {
        let relayed = std::mem::take(&mut self.relayed);
        if (self.kind, relayed) == (Kind::RelayUdp, Relayed::Tcp) {
            self.kind = Kind::RelayTcp;
        }
        self
    }
}
