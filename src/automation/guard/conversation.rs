//! The loop breaker: recent messages to and from one peer.

use memchr::memmem;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A message that arrives this soon after a reply may be an answer to it.
const SOON: Duration = Duration::from_millis(20);
/// A message that arrives this soon after a person sent something may be the answer.
const USER_WINDOW: Duration = Duration::from_millis(100);
/// The longest time for a suspected loop to be confirmed. After a silence longer than this, the
/// peer starts anew.
const WINDOW: Duration = Duration::from_secs(1);
/// Turns within that time that make a loop, at least and at most. The least is below the usual
/// reply limit, so that the loop is reported rather than the limit. The most applies whatever
/// the limits are.
const TURNS: (u32, u32) = (8, 200);
/// Factor on the turns required, for each time that the peer was found to send by itself.
const UNPROMPTED_FACTOR: u32 = 8;

#[derive(Debug)]
pub struct Conversation {
    /// The last automatic reply to it, and when.
    replied: Option<(Arc<[u8]>, Instant)>,
    /// The last reply that its messages caused elsewhere, and when.
    forwarded: Option<(Arc<[u8]>, Instant)>,
    /// When a person last sent it something that it has not answered.
    user_sent: Option<Instant>,
    /// The current turns began with a person's message to it: it only answers.
    ours: bool,
    /// The last received message, and when it arrived.
    inbound: Vec<u8>,
    received_at: Instant,
    /// Turns in which it only answered, and in which it only returned forwarded messages.
    answers: Turns,
    rounds: Turns,
    /// How often it went on without an answer, and so sends by itself.
    unprompted: u32,
}

impl Conversation {
    pub fn new(now: Instant) -> Self {
        Self {
            replied: None,
            forwarded: None,
            user_sent: None,
            ours: false,
            inbound: Vec::new(),
            received_at: now,
            answers: Turns::new(now),
            rounds: Turns::new(now),
            unprompted: 0,
        }
    }

    /// Records a reply to it.
    pub fn record_reply(&mut self, bytes: &Arc<[u8]>, now: Instant) {
        self.replied = Some((Arc::clone(bytes), now));
    }

    /// Records a reply to its message that went to another peer.
    pub fn record_forward(&mut self, bytes: &Arc<[u8]>, now: Instant) {
        self.forwarded = Some((Arc::clone(bytes), now));
    }

    /// Records that a person sent something to it.
    pub fn record_user_send(&mut self, now: Instant) {
        self.user_sent = Some(now);
    }

    /// Records that it went on without an answer. As long as it does, many more turns are
    /// required to call it a loop again.
    pub fn record_unprompted(&mut self) {
        self.unprompted += 1;
    }

    /// Whether, for a while, the peer has only sent back the messages it received, or those that
    /// its messages caused elsewhere and came round, each time at once. `limit` is the number of
    /// replies a second it may have.
    ///
    /// A peer that sends the same each time is not called a loop for that alone, since a
    /// polling client does so, too. It is a loop if the peer is known to answer only: the turns
    /// began with a person's message from here.
    pub fn is_loop(&mut self, bytes: &[u8], limit: Option<u32>, now: Instant) -> bool {
        let (least, most) = TURNS;
        let soon = |at: Instant| now.saturating_duration_since(at) < SOON;
        let same = self.inbound == bytes;
        let silent = now.saturating_duration_since(self.received_at) > WINDOW;
        self.received_at = now;
        if silent {
            self.unprompted = 0;
        }
        // A reply is answered once: the further messages of a burst answer nothing.
        let replied = self.replied.take().filter(|(_, at)| soon(*at));
        let forwarded = self.forwarded.take().filter(|(_, at)| soon(*at));
        let user_sent = self.user_sent.take();
        let user_sent = user_sent.is_some_and(|at| now.saturating_duration_since(at) < USER_WINDOW);
        let returns = |sent: &[u8]| match sent.is_empty() {
            // An empty reply is contained in every message.
            true => bytes.is_empty(),
            false => memmem::find(bytes, sent).is_some(),
        };
        let answered = replied.is_some() || user_sent;
        self.ours = answered && (self.ours || user_sent);
        // A loop that a low limit ends is reported as the limit.
        let generous = limit.is_none_or(|limit| limit > most);
        let ours = self.ours;
        let is_answer =
            |(reply, _): &(Arc<[u8]>, Instant)| returns(reply) || same && ours && generous;
        if !user_sent {
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
        let times = UNPROMPTED_FACTOR.saturating_pow(self.unprompted);
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
