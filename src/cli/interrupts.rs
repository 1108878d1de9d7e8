//! Interrupts of a command: a signal, or the end of the reader of its output.

use super::diagnostics;
use super::hangup::Hangup;
use crate::explain;
use crate::jobs::Died;
use crate::signals::{self, Requests};
use crate::t;
use crate::words::Lang;
use crossbeam_channel::{RecvError, never};
use std::io;

/// The interrupts of a command, as channels.
pub struct Interrupts {
    pub requests: Requests,
    pub hangup: Hangup,
    /// The number of watching threads that died.
    pub died: u64,
    lang: Lang,
}

impl Interrupts {
    /// Starts to watch for signals.
    ///
    /// # Errors
    /// The system has no thread or descriptor left, as text.
    pub fn new(hangup: io::Result<Hangup>, lang: Lang) -> Result<Self, String> {
        let of_system = |error: io::Error| diagnostics::not_begun(lang, &error);
        Ok(Self {
            requests: signals::requests(|| {}, || {}).map_err(of_system)?,
            hangup: hangup.map_err(of_system)?,
            died: 0,
            lang,
        })
    }

    /// Handles a request to end. Returns whether it came from the user. If the signal thread has
    /// died, no further request can arrive: the command ends too, with a message.
    pub fn heed_request(&mut self) -> bool {
        let Some(died) = self.requests.died() else {
            return true;
        };
        self.requests = Requests::never();
        self.died += 1;
        diagnostics::no_signals(self.lang, &died);
        false
    }

    /// Handles a message of `hangup`. Returns whether the reader of the output has gone. If the
    /// watching thread has died, only a write detects that, which a message says.
    pub fn heed_hangup(&mut self, reported: Result<Result<(), Died>, RecvError>) -> bool {
        self.hangup = never();
        let Ok(Err(died)) = reported else {
            return true;
        };
        self.died += 1;
        let reason = explain::died(self.lang, &died);
        diagnostics::print_line(&t!(self.lang, "cli.no_hangup", reason = reason));
        false
    }
}
