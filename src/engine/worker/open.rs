//! Opening a session: starts the worker's thread.

use super::{SessionHandle, StartRecording, Worker};
use crate::capture::recorder;
use crate::engine::command::Setup;
use crate::engine::driver::Driver;
use crate::engine::kinds::driver;
use crate::engine::sys::failure;
use crate::engine::sys::world::System;
use crate::jobs::{Job, Running};
use crate::traffic::Failure;
use std::io::{self, ErrorKind};

/// Capacity of the event channel; each event may hold one mebibyte of rows.
const CHANNEL: usize = 64;

/// Starts a worker. It calls `wake` on its own thread after it put an event into the channel;
/// `wake` must not block.
///
/// # Errors
/// If the setup lacks an address that its kind needs, or the system has no descriptor or
/// thread left. Failures of the sockets themselves are events.
pub fn open(setup: Setup, wake: impl Fn() + Send + 'static) -> Result<SessionHandle, Failure> {
    open_recorded(setup, None, wake)
}

/// Like [`open`], for a front end that waits for rows before it continues, such as a scenario.
/// Rows are handed over at once and not gathered under load, unless the front end falls behind.
///
/// # Errors
/// Those of [`open`].
pub fn open_prompt(
    setup: Setup,
    wake: impl Fn() + Send + 'static,
) -> Result<SessionHandle, Failure> {
    start(driver(setup), None, true, wake)
}

/// Like [`open`], but records from the first row on.
///
/// # Errors
/// Those of [`open`].
pub fn open_recorded(
    setup: Setup,
    recording: Option<recorder::RecordingRequest>,
    wake: impl Fn() + Send + 'static,
) -> Result<SessionHandle, Failure> {
    open_driver(
        driver(setup),
        recording.map(|request| (request, false)),
        wake,
    )
}

/// Like [`open`], but ends the session at once if it cannot be recorded.
///
/// # Errors
/// Those of [`open`].
pub fn open_if_recorded(
    setup: Setup,
    request: recorder::RecordingRequest,
    wake: impl Fn() + Send + 'static,
) -> Result<SessionHandle, Failure> {
    open_driver(driver(setup), Some((request, true)), wake)
}

pub(super) fn open_driver(
    driver: Option<Box<dyn Driver + Send>>,
    recording: StartRecording,
    wake: impl Fn() + Send + 'static,
) -> Result<SessionHandle, Failure> {
    start(driver, recording, false, wake)
}

fn start(
    driver: Option<Box<dyn Driver + Send>>,
    recording: StartRecording,
    is_prompt: bool,
    wake: impl Fn() + Send + 'static,
) -> Result<SessionHandle, Failure> {
    let failed = |error: io::Error| failure::not_begun(&error);
    let driver = driver.ok_or_else(|| failed(ErrorKind::InvalidInput.into()))?;
    let (commands, receiver) = crossbeam_channel::unbounded();
    let (facts, events) = crossbeam_channel::bounded(CHANNEL);
    let worker = Worker::new(Box::new(System), receiver, facts, Box::new(wake));
    let mut worker = worker.map_err(failed)?;
    if is_prompt {
        worker.parts.sink.be_prompt();
    }
    let waker = worker.parts.waker.clone();
    // The event sink wakes the front end after each event it handed over.
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
