//! The messages in framed datagrams: each goes to the rules, and what is none becomes a row.

use crate::automation::Coalescer;
use crate::automation::rules::Inbound;
use crate::engine::context::Context;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::stream_framing::StreamFraming;
use crate::engine::transport::stream_messages::report;
use crate::peer::Peer;
use crate::traffic::FrameFault;
use crate::traffic::framing::{FrameEnd, MessageCutter};
use std::time::Instant;

/// Cuts each received datagram by itself.
#[derive(Default)]
pub struct DatagramMessages {
    /// `None` if each datagram is a message.
    cutter: Option<MessageCutter>,
    /// Version of the framing in use.
    framed: u64,
    /// What was no message, by its sender.
    unframed: Coalescer<(Peer, FrameFault)>,
}

impl DatagramMessages {
    /// Applies the rules to the messages of a datagram. `forgeable` says whether the sender is
    /// another machine whose address may be forged.
    pub fn receive(&mut self, from: Peer, bytes: &[u8], forgeable: bool, cx: &mut Context<'_>) {
        self.frame(cx.framing);
        let Some(cutter) = &mut self.cutter else {
            return cx.ask_rules(from, bytes, forgeable);
        };
        let unframed = &mut self.unframed;
        let mut take = |message: &[u8], end: FrameEnd| {
            if let Some(fault) = end.fault() {
                if let Some(before) = unframed.add(&(from, fault), cx.now) {
                    report(from.into(), fault, before + 1, cx.sink);
                }
                return;
            }
            let inbound = Inbound {
                delimiter: end.delimiter() as usize,
                ..Inbound::new(from, message)
            };
            cx.ask_rules_about(from.into(), &inbound, forgeable);
        };
        // Time has no meaning within a datagram.
        cutter.receive(bytes, 0, &mut take);
        cutter.finish(&mut take);
    }

    /// Takes up the current framing, if it changed.
    fn frame(&mut self, framing: &StreamFraming) {
        if std::mem::replace(&mut self.framed, framing.version()) != framing.version() {
            self.cutter = framing.received().cloned().map(MessageCutter::new);
        }
    }

    /// Writes the rows that are due.
    pub fn report_due(&mut self, cx: &mut Context<'_>) {
        while let Some(((peer, fault), count)) = self.unframed.due(cx.now) {
            report(peer.into(), fault, count, cx.sink);
        }
    }

    /// Writes the rows that are not written yet.
    pub fn report_rest(&mut self, sink: &mut EventSink) {
        for ((peer, fault), count) in self.unframed.drain() {
            report(peer.into(), fault, count, sink);
        }
    }

    /// When the next row is due.
    pub fn deadline(&self) -> Option<Instant> {
        self.unframed.deadline()
    }
}
