//! Reads lines of bounded length.

use std::io::{self, BufRead, ErrorKind, Read as _};

/// A line of the input.
#[derive(Debug, PartialEq, Eq)]
pub enum InputLine {
    /// The line without its line ending.
    Whole(Vec<u8>),
    /// The line exceeds the maximum length; its bytes were discarded.
    TooLong,
}

/// Reads lines from a source.
pub struct Lines<R> {
    source: R,
    /// The maximum length of a line in bytes.
    longest: usize,
    /// Whether the input has ended. A terminal reports its end once (termios(3), VEOF); another
    /// read would block.
    ended: bool,
}

impl<R: BufRead> Lines<R> {
    pub fn new(source: R, longest: usize) -> Self {
        Self {
            source,
            longest,
            ended: false,
        }
    }

    /// Reads the next line; `None` at the end.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn read(&mut self) -> io::Result<Option<InputLine>> {
        if self.ended {
            return Ok(None);
        }
        // The line ending does not count.
        let most = self.longest.saturating_add(2);
        let mut line = Vec::new();
        let source = self.source.by_ref();
        source.take(most as u64).read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            if line.len() == most {
                self.skip()?;
                return Ok(Some(InputLine::TooLong));
            }
            self.ended = true;
            if line.is_empty() {
                return Ok(None);
            }
        }
        let line = without_break(line);
        Ok(Some(match line.len() > self.longest {
            true => InputLine::TooLong,
            false => InputLine::Whole(line),
        }))
    }

    /// Skips the rest of the line.
    fn skip(&mut self) -> io::Result<()> {
        loop {
            let read = match self.source.fill_buf() {
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if read.is_empty() {
                self.ended = true;
                return Ok(());
            }
            let at = memchr::memchr(b'\n', read);
            let count = at.map_or(read.len(), |at| at + 1);
            self.source.consume(count);
            if at.is_some() {
                return Ok(());
            }
        }
    }
}

/// The line without its line ending, `\n` or `\r\n`.
pub fn without_break(mut line: Vec<u8>) -> Vec<u8> {
    if line.ends_with(b"\n") {
        line.pop();
        if line.ends_with(b"\r") {
            line.pop();
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Read};

    fn all(source: &[u8], longest: usize) -> Vec<InputLine> {
        let mut lines = Lines::new(source, longest);
        std::iter::from_fn(|| lines.read().unwrap()).collect()
    }

    fn whole(text: &str) -> InputLine {
        InputLine::Whole(text.into())
    }

    #[test]
    fn a_line_loses_its_break_and_nothing_else() {
        let cases = [
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\r", "a\r"),
            ("\n", ""),
            ("\r\r\n", "\r"),
        ];
        for (line, text) in cases {
            assert_eq!(all(line.as_bytes(), 9), [whole(text)]);
        }
        assert!(all(b"", 9).is_empty());
        assert_eq!(all(b"a\n\nb", 9), [whole("a"), whole(""), whole("b")]);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_whole() {
        let lines = all(b"abcd\nabcde\nabcd\r\nabcdefghij\nf\nabcdefg", 4);
        let expected = [
            whole("abcd"),
            InputLine::TooLong,
            whole("abcd"),
            InputLine::TooLong,
            whole("f"),
            InputLine::TooLong,
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_terminal_reports_its_end_once() {
        /// A source that returns these reads in order, then nothing.
        struct Typed(Vec<&'static [u8]>);
        impl Read for Typed {
            fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
                let typed = self.0.remove(0);
                bytes[..typed.len()].copy_from_slice(typed);
                Ok(typed.len())
            }
        }
        // Typed without a line ending, then Ctrl+D twice.
        let mut lines = Lines::new(BufReader::new(Typed(vec![&b"abc"[..], b""])), 9);
        assert_eq!(lines.read().unwrap(), Some(whole("abc")));
        assert_eq!(lines.read().unwrap(), None);
        let mut lines = Lines::new(BufReader::new(Typed(vec![&b"a\n"[..], b""])), 9);
        assert_eq!(lines.read().unwrap(), Some(whole("a")));
        assert_eq!(lines.read().unwrap(), None);
        assert_eq!(lines.read().unwrap(), None);
    }
}
