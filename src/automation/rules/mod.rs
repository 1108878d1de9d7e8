//! Rules for automatic replies: for each received message, the first rule whose condition holds
//! decides the actions.
//!
//! A [`Rule`] is written by a person and kept in settings; [`Rules`] are compiled. They only
//! decide: nothing here sends, waits or reads the clock.

mod action;
mod condition;
mod context;
mod expression;
mod field_tests;
mod mistake;
mod pattern;
mod peer_pattern;
pub mod preset;
mod reach;

use crate::peer::Peer;
pub use action::{
    ActionKind, LONGEST_DELAY, PreparedAction, PreparedActionKind, PreparedPayload, ReplyContent,
    RuleAction,
};
pub use condition::Condition;
pub use context::RuleContext;
pub use expression::Expression;
pub use mistake::{RuleMistake, RulePart, RuleProblem};
pub use pattern::BytePattern;
pub use reach::taken_by;

use crate::payload::answer::modbus::Device;
use crate::payload::printable;
use crate::payload::template::Request;
use condition::PreparedCondition;
use expression::Groups;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// A rule as a person writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// Its name in the log.
    #[serde(deserialize_with = "printable::name")]
    pub name: String,
    pub on: bool,
    pub when: Condition,
    /// The actions, in order.
    pub then: Vec<RuleAction>,
}

impl Default for Rule {
    /// A rule that echoes every message.
    fn default() -> Self {
        Self {
            name: String::new(),
            on: true,
            when: Condition::Always,
            then: vec![RuleAction::default()],
        }
    }
}

impl Rule {
    /// Whether a reply to a request is always more than three times as long, so that one to
    /// another machine needs limits that allow larger replies.
    pub fn amplifies(&self) -> bool {
        self.then.iter().any(|then| match &then.kind {
            ActionKind::Reply { what, .. } => *what == ReplyContent::Tftp,
            _ => false,
        })
    }
}

/// A received message: a datagram, a message of a framed stream, or one read of a stream without
/// framing or of a relay.
#[derive(Clone, Copy, Debug)]
pub struct Inbound<'a> {
    pub peer: Peer,
    /// All of its bytes, with its delimiter: what a reply quotes as the request.
    pub bytes: &'a [u8],
    /// The length of its delimiter, which conditions do not look at.
    pub delimiter: usize,
    /// The direction in which a relay is about to pass it on.
    pub toward: Option<RelayDirection>,
    /// Whether it is no message, but the beginning of a connection.
    pub connects: bool,
    /// The rules that look at it.
    pub asks: RuleGroup,
}

/// The rules that look at received bytes. A relay with a framing passes on each read before the
/// message is complete that it belongs to, so not all of its rules can look at messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RuleGroup {
    #[default]
    All,
    /// Those with an action that decides what a relay passes on, which look at reads.
    Passing,
    /// The others, which look at messages.
    Observing,
}

impl RuleGroup {
    /// Whether a rule belongs to it; `passes` says whether it decides what a relay passes on.
    fn has(self, passes: bool) -> bool {
        match self {
            Self::All => true,
            Self::Passing => passes,
            Self::Observing => !passes,
        }
    }
}

impl<'a> Inbound<'a> {
    /// A message that is not passed on.
    pub fn new(peer: Peer, bytes: &'a [u8]) -> Self {
        Self {
            peer,
            bytes,
            delimiter: 0,
            toward: None,
            connects: false,
            asks: RuleGroup::All,
        }
    }

    /// Its bytes without the delimiter.
    pub fn content(&self) -> &'a [u8] {
        let length = self.bytes.len().saturating_sub(self.delimiter);
        self.bytes.get(..length).unwrap_or(self.bytes)
    }
}

/// The two directions of a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RelayDirection {
    /// From a client to the target.
    Target,
    /// From the target to a client.
    Client,
}

/// Compiled rules.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: Vec<Compiled>,
    groups: Groups,
}

#[derive(Clone, Debug)]
struct Compiled {
    name: Arc<str>,
    on: bool,
    test: PreparedCondition,
    /// Whether it may apply when a connection begins.
    is_of_connecting: bool,
    /// Whether an action decides what a relay passes on.
    passes: bool,
    actions: Arc<[PreparedAction]>,
}

/// The rule that applies.
#[derive(Clone, Debug)]
pub struct Fired<'a> {
    /// The index of the rule, from 0.
    pub rule: usize,
    pub name: &'a Arc<str>,
    pub actions: &'a Arc<[PreparedAction]>,
    /// The ranges of the groups of its regular expression; the first is the whole match.
    pub groups: &'a [Option<Range<usize>>],
}

impl<'a> Fired<'a> {
    /// The request that a reply may quote, as a datagram (`stream` is `false`).
    pub fn request(&self, inbound: &Inbound<'a>) -> Request<'a> {
        Request {
            data: inbound.bytes,
            groups: self.groups,
            stream: false,
        }
    }
}

/// The result of one rule in a dry run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleOutcome {
    Off,
    Fires,
    /// Its condition does not hold.
    Not(MismatchReason),
    /// An earlier rule applies.
    Behind,
}

