//! The messages of a proxied connection. The bytes of each side are cut into messages for the
//! rules beside being forwarded, which happens at once.

use crate::automation::rules::{RelayDirection, RuleGroup};
use crate::engine::context::Context;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::stream_framing::StreamFraming;
use crate::engine::transport::stream_messages::{MessageSource, StreamMessages};
use std::time::Instant;

/// Cuts what both sides of a proxied connection send.
#[derive(Default)]
pub struct RelayedMessages {
    /// Version of the framing in use.
    version: u64,
    /// `None` for both without a framing.
    to_target: Option<StreamMessages>,
    to_client: Option<StreamMessages>,
}

impl RelayedMessages {
    /// Takes up the current framing, if it changed. A message that has begun is none.
    pub fn follow(&mut self, framing: &StreamFraming) {
        if std::mem::replace(&mut self.version, framing.version()) != framing.version() {
            let new = || framing.received().cloned().map(StreamMessages::new);
            (self.to_target, self.to_client) = (new(), new());
        }
    }

    /// The rules that look at reads.
    pub fn asks_about_reads(&self) -> RuleGroup {
        match self.to_target {
            Some(_) => RuleGroup::Passing,
            None => RuleGroup::All,
        }
    }

    fn of(&mut self, from: MessageSource) -> Option<&mut StreamMessages> {
        match from.relayed? {
            (RelayDirection::Target, _) => self.to_target.as_mut(),
            (RelayDirection::Client, _) => self.to_client.as_mut(),
        }
    }

    /// Applies the rules to the messages that end with these bytes.
    pub fn receive(&mut self, from: MessageSource, bytes: &[u8], cx: &mut Context<'_>) {
        if let Some(messages) = self.of(from) {
            messages.receive(from, bytes, cx);
        }
    }

    /// Applies the rules to the message that silence has ended, and writes the rows that are due.
    pub fn take_due(&mut self, from: MessageSource, cx: &mut Context<'_>) {
        if let Some(messages) = self.of(from) {
            messages.take_due(from, cx);
        }
    }

    /// Applies the rules to the message that the end of this direction has ended.
    pub fn finish(&mut self, from: MessageSource, cx: &mut Context<'_>) {
        if let Some(messages) = self.of(from) {
            messages.finish(from, cx);
        }
    }

    /// Writes the rows that are not written yet.
    pub fn report_rest(&mut self, from: MessageSource, sink: &mut EventSink) {
        if let Some(messages) = self.of(from) {
            messages.report_rest(from.far, sink);
        }
    }

    pub fn deadline(&self) -> Option<Instant> {
        let both = [&self.to_target, &self.to_client].into_iter().flatten();
        both.filter_map(StreamMessages::deadline).min()
    }
}
