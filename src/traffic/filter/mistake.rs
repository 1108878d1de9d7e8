//! Why what was written is no filter, in data: the words come from `explain`.

use crate::payload::TextProblem;
use crate::payload::regular::RegexProblem;

/// A problem in what was written and the character it begins at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterMistake {
    /// Characters (not bytes) before the problem.
    pub at: usize,
    pub problem: FilterProblem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterProblem {
    /// `"` begins a quotation that no other one ends.
    UnclosedQuotation,
    /// A number behind a sign: it may be meant as it stands, or to be left out.
    SignedNumber(String),
    /// `/` begins a regular expression that no other `/` ends.
    UnclosedRegex,
    /// Not a regular expression.
    Regex(RegexProblem),
    /// The regular expression would take too much memory.
    RegexTooLarge,
    /// More regular expressions than this many.
    TooManyRegexes(usize),
    /// What follows `hex:` is no bytes, or nothing.
    Hex(TextProblem),
    /// What follows `from:`, `to:` or `peer:` is no part of an address.
    Address(String),
    /// What follows `dir:` is no direction.
    Direction(String),
    /// What follows `len:` is no length, or one that nothing has.
    Length(String),
    /// What follows `since:` or `until:` is no time.
    Time(String),
}
