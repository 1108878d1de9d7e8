//! The printed output of a program that no step has used up.

use super::lines;
use crate::payload::charset::{Charset, DecodedPart};
use crate::payload::reading::{Reading, ReadingContext, recognise};
use std::collections::VecDeque;

/// The maximum size in bytes; beyond it the oldest lines are dropped.
const KEPT: usize = 4 << 20;
/// The memory of a line besides its bytes.
const EACH: usize = size_of::<String>();
/// The length in bytes at which a line is split.
const LONGEST: usize = 64 << 10;

/// An output of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputStream {
    Output,
    /// Its standard error.
    Error,
}

impl OutputStream {
    const BOTH: [Self; 2] = [Self::Output, Self::Error];
}

/// A line of an output without a line ending yet.
#[derive(Debug, PartialEq, Eq)]
pub struct UnfinishedLine {
    pub stream: OutputStream,
    pub text: String,
}

/// The newest lines of both outputs, oldest first, and the partial last line of each.
#[derive(Debug, Default)]
pub struct Printed {
    lines: VecDeque<String>,
    /// The memory of the lines, in bytes.
    size: usize,
    forgotten: u64,
    output: PartialLine,
    error: PartialLine,
}

/// The bytes of an unfinished line, such as a prompt.
#[derive(Debug, Default)]
struct PartialLine {
    bytes: Vec<u8>,
    /// Whether the beginning of the line was used up.
    is_rest: bool,
    /// The encoding of this output, once it is certain.
    known: Option<Charset>,
}

impl Printed {
    /// Adds printed bytes of this output.
    pub fn take(&mut self, stream: OutputStream, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let begun = self.begun(stream);
            begun.bytes.extend_from_slice(part);
            if part.ends_with(b"\n") || begun.bytes.len() >= LONGEST {
                self.finish(stream);
            }
        }
    }

    /// Ends the partial line of this output.
    pub fn finish(&mut self, stream: OutputStream) {
        if let Some(line) = self.begun(stream).finish() {
            self.push(line);
        }
    }

    fn begun(&mut self, stream: OutputStream) -> &mut PartialLine {
        match stream {
            OutputStream::Output => &mut self.output,
            OutputStream::Error => &mut self.error,
        }
    }

    fn push(&mut self, line: String) {
        self.size += line.len() + EACH;
        self.lines.push_back(line);
        while self.size > KEPT && self.next().is_some() {
            self.forgotten += 1;
        }
    }

    /// Removes and returns the oldest line.
    pub fn next(&mut self) -> Option<String> {
        let line = self.lines.pop_front()?;
        self.size -= line.len() + EACH;
        Some(line)
    }

    /// The complete lines, oldest first.
    pub fn waiting(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// The partial lines of both outputs.
    pub fn unfinished(&mut self) -> Vec<UnfinishedLine> {
        let both = OutputStream::BOTH.into_iter();
        let unfinished = both.filter_map(|stream| {
            let text = self.begun(stream).so_far()?;
            Some(UnfinishedLine { stream, text })
        });
        unfinished.collect()
    }

    /// Uses up the partial line; its rest becomes a line of its own.
    pub fn use_up(&mut self, stream: OutputStream) {
        let begun = self.begun(stream);
        begun.bytes.clear();
        begun.is_rest = true;
    }

    /// The number of lines dropped because no step used them, returned once.
    pub fn forgotten(&mut self) -> u64 {
        std::mem::take(&mut self.forgotten)
    }
}

impl PartialLine {
    /// Ends the partial line and returns it, if there is one.
    fn finish(&mut self) -> Option<String> {
        if self.bytes.is_empty() {
            return None;
        }
        let line = lines::without_break(std::mem::take(&mut self.bytes));
        let is_rest = std::mem::take(&mut self.is_rest);
        // Only the line ending of a line that was used up.
        if is_rest && line.is_empty() {
            return None;
        }
        Some(self.text(&line))
    }

    /// The partial line, if there is one.
    fn so_far(&mut self) -> Option<String> {
        let bytes = std::mem::take(&mut self.bytes);
        let known = self.known;
        let text = (!bytes.is_empty()).then(|| self.text(&bytes));
        // The bytes may end inside a character, so the encoding is not certain.
        self.known = known;
        self.bytes = bytes;
        text
    }

