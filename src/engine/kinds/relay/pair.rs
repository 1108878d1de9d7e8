//! A client of a TCP relay and its own connection to the target: what one side does, the
//! other side sees.
//!
//! Bytes are passed on as they are read; reading one side stops while much waits for the
//! other. The end of a direction (FIN) is passed on behind the last byte, and a reset
//! (RST) at once. A target that cannot be reached is passed on as a reset: the client has
//! been accepted by then, and a reset is what a refused connection is made of.

use crate::automation::Flow;
use crate::automation::rules::Toward;
use crate::engine::command::Target;
use crate::engine::context::Context;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::reason::Reason;
use crate::engine::kinds::relay::end::{End, Heard};
use crate::engine::kinds::relay::parcel::{Onward, Parcel};
use crate::engine::sys::failure;
use crate::engine::sys::limits::SEND_QUEUE;
use crate::engine::transport::read_out::read_out_stream;
use crate::engine::transport::stream::Turn;
use crate::traffic::{Automatic, Cause, Notice, Operation, Origin};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Instant;

/// Bytes that may wait for one side before the other is read no more.
const ROOM: usize = 256 << 10;
/// Reads of each side before other pairs have their turn.
const READS: usize = 4;

pub struct Pair {
    number: usize,
    pub client: End,
    pub target: End,
    /// To be closed once what waits is out.
    pub closing: bool,
    /// The version of the network it has; see [`Impair`](crate::engine::context::impairment::Impair).
    version: u64,
}

impl Pair {
    pub fn new(number: usize, client: End, target: End) -> Self {
        Self {
            number,
            client,
            target,
            closing: false,
            version: 0,
        }
    }

    fn end(&mut self, side: Toward) -> &mut End {
        match side {
            Toward::Client => &mut self.client,
            Toward::Target => &mut self.target,
        }
    }

    fn flow(&self, toward: Toward) -> Flow {
        Flow {
            connection: self.number,
            toward,
        }
    }

    /// Reads and writes what the kernel allows, up to a fair share.
    pub fn turn(&mut self, buffer: &mut [u8], cx: &mut Context<'_>) -> Turn {
        self.impair(cx);
        for toward in [Toward::Target, Toward::Client] {
            self.pass(toward, buffer, cx);
        }
        let resets = [&self.client, &self.target].map(|end| (end.peer, end.reset_due()));
        for (peer, passed) in resets {
            let Some(passed) = passed else { continue };
            cx.impair.tell_reset(peer, passed, cx.sink);
            self.reset(cx);
            return Turn::Over;
        }
        for side in [Toward::Client, Toward::Target] {
            if let Some((operation, error)) = self.failure_of(side, cx) {
                self.lost(side, operation, &error, cx);
                return Turn::Over;
            }
        }
        let drained = self.client.unsent() + self.target.unsent() == 0;
        let ends = [&self.client, &self.target];
        if drained && (self.closing || ends.iter().all(|end| end.finished && end.ended)) {
            self.close(buffer, cx);
            return Turn::Over;
        }
        let more = [Toward::Target, Toward::Client]
            .into_iter()
            .any(|toward| self.can_read(toward, cx) || self.end(toward).can_write());
        if more { Turn::More } else { Turn::Idle }
    }

    /// Brings it to the network as it is now.
    fn impair(&mut self, cx: &mut Context<'_>) {
        let version = cx.impair.version();
        if std::mem::replace(&mut self.version, version) == version {
            return;
        }
        let now = Instant::now();
        let [(out, from_client), (back, from_target)] = cx.impair.ways(now);
        let (client, target) = (self.client.peer, self.target.peer);
        cx.impair.tell_slow(client, from_client.as_ref(), cx.sink);
        cx.impair.tell_slow(target, from_target.as_ref(), cx.sink);
        self.target.impair(out);
        self.client.impair(back);
        self.client.slow_down(from_client);
        self.target.slow_down(from_target);
    }

