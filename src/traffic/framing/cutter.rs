//! Cuts the reads of a stream into messages.

use super::{Frame, FrameEnd, Framer, Framing};
use crate::traffic::Micros;

/// The longest message in bytes, with header and delimiter. A longer one is passed on without its
/// bytes, as no message.
pub const LONGEST_MESSAGE: u32 = 1 << 20;

/// Takes the reads of one direction of one connection, in order, and passes on the messages that
/// end in them. It copies only messages that span reads or are stuffed.
#[derive(Debug)]
pub struct MessageCutter {
    framing: Framing,
    framer: Framer,
    /// The beginning of the incomplete message, unless that is too long already.
    pending: Vec<u8>,
    /// The number of the current read.
    read: u64,
    frames: Vec<Frame>,
}

impl MessageCutter {
    /// A cutter with this framing.
    pub fn new(framing: Framing) -> Self {
        Self {
            // What is too long for a message is framed all the same, so that the next one is
            // found.
            framer: Framer::new(&framing),
            framing,
            pending: Vec::new(),
            read: 0,
            frames: Vec::new(),
        }
    }

    pub fn framing(&self) -> &Framing {
        &self.framing
    }

    /// The length of the incomplete message so far, in bytes.
    pub fn unfinished(&self) -> u32 {
        self.framer.unfinished().map_or(0, |frame| frame.length)
    }

    /// Takes a read of this time. `take` gets each message that ends in it, with its delimiter or
    /// unstuffed, and how it ended. What is no message has its bytes as they came, unless it was
    /// too long.
    pub fn receive(&mut self, bytes: &[u8], time: Micros, take: &mut dyn FnMut(&[u8], FrameEnd)) {
        self.read += 1;
        let mut frames = std::mem::take(&mut self.frames);
        self.framer.push(self.read, time, bytes, &mut frames);
        for frame in frames.drain(..) {
            self.pass_on(&frame, bytes, take);
        }
        self.frames = frames;
        let rest = self.framer.unfinished();
        let rest = rest.and_then(|frame| frame.reads.last());
        if let Some(rest) = rest.filter(|rest| rest.row == self.read) {
            let range = rest.range.start as usize..rest.range.end as usize;
            let rest = bytes.get(range).unwrap_or_default();
            match self.pending.len() + rest.len() <= LONGEST_MESSAGE as usize {
                true => self.pending.extend_from_slice(rest),
                false => self.pending = Vec::new(),
            }
        }
    }

    /// The stream ended, or was silent for its gap: `take` gets the incomplete message.
    pub fn finish(&mut self, take: &mut dyn FnMut(&[u8], FrameEnd)) {
        // No byte of it is new.
        self.read += 1;
        if let Some(frame) = self.framer.finish() {
            self.pass_on(&frame, &[], take);
        }
    }

    /// Passes on the frame that the framer has ended, and whose last bytes are in this read.
    fn pass_on(&mut self, frame: &Frame, read: &[u8], take: &mut dyn FnMut(&[u8], FrameEnd)) {
        let here = frame.reads.last().filter(|read| read.row == self.read);
        let here = here.map(|read| read.range.start as usize..read.range.end as usize);
        let here = here.and_then(|range| read.get(range)).unwrap_or_default();
        let length = frame.length.saturating_add(frame.end.delimiter());
        let (bytes, end) = match length > LONGEST_MESSAGE {
            true => (&[][..], FrameEnd::TooLong),
            false if self.pending.is_empty() => (here, frame.end),
            false => {
                self.pending.extend_from_slice(here);
                (self.pending.as_slice(), frame.end)
            }
        };
        match (self.framing.stuffing(), end) {
            (Some(way), FrameEnd::Delimited(length)) => {
                let stuffed = bytes.len().saturating_sub(length as usize);
                let stuffed = bytes.get(..stuffed).unwrap_or_default();
                // The byte that ends a message may stand before one too.
                if !stuffed.is_empty() {
                    match way.unstuff(stuffed) {
                        Some(message) => take(&message, FrameEnd::Whole),
                        None => take(bytes, FrameEnd::Garbled),
                    }
                }
            }
            _ if self.framing == Framing::Http => take(without_blank(bytes), end),
            _ => take(bytes, end),
        }
        self.pending.clear();
    }
}

/// An HTTP message without the empty lines before it, which a recipient ignores (RFC 9112 §2.2).
fn without_blank(bytes: &[u8]) -> &[u8] {
    let blank = bytes
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'));
    bytes.get(blank.count()..).unwrap_or_default()
}
