//! A proxied connection of a TCP relay: a client's connection and its connection to the
//! upstream.
//!
//! Bytes are forwarded as they are read. Reading one side pauses while the other side's queue is
//! full. A FIN is forwarded after the last byte, a RST at once. Framing only observes.

use crate::automation::RelayFlow;
use crate::automation::rules::RelayDirection;
use crate::engine::command::{QueuedBytes, Target};
use crate::engine::context::Context;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::reason::Reason;
use crate::engine::kinds::relay::relayed_messages::RelayedMessages;
use crate::engine::kinds::relay::relayed_packet::{ForwardedPacket, RelayedPacket};
use crate::engine::kinds::relay::unsent_bytes::UnsentBytes;
use crate::engine::sys::limits::SEND_QUEUE;
use crate::engine::transport::connection::{Connection, ConnectionFailure, READS, ReadOutcome};
use crate::engine::transport::linger::Linger;
use crate::engine::transport::stream_messages::MessageSource;
use crate::engine::transport::table::Turn;
use crate::peer::Peer;
use crate::traffic::{Automatic, Cause, Notice, RecordOrigin};
use std::time::Instant;

/// Number of queued bytes of one side from which on reading the other pauses.
const ROOM: usize = 256 << 10;

/// A client's connection and its connection to the upstream, with the bytes on their way.
pub struct ProxiedConnection {
    /// Its number in the connection table.
    number: usize,
    pub client: Connection,
    pub target: Connection,
    /// Close once the queues are sent.
    pub closing: bool,
    /// The lingering close of a side with limited reads, after both directions have ended.
    linger: Option<Linger>,
    /// Received bytes that are not forwarded.
    unsent: UnsentBytes,
    messages: RelayedMessages,
    /// Version of the simulated network in use.
    version: u64,
}

impl ProxiedConnection {
    pub fn new(number: usize, client: Connection, target: Connection) -> Self {
        Self {
            number,
            client,
            target,
            closing: false,
            linger: None,
            unsent: UnsentBytes::default(),
            messages: RelayedMessages::default(),
            version: 0,
        }
    }

    fn side(&mut self, side: RelayDirection) -> &mut Connection {
        match side {
            RelayDirection::Client => &mut self.client,
            RelayDirection::Target => &mut self.target,
        }
    }

    fn flow(&self, toward: RelayDirection) -> RelayFlow {
        RelayFlow {
            connection: self.number,
            toward,
        }
    }

    /// The source of this direction, as that of its messages.
    fn source(&self, toward: RelayDirection) -> MessageSource {
        let from = match toward {
            RelayDirection::Target => &self.client,
            RelayDirection::Client => &self.target,
        };
        MessageSource {
            far: from.far(),
            relayed: Some((toward, self.client.peer)),
        }
    }

    /// Takes up the current simulated network, if it changed.
    fn impair(&mut self, cx: &mut Context<'_>) {
        let version = cx.impair.version();
        if std::mem::replace(&mut self.version, version) == version {
            return;
        }
        let now = cx.now;
        let [mut out, mut back] = cx.impair.relay_directions(now);
        let (client, target) = (self.client.far(), self.target.far());
        cx.impair
            .report_slow_read(client, out.slow_read.as_ref(), cx.sink);
        cx.impair
            .report_slow_read(target, back.slow_read.as_ref(), cx.sink);
        // A direction is read from its source, and written to its destination.
        std::mem::swap(&mut out.slow_read, &mut back.slow_read);
        self.target.impair(out);
        self.client.impair(back);
    }

    /// Whether the source of this direction may be read now.
    fn can_read(&self, toward: RelayDirection, cx: &Context<'_>) -> bool {
        let from = match toward {
            RelayDirection::Target => &self.client,
            RelayDirection::Client => &self.target,
        };
        from.can_read(cx.now) && self.is_unread(toward, cx)
    }

    /// Whether the source of this direction has bytes to read, now or once its read limit allows.
    fn is_unread(&self, toward: RelayDirection, cx: &Context<'_>) -> bool {
        let (from, to) = match toward {
            RelayDirection::Target => (&self.client, &self.target),
            RelayDirection::Client => (&self.target, &self.client),
        };
        let intercepted = cx.hold_queue.bytes_of(self.flow(toward));
        let room = intercepted.is_none_or(|_| cx.hold_queue.has_room(0));
        let open = (!self.closing || self.linger.is_some()) && !to.is_cut();
        let fits = to.unsent() + intercepted.unwrap_or(0) <= ROOM;
        from.is_readable() && open && room && fits
    }

