//! Sessions and programs side by side, and one place to wait for any of them.

use super::actor::Actor;
use super::diagnostics;
use super::program::Program;
use crate::scenario::group;
use crate::signals::{self, Requests};
use crate::traffic::Chunk;
use crate::words::Lang;
use crossbeam_channel::{Receiver, Select};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the sessions may take to end.
const TO_CLOSE: Duration = Duration::from_secs(5);

/// What is told of each chunk as it comes.
type Watcher = Box<dyn FnMut(&Arc<Chunk>)>;

pub struct ScenarioSessions {
    pub actors: Vec<Actor>,
    pub programs: Vec<Program>,
    requests: Requests,
    /// When all has to be over.
    limit: Receiver<Instant>,
    watcher: Watcher,
}

/// Whatever ends it, sessions close their sockets before the process ends.
impl Drop for ScenarioSessions {
    fn drop(&mut self) {
        self.close();
    }
}

/// Why what was waited for did not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Its own time was over.
    Time,
    /// The time for everything was.
    Limit,
    /// The user ended it.
    Request,
}

impl ScenarioSessions {
    /// An empty one that has to be over after `limit`.
    ///
    /// # Errors
    /// If the system has no thread or descriptor left.
    pub fn new(limit: Duration, watcher: impl FnMut(&Arc<Chunk>) + 'static) -> io::Result<Self> {
        Ok(Self {
            actors: Vec::new(),
            programs: Vec::new(),
            requests: signals::requests(|| {}, group::kill_all)?,
            limit: crossbeam_channel::after(limit),
            watcher: Box::new(watcher),
        })
    }

    pub fn actor(&mut self, name: &str) -> Option<&mut Actor> {
        self.actors.iter_mut().find(|actor| actor.name == name)
    }

    pub fn program(&mut self, name: &str) -> Option<&mut Program> {
        self.programs
            .iter_mut()
            .find(|program| program.name == name)
    }

    /// Waits until `look` sees something, at most so long.
    ///
    /// # Errors
    /// Why it did not.
    pub fn until<T>(
        &mut self,
        within: Duration,
        mut look: impl FnMut(&mut Self) -> Option<T>,
    ) -> Result<T, Over> {
        let deadline = crossbeam_channel::after(within);
        loop {
            self.drain();
            if let Some(seen) = look(self) {
                return Ok(seen);
            }
            if let Some(over) = self.wait(&deadline) {
                self.drain();
                // What came at the last moment counts.
                return look(self).ok_or(over);
            }
        }
    }

    /// Ends all sessions and waits until they have; programs end when this is dropped.
    pub fn close(&mut self) {
        for actor in &mut self.actors {
            actor.held.stop();
        }
        // A worker always ends; if not, the process does. A request to end, or the end of the
        // time for all, is no reason to leave a socket's file behind.
        let deadline = crossbeam_channel::after(TO_CLOSE);
        loop {
            self.drain();
            let mut select = Select::new();
            let time = select.recv(&deadline);
            self.add_events(&mut select);
            if self.actors.iter().all(|actor| actor.held.is_over()) || select.ready() == time {
                return;
            }
        }
    }

    /// Says once, if so, that signals are ignored after a panic; returns whether it did. That is
    /// a request to end too, for nobody could end it any more.
    pub fn say_no_signals(&self, lang: Lang) -> bool {
        let died = self.requests.died();
        died.inspect(|died| diagnostics::no_signals(lang, died))
            .is_some()
    }

    fn drain(&mut self) {
        for actor in &mut self.actors {
            actor.drain(&mut self.watcher);
        }
        self.programs.iter_mut().for_each(Program::drain);
    }

    fn add_events<'a>(&'a self, select: &mut Select<'a>) {
        // One that has ended would always be ready.
        let going = self.actors.iter().map(|actor| &actor.held);
        for held in going.filter(|held| !held.is_over()) {
            select.recv(held.events());
        }
    }

    /// Waits until anything happens; says so if that is the end. It sleeps on all channels at
    /// once: each session hands over its rows as they come ([`crate::engine::open_prompt`]).
    fn wait(&self, deadline: &Receiver<Instant>) -> Option<Over> {
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
        let ready = select.ready();
        if ready == request {
            // A request stays where it is, so that the next one ends the process at once.
            Some(Over::Request)
        } else if ready == limit {
            Some(Over::Limit)
        } else {
            (ready == time).then_some(Over::Time)
        }
    }
}