    /// When a bad network lets something through.
    pub fn deadline(&self) -> Option<Instant> {
        let now = Instant::now();
        let ends = [&self.client, &self.target];
        ends.into_iter().filter_map(|end| end.deadline(now)).min()
    }

    /// Whether it has another network than there is now.
    pub fn is_behind(&self, version: u64) -> bool {
        self.version != version
    }

    /// Whether the side that sends this way may be read.
    fn can_read(&self, toward: Toward, cx: &Context<'_>) -> bool {
        let (from, to) = match toward {
            Toward::Target => (&self.client, &self.target),
            Toward::Client => (&self.target, &self.client),
        };
        let kept = cx.custody.kept(self.flow(toward));
        let room = kept.is_none_or(|_| cx.custody.has_room(0));
        let open = !self.closing && !to.is_cut();
        from.can_read() && open && room && to.unsent() + kept.unwrap_or(0) <= ROOM
    }

    /// Passes on what goes one way.
    fn pass(&mut self, toward: Toward, buffer: &mut [u8], cx: &mut Context<'_>) {
        let flow = self.flow(toward);
        let end = self.end(toward);
        let told = end.take_due();
        cx.impair.tell_pieces(end.peer, told, cx.sink);
        end.flush(cx.sink);
        while self.end(toward).unsent() <= ROOM
            && let Some(piece) = cx.custody.next_free(flow)
        {
            let reason = Reason {
                rule: piece.rule,
                other: Some(piece.from),
                client: None,
            };
            self.end(toward).write(&piece.bytes, reason, cx.sink);
        }
        for _ in 0..READS {
            if !cx.sink.has_room() || !self.can_read(toward, cx) {
                break;
            }
            let from = self.end(opposite(toward));
            match from.read(buffer) {
                Heard::Bytes(count) => {
                    self.heard(toward, buffer.get(..count).unwrap_or_default(), cx);
                }
                Heard::Finished => {
                    let finished = Notice::PeerFinished { peer: from.peer };
                    self.tell(opposite(toward), finished, cx.sink);
                }
                Heard::Nothing => break,
            }
        }
        let over = self.end(opposite(toward)).finished && cx.custody.kept(flow).is_none();
        if over && self.end(toward).end() {
            let peer = self.end(toward).peer;
            self.tell(toward, Notice::WriteClosed { peer }, cx.sink);
        }
    }

    fn heard(&mut self, toward: Toward, bytes: &[u8], cx: &mut Context<'_>) {
        let (from, to) = (self.end(opposite(toward)).peer, self.end(toward).peer);
        let origin = Origin {
            rule: None,
            other: Some(to),
        };
        cx.sink.received_for(from, bytes, origin);
        let parcel = Parcel {
            bytes,
            from,
            to,
            toward,
            connection: Some(self.number),
            forgeable: false,
        };
        let (edited, rule) = match parcel.ask(cx) {
            Onward::AsItCame => (None, None),
            Onward::Edited(bytes, rule) => (Some(bytes), Some(rule)),
            Onward::Nothing => return,
        };
        let reason = Reason {
            rule,
            other: Some(from),
            client: None,
        };
        let bytes = edited.as_deref().unwrap_or(bytes);
        self.end(toward).write(bytes, reason, cx.sink);
    }

    /// Writes to one side what neither sent.
    ///
    /// # Errors
    /// If that direction has ended, or too much waits.
    pub fn send(
        &mut self,
        to: &Target,
        bytes: &[u8],
        reason: Reason,
        sink: &mut EventSink,
    ) -> Result<(), Cause> {
        let client = reason.client.unwrap_or(self.client.peer);
        let is_target = matches!(to, Target::Peer(peer) if *peer != client);
        let end = if is_target {
            &mut self.target
        } else {
            &mut self.client
        };
        let (length, limit) = (bytes.len(), SEND_QUEUE);
        if end.ended || end.failed.is_some() || self.closing {
            return Err(Cause::NotConnected);
        }
        if end.unsent() + length > limit {
            return Err(Cause::QueueFull { length, limit });
        }
        end.write(bytes, reason, sink);
        Ok(())
    }

