//! Connections to the target as probes, on a thread of their own: an answer that is missing takes
//! its time.

use super::super::{EndOfConnection, Permission, Question, Seen, SessionFacts, Transport, Unseen};
use super::ConnectOutcome;
use super::connect::{self, Attempt};
use crate::engine::sys::endpoint::{is_of_many, reached};
use crate::jobs::{Job, JobOutcome, Running};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Instant;

/// What the probes found.
pub struct Probed {
    pub attempt: Attempt,
    pub speaks_tls: Seen<bool>,
    /// Whether a target of datagrams accepts connections.
    pub accepts_tcp: Seen<bool>,
}

/// Probes that run, or the reason why none do.
pub enum PeerProbe {
    Running(Job<Probed, Infallible>),
    Not(Unseen),
}

impl PeerProbe {
    /// Begins to connect to the target, if that is allowed.
    pub fn begin(
        question: &Question,
        session: Option<&SessionFacts>,
        permission: Permission,
        until: Instant,
    ) -> Self {
        let is_tcp = question.transport() == Transport::Tcp;
        let to = question.to().map(reached);
        // At the port from which a client came, nobody listens.
        let is_client = session.is_some_and(|session| session.is_server);
        let Some(to) = to.filter(|to| !is_client && !is_of_many(to.ip())) else {
            return Self::Not(Unseen::NotHere);
        };
        if !permission.probes {
            // Datagrams are not asked for connections unless somebody asks for probes.
            return Self::Not(if is_tcp {
                Unseen::NotAsked
            } else {
                Unseen::NotHere
            });
        }
        let greets = session.is_some_and(|session| hung_up(session, to));
        let work = move |_: &Running| {
            let attempt = connect::probe(to, until);
            if !is_tcp {
                let accepts = |outcome: &ConnectOutcome| *outcome == ConnectOutcome::Connected;
                let known = attempt.outcome.known().map(accepts);
                return Ok(Probed {
                    accepts_tcp: known.map_or(Unseen::NoAnswer.into(), Seen::Known),
                    ..Probed::none(&Unseen::NotHere)
                });
            }
            let speaks_tls = match (&attempt.outcome, greets) {
                (Seen::Known(ConnectOutcome::Connected), true) => connect::speaks_tls(to, until),
                _ => Unseen::NotHere.into(),
            };
            Ok(Probed {
                attempt,
                speaks_tls,
                accepts_tcp: Unseen::NotHere.into(),
            })
        };
        match Job::start("probe of the peer", || {}, work) {
            Ok(job) => Self::Running(job),
            Err(error) => Self::Not(Unseen::Unreadable(error.to_string())),
        }
    }

    /// Waits for the probes until this time.
    pub fn finish(self, until: Instant) -> Probed {
        let reason = match self {
            Self::Not(reason) => reason,
            Self::Running(job) => match job.wait(until.saturating_duration_since(Instant::now())) {
                Some(JobOutcome::Done(found)) => return found,
                Some(JobOutcome::Failed(never)) => match never {},
                Some(JobOutcome::Died(died)) => Unseen::Unreadable(died.to_string()),
                None => Unseen::TooSlow,
            },
        };
        Probed::none(&reason)
    }
}

impl Probed {
    /// Nothing was found, for this reason.
    fn none(reason: &Unseen) -> Self {
        Self {
            attempt: Attempt {
                outcome: reason.clone().into(),
                greeting: reason.clone().into(),
                reports: Vec::new(),
            },
            speaks_tls: reason.clone().into(),
            accepts_tcp: reason.clone().into(),
        }
    }
}

/// Whether the target ended the last connection without an answer to what was sent on it. Nobody
/// else gets bytes of a protocol that it may not speak.
fn hung_up(session: &SessionFacts, to: SocketAddr) -> bool {
    session.ends.last().is_some_and(|end| {
        let by_peer = matches!(end.how, EndOfConnection::Closed | EndOfConnection::Reset);
        by_peer && reached(end.peer) == to && end.received == 0 && end.since_sent.is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::ConnectionEnd;
    use super::*;

    #[test]
    fn only_a_server_that_hung_up_on_plain_bytes_gets_a_hello() {
        let to: SocketAddr = "127.0.0.1:9000".parse().unwrap();
        let ended = |how, received, since_sent| SessionFacts {
            ends: vec![ConnectionEnd {
                received,
                since_sent,
                ..ConnectionEnd::new(to, how)
            }],
            ..SessionFacts::default()
        };
        assert!(hung_up(&ended(EndOfConnection::Reset, 0, Some(0.1)), to));
        assert!(hung_up(&ended(EndOfConnection::Closed, 0, Some(0.1)), to));
        assert!(!hung_up(&ended(EndOfConnection::Reset, 7, Some(0.1)), to));
        assert!(!hung_up(&ended(EndOfConnection::Reset, 0, None), to));
        assert!(!hung_up(&ended(EndOfConnection::ByUs, 0, Some(0.1)), to));
        assert!(!hung_up(&SessionFacts::default(), to));
    }
}
