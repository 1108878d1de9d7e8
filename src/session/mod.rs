//! The state of one session as a front end knows it, changed only by [`Session::apply`].
//!
//! A session is a fold over the worker's events: its state, its peers and its counters follow
//! from the rows, so that they always agree with the log.

mod connection;
mod evidence;
mod groups;
mod kind;
pub mod life;
mod peer_numbers;
mod senders;
mod targets;

use crate::connection_id::ConnectionId;
pub use crate::kind::{SessionKind, SessionRole};
use crate::peer::Peer;
pub use connection::ConnectionState;
use groups::Groups;
pub use kind::KindClue;
use peer_numbers::PeerNumbers;
pub use senders::PeerCounters;
use senders::RecentSenders;

use crate::engine::{Activity, Event, PollEnd, Polling, QueuedBytes, Remote, Setup};
use crate::traffic::meter::Meter;
use crate::traffic::{
    Automatic, Cause, ConnectionNotice, Exchange, Failure, Log, Notice, Rates, Totals, Volume,
};
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

/// The most closed connections that stay listed.
const DEPARTED: usize = 20;

/// The state of a session with its log and counters.
#[derive(Debug, Default)]
pub struct Session {
    pub log: Log,
    pub totals: Totals,
    pub rates: Rates,
    /// The meter of numbered packets, while it is on.
    pub meter: Option<Box<Meter>>,
    state: SessionState,
    kind: SessionKind,
    /// Whether payloads are parts of a stream, so that rows are not messages.
    is_stream: bool,
    /// The server of a TCP client, or the upstream of a relay.
    remote: Option<Remote>,
    local: Option<Peer>,
    /// The open connections, in the order in which they began.
    connections: BTreeMap<ConnectionId, ConnectionState>,
    /// The connections that closed last, with their final state.
    departed: VecDeque<(ConnectionId, ConnectionState)>,
    senders: RecentSenders,
    numbers: PeerNumbers,
    groups: Groups,
    last_source: Option<Peer>,
    failure: Option<Failure>,
    activity: Activity,
    /// The current or the last poll table.
    polling: Option<Arc<Polling>>,
    recording: Option<Arc<Path>>,
    /// Whether no program has opened the pipe that is recorded to yet.
    recording_waits: bool,
}

/// The phase of a session's life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionState {
    #[default]
    Closed,
    /// Requested, and not open yet.
    Opening,
    Open,
    /// Requested to close, and not closed yet.
    Closing,
}

impl Session {
    /// Records that the session is to open. The previous connections are forgotten; rows and
    /// counters stay.
    pub fn opening(&mut self, setup: &Setup) {
        self.is_stream = setup.kind.is_stream();
        self.forget();
        (self.failure, self.groups) = (None, Groups::default());
        (self.state, self.kind) = (SessionState::Opening, setup.kind);
        self.remote.clone_from(&setup.remote);
    }

    /// Records the kind of the session whose rows are to be read back.
    pub fn read_back_as(&mut self, kind: SessionKind) {
        if self.state == SessionState::Closed {
            self.kind = kind;
        }
    }

    /// Records that the worker got the command to stop.
    pub fn closing(&mut self) {
        if self.state != SessionState::Closed {
            self.state = SessionState::Closing;
        }
    }

    /// Applies an event that arrived in this second since the start of the program.
    pub fn apply_at(&mut self, event: Event, second: u64) {
        let before = self.totals;
        self.apply(event);
        self.rates.add(second, &before, &self.totals);
    }