    /// The error that ends this side, once what it sent before is read, or cannot be
    /// because the other side does not take it.
    fn failure_of(&mut self, side: Toward, cx: &Context<'_>) -> Option<(Operation, io::Error)> {
        let readable = self.can_read(opposite(side), cx);
        let end = self.end(side);
        if !readable {
            end.take_error();
        }
        end.failed.take_if(|_| !readable)
    }

    /// One side is gone: the other is reset.
    fn lost(
        &mut self,
        side: Toward,
        operation: Operation,
        error: &io::Error,
        cx: &mut Context<'_>,
    ) {
        let kept = self.forget(cx);
        let end = self.end(side);
        let (peer, unsent) = (end.peer, end.unsent() + kept.of(side));
        match error.kind() {
            // A write after the peer's RST says EPIPE.
            ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted => {
                self.tell(side, Notice::PeerReset { peer, unsent }, cx.sink);
            }
            _ => {
                let shown = cx.interfaces.show(peer);
                cx.sink.failure(operation, shown, failure::cause(error));
                self.tell(side, Notice::Closed { peer, unsent }, cx.sink);
            }
        }
        self.reset_end(opposite(side), &kept, cx);
    }

    fn reset_end(&mut self, side: Toward, kept: &Kept, cx: &mut Context<'_>) {
        let end = self.end(side);
        // What came before the reset still goes, if the kernel takes it.
        end.flush(cx.sink);
        let (peer, unsent) = (end.peer, end.unsent() + kept.of(side));
        let notice = if end.will_reset() {
            Notice::Reset { peer, unsent }
        } else {
            Notice::Closed { peer, unsent }
        };
        self.tell(side, notice, cx.sink);
    }

    /// Resets both sides.
    pub fn reset(&mut self, cx: &mut Context<'_>) {
        let kept = self.forget(cx);
        self.reset_end(Toward::Client, &kept, cx);
        self.reset_end(Toward::Target, &kept, cx);
    }

    /// Closes both sides. What came and was not looked at is a row, and did not go on.
    pub fn close(&mut self, buffer: &mut [u8], cx: &mut Context<'_>) {
        let mut kept = self.forget(cx);
        kept.target += self.read_out(Toward::Target, buffer, cx.sink);
        kept.client += self.read_out(Toward::Client, buffer, cx.sink);
        for side in [Toward::Client, Toward::Target] {
            let end = self.end(side);
            let (peer, unsent) = (end.peer, end.unsent() + kept.of(side));
            self.tell(side, Notice::Closed { peer, unsent }, cx.sink);
        }
    }

    fn read_out(&mut self, toward: Toward, buffer: &mut [u8], sink: &mut EventSink) -> usize {
        let to = self.end(toward).peer;
        let from = self.end(opposite(toward));
        read_out_stream(&from.socket, buffer, |bytes| {
            let origin = Origin {
                rule: None,
                other: Some(to),
            };
            sink.received_for(from.peer, bytes, origin);
        })
    }

    fn forget(&self, cx: &mut Context<'_>) -> Kept {
        let (target, client) = cx.custody.forget(self.number);
        Kept { target, client }
    }

    /// Writes a row about one side; the target's say for whom.
    fn tell(&self, side: Toward, notice: Notice, sink: &mut EventSink) {
        sink.notice(match side {
            Toward::Client => notice,
            Toward::Target => for_client(self.client.peer, notice),
        });
    }
}

/// Bytes kept of a pair that is over, by the side they were to go to.
struct Kept {
    target: usize,
    client: usize,
}

impl Kept {
    fn of(&self, side: Toward) -> usize {
        match side {
            Toward::Target => self.target,
            Toward::Client => self.client,
        }
    }
}

/// What happened opposite the target, for this client.
pub fn for_client(client: SocketAddr, notice: Notice) -> Notice {
    Notice::Automatic(Box::new(Automatic::ForClient { client, notice }))
}

fn opposite(toward: Toward) -> Toward {
    match toward {
        Toward::Target => Toward::Client,
        Toward::Client => Toward::Target,
    }
}
