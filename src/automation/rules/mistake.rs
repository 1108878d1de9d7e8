//! Mistakes in a rule.

use crate::payload::TextMistake;
use crate::payload::answer::modbus::NotARegister;
use crate::payload::regular::RegexMistake;
use crate::schema::FormulaMistake;
use serde::{Deserialize, Serialize};

/// An invalid rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleMistake {
    /// The index of the rule, from 0.
    pub rule: usize,
    pub part: RulePart,
    pub problem: RuleProblem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RulePart {
    When,
    /// The action at this index, from 0.
    Then(usize),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleProblem {
    /// An empty pattern, which would match everything.
    Empty,
    Bytes(TextMistake),
    Regex(RegexMistake),
    RegexTooLarge,
    /// The shortest length is longer than the longest.
    Length,
    /// Not an address, a network, a port or the name of a Unix socket.
    Source(String),
    /// Not an address, where a reply needs one.
    Address(String),
    EveryZero,
    /// It names fields, and the session has no description of its messages.
    NoDescription,
    /// A test of no field of the description.
    UnknownField(String),
    /// The value of a test, which cannot be compared.
    FieldValue(String),
    /// The value of a field in a reply.
    Field(Box<FormulaMistake>),
    /// "All of" or "any of" without conditions.
    NoParts,
    /// A register of a Modbus device has a value of more than 16 bits.
    Register(NotARegister),
    /// Longer than [`LONGEST_DELAY`](super::LONGEST_DELAY).
    Delay,
    /// It has no actions.
    NoActions,
    /// A reply quotes this group, and the expression of the condition has groups up to `most`;
    /// `None` if there is no expression.
    NoGroup {
        group: usize,
        most: Option<usize>,
    },
}
