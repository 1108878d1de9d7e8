//! Puts one direction of a TCP connection in the order of its sequence numbers (RFC 9293 §3.4).

use crate::traffic::Micros;
use std::collections::BTreeMap;

/// The largest window, in bytes (RFC 7323 §2.3): a segment that is farther away belongs to
/// another connection.
const WINDOW: u64 = 1 << 30;

/// How long the bytes before a waiting segment may take to come, in microseconds of the capture.
/// The longest pause before a retransmission is at least a minute (RFC 6298 §2.5).
const PATIENCE: Micros = 120 * 1_000_000;

/// The memory of a waiting segment besides its bytes.
const EACH: usize = 512;

/// A segment with data or a FIN.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'a> {
    /// The sequence number of the first byte.
    pub(super) sequence: u32,
    pub(super) bytes: &'a [u8],
    /// The number of bytes after these that were not captured.
    pub(super) missing: u32,
    pub(super) fin: bool,
}

/// The result of adding a segment to the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InsertResult {
    /// Its bytes from this one on are the next ones.
    Next(usize),
    /// It waits, or has only a FIN.
    Later,
    /// It is a retransmission.
    Nothing,
    /// It is a keep-alive probe (RFC 9293 §3.8.4): one byte that was acknowledged before.
    Probe,
    /// It belongs to another connection.
    Far,
}

/// The next part of the stream that has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NextPart<T> {
    Part(SegmentPart<T>),
    Fin(T),
}

/// A part of a segment, with the tag of its packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SegmentPart<T> {
    pub(super) bytes: Vec<u8>,
    /// The number of bytes after these that were not captured.
    pub(super) missing: u32,
    pub(super) tag: T,
}

/// One direction of a connection. Positions count bytes, SYN and FIN, and do not wrap around; a
/// sequence number is the lower half of one.
pub(super) struct CapturedStream<T> {
    next: u64,
    /// The position after everything that the other side has acknowledged.
    acknowledged: u64,
    /// The sequence number of the SYN, if it was captured.
    first: Option<u32>,
    /// `next` is from a segment without data, which may be a keep-alive probe.
    is_guess: bool,
    /// Parts after `next` by their positions, none empty, and none in another.
    waiting: BTreeMap<u64, SegmentPart<T>>,
    /// The memory of the waiting parts, in bytes.
    held: usize,
    /// When the wait for the next byte began.
    since: Micros,
    /// The time of the latest part that was next.
    latest: Micros,
    fin: Option<(u64, T)>,
    is_finished: bool,
    is_reset: bool,
    /// The tag of the newest segment.
    newest: T,
}

impl Segment<'_> {
    /// The number of its bytes, with those that were not captured.
    fn length(&self) -> u64 {
        self.bytes.len() as u64 + u64::from(self.missing)
    }

    /// The captured bytes from `from` up to `to`, and the number of the others.
    fn part(&self, from: u64, to: u64) -> (&[u8], u32) {
        let there = self.bytes.len() as u64;
        let captured = from.min(there) as usize..to.min(there) as usize;
        let bytes = self.bytes.get(captured).unwrap_or_default();
        let missing = (to - from).saturating_sub(bytes.len() as u64);
        (bytes, missing as u32)
    }

    /// The captured bytes from this one on, and the number of bytes after them that were not.
    pub(super) fn rest(&self, from: usize) -> (&[u8], u32) {
        self.part(from as u64, self.length())
    }
}

impl<T: Copy> CapturedStream<T> {
    /// A stream that begins after the SYN with this sequence number.
    pub(super) fn opened(first: u32, tag: T) -> Self {
        Self {
            first: Some(first),
            ..Self::seen(first.wrapping_add(1), tag)
        }
    }

    /// A stream whose beginning was not captured, from the byte of this sequence number on.
    pub(super) fn seen(sequence: u32, tag: T) -> Self {
        // Segments from before this one have positions, too.
        let next = (1 << 32) + u64::from(sequence);
        Self {
            next,
            acknowledged: next,
            first: None,
            is_guess: false,
            waiting: BTreeMap::new(),
            held: 0,
            since: 0,
            latest: Micros::MIN,
            fin: None,
            is_finished: false,
            is_reset: false,
            newest: tag,
        }
    }

    /// As [`Self::seen`], from a segment without data.
    pub(super) fn guessed(sequence: u32, tag: T) -> Self {
        Self {
            is_guess: true,
            ..Self::seen(sequence, tag)
        }
    }

    /// Whether it began with a SYN of this sequence number.
    pub(super) fn began_with(&self, first: u32) -> bool {
        self.first == Some(first)
    }

    pub(super) fn is_finished(&self) -> bool {
        self.is_finished
    }

    /// Marks the connection as reset from this side; returns whether it was before.
    pub(super) fn reset(&mut self) -> bool {
        std::mem::replace(&mut self.is_reset, true)
    }

    /// The memory of the waiting parts, in bytes.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// Whether [`Self::pop`] or [`Self::give_up`] may return something.
    pub(super) fn waits(&self) -> bool {
        self.fin.is_some() || !self.waiting.is_empty()
    }