    /// Forwards the bytes of one direction.
    fn pass(&mut self, toward: RelayDirection, buffer: &mut [u8], cx: &mut Context<'_>) {
        let flow = self.flow(toward);
        let to = self.side(toward);
        to.take_due(cx);
        to.flush(cx.sink);
        while self.side(toward).unsent() <= ROOM
            && let Some(packet) = cx.hold_queue.next_free(flow)
        {
            let reason = Reason::passed_on(packet.rule, packet.from);
            self.side(toward).write(&packet.bytes, reason, cx);
        }
        for _ in 0..READS {
            if !cx.sink.has_room() || !self.can_read(toward, cx) {
                break;
            }
            let from = self.side(opposite(toward));
            match from.read(buffer, cx.now) {
                ReadOutcome::Bytes(count) => {
                    self.forward(toward, buffer.get(..count).unwrap_or_default(), cx);
                }
                ReadOutcome::End => {
                    let finished = Notice::PeerFinished { peer: from.peer };
                    self.messages.finish(self.source(toward), cx);
                    self.report(opposite(toward), finished, cx.sink);
                }
                ReadOutcome::Nothing => break,
            }
        }
        let over = self.side(opposite(toward)).finished && cx.hold_queue.bytes_of(flow).is_none();
        if over && self.side(toward).end(cx.now) {
            let peer = self.side(toward).peer;
            self.report(toward, Notice::WriteClosed { peer }, cx.sink);
        }
    }

    fn forward(&mut self, toward: RelayDirection, bytes: &[u8], cx: &mut Context<'_>) {
        let (far, to) = (self.side(opposite(toward)).far(), self.side(toward).peer);
        let from = far.peer;
        cx.sink.received_for(far, bytes, for_peer(to));
        if let Some(linger) = &mut self.linger {
            linger.came(bytes.len(), cx.now);
            return self.unsent.add(toward, bytes.len());
        }
        let packet = RelayedPacket {
            bytes,
            from,
            to,
            toward,
            pair: Some(self.number),
            connection: far.connection,
            forgeable: false,
            asks: self.messages.asks_about_reads(),
        };
        if let Some(ForwardedPacket { edited, rule }) = packet.ask(cx) {
            let reason = Reason::passed_on(rule, from);
            let bytes = edited.as_deref().unwrap_or(bytes);
            self.side(toward).write(bytes, reason, cx);
        }
        self.messages.receive(self.source(toward), bytes, cx);
    }

    /// Writes a rule's or the user's bytes to one side.
    ///
    /// # Errors
    /// If that direction has ended, or its queue has no room.
    pub fn send(
        &mut self,
        to: &Target,
        bytes: &[u8],
        reason: Reason,
        cx: &mut Context<'_>,
    ) -> Result<(), Cause> {
        let is_target = matches!(to, Target::Connection(id) if *id == self.target.id);
        let connection = if is_target {
            &mut self.target
        } else {
            &mut self.client
        };
        let (length, limit) = (bytes.len(), SEND_QUEUE);
        if connection.ended || connection.has_failed() || self.closing {
            return Err(Cause::NotConnected);
        }
        if connection.unsent() + length > limit {
            return Err(Cause::QueueFull { length, limit });
        }
        connection.write(bytes, reason, cx);
        Ok(())
    }

    /// The error that ends this side. It is withheld while bytes received before it can still be
    /// read and forwarded.
    fn failure_of(&mut self, side: RelayDirection, cx: &Context<'_>) -> Option<ConnectionFailure> {
        let is_unread = self.is_unread(opposite(side), cx);
        self.side(side).take_failure(is_unread)
    }

    /// One side has failed: writes its row and resets the other.
    fn lost(&mut self, side: RelayDirection, failed: &ConnectionFailure, cx: &mut Context<'_>) {
        let unsent = self.discard_intercepted(cx);
        let lost = self.side(side).lost(failed, unsent.of(side), cx);
        self.report_end(side, lost, cx.sink);
        self.reset_side(opposite(side), &unsent, cx);
    }

    fn reset_side(&mut self, side: RelayDirection, unsent: &UnsentBytes, cx: &mut Context<'_>) {
        let connection = self.side(side);
        // Bytes queued before the reset are still sent if the kernel takes them.
        while connection.can_write() && cx.sink.has_room() {
            connection.flush(cx.sink);
        }
        let reset = connection.reset(unsent.of(side));
        self.report_end(side, reset, cx.sink);
    }

    /// Resets both sides.
    pub fn reset(&mut self, cx: &mut Context<'_>) {
        let unsent = self.discard_intercepted(cx);
        self.reset_side(RelayDirection::Client, &unsent, cx);
        self.reset_side(RelayDirection::Target, &unsent, cx);
    }

    fn read_out(
        &mut self,
        toward: RelayDirection,
        buffer: &mut [u8],
        sink: &mut EventSink,
    ) -> usize {
        let to = self.side(toward).peer;
        let from = self.side(opposite(toward));
        let far = from.far();
        from.read_out(buffer, |bytes| sink.received_for(far, bytes, for_peer(to)))
    }

    /// Discards the intercepted packets. Returns the bytes that are not forwarded.
    fn discard_intercepted(&mut self, cx: &mut Context<'_>) -> UnsentBytes {
        for toward in [RelayDirection::Target, RelayDirection::Client] {
            let discarded = cx.hold_queue.discard(self.flow(toward));
            self.unsent.add(toward, discarded);
        }
        self.unsent
    }

