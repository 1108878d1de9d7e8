//! The sessions and programs of a scenario or of `send`, and one place to wait for all of them.

use super::diagnostics;
use super::inbox_session::InboxSession;
use super::program::Program;
use crate::scenario::group;
use crate::signals::{self, Requests};
use crate::traffic::Chunk;
use crate::words::Lang;
use crossbeam_channel::{Receiver, Select};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The time-out of ending all sessions.
const TO_CLOSE: Duration = Duration::from_secs(5);

/// A function that is called with each chunk of rows.
type Watcher = Box<dyn FnMut(&Arc<Chunk>)>;

/// The open sessions and running programs.
pub struct Runner {
    pub sessions: Vec<InboxSession>,
    pub programs: Vec<Program>,
    requests: Requests,
    /// Fires at the time limit of the whole scenario.
    limit: Receiver<Instant>,
    watcher: Watcher,
}

/// Sessions close their sockets before the process ends, whatever the reason.
impl Drop for Runner {
    fn drop(&mut self) {
        self.close();
    }
}

/// Why a wait ended without success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitFailure {
    /// Its own time-out was reached.
    Time,
    /// The time limit of the whole scenario was reached.
    Limit,
    /// The user ended it.
    Request,
}

impl Runner {
    /// Starts without sessions and programs. `limit` is the time limit of the whole scenario.
    ///
    /// # Errors
    /// The system has no thread or descriptor left.
    pub fn new(limit: Duration, watcher: impl FnMut(&Arc<Chunk>) + 'static) -> io::Result<Self> {
        Ok(Self {
            sessions: Vec::new(),
            programs: Vec::new(),
            requests: signals::requests(|| {}, group::kill_all)?,
            limit: crossbeam_channel::after(limit),
            watcher: Box::new(watcher),
        })
    }

    /// The session of this name.
    pub fn session(&mut self, name: &str) -> Option<&mut InboxSession> {
        self.sessions
            .iter_mut()
            .find(|session| session.name == name)
    }

    /// The program of this name.
    pub fn program(&mut self, name: &str) -> Option<&mut Program> {
        self.programs
            .iter_mut()
            .find(|program| program.name == name)
    }

    /// Waits until `look` returns a value, at most `within`.
    ///
    /// # Errors
    /// Why it did not.
    pub fn until<T>(
        &mut self,
        within: Duration,
        mut look: impl FnMut(&mut Self) -> Option<T>,
    ) -> Result<T, WaitFailure> {
        let deadline = crossbeam_channel::after(within);
        loop {
            self.drain();
            if let Some(seen) = look(self) {
                return Ok(seen);
            }
            if let Some(over) = self.wait(&deadline) {
                self.drain();
                // Events of the last moment count.
                return look(self).ok_or(over);
            }
        }
    }

    /// Ends all sessions and waits for them. Programs end when this is dropped.
    pub fn close(&mut self) {
        for session in &mut self.sessions {
            session.running.stop();
        }
        // A worker always ends; if not, the process ends. Neither a signal nor the time limit may
        // leave the file of a Unix socket behind.
        let deadline = crossbeam_channel::after(TO_CLOSE);
        loop {
            self.drain();
            let mut select = Select::new();
            let time = select.recv(&deadline);
            self.add_events(&mut select);
            if self
                .sessions
                .iter()
                .all(|session| session.running.is_over())
                || select.ready() == time
            {
                return;
            }
        }
    }

    /// Prints once that the signal thread has died, and returns whether it has. No signal can end
    /// the command then, so it counts as a request to end.
    pub fn report_no_signals(&self, lang: Lang) -> bool {
        let died = self.requests.died();
        died.inspect(|died| diagnostics::no_signals(lang, died))
            .is_some()
    }

    fn drain(&mut self) {
        for session in &mut self.sessions {
            session.drain(&mut self.watcher);
        }
        self.programs.iter_mut().for_each(Program::drain);
    }

    fn add_events<'a>(&'a self, select: &mut Select<'a>) {
        // The channel of an ended session would always be ready.
        let going = self.sessions.iter().map(|session| &session.running);
        for running in going.filter(|running| !running.is_over()) {
            select.recv(running.events());
        }
    }

    /// Waits for the next event on any channel, and returns why the wait must end, if so. Sessions
    /// deliver rows without delay ([`crate::engine::open_prompt`]).
    fn wait(&self, deadline: &Receiver<Instant>) -> Option<WaitFailure> {
        let mut select = Select::new();
        let request = select.recv(self.requests.asked());
        let limit = select.recv(&self.limit);
        let time = select.recv(deadline);
        self.add_events(&mut select);
        for program in self.programs.iter().filter(|program| !program.is_silent()) {
            select.recv(program.output());
        }
        for written in self.programs.iter().filter_map(Program::written) {
            select.recv(written);
        }
        let due = self
            .sessions
            .iter()
            .filter_map(|session| session.inbox.deadline());
        let due = due
            .min()
            .map_or_else(crossbeam_channel::never, crossbeam_channel::at);
        select.recv(&due);
        let ready = select.ready();
        if ready == request {
            // The request stays in its channel, so that the next signal ends the process at once.
            Some(WaitFailure::Request)
        } else if ready == limit {
            Some(WaitFailure::Limit)
        } else {
            (ready == time).then_some(WaitFailure::Time)
        }
    }
}
