//! What the worker reports upward: one open chunk, and the channel it leaves by.

use crate::capture::recorder;
use crate::connection_id::{ConnectionId, FarSide};
use crate::engine::command::Event;
use crate::engine::context::acknowledgement::{Acknowledgements, Ticket};
use crate::engine::context::recording::Recording;
use crate::engine::sys::clock::Clock;
use crate::engine::sys::clock::Reading;
use crate::engine::sys::datagram_socket::Datagram;
use crate::engine::sys::failure;
use crate::jobs::Died;
use crate::peer::Peer;
use crate::traffic::{
    Arrival, Cause, ChunkBuilder, Delivery, Failure, Micros, Notice, Operation, Origin,
};
use crossbeam_channel::{Sender, TrySendError};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A chunk of this size is handed over at once.
const FULL: usize = 1 << 20;
/// Under load a chunk is handed over this often; when quiet, at once.
const INTERVAL: Duration = Duration::from_millis(10);
/// Events that wait at which a front end does not keep up.
const BEHIND: usize = 16;
/// How soon a full channel is tried again.
const RETRY: Duration = Duration::from_millis(2);

/// Writes records into a chunk and hands it over when it is full, or old enough, or
/// the first in a while; for a front end that waits for rows, at once.
pub struct EventSink {
    open: ChunkBuilder,
    /// What the simulated network let through since the last chunk was handed over.
    delivered: Vec<Delivery>,
    /// Events the channel had no room for: one, and the rows that a recording ended with.
    waiting: VecDeque<Event>,
    events: Sender<Event>,
    wake: Box<dyn Fn() + Send>,
    clock: Clock,
    handed_over: Option<Instant>,
    /// The front end waits for each row.
    prompt: bool,
    /// Since when the face has no room.
    full: Option<Instant>,
    /// How long it had none, which is not told yet.
    waited: Option<Duration>,
    recording: Recording,
    /// Times that something was not sent so far.
    unsent: u64,
    messages: Acknowledgements,
}

impl EventSink {
    pub fn new(events: Sender<Event>, wake: Box<dyn Fn() + Send>, clock: Clock) -> Self {
        Self {
            open: ChunkBuilder::default(),
            delivered: Vec::new(),
            waiting: VecDeque::new(),
            events,
            wake,
            clock,
            handed_over: None,
            prompt: false,
            full: None,
            waited: None,
            recording: Recording::default(),
            unsent: 0,
            messages: Acknowledgements::default(),
        }
    }

    /// Hands over rows at once, for a front end that waits for them, as long as it keeps up.
    pub fn be_prompt(&mut self) {
        self.prompt = true;
    }

    /// Whether nothing is to gather now.
    pub fn is_prompt(&self) -> bool {
        self.prompt && self.events.len() < BEHIND
    }

