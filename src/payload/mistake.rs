//! What is wrong with something a person typed, and where.

use super::charset::Charset;
use serde::{Deserialize, Serialize};

/// A problem in typed text and the character it begins at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// Characters (not bytes) before the problem.
    pub at: usize,
    pub problem: Problem,
}

/// Why typed text is not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    /// Not a hexadecimal digit where one is needed.
    NotHex(char),
    /// A group of hexadecimal digits that leaves half a byte over.
    HalfByte,
    /// `0x` or `\x` with no digits behind it.
    NoDigits,
    /// A backslash at the very end.
    LoneBackslash,
    /// A backslash before a character that has no meaning there.
    UnknownEscape(char),
    /// `\u{` without its `}`, or `\u` without `{`.
    Brace,
    /// The encoding it is to be sent in has not this character.
    Lacking(char, Charset),
    /// `${…}` with a name that means nothing.
    UnknownVariable,
    /// A variable that quotes what is answered, where nothing is.
    NoRequest,
    /// `${` without its `}`.
    UnclosedVariable,
    /// A variable whose number is missing, not needed, or out of range.
    VariableNumber,
    /// Too few bytes for what the checksum is to cover; it has so many.
    ChecksumRange(usize),
    /// A number that is no Unicode character (a surrogate, or above 10FFFF).
    NoCharacter(u32),
}
