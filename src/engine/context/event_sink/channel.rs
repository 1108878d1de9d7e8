//! The channel to the front end, with the events that it did not take.

use crate::engine::command::Event;
use crate::engine::sys::clock::Clock;
use crossbeam_channel::{Sender, TrySendError};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Number of pending events from which a front end counts as behind.
pub(super) const BEHIND: usize = 16;

/// A bounded channel that queues events while it is full, and measures for how long.
pub(super) struct EventChannel {
    events: Sender<Event>,
    wake: Box<dyn Fn() + Send>,
    clock: Clock,
    /// Events the full channel did not take, in order.
    waiting: VecDeque<Event>,
    /// When the channel became full.
    full: Option<Instant>,
    /// Time the channel was full, not yet reported.
    waited: Option<Duration>,
}

impl EventChannel {
    pub fn new(events: Sender<Event>, wake: Box<dyn Fn() + Send>, clock: Clock) -> Self {
        Self {
            events,
            wake,
            clock,
            waiting: VecDeque::new(),
            full: None,
            waited: None,
        }
    }

    /// Whether no event is queued.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Number of queued events.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether the front end takes events about as fast as they come.
    pub fn keeps_up(&self) -> bool {
        self.events.len() < BEHIND
    }

    /// Whether [`Self::flush`] has something to send.
    pub fn has_work(&self) -> bool {
        !self.waiting.is_empty() || self.waited.is_some()
    }

    /// Sends an event, or queues it if the channel is full.
    pub fn push(&mut self, event: Event) {
        self.waiting.push_back(event);
        if self.waiting.len() == 1 {
            self.send_waiting();
        }
    }

    /// Sends the queued events that the channel takes; if it takes all, then also how long it was
    /// full.
    pub fn flush(&mut self) {
        self.send_waiting();
        if !self.is_empty() {
            return;
        }
        self.waited = self.total_waited();
        self.full = None;
        self.report_wait();
    }

    /// Sends the queued events, the time the channel was full, and `last`. This waits for a slow
    /// front end; a closed channel ends the wait.
    pub fn close(&mut self, last: impl IntoIterator<Item = Event>) {
        let waited = self.total_waited().map(Event::Waited);
        let waiting = std::mem::take(&mut self.waiting);
        self.deliver(waiting.into_iter().chain(waited).chain(last));
    }

    /// Sends these events at once; waits for a slow front end.
    pub fn deliver(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            // Fails only if the front end dropped its handle; then nobody reads the event.
            self.events.send(event).ok();
            (self.wake)();
        }
    }

    fn send_waiting(&mut self) {
        while let Some(event) = self.waiting.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => (self.wake)(),
                Err(TrySendError::Full(event)) => {
                    self.waiting.push_front(event);
                    self.full.get_or_insert_with(|| self.clock.instant());
                    return;
                }
                // The front end dropped its handle; the worker will find its command channel
                // closed.
                Err(TrySendError::Disconnected(_)) => {}
            }
        }
    }

    /// The time the channel was full that is not yet reported, until now.
    fn total_waited(&self) -> Option<Duration> {
        let since_full = |since| self.clock.instant().saturating_duration_since(since);
        let full = self.full.map(since_full);
        self.waited.into_iter().chain(full).reduce(|a, b| a + b)
    }

    /// Reports how long the channel was full, if it has room for that event. The report is not
    /// queued: a queued event would itself count as a full channel while the front end takes one
    /// event at a time.
    fn report_wait(&mut self) {
        let Some(waited) = self.waited.take() else {
            return;
        };
        match self.events.try_send(Event::Waited(waited)) {
            Ok(()) => (self.wake)(),
            Err(TrySendError::Full(_)) => self.waited = Some(waited),
            Err(TrySendError::Disconnected(_)) => {}
        }
    }
}
