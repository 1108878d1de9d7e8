//! A stream connection of a session: its reads become rows and go to the rules. It closes by
//! command, by a rule, or with its peer.

use crate::automation::rules::Inbound;
use crate::engine::command::QueuedBytes;
use crate::engine::context::Context;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::reason::Reason;
use crate::engine::context::stream_framing::StreamFraming;
use crate::engine::sys::limits::SEND_QUEUE;
use crate::engine::transport::connection::{Connection, READS, ReadOutcome};
use crate::engine::transport::linger::Linger;
use crate::engine::transport::overflow::Overflow;
use crate::engine::transport::stream_messages::StreamMessages;
use crate::engine::transport::table::{TableEntry, Turn};
use crate::traffic::{Cause, Notice, Operation};
use std::sync::Arc;
use std::time::Instant;

/// A connection of a session with its planned end.
pub struct StreamDriver {
    pub connection: Connection,
    close_with_peer: bool,
    overflow: Overflow,
    /// The peer has ended its direction: close after the replies to its last bytes.
    parting: bool,
    finishing: Finishing,
    /// The state of a lingering close, once our direction has ended.
    linger: Option<Linger>,
    /// Version of the simulated network in use.
    version: u64,
    /// Cuts what is received into the messages that rules look at; `None` if each read is one.
    messages: Option<StreamMessages>,
    /// Version of the framing in use.
    framed: u64,
    /// Whether the rules know that it began.
    has_begun: bool,
}

/// The action when the queue is empty.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Finishing {
    No,
    /// End our direction (FIN).
    Write,
    Close,
    /// End our direction and close after the peer's FIN; discard received bytes.
    Linger,
}

impl StreamDriver {
    /// A stream of this connection. With `close_with_peer` it closes when the peer ends its
    /// direction (FIN), instead of staying half-open. Without `nodelay`, a small write waits for the
    /// acknowledgement of the one before it.
    pub fn new(connection: Connection, close_with_peer: bool, nodelay: bool) -> Self {
        connection.socket.send_at_once(nodelay);
        Self {
            connection,
            close_with_peer,
            overflow: Overflow::default(),
            parting: false,
            finishing: Finishing::No,
            linger: None,
            version: 0,
            messages: None,
            framed: 0,
            has_begun: false,
        }
    }

    /// Whether more can be queued: our direction has not ended.
    pub fn takes(&self) -> bool {
        self.finishing == Finishing::No
    }

    /// The cause when nothing more can be queued.
    pub fn why_closed(&self) -> Cause {
        match self.parting {
            true => Cause::PeerFinished,
            false => Cause::NotConnected,
        }
    }

    /// Appends bytes to the write queue.
    ///
    /// # Errors
    /// If our direction has ended, or the queue has no room for all bytes.
    pub fn enqueue(&mut self, bytes: Arc<[u8]>, reason: Reason, now: Instant) -> Result<(), Cause> {
        if !self.takes() {
            return Err(self.why_closed());
        }
        let length = bytes.len();
        if self.overflow.is_open() || self.connection.unsent() + length > SEND_QUEUE {
            return self.overflow.refuse(length, now);
        }
        self.connection.push(bytes, reason, now);
        Ok(())
    }

    /// Ends our direction when the queue is empty.
    pub fn finish_writing(&mut self) {
        if self.finishing == Finishing::No {
            self.finishing = Finishing::Write;
        }
    }

    /// Closes when the queue is empty; with `linger`, after the peer's FIN.
    pub fn finish(&mut self, linger: bool) {
        self.finishing = match linger {
            true => Finishing::Linger,
            false => Finishing::Close,
        };
    }

    /// Closes with the peer, if it has ended its direction.
    pub fn part(&mut self) {
        self.parting = self.connection.finished;
    }

    /// Whether the stream will close because of the peer's FIN.
    fn is_parting(&self) -> bool {
        self.parting && !matches!(self.finishing, Finishing::Close | Finishing::Linger)
    }

    /// Takes up the current simulated network, if it changed.
    fn impair(&mut self, cx: &mut Context<'_>) {
        let version = cx.impair.version();
        if std::mem::replace(&mut self.version, version) == version {
            return;
        }
        let path = cx.impair.stream(cx.now);
        let (far, slow) = (self.connection.far(), path.slow_read.as_ref());
        cx.impair.report_slow_read(far, slow, cx.sink);
        self.connection.impair(path);
    }

    /// Takes up the current framing, if it changed. A message that has begun is none.
    fn frame(&mut self, framing: &StreamFraming) {
        if std::mem::replace(&mut self.framed, framing.version()) != framing.version() {
            self.messages = framing.received().cloned().map(StreamMessages::new);
        }
    }

    /// Applies the rules to the messages that end with these bytes, or to the bytes.
    fn ask_rules(&mut self, bytes: &[u8], cx: &mut Context<'_>) {
        let far = self.connection.far();
        match &mut self.messages {
            Some(messages) => messages.receive(far.into(), bytes, cx),
            None => cx.ask_rules(far, bytes, false),
        }
    }

    /// Reads within a fair share. Returns whether bytes went to the rules.
    fn read(&mut self, buffer: &mut [u8], cx: &mut Context<'_>) -> bool {
        let mut any = false;
        for _ in 0..READS {
            if !self.connection.is_readable() || !cx.sink.has_room() {
                break;
            }
            let (peer, far) = (self.connection.peer, self.connection.far());
            match self.connection.read(buffer, cx.now) {
                ReadOutcome::Bytes(count) => match &mut self.linger {
                    Some(linger) => linger.came(count, cx.now),
                    None => {
                        any = true;
                        let bytes = buffer.get(..count).unwrap_or_default();
                        cx.sink.received(far, bytes);
                        self.ask_rules(bytes, cx);
                    }
                },
                ReadOutcome::End => {
                    if let Some(messages) = &mut self.messages {
                        messages.finish(far.into(), cx);
                    }
                    self.report(Notice::PeerFinished { peer }, cx.sink);
                    self.parting = self.close_with_peer;
                }
                ReadOutcome::Nothing => {}
            }
        }
        any
    }

