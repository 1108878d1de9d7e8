//! How the two directions of a client's connection end: its session ends with its server's
//! sending, once what was given before is sent, and its own sending may end with the input.

use super::Terminal;
use crate::engine::{Command, ConnectionCommand};
use crossbeam_channel::{Receiver, never};
use std::time::{Duration, Instant};

/// No line for so long: nothing more was given. Whoever asks for all of the input to be sent
/// may have a slow writer.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSE_OF_ALL: Duration = Duration::from_millis(500);

/// When to close with the server: when nothing more was given for a while.
pub struct Closing {
    pause: Duration,
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

impl Closing {
    pub fn new(once: bool) -> Self {
        Self {
            pause: if once { PAUSE_OF_ALL } else { PAUSE },
            quiet: never(),
            is_quiet: false,
        }
    }

    /// The server has ended its sending; or a line came or waits, and others may follow.
    pub fn wait(&mut self) {
        self.quiet = crossbeam_channel::after(self.pause);
        self.is_quiet = false;
    }
}

impl Terminal {
    /// A line was read. All of the input is to be sent with `--once` alone: without it, an
    /// input without end would keep the connection.
    pub(super) fn parting_waits(&mut self) {
        if self.talk.once && self.held.is_to_part() {
            self.parting.wait();
        }
    }

    /// No line came for a while.
    pub(super) fn input_is_quiet(&mut self) {
        self.parting.quiet = never();
        // A line that waits for room says nothing of those behind it.
        match self.talk.once && self.line.is_some() && self.held.is_to_part() {
            true => self.parting.wait(),
            false => self.parting.is_quiet = true,
        }
    }

    /// Whether no further line is to be sent.
    pub(super) fn parts(&self) -> bool {
        let late = self.held.is_to_part() && self.parting.is_quiet && !self.talk.once;
        late || self.held.has_parted
    }

    /// Ends our direction with the input, and waits for what the server still sends.
    pub(super) fn half_close_if_done(&mut self) {
        if self.half_close == HalfClose::WithInput
            && self.is_all_sent()
            && let Some(&id) = self.held.session.connections().keys().next()
        {
            self.half_close = HalfClose::Ordered;
            self.held
                .order(Command::Connection(id, ConnectionCommand::FinishWriting));
        }
    }

    pub(super) fn part_if_done(&mut self) {
        let given = self.input_ended || self.parting.is_quiet;
        if given && !self.sends_file() && self.first.is_none() && self.line.is_none() {
            self.held.part();
        }
    }
}
