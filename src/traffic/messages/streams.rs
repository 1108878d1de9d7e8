//! The streams, or datagrams, of a log whose messages are being found.

use super::MessageQuery;
use crate::connection_id::FarSide;
use crate::peer::Peer;
use crate::traffic::framing::{
    Frame, FrameEnd, Framer, Framing, LONGEST_MESSAGE, Read, SessionFraming,
};
use crate::traffic::{Micros, RecordKind};
use std::borrow::Cow;
use std::collections::HashMap;

/// The most streams whose messages are found at a time.
const STREAMS: usize = 10_000;
/// The most bytes that are kept of all messages that go on. Of further ones the filter sees the
/// beginning alone.
const HELD: usize = 64 << 20;

/// One direction of one connection.
pub(super) type StreamKey = (FarSide, RecordKind);

/// A message, or a part of one, that has ended.
pub(super) struct EndedFrame<'a> {
    pub frame: Frame,
    /// The message, without its delimiter and unstuffed. Empty if bytes are not needed; the
    /// beginning alone of a message that is too long to be kept.
    pub content: Cow<'a, [u8]>,
    /// The time of its last byte.
    pub time: Micros,
    /// The other side of a relay, which its last byte came from or went to.
    pub other: Option<Peer>,
}

/// Frames the streams of a log, each direction of each connection by itself, or its datagrams.
#[derive(Debug)]
pub(super) struct Streams {
    framing: SessionFraming,
    /// Whether the bytes of messages are needed.
    reads_bytes: bool,
    open: HashMap<StreamKey, OpenStream>,
    /// The bytes kept by all streams.
    held: usize,
    frames: Vec<Frame>,
}

#[derive(Debug)]
struct OpenStream {
    framer: Framer,
    /// The beginning of the message that goes on.
    pending: Vec<u8>,
    /// The time of the last read, and the other side of a relay.
    time: Micros,
    other: Option<Peer>,
}

impl Streams {
    /// `None` where each row with bytes is a message.
    pub fn new(query: &MessageQuery) -> Option<Self> {
        (!query.framing.is_none()).then(|| Self {
            framing: query.framing.clone(),
            reads_bytes: query.reads_bytes(),
            open: HashMap::new(),
            held: 0,
            frames: Vec::new(),
        })
    }

    /// Whether each datagram is framed by itself.
    pub fn in_datagrams(&self) -> bool {
        self.framing.in_datagrams
    }

    /// Takes a datagram. `take` gets each message in it. Returns `false` if its direction is not
    /// framed.
    pub fn push_datagram(
        &mut self,
        kind: RecordKind,
        (row, time): (u64, Micros),
        bytes: &[u8],
        take: &mut dyn FnMut(EndedFrame<'_>),
    ) -> bool {
        let Some(framing) = self.framing.of(kind) else {
            return false;
        };
        let mut framer = Framer::new(framing);
        framer.push(row, time, bytes, &mut self.frames);
        self.frames.extend(framer.finish());
        for frame in self.frames.drain(..) {
            let here = frame.reads.first().filter(|_| self.reads_bytes);
            let content = here.and_then(|read| part(bytes, read)).unwrap_or_default();
            let content = message_of(framing, &frame, content.into());
            take(EndedFrame {
                frame,
                content,
                time,
                other: None,
            });
        }
        true
    }

    /// Takes a read. `take` gets each message that ends in it, or before it by silence. Returns
    /// `false` for a read of a stream that is not framed: its direction has no framing, or there
    /// are too many.
    pub fn push(
        &mut self,
        key: StreamKey,
        (row, time, other): (u64, Micros, Option<Peer>),
        bytes: &[u8],
        take: &mut dyn FnMut(EndedFrame<'_>),
    ) -> bool {
        let Some(framing) = self.framing.of(key.1) else {
            return false;
        };
        if !self.open.contains_key(&key) && self.open.len() >= STREAMS {
            return false;
        }
        let stream = self.open.entry(key).or_insert_with(|| OpenStream {
            framer: Framer::new(framing),
            pending: Vec::new(),
            time,
            other,
        });
        stream.framer.push(row, time, bytes, &mut self.frames);
        self.held -= stream.pending.len();
        for frame in self.frames.drain(..) {
            let here = frame.reads.last().filter(|read| read.row == row);
            let (time, other) = match here {
                Some(_) => (time, other),
                None => (stream.time, stream.other),
            };
            let here = here.and_then(|read| part(bytes, read));
            let content: Cow<'_, [u8]> = match (self.reads_bytes, here.unwrap_or_default()) {
                (false, _) => Cow::default(),
                (true, here) if stream.pending.is_empty() => here.into(),
                (true, here) => {
                    keep(&mut stream.pending, here, self.held);
                    std::mem::take(&mut stream.pending).into()
                }
            };
            let content = message_of(framing, &frame, content);
            take(EndedFrame {
                frame,
                content,
                time,
                other,
            });
        }
        let rest = stream.framer.unfinished();
        let rest = rest.and_then(|frame| frame.reads.last());
        if let Some(rest) = rest.filter(|rest| self.reads_bytes && rest.row == row) {
            let rest = part(bytes, rest).unwrap_or_default();
            keep(&mut stream.pending, rest, self.held);
        }
        self.held += stream.pending.len();
        (stream.time, stream.other) = (time, other);
        true
    }

    /// The stream ended: returns the message that went on. The next read begins another stream.
    pub fn end(&mut self, key: StreamKey) -> Option<EndedFrame<'static>> {
        let mut stream = self.open.remove(&key)?;
        self.held -= stream.pending.len();
        let frame = stream.framer.finish()?;
        let framing = self.framing.of(key.1)?;
        let content = message_of(framing, &frame, stream.pending.into());
        Some(EndedFrame {
            frame,
            content,
            time: stream.time,
            other: stream.other,
        })
    }

    /// Forgets all streams, because rows cannot be read.
    pub fn clear(&mut self) {
        self.open.clear();
        self.held = 0;
    }

    /// The messages that go on, each with its direction and the other side of a relay.
    pub fn unfinished(&self) -> impl Iterator<Item = (RecordKind, Option<Peer>, &Frame)> {
        let streams = self.open.iter();
        streams.filter_map(|((_, kind), stream)| {
            Some((*kind, stream.other, stream.framer.unfinished()?))
        })
    }
}

/// The bytes of a read that belong to a frame.
fn part<'a>(bytes: &'a [u8], read: &Read) -> Option<&'a [u8]> {
    bytes.get(read.range.start as usize..read.range.end as usize)
}

/// Appends bytes of a message up to the limits; `held` is the number of bytes kept elsewhere.
fn keep(pending: &mut Vec<u8>, bytes: &[u8], held: usize) {
    let room = (LONGEST_MESSAGE as usize)
        .min(HELD.saturating_sub(held))
        .saturating_sub(pending.len());
    pending.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
}

/// The message of a frame's bytes.
fn message_of<'a>(framing: &Framing, frame: &Frame, bytes: Cow<'a, [u8]>) -> Cow<'a, [u8]> {
    let length = frame.length as usize;
    let bytes = match bytes {
        Cow::Borrowed(bytes) => bytes.get(..length).unwrap_or(bytes).into(),
        Cow::Owned(mut bytes) => {
            bytes.truncate(length);
            Cow::Owned(bytes)
        }
    };
    match frame.end {
        FrameEnd::Whole | FrameEnd::Delimited(_) if bytes.len() == length => {
            framing.unstuffed(bytes).unwrap_or_default()
        }
        _ => bytes,
    }
}
