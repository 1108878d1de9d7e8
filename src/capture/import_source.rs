//! A buffered reader that knows its position in the file.

use super::import_error::{ImportError, ImportPosition, ImportProblem, LONGEST};
use std::io::{self, Read};

/// The number of bytes read from the system at once.
const BUFFER: usize = 256 << 10;

pub(super) struct ImportSource<'a> {
    input: Box<dyn Read + 'a>,
    /// The bytes from `from` to `end` were read and not taken yet.
    buffer: Vec<u8>,
    from: usize,
    end: usize,
    /// The number of bytes taken so far.
    at: u64,
}

impl<'a> ImportSource<'a> {
    pub(super) fn new(input: Box<dyn Read + 'a>) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            from: 0,
            end: 0,
            at: 0,
        }
    }

    /// The number of bytes taken so far.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Returns the next `length` bytes without taking them; fewer at the end of the file.
    ///
    /// # Errors
    /// Those of reading the file, reported for the block at `place`.
    pub(super) fn peek(
        &mut self,
        length: usize,
        place: ImportPosition,
    ) -> Result<&[u8], ImportError> {
        while self.end - self.from < length && self.read_more(place)? {}
        let ahead = self.ahead();
        Ok(ahead.get(..length).unwrap_or(ahead))
    }

    /// Takes the next `length` bytes of the block that began at `start`; `None` at the end of
    /// the file. Memory grows only with the bytes that arrive.
    ///
    /// # Errors
    /// If the file ends within the block, if `length` exceeds [`LONGEST`], and those of reading
    /// the file.
    pub(super) fn take(&mut self, length: usize, start: u64) -> Result<Option<&[u8]>, ImportError> {
        let place = ImportPosition::Byte(start);
        if length > LONGEST {
            let length = length as u64;
            let problem = ImportProblem::TooLong { length };
            return Err(ImportError::at(place, problem));
        }
        match self.peek(length, place)?.len() {
            0 if length > 0 => Ok(None),
            there if there < length => {
                let problem = ImportProblem::Cut;
                Err(ImportError::at(place, problem))
            }
            _ => Ok(Some(self.advance(length))),
        }
    }

    /// Takes line number `number` without its line break; `None` at the end of the file.
    ///
    /// # Errors
    /// If the line is longer than [`LONGEST`], and those of reading the file.
    pub(super) fn line(&mut self, number: u64) -> Result<Option<&[u8]>, ImportError> {
        let place = ImportPosition::Line(number);
        let mut seen = 0;
        let length = loop {
            let ahead = self.ahead();
            let new = ahead.get(seen..).unwrap_or_default();
            if let Some(end) = memchr::memchr(b'\n', new) {
                break seen + end + 1;
            }
            seen = ahead.len();
            if seen > LONGEST || !self.read_more(place)? {
                break seen;
            }
        };
        let line = self.advance(length);
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        if text.len() > LONGEST {
            let length = LONGEST as u64 + 1;
            let problem = ImportProblem::TooLong { length };
            return Err(ImportError::at(place, problem));
        }
        Ok((length > 0).then_some(text))
    }

    fn ahead(&self) -> &[u8] {
        self.buffer.get(self.from..self.end).unwrap_or_default()
    }

    /// Takes this number of buffered bytes.
    fn advance(&mut self, length: usize) -> &[u8] {
        let taken = self.from..self.from + length;
        self.from = taken.end;
        self.at += length as u64;
        self.buffer.get(taken).unwrap_or_default()
    }

    /// Reads more bytes into the buffer; `false` at the end of the file.
    fn read_more(&mut self, place: ImportPosition) -> Result<bool, ImportError> {
        if self.end == self.buffer.len() {
            self.buffer.copy_within(self.from..self.end, 0);
            self.end -= self.from;
            self.from = 0;
            if self.end == self.buffer.len() {
                self.buffer.resize(self.end + BUFFER, 0);
            }
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        loop {
            match self.input.read(room) {
                Ok(count) => {
                    self.end += count;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(place, &error)),
            }
        }
    }
}

fn failed(place: ImportPosition, error: &io::Error) -> ImportError {
    let problem = ImportProblem::of(error);
    ImportError::at(place, problem)
}
