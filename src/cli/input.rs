//! The standard input, read on a thread of its own: nothing else waits for it.

use super::blocking_io;
use super::lines::{Line, Lines};
use crate::engine::SEND_QUEUE;
use crate::jobs::{Job, caught};
use crossbeam_channel::{Receiver, Sender};
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, IsTerminal as _, Read as _};

/// Lines that may wait.
const AHEAD: usize = 2048;
/// Bytes for which a line takes one of their places, so that memory stays bounded.
const PLACE: usize = 4 << 10;
/// A longer line could not wait to be sent.
pub const LONGEST: usize = SEND_QUEUE;
/// Bytes of a line at which a terminal in its line mode drops the rest (termios(3)).
const TYPED: usize = 4095;

/// What the input is taken apart into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Lines,
    /// What each read gives, of at most so many bytes.
    Blocks(usize),
}

/// What the input gives.
#[derive(Debug)]
pub enum Input {
    /// A line without its break, or a block.
    Line(Vec<u8>),
    /// A line of which the terminal may have dropped the end.
    Cut,
    /// A line of more than [`LONGEST`].
    TooLong,
    /// Takes another place for the long line or block before it, and is nothing.
    Place,
    /// It cannot be read any further.
    Failed(io::Error),
}

impl Input {
    /// Whether a line or a block was read.
    pub fn is_line(&self) -> bool {
        matches!(self, Self::Line(_) | Self::Cut | Self::TooLong)
    }
}

/// The lines or blocks; the channel ends with the input.
///
/// # Errors
/// If the system has no thread left.
pub fn of(shape: Shape) -> io::Result<Receiver<Input>> {
    let (given, typed) = crossbeam_channel::bounded(AHEAD);
    // Not cancelled: it waits in read(2) for somebody to type, as long as the process lives.
    Job::start(
        "input",
        || {},
        move |_| {
            let read = || match shape {
                Shape::Lines => lines(&given),
                Shape::Blocks(size) => blocks(size, &given),
            };
            if let Err(died) = caught(read) {
                // Fails only if nobody wants a line any more.
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
            Ok(Some(Line::Whole(line))) if is_typed && line.len() >= TYPED => (Input::Cut, false),
            Ok(Some(Line::Whole(line))) => (Input::Line(line), false),
            Ok(Some(Line::TooLong)) => (Input::TooLong, false),
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

/// Hands it over once there is room; says whether anybody wants more.
fn give(input: Input, given: &Sender<Input>) -> bool {
    let places = match &input {
        Input::Line(bytes) => (bytes.len() / PLACE).min(AHEAD - 1),
        _ => 0,
    };
    let places = std::iter::repeat_with(|| Input::Place).take(places);
    let mut all = std::iter::once(input).chain(places);
    all.all(|input| given.send(input).is_ok())
}

/// The standard input without a buffer, of which the last of a block would be what is left.
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
