//! A front end's side of a session.

use crate::engine::command::{Command, Event};
use crate::engine::sys::poll::Waker;
use crate::jobs::Job;
use crossbeam_channel::{Receiver, Sender};

/// A face's end of a session. Dropping it stops the worker.
pub struct SessionHandle {
    pub(super) commands: Sender<Command>,
    pub(super) events: Receiver<Event>,
    pub(super) waker: Waker,
    pub(super) job: Option<Job<()>>,
}

impl SessionHandle {
    /// Gives an order. After the worker has ended, orders go nowhere.
    pub fn order(&self, command: impl Into<Command>) {
        // Fails only if the worker has ended, which an event tells.
        self.commands.send(command.into()).ok();
        self.waker.wake();
    }

    pub fn events(&self) -> &Receiver<Event> {
        &self.events
    }

    /// Stops the worker and waits until its thread has ended; its last events go
    /// unread. Not for the window's thread.
    pub fn join(mut self) {
        let job = self.job.take();
        // The worker waits for its last word to be read, or for nobody to be there.
        drop(self);
        if let Some(job) = job {
            // How it ended is a row.
            job.join();
        }
    }
}

impl Drop for SessionHandle {
    fn drop(&mut self) {
        self.order(Command::Stop);
    }
}
