//! The newest rows of a session, as far as they are about its last opening.

use crate::connection_id::ConnectionId;
use crate::engine::evidence::{
    AfterFin, ConnectionEnd, EarlierAddress, EndOfConnection, MOST, Reply, SAMPLE_BYTES, SAMPLES,
    Sample, SessionFacts,
};
use crate::engine::{Endpoint, Interfaces};
use crate::peer::Peer;
use crate::traffic::{Body, Cause, Failure, Log, Micros, Notice, Operation, Record};
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;

/// The most rows that are read, the newest ones.
const ROWS: u64 = 4_096;
/// The time after a message in which an RST answers it.
const ANSWER: Micros = 1_000_000;

/// What the rows tell.
#[derive(Default)]
pub struct History {
    sent: VecDeque<Sample>,
    received: VecDeque<Sample>,
    /// Of each of `sent`.
    replies: VecDeque<Reply>,
    /// Of earlier connections with `remote`.
    before: VecDeque<(Sample, Reply)>,
    failures: VecDeque<Failure>,
    refused: Option<Failure>,
    ends: VecDeque<ConnectionEnd>,
    senders: Vec<SocketAddr>,
    earlier: Vec<EarlierAddress>,
    open: BTreeMap<ConnectionId, Begun>,
    bound: Option<SocketAddr>,
    remote: Option<Peer>,
    last_sent: Option<Micros>,
    last_received: Option<Micros>,
    unanswered: u64,
    now: Micros,
}

/// A connection that has begun.
struct Begun {
    peer: SocketAddr,
    at: Micros,
    received: u64,
    /// When the last message came.
    came: Option<Micros>,
    /// When our last message before the peer's FIN went, and the last one after it.
    sent: Option<Micros>,
    sent_after: Option<Micros>,
    /// When the peer ended its direction.
    finished: Option<Micros>,
}

/// The address that a datagram was sent to last, among the newest rows, or was refused for since
/// the socket is open.
pub fn last_sent_to(log: &Log) -> Option<SocketAddr> {
    let mut is_since = true;
    newest(log).rev().find_map(|row| match log.get(row)?.body {
        Body::Sent { peer, .. } => peer.address(),
        Body::Notice(Notice::Failed(failure)) if is_since && is_refusal(failure) => {
            address(&failure.address)
        }
        Body::Notice(Notice::Bound { .. }) => {
            is_since = false;
            None
        }
        Body::Received { .. } | Body::Notice(_) => None,
    })
}

/// Whether a message was not sent, or a connection not begun, for a reason that this machine gives.
/// Errors that report what became of it on the way are others.
fn is_refusal(failure: &Failure) -> bool {
    let is_sending = matches!(failure.operation, Operation::Send | Operation::Connect);
    let is_ours = match &failure.cause {
        Cause::TooLong { .. } | Cause::NoAddressOfFamily { .. } => true,
        Cause::System { code } => !matches!(
            io::Error::from_raw_os_error(*code).kind(),
            ErrorKind::ConnectionRefused
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::NotConnected
                | ErrorKind::TimedOut
        ),
        cause => cause.code().is_some() && !cause.is_of_sent(),
    };
    is_sending && is_ours
}

/// The address of a failure; `None` for a name. One of a link has the name of its interface.
fn address(text: &str) -> Option<SocketAddr> {
    let plain = text.parse().ok();
    plain.or_else(|| Endpoint::parse(text, &Interfaces::read())?.address())
}

fn newest(log: &Log) -> std::ops::Range<u64> {
    let rows = log.rows();
    rows.start.max(rows.end.saturating_sub(ROWS))..rows.end
}

impl History {
    pub fn of(log: &Log, now: Micros) -> Self {
        let mut history = Self {
            now,
            ..Self::default()
        };
        for record in newest(log).filter_map(|row| log.get(row)) {
            history.add(&record);
        }
        history
    }

