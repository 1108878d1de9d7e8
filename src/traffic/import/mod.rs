//! Files of other programs, and our own, as records.
//!
//! A file is read piece by piece: memory does not grow with it, and no length it claims
//! is believed before the bytes are there.

mod guess;
mod json_lines;
mod packet;
mod pcapng;

pub use super::{FilePlace as Place, FileProblem};

use super::Record;
use std::io::{self, Read};
use std::ops::ControlFlow;

/// No block or line is longer, in bytes.
const LONGEST: usize = 64 << 20;

/// What becomes of each record; a break gives the rest up.
pub type Each<'a> = &'a mut dyn FnMut(Record<'_>) -> ControlFlow<()>;

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub records: u64,
    /// Packets that carry neither UDP nor TCP, or that are not whole.
    pub skipped: u64,
}

/// Why a file could not be read to its end. What came before was.
#[derive(Debug)]
pub struct ImportError {
    pub place: Place,
    pub problem: Problem,
}

#[derive(Debug)]
pub enum Problem {
    Io(io::Error),
    File(FileProblem),
}

/// Reads records in the order they stand in.
///
/// # Errors
/// The first thing that is wrong, and where.
pub fn read(mut input: impl Read, each: Each<'_>) -> Result<Summary, ImportError> {
    let mut head = [0; 4];
    let count = fill(&mut input, &mut head).map_err(|error| at(0, Problem::Io(error)))?;
    let head = head.get(..count).unwrap_or_default();
    let input = head.chain(input);
    match head {
        [] => Err(at(0, Problem::File(FileProblem::Empty))),
        [0x0A, 0x0D, 0x0D, 0x0A] => pcapng::read(input, each),
        [0xA1, 0xB2, 0xC3, 0xD4 | 0x4D] | [0xD4 | 0x4D, 0xC3 | 0x3C, 0xB2, 0xA1] => {
            Err(at(0, Problem::File(FileProblem::OldPcap)))
        }
        _ if head.iter().any(|byte| b"{\xEF \t\r\n".contains(byte)) => {
            json_lines::read(input, each)
        }
        _ => Err(at(0, Problem::File(FileProblem::Unknown))),
    }
}

/// Fills `buffer` as far as the input goes; says how far.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn at(byte: u64, problem: Problem) -> ImportError {
    ImportError {
        place: Place::Byte(byte),
        problem,
    }
}

#[cfg(test)]
mod tests;
