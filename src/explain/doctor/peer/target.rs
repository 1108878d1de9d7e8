//! The far end that a question is about.

use crate::engine::endpoint::{canonical, is_of_many, reached};
use crate::engine::evidence::{
    ConnectionFacts, Evidence, Sample, SessionFacts, SocketRow, Transport,
};
use std::net::SocketAddr;

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
        let waited = session.since_sent.filter(|since| *since >= seconds);
        waited.is_some_and(|waited| session.since_received.is_none_or(|since| since > waited))
    }

    /// Whether packets to the target reach this socket.
    pub fn reaches(&self, row: &SocketRow) -> bool {
        let (ip, bound) = (self.to.ip(), row.local.ip().to_canonical());
        let same_family = ip.is_ipv4() == bound.is_ipv4();
        let serves = same_family || bound.is_ipv6() && row.v6_only != Some(true);
        row.local.port() == self.to.port() && (bound == ip || bound.is_unspecified() && serves)
    }
}
