//! A relayed packet: a datagram or read to be forwarded, with the rules and the hold queue
//! applied to it.

use crate::automation::rules::{Inbound, RelayDirection, RuleGroup};
use crate::automation::{InterceptedPacket, RelayFlow};
use crate::connection_id::ConnectionId;
use crate::engine::context::Context;
use crate::engine::context::inbound_context::{InboundContext, Verdict};
use crate::peer::Peer;
use crate::traffic::{Automatic, Notice};
use std::sync::Arc;

/// A datagram or read that a relay received and has not forwarded yet.
#[derive(Clone, Copy)]
pub struct RelayedPacket<'a> {
    pub bytes: &'a [u8],
    pub from: Peer,
    pub to: Peer,
    pub toward: RelayDirection,
    /// The number of its proxied connection: bytes after an intercepted packet are intercepted too.
    /// `None` for a datagram, which may overtake.
    pub pair: Option<usize>,
    /// The connection it arrived on; `None` for a datagram.
    pub connection: Option<ConnectionId>,
    /// Whether the sender is another machine whose address may be forged.
    pub forgeable: bool,
    /// The rules that look at it, and not at the messages that it is a part of.
    pub asks: RuleGroup,
}

/// A packet to forward now: unchanged, or `edited` by the rule of this name.
pub struct ForwardedPacket {
    pub edited: Option<Arc<[u8]>>,
    pub rule: Option<Arc<str>>,
}

impl RelayedPacket<'_> {
    /// The client of the packet's flow.
    pub fn client(&self) -> Peer {
        match self.toward {
            RelayDirection::Target => self.from,
            RelayDirection::Client => self.to,
        }
    }

    /// Applies the rules and the hold queue. `None` if nothing is to be forwarded now.
    pub fn ask(&self, cx: &mut Context<'_>) -> Option<ForwardedPacket> {
        let inbound = Inbound {
            toward: Some(self.toward),
            asks: self.asks,
            ..Inbound::new(self.from, self.bytes)
        };
        let known = InboundContext {
            now: cx.now,
            forgeable: self.forgeable,
            connection: self.connection,
            peer_connected: self.pair.is_some() && self.toward == RelayDirection::Target,
            client: Some(self.client()),
            interfaces: cx.interfaces,
        };
        let verdict = cx
            .responder
            .on_inbound(&inbound, known, cx.composer, cx.sink);
        let (edited, intercepting_rule) = match verdict {
            Verdict::Drop(rule) => {
                let dropped = Automatic::NotPassed {
                    rule: rule.to_string(),
                    peer: self.from,
                    bytes: self.bytes.len(),
                };
                cx.sink
                    .notice_of(self.connection, Notice::Automatic(Box::new(dropped)));
                return None;
            }
            Verdict::Hold(bytes, rule) => {
                (bytes.map(|bytes| (bytes, Arc::clone(&rule))), Some(rule))
            }
            Verdict::Edited(bytes, rule) => (Some((bytes, rule)), None),
            Verdict::AsItCame => (None, None),
        };
        let by_hand = intercepting_rule.is_some() || cx.hold_queue.holds_all();
        let flow = RelayFlow {
            connection: self.pair.unwrap_or(0),
            toward: self.toward,
        };
        let is_queued = self.pair.is_some() && cx.hold_queue.bytes_of(flow).is_some();
        if by_hand || is_queued {
            let (bytes, rule) = edited.map_or_else(|| (self.bytes.into(), None), named);
            self.keep(flow, bytes, rule, by_hand, intercepting_rule, cx);
            return None;
        }
        let (edited, rule) = edited.unzip();
        Some(ForwardedPacket { edited, rule })
    }

    /// Puts `bytes` into the hold queue. Bytes of a connection are always intercepted, since a gap
    /// would be worse; reading the connection pauses while the queue is full. A datagram without
    /// room is dropped.
    fn keep(
        &self,
        flow: RelayFlow,
        bytes: Arc<[u8]>,
        rule: Option<Arc<str>>,
        by_hand: bool,
        intercepting_rule: Option<Arc<str>>,
        cx: &mut Context<'_>,
    ) {
        let length = bytes.len();
        let notice = if self.pair.is_none() && !cx.hold_queue.has_room(length) {
            Automatic::NotIntercepted {
                peer: self.from,
                bytes: length,
            }
        } else {
            let number = cx.hold_queue.push(InterceptedPacket {
                flow,
                from: self.from,
                to: self.to,
                connection: self.connection,
                bytes,
                rule,
                by_hand,
            });
            if !by_hand {
                return;
            }
            Automatic::Intercepted {
                number,
                rule: intercepting_rule.map(|rule| rule.to_string()),
                peer: self.from,
                bytes: length,
            }
        };
        cx.sink
            .notice_of(self.connection, Notice::Automatic(Box::new(notice)));
    }
}

fn named((bytes, rule): (Arc<[u8]>, Arc<str>)) -> (Arc<[u8]>, Option<Arc<str>>) {
    (bytes, Some(rule))
}
