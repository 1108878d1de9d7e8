//! A session whose rows are only counted, for `flood` and `meter`.

use crate::cli::interrupts::Interrupts;
use crate::cli::session::{RunningSession, unsent_messages};
use crate::cli::{diagnostics, hangup};
use crate::engine::{self, Event, Setup};
use crate::traffic::{Cause, Failure, Notice};
use crate::words::Lang;
use crossbeam_channel::{Receiver, never, select};
use std::time::{Duration, Instant};

/// The time-out of ending a session.
const TO_CLOSE: Duration = Duration::from_secs(5);

/// A session with its failures and interrupts.
pub struct Watch {
    pub running: RunningSession,
    interrupts: Interrupts,
    seconds: Receiver<Instant>,
    /// The number of failures, without drops by the kernel; only the first is kept.
    failures: u64,
    first: Option<Failure>,
    /// The number of messages that are reported as not sent.
    unsent: u64,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitEnd {
    /// The condition was met.
    Seen,
    /// The session has ended.
    Closed,
    /// The user ended it, or the reader of the output has gone.
    Request,
    /// The time-out was reached.
    Time,
}

impl Watch {
    /// Opens a session.
    ///
    /// # Errors
    /// The system has no thread or descriptor left, as text.
    pub fn open(setup: Setup, lang: Lang) -> Result<Self, String> {
        Ok(Self {
            interrupts: Interrupts::new(hangup::of_output(), lang)?,
            seconds: crossbeam_channel::tick(Duration::from_secs(1)),
            running: RunningSession::open(setup, |setup| engine::open(setup, || {}))
                .map_err(|failure| diagnostics::of_failure(lang, &failure))?,
            failures: 0,
            first: None,
            unsent: 0,
        })
    }

    /// Waits until `seen` returns true, at most `within`. `report` is called each second.
    pub fn hold(
        &mut self,
        within: Option<Duration>,
        mut report: impl FnMut(&Self),
        mut seen: impl FnMut(&Self) -> bool,
    ) -> WaitEnd {
        let deadline = within.map_or_else(never, crossbeam_channel::after);
        loop {
            if seen(self) {
                return WaitEnd::Seen;
            }
            select! {
                recv(self.running.events()) -> event => {
                    self.take(event.ok());
                    if self.running.is_over() {
                        return WaitEnd::Closed;
                    }
                }
                recv(self.seconds) -> _ => report(self),
                recv(self.interrupts.requests.asked()) -> _ => {
                    self.interrupts.heed_request();
                    return WaitEnd::Request;
                }
                recv(self.interrupts.hangup) -> reported => {
                    if self.interrupts.heed_hangup(reported) {
                        return WaitEnd::Request;
                    }
                }
                recv(deadline) -> _ => return WaitEnd::Time,
            }
        }
    }

    /// Waits until the socket is bound or connected.
    ///
    /// # Errors
    /// Why it is not, as text.
    pub fn stands(&mut self, within: Duration, lang: Lang) -> Result<WaitEnd, String> {
        let end = self.hold(
            Some(within),
            |_| {},
            |watch| watch.running.session.is_open(),
        );
        match (end, self.running.session.failure()) {
            (WaitEnd::Seen | WaitEnd::Request, _) => Ok(end),
            (_, Some(failure)) => Err(diagnostics::of_failure(lang, failure)),
            (_, None) => Err(String::new()),
        }
    }

    /// Ends the session and prints the first failure, and the one that ended the session.
    pub fn close(&mut self, lang: Lang) {
        self.running.stop();
        self.hold(Some(TO_CLOSE), |_| {}, |watch| watch.running.is_over());
        if let Some(failure) = &self.first {
            diagnostics::last_failure(lang, failure);
        }
        // The first failure may be another one.
        let death = self.death();
        if let Some(death) = death.filter(|death| self.first.as_ref() != Some(*death)) {
            diagnostics::failure(lang, death);
        }
    }

    /// The failure that ended the session, if any.
    fn death(&self) -> Option<&Failure> {
        let failure = self.running.session.failure();
        failure.filter(|failure| failure.ends_session())
    }

    /// Whether a thread died: the measurement is incomplete then.
    pub fn has_died(&self) -> bool {
        self.death().is_some() || self.died() > 0
    }

    /// The number of failures, without drops by the kernel.
    pub fn failures(&self) -> u64 {
        self.failures + self.died()
    }

    /// The number of messages that the kernel refused.
    pub fn unsent(&self) -> u64 {
        self.unsent
    }

    /// The number of threads that died, except deaths that are rows.
    fn died(&self) -> u64 {
        u64::from(self.running.has_died) + self.interrupts.died
    }

    fn take(&mut self, event: Option<Event>) {
        if let Some(Event::Rows(chunk)) = &event {
            for notice in chunk.notices() {
                self.unsent += unsent_messages(notice);
                // The end of the connection explains why it accepts no more data.
                if let Notice::Failed(failure) = notice
                    && !matches!(
                        failure.cause,
                        Cause::Dropped { .. } | Cause::PeerFinished | Cause::NotConnected
                    )
                {
                    self.failures += 1;
                    self.first.get_or_insert_with(|| failure.clone());
                }
            }
        }
        self.running.take(event);
    }
}