    /// Returns whether both sides may be closed, given empty queues. With a limited read, it
    /// first ends both directions and lingers until both peers have ended or the time limit
    /// passes: reading the rest at once would exceed the read limit.
    fn may_close(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.client.is_slow() && !self.target.is_slow() {
            return true;
        }
        if let Some(linger) = &self.linger {
            let finished = self.client.finished && self.target.finished;
            return finished || linger.until() <= cx.now;
        }
        // Intercepted bytes would follow the FIN of their direction.
        self.discard_intercepted(cx);
        self.linger = Some(Linger::begin(cx.now));
        for side in [RelayDirection::Client, RelayDirection::Target] {
            if self.side(side).end(cx.now) {
                let peer = self.side(side).peer;
                self.report(side, Notice::WriteClosed { peer }, cx.sink);
            }
        }
        false
    }

    /// Writes the row of the end of one side, behind the rows of what it sent that was no message.
    fn report_end(&mut self, side: RelayDirection, notice: Notice, sink: &mut EventSink) {
        let source = self.source(opposite(side));
        self.messages.report_rest(source, sink);
        self.report(side, notice, sink);
    }

    /// Writes a row of one side; a row of the upstream's side names the client.
    fn report(&self, side: RelayDirection, notice: Notice, sink: &mut EventSink) {
        let client = self.client.peer;
        match side {
            RelayDirection::Client => sink.notice_of(self.client.id, notice),
            RelayDirection::Target => {
                let of_target = Automatic::ForClient { client, notice };
                sink.notice_of(self.target.id, Notice::Automatic(Box::new(of_target)));
            }
        }
    }
}

impl ProxiedConnection {
    /// Reads and writes as much as the kernel allows, up to a fair share.
    pub fn turn(&mut self, buffer: &mut [u8], cx: &mut Context<'_>) -> Turn {
        self.impair(cx);
        self.messages.follow(cx.framing);
        for toward in [RelayDirection::Target, RelayDirection::Client] {
            self.messages.take_due(self.source(toward), cx);
            self.pass(toward, buffer, cx);
        }
        let resets = [&self.client, &self.target].map(|side| (side.far(), side.reset_due()));
        for (far, passed) in resets {
            let Some(passed) = passed else { continue };
            cx.impair.report_reset(far, passed, cx.sink);
            self.reset(cx);
            return Turn::Over;
        }
        for side in [RelayDirection::Client, RelayDirection::Target] {
            if let Some(failed) = self.failure_of(side, cx) {
                self.lost(side, &failed, cx);
                return Turn::Over;
            }
        }
        let drained = self.client.unsent() + self.target.unsent() == 0;
        let ended = [&self.client, &self.target]
            .iter()
            .all(|side| side.finished && side.ended);
        let lingered = self.linger.is_some();
        if drained && (ended || self.closing && self.may_close(cx)) {
            self.close(buffer, cx);
            return Turn::Over;
        }
        // Ending a direction may have failed, which the next turn handles.
        let begun = self.linger.is_some() != lingered;
        let more = [RelayDirection::Target, RelayDirection::Client]
            .into_iter()
            .any(|toward| self.can_read(toward, cx) || self.side(toward).can_write());
        if more || begun {
            Turn::More
        } else {
            Turn::Idle
        }
    }

    /// When the simulated network or the lingering close needs a turn.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        let sides = [&self.client, &self.target].into_iter();
        let linger = self.linger.as_ref().map(Linger::until);
        sides
            .filter_map(|side| side.deadline(now))
            .chain(linger)
            .chain(self.messages.deadline())
            .min()
    }

    /// Queued bytes of each side.
    pub fn unsent(&self) -> impl Iterator<Item = QueuedBytes> {
        let sides = [&self.client, &self.target].into_iter();
        sides.map(Connection::queued)
    }

    /// Closes both sides. Remaining received bytes become rows and are not forwarded.
    pub fn close(&mut self, buffer: &mut [u8], cx: &mut Context<'_>) {
        let mut unsent = self.discard_intercepted(cx);
        for toward in [RelayDirection::Target, RelayDirection::Client] {
            let unread = self.read_out(toward, buffer, cx.sink);
            unsent.add(toward, unread);
        }
        for side in [RelayDirection::Client, RelayDirection::Target] {
            let closed = self.side(side).closed(unsent.of(side));
            self.report_end(side, closed, cx.sink);
        }
    }
}

/// The origin of bytes that will be forwarded to this peer.
pub fn for_peer(other: Peer) -> RecordOrigin<'static> {
    RecordOrigin {
        rule: None,
        other: Some(other),
    }
}

fn opposite(toward: RelayDirection) -> RelayDirection {
    match toward {
        RelayDirection::Target => RelayDirection::Client,
        RelayDirection::Client => RelayDirection::Target,
    }
}
