//! A session of `send` or a scenario: its messages go to an inbox and are not printed.

use super::inbox::Inbox;
use super::session::{LoadProgress, OwnSent, RunningSession, StartedLoad};
use crate::automation::Refusal;
use crate::engine::{self, Answering, Event, FloodRequest, SenderCommand, Setup, Target};
use crate::kind::SessionRole;
use crate::payload::answer::Silence;
use crate::peer::Peer;
use crate::traffic::framing::Framing;
use crate::traffic::{Automatic, Chunk, Failure, Notice};
use crossbeam_channel::TryRecvError;
use std::sync::Arc;

/// A session by its name in the scenario; `send` uses an empty name.
pub struct InboxSession {
    pub name: String,
    pub running: RunningSession,
    pub inbox: Inbox,
    /// Failures since the last call of [`Self::failures`].
    failures: Vec<RepeatedFailure>,
    own_sent: OwnSent,
    /// Why its rules withheld replies, each reason of a rule once, and how many of them were
    /// reported.
    refusals: Vec<Notice>,
    reported_count: usize,
    /// Datagrams that the simulated network dropped: sent, and received.
    lost: (u64, u64),
    /// The counters of its rules, which stay after the session has ended.
    answering: Answering,
    has_finished_sending: bool,
}

/// A failure, and how often it happened.
#[derive(Debug)]
pub struct RepeatedFailure {
    pub failure: Failure,
    pub count: u64,
}

impl InboxSession {
    /// Opens a session whose received messages are framed by `framing`.
    ///
    /// # Errors
    /// The system has no thread or descriptor left.
    pub fn open(name: &str, setup: Setup, framing: Option<Framing>) -> Result<Self, Failure> {
        let inbox = Inbox::new(setup.kind.is_stream(), framing);
        let open = |setup| engine::open_prompt(setup, || {});
        let running = match setup.reconnect {
            // What is sent after the server's FIN is for the next connection.
            Some(_) => RunningSession::open(setup, open)?,
            None => RunningSession::open_to_send(setup, open)?,
        };
        Ok(Self {
            name: name.to_owned(),
            inbox,
            running,
            failures: Vec::new(),
            own_sent: OwnSent::default(),
            refusals: Vec::new(),
            reported_count: 0,
            lost: (0, 0),
            answering: Answering::default(),
            has_finished_sending: false,
        })
    }

    /// Applies the pending events. `see` is called with each chunk of rows.
    pub fn drain(&mut self, mut see: impl FnMut(&Arc<Chunk>)) {
        while !self.running.is_over() {
            let event = match self.running.events().try_recv() {
                Err(TryRecvError::Empty) => break,
                event => event.ok(),
            };
            match &event {
                Some(Event::Rows(chunk)) => {
                    see(chunk);
                    self.inbox.take(chunk);
                    self.own_sent.take(chunk);
                    chunk
                        .notices()
                        .iter()
                        .for_each(|notice| self.observe(notice));
                }
                Some(Event::Activity(activity)) => {
                    self.own_sent.report(activity.flooding);
                    if let Some(answering) = &activity.answering {
                        self.answering = answering.clone();
                    }
                }
                _ => {}
            }
            self.running.take(event);
        }
        self.inbox.take_due();
        self.part_if_finished();
    }

    fn observe(&mut self, notice: &Notice) {
        if let Notice::Failed(failure) = notice {
            let mut known = self.failures.iter_mut();
            match known.find(|known| known.failure == *failure) {
                Some(known) => known.count += 1,
                None => self.failures.push(RepeatedFailure {
                    failure: failure.clone(),
                    count: 1,
                }),
            }
        }
        if why(notice).is_some() && !self.refusals.iter().any(|one| why(one) == why(notice)) {
            self.refusals.push(notice.clone());
        }
        let Notice::Automatic(automatic) = notice else {
            return;
        };
        match automatic.lost_outgoing() {
            Some(true) => self.lost.0 += 1,
            Some(false) => self.lost.1 += 1,
            None => {}
        }
    }

