//! The frames of one direction of one stream, or of the datagrams of one peer, in a log.

use super::{Frame, FrameEnd, Framer, Framing, SessionFraming};
use crate::connection_id::FarSide;
use crate::traffic::stream_end::StreamEnd;
use crate::traffic::{Body, Chunk, Log, Notice, Record, RecordKind};
use std::collections::VecDeque;

/// The most frames that are kept: the newest.
const MAX: usize = 100_000;

/// Frames the rows of a log as it grows. Rows that were trimmed before they were processed, or
/// that cannot be loaded, leave a gap. Framing starts again after a gap: the first frame there
/// may begin in the middle of a message.
#[derive(Debug)]
pub struct FrameIndex {
    far: FarSide,
    kind: RecordKind,
    framing: Framing,
    /// Whether each row is framed by itself.
    in_datagrams: bool,
    framer: Framer,
    kept: RecentFrames,
    /// The next row to process, and the slot of the row before it.
    next: u64,
    slot: Option<u64>,
}

/// The newest frames, and the number of older ones that were dropped.
#[derive(Debug, Default)]
struct RecentFrames {
    frames: VecDeque<Frame>,
    let_go: u64,
    /// The number and the bytes of all frames so far that were cut off by the end of a stream:
    /// these are no messages.
    cut_off: u64,
    cut_off_bytes: u64,
    /// The positions of the kept cut-off frames among all frames so far.
    cut_off_at: VecDeque<u64>,
}

impl Extend<Frame> for RecentFrames {
    fn extend<I: IntoIterator<Item = Frame>>(&mut self, frames: I) {
        for frame in frames {
            if self.frames.len() >= MAX {
                self.let_oldest_go();
            }
            if frame.end == FrameEnd::Unfinished {
                self.cut_off += 1;
                self.cut_off_bytes += u64::from(frame.length);
                let at = self.found();
                self.cut_off_at.push_back(at);
            }
            self.frames.push_back(frame);
        }
    }
}

impl RecentFrames {
    fn let_oldest_go(&mut self) {
        self.let_go += u64::from(self.frames.pop_front().is_some());
        let gone = |at: &u64| *at < self.let_go;
        if self.cut_off_at.front().is_some_and(gone) {
            self.cut_off_at.pop_front();
        }
    }

    /// The number of all frames so far.
    fn found(&self) -> u64 {
        self.let_go + self.frames.len() as u64
    }
}

impl FrameIndex {
    /// An index of the stream received from `far`, or sent to it, as `kind` says.
    pub fn new(far: FarSide, kind: RecordKind, framing: Framing) -> Self {
        Self {
            far,
            kind,
            framer: Framer::new(&framing),
            framing,
            in_datagrams: false,
            kept: RecentFrames::default(),
            next: 0,
            slot: None,
        }
    }

    /// The same by the framing of a session; `None` if this direction is not framed.
    pub fn of(far: FarSide, kind: RecordKind, session: &SessionFraming) -> Option<Self> {
        Some(Self {
            in_datagrams: session.in_datagrams,
            ..Self::new(far, kind, session.of(kind)?.clone())
        })
    }

    /// Whether it is framed as a session with this framing is.
    pub fn is_of(&self, session: &SessionFraming) -> bool {
        let same = session.of(self.kind) == Some(&self.framing);
        same && self.in_datagrams == session.in_datagrams
    }

    pub fn far(&self) -> FarSide {
        self.far
    }

    pub fn kind(&self) -> RecordKind {
        self.kind
    }

    pub fn framing(&self) -> &Framing {
        &self.framing
    }

    /// Whether each datagram is framed by itself.
    pub fn in_datagrams(&self) -> bool {
        self.in_datagrams
    }

    /// The newest frames that have ended and whose rows are all in the log, oldest first.
    pub fn frames(&self) -> &VecDeque<Frame> {
        &self.kept.frames
    }

    /// The incomplete frame so far.
    pub fn unfinished(&self) -> Option<&Frame> {
        self.framer.unfinished()
    }

    /// The number of messages since the log was last cleared: frames that no end of a stream
    /// cut off.
    pub fn messages(&self) -> u64 {
        self.kept.found().saturating_sub(self.kept.cut_off)
    }

    /// The number of frames that were cut off by the end of a stream or datagram, or by missing
    /// rows.
    pub fn cut_off(&self) -> u64 {
        self.kept.cut_off
    }

    /// The bytes of the cut-off frames.
    pub fn cut_off_bytes(&self) -> u64 {
        self.kept.cut_off_bytes
    }

