//! Reads the payloads of a capture file with their times on its own thread, slightly ahead of
//! the sender.

use crate::capture::import;
use crate::engine::command::{ReplayRequest, ReplaySelection};
use crate::engine::senders::file_reader;
use crate::engine::senders::file_reader::ReadEvent;
use crate::engine::sys::failure;
use crate::traffic::{Body, Cause};
use crossbeam_channel::Receiver;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Number of payloads read ahead.
const AHEAD: usize = 256;

/// Starts to read. Dropping the receiver cancels the reader. `wake` is called when the queue
/// was empty.
///
/// # Errors
/// If the system has no thread left.
pub fn start(
    path: PathBuf,
    replay: ReplayRequest,
    wake: impl Fn() + Send + 'static,
) -> io::Result<Receiver<ReadEvent>> {
    let (events, received) = crossbeam_channel::bounded(AHEAD);
    file_reader::run("replay reader", events, wake, move |events, reader| {
        read(&path, replay, &|event| {
            let delivered = events.send(event).is_ok();
            // A receiver that found the queue empty waits to be woken.
            if events.len() <= 1 {
                reader.wake();
            }
            delivered
        })
    })?;
    Ok(received)
}

fn read(
    path: &Path,
    replay: ReplayRequest,
    deliver: &dyn Fn(ReadEvent) -> bool,
) -> Result<(), Cause> {
    let file = file_reader::open(path)?;
    let mut first = None;
    let read = import::read(file, &mut |record| {
        let bytes = match (record.body, replay.which) {
            (Body::Received { bytes, .. }, ReplaySelection::Received | ReplaySelection::All)
            | (Body::Sent { bytes, .. }, ReplaySelection::Sent | ReplaySelection::All) => bytes,
            _ => return ControlFlow::Continue(()),
        };
        let first = *first.get_or_insert(record.time);
        let micros = u64::try_from(record.time - first).unwrap_or(0);
        let after = match replay.speed {
            Some(speed) => Duration::from_secs_f64(micros as f64 / 1e6 / speed.max(1e-3)),
            None => Duration::ZERO,
        };
        match deliver(ReadEvent::At(after, Arc::from(bytes))) {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    });
    read.map(|_| ()).map_err(failure::of_file)
}