    /// The facts that the rows tell; the others are left to the session.
    pub fn facts(mut self) -> SessionFacts {
        self.wait_until(self.now);
        let since = |time: Option<Micros>| time.map(|time| seconds(self.now - time));
        let mut ends: Vec<ConnectionEnd> = self.ends.into();
        for begun in self.open.values().filter(|begun| begun.finished.is_some()) {
            ends.push(begun.end(EndOfConnection::HalfClosed, self.now));
        }
        SessionFacts {
            since_sent: since(self.last_sent),
            since_received: since(self.last_received),
            unanswered: self.unanswered,
            senders: self.senders,
            newest_sent: self.sent.into(),
            newest_received: self.received.into(),
            replies: self.replies.into(),
            before: self.before.into(),
            failures: self.failures.into(),
            refused: self.refused,
            ends,
            earlier: self.earlier,
            ..SessionFacts::default()
        }
    }

    fn add(&mut self, record: &Record<'_>) {
        match record.body {
            Body::Sent { peer, bytes } => {
                self.wait_until(record.time);
                self.last_sent = Some(record.time);
                self.refused = None;
                self.unanswered += 1;
                let begun = record.connection.and_then(|id| self.open.get_mut(&id));
                match begun {
                    Some(begun) if begun.finished.is_some() => begun.sent_after = Some(record.time),
                    Some(begun) => begun.sent = Some(record.time),
                    None => {}
                }
                let length = length(record, bytes);
                let sample = sample(peer, bytes, length);
                let reply = sample.is_some().then(Reply::default);
                push(&mut self.replies, SAMPLES, reply);
                push(&mut self.sent, SAMPLES, sample);
            }
            Body::Received { peer, bytes } => {
                self.wait_until(record.time);
                if let Some(reply) = self.replies.back_mut() {
                    reply.came = true;
                }
                self.last_received = Some(record.time);
                self.unanswered = 0;
                let length = length(record, bytes);
                let begun = record.connection.and_then(|id| self.open.get_mut(&id));
                if let Some(begun) = begun {
                    begun.received += bytes.len() as u64;
                    begun.came = Some(record.time);
                }
                if let Some(peer) = peer.address()
                    && self.senders.len() < MOST
                    && !self.senders.contains(&peer)
                {
                    self.senders.push(peer);
                }
                push(&mut self.received, SAMPLES, sample(peer, bytes, length));
            }
            Body::Notice(notice) => self.observe(notice, record),
        }
    }

    /// Counts how long the newest message has waited by this time, unless something came.
    fn wait_until(&mut self, time: Micros) {
        if let (Some(reply), Some(sent)) = (self.replies.back_mut(), self.last_sent)
            && !reply.came
        {
            reply.waited = seconds(time - sent);
        }
    }

    fn observe(&mut self, notice: &Notice, record: &Record<'_>) {
        let id = record.connection;
        match notice {
            Notice::Bound { local, .. } | Notice::Listening { local } => {
                self.opens_again(local.address());
            }
            Notice::Connecting { remote } => {
                if self.remote.is_some_and(|known| known != *remote) {
                    self.ends.clear();
                    self.forget_failures();
                    self.forget_messages();
                    self.before.clear();
                }
                self.remote = Some(*remote);
            }
            Notice::Connected { peer, .. } => {
                // What was said on the connection before, and why there was none.
                for said in self.sent.drain(..).zip(self.replies.drain(..)) {
                    push(&mut self.before, SAMPLES, Some(said));
                }
                self.forget_messages();
                self.forget_failures();
                self.begin(id, *peer, record.time);
            }
            Notice::Joined { peer } => self.begin(id, *peer, record.time),
            Notice::PeerFinished { .. } => {
                if let Some(begun) = id.and_then(|id| self.open.get_mut(&id)) {
                    begun.finished = Some(record.time);
                }
            }
            Notice::PeerReset { .. } => self.end(id, Some(EndOfConnection::Reset), record.time),
            Notice::Reset { .. } => self.end(id, Some(EndOfConnection::ByUs), record.time),
            Notice::Closed { .. } => self.end(id, None, record.time),
            Notice::Failed(failure) => {
                if is_refusal(failure) {
                    self.refused = Some(failure.clone());
                }
                push(&mut self.failures, MOST, Some(failure.clone()));
            }
            _ => {}
        }
    }

