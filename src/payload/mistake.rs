//! A mistake in typed text: its kind and its position.

use super::charset::Charset;
use serde::{Deserialize, Serialize};

/// A problem in typed text and the character it begins at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Mistake")]
pub struct TextMistake {
    /// Characters (not bytes) before the problem.
    pub at: usize,
    pub problem: TextProblem,
}

/// Why typed text cannot be converted to bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextProblem {
    /// Not a hexadecimal digit where one is needed.
    NotHex(char),
    /// A group of hexadecimal digits that ends with half a byte.
    HalfByte,
    /// `0x`, `\x` or `\u` without its digits.
    NoDigits,
    /// A backslash at the very end.
    LoneBackslash,
    /// A backslash before a character that forms no escape.
    UnknownEscape(char),
    /// `\u{` without its `}`, or with more than six digits.
    Brace,
    /// The character does not exist in the encoding of the message.
    Lacking(char, Charset),
    /// `${…}` with an unknown name.
    UnknownVariable,
    /// A variable that quotes the request, outside a reply.
    NoRequest,
    /// `${` without its `}`.
    UnclosedVariable,
    /// A variable whose number is missing, superfluous or out of range.
    VariableNumber,
    /// `${seq:u24be}`: no such type of number.
    NumberType,
    /// `${u8:256}`: the type has no such number.
    NumberRange,
    /// The payload, of this many bytes, is shorter than the range that the checksum covers.
    ChecksumRange(usize),
    /// A number that is no Unicode character (a surrogate, or above 10FFFF).
    NoCharacter(u32),
}
