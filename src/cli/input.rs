//! The standard input, read on a thread.

use super::blocking_io;
use super::lines::{InputLine, Lines};
use crate::engine::SEND_QUEUE;
use crate::jobs::{Job, caught};
use crossbeam_channel::{Receiver, Sender};
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, IsTerminal as _, Read as _};

/// The capacity of the channel, in items.
const AHEAD: usize = 2048;
/// The bytes for which a line takes one item of the channel, so that memory is bounded.
const PLACE: usize = 4 << 10;
/// The maximum length of a line in bytes: a longer one does not fit into the send queue.
pub const LONGEST: usize = SEND_QUEUE;
/// The length at which a terminal in canonical mode drops the rest of a line (termios(3)).
const TYPED: usize = 4095;

/// How the input is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Lines,
    /// The bytes of each read, at most this many.
    Blocks(usize),
}

/// An item of the input.
#[derive(Debug)]
pub enum Input {
    /// A line without its line ending, or a block.
    Line(Vec<u8>),
    /// A line whose end the terminal may have dropped.
    Cut,
    /// A line longer than [`LONGEST`].
    TooLong,
    /// Takes one more item of the channel for a long line or block. It has no meaning.
    Place,
    /// The input cannot be read any further.
    Failed(io::Error),
}

impl Input {
    /// Whether a line or a block was read.
    pub fn is_line(&self) -> bool {
        matches!(self, Self::Line(_) | Self::Cut | Self::TooLong)
    }
}

/// Reads the standard input. The channel closes at the end of the input.
///
/// # Errors
/// The system has no thread left.
pub fn of(shape: Shape) -> io::Result<Receiver<Input>> {
    let (given, typed) = crossbeam_channel::bounded(AHEAD);
    // Not cancelled: it waits in read(2) for input until the process ends.
    Job::start(
        "input",
        || {},
        move |_| {
            let read = || match shape {
                Shape::Lines => lines(&given),
                Shape::Blocks(size) => blocks(size, &given),
            };
            if let Err(died) = caught(read) {
                // Fails only if the receiver was dropped.
                given.send(Input::Failed(died.into())).ok();
            }
            Ok::<(), io::Error>(())
        },
    )?;
    Ok(typed)
}

fn lines(given: &Sender<Input>) {
    let input = io::stdin();
    let is_typed = input.is_terminal();
    let input = BufReader::new(blocking_io::BlockingReader(input.lock()));
    let mut lines = Lines::new(input, LONGEST);
    loop {
        let (next, last) = match lines.read() {
            Ok(Some(InputLine::Whole(line))) if is_typed && line.len() >= TYPED => {
                (Input::Cut, false)
            }
            Ok(Some(InputLine::Whole(line))) => (Input::Line(line), false),
            Ok(Some(InputLine::TooLong)) => (Input::TooLong, false),
            Ok(None) => return,
            Err(error) => (Input::Failed(error), true),
        };
        if !give(next, given) || last {
            return;
        }
    }
}

fn blocks(size: usize, given: &Sender<Input>) {
    let mut input = match unbuffered() {
        Ok(input) => blocking_io::BlockingReader(input),
        Err(error) => {
            give(Input::Failed(error), given);
            return;
        }
    };
    let mut buffer = vec![0; size];
    loop {
        let next = match input.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => Input::Line(buffer.get(..count).unwrap_or_default().to_vec()),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => {
                give(Input::Failed(error), given);
                return;
            }
        };
        if !give(next, given) {
            return;
        }
    }
}

/// Sends an item, and waits for space in the channel. Returns whether the receiver still exists.
fn give(input: Input, given: &Sender<Input>) -> bool {
    let places = match &input {
        Input::Line(bytes) => (bytes.len() / PLACE).min(AHEAD - 1),
        _ => 0,
    };
    let places = std::iter::repeat_with(|| Input::Place).take(places);
    let mut all = std::iter::once(input).chain(places);
    all.all(|input| given.send(input).is_ok())
}

/// The standard input without a buffer: a buffer would cut a block at its end.
#[cfg(unix)]
fn unbuffered() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

#[cfg(windows)]
fn unbuffered() -> io::Result<File> {
    use std::os::windows::io::AsHandle as _;
    Ok(File::from(io::stdin().as_handle().try_clone_to_owned()?))
}
