//! The end of a client's connection: it closes after the server's FIN once the earlier input is
//! sent, and may send its own FIN at the end of the input. A client that reconnects keeps later
//! input for the next connection.

use super::Terminal;
use crate::engine::{Command, ConnectionCommand};
use crossbeam_channel::{Receiver, never};
use std::time::{Duration, Instant};

/// How long no line must arrive before the input counts as quiet. With `--once` the writer of the
/// input may be slow.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSE_OF_ALL: Duration = Duration::from_millis(500);

/// Decides when to close after the server's FIN: when the input is quiet.
pub struct Closing {
    pause: Duration,
    /// Fires when the input has been quiet.
    pub quiet: Receiver<Instant>,
    is_quiet: bool,
}

/// Whether the client sends its FIN at the end of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HalfClose {
    No,
    /// Once the input has ended and everything is sent.
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

    /// Restarts the wait for quiet input: after the server's FIN, or after a line.
    pub fn wait(&mut self) {
        self.quiet = crossbeam_channel::after(self.pause);
        self.is_quiet = false;
    }
}

impl Terminal {
    /// The server has sent its FIN. What is read from now on is for the next connection, if there
    /// is one; otherwise this connection sends it until the input is quiet.
    pub(super) fn server_finished(&mut self) {
        match self.reconnects {
            true => self.parting.is_quiet = true,
            false => self.parting.wait(),
        }
    }

    /// A line was read. Only with `--once` does it extend the wait: otherwise endless input would
    /// keep the connection open.
    pub(super) fn parting_waits(&mut self) {
        if self.session_options.once && self.running.is_to_part() {
            self.parting.wait();
        }
    }

    /// The input has been quiet.
    pub(super) fn input_is_quiet(&mut self) {
        self.parting.quiet = never();
        // A line that waits to be sent blocks the next one, so the input is not known to be quiet.
        match self.session_options.once && self.line.is_some() && self.running.is_to_part() {
            true => self.parting.wait(),
            false => self.parting.is_quiet = true,
        }
    }

    /// Whether no further line is sent.
    pub(super) fn parts(&self) -> bool {
        let sends_all = self.session_options.once && !self.reconnects;
        let late = self.running.is_to_part() && self.parting.is_quiet && !sends_all;
        late || self.running.has_parted
    }

    /// Sends the FIN once everything is sent; receiving goes on.
    pub(super) fn half_close_if_done(&mut self) {
        if self.half_close == HalfClose::WithInput
            && self.is_all_sent()
            && let Some(&id) = self.running.session.connections().keys().next()
        {
            self.half_close = HalfClose::Ordered;
            self.running
                .command(Command::Connection(id, ConnectionCommand::FinishWriting));
        }
    }

    pub(super) fn part_if_done(&mut self) {
        let given = self.input_ended || self.parting.is_quiet;
        if given && !self.sends_file() && self.first.is_none() && self.line.is_none() {
            self.running.part();
        }
    }
}
