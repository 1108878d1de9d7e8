//! What a session knows that bears on a silence, as evidence for the doctor.

mod history;

use super::{Session, SessionRole};
use crate::engine::evidence::{
    Count, JoinedGroup, MOST, OpenConnection, Question, SessionFacts, SessionSettings, Transport,
};
use crate::engine::{REPORTS_DROPS, Remote};
use crate::kind::Addresses;
use crate::peer::Peer;
use crate::traffic::{Micros, Volume};
use history::History;
use std::net::SocketAddr;

impl Session {
    /// The facts at this time of the rows. `settings` are those that the front end has.
    pub fn facts(&self, now: Micros, settings: SessionSettings) -> SessionFacts {
        let history = History::of(&self.log, now);
        let open = self.connections.values().rev().take(MOST);
        let connections: Vec<OpenConnection> = open
            .filter_map(|known| {
                Some(OpenConnection {
                    local: known.local.and_then(Peer::address),
                    peer: known.peer.address()?,
                    sent: known.sent.bytes,
                    received: known.received.bytes,
                })
            })
            .collect();
        let total = self.log.total();
        let groups = self.groups().iter().map(|joined| JoinedGroup {
            group: joined.group,
            interface: (!joined.interface.is_empty()).then(|| joined.interface.clone()),
        });
        let unsent = self.connections.values().map(|known| known.unsent as u64);
        SessionFacts {
            open: self.is_open(),
            is_server: self.kind.role() == SessionRole::Server,
            is_connected: !self.connections.is_empty(),
            local: self.local.and_then(Peer::address),
            groups: groups.collect(),
            sent: count(self.totals.sent, total.sent),
            received: count(self.totals.received, total.received),
            dropped: self.totals.known_drops(REPORTS_DROPS),
            unsent: unsent.sum(),
            connections,
            settings,
            ..history.facts()
        }
    }

    /// The question why this session is silent; `None` for Unix sockets.
    pub fn question(&self) -> Option<Question> {
        if self.kind.addresses() != Addresses::Internet {
            return None;
        }
        let transport = match self.is_stream {
            true => Transport::Tcp,
            false => Transport::Udp,
        };
        Some(Question::Session {
            transport,
            local: self.local.and_then(Peer::address),
            to: self.silent_peer(),
            from: None,
        })
    }

    /// The peer that is waited for: that of the newest connection, the target, or the peer that
    /// was sent to last.
    fn silent_peer(&self) -> Option<SocketAddr> {
        let connected = || self.connections.values().next_back()?.peer.address();
        let remote = || match self.remote.as_ref()? {
            Remote::Endpoint(endpoint) => endpoint.address(),
            Remote::Named(_) => None,
        };
        match self.kind.role() {
            SessionRole::Datagrams => history::last_sent_to(&self.log),
            SessionRole::Client | SessionRole::Relay => connected().or_else(remote),
            SessionRole::Server => connected(),
        }
    }
}

/// Counters can be reset, and the log is trimmed: each is a lower bound of the messages.
fn count(volume: Volume, rows: u64) -> Count {
    Count {
        messages: volume.records.max(rows),
        bytes: volume.bytes,
    }
}

#[cfg(test)]
mod tests;
