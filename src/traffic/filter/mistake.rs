//! Syntax errors of a filter, as data: `explain` puts them into words.

use crate::payload::TextProblem;
use crate::payload::regular::RegexProblem;

/// A syntax error of a filter and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterMistake {
    /// The number of characters (not bytes) before the error.
    pub at: usize,
    pub problem: FilterProblem,
}

/// The kind of a mistake in a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterProblem {
    /// A `"` that begins a quotation has no closing `"`.
    UnclosedQuotation,
    /// A number after a sign: it may be meant as a word, or as a negated word.
    SignedNumber(String),
    /// A `/` that begins a regular expression has no closing `/`.
    UnclosedRegex,
    /// The regular expression is invalid.
    Regex(RegexProblem),
    /// The compiled regular expression would need too much memory.
    RegexTooLarge,
    /// The filter has more regular expressions than this limit.
    TooManyRegexes(usize),
    /// The value of `hex:` is empty or not hexadecimal bytes.
    Hex(TextProblem),
    /// The value of `from:`, `to:` or `peer:` is no part of an address.
    Address(String),
    /// The value of `dir:` is no direction.
    Direction(String),
    /// The value of `len:` is no length, or a range that contains none.
    Length(String),
    /// The value of a field that is to be compared is no number, or empty.
    Field(String),
    /// The value of `since:` or `until:` is no time.
    Time(String),
}
