//! The reads of a stream beside the messages in it: a read may hold several messages, and a message
//! may lie in several reads.

use crate::traffic::Micros;
use crate::traffic::framing::{Frame, Framer, Framing};
use std::collections::VecDeque;

/// The most reads, and messages, that are kept; the newest ones.
const MOST: usize = 64;

/// The newest reads of one direction, with the messages that end in them.
#[derive(Debug)]
pub struct ReadStrip {
    framer: Option<Framer>,
    reads: VecDeque<StreamRead>,
    messages: VecDeque<MessageSpan>,
    frames: Vec<Frame>,
    /// The number of bytes so far.
    position: u64,
    counts: ReadCounts,
}

/// One read: what a single read(2) returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamRead {
    pub row: u64,
    pub time: Micros,
    /// The position of its first byte in the stream.
    pub from: u64,
    pub length: u64,
    /// The number of messages with bytes in it; 0 without a framing.
    pub messages: u64,
}

/// Where a message lies in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageSpan {
    /// The position of its first byte; `None` if that was in a read that is not kept.
    pub from: Option<u64>,
    /// The position behind its last byte, and its delimiter.
    pub to: u64,
    /// The number of reads that it lies in.
    pub reads: usize,
    /// Whether the bytes are no message by the framing.
    pub is_fault: bool,
}

/// How reads and messages meet, since the first read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadCounts {
    pub reads: u64,
    pub messages: u64,
    /// Reads with bytes of several messages (粘包).
    pub joined: u64,
    /// Messages that lie in several reads (半包).
    pub split: u64,
}

impl ReadStrip {
    /// Without a framing, nothing is known of messages.
    pub fn new(framing: Option<&Framing>) -> Self {
        Self {
            framer: framing.map(Framer::new),
            reads: VecDeque::new(),
            messages: VecDeque::new(),
            frames: Vec::new(),
            position: 0,
            counts: ReadCounts::default(),
        }
    }

    /// The newest reads, oldest first.
    pub fn reads(&self) -> impl ExactSizeIterator<Item = &StreamRead> {
        self.reads.iter()
    }

    /// The newest messages that have ended, oldest first.
    pub fn messages(&self) -> impl Iterator<Item = &MessageSpan> {
        self.messages.iter()
    }

    /// The position at which the message that has not ended begins, if it is known; `None` if there
    /// is none.
    pub fn unfinished(&self) -> Option<u64> {
        let frame = self.framer.as_ref()?.unfinished()?;
        self.begin_of(frame)
    }

    pub fn counts(&self) -> ReadCounts {
        self.counts
    }

    pub fn is_framed(&self) -> bool {
        self.framer.is_some()
    }

    /// Takes a read with at least one byte.
    pub fn push(&mut self, row: u64, time: Micros, bytes: &[u8]) {
        let (from, length) = (self.position, bytes.len() as u64);
        self.position += length;
        self.counts.reads += 1;
        keep(
            &mut self.reads,
            StreamRead {
                row,
                time,
                from,
                length,
                messages: 0,
            },
        );
        let Some(framer) = &mut self.framer else {
            return;
        };
        let mut frames = std::mem::take(&mut self.frames);
        framer.push(row, time, bytes, &mut frames);
        let begun = framer.unfinished().and_then(|frame| frame.reads.last());
        let mut here = u64::from(begun.is_some_and(|read| read.row == row));
        for frame in frames.drain(..) {
            let ends_here = frame.reads.last().filter(|read| read.row == row);
            here += u64::from(ends_here.is_some());
            // Silence ends a message before this read.
            let to = from + ends_here.map_or(0, |read| u64::from(read.range.end));
            self.add(&frame, to);
        }
        self.frames = frames;
        self.counts.joined += u64::from(here > 1);
        if let Some(read) = self.reads.back_mut() {
            read.messages = here;
        }
    }

