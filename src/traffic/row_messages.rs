//! The messages of rows that are read one after the other.

use super::framing::{FrameEnd, MessageCutter};
use super::stream_end::StreamEnd;
use super::{Body, MessageSchema, Notice, Record, RecordKind};
use crate::connection_id::FarSide;
use crate::schema::Schema;
use std::collections::HashMap;
use std::sync::Arc;

/// The most streams whose messages are followed at a time.
const STREAMS: usize = 10_000;

/// Finds the messages of rows: a datagram is one, or has those that its framing finds in it. In a
/// framed stream those belong to a row that end in it, however the reads cut them.
pub struct RowMessages {
    described: Arc<MessageSchema>,
    streams: HashMap<(FarSide, RecordKind), MessageCutter>,
}

impl RowMessages {
    /// For rows from their first one on.
    pub fn new(described: Arc<MessageSchema>) -> Self {
        Self {
            described,
            streams: HashMap::new(),
        }
    }

    pub fn described(&self) -> &MessageSchema {
        &self.described
    }

    /// Whether the messages of such a row may be several, or none.
    pub fn cuts(&self, kind: RecordKind, in_stream: bool) -> bool {
        self.described.framing.of_row(kind, in_stream).is_some()
    }

    /// The messages of the next row, without their delimiters.
    pub fn next(&mut self, record: &Record<'_>, in_stream: bool) -> Vec<Vec<u8>> {
        let bytes = match record.body {
            Body::Received { bytes, .. } | Body::Sent { bytes, .. } => bytes,
            Body::Notice(notice) => return self.end(record, notice),
        };
        let framing = self.described.framing.of_row(record.kind(), in_stream);
        let Some((framing, far)) = framing.zip(record.far()) else {
            return match bytes {
                [] => Vec::new(),
                bytes => vec![bytes.to_vec()],
            };
        };
        let (mut messages, schema) = (Vec::new(), &self.described.schema);
        let mut take = |message: &[u8], end: FrameEnd| {
            messages.extend(described(schema, message, end));
        };
        if !in_stream {
            let mut cutter = MessageCutter::new(framing.clone());
            cutter.receive(bytes, record.time, &mut take);
            cutter.finish(&mut take);
            return messages;
        }
        let key = (far, record.kind());
        if !self.streams.contains_key(&key) && self.streams.len() >= STREAMS {
            return Vec::new();
        }
        let cutter = self.streams.entry(key);
        let cutter = cutter.or_insert_with(|| MessageCutter::new(framing.clone()));
        cutter.receive(bytes, record.time, &mut take);
        messages
    }

    /// Forgets the streams that a notice ends, or that begin with it. Returns the messages that
    /// end with them, such as those of HTTP without a length.
    fn end(&mut self, record: &Record<'_>, notice: &Notice) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        let Some(peer) = notice.peer() else {
            return messages;
        };
        let far = FarSide {
            peer,
            connection: record.connection,
        };
        let schema = &self.described.schema;
        for kind in StreamEnd::of(notice).kinds() {
            if let Some(mut cutter) = self.streams.remove(&(far, kind)) {
                cutter.finish(&mut |message, end| {
                    messages.extend(described(schema, message, end));
                });
            }
        }
        messages
    }
}

