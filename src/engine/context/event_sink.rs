//! The event sink: the worker's open chunk, and its hand-over to the front end.

mod channel;

use crate::capture::recorder;
use crate::connection_id::{ConnectionId, FarSide};
use crate::engine::command::Event;
use crate::engine::context::acknowledgement::{Acknowledgements, Ticket};
use crate::engine::context::recording::Recording;
use crate::engine::sys::clock::Clock;
use crate::engine::sys::clock::ClockReading;
use crate::engine::sys::datagram_socket::Datagram;
use crate::engine::sys::failure;
use crate::jobs::Died;
use crate::peer::Peer;
use crate::traffic::{
    Arrival, Cause, ChunkBuilder, DeliveredDatagram, Failure, Micros, Notice, Operation,
    RecordOrigin,
};
use channel::EventChannel;
use crossbeam_channel::Sender;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Size in bytes at which a chunk is handed over at once.
const FULL: usize = 1 << 20;
/// Minimum interval between chunks under load; after a quiet interval a chunk goes at once.
const INTERVAL: Duration = Duration::from_millis(10);
/// Interval between attempts on a full channel.
const RETRY: Duration = Duration::from_millis(2);

/// Writes records into a chunk. It hands the chunk over when it is full, when `INTERVAL` has
/// passed, or at once for a front end that waits for rows.
pub struct EventSink {
    open: ChunkBuilder,
    /// Datagrams the simulated network delivered since the last hand-over.
    delivered: Vec<DeliveredDatagram>,
    channel: EventChannel,
    clock: Clock,
    handed_over: Option<Instant>,
    /// Whether the front end waits for each row.
    prompt: bool,
    recording: Recording,
    /// Number of send failures.
    unsent: u64,
    messages: Acknowledgements,
}

impl EventSink {
    pub fn new(events: Sender<Event>, wake: Box<dyn Fn() + Send>, clock: Clock) -> Self {
        Self {
            open: ChunkBuilder::default(),
            delivered: Vec::new(),
            channel: EventChannel::new(events, wake, clock),
            clock,
            handed_over: None,
            prompt: false,
            recording: Recording::default(),
            unsent: 0,
            messages: Acknowledgements::default(),
        }
    }

    /// Hands over rows at once as long as the front end keeps up.
    pub fn be_prompt(&mut self) {
        self.prompt = true;
    }

    /// Whether rows are handed over without coalescing now.
    pub fn is_prompt(&self) -> bool {
        self.prompt && self.channel.keeps_up()
    }

    /// Whether everything was handed over.
    pub fn is_empty(&self) -> bool {
        self.channel.is_empty() && self.open.is_empty()
    }

    /// Whether more may be read or written. If not, the kernel keeps arriving data: it slows TCP
    /// down by its window and counts dropped UDP datagrams.
    pub fn has_room(&self) -> bool {
        self.channel.is_empty() && self.open.size() < FULL && self.recording.has_room()
    }

    /// Number of events that the full channel did not take, and size of the open chunk in bytes.
    #[cfg(test)]
    pub fn waiting(&self) -> (usize, usize) {
        (self.channel.len(), self.open.size())
    }

    pub fn received(&mut self, from: impl Into<FarSide>, bytes: &[u8]) {
        self.open
            .received(self.clock.now(), from, bytes, Arrival::default());
    }

    /// TCP bytes that will be forwarded.
    pub fn received_for(
        &mut self,
        from: impl Into<FarSide>,
        bytes: &[u8],
        origin: RecordOrigin<'_>,
    ) {
        let (now, arrival) = (self.clock.now(), Arrival::default());
        self.open.received_for(now, from, bytes, arrival, origin);
    }

    /// A datagram with the kernel's metadata.
    #[cfg(unix)]
    pub fn arrived(
        &mut self,
        peer: Peer,
        bytes: &[u8],
        arrival: Arrival,
        origin: RecordOrigin<'_>,
    ) {
        self.open
            .received_for(self.clock.now(), peer, bytes, arrival, origin);
    }

