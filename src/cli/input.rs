//! Lines of the standard input, read on a thread of its own: nothing else waits for it.

use super::lines::{Line, Lines};
use super::patience;
use crate::engine::SEND_QUEUE;
use crate::jobs::{Job, caught};
use crossbeam_channel::{Receiver, Sender};
use std::io::{self, BufReader, IsTerminal as _};

/// Lines that may wait.
const AHEAD: usize = 2048;
/// Bytes for which a line takes one of their places, so that memory stays bounded.
const PLACE: usize = 4 << 10;
/// A longer line could not wait to be sent.
pub const LONGEST: usize = SEND_QUEUE;
/// Bytes of a line at which a terminal in its line mode drops the rest (termios(3)).
const TYPED: usize = 4095;

/// What the input gives.
#[derive(Debug)]
pub enum Input {
    Line(Vec<u8>),
    /// A line of which the terminal may have dropped the end.
    Cut,
    /// A line of more than [`LONGEST`].
    TooLong,
    /// Takes another place for the long line before it, and is nothing.
    Place,
    /// It cannot be read any further.
    Failed(io::Error),
}

/// The lines, without their breaks; the channel ends with the input.
///
/// # Errors
/// If the system has no thread left.
pub fn lines() -> io::Result<Receiver<Input>> {
    let (given, typed) = crossbeam_channel::bounded(AHEAD);
    // Not cancelled: it waits in read(2) for somebody to type, as long as the process lives.
    Job::start(
        "input",
        || {},
        move |_| {
            if let Err(died) = caught(|| read(&given)) {
                // Fails only if nobody wants a line any more.
                given.send(Input::Failed(died.into())).ok();
            }
            Ok::<(), io::Error>(())
        },
    )?;
    Ok(typed)
}

fn read(given: &Sender<Input>) {
    let input = io::stdin();
    let is_typed = input.is_terminal();
    let input = BufReader::new(patience::Reader(input.lock()));
    let mut lines = Lines::new(input, LONGEST);
    loop {
        let (next, last) = match lines.read() {
            Ok(Some(Line::Whole(line))) if is_typed && line.len() >= TYPED => (Input::Cut, false),
            Ok(Some(Line::Whole(line))) => (Input::Line(line), false),
            Ok(Some(Line::TooLong)) => (Input::TooLong, false),
            Ok(None) => return,
            Err(error) => (Input::Failed(error), true),
        };
        let places = match &next {
            Input::Line(line) => (line.len() / PLACE).min(AHEAD - 1),
            _ => 0,
        };
        let places = std::iter::repeat_with(|| Input::Place).take(places);
        let mut all = std::iter::once(next).chain(places);
        if all.any(|input| given.send(input).is_err()) || last {
            return;
        }
    }
}