    /// Whether everything was handed over.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.open.is_empty()
    }

    /// Whether more may be read or written: when not, the kernel keeps what comes, and
    /// pushes back on TCP or counts what UDP it drops.
    pub fn has_room(&self) -> bool {
        self.waiting.is_empty() && self.open.size() < FULL && self.recording.has_room()
    }

    pub fn received(&mut self, from: impl Into<FarSide>, bytes: &[u8]) {
        self.open
            .received(self.clock.now(), from, bytes, Arrival::default());
    }

    /// TCP bytes that are about to be passed on.
    pub fn received_for(&mut self, from: impl Into<FarSide>, bytes: &[u8], origin: Origin<'_>) {
        let (now, arrival) = (self.clock.now(), Arrival::default());
        self.open.received_for(now, from, bytes, arrival, origin);
    }

    /// A datagram, of which the kernel tells this.
    pub fn arrived(&mut self, peer: Peer, bytes: &[u8], arrival: Arrival, origin: Origin<'_>) {
        self.open
            .received_for(self.clock.now(), peer, bytes, arrival, origin);
    }

    /// A datagram of a batch that was read at `read`.
    pub fn datagram(&mut self, datagram: &Datagram<'_>, read: Reading) {
        self.datagram_for(datagram, read, Origin::default());
    }

    /// A datagram that is about to be passed on.
    pub fn datagram_for(&mut self, datagram: &Datagram<'_>, read: Reading, origin: Origin<'_>) {
        let arrived = datagram.arrived.and_then(|arrived| read.at(arrived));
        let arrival = Arrival {
            destination: datagram.destination,
            kernel_time: arrived.is_some(),
            truncated: datagram.truncated,
            whole: None,
        };
        let time = arrived.unwrap_or(read.now());
        self.open
            .received_for(time, datagram.peer, datagram.bytes, arrival, origin);
    }

    /// The datagram whose row was written last goes into the simulated network; says when
    /// it came.
    pub fn impair_last(&mut self) -> Micros {
        self.open.impair_last().unwrap_or_else(|| self.clock.now())
    }

    /// A datagram came out of the simulated network.
    pub fn delivered(&mut self, delivery: Delivery) {
        self.delivered.push(delivery);
    }

    /// The time, once for a whole batch.
    pub fn reading(&self) -> Reading {
        self.clock.reading()
    }

    /// What was sent, with the time just before.
    pub fn sent_at(
        &mut self,
        now: Micros,
        to: impl Into<FarSide>,
        bytes: &[u8],
        origin: Origin<'_>,
    ) {
        self.open.sent_for(now, to, bytes, origin);
    }

    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    pub fn notice(&mut self, notice: Notice) {
        self.notice_of(None::<ConnectionId>, notice);
    }

    /// What happened to this connection.
    pub fn notice_of(&mut self, connection: impl Into<Option<ConnectionId>>, notice: Notice) {
        self.recording.note(&notice);
        self.open.notice_of(self.clock.now(), connection, notice);
    }

    /// A client was accepted, at this address of ours.
    pub fn joined(&mut self, connection: ConnectionId, peer: Peer, local: Option<Peer>) {
        self.open.joined(self.clock.now(), connection, peer, local);
    }

    pub fn failure(&mut self, operation: Operation, address: impl ToString, cause: Cause) {
        self.failure_of(None::<ConnectionId>, operation, address, cause);
    }

    /// What this connection failed to do.
    pub fn failure_of(
        &mut self,
        connection: impl Into<Option<ConnectionId>>,
        operation: Operation,
        address: impl ToString,
        cause: Cause,
    ) {
        self.unsent += u64::from(operation == Operation::Send);
        let failure = Failure {
            operation,
            address: address.to_string(),
            cause,
        };
        self.notice_of(connection, Notice::Failed(failure));
    }

    /// How often a row said that something was not sent, to see whether one more did.
    pub fn unsent(&self) -> u64 {
        self.unsent
    }

    /// Writes what happens from now on to a file too, and says whether it does. `wake` is
    /// called when that fails later.
    pub fn record(&mut self, order: recorder::Order, wake: impl Fn() + Send + 'static) -> bool {
        // What is open by now belongs to it: a session's first row came a moment ago.
        self.recording.begin(order, wake)
    }

    pub fn end_recording(&mut self) {
        // What happened before the order belongs to it.
        if !self.open.is_empty() {
            let chunk = Arc::new(self.open.finish());
            self.recording.take(&chunk);
            self.handed_over = Some(self.clock.instant());
            match self.waiting.is_empty() {
                true => {
                    self.try_send(Event::Rows(chunk));
                }
                false => self.waiting.push_back(Event::Rows(chunk)),
            }
        }
        self.recording.stop();
    }

    /// Takes `event` over.
    ///
    /// # Errors
    /// The event itself, if another one still waits for room.
    pub fn offer(&mut self, event: Event) -> Result<(), Event> {
        if !self.waiting.is_empty() {
            return Err(event);
        }
        self.try_send(event);
        Ok(())
    }

    /// Accepts the next message of the front end, which is acknowledged with its ticket.
    pub fn accept(&mut self) -> Ticket {
        self.messages.accept()
    }

    /// Acknowledges messages, behind the rows that say what became of them.
    fn acknowledge(&mut self) {
        if self.is_empty()
            && let Some(news) = self.messages.news()
        {
            self.try_send(Event::Acknowledged(news));
        }
    }

    /// When [`Self::flush`] next has something to do.
    pub fn deadline(&self) -> Option<Instant> {
        if !self.waiting.is_empty() || self.waited.is_some() || !self.recording.has_room() {
            return Some(self.clock.instant() + RETRY);
        }
        let last = self.handed_over.filter(|_| !self.is_prompt());
        let due = last.map_or_else(|| self.clock.instant(), |last| last + INTERVAL);
        (!self.open.is_empty() || !self.delivered.is_empty()).then_some(due)
    }

    /// Hands over what is due.
    pub fn flush(&mut self) {
        self.hand_over();
        self.acknowledge();
    }

    fn hand_over(&mut self) {
        while let Some(event) = self.waiting.pop_front() {
            if !self.try_send(event) {
                return;
            }
        }
        if let Some(since) = self.full.take() {
            *self.waited.get_or_insert_default() +=
                self.clock.instant().saturating_duration_since(since);
        }
        self.tell_waited();
        if let Some(told) = self.recording.told()
            && !self.try_send(told)
        {
            return;
        }
        if !self.recording.has_room() {
            return;
        }
        let last = self.handed_over.filter(|_| !self.is_prompt());
        let recent = last
            .is_some_and(|last| self.clock.instant().saturating_duration_since(last) < INTERVAL);
        let nothing = self.open.is_empty() && self.delivered.is_empty();
        if nothing || (recent && self.open.size() < FULL) {
            return;
        }
        self.handed_over = Some(self.clock.instant());
        if !self.open.is_empty() {
            let chunk = Arc::new(self.open.finish());
            self.recording.take(&chunk);
            self.try_send(Event::Rows(chunk));
        }
        // Behind the rows: a packet is sent before what comes back of it is delivered.
        if let Some(delivered) = self.take_delivered() {
            match self.waiting.is_empty() {
                true => {
                    self.try_send(delivered);
                }
                false => self.waiting.push_back(delivered),
            }
        }
    }

    fn take_delivered(&mut self) -> Option<Event> {
        let delivered = std::mem::take(&mut self.delivered);
        (!delivered.is_empty()).then_some(Event::Delivered(delivered))
    }

    /// Hands over everything, then says that the session is closed. The sockets are
    /// closed by now, so this may wait for a face that is slow; one that is gone ends it.
    pub fn close(&mut self) {
        let rows = (!self.open.is_empty()).then(|| {
            let chunk = Arc::new(self.open.finish());
            self.recording.take(&chunk);
            Event::Rows(chunk)
        });
        let delivered = self.take_delivered();
        let end = self.recording.end();
        let acknowledged = self.messages.end().map(Event::Acknowledged);
        let full = self
            .full
            .map(|since| self.clock.instant().saturating_duration_since(since));
        let waited = self.waited.into_iter().chain(full).reduce(|a, b| a + b);
        for event in std::mem::take(&mut self.waiting)
            .into_iter()
            .chain(waited.map(Event::Waited))
            .chain(rows)
            .chain(delivered)
            .chain(end)
            .chain(acknowledged)
            .chain([Event::Closed])
        {
            // Fails only if the face is gone; then nobody reads this any more.
            self.events.send(event).ok();
            (self.wake)();
        }
    }

    /// Ends the session where [`Self::close`] panicked. Rows that were not handed over by then
    /// are lost with it.
    pub fn give_up(&mut self, died: Died) {
        self.open = ChunkBuilder::default();
        let failure = Failure {
            operation: Operation::Run,
            address: String::new(),
            cause: failure::died_of(died),
        };
        self.open.notice(self.clock.now(), Notice::Failed(failure));
        let rows = Event::Rows(Arc::new(self.open.finish()));
        for event in [rows, Event::Closed] {
            // Fails only if the face is gone.
            self.events.send(event).ok();
            (self.wake)();
        }
    }

    /// Tells how long the face had no room where it has some for that now. Waiting for it in
    /// turn would be as if it had none, as long as the face takes one event at a time.
    fn tell_waited(&mut self) {
        let Some(waited) = self.waited.take() else {
            return;
        };
        match self.events.try_send(Event::Waited(waited)) {
            Ok(()) => (self.wake)(),
            Err(TrySendError::Full(_)) => self.waited = Some(waited),
            Err(TrySendError::Disconnected(_)) => {}
        }
    }

    fn try_send(&mut self, event: Event) -> bool {
        match self.events.try_send(event) {
            Ok(()) => {
                (self.wake)();
                true
            }
            Err(TrySendError::Full(event)) => {
                self.waiting.push_front(event);
                self.full.get_or_insert_with(|| self.clock.instant());
                false
            }
            // The face is gone; the worker will see its command channel closed.
            Err(TrySendError::Disconnected(_)) => true,
        }
    }
}

#[cfg(test)]
mod tests;