    /// The number of the message at this position among [`Self::frames`], counted from 1;
    /// `None` if the frame was cut off.
    pub fn number(&self, place: usize) -> Option<u64> {
        let frame = self.kept.frames.get(place)?;
        let at = self.kept.let_go + place as u64;
        let cut_off_at = &self.kept.cut_off_at;
        let later = cut_off_at.len() - cut_off_at.partition_point(|cut| *cut < at);
        let before = self.kept.cut_off.saturating_sub(later as u64);
        let is_whole = frame.end != FrameEnd::Unfinished;
        is_whole.then(|| (at + 1).saturating_sub(before))
    }

    /// The number of frames since the log was last cleared that are no longer kept.
    pub fn let_go(&self) -> u64 {
        self.kept.let_go
    }

    /// Processes at most `budget` new rows of the log, of all peers. Returns whether there are
    /// more. Starts again if the log was cleared.
    pub fn follow(&mut self, log: &Log, budget: usize) -> bool {
        if self.was_cleared(log) {
            *self = Self {
                in_datagrams: self.in_datagrams,
                ..Self::new(self.far, self.kind, self.framing.clone())
            };
        }
        let rows = log.rows();
        if self.next < rows.start {
            self.kept.extend(self.framer.finish());
            self.next = rows.start;
        }
        let mut left = budget as u64;
        while left > 0
            && let Some(slot) = log.slot_of(self.next)
        {
            let begin = log.before(slot).rows();
            let end = log
                .before(slot + 1)
                .rows()
                .min(self.next.saturating_add(left));
            match log.chunk(slot) {
                Some(chunk) => self.walk(chunk, begin, end),
                None => self.kept.extend(self.framer.finish()),
            }
            left -= end - self.next;
            self.next = end;
            self.slot = Some(slot);
        }
        self.forget_before(log.rows().start);
        self.next < rows.end
    }

    /// The first bytes of a frame without its delimiter, at most `most`. Bytes of rows that
    /// left the log are missing.
    pub fn bytes(&self, frame: &Frame, log: &Log, most: usize) -> Vec<u8> {
        let most = most.min(frame.length as usize);
        let mut bytes = Vec::new();
        for read in &frame.reads {
            if bytes.len() >= most {
                break;
            }
            let own = |record: &Record<'_>| self.is_own(record);
            let Some(record) = log.get(read.row).filter(own) else {
                continue;
            };
            let range = read.range.start as usize..read.range.end as usize;
            bytes.extend_from_slice(record.bytes().get(range).unwrap_or_default());
        }
        bytes.truncate(most);
        bytes
    }

    /// Whether the log was cleared. Slots keep their numbers then and rows do not: the slot of
    /// the last row is gone, but rows before it are not.
    fn was_cleared(&self, log: &Log) -> bool {
        let rows = log.rows();
        let slot_gone = self.slot.is_some_and(|slot| slot < log.slots().start);
        rows.end < self.next || slot_gone && rows.start < self.next
    }

    /// Processes the rows from `self.next` up to `end`; `begin` is the first row of the chunk.
    fn walk(&mut self, chunk: &Chunk, begin: u64, end: u64) {
        for row in self.next..end {
            let at = usize::try_from(row.saturating_sub(begin)).unwrap_or(usize::MAX);
            let Some(record) = chunk.get(at) else {
                continue;
            };
            match record.body {
                Body::Notice(notice) if self.ends(&record, notice) => {
                    self.kept.extend(self.framer.finish());
                }
                Body::Notice(_) => {}
                _ if self.is_own(&record) => {
                    let (time, bytes) = (record.time, record.bytes());
                    self.framer.push(row, time, bytes, &mut self.kept);
                    if self.in_datagrams {
                        self.kept.extend(self.framer.finish());
                    }
                }
                _ => {}
            }
        }
    }

    fn is_own(&self, record: &Record<'_>) -> bool {
        record.kind() == self.kind && record.far() == Some(self.far)
    }

    /// Whether the stream in this direction ends with this notice, or another one begins.
    fn ends(&self, record: &Record<'_>, notice: &Notice) -> bool {
        let same = record.connection == self.far.connection;
        let own = same && notice.peer() == Some(self.far.peer);
        own && StreamEnd::of(notice).has(self.kind)
    }

    fn forget_before(&mut self, row: u64) {
        let gone = |frame: &Frame| frame.first_row < row;
        while self.kept.frames.front().is_some_and(gone) {
            self.kept.let_oldest_go();
        }
    }
}