/// Why a condition does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MismatchReason {
    /// The first byte that differs.
    Differs {
        at: usize,
        found: u8,
        expected: u8,
    },
    Length {
        found: usize,
        expected: usize,
    },
    Short {
        found: usize,
        least: usize,
    },
    Long {
        found: usize,
        most: usize,
    },
    NotFound,
    NoMatch,
    /// Its last bytes are not its checksum.
    Checksum,
    /// A field is not what its test says; the place of the test among those of the condition.
    Field {
        test: usize,
    },
    /// It is a message, not the beginning of a connection.
    Message,
    /// It comes from another sender.
    From,
    /// It goes in the other direction.
    Toward,
    /// It is message `count` of `every`; only the last of them matches.
    Count {
        count: u64,
        every: u64,
    },
    /// None of several conditions holds.
    NoneHolds,
    /// A condition holds that must not.
    Holds,
}

impl Rules {
    /// Compiles rules.
    ///
    /// # Errors
    /// The first mistake in a rule that is on.
    pub fn new(rules: &[Rule], context: impl Into<RuleContext>) -> Result<Self, RuleMistake> {
        let context: RuleContext = context.into();
        let compile = |(place, rule): (usize, &Rule)| {
            let mistake = |part| {
                move |problem| RuleMistake {
                    rule: place,
                    part,
                    problem,
                }
            };
            if !rule.on {
                // A rule that is off may be unfinished.
                return Ok(Compiled {
                    name: rule.name.as_str().into(),
                    on: false,
                    test: PreparedCondition::Always,
                    is_of_connecting: false,
                    passes: false,
                    actions: Arc::default(),
                });
            }
            let test = rule
                .when
                .compile(&context)
                .map_err(mistake(RulePart::When))?;
            if rule.then.is_empty() {
                return Err(mistake(RulePart::Then(0))(RuleProblem::NoActions));
            }
            let most = test.last_group();
            let compile = |(place, then): (usize, &RuleAction)| {
                let action = then.compile(&context);
                action
                    .and_then(|action| action.with_groups(most))
                    .map_err(mistake(RulePart::Then(place)))
            };
            let actions: Result<Vec<PreparedAction>, RuleMistake> =
                rule.then.iter().enumerate().map(compile).collect();
            Ok(Compiled {
                name: rule.name.as_str().into(),
                on: true,
                test,
                is_of_connecting: rule.when.is_of_connecting(),
                passes: rule.then.iter().any(|then| then.kind.decides_passing()),
                actions: actions?.into(),
            })
        };
        let rules = rules.iter().enumerate().map(compile);
        Ok(Self {
            rules: rules.collect::<Result<_, _>>()?,
            groups: Groups::new(),
        })
    }

    /// The number of rules, those that are off included.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether no rule is on.
    pub fn is_empty(&self) -> bool {
        !self.rules.iter().any(|rule| rule.on)
    }

    /// The Modbus devices of the rules that are on, as they begin.
    pub fn modbus_devices(&self) -> impl Iterator<Item = &Arc<Device>> + Clone {
        let actions = self.rules.iter().flat_map(|rule| rule.actions.iter());
        actions.filter_map(PreparedAction::modbus_device)
    }

    /// The first rule whose condition holds.
    pub fn decide(&mut self, inbound: &Inbound<'_>) -> Option<Fired<'_>> {
        self.groups.clear();
        let (rules, groups) = (&mut self.rules, &mut self.groups);
        let mut applies = |rule: &mut Compiled| {
            // Groups found by a rule that does not apply are discarded.
            groups.clear();
            let concerned = rule.is_of_connecting || !inbound.connects;
            let concerned = rule.on && concerned && inbound.asks.has(rule.passes);
            concerned && rule.test.ask(inbound, groups).is_ok()
        };
        let (place, rule) = rules
            .iter_mut()
            .enumerate()
            .find_map(|(place, rule)| applies(rule).then_some((place, rule)))?;
        Some(Fired {
            rule: place,
            name: &rule.name,
            actions: &rule.actions,
            groups: &self.groups,
        })
    }

    /// A dry run: the result of each rule, in order. Counting conditions do not count.
    pub fn dry_run(&self, inbound: &Inbound<'_>) -> Vec<RuleOutcome> {
        let mut taken = false;
        let outcome = |rule: &Compiled| {
            if !rule.on {
                return RuleOutcome::Off;
            }
            if taken {
                return RuleOutcome::Behind;
            }
            match rule.test.clone().ask(inbound, &mut Groups::new()) {
                Ok(()) => {
                    taken = true;
                    RuleOutcome::Fires
                }
                Err(why) => RuleOutcome::Not(why),
            }
        };
        self.rules.iter().map(outcome).collect()
    }

    /// Pauses a rule until it is resumed, or the rules are replaced; returns its name.
    pub fn pause(&mut self, rule: usize) -> Option<Arc<str>> {
        let rule = self.rules.get_mut(rule)?;
        rule.on = false;
        Some(Arc::clone(&rule.name))
    }

    /// Resumes a paused rule.
    pub fn resume(&mut self, rule: usize) {
        if let Some(rule) = self.rules.get_mut(rule) {
            rule.on = true;
        }
    }
}

#[cfg(test)]
mod tests;
