//! Lines of the standard input, read on a thread of its own: nothing else waits for it.

use super::{lines, patience};
use crate::jobs::{Job, caught};
use crossbeam_channel::{Receiver, Sender};
use std::io::{self, BufReader, IsTerminal as _};

/// Lines that may wait.
const AHEAD: usize = 64;
/// A longer line goes in parts.
const LONGEST: u64 = 1 << 20;
/// Bytes of a line at which a terminal in its line mode drops the rest (termios(3)).
const TYPED: usize = 4095;

/// What the input gives.
#[derive(Debug)]
pub enum Input {
    Line(Vec<u8>),
    /// A line of which the terminal may have dropped the end.
    Cut,
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
    let mut input = BufReader::new(patience::Reader(input.lock()));
    loop {
        let (next, last) = match lines::next(&mut input, LONGEST) {
            Ok(Some(line)) if is_typed && line.len() >= TYPED => (Input::Cut, false),
            Ok(Some(line)) => (Input::Line(line), false),
            Ok(None) => return,
            Err(error) => (Input::Failed(error), true),
        };
        if given.send(next).is_err() || last {
            return;
        }
    }
}
