//! Messages that are lines: of any text, sentences of NMEA 0183, lines of a modem.

use super::FrameEnd;

/// The scanner of lines that end with LF or CRLF.
#[derive(Debug, Default)]
pub struct LineScan {
    /// Whether the previous byte was a CR of the same line.
    after_return: bool,
}

impl LineScan {
    pub(super) fn restart(&mut self) {
        self.after_return = false;
    }

    /// As [`super::FrameScan::step`].
    pub(super) fn step(&mut self, bytes: &[u8]) -> (usize, Option<FrameEnd>) {
        let Some(at) = memchr::memchr(b'\n', bytes) else {
            self.after_return = bytes.ends_with(b"\r");
            return (bytes.len(), None);
        };
        let carriage_return = match at.checked_sub(1) {
            Some(before) => bytes.get(before) == Some(&b'\r'),
            None => self.after_return,
        };
        let length = 1 + u32::from(carriage_return);
        (at + 1, Some(FrameEnd::Delimited(length)))
    }
}

/// The scanner of NMEA 0183 (IEC 61162-1): a sentence begins with `$`, or encapsulated with
/// `!`. What is before that is one garbled frame, however many lines it has: the end of a sentence
/// whose beginning was missed, or a tag block (`\…\`).
#[derive(Debug, Default)]
pub struct NmeaScan {
    place: NmeaPlace,
    line: LineScan,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum NmeaPlace {
    /// A frame begins here.
    #[default]
    Start,
    Sentence,
    Garbage,
}

impl NmeaScan {
    pub(super) fn restart(&mut self) {
        *self = Self::default();
    }

    pub(super) fn is_in_sentence(&self) -> bool {
        self.place == NmeaPlace::Sentence
    }

    pub(super) fn is_in_garbage(&self) -> bool {
        self.place == NmeaPlace::Garbage
    }

    /// As [`super::FrameScan::step`].
    pub(super) fn step(&mut self, bytes: &[u8]) -> (usize, Option<FrameEnd>) {
        let begin = memchr::memchr2(b'$', b'!', bytes);
        if self.place == NmeaPlace::Start {
            self.place = match begin {
                Some(0) => NmeaPlace::Sentence,
                _ => NmeaPlace::Garbage,
            };
        }
        match (self.place, begin) {
            (NmeaPlace::Sentence | NmeaPlace::Start, _) => self.line.step(bytes),
            (NmeaPlace::Garbage, Some(begin)) => (begin, Some(FrameEnd::Garbled)),
            (NmeaPlace::Garbage, None) => (bytes.len(), None),
        }
    }
}

/// The scanner of AT commands and their results. The LF behind a CR is between two lines, so that a
/// line ends at once, whether or not an LF follows. The text of a short message ends with Ctrl-Z, or
/// with ESC, which cancels it (3GPP TS 27.005 §3.5.1). The prompt that asks for the text is in the
/// other direction, so both end any line.
#[derive(Debug, Default)]
pub struct AtScan {
    place: AtPlace,
    /// Whether the prompt was the last message, and its line has not ended.
    after_prompt: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum AtPlace {
    /// A frame begins here.
    #[default]
    Start,
    /// Behind `>` at the beginning of a line.
    Prompt,
    Line,
}

impl AtScan {
    pub(super) fn restart(&mut self) {
        self.place = AtPlace::Start;
    }

    pub(super) fn is_in_line(&self) -> bool {
        self.place == AtPlace::Line
    }

    /// The number of bytes at the beginning of these that are the ends of empty lines, where a
    /// frame would begin.
    pub(super) fn blank(&mut self, bytes: &[u8]) -> usize {
        let is_end = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let count = bytes.iter().take_while(is_end).count();
        if count > 0 {
            self.after_prompt = false;
        }
        count
    }

    /// As [`super::FrameScan::step`].
    pub(super) fn step(&mut self, bytes: &[u8]) -> (usize, Option<FrameEnd>) {
        if self.place == AtPlace::Start {
            let is_prompt = !self.after_prompt && bytes.first() == Some(&b'>');
            self.place = match is_prompt {
                true => AtPlace::Prompt,
                false => AtPlace::Line,
            };
            if is_prompt {
                return (1, None);
            }
        }
        if self.place == AtPlace::Prompt {
            if bytes.first() == Some(&b' ') {
                self.after_prompt = true;
                return (1, Some(FrameEnd::Whole));
            }
            self.place = AtPlace::Line;
        }
        match bytes.iter().position(|byte| is_line_end(*byte)) {
            Some(at) => {
                self.after_prompt = false;
                (at + 1, Some(FrameEnd::Delimited(1)))
            }
            None => (bytes.len(), None),
        }
    }
}

/// Whether a byte ends a line of a modem: CR, LF, Ctrl-Z or ESC.
fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | 0x1A | 0x1B)
}
