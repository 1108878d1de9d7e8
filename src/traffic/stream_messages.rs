//! The messages of framed streams, each direction of each connection by itself, and of framed
//! datagrams, in place of the reads and writes that they came in.

use super::framing::{FrameEnd, Framing, MessageCutter, SessionFraming};
use super::stream_end::StreamEnd;
use super::{FrameFault, Micros, Notice, RecordKind};
use crate::connection_id::FarSide;
use std::collections::HashMap;

/// The most streams whose messages are followed at a time.
const STREAMS: usize = 10_000;

/// A message of a stream or a datagram, or bytes that are none.
#[derive(Clone, Copy, Debug)]
pub struct StreamMessage<'a> {
    pub far: FarSide,
    /// Whether it was received or sent.
    pub kind: RecordKind,
    /// Without its delimiter and unstuffed; as it came if it is no message. Empty if it was too long
    /// to be kept.
    pub bytes: &'a [u8],
    /// The number of its bytes up to the end of the length that begins it; 0 if none does.
    pub header: usize,
    /// The row with its last byte, and the time of that.
    pub row: u64,
    pub time: Micros,
    /// Why it is no message; `None` if it is one.
    pub fault: Option<FrameFault>,
}

/// Cuts the streams of rows that are read one after the other.
#[derive(Debug)]
pub struct StreamMessages {
    framing: SessionFraming,
    open: HashMap<(FarSide, RecordKind), OpenStream>,
}

#[derive(Debug)]
struct OpenStream {
    cutter: MessageCutter,
    /// The last row, and its time.
    last: (u64, Micros),
}

impl StreamMessages {
    /// For a session with this framing; `None` if it has none.
    pub fn new(framing: SessionFraming) -> Option<Self> {
        (!framing.is_none()).then(|| Self {
            framing,
            open: HashMap::new(),
        })
    }

    pub fn framing(&self) -> &SessionFraming {
        &self.framing
    }

    /// Whether rows of this kind, which are parts of streams or datagrams, are cut.
    pub fn cuts(&self, kind: RecordKind, in_stream: bool) -> bool {
        self.framing.of_row(kind, in_stream).is_some()
    }

