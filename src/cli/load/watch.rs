//! A session of which only numbers are looked at.

use crate::cli::ending::Ending;
use crate::cli::hangup::Hangup;
use crate::cli::{complaint, hangup};
use crate::engine::{self, Command, Event, SessionHandle, Setup};
use crate::session::Session;
use crate::signals::{self, Requests};
use crate::traffic::{Cause, Failure, Notice};
use crate::words::Lang;
use crossbeam_channel::{Receiver, never, select};
use std::io;
use std::time::{Duration, Instant};

/// How long a session may take to end.
const TO_CLOSE: Duration = Duration::from_secs(5);

pub struct Watch {
    pub session: Session,
    link: SessionHandle,
    requests: Requests,
    hangup: Hangup,
    seconds: Receiver<Instant>,
    /// What failed, besides what the kernel dropped; only the first is kept.
    failures: u64,
    first: Option<Failure>,
    /// Threads that died, other than one whose death is a row.
    died: u64,
    lang: Lang,
    /// How the peer of a connection ended it.
    pub ending: Option<Ending>,
}

/// Why it is no longer waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// What was looked for was seen.
    Seen,
    /// The session has ended.
    Closed,
    /// The user ended it, or whoever reads has gone away.
    Request,
    /// The time was over.
    Time,
}

impl Watch {
    /// # Errors
    /// If the system has no thread or descriptor left, in words.
    pub fn open(setup: &Setup, lang: Lang) -> Result<Self, String> {
        let of_system = |error: io::Error| complaint::not_begun(lang, &error);
        let mut session = Session::default();
        session.set_log_budget(0);
        session.opening(setup);
        Ok(Self {
            session,
            requests: signals::requests(|| {}).map_err(of_system)?,
            hangup: hangup::of_output().map_err(of_system)?,
            seconds: crossbeam_channel::tick(Duration::from_secs(1)),
            link: engine::open(setup.clone(), || {})
                .map_err(|failure| format!("netpeer: {}", complaint::explained(lang, &failure)))?,
            failures: 0,
            first: None,
            died: 0,
            lang,
            ending: None,
        })
    }

    pub fn order(&self, command: impl Into<Command>) {
        self.link.order(command);
    }

    /// Waits until `seen`, at most so long; `tell` is asked each second.
    pub fn hold(
        &mut self,
        within: Option<Duration>,
        mut tell: impl FnMut(&Self),
        mut seen: impl FnMut(&Self) -> bool,
    ) -> End {
        let deadline = within.map_or_else(never, crossbeam_channel::after);
        loop {
            if seen(self) {
                return End::Seen;
            }
            select! {
                recv(self.link.events()) -> event => match event {
                    Ok(Event::Closed) => {
                        self.session.apply(Event::Closed);
                        return End::Closed;
                    }
                    Err(_) => {
                        // Without a last word it died; after it, it has ended before.
                        self.died += u64::from(!self.session.is_closed());
                        self.session.apply(Event::Closed);
                        return End::Closed;
                    }
                    Ok(event) => self.take(event),
                },
                recv(self.seconds) -> _ => tell(self),
                recv(self.requests.asked()) -> _ => {
                    if let Some(died) = self.requests.died() {
                        // Nobody could end it any more: that is an end too.
                        self.requests = Requests::never();
                        complaint::no_signals(self.lang, &died);
                        self.died += 1;
                    }
                    return End::Request;
                }
                recv(self.hangup) -> gone => {
                    self.hangup = never();
                    match gone {
                        Ok(Err(died)) => {
                            complaint::no_hangup(self.lang, &died);
                            self.died += 1;
                        }
                        Ok(Ok(())) | Err(_) => return End::Request,
                    }
                }
                recv(deadline) -> _ => return End::Time,
            }
        }
    }

    /// Waits until it is bound or connected.
    ///
    /// # Errors
    /// Why it is not, in words.
    pub fn stands(&mut self, within: Duration, lang: Lang) -> Result<End, String> {
        let end = self.hold(Some(within), |_| {}, |watch| watch.session.is_open());
        match (end, self.session.failure()) {
            (End::Seen | End::Request, _) => Ok(end),
            (_, Some(failure)) => Err(format!("netpeer: {}", complaint::explained(lang, failure))),
            (_, None) => Err(String::new()),
        }
    }

    /// Ends it, and says what failed meanwhile.
    pub fn close(&mut self, lang: Lang) {
        self.session.closing();
        self.order(Command::Stop);
        self.hold(Some(TO_CLOSE), |_| {}, |watch| watch.session.is_closed());
        if let Some(failure) = &self.first {
            complaint::last_failure(lang, failure);
        }
        // Something else may have failed first.
        let death = self.death();
        if let Some(death) = death.filter(|death| self.first.as_ref() != Some(*death)) {
            complaint::failure(lang, death);
        }
    }

    /// Why the session ended by itself, if it did.
    fn death(&self) -> Option<&Failure> {
        self.session
            .failure()
            .filter(|failure| failure.ends_session())
    }

    /// Whether a thread died: what was measured is not all there was.
    pub fn has_died(&self) -> bool {
        self.death().is_some() || self.died > 0
    }

    /// How often something failed, besides what the kernel dropped.
    pub fn failures(&self) -> u64 {
        self.failures + self.died
    }

    fn take(&mut self, event: Event) {
        if let Event::Rows(chunk) = &event {
            for notice in chunk.notices() {
                self.ending = Ending::of(notice).or(self.ending);
                // That a connection takes no more is said by how it ended.
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
        self.session.apply(event);
    }
}
