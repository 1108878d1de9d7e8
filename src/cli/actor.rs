//! A session that is watched rather than printed: for what is sent once, and in scenarios.

use super::ending::{self, Ending};
use super::in_flight::InFlight;
use super::inbox::Inbox;
use crate::automation::Refusal;
use crate::connection_id::ConnectionId;
use crate::engine::{
    self, Answering, Command, ConnectionCommand, Event, SessionHandle, Setup, Target,
};
use crate::payload::answer::Silence;
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::session::{Role, Session};
use crate::traffic::{Automatic, Chunk, Failure, Notice, Told};
use crossbeam_channel::{Receiver, TryRecvError};
use std::sync::Arc;

pub struct Actor {
    pub name: String,
    pub session: Session,
    pub inbox: Inbox,
    link: SessionHandle,
    in_flight: InFlight,
    /// What failed since it was asked last.
    failures: Vec<Failure>,
    /// Why its rules did not reply, each reason of a rule once, and how many were told.
    refusals: Vec<Notice>,
    told: usize,
    /// Datagrams lost on purpose: of those sent, and of those received.
    lost: (u64, u64),
    /// What its rules did, also after it has ended.
    answering: Answering,
    /// Where it was bound, also after it has ended.
    local: Option<Peer>,
    /// How the server of a client ended the connection.
    ending: Option<Ending>,
    /// A client that does not stay half-open closes with its server, once nothing more is to
    /// be sent through it.
    with_peer: bool,
    all_given: bool,
    /// The server's connection, once it has finished, until the closing is ordered.
    finished: Option<ConnectionId>,
    over: bool,
}

impl Actor {
    /// # Errors
    /// If the system has no thread or descriptor left for it.
    pub fn open(name: &str, mut setup: Setup) -> Result<Self, Failure> {
        let with_peer = ending::take_over(&mut setup);
        let tcp = setup.kind.is_stream();
        let mut session = Session::default();
        // What counts is kept in the inbox.
        session.set_log_budget(0);
        session.opening(&setup);
        Ok(Self {
            name: name.to_owned(),
            session,
            inbox: Inbox::new(tcp),
            link: engine::open_prompt(setup, || {})?,
            in_flight: InFlight::new(tcp),
            failures: Vec::new(),
            refusals: Vec::new(),
            told: 0,
            lost: (0, 0),
            answering: Answering::default(),
            local: None,
            ending: None,
            with_peer,
            all_given: false,
            finished: None,
            over: false,
        })
    }

    /// Takes in what waits, and gives its rows to `see`.
    pub fn drain(&mut self, mut see: impl FnMut(&Arc<Chunk>)) {
        loop {
            let event = match self.link.events().try_recv() {
                Ok(event) => event,
                Err(TryRecvError::Empty) => return self.part_if_all_given(),
                Err(TryRecvError::Disconnected) => {
                    self.over = true;
                    return;
                }
            };
            if let Event::Rows(chunk) = &event {
                see(chunk);
                self.inbox.take(chunk);
                let failed = chunk.notices().iter().filter_map(|notice| match notice {
                    Notice::Failed(failure) => Some(failure.clone()),
                    _ => None,
                });
                self.failures.extend(failed);
                for Told {
                    notice, connection, ..
                } in chunk.told()
                {
                    self.ending = Ending::of(notice).or(self.ending);
                    if matches!(notice, Notice::PeerFinished { .. }) && self.with_peer {
                        self.finished = connection;
                    }
                    if why(notice).is_some() && !self.refusals.iter().any(|one| same(one, notice)) {
                        self.refusals.push(notice.clone());
                    }
                }
                for outgoing in chunk.notices().iter().filter_map(loss) {
                    match outgoing {
                        true => self.lost.0 += 1,
                        false => self.lost.1 += 1,
                    }
                }
            }
            if let Event::Acknowledged(news) = &event {
                self.in_flight.acknowledge(news);
            }
            if let Event::Activity(activity) = &event
                && let Some(answering) = &activity.answering
            {
                self.answering = answering.clone();
            }
            self.over |= matches!(event, Event::Closed);
            self.session.apply(event);
            self.local = self.session.local().or(self.local);
        }
    }

