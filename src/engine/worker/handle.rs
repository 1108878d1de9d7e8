//! The front end's handle of a session.

use crate::engine::command::{Command, Event};
use crate::engine::sys::poll::Waker;
use crate::jobs::Job;
use crossbeam_channel::{Receiver, Sender};

/// The front end's handle of a session. Dropping it stops the worker.
pub struct SessionHandle {
    pub(super) commands: Sender<Command>,
    pub(super) events: Receiver<Event>,
    pub(super) waker: Waker,
    pub(super) job: Option<Job<()>>,
}

impl SessionHandle {
    /// Sends a command. It is discarded if the worker has ended.
    pub fn command(&self, command: impl Into<Command>) {
        // Fails only if the worker has ended, which an event reports.
        self.commands.send(command.into()).ok();
        self.waker.wake();
    }

    /// The channel of the session's events. The last one is [`Event::Closed`].
    pub fn events(&self) -> &Receiver<Event> {
        &self.events
    }

    /// Stops the worker and waits for its thread. Remaining events are discarded. It blocks: do
    /// not call it on the window's thread.
    pub fn join(mut self) {
        let job = self.job.take();
        // The worker waits until its last event is read or the channel is closed.
        drop(self);
        if let Some(job) = job {
            // The outcome is a row.
            job.join();
        }
    }
}

impl Drop for SessionHandle {
    fn drop(&mut self) {
        self.command(Command::Stop);
    }
}