    /// The stream ended.
    pub fn finish(&mut self) {
        if let Some(frame) = self.framer.as_mut().and_then(Framer::finish) {
            self.add(&frame, self.position);
        }
    }

    /// This number of bytes is missing: a message does not go on behind them.
    pub fn skip(&mut self, bytes: u64) {
        self.finish();
        self.position += bytes;
    }

    fn add(&mut self, frame: &Frame, to: u64) {
        let reads = frame.reads.len();
        let span = MessageSpan {
            from: self.begin_of(frame),
            to,
            reads,
            is_fault: frame.end.fault().is_some(),
        };
        self.counts.messages += u64::from(!span.is_fault);
        self.counts.split += u64::from(reads > 1 && !span.is_fault);
        keep(&mut self.messages, span);
    }

    /// The position of the first byte of a frame, if its read is kept.
    fn begin_of(&self, frame: &Frame) -> Option<u64> {
        let first = frame.reads.first()?;
        let read = self.reads.iter().find(|read| read.row == first.row)?;
        Some(read.from + u64::from(first.range.start))
    }
}

fn keep<T>(queue: &mut VecDeque<T>, new: T) {
    if queue.len() >= MOST {
        queue.pop_front();
    }
    queue.push_back(new);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip(framing: Option<&Framing>, reads: &[&str]) -> ReadStrip {
        let mut strip = ReadStrip::new(framing);
        for (row, read) in (10..).zip(reads) {
            strip.push(row, 0, read.as_bytes());
        }
        strip
    }

    #[test]
    fn a_read_with_two_messages_and_a_message_in_two_reads_are_counted() {
        let strip = strip(Some(&Framing::Lines), &["one\ntwo\n", "thr", "ee\n"]);
        let counts = ReadCounts {
            reads: 3,
            messages: 3,
            joined: 1,
            split: 1,
        };
        assert_eq!(strip.counts(), counts);
        let spans: Vec<_> = strip.messages().map(|span| (span.from, span.to)).collect();
        assert_eq!(spans, [(Some(0), 4), (Some(4), 8), (Some(8), 14)]);
        let messages: Vec<_> = strip.reads().map(|read| read.messages).collect();
        assert_eq!(messages, [2, 1, 1]);
        assert_eq!(strip.unfinished(), None);
    }

    #[test]
    fn the_end_of_one_message_and_the_begin_of_the_next_are_two_in_a_read() {
        let mut strip = strip(Some(&Framing::Lines), &["on", "e\ntw"]);
        assert_eq!((strip.counts().joined, strip.counts().split), (1, 1));
        assert_eq!(strip.unfinished(), Some(4));
        strip.finish();
        let last = strip.messages().last().unwrap();
        assert!(last.is_fault && last.to == 6, "{last:?}");
        assert_eq!(strip.counts().messages, 1);
    }

    #[test]
    fn silence_ends_a_message_before_the_next_read() {
        let mut strip = ReadStrip::new(Some(&Framing::IdleGap(20)));
        strip.push(0, 0, b"si");
        strip.push(1, 5, b"lent");
        strip.push(2, 90, b"next");
        let spans: Vec<_> = strip.messages().map(|span| (span.from, span.to)).collect();
        assert_eq!(spans, [(Some(0), 6)]);
        assert_eq!(strip.unfinished(), Some(6));
        assert_eq!(strip.counts().joined, 0);
    }

    #[test]
    fn the_newest_reads_are_kept_and_all_are_counted() {
        let reads = vec!["a"; MOST + 6];
        let plain = strip(None, &reads);
        assert!(!plain.is_framed());
        let first = plain.reads().next().unwrap();
        assert_eq!((first.row, first.from, first.messages), (16, 6, 0));
        assert_eq!(plain.reads().len(), MOST);
        assert_eq!((plain.counts().reads, plain.counts().messages), (70, 0));
        let framed = strip(Some(&Framing::Lines), &reads);
        assert_eq!(framed.unfinished(), None, "its begin is not kept");
    }
}
