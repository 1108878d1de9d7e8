//! A context of its own, for tests: its clock stands where the test puts it.

use super::Context;
use super::composer::Composer;
use super::event_sink::EventSink;
use super::impairment::Impair;
use super::responder::Responder;
use crate::automation::HoldQueue;
use crate::engine::command::Event;
use crate::engine::sys::clock::Clock;
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::poll::{Poll, Token, Waker};
use crate::engine::sys::resolver::Threads;
use crate::engine::sys::world::System;
use crate::traffic::Chunk;
use crossbeam_channel::Receiver;
use std::sync::Arc;
use std::time::Instant;

pub struct TestContext {
    pub now: Instant,
    pub impair: Impair,
    pub responder: Responder,
    poll: Poll,
    sink: EventSink,
    events: Receiver<Event>,
    resolver: Threads,
    interfaces: Interfaces,
    composer: Composer,
    hold_queue: HoldQueue,
    waker: Waker,
}

impl TestContext {
    pub fn new() -> Self {
        let (sender, events) = crossbeam_channel::unbounded();
        let (poll, clock) = (Poll::new().unwrap(), Clock::start());
        let waker = poll.waker(Token(0)).unwrap();
        Self {
            now: Instant::now(),
            impair: Impair::default(),
            responder: Responder::default(),
            poll,
            sink: EventSink::new(sender, Box::new(|| {}), clock),
            events,
            resolver: Threads::new(waker.clone()),
            interfaces: Interfaces::default(),
            composer: Composer::new(clock),
            hold_queue: HoldQueue::default(),
            waker,
        }
    }

    pub fn cx(&mut self) -> Context<'_> {
        Context {
            now: self.now,
            world: &System,
            registry: self.poll.registry(),
            sink: &mut self.sink,
            resolver: &mut self.resolver,
            interfaces: &self.interfaces,
            composer: &mut self.composer,
            responder: &mut self.responder,
            impair: &mut self.impair,
            hold_queue: &mut self.hold_queue,
            waker: &self.waker,
        }
    }

    /// Hands the rows over, so that there is room for more.
    pub fn flush(&mut self) {
        self.sink.flush();
    }

    /// All rows so far; none follow.
    pub fn rows(mut self) -> Vec<Arc<Chunk>> {
        self.sink.close();
        let rows = self.events.try_iter().filter_map(|event| match event {
            Event::Rows(rows) => Some(rows),
            _ => None,
        });
        rows.collect()
    }
}
