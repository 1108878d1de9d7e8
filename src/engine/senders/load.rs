//! A load sender: numbered messages of one length at a fixed rate.

use crate::automation::LoadSchedule;
use crate::engine::command::{FloodRequest, Flooding, Target};
use crate::engine::context::Context;
use crate::engine::driver::Driver;
use crate::engine::senders::reason;
use crate::payload::message::Message;
use crate::traffic::Operation;
use crate::traffic::meter::Header;
use std::sync::Arc;
use std::time::Instant;

/// Messages per turn of the worker, so that commands are handled in between.
const TURN: u64 = 256;
/// Bytes in a peer's queue from which on the sender waits.
const ROOM: usize = 1 << 20;

/// A load in progress.
pub struct LoadSender {
    request: FloodRequest,
    /// The number of the load within the session, counted from 1.
    order: u64,
    flood: LoadSchedule,
    /// The message, behind the length that the framing of the stream wants before it.
    bytes: Vec<u8>,
    /// Where the message begins in them.
    begin: usize,
    /// The version of that framing.
    framed: Option<u64>,
    /// The bytes of the messages so far, as they are sent.
    written: u64,
    /// Whether the queue is full or there is no peer: readiness resumes it, not the timer.
    blocked: bool,
}

impl LoadSender {
    /// A load that begins now; `order` is its number within the session.
    pub fn new(request: FloodRequest, order: u64, now: Instant) -> Self {
        Self {
            flood: LoadSchedule::new(request.load, now),
            bytes: content(request.size).collect(),
            begin: 0,
            framed: None,
            written: 0,
            request,
            order,
            blocked: false,
        }
    }

    /// Sends the messages that are due. Returns whether more are due, or `None` at the end.
    pub fn work(
        &mut self,
        driver: &mut dyn Driver,
        cx: &mut Context<'_>,
        now: Instant,
    ) -> Option<bool> {
        self.blocked = false;
        self.frame(cx);
        let mut room = match driver.backlog(&self.request.to) {
            None if self.request.to == Target::All => {
                self.blocked = true;
                return Some(false);
            }
            None => {
                let to = &self.request.to;
                let (address, cause) = (driver.words(to), driver.why_closed(to));
                cx.sink.failure(Operation::Send, address, cause);
                return None;
            }
            Some(waiting) => ROOM.saturating_sub(waiting),
        };
        let due = self.flood.due(now);
        let mut count = 0;
        while count < due.min(TURN) {
            if room == 0 {
                self.blocked = true;
                break;
            }
            self.number(self.flood.count() + count, cx);
            let message = Message::from(Arc::<[u8]>::from(self.bytes.as_slice()));
            let length = cx.framing.wire_length(&self.bytes);
            self.written += length as u64;
            let reason = reason(self.request.load.rate);
            driver.send(self.request.to.clone(), &message, reason, cx);
            room = room.saturating_sub(length.max(1));
            count += 1;
        }
        self.flood.sent(count, now);
        if self.flood.is_over() {
            return None;
        }
        Some(count == TURN && due > TURN)
    }

    /// Makes the message begin with its length, if the stream is framed by lengths.
    fn frame(&mut self, cx: &Context<'_>) {
        let version = Some(cx.framing.version());
        if std::mem::replace(&mut self.framed, version) == version {
            return;
        }
        let (framing, size) = (cx.framing.sent(), self.request.size);
        let prefix = framing.and_then(|framing| framing.length_prefix(size));
        self.bytes = prefix.unwrap_or_default();
        self.begin = self.bytes.len();
        self.bytes.extend(content(size));
    }

    /// Writes the sequence header into the message, if it has a flow.
    fn number(&mut self, number: u64, cx: &Context<'_>) {
        if let Some(flow) = self.request.flow {
            let header = Header {
                flow,
                sequence: number as u32,
                sent: cx.composer.now(),
            };
            header.write(self.bytes.get_mut(self.begin..).unwrap_or_default());
        }
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.flood.deadline().filter(|_| !self.blocked)
    }

    pub fn progress(&self, now: Instant, over: bool) -> Flooding {
        let sent = self.flood.count();
        Flooding {
            order: self.order,
            sent,
            bytes: self.written,
            load: self.flood.load(),
            elapsed: self.flood.lasted(now),
            over,
        }
    }
}

/// The bytes of a message: not zeros, so that a capture shows where it ends.
fn content(size: usize) -> impl Iterator<Item = u8> {
    (0..size).map(|place| b'a' + (place % 26) as u8)
}