    fn opens_again(&mut self, local: Option<SocketAddr>) {
        if let Some(before) = self.bound.filter(|before| Some(*before) != local) {
            for peer in &self.senders {
                let earlier = EarlierAddress {
                    local: before,
                    peer: *peer,
                };
                if self.earlier.len() < MOST && !self.earlier.contains(&earlier) {
                    self.earlier.push(earlier);
                }
            }
        }
        self.bound = local;
        self.forget_messages();
        self.before.clear();
        self.forget_failures();
        self.ends.clear();
        self.open.clear();
    }

    fn forget_messages(&mut self) {
        self.sent.clear();
        self.received.clear();
        self.replies.clear();
        self.senders.clear();
        (self.last_sent, self.last_received) = (None, None);
        self.unanswered = 0;
    }

    fn forget_failures(&mut self) {
        self.failures.clear();
        self.refused = None;
    }

    fn begin(&mut self, id: Option<ConnectionId>, peer: Peer, at: Micros) {
        let begun = peer.address().map(|peer| Begun {
            peer,
            at,
            received: 0,
            came: None,
            sent: None,
            sent_after: None,
            finished: None,
        });
        if let (Some(id), Some(begun)) = (id, begun) {
            self.open.insert(id, begun);
        }
    }

    /// `how` is `None` for a close: who began it is known from the FIN of the peer.
    fn end(&mut self, id: Option<ConnectionId>, how: Option<EndOfConnection>, at: Micros) {
        self.wait_until(at);
        let Some(begun) = id.and_then(|id| self.open.remove(&id)) else {
            return;
        };
        let end = match (how, begun.finished) {
            // It answers a message that went after the peer had closed.
            (Some(EndOfConnection::Reset), Some(_)) if begun.is_refused(at) => ConnectionEnd {
                after_fin: AfterFin::Refused,
                ..begun.end(EndOfConnection::Closed, at)
            },
            (Some(how), _) => begun.end(how, at),
            (None, Some(_)) => begun.end(EndOfConnection::Closed, at),
            (None, None) => begun.end(EndOfConnection::ByUs, at),
        };
        push(&mut self.ends, MOST, Some(end));
    }
}

impl Begun {
    /// Whether an RST at this time answers a message that went after the peer's FIN.
    fn is_refused(&self, at: Micros) -> bool {
        self.sent_after.is_some_and(|sent| at - sent < ANSWER)
    }

    fn end(&self, how: EndOfConnection, at: Micros) -> ConnectionEnd {
        // A reset long after the FIN is an end of its own.
        let until = match how {
            EndOfConnection::Reset => at,
            _ => self.finished.unwrap_or(at),
        };
        let lasted = until - self.at;
        let last = match how {
            EndOfConnection::Reset => self.sent_after.or(self.sent),
            _ => self.sent,
        };
        ConnectionEnd {
            peer: self.peer,
            how,
            received: self.received,
            // Rows of one connection are in the order of their times.
            seconds: u64::try_from(lasted / 1_000_000).unwrap_or_default(),
            since_sent: last.map(|sent| seconds(until - sent)),
            since_received: self.came.map(|came| seconds(until - came)),
            after_fin: match self.sent_after {
                Some(sent) if at - sent >= ANSWER => AfterFin::Taken,
                // An RST may still be on its way.
                Some(_) | None => AfterFin::NotSent,
            },
        }
    }
}

/// The first bytes of a message; `None` for a peer without an IP address.
fn sample(peer: Peer, bytes: &[u8], length: u64) -> Option<Sample> {
    let head = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes);
    Some(Sample {
        peer: peer.address()?,
        bytes: head.to_vec(),
        length,
    })
}

/// The length of the message, also of one that is truncated.
fn length(record: &Record<'_>, bytes: &[u8]) -> u64 {
    let whole = record.arrival.whole.map(u64::from);
    whole.unwrap_or(bytes.len() as u64)
}

fn seconds(time: Micros) -> f64 {
    time.max(0) as f64 / 1e6
}

fn push<T>(queue: &mut VecDeque<T>, most: usize, new: Option<T>) {
    if let Some(new) = new {
        if queue.len() >= most {
            queue.pop_front();
        }
        queue.push_back(new);
    }
}
