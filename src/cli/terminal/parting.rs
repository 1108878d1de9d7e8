//! How the two directions of a client's connection end: its session ends with its server's
//! sending, once what was given before is sent, and its own sending may end with the input.

use super::Terminal;
use crate::cli::ending::take_over;
use crate::connection_id::ConnectionId;
use crate::engine::{Command, ConnectionCommand, Setup};
use crate::traffic::{Notice, Told};
use crossbeam_channel::{Receiver, never};
use std::time::{Duration, Instant};

/// No line for so long: nothing more was given. Whoever asks for all of the input to be sent
/// may have a slow writer.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSE_OF_ALL: Duration = Duration::from_millis(500);

/// When to close with the server. The engine cannot decide it: it knows nothing of the first
/// message and of lines that are still on their way to it.
pub struct Parting {
    /// Otherwise the connection stays half-open.
    with_peer: bool,
    pause: Duration,
    /// The server's connection, once it has finished, until the closing is ordered.
    finished: Option<ConnectionId>,
    ordered: bool,
    /// Rings when no line came for a while.
    pub quiet: Receiver<Instant>,
    is_quiet: bool,
}

/// Whether our own direction ends with the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HalfClose {
    No,
    /// Once the input has ended and all of it is sent.
    WithInput,
    Ordered,
}

impl HalfClose {
    pub fn of(asked: bool) -> Self {
        match asked {
            true => Self::WithInput,
            false => Self::No,
        }
    }
}

impl Parting {
    /// Takes the decision over from the engine.
    pub fn of(setup: &mut Setup, once: bool) -> Self {
        Self {
            with_peer: take_over(setup),
            pause: if once { PAUSE_OF_ALL } else { PAUSE },
            finished: None,
            ordered: false,
            quiet: never(),
            is_quiet: false,
        }
    }

    pub fn note(&mut self, told: &Told<'_>) {
        if matches!(told.notice, Notice::PeerFinished { .. }) && self.with_peer {
            self.finished = told.connection;
            self.wait();
        }
    }

    /// The client connects again: how the last connection ended does not count any more.
    pub fn restart(&mut self) {
        (self.finished, self.ordered) = (None, false);
        (self.quiet, self.is_quiet) = (never(), false);
    }

    /// A line came, or waits: others may follow.
    fn wait(&mut self) {
        if self.finished.is_some() {
            self.quiet = crossbeam_channel::after(self.pause);
            self.is_quiet = false;
        }
    }

    /// Whether the closing was ordered: nothing more can be sent.
    pub fn is_ordered(&self) -> bool {
        self.ordered
    }
}

impl Terminal {
    /// A line was read. All of the input is to be sent with `--once` alone: without it, an
    /// input without end would keep the connection.
    pub(super) fn parting_waits(&mut self) {
        if self.talk.once {
            self.parting.wait();
        }
    }

    /// No line came for a while.
    pub(super) fn input_is_quiet(&mut self) {
        self.parting.quiet = never();
        // A line that waits for room says nothing of those behind it.
        match self.talk.once && self.line.is_some() {
            true => self.parting.wait(),
            false => self.parting.is_quiet = true,
        }
    }

    /// Whether no further line is to be sent.
    pub(super) fn parts(&self) -> bool {
        let late = self.parting.finished.is_some() && self.parting.is_quiet && !self.talk.once;
        late || self.parting.ordered
    }

    /// Ends our direction with the input, and waits for what the server still sends.
    pub(super) fn half_close_if_done(&mut self) {
        if self.half_close == HalfClose::WithInput
            && self.is_all_sent()
            && let Some(&id) = self.session.connections().keys().next()
        {
            self.half_close = HalfClose::Ordered;
            self.link
                .order(Command::Connection(id, ConnectionCommand::FinishWriting));
        }
    }

    pub(super) fn part_if_done(&mut self) {
        let given = self.input_ended || self.parting.is_quiet;
        if given
            && !self.sends_file()
            && self.first.is_none()
            && self.line.is_none()
            && let Some(id) = self.parting.finished.take()
        {
            self.parting.ordered = true;
            self.link
                .order(Command::Connection(id, ConnectionCommand::Part));
        }
    }
}