    /// Sends a message; [`Self::is_even`] says when the kernel has it, or it has failed.
    pub fn send(&mut self, to: Target, message: Arc<Message>) {
        let receivers = match to {
            Target::All => self.session.connections().len(),
            Target::Endpoint(_) | Target::Peer(_) | Target::Connection(_) => 1,
        };
        self.in_flight.give(None, &message, receivers);
        self.order(Command::Send { to, message });
    }

    /// Nothing more is to be sent through it: a client closes as soon as its server has ended
    /// its sending.
    pub fn give_no_more(&mut self) {
        self.all_given = true;
        self.part_if_all_given();
    }

    fn part_if_all_given(&mut self) {
        if self.all_given
            && let Some(id) = self.finished.take()
        {
            self.order(Command::Connection(id, ConnectionCommand::Part));
        }
    }

    pub fn order(&self, command: impl Into<Command>) {
        self.link.order(command);
    }

    pub fn stop(&mut self) {
        self.session.closing();
        self.order(Command::Stop);
    }

    /// What failed since this was asked last.
    pub fn failures(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.failures)
    }

    /// Why its rules did not reply, where that was not asked before.
    pub fn refusals(&mut self) -> &[Notice] {
        let before = std::mem::replace(&mut self.told, self.refusals.len());
        self.refusals.get(before..).unwrap_or_default()
    }

    /// Whether anything failed since then.
    pub fn has_failed(&self) -> bool {
        !self.failures.is_empty()
    }

    /// Datagrams that its bad network lost on purpose.
    pub fn dropped_on_purpose(&self) -> u64 {
        self.lost.0 + self.lost.1
    }

    /// Rows sent, and datagrams that would have been but for its bad network.
    pub fn gone(&self) -> u64 {
        self.session.totals.sent.records + self.lost.0
    }

    /// What its rules did.
    pub fn answering(&self) -> &Answering {
        &self.answering
    }

    pub fn events(&self) -> &Receiver<Event> {
        self.link.events()
    }

    /// Whether nothing that was to be sent waits any more.
    pub fn is_even(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// How many messages were not sent.
    pub fn unsent(&self) -> u64 {
        self.in_flight.unsent().count
    }

    /// Whether it is bound, connected or listening.
    pub fn stands(&self) -> bool {
        self.session.is_open()
    }

    /// Whether it has ended and reports nothing more.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Whether nothing more can come to it. A client that is to close with its server waits
    /// for that only once nothing more is to be sent through it.
    pub fn hears_no_more(&self) -> bool {
        let waits = self.with_peer && !self.all_given;
        self.over || waits && self.ending.is_some()
    }

    /// How its server ended the connection of a client, if it has: nothing more can come.
    pub fn ending(&self) -> Option<Ending> {
        let is_client = self.session.kind().role() == Role::Client;
        self.ending.filter(|_| is_client)
    }

    /// Where it is or was bound.
    pub fn local(&self) -> Option<Peer> {
        self.local
    }

    /// How it sends to this address; `None` while there is no connection to it.
    pub fn target(&self, peer: Peer) -> Option<Target> {
        match self.session.kind().role() {
            Role::Datagrams => Some(Target::datagram_to(peer)),
            Role::Relay => None,
            Role::Client | Role::Server => {
                let mut connections = self.session.connections_of(peer);
                connections.next().map(Target::Connection)
            }
        }
    }
}

/// The rule that a notice says did not reply, and why: it was refused, or had no answer.
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

/// Whether both tell of the same reason of the same rule.
fn same(one: &Notice, other: &Notice) -> bool {
    why(one) == why(other)
}

/// Whether it tells of a loss on purpose, and if so whether of something sent.
fn loss(notice: &Notice) -> Option<bool> {
    let Notice::Automatic(automatic) = notice else {
        return None;
    };
    automatic.lost_outgoing()
}
