//! The conditions of rules.

use super::context::RuleContext;
use super::expression::{Expression, Groups};
use super::field_tests::FieldTests;
use super::mistake::RuleProblem;
use super::pattern::{BytePattern, Bytes};
use super::peer_pattern::PeerPattern;
use super::{Inbound, MismatchReason, RelayDirection};
use crate::payload::charset::Charset;
use crate::payload::checksum::Checksum;
use serde::{Deserialize, Serialize};

/// A condition as a person writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    /// Every message; in the last rule, every message that no earlier rule matched.
    #[default]
    Always,
    Is(BytePattern),
    StartsWith(BytePattern),
    Contains(BytePattern),
    EndsWith(BytePattern),
    /// A regular expression that matches the text of the message; with `(?-u)`, its bytes as
    /// they are.
    Matches(String),
    /// The length in bytes, both ends included.
    Length {
        #[serde(default)]
        least: usize,
        #[serde(default = "endless")]
        most: usize,
    },
    /// The message ends with its right checksum; a line ending may follow.
    Valid(Checksum),
    /// Fields of the message are what these tests say, as in a filter: `type:request`,
    /// `temp:>30`, `crc:ok`.
    Fields(Vec<String>),
    /// A connection begins: of a client to a server, or of ours to one. There is no message then.
    Connects,
    /// The sender: `127.0.0.1`, `192.168.1.0/24`, `:9000`, `10.0.0.0/8:9000`,
    /// `unix:/tmp/a.sock`, `unix:*` for any Unix socket.
    From(String),
    /// The direction in which a relay passes it on.
    Toward(RelayDirection),
    /// Every n-th of the messages that this condition is tested on.
    Every(u64),
    /// Tested in order, up to the first one that does not hold.
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
}

fn endless() -> usize {
    usize::MAX
}

/// The most bytes of a message that [`Condition::like`] compares.
const COMPARED: usize = 256;

impl Condition {
    /// Messages of exactly these bytes or, where they are many, those that begin like them. They
    /// are text where they are text in `read`; the rules use `charset`.
    pub fn like(bytes: &[u8], read: Option<Charset>, charset: Option<Charset>) -> Self {
        match bytes.get(..COMPARED) {
            Some(begin) if begin.len() < bytes.len() => {
                // Its end may lie within a character.
                Self::StartsWith(BytePattern::of(begin, None, charset))
            }
            _ => Self::Is(BytePattern::of(bytes, read, charset)),
        }
    }

    /// Compiles it.
    ///
    /// # Errors
    /// The mistake in this condition, or in the first of its parts that has one.
    pub(super) fn compile(&self, context: &RuleContext) -> Result<PreparedCondition, RuleProblem> {
        let charset = context.charset;
        let bytes = |pattern: &BytePattern| pattern.compile(charset).map_err(RuleProblem::Bytes);
        let some = |pattern: &BytePattern| match bytes(pattern)? {
            bytes if bytes.is_empty() => Err(RuleProblem::Empty),
            bytes => Ok(bytes),
        };
        let all = |parts: &[Self]| match parts {
            [] => Err(RuleProblem::NoParts),
            parts => parts.iter().map(|part| part.compile(context)).collect(),
        };
        Ok(match self {
            Self::Always => PreparedCondition::Always,
            // An empty pattern matches an empty datagram.
            Self::Is(pattern) => PreparedCondition::Whole(bytes(pattern)?),
            Self::StartsWith(pattern) => PreparedCondition::Begins(some(pattern)?),
            Self::Contains(pattern) => PreparedCondition::Within(some(pattern)?),
            Self::EndsWith(pattern) => PreparedCondition::Ends(some(pattern)?),
            Self::Matches(pattern) if pattern.is_empty() => return Err(RuleProblem::Empty),
            Self::Matches(pattern) => PreparedCondition::Regex(Expression::new(pattern, charset)?),
            Self::Length { least, most } if least > most => return Err(RuleProblem::Length),
            Self::Length { least, most } => PreparedCondition::Length(*least, *most),
            Self::Valid(checksum) => PreparedCondition::Valid(*checksum),
            Self::Fields(tests) => PreparedCondition::Fields(FieldTests::compile(tests, context)?),
            Self::Connects => PreparedCondition::Connects,
            Self::From(text) => {
                let source = PeerPattern::parse(text);
                PreparedCondition::From(source.ok_or_else(|| RuleProblem::Source(text.clone()))?)
            }
            Self::Toward(toward) => PreparedCondition::Toward(*toward),
            Self::Every(0) => return Err(RuleProblem::EveryZero),
            Self::Every(every) => PreparedCondition::Every {
                every: *every,
                count: 0,
            },
            Self::All(parts) => PreparedCondition::All(all(parts)?),
            Self::Any(parts) => PreparedCondition::Any(all(parts)?),
            Self::Not(part) => PreparedCondition::Not(Box::new(part.compile(context)?)),
        })
    }

