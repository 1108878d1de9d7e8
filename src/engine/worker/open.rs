//! Starting a session.

use super::{Recording, SessionHandle, Worker};
use crate::capture::recorder;
use crate::engine::command::Setup;
use crate::engine::driver::Driver;
use crate::engine::kinds::driver;
use crate::engine::sys::failure;
use crate::engine::sys::world::System;
use crate::jobs::{Job, Running};
use crate::traffic::Failure;
use std::io::{self, ErrorKind};

/// Events that may wait for the face; each may hold a megabyte of rows.
const CHANNEL: usize = 64;

/// Starts a worker. `wake` is called, from the worker's thread, after an event was put
/// into a channel; it must not block.
///
/// # Errors
/// If the setup lacks an address that its kind needs, or the system has no descriptor or
/// thread left for it. What becomes of the sockets
/// themselves is told by events.
pub fn open(setup: Setup, wake: impl Fn() + Send + 'static) -> Result<SessionHandle, Failure> {
    open_recorded(setup, None, wake)
}

/// The same of a session whose front end waits for rows before it goes on, as a script does:
/// they are handed over at once, and not gathered under load, as long as it takes them.
///
/// # Errors
/// Those of [`open`].
pub fn open_prompt(
    setup: Setup,
    wake: impl Fn() + Send + 'static,
) -> Result<SessionHandle, Failure> {
    start(driver(setup), None, true, wake)
}

/// The same of a session that is recorded from its first row on.
///
/// # Errors
/// Those of [`open`].
pub fn open_recorded(
    setup: Setup,
    recording: Option<recorder::Order>,
    wake: impl Fn() + Send + 'static,
) -> Result<SessionHandle, Failure> {
    open_driver(driver(setup), recording.map(|order| (order, false)), wake)
}

/// The same of a session that ends before it begins if it cannot be recorded.
///
/// # Errors
/// Those of [`open`].
pub fn open_if_recorded(
    setup: Setup,
    order: recorder::Order,
    wake: impl Fn() + Send + 'static,
) -> Result<SessionHandle, Failure> {
    open_driver(driver(setup), Some((order, true)), wake)
}

pub(super) fn open_driver(
    driver: Option<Box<dyn Driver + Send>>,
    recording: Recording,
    wake: impl Fn() + Send + 'static,
) -> Result<SessionHandle, Failure> {
    start(driver, recording, false, wake)
}

fn start(
    driver: Option<Box<dyn Driver + Send>>,
    recording: Recording,
    is_prompt: bool,
    wake: impl Fn() + Send + 'static,
) -> Result<SessionHandle, Failure> {
    let failed = |error: io::Error| failure::not_begun(&error);
    let driver = driver.ok_or_else(|| failed(ErrorKind::InvalidInput.into()))?;
    let (commands, orders) = crossbeam_channel::unbounded();
    let (facts, events) = crossbeam_channel::bounded(CHANNEL);
    let worker = Worker::new(Box::new(System), orders, facts, Box::new(wake));
    let mut worker = worker.map_err(failed)?;
    if is_prompt {
        worker.parts.sink.be_prompt();
    }
    let waker = worker.parts.waker.clone();
    // The event sink wakes the face itself, after each event it handed over.
    let run = move |_: &Running| {
        worker.run(driver, recording);
        Ok(())
    };
    let job = Job::start("session", || {}, run).map_err(failed)?;
    Ok(SessionHandle {
        commands,
        events,
        waker,
        job: Some(job),
    })
}
