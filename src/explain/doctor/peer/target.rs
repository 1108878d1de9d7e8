//! The far end that a question is about.

use crate::engine::endpoint::{canonical, is_of_many, reached};
use crate::engine::evidence::{
    ConnectionFacts, Evidence, Owner, Sample, SessionFacts, SocketRow, Transport,
};
use std::net::SocketAddr;

/// States of connections (net/tcp_states.h).
pub(super) const ESTABLISHED: u8 = 0x01;
/// Our FIN is acknowledged, and so is everything before it.
const FIN_WAIT2: u8 = 0x05;
const CLOSE_WAIT: u8 = 0x08;

/// One far end, with the evidence about it.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub evidence: &'a Evidence,
    /// The address that is reached: loopback for the unspecified one.
    pub to: SocketAddr,
    pub is_tcp: bool,
}

impl<'a> Target<'a> {
    /// `None` if the question is about no far end, or about many.
    pub fn of(evidence: &'a Evidence) -> Option<Self> {
        let to = reached(evidence.question.to()?);
        let is_one = !is_of_many(to.ip()) && !evidence.path.is_broadcast && to.port() != 0;
        is_one.then_some(Self {
            evidence,
            to,
            is_tcp: evidence.question.transport() == Transport::Tcp,
        })
    }

    pub fn session(&self) -> Option<&'a SessionFacts> {
        self.evidence.session.as_ref()
    }

    /// Our own address, if it is known.
    pub fn local(&self) -> Option<SocketAddr> {
        let session = || self.session()?.local;
        self.evidence.question.local().or_else(session)
    }

    /// Whether the session has a connection with it.
    pub fn is_connected(&self) -> bool {
        let open = self
            .session()
            .map_or(&[][..], |known| known.connections.as_slice());
        open.iter().any(|open| canonical(open.peer) == self.to)
    }

    /// The state of the connection with it, if the kernel told it.
    pub fn connection(&self) -> Option<&'a ConnectionFacts> {
        let all = self.evidence.peer.connections.known()?;
        all.iter().rev().find(|known| known.peer == self.to)
    }

    /// The messages that went to it, and those that came from it; the newest, oldest first.
    pub fn sent(&self) -> Vec<&'a Sample> {
        self.of_peer(
            self.session()
                .map_or(&[][..], |known| known.newest_sent.as_slice()),
        )
    }

    pub fn received(&self) -> Vec<&'a Sample> {
        self.of_peer(
            self.session()
                .map_or(&[][..], |known| known.newest_received.as_slice()),
        )
    }

    /// Whether it has answered this session: then it is reached, whatever the sockets look like.
    pub fn is_heard(&self) -> bool {
        let senders = self
            .session()
            .map_or(&[][..], |known| known.senders.as_slice());
        self.is_connected() || senders.iter().any(|sender| canonical(*sender) == self.to)
    }

    fn of_peer(&self, all: &'a [Sample]) -> Vec<&'a Sample> {
        let is_its = |sample: &&Sample| canonical(sample.peer) == self.to;
        all.iter().filter(is_its).collect()
    }

    /// Whether nothing came from it after the last message went, for this number of seconds.
    pub fn is_unanswered(&self, seconds: f64) -> bool {
        let Some(session) = self.session() else {
            return false;
        };
        let seconds = session.late_after(seconds);
        let waited = session.since_sent.filter(|since| *since >= seconds);
        waited.is_some_and(|waited| session.since_received.is_none_or(|since| since > waited))
    }

    /// The messages that went to it before the newest one came from anybody, and those after it.
    pub fn sent_by_answer(&self) -> (Vec<&'a Sample>, Vec<&'a Sample>) {
        let mut sent = self.sent();
        let unanswered = self.session().map_or(0, |known| known.unanswered);
        let unanswered = usize::try_from(unanswered).unwrap_or(usize::MAX);
        let waiting = sent.split_off(sent.len().saturating_sub(unanswered));
        (sent, waiting)
    }

    /// Whether a peer on this machine has not read what arrived.
    pub fn has_unread(&self) -> bool {
        let rows = self.evidence.local.sockets.known();
        let mut rows = rows
            .filter(|_| self.evidence.peer.is_here)
            .into_iter()
            .flatten();
        rows.any(|row| {
            // What a listening socket of TCP has not read are connections.
            let holds_bytes = !row.is_tcp || row.remote.is_some();
            row.is_tcp == self.is_tcp && holds_bytes && self.reaches(row) && row.unread > 0
        })
    }

    /// Whether the peer was shown to have everything: its system acknowledged all of a stream; of
    /// datagrams, which nobody acknowledges, a peer on this machine that was heard has no unread one.
    pub fn has_all(&self) -> bool {
        if self.has_unread() {
            return false;
        }
        if !self.is_tcp {
            return self.evidence.peer.is_here && self.is_heard();
        }
        let is_acknowledged = self.connection().is_some_and(|known| match known.state {
            ESTABLISHED | CLOSE_WAIT => known.queued == 0,
            state => state == FIN_WAIT2,
        });
        let nothing_waits = self.session().is_some_and(|known| known.unsent == 0);
        self.is_connected() && is_acknowledged && nothing_waits
    }

    /// Another connection of this machine with the target.
    pub fn other_client(&self) -> Option<&'a SocketRow> {
        let ours = self.local().map(|local| local.port());
        let rows = self.evidence.local.sockets.known()?;
        rows.iter().find(|row| {
            row.is_tcp
                && row.is_established()
                && row.remote == Some(self.to)
                && Some(row.local.port()) != ours
                && !row.is_elsewhere()
        })
    }

    /// Whether packets to the target reach this socket.
    pub fn reaches(&self, row: &SocketRow) -> bool {
        let (ip, bound) = (self.to.ip(), row.local.ip().to_canonical());
        let same_family = ip.is_ipv4() == bound.is_ipv4();
        let serves = same_family || bound.is_ipv6() && row.v6_only != Some(true);
        row.local.port() == self.to.port() && (bound == ip || bound.is_unspecified() && serves)
    }
}

/// The name of a program with the id of its process.
pub(super) fn program(owner: &Owner) -> String {
    format!("{} (PID {})", owner.name, owner.pid)
}
