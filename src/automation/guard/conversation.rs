//! The loop breaker: what was said to a peer and inbound from it.

use memchr::memmem;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What comes back so soon after a reply may be an answer to it.
const SOON: Duration = Duration::from_millis(20);
/// What comes so soon after a person sent something may be the answer.
const TYPED: Duration = Duration::from_millis(100);
/// How long it may take for what looks like a loop to be one; who was silent for longer has
/// begun anew.
const WINDOW: Duration = Duration::from_secs(1);
/// So many turns within that time are one: fewer than the usual limit allows, so that the
/// reason is told and not only the limit; at most so many, whatever limits allow.
const TURNS: (u32, u32) = (8, 200);
/// So many times as many, each time that the peer was seen to speak by itself.
const SPARED: u32 = 8;

#[derive(Debug)]
pub struct Conversation {
    /// What was last sent to it without a click, and when.
    replied: Option<(Arc<[u8]>, Instant)>,
    /// What was last sent elsewhere because of what it sent, and when.
    forwarded: Option<(Arc<[u8]>, Instant)>,
    /// When a person last sent something to it that it has not answered.
    typed: Option<Instant>,
    /// The turns it takes now began with what a person sent to it: it only answers.
    ours: bool,
    /// What was last inbound, and when.
    inbound: Vec<u8>,
    heard_at: Instant,
    /// Turns in which it only answered, and in which it only sent what came round.
    answers: Turns,
    rounds: Turns,
    /// How often it went on without an answer, and so speaks by itself.
    spared: u32,
}

impl Conversation {
    pub fn new(now: Instant) -> Self {
        Self {
            replied: None,
            forwarded: None,
            typed: None,
            ours: false,
            inbound: Vec::new(),
            heard_at: now,
            answers: Turns::new(now),
            rounds: Turns::new(now),
            spared: 0,
        }
    }

    /// A reply went out to it.
    pub fn replied(&mut self, bytes: &Arc<[u8]>, now: Instant) {
        self.replied = Some((Arc::clone(bytes), now));
    }

    /// A reply to what it sent went out to somebody else.
    pub fn forwarded(&mut self, bytes: &Arc<[u8]>, now: Instant) {
        self.forwarded = Some((Arc::clone(bytes), now));
    }

    /// A person sent something to it.
    pub fn typed(&mut self, now: Instant) {
        self.typed = Some(now);
    }

    /// It went on while it was not answered: for as long as it does, much more is needed to
    /// take it for a loop again.
    pub fn spare(&mut self) {
        self.spared += 1;
    }

    /// Whether for a while now the peer has sent nothing but what it was sent, or what went
    /// out because of it and came round, each time at once. `limit` is how many replies a
    /// second it may have.
    ///
    /// Who sends the same each time is not taken for a loop by that alone: so does a client
    /// that polls. It is one where the other side is known to answer only: the turns began
    /// with what a person sent to it from here.
    pub fn is_loop(&mut self, bytes: &[u8], limit: Option<u32>, now: Instant) -> bool {
        let (least, most) = TURNS;
        let soon = |at: Instant| now.saturating_duration_since(at) < SOON;
        let same = self.inbound == bytes;
        let silent = now.saturating_duration_since(self.heard_at) > WINDOW;
        self.heard_at = now;
        if silent {
            self.spared = 0;
        }
        // A reply is answered once: what comes in a burst answers nothing.
        let replied = self.replied.take().filter(|(_, at)| soon(*at));
        let forwarded = self.forwarded.take().filter(|(_, at)| soon(*at));
        let typed = self.typed.take();
        let typed = typed.is_some_and(|at| now.saturating_duration_since(at) < TYPED);
        let returns = |sent: &[u8]| match sent.is_empty() {
            // An empty reply is part of everything.
            true => bytes.is_empty(),
            false => memmem::find(bytes, sent).is_some(),
        };
        let answered = replied.is_some() || typed;
        self.ours = answered && (self.ours || typed);
        // What a limit that low ends is told by the limit.
        let generous = limit.is_none_or(|limit| limit > most);
        let ours = self.ours;
        let is_answer =
            |(reply, _): &(Arc<[u8]>, Instant)| returns(reply) || same && ours && generous;
        if !typed {
            self.answers
                .count(replied.as_ref().is_some_and(is_answer), now);
        }
        let is_round = |(sent, _): &(Arc<[u8]>, Instant)| same || returns(sent);
        self.rounds
            .count(forwarded.as_ref().is_some_and(is_round), now);
        if !same {
            self.inbound = bytes.to_vec();
        }
        let enough = limit.unwrap_or(most).saturating_sub(2).clamp(least, most);
        let times = SPARED.saturating_pow(self.spared);
        self.answers.number >= enough.saturating_mul(times)
            || self.rounds.number >= most.saturating_mul(times)
    }
}

/// Turns that followed each other at once.
#[derive(Debug)]
struct Turns {
    number: u32,
    /// When the first of them was.
    since: Instant,
}

impl Turns {
    fn new(now: Instant) -> Self {
        Self {
            number: 0,
            since: now,
        }
    }

    fn count(&mut self, another: bool, now: Instant) {
        self.number = if another { self.number + 1 } else { 0 };
        if self.number <= 1 {
            self.since = now;
        }
        if now.saturating_duration_since(self.since) > WINDOW {
            (self.number, self.since) = (1, now);
        }
    }
}