    /// Adds a segment that was captured at `now`. Of bytes that come again, the first count.
    pub(super) fn push(&mut self, segment: &Segment<'_>, tag: T, now: Micros) -> InsertResult {
        let Some(mut begin) = self.position(segment.sequence) else {
            return InsertResult::Far;
        };
        if std::mem::take(&mut self.is_guess) && begin == self.next + 1 {
            (self.next, self.acknowledged) = (begin, begin.max(self.acknowledged));
        }
        self.newest = tag;
        if begin <= self.next || !self.waits() {
            self.since = now;
        }
        let end = begin + segment.length();
        let ends = segment.fin && self.fin.is_none() && !self.is_finished;
        if ends {
            self.fin = Some((end, tag));
        }
        if end <= self.next {
            let is_known = segment.length() == 1 && self.acknowledged >= self.next;
            return match ends {
                true => InsertResult::Later,
                false if is_known && !segment.fin && end == self.next => InsertResult::Probe,
                false => InsertResult::Nothing,
            };
        }
        let skipped = self.next.saturating_sub(begin);
        let first = self.waiting.keys().next();
        if begin <= self.next && first.is_none_or(|first| end <= *first) {
            self.next = end;
            self.not_before(now);
            return InsertResult::Next(skipped as usize);
        }
        let whole = begin;
        begin += skipped;
        let mut is_new = ends;
        while begin < end {
            let before = self.waiting.range(..=begin).next_back();
            let covered = before.map_or(0, |(at, part)| at + part.length());
            if covered > begin {
                begin = covered;
                continue;
            }
            let after = self.waiting.range(begin..).next();
            let until = after.map_or(end, |(at, _)| end.min(*at));
            let (bytes, missing) = segment.part(begin - whole, until - whole);
            let bytes = bytes.to_vec();
            let part = SegmentPart {
                bytes,
                missing,
                tag,
            };
            self.held += part.memory();
            self.waiting.insert(begin, part);
            (begin, is_new) = (until, true);
        }
        match is_new {
            true => InsertResult::Later,
            false => InsertResult::Nothing,
        }
    }

    /// Takes the acknowledgement number of the other side; returns [`Self::is_acknowledged`].
    pub(super) fn acknowledge(&mut self, number: u32) -> bool {
        let position = self.position(number).unwrap_or(0);
        self.acknowledged = self.acknowledged.max(position);
        self.is_acknowledged()
    }

    /// Whether bytes that the other side has acknowledged were not captured, with others after
    /// them that were.
    pub(super) fn is_acknowledged(&self) -> bool {
        let after = self.after();
        after.is_some_and(|(at, _)| at <= self.acknowledged)
    }

    /// Whether the bytes before the waiting parts did not come for two minutes.
    pub(super) fn is_late(&self, now: Micros) -> bool {
        self.waits() && now.saturating_sub(self.since) > PATIENCE
    }

    /// Removes the next part.
    pub(super) fn pop(&mut self) -> Option<NextPart<T>> {
        if let Some((at, tag)) = self.fin.filter(|(at, _)| *at <= self.next) {
            (self.fin, self.is_finished) = (None, true);
            self.next = self.next.max(at + 1);
            return Some(NextPart::Fin(tag));
        }
        let next = self.next;
        let entry = self.waiting.first_entry();
        let (at, part) = entry.filter(|entry| *entry.key() <= next)?.remove_entry();
        self.held -= part.memory();
        self.next = next.max(at + part.length());
        Some(NextPart::Part(part))
    }

    /// The time of a part that was captured at `time` and is next: no earlier than that of the
    /// part before it.
    pub(super) fn not_before(&mut self, time: Micros) -> Micros {
        self.latest = self.latest.max(time);
        self.latest
    }

    /// Skips the bytes before the first waiting part. Returns their number, and the tag of the part
    /// after them; `None` if nothing waits.
    pub(super) fn give_up(&mut self) -> Option<(u64, T)> {
        let (at, tag) = self.after()?;
        let missing = at.saturating_sub(self.next);
        self.next = self.next.max(at);
        Some((missing, tag))
    }

    /// Skips the bytes at the end that the other side has acknowledged and that were not
    /// captured. Returns their number, and the tag of the newest segment. `has_fin` says that
    /// the last of them is the FIN, if none was captured.
    pub(super) fn unseen(&mut self, has_fin: bool) -> Option<(u64, T)> {
        let end = self.acknowledged.max(self.next);
        let fin = u64::from(has_fin && !self.is_finished);
        let missing = (end - self.next).saturating_sub(fin);
        self.next = end;
        (missing > 0).then_some((missing, self.newest))
    }

    /// The position and the tag of the first waiting part, or of the FIN.
    fn after(&self) -> Option<(u64, T)> {
        let part = self.waiting.iter().next();
        let part = part.map(|(at, part)| (*at, part.tag));
        let both = part.into_iter().chain(self.fin);
        both.min_by_key(|(at, _)| *at)
    }

    /// The position of a sequence number; `None` if it is not within a window.
    fn position(&self, sequence: u32) -> Option<u64> {
        let distance = sequence.wrapping_sub(self.next as u32).cast_signed();
        let is_near = u64::from(distance.unsigned_abs()) <= WINDOW;
        is_near.then(|| self.next.saturating_add_signed(distance.into()))
    }
}

impl<T> SegmentPart<T> {
    fn length(&self) -> u64 {
        self.bytes.len() as u64 + u64::from(self.missing)
    }

    fn memory(&self) -> usize {
        self.bytes.len() + EACH
    }
}

#[cfg(test)]
mod tests;
