//! The kind of session, and its addresses.

use crate::kind::{SessionKind, SessionRole};
use serde::{Deserialize, Serialize};

/// The kind and addresses of the session to open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkDraft {
    pub kind: SessionKind,
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
    /// Whether each write of TCP is sent at once (TCP_NODELAY).
    pub nodelay: bool,
    /// Whether a client reconnects whenever it has no connection.
    pub reconnect: bool,
    /// The networks whose addresses may use a relay, with commas or spaces between them; if empty,
    /// every address may.
    pub allow: String,
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
            kind: SessionKind::Udp,
            local_host: "127.0.0.1".into(),
            local_port: "8080".into(),
            client_host: String::new(),
            client_port: String::new(),
            remote_host: "127.0.0.1".into(),
            remote_port: "8080".into(),
            local_name: "/tmp/netpeer.sock".into(),
            remote_name: "/tmp/netpeer.sock".into(),
            close_with_peer: true,
            nodelay: true,
            reconnect: false,
            allow: String::new(),
            relayed: Relayed::Udp,
        }
    }
}

impl NetworkDraft {
    /// Proposes a local port that is none of `taken`, and a relay's target that is neither that
    /// port nor one of `taken`.
    pub fn propose(&mut self, taken: &[u16]) {
        let is_free = |port: &String| taken.iter().all(|taken| taken.to_string() != *port);
        if let Some(port) = upward(8080).find(is_free) {
            self.local_port = port;
        }
        let is_own = |port: &String| *port == self.local_port || !is_free(port);
        if self.kind.role() == SessionRole::Relay && is_own(&self.remote_port) {
            let other = upward(8888).find(|port| !is_own(port));
            self.remote_port = other.unwrap_or_default();
        }
    }

    /// Migrates a draft of older settings.
    pub fn migrated(mut self) -> Self {
        let relayed = std::mem::take(&mut self.relayed);
        if (self.kind, relayed) == (SessionKind::RelayUdp, Relayed::Tcp) {
            self.kind = SessionKind::RelayTcp;
        }
        self
    }
}

fn upward(first: u16) -> impl Iterator<Item = String> {
    (first..=u16::MAX).map(|port| port.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed(kind: SessionKind, taken: &[u16]) -> [String; 2] {
        let mut draft = NetworkDraft {
            kind,
            ..NetworkDraft::default()
        };
        draft.propose(taken);
        [draft.local_port, draft.remote_port]
    }

    #[test]
    fn a_port_that_is_taken_is_not_proposed() {
        assert_eq!(proposed(SessionKind::Udp, &[]), ["8080", "8080"]);
        assert_eq!(
            proposed(SessionKind::TcpServer, &[8081, 8080]),
            ["8082", "8080"]
        );
        // A client connects to the server that listens there.
        assert_eq!(proposed(SessionKind::TcpClient, &[8080])[1], "8080");
    }

    #[test]
    fn no_relay_to_itself_or_to_an_open_port_is_proposed() {
        assert_eq!(proposed(SessionKind::RelayTcp, &[]), ["8080", "8888"]);
        assert_eq!(proposed(SessionKind::RelayUdp, &[8080]), ["8081", "8888"]);
        assert_eq!(
            proposed(SessionKind::RelayUdp, &[8080, 8888]),
            ["8081", "8889"]
        );
    }
}