    /// Applies an event of the worker.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Rows(chunk) => {
                for notice in chunk.connection_notices() {
                    self.observe(&notice);
                }
                self.last_source = chunk.last_source().or(self.last_source);
                self.totals.received = self.totals.received + chunk.received();
                self.totals.sent = self.totals.sent + chunk.sent();
                self.totals.truncated += chunk.truncated();
                if let Some(meter) = &mut self.meter {
                    meter.take(&chunk);
                }
                for exchange in chunk.exchanges() {
                    self.count(&exchange);
                }
                self.totals.trimmed += self.log.push(chunk);
            }
            Event::Delivered(deliveries) => {
                if let Some(meter) = &mut self.meter {
                    for delivery in &deliveries {
                        meter.received(delivery.peer, &delivery.bytes, delivery.time);
                    }
                }
            }
            Event::Waited(time) => {
                self.totals.waits += 1;
                self.totals.waited += time;
            }
            Event::Unsent(waiting) => {
                for connection in self.connections.values_mut() {
                    connection.unsent = 0;
                }
                for QueuedBytes { connection, bytes } in waiting {
                    self.change(Some(connection), |connection| connection.unsent = bytes);
                }
            }
            // For callers that wait until their message is sent.
            Event::Acknowledged(_) => {}
            Event::Activity(activity) => {
                if let Some(polling) = &activity.polling {
                    self.polling = Some(Arc::clone(polling));
                }
                self.activity = *activity;
            }
            Event::Recording(path) => self.recording = path,
            Event::RecordingWaits(waits) => self.recording_waits = waits,
            Event::RecordingFailed(_) => self.recording = None,
            Event::Closed => {
                self.state = SessionState::Closed;
                self.forget();
                // A worker that died reported no end.
                if let Some(polling) = &mut self.polling
                    && polling.end.is_none()
                {
                    Arc::make_mut(polling).end = Some(PollEnd::Closed);
                }
            }
        }
    }

    /// Limits the memory of the log, in bytes; trimmed records are counted.
    pub fn set_log_budget(&mut self, budget: usize) {
        self.totals.trimmed += self.log.set_budget(budget);
    }

    /// Resets all counters to zero. The log stays.
    pub fn reset_counters(&mut self) {
        self.totals = Totals::default();
        let departed = self.departed.iter_mut().map(|(_, known)| known);
        for known in self.connections.values_mut().chain(departed) {
            (known.received, known.sent) = (Volume::default(), Volume::default());
        }
        self.senders.reset_counters();
    }

    pub fn state(&self) -> SessionState {
        self.state
    }

    pub fn is_closed(&self) -> bool {
        self.state == SessionState::Closed
    }

    pub fn is_open(&self) -> bool {
        self.state == SessionState::Open
    }

    pub fn kind(&self) -> SessionKind {
        self.kind
    }

    /// Whether payloads are parts of a stream, so that rows are not messages.
    pub fn is_stream(&self) -> bool {
        self.is_stream
    }

    /// The address the socket is bound to, while it is open.
    pub fn local(&self) -> Option<Peer> {
        self.local
    }

    /// The target of a TCP client or of a relay.
    pub fn remote(&self) -> Option<&Remote> {
        self.remote.as_ref()
    }

    /// The open connections, oldest first; for a relay, those of its clients.
    pub fn connections(&self) -> &BTreeMap<ConnectionId, ConnectionState> {
        &self.connections
    }

    /// The connections that closed last, the latest one last.
    pub fn departed(&self) -> &VecDeque<(ConnectionId, ConnectionState)> {
        &self.departed
    }

    /// The peers that sent datagrams recently; for a UDP relay, its clients.
    pub fn senders(&self) -> &[PeerCounters] {
        self.senders.all()
    }

    /// Whether there were more senders than are listed.
    pub fn has_forgotten_senders(&self) -> bool {
        self.senders.has_forgotten()
    }

    /// Whether no program has opened the pipe that is recorded to yet: nothing is recorded.
    pub fn recording_waits(&self) -> bool {
        self.recording_waits
    }

    /// The file that is recorded to.
    pub fn recording(&self) -> Option<&Path> {
        self.recording.as_deref()
    }

    /// The automatic activity of the worker.
    pub fn activity(&self) -> &Activity {
        &self.activity
    }

    /// The current or the last poll table: its values stay when the session closes.
    pub fn polling(&self) -> Option<&Polling> {
        self.polling.as_deref()
    }

    /// The sender of the last payload received.
    pub fn last_source(&self) -> Option<Peer> {
        self.last_source
    }

    /// Why the last attempt to open failed, or why the session ended by itself
    /// ([`Failure::ends_session`]).
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    fn observe(&mut self, notice: &ConnectionNotice<'_>) {
        let id = notice.connection;
        self.totals.observe(notice.notice);
        self.groups.observe(notice.notice);
        match notice.notice {
            Notice::Bound { local, .. } => self.stands(*local, false),
            Notice::Listening { local } => self.stands(*local, true),
            Notice::Connected { peer, local } => {
                self.stands(*local, true);
                self.join(id, *peer, Some(*local));
            }
            Notice::Joined { peer } => self.join(id, *peer, notice.local),
            Notice::PeerFinished { .. } => self.change(id, |known| known.peer_finished = true),
            Notice::WriteClosed { .. } => self.change(id, |known| known.write_closed = true),
            Notice::PeerReset { .. } | Notice::Reset { .. } | Notice::Closed { .. } => {
                let closed = id.and_then(|id| Some((id, self.connections.remove(&id)?)));
                if self.departed.len() >= DEPARTED && closed.is_some() {
                    self.departed.pop_front();
                }
                self.departed.extend(closed);
            }
            // Failures of single datagrams, which are counted.
            Notice::Failed(Failure {
                cause:
                    Cause::Dropped { .. } | Cause::PortUnreachable { .. } | Cause::ClientGone { .. },
                ..
            }) => {}
            Notice::Automatic(automatic) => {
                let again = matches!(**automatic, Automatic::Reconnecting { .. });
                if again && self.state == SessionState::Open {
                    (self.state, self.local) = (SessionState::Opening, None);
                }
                match **automatic {
                    Automatic::Upstream { client, .. } => self.senders.add(client),
                    Automatic::Forgotten { client, .. } => self.senders.leave(client),
                    _ => {}
                }
            }
            Notice::Failed(failure)
                if self.state == SessionState::Opening || failure.ends_session() =>
            {
                self.failure = Some(failure.clone())
            }
            Notice::Resolved { .. }
            | Notice::Connecting { .. }
            | Notice::Cancelled { .. }
            | Notice::Unbound { .. }
            | Notice::GroupJoined { .. }
            | Notice::GroupLeft { .. }
            | Notice::FileSent { .. }
            | Notice::FileCancelled { .. }
            | Notice::FileRead { .. }
            | Notice::NotCaptured { .. }
            | Notice::Failed(_) => {}
        }
    }

    /// Adds an open connection. In rows that are read back, this may be the first sign of TCP.
    /// Rows of a capture, or of an older version, have no connection number: `id` is then
    /// `None`.
    fn join(&mut self, id: Option<ConnectionId>, peer: Peer, local: Option<Peer>) {
        self.is_stream = true;
        self.numbers.add(peer);
        let connection = ConnectionState {
            peer,
            local,
            kind: self.kind,
            unsent: 0,
            received: Volume::default(),
            sent: Volume::default(),
            peer_finished: false,
            write_closed: false,
        };
        self.connections.extend(id.map(|id| (id, connection)));
    }

    fn count(&mut self, exchange: &Exchange) {
        self.numbers.add(exchange.far.peer);
        let Some(id) = exchange.far.connection else {
            let adds = self.kind.role() == SessionRole::Datagrams && !self.is_stream;
            return self.senders.count(exchange, adds);
        };
        let known = match self.connections.get_mut(&id) {
            Some(known) => Some(known),
            None => {
                let mut latest = self.departed.iter_mut().rev();
                let found = latest.find(|(closed, _)| *closed == id);
                found.map(|(_, known)| known)
            }
        };
        if let Some(known) = known {
            known.received = known.received + exchange.received;
            known.sent = known.sent + exchange.sent;
        }
    }

    fn stands(&mut self, local: Peer, is_stream: bool) {
        self.is_stream = is_stream;
        if self.state == SessionState::Opening {
            self.state = SessionState::Open;
        }
        self.failure = None;
        self.local = Some(local);
    }

    fn change(&mut self, id: Option<ConnectionId>, change: impl FnOnce(&mut ConnectionState)) {
        if let Some(known) = id.and_then(|id| self.connections.get_mut(&id)) {
            change(known);
        }
    }

    fn forget(&mut self) {
        self.local = None;
        self.activity = Activity::default();
        self.recording = None;
        self.connections.clear();
        self.departed.clear();
        self.senders = RecentSenders::default();
        self.groups.joined.clear();
    }
}

#[cfg(test)]
mod tests;
