//! Walks through the rows of a log and finds its messages.

use super::MessageQuery;
use super::entry::MessageEntry;
use super::message::{Message, MessageId, MessageRole};
use super::open_requests::{OpenRequests, Paired};
use super::streams::{EndedFrame, StreamKey, Streams};
use super::update::{Link, MessageUpdate};
use crate::connection_id::FarSide;
use crate::peer::Peer;
use crate::traffic::framing::{Frame, FrameEnd};
use crate::traffic::stream_end::StreamEnd;
use crate::traffic::{Body, Chunk, Notice, Record, RecordKind};
use std::sync::Arc;

/// The most messages that go on which an update lists: those with the newest bytes.
const UNFINISHED: usize = 100;

/// Takes the rows of a log in order. Where rows are missing, messages begin anew, and earlier
/// requests stay without a reply.
#[derive(Debug)]
pub struct MessageWalk {
    query: Arc<MessageQuery>,
    streams: Option<Streams>,
    requests: Option<OpenRequests>,
    /// The next row.
    next: u64,
}

/// The row that is being looked at.
struct RowHere<'a> {
    row: u64,
    /// Its position in its slot.
    position: u32,
    record: Record<'a>,
    /// The number of messages and events found in it so far.
    ordinal: u64,
}

impl MessageWalk {
    /// A walk from the first row on.
    pub fn new(query: Arc<MessageQuery>) -> Self {
        Self {
            streams: Streams::new(&query),
            requests: query.pairing.clone().map(OpenRequests::new),
            query,
            next: 0,
        }
    }

    /// Walks through the rows of a slot that it has not seen, of which the slot's first has the
    /// number `first_row`. `None` stands for a slot that cannot be read.
    pub fn walk(&mut self, slot: u64, first_row: u64, chunk: Option<&Chunk>) -> MessageUpdate {
        let mut update = MessageUpdate::of(slot, first_row);
        match chunk {
            None => self.forget(),
            Some(chunk) => self.walk_chunk(first_row, chunk, &mut update),
        }
        update.walked = self.next;
        update.unfinished = self.unfinished();
        update
    }

    fn walk_chunk(&mut self, first_row: u64, chunk: &Chunk, update: &mut MessageUpdate) {
        if first_row > self.next {
            self.forget();
        }
        let seen = self.next.saturating_sub(first_row);
        let seen = usize::try_from(seen).unwrap_or(usize::MAX);
        for at in seen..chunk.len() {
            let row = first_row + at as u64;
            self.next = row + 1;
            let Some((record, position)) = chunk.get(at).zip(u32::try_from(at).ok()) else {
                continue;
            };
            let mut here = RowHere {
                row,
                position,
                record,
                ordinal: 0,
            };
            self.row(&mut here, chunk.is_repeat(at), update);
        }
    }

    /// Rows are missing: messages that went on cannot be known.
    fn forget(&mut self) {
        self.streams.iter_mut().for_each(Streams::clear);
        self.requests.iter_mut().for_each(OpenRequests::clear);
    }

    fn row(&mut self, here: &mut RowHere<'_>, is_repeat: bool, update: &mut MessageUpdate) {
        let (row, record) = (here.row, here.record);
        let (bytes, far) = match (record.body, record.far()) {
            (Body::Notice(notice), _) => return self.notice(notice, is_repeat, here, update),
            (Body::Received { bytes, .. } | Body::Sent { bytes, .. }, Some(far)) => (bytes, far),
            // Every payload has a far side.
            (_, None) => return,
        };
        let key = (far, record.kind());
        if let Some(mut streams) = self.streams.take() {
            let (kind, here_and_now) = (record.kind(), (row, record.time));
            let mut take = |frame: EndedFrame<'_>| self.ended(key, frame, here, update);
            let is_framed = match streams.in_datagrams() {
                true => streams.push_datagram(kind, here_and_now, bytes, &mut take),
                // Only a received datagram is surely one.
                false if record.arrival.is_datagram() => false,
                false => {
                    let read = (row, record.time, record.origin.other);
                    streams.push(key, read, bytes, &mut take)
                }
            };
            self.streams = Some(streams);
            if is_framed {
                return;
            }
        }
        let length = bytes.len() as u32;
        let message = Message {
            id: MessageId::first_of(row),
            kind: record.kind(),
            first_row: row,
            last_row: row,
            begin: 0,
            behind: length,
            reads: 1,
            length,
            end: FrameEnd::Whole,
            found: false,
            role: MessageRole::Unpaired,
        };
        self.add(message, far, &record, here, update);
    }

