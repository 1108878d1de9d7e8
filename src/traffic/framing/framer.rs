//! Splits the reads of a stream into frames.

use super::scan::FrameScan;
use super::{Frame, FrameEnd, Framing, LONGEST, Read};
use crate::traffic::Micros;

/// Takes the reads of one direction of one connection, in order, and yields frames. It stores
/// the positions of the current frame's bytes, sixteen bytes a read. It keeps no payload except
/// the beginning of a delimiter or a length that spans reads.
#[derive(Debug)]
pub struct Framer {
    scan: FrameScan,
    /// The idle time that ends a frame, in microseconds, and the time of the previous read.
    gap: Option<Micros>,
    last: Option<Micros>,
    /// The incomplete frame.
    present: Option<Frame>,
    limit: u32,
    /// Whether the bytes up to the next delimiter are the rest of a frame that is too long.
    in_rest: bool,
}

impl Framer {
    /// A framer for one direction of a stream.
    pub fn new(framing: &Framing) -> Self {
        Self::with_limit(framing, LONGEST)
    }

    /// A framer for frames of at most `limit` bytes, which is at least 1.
    pub(super) fn with_limit(framing: &Framing, limit: u32) -> Self {
        let gap = match framing {
            Framing::IdleGap(gap) => Some(*gap),
            _ => None,
        };
        Self {
            scan: FrameScan::new(framing),
            gap,
            last: None,
            present: None,
            limit: limit.max(1),
            in_rest: false,
        }
    }

    /// Takes the bytes of a row. Frames that end in them, or before them, are added to
    /// `frames`. A row without bytes belongs to no frame.
    pub fn push(&mut self, row: u64, time: Micros, bytes: &[u8], frames: &mut impl Extend<Frame>) {
        if bytes.is_empty() {
            return;
        }
        let silence = self
            .last
            .replace(time)
            .map(|last| time.saturating_sub(last));
        if self
            .gap
            .zip(silence)
            .is_some_and(|(gap, silence)| silence >= gap)
        {
            frames.extend(self.end(FrameEnd::Whole));
        }
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if self.present.is_none() && !self.in_rest {
                let blank = self.scan.blank(rest);
                if blank > 0 {
                    at += blank;
                    continue;
                }
            }
            let taken = self.present.as_ref().map_or(0, |frame| frame.length);
            let (taken, limit) = (u64::from(taken), u64::from(self.limit));
            let (count, end) = self.scan.step(rest, taken, limit);
            if let (0, Some(end)) = (count, end.filter(|_| taken > 0)) {
                frames.extend(self.end(end));
                continue;
            }
            let count = count.max(1);
            let too_long = (taken + count as u64 >= limit).then_some(FrameEnd::TooLong);
            self.add(row, time, at as u32, count as u32);
            at += count;
            if let Some(end) = end.or(too_long) {
                let end = self.unless_rest(end);
                frames.extend(self.end(end));
            }
        }
    }

    /// The end of a frame, given that it may be the rest of one that is too long.
    fn unless_rest(&mut self, end: FrameEnd) -> FrameEnd {
        match end {
            FrameEnd::Delimited(_) if std::mem::take(&mut self.in_rest) => FrameEnd::TooLong,
            FrameEnd::TooLong => {
                self.in_rest = self.scan.has_delimiter();
                end
            }
            end => end,
        }
    }

    /// The incomplete frame so far; its end is [`FrameEnd::Unfinished`].
    pub fn unfinished(&self) -> Option<&Frame> {
        self.present.as_ref()
    }

    /// Ends the stream and returns the incomplete frame, which is complete where idle time, or
    /// this end, ends frames. The next push begins another stream.
    pub fn finish(&mut self) -> Option<Frame> {
        self.last = None;
        self.in_rest = false;
        let ended = self.end(self.scan.end_of_stream());
        self.scan.begin_stream();
        ended
    }

    fn add(&mut self, row: u64, time: Micros, begin: u32, count: u32) {
        let frame = self.present.get_or_insert_with(|| Frame {
            time,
            first_row: row,
            last_row: row,
            reads: Vec::with_capacity(1),
            length: 0,
            end: FrameEnd::Unfinished,
        });
        frame.last_row = row;
        frame.length += count;
        match frame.reads.last_mut().filter(|last| last.row == row) {
            Some(last) => last.range.end += count,
            None => frame.reads.push(Read {
                row,
                range: begin..begin + count,
            }),
        }
    }

    fn end(&mut self, end: FrameEnd) -> Option<Frame> {
        // The delimiter may lie across the limit.
        if !self.in_rest {
            self.scan.restart();
        }
        let mut frame = self.present.take()?;
        frame.length = frame.length.saturating_sub(end.delimiter());
        frame.end = end;
        Some(frame)
    }
}
