//! What a program printed and nobody asked for yet.

use super::lines;
use crate::payload::charset::{Charset, Part};
use crate::payload::reading::{Context, Reading, recognise};
use std::collections::VecDeque;

/// Bytes that are kept; beyond that the oldest lines go.
const KEPT: usize = 4 << 20;
/// What a line takes besides its bytes.
const EACH: usize = size_of::<String>();
/// A longer line comes in parts, in bytes.
const LONGEST: usize = 64 << 10;

/// The newest lines, the oldest of them first, and the beginning of the next.
#[derive(Debug, Default)]
pub struct Printed {
    lines: VecDeque<String>,
    /// Bytes they take.
    size: usize,
    forgotten: u64,
    /// What has no line end yet, such as a prompt.
    unfinished: Vec<u8>,
    /// The beginning of that line was used up.
    is_rest: bool,
    /// The encoding its text is surely in.
    known: Option<Charset>,
}

impl Printed {
    /// Takes what was printed next.
    pub fn take(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.unfinished.extend_from_slice(part);
            if part.ends_with(b"\n") || self.unfinished.len() >= LONGEST {
                self.finish();
            }
        }
    }

    /// The line that was begun is as long as it will be.
    pub fn finish(&mut self) {
        if self.unfinished.is_empty() {
            return;
        }
        let line = lines::without_break(std::mem::take(&mut self.unfinished));
        let is_rest = std::mem::take(&mut self.is_rest);
        // Only the end of a line that was used up.
        if is_rest && line.is_empty() {
            return;
        }
        let line = self.text(&line);
        self.push(line);
    }

    fn push(&mut self, line: String) {
        self.size += line.len() + EACH;
        self.lines.push_back(line);
        while self.size > KEPT && self.next().is_some() {
            self.forgotten += 1;
        }
    }

    /// The oldest line, which is used up.
    pub fn next(&mut self) -> Option<String> {
        let line = self.lines.pop_front()?;
        self.size -= line.len() + EACH;
        Some(line)
    }

    /// The line that has no end yet, if one was begun.
    pub fn unfinished(&mut self) -> Option<String> {
        let begun = std::mem::take(&mut self.unfinished);
        let known = self.known;
        let text = (!begun.is_empty()).then(|| self.text(&begun));
        // It may end inside a character, from which nothing is learned.
        self.known = known;
        self.unfinished = begun;
        text
    }

    /// Uses up what there is of the line that has no end yet: the rest is a line of its own.
    pub fn use_up(&mut self) {
        self.unfinished.clear();
        self.is_rest = true;
    }

    /// How many lines had to go because no step asked for them; told once.
    pub fn forgotten(&mut self) -> u64 {
        std::mem::take(&mut self.forgotten)
    }

    /// As rows read: in UTF-8 or in GBK.
    fn text(&mut self, bytes: &[u8]) -> String {
        let context = Context {
            known: self.known,
            ..Context::default()
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
                Part::Text(part) => text.push_str(&part),
                Part::Bad(_) => text.push(char::REPLACEMENT_CHARACTER),
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

    #[test]
    fn lines_come_in_their_order() {
        let mut printed = Printed::default();
        for part in ["a", "b\r\n\nc", "d"] {
            printed.take(part.as_bytes());
        }
        assert_eq!(all(&mut printed), ["ab", ""]);
        assert_eq!((printed.size, printed.forgotten()), (0, 0));
        assert_eq!(printed.unfinished().as_deref(), Some("cd"));
        printed.finish();
        printed.finish();
        assert_eq!(all(&mut printed), ["cd"]);
        assert_eq!(printed.unfinished(), None);
    }

    #[test]
    fn a_prompt_is_used_up_and_what_follows_is_not() {
        let mut printed = Printed::default();
        printed.take(b"your name: ");
        assert_eq!(printed.unfinished().as_deref(), Some("your name: "));
        printed.use_up();
        assert_eq!(printed.unfinished(), None);
        printed.take(b"hi Bob\nready");
        assert_eq!(all(&mut printed), ["hi Bob"]);
        printed.use_up();
        // Its end is no line.
        printed.take(b"\n\n");
        assert_eq!(all(&mut printed), [""]);
    }

    #[test]
    fn a_line_in_gbk_reads_as_its_text() {
        let mut printed = Printed::default();
        let line = Charset::Gb18030.encode("温度=23.5℃\n").unwrap();
        let (begin, end) = line.split_at(1);
        printed.take(begin);
        printed.take(end);
        printed.take("你好\n\u{9B}a\n".as_bytes());
        printed.take(b"\xFF\xFEa");
        printed.finish();
        let lines = all(&mut printed);
        assert_eq!(lines[..2], ["温度=23.5℃", "你好"]);
        assert_eq!(lines[3], "\u{FFFD}\u{FFFD}a");
    }

    #[test]
    fn a_line_without_end_comes_in_parts() {
        let mut printed = Printed::default();
        for _ in 0..9 {
            printed.take(&[b'x'; LONGEST / 4]);
        }
        let lengths: Vec<usize> = all(&mut printed).iter().map(String::len).collect();
        assert_eq!(lengths, [LONGEST, LONGEST]);
        assert_eq!(
            printed.unfinished().map(|text| text.len()),
            Some(LONGEST / 4)
        );
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