    fn notice(
        &mut self,
        notice: &Notice,
        is_repeat: bool,
        here: &mut RowHere<'_>,
        update: &mut MessageUpdate,
    ) {
        let record = here.record;
        if let Some(peer) = notice.peer() {
            let connection = record.connection;
            let far = FarSide { peer, connection };
            for kind in StreamEnd::of(notice).kinds() {
                self.end((far, kind), here, update);
            }
            if let Some(requests) = &mut self.requests {
                requests.observe(far, notice);
            }
        }
        let filter = self.query.filter.as_ref();
        let is_found = filter.is_some_and(|filter| filter.lets_message_through(&record));
        let (position, kind) = (here.position, record.kind());
        here.ordinal += 1;
        update.add(
            MessageEntry::of_event(position, kind, is_found, is_repeat),
            None,
        );
    }

    /// A stream ended in this row.
    fn end(&mut self, key: StreamKey, here: &mut RowHere<'_>, update: &mut MessageUpdate) {
        let streams = self.streams.as_mut();
        if let Some(frame) = streams.and_then(|streams| streams.end(key)) {
            self.ended(key, frame, here, update);
        }
    }

    /// A message, or a part of one, is known to have ended in this row.
    fn ended(
        &mut self,
        (far, kind): StreamKey,
        ended: EndedFrame<'_>,
        here: &mut RowHere<'_>,
        update: &mut MessageUpdate,
    ) {
        let EndedFrame {
            frame,
            content,
            time,
            other,
        } = ended;
        let Some(message) = message_of(&frame, kind, MessageId::first_of(here.row)) else {
            return;
        };
        let (peer, bytes) = (far.peer, content.as_ref());
        let body = match kind {
            RecordKind::Sent => Body::Sent { peer, bytes },
            _ => Body::Received { peer, bytes },
        };
        let mut record = Record::new(time, body);
        record.connection = far.connection;
        record.origin.other = other;
        self.add(message, far, &record, here, update);
    }

    /// Adds a message whose bytes the record has, if they are needed.
    fn add(
        &mut self,
        mut message: Message,
        far: FarSide,
        record: &Record<'_>,
        here: &mut RowHere<'_>,
        update: &mut MessageUpdate,
    ) {
        // A row with more messages than ids shows them as bytes of the row alone.
        let Some(id) = MessageId::new(here.row, here.ordinal) else {
            return;
        };
        message.id = id;
        let filter = self.query.filter.as_ref();
        message.found = filter.is_some_and(|filter| filter.lets_message_through(record));
        let (is_whole, other) = (message.end.fault().is_none(), record.origin.other);
        let paired = match &mut self.requests {
            Some(_) if is_forwarded(message.kind, other) => Some(Paired::Forwarded),
            Some(open) if is_whole => {
                Some(open.take((far, other), message.kind, id, record.bytes()))
            }
            _ => None,
        };
        message.role = match paired {
            None | Some(Paired::Not) => MessageRole::Unpaired,
            Some(Paired::Forwarded) => MessageRole::Forwarded,
            Some(Paired::Request) => MessageRole::Request(None),
            Some(Paired::Unasked) => MessageRole::Unasked,
            Some(Paired::Reply(_)) => MessageRole::Reply,
        };
        let Some((entry, span)) = MessageEntry::of(&message, here.position) else {
            return;
        };
        here.ordinal += 1;
        update.add(entry, span);
        if let Some(Paired::Reply(request)) = paired {
            update.links.push(Link {
                request,
                reply: id,
                is_found: message.found,
            });
        }
    }

    /// The messages that go on, by their last row.
    fn unfinished(&self) -> Vec<Message> {
        let streams = self.streams.iter().flat_map(Streams::unfinished);
        let pairs = self.requests.is_some();
        let messages = streams.filter_map(|(kind, other, frame)| {
            if pairs && is_forwarded(kind, other) {
                return None;
            }
            message_of(frame, kind, MessageId::last_of(frame.last_row))
        });
        let mut messages: Vec<Message> = messages.collect();
        messages.sort_by_key(|message| (message.last_row, message.begin));
        let older = messages.len().saturating_sub(UNFINISHED);
        messages.drain(..older);
        messages
    }
}

/// Whether a relay sent this on, as which it has been received before.
fn is_forwarded(kind: RecordKind, other: Option<Peer>) -> bool {
    kind == RecordKind::Sent && other.is_some()
}

/// The message of a frame; `None` for a frame without bytes, which there is not.
fn message_of(frame: &Frame, kind: RecordKind, id: MessageId) -> Option<Message> {
    let (first, last) = frame.reads.first().zip(frame.reads.last())?;
    Some(Message {
        id,
        kind,
        first_row: frame.first_row,
        last_row: frame.last_row,
        begin: first.range.start,
        behind: last.range.end,
        reads: u32::try_from(frame.reads.len()).ok()?,
        length: frame.length,
        end: frame.end,
        found: false,
        role: MessageRole::Unpaired,
    })
}
