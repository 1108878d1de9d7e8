//! Capabilities of a session for rules and simulated networks, and settings without effect
//! there.

use super::impair::{DirectionPlan, Impairment, StreamPlan};
use super::rules::{ActionKind, Condition, Rule};
use crate::kind::SessionKind;

/// The capabilities of a session that rules and simulated networks depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    pub is_stream: bool,
    pub relay: bool,
}

/// Why a setting has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InactiveReason {
    /// There is no connection to close or to reset.
    Close,
    /// Only a relay passes packets on that could be edited or intercepted.
    Pass,
    /// Only a relay has directions.
    Toward,
    /// There are no datagrams.
    Datagrams,
    /// There is no stream.
    Stream,
    /// For incoming bytes, only the reading rate can be set.
    Incoming,
    /// Outgoing bytes are not read, so they have no reading rate.
    SlowRead,
}

impl From<SessionKind> for Capabilities {
    fn from(kind: SessionKind) -> Self {
        Self {
            is_stream: kind.is_stream(),
            relay: kind.is_relay(),
        }
    }
}

impl Capabilities {
    /// The first part of this rule that has no effect.
    pub fn idle_in(self, rule: &Rule) -> Option<InactiveReason> {
        let idle = rule.then.iter().find_map(|then| match then.kind {
            ActionKind::Close | ActionKind::Reset if !self.is_stream => Some(InactiveReason::Close),
            ActionKind::Edit(_) | ActionKind::Hold if !self.relay => Some(InactiveReason::Pass),
            _ => None,
        });
        idle.or_else(|| (!self.relay && asks_toward(&rule.when)).then_some(InactiveReason::Toward))
    }

    /// The parts of these conditions that have no effect.
    pub fn idle_among(self, conditions: &Impairment) -> Vec<InactiveReason> {
        let plans = [&conditions.outgoing, &conditions.incoming];
        let datagrams = |plan: &&DirectionPlan| !plan.datagrams.is_nothing();
        let stream = |plan: &&DirectionPlan| !plan.stream.is_nothing();
        let reads = &conditions.incoming.stream;
        let read = StreamPlan {
            slow_read: 0,
            ..reads.clone()
        };
        let ends = self.is_stream && !self.relay;
        let all = [
            (
                self.is_stream && plans.iter().any(datagrams),
                InactiveReason::Datagrams,
            ),
            (
                !self.is_stream && plans.iter().any(stream),
                InactiveReason::Stream,
            ),
            (ends && !read.is_nothing(), InactiveReason::Incoming),
            (
                ends && conditions.outgoing.stream.slow_read > 0,
                InactiveReason::SlowRead,
            ),
        ];
        let idle = all.into_iter().filter(|(holds, _)| *holds);
        idle.map(|(_, idle)| idle).collect()
    }
}

fn asks_toward(when: &Condition) -> bool {
    match when {
        Condition::Toward(_) => true,
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(asks_toward),
        Condition::Not(part) => asks_toward(part),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::rules::{RelayDirection, RuleAction};

    const UDP: Capabilities = Capabilities {
        is_stream: false,
        relay: false,
    };
    const TCP: Capabilities = Capabilities {
        is_stream: true,
        relay: false,
    };
    const RELAY: Capabilities = Capabilities {
        is_stream: true,
        relay: true,
    };

    #[test]
    fn actions_have_their_places() {
        let idle = |place: Capabilities, kind| {
            place.idle_in(&Rule {
                then: vec![
                    RuleAction::default(),
                    RuleAction {
                        kind,
                        ..RuleAction::default()
                    },
                ],
                ..Rule::default()
            })
        };
        assert_eq!(idle(UDP, ActionKind::Close), Some(InactiveReason::Close));
        assert_eq!(idle(TCP, ActionKind::Reset), None);
        assert_eq!(idle(TCP, ActionKind::Hold), Some(InactiveReason::Pass));
        assert_eq!(idle(RELAY, ActionKind::Hold), None);
        assert_eq!(idle(UDP, ActionKind::Drop), None);
        let toward = Rule {
            when: Condition::Not(Box::new(Condition::All(vec![Condition::Toward(
                RelayDirection::Target,
            )]))),
            ..Rule::default()
        };
        assert_eq!(UDP.idle_in(&toward), Some(InactiveReason::Toward));
        assert_eq!(RELAY.idle_in(&toward), None);
    }

    #[test]
    fn plans_have_their_places() {
        let mut conditions = Impairment::default();
        assert_eq!(TCP.idle_among(&conditions), []);
        conditions.outgoing.datagrams.duplicate = 1.0;
        assert_eq!(TCP.idle_among(&conditions), [InactiveReason::Datagrams]);
        assert_eq!(UDP.idle_among(&conditions), []);
        conditions = Impairment::default();
        conditions.incoming.stream.slow_read = 9;
        assert_eq!(TCP.idle_among(&conditions), []);
        conditions.incoming.stream.split = 9;
        conditions.outgoing.stream.slow_read = 9;
        assert_eq!(
            TCP.idle_among(&conditions),
            [InactiveReason::Incoming, InactiveReason::SlowRead]
        );
        assert_eq!(RELAY.idle_among(&conditions), []);
        assert_eq!(UDP.idle_among(&conditions), [InactiveReason::Stream]);
    }
}