    /// A datagram of a batch that was read at `read`. `origin` is the cause of its row: in a relay,
    /// that it will be forwarded.
    pub fn datagram(
        &mut self,
        datagram: &Datagram<'_>,
        read: ClockReading,
        origin: RecordOrigin<'_>,
    ) {
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

    /// Marks the last datagram's row as entering the simulated network. Returns its receive time.
    pub fn impair_last(&mut self) -> Micros {
        self.open.impair_last().unwrap_or_else(|| self.clock.now())
    }

    /// Reports a datagram that left the simulated network.
    pub fn delivered(&mut self, delivery: DeliveredDatagram) {
        self.delivered.push(delivery);
    }

    /// The current time, taken once for a whole batch.
    pub fn reading(&self) -> ClockReading {
        self.clock.reading()
    }

    /// Bytes that were sent, with the time just before the send.
    pub fn sent_at(
        &mut self,
        now: Micros,
        to: impl Into<FarSide>,
        bytes: &[u8],
        origin: RecordOrigin<'_>,
    ) {
        self.open.sent_for(now, to, bytes, origin);
    }

    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    pub fn notice(&mut self, notice: Notice) {
        self.notice_of(None::<ConnectionId>, notice);
    }

    /// A notice of this connection.
    pub fn notice_of(&mut self, connection: impl Into<Option<ConnectionId>>, notice: Notice) {
        self.recording.observe(&notice);
        self.open.notice_of(self.clock.now(), connection, notice);
    }

    /// An accepted client, with the local address of its connection.
    pub fn joined(&mut self, connection: ConnectionId, peer: Peer, local: Option<Peer>) {
        self.open.joined(self.clock.now(), connection, peer, local);
    }

    pub fn failure(&mut self, operation: Operation, address: impl ToString, cause: Cause) {
        self.failure_of(None::<ConnectionId>, operation, address, cause);
    }

    /// A failed operation of this connection.
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

    /// Number of send failures, for a caller that checks whether another one followed.
    pub fn unsent(&self) -> u64 {
        self.unsent
    }

    /// Starts to record to a file. Returns whether that succeeded. `wake` is called if it fails
    /// later.
    pub fn record(
        &mut self,
        request: recorder::RecordingRequest,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> bool {
        // The open chunk belongs to the recording: a session's first row precedes it slightly.
        self.recording.begin(request, wake)
    }

    /// Ends the recording after the rows so far.
    pub fn end_recording(&mut self) {
        // Rows before the command belong to the recording.
        if let Some(rows) = self.take_rows() {
            self.handed_over = Some(self.clock.instant());
            self.channel.push(rows);
        }
        self.recording.stop();
    }

    /// Sends `event`, or queues it if the channel is full.
    ///
    /// # Errors
    /// The event itself, if another one is queued already.
    pub fn offer(&mut self, event: Event) -> Result<(), Event> {
        if !self.channel.is_empty() {
            return Err(event);
        }
        self.channel.push(event);
        Ok(())
    }

    /// Accepts the next message of the front end. Its ticket acknowledges it.
    pub fn accept(&mut self) -> Ticket {
        self.messages.accept()
    }

    /// Reports acknowledgements after the rows of these messages.
    fn acknowledge(&mut self) {
        if self.is_empty()
            && let Some(news) = self.messages.news()
        {
            self.channel.push(Event::Acknowledged(news));
        }
    }

    /// When [`Self::flush`] has work again.
    pub fn deadline(&self) -> Option<Instant> {
        if self.channel.has_work() || !self.recording.has_room() {
            return Some(self.clock.instant() + RETRY);
        }
        let last = self.handed_over.filter(|_| !self.is_prompt());
        let due = last.map_or_else(|| self.clock.instant(), |last| last + INTERVAL);
        (!self.open.is_empty() || !self.delivered.is_empty()).then_some(due)
    }

    /// Hands over the events that are due.
    pub fn flush(&mut self) {
        self.hand_over();
        self.acknowledge();
    }

    fn hand_over(&mut self) {
        self.channel.flush();
        if !self.channel.is_empty() {
            return;
        }
        while self.channel.is_empty()
            && let Some(event) = self.recording.take_event()
        {
            self.channel.push(event);
        }
        if !self.channel.is_empty() || !self.recording.has_room() {
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
        // After the rows: the meter needs a packet's sent row before the delivery of its reply.
        let rows = self.take_rows();
        for event in rows.into_iter().chain(self.take_delivered()) {
            self.channel.push(event);
        }
    }

    /// The open chunk, which is recorded too; `None` if it is empty.
    fn take_rows(&mut self) -> Option<Event> {
        if self.open.is_empty() {
            return None;
        }
        let chunk = Arc::new(self.open.finish());
        self.recording.take(&chunk);
        Some(Event::Rows(chunk))
    }

    fn take_delivered(&mut self) -> Option<Event> {
        let delivered = std::mem::take(&mut self.delivered);
        (!delivered.is_empty()).then_some(Event::Delivered(delivered))
    }

    /// Hands over everything, then [`Event::Closed`]. The sockets are closed already, so this may
    /// wait for a slow front end; a closed channel ends the wait.
    pub fn close(&mut self) {
        let rows = self.take_rows();
        let delivered = self.take_delivered();
        let end = self.recording.end();
        let acknowledged = self.messages.end().map(Event::Acknowledged);
        let last = rows.into_iter().chain(delivered).chain(end);
        let last = last.chain(acknowledged).chain([Event::Closed]);
        self.channel.close(last);
    }

    /// Ends the session after [`Self::close`] panicked. Rows that were not handed over are lost.
    pub fn give_up(&mut self, died: Died) {
        self.open = ChunkBuilder::default();
        let failure = Failure {
            operation: Operation::Run,
            address: String::new(),
            cause: failure::died_of(died),
        };
        self.open.notice(self.clock.now(), Notice::Failed(failure));
        let rows = Event::Rows(Arc::new(self.open.finish()));
        self.channel.deliver([rows, Event::Closed]);
    }
}

#[cfg(test)]
mod tests;
