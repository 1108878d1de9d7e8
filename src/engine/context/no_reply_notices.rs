//! Rows of rules that applied but did not reply: the first of a kind at once, later ones as a
//! count.

use crate::automation::{Coalescer, Refusal};
use crate::engine::context::event_sink::EventSink;
use crate::payload::answer::Silence;
use crate::peer::Peer;
use crate::traffic::{Automatic, Notice};
use std::sync::Arc;
use std::time::Instant;

/// Why a rule that applied did not reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoReply {
    /// A limit refused the reply.
    Refused(Refusal),
    /// The rule had no reply to this message.
    Unanswered(Silence),
}

/// Counts of suppressed replies by rule and cause.
#[derive(Default)]
pub struct NoReplyNotices {
    counts: Coalescer<(Arc<str>, NoReply)>,
    /// The receiver of the last refused reply, and the sender of the last unanswered message.
    refused: Option<Peer>,
    unanswered: Option<Peer>,
}

impl NoReplyNotices {
    /// Counts a suppressed reply; writes its row if it is the first of its kind for a while.
    pub fn add(
        &mut self,
        rule: &Arc<str>,
        why: NoReply,
        peer: Peer,
        now: Instant,
        sink: &mut EventSink,
    ) {
        match why {
            NoReply::Refused(_) => self.refused = Some(peer),
            NoReply::Unanswered(_) => self.unanswered = Some(peer),
        }
        if let Some(before) = self.counts.add(&(Arc::clone(rule), why), now) {
            sink.notice(self.notice(rule, why, before + 1));
        }
    }

    /// Reports the counts that are due.
    pub fn report(&mut self, now: Instant, sink: &mut EventSink) {
        while let Some(((rule, why), count)) = self.counts.due(now) {
            sink.notice(self.notice(&rule, why, count));
        }
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.counts.deadline()
    }

    /// Reports all remaining counts.
    pub fn close(&mut self, sink: &mut EventSink) {
        for ((rule, why), count) in self.counts.drain() {
            sink.notice(self.notice(&rule, why, count));
        }
    }

    fn notice(&self, rule: &str, why: NoReply, count: u64) -> Notice {
        let rule = rule.to_owned();
        Notice::Automatic(Box::new(match why {
            NoReply::Refused(refusal) => Automatic::Refused {
                rule,
                peer: self.refused,
                refusal,
                count,
            },
            NoReply::Unanswered(silence) => Automatic::Unanswered {
                rule,
                peer: self.unanswered,
                silence,
                count,
            },
        }))
    }
}
