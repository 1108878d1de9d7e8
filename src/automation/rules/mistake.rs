//! What is wrong with a rule.

use crate::payload::Mistake;
use crate::payload::regular::RegexMistake;
use serde::{Deserialize, Serialize};

/// A rule that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleMistake {
    /// Rules before it.
    pub rule: usize,
    pub part: Part,
    pub problem: Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    When,
    /// What it does, at this place from 0.
    Then(usize),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    /// No bytes to look for: everything would match.
    Empty,
    Bytes(Mistake),
    Regex(RegexMistake),
    RegexTooLarge,
    /// The shortest length is longer than the longest.
    Length,
    /// Neither address, network nor port, nor a Unix socket's name.
    Source(String),
    /// No address to reply to or with.
    Address(String),
    EveryZero,
    /// "All of" or "any of" without a part.
    NoParts,
    /// Longer than [`LONGEST_DELAY`](super::LONGEST_DELAY).
    Delay,
    /// It does nothing.
    NoDeeds,
}
