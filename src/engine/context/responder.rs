//! The responder: applies the rules to every received message and schedules their actions.

mod active;

use crate::automation::rules::Inbound;
use crate::connection_id::ConnectionId;
use crate::engine::command::{Answering, Target};
use crate::engine::context::composer::Composer;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::inbound_context::{InboundContext, Verdict, recipient};
use crate::engine::context::pending::{PendingAction, ScheduledAction};
use crate::engine::context::reason::Reason;
use crate::engine::rulebook::Rulebook;
use crate::engine::sys::interfaces::Interfaces;
use crate::peer::Peer;
use active::Active;
use std::sync::Arc;
use std::time::Instant;

/// Applies the rules of a session, if there are any.
#[derive(Default)]
pub struct Responder {
    active: Option<Box<Active>>,
    /// Whether every peer is a client, having opened its connection: a reply then makes no loop.
    pub accepts_clients: bool,
    /// Number of changes of the rules.
    version: u64,
}

impl Responder {
    /// Sets the rules. `None` cancels pending replies and forgets what was written to Modbus
    /// devices. Otherwise pending replies, limiter state, counters and devices that rules still
    /// describe are kept: the editor sends the rules on every keystroke.
    pub fn follow(&mut self, book: Option<Arc<Rulebook>>, now: Instant) {
        self.version += 1;
        self.active = match (self.active.take(), book) {
            (Some(mut active), Some(book)) => {
                active.follow(book, now);
                Some(active)
            }
            (None, Some(book)) => Some(Box::new(Active::new(book, now))),
            (_, None) => None,
        };
    }

    /// Applies the rules to a received message and schedules their actions; [`Self::next`] returns
    /// these when they are due. The result is the verdict for a relay.
    pub fn on_inbound(
        &mut self,
        inbound: &Inbound<'_>,
        known: InboundContext<'_>,
        composer: &mut Composer,
        sink: &mut EventSink,
    ) -> Verdict {
        match &mut self.active {
            Some(active) => active.on_inbound(inbound, known, composer, sink),
            None => Verdict::AsItCame,
        }
    }

    /// The next action that is due.
    pub fn next(&mut self, now: Instant) -> Option<ScheduledAction> {
        let active = self.active.as_mut()?;
        let PendingAction {
            action, requester, ..
        } = active.pending.next(now)?;
        if let ScheduledAction::Send(to, bytes, _) = &action {
            active.counters.answered += 1;
            let address = match to {
                // A reply on a connection always goes to the peer that triggered it.
                Target::Connection(_) => Some(requester),
                to => to.peer(),
            };
            if let Some(address) = address {
                active.guard.record_reply(address, bytes, now);
            }
            if address != Some(requester) {
                active.guard.record_forward(requester, bytes, now);
            }
        }
        Some(action)
    }

    /// Records that the user sends to this peer, or to all. The loop breaker takes it into account.
    pub fn record_user_send(&mut self, to: Option<Peer>, now: Instant) {
        if let Some(active) = &mut self.active {
            active.guard.record_user_send(to, now);
        }
    }

    /// Reports suppressed replies and ends pauses that are over.
    pub fn report(&mut self, now: Instant, sink: &mut EventSink) {
        if let Some(active) = &mut self.active {
            active.suppressed.report(now, sink);
            active.resume(now, sink);
        }
    }

    /// Whether a rule's reply may go to the resolved address of its name; writes a row if not.
    /// User-initiated sends are not limited.
    pub fn admits(
        &mut self,
        to: Peer,
        bytes: &Arc<[u8]>,
        reason: &Reason,
        now: Instant,
        interfaces: &Interfaces,
        sink: &mut EventSink,
    ) -> bool {
        let (Some(active), Some(rule)) = (&mut self.active, &reason.rule) else {
            return true;
        };
        match active.guard.admits(recipient(to, interfaces)) {
            Ok(()) => {
                active.guard.record_reply(to, bytes, now);
                true
            }
            Err(refusal) => {
                active.refuse(rule, refusal, to, now, sink);
                false
            }
        }
    }

    /// When the responder has work again.
    pub fn deadline(&self) -> Option<Instant> {
        let active = self.active.as_ref()?;
        let deadlines = [
            active.pending.deadline(),
            active.suppressed.deadline(),
            active.pauses.deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// A number that changes with the rules. A change may have cancelled pending replies.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether a reply to this connection is pending.
    pub fn owes(&self, id: ConnectionId) -> bool {
        let active = self.active.as_ref();
        active.is_some_and(|active| active.pending.has_reply_to(id))
    }

    /// The counters of the rules; `None` without rules.
    pub fn counters(&self) -> Option<&Answering> {
        self.active.as_ref().map(|active| &active.counters)
    }

    /// Reports the remaining suppressed replies at the end of the session.
    pub fn close(&mut self, sink: &mut EventSink) {
        if let Some(mut active) = self.active.take() {
            active.suppressed.close(sink);
        }
    }
}

#[cfg(test)]
mod tests;
