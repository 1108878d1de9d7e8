//! Replies without a click: for each thing received, the first rule whose condition holds
//! says what is done.
//!
//! A [`Rule`] is what a person writes and settings keep; [`Rules`] is what is asked. It
//! decides alone: nothing here sends, waits or reads the time.

mod expression;
mod mistake;
mod pattern;
pub mod ready;
mod source;
mod then;
mod when;

use crate::peer::Peer;
pub use expression::Expression;
pub use mistake::{Part, Problem, RuleMistake};
pub use pattern::Pattern;
pub use then::{Act, Answer, Deed, LONGEST_DELAY, Ready, Then, What};
pub use when::When;

use crate::payload::charset::Charset;
use crate::payload::printable;
use crate::payload::template::Request;
use expression::Groups;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;
use when::Test;

/// A rule as a person writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// What the log calls it.
    #[serde(deserialize_with = "printable::name")]
    pub name: String,
    pub on: bool,
    pub when: When,
    /// Done in this order.
    pub then: Vec<Then>,
}

impl Default for Rule {
    /// One that sends back what came.
    fn default() -> Self {
        Self {
            name: String::new(),
            on: true,
            when: When::Always,
            then: vec![Then::default()],
        }
    }
}

/// Something received.
#[derive(Clone, Copy, Debug)]
pub struct Inbound<'a> {
    pub peer: Peer,
    pub bytes: &'a [u8],
    /// Which way a relay is about to pass it on.
    pub toward: Option<Toward>,
}

impl<'a> Inbound<'a> {
    /// Something that is not passed on.
    pub fn new(peer: Peer, bytes: &'a [u8]) -> Self {
        Self {
            peer,
            bytes,
            toward: None,
        }
    }
}

/// The two directions of a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Toward {
    /// What clients send.
    Target,
    /// What the target answers.
    Client,
}

/// Rules that are asked.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: Vec<Compiled>,
    groups: Groups,
}

#[derive(Clone, Debug)]
struct Compiled {
    name: Arc<str>,
    on: bool,
    test: Test,
    deeds: Arc<[Deed]>,
}

/// The rule that applies.
#[derive(Clone, Debug)]
pub struct Fired<'a> {
    /// Rules before it.
    pub rule: usize,
    pub name: &'a Arc<str>,
    pub deeds: &'a Arc<[Deed]>,
    /// Where the groups of its regular expression stand; the first is all it matched.
    pub groups: &'a [Option<Range<usize>>],
}

impl<'a> Fired<'a> {
    /// What a reply to it may quote.
    pub fn request(&self, inbound: &Inbound<'a>) -> Request<'a> {
        Request {
            data: inbound.bytes,
            groups: self.groups,
            stream: false,
        }
    }
}

/// What became of one rule in a trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Off,
    Fires,
    /// Its condition does not hold.
    Not(Why),
    /// A rule before it took it.
    Behind,
}

/// Why a condition does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The first byte that is another than expected.
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
    /// It comes from somewhere else.
    From,
    /// It goes the other way.
    Toward,
    /// It is not yet the one in so many.
    Count {
        count: u64,
        every: u64,
    },
    /// None of several conditions holds.
    NoneHolds,
    /// What must not hold does.
    Holds,
}

impl Rules {
    /// The texts in them are in this encoding; where none was chosen, a condition's text is
    /// looked for in UTF-8 and in GBK, and a reply is in that of what it answers.
    ///
    /// # Errors
    /// The first mistake in a rule that is on.
    pub fn new(rules: &[Rule], charset: impl Into<Option<Charset>>) -> Result<Self, RuleMistake> {
        let charset: Option<Charset> = charset.into();
        let compile = |(place, rule): (usize, &Rule)| {
            let mistake = |part| {
                move |problem| RuleMistake {
                    rule: place,
                    part,
                    problem,
                }
            };
            if !rule.on {
                // What is being written may be half done.
                return Ok(Compiled {
                    name: rule.name.as_str().into(),
                    on: false,
                    test: Test::Always,
                    deeds: Arc::default(),
                });
            }
            let test = rule.when.compile(charset).map_err(mistake(Part::When))?;
            if rule.then.is_empty() {
                return Err(mistake(Part::Then(0))(Problem::NoDeeds));
            }
            let deed = |(place, then): (usize, &Then)| {
                then.compile(charset).map_err(mistake(Part::Then(place)))
            };
            let deeds: Result<Vec<Deed>, RuleMistake> =
                rule.then.iter().enumerate().map(deed).collect();
            Ok(Compiled {
                name: rule.name.as_str().into(),
                on: true,
                test,
                deeds: deeds?.into(),
            })
        };
        let rules = rules.iter().enumerate().map(compile);
        Ok(Self {
            rules: rules.collect::<Result<_, _>>()?,
            groups: Groups::new(),
        })
    }

    /// How many there are, those that are off included.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is none that could apply.
    pub fn is_empty(&self) -> bool {
        !self.rules.iter().any(|rule| rule.on)
    }

    /// The first rule whose condition holds.
    pub fn decide(&mut self, inbound: &Inbound<'_>) -> Option<Fired<'_>> {
        self.groups.clear();
        let (rules, groups) = (&mut self.rules, &mut self.groups);
        let mut applies = |rule: &mut Compiled| {
            // What a rule found that does not apply is nobody's.
            groups.clear();
            rule.on && rule.test.ask(inbound, groups).is_ok()
        };
        let (place, rule) = rules
            .iter_mut()
            .enumerate()
            .find_map(|(place, rule)| applies(rule).then_some((place, rule)))?;
        Some(Fired {
            rule: place,
            name: &rule.name,
            deeds: &rule.deeds,
            groups: &self.groups,
        })
    }

    /// What each rule would say, in order. What is counted is not counted.
    pub fn trial(&self, inbound: &Inbound<'_>) -> Vec<Outcome> {
        let mut taken = false;
        let outcome = |rule: &Compiled| {
            if !rule.on {
                return Outcome::Off;
            }
            if taken {
                return Outcome::Behind;
            }
            match rule.test.clone().ask(inbound, &mut Groups::new()) {
                Ok(()) => {
                    taken = true;
                    Outcome::Fires
                }
                Err(why) => Outcome::Not(why),
            }
        };
        self.rules.iter().map(outcome).collect()
    }

    /// Takes a rule out until it is resumed, or they are set anew; says its name.
    pub fn pause(&mut self, rule: usize) -> Option<Arc<str>> {
        let rule = self.rules.get_mut(rule)?;
        rule.on = false;
        Some(Arc::clone(&rule.name))
    }

    /// Puts a rule back that was paused.
    pub fn resume(&mut self, rule: usize) {
        if let Some(rule) = self.rules.get_mut(rule) {
            rule.on = true;
        }
    }
}

#[cfg(test)]
mod tests;