    /// Decodes bytes as rows are decoded: in UTF-8 or in GBK.
    fn text(&mut self, bytes: &[u8]) -> String {
        let context = ReadingContext {
            known: self.known,
            ..ReadingContext::default()
        };
        let recognised = recognise(bytes, context);
        let charset = match recognised.reading {
            Reading::Text(charset) => charset,
            Reading::Empty | Reading::Binary => Charset::Utf8,
        };
        if recognised.sure && matches!(recognised.reading, Reading::Text(_)) {
            self.known = Some(charset);
        }
        let mut text = String::new();
        for part in charset.decode(bytes) {
            match part {
                DecodedPart::Text(part) => text.push_str(&part),
                DecodedPart::Bad(_) => text.push(char::REPLACEMENT_CHARACTER),
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(printed: &mut Printed) -> Vec<String> {
        std::iter::from_fn(|| printed.next()).collect()
    }

    fn begun(printed: &mut Printed) -> Vec<String> {
        let begun = printed.unfinished().into_iter();
        begun.map(|partial| partial.text).collect()
    }

    #[test]
    fn lines_of_both_outputs_are_not_mixed() {
        let mut printed = Printed::default();
        printed.take(OutputStream::Output, b"one, ");
        printed.take(OutputStream::Error, b"warning\nname? ");
        printed.take(OutputStream::Output, b"two\n");
        assert_eq!(all(&mut printed), ["warning", "one, two"]);
        let (stream, text) = (OutputStream::Error, "name? ".into());
        let begun = UnfinishedLine { stream, text };
        assert_eq!(printed.unfinished(), [begun]);
        printed.use_up(OutputStream::Error);
        printed.take(OutputStream::Error, b"Bob\n");
        assert_eq!(all(&mut printed), ["Bob"]);
    }

    #[test]
    fn lines_come_in_their_order() {
        let mut printed = Printed::default();
        for part in ["a", "b\r\n\nc", "d"] {
            printed.take(OutputStream::Output, part.as_bytes());
        }
        assert_eq!(all(&mut printed), ["ab", ""]);
        assert_eq!((printed.size, printed.forgotten()), (0, 0));
        assert_eq!(begun(&mut printed), ["cd"]);
        printed.finish(OutputStream::Output);
        printed.finish(OutputStream::Output);
        assert_eq!(all(&mut printed), ["cd"]);
        assert!(printed.unfinished().is_empty());
    }

    #[test]
    fn a_prompt_is_used_up_and_what_follows_is_not() {
        let mut printed = Printed::default();
        printed.take(OutputStream::Output, b"your name: ");
        assert_eq!(begun(&mut printed), ["your name: "]);
        printed.use_up(OutputStream::Output);
        assert!(printed.unfinished().is_empty());
        printed.take(OutputStream::Output, b"hi Bob\nready");
        assert_eq!(all(&mut printed), ["hi Bob"]);
        printed.use_up(OutputStream::Output);
        // The line ending of a used line is not a line.
        printed.take(OutputStream::Output, b"\n\n");
        assert_eq!(all(&mut printed), [""]);
    }

    #[test]
    fn a_line_in_gbk_reads_as_its_text() {
        let mut printed = Printed::default();
        let line = Charset::Gb18030.encode("温度=23.5℃\n").unwrap();
        let (begin, end) = line.split_at(1);
        printed.take(OutputStream::Output, begin);
        printed.take(OutputStream::Output, end);
        printed.take(OutputStream::Output, "你好\n\u{9B}a\n".as_bytes());
        printed.take(OutputStream::Output, b"\xFF\xFEa");
        printed.finish(OutputStream::Output);
        let lines = all(&mut printed);
        assert_eq!(lines[..2], ["温度=23.5℃", "你好"]);
        assert_eq!(lines[3], "\u{FFFD}\u{FFFD}a");
    }

    #[test]
    fn a_line_without_end_comes_in_parts() {
        let mut printed = Printed::default();
        for _ in 0..9 {
            printed.take(OutputStream::Output, &[b'x'; LONGEST / 4]);
        }
        let lengths: Vec<usize> = all(&mut printed).iter().map(String::len).collect();
        assert_eq!(lengths, [LONGEST, LONGEST]);
        let begun = begun(&mut printed);
        assert_eq!(begun.concat().len(), LONGEST / 4);
    }

    #[test]
    fn what_nobody_asks_for_is_not_kept_for_ever() {
        let mut printed = Printed::default();
        let many = 2 * KEPT / EACH;
        for number in 0..many {
            printed.push(number.to_string());
        }
        assert!(printed.size <= KEPT);
        let forgotten = printed.forgotten();
        assert_eq!(printed.next(), Some(forgotten.to_string()));
        assert_eq!(forgotten as usize + printed.lines.len() + 1, many);
        assert_eq!(printed.forgotten(), 0);
    }
}
