//! The loop breaker: what was said to a peer and heard from it.

use memchr::memmem;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What comes back so soon after a reply may be an answer to it.
const SOON: Duration = Duration::from_millis(20);
/// How long it may take for what looks like a loop to be one.
const WINDOW: Duration = Duration::from_secs(1);
/// So many turns within that time are one: fewer than the usual limit allows, so that the
/// reason is told and not only the limit; at most so many, whatever limits allow.
const TURNS: (u32, u32) = (8, 200);

#[derive(Debug)]
pub struct Conversation {
    /// What was last sent without a click, and when.
    replied: Option<(Arc<[u8]>, Instant)>,
    /// What was last heard.
    heard: Vec<u8>,
    /// Turns in which the peer only answered, and when the first was.
    turns: u32,
    since: Instant,
}

impl Conversation {
    pub fn new(now: Instant) -> Self {
        Self {
            replied: None,
            heard: Vec::new(),
            turns: 0,
            since: now,
        }
    }

    /// A reply went out.
    pub fn replied(&mut self, bytes: &Arc<[u8]>, now: Instant) {
        self.replied = Some((Arc::clone(bytes), now));
    }

    /// Whether for a while now the peer has sent nothing but what it was sent, each time at
    /// once. `limit` is how many replies a second it may have; where there is none, saying
    /// the same again counts, too. Where there is one it ends a loop of fixed replies, and
    /// a client that asks for the same value over and over is none.
    pub fn only_answers(&mut self, bytes: &[u8], limit: Option<u32>, now: Instant) -> bool {
        let (least, most) = TURNS;
        let turns = limit.unwrap_or(most).saturating_sub(2).clamp(least, most);
        // A reply is answered once: what comes in a burst answers nothing.
        let answers = self.replied.take().is_some_and(|(reply, at)| {
            let soon = now.saturating_duration_since(at) < SOON;
            // An empty reply is part of everything.
            soon && (limit.is_none() && self.heard == bytes
                || !reply.is_empty() && memmem::find(bytes, &reply).is_some()
                || reply.is_empty() && bytes.is_empty())
        });
        self.turns = if answers { self.turns + 1 } else { 0 };
        if self.turns <= 1 {
            self.since = now;
        }
        if self.heard != bytes {
            self.heard = bytes.to_vec();
        }
        if now.saturating_duration_since(self.since) > WINDOW {
            (self.turns, self.since) = (1, now);
        }
        self.turns >= turns
    }
}