/// The described part of a message that has no fault, without its delimiter.
fn described(schema: &Schema, message: &[u8], end: FrameEnd) -> Option<Vec<u8>> {
    if end.fault().is_some() {
        return None;
    }
    let length = message.len().saturating_sub(end.delimiter() as usize);
    let message = message.get(..length).unwrap_or_default();
    Some(schema.without_prefix(message).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection_id::ConnectionId;
    use crate::peer::Peer;
    use crate::schema::{ReadyMade, Schema, TypeSpec};
    use crate::traffic::framing::{Framing, SessionFraming};

    #[test]
    fn messages_belong_to_the_row_that_they_end_in() {
        let described = MessageSchema {
            schema: Schema::new(TypeSpec::default()).unwrap(),
            framing: Framing::Lines.into(),
        };
        let mut messages = RowMessages::new(described.into());
        let peer = Peer::from(([127, 0, 0, 1], 9));
        let mut next = |number: u64, body: Body<'_>| {
            let mut record = Record::new(0, body);
            record.connection = ConnectionId::read(number);
            let found = messages.next(&record, true);
            found
                .into_iter()
                .map(|message| String::from_utf8(message).unwrap())
                .collect::<Vec<_>>()
        };
        let read = |bytes| Body::Received { peer, bytes };
        assert_eq!(next(1, read(b"one\r\ntw")), ["one"]);
        assert_eq!(
            next(2, read(b"other\n")),
            ["other"],
            "of another connection"
        );
        assert_eq!(
            next(
                1,
                Body::Sent {
                    peer,
                    bytes: b"sent\n"
                }
            ),
            ["sent"]
        );
        assert_eq!(next(1, read(b"o\nthree\nfo")), ["two", "three"]);
        let ends = Notice::PeerFinished { peer };
        assert_eq!(next(1, Body::Notice(&ends)), [""; 0]);
        assert_eq!(next(1, read(b"ur\n")), ["ur"], "a new stream");
    }

    #[test]
    fn a_message_that_the_end_of_its_connection_ends_belongs_to_that_row() {
        let described = MessageSchema {
            schema: ReadyMade::named("http").unwrap().schema().unwrap(),
            framing: Framing::Http.into(),
        };
        let mut messages = RowMessages::new(described.into());
        let peer = Peer::from(([127, 0, 0, 1], 9));
        let reply = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody";
        let record = Record::new(0, Body::Received { peer, bytes: reply });
        assert_eq!(messages.next(&record, true), [[0; 0]; 0]);
        let ends = Notice::PeerFinished { peer };
        let ended = messages.next(&Record::new(1, Body::Notice(&ends)), true);
        assert_eq!(ended, [&reply[..]]);
    }

    #[test]
    fn dns_over_tcp_has_its_length_before_the_message() {
        let described = MessageSchema {
            schema: ReadyMade::named("dns").unwrap().schema().unwrap(),
            framing: SessionFraming::from(Framing::LengthPrefix {
                width: 2,
                big_endian: true,
                offset: 0,
                includes_header: false,
                adjust: 0,
            }),
        };
        let query = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01";
        let wire = [&(query.len() as u16).to_be_bytes()[..], query].concat();
        let messages = described.messages_in(RecordKind::Received, &wire);
        assert_eq!(messages, [&query[..]]);
        let mut messages = RowMessages::new(described.into());
        let peer = Peer::from(([127, 0, 0, 1], 9));
        let record = Record::new(0, Body::Received { peer, bytes: &wire });
        assert_eq!(messages.next(&record, true), [query]);
        // A datagram has none.
        let record = Record::new(0, Body::Received { peer, bytes: query });
        assert_eq!(messages.next(&record, false), [query]);
    }

    #[test]
    fn a_datagram_has_the_messages_that_are_whole_in_it() {
        let described = MessageSchema {
            schema: Schema::new(TypeSpec::default()).unwrap(),
            framing: SessionFraming::new(Some(Framing::Lines), Some(Framing::Fixed(2)), true),
        };
        let mut messages = RowMessages::new(described.into());
        let peer = Peer::from(([127, 0, 0, 1], 9));
        let mut next = |body| messages.next(&Record::new(0, body), false);
        let read = |bytes| Body::Received { peer, bytes };
        assert_eq!(next(read(b"one\ntwo\nth")), [&b"one"[..], b"two"]);
        // The next datagram begins with a message.
        assert_eq!(next(read(b"ree\n")), [b"ree"]);
        let bytes = b"abcde";
        assert_eq!(next(Body::Sent { peer, bytes }), [b"ab", b"cd"]);
        // A stream is not framed.
        let record = Record::new(0, read(b"a\nb\n"));
        assert_eq!(messages.next(&record, true), [b"a\nb\n"]);
    }
}
