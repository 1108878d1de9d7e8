//! The file, with the place reading has got to.

use super::{ImportError, LONGEST, Place, Problem};
use std::io::{self, BufRead, BufReader, Read};

/// Bytes asked of the system at once.
const BUFFER: usize = 256 << 10;

/// What was looked at first, and the rest.
type Whole<'a> = io::Chain<io::Cursor<Vec<u8>>, Box<dyn Read + 'a>>;

pub(in crate::capture) struct Source<'a> {
    input: BufReader<Whole<'a>>,
    /// Bytes read so far.
    at: u64,
}

impl<'a> Source<'a> {
    /// Also gives the first four bytes, or fewer where there are no more; they are read
    /// again.
    pub(in crate::capture) fn new(
        mut input: Box<dyn Read + 'a>,
    ) -> Result<(Self, Vec<u8>), ImportError> {
        let mut magic = Vec::new();
        (&mut input)
            .take(4)
            .read_to_end(&mut magic)
            .map_err(|error| failed(Place::Byte(0), &error))?;
        let whole = io::Cursor::new(magic.clone()).chain(input);
        let input = BufReader::with_capacity(BUFFER, whole);
        Ok((Self { input, at: 0 }, magic))
    }

    pub(in crate::capture) fn at(&self) -> u64 {
        self.at
    }

    /// Fills `bytes`; `false` at the end of the file. An error in the block that began at
    /// `start` if the file ends before `bytes` does.
    pub(in crate::capture) fn fill(
        &mut self,
        bytes: &mut [u8],
        start: u64,
    ) -> Result<bool, ImportError> {
        let place = Place::Byte(start);
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.input.read(rest) {
                Ok(0) if filled == 0 => return Ok(false),
                Ok(0) => {
                    return Err(ImportError {
                        place,
                        problem: Problem::Cut,
                    });
                }
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(place, &error)),
            }
        }
        self.at += filled as u64;
        Ok(true)
    }

    /// Reads the next `length` bytes of the block that began at `start` into `bytes`,
    /// which grows only as they come.
    pub(in crate::capture) fn take(
        &mut self,
        bytes: &mut Vec<u8>,
        length: usize,
        start: u64,
    ) -> Result<(), ImportError> {
        let place = Place::Byte(start);
        if length > LONGEST {
            let length = length as u64;
            return Err(ImportError {
                place,
                problem: Problem::TooLong { length },
            });
        }
        bytes.clear();
        let count = (&mut self.input)
            .take(length as u64)
            .read_to_end(bytes)
            .map_err(|error| failed(place, &error))?;
        self.at += count as u64;
        if count < length {
            return Err(ImportError {
                place,
                problem: Problem::Cut,
            });
        }
        Ok(())
    }

    /// Reads line number `number` without its end into `line`; `false` at the end of the
    /// file.
    pub(in crate::capture) fn line(
        &mut self,
        line: &mut Vec<u8>,
        number: u64,
    ) -> Result<bool, ImportError> {
        let place = Place::Line(number);
        line.clear();
        let count = (&mut self.input)
            .take(LONGEST as u64 + 1)
            .read_until(b'\n', line)
            .map_err(|error| failed(place, &error))?;
        self.at += count as u64;
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if line.len() > LONGEST {
            let length = line.len() as u64;
            return Err(ImportError {
                place,
                problem: Problem::TooLong { length },
            });
        }
        Ok(count > 0)
    }
}

fn failed(place: Place, error: &io::Error) -> ImportError {
    let problem = Problem::of(error);
    ImportError { place, problem }
}
