//! What ends a command from outside: its user, or the end of whoever reads its output.

use super::diagnostics;
use super::hangup::Hangup;
use crate::explain;
use crate::jobs::Died;
use crate::say;
use crate::signals::{self, Requests};
use crate::words::Lang;
use crossbeam_channel::{RecvError, never};
use std::io;

pub struct Interrupts {
    pub requests: Requests,
    pub hangup: Hangup,
    /// Threads that told of them and died.
    pub died: u64,
    lang: Lang,
}

impl Interrupts {
    /// # Errors
    /// If the system has no thread or descriptor left, in words.
    pub fn new(hangup: io::Result<Hangup>, lang: Lang) -> Result<Self, String> {
        let of_system = |error: io::Error| diagnostics::not_begun(lang, &error);
        Ok(Self {
            requests: signals::requests(|| {}, || {}).map_err(of_system)?,
            hangup: hangup.map_err(of_system)?,
            died: 0,
            lang,
        })
    }

    /// Takes in a request to end. Returns whether the user asked; otherwise nobody could end it
    /// any more, which it says and which is a request too.
    pub fn heed_request(&mut self) -> bool {
        let Some(died) = self.requests.died() else {
            return true;
        };
        self.requests = Requests::never();
        self.died += 1;
        diagnostics::no_signals(self.lang, &died);
        false
    }

    /// Takes in what `hangup` told. Returns whether the reader of the output has gone;
    /// otherwise only a write finds that out from now on, which it says.
    pub fn heed_hangup(&mut self, told: Result<Result<(), Died>, RecvError>) -> bool {
        self.hangup = never();
        let Ok(Err(died)) = told else {
            return true;
        };
        self.died += 1;
        let reason = explain::died(self.lang, &died);
        diagnostics::say(&say!(self.lang, "cli.no_hangup", reason = reason));
        false
    }
}
