//! The messages of a framed stream: each goes to the rules, and what is none becomes a row.

use crate::automation::Coalescer;
use crate::automation::rules::{Inbound, RelayDirection};
use crate::connection_id::FarSide;
use crate::engine::context::Context;
use crate::engine::context::event_sink::EventSink;
use crate::engine::layers::{Layer as _, LayerItem, Messages};
use crate::peer::Peer;
use crate::traffic::framing::{FrameEnd, Framing};
use crate::traffic::{Automatic, FrameFault, Notice};
use std::time::Instant;

/// The side that messages come from.
#[derive(Clone, Copy)]
pub struct MessageSource {
    pub far: FarSide,
    /// In a relay, the direction in which its bytes are passed on, and the client.
    pub relayed: Option<(RelayDirection, Peer)>,
}

impl From<FarSide> for MessageSource {
    fn from(far: FarSide) -> Self {
        Self { far, relayed: None }
    }
}

/// Cuts what one connection receives.
pub struct StreamMessages {
    layer: Messages,
    /// Reports of bytes that were no message.
    unframed: Coalescer<FrameFault>,
}

impl StreamMessages {
    pub fn new(framing: Framing) -> Self {
        Self {
            layer: Messages::new(framing),
            unframed: Coalescer::default(),
        }
    }

    /// Applies the rules to the messages that end with these bytes.
    pub fn receive(&mut self, from: MessageSource, bytes: &[u8], cx: &mut Context<'_>) {
        let (Self { layer, unframed }, now) = (self, cx.now);
        let mut take = |item: LayerItem<'_>| ask_about(from, item, unframed, cx);
        layer.due(now, &mut take);
        // Framing accepts all bytes.
        let _ = layer.receive(bytes, now, &mut take);
    }

    /// Applies the rules to the message that silence has ended, and writes the rows that are due.
    pub fn take_due(&mut self, from: MessageSource, cx: &mut Context<'_>) {
        let (Self { layer, unframed }, now) = (self, cx.now);
        while let Some((fault, count)) = unframed.due(now) {
            report(from.far, fault, count, cx.sink);
        }
        layer.due(now, &mut |item| ask_about(from, item, unframed, cx));
    }

    /// Applies the rules to the message that the end of the stream has ended.
    pub fn finish(&mut self, from: MessageSource, cx: &mut Context<'_>) {
        let Self { layer, unframed } = self;
        layer.finish(&mut |item| ask_about(from, item, unframed, cx));
        self.report_rest(from.far, cx.sink);
    }

    /// Writes the rows that are not written yet.
    pub fn report_rest(&mut self, far: FarSide, sink: &mut EventSink) {
        if self.layer.unfinished() > 0 {
            report(far, FrameFault::Unfinished, 1, sink);
        }
        for (fault, count) in self.unframed.drain() {
            report(far, fault, count, sink);
        }
    }

    pub fn deadline(&self) -> Option<Instant> {
        let row = self.unframed.deadline();
        self.layer.deadline().into_iter().chain(row).min()
    }
}

/// Applies the rules to a message, or writes why these bytes are none.
fn ask_about(
    MessageSource { far, relayed }: MessageSource,
    item: LayerItem<'_>,
    unframed: &mut Coalescer<FrameFault>,
    cx: &mut Context<'_>,
) {
    let fault = item.end.and_then(FrameEnd::fault);
    if let Some(fault) = fault {
        if let Some(before) = unframed.add(&fault, cx.now) {
            report(far, fault, before + 1, cx.sink);
        }
        return;
    }
    let delimiter = item.end.map_or(0, FrameEnd::delimiter);
    let inbound = Inbound {
        delimiter: delimiter as usize,
        ..Inbound::new(far.peer, item.bytes)
    };
    match relayed {
        Some((toward, client)) => cx.ask_rules_about_relayed(far, toward, client, &inbound),
        None => cx.ask_rules_about(far, &inbound, false),
    }
}

/// Writes the row of bytes that were no message, and how often.
pub(super) fn report(far: FarSide, fault: FrameFault, count: u64, sink: &mut EventSink) {
    let peer = far.peer;
    let row = Automatic::Unframed { peer, fault, count };
    let row = Notice::Automatic(Box::new(row));
    match far.connection {
        Some(id) => sink.notice_of(id, row),
        None => sink.notice(row),
    }
}
