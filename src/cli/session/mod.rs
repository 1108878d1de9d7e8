//! A running session of a command: its handle, its state, and how it ends.

mod in_flight;
mod own_sent;
mod peer_close;
mod received_messages;
mod unsent_messages;

use crate::connection_id::ConnectionId;
use crate::engine::{Command, ConnectionCommand, Event, SessionHandle, Setup, Target};
use crate::kind::SessionRole;
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::session::{Session, SessionState};
use crate::traffic::{Automatic, ConnectionNotice, Failure, Notice};
use crossbeam_channel::Receiver;
pub use in_flight::{InFlight, Unsent};
pub use own_sent::{LoadProgress, OwnSent, StartedLoad};
pub use peer_close::PeerClose;
pub use received_messages::ReceivedMessages;
use std::sync::Arc;
pub use unsent_messages::unsent_messages;

/// A session and the handle of its worker.
pub struct RunningSession {
    /// The state of the session. It keeps no rows; the events have them.
    pub session: Session,
    /// The messages sent by [`Self::send`].
    pub in_flight: InFlight,
    link: SessionHandle,
    /// The local address, which stays after the session has ended.
    pub local: Option<Peer>,
    ending: Option<PeerClose>,
    /// Whether the connection closes by [`Self::part`] after the peer's FIN; otherwise the engine
    /// decides.
    pub with_peer: bool,
    /// The connection whose peer has sent its FIN, until its close is ordered.
    finished: Option<ConnectionId>,
    /// Whether the close was ordered: nothing more can be sent.
    pub has_parted: bool,
    /// Whether its worker ended without `Closed`.
    pub has_died: bool,
}

impl RunningSession {
    /// Opens a session with a function of the engine.
    ///
    /// # Errors
    /// Those of `open`.
    pub fn open(
        setup: Setup,
        open: impl FnOnce(Setup) -> Result<SessionHandle, Failure>,
    ) -> Result<Self, Failure> {
        let mut session = Session::default();
        session.set_log_budget(0);
        session.opening(&setup);
        Ok(Self {
            session,
            in_flight: InFlight::of(setup.kind),
            link: open(setup)?,
            local: None,
            ending: None,
            with_peer: false,
            finished: None,
            has_parted: false,
            has_died: false,
        })
    }

    /// As [`Self::open`], but the connection closes only by [`Self::part`]: the engine does not
    /// know which messages are still to be sent.
    ///
    /// # Errors
    /// Those of `open`.
    pub fn open_to_send(
        mut setup: Setup,
        open: impl FnOnce(Setup) -> Result<SessionHandle, Failure>,
    ) -> Result<Self, Failure> {
        let is_client = setup.kind.role() == SessionRole::Client;
        let with_peer = is_client && std::mem::take(&mut setup.close_with_peer);
        let running = Self::open(setup, open)?;
        Ok(Self {
            with_peer,
            ..running
        })
    }

    /// The channel of its events.
    pub fn events(&self) -> &Receiver<Event> {
        self.link.events()
    }

    /// Applies an event; `None` means that the worker ended without `Closed`.
    pub fn take(&mut self, event: Option<Event>) {
        let event = event.unwrap_or_else(|| {
            self.has_died |= !self.is_over();
            Event::Closed
        });
        match &event {
            Event::Rows(chunk) => chunk
                .connection_notices()
                .for_each(|notice| self.observe(&notice)),
            Event::Acknowledged(news) => self.in_flight.acknowledge(news),
            _ => {}
        }
        self.session.apply(event);
        self.local = self.session.local().or(self.local);
    }

    fn observe(&mut self, notice: &ConnectionNotice<'_>) {
        self.ending = PeerClose::of(notice.notice).or(self.ending);
        match notice.notice {
            Notice::PeerFinished { .. } if self.with_peer => self.finished = notice.connection,
            // The end of the previous connection no longer counts.
            Notice::Automatic(automatic)
                if matches!(**automatic, Automatic::Reconnecting { .. }) =>
            {
                (self.ending, self.finished, self.has_parted) = (None, None, false);
            }
            _ => {}
        }
    }

    /// Whether it was bound, connected or listening, even if it is no longer.
    pub fn has_opened(&self) -> bool {
        self.local.is_some()
    }

    /// Sends a command to the worker.
    pub fn command(&self, command: impl Into<Command>) {
        self.link.command(command);
    }

    /// Sends a message, with the number of its input line. [`Self::in_flight`] tracks it.
    pub fn send(&mut self, to: Target, message: Arc<Message>, line: Option<u64>) {
        let receivers = match to {
            Target::All => self.session.connections().len(),
            Target::Endpoint(_) | Target::Peer(_) | Target::Connection(_) => 1,
        };
        self.in_flight.give(line, &message, receivers);
        self.command(Command::Send { to, message });
    }

    /// Closes the connection if its peer has sent its FIN. Call it when no message is left to send.
    pub fn part(&mut self) {
        if let Some(id) = self.finished.take() {
            self.has_parted = true;
            self.command(Command::Connection(id, ConnectionCommand::Part));
        }
    }

    /// Whether the peer has sent its FIN and [`Self::part`] has not closed the connection yet.
    pub fn is_to_part(&self) -> bool {
        self.finished.is_some()
    }

    /// Orders the session to end, once.
    pub fn stop(&mut self) {
        if !self.is_stopping() {
            self.session.closing();
            self.command(Command::Stop);
        }
    }

    pub fn is_stopping(&self) -> bool {
        self.session.state() == SessionState::Closing
    }

    /// Whether the session has ended: no more events follow.
    pub fn is_over(&self) -> bool {
        self.session.is_closed()
    }

    /// How the server ended a client's connection, if it has: nothing more can be received then.
    pub fn ending(&self) -> Option<PeerClose> {
        let is_client = self.session.kind().role() == SessionRole::Client;
        self.ending.filter(|_| is_client)
    }
}
