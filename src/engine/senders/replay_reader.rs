//! Reads the payloads of a recorded file, each with its time, a little ahead of who sends
//! them.

use crate::capture::import;
use crate::engine::command::{Replay, Which};
use crate::engine::senders::file_reader;
use crate::engine::senders::file_reader::Piece;
use crate::engine::sys::failure;
use crate::traffic::{Body, Cause};
use crossbeam_channel::Receiver;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Payloads that may wait.
const AHEAD: usize = 256;

/// Starts to read; the reader ends when the receiver is dropped, which is how it is cancelled.
/// `wake` is called when there is something new to take.
///
/// # Errors
/// If the system has no thread left.
pub fn start(
    path: PathBuf,
    replay: Replay,
    wake: impl Fn() + Send + 'static,
) -> io::Result<Receiver<Piece>> {
    let (pieces, received) = crossbeam_channel::bounded(AHEAD);
    file_reader::run("replay reader", pieces, wake, move |pieces, reader| {
        read(&path, replay, &|piece| {
            let told = pieces.send(piece).is_ok();
            // Whoever found nothing waits to be woken, and finds this one alone.
            if pieces.len() <= 1 {
                reader.wake();
            }
            told
        })
    })?;
    Ok(received)
}

fn read(path: &Path, replay: Replay, told: &dyn Fn(Piece) -> bool) -> Result<(), Cause> {
    let file = file_reader::open(path)?;
    let mut first = None;
    let read = import::read(file, &mut |record| {
        let bytes = match (record.body, replay.which) {
            (Body::Received { bytes, .. }, Which::Received | Which::All)
            | (Body::Sent { bytes, .. }, Which::Sent | Which::All) => bytes,
            _ => return ControlFlow::Continue(()),
        };
        let first = *first.get_or_insert(record.time);
        let micros = u64::try_from(record.time - first).unwrap_or(0);
        let after = match replay.speed {
            Some(speed) => Duration::from_secs_f64(micros as f64 / 1e6 / speed.max(1e-3)),
            None => Duration::ZERO,
        };
        match told(Piece::At(after, Arc::from(bytes))) {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    });
    read.map(|_| ()).map_err(failure::of_file)
}
