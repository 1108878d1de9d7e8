//! Pauses of rules for single peers, because rule and peer only answered each other.

use crate::peer::Peer;
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a pause lasts.
pub const PAUSE: Duration = Duration::from_secs(10);
/// A loop stops when it is not answered. A peer that still sends this long after the pause
/// began sends by itself: the turns of its supposed loop were at most 20 ms apart.
const BY_ITSELF: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_millis(200);
/// Peers for which rules can be paused. A rule that loops with more is paused for all peers.
const MAX: usize = 1_024;

#[derive(Debug, Default)]
pub struct Pauses {
    /// By the rule and the peer it does not answer; `None` is every peer.
    pauses: HashMap<(usize, Option<Peer>), Pause>,
}

#[derive(Clone, Debug)]
pub struct Pause {
    pub rule: Arc<str>,
    pub peer: Peer,
    /// Messages that were not answered.
    pub unanswered: u64,
    since: Instant,
}

/// A rule that is paused for a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PausedRule {
    pub rule: Arc<str>,
    pub peer: Peer,
}

/// A pause that is over.
#[derive(Clone, Debug)]
pub struct EndedPause {
    /// The index of the rule.
    pub rule: usize,
    /// Whether the rule was paused for all peers.
    pub for_all: bool,
    pub pause: Pause,
}

/// Whether a rule is paused for a peer.
#[derive(Debug)]
pub enum PauseState {
    No,
    Yes,
    /// The pause just ended early: the peer sends by itself.
    Ended(Pause),
}

impl Pauses {
    /// Pauses the rule for this peer. Returns whether it is paused for all peers, because too
    /// many are paused already.
    pub fn begin(&mut self, rule: usize, name: Arc<str>, peer: Peer, now: Instant) -> bool {
        let all = self.pauses.len() >= MAX;
        let pause = Pause {
            rule: name,
            peer,
            unanswered: 1,
            since: now,
        };
        self.pauses.insert((rule, (!all).then_some(peer)), pause);
        all
    }

    /// To be asked whenever the rule applies to a message of this peer.
    pub fn silences(&mut self, rule: usize, peer: Peer, now: Instant) -> PauseState {
        if self.pauses.is_empty() {
            return PauseState::No;
        }
        let key = (rule, Some(peer));
        let Some(pause) = self.pauses.get_mut(&key) else {
            return PauseState::No;
        };
        let past = now.saturating_duration_since(pause.since);
        if BY_ITSELF.contains(&past) {
            return self
                .pauses
                .remove(&key)
                .map_or(PauseState::No, PauseState::Ended);
        }
        pause.unanswered += 1;
        PauseState::Yes
    }

    /// A pause that is over.
    pub fn due(&mut self, now: Instant) -> Option<EndedPause> {
        let is_over = |pause: &Pause| pause.since + PAUSE <= now;
        let over = self.pauses.iter().find(|(_, pause)| is_over(pause));
        let (rule, peer) = *over?.0;
        Some(EndedPause {
            rule,
            for_all: peer.is_none(),
            pause: self.pauses.remove(&(rule, peer))?,
        })
    }

    /// When the first pause is over.
    pub fn deadline(&self) -> Option<Instant> {
        self.pauses.values().map(|pause| pause.since + PAUSE).min()
    }

    /// The rule that was paused last.
    pub fn newest(&self) -> Option<PausedRule> {
        let newest = self.pauses.values().max_by_key(|pause| pause.since)?;
        Some(PausedRule {
            rule: Arc::clone(&newest.rule),
            peer: newest.peer,
        })
    }

    pub fn clear(&mut self) {
        self.pauses.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Duration = Duration::from_millis(1);

    fn peer(port: u16) -> Peer {
        ([127, 0, 0, 1], port).into()
    }

    fn paused(began: Instant) -> Pauses {
        let mut pauses = Pauses::default();
        assert!(!pauses.begin(3, "echo".into(), peer(9), began));
        pauses
    }

    #[test]
    fn a_rule_goes_on_after_a_while() {
        let began = Instant::now();
        let mut pauses = paused(began);
        assert!(matches!(
            pauses.silences(3, peer(9), began),
            PauseState::Yes
        ));
        assert!(matches!(pauses.silences(3, peer(8), began), PauseState::No));
        assert!(matches!(pauses.silences(4, peer(9), began), PauseState::No));
        assert_eq!(pauses.deadline(), Some(began + PAUSE));
        assert!(pauses.due(began + PAUSE - MILLI).is_none());
        let (rule, peer_9) = ("echo".into(), peer(9));
        let newest = PausedRule { rule, peer: peer_9 };
        assert_eq!(pauses.newest(), Some(newest));
        let over = pauses.due(began + PAUSE).unwrap();
        let unanswered = over.pause.unanswered;
        assert_eq!((over.rule, over.for_all, unanswered), (3, false, 2));
        assert!(matches!(
            pauses.silences(3, peer(9), began + PAUSE),
            PauseState::No
        ));
        assert!(pauses.deadline().is_none() && pauses.newest().is_none());
    }

    #[test]
    fn a_peer_that_goes_on_unanswered_is_answered_again_at_once() {
        let began = Instant::now();
        let ask = |millis: u32| paused(began).silences(3, peer(9), began + millis * MILLI);
        // It was on its way.
        assert!(matches!(ask(30), PauseState::Yes));
        assert!(matches!(ask(120), PauseState::Ended(_)));
        // The peer tries again.
        assert!(matches!(ask(1_000), PauseState::Yes));
    }

    #[test]
    fn one_that_loops_with_very_many_answers_nobody() {
        let now = Instant::now();
        let mut pauses = Pauses::default();
        let mut begin = |port| pauses.begin(0, "echo".into(), peer(port), now);
        assert!((0..1_024).all(|port| !begin(port)));
        assert!(begin(2_000) && begin(2_001));
        assert_eq!(pauses.pauses.len(), 1_025);
    }
}