    /// Whether it may hold when a connection begins: no other condition does by itself.
    pub(super) fn is_of_connecting(&self) -> bool {
        match self {
            Self::Connects => true,
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::is_of_connecting),
            _ => false,
        }
    }

    /// The mistake in this condition itself, without its parts.
    pub fn problem(&self, context: &RuleContext) -> Option<RuleProblem> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.is_empty().then_some(RuleProblem::NoParts),
            Self::Not(_) => None,
            other => other.compile(context).err(),
        }
    }
}

/// A compiled condition.
#[derive(Clone, Debug)]
pub(super) enum PreparedCondition {
    Always,
    Whole(Bytes),
    Begins(Bytes),
    Within(Bytes),
    Ends(Bytes),
    Regex(Expression),
    Length(usize, usize),
    Valid(Checksum),
    Fields(FieldTests),
    Connects,
    From(PeerPattern),
    Toward(RelayDirection),
    Every { every: u64, count: u64 },
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

impl PreparedCondition {
    /// The number of the last group that a match may have; `None` without an expression.
    pub fn last_group(&self) -> Option<usize> {
        match self {
            Self::Regex(expression) => Some(expression.last_group()),
            Self::All(parts) | Self::Any(parts) => parts.iter().filter_map(Self::last_group).max(),
            _ => None,
        }
    }

    /// Tests a received message, and advances counters. Stores the groups of a match in
    /// `groups`.
    ///
    /// # Errors
    /// Why the condition does not hold.
    pub fn ask(
        &mut self,
        inbound: &Inbound<'_>,
        groups: &mut Groups,
    ) -> Result<(), MismatchReason> {
        let content = inbound.content();
        let length = content.len();
        match self {
            Self::Always => Ok(()),
            Self::Whole(bytes) => bytes.whole(content),
            Self::Begins(bytes) => bytes.begins(content),
            Self::Within(bytes) => bytes.within(content),
            Self::Ends(bytes) => bytes.ends(content),
            Self::Regex(expression) => {
                *groups = expression.groups(content).ok_or(MismatchReason::NoMatch)?;
                Ok(())
            }
            Self::Length(least, _) if length < *least => Err(MismatchReason::Short {
                found: length,
                least: *least,
            }),
            Self::Length(_, most) if length > *most => Err(MismatchReason::Long {
                found: length,
                most: *most,
            }),
            Self::Length(..) => Ok(()),
            Self::Valid(checksum) => match checksum.verify_line(content) {
                Some(true) => Ok(()),
                Some(false) => Err(MismatchReason::Checksum),
                None => Err(MismatchReason::Short {
                    found: length,
                    least: checksum.sum.width(),
                }),
            },
            Self::Fields(tests) => tests.hold(content),
            Self::Connects if inbound.connects => Ok(()),
            Self::Connects => Err(MismatchReason::Message),
            Self::From(source) if source.holds(inbound.peer) => Ok(()),
            Self::From(_) => Err(MismatchReason::From),
            Self::Toward(toward) if inbound.toward == Some(*toward) => Ok(()),
            Self::Toward(_) => Err(MismatchReason::Toward),
            Self::Every { every, count } => {
                *count = *count % *every + 1;
                let (count, every) = (*count, *every);
                (count == every)
                    .then_some(())
                    .ok_or(MismatchReason::Count { count, every })
            }
            Self::All(parts) => parts
                .iter_mut()
                .try_for_each(|part| part.ask(inbound, groups)),
            Self::Any(parts) => {
                let mut own = Groups::new();
                let holds = parts.iter_mut().any(|part| {
                    own.clear();
                    part.ask(inbound, &mut own).is_ok()
                });
                if holds && !own.is_empty() {
                    *groups = own;
                }
                holds.then_some(()).ok_or(MismatchReason::NoneHolds)
            }
            Self::Not(part) => match part.ask(inbound, &mut Groups::new()) {
                Ok(()) => Err(MismatchReason::Holds),
                Err(_) => Ok(()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_known_by_how_it_begins() {
        let utf8 = Some(Charset::Utf8);
        let begin = BytePattern::hex(["61"; COMPARED].join(" "));
        let long = Condition::like(&[b'a'; COMPARED + 1], utf8, None);
        assert_eq!(long, Condition::StartsWith(begin));
        let short = Condition::like(b"abc", utf8, None);
        assert_eq!(short, Condition::Is(BytePattern::text("abc")));
    }
}