    /// Declares that no more messages are sent through it: a client then closes as soon as its
    /// server has sent its FIN.
    pub fn finish_sending(&mut self) {
        self.has_finished_sending = true;
        self.part_if_finished();
    }

    fn part_if_finished(&mut self) {
        if self.has_finished_sending {
            self.running.part();
        }
    }

    /// Failures since the last call, equal ones once.
    pub fn failures(&mut self) -> Vec<RepeatedFailure> {
        std::mem::take(&mut self.failures)
    }

    /// Why its rules withheld replies, if not returned before.
    pub fn refusals(&mut self) -> &[Notice] {
        let before = std::mem::replace(&mut self.reported_count, self.refusals.len());
        self.refusals.get(before..).unwrap_or_default()
    }

    /// Whether failures wait to be returned.
    pub fn has_failed(&self) -> bool {
        !self.failures.is_empty()
    }

    /// Datagrams that its simulated network dropped.
    pub fn dropped_on_purpose(&self) -> u64 {
        self.lost.0 + self.lost.1
    }

    /// Begins a load.
    pub fn start_load(&mut self, request: FloodRequest) -> StartedLoad {
        let session = &self.running.session;
        let receivers = session.kind().is_stream().then(|| match &request.to {
            Target::Connection(id) => vec![*id],
            Target::Endpoint(_) | Target::Peer(_) | Target::All => {
                session.connections().keys().copied().collect()
            }
        });
        let load = self.own_sent.start(receivers);
        self.running.command(SenderCommand::Flood(request));
        load
    }

    /// How much of a load the kernel took, or its simulated network dropped.
    pub fn load_progress(&self, load: &StartedLoad) -> LoadProgress {
        let connections = self.running.session.connections();
        // A worker that died reported no end of its connections.
        let is_open = |id| connections.contains_key(&id) || self.running.has_died;
        self.own_sent.progress(load, is_open)
    }

    /// The counters of its rules.
    pub fn answering(&self) -> &Answering {
        &self.answering
    }

    /// Whether no message waits to be sent.
    pub fn has_sent_all(&self) -> bool {
        self.running.in_flight.is_empty()
    }

    /// The number of messages that were not sent.
    pub fn unsent(&self) -> u64 {
        self.running.in_flight.unsent().count
    }

    /// Whether it is bound, connected or listening.
    pub fn is_open(&self) -> bool {
        self.running.session.is_open()
    }

    /// Whether nothing more can be received. A client that closes with its server keeps its
    /// connection until [`Self::finish_sending`]; before that, the server's FIN is enough. To one
    /// that reconnects more can come.
    pub fn is_inbound_over(&self) -> bool {
        let waits = self.running.with_peer && !self.has_finished_sending;
        self.running.is_over() || waits && self.running.ending().is_some()
    }

    /// The target for this address; `None` while there is no connection to it.
    pub fn target(&self, peer: Peer) -> Option<Target> {
        let session = &self.running.session;
        match session.kind().role() {
            SessionRole::Datagrams => Some(Target::datagram_to(peer)),
            SessionRole::Relay => None,
            SessionRole::Client | SessionRole::Server => {
                let mut connections = session.connections_of(peer);
                connections.next().map(Target::Connection)
            }
        }
    }
}

/// The rule of a notice about a withheld reply, and the reason: a limit refused it, or there was
/// no reply to send.
fn why(notice: &Notice) -> Option<(&str, Result<Silence, Refusal>)> {
    let Notice::Automatic(automatic) = notice else {
        return None;
    };
    match &**automatic {
        Automatic::Refused { rule, refusal, .. } => Some((rule.as_str(), Err(*refusal))),
        Automatic::Unanswered { rule, silence, .. } => Some((rule.as_str(), Ok(*silence))),
        _ => None,
    }
}