    /// Takes a read, a write or a datagram of this row and time. `take` gets each message that ends
    /// in it, or before it by silence. Returns `false` for one that is not followed, because its
    /// direction is not framed, or there are too many streams.
    pub fn push(
        &mut self,
        (far, kind): (FarSide, RecordKind),
        (row, time): (u64, Micros),
        bytes: &[u8],
        take: &mut dyn FnMut(StreamMessage<'_>),
    ) -> bool {
        let key = (far, kind);
        let Some(framing) = self.framing.of(kind) else {
            return false;
        };
        if self.framing.in_datagrams {
            let mut cutter = MessageCutter::new(framing.clone());
            let mut take = |message: &[u8], end| {
                take(of(framing, key, (row, time), (message, end)));
            };
            cutter.receive(bytes, time, &mut take);
            cutter.finish(&mut take);
            return true;
        }
        if !self.open.contains_key(&key) && self.open.len() >= STREAMS {
            return false;
        }
        let stream = self.open.entry(key).or_insert_with(|| OpenStream {
            cutter: MessageCutter::new(framing.clone()),
            last: (row, time),
        });
        let before = std::mem::replace(&mut stream.last, (row, time));
        // Silence ended the message with the read before.
        let last = match framing {
            Framing::IdleGap(_) => before,
            _ => (row, time),
        };
        stream.cutter.receive(bytes, time, &mut |message, end| {
            take(of(framing, key, last, (message, end)));
        });
        true
    }

    /// Ends the streams of a connection that a notice ends. `take` gets the messages that end with
    /// them.
    pub fn end(&mut self, far: FarSide, notice: &Notice, take: &mut dyn FnMut(StreamMessage<'_>)) {
        for kind in StreamEnd::of(notice).kinds() {
            if let Some(stream) = self.open.remove(&(far, kind)) {
                stream.finish((far, kind), take);
            }
        }
    }

    /// Ends all streams, those first whose last row came first.
    pub fn finish(&mut self, take: &mut dyn FnMut(StreamMessage<'_>)) {
        let mut open: Vec<_> = self.open.drain().collect();
        open.sort_by_key(|(_, stream)| stream.last);
        for (key, stream) in open {
            stream.finish(key, take);
        }
    }
}

impl OpenStream {
    fn finish(mut self, key: (FarSide, RecordKind), take: &mut dyn FnMut(StreamMessage<'_>)) {
        let (last, framing) = (self.last, self.cutter.framing().clone());
        self.cutter.finish(&mut |message, end| {
            take(of(&framing, key, last, (message, end)));
        });
    }
}

/// The message of these bytes.
fn of<'a>(
    framing: &Framing,
    (far, kind): (FarSide, RecordKind),
    (row, time): (u64, Micros),
    (message, end): (&'a [u8], FrameEnd),
) -> StreamMessage<'a> {
    let length = message.len().saturating_sub(end.delimiter() as usize);
    let bytes = message.get(..length).unwrap_or_default();
    StreamMessage {
        far,
        kind,
        bytes,
        header: framing.header(bytes),
        row,
        time,
        fault: end.fault(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Peer;

    type Seen = Vec<(String, (u64, Micros), Option<FrameFault>)>;

    fn cut(framing: Framing, reads: &[(&str, Micros)], ends: bool) -> Seen {
        let peer = Peer::from(([127, 0, 0, 1], 9));
        let far = FarSide::from(peer);
        let mut messages = StreamMessages::new(framing.into()).unwrap();
        let mut found = Seen::new();
        let mut take = |message: StreamMessage<'_>| {
            assert_eq!((message.far, message.kind), (far, RecordKind::Received));
            let text = String::from_utf8_lossy(message.bytes).into_owned();
            found.push((text, (message.row, message.time), message.fault));
        };
        for (row, (bytes, time)) in (0..).zip(reads) {
            let key = (far, RecordKind::Received);
            assert!(messages.push(key, (row, *time), bytes.as_bytes(), &mut take));
        }
        match ends {
            true => messages.end(far, &Notice::PeerFinished { peer }, &mut take),
            false => messages.finish(&mut take),
        }
        assert!(messages.open.is_empty());
        found
    }

    #[test]
    fn a_message_has_the_row_and_the_time_of_its_last_byte() {
        let message = |text: &str, row: u64, time, fault| (text.to_owned(), (row, time), fault);
        for ends in [false, true] {
            let reads = [("one\r\ntw", 1), ("o\nthree\nfo", 5)];
            let expected = [
                message("one", 0, 1, None),
                message("two", 1, 5, None),
                message("three", 1, 5, None),
                message("fo", 1, 5, Some(FrameFault::Unfinished)),
            ];
            assert_eq!(cut(Framing::Lines, &reads, ends), expected);
            let reads = [("si", 1), ("lent", 5), ("next", 90)];
            let expected = [message("silent", 1, 5, None), message("next", 2, 90, None)];
            assert_eq!(cut(Framing::IdleGap(20), &reads, ends), expected);
        }
    }

    #[test]
    fn each_datagram_and_each_direction_is_cut_by_itself() {
        let far = FarSide::from(Peer::from(([127, 0, 0, 1], 9)));
        let framing = SessionFraming::new(None, Some(Framing::Lines), true);
        let mut messages = StreamMessages::new(framing).unwrap();
        let mut found = Vec::new();
        let mut take = |message: StreamMessage<'_>| {
            found.push((message.bytes.to_vec(), message.row, message.fault));
        };
        assert!(!messages.push((far, RecordKind::Received), (0, 0), b"a\n", &mut take));
        for row in 1..3 {
            assert!(messages.push((far, RecordKind::Sent), (row, 0), b"a\nb", &mut take));
        }
        let two = |row| {
            let unfinished = Some(FrameFault::Unfinished);
            [(b"a".to_vec(), row, None), (b"b".to_vec(), row, unfinished)]
        };
        assert_eq!(found, [two(1), two(2)].concat());
        assert!(messages.open.is_empty());
        assert!(messages.cuts(RecordKind::Sent, false) && !messages.cuts(RecordKind::Sent, true));
    }
}
