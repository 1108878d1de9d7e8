//! A context for tests; the test sets its time.

use super::{Context, ContextParts};
use crate::engine::command::Event;
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::poll::Token;
use crate::engine::sys::world::System;
use crate::traffic::Chunk;
use crossbeam_channel::Receiver;
use std::sync::Arc;

/// The parts of a worker without its thread.
pub struct TestContext {
    pub parts: ContextParts,
    events: Receiver<Event>,
}

impl TestContext {
    pub fn new() -> Self {
        let (sender, events) = crossbeam_channel::unbounded();
        let parts = ContextParts::new(Box::new(System), Token(0), sender, Box::new(|| {}));
        let mut parts = parts.unwrap();
        parts.interfaces = Interfaces::default();
        Self { parts, events }
    }

    pub fn cx(&mut self) -> Context<'_> {
        self.parts.cx()
    }

    /// Hands over the rows, so that there is room for more.
    pub fn flush(&mut self) {
        self.parts.sink.flush();
    }

    /// Closes the sink and returns all rows.
    pub fn rows(mut self) -> Vec<Arc<Chunk>> {
        self.parts.sink.close();
        let rows = self.events.try_iter().filter_map(|event| match event {
            Event::Rows(rows) => Some(rows),
            _ => None,
        });
        rows.collect()
    }
}