    /// Ends our direction if that is due, and starts to linger.
    fn end(&mut self, cx: &mut Context<'_>) {
        let ends = match self.finishing {
            Finishing::Write => true,
            // The peer has ended its direction already: no need to linger.
            Finishing::Linger => !self.connection.finished,
            Finishing::No | Finishing::Close => false,
        };
        if ends && self.connection.end(cx.now) {
            let peer = self.connection.peer;
            self.report(Notice::WriteClosed { peer }, cx.sink);
        }
        if self.finishing == Finishing::Linger && self.connection.ended {
            self.linger.get_or_insert_with(|| Linger::begin(cx.now));
        }
    }

    /// Whether to close, given an empty queue.
    fn is_over(&self, now: Instant) -> bool {
        let waited = self
            .linger
            .as_ref()
            .is_some_and(|linger| linger.until() <= now);
        match self.finishing {
            Finishing::Close => true,
            Finishing::Linger => self.connection.finished || waited,
            Finishing::No | Finishing::Write => self.connection.ended && self.connection.finished,
        }
    }

    /// Writes a row of this connection.
    pub fn report(&self, notice: Notice, sink: &mut EventSink) {
        sink.notice_of(self.connection.id, notice);
    }

    /// Writes the rows of refused messages and of discarded bytes, before the row of the end.
    pub fn report_rest(&mut self, sink: &mut EventSink) {
        let refused = self.overflow.end();
        self.report_refused(refused, sink);
        if let Some(messages) = &mut self.messages {
            messages.report_rest(self.connection.far(), sink);
        }
        let (peer, finished) = (self.connection.peer, self.connection.finished);
        let linger = self.linger.as_ref();
        let row = linger.and_then(|linger| linger.row(peer, finished));
        row.into_iter().for_each(|row| self.report(row, sink));
    }

    fn report_refused(&self, refused: Option<Cause>, sink: &mut EventSink) {
        let Connection { id, peer, .. } = self.connection;
        if let Some(cause) = refused {
            sink.failure_of(id, Operation::Send, peer, cause);
        }
    }
}

impl TableEntry for StreamDriver {
    fn turn(&mut self, _number: usize, buffer: &mut [u8], cx: &mut Context<'_>) -> Turn {
        self.impair(cx);
        self.frame(cx.framing);
        if !std::mem::replace(&mut self.has_begun, true) {
            let began = Inbound {
                connects: true,
                ..Inbound::new(self.connection.peer, &[])
            };
            cx.ask_rules_about(self.connection.far(), &began, false);
        }
        if let Some(messages) = &mut self.messages {
            messages.take_due(self.connection.far().into(), cx);
        }
        let parts = self.is_parting();
        if parts && !cx.responder.owes(self.connection.id) {
            self.finishing = Finishing::Close;
        }
        if !self.takes() {
            self.connection.end_queue(cx.now);
        }
        self.connection.take_due(cx);
        self.connection.flush(cx.sink);
        if let Some(passed) = self.connection.reset_due() {
            cx.impair
                .report_reset(self.connection.far(), passed, cx.sink);
            self.report_rest(cx.sink);
            self.report(self.connection.reset(0), cx.sink);
            return Turn::Over;
        }
        // The replies to the last bytes are queued before the end, which counts them as unsent.
        let came = self.read(buffer, cx) && self.connection.is_failing();
        let owes = came && cx.responder.owes(self.connection.id);
        let refused = match self.connection.unsent() <= SEND_QUEUE / 2 {
            true => self.overflow.end(),
            false => self.overflow.due(cx.now),
        };
        self.report_refused(refused, cx.sink);
        self.end(cx);
        let is_unread = self.connection.is_readable() || owes;
        if let Some(failed) = self.connection.take_failure(is_unread) {
            self.report_rest(cx.sink);
            let lost = self.connection.lost(&failed, 0, cx);
            self.report(lost, cx.sink);
            return Turn::Over;
        }
        if self.connection.unsent() == 0 && self.is_over(cx.now) {
            self.close(buffer, cx);
            return Turn::Over;
        }
        let more = self.connection.can_read(cx.now)
            || self.connection.can_write()
            || owes
            || self.is_parting() && !parts;
        if more { Turn::More } else { Turn::Idle }
    }

    fn deadline(&self, now: Instant) -> Option<Instant> {
        let linger = self.linger.as_ref().map(Linger::until);
        self.connection
            .deadline(now)
            .into_iter()
            .chain(linger)
            .chain(self.overflow.deadline())
            .chain(self.messages.as_ref().and_then(StreamMessages::deadline))
            .min()
    }

    fn unsent(&self) -> impl Iterator<Item = QueuedBytes> {
        std::iter::once(self.connection.queued())
    }

    /// Closes the connection. Remaining received bytes become rows; no rule replies to them.
    fn close(&mut self, buffer: &mut [u8], cx: &mut Context<'_>) {
        let far = self.connection.far();
        let linger = &mut self.linger;
        self.connection.read_out(buffer, |bytes| match linger {
            Some(linger) => linger.came(bytes.len(), cx.now),
            None => cx.sink.received(far, bytes),
        });
        self.report_rest(cx.sink);
        self.report(self.connection.closed(0), cx.sink);
    }
}
